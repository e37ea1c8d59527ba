//! Nodes: which processes are at work, and who leads them.

use base::Timestamp;

use crate::{Store, StoreError};

/// A process at work on this database, as it last said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeRow {
    pub name: String,
    /// Its word that it is alive counts until then.
    pub alive_until: Timestamp,
    pub started: Timestamp,
    /// JSON of the application's own.
    pub about: String,
}

const BEAT: &str = "\
    INSERT INTO nodes (name, alive_until, started, about) VALUES ($1, $2, $3, $4)
    ON CONFLICT (name) DO UPDATE SET
        alive_until = excluded.alive_until, started = excluded.started, about = excluded.about";
const ALL: &str = "SELECT name, alive_until, started, about FROM nodes ORDER BY name";
const FORGET: &str = "DELETE FROM nodes WHERE alive_until < $1";
const LEAD: &str = "\
    INSERT INTO leaders (office, node, lease_until) VALUES ($1, $2, $4)
    ON CONFLICT (office) DO UPDATE SET node = excluded.node, lease_until = excluded.lease_until
    WHERE leaders.node = excluded.node OR leaders.lease_until <= $3
    RETURNING node";
const LEADER: &str = "SELECT node FROM leaders WHERE office = $1 AND lease_until > $2";
const RESIGN: &str = "UPDATE leaders SET lease_until = 0 WHERE office = $1 AND node = $2";

type Row = (String, i64, i64, String);

impl Store {
    /// Says that a node is alive until then. Its lanes are its own that long, and no longer.
    pub async fn beat(&self, node: &NodeRow) -> Result<(), StoreError> {
        sqlx::query(BEAT)
            .bind(&node.name)
            .bind(node.alive_until.0)
            .bind(node.started.0)
            .bind(&node.about)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("nodes.beat"))?;
        Ok(())
    }

    /// Every node that was heard of lately, alive or not.
    pub async fn nodes(&self) -> Result<Vec<NodeRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(ALL)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("nodes.all"))?;
        let node = |(name, alive_until, started, about): Row| NodeRow {
            name,
            alive_until: Timestamp(alive_until),
            started: Timestamp(started),
            about,
        };
        Ok(rows.into_iter().map(node).collect())
    }

    /// Forgets nodes that were last alive before then.
    pub async fn forget_nodes(&self, before: Timestamp) -> Result<(), StoreError> {
        sqlx::query(FORGET)
            .bind(before.0)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("nodes.forget"))?;
        Ok(())
    }

    /// Takes an office, or keeps it for longer. False: another node holds it.
    pub async fn lead(
        &self,
        office: &str,
        node: &str,
        now: Timestamp,
        lease_ms: i64,
    ) -> Result<bool, StoreError> {
        let row: Option<(String,)> = sqlx::query_as(LEAD)
            .bind(office)
            .bind(node)
            .bind(now.0)
            .bind(now.after_ms(lease_ms).0)
            .fetch_optional(self.writer())
            .await
            .map_err(StoreError::on("leaders.lead"))?;
        Ok(row.is_some())
    }

    /// Who holds an office now.
    pub async fn leader(&self, office: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as(LEADER)
            .bind(office)
            .bind(now.0)
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("leaders.who"))?;
        Ok(row.map(|(node,)| node))
    }

    /// Gives an office up, for a process that ends in order.
    pub async fn resign(&self, office: &str, node: &str) -> Result<(), StoreError> {
        sqlx::query(RESIGN)
            .bind(office)
            .bind(node)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("leaders.resign"))?;
        Ok(())
    }
}
