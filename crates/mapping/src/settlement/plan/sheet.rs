//! Documents and payments being planned, numbered as they come.

use base::{Currency, Day, Money, MoneyError};

use crate::Role;
use crate::settlement::footing::{Footing, Part};
use crate::settlement::pack::Pack;
use crate::settlement::plan::{
    About, Card, DOCUMENT, PlanError, Planned, PlannedLine, Way, What, lines,
};
use crate::settlement::words::LineKind;

pub(crate) struct Sheet<'a> {
    pub(crate) footing: &'a Footing,
    pub(crate) about: &'a About,
    pub(crate) documents: Vec<Planned>,
    /// Invoices and bills so far.
    made: u32,
    /// What lines carry from one part to another: inside documents, and no amount of Amazon's.
    carried: Money,
}

/// Lines that become a document, in the sense of income.
pub(crate) struct Draft {
    pub(crate) lines: Vec<PlannedLine>,
    pub(crate) date: Day,
    pub(crate) text: String,
    pub(crate) settled: Settled,
}

/// How a document is settled.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Settled {
    /// At once, whatever its sign, through an account.
    Through(Role),
    /// An invoice stays open for the bank line; a bill is paid at once.
    OpenForBank(Role),
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(footing: &'a Footing, about: &'a About) -> Sheet<'a> {
        let carried = Money::zero(footing.sum.currency());
        Sheet { footing, about, documents: Vec::new(), made: 0, carried }
    }

    /// The next document follows so many that have their numbers.
    pub(crate) fn after(self, made: u32) -> Sheet<'a> {
        Sheet { made, ..self }
    }

    pub(crate) fn currency(&self) -> Currency {
        self.footing.sum.currency()
    }

    /// Where balances with Amazon stand. Lines cannot stand on an account of type BANK: Carried
    /// forward takes them there.
    pub(crate) fn balance_role(&self) -> Role {
        if self.about.clearing_is_bank {
            Role::CarriedForward
        } else {
            Role::Clearing(self.currency())
        }
    }

    /// `AMZ-EU-12345678901`.
    pub(crate) fn name(&self) -> String {
        format!("AMZ-{}-{}", self.about.region, self.footing.settlement.settlement_id)
    }

    /// `January 2026 part of settlement 12345678901`, or the settlement where it has one part.
    pub(crate) fn text(&self, part: &Part) -> String {
        let settlement = format!("settlement {}", self.footing.settlement.settlement_id);
        if self.footing.parts.len() > 1 {
            format!("{} part of {settlement}", part.month.0.strftime("%B %Y"))
        } else {
            format!("Amazon {settlement}")
        }
    }

    /// The part's lines. What a card of another currency was charged waits in transit for the line of
    /// its statement.
    pub(crate) fn lines(&self, pack: &Pack, part: &Part) -> Result<Vec<PlannedLine>, PlanError> {
        let mut lines = lines::of(self.footing, pack, part)?;
        if self.about.card == Card::OtherCurrency {
            let charges = lines.iter_mut().filter(|line| line.kind == LineKind::SuccessfulCharge);
            charges.for_each(|line| line.role = Role::Transit);
        }
        Ok(lines)
    }

    /// The last part's document has lines for what earlier parts left on Carried forward, and for what
    /// the opening balances carry.
    pub(crate) fn carries(&mut self, amount: Money) -> Result<(), MoneyError> {
        self.carried = self.carried.plus(amount)?;
        Ok(())
    }

    /// Amazon's amounts on documents: their lines with their signs, without what is carried.
    pub(crate) fn posted(&self) -> Result<Money, MoneyError> {
        let mut total = Money::zero(self.currency());
        for document in self.documents.iter().filter(|document| document.is_document()) {
            for line in &document.lines {
                total = total.plus(document.as_income(line.amount)?)?;
            }
        }
        total.minus(self.carried)
    }

    /// An invoice where the lines come to more than zero, a bill where they come to less. Xero may
    /// refuse a document of nothing: then one of each, settled against each other.
    pub(crate) fn put(&mut self, draft: Draft) -> Result<(), PlanError> {
        let total = Money::sum(draft.lines.iter().map(|line| line.amount), self.currency())?;
        if !total.is_zero() {
            return self.document(draft, total);
        }
        let account = match draft.settled {
            Settled::Through(role) | Settled::OpenForBank(role) => role,
        };
        for (lines, total) in sides(draft.lines, self.currency())? {
            let (date, text) = (draft.date, draft.text.clone());
            self.document(Draft { lines, date, text, settled: Settled::Through(account) }, total)?;
        }
        Ok(())
    }

    /// Which document the next one is, and its number.
    pub(crate) fn next_document(&mut self) -> (u32, String) {
        self.made = self.made.saturating_add(1);
        let before = self.about.next_number.max(1).saturating_sub(1);
        (self.made, format!("{}-{}", self.name(), self.made.saturating_add(before)))
    }

    fn document(&mut self, draft: Draft, total: Money) -> Result<(), PlanError> {
        let is_bill = total.is_negative();
        let lines = if is_bill { turned(draft.lines)? } else { draft.lines };
        let tax = Money::sum(lines.iter().map(|line| line.tax), self.currency())?;
        let (made, number) = self.next_document();
        let total = if is_bill { total.negated()? } else { total };
        self.documents.push(Planned {
            part: format!("{DOCUMENT}{made}"),
            what: if is_bill { What::Bill } else { What::Invoice },
            number: number.clone(),
            date: draft.date,
            lines,
            total,
            tax,
            rate: None,
            text: draft.text.clone(),
        });
        let account = match draft.settled {
            Settled::Through(role) => Some(role),
            Settled::OpenForBank(role) => is_bill.then_some(role),
        };
        if let Some(account) = account {
            self.documents.push(Planned {
                part: format!("payment:{made}"),
                what: What::Payment { of_part: made, account },
                number,
                date: draft.date,
                lines: Vec::new(),
                total,
                tax: Money::zero(self.currency()),
                rate: None,
                text: format!("Payment: {}", draft.text),
            });
        }
        Ok(())
    }

    /// What Amazon charged to a card: the row says that clearing is settled, the card pays for it.
    /// A charge that came back is money received on the card.
    pub(crate) fn charges(&mut self) -> Result<(), PlanError> {
        if self.about.card != Card::Known {
            return Ok(());
        }
        let mut count: u32 = 0;
        for part in &self.footing.parts {
            let charged = charged(part, self.currency())?;
            if charged.is_zero() {
                continue;
            }
            count = count.saturating_add(1);
            let planned = self.charge(part, charged, count)?;
            self.documents.push(planned);
        }
        Ok(())
    }

    fn charge(&self, part: &Part, charged: Money, count: u32) -> Result<Planned, PlanError> {
        let bank = Role::ChargeCard;
        let total = if charged.is_negative() { charged.negated()? } else { charged };
        let clearing = Role::Clearing(self.currency());
        let between_banks = self.about.clearing_is_bank && self.about.way == Way::PerOrder;
        let what = match (between_banks, charged.is_negative()) {
            (true, false) => What::Transfer { from: bank, to: clearing },
            (true, true) => What::Transfer { from: clearing, to: bank },
            (false, false) => What::Spend { bank },
            (false, true) => What::Receive { bank },
        };
        let role = if between_banks { clearing } else { self.balance_role() };
        let texts = ("Charged to the card by Amazon", "money moves from the card: no tax");
        let line = lines::plain(role, LineKind::SuccessfulCharge, total, texts);
        Ok(Planned {
            part: format!("charge:{count}"),
            what,
            number: format!("{}-charge-{count}", self.name()),
            date: part.last,
            lines: if between_banks { Vec::new() } else { vec![line] },
            total,
            tax: Money::zero(self.currency()),
            rate: None,
            text: format!("Card charged for settlement {}", self.footing.settlement.settlement_id),
        })
    }
}

/// What the card was charged in a part.
pub(crate) fn charged(part: &Part, currency: Currency) -> Result<Money, MoneyError> {
    let charges = part.groups.iter().filter(|group| group.kind == LineKind::SuccessfulCharge);
    Money::sum(charges.map(|group| group.amount), currency)
}

/// What comes in and what goes out, each with its sum; a side that comes to nothing is none.
pub(crate) fn sides(
    lines: Vec<PlannedLine>,
    currency: Currency,
) -> Result<Vec<(Vec<PlannedLine>, Money)>, MoneyError> {
    let (costs, income): (Vec<PlannedLine>, Vec<PlannedLine>) =
        lines.into_iter().partition(|line| line.amount.is_negative());
    let mut sides = Vec::new();
    for lines in [income, costs] {
        let total = Money::sum(lines.iter().map(|line| line.amount), currency)?;
        if !total.is_zero() {
            sides.push((lines, total));
        }
    }
    Ok(sides)
}

/// On a bill, and on money spent, a cost is positive.
pub(crate) fn turned(lines: Vec<PlannedLine>) -> Result<Vec<PlannedLine>, MoneyError> {
    let turn = |mut line: PlannedLine| {
        line.amount = line.amount.negated()?;
        line.tax = line.tax.negated()?;
        Ok(line)
    };
    lines.into_iter().map(turn).collect()
}
