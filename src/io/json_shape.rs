//! Objects of JSON that look like the one before: the same bytes around other values, as in nearly every list of nodes or
//! links. `serde_json` reads the first; of those that follow only the values are read.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Keys of a link, and those that other tools use in their place.
const KEYS: [[&str; 2]; 3] = [["source", "from"], ["target", "to"], ["weight", "value"]];
/// Most digits of a number that is read here.
const MAX_DIGITS: usize = 15;

/// An object whose values are no part of it.
#[derive(Default)]
pub(super) struct Shape {
    /// The text of an object of this shape.
    text: Vec<u8>,
    /// Keys, as they stand in that text.
    keys: Vec<Range<usize>>,
    /// Where the value of every key stands in that text.
    values: Vec<Range<usize>>,
    /// Which values are source, target and weight of a link.
    link: [Option<usize>; 3],
    /// Whether all values are scalars, so that another object can be read by it.
    is_plain: bool,
    num_lines: u64,
    /// The values of the object that was read last.
    found: Vec<Found>,
}

/// Where a value stands in the text of its object.
#[derive(Clone, Default)]
struct Found {
    text: Range<usize>,
    number: Option<u64>,
}

/// A value as it stands in the file.
#[derive(Clone, Copy)]
pub(super) struct Value<'t> {
    raw: &'t [u8],
    /// What it is, where it is a whole number and that is known.
    pub(super) number: Option<u64>,
}

impl<'t> Value<'t> {
    /// Strings without quotes, all else as it stands.
    pub(super) fn text(&self) -> Cow<'t, str> {
        plain_text(std::str::from_utf8(self.raw).unwrap_or_default())
    }

    pub(super) fn is_nested(&self) -> bool {
        matches!(self.raw, [b'{' | b'[', ..])
    }
}

impl Shape {
    /// Takes the shape of the object at the start of `text`, which is any; with its length. The keys of `attributes` and
    /// `data` inside count as its own.
    pub(super) fn learn(&mut self, text: &[u8]) -> (serde_json::Result<()>, usize) {
        self.is_plain = false;
        self.keys.clear();
        self.values.clear();
        let mut json = serde_json::Deserializer::from_slice(text);
        let read = Learning { start: text.as_ptr() as usize, shape: self }.deserialize(&mut json);
        let used = json.into_iter::<IgnoredAny>().byte_offset();
        if read.is_ok() {
            self.text.clear();
            self.text.extend_from_slice(&text[..used]);
            self.num_lines = text[..used].iter().filter(|&&byte| byte == b'\n').count() as u64;
            self.found.clear();
            self.found.extend(self.values.iter().map(|text| Found { text: text.clone(), number: None }));
            let is_nested = |value: &Range<usize>| matches!(text[value.start], b'{' | b'[');
            self.is_plain = !self.values.iter().any(is_nested);
            let entries = || self.keys.iter().map(|key| &text[key.clone()]).zip(&self.values);
            let at =
                |name: &str| entries().position(|(key, value)| key == name.as_bytes() && !is_nested(value));
            self.link = KEYS.map(|names| names.into_iter().find_map(at));
        }
        (read, used)
    }

    /// Reads an object of this shape at the start of `text`; with its length, or `None` for any other.
    pub(super) fn read(&mut self, text: &[u8]) -> Option<usize> {
        if !self.is_plain {
            return None;
        }
        let (mut at, mut end) = (0, 0);
        for (value, found) in self.values.iter().zip(&mut self.found) {
            at += common(&self.text[end..value.start], &text[at..])?;
            let (len, number) = scalar(&text[at..])?;
            *found = Found { text: at..at + len, number };
            at += len;
            end = value.end;
        }
        Some(at + common(&self.text[end..], &text[at..])?)
    }

    /// Ends of line in an object of this shape.
    pub(super) fn num_lines(&self) -> u64 {
        self.num_lines
    }

    /// Source, target and weight of the link that was read last, from its `text`.
    pub(super) fn link<'t>(&self, text: &'t [u8]) -> [Option<Value<'t>>; 3] {
        self.link.map(|at| Some(self.value(at?, text)))
    }

    /// Keys and values of the object that was read last, from its `text`.
    pub(super) fn entries<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = (&str, Value<'t>)> + Clone {
        let key = |at: usize| std::str::from_utf8(&self.text[self.keys[at].clone()]).ok();
        (0..self.keys.len()).filter_map(move |at| Some((key(at)?, self.value(at, text))))
    }

    fn value<'t>(&self, at: usize, text: &'t [u8]) -> Value<'t> {
        let found = &self.found[at];
        Value { raw: &text[found.text.clone()], number: found.number }
    }
}

/// The length of `start` where `text` begins with it. Compared by words: it is short, and a call would take as long.
#[inline]
fn common(start: &[u8], text: &[u8]) -> Option<usize> {
    let (words, last) = start.as_chunks::<8>();
    let (same_words, same_last) = text.get(..start.len())?.as_chunks::<8>();
    let is_same = words.iter().eq(same_words) && last.iter().eq(same_last);
    is_same.then_some(start.len())
}

/// Length of the number, string or word at the start of `text`, and what it is where that is a whole number.
fn scalar(text: &[u8]) -> Option<(usize, Option<u64>)> {
    match text.first()? {
        b'"' => {
            let is_end = |byte: &u8| matches!(byte, b'"' | b'\\' | ..b' ' | 0x80..);
            let len = 1 + text[1..].iter().position(is_end)?;
            if text[len] == b'"' {
                return Some((len + 1, None));
            }
        }
        b'0'..=b'9' => {
            let (mut len, mut number) = (0, 0);
            for byte in &text[..text.len().min(MAX_DIGITS)] {
                let digit = byte.wrapping_sub(b'0');
                if digit > 9 {
                    break;
                }
                (len, number) = (len + 1, 10 * number + u64::from(digit));
            }
            let goes_on = matches!(text.get(len), Some(b'0'..=b'9' | b'.' | b'e' | b'E'));
            if !goes_on && (len == 1 || text[0] != b'0') {
                return Some((len, Some(number)));
            }
        }
        b'-' | b't' | b'f' | b'n' => {}
        _ => return None,
    }
    let mut json = serde_json::Deserializer::from_slice(text);
    Some((<&RawValue>::deserialize(&mut json).ok()?.get().len(), None))
}

/// A scalar as text: strings without quotes, all else as it stands.
pub(super) fn plain_text(raw: &str) -> Cow<'_, str> {
    let Some(inner) = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return if raw == "null" { "".into() } else { raw.into() };
    };
    if !inner.contains('\\') {
        return inner.into();
    }
    serde_json::from_str::<String>(raw).map_or_else(|_| inner.into(), Cow::Owned)
}

/// Notes where keys and values stand in a text that begins at the address `start`.
struct Learning<'s> {
    start: usize,
    shape: &'s mut Shape,
}

impl Learning<'_> {
    fn range(&self, text: &str) -> Range<usize> {
        let start = text.as_ptr() as usize - self.start;
        start..start + text.len()
    }
}

impl<'de> DeserializeSeed<'de> for Learning<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Learning<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<&RawValue>()? {
            let key = key.get().trim_matches('"');
            if matches!(key, "attributes" | "data") {
                map.next_value_seed(Learning { start: self.start, shape: &mut *self.shape })?;
            } else {
                let value = map.next_value::<&RawValue>()?.get();
                let (key, value) = (self.range(key), self.range(value));
                self.shape.keys.push(key);
                self.shape.values.push(value);
            }
        }
        Ok(())
    }
}
