//! `daybook connect`: who may speak for the book. Secrets come from the environment, never from
//! the command line, where other users of the machine could read them.

mod worlds;

use std::collections::BTreeMap;
use std::process::ExitCode;

use base::{Clock, Currency, Request, Secret, Sent, Timestamp};
use clap::{Args, ValueEnum};
use mapping::rulebook::Posting;
use mapping::settlement::Way;

use super::consent::{Consent, consent};
use super::open::Opened;
use super::{Common, Failure, note, print, print_json};
use crate::serve::webhooks;
use crate::setup::simulated::{Product, SandboxConnection};
use crate::setup::{AmazonWish, Setup, SetupError, Wish, XeroWish};
use crate::transport::{Addresses, Carrier};

#[derive(Debug, Args)]
pub struct ConnectArgs {
    /// The address of a running `daybook sandbox`.
    #[arg(long, value_name = "URL")]
    pub sandbox: Option<String>,
    /// Connect so many books to it, which was started with `--worlds`.
    #[arg(long, value_name = "COUNT", requires = "sandbox")]
    pub worlds: Option<u32>,
    /// What happens with a document that was decided: the default is `post` against a sandbox and
    /// `approve` otherwise.
    #[arg(long, value_enum)]
    pub posting: Option<Mode>,
    /// Orders that changed before this moment are not looked at (ISO 8601).
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// The Xero app's client id; its secret is read from `DAYBOOK_XERO_CLIENT_SECRET` (none for
    /// PKCE), the key of its webhook, if it has one, from `DAYBOOK_XERO_WEBHOOK_KEY`, the user's token from `DAYBOOK_XERO_REFRESH_TOKEN` (none for a custom connection).
    #[arg(long, value_name = "ID")]
    pub xero_client_id: Option<String>,
    /// Ask for a person's consent in a browser instead of taking a token from the environment.
    #[arg(long)]
    pub consent: bool,
    /// The port of the app's redirect URI, `http://localhost:<port>/callback`.
    #[arg(long, default_value_t = 8722)]
    pub port: u16,
    /// Which organisation, where the user connected several: its name or tenant id.
    #[arg(long, value_name = "NAME")]
    pub organisation: Option<String>,
    /// The SP-API app's client id; its secret is read from `DAYBOOK_AMAZON_CLIENT_SECRET`, the
    /// seller's tokens from `DAYBOOK_AMAZON_REFRESH_TOKEN_EU`, `…_NA` and `…_FE`.
    #[arg(long, value_name = "ID")]
    pub amazon_client_id: Option<String>,
    /// The seller's id at Amazon.
    #[arg(long, value_name = "ID")]
    pub seller_id: Option<String>,
    /// Currencies to post in besides the organisation's own.
    #[arg(long, value_delimiter = ',', value_name = "EUR,USD,…")]
    pub currencies: Vec<String>,
    /// What becomes a document: the default is `order`.
    #[arg(long, value_enum)]
    pub way: Option<Booking>,
    /// Which of the organisation's tax types a class of the tax pack is, where Xero's edition does
    /// not say: `standard=TAX001`.
    #[arg(long = "tax-type", value_name = "CLASS=TYPE", value_parser = class_of)]
    pub tax_types: Vec<(String, String)>,
    /// Create the accounts that the chart lacks.
    #[arg(long)]
    pub create_accounts: bool,
}

fn class_of(text: &str) -> Result<(String, String), String> {
    let pair =
        text.split_once('=').filter(|(class, tax_type)| !class.is_empty() && !tax_type.is_empty());
    let (class, tax_type) = pair.ok_or("write it as CLASS=TYPE")?;
    Ok((class.to_owned(), tax_type.to_owned()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Booking {
    /// An invoice for each order, a credit note for each refund; the settlement posts the rest.
    Order,
    /// One document for each settlement and month.
    Settlement,
}

impl From<Booking> for Way {
    fn from(booking: Booking) -> Way {
        match booking {
            Booking::Order => Way::PerOrder,
            Booking::Settlement => Way::Summary,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// Held in Daybook until a person releases it.
    Approve,
    /// A draft in Xero.
    Draft,
    /// Authorised at once.
    Post,
}

impl From<Mode> for Posting {
    fn from(mode: Mode) -> Posting {
        match mode {
            Mode::Approve => Posting::Approve,
            Mode::Draft => Posting::Draft,
            Mode::Post => Posting::Post,
        }
    }
}

/// Tries of a whole connect while a vendor fails; each goes on where the last one stopped.
const TRIES_MAX: u32 = 12;

pub async fn connect(common: &Common, args: ConnectArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    if let (Some(url), Some(count)) = (&args.sandbox, args.worlds) {
        return worlds::connect(common, opened, (url, count)).await;
    }
    let wish = if let Some(url) = &args.sandbox {
        let posting = args.posting.map_or(Posting::Post, Posting::from);
        let wish = sandbox_wish(opened.carrier.as_ref(), url, posting).await?;
        let tax_types = args.tax_types.iter().cloned().collect();
        let since = asked_since(&args)?.unwrap_or(wish.since);
        Wish { since, way: args.way.map_or(wish.way, Way::from), tax_types, ..wish }
    } else {
        let wish = real_wish(opened.clock.as_ref(), &args)?;
        if args.consent {
            ask_person(opened.carrier.as_ref(), wish, args.port).await?
        } else {
            wish
        }
    };
    let (store, clock, carrier) = (opened.store, opened.clock, opened.carrier);
    if let Some(key) = secret(webhooks::KEY_VARIABLE) {
        store.put_secret(&webhooks::key_name(&wish.xero.client_id), &key).await?;
    }
    let (book, settings) = patiently(&Setup::new(store, clock, carrier), &wish).await?;
    if common.json {
        #[derive(serde::Serialize)]
        struct Connected<'a> {
            book: &'a str,
            organisation: &'a str,
            regions: Vec<&'a str>,
        }
        let regions = settings.amazon.iter().map(|link| link.region.as_str()).collect();
        return print_json(&Connected {
            book: book.as_str(),
            organisation: &settings.name,
            regions,
        });
    }
    print(&format!("{} is connected. Next: daybook run --until-quiet", settings.name));
    Ok(ExitCode::SUCCESS)
}

/// Takes the user's token from a consent in the browser.
async fn ask_person(carrier: &dyn Carrier, mut wish: Wish, port: u16) -> Result<Wish, Failure> {
    let asked = Consent {
        client_id: &wish.xero.client_id,
        client_secret: wish.xero.client_secret.as_ref(),
        addresses: &wish.xero.addresses,
        authorise_url: xero::SPEC.authorise_url,
        port,
        show: &|url| note(&format!("Open this address and allow access:\n\n  {url}\n")),
    };
    wish.xero.refresh_token = Some(consent(carrier, &asked).await?);
    Ok(wish)
}

/// Connects, and tries again while a vendor does not answer: every step looks before it creates.
pub async fn patiently(
    setup: &Setup,
    wish: &Wish,
) -> Result<(intents::BookId, crate::book::Settings), SetupError> {
    let mut tries = 0;
    loop {
        match setup.connect(wish).await {
            Ok(connected) => return Ok(connected),
            Err(error) if tries < TRIES_MAX && error.may_pass() => {
                tries += 1;
                note(&format!("{}; trying again", crate::say(&error)));
                let wait_ms = i64::from(tries) * 2 * Timestamp::SECOND;
                setup.clock.until(setup.clock.now().after_ms(wait_ms)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Asks a sandbox who may come in and what its seller sells, and wishes for a book there.
pub async fn sandbox_wish(
    carrier: &dyn Carrier,
    url: &str,
    posting: Posting,
) -> Result<Wish, Failure> {
    let url = url.trim_end_matches('/');
    let connection: SandboxConnection = lever(carrier, url, "/_sandbox/connection").await?;
    let catalogue: Vec<Product> = lever(carrier, url, "/_sandbox/catalogue").await?;
    let mut wish = wish_for(&connection, url, posting);
    wish.skus = catalogue.into_iter().map(Product::sku).collect();
    Ok(wish)
}

/// Asks the simulated world itself. It has no faults.
pub async fn lever<T: serde::de::DeserializeOwned>(
    carrier: &dyn Carrier,
    url: &str,
    path: &str,
) -> Result<T, Failure> {
    match carrier.carry(url, &Request::get(path)).await {
        Sent::Reply(reply) if reply.status == 200 => serde_json::from_slice(&reply.body)
            .map_err(|error| Failure::new("sandbox_unreadable", error.to_string())),
        Sent::Reply(reply) => {
            Err(Failure::new("sandbox_unreadable", format!("{path} answered {}", reply.status)))
        }
        Sent::Busy(_) => Err(Failure::new("sandbox_unreachable", "busy")),
        Sent::NotSent(why) | Sent::Lost(why) => {
            Err(Failure::new("sandbox_unreachable", format!("{url}{path}: {why}")))
        }
    }
}

/// A wish for the simulated vendors: everything is created, everything is posted.
fn wish_for(connection: &SandboxConnection, url: &str, posting: Posting) -> Wish {
    let amazon = connection.amazon_regions.iter().map(|region| AmazonWish {
        region: region.region.to_uppercase(),
        seller_id: Some(connection.amazon_seller_id.clone()),
        addresses: Addresses {
            api: region.api.clone(),
            token: connection.amazon_token_url.clone(),
            connections: region.api.clone(),
        },
        client_id: connection.amazon_client_id.clone(),
        client_secret: Secret::new(connection.amazon_client_secret.clone()),
        refresh_token: Secret::new(region.refresh_token.clone()),
        buyer_data: false,
    });
    Wish {
        since: connection.since,
        posting,
        xero: XeroWish {
            addresses: Addresses {
                api: connection.xero_api.clone(),
                token: connection.xero_token_url.clone(),
                connections: connection.xero_connections_url.clone(),
            },
            client_id: connection.xero_client_id.clone(),
            client_secret: Some(Secret::new(connection.xero_client_secret.clone())),
            refresh_token: Some(Secret::new(connection.xero_refresh_token.clone())),
            tenant: None,
        },
        amazon: amazon.collect(),
        currencies: vec![Currency::EUR, Currency::USD, Currency::CAD, Currency::AUD, Currency::JPY],
        creates_accounts: true,
        rates: connection.rates(),
        skus: Vec::new(),
        sandbox: Some(url.to_owned()),
        limits: connection.limits,
        money: connection.history,
        way: Way::PerOrder,
        tax_types: BTreeMap::new(),
    }
}

fn real_wish(clock: &dyn Clock, args: &ConnectArgs) -> Result<Wish, Failure> {
    let missing = |what: &str| Failure::new("config_invalid", format!("{what} is missing"));
    let xero_id = args.xero_client_id.clone().ok_or_else(|| missing("--xero-client-id"))?;
    let amazon_id = args.amazon_client_id.clone().ok_or_else(|| missing("--amazon-client-id"))?;
    let amazon_secret = secret("DAYBOOK_AMAZON_CLIENT_SECRET")
        .ok_or_else(|| missing("DAYBOOK_AMAZON_CLIENT_SECRET"))?;
    let mut amazon = Vec::new();
    for region in amazon::spec::Region::ALL {
        let name = format!("DAYBOOK_AMAZON_REFRESH_TOKEN_{}", region.as_str());
        let Some(refresh_token) = secret(&name) else { continue };
        let api = region.api().to_owned();
        amazon.push(AmazonWish {
            region: region.as_str().to_owned(),
            seller_id: args.seller_id.clone(),
            addresses: Addresses {
                connections: api.clone(),
                api,
                token: amazon::spec::SPEC.token_url.to_owned(),
            },
            client_id: amazon_id.clone(),
            client_secret: amazon_secret.clone(),
            refresh_token,
            buyer_data: false,
        });
    }
    if amazon.is_empty() {
        return Err(missing("DAYBOOK_AMAZON_REFRESH_TOKEN_EU (or …_NA, …_FE)"));
    }
    let since = asked_since(args)?.unwrap_or(clock.now());
    let mut currencies = Vec::new();
    for code in &args.currencies {
        let currency = code.parse::<Currency>();
        currencies.push(currency.map_err(|e| Failure::new("config_invalid", e.to_string()))?);
    }
    Ok(Wish {
        since,
        posting: args.posting.map_or(Posting::Approve, Posting::from),
        xero: XeroWish {
            addresses: Addresses {
                api: xero::SPEC.api_url.to_owned(),
                token: xero::SPEC.token_url.to_owned(),
                connections: xero::SPEC.connections_url.to_owned(),
            },
            client_id: xero_id,
            client_secret: secret("DAYBOOK_XERO_CLIENT_SECRET"),
            refresh_token: secret("DAYBOOK_XERO_REFRESH_TOKEN"),
            tenant: args.organisation.clone(),
        },
        amazon,
        currencies,
        creates_accounts: args.create_accounts,
        rates: Vec::new(),
        skus: Vec::new(),
        sandbox: None,
        limits: true,
        money: true,
        way: args.way.map_or(Way::PerOrder, Way::from),
        tax_types: args.tax_types.iter().cloned().collect(),
    })
}

fn asked_since(args: &ConnectArgs) -> Result<Option<Timestamp>, Failure> {
    let read = |text: &String| {
        Timestamp::parse(text).map_err(|error| Failure::new("config_invalid", error.to_string()))
    };
    args.since.as_ref().map(read).transpose()
}

fn secret(name: &str) -> Option<Secret> {
    std::env::var(name).ok().filter(|value| !value.is_empty()).map(Secret::new)
}
