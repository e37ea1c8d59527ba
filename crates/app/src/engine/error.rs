//! Why no turn could be given.

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("the store failed")]
    Store(#[from] store::StoreError),
    #[error("the rule book {hash} cannot be used: {detail}")]
    Rules { hash: String, detail: String },
    #[error("the book has no rule book: connect it first")]
    NoRules,
    #[error("the settings of book {0} cannot be read: {1}")]
    Settings(String, String),
    #[error("Restate at {address} could not be used: {detail}")]
    Restate { address: String, detail: String },
    /// Leases would be taken too early, or kept too long.
    #[error("this machine's clock is {} s {} of the database's", .apart_ms.unsigned_abs() / 1000, side(*.apart_ms))]
    ClockOff { apart_ms: i64 },
    /// Restate calls the address that was registered last.
    #[error("this node has Restate call {ours}, and node {node}, which is at work, {theirs}")]
    Addresses { ours: String, node: String, theirs: String },
}

fn side(apart_ms: i64) -> &'static str {
    if apart_ms > 0 { "ahead" } else { "behind" }
}

impl EngineError {
    pub fn code(&self) -> &'static str {
        match self {
            EngineError::Store(error) => error.code(),
            EngineError::Rules { .. } | EngineError::NoRules => "rule_failed",
            EngineError::Settings(..) => "settings_unreadable",
            EngineError::Restate { .. } => "restate_unusable",
            EngineError::ClockOff { .. } => "node_clock_off",
            EngineError::Addresses { .. } => "restate_addresses_differ",
        }
    }
}
