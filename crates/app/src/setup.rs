//! Connecting a book: who may speak for it, what its organisation has, what is missing, and the
//! first rule book.

pub mod given;
mod rules;
pub mod simulated;
pub mod wish;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use base::{Clock, Currency, Secret, Timestamp, Transport};
use facts::Chart;
use intents::BookId;
use mapping::suggest::{Choice, suggest_accounts};
use store::{Book, Store, Tokens};

use self::given::{connection, keep_amazon};
use self::rules::{first_rules, wished_rules};
pub use self::wish::{AmazonWish, Wish, XeroWish};
use crate::book::{AmazonLink, Credential, Grant, Lane, Settings, XeroLink};
use crate::stages::pull::xero_stopped;
use crate::stages::{LaneState, StageError};
use crate::transport::tokens::Access;
use crate::transport::{Addresses, Budget, Caller, Carrier, Courier, Patient, Vendor};
use xero::api::{accounts, currencies};

#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("the store failed")]
    Store(#[from] store::StoreError),
    #[error("Xero could not be asked")]
    Xero(#[source] StageError),
    #[error("Amazon {region} could not be asked: {detail}")]
    Amazon { region: String, detail: String, may_pass: bool },
    #[error("the user is connected to no organisation in Xero")]
    NoOrganisation,
    #[error("the user is connected to several organisations; name one of: {0}")]
    SeveralOrganisations(String),
    #[error("the organisation is of class {0}, which applications cannot post to")]
    Class(String),
    #[error("the chart has no account for {0}; create them, or connect with --create-accounts")]
    Accounts(String),
    #[error("Xero refused to create {what}: {detail}")]
    Create { what: String, detail: String },
    #[error("the first rule book cannot be used: {0}")]
    Rules(String),
}

impl SetupError {
    /// True when trying again later may go better: a vendor failed, nobody has to act.
    pub fn may_pass(&self) -> bool {
        match self {
            SetupError::Xero(error) => !crate::codes::is_for_a_person(error.code()),
            SetupError::Amazon { may_pass, .. } => *may_pass,
            SetupError::Store(_)
            | SetupError::NoOrganisation
            | SetupError::SeveralOrganisations(_)
            | SetupError::Class(_)
            | SetupError::Accounts(_)
            | SetupError::Create { .. }
            | SetupError::Rules(_) => false,
        }
    }

    pub fn code(&self) -> &str {
        match self {
            SetupError::Xero(error) => error.code(),
            SetupError::Store(_)
            | SetupError::Amazon { .. }
            | SetupError::NoOrganisation
            | SetupError::SeveralOrganisations(_)
            | SetupError::Class(_)
            | SetupError::Accounts(_)
            | SetupError::Create { .. }
            | SetupError::Rules(_) => self.own_code(),
        }
    }

    fn own_code(&self) -> &'static str {
        match self {
            SetupError::Store(error) => error.code(),
            SetupError::Xero(_) => "xero_not_reached",
            SetupError::Amazon { .. } => "amazon_not_reached",
            SetupError::NoOrganisation | SetupError::SeveralOrganisations(_) => {
                "organisation_unclear"
            }
            SetupError::Class(_) => "organisation_class",
            SetupError::Accounts(_) => "account_missing",
            SetupError::Create { .. } => "xero_refused",
            SetupError::Rules(_) => "rule_failed",
        }
    }
}

/// Connects a book and says which.
pub struct Setup {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub carrier: Arc<dyn Carrier>,
    /// What tries before this one spent of Xero's budget.
    spent: Mutex<Budget>,
}

impl Setup {
    pub fn new(store: Store, clock: Arc<dyn Clock>, carrier: Arc<dyn Carrier>) -> Setup {
        Setup { store, clock, carrier, spent: Mutex::default() }
    }

    /// Doing it again with the same wish changes nothing but the credentials.
    pub async fn connect(&self, wish: &Wish) -> Result<(BookId, Settings), SetupError> {
        let xero = self.xero_link(wish).await?;
        let caller = self.caller(Vendor::Xero, &xero.addresses, &xero.credential, wish.limits);
        let chart = self.prepare_organisation(wish, &xero, &self.patient(&caller)).await;
        self.count(&caller).await?;
        let chart = chart?;
        let mut amazon = Vec::new();
        for one in &wish.amazon {
            amazon.push(self.amazon_link(one, wish.limits).await?);
        }
        // One book an organisation: another seller account is another link of it.
        let book = BookId::derive(&[&xero.tenant_id]);
        let name = chart.organisation.name.clone();
        let sandbox = wish.sandbox.clone();
        let settings = Settings {
            name,
            since: wish.since,
            xero,
            amazon,
            sandbox,
            limits: wish.limits,
            money: wish.money,
            setup_calls: self.store.calls().await?.iter().map(|count| count.calls).sum(),
        };
        let spent = caller.courier.budget();
        self.write_down(wish, (&book, &settings), &chart, spent).await?;
        Ok((book, settings))
    }

    fn caller(
        &self,
        vendor: Vendor,
        addresses: &Addresses,
        credential: &Credential,
        limits: bool,
    ) -> Caller {
        let (carrier, clock) = (self.carrier.clone(), self.clock.clone());
        let spent = match vendor {
            Vendor::Xero => self.spent.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            Vendor::Amazon => Budget::default(),
        };
        let courier =
            Courier::new(vendor, addresses.clone(), carrier, clock).with_budget(spent, limits);
        let access = Access { store: self.store.clone(), credential: credential.clone() };
        Caller { courier, access }
    }

    fn patient<'a>(&'a self, caller: &'a Caller) -> Patient<'a> {
        Patient { inner: caller, clock: self.clock.as_ref() }
    }

    /// Calls count whether or not they went well.
    async fn count(&self, caller: &Caller) -> Result<(), SetupError> {
        for (operation, calls) in caller.courier.counts() {
            self.store.count_calls(caller.courier.vendor.as_str(), &operation, calls).await?;
        }
        if caller.courier.vendor == Vendor::Xero {
            let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
            *spent = caller.courier.budget();
        }
        Ok(())
    }

    async fn keep_tokens(&self, key: &str, refresh: Option<&Secret>) -> Result<(), SetupError> {
        let now = self.clock.now();
        let refresh = refresh.cloned();
        let tokens = Tokens { access: None, access_expires: now, refresh, refreshed: now };
        Ok(self.store.put_tokens(key, &tokens).await?)
    }

    async fn xero_link(&self, wish: &Wish) -> Result<XeroLink, SetupError> {
        let given = &wish.xero;
        let secret = format!("xero:{}:secret", given.client_id);
        if let Some(value) = &given.client_secret {
            self.store.put_secret(&secret, value).await?;
        }
        let mut credential = Credential {
            client_id: given.client_id.clone(),
            secret: given.client_secret.as_ref().map(|_| secret),
            tokens: given.tokens_key(),
            grant: match given.refresh_token {
                Some(_) => Grant::RefreshToken,
                None => Grant::ClientCredentials,
            },
        };
        if let Some(user) = self.user_of(&credential).await? {
            credential.tokens = user;
        } else if self.store.tokens(&credential.tokens).await?.is_none() {
            self.keep_tokens(&credential.tokens, given.refresh_token.as_ref()).await?;
        }
        let caller = self.caller(Vendor::Xero, &given.addresses, &credential, wish.limits);
        let found = xero::connections(&self.patient(&caller), None).await;
        self.count(&caller).await?;
        let found = found.map_err(|stop| SetupError::Xero(xero_stopped(stop)))?;
        self.file_under_user(&mut credential).await?;
        let names: Vec<String> = found.iter().filter_map(|one| one.tenant_name.clone()).collect();
        let mut fitting = found.into_iter().filter(|one| match &given.tenant {
            Some(tenant) => one.tenant_id == *tenant || one.tenant_name.as_ref() == Some(tenant),
            None => true,
        });
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Ok(XeroLink {
                tenant_id: one.tenant_id,
                addresses: given.addresses.clone(),
                credential,
            }),
            (None, _) => Err(SetupError::NoOrganisation),
            (Some(_), Some(_)) => Err(SetupError::SeveralOrganisations(names.join(", "))),
        }
    }

    /// Where the tokens that came of a given refresh token are kept by now, if it was used before:
    /// it has been replaced, and must not be put back.
    async fn user_of(&self, given: &Credential) -> Result<Option<String>, SetupError> {
        let key = self.store.secret(&given.tokens).await?;
        Ok(key.map(|key| key.expose().to_owned()))
    }

    /// One row per application and user: the user's id is in the access token.
    async fn file_under_user(&self, credential: &mut Credential) -> Result<(), SetupError> {
        let Some(tokens) = self.store.tokens(&credential.tokens).await? else { return Ok(()) };
        let claims = tokens.access.as_ref().and_then(xero::token::claims);
        let Some(user) = claims.and_then(|claims| claims.xero_userid) else { return Ok(()) };
        let key = format!("xero|{}|{user}", credential.client_id);
        if key != credential.tokens {
            self.store.put_tokens(&key, &tokens).await?;
            self.store.put_secret(&credential.tokens, &Secret::new(key.clone())).await?;
            credential.tokens = key;
        }
        Ok(())
    }

    async fn amazon_link(
        &self,
        given: &AmazonWish,
        limits: bool,
    ) -> Result<AmazonLink, SetupError> {
        let secret = format!("amazon:{}:secret", given.client_id);
        // The same application may speak for many sellers.
        let seller = given.seller_id.clone().unwrap_or_else(|| "seller".to_owned());
        let credential = Credential {
            client_id: given.client_id.clone(),
            secret: Some(secret),
            tokens: format!("amazon|{}|{}|{seller}", given.client_id, given.region),
            grant: Grant::RefreshToken,
        };
        let secrets = (&given.client_secret, &given.refresh_token);
        keep_amazon(&self.store, &credential, secrets, self.clock.now()).await?;
        let caller = self.caller(Vendor::Amazon, &given.addresses, &credential, limits);
        let found = amazon::source::participations(&self.patient(&caller), self.clock.now()).await;
        self.count(&caller).await?;
        let found = found.map_err(|stop| SetupError::Amazon {
            region: given.region.clone(),
            detail: stop.to_string(),
            may_pass: stop.remedy() == amazon::source::Remedy::Later,
        })?;
        let marketplaces = found
            .into_iter()
            .filter(|one| one.is_participating)
            .map(|one| one.marketplace_id)
            .collect();
        Ok(AmazonLink {
            region: given.region.clone(),
            seller_id: seller,
            marketplaces,
            buyer_data: given.buyer_data,
            addresses: given.addresses.clone(),
            credential,
        })
    }

    /// Reads the chart; adds the currencies and accounts that the book needs.
    async fn prepare_organisation(
        &self,
        wish: &Wish,
        link: &XeroLink,
        caller: &dyn Transport,
    ) -> Result<Chart, SetupError> {
        let asked = |stop| SetupError::Xero(xero_stopped(stop));
        let chart = xero::pull_chart(caller, &link.tenant_id).await.map_err(asked)?;
        let class = chart.organisation.class.clone();
        if ["LEDGER", "GST_CASHBOOK", "NON_GST_CASHBOOK"].contains(&class.as_str()) {
            return Err(SetupError::Class(class));
        }
        let mut is_changed = false;
        let base = chart.organisation.base_currency;
        let have: BTreeSet<Currency> = chart.currencies.iter().copied().collect();
        for currency in wish.currencies.iter().filter(|currency| !have.contains(currency)) {
            let add = currencies::Add { code: currency.code() };
            let created = xero::ask(caller, &link.tenant_id, &add).await;
            created.map_err(|stop| refused(&format!("the currency {currency}"), stop))?;
            is_changed = true;
        }
        for suggestion in suggest_accounts(&chart, &wish.all_currencies(base)) {
            let Choice::Create(new) = suggestion.choice else { continue };
            if !wish.creates_accounts {
                return Err(SetupError::Accounts(format!("{} ({})", suggestion.role, new.name)));
            }
            let bank_number = format!("AMAZON-{}", new.currency.unwrap_or(base).code());
            let is_bank = new.kind == "BANK";
            let create = accounts::Create {
                code: Some(&new.code),
                name: &new.name,
                kind: &new.kind,
                description: None,
                tax_type: Some(&new.tax_type).filter(|_| !is_bank).map(String::as_str),
                enable_payments_to_account: Some(new.payments_enabled).filter(|_| !is_bank),
                bank_account_number: Some(bank_number.as_str()).filter(|_| is_bank),
                currency_code: new.currency.as_ref().filter(|_| is_bank).map(Currency::code),
            };
            let created = xero::ask(caller, &link.tenant_id, &create).await;
            created.map_err(|stop| refused(&format!("the account {}", new.name), stop))?;
            is_changed = true;
        }
        if is_changed {
            return xero::pull_chart(caller, &link.tenant_id).await.map_err(asked);
        }
        Ok(chart)
    }

    async fn write_down(
        &self,
        wish: &Wish,
        (book, settings): (&BookId, &Settings),
        chart: &Chart,
        budget: Budget,
    ) -> Result<(), SetupError> {
        let now = self.clock.now();
        let text = serde_json::to_string(settings).map_err(|e| SetupError::Rules(e.to_string()))?;
        let row = Book { id: book.clone(), name: settings.name.clone(), settings: text };
        self.store.put_book(&row).await?;
        let link = &settings.xero;
        let row = connection((book, "xero", &link.tenant_id), &link.credential);
        self.store.put_connection(&row).await?;
        for link in &settings.amazon {
            let row = connection((book, "amazon", &link.region), &link.credential);
            self.store.put_connection(&row).await?;
        }
        for lane in settings.lanes() {
            // A lane that was stopped for want of an authorisation goes on at once.
            self.store.ensure_lane(&lane.name(book), book, now).await?;
            self.store.nudge(&lane.name(book), now).await?;
        }
        let rules = match self.store.rules(book).await? {
            None => first_rules(wish, chart)?,
            Some(version) => wished_rules(wish, chart, &version.body)?,
        };
        // The same rules are the same version.
        self.store.publish_rules(book, &rules, now).await?;
        let lane = Lane::Xero.name(book);
        if let Some(lease) = self.store.claim_lane(&lane, "setup", now, Timestamp::MINUTE).await? {
            self.store.put_chart(&lease, chart, now).await?;
            let known: LaneState = serde_json::from_str(&lease.state).unwrap_or_default();
            let state = LaneState { chart_read: Some(now), budget, ..known };
            let text =
                serde_json::to_string(&state).map_err(|e| SetupError::Rules(e.to_string()))?;
            self.store.settle_lane(&lease, now, &text, now).await?;
        }
        Ok(())
    }
}

/// Xero's refusal of something to create; anything but a refusal may pass.
fn refused(what: &str, stop: xero::PullStop) -> SetupError {
    if let xero::PullStop::Status { status: 400..=499, detail } = stop {
        return SetupError::Create { what: what.to_owned(), detail };
    }
    SetupError::Xero(xero_stopped(stop))
}
