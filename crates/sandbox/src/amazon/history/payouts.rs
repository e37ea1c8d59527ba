//! What reaches the bank, and when.

use base::{Day, Money, Timestamp, Zone, digest};

use super::History;
use super::setting::Setting;

/// Where a payout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Started,
    InTransit,
    Paid,
    Failed,
    /// Nothing is owed to the seller.
    NoPayout,
}

#[derive(Debug, Clone)]
pub struct Payout {
    pub id: String,
    /// What is paid; zero where nothing is.
    pub amount: i64,
    /// Each stage with its moment, in turn.
    pub stages: Vec<(Stage, Timestamp)>,
    pub trace_id: String,
}

/// The last digits of the seller's bank account.
pub(crate) const ACCOUNT_TAIL: &str = "677";

/// The payout of a settlement with this total at this deposit date.
pub(crate) fn payout(
    seed: u64,
    settlement: &str,
    (total, deposit): (i64, Timestamp),
    fails: bool,
) -> Payout {
    let name = digest(&[&seed.to_string(), settlement, "payout"]);
    let drawn = name.bytes().fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % 10_007);
    let days = 1 + drawn % 5;
    let in_transit = (Stage::InTransit, deposit.after_ms(6 * Timestamp::HOUR));
    let last = if fails {
        (Stage::Failed, deposit.after_ms(3 * Timestamp::DAY))
    } else {
        (Stage::Paid, deposit.after_ms(days * Timestamp::DAY - 2 * Timestamp::HOUR))
    };
    let stages = match total {
        1.. => vec![(Stage::Started, deposit), in_transit, last],
        _ => vec![(Stage::NoPayout, deposit)],
    };
    let mut trace_id = name.to_uppercase();
    trace_id.truncate(15);
    Payout { id: settlement.to_owned(), amount: total.max(0), stages, trace_id }
}

impl Payout {
    /// The moment at which it came back, if it did.
    pub fn failed(&self) -> Option<Timestamp> {
        self.moment(Stage::Failed)
    }

    pub fn paid(&self) -> Option<Timestamp> {
        self.moment(Stage::Paid)
    }

    /// The moment at which the money left the account.
    pub fn started(&self) -> Option<Timestamp> {
        self.moment(Stage::Started)
    }

    fn moment(&self, stage: Stage) -> Option<Timestamp> {
        self.stages.iter().find(|(of, _)| *of == stage).map(|(_, at)| *at)
    }

    /// The stages that have come about.
    pub fn seen(&self, now: Timestamp) -> impl Iterator<Item = (Stage, Timestamp)> {
        self.stages.iter().copied().filter(move |(_, at)| *at <= now)
    }
}

/// A line of the seller's bank statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankLine {
    pub date: Day,
    pub amount: Money,
    pub text: String,
    /// The settlement that it pays out, where there is one.
    pub settlement: Option<String>,
}

impl History {
    /// What is paid out for so much, in the currency that reaches the bank: half a cent is rounded up.
    pub(crate) fn paid(&self, minor: i64) -> Money {
        match self.options.converts {
            Some(conversion) => Money::from_minor(
                (minor * conversion.rate + 5_000).div_euclid(10_000),
                conversion.to,
            ),
            None => Money::from_minor(minor, self.currency()),
        }
    }

    /// What the bank has booked until a moment, by date.
    pub fn bank_lines(&self, until: Timestamp) -> Vec<BankLine> {
        let name = payer(self.options.setting);
        let mut lines: Vec<BankLine> = Vec::new();
        for settlement in &self.settlements {
            let payout = &settlement.payout;
            let Some(at) = payout.paid().filter(|at| *at <= until) else { continue };
            lines.push(BankLine {
                date: at.day(&Zone::utc()),
                amount: self.paid(payout.amount),
                text: format!("AMAZON PAYMENTS {name} {}", payout.trace_id),
                settlement: Some(settlement.id.clone()),
            });
        }
        let micro = self.transactions.iter().filter(|of| of.description == "Micro Deposit");
        for transaction in micro {
            let at = transaction.posted.after_ms(Timestamp::DAY);
            if at <= until {
                lines.push(micro_line(at, self.paid(-transaction.total()), name));
            }
        }
        lines.sort_by_key(|line| line.date);
        lines
    }
}

fn micro_line(at: Timestamp, amount: Money, name: &str) -> BankLine {
    BankLine {
        date: at.day(&Zone::utc()),
        amount,
        text: format!("AMAZON PAYMENTS {name} VERIFICATION"),
        settlement: None,
    }
}

fn payer(setting: Setting) -> &'static str {
    match setting {
        Setting::UkVat | Setting::UkGross => "UK S.A R.L.",
        Setting::De => "EU S.C.A.",
        Setting::Us => "US",
        Setting::Au => "AU PTY",
        Setting::Ca => "CA",
        Setting::In => "IN",
    }
}
