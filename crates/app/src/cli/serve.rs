//! `daybook serve`: works every book of the store until it is stopped, and listens on one port.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use store::Link;

use super::open::{Opened, pace};
use super::run::told_to_stop;
use super::{Common, Failure, note};
use crate::serve::{Choice, Parts, Service};
use crate::stages::OpenGate;

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where it listens; anything but this machine belongs behind a proxy with TLS.
    #[arg(long, default_value = "127.0.0.1:8700", value_name = "ADDRESS")]
    pub listen: String,
    /// Who gives turns: this process, or a Restate server (`[restate]` in config.toml).
    #[arg(long, value_enum, default_value_t = EngineName::Embedded)]
    pub engine: EngineName,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EngineName {
    /// One node gives turns; on PostgreSQL others stand by.
    Embedded,
    /// Many nodes on one PostgreSQL.
    Restate,
}

pub async fn serve(common: &Common, args: ServeArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_work(common).await?;
    let choice = choice(&opened, args.engine)?;
    if opened.store.link().await? == Link::Clear {
        tracing::warn!(code = "database_in_clear", "{}", super::doctor::IN_CLEAR);
    }
    let parts = Parts {
        store: opened.store.clone(),
        clock: opened.clock.clone(),
        carrier: opened.carrier.clone(),
        gate: Arc::new(OpenGate),
        node: opened.home.node()?,
        pace: pace(&opened.home.config),
        notifications: opened.home.config.notifications.clone(),
        alerts: opened.home.config.alerts.clone(),
    };
    let service = Service::new(parts, &choice);
    let listener = tokio::net::TcpListener::bind(&args.listen)
        .await
        .map_err(|error| Failure::new("port_taken", format!("{}: {error}", args.listen)))?;
    let address = listener.local_addr().map_or(args.listen, |address| address.to_string());
    note(&format!("Daybook listens on http://{address} (engine: {})", choice.as_str()));
    let port = axum::serve(listener, service.router().await?);
    // Ending a turn in the middle is what a crash is, and every step is made for that.
    let ended = tokio::select! {
        ended = service.work(choice) => ended.map(|never| match never {}),
        ended = port => {
            let words = ended.err().map_or_else(String::new, |error| error.to_string());
            return Err(Failure::new("port_taken", words));
        }
        () = told_to_stop() => Ok(()),
    };
    service.node.leave().await?;
    ended?;
    Ok(ExitCode::SUCCESS)
}

fn choice(opened: &Opened, name: EngineName) -> Result<Choice, Failure> {
    let config = &opened.home.config;
    match name {
        EngineName::Embedded => Ok(Choice::Embedded),
        EngineName::Restate if !config.is_shared() => {
            let detail = "the Restate engine runs on PostgreSQL: set `database` to postgres://…";
            Err(Failure::new("config_invalid", detail))
        }
        EngineName::Restate => {
            let restate = config.restate.clone();
            let detail = "config.toml has no [restate] with `ingress` and `admin`";
            Ok(Choice::Restate(restate.ok_or_else(|| Failure::new("config_invalid", detail))?))
        }
    }
}
