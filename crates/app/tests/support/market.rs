//! What the books of a fleet trade: orders from all over the world, or one account with its
//! settlements, in the country of its organisation.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use app::setup::Wish;
use base::Timestamp;
use mapping::settlement::Way;
use sandbox::amazon::Layout;
use sandbox::amazon::history::{History, Options, Setting};
use sandbox::clock::WorldClock;
use sandbox::server::{FaultPlan, Sandbox, SandboxOptions};
use sandbox::xero::Edition;

/// The trade of one book.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Market {
    /// Orders of every region, with what must be stopped among them; nobody reads their money.
    World,
    /// One marketplace with orders, refunds, charges, settlements and payouts.
    Account(Setting, Edition, Way),
}

/// What the owner of a German organisation says about its tax rates.
const GERMAN: [(&str, &str); 10] = [
    ("standard", "TAX001"),
    ("reduced", "TAX002"),
    ("books", "TAX002"),
    ("food", "TAX002"),
    ("zero", "TAX006"),
    ("export", "TAX007"),
    ("exempt", "NONE"),
    ("input_standard", "TAX003"),
    ("reverse_charge", "TAX005"),
    ("input_zero", "INPUT"),
];

/// When a fleet begins, for how many days, and how many orders a book has on one of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Season {
    pub(crate) start: Timestamp,
    pub(crate) days: u16,
    pub(crate) orders_a_day: usize,
}

impl Season {
    pub(crate) fn end(self) -> Timestamp {
        self.start.after_ms(i64::from(self.days) * Timestamp::DAY)
    }
}

/// An account's orders come for two months, a few a day.
const ACCOUNT_ORDERS: usize = 80;

impl Market {
    /// The markets take turns, and each account is booked in both ways.
    pub(crate) fn of(number: usize) -> Market {
        let way = if number.is_multiple_of(2) { Way::PerOrder } else { Way::Summary };
        match number % 5 {
            0 => Market::World,
            1 => Market::Account(Setting::UkVat, Edition::Uk, way),
            2 => Market::Account(Setting::De, Edition::Germany, way),
            3 => Market::Account(Setting::Us, Edition::Us, way),
            _ => Market::Account(Setting::Au, Edition::Au, way),
        }
    }

    /// Both vendors of one book. No two sellers of a fleet have one id.
    pub(crate) fn world(
        self,
        seed: u64,
        season: Season,
        (faults, clock): (FaultPlan, Arc<WorldClock>),
    ) -> Sandbox {
        let orders = season.orders_a_day * usize::from(season.days);
        let common = SandboxOptions {
            seller_id: format!("A{seed}SELLER"),
            faults,
            layout: Layout::Ahead { days: season.days },
            clock,
            ..SandboxOptions::new(seed, orders, season.start)
        };
        Sandbox::new(match self {
            Market::World => common,
            Market::Account(setting, edition, _) => SandboxOptions {
                orders: 0,
                edition,
                history: Some(story(seed, setting, season)),
                bank_feed: true,
                ..common
            },
        })
    }

    /// What the owner wishes.
    pub(crate) fn wish(self, wish: &mut Wish) {
        let Market::Account(setting, edition, way) = self else { return };
        wish.way = way;
        // The seller is nowhere else: the other regions are not asked in vain.
        let region = setting.region().code();
        wish.amazon.retain(|one| one.region.eq_ignore_ascii_case(region));
        if edition == Edition::Germany {
            let types = GERMAN.iter();
            wish.tax_types = types.map(|(class, of)| ((*class).into(), (*of).into())).collect();
        }
    }
}

/// The account is weeks old when the fleet begins: its second settlement closes in the middle of
/// what is played, and the first one is there already.
fn story(seed: u64, setting: Setting, season: Season) -> Options {
    let whole = Options::before(seed, setting, ACCOUNT_ORDERS, season.start);
    let opened = Options { months: 2, ..whole };
    let told = History::tell(opened);
    let closes = told.settlements.get(1).unwrap().end;
    let middle = season.start.after_ms(i64::from(season.days) * Timestamp::DAY / 2);
    // Accounts are opened at odd times of the day, which stay what they are.
    let days = middle.since(closes).div_euclid(Timestamp::DAY);
    Options { from: opened.from.after_ms(days * Timestamp::DAY), ..opened }
}
