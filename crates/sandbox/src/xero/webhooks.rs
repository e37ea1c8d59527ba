//! Webhooks as Xero sends them: signed, in batches, at least once, in no sure order, and again until
//! they are answered (<https://developer.xero.com/documentation/guides/webhooks/overview/>).
//!
//! The sandbox opens no socket: what is to be delivered waits here until whoever runs it takes it
//! and says how it was answered.

use base::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::json::{Json, Object};
use super::touched::Touch;
use crate::random::Random;
use crate::xero::Xero;

/// An answer after that is none.
const ANSWER_WITHIN_MS: i64 = 5 * Timestamp::SECOND;
/// Again at once, then every quarter of an hour for a day; then Xero says nothing any more.
const AGAIN_MS: i64 = 15 * Timestamp::MINUTE;
const GIVEN_UP_MS: i64 = Timestamp::DAY;
/// Events in one delivery.
const EVENTS_MAX: usize = 50;
/// Deliveries without a good signature in an intent to receive.
const BADLY_SIGNED: usize = 3;

/// Where Xero stands with the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hooked {
    /// None is registered.
    No,
    /// It has to show first that it checks signatures.
    Intent,
    Live,
    /// A bad signature was let in, a good one was not, or no answer came in time.
    Failed,
    /// Nothing was answered for a day.
    Disabled,
}

/// How Xero tells.
#[derive(Debug, Clone)]
pub struct Hook {
    /// What it signs with.
    pub key: String,
    /// An event is told at most so much later, in milliseconds.
    pub delay_max_ms: u64,
    /// Of a thousand events, how many are told twice.
    pub doubles_per_mille: u64,
}

impl Hook {
    /// As Xero may do it: within seconds, now and then twice, in no sure order.
    pub fn new(key: impl Into<String>) -> Hook {
        Hook { key: key.into(), delay_max_ms: 2_000, doubles_per_mille: 150 }
    }
}

/// One request to be made: `POST`, with the signature as `x-xero-signature`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: u64,
    pub body: Vec<u8>,
    pub signature: String,
}

#[derive(Debug, Clone)]
struct Waiting {
    delivery: Delivery,
    /// 200, or 401 where the signature is bad.
    expects: u16,
    is_intent: bool,
    since: Timestamp,
    due: Timestamp,
    tries: u32,
    is_out: bool,
}

#[derive(Debug, Clone)]
struct Event {
    due: Timestamp,
    object: Object,
}

pub(crate) struct Webhooks {
    hook: Option<Hook>,
    hooked: Hooked,
    random: Random,
    ids: u64,
    sequence: i64,
    events: Vec<Event>,
    waiting: Vec<Waiting>,
}

impl Webhooks {
    pub(crate) fn new(seed: u64) -> Webhooks {
        Webhooks {
            hook: None,
            hooked: Hooked::No,
            random: Random::stream(seed, "xero webhooks"),
            ids: 0,
            sequence: 0,
            events: Vec::new(),
            waiting: Vec::new(),
        }
    }

    /// Keeps what happened, if anyone is told.
    pub(crate) fn hear(&mut self, touches: Vec<Touch>, tenant: &str, now: Timestamp) {
        let Some(hook) = self.hook.clone() else { return };
        if self.hooked != Hooked::Live {
            return;
        }
        for touch in touches {
            let object = event(&touch, tenant, now);
            let times = if self.random.chance(hook.doubles_per_mille) { 2 } else { 1 };
            for _ in 0..times {
                let late = i64::try_from(self.random.below(hook.delay_max_ms.saturating_add(1)));
                let due = now.after_ms(late.unwrap_or_default());
                self.events.push(Event { due, object: object.clone() });
            }
        }
    }

    /// Puts what is due into deliveries.
    fn pack(&mut self, now: Timestamp) {
        let Some(hook) = self.hook.clone() else { return };
        let (due, later): (Vec<Event>, Vec<Event>) =
            std::mem::take(&mut self.events).into_iter().partition(|event| event.due <= now);
        self.events = later;
        let mut due: Vec<Object> = due.into_iter().map(|event| event.object).collect();
        while !due.is_empty() {
            let mut some = Vec::new();
            while !due.is_empty() && some.len() < EVENTS_MAX {
                // In no sure order.
                let at = usize::try_from(self.random.below(due.len() as u64)).unwrap_or_default();
                some.push(due.swap_remove(at));
            }
            self.put(some, &hook.key, true, now);
        }
    }

    fn put(&mut self, events: Vec<Object>, key: &str, is_good: bool, now: Timestamp) {
        let is_intent = events.is_empty();
        let first = self.sequence.saturating_add(1);
        self.sequence = self.sequence.saturating_add(i64::try_from(events.len()).unwrap_or(0));
        let entropy = base::digest(&[&self.random.next().to_string()]);
        let body = Object::new()
            .with_list("events", events)
            .with_int("firstEventSequence", if is_intent { 0 } else { first })
            .with_int("lastEventSequence", if is_intent { 0 } else { self.sequence })
            .with_text("entropy", entropy.get(..20).unwrap_or_default());
        let body = Json::Object(body).write().into_bytes();
        let signed = if is_good { sign(key, &body) } else { sign(&format!("not {key}"), &body) };
        self.ids = self.ids.saturating_add(1);
        self.waiting.push(Waiting {
            delivery: Delivery { id: self.ids, body, signature: signed },
            expects: if is_good { 200 } else { 401 },
            is_intent,
            since: now,
            due: now,
            tries: 0,
            is_out: false,
        });
    }

    fn answered(&mut self, id: u64, status: Option<u16>, took_ms: i64, now: Timestamp) {
        let Some(at) = self.waiting.iter().position(|one| one.delivery.id == id) else { return };
        let in_time = status.filter(|_status| took_ms <= ANSWER_WITHIN_MS);
        let mut one = self.waiting.swap_remove(at);
        if one.is_intent {
            if in_time != Some(one.expects) {
                self.hooked = Hooked::Failed;
                self.waiting.clear();
            } else if self.hooked == Hooked::Intent && self.waiting.is_empty() {
                self.hooked = Hooked::Live;
            }
            return;
        }
        if in_time.is_some_and(|status| (200..300).contains(&status)) {
            return;
        }
        if now.since(one.since) >= GIVEN_UP_MS {
            self.hooked = Hooked::Disabled;
            return;
        }
        one.due = if one.tries == 0 { now } else { now.after_ms(AGAIN_MS) };
        one.tries = one.tries.saturating_add(1);
        one.is_out = false;
        self.waiting.push(one);
    }
}

fn sign(key: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

fn event(touch: &Touch, tenant: &str, now: Timestamp) -> Object {
    let collection = touch.category.collection();
    let address = format!("https://api.xero.com/api.xro/2.0/{collection}/{}", touch.id);
    let moment = now.iso();
    Object::new()
        .with_text("resourceUrl", address)
        .with_text("resourceId", &touch.id)
        .with_text("eventDateUtc", moment.trim_end_matches('Z'))
        .with_text("eventType", if touch.is_new { "CREATE" } else { "UPDATE" })
        .with_text("eventCategory", touch.category.word())
        .with_text("tenantId", tenant)
        .with_text("tenantType", "ORGANISATION")
}

impl Xero {
    /// An address is registered in place of any before. Xero first asks it to show its intent to
    /// receive: one delivery that is signed well, and several that are not.
    pub fn register_webhook(&self, hook: Hook) {
        let now = self.kit.now();
        let mut state = self.lock();
        state.books.take_touched();
        let webhooks = &mut state.webhooks;
        webhooks.events.clear();
        webhooks.waiting.clear();
        webhooks.hooked = Hooked::Intent;
        let good = webhooks.random.below(BADLY_SIGNED as u64 + 1);
        for nth in 0..=BADLY_SIGNED as u64 {
            webhooks.put(Vec::new(), &hook.key, nth == good, now);
        }
        webhooks.hook = Some(hook);
    }

    pub fn hooked(&self) -> Hooked {
        self.lock().webhooks.hooked
    }

    /// When the next delivery is due, of those that are not under way.
    pub fn next_webhook(&self) -> Option<Timestamp> {
        let now = self.kit.now();
        let mut state = self.lock();
        state.hear(now);
        let webhooks = &state.webhooks;
        let waiting = webhooks.waiting.iter().filter(|one| !one.is_out).map(|one| one.due);
        waiting.chain(webhooks.events.iter().map(|event| event.due)).min()
    }

    /// What is to be delivered now. Each is handed out once until it is answered.
    pub fn webhooks_due(&self) -> Vec<Delivery> {
        let now = self.kit.now();
        let mut state = self.lock();
        state.hear(now);
        let webhooks = &mut state.webhooks;
        if webhooks.hooked == Hooked::Live {
            webhooks.pack(now);
        }
        let due = webhooks.waiting.iter_mut().filter(|one| !one.is_out && one.due <= now);
        let out = due.map(|one| {
            one.is_out = true;
            one.delivery.clone()
        });
        out.collect()
    }

    /// How a delivery was answered: the status, if an answer came, and after how many milliseconds.
    pub fn webhook_answered(&self, id: u64, status: Option<u16>, took_ms: i64) {
        let now = self.kit.now();
        self.lock().webhooks.answered(id, status, took_ms, now);
    }
}
