//! What hangs on an order's documents and was ended in Xero by someone else: allocations, and money
//! given back. Invoices, their payments and credit notes are decided anew by themselves.

use std::collections::BTreeSet;

use intents::{Body, Intent, IntentId};

use crate::again::{Renewal, Renewals, renewed};
use crate::orders::Changes;
use crate::orders::sale::Sale;

pub(crate) fn add(sale: &Sale<'_>, changes: &mut Changes) {
    if changes.wait {
        return;
    }
    let lost: Vec<&Intent> = sale.booked.lost().into_iter().map(|one| &one.intent).collect();
    let ids: BTreeSet<&IntentId> = lost.iter().map(|intent| &intent.id).collect();
    // What hung on a document that is gone too comes, or does not, with what takes its place.
    let is_alone = |intent: &&Intent| {
        if let Body::Allocation(made) = &intent.body {
            return !ids.contains(&made.invoice) && !ids.contains(&made.credit_note);
        }
        if let Body::Refund(made) = &intent.body {
            return !ids.contains(&made.invoice);
        }
        false
    };
    let alone: Vec<&Intent> = lost.iter().copied().filter(is_alone).collect();
    let renewal = |intent: &&Intent| {
        let revision = sale.booked.next_revision(&intent.part);
        (intent.id.clone(), Renewal { revision, number: None })
    };
    let renewals: Renewals = alone.iter().map(renewal).collect();
    changes.intents.extend(alone.iter().filter_map(|one| renewed(one, &alone, &renewals)));
}
