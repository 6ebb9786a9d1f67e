//! Objects with the same keys as the previous one skip the JSON parser; only their values are scanned. Nearly every list of
//! nodes or links consists of such objects.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::io::source::window::lines;

/// Keys of a link, and those that other tools use in their place.
const KEYS: [[&str; 2]; 3] = [["source", "from"], ["target", "to"], ["weight", "value"]];

/// The text around the values of an object.
#[derive(Default)]
pub(crate) struct ObjectShape {
    /// The text of an object of this shape.
    text: Vec<u8>,
    /// Keys, as they stand in that text.
    keys: Vec<Range<usize>>,
    /// Where the value of every key stands in that text.
    values: Vec<Range<usize>>,
    /// Which values are source, target and weight of a link.
    link: [Option<usize>; 3],
    /// Whether all values are scalars; other objects cannot be scanned by this shape.
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
pub(crate) struct Value<'t> {
    raw: &'t [u8],
    /// The value as a whole number, where it is known to be one.
    pub(crate) number: Option<u64>,
}

impl<'t> Value<'t> {
    /// Strings without quotes, all else as it stands.
    pub(crate) fn text(&self) -> Cow<'t, str> {
        plain_text(std::str::from_utf8(self.raw).unwrap_or_default())
    }

    pub(crate) fn is_nested(&self) -> bool {
        matches!(self.raw, [b'{' | b'[', ..])
    }
}

impl ObjectShape {
    /// Parses the object at the start of `text` and takes its shape; returns its length. The keys of `attributes` and `data`
    /// inside count as its own.
    pub(crate) fn learn(&mut self, text: &[u8]) -> (serde_json::Result<()>, usize) {
        self.is_plain = false;
        self.keys.clear();
        self.values.clear();
        let mut json = serde_json::Deserializer::from_slice(text);
        let read = Learning { start: text.as_ptr() as usize, shape: self }.deserialize(&mut json);
        let used = json.into_iter::<IgnoredAny>().byte_offset();
        if read.is_ok() {
            self.text.clear();
            self.text.extend_from_slice(&text[..used]);
            self.num_lines = lines(&text[..used]);
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

    /// Scans an object of this shape at the start of `text` and returns its length; `None` for any other object.
    pub(crate) fn read(&mut self, text: &[u8]) -> Option<usize> {
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
    pub(crate) fn num_lines(&self) -> u64 {
        self.num_lines
    }

    /// Source, target and weight of the link that was read last, from its `text`.
    pub(crate) fn link<'t>(&self, text: &'t [u8]) -> [Option<Value<'t>>; 3] {
        self.link.map(|at| Some(self.value(at?, text)))
    }

    /// Keys and values of the object that was read last, from its `text`.
    pub(crate) fn entries<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = (&str, Value<'t>)> + Clone {
        let key = |at: usize| std::str::from_utf8(&self.text[self.keys[at].clone()]).ok();
        (0..self.keys.len()).filter_map(move |at| Some((key(at)?, self.value(at, text))))
    }

    fn value<'t>(&self, at: usize, text: &'t [u8]) -> Value<'t> {
        let found = &self.found[at];
        Value { raw: &text[found.text.clone()], number: found.number }
    }
}

/// The length of `start` when `text` begins with it. Compared in words of 8 bytes, of which the last two overlap: for so few
/// bytes a call of `memcmp` costs more.
#[inline]
fn common(start: &[u8], text: &[u8]) -> Option<usize> {
    let text = text.get(..start.len())?;
    let is_same = match (start.last_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(last), Some(other)) => last == other && start.as_chunks::<8>().0.iter().eq(text.as_chunks().0),
        _ => start.iter().eq(text),
    };
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
            let (len, number) = text.first_chunk().map_or((0, 0), digits);
            let is_whole = (1..8).contains(&len) && !matches!(text[len], b'.' | b'e' | b'E');
            if is_whole && (len == 1 || text[0] != b'0') {
                return Some((len, Some(number)));
            }
        }
        b'-' | b't' | b'f' | b'n' => {}
        _ => return None,
    }
    let mut json = serde_json::Deserializer::from_slice(text);
    Some((<&RawValue>::deserialize(&mut json).ok()?.get().len(), None))
}

/// The number of leading digits and their value, without branches: the processor predicts branches on digits incorrectly at
/// every second number.
fn digits(bytes: &[u8; 8]) -> (usize, u64) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let values = u64::from_le_bytes(*bytes) ^ (EACH * u64::from(b'0'));
    // Values above 9 set the highest bit of their byte; a carry reaches later bytes only.
    let others = (values.wrapping_add(EACH * 0x76) | values) & (EACH * 0x80);
    let len = others.trailing_zeros() as usize / 8;
    // Zeros in front, then pairs of digits, of pairs and of fours.
    let ones = values.checked_shl(64 - 8 * len as u32).unwrap_or(0);
    let tens = (ones.wrapping_mul(10).wrapping_add(ones >> 8)) & 0x00ff_00ff_00ff_00ff;
    let hundreds = (tens.wrapping_mul(100).wrapping_add(tens >> 16)) & 0x0000_ffff_0000_ffff;
    let number = (hundreds.wrapping_mul(10_000).wrapping_add(hundreds >> 32)) & 0xffff_ffff;
    (len, number)
}

/// A scalar as text: strings without quotes, all else as it stands.
pub(crate) fn plain_text(raw: &str) -> Cow<'_, str> {
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
    shape: &'s mut ObjectShape,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_up_to_the_first_other_byte() {
        let mut number = 1u64;
        while number < 100_000_000 {
            for rest in [",       ", "}]\u{7f}\u{ff}000", "/0:9\0aaa", "         ", ":1234567"] {
                let text = format!("{number}{rest}");
                let bytes = text.as_bytes().first_chunk().unwrap();
                assert_eq!(digits(bytes), (number.to_string().len(), number), "{text:?}");
            }
            number = number * 7 / 2 + 3;
        }
        assert_eq!(digits(b"00000000"), (8, 0));
        assert_eq!(digits(b"99999999"), (8, 99_999_999));
        assert_eq!(digits(b"0070,,,,"), (4, 70));
        for byte in (0..=255).filter(|byte: &u8| !byte.is_ascii_digit()) {
            assert_eq!(digits(&[byte, b'1', b'2', 255, 0, b'9', byte, byte]).0, 0, "{byte}");
            assert_eq!(digits(&[b'4', b'2', byte, byte, 255, 255, 0, b'9']), (2, 42), "{byte}");
        }
    }
}
