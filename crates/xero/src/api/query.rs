//! The query parameters that several resources take, each with its reason.

use base::Request;

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
}
