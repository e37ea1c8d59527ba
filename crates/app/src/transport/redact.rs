//! Takes secrets and personal data out of what is kept of an exchange. Pure; it reads the text as it
//! stands, number by number and word by word, so that a body that was cut, or that is broken in the
//! middle, is still clean up to there.
//!
//! Both vendors' JSON is known by its keys. What stood under a personal key is also taken out
//! wherever else it stands: Xero repeats a contact's name in its complaints.

use std::collections::BTreeSet;

/// What stands in the place of a value.
const TAKEN: &str = "(taken out)";

/// Keys of personal data and of secrets, without case and punctuation.
const ALWAYS: [&str; 63] = [
    "accesstoken",
    "accountholder",
    "address",
    "address1",
    "address2",
    "address3",
    "addresses",
    "addressline1",
    "addressline2",
    "addressline3",
    "addressline4",
    "addresslines",
    "attentionto",
    "authorization",
    "bankaccountdetails",
    "billingaddress",
    "buyer",
    "buyeremail",
    "buyerinfo",
    "buyername",
    "buyertaxinfo",
    "city",
    "clientsecret",
    "companyname",
    "contactname",
    "contactnumber",
    "contactpersons",
    "cookie",
    "county",
    "customfields",
    "deliveryaddress",
    "deliveryinstructions",
    "deliverypreference",
    "district",
    "email",
    "emailaddress",
    "emails",
    "faxnumber",
    "firstname",
    "fullname",
    "giftmessage",
    "giftmessagetext",
    "idtoken",
    "lastname",
    "mobile",
    "municipality",
    "password",
    "phone",
    "phonenumber",
    "phonenumbers",
    "phones",
    "postalcode",
    "postcode",
    "purchaseordernumber",
    "recipient",
    "recipientname",
    "refreshtoken",
    "restricteddatatoken",
    "shippingaddress",
    "shipto",
    "skypeusername",
    "telephone",
    "zipcode",
];

/// Below these a name is someone's; elsewhere it is that of an account, a tax rate or a product.
const PEOPLE: [&str; 4] = ["contact", "contacts", "user", "users"];

/// A value shorter than this is not looked for elsewhere: it would stand in half the words, or
/// numbers.
const WORD_MIN: usize = 3;
const NUMBER_MIN: usize = 7;

/// Bodies of one exchange, cleaned together.
pub fn clean<const N: usize>(texts: [&str; N]) -> [String; N] {
    let mut taken = BTreeSet::new();
    let cleaned = texts.map(|text| Reader::new(text, &mut taken).run());
    let mut taken: Vec<String> = taken.into_iter().collect();
    // The longer first: a name may hold another.
    taken.sort_by_key(|value| std::cmp::Reverse(value.len()));
    cleaned.map(|text| without_echoes(text, &taken))
}

/// One text, such as the target of a request.
pub fn clean_line(text: &str) -> String {
    without_addresses(text)
}

fn without_echoes(mut text: String, taken: &[String]) -> String {
    for value in taken {
        if text.contains(value.as_str()) {
            text = text.replace(value.as_str(), TAKEN);
        }
    }
    text
}

/// Whatever looks like an e-mail address.
fn without_addresses(text: &str) -> String {
    let is_of_one = |c: char| c.is_alphanumeric() || "._%+-@".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().chain(std::iter::once('\0')) {
        if c != '\0' && is_of_one(c) {
            word.push(c);
            continue;
        }
        let at = word.split_once('@');
        let is_address = at.is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
        out.push_str(if is_address { TAKEN } else { &word });
        word.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

fn plain(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// An object or a list that is open.
struct Level {
    is_object: bool,
    /// Whether names below are people's.
    is_person: bool,
    key: Option<String>,
}

/// Copies JSON from its characters, leaving out what is not to be kept.
struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    out: String,
    levels: Vec<Level>,
    taken: &'a mut BTreeSet<String>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, taken: &'a mut BTreeSet<String>) -> Reader<'a> {
        let rest = text.chars().peekable();
        Reader { rest, out: String::with_capacity(text.len()), levels: Vec::new(), taken }
    }

    /// Stops where the text is no JSON any more: nothing behind that could be told apart.
    fn run(mut self) -> String {
        while self.step().is_some() {}
        self.out
    }

    fn step(&mut self) -> Option<()> {
        let next = *self.rest.peek()?;
        match next {
            '"' => return self.text(),
            '{' | '[' => return self.open(next),
            '}' | ']' => drop(self.levels.pop()?),
            ',' => {
                if let Some(level) = self.levels.last_mut() {
                    level.key = None;
                }
            }
            ':' => {}
            c if c.is_whitespace() => {}
            c if is_of_a_word(c) => {
                self.word();
                return Some(());
            }
            _ => return None,
        }
        self.copy(next);
        Some(())
    }

    fn copy(&mut self, c: char) {
        self.rest.next();
        self.out.push(c);
    }

    /// A key, or a value that is a text.
    fn text(&mut self) -> Option<()> {
        let raw = self.quoted()?;
        let value = unescaped(&raw);
        let is_key = self.levels.last().is_some_and(|one| one.is_object && one.key.is_none());
        if is_key {
            if let Some(level) = self.levels.last_mut() {
                level.key = Some(plain(&value));
            }
            self.out.push_str(&raw);
            return Some(());
        }
        if self.is_hidden() {
            self.take(&value);
        } else {
            self.out.push_str(&without_addresses(&raw));
        }
        Some(())
    }

    fn word(&mut self) {
        let mut word = String::new();
        while let Some(c) = self.rest.next_if(|c| is_of_a_word(*c)) {
            word.push(c);
        }
        if self.is_hidden() && word != "null" {
            self.take(&word);
        } else {
            self.out.push_str(&word);
        }
    }

    fn take(&mut self, value: &str) {
        self.remember(value);
        self.out.push('"');
        self.out.push_str(TAKEN);
        self.out.push('"');
    }

    /// What tells of someone is looked for elsewhere; `true` and `12` tell of nobody.
    fn remember(&mut self, value: &str) {
        let length = value.chars().count();
        let has_letters = value.chars().any(char::is_alphabetic);
        let is_telling = (has_letters && length >= WORD_MIN) || length >= NUMBER_MIN;
        if is_telling && !["true", "false", "null"].contains(&value) {
            self.taken.insert(value.to_owned());
        }
    }

    fn open(&mut self, bracket: char) -> Option<()> {
        if self.is_hidden() {
            return self.skip();
        }
        let above = self.levels.last();
        let key = above.and_then(|level| level.key.as_deref()).unwrap_or("");
        // A list of people is people; an object inside one is something of its own.
        let is_list_of_people = above.is_some_and(|level| level.is_person && !level.is_object);
        let is_person = PEOPLE.contains(&key) || is_list_of_people;
        self.levels.push(Level { is_object: bracket == '{', is_person, key: None });
        self.copy(bracket);
        Some(())
    }

    /// Takes out a whole object or list, every text in it remembered.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            let next = *self.rest.peek()?;
            match next {
                '"' => {
                    let raw = self.quoted()?;
                    // What follows a colon is a value; keys need not be remembered.
                    self.blank();
                    let is_key = self.rest.peek() == Some(&':');
                    if !is_key {
                        self.remember(&unescaped(&raw));
                    }
                    continue;
                }
                '{' | '[' => depth = depth.saturating_add(1),
                '}' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.rest.next();
            if depth == 0 {
                break;
            }
        }
        self.out.push('"');
        self.out.push_str(TAKEN);
        self.out.push('"');
        Some(())
    }

    fn blank(&mut self) {
        while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
    }

    /// True where the value that comes is not to be kept.
    fn is_hidden(&self) -> bool {
        let Some(level) = self.levels.last() else { return false };
        let key = match &level.key {
            Some(key) => key.as_str(),
            None => return false,
        };
        ALWAYS.contains(&key) || (level.is_person && key == "name")
    }

    /// A text with its quotes, as it stands; none when it is cut.
    fn quoted(&mut self) -> Option<String> {
        let mut raw = String::new();
        raw.push(self.rest.next()?);
        loop {
            let c = self.rest.next()?;
            raw.push(c);
            match c {
                '\\' => raw.push(self.rest.next()?),
                '"' => return Some(raw),
                _ => {}
            }
        }
    }
}

fn is_of_a_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+-.".contains(c)
}

/// The text that a JSON text stands for.
fn unescaped(raw: &str) -> String {
    serde_json::from_str(raw).unwrap_or_else(|_broken| raw.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests;
