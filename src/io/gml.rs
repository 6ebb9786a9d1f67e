//! GML: keys with numbers, strings and lists in square brackets.

use std::borrow::Cow;

use quick_xml::escape::unescape;

use super::bytes::found;
use super::graph_rows::{GraphRows, Id, fail};
use super::parts::{Parts, Reading};
use crate::error::{Error, Result};

/// Deepest nesting of lists; a graph with graphics needs four.
const MAX_DEPTH: usize = 64;

/// Reads a graph key by key.
pub(super) struct GmlReader<'a> {
    bytes: Cow<'a, [u8]>,
    at: usize,
    line: u64,
    lists: Vec<List>,
    /// Attributes of the node or edge that is open.
    pairs: Vec<(String, String)>,
    seen_graph: bool,
    rows: GraphRows,
    stored: Option<u64>,
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
    /// Reads `bytes`, which were unpacked from `stored` bytes.
    pub(super) fn new(bytes: Cow<'a, [u8]>, rows: GraphRows, stored: Option<u64>) -> Self {
        let at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let (lists, pairs) = (Vec::new(), Vec::new());
        Self { bytes, at, line: 1, lists, pairs, seen_graph: false, rows, stored }
    }

    fn fail(&self, message: String) -> Error {
        fail(&self.rows.file, self.line, message)
    }

    fn token(&mut self) -> Result<Token> {
        let start = loop {
            match self.bytes.get(self.at) {
                None => return Ok(Token::End),
                Some(b'\n') => self.line += 1,
                Some(b'#') => {
                    let rest = &self.bytes[self.at..];
                    self.at += rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
                    continue;
                }
                Some(byte) if byte.is_ascii_whitespace() => {}
                Some(_) => break self.at,
            }
            self.at += 1;
        };
        let rest = &self.bytes[start..];
        match rest[0] {
            b'[' => {
                self.at += 1;
                Ok(Token::Open)
            }
            b']' => {
                self.at += 1;
                Ok(Token::Close)
            }
            b'"' => {
                let len = rest[1..].iter().position(|&byte| byte == b'"');
                let len =
                    len.ok_or_else(|| self.fail("the string that starts here is not closed".to_owned()))?;
                let text = &rest[1..=len];
                let plain = self.text(text)?;
                // Characters beyond ASCII stand as in HTML; what is none stays as it is.
                let text = unescape(plain).map_or_else(|_| plain.to_owned(), Cow::into_owned);
                self.line += rest[1..=len].iter().filter(|&&byte| byte == b'\n').count() as u64;
                self.at += len + 2;
                Ok(Token::Text(text))
            }
            _ => {
                let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'[' | b']' | b'"');
                let len = rest.iter().position(is_end).unwrap_or(rest.len());
                let word = self.text(&rest[..len])?.to_owned();
                self.at += len;
                Ok(Token::Word(word))
            }
        }
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
                    // What GML calls a label is the name.
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
    fn step(&mut self, bytes: u64, parts: &mut Parts) -> Result<bool> {
        let end = (self.at as u64).saturating_add(bytes);
        while (self.at as u64) < end {
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
        self.stored.unwrap_or(self.at as u64)
    }
}
