//! JSON node-link graphs, as NetworkX, D3 and Graphology write them.

use std::borrow::Cow;

use serde::de::{Deserialize, IgnoredAny};
use serde_json::value::RawValue;

use crate::error::{Error, Result};
use crate::io::dataset::graph_rows::{GraphRows, Id, fail};
use crate::io::dataset::parts::{DatasetParts, Reading};
use crate::io::format::Format;
use crate::io::formats::file_format::{Evidence, FileFormat};
use crate::io::formats::graph_file::GraphFile;
use crate::io::source::window::{Window, lines};
use crate::io::source::words::found;
use crate::io::text::object_shape::{ObjectShape, Value, plain_text};

/// JSON node-link.
pub(crate) static FORMAT: FileFormat = FileFormat {
    format: Format {
        name: "json",
        label: "JSON",
        files: "JSON node-link",
        extensions: &["json"],
        media_type: "application/json",
        signatures: &[],
    },
    evidence: Evidence::Start,
    recognise: |head| FILE.found(head.text().starts_with(b"{") && KEYS.iter().any(|key| head.contains(key))),
    by_option: Some(|_| FILE.given()),
};

static FILE: GraphFile = GraphFile {
    words: "graph (json)",
    least_edge_bytes: r#"{"source": 1, "target": 2}"#.len() as u64,
    reader: |source, rows| Ok(Box::new(JsonReader::new(Window::new(source), rows))),
};

/// Keys that an object with a graph begins with.
const KEYS: [&[u8]; 5] = [b"\"nodes\"", b"\"links\"", b"\"edges\"", b"\"directed\"", b"\"multigraph\""];
/// Most bytes of a file that an error quotes.
const FOUND_BYTES: usize = 20;

/// Reads a graph element by element.
struct JsonReader<'a> {
    window: Window<'a>,
    line: u64,
    list: List,
    rows: GraphRows,
    seen_edges: bool,
    /// Where the list of edges begins.
    edges_at: u64,
    /// Shape of the last element.
    shape: ObjectShape,
}

/// The position in the structure of the file.
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
    fn new(window: Window<'a>, rows: GraphRows) -> Self {
        let (list, shape) = (List::Start, ObjectShape::default());
        Self { window, line: 1, list, rows, seen_edges: false, edges_at: 0, shape }
    }

    /// The next byte that is no blank; it is not passed.
    fn peek(&mut self) -> Result<Option<u8>> {
        loop {
            match self.window.rest().first().copied() {
                Some(b'\n') => self.line += 1,
                Some(b' ' | b'\t' | b'\r') => {}
                Some(byte) => return Ok(Some(byte)),
                None if self.window.more()? => continue,
                None => return Ok(None),
            }
            self.window.pass(1);
        }
    }

    fn broken(&mut self, wanted: &str) -> Error {
        if let Err(error) = self.window.look_ahead(FOUND_BYTES) {
            return error;
        }
        let rest = self.window.rest();
        let message = match rest {
            [] => format!("the file is cut off where {wanted} is expected"),
            _ => {
                let rest = &rest[..rest.len().min(FOUND_BYTES)];
                format!("broken JSON: {wanted} is expected, found {}", found(rest))
            }
        };
        fail(&self.rows.file, self.line, message)
    }

    fn expect(&mut self, byte: u8, wanted: &str) -> Result<()> {
        if self.peek()? != Some(byte) {
            return Err(self.broken(wanted));
        }
        self.window.pass(1);
        Ok(())
    }

    /// Calls `read` for a value at the start of the rest, again with a longer rest when that was cut; returns the length of the
    /// value.
    fn whole(&mut self, mut read: impl FnMut(&[u8]) -> (serde_json::Result<()>, usize)) -> Result<usize> {
        loop {
            let rest = self.window.rest();
            let (value, used) = read(rest);
            // A value or an error at the end of the rest may change when more is fetched.
            let is_cut = used + 1 >= rest.len() || value.as_ref().is_err_and(serde_json::Error::is_eof);
            if !is_cut || !self.window.more()? {
                return value.map(|()| used).map_err(|error| self.json_error(&error));
            }
        }
    }

    /// Fetches the next value of any type; returns its length.
    fn value(&mut self) -> Result<usize> {
        self.peek()?;
        self.whole(|text| {
            let mut json = serde_json::Deserializer::from_slice(text);
            let value = <&RawValue>::deserialize(&mut json).map(|_| ());
            (value, json.into_iter::<IgnoredAny>().byte_offset())
        })
    }

    /// Passes a value of this length.
    fn pass(&mut self, used: usize) {
        self.line += lines(&self.window.rest()[..used]);
        self.window.pass(used);
    }

    /// Passes the next value, which is short, and returns its text.
    fn text(&mut self) -> Result<String> {
        let used = self.value()?;
        let text = String::from_utf8_lossy(&self.window.rest()[..used]).into_owned();
        self.pass(used);
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
    #[inline(never)]
    fn key(&mut self) -> Result<()> {
        if self.peek()? == Some(b'}') {
            self.window.pass(1);
            self.list = List::End;
            return match self.peek()? {
                None => Ok(()),
                Some(_) => Err(self.broken("the end of the file")),
            };
        }
        let key = self.text()?;
        if !key.starts_with('"') {
            return Err(self.broken("a key"));
        }
        let key = plain_text(&key);
        self.expect(b':', "a colon")?;
        match (&*key, self.peek()?) {
            ("nodes", Some(b'[')) => self.list = List::Nodes,
            ("links" | "edges", Some(b'[')) => {
                self.list = List::Edges;
                self.seen_edges = true;
                self.edges_at = self.window.passed();
            }
            ("directed", Some(b't' | b'f')) => {
                self.rows.directed = self.text()? == "true";
                return self.after_value();
            }
            ("name", Some(b'"')) => {
                self.rows.name = Some(plain_text(&self.text()?).into_owned());
                return self.after_value();
            }
            ("nodes" | "links" | "edges", _) => return Err(self.broken(&format!("a list of {key}"))),
            _ => {
                let used = self.value()?;
                self.pass(used);
                return self.after_value();
            }
        }
        self.window.pass(1);
        if self.peek()? == Some(b']') {
            self.window.pass(1);
            self.list = List::Keys;
            return self.after_value();
        }
        Ok(())
    }

    /// Reads a comma, or the end of the open list or object.
    fn after_value(&mut self) -> Result<()> {
        match self.peek()? {
            Some(b',') => {
                self.window.pass(1);
                match self.peek()? {
                    Some(b']' | b'}') => Err(self.broken("a value after the comma")),
                    _ => Ok(()),
                }
            }
            Some(b']') if matches!(self.list, List::Nodes | List::Edges) => {
                self.window.pass(1);
                self.list = List::Keys;
                self.after_value()
            }
            Some(b'}') if self.list == List::Keys => Ok(()),
            _ => Err(self.broken("a comma or a closing bracket")),
        }
    }

    /// Takes the shape of the next element; returns its length. Kept out of line, like [`Self::key`] and [`node`]: V8 optimises
    /// the loop over elements sooner the smaller it is.
    #[inline(never)]
    fn learn(&mut self) -> Result<usize> {
        let mut shape = std::mem::take(&mut self.shape);
        let used = self.whole(|text| shape.learn(text))?;
        self.shape = shape;
        Ok(used)
    }

    /// Reads a node or an edge, before which there are no blanks.
    fn element(&mut self) -> Result<()> {
        if self.list == List::Edges {
            self.rows.make_room(self.window.passed() - self.edges_at, self.window.left());
        }
        let used = match self.shape.read(self.window.rest()) {
            Some(used) => used,
            None => self.learn()?,
        };
        let Self { window, line, list, rows, shape, .. } = self;
        let text = &window.rest()[..used];
        match list {
            List::Nodes => node(rows, *line, shape.entries(text))?,
            _ => edge(rows, *line, shape.link(text))?,
        }
        self.line += self.shape.num_lines();
        self.window.pass(used);
        self.after_value()
    }
}

impl Reading for JsonReader<'_> {
    fn step(&mut self, bytes: u64, parts: &mut DatasetParts) -> Result<bool> {
        let end = self.window.passed().saturating_add(bytes);
        while self.window.passed() < end {
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
        self.window.source().consumed()
    }
}

#[inline(never)]
fn node<'t>(
    rows: &mut GraphRows,
    line: u64,
    entries: impl Iterator<Item = (&'t str, Value<'t>)> + Clone,
) -> Result<()> {
    let is_id = |key: &str| matches!(key, "id" | "key");
    if entries.clone().any(|(key, value)| is_id(key) && value.is_nested()) {
        let message = "the id of a node is a list or an object, allowed are texts and numbers";
        return Err(fail(&rows.file, line, message.to_owned()));
    }
    let id = ["id", "key"].into_iter().find_map(|wanted| entries.clone().find(|(key, _)| *key == wanted));
    match id {
        Some((_, id)) => rows.node(line, id_of(id, &text_of(id)))?,
        // Without an id the position counts, as in D3.
        None => rows.node(line, Id::Number(rows.num_nodes() as u64))?,
    }
    for (key, value) in entries.filter(|(key, value)| !is_id(key) && !value.is_nested()) {
        let column = rows.column(key)?;
        rows.set(line, column, key, &value.text())?;
    }
    Ok(())
}

fn edge<'t>(rows: &mut GraphRows, line: u64, [source, target, weight]: [Option<Value<'t>>; 3]) -> Result<()> {
    let missing = |what: &str| fail(&rows.file, line, format!("the link has no {what}"));
    let source = source.ok_or_else(|| missing("source"))?;
    let target = target.ok_or_else(|| missing("target"))?;
    let weight = weight.map(|weight| weight.text()).filter(|weight| !weight.is_empty());
    rows.edge(line, id_of(source, &text_of(source)), id_of(target, &text_of(target)), weight.as_deref())
}

/// The text of an id that is not known as a number.
fn text_of(value: Value<'_>) -> Cow<'_, str> {
    if value.number.is_none() { value.text() } else { "".into() }
}

fn id_of<'t>(value: Value<'_>, text: &'t str) -> Id<'t> {
    value.number.map_or(Id::Text(text), Id::Number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::io::OpenOptions;
    use crate::io::source::bytes::Source;
    use crate::limits::Limits;

    /// Edges, numbers of nodes and rows, or the error, read by chunks of some bytes.
    fn read(json: &[u8], chunk: usize) -> Result<(Vec<(u32, u32)>, usize)> {
        let limits = Limits::default();
        let source = Source::of_bytes("g.json", json, &limits)?;
        let rows = GraphRows::new("g.json", &OpenOptions::default(), &limits);
        let mut reader = JsonReader::new(Window::with_chunks(source, chunk), rows);
        let mut parts = DatasetParts::default();
        while !reader.step(1, &mut parts)? {}
        let (_, raw) = parts.edges.unwrap();
        Ok((raw.edges, parts.nodes.iter().map(|(_, nodes)| nodes.len()).sum()))
    }

    const GRAPH: &str = r#"{"directed": false, "graph": {"about": ["a", {"b": 12}]}, "count": 1234,
        "nodes": [{"id": 0, "name": "zero"}, {"id": 1, "name": "one"}, {"id": "é", "name": "\u00e9"}, {"id": 17}],
        "links": [{"source": 0, "target": 1}, {"source": 1, "target": "é"}, {"source": 17, "target": 0},
            {"source": 1, "target": 17, "weight": 1.5}, {"source": 0, "target": 17, "weight": -2e-3}]}"#;

    #[test]
    fn chunks_of_any_size_read_what_the_whole_reads() {
        let whole = (vec![(0, 1), (1, 2), (3, 0), (1, 3), (0, 3)], 4);
        for chunk in 1..200 {
            assert_eq!(read(GRAPH.as_bytes(), chunk).as_ref(), Ok(&whole), "chunks of {chunk}");
        }
    }

    #[test]
    fn objects_of_one_shape_read_like_any_other() {
        // Each begins as the first, and is none of its shape or has a value that is not plain.
        let cases = [
            (r#"{"source": 1, "target": 2}"#, Ok((1, 2))),
            (r#"{"source": 1, "target": 2.0}"#, Ok((1, 3))),
            (r#"{"source": 1, "target": 20}"#, Ok((1, 3))),
            (r#"{"source": 1, "target": "2"}"#, Ok((1, 2))),
            (r#"{"source": 1, "target": "\u0032"}"#, Ok((1, 2))),
            (r#"{"source": 1, "target": -2}"#, Ok((1, 3))),
            (r#"{"source": 1,  "target": 2}"#, Ok((1, 2))),
            (r#"{"source": 1, "target": 2, "target": 1}"#, Ok((1, 2))),
            (r#"{"target": 1, "source": 2}"#, Ok((2, 1))),
            (r#"{"source": 1, "target": 123456789012345678901}"#, Ok((1, 3))),
            (r#"{"source": 1, "target": 02}"#, Err("broken JSON: invalid number")),
            (r#"{"source": 1, "target": ""}"#, Err("target is empty")),
            (r#"{"source": 1, "target": null}"#, Err("target is empty")),
            (r#"{"source": 1, "target": [2]}"#, Err("the link has no target")),
            (r#"{"source": 1, "target": 2"#, Err("broken JSON: EOF while parsing an object")),
            (
                r#"{"source": 1, "target": "a	b"}"#,
                Err("broken JSON: control character (\\u0000-\\u001F) found while parsing a string"),
            ),
            (r#"{"source": 1, "target": 2]"#, Err("broken JSON: expected `,` or `}`")),
        ];
        for (link, expected) in cases {
            let json =
                format!(r#"{{"links": [{{"source": 0, "target": 1}}, {{"source": 1, "target": 2}}, {link}"#);
            let json = if link.ends_with(['}', ']']) { json + "]}" } else { json };
            let read = read(json.as_bytes(), 1 << 16);
            match expected {
                Ok(edge) => assert_eq!(read.unwrap().0[2], edge, "{link}"),
                Err(message) => {
                    assert_eq!(read.unwrap_err().to_string(), format!("g.json, line 1: {message}"), "{link}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn damaged_files_read_alike_by_chunks_of_any_size(
            cut in prop::option::of(any::<prop::sample::Index>()),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
            chunk in 1usize..60,
        ) {
            let mut json = GRAPH.as_bytes().to_vec();
            for (at, value) in changes {
                let at = at.index(json.len());
                json[at] = value;
            }
            json.truncate(cut.map_or(json.len(), |cut| cut.index(json.len())));
            prop_assert_eq!(read(&json, chunk), read(&json, 1 << 16));
        }
    }
}
