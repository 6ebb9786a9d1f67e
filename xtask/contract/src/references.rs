//! The literature that options cite.

use std::fs;
use std::path::Path;

/// Keys with what they stand for.
pub struct References(Vec<(String, String)>);

impl References {
    /// Reads lines of the form `- [Key] text`.
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let entry = |line: &str| {
            let (key, text) = line.strip_prefix("- [")?.split_once("] ")?;
            Some((key.to_owned(), text.to_owned()))
        };
        Self(text.lines().filter_map(entry).collect())
    }

    /// The lines of those that a text cites.
    ///
    /// # Panics
    /// For a key that is not there.
    pub fn cited_in(&self, text: &str) -> Vec<String> {
        for key in keys(text) {
            assert!(self.0.iter().any(|(known, _)| *known == key), "[{key}] stands in no reference");
        }
        let is_cited = |key: &str| keys(text).any(|cited| cited == key);
        self.0.iter().filter(|(key, _)| is_cited(key)).map(|(key, text)| format!("[{key}] {text}")).collect()
    }
}

/// The keys in a text: words in brackets that end in two digits.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    text.split('[').skip(1).filter_map(|rest| {
        let key = rest.split(']').next()?;
        let (name, year) = key.split_at_checked(key.len().checked_sub(2)?)?;
        let is_name = !name.is_empty() && name.chars().all(char::is_alphabetic);
        (is_name && year.chars().all(|digit| digit.is_ascii_digit())).then_some(key)
    })
}

/// A text for people who have no list of keys at hand: `[Kipf17]` becomes `Kipf 2017`, the IBMB paper its name.
pub fn in_words(text: &str) -> String {
    let mut words = text.replace("[Gasteiger22]", "IBMB paper");
    let found: Vec<String> = keys(&words).map(str::to_owned).collect();
    for key in found {
        let (name, year) = key.split_at(key.len() - 2);
        let century = if year < "30" { "20" } else { "19" };
        words = words.replace(&format!("[{key}]"), &format!("{name} {century}{year}"));
    }
    words
}
