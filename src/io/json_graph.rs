//! JSON node-link graphs, as NetworkX, D3 and Graphology write them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::bytes::found;
use super::graph_rows::{GraphRows, Id, fail};
use super::json_link::Link;
use super::parts::{Parts, Reading};
use crate::error::{Error, Result};

/// Reads a graph element by element.
pub(super) struct JsonReader<'a> {
    bytes: Cow<'a, [u8]>,
    at: usize,
    line: u64,
    list: List,
    rows: GraphRows,
    stored: Option<u64>,
    seen_edges: bool,
    /// Where the list of edges begins.
    edges_at: usize,
    /// Whether all links so far were of the usual kind.
    usual: bool,
}

/// Where in the file we are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Start,
    /// Among the keys of the object; the first, or after a value.
    Keys,
    Nodes,
    Edges,
    End,
}

impl<'a> JsonReader<'a> {
    /// Reads `bytes`, which were unpacked from `stored` bytes.
    pub(super) fn new(bytes: Cow<'a, [u8]>, rows: GraphRows, stored: Option<u64>) -> Self {
        let at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self {
            bytes,
            at,
            line: 1,
            list: List::Start,
            rows,
            stored,
            seen_edges: false,
            edges_at: 0,
            usual: true,
        }
    }

    /// The next byte that is no blank, which stays.
    fn peek(&mut self) -> Option<u8> {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' => {}
                _ => return Some(byte),
            }
            self.at += 1;
        }
        None
    }

    fn broken(&self, wanted: &str) -> Error {
        let message = match self.bytes.get(self.at) {
            None => format!("the file is cut off where {wanted} is expected"),
            Some(_) => {
                let rest = &self.bytes[self.at..self.bytes.len().min(self.at + 20)];
                format!("broken JSON: {wanted} is expected, found {}", found(rest))
            }
        };
        fail(&self.rows.file, self.line, message)
    }

    fn expect(&mut self, byte: u8, wanted: &str) -> Result<()> {
        if self.peek() != Some(byte) {
            return Err(self.broken(wanted));
        }
        self.at += 1;
        Ok(())
    }

    /// The text of the next value, whatever it is.
    fn value(&mut self) -> Result<&str> {
        let (start, line) = (self.at, self.line);
        let mut json = serde_json::Deserializer::from_slice(&self.bytes[start..]);
        let value = <&RawValue>::deserialize(&mut json).map_err(|error| self.json_error(&error))?;
        let text = value.get();
        // Blanks before a value are no part of it.
        self.at = start + json.into_iter::<IgnoredAny>().byte_offset();
        self.line = line + lines(text.as_bytes());
        Ok(text)
    }

    fn json_error(&self, error: &serde_json::Error) -> Error {
        let mut message = error.to_string();
        if let Some(at) = message.rfind(" at line ") {
            message.truncate(at);
        }
        let line = self.line + error.line().saturating_sub(1) as u64;
        fail(&self.rows.file, line, format!("broken JSON: {message}"))
    }

    /// Reads a key and what belongs to it, or the end of the object.
    fn key(&mut self) -> Result<()> {
        let is_end = self.peek() == Some(b'}');
        if is_end {
            self.at += 1;
            self.list = List::End;
            return match self.peek() {
                None => Ok(()),
                Some(_) => Err(self.broken("the end of the file")),
            };
        }
        let key = self.value()?;
        if !key.starts_with('"') {
            return Err(self.broken("a key"));
        }
        let key = plain_text(key).into_owned();
        self.expect(b':', "a colon")?;
        let first = self.peek();
        match (key.as_str(), first) {
            ("nodes", Some(b'[')) => self.list = List::Nodes,
            ("links" | "edges", Some(b'[')) => {
                self.list = List::Edges;
                self.seen_edges = true;
                self.edges_at = self.at;
            }
            ("directed", Some(b't' | b'f')) => {
                let directed = self.value()? == "true";
                self.rows.directed = directed;
                return self.after_value();
            }
            ("name", Some(b'"')) => {
                let name = plain_text(self.value()?).into_owned();
                self.rows.name = Some(name);
                return self.after_value();
            }
            ("nodes" | "links" | "edges", _) => return Err(self.broken(&format!("a list of {key}"))),
            _ => {
                self.value()?;
                return self.after_value();
            }
        }
        self.at += 1;
        if self.peek() == Some(b']') {
            self.at += 1;
            self.list = List::Keys;
            return self.after_value();
        }
        Ok(())
    }

    /// A comma, or the end of what is open.
    fn after_value(&mut self) -> Result<()> {
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                match self.peek() {
                    Some(b']' | b'}') => Err(self.broken("a value after the comma")),
                    _ => Ok(()),
                }
            }
            Some(b']') if matches!(self.list, List::Nodes | List::Edges) => {
                self.at += 1;
                self.list = List::Keys;
                self.after_value()
            }
            Some(b'}') if self.list == List::Keys => Ok(()),
            _ => Err(self.broken("a comma or a closing bracket")),
        }
    }

    /// Reads a node or an edge.
    fn element(&mut self) -> Result<()> {
        self.peek();
        if self.list == List::Edges {
            self.rows.make_room(self.at - self.edges_at, self.bytes.len() - self.at);
            if self.usual {
                self.usual = self.usual_link()?;
            }
            if self.usual {
                return self.after_value();
            }
        }
        let Self { bytes, at, line, list, rows, .. } = self;
        let mut json = serde_json::Deserializer::from_slice(&bytes[*at..]);
        let mut pairs = Pairs(Vec::new());
        if let Err(error) = (&mut pairs).deserialize(&mut json) {
            return Err(self.json_error(&error));
        }
        let used = json.into_iter::<IgnoredAny>().byte_offset();
        if *list == List::Nodes {
            node(rows, *line, &pairs.0)?
        } else {
            edge(rows, *line, &pairs.0)?
        }
        *line += lines(&bytes[*at..*at + used]);
        *at += used;
        self.after_value()
    }
}

impl JsonReader<'_> {
    /// Reads a link that has nothing unusual; says whether it was one. Nothing is read of any other.
    fn usual_link(&mut self) -> Result<bool> {
        let text = &self.bytes[self.at..];
        let mut json = serde_json::Deserializer::from_slice(text);
        let mut link = Link::default();
        let read = (&mut link).deserialize(&mut json);
        let (Ok(()), Some(source), Some(target)) = (read, link.source, link.target) else { return Ok(false) };
        self.rows.edge(self.line, source, target, link.weight)?;
        let used = json.into_iter::<IgnoredAny>().byte_offset();
        self.line += lines(&text[..used]);
        self.at += used;
        Ok(true)
    }
}

fn lines(text: &[u8]) -> u64 {
    text.iter().filter(|&&byte| byte == b'\n').count() as u64
}

impl Reading for JsonReader<'_> {
    fn step(&mut self, bytes: u64, parts: &mut Parts) -> Result<bool> {
        let end = (self.at as u64).saturating_add(bytes);
        while (self.at as u64) < end {
            match self.list {
                List::Start => {
                    self.expect(b'{', "an object")?;
                    self.list = List::Keys;
                }
                List::Keys => self.key()?,
                List::Nodes | List::Edges => self.element()?,
                List::End => {
                    if !self.seen_edges {
                        return Err(Error::in_file(&self.rows.file, "there is no list of links or edges"));
                    }
                    self.rows.finish(parts)?;
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn consumed(&self) -> u64 {
        self.stored.unwrap_or(self.at as u64)
    }
}

/// A scalar as text: strings without quotes, all else as it stands.
fn plain_text(raw: &str) -> Cow<'_, str> {
    let Some(inner) = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return if raw == "null" { "".into() } else { raw.into() };
    };
    if !inner.contains('\\') {
        return inner.into();
    }
    serde_json::from_str::<String>(raw).map_or_else(|_| inner.into(), Cow::Owned)
}

/// The value of the first key that is there.
fn get<'a>(pairs: &[(&'a str, &'a str)], keys: &[&str]) -> Option<Cow<'a, str>> {
    keys.iter().find_map(|&key| {
        let value = pairs.iter().find(|(other, raw)| *other == key && !is_nested(raw))?.1;
        Some(plain_text(value))
    })
}

fn is_nested(raw: &str) -> bool {
    raw.starts_with(['{', '['])
}

fn node(rows: &mut GraphRows, line: u64, pairs: &[(&str, &str)]) -> Result<()> {
    // Without an id the position counts, as in D3.
    if pairs.iter().any(|(name, raw)| matches!(*name, "id" | "key") && is_nested(raw)) {
        return Err(fail(
            &rows.file,
            line,
            "the id of a node is a list or an object, allowed are texts and numbers".to_owned(),
        ));
    }
    let id = get(pairs, &["id", "key"]).unwrap_or_else(|| rows.num_nodes().to_string().into());
    rows.node(line, &id)?;
    for (name, raw) in pairs.iter().filter(|(name, raw)| !matches!(*name, "id" | "key") && !is_nested(raw)) {
        let column = rows.column(name)?;
        rows.set(line, column, name, &plain_text(raw))?;
    }
    Ok(())
}

fn edge(rows: &mut GraphRows, line: u64, pairs: &[(&str, &str)]) -> Result<()> {
    let end = |keys: &[&str]| {
        get(pairs, keys).ok_or_else(|| fail(&rows.file, line, format!("the link has no {}", keys[0])))
    };
    let (source, target) = (end(&["source", "from"])?, end(&["target", "to"])?);
    let weight = get(pairs, &["weight", "value"]).filter(|weight| !weight.is_empty());
    rows.edge(line, Id::Text(&source), Id::Text(&target), weight.as_deref())
}

/// Keys and values of an object as they stand; those of `attributes` and `data` inside count as its own.
struct Pairs<'de>(Vec<(&'de str, &'de str)>);

impl<'de> DeserializeSeed<'de> for &mut Pairs<'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Pairs<'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        while let Some(key) = map.next_key::<&RawValue>()? {
            let key = key.get().trim_matches('"');
            if matches!(key, "attributes" | "data") {
                map.next_value_seed(&mut *self)?;
            } else {
                self.0.push((key, map.next_value::<&RawValue>()?.get()));
            }
        }
        Ok(())
    }
}
