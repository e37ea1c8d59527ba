//! `/Items`, untracked ones only
//! (<https://developer.xero.com/documentation/api/accounting/items>).

use std::collections::BTreeMap;

use base::{Decimal, Timestamp};

use super::ask::Ask;
use super::batch::{self, Kind, Refusal, Saved};
use super::books::Books;
use super::dates;
use super::fields;
use super::filter::{self, Fields, Value};
use super::json::{Json, Object};
use super::reply::Reply;

const CODE_MAX: usize = 30;
const NAME_MAX: usize = 50;
const DESCRIPTION_MAX: usize = 4000;

const KIND: Kind = Kind { collection: "Items", id: "ItemID", flag: "HasErrors", elements_max: 500 };

#[derive(Debug, Clone)]
pub(crate) struct Item {
    id: String,
    pub(crate) code: String,
    name: String,
    pub(crate) description: String,
    purchase_description: String,
    is_sold: bool,
    is_purchased: bool,
    pub(crate) sale: Side,
    pub(crate) purchase: Side,
    updated: Timestamp,
    sequence: u64,
}

/// What selling or buying the item looks like, as far as it was said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Side {
    pub(crate) price: Option<Decimal>,
    pub(crate) account: Option<String>,
    tax_type: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Items {
    by_code: BTreeMap<String, Item>,
}

impl Items {
    pub(crate) fn count(&self) -> usize {
        self.by_code.len()
    }

    pub(crate) fn by_code(&self, code: &str) -> Option<&Item> {
        self.by_code.get(&code.to_lowercase())
    }

    fn by_id(&self, id: &str) -> Option<&Item> {
        self.by_code.values().find(|item| item.id.eq_ignore_ascii_case(id))
    }
}

impl Side {
    fn render(&self, decimals: u32) -> Json {
        let mut object = Object::new();
        if let Some(price) = self.price {
            object = object.with_scaled("UnitPrice", price, decimals);
        }
        object = object
            .with_some("AccountCode", self.account.as_deref())
            .with_some("TaxType", self.tax_type.as_deref());
        Json::Object(object)
    }
}

impl Item {
    fn render(&self, decimals: u32) -> Object {
        Object::new()
            .with_text("ItemID", &self.id)
            .with_text("Code", &self.code)
            .with_some("Name", Some(&self.name))
            .with_some("Description", Some(&self.description))
            .with_some("PurchaseDescription", Some(&self.purchase_description))
            .with("SalesDetails", self.sale.render(decimals))
            .with("PurchaseDetails", self.purchase.render(decimals))
            .with_bool("IsTrackedAsInventory", false)
            .with_bool("IsSold", self.is_sold)
            .with_bool("IsPurchased", self.is_purchased)
            .with_text("UpdatedDateUTC", dates::moment(self.updated))
    }
}

impl Fields for Item {
    fn field(&self, path: &str) -> Option<Value> {
        Some(match path {
            "itemid" => Value::text(&self.id),
            "code" => Value::text(&self.code),
            "name" => Value::text(&self.name),
            "issold" => Value::Bool(self.is_sold),
            "ispurchased" => Value::Bool(self.is_purchased),
            "updateddateutc" => Value::Moment(self.updated),
            _ => return None,
        })
    }
}

pub(crate) fn list(books: &Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["where", "order", "unitdp"]);
    let mut items: Vec<&Item> = books.items.by_code.values().collect();
    items.sort_by_key(|item| item.sequence);
    let found = filter::select(items, ask, |item| item.updated)?;
    let objects = found.into_iter().map(|item| item.render(ask.unit_decimals())).collect();
    Ok(books.reply(ask, Object::new().with_list("Items", objects)))
}

/// `GET /Items/{ItemID or Code}`.
pub(crate) fn one(books: &Books, ask: &Ask<'_>, key: &str) -> Result<Reply, Reply> {
    ask.knows(&["unitdp"]);
    let found = books.items.by_code(key).or_else(|| books.items.by_id(key));
    let object = found.ok_or_else(Reply::not_found)?.render(ask.unit_decimals());
    Ok(books.reply(ask, Object::new().with_list("Items", vec![object])))
}

pub(crate) fn put(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["summarizeErrors", "unitdp"]);
    batch::run(books, ask, &KIND, &mut |books, element| create(books, ask, element))
}

/// `POST /Items`: updates the item of that id or code, else creates it.
pub(crate) fn post(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["summarizeErrors", "unitdp"]);
    batch::run(books, ask, &KIND, &mut |books, element| {
        let by_id = element.text("ItemID").and_then(|id| books.items.by_id(id));
        let by_code = element.text("Code").and_then(|code| books.items.by_code(code));
        match by_id.or(by_code).cloned() {
            Some(item) => save(books, ask, item, element),
            None => create(books, ask, element),
        }
    })
}

/// `POST /Items/{ItemID}`.
pub(crate) fn post_one(books: &mut Books, ask: &Ask<'_>, id: &str) -> Result<Reply, Reply> {
    ask.knows(&["unitdp"]);
    let element = ask.element("Items")?;
    let item = books.items.by_id(id).cloned().ok_or_else(Reply::not_found)?;
    let result = save(books, ask, item, &element);
    batch::alone(books, ask, (&KIND, &element), result)
}

fn create(books: &mut Books, ask: &Ask<'_>, element: &Object) -> Result<Saved, Refusal> {
    if let Some(code) = element.text("Code").filter(|code| books.items.by_code(code).is_some()) {
        return Err(Refusal::of(&format!("Price List Item with Code '{code}' already exists")));
    }
    let item = Item {
        id: books.new_id(),
        code: String::new(),
        name: String::new(),
        description: String::new(),
        purchase_description: String::new(),
        is_sold: true,
        is_purchased: true,
        sale: Side::default(),
        purchase: Side::default(),
        updated: ask.now,
        sequence: books.next_sequence(),
    };
    save(books, ask, item, element)
}

fn save(
    books: &mut Books,
    ask: &Ask<'_>,
    mut item: Item,
    element: &Object,
) -> Result<Saved, Refusal> {
    fields::ITEM.walk(ask, element);
    let mut errors = Refusal::default();
    let old_code = item.code.to_lowercase();
    let set = |slot: &mut String, name: &str| {
        if let Some(text) = element.text(name) {
            text.trim().clone_into(slot);
        }
    };
    set(&mut item.code, "Code");
    set(&mut item.name, "Name");
    set(&mut item.description, "Description");
    set(&mut item.purchase_description, "PurchaseDescription");
    item.is_sold = element.bool("IsSold").unwrap_or(item.is_sold);
    item.is_purchased = element.bool("IsPurchased").unwrap_or(item.is_purchased);
    check_texts(books, &item, &old_code, &mut errors);
    errors.check(
        element.get("InventoryAssetAccountCode").is_none(),
        "Inventory tracking is not available on this organisation",
    );
    read_side(books, ask, (element, "SalesDetails"), &mut item.sale, &mut errors);
    read_side(books, ask, (element, "PurchaseDetails"), &mut item.purchase, &mut errors);
    errors.none()?;
    if !item.is_sold {
        item.sale = Side::default();
    }
    if !item.is_purchased {
        item.purchase = Side::default();
    }
    item.updated = ask.now;
    let object = item.render(ask.unit_decimals());
    books.items.by_code.remove(&old_code);
    books.items.by_code.insert(item.code.to_lowercase(), item);
    Ok(Saved::plain(object))
}

fn check_texts(books: &Books, item: &Item, old_code: &str, errors: &mut Refusal) {
    let length = item.code.chars().count();
    errors.check(length > 0, "Code must be specified");
    errors.check(length <= CODE_MAX, "Code must not be more than 30 characters long.");
    errors.check(
        item.name.chars().count() <= NAME_MAX,
        "Name must not be more than 50 characters long.",
    );
    let descriptions = [&item.description, &item.purchase_description];
    let short = descriptions.iter().all(|text| text.chars().count() <= DESCRIPTION_MAX);
    errors.check(short, "Description must not be more than 4000 characters long.");
    let moved = item.code.to_lowercase() != old_code;
    if moved && books.items.by_code(&item.code).is_some() {
        errors.say(&format!("Price List Item with Code '{}' already exists", item.code));
    }
}

fn read_side(
    books: &Books,
    ask: &Ask<'_>,
    (element, name): (&Object, &str),
    side: &mut Side,
    errors: &mut Refusal,
) {
    let Some(details) = element.object(name) else { return };
    if let Some(price) = errors.take(details.decimal("UnitPrice")) {
        side.price = Some(price.round_dp(ask.unit_decimals()));
    }
    if let Some(code) = details.text("AccountCode") {
        let account = books.account_by_code(code);
        let valid = account.is_some_and(|account| account.takes_lines() && !account.archived);
        errors
            .check(valid, &format!("Account code '{code}' is not a valid code for this document."));
        side.account = Some(code.to_owned());
    }
    if let Some(tax_type) = details.text("TaxType") {
        errors.check(books.tax_rate(tax_type).is_some(), "Tax rate must be valid.");
        side.tax_type = Some(tax_type.to_owned());
    }
}
