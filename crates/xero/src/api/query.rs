//! The query parameters that several resources take, each with its reason.

use base::{Day, Request, Timestamp};

use super::dates;
use crate::spec::PAGE_SIZE;

pub(super) trait Query {
    /// One page of a list, counted from 1, as long as Xero gives them.
    /// <https://developer.xero.com/documentation/api/accounting/invoices>
    fn page(self, page: u32) -> Request;

    /// Unit amounts with four decimals. Without it Xero takes and shows two.
    /// <https://developer.xero.com/documentation/api/accounting/invoices#optional-parameters>
    fn four_decimals(self) -> Request;

    /// Lists also what was archived: its names, codes and numbers are still used up.
    fn with_archived(self) -> Request;

    /// Each element is saved or refused by itself, and the reply says of each which.
    /// <https://developer.xero.com/documentation/api/accounting/responsecodes>
    fn judged_alone(self) -> Request;

    /// What changed since a moment (everything, without one), in the order of the changes.
    /// <https://developer.xero.com/documentation/api/accounting/requests-and-responses#retrieving-modified-resources>
    fn changed_since(self, since: Option<Timestamp>) -> Request;
}

impl Query for Request {
    fn page(self, page: u32) -> Request {
        self.query("page", page.to_string()).query("pageSize", PAGE_SIZE.to_string())
    }

    fn four_decimals(self) -> Request {
        self.query("unitdp", "4")
    }

    fn with_archived(self) -> Request {
        self.query("includeArchived", "true")
    }

    fn judged_alone(self) -> Request {
        self.query("summarizeErrors", "false")
    }

    fn changed_since(self, since: Option<Timestamp>) -> Request {
        let ordered = self.query("order", "UpdatedDateUTC ASC");
        match since {
            Some(since) => ordered.header("if-modified-since", dates::since(since)),
            None => ordered,
        }
    }
}

/// A text in a condition.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The condition that a field is one of these ids.
pub(crate) fn any_of(field: &str, ids: &[String]) -> String {
    let one = |id: &String| format!("{field}==guid({})", quoted(id));
    ids.iter().map(one).collect::<Vec<_>>().join(" OR ")
}

/// The condition that a document's date is one of these days.
/// <https://developer.xero.com/documentation/api/accounting/requests-and-responses#get-modified>
pub(crate) fn between(from: Day, to: Day) -> String {
    format!("Date>={} AND {}", moment(from), until(to))
}

/// The condition that a document's date is this day or earlier.
pub(crate) fn until(to: Day) -> String {
    // A bank transfer's date may have a time of day.
    format!("Date<{}", moment(to.after_days(1)))
}

fn moment(day: Day) -> String {
    format!("DateTime({})", day.to_string().replace('-', ", "))
}
