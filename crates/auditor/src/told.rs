//! What Amazon tells of money besides orders: settlements, refunds, payouts.

use crate::amazon::finances::{Finances, Gone};
use crate::amazon::reports::Settlements;
use crate::ask::Asker;
use crate::compare;
use crate::xero::Books;
use crate::{AuditError, Keeping, Question, Side};

pub(crate) struct Told<'a> {
    pub(crate) keeping: &'a Keeping,
    pub(crate) settlements: Settlements,
    pub(crate) finances: Finances,
}

impl<'a> Told<'a> {
    pub(crate) async fn read(
        asker: &mut Asker<'_>,
        question: &Question<'_>,
        keeping: &'a Keeping,
    ) -> Result<Told<'a>, AuditError> {
        let (mut settlements, mut finances) = (Settlements::default(), Finances::default());
        for side in &question.amazon {
            settlements.read(asker, side).await?;
            finances.read(asker, side, question.since).await?;
        }
        Ok(Told { keeping, settlements, finances })
    }

    /// Asks Finances for settlements that the books name and no report shows.
    pub(crate) async fn look_for_gone(
        &mut self,
        asker: &mut Asker<'_>,
        sides: &[Side<'_>],
        books: &Books,
    ) -> Result<(), AuditError> {
        for id in compare::settlements_named(books) {
            if self.settlements.told.contains_key(&id) {
                continue;
            }
            match self.finances.gone(asker, sides, &id).await? {
                Gone::Told(told) => _ = self.settlements.told.insert(id, told),
                Gone::Untold => _ = self.settlements.untold.insert(id),
                Gone::Unknown => {}
            }
        }
        Ok(())
    }
}
