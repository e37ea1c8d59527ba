//! From a data folder to an engine: what most verbs begin with.

use std::sync::Arc;

use base::{Clock, Timestamp};
use intents::BookId;
use store::Store;

use super::{Common, Failure};
use crate::book::Settings;
use crate::clock::RealClock;
use crate::engine::{Alive, Engine};
use crate::home::{Config, Home};
use crate::stages::{OpenGate, Pace};
use crate::transport::{Carrier, Wire};

/// A folder at work: locked, its store open.
pub struct Opened {
    pub home: Home,
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub carrier: Arc<dyn Carrier>,
    /// `--book`: a name, or how an id begins.
    wanted: Option<String>,
}

impl Opened {
    /// For verbs that change something.
    pub async fn to_work(common: &Common) -> Result<Opened, Failure> {
        Opened::with(common, Home::open(&common.dir())?.with_environment()).await
    }

    /// For verbs that only read.
    pub async fn to_read(common: &Common) -> Result<Opened, Failure> {
        Opened::with(common, Home::read(&common.dir())?.with_environment()).await
    }

    async fn with(common: &Common, home: Home) -> Result<Opened, Failure> {
        let store = home.store().await?;
        if let Some(there) = store.moved().await? {
            let detail = format!("these books were moved to {there}: name it as `database`");
            return Err(Failure::new("store_moved", detail));
        }
        let wire = Wire::new().map_err(|error| Failure::new("no_network", error.to_string()))?;
        let wanted = common.book.clone();
        Ok(Opened { home, store, clock: Arc::new(RealClock), carrier: Arc::new(wire), wanted })
    }

    /// The book that was named with `--book`, or the only one there is.
    pub async fn book(&self) -> Result<(BookId, Settings), Failure> {
        let row = self.chosen(self.store.books().await?)?;
        let settings = serde_json::from_str(&row.settings)
            .map_err(|error| Failure::new("settings_unreadable", error.to_string()))?;
        Ok((row.id, settings))
    }

    fn chosen(&self, books: Vec<store::Book>) -> Result<store::Book, Failure> {
        if books.is_empty() {
            let detail = "there is no book yet: run daybook connect";
            return Err(Failure::new("not_connected", detail));
        }
        let names: Vec<String> =
            books.iter().map(|book| format!("{} ({})", book.name, book.id)).collect();
        let mut fitting = books.into_iter().filter(|book| match &self.wanted {
            Some(wanted) => book.name == *wanted || book.id.as_str().starts_with(wanted.as_str()),
            None => true,
        });
        if let (Some(book), None) = (fitting.next(), fitting.next()) {
            return Ok(book);
        }
        let detail = format!("name one book with --book: {}", names.join(", "));
        Err(Failure::new("book_unclear", detail))
    }

    pub async fn engine(&self) -> Result<Engine, Failure> {
        let (book, settings) = self.book().await?;
        Ok(Engine {
            store: self.store.clone(),
            clock: self.clock.clone(),
            carrier: self.carrier.clone(),
            gate: Arc::new(OpenGate),
            node: self.home.node()?,
            alive: Alive::always(),
            pace: pace(&self.home.config),
            book,
            settings,
            notifications: self.home.config.notifications.clone(),
        })
    }
}

/// How often the outside is asked.
pub fn pace(config: &Config) -> Pace {
    Pace {
        poll_ms: i64::from(config.poll_minutes.max(1)) * Timestamp::MINUTE,
        chart_ms: i64::from(config.chart_hours.max(1)) * Timestamp::HOUR,
        check_ms: Timestamp::DAY,
        reports_ms: 6 * Timestamp::HOUR,
    }
}
