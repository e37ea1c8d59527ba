//! What the pages of `docs/errors` say, by code.

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

const TITLE: &str = "# `";
const MEANING: &str = "## What it means";
const REMEDY: &str = "## What to do";

/// The page of one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorPage {
    text: &'static str,
}

impl ErrorPage {
    /// None for a code that has no page: another version's, or no code at all.
    pub fn of(code: &str) -> Option<ErrorPage> {
        let found = PAGES.binary_search_by(|(known, _)| (*known).cmp(code)).ok()?;
        PAGES.get(found).map(|(_, text)| ErrorPage { text })
    }

    /// What it is, in a few words.
    pub fn title(self) -> &'static str {
        let first = self.text.strip_prefix(TITLE).unwrap_or(self.text);
        let first = first.lines().next().unwrap_or_default();
        first.split_once("`: ").map_or(first, |(_code, title)| title)
    }

    pub fn meaning(self) -> &'static str {
        let (_, rest) = self.text.split_once(MEANING).unwrap_or_default();
        rest.split_once(REMEDY).map_or(rest, |(meaning, _)| meaning).trim()
    }

    pub fn what_to_do(self) -> &'static str {
        self.text.split_once(REMEDY).map_or("", |(_, remedy)| remedy).trim()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_tells_what_it_is_and_what_to_do() {
        for (code, _) in &PAGES {
            let page = ErrorPage::of(code).unwrap();
            let parts = [page.title(), page.meaning(), page.what_to_do()];
            assert!(parts.iter().all(|part| !part.is_empty()), "{code}: {parts:?}");
            assert!(!page.meaning().contains("##"), "{code}");
        }
        assert_eq!(ErrorPage::of("account_invalid").unwrap().title(), "Xero refused an account");
        assert_eq!(ErrorPage::of("nonsense"), None);
    }
}
