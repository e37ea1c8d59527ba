use super::*;
use crate::Receipt;
use crate::retry::Policies;

const NOW: Timestamp = Timestamp(1_000_000);
const AT: Moment<'_> = Moment { now: NOW, retry: &Policies::DEFAULT, dice: u64::MAX };

fn at(state: State) -> Progress {
    Progress::new(state)
}

fn reason() -> Reason {
    Reason::new("timeout", "no answer")
}

fn receipt() -> Receipt {
    let status = "AUTHORISED".to_owned();
    Receipt { remote_id: "x".to_owned(), number: None, status, total: None, tax: None }
}

#[track_caller]
fn check(state: State, event: &Event, expected: Option<State>) {
    assert_eq!(next(&at(state), event, &AT).map(|progress| progress.state), expected);
}

#[test]
fn unclear_never_goes_straight_back_to_ready() {
    let event = Event::Ended(Outcome::Unclear(reason()));
    check(State::Sending, &event, Some(State::Checking));
    let late = Progress { attempts: 1_000, ..at(State::Sending) };
    assert_eq!(next(&late, &event, &AT).map(|p| p.state), Some(State::Checking));
}

#[test]
fn what_was_on_the_wire_when_we_died_is_looked_up() {
    check(State::Sending, &Event::LeaseLost, Some(State::Checking));
}

#[test]
fn a_lost_send_waits_until_the_request_is_dead() {
    let after = next(&at(State::Sending), &Event::Ended(Outcome::Lost(reason())), &AT).unwrap();
    assert!(after.not_before.since(NOW) >= QUARANTINE_MS);
}

#[test]
fn busy_costs_no_attempt() {
    let event = Event::Ended(Outcome::Busy(NOW.after_ms(5000)));
    let after = next(&at(State::Sending), &event, &AT).unwrap();
    assert_eq!((after.attempts, after.state), (0, State::Ready));
    assert_eq!(after.not_before, NOW.after_ms(5000));
}

#[test]
fn what_never_left_the_house_costs_no_attempt() {
    let event = Event::Ended(Outcome::NotSent(reason()));
    let after = next(&at(State::Sending), &event, &AT).unwrap();
    assert_eq!((after.attempts, after.state), (0, State::Ready));
}

#[test]
fn what_is_said_to_be_there_and_never_found_ends_with_a_person() {
    let there = Reason::new("already_exists", "Invoice # must be unique");
    let said = Event::Ended(Outcome::Unclear(there));
    let absent = Event::Seen { sighting: Sighting::Absent, may_resend: false };
    let mut progress = at(State::Sending);
    let mut rounds = 0;
    while progress.state != State::Dead {
        progress = next(&progress, &said, &AT).unwrap();
        progress = next(&progress, &absent, &AT).unwrap();
        if progress.state == State::Ready {
            progress = next(&progress, &Event::Claimed, &AT).unwrap();
        }
        rounds += 1;
    }
    assert_eq!(rounds, 2);
}

#[test]
fn absent_with_a_live_key_keeps_its_generation() {
    let keep = Event::Seen { sighting: Sighting::Absent, may_resend: true };
    let fresh = Event::Seen { sighting: Sighting::Absent, may_resend: false };
    assert_eq!(next(&at(State::Checking), &keep, &AT).unwrap().generation, 1);
    assert_eq!(next(&at(State::Checking), &fresh, &AT).unwrap().generation, 2);
}

#[test]
fn a_posted_intent_can_only_be_reversed() {
    check(State::Posted, &Event::Claimed, None);
    check(State::Posted, &Event::Withdrawn, None);
    check(State::Posted, &Event::Ended(Outcome::Delivered(receipt())), None);
    check(State::Posted, &Event::Reversed, Some(State::Reversed));
}

#[test]
fn what_differs_is_looked_at_again_and_not_sent_again() {
    check(State::Held, &Event::LookAgain, Some(State::Checking));
    check(State::Posted, &Event::LookAgain, None);
}

#[test]
fn what_cannot_be_sent_becomes_a_dead_letter() {
    let event = Event::Unsendable(reason());
    check(State::Ready, &event, Some(State::Dead));
    check(State::Sending, &event, None);
}

#[test]
fn what_is_in_flight_cannot_be_withdrawn() {
    check(State::Sending, &Event::Withdrawn, None);
    check(State::Checking, &Event::Withdrawn, None);
    check(State::Ready, &Event::Withdrawn, Some(State::Withdrawn));
}

#[test]
fn what_was_tried_too_often_is_dead_once_it_is_known_not_to_be_there() {
    let absent = Event::Seen { sighting: Sighting::Absent, may_resend: true };
    let often = Progress { attempts: 24, reason: Some(reason()), ..at(State::Checking) };
    let dead = next(&often, &absent, &AT).unwrap();
    assert_eq!(dead.state, State::Dead);
    let told = dead.reason.unwrap();
    assert_eq!(told.code, TRIES_SPENT_CODE);
    assert!(told.detail.ends_with("the last: timeout: no answer"), "{}", told.detail);
    let long = Some(NOW.after_ms(-4 * Timestamp::DAY));
    let long = Progress { attempts: 2, unclear_since: long, ..at(State::Checking) };
    assert_eq!(next(&long, &absent, &AT).unwrap().state, State::Dead);
}

#[test]
fn what_may_have_landed_is_looked_for_however_long_that_takes() {
    let blind = Event::Seen { sighting: Sighting::Unclear(reason()), may_resend: false };
    let long = Some(NOW.after_ms(-400 * Timestamp::DAY));
    let long = Progress { attempts: 400, unclear_since: long, ..at(State::Checking) };
    let after = next(&long, &blind, &AT).unwrap();
    assert_eq!((after.state, after.attempts), (State::Checking, 400));
    assert_eq!(after.not_before.since(NOW), 15 * Timestamp::MINUTE);
}

#[test]
fn a_replayed_letter_waits_for_the_rules() {
    check(State::Dead, &Event::Reconsidered, Some(State::Held));
    check(State::Ready, &Event::Reconsidered, Some(State::Held));
    check(State::Checking, &Event::Reconsidered, None);
    check(State::Posted, &Event::Reconsidered, None);
    let waiting = next(&at(State::Dead), &Event::Reconsidered, &AT).unwrap();
    assert!(waiting.is_deciding_again());
    let released = next(&waiting, &Event::Released, &AT).unwrap();
    assert_eq!((released.state, released.generation), (State::Ready, 2));
    assert!(!released.is_deciding_again());
}
