//! `/Organisation` and `/Organisation/Actions`
//! (<https://developer.xero.com/documentation/api/accounting/organisation>).

use base::{Day, Timestamp};

use super::ask::Ask;
use super::books::Books;
use super::dates;
use super::edition::Edition;
use super::json::{Json, Object};
use super::reply::Reply;

pub(crate) const NAME: &str = "Northwind Traders (sandbox)";

#[derive(Debug, Clone)]
pub(crate) struct Organisation {
    pub(crate) id: String,
    pub(crate) edition: Edition,
    pub(crate) period_lock: Option<Day>,
    pub(crate) year_lock: Option<Day>,
    created: Timestamp,
}

const ACTIONS: &[&str] = &[
    "CreateApprovedInvoice",
    "CreateDraftPurchaseOrder",
    "CreateApprovedBill",
    "AttachFilesIntoInvoice",
    "UseMulticurrency",
    "CreateDraftInvoice",
    "CreateRepeatingInvoice",
    "CreateRepeatingBill",
    "CreateSentQuote",
    "CreateInvoicePayment",
    "CreateApprovedPurchaseOrder",
    "CreateDraftQuote",
    "CreateDraftBill",
];

impl Organisation {
    pub(crate) fn new(id: String, edition: Edition, created: Timestamp) -> Organisation {
        Organisation { id, edition, period_lock: None, year_lock: None, created }
    }

    /// The calendar day in the organisation's time zone.
    pub(crate) fn today(&self, now: Timestamp) -> Day {
        self.edition.today(now)
    }

    /// The month and day on which its financial year ends.
    pub(crate) fn year_end(&self) -> (i8, i8) {
        self.edition.country().year_end
    }

    /// Why nothing may be dated so or changed there, if the day is locked. Whether the lock date
    /// itself is locked is not published; here it is.
    pub(crate) fn lock_message(&self, day: Day) -> Option<String> {
        let refuse = |lock: Option<Day>, name: &str| {
            let lock = lock.filter(|lock| day <= *lock)?;
            let words = dates::words(lock);
            Some(format!(
                "The document date cannot be before the {name} lock date, currently set at {words}"
            ))
        };
        refuse(self.year_lock, "end of year").or_else(|| refuse(self.period_lock, "period"))
    }

    fn render(&self) -> Object {
        let lock = |day: Option<Day>| day.map(dates::day);
        let country = self.edition.country();
        let (month, day) = country.year_end;
        let (basis, period) = country.sales_tax;
        Object::new()
            .with_text("OrganisationID", &self.id)
            .with_text("APIKey", "SANDBOX")
            .with_text("Name", NAME)
            .with_text("LegalName", NAME)
            .with_bool("PaysTax", true)
            .with_text("Version", country.version)
            .with_text("OrganisationType", "COMPANY")
            .with_text("BaseCurrency", country.currency)
            .with_text("CountryCode", country.code)
            .with_bool("IsDemoCompany", false)
            .with_text("OrganisationStatus", "ACTIVE")
            .with_some("TaxNumber", Some(country.tax_number))
            .with_int("FinancialYearEndDay", i64::from(day))
            .with_int("FinancialYearEndMonth", i64::from(month))
            .with_text("SalesTaxBasis", basis)
            .with_text("SalesTaxPeriod", period)
            .with_text("DefaultSalesTax", "Tax Inclusive")
            .with_text("DefaultPurchasesTax", "Tax Inclusive")
            .with_some("PeriodLockDate", lock(self.period_lock).as_deref())
            .with_some("EndOfYearLockDate", lock(self.year_lock).as_deref())
            .with_text("CreatedDateUTC", dates::moment(self.created))
            .with_text("OrganisationEntityType", "COMPANY")
            .with_text("Timezone", country.timezone.0)
            .with_text("ShortCode", "!Sndbx")
            .with_text("Edition", "BUSINESS")
            .with_text("Class", "PREMIUM")
            .with_list("Addresses", Vec::new())
            .with_list("Phones", Vec::new())
            .with_list("ExternalLinks", Vec::new())
            .with("PaymentTerms", Json::Object(Object::new()))
    }
}

pub(crate) fn read(books: &Books, ask: &Ask<'_>) -> Reply {
    ask.knows(&[]);
    books.reply(ask, Object::new().with_list("Organisations", vec![books.organisation.render()]))
}

pub(crate) fn actions(books: &Books, ask: &Ask<'_>) -> Reply {
    ask.knows(&[]);
    let action =
        |name: &&str| Object::new().with_text("Name", *name).with_text("Status", "ALLOWED");
    books.reply(ask, Object::new().with_list("Actions", ACTIONS.iter().map(action).collect()))
}
