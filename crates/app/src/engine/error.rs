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
}

impl EngineError {
    pub fn code(&self) -> &'static str {
        match self {
            EngineError::Store(error) => error.code(),
            EngineError::Rules { .. } | EngineError::NoRules => "rule_failed",
            EngineError::Settings(..) => "settings_unreadable",
            EngineError::Restate { .. } => "restate_unusable",
        }
    }
}
