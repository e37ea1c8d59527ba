//! The chart of accounts and `/Accounts`
//! (<https://developer.xero.com/documentation/api/accounting/accounts>).

use base::{Currency, Timestamp};

use super::ask::Ask;
use super::batch::Refusal;
use super::books::Books;
use super::dates;
use super::fields;
use super::filter::{self, Fields, Value};
use super::json::Object;
use super::reply::Reply;

const CODE_MAX: usize = 10;
const NAME_MAX: usize = 150;

#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: String,
    /// May be empty on a bank account.
    pub(crate) code: String,
    pub(crate) name: String,
    /// Xero's account type, such as `CURRENT`.
    pub(crate) kind: String,
    pub(crate) archived: bool,
    pub(crate) tax_type: String,
    pub(crate) takes_payments: bool,
    /// Xero's name for an account that it posts to itself, such as `DEBTORS`.
    pub(crate) system: Option<String>,
    pub(crate) description: String,
    pub(crate) bank: Option<Bank>,
    pub(crate) updated: Timestamp,
}

/// What only accounts of type BANK have.
#[derive(Debug, Clone)]
pub(crate) struct Bank {
    pub(crate) number: String,
    pub(crate) kind: String,
    pub(crate) currency: Currency,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    Revenue,
    Expense,
    Asset,
    Liability,
    Equity,
}

impl Class {
    /// The class of an account type; `None` if there is no such type.
    pub(crate) fn of(kind: &str) -> Option<Class> {
        match kind {
            "BANK" | "CURRENT" | "FIXED" | "INVENTORY" | "NONCURRENT" | "PREPAYMENT" => {
                Some(Class::Asset)
            }
            "CURRLIAB" | "LIABILITY" | "TERMLIAB" | "PAYG" => Some(Class::Liability),
            "DEPRECIATN" | "DIRECTCOSTS" | "EXPENSE" | "OVERHEADS" => Some(Class::Expense),
            "EQUITY" => Some(Class::Equity),
            "OTHERINCOME" | "REVENUE" | "SALES" => Some(Class::Revenue),
            _ => None,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Class::Revenue => "REVENUE",
            Class::Expense => "EXPENSE",
            Class::Asset => "ASSET",
            Class::Liability => "LIABILITY",
            Class::Equity => "EQUITY",
        }
    }
}

/// System accounts that Xero posts to itself and refuses on a document's line. Which of the rarer
/// ones are refused is not published; all are here.
const CLOSED_TO_LINES: &[&str] = &[
    "DEBTORS",
    "CREDITORS",
    "GST",
    "GSTONIMPORTS",
    "BANKCURRENCYGAIN",
    "REALISEDCURRENCYGAIN",
    "UNREALISEDCURRENCYGAIN",
    "HISTORICAL",
    "RETAINEDEARNINGS",
    "ROUNDING",
    "TRACKINGTRANSFERS",
    "UNPAIDEXPCLM",
];

impl Account {
    pub(crate) fn class(&self) -> Class {
        Class::of(&self.kind).unwrap_or(Class::Expense)
    }

    pub(crate) fn is_bank(&self) -> bool {
        self.kind == "BANK"
    }

    pub(crate) fn is_system(&self, system: &str) -> bool {
        self.system.as_deref() == Some(system)
    }

    /// Whether a line of an invoice or credit note may name it.
    pub(crate) fn takes_lines(&self) -> bool {
        let closed = CLOSED_TO_LINES.iter().any(|system| self.is_system(system));
        !closed && !self.is_bank() && self.kind != "INVENTORY"
    }

    pub(crate) fn render(&self) -> Object {
        let mut object = Object::new()
            .with_text("AccountID", &self.id)
            .with_some("Code", Some(&self.code))
            .with_text("Name", &self.name)
            .with_text("Status", if self.archived { "ARCHIVED" } else { "ACTIVE" })
            .with_text("Type", &self.kind)
            .with_text("TaxType", &self.tax_type)
            .with_some("Description", Some(&self.description))
            .with_text("Class", self.class().word())
            .with_some("SystemAccount", self.system.as_deref())
            .with_bool("EnablePaymentsToAccount", self.takes_payments)
            .with_bool("ShowInExpenseClaims", false);
        if let Some(bank) = &self.bank {
            object = object
                .with_text("BankAccountNumber", &bank.number)
                .with_text("BankAccountType", &bank.kind)
                .with_text("CurrencyCode", bank.currency.code());
        }
        object
            .with_text("ReportingCode", self.class().word().get(..3).unwrap_or_default())
            .with_bool("HasAttachments", false)
            .with_text("UpdatedDateUTC", dates::moment(self.updated))
            .with_bool("AddToWatchlist", false)
    }
}

impl Fields for Account {
    fn field(&self, path: &str) -> Option<Value> {
        Some(match path {
            "accountid" => Value::text(&self.id),
            "code" => Value::text(&self.code),
            "name" => Value::text(&self.name),
            "type" => Value::text(&self.kind),
            "class" => Value::text(self.class().word()),
            "status" => Value::text(if self.archived { "ARCHIVED" } else { "ACTIVE" }),
            "taxtype" => Value::text(&self.tax_type),
            "systemaccount" => Value::text(self.system.as_deref().unwrap_or_default()),
            "enablepaymentstoaccount" => Value::Bool(self.takes_payments),
            "updateddateutc" => Value::Moment(self.updated),
            _ => return None,
        })
    }
}

pub(crate) fn list(books: &Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["where", "order"]);
    let found = filter::select(books.accounts.iter().collect(), ask, |account| account.updated)?;
    let objects = found.into_iter().map(Account::render).collect();
    Ok(books.reply(ask, Object::new().with_list("Accounts", objects)))
}

pub(crate) fn one(books: &Books, ask: &Ask<'_>, id: &str) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let account = books.accounts.iter().find(|account| account.id.eq_ignore_ascii_case(id));
    let account = account.ok_or_else(Reply::not_found)?;
    Ok(books.reply(ask, Object::new().with_list("Accounts", vec![account.render()])))
}

/// `PUT /Accounts` creates one account.
pub(crate) fn create(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let element = ask.element("Accounts")?;
    fields::ACCOUNT.walk(ask, &element);
    let account = read_new(books, ask, &element).map_err(|refusal| refused(&element, &refusal))?;
    let object = account.render();
    books.accounts.push(account);
    Ok(books.reply(ask, Object::new().with_list("Accounts", vec![object])))
}

fn read_new(books: &mut Books, ask: &Ask<'_>, element: &Object) -> Result<Account, Refusal> {
    let mut errors = Refusal::default();
    let kind = element.text("Type").unwrap_or_default().to_owned();
    if Class::of(&kind).is_none() {
        errors.say("The account Type is not valid");
    }
    let code = element.text("Code").unwrap_or_default().trim().to_owned();
    let name = element.text("Name").unwrap_or_default().trim().to_owned();
    errors.check(!code.is_empty() || kind == "BANK", "Please enter a unique Code.");
    check_names(books, "", (&code, &name), &mut errors);
    let tax_type = element.text("TaxType").unwrap_or(books.no_tax()).to_owned();
    errors.check(books.tax_rate(&tax_type).is_some(), "Tax rate must be valid.");
    let bank = read_bank(books, element, &kind, &mut errors);
    errors.none()?;
    Ok(Account {
        id: books.new_id(),
        code,
        name,
        archived: false,
        tax_type,
        takes_payments: kind != "BANK" && element.bool("EnablePaymentsToAccount") == Some(true),
        system: None,
        description: element.text("Description").unwrap_or_default().to_owned(),
        bank,
        kind,
        updated: ask.now,
    })
}

/// Codes and names are unique in the chart, whatever an account's status.
fn check_names(books: &Books, id: &str, (code, name): (&str, &str), errors: &mut Refusal) {
    let mut others = books.accounts.iter().filter(|account| account.id != id);
    let mut same = others.clone();
    let code_used = same.any(|other| !code.is_empty() && other.code.eq_ignore_ascii_case(code));
    errors.check(!code_used, "Please enter a unique Code.");
    errors.check(code.chars().count() <= CODE_MAX, "The Code must be 10 characters or fewer.");
    let name_used = others.any(|other| other.name.eq_ignore_ascii_case(name));
    errors.check(!name.is_empty() && !name_used, "Please enter a unique Name.");
    errors.check(name.chars().count() <= NAME_MAX, "The Name must be 150 characters or fewer.");
}

fn read_bank(books: &Books, element: &Object, kind: &str, errors: &mut Refusal) -> Option<Bank> {
    if kind != "BANK" {
        errors.check(
            element.get("CurrencyCode").is_none(),
            "CurrencyCode is only for accounts of type BANK",
        );
        return None;
    }
    let number = element.text("BankAccountNumber").unwrap_or_default().to_owned();
    errors.check(!number.is_empty(), "A Bank Account Number must be specified");
    let currency = match element.text("CurrencyCode") {
        Some(code) => books.subscribed(code),
        None => Ok(books.base_currency),
    };
    match currency {
        Ok(currency) => {
            let kind = element.text("BankAccountType").unwrap_or("BANK").to_owned();
            Some(Bank { number, kind, currency })
        }
        Err(message) => {
            errors.say(&message);
            None
        }
    }
}

/// `POST /Accounts/{id}` changes or archives one account.
pub(crate) fn update(books: &mut Books, ask: &Ask<'_>, id: &str) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let element = ask.element("Accounts")?;
    fields::ACCOUNT.walk(ask, &element);
    let index = books.accounts.iter().position(|account| account.id.eq_ignore_ascii_case(id));
    let index = index.ok_or_else(Reply::not_found)?;
    let account = books.accounts.get(index).cloned().ok_or_else(Reply::not_found)?;
    let changed =
        changed(books, ask, account, &element).map_err(|refusal| refused(&element, &refusal))?;
    let object = changed.render();
    if let Some(slot) = books.accounts.get_mut(index) {
        *slot = changed;
    }
    Ok(books.reply(ask, Object::new().with_list("Accounts", vec![object])))
}

fn changed(
    books: &Books,
    ask: &Ask<'_>,
    mut account: Account,
    element: &Object,
) -> Result<Account, Refusal> {
    let mut errors = Refusal::default();
    match element.text("Status") {
        Some("ARCHIVED") => {
            errors.check(account.system.is_none(), "A system account cannot be archived");
            account.archived = true;
        }
        Some("ACTIVE") => account.archived = false,
        Some(_) => errors.say("The account Status is not valid"),
        None => {}
    }
    set(&mut account.code, element.text("Code"));
    set(&mut account.name, element.text("Name"));
    set(&mut account.description, element.text("Description"));
    set(&mut account.tax_type, element.text("TaxType"));
    errors.check(books.tax_rate(&account.tax_type).is_some(), "Tax rate must be valid.");
    check_names(books, &account.id, (&account.code, &account.name), &mut errors);
    if let Some(takes) = element.bool("EnablePaymentsToAccount") {
        account.takes_payments = takes && !account.is_bank();
    }
    errors.none()?;
    account.updated = ask.now;
    Ok(account)
}

fn set(slot: &mut String, text: Option<&str>) {
    if let Some(text) = text {
        text.trim().clone_into(slot);
    }
}

fn refused(element: &Object, refusal: &Refusal) -> Reply {
    Reply::invalid(vec![refusal.echo(element, "AccountID")])
}
