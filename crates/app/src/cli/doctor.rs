//! `daybook doctor`: config, store, credentials, clocks, one line each.

use std::process::ExitCode;

use base::{Clock, Host, Method, Request, Sent, Timestamp};
use clap::Args;
use serde::Serialize;
use store::{Health, Link, Store};

use super::open::Opened;
use super::proof::public_key;
use super::{Common, Failure, print, print_json};
use crate::engine::{APART_MAX_MS, Engine, EngineError, apart_ms};
use crate::intake::Notifications;
use crate::intake::sqs::Sqs;
use crate::stages::LaneState;
use crate::stages::pull::{amazon_stopped, xero_stopped};
use crate::transport::Carrier;

#[derive(Debug, Args)]
pub struct DoctorArgs {}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub struct Finding {
    pub what: String,
    pub is_well: bool,
    pub detail: String,
    /// The page in `docs/errors`, when it is not well.
    pub code: Option<String>,
}

pub(super) const IN_CLEAR: &str =
    "books and passwords go to another machine in clear: write sslmode=verify-full into its URL";
/// Clocks further apart than this make tokens and time windows go wrong.
const SKEW_MAX_MS: i64 = Timestamp::MINUTE;

pub async fn doctor(common: &Common, _args: DoctorArgs) -> Result<ExitCode, Failure> {
    let mut findings = Vec::new();
    match Opened::to_read(common).await {
        Ok(opened) => {
            findings.push(well("config", &opened.home.dir.display().to_string()));
            let health = opened.store.check().await?;
            findings.push(store(&health));
            findings.push(link(opened.store.link().await?));
            findings.extend(database_clock(&opened).await?);
            findings.push(proof_key(&opened.store).await?);
            if let Some(notifications) = &opened.home.config.notifications {
                findings.push(queue(notifications).await);
                findings.push(unread(&opened.store).await?);
            }
            match opened.engine().await {
                Ok(engine) => vendors(&engine, &mut findings).await?,
                Err(failure) => findings.push(ill("book", &failure)),
            }
        }
        Err(failure) => findings.push(ill("config and store", &failure)),
    }
    let is_well = findings.iter().all(|finding| finding.is_well);
    if common.json {
        print_json(&findings)?;
    } else {
        for one in &findings {
            let mark = if one.is_well { "ok  " } else { "FAIL" };
            let code = one
                .code
                .as_deref()
                .map_or(String::new(), |code| format!(" (docs/errors/{code}.md)"));
            print(&format!("{mark}  {:<24} {}{code}", one.what, one.detail));
        }
    }
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What others verify this installation's proofs with.
async fn proof_key(store: &Store) -> Result<Finding, Failure> {
    let key = public_key(store).await?;
    let none = "none yet: it is made with the first proof";
    Ok(well("proof key", key.as_deref().unwrap_or(none)))
}

/// The queue that Amazon sends word of changes to: is it there, and is it the one that Amazon is told?
async fn queue(notifications: &Notifications) -> Finding {
    let what = "notifications";
    match Sqs::open(notifications).await.arn().await {
        Ok(arn) if arn == notifications.queue_arn => well(what, &arn),
        Ok(arn) => {
            let detail = format!("queue_arn in the config is another: the queue says {arn}");
            ill(what, &Failure::new("config_invalid", detail))
        }
        Err(error) => ill(what, &Failure::new(error.code(), error.to_string())),
    }
}

/// The latest notification that was kept unread, if any was.
async fn unread(store: &Store) -> Result<Finding, Failure> {
    let what = "unread notifications";
    Ok(match store.unread_notifications(1).await?.into_iter().next() {
        None => well(what, "none"),
        Some(row) => well(
            what,
            &format!(
                "the latest at {}: {} ({})",
                row.last.iso(),
                row.unread.detail,
                row.unread.code
            ),
        ),
    })
}

fn well(what: &str, detail: &str) -> Finding {
    Finding { what: what.to_owned(), is_well: true, detail: detail.to_owned(), code: None }
}

fn store(health: &Health) -> Finding {
    let Health { engine, version, journal_mode, synchronous, migration, .. } = health;
    let words = format!("{engine} {version}, {journal_mode} {synchronous}, migration {migration}");
    if health.writable && health.migration == health.migration_known {
        return well("store", &words);
    }
    ill("store", &Failure::new("store_unwritable", words))
}

/// Who can read what goes to the database and back.
fn link(link: Link) -> Finding {
    let what = "way to the database";
    match link {
        Link::Local => well(what, "on this machine"),
        Link::Verified => well(what, "TLS, and the server's certificate is checked"),
        Link::Encrypted => {
            well(what, "TLS, but whoever answers is believed: sslmode=verify-full checks who it is")
        }
        Link::ClearAsAsked => well(what, "in clear, as sslmode=disable asks"),
        Link::Clear => ill(what, &Failure::new("database_in_clear", IN_CLEAR)),
    }
}

/// The database's clock against ours, where it is another one.
async fn database_clock(opened: &Opened) -> Result<Option<Finding>, Failure> {
    let what = "database clock";
    let apart_ms = apart_ms(&opened.store, opened.clock.as_ref()).await?;
    Ok(apart_ms.map(|apart_ms| {
        if apart_ms.abs() > APART_MAX_MS {
            return ill(what, &Failure::from(EngineError::ClockOff { apart_ms }));
        }
        well(what, "the same as this machine's")
    }))
}

fn ill(what: &str, failure: &Failure) -> Finding {
    Finding {
        what: what.to_owned(),
        is_well: false,
        detail: failure.detail.clone(),
        code: Some(failure.code.clone()),
    }
}

async fn vendors(engine: &Engine, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    match engine.rules().await {
        Ok(rules) => findings.push(well("rule book", &format!("version {}", rules.hash()))),
        Err(error) => findings.push(ill("rule book", &Failure::from(error))),
    }
    if engine.settings.is_demo() {
        findings.push(well("vendors", "simulated in the demo's own process: nothing to reach"));
        return Ok(());
    }
    let state = LaneState::default();
    let link = &engine.settings.xero;
    let xero = engine.xero_caller(link, &state);
    findings.push(match xero::probe(&xero, &link.tenant_id).await {
        Ok(name) => well("Xero credentials", &name),
        Err(stop) => ill("Xero credentials", &Failure::from(xero_stopped(stop))),
    });
    for link in &engine.settings.amazon {
        let amazon = engine.amazon_caller(link, &state);
        let what = format!("Amazon {} credentials", link.region);
        findings.push(match amazon::source::participations(&amazon, engine.clock.now()).await {
            Ok(found) => well(&what, &format!("{} marketplaces", found.len())),
            Err(stop) => ill(&what, &Failure::from(amazon_stopped(&stop))),
        });
    }
    let address = &engine.settings.xero.addresses.connections;
    findings.push(clocks(engine.carrier.as_ref(), engine.clock.as_ref(), address).await);
    Ok(())
}

/// The vendor's `Date` header against our clock.
async fn clocks(carrier: &dyn Carrier, clock: &dyn Clock, address: &str) -> Finding {
    let request = Request::new(Method::Get, Host::Connections, "");
    let sent = carrier.carry(address, &request).await;
    let Sent::Reply(reply) = sent else { return well("clock", "not compared: no answer") };
    let theirs = reply.header("date").and_then(parse_http_date);
    let Some(theirs) = theirs else { return well("clock", "not compared: no Date header") };
    let apart_ms = clock.now().since(theirs);
    if apart_ms.abs() > SKEW_MAX_MS {
        let detail = format!("{} s apart from Xero's clock", apart_ms / Timestamp::SECOND);
        return ill("clock", &Failure::new("clock_skewed", detail));
    }
    well("clock", &format!("{apart_ms} ms apart from Xero's"))
}

/// `Tue, 24 Nov 2026 06:22:00 GMT` (RFC 9110).
fn parse_http_date(text: &str) -> Option<Timestamp> {
    let zoned = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(Timestamp(zoned.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_http_date_is_a_moment() {
        let moment = parse_http_date("Tue, 24 Nov 2026 06:22:00 GMT").unwrap();
        assert_eq!(moment.iso(), "2026-11-24T06:22:00.000Z");
    }
}
