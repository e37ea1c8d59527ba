//! Brings together what a month's end is made of: what Daybook posted, what Xero's trial balance
//! says, what others paid, what settlements settled, what the book began with.

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Day, Money, MoneyError, Subject, Zone};
use facts::finances::PayoutStatus;
use facts::{Chart, Fact};
use intents::Decided;
use mapping::Role;
use mapping::rulebook::Compiled;
use mapping::settlement::Balance;
use mapping::settlement::close::{
    Account, Accrued, Books, Claimed, Direct, Entry, Movement, Opening, Other, Paper, PaperKind,
    Place, Section, Settled, Standing, directs, paid_by_others, sections,
};
use store::{BEGINNING, POSTED, Settlement, SubjectRow};

use super::super::Failure;
use super::super::bridge::gather::{currency, state};
use super::super::bridge::told::{self, transactions};
use super::{MONTH_CODE, accrued, is_over, others, outside};
use crate::book::Lane;
use crate::engine::Engine;
use crate::say;
use crate::stages::settle;
use crate::transport::Caller;

pub(super) use super::super::bridge::gather::unworkable;

/// Subjects that are read at once.
const PAGE: u32 = 500;
/// A claim on an opening balance begins with it.
const OPENING: &str = "opening:";

/// Everything about a month's end, owned.
pub(super) struct Gathered {
    pub(super) date: Day,
    pub(super) zone: Zone,
    pub(super) currency: Currency,
    pub(super) rules: Compiled,
    pub(super) chart: Chart,
    pub(super) facts: Vec<Fact>,
    pub(super) known: Vec<Settlement>,
    /// What was decided of subjects with a document dated in the month.
    pub(super) of_month: Vec<Vec<Decided>>,
    pub(super) notes: Vec<String>,
    /// Xero's ids of everything that Daybook made, in small letters.
    ours: BTreeSet<String>,
    accounts: Vec<Account>,
    movements: Vec<Movement>,
    settlements: Vec<Settled>,
    claims: Vec<Claimed>,
    openings: Vec<Opening>,
    accrued: Vec<Accrued>,
    pub(super) directs: Vec<Direct>,
    others: Vec<Other>,
    receivable: Money,
    payable: Money,
}

/// An invoice or a bill on which something is open, as Daybook knows it.
struct Unpaid {
    remote_id: String,
    kind: PaperKind,
    intent: intents::IntentId,
    subject: Subject,
    number: String,
    date: Day,
    total: Money,
}

impl Gathered {
    pub(super) async fn of(engine: &Engine, date: Day) -> Result<Gathered, Failure> {
        let rules = engine.rules().await?;
        let chart = engine.store.chart(&engine.book).await?;
        let (chart, _) = chart.ok_or_else(|| {
            Failure::new("bridge_not_ready", "Xero's chart has not been read yet: run daybook run")
        })?;
        let zone = Zone::named(&chart.organisation.time_zone)
            .map_err(|error| Failure::new("unknown_time_zone", error.to_string()))?;
        if !is_over(date, &zone, engine.clock.now()) {
            let detail = format!("the month ends on {date}, and is not over yet");
            return Err(Failure::new(MONTH_CODE, detail));
        }
        let begins = rules.book().settings.cutover;
        if let Some(begins) = begins.filter(|begins| date < begins.after_days(-1)) {
            let detail = format!("the book begins on {begins}: the month is in the books before");
            return Err(Failure::new(MONTH_CODE, detail));
        }
        let currency = currency(engine, &chart).await?;
        let none = Money::zero(currency);
        let mut gathered = Gathered {
            date,
            zone,
            currency,
            rules,
            chart,
            facts: told::facts(engine).await?,
            known: engine.store.settlements(&engine.book).await?,
            of_month: Vec::new(),
            notes: Vec::new(),
            ours: BTreeSet::new(),
            accounts: Vec::new(),
            movements: Vec::new(),
            settlements: Vec::new(),
            claims: Vec::new(),
            openings: Vec::new(),
            accrued: Vec::new(),
            directs: Vec::new(),
            others: Vec::new(),
            receivable: none,
            payable: none,
        };
        let xero = engine.xero_caller(&engine.settings.xero, &state(engine, &Lane::Xero).await?);
        gathered.fill(engine, &xero).await?;
        Ok(gathered)
    }

    async fn fill(&mut self, engine: &Engine, xero: &Caller) -> Result<(), Failure> {
        self.balances(engine, xero).await?;
        self.read_subjects(engine, xero).await?;
        self.settled(engine).await?;
        self.directs = directs(&transactions(&self.facts), &self.settlements, &self.zone);
        let lines = outside::coded(self, engine, xero).await?;
        self.movements.extend(lines);
        match outside::openings(self, engine).await {
            Ok(openings) => self.openings = openings,
            Err(failure) => {
                let words = "The opening balances could not be taken apart";
                self.notes.push(format!("{words}: {} ({})", failure.detail, failure.code));
            }
        }
        let is_apart = |section: &Section| {
            matches!(section.name.as_str(), "receivable" | "payable") && !section.is_well
        };
        if self.sections().map_err(unworkable)?.iter().any(is_apart) {
            let tenant = &engine.settings.xero.tenant_id;
            let of = (self.date, self.currency);
            self.others = others::open(xero, tenant, of, &self.ours).await?;
        }
        Ok(())
    }

    pub(super) fn sections(&self) -> Result<Vec<Section>, MoneyError> {
        sections(&Books {
            date: self.date,
            zone: &self.zone,
            currency: self.currency,
            accounts: &self.accounts,
            movements: &self.movements,
            settlements: &self.settlements,
            claims: &self.claims,
            openings: &self.openings,
            accrued: &self.accrued,
            directs: &self.directs,
            others: &self.others,
            receivable: self.receivable,
            payable: self.payable,
        })
    }

    /// The invoices, bills and credit notes that are dated in the month.
    pub(super) fn papers(&self) -> Vec<Paper<'_>> {
        let all = self.of_month.iter().flat_map(|decided| Standing::of(decided).papers());
        all.filter(|paper| self.is_in_month(paper.date)).collect()
    }

    /// What settlements put on no paper, dated in the month.
    pub(super) fn entries(&self) -> Result<Vec<Entry<'_>>, MoneyError> {
        let mut all = Vec::new();
        for decided in &self.of_month {
            all.extend(Standing::of(decided).entries()?);
        }
        all.retain(|entry| self.is_in_month(entry.date));
        Ok(all)
    }

    fn is_in_month(&self, day: Day) -> bool {
        day.month_start() == self.date.month_start()
    }

    async fn balances(&mut self, engine: &Engine, xero: &Caller) -> Result<(), Failure> {
        let tenant = &engine.settings.xero.tenant_id;
        let found = xero::pull_trial_balance(xero, tenant, self.date, self.currency).await;
        let found = found.map_err(unread)?;
        let none = Money::zero(self.currency);
        let balance = |id: &str| {
            let row = found.iter().find(|row| row.account_id.eq_ignore_ascii_case(id));
            row.map_or(none, |row| row.balance)
        };
        for (role, id) in &self.rules.book().accounts {
            let account = self.chart.account_by_id(id);
            self.accounts.push(Account {
                role: *role,
                account_id: id.clone(),
                code: account.and_then(|account| account.code.clone()).unwrap_or_default(),
                name: account.map_or_else(|| id.clone(), |account| account.name.clone()),
                balance: balance(id),
            });
        }
        let of_system = |name: &str| {
            let mut accounts = self.chart.accounts.iter();
            let account = accounts.find(|account| account.system.as_deref() == Some(name));
            account.map_or(none, |account| balance(&account.account_id))
        };
        (self.receivable, self.payable) = (of_system("DEBTORS"), of_system("CREDITORS"));
        Ok(())
    }

    pub(super) fn account(&self, role: Role) -> Option<&str> {
        self.rules.book().accounts.get(&role).map(String::as_str)
    }

    async fn read_subjects(&mut self, engine: &Engine, xero: &Caller) -> Result<(), Failure> {
        let (mut after, mut unpaid, mut periods) = (None, Vec::new(), Vec::new());
        loop {
            let page = engine.store.subjects_page(&engine.book, after.as_ref(), PAGE).await?;
            let Some(last) = page.last().cloned() else { break };
            for row in engine.store.subjects(&engine.book, &page).await? {
                let known = row.decided.iter().filter_map(|one| one.receipt.as_ref());
                self.ours.extend(known.map(|receipt| receipt.remote_id.to_lowercase()));
                unpaid.extend(self.take(&row).map_err(unworkable)?);
                self.keep(row, &mut periods).map_err(unworkable)?;
            }
            after = Some(last);
        }
        self.one_currency()?;
        self.accrued = accrued::accrued(self, &periods, &self.movements).map_err(unworkable)?;
        self.paid(engine, xero, &unpaid).await
    }

    /// What a subject's documents moved; answers those on which something is open.
    fn take(&mut self, row: &SubjectRow) -> Result<Vec<Unpaid>, MoneyError> {
        let standing = Standing::of(&row.decided);
        let movements = standing.movements()?;
        let mut open: BTreeMap<&str, i64> = BTreeMap::new();
        let of_papers = movements.iter().filter(|one| {
            matches!(one.place, Place::Receivable | Place::Payable) && one.day <= self.date
        });
        for moved in of_papers {
            *open.entry(&moved.number).or_default() += moved.amount.minor();
        }
        let papers = standing.papers().into_iter().filter(|paper| {
            let is_document = matches!(paper.kind, PaperKind::Invoice | PaperKind::Bill);
            is_document && open.get(paper.number).is_some_and(|minor| *minor != 0)
        });
        let unpaid = papers.filter_map(|paper| {
            Some(Unpaid {
                remote_id: paper.remote_id?.to_owned(),
                kind: paper.kind,
                intent: paper.id.clone(),
                subject: paper.subject.clone(),
                number: paper.number.to_owned(),
                date: paper.date,
                total: paper.total,
            })
        });
        let unpaid = unpaid.collect();
        self.movements.extend(movements);
        Ok(unpaid)
    }

    fn keep(&mut self, row: SubjectRow, periods: &mut Vec<Vec<Decided>>) -> Result<(), MoneyError> {
        let standing = Standing::of(&row.decided);
        let is_of_month = standing.papers().iter().any(|paper| self.is_in_month(paper.date))
            || standing.entries()?.iter().any(|entry| self.is_in_month(entry.date));
        if row.subject.of_period().is_some() {
            periods.push(row.decided.clone());
        }
        if is_of_month {
            self.of_month.push(row.decided);
        }
        Ok(())
    }

    /// Lists of documents in several currencies add up to nothing.
    fn one_currency(&self) -> Result<(), Failure> {
        let other = self.movements.iter().find(|one| one.amount.currency() != self.currency);
        let Some(other) = other else { return Ok(()) };
        let detail = format!("{} is in {}", other.number, other.amount.currency());
        Err(Failure::new("bridge_currency", detail))
    }

    /// Payments that Daybook did not make, on documents that are open otherwise.
    async fn paid(
        &mut self,
        engine: &Engine,
        xero: &Caller,
        unpaid: &[Unpaid],
    ) -> Result<(), Failure> {
        let ids: Vec<String> = unpaid.iter().map(|one| one.remote_id.clone()).collect();
        let paid = xero::pull_paid(xero, &engine.settings.xero.tenant_id, &ids).await;
        let paid = paid.map_err(unread)?;
        let mut moved = Vec::new();
        for one in paid.iter().filter(|one| !self.ours.contains(&one.id.to_lowercase())) {
            let is_of = |open: &&Unpaid| open.remote_id.eq_ignore_ascii_case(&one.invoice_id);
            let Some(open) = unpaid.iter().find(is_of) else { continue };
            let amount = Money::exact(one.amount, self.currency).map_err(unworkable)?;
            let of_it = paid_by_others(&open.paper(), (&one.account_id, one.date), amount);
            moved.extend(of_it.map_err(unworkable)?);
        }
        self.movements.extend(moved);
        Ok(())
    }

    async fn settled(&mut self, engine: &Engine) -> Result<(), Failure> {
        for one in &self.known {
            let settlement_id = one.settlement_id.clone();
            let subject = Subject::settlement(&settlement_id);
            let row = engine.store.subject(&engine.book, &subject).await?;
            for claim in engine.store.claims_of(&engine.book, &settlement_id).await? {
                let balance = claim.component.strip_prefix(OPENING);
                if claim.component == POSTED || claim.settlement_id == BEGINNING {
                    continue;
                }
                self.claims.push(Claimed {
                    settlement_id: settlement_id.clone(),
                    order_id: claim.order_id,
                    opening: balance.and_then(balance_of),
                    amount: claim.amount,
                });
            }
            self.settlements.push(Settled {
                settlement_id,
                series: one.series.clone(),
                starts: one.starts,
                ends: one.ends,
                total: one.total,
                is_returned: is_returned(&row.facts),
            });
        }
        Ok(())
    }
}

impl Unpaid {
    fn paper(&self) -> Paper<'_> {
        Paper {
            kind: self.kind,
            id: &self.intent,
            remote_id: Some(&self.remote_id),
            subject: &self.subject,
            number: &self.number,
            date: self.date,
            lines: &[],
            total: self.total,
        }
    }
}

/// The bank sent the payout back, by Amazon's newest word.
fn is_returned(facts: &[Fact]) -> bool {
    let payout = settle::told(facts).and_then(|told| told.payout);
    payout.is_some_and(|payout| {
        matches!(payout.status, PayoutStatus::Failed | PayoutStatus::Cancelled)
    })
}

fn balance_of(name: &str) -> Option<Balance> {
    Balance::ALL.into_iter().find(|balance| balance.as_str() == name)
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed over by map_err")]
pub(super) fn unread(error: xero::PullStop) -> Failure {
    Failure::new("bridge_xero_unread", say(&error))
}
