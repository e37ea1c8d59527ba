//! An order's facts in the order in which they happened.

use std::collections::BTreeSet;

use facts::finances::Transaction;
use facts::order::{Item, Order, Status};
use facts::{Act, Body, Fact, FactId};

use crate::orders::stop::Stop;

/// The order as it stood at one of its updates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Snapshot<'a> {
    pub(crate) fact: &'a Fact,
    pub(crate) order: &'a Order,
}

#[derive(Debug)]
pub(crate) struct History<'a> {
    /// Oldest first.
    snapshots: Vec<Snapshot<'a>>,
    /// What people said, oldest first.
    approvals: Vec<(&'a Fact, Act)>,
    /// Financial events, in the order in which Amazon posted them.
    transactions: Vec<(&'a Fact, &'a Transaction)>,
    /// What came after the last readable snapshot and could not be read.
    unreadable: Option<&'a str>,
}

impl<'a> History<'a> {
    /// Facts may come in any order and more than once; those of one moment in the order in which
    /// they came.
    pub(crate) fn of(facts: &'a [Fact]) -> History<'a> {
        let mut sorted: Vec<&Fact> = facts.iter().collect();
        let mut seen = BTreeSet::new();
        sorted.retain(|fact| seen.insert(&fact.id));
        sorted.sort_by_key(|fact| fact.occurred);
        let mut history = History {
            snapshots: Vec::new(),
            approvals: Vec::new(),
            transactions: Vec::new(),
            unreadable: None,
        };
        for fact in sorted {
            match &fact.body {
                Body::Order(order) => {
                    history.snapshots.push(Snapshot { fact, order });
                    history.unreadable = None;
                }
                Body::Unreadable { reason } => history.unreadable = Some(reason),
                Body::Transaction(transaction) => history.transactions.push((fact, transaction)),
                Body::Settlement(_)
                | Body::Payout(_)
                | Body::Summary(_)
                | Body::PaymentGroup(_)
                | Body::Balance(_)
                | Body::Proof { .. } => {}
                Body::Approval(approval) => history.approvals.push((fact, approval.act)),
            }
        }
        history
    }

    /// The order as it stands, unless the last word on it could not be read.
    pub(crate) fn latest(&self) -> Result<Option<Snapshot<'a>>, Stop> {
        match self.unreadable {
            Some(reason) => Err(Stop::new("unreadable_order", reason)),
            None => Ok(self.snapshots.last().copied()),
        }
    }

    pub(crate) fn snapshots(&self) -> &[Snapshot<'a>] {
        &self.snapshots
    }

    pub(crate) fn transactions(&self) -> impl Iterator<Item = (&'a Fact, &'a Transaction)> + '_ {
        self.transactions.iter().copied()
    }

    pub(crate) fn snapshot(&self, ids: &[FactId]) -> Option<Snapshot<'a>> {
        self.snapshots.iter().rev().find(|snapshot| ids.contains(&snapshot.fact.id)).copied()
    }

    /// What a person said last: take the order's documents back, or not.
    pub(crate) fn is_taken_back(&self) -> bool {
        let mut said = self.approvals.iter().rev().map(|(_, act)| *act);
        said.find(|act| matches!(act, Act::Reverse | Act::Repost)) == Some(Act::Reverse)
    }

    /// The facts in which people said this about the order as it stands now. What was said about
    /// other content does not count.
    pub(crate) fn approved(&self, act: Act) -> Vec<FactId> {
        let Some(latest) = self.snapshots.last() else { return Vec::new() };
        let is_of_latest = |at: &Fact| {
            let before = self.snapshots.iter().rev().find(|s| s.fact.occurred <= at.occurred);
            before.is_some_and(|snapshot| is_same_sale(snapshot.order, latest.order))
        };
        self.approvals
            .iter()
            .filter(|(fact, said)| *said == act && is_of_latest(fact))
            .map(|(fact, _)| fact.id.clone())
            .collect()
    }
}

/// True when two snapshots differ only in how far the order has got: what was sold, to whom and
/// for how much is the same.
pub(crate) fn is_same_sale(a: &Order, b: &Order) -> bool {
    sale(a) == sale(b)
}

fn sale(order: &Order) -> Order {
    let items = order.items.iter().map(|item| Item {
        ordered: item.live(),
        fulfilled: None,
        unfulfilled: None,
        promotions: Vec::new(),
        cancelled_by: None,
        ..item.clone()
    });
    Order {
        updated: order.created,
        status: Status::Unshipped,
        payment_methods: Vec::new(),
        items: items.collect(),
        ..order.clone()
    }
}
