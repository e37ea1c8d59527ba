//! `/TrackingCategories` and their options
//! (<https://developer.xero.com/documentation/api/accounting/trackingcategories>).

use base::Timestamp;

use super::ask::Ask;
use super::batch::Refusal;
use super::books::Books;
use super::fields;
use super::filter::{self, Fields, Value};
use super::json::Object;
use super::reply::Reply;

/// Two active categories at a time.
const ACTIVE_MAX: usize = 2;
const NAME_MAX: usize = 100;

#[derive(Debug, Clone)]
pub(crate) struct Category {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) archived: bool,
    pub(crate) options: Vec<TrackingOption>,
}

#[derive(Debug, Clone)]
pub(crate) struct TrackingOption {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl TrackingOption {
    fn render(&self) -> Object {
        Object::new()
            .with_text("TrackingOptionID", &self.id)
            .with_text("Name", &self.name)
            .with_text("Status", "ACTIVE")
            .with_bool("HasValidationErrors", false)
            .with_bool("IsDeleted", false)
            .with_bool("IsArchived", false)
            .with_bool("IsActive", true)
    }
}

impl Category {
    fn status(&self) -> &'static str {
        if self.archived { "ARCHIVED" } else { "ACTIVE" }
    }

    fn render(&self) -> Object {
        Object::new()
            .with_text("Name", &self.name)
            .with_text("Status", self.status())
            .with_text("TrackingCategoryID", &self.id)
            .with_list("Options", self.options.iter().map(TrackingOption::render).collect())
    }
}

impl Fields for Category {
    fn field(&self, path: &str) -> Option<Value> {
        Some(match path {
            "name" => Value::text(&self.name),
            "status" => Value::text(self.status()),
            "trackingcategoryid" => Value::text(&self.id),
            _ => return None,
        })
    }
}

pub(crate) fn list(books: &Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["where", "order", "includeArchived"]);
    let archived = ask.flag("includeArchived");
    let shown = books.tracking.iter().filter(|category| archived || !category.archived);
    let found = filter::select(shown.collect(), ask, |_| Timestamp(0))?;
    let objects = found.into_iter().map(Category::render).collect();
    Ok(books.reply(ask, Object::new().with_list("TrackingCategories", objects)))
}

pub(crate) fn one(books: &Books, ask: &Ask<'_>, id: &str) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let found = books.tracking.iter().find(|category| category.id.eq_ignore_ascii_case(id));
    let object = found.ok_or_else(Reply::not_found)?.render();
    Ok(books.reply(ask, Object::new().with_list("TrackingCategories", vec![object])))
}

pub(crate) fn create(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let element = ask.element("TrackingCategories")?;
    fields::TRACKING_CATEGORY.walk(ask, &element);
    let name = element.text("Name").unwrap_or_default().trim().to_owned();
    let mut errors = Refusal::default();
    check_name(&name, &mut errors);
    let used = books.tracking.iter().any(|other| other.name.eq_ignore_ascii_case(&name));
    errors.check(!used, "A tracking category with the same name already exists");
    let active = books.tracking.iter().filter(|category| !category.archived).count();
    errors
        .check(active < ACTIVE_MAX, "You have reached the maximum of 2 active tracking categories");
    errors.none().map_err(|refusal| refused(&element, &refusal, "TrackingCategoryID"))?;
    let category = Category { id: books.new_id(), name, archived: false, options: Vec::new() };
    let object = category.render();
    books.tracking.push(category);
    Ok(books.reply(ask, Object::new().with_list("TrackingCategories", vec![object])))
}

/// `PUT /TrackingCategories/{id}/Options` adds one option or several.
pub(crate) fn add_options(books: &mut Books, ask: &Ask<'_>, id: &str) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let elements = ask.elements("Options")?;
    let index = books.tracking.iter().position(|category| category.id.eq_ignore_ascii_case(id));
    let index = index.ok_or_else(Reply::not_found)?;
    let mut added: Vec<TrackingOption> = Vec::new();
    for element in &elements {
        fields::TRACKING_OPTION.walk(ask, element);
        let name = element.text("Name").unwrap_or_default().trim().to_owned();
        let mut errors = Refusal::default();
        check_name(&name, &mut errors);
        let category = books.tracking.get(index).ok_or_else(Reply::not_found)?;
        let mut others = category.options.iter().chain(&added);
        let used = others.any(|other| other.name.eq_ignore_ascii_case(&name));
        errors.check(!used, "A tracking option with the same name already exists");
        errors.none().map_err(|refusal| refused(element, &refusal, "TrackingOptionID"))?;
        added.push(TrackingOption { id: books.new_id(), name });
    }
    let objects = added.iter().map(TrackingOption::render).collect();
    if let Some(category) = books.tracking.get_mut(index) {
        category.options.extend(added);
    }
    Ok(books.reply(ask, Object::new().with_list("Options", objects)))
}

fn check_name(name: &str, errors: &mut Refusal) {
    errors.check(!name.is_empty(), "Please enter a unique Name.");
    errors.check(name.chars().count() <= NAME_MAX, "The Name must be 100 characters or fewer.");
}

fn refused(element: &Object, refusal: &Refusal, id: &'static str) -> Reply {
    Reply::invalid(vec![refusal.echo(element, id)])
}
