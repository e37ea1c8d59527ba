//! `daybook sandbox`: the simulated vendors on loopback.

use std::process::ExitCode;
use std::sync::Arc;

use ::xero::webhook::SIGNATURE_HEADER;
use base::{Clock as _, Host, Method, Request, Sent, Timestamp, Zone};
use clap::{Args, ValueEnum};
use sandbox::amazon::history::{Options, Setting};
use sandbox::amazon::seller_id;
use sandbox::clock::WorldClock;
use sandbox::server::{FaultPlan, Sandbox, SandboxOptions, Worlds};
use sandbox::xero::{Edition, Hook, Xero};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::{Common, Failure, note, print};
use crate::clock::RealClock;
use crate::intake::Notifications;
use crate::intake::mailbox::TAKEN_MAX;
use crate::intake::sqs::Sqs;
use crate::transport::{Carrier, Wire};

#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// The same seed tells the same story.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many orders Amazon has.
    #[arg(long, default_value_t = 200)]
    pub orders: usize,
    /// Serve one marketplace account with its whole history up to now: orders, refunds, charges,
    /// settlements with their reports, payouts, and a bank statement that a bookkeeper matches.
    #[arg(long, value_enum, value_name = "ACCOUNT")]
    pub history: Option<Market>,
    /// For how many months the history goes back; Amazon lists reports for ninety days.
    #[arg(long, requires = "history", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=3))]
    pub months: u32,
    /// What goes wrong on the way.
    #[arg(long, value_enum, default_value_t = Faulty::None)]
    pub faults: Faulty,
    /// So many worlds with an organisation and a seller each, below `/0`, `/1` and so on: for
    /// `connect --worlds`.
    #[arg(long, default_value_t = 1, value_name = "COUNT", conflicts_with_all = ["history", "webhook"])]
    pub worlds: u32,
    /// Switch the vendors' rate limits off; nothing else gets milder.
    #[arg(long)]
    pub no_limits: bool,
    /// The country of Xero's organisation: its currency, tax rates and chart. The history's without
    /// it, else uk.
    #[arg(long, value_enum)]
    pub organisation: Option<Country>,
    /// Send Xero's webhooks to this address, as `http://127.0.0.1:8080/webhooks/xero`.
    #[arg(long, value_name = "URL", requires = "webhook_key")]
    pub webhook: Option<String>,
    /// What they are signed with: Daybook has the same in `DAYBOOK_XERO_WEBHOOK_KEY`.
    #[arg(long, value_name = "KEY", requires = "webhook")]
    pub webhook_key: Option<String>,
    /// The port on loopback; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Send Amazon's notifications to this SQS queue. They are sent to who subscribed, whatever
    /// queue the destination names.
    #[arg(long, value_name = "URL")]
    pub queue_url: Option<String>,
    /// Another address of SQS than AWS's own, for a server that stands in for it.
    #[arg(long, requires = "queue_url", value_name = "URL")]
    pub queue_endpoint: Option<String>,
}

/// A seller's account on one marketplace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Market {
    /// Amazon.co.uk, with Amazon's VAT calculation: VAT in rows of its own.
    Uk,
    /// Amazon.co.uk without it: VAT inside the prices.
    UkGross,
    /// Amazon.de
    De,
    /// Amazon.com
    Us,
    /// Amazon.com.au
    Au,
}

impl Market {
    fn setting(self) -> Setting {
        match self {
            Market::Uk => Setting::UkVat,
            Market::UkGross => Setting::UkGross,
            Market::De => Setting::De,
            Market::Us => Setting::Us,
            Market::Au => Setting::Au,
        }
    }

    /// The region of Amazon's API that tells of it: `eu`.
    pub(super) fn region(self) -> &'static str {
        self.setting().region().code()
    }

    /// Where its seller keeps books.
    pub(super) fn country(self) -> Country {
        match self {
            Market::Uk | Market::UkGross => Country::Uk,
            Market::De => Country::De,
            Market::Us => Country::Us,
            Market::Au => Country::Au,
        }
    }

    /// As it is written behind `--history`.
    pub(super) fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// `Amazon.co.uk`
    pub(super) fn name(self) -> &'static str {
        match self {
            Market::Uk | Market::UkGross => "Amazon.co.uk",
            Market::De => "Amazon.de",
            Market::Us => "Amazon.com",
            Market::Au => "Amazon.com.au",
        }
    }

    /// What the owner must say about tax rates that Xero's edition does not name.
    pub(super) fn tax_types(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Market::De => &GERMAN,
            Market::Uk | Market::UkGross | Market::Us | Market::Au => &[],
        }
    }

    /// The account's story from the day on which it was opened.
    pub(super) fn history(
        self,
        seed: u64,
        orders: usize,
        (from, months): (Timestamp, u32),
    ) -> Options {
        Options { from, months, ..Options::before(seed, self.setting(), orders, from) }
    }
}

/// The tax rates of a German organisation as the sandbox has them.
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Country {
    Uk,
    Us,
    Au,
    Nz,
    De,
    Ca,
}

impl From<Country> for Edition {
    fn from(country: Country) -> Edition {
        match country {
            Country::Uk => Edition::Uk,
            Country::Us => Edition::Us,
            Country::Au => Edition::Au,
            Country::Nz => Edition::Nz,
            Country::De => Edition::Germany,
            Country::Ca => Edition::Canada,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Faulty {
    /// A calm day.
    None,
    /// About one request in six meets a fault.
    Heavy,
}

impl From<Faulty> for FaultPlan {
    fn from(faulty: Faulty) -> FaultPlan {
        match faulty {
            Faulty::None => FaultPlan::None,
            Faulty::Heavy => FaultPlan::Heavy,
        }
    }
}

/// Orders were placed up to two weeks before now, or since the history's beginning.
pub async fn sandbox(common: &Common, args: SandboxArgs) -> Result<ExitCode, Failure> {
    let clock = WorldClock::real(0);
    // A second's margin: what the generator settled lies before now for every request.
    let start = Timestamp(clock.now().0 / Timestamp::SECOND * Timestamp::SECOND);
    let history = args.history.map(|market| {
        let days = i64::from(args.months) * MONTH_DAYS;
        market.history(
            args.seed,
            args.orders,
            (opened(start.after_ms(-days * Timestamp::DAY)), args.months),
        )
    });
    let country = args.organisation.or(args.history.map(Market::country)).unwrap_or(Country::Uk);
    let orders = if history.is_some() { 0 } else { args.orders };
    let bell: Arc<Notify> = Arc::default();
    let made = |number: u32| {
        Sandbox::new(SandboxOptions {
            faults: args.faults.into(),
            limits: !args.no_limits,
            edition: country.into(),
            bank_feed: history.is_some(),
            history,
            seller_id: seller_id(number),
            bell: bell.clone(),
            clock: clock.clone(),
            ..SandboxOptions::new(args.seed.wrapping_add(u64::from(number)), orders, start)
        })
    };
    let world = made(0);
    let unusable = |error: std::io::Error| Failure::new("port_unusable", error.to_string());
    let listener = TcpListener::bind(("127.0.0.1", args.port)).await.map_err(unusable)?;
    let address = listener.local_addr().map_err(unusable)?;
    let url = format!("http://{address}");
    let below = if args.worlds > 1 { format!("{url}/0") } else { url.clone() };
    if common.json {
        let line = serde_json::to_string(&world.connection(&below))
            .map_err(|error| Failure::new("unprintable", error.to_string()))?;
        print(&line);
    } else {
        print(&welcome(&url, args.history, start));
    }
    let (queue, endpoint) = (args.queue_url.as_deref(), args.queue_endpoint.as_deref());
    let xero = Arc::clone(world.xero());
    let others = (1..args.worlds).map(made);
    let worlds: Vec<Sandbox> = std::iter::once(world.clone()).chain(others).collect();
    let many = Worlds::new(worlds.clone());
    let serving = async {
        if args.worlds > 1 { many.serve(listener).await } else { world.serve(listener).await }
    };
    tokio::select! {
        served = serving => served.map_err(unusable)?,
        () = notify(&worlds, &bell, (queue, endpoint)) => {}
        failed = tell(&xero, &args) => return failed,
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// How often the simulated Amazon looks whether it has something to tell.
const TELL_MS: i64 = 200;
/// How long to wait when the queue takes nothing.
const TELL_AGAIN_MS: i64 = 2 * Timestamp::SECOND;

/// Sends what the simulated Amazon has to tell, for ever; without a queue nothing. An order that
/// was put in rings the bell.
async fn notify(worlds: &[Sandbox], bell: &Notify, (url, endpoint): (Option<&str>, Option<&str>)) {
    let Some(url) = url else { return std::future::pending().await };
    let sqs = Sqs::open(&Notifications::of(url, "", endpoint)).await;
    let clock = RealClock;
    loop {
        let mut bodies: Vec<String> = Vec::new();
        for world in worlds {
            let room = TAKEN_MAX.saturating_sub(bodies.len());
            bodies.extend(world.amazon().take_notifications(room).into_iter().map(|one| one.body));
        }
        if bodies.is_empty() {
            tokio::select! {
                () = bell.notified() => {}
                () = clock.until(clock.now().after_ms(TELL_MS)) => {}
            }
            continue;
        }
        while let Err(error) = sqs.send(&bodies).await {
            note(&format!("{error} ({})", error.code()));
            clock.until(clock.now().after_ms(TELL_AGAIN_MS)).await;
        }
    }
}

/// How often Xero's deliveries are looked for, in milliseconds.
const DELIVER_MS: i64 = 250;

/// Carries Xero's webhooks to where they were asked for, for as long as the sandbox lives.
async fn tell(xero: &Xero, args: &SandboxArgs) -> Result<ExitCode, Failure> {
    let (Some(url), Some(key)) = (&args.webhook, &args.webhook_key) else {
        return std::future::pending().await;
    };
    let wire = Wire::new().map_err(|error| Failure::new("no_network", error.to_string()))?;
    xero.register_webhook(Hook::new(key.as_str()));
    loop {
        deliver(xero, &wire, url, &RealClock).await;
        RealClock.until(RealClock.now().after_ms(DELIVER_MS)).await;
    }
}

/// Makes the deliveries that are due, one after the other, and tells Xero how each was answered.
pub async fn deliver(xero: &Xero, carrier: &dyn Carrier, url: &str, clock: &dyn base::Clock) {
    for delivery in xero.webhooks_due() {
        let request = Request::new(Method::Post, Host::Presigned, "")
            .header(SIGNATURE_HEADER, delivery.signature)
            .json(delivery.body);
        let began = clock.now();
        let status = match carrier.carry(url, &request).await {
            Sent::Reply(reply) => Some(reply.status),
            Sent::Busy(_) | Sent::NotSent(_) | Sent::Lost(_) => None,
        };
        xero.webhook_answered(delivery.id, status, clock.now().since(began));
    }
}

/// The month of a history.
const MONTH_DAYS: i64 = 30;

/// Amazon opens accounts at odd times of the day.
pub(super) fn opened(day: Timestamp) -> Timestamp {
    let midnight = Timestamp(day.0.div_euclid(Timestamp::DAY) * Timestamp::DAY);
    midnight.after_ms(8 * Timestamp::HOUR + 59 * Timestamp::MINUTE + 45 * Timestamp::SECOND)
}

/// What to type next.
fn welcome(url: &str, history: Option<Market>, now: Timestamp) -> String {
    let mut lines = vec![format!("The simulated vendors listen on {url}")];
    let types = history.map_or(&[][..], Market::tax_types).iter();
    let types: Vec<String> = types.map(|(class, of)| format!(" --tax-type {class}={of}")).collect();
    lines.push(format!("  daybook connect --sandbox {url}{}", types.concat()));
    lines.push("  daybook run --until-quiet".to_owned());
    if let Some(market) = history {
        let month = now.day(&Zone::utc()).month_start().after_days(-1).to_string();
        let month: String = month.chars().take(7).collect();
        lines.push("  daybook settlements".to_owned());
        lines.push("  daybook bridge".to_owned());
        lines.push(format!("  daybook close {month} --out close"));
        lines.push(format!(
            "The account is one on {}; its truth is {url}/_sandbox/history.",
            market.name()
        ));
    } else {
        lines.push("  daybook books".to_owned());
    }
    lines.push(format!("What they know: {url}/_sandbox/truth. Stop with Ctrl-C."));
    lines.join("\n")
}
