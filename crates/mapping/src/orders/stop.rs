//! Why an order waits for a person.

use std::borrow::Cow;

use base::MoneyError;
use intents::Reason;

use crate::rulebook::RuleFailure;

/// A decision that cannot be made. Each code has a page in `docs/errors`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stop {
    code: Cow<'static, str>,
    detail: String,
}

impl Stop {
    pub(crate) fn new(code: &'static str, detail: impl Into<String>) -> Stop {
        Stop { code: Cow::Borrowed(code), detail: detail.into() }
    }

    /// A stop for a code that a check or a question brings along.
    pub(crate) fn of(code: &str, detail: impl Into<String>) -> Stop {
        Stop { code: Cow::Owned(code.to_owned()), detail: detail.into() }
    }

    pub(crate) fn is(&self, code: &str) -> bool {
        self.code == code
    }

    pub(crate) fn reason(self) -> Reason {
        Reason::new(&self.code, self.detail)
    }
}

impl From<RuleFailure> for Stop {
    fn from(failure: RuleFailure) -> Stop {
        Stop::new("rule_failed", failure.to_string())
    }
}

impl From<MoneyError> for Stop {
    fn from(error: MoneyError) -> Stop {
        Stop::new("unworkable_amount", error.to_string())
    }
}
