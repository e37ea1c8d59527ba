//! A store with one book and one lane, and facts and intents to put into it.

use base::{
    Currency, Day, Decimal, FactId, Host, Method, Money, Request, Secret, Subject, Timestamp,
};
use facts::order::{Channel, FulfilledBy, Status};
use facts::{Body as FactBody, Fact, Order};
use intents::document::Cover;
use intents::send::Member;
use intents::{
    Because, Body, BookId, Contact, ContactRef, Event, Intent, IntentId, Invoice, InvoiceStatus,
    Kind, Line, Outcome, Payment, Priority, Receipt, Send, SendId,
};
use store::{Attempt, Book, Decision, Lease, Pulled, Settled, Store, Vault};

pub(crate) const NOW: Timestamp = Timestamp(1_700_000_000_000);
pub(crate) const LANE: &str = "xero|org";
pub(crate) const LEASE_MS: i64 = 60_000;

pub(crate) struct Bench {
    pub(crate) store: Store,
    pub(crate) url: String,
    pub(crate) book: BookId,
    pub(crate) lease: Lease,
}

pub(crate) fn vault() -> Vault {
    Vault::new(Secret::new("0123456789abcdef0123456789abcdef"))
}

pub(crate) fn later(seconds: i64) -> Timestamp {
    NOW.after_ms(seconds * Timestamp::SECOND)
}

impl Bench {
    pub(crate) async fn open(url: &str) -> Bench {
        let store = Store::open(url, vault()).await.unwrap();
        let book = BookId::derive(&["org"]);
        let named = Book { id: book.clone(), name: "Org".to_owned(), settings: "{}".to_owned() };
        store.put_book(&named).await.unwrap();
        store.ensure_lane(LANE, &book, NOW).await.unwrap();
        let lease = store.claim_lane(LANE, "node", NOW, LEASE_MS).await.unwrap().unwrap();
        Bench { store, url: url.to_owned(), book, lease }
    }

    pub(crate) async fn pull(&self, facts: &[Fact]) -> u64 {
        let pulled = Pulled { facts: facts.to_vec(), ..Pulled::default() };
        self.store.record(&self.lease, &pulled, NOW).await.unwrap()
    }

    pub(crate) async fn decide(&self, decisions: &[Decision]) {
        self.store.decide(&self.lease, decisions, NOW).await.unwrap();
    }

    pub(crate) async fn due(&self, kind: Kind) -> Vec<IntentId> {
        let due = self.store.due_intents(&self.book, kind, later(1), 50).await.unwrap();
        due.into_iter().map(|decided| decided.intent.id).collect()
    }

    pub(crate) async fn due_subjects(&self) -> Vec<Subject> {
        self.store.due_subjects(&self.book, RULES, later(3600), 50).await.unwrap()
    }

    /// Sends these intents and ends the send with one outcome for each.
    pub(crate) async fn deliver(&self, intents: &[&Intent], outcome: impl Fn(&Intent) -> Outcome) {
        let send = send_of(intents, 1);
        self.store.begin_send(&self.lease, &send, NOW).await.unwrap();
        let settled: Vec<Settled> =
            intents.iter().map(|intent| ended(intent, outcome(intent))).collect();
        self.store.end_send(&self.lease, &send.id, &settled, answered(200)).await.unwrap();
    }

    /// Posts these intents; each one's id is its remote id.
    pub(crate) async fn post(&self, intents: &[&Intent]) {
        self.deliver(intents, |intent| Outcome::Delivered(receipt(intent.id.as_str()))).await;
    }

    pub(crate) async fn state(&self, intent: &Intent) -> intents::State {
        self.store.intents(std::slice::from_ref(&intent.id)).await.unwrap()[0].progress.state
    }
}

pub(crate) const RULES: &str = "rules-1";

pub(crate) fn gbp(minor: i64) -> Money {
    Money::from_minor(minor, Currency::GBP)
}

/// An order as it stood at a second after [`NOW`].
pub(crate) fn order_fact(order_id: &str, second: i64) -> Fact {
    let order = Order {
        order_id: order_id.to_owned(),
        region: "EU".to_owned(),
        seller_id: "A1".to_owned(),
        marketplace_id: "A1F83G8C2ARO7P".to_owned(),
        marketplace_name: "Amazon.co.uk".to_owned(),
        channel: Channel::Amazon,
        created: NOW,
        updated: later(second),
        status: Status::Shipped,
        fulfilled_by: FulfilledBy::Amazon,
        programs: vec!["PRIME".to_owned()],
        associated: Vec::new(),
        grand_total: Some(gbp(1200)),
        charges: Vec::new(),
        items: Vec::new(),
        payment_methods: Vec::new(),
        ship_to: None,
        buyer: None,
    };
    fact_of(order_id, second, FactBody::Order(Box::new(order)))
}

pub(crate) fn fact_of(order_id: &str, second: i64, body: FactBody) -> Fact {
    let text = serde_json::to_string(&body).unwrap();
    Fact {
        id: FactId::derive(&["amazon", order_id, &text]),
        subject: Subject::order(order_id),
        occurred: later(second),
        source: "amazon:EU:orders".to_owned(),
        raw_hash: base::id::content_hash(text.as_bytes()),
        body,
    }
}

pub(crate) fn intent_of(
    book: &BookId,
    subject: Subject,
    part: &str,
    revision: u32,
    body: Body,
) -> Intent {
    Intent {
        id: Intent::id_of(book, &subject, part, revision),
        book: book.clone(),
        subject,
        part: part.to_owned(),
        revision,
        body,
        needs: Vec::new(),
        supersedes: None,
        hold: None,
        because: Because { rule_book: RULES.to_owned(), facts: Vec::new(), traces: Vec::new() },
    }
}

pub(crate) fn contact(book: &BookId) -> Intent {
    let contact =
        Contact { name: "Amazon.co.uk".to_owned(), number: "amazon:A1:UK".to_owned(), email: None };
    intent_of(book, Subject::contact("amazon:A1:UK"), "contact", 1, Body::Contact(contact))
}

pub(crate) fn document(book: &BookId, order_id: &str) -> Invoice {
    let line = Line {
        description: format!("A thing of order {order_id}, blue, in a box"),
        quantity: Decimal::ONE,
        unit_amount: Decimal::new(1200, 2),
        amount: gbp(1200),
        account_id: "11111111-1111-1111-1111-111111111111".to_owned(),
        account_code: "200".to_owned(),
        tax_type: "OUTPUT2".to_owned(),
        tax: gbp(200),
        tax_reason: "standard rate".to_owned(),
        item_code: Some("SKU-1".to_owned()),
        tracking: Vec::new(),
        covers: vec![Cover {
            item_id: "1".to_owned(),
            component: "item".to_owned(),
            amount: gbp(1200),
        }],
    };
    Invoice {
        number: format!("AMZ-{order_id}"),
        contact: ContactRef::Made(contact(book).id),
        date: Day::parse("2023-11-14").unwrap(),
        due_date: Day::parse("2023-11-14").unwrap(),
        currency: Currency::GBP,
        rate: None,
        rate_source: None,
        rate_from: None,
        reference: order_id.to_owned(),
        url: None,
        status: InvoiceStatus::Authorised,
        lines: vec![line],
        total: gbp(1200),
        tax: gbp(200),
    }
}

pub(crate) fn invoice(book: &BookId, order_id: &str, revision: u32) -> Intent {
    let body = Body::Invoice(document(book, order_id));
    let intent = intent_of(book, Subject::order(order_id), "invoice", revision, body);
    Intent { needs: vec![contact(book).id], ..intent }
}

pub(crate) fn edit(book: &BookId, of: &Intent, order_id: &str) -> Intent {
    let invoice = document(book, order_id);
    let body = Body::InvoiceEdit { of: of.id.clone(), invoice };
    let intent = intent_of(book, Subject::order(order_id), "invoice", 2, body);
    Intent { needs: vec![of.id.clone()], supersedes: Some(of.id.clone()), ..intent }
}

pub(crate) fn void(book: &BookId, of: &Intent, supersedes: &Intent, order_id: &str) -> Intent {
    let body = Body::InvoiceVoid { of: of.id.clone(), number: format!("AMZ-{order_id}") };
    let intent = intent_of(book, Subject::order(order_id), "invoice", 3, body);
    Intent { needs: vec![of.id.clone()], supersedes: Some(supersedes.id.clone()), ..intent }
}

pub(crate) fn payment(book: &BookId, order_id: &str, part: &str) -> Intent {
    let invoice = invoice(book, order_id, 1).id;
    let payment = Payment {
        invoice: invoice.clone(),
        invoice_number: format!("AMZ-{order_id}"),
        account_id: "22222222-2222-2222-2222-222222222222".to_owned(),
        account_name: "Amazon clearing".to_owned(),
        date: Day::parse("2023-11-14").unwrap(),
        amount: gbp(1200),
        rate: None,
        reference: order_id.to_owned(),
    };
    let intent = intent_of(book, Subject::order(order_id), part, 1, Body::Payment(payment));
    Intent { needs: vec![invoice], ..intent }
}

/// Contact, invoice and payment of one order, decided from one fact.
pub(crate) fn sale(book: &BookId, order_id: &str) -> Decision {
    Decision {
        saw: vec![order_fact(order_id, 1).id],
        shared: vec![contact(book)],
        intents: vec![invoice(book, order_id, 1), payment(book, order_id, "payment:1:clearing")],
        ..nothing(order_id)
    }
}

/// The decision that there is nothing to do.
pub(crate) fn nothing(order_id: &str) -> Decision {
    Decision {
        subject: Subject::order(order_id),
        priority: Priority::Live,
        saw: Vec::new(),
        rule_hash: RULES.to_owned(),
        shared: Vec::new(),
        intents: Vec::new(),
        withdraw: Vec::new(),
        release: Vec::new(),
        stop: None,
        note: None,
        footed: None,
        wait: false,
    }
}

pub(crate) fn send_of(intents: &[&Intent], generation: u32) -> Send {
    let members: Vec<Member> =
        intents.iter().map(|intent| Member { intent: intent.id.clone(), generation }).collect();
    let names: Vec<String> =
        members.iter().map(|one| format!("{}:{}", one.intent, one.generation)).collect();
    let parts: Vec<&str> = names.iter().map(String::as_str).collect();
    let id = SendId::derive(&parts);
    let request = Request::new(Method::Put, Host::Api, "/Invoices")
        .query("summarizeErrors", "false")
        .header("idempotency-key", id.as_str())
        .json(b"{\"Invoices\":[\"\xc3\xa9\"]}".to_vec());
    Send {
        id,
        kind: intents[0].kind(),
        members,
        request,
        first_sent: None,
        saw_server_error: false,
    }
}

pub(crate) fn receipt(remote_id: &str) -> Receipt {
    Receipt {
        remote_id: remote_id.to_owned(),
        number: Some("AMZ-1".to_owned()),
        status: "AUTHORISED".to_owned(),
        total: Some(gbp(1200)),
        tax: Some(gbp(200)),
    }
}

pub(crate) fn ended(intent: &Intent, outcome: Outcome) -> Settled {
    settled(intent, Event::Ended(outcome))
}

pub(crate) fn settled(intent: &Intent, event: Event) -> Settled {
    Settled { intent: intent.id.clone(), event, receipt: None, detail: String::new() }
}

pub(crate) fn answered(status: u16) -> Attempt {
    Attempt { at: later(1), status: Some(status), saw_server_error: false, detail: String::new() }
}
