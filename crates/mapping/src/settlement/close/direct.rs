//! Money that left Amazon otherwise than by a payout: a micro deposit, what was paid to others.

use base::Zone;
use facts::finances::Transaction;

use super::{Direct, Settled};
use crate::settlement::bridge::{directs as left, known};

/// All of it, with the settlement whose documents have it on clearing: the one that Amazon names,
/// else the one of that time.
pub fn directs(transactions: &[&Transaction], settlements: &[Settled], zone: &Zone) -> Vec<Direct> {
    let known = known(transactions);
    let left = left(transactions);
    let direct = left.iter().filter(|one| one.amount.is_negative()).map(|one| {
        let told = known.iter().find(|told| told.of.transaction_id == one.transaction_id);
        let named = told.and_then(|told| told.settlement);
        let of_time = || {
            let mut inside =
                settlements.iter().filter(|of| of.starts <= one.posted && one.posted < of.ends);
            inside.next().map(|of| of.settlement_id.as_str())
        };
        let words = told.map(|told| told.of.description.as_str());
        Direct {
            transaction_id: one.transaction_id.clone(),
            settlement_id: named.or_else(of_time).unwrap_or_default().to_owned(),
            text: words.filter(|words| !words.is_empty()).unwrap_or("Direct payment").to_owned(),
            posted: one.posted.day(zone),
            amount: one.amount,
        }
    });
    direct.collect()
}
