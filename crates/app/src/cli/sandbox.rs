//! `daybook sandbox`: the simulated vendors on loopback.

use std::process::ExitCode;

use base::{Clock as _, Timestamp};
use clap::{Args, ValueEnum};
use sandbox::clock::WorldClock;
use sandbox::server::{FaultPlan, Sandbox, SandboxOptions};
use sandbox::xero::Edition;
use tokio::net::TcpListener;

use super::{Common, Failure, print};

#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// The same seed tells the same story.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many orders Amazon has.
    #[arg(long, default_value_t = 200)]
    pub orders: usize,
    /// What goes wrong on the way.
    #[arg(long, value_enum, default_value_t = Faulty::None)]
    pub faults: Faulty,
    /// Switch the vendors' rate limits off; nothing else gets milder.
    #[arg(long)]
    pub no_limits: bool,
    /// The country of Xero's organisation: its currency, tax rates and chart.
    #[arg(long, value_enum, default_value_t = Country::Uk)]
    pub organisation: Country,
    /// The port on loopback; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
}

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

/// Orders were placed up to two weeks before now.
pub async fn sandbox(common: &Common, args: SandboxArgs) -> Result<ExitCode, Failure> {
    let clock = WorldClock::real(0);
    // A second's margin: what the generator settled lies before now for every request.
    let start = Timestamp(clock.now().0 / Timestamp::SECOND * Timestamp::SECOND);
    let world = Sandbox::new(SandboxOptions {
        faults: args.faults.into(),
        limits: !args.no_limits,
        edition: args.organisation.into(),
        clock,
        ..SandboxOptions::new(args.seed, args.orders, start)
    });
    let unusable = |error: std::io::Error| Failure::new("port_unusable", error.to_string());
    let listener = TcpListener::bind(("127.0.0.1", args.port)).await.map_err(unusable)?;
    let address = listener.local_addr().map_err(unusable)?;
    let url = format!("http://{address}");
    if common.json {
        let line = serde_json::to_string(&world.connection(&url))
            .map_err(|error| Failure::new("unprintable", error.to_string()))?;
        print(&line);
    } else {
        print(&format!(
            "The simulated vendors listen on {url}\n  daybook connect --sandbox {url}\n  daybook run --until-quiet\n  daybook books\nWhat they know: {url}/_sandbox/truth. Stop with Ctrl-C."
        ));
    }
    tokio::select! {
        served = world.serve(listener) => served.map_err(unusable)?,
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(ExitCode::SUCCESS)
}
