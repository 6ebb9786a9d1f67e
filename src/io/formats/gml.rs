//! GML: keys with numbers, strings and lists in square brackets.

use std::borrow::Cow;

use quick_xml::escape::unescape;

use crate::error::{Error, Result};
use crate::io::dataset::graph_rows::{GraphRows, Id, fail};
use crate::io::dataset::parts::{DatasetParts, Reading};
use crate::io::format::Format;
use crate::io::formats::file_format::{Evidence, FileFormat};
use crate::io::formats::graph_file::GraphFile;
use crate::io::source::window::{Window, lines};
use crate::io::source::words::found;

/// GML.
pub(crate) static FORMAT: FileFormat = FileFormat {
    format: Format {
        name: "gml",
        label: "GML",
        files: "GML",
        extensions: &["gml"],
        media_type: "text/x-gml",
        signatures: &[],
    },
    evidence: Evidence::Start,
    recognise: |head| FILE.found(is_gml(head.text())),
    by_option: Some(|_| FILE.given()),
};

static FILE: GraphFile = GraphFile {
    words: "graph (GML)",
    least_edge_bytes: 30,
    reader: |source, rows| Ok(Box::new(GmlReader::new(Window::new(source), rows))),
};

/// Deepest nesting of lists; a graph with graphics needs four.
const MAX_DEPTH: usize = 64;

/// Reads a graph key by key.
struct GmlReader<'a> {
    window: Window<'a>,
    line: u64,
    lists: Vec<List>,
    /// Attributes of the node or edge that is open.
    pairs: Vec<(String, String)>,
    seen_graph: bool,
    rows: GraphRows,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Graph,
    Node,
    Edge,
    /// Position and colours of a node.
    Graphics,
    Other,
}

enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    End,
}

impl<'a> GmlReader<'a> {
    fn new(window: Window<'a>, rows: GraphRows) -> Self {
        let (lists, pairs) = (Vec::new(), Vec::new());
        Self { window, line: 1, lists, pairs, seen_graph: false, rows }
    }

    fn fail(&self, message: String) -> Error {
        fail(&self.rows.file, self.line, message)
    }

    fn token(&mut self) -> Result<Token> {
        let first = loop {
            match self.window.rest().first().copied() {
                None if self.window.more()? => continue,
                None => return Ok(Token::End),
                Some(b'\n') => self.line += 1,
                Some(b'#') => {
                    let end = self.window.find(0, |byte| byte == b'\n')?;
                    self.window.pass(end.unwrap_or(self.window.rest().len()));
                    continue;
                }
                Some(byte) if byte.is_ascii_whitespace() => {}
                Some(byte) => break byte,
            }
            self.window.pass(1);
        };
        let (token, len) = match first {
            b'[' => (Token::Open, 1),
            b']' => (Token::Close, 1),
            b'"' => {
                let end = self.window.find(1, |byte| byte == b'"')?;
                let end =
                    end.ok_or_else(|| self.fail("the string that starts here is not closed".to_owned()))?;
                let text = &self.window.rest()[1..end];
                let plain = self.text(text)?;
                // Characters beyond ASCII are entities of HTML; other text stays unchanged.
                let token = Token::Text(unescape(plain).map_or_else(|_| plain.to_owned(), Cow::into_owned));
                self.line += lines(text);
                (token, end + 1)
            }
            _ => {
                let is_end = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'[' | b']' | b'"');
                let end = self.window.find(0, is_end)?.unwrap_or(self.window.rest().len());
                (Token::Word(self.text(&self.window.rest()[..end])?.to_owned()), end)
            }
        };
        self.window.pass(len);
        Ok(token)
    }

    fn text<'b>(&self, bytes: &'b [u8]) -> Result<&'b str> {
        std::str::from_utf8(bytes).map_err(|error| {
            let bad = bytes[error.valid_up_to()];
            self.fail(format!("{} is not UTF-8 text, it holds the byte 0x{bad:02x}", found(bytes)))
        })
    }

    /// Reads a key with its value, or the end of a list; true at the end of the file.
    fn entry(&mut self) -> Result<bool> {
        let key = match self.token()? {
            Token::Word(key) => key,
            Token::Close => {
                self.close()?;
                return Ok(false);
            }
            Token::End if self.lists.is_empty() => return Ok(true),
            Token::End => {
                let open = self.lists.len();
                return Err(self.fail(format!("the file is cut off, {open} lists are open")));
            }
            Token::Open => return Err(self.fail("a list without a key".to_owned())),
            Token::Text(text) => {
                return Err(
                    self.fail(format!("a key is expected, found the string {}", found(text.as_bytes())))
                );
            }
        };
        let line = self.line;
        match self.token()? {
            Token::Open => self.open(&key)?,
            Token::Word(value) | Token::Text(value) => self.value(line, key, value)?,
            Token::Close | Token::End => return Err(self.fail(format!("the key {key} has no value"))),
        }
        Ok(false)
    }

    fn open(&mut self, key: &str) -> Result<()> {
        if self.lists.len() >= MAX_DEPTH {
            return Err(self.fail(format!("lists are nested deeper than {MAX_DEPTH}")));
        }
        let list = match (self.lists.last(), key) {
            (None, "graph") if self.seen_graph => {
                return Err(self.fail("a second graph is not read".to_owned()));
            }
            (None, "graph") => List::Graph,
            (Some(List::Graph), "node") => List::Node,
            (Some(List::Graph), "edge") => List::Edge,
            (Some(List::Node), "graphics") => List::Graphics,
            _ => List::Other,
        };
        self.seen_graph |= list == List::Graph;
        if matches!(list, List::Node | List::Edge) {
            self.pairs.clear();
        }
        self.lists.push(list);
        Ok(())
    }

    fn value(&mut self, line: u64, key: String, value: String) -> Result<()> {
        match self.lists.last() {
            Some(List::Graph) if key == "directed" => {
                self.rows.directed = match value.as_str() {
                    "0" => false,
                    "1" => true,
                    _ => {
                        let value = found(value.as_bytes());
                        return Err(fail(
                            &self.rows.file,
                            line,
                            format!("directed is {value}, allowed are 0 and 1"),
                        ));
                    }
                };
            }
            Some(List::Graph) if key == "name" || key == "label" => self.rows.name = Some(value),
            Some(List::Node | List::Edge) => self.pairs.push((key, value)),
            Some(List::Graphics) if key == "x" || key == "y" => self.pairs.push((key, value)),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        let (line, list) = (self.line, self.lists.pop());
        let get =
            |key: &str| self.pairs.iter().find(|(other, _)| other == key).map(|(_, value)| value.as_str());
        let missing = |what: &str| fail(&self.rows.file, line, what.to_owned());
        match list {
            None => return Err(self.fail("a bracket is closed that was not opened".to_owned())),
            Some(List::Node) => {
                let id = get("id").ok_or_else(|| missing("the node that ends here has no id"))?;
                self.rows.node(line, Id::Text(id))?;
                for (key, value) in self.pairs.iter().filter(|(key, _)| key != "id") {
                    // The label of GML is the name.
                    let name = if key == "label" { "name" } else { key };
                    let column = self.rows.column(name)?;
                    self.rows.set(line, column, key, value)?;
                }
            }
            Some(List::Edge) => {
                let source = get("source").ok_or_else(|| missing("the edge that ends here has no source"))?;
                let target = get("target").ok_or_else(|| missing("the edge that ends here has no target"))?;
                self.rows.edge(line, Id::Text(source), Id::Text(target), get("weight").or(get("value")))?;
            }
            Some(List::Graph | List::Graphics | List::Other) => {}
        }
        Ok(())
    }
}

impl Reading for GmlReader<'_> {
    fn step(&mut self, bytes: u64, parts: &mut DatasetParts) -> Result<bool> {
        let end = self.window.passed().saturating_add(bytes);
        while self.window.passed() < end {
            if self.entry()? {
                if !self.seen_graph {
                    return Err(Error::in_file(&self.rows.file, "there is no graph [ … ]"));
                }
                self.rows.finish(parts)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn consumed(&self) -> u64 {
        self.window.source().consumed()
    }
}

/// Whether `graph [` stands at the start, after keys with values such as `Creator "igraph"`.
fn is_gml(text: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&text[..text.len().min(4096)]);
    let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let starts = |line: &str| {
        line.strip_prefix("graph").map(str::trim_start).map(|rest| rest.is_empty() || rest.starts_with('['))
    };
    lines.by_ref().take(8).find_map(|line| {
        let is_key =
            ["Creator", "Version", "comment", "Comment", "label"].iter().any(|key| line.starts_with(key));
        if is_key { None } else { Some(starts(line) == Some(true)) }
    }) == Some(true)
        && head.contains('[')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::OpenOptions;
    use crate::io::source::bytes::Source;
    use crate::limits::Limits;

    #[test]
    fn chunks_of_any_size_read_what_the_whole_reads() {
        let text = "\u{feff}Creator \"a tool\"\n# a line\ngraph [ directed 0\n node [ id 1 label \"caf&#233;\" ]\n \
                    node [ id 20 graphics [ x 1.5 y 2 ] ] edge [ source 1\ntarget 20 weight 0.25 ] ]\n# the end";
        let limits = Limits::default();
        let read = |chunk: usize, cut: usize| {
            let source = Source::of_bytes("g.gml", &text.as_bytes()[..cut], &limits)?;
            let rows = GraphRows::new("g.gml", &OpenOptions::default(), &limits);
            let mut reader = GmlReader::new(Window::with_chunks(source, chunk), rows);
            let mut parts = DatasetParts::default();
            while !reader.step(1, &mut parts)? {}
            Ok::<_, Error>((parts.edges.unwrap().1.edges, parts.nodes[0].1.len()))
        };
        assert_eq!(read(1 << 16, text.len()), Ok((vec![(0, 1)], 2)));
        for cut in 0..=text.len() {
            let whole = read(1 << 16, cut);
            for chunk in [1, 2, 3, 7, 40] {
                assert_eq!(read(chunk, cut), whole, "chunks of {chunk}, {cut} bytes");
            }
        }
    }
}
