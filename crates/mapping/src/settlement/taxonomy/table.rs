//! The known words, as a table to look them up in.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as WordError, StrDeserializer};

use crate::settlement::taxonomy::twin::{loose, strict, without_gst, without_product};
use crate::settlement::words::{Category, LineKind, Nature};

const WORDS: &str = include_str!("words.tsv");

/// One combination of words. Amazon's own spelling, as the table has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) words: [String; 3],
    pub(super) nature: Nature,
}

#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) known: Vec<Known>,
    /// By words that differ in nothing but case and the number of spaces.
    strict: BTreeMap<[String; 3], Nature>,
    /// By letters and digits alone.
    loose: BTreeMap<[String; 3], Nature>,
    /// With a `*` somewhere, in the order of the file.
    patterns: Vec<([Cell; 3], Nature)>,
    /// Lines that could not be read, for the test that there are none.
    pub(super) unread: Vec<String>,
}

/// One cell of a line with a `*`, in letters and digits alone.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    Whole(String),
    Begins(String),
}

impl Table {
    pub(super) fn built_in() -> &'static Table {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| Table::read(WORDS))
    }

    pub(super) fn read(text: &str) -> Table {
        let mut table = Table::default();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match read_line(line) {
                Some((cells, nature)) => table.add_all(&cells, nature),
                None => table.unread.push(line.to_owned()),
            }
        }
        table
    }

    pub(super) fn nature(&self, words: [&str; 3]) -> Option<Nature> {
        let words = words.map(strict);
        self.plain(&words).or_else(|| self.of_product(&words)).or_else(|| self.tax_of_fee(&words))
    }

    /// The nature of a fee that names its product at the end of the amount type.
    fn of_product(&self, words: &[String; 3]) -> Option<Nature> {
        let [transaction_type, amount_type, description] = words;
        let fee = without_product(amount_type)?.to_owned();
        self.plain(&[transaction_type.clone(), fee, description.clone()])
    }

    /// The nature of the fee whose GST this is. Only fees have GST rows of their own.
    fn tax_of_fee(&self, words: &[String; 3]) -> Option<Nature> {
        let [transaction_type, amount_type, description] = words;
        let fee = without_gst(description)?.to_owned();
        let nature = self.plain(&[transaction_type.clone(), amount_type.clone(), fee])?;
        matches!(nature.category, Category::AmazonFee | Category::FbaFee | Category::Advertising)
            .then_some(nature)
    }

    fn plain(&self, strict: &[String; 3]) -> Option<Nature> {
        if let Some(nature) = self.strict.get(strict) {
            return Some(*nature);
        }
        let loose = strict.each_ref().map(|text| loose(text));
        self.loose.get(&loose).copied().or_else(|| {
            let fits =
                |cells: &[Cell; 3]| cells.iter().zip(&loose).all(|(cell, text)| cell.fits(text));
            self.patterns.iter().find(|(cells, _)| fits(cells)).map(|(_, nature)| *nature)
        })
    }

    fn add_all(&mut self, cells: &[Vec<&str>; 3], nature: Nature) {
        let [transaction_types, amount_types, descriptions] = cells;
        for transaction_type in transaction_types {
            for amount_type in amount_types {
                for description in descriptions {
                    self.add([transaction_type, amount_type, description], nature);
                }
            }
        }
    }

    fn add(&mut self, words: [&str; 3], nature: Nature) {
        self.known.push(Known { words: words.map(str::to_owned), nature });
        if words.iter().any(|word| word.ends_with('*')) {
            self.patterns.push((words.map(Cell::read), nature));
            return;
        }
        self.strict.entry(words.map(strict)).or_insert(nature);
        self.loose.entry(words.map(loose)).or_insert(nature);
    }
}

impl Cell {
    fn read(word: &str) -> Cell {
        match word.strip_suffix('*') {
            Some(start) => Cell::Begins(loose(start)),
            None => Cell::Whole(loose(word)),
        }
    }

    fn fits(&self, text: &str) -> bool {
        match self {
            Cell::Whole(whole) => whole == text,
            Cell::Begins(start) => text.starts_with(start),
        }
    }
}

fn read_line(line: &str) -> Option<([Vec<&str>; 3], Nature)> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [transaction_type, amount_type, description, category, kind, of, is_refund] = *cells else {
        return None;
    };
    let kind = line_kind(kind)?;
    let of = if of.is_empty() { kind } else { line_kind(of)? };
    let is_refund = match is_refund {
        "yes" => true,
        "no" => false,
        _ => return None,
    };
    let nature = Nature { category: Category::parse(category)?, kind, of, is_refund };
    Some(([transaction_type, amount_type, description].map(alternatives), nature))
}

fn alternatives(cell: &str) -> Vec<&str> {
    cell.split(" | ").map(|word| if word == "()" { "" } else { word }).collect()
}

fn line_kind(word: &str) -> Option<LineKind> {
    let word: StrDeserializer<'_, WordError> = word.into_deserializer();
    LineKind::deserialize(word).ok()
}
