//! What people do in Xero behind the client's back: for tests and for seeded defects.

use base::{Currency, Day};

use crate::xero::{Xero, chart};

impl Xero {
    /// A bookkeeper archives the account of that code; false if there is none.
    pub fn archive_account(&self, code: &str) -> bool {
        let mut state = self.lock();
        let now = self.kit.now();
        let mut accounts = state.books.accounts.iter_mut();
        let found = accounts.find(|account| account.code.eq_ignore_ascii_case(code));
        let Some(account) = found else { return false };
        account.archived = true;
        account.updated = now;
        true
    }

    /// The owner keeps money in another currency: the organisation gets it, and a bank account.
    pub fn open_foreign_account(&self, currency: Currency) {
        let now = self.kit.now();
        let mut state = self.lock();
        let books = &mut state.books;
        if !books.currencies.contains(&currency) {
            books.currencies.push(currency);
        }
        let country = books.organisation.edition.country();
        let row = ("092", "Foreign Currency Account", "BANK");
        let account = chart::bank_account(&mut books.ids, country, row, (currency, now));
        books.accounts.push(account);
    }

    /// Nothing may be dated on or before the day, and nothing there may change.
    pub fn set_period_lock(&self, day: Day) {
        self.lock().books.organisation.period_lock = Some(day);
    }

    pub fn set_year_lock(&self, day: Day) {
        self.lock().books.organisation.year_lock = Some(day);
    }

    pub fn clear_locks(&self) {
        let mut state = self.lock();
        state.books.organisation.period_lock = None;
        state.books.organisation.year_lock = None;
    }

    /// The user removes the app from the organisation. Tokens still refresh.
    pub fn disconnect(&self) {
        self.lock().connection.present = false;
    }

    /// The user connects the app again, with the same consent.
    pub fn reconnect(&self) {
        let now = self.kit.now();
        let mut state = self.lock();
        let event = state.connection.event.clone();
        state.connection.renew(&event, now);
    }

    /// The user consents once more: the refresh token that this brings, unless the consent was taken
    /// back. The tokens that are there stay what they are.
    pub fn consent_again(&self) -> Option<String> {
        let now = self.kit.now();
        self.lock().oauth.consent_again(now)
    }

    /// The user's consent is taken back: every token is worthless.
    pub fn revoke(&self) {
        let mut state = self.lock();
        state.oauth.revoke();
        state.connection.present = false;
    }

    /// Every access token has expired; refresh tokens still work.
    pub fn expire_access_tokens(&self) {
        let now = self.kit.now();
        self.lock().oauth.expire_access_tokens(now);
    }

    /// A bookkeeper archives the active contact of that name; false if there is none.
    pub fn archive_contact(&self, name: &str) -> bool {
        let now = self.kit.now();
        let mut state = self.lock();
        let Some(mut contact) = state.books.contacts.by_name(name).cloned() else { return false };
        contact.archived = true;
        contact.updated = now;
        state.books.contacts.put(contact);
        true
    }

    /// A bookkeeper renames the active contact; false if there is none or the new name is taken.
    pub fn rename_contact(&self, name: &str, new_name: &str) -> bool {
        let now = self.kit.now();
        let mut state = self.lock();
        let taken = state.books.contacts.by_name(new_name).is_some();
        let Some(mut contact) = state.books.contacts.by_name(name).cloned() else { return false };
        if taken {
            return false;
        }
        new_name.clone_into(&mut contact.name);
        contact.updated = now;
        state.books.contacts.put(contact);
        true
    }
}
