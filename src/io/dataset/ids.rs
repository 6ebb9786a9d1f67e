//! Node ids as they stand in text: integers, or names that are numbered as they appear.

use std::borrow::Cow;

use crate::error::{Error, Result};
use crate::io::source::words::{found, grouped};
use crate::limits::{self, Limits, grow};

/// Greatest id, so that the number of nodes still fits 32 bits.
pub(crate) const MAX_ID: u32 = u32::MAX - 1;

/// Whether a field is an integer, of any size and sign.
pub(crate) fn is_integer(field: &[u8]) -> bool {
    let digits = field.strip_prefix(b"-").unwrap_or(field);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

/// The id that a field holds; `None` for everything else, which [`explain`] puts into words.
pub(crate) fn parse_id(field: &[u8]) -> Option<u32> {
    // Nine digits cannot overflow, and longer ids are rare.
    if field.is_empty() || field.len() > 9 {
        return parse_long_id(field);
    }
    let mut id = 0u32;
    for &byte in field {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        id = id * 10 + u32::from(digit);
    }
    Some(id)
}

fn parse_long_id(field: &[u8]) -> Option<u32> {
    if !field.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(field).ok()?.parse().ok().filter(|&id| id <= MAX_ID)
}

/// Why a field is not an id. `what` is the name of its column.
pub(crate) fn explain(what: &str, field: &[u8]) -> String {
    if field.is_empty() {
        return format!("{what} is empty");
    }
    let text = found(field);
    if !is_integer(field) {
        return format!("{what} {text} is not an integer id, allowed are 0 to {MAX_ID}");
    }
    let text = text.trim_matches('"');
    if text.starts_with('-') {
        return format!("{what} {text} is negative, ids start at 0");
    }
    format!("{what} {text} is too large, ids end at {MAX_ID}")
}

/// Names, numbered in order of first appearance. As long as they are `0`, `1`, `2`, … only their count is stored.
///
/// A table of our own: measured against `HashMap<String, u32>` it reads edges between 30,000 names at twice the speed,
/// and its growth, which touches no text, stops a step for a quarter of the time.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// How many names there are while each is its number; then the rest is empty.
    counted: u32,
    text: String,
    /// End of every name in `text`.
    ends: Vec<usize>,
    /// Open addressing: part of the hash and the number plus one, 0 where it is free. At most half full.
    slots: Vec<(u32, u32)>,
}

impl Names {
    /// The number of `name`; a new one at its first appearance.
    ///
    /// # Errors
    /// `limit_exceeded` beyond `max` names, calling them `what`; `out_of_memory`.
    pub(crate) fn intern(&mut self, what: &str, name: &str, max: u64) -> Result<u32> {
        if self.ends.is_empty() {
            if let Some(id) = number(name).filter(|&id| id <= self.counted) {
                return self.count(what, id, max);
            }
            for id in 0..std::mem::take(&mut self.counted) {
                self.insert(what, &id.to_string(), max)?;
            }
        }
        self.insert(what, name, max)
    }

    /// [`Self::intern`] for a name that is this number.
    pub(crate) fn intern_number(&mut self, what: &str, number: u64, max: u64) -> Result<u32> {
        if self.ends.is_empty() && number <= u64::from(self.counted) {
            return self.count(what, number as u32, max);
        }
        self.intern(what, &number.to_string(), max)
    }

    /// An id below the count, or the next one.
    fn count(&mut self, what: &str, id: u32, max: u64) -> Result<u32> {
        if id == self.counted {
            limits::check(what, u64::from(id) + 1, max.min(MAX_ID.into()))?;
            self.counted += 1;
        }
        Ok(id)
    }

    /// [`Self::intern`] by the table alone, for names that are not counted.
    pub(crate) fn insert(&mut self, what: &str, name: &str, max: u64) -> Result<u32> {
        if 2 * (self.ends.len() + 1) > self.slots.len() {
            self.widen()?;
        }
        let hash = hash(name);
        let slot = match self.find(hash, name) {
            Ok(id) => return Ok(id),
            Err(slot) => slot,
        };
        let id = self.ends.len() as u64;
        if id >= max.min(MAX_ID.into()) {
            limits::check(what, id + 1, max.min(MAX_ID.into()))?;
        }
        let bytes = (self.text.len() + name.len()) as u64;
        self.text.try_reserve(name.len()).map_err(|_| Error::OutOfMemory { bytes })?;
        grow(&mut self.ends, 1)?;
        self.text.push_str(name);
        self.ends.push(self.text.len());
        self.slots[slot] = (hash, id as u32 + 1);
        Ok(id as u32)
    }

    /// The number of a known name.
    pub(crate) fn get(&self, name: &str) -> Option<u32> {
        if self.ends.is_empty() {
            return number(name).filter(|&id| id < self.counted);
        }
        self.find(hash(name), name).ok()
    }

    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len() + self.counted as usize
    }

    /// Whether every name is its number.
    pub(crate) fn are_counted(&self) -> bool {
        self.ends.is_empty()
    }

    /// A name by its number.
    pub(crate) fn name(&self, id: u32) -> Cow<'_, str> {
        if self.ends.is_empty() { id.to_string().into() } else { self.text_of(id).into() }
    }

    /// [`Self::name`] of a table.
    pub(crate) fn text_of(&self, id: u32) -> &str {
        let start = if id == 0 { 0 } else { self.ends[id as usize - 1] };
        &self.text[start..self.ends[id as usize]]
    }

    /// The names by number.
    pub(crate) fn to_names(&self) -> Result<Vec<String>> {
        let mut names = limits::reserve(self.len())?;
        names.extend((0..self.len() as u32).map(|id| self.name(id).into_owned()));
        Ok(names)
    }

    /// The number of the name, or the slot where it belongs.
    fn find(&self, hash: u32, name: &str) -> std::result::Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            match self.slots[at] {
                (_, 0) => return Err(at),
                (other, id) if other == hash && self.text_of(id - 1) == name => return Ok(id - 1),
                _ => at = (at + 1) & mask,
            }
        }
    }

    fn widen(&mut self) -> Result<()> {
        let len = (2 * self.slots.len()).max(64);
        let old = std::mem::replace(&mut self.slots, limits::filled(len, (0, 0))?);
        for (hash, id) in old.into_iter().filter(|&(_, id)| id > 0) {
            let mut at = hash as usize & (len - 1);
            while self.slots[at].1 > 0 {
                at = (at + 1) & (len - 1);
            }
            self.slots[at] = (hash, id);
        }
        Ok(())
    }
}

/// The number that a name stands for, when it has no leading zeros.
fn number(name: &str) -> Option<u32> {
    parse_id(name.as_bytes()).filter(|_| name == "0" || !name.starts_with('0'))
}

fn hash(name: &str) -> u32 {
    xxhash_rust::xxh64::xxh64(name.as_bytes(), 0) as u32
}

/// The distinct ids in ascending order when the integers are names rather than `0..n`: when the greatest exceeds four
/// times their number by a thousand or more.
///
/// # Cost
/// One bit for every id up to the greatest, at most one byte for every edge, and only when it is needed.
pub(crate) fn sparse_ids(edges: &[(u32, u32)], max_id: u32, limits: &Limits) -> Result<Option<Vec<u32>>> {
    let is_sparse = |distinct: u64| u64::from(max_id) + 1 > 4 * distinct + 1000;
    if !is_sparse(1) {
        return Ok(None);
    }
    if !is_sparse(2 * edges.len() as u64) {
        let mut seen = limits::filled(max_id as usize / 64 + 1, 0u64)?;
        for &(a, b) in edges {
            seen[a as usize / 64] |= 1 << (a % 64);
            seen[b as usize / 64] |= 1 << (b % 64);
        }
        if !is_sparse(seen.iter().map(|word| u64::from(word.count_ones())).sum()) {
            return Ok(None);
        }
    }
    let bytes = edges.len() as u64 * 8;
    limits::check("bytes of node ids", bytes, limits.max_matrix_bytes)?;
    let mut ids = Vec::new();
    grow(&mut ids, 2 * edges.len())?;
    ids.extend(edges.iter().flat_map(|&(a, b)| [a, b]));
    ids.sort_unstable();
    ids.dedup();
    Ok(Some(ids))
}

/// `node 5000 does not exist, the graph has 2,708 nodes`.
pub(crate) fn no_such_node(node: impl std::fmt::Display, num_nodes: u64) -> String {
    format!("node {node} does not exist, the graph has {} nodes", grouped(num_nodes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_at_the_bounds() {
        let cases: [(&str, Option<u32>); 9] = [
            ("0", Some(0)),
            ("007", Some(7)),
            ("999999999", Some(999_999_999)),
            ("4294967294", Some(MAX_ID)),
            ("4294967295", None),
            ("99999999999999999999", None),
            ("", None),
            ("-1", None),
            ("+1", None),
        ];
        for (text, id) in cases {
            assert_eq!(parse_id(text.as_bytes()), id, "{text}");
        }
    }

    #[test]
    fn names_keep_their_numbers_while_the_table_grows() {
        let mut names = Names::default();
        assert_eq!(names.get("0"), None);
        for round in 0..2 {
            for at in 0..1000u32 {
                assert_eq!(names.intern("names", &at.to_string(), 1000), Ok(at), "round {round}");
            }
        }
        assert_eq!((names.get("999"), names.get("1000"), &*names.name(0)), (Some(999), None, "0"));
        assert_eq!(names.to_names().unwrap()[17], "17");
        let error = names.intern("names", "one more", 1000).unwrap_err();
        assert_eq!(error.to_string(), "names: 1001 exceeds the limit of 1000");
    }

    #[test]
    fn names_that_count_up_become_a_table_when_one_does_not() {
        for odd in ["x", "00", "5", "-1", "01", "2 "] {
            let mut names = Names::default();
            for (name, id) in [("0", 0), ("1", 1), ("0", 0), (odd, 2), ("1", 1), ("3", 3), ("0", 0), (odd, 2)]
            {
                assert_eq!(names.intern("names", name, 9), Ok(id), "{name} after {odd}");
            }
            assert_eq!((names.len(), names.get("1"), names.get("7")), (4, Some(1), None));
            assert_eq!(names.to_names().unwrap(), ["0", "1", odd, "3"]);
        }
    }

    #[test]
    fn sparse_means_beyond_four_times_and_a_thousand() {
        let limits = Limits::default();
        // Three distinct ids allow a greatest of 4 * 3 + 1000 - 1.
        assert_eq!(sparse_ids(&[(0, 1), (1, 1011)], 1011, &limits), Ok(None));
        assert_eq!(sparse_ids(&[(0, 1), (1, 1012)], 1012, &limits), Ok(Some(vec![0, 1, 1012])));
        assert_eq!(
            sparse_ids(&[(9, 4_000_000_000)], 4_000_000_000, &limits),
            Ok(Some(vec![9, 4_000_000_000]))
        );
    }
}
