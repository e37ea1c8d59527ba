//! What can go wrong with a request, by plan: scripted for a test, or drawn from a seed.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::random::Random;

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: it goes through.
    None,
    /// Answered so many milliseconds late.
    Latency(u32),
    /// 429 as the vendor writes it, though the client kept its limits.
    TooMany,
    /// A 5xx before anything was done.
    ErrorBefore,
    /// A 5xx after the work was done.
    ErrorAfter,
    /// The connection ends before anything was done.
    LostBefore,
    /// The connection ends after the work was done.
    LostAfter,
    /// The work was done; the reply ends in the middle.
    Truncated,
    /// A batch write stops after its first k elements, then a 5xx.
    CutAfter(u32),
    /// The reply's elements come in another order.
    Shuffled,
    /// One element of the reply is missing.
    Missing,
    /// A read repeats an element that it gave before.
    Duplicated,
}

impl Fault {
    /// The fault of a name such as `lost_after`; `amount` is `latency`'s milliseconds and
    /// `cut_after`'s elements.
    pub fn named(name: &str, amount: u32) -> Option<Fault> {
        match name {
            "none" => Some(Fault::None),
            "latency" => Some(Fault::Latency(amount)),
            "too_many" => Some(Fault::TooMany),
            "error_before" => Some(Fault::ErrorBefore),
            "error_after" => Some(Fault::ErrorAfter),
            "lost_before" => Some(Fault::LostBefore),
            "lost_after" => Some(Fault::LostAfter),
            "truncated" => Some(Fault::Truncated),
            "cut_after" => Some(Fault::CutAfter(amount)),
            "shuffled" => Some(Fault::Shuffled),
            "missing" => Some(Fault::Missing),
            "duplicated" => Some(Fault::Duplicated),
            _ => None,
        }
    }
}

/// On a response's extensions: no answer reached the client. An in-process transport turns it into
/// a lost call, the server drops the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost;

/// A source of faults: a script first, then the dice.
pub struct Faults {
    inner: Mutex<Inner>,
}

struct Inner {
    script: VecDeque<(String, Fault)>,
    random: Random,
    /// For what is on its way to a client that did not ask: a stream of its own.
    post: Random,
    per_mille: u64,
}

impl Faults {
    /// Nothing goes wrong unless scripted.
    pub fn none() -> Faults {
        Faults::drawn(0, 0)
    }

    /// About one request in six goes wrong, as the seed has it.
    pub fn heavy(seed: u64) -> Faults {
        Faults::drawn(seed, 160)
    }

    /// So many requests of a thousand go wrong.
    pub fn drawn(seed: u64, per_mille: u64) -> Faults {
        let random = Random::stream(seed, "faults");
        let post = Random::stream(seed, "faults of the post");
        Faults { inner: Mutex::new(Inner { script: VecDeque::new(), random, post, per_mille }) }
    }

    /// From now on nothing goes wrong unless it is scripted.
    pub fn end(&self) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).per_mille = 0;
    }

    /// The next request whose operation contains `operation` meets this fault. Scripted faults
    /// are used up in order.
    pub fn script(&self, operation: &str, fault: Fault) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.script.push_back((operation.to_owned(), fault));
    }

    /// What happens to a message that nobody asked for, such as `notification ORDER_CHANGE`: it may
    /// come twice, late, behind others, or never.
    pub fn draw_post(&self, name: &str) -> Fault {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let scripted = inner.script.iter().position(|(part, _)| name.contains(part.as_str()));
        if let Some((_, fault)) = scripted.and_then(|index| inner.script.remove(index)) {
            return fault;
        }
        let per_mille = inner.per_mille;
        if !inner.post.chance(per_mille) {
            return Fault::None;
        }
        match inner.post.below(4) {
            0 => Fault::Duplicated,
            1 => Fault::Latency(u32::try_from(inner.post.below(600_000)).unwrap_or(0)),
            2 => Fault::Shuffled,
            _ => Fault::LostBefore,
        }
    }

    /// What happens to this request, such as `PUT /api.xro/2.0/Invoices`.
    pub fn draw(&self, operation: &str) -> Fault {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let scripted = inner.script.iter().position(|(part, _)| operation.contains(part.as_str()));
        if let Some((_, fault)) = scripted.and_then(|index| inner.script.remove(index)) {
            return fault;
        }
        let per_mille = inner.per_mille;
        if !inner.random.chance(per_mille) {
            return Fault::None;
        }
        match inner.random.below(12) {
            0 => Fault::Latency(u32::try_from(inner.random.below(900)).unwrap_or(0)),
            1 | 2 => Fault::TooMany,
            3 => Fault::ErrorBefore,
            4 => Fault::ErrorAfter,
            5 => Fault::LostBefore,
            6 => Fault::LostAfter,
            7 => Fault::Truncated,
            8 => Fault::CutAfter(u32::try_from(inner.random.below(20)).unwrap_or(0)),
            9 => Fault::Shuffled,
            10 => Fault::Missing,
            _ => Fault::Duplicated,
        }
    }
}
