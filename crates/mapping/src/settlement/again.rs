//! Documents of a settlement that someone ended in Xero, while others of it stand: each is posted
//! again by itself. Where nothing stands any more the settlement is drawn anew.

use intents::Intent;

use crate::again::{Renewal, Renewals, renewed};
use crate::orders::Changes;
use crate::orders::stop::Stop;
use crate::settlement::decide::Settling;
use crate::settlement::{documents, undo};

pub(crate) fn add(settling: &Settling<'_>, changes: &mut Changes) -> Result<(), Stop> {
    let lost = settling.booked.lost().into_iter();
    let lost: Vec<&Intent> = lost
        .map(|decided| &decided.intent)
        .filter(|intent| !undo::is_undoing(intent))
        // Files are shown at whatever stands.
        .filter(|intent| intent.kind() != intents::Kind::Attachment)
        .collect();
    let mut next = settling.next_number();
    let mut renewals = Renewals::new();
    for intent in &lost {
        if let Some(day) = undo::date(&intent.body) {
            settling.case.must_be_open(day, &intent.label())?;
        }
        let number = documents::number(intent).map(|number| {
            let stem = number.rsplit_once('-').map_or(number, |(stem, _)| stem);
            let number = format!("{stem}-{next}");
            next = next.saturating_add(1);
            number
        });
        let revision = settling.booked.next_revision(&intent.part);
        renewals.insert(intent.id.clone(), Renewal { revision, number });
    }
    changes.intents.extend(lost.iter().filter_map(|one| renewed(one, &lost, &renewals)));
    Ok(())
}
