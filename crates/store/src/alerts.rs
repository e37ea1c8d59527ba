//! Alerts: what a person was told, and the deliveries that are on their way to them.

use base::Timestamp;
use sqlx::AnyConnection;

use crate::rows::Place;
use crate::{Store, StoreError};

/// Something that a person is told once, reminded of, and told when it is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The same thing has the same key each time it is found.
    pub key: String,
    /// A book's id; empty when it concerns no single book.
    pub book: String,
    pub code: String,
    pub severity: String,
    /// How bad by its own measure.
    pub level: i64,
    /// JSON of the application's own.
    pub body: String,
    pub first: Timestamp,
    pub last: Timestamp,
    /// When channels were last given it.
    pub notified: Option<Timestamp>,
    /// When it was over.
    pub resolved: Option<Timestamp>,
}

/// An alert as it is to be, and when it was seen last by whoever read it; none for a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertChange {
    pub alert: Alert,
    pub was_last: Option<Timestamp>,
}

/// Something on its way to one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: String,
    pub channel: String,
    pub created: Timestamp,
    /// When it is tried next; none when it was taken or given up.
    pub due: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: u32,
    pub state: DeliveryState,
    /// Why the last attempt failed.
    pub detail: String,
    /// JSON of the application's own.
    pub body: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    Waiting,
    Delivered,
    GivenUp,
}

impl DeliveryState {
    pub fn as_str(self) -> &'static str {
        match self {
            DeliveryState::Waiting => "waiting",
            DeliveryState::Delivered => "delivered",
            DeliveryState::GivenUp => "given_up",
        }
    }

    fn parse(text: &str) -> Option<DeliveryState> {
        [DeliveryState::Waiting, DeliveryState::Delivered, DeliveryState::GivenUp]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

const OPEN: &str = "\
    SELECT key, book, code, severity, level, body, first_seen, last_seen, notified, resolved
    FROM alerts WHERE resolved IS NULL ORDER BY first_seen, key";
const RESOLVED: &str = "\
    SELECT key, book, code, severity, level, body, first_seen, last_seen, notified, resolved
    FROM alerts WHERE resolved IS NOT NULL ORDER BY resolved DESC, key LIMIT $1";
/// Who read something older changes nothing. One that was over is opened again by whoever did not
/// see it open.
const CHANGE: &str = "\
    INSERT INTO alerts (key, book, code, severity, level, body, first_seen, last_seen, notified,
        resolved)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (key) DO UPDATE SET book = excluded.book, code = excluded.code,
        severity = excluded.severity, level = excluded.level, body = excluded.body,
        first_seen = excluded.first_seen, last_seen = excluded.last_seen,
        notified = excluded.notified, resolved = excluded.resolved
    WHERE (alerts.resolved IS NULL AND alerts.last_seen = $11)
        OR (alerts.resolved IS NOT NULL AND $11 < 0)";
const SEND: &str = "\
    INSERT INTO deliveries (id, channel, created, due, lease_until, attempts, state, detail, body)
    VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8)
    ON CONFLICT (id) DO NOTHING";
const CLAIM: &str = "\
    UPDATE deliveries SET lease_until = $2
    WHERE due <= $1 AND lease_until <= $1 AND id IN (
        SELECT d.id FROM deliveries d
        WHERE d.due IS NOT NULL AND d.due <= $1 AND d.lease_until <= $1
        ORDER BY d.created, d.id LIMIT $3)
    RETURNING id, channel, created, due, attempts, state, detail, body";
const SETTLE: &str = "\
    UPDATE deliveries SET due = $2, attempts = $3, state = $4, detail = $5, lease_until = 0
    WHERE id = $1 AND state = 'waiting'";
const WAKE: &str = "\
    UPDATE deliveries SET due = $2 WHERE channel = $1 AND due > $2 AND lease_until <= $2";
const NEWEST: &str = "\
    SELECT id, channel, created, due, attempts, state, detail, body FROM deliveries
    ORDER BY created DESC, id LIMIT $1";
const WAITING: &str = "\
    SELECT channel, COUNT(*) AS deliveries, MIN(created) AS oldest FROM deliveries
    WHERE due IS NOT NULL GROUP BY channel ORDER BY channel";
const FORGET_ALERTS: &str = "DELETE FROM alerts WHERE resolved < $1";
const FORGET_DELIVERIES: &str = "DELETE FROM deliveries WHERE due IS NULL AND created < $1";

type AlertColumns =
    (String, String, String, String, i64, String, i64, i64, Option<i64>, Option<i64>);
type DeliveryColumns = (String, String, i64, Option<i64>, i64, String, String, String);

impl Store {
    /// Alerts that are not over, the oldest first.
    pub async fn open_alerts(&self) -> Result<Vec<Alert>, StoreError> {
        let rows: Vec<AlertColumns> = sqlx::query_as(OPEN)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("alerts.open"))?;
        Ok(rows.into_iter().map(alert_of).collect())
    }

    /// Alerts that are over, the last one first.
    pub async fn resolved_alerts(&self, limit: u32) -> Result<Vec<Alert>, StoreError> {
        let rows: Vec<AlertColumns> = sqlx::query_as(RESOLVED)
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("alerts.resolved"))?;
        Ok(rows.into_iter().map(alert_of).collect())
    }

    /// Writes down what changed together with the deliveries that tell of it. False, with nothing
    /// written, when someone else changed one of the alerts since they were read.
    pub async fn change_alerts(
        &self,
        changes: &[AlertChange],
        deliveries: &[Delivery],
    ) -> Result<bool, StoreError> {
        let doing = "alerts.change";
        if changes.is_empty() && deliveries.is_empty() {
            return Ok(true);
        }
        let mut tx = self.begin(doing).await?;
        for change in changes {
            if !changed(&mut tx, change).await? {
                return Ok(false);
            }
        }
        for delivery in deliveries {
            send(&mut tx, delivery).await?;
        }
        tx.commit().await.map_err(StoreError::on(doing))?;
        Ok(true)
    }

    /// Deliveries whose time has come and that nobody else has in hand, the oldest first. They are
    /// ours for `lease_ms`.
    pub async fn claim_deliveries(
        &self,
        now: Timestamp,
        lease_ms: i64,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let rows: Vec<DeliveryColumns> = sqlx::query_as(CLAIM)
            .bind(now.0)
            .bind(now.after_ms(lease_ms).0)
            .bind(i64::from(limit))
            .fetch_all(self.writer())
            .await
            .map_err(StoreError::on("deliveries.claim"))?;
        let mut claimed = read(rows)?;
        claimed.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        Ok(claimed)
    }

    /// What became of a delivery. Nothing happens when it was taken or given up already.
    pub async fn settle_delivery(&self, delivery: &Delivery) -> Result<(), StoreError> {
        sqlx::query(SETTLE)
            .bind(&delivery.id)
            .bind(delivery.due.map(|due| due.0))
            .bind(i64::from(delivery.attempts))
            .bind(delivery.state.as_str())
            .bind(&delivery.detail)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("deliveries.settle"))?;
        Ok(())
    }

    /// Makes what waits for a channel due now: it takes again.
    pub async fn wake_deliveries(&self, channel: &str, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(WAKE)
            .bind(channel)
            .bind(now.0)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("deliveries.wake"))?;
        Ok(())
    }

    /// The newest deliveries, whatever became of them.
    pub async fn deliveries(&self, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let rows: Vec<DeliveryColumns> = sqlx::query_as(NEWEST)
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("deliveries.newest"))?;
        read(rows)
    }

    /// For each channel that has some: how many deliveries wait, and since when the oldest.
    pub async fn waiting_deliveries(&self) -> Result<Vec<(String, u64, Timestamp)>, StoreError> {
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(WAITING)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("deliveries.waiting"))?;
        let waiting = |(channel, number, oldest): (String, i64, i64)| {
            (channel, u64::try_from(number).unwrap_or_default(), Timestamp(oldest))
        };
        Ok(rows.into_iter().map(waiting).collect())
    }

    /// Forgets alerts that were over, and deliveries that had come to an end, before a moment.
    pub async fn forget_alerts(&self, before: Timestamp) -> Result<(), StoreError> {
        for statement in [FORGET_ALERTS, FORGET_DELIVERIES] {
            sqlx::query(statement)
                .bind(before.0)
                .execute(self.writer())
                .await
                .map_err(StoreError::on("alerts.forget"))?;
        }
        Ok(())
    }
}

async fn changed(conn: &mut AnyConnection, change: &AlertChange) -> Result<bool, StoreError> {
    let alert = &change.alert;
    let done = sqlx::query(CHANGE)
        .bind(&alert.key)
        .bind(&alert.book)
        .bind(&alert.code)
        .bind(&alert.severity)
        .bind(alert.level)
        .bind(&alert.body)
        .bind(alert.first.0)
        .bind(alert.last.0)
        .bind(alert.notified.map(|moment| moment.0))
        .bind(alert.resolved.map(|moment| moment.0))
        .bind(change.was_last.map_or(-1, |moment| moment.0))
        .execute(conn)
        .await
        .map_err(StoreError::on("alerts.change"))?;
    Ok(done.rows_affected() == 1)
}

async fn send(conn: &mut AnyConnection, delivery: &Delivery) -> Result<(), StoreError> {
    sqlx::query(SEND)
        .bind(&delivery.id)
        .bind(&delivery.channel)
        .bind(delivery.created.0)
        .bind(delivery.due.map(|due| due.0))
        .bind(i64::from(delivery.attempts))
        .bind(delivery.state.as_str())
        .bind(&delivery.detail)
        .bind(&delivery.body)
        .execute(conn)
        .await
        .map_err(StoreError::on("deliveries.send"))?;
    Ok(())
}

fn alert_of(row: AlertColumns) -> Alert {
    let (key, book, code, severity, level, body, first, last, notified, resolved) = row;
    Alert {
        key,
        book,
        code,
        severity,
        level,
        body,
        first: Timestamp(first),
        last: Timestamp(last),
        notified: notified.map(Timestamp),
        resolved: resolved.map(Timestamp),
    }
}

fn read(rows: Vec<DeliveryColumns>) -> Result<Vec<Delivery>, StoreError> {
    rows.into_iter().map(delivery_of).collect()
}

fn delivery_of(row: DeliveryColumns) -> Result<Delivery, StoreError> {
    let (id, channel, created, due, attempts, state, detail, body) = row;
    let place = Place { table: "deliveries", column: "state", row: &id };
    let state = place.known(DeliveryState::parse(&state), &state)?;
    Ok(Delivery {
        channel,
        created: Timestamp(created),
        due: due.map(Timestamp),
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        state,
        detail,
        body,
        id,
    })
}
