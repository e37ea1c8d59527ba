//! The engine suite: every function of the store, on `SQLite` and on `PostgreSQL`.

#[cfg(test)]
#[path = "support/testing.rs"]
mod testing;

#[cfg(test)]
#[path = "engine/fixtures.rs"]
mod fixtures;

#[cfg(test)]
#[path = "engine/alone.rs"]
mod alone;
#[cfg(test)]
#[path = "engine/cases_backfill.rs"]
mod cases_backfill;
#[cfg(test)]
#[path = "engine/cases_decisions.rs"]
mod cases_decisions;
#[cfg(test)]
#[path = "engine/cases_drifts.rs"]
mod cases_drifts;
#[cfg(test)]
#[path = "engine/cases_facts.rs"]
mod cases_facts;
#[cfg(test)]
#[path = "engine/cases_hints.rs"]
mod cases_hints;
#[cfg(test)]
#[path = "engine/cases_lanes.rs"]
mod cases_lanes;
#[cfg(test)]
#[path = "engine/cases_letters.rs"]
mod cases_letters;
#[cfg(test)]
#[path = "engine/cases_nodes.rs"]
mod cases_nodes;
#[cfg(test)]
#[path = "engine/cases_outbox.rs"]
mod cases_outbox;
#[cfg(test)]
#[path = "engine/cases_settings.rs"]
mod cases_settings;
#[cfg(test)]
#[path = "engine/cases_settlements.rs"]
mod cases_settlements;
#[cfg(test)]
#[path = "engine/cases_stories.rs"]
mod cases_stories;
#[cfg(test)]
#[path = "engine/cases_watch.rs"]
mod cases_watch;
#[cfg(test)]
#[path = "engine/speed.rs"]
mod speed;

/// Each case is a test on both engines.
macro_rules! on_both_engines {
    ($($module:ident :: { $($case:ident),+ $(,)? }),+ $(,)?) => {
        #[cfg(test)]
        mod on_sqlite {
            $($(#[tokio::test]
            async fn $case() {
                let fresh = crate::testing::sqlite();
                crate::$module::$case(crate::fixtures::Bench::open(&fresh.url).await).await;
            })+)+
        }
        #[cfg(test)]
        mod on_postgres {
            $($(#[tokio::test]
            async fn $case() {
                let Some(fresh) = crate::testing::postgres() else { return };
                crate::$module::$case(crate::fixtures::Bench::open(&fresh.url).await).await;
            })+)+
        }
    };
}

on_both_engines! {
    cases_settings::{
        the_database_says_how_it_is,
        the_database_says_how_it_is_reached_and_what_time_it_is,
        a_second_opening_finds_what_was_written,
        another_master_key_is_refused,
        a_book_can_be_changed,
        publishing_the_same_rules_changes_nothing,
        a_connection_keeps_its_state,
        secrets_are_kept_and_not_in_clear,
        tokens_are_refreshed_by_one_at_a_time,
        a_refresh_keeps_the_token_before,
        a_fresh_consent_fences_out_a_refresh_under_way,
        calls_are_counted,
        an_alarm_is_raised_once,
    },
    cases_lanes::{
        a_lane_is_claimed_by_one_at_a_time,
        of_many_who_claim_at_once_one_gets_the_lane,
        an_expired_lease_can_be_claimed_and_the_old_one_is_fenced_out,
        a_nudge_during_a_turn_is_not_lost,
        a_node_that_was_killed_frees_its_lanes,
        nothing_is_written_without_the_lane,
    },
    cases_letters::{
        what_was_refused_is_a_letter_and_what_needs_it_waits,
        a_replayed_letter_is_decided_again_before_it_is_sent,
        what_no_rules_decide_again_goes_out_and_what_waits_is_decided,
        what_is_ignored_stays_so_until_it_is_replayed_or_differs,
        what_was_stopped_or_unreadable_is_a_letter,
        tries_that_are_spent_end_in_a_letter,
        exchanges_are_kept_for_a_while,
    },
    cases_nodes::{
        a_node_that_is_silent_loses_its_lanes,
        one_node_leads_until_it_is_silent_or_resigns,
        lanes_that_are_due_and_free_are_found,
        nodes_are_known_and_forgotten,
        a_store_is_moved_whole_and_says_so,
    },
    cases_facts::{
        pulling_twice_is_pulling_once,
        an_older_state_of_an_order_is_kept_as_stale,
        what_a_person_says_is_never_stale,
        an_order_that_could_not_be_read_can_be_read_later,
        raw_bytes_and_cursors_come_back,
        the_chart_is_kept_whole,
        two_books_may_know_the_same_fact,
        many_facts_come_in_at_once,
        two_lanes_may_bring_the_same_facts_at_once,
        a_fact_of_an_unknown_book_is_refused,
    },
    cases_hints::{
        a_notification_that_comes_twice_is_one_hint,
        a_hint_makes_its_lane_due,
        hints_about_one_thing_are_one_thing_to_look_at,
        a_hint_ends_with_the_facts_that_it_brought,
        a_sweep_ends_what_happened_before_it,
        what_is_not_there_yet_is_looked_for_later,
        waiting_hints_are_counted_and_old_ones_forgotten,
        what_could_not_be_read_is_kept_once,
    },
    cases_backfill::{
        the_urgent_goes_first_and_what_it_shares_goes_with_it,
        in_one_batch_the_most_urgent_counts,
        a_stretch_of_the_past_is_wanted_once_for_a_book,
    },
    cases_decisions::{
        a_new_fact_makes_its_subject_due_until_it_is_decided,
        a_fact_that_comes_in_meanwhile_keeps_the_subject_due,
        what_was_stopped_is_due_under_other_rules,
        a_shared_intent_is_made_by_who_comes_first,
        deciding_twice_is_deciding_once,
        the_same_intent_with_another_body_is_refused,
        withdrawing_what_moved_on_is_refused_and_nothing_is_written,
        a_held_intent_waits_for_a_person,
        many_subjects_are_read_at_once,
        waiting_for_what_has_settled_already_is_no_waiting,
    },
    cases_outbox::{
        what_needs_another_is_due_after_it,
        a_send_moves_all_its_members_or_none,
        the_same_send_may_begin_again,
        what_was_on_the_wire_is_looked_up_after_a_crash,
        an_unclear_send_is_looked_up_in_its_time,
        a_void_takes_away_what_payments_need_and_an_edit_does_not,
        a_remote_id_is_the_receipt_of_one_intent,
        what_differs_is_held_with_its_receipt,
        a_subject_that_waits_becomes_due_when_its_intent_settles,
        a_server_error_is_remembered_with_the_send,
        the_next_due_time_is_known,
    },
    cases_settlements::{
        a_settlement_is_kept_with_its_decision,
        a_settlement_knows_its_neighbours,
        claims_are_replaced_with_their_settlement,
        a_report_is_fetched_once,
        a_subject_can_be_woken,
        a_book_begins_with_one_list_of_what_it_carries,
        facts_of_a_source_are_read_by_time,
        what_was_written_is_archived_with_its_fact,
        an_undoing_takes_away_what_it_undoes,
    },
    cases_drifts::{
        a_notice_is_kept_once_until_it_is_looked_at,
        what_stands_is_found_by_what_it_is_there,
        subjects_in_flight_are_known,
        a_drift_is_open_until_it_is_accepted_or_put_right,
        a_double_is_gone_when_it_was_taken_away,
        what_someone_ended_is_let_go_to_be_posted_again,
        drifts_are_written_by_who_has_the_lane,
    },
    cases_stories::{
        a_story_tells_everything,
        lists_and_counts_add_up,
        latencies_run_from_the_fact_to_the_receipt,
    },
    cases_watch::{
        lanes_are_watched_with_who_holds_them,
        what_is_open_is_counted_for_every_book_at_once,
        stops_and_notes_are_counted_by_code,
        connections_and_tokens_are_watched_without_being_opened,
        what_is_given_again_keeps_its_day,
        an_alarm_that_was_mended_is_cleared_and_may_come_back,
        who_read_an_older_alert_changes_nothing,
        a_delivery_is_one_hands_at_a_time_until_it_is_taken,
    },
}
