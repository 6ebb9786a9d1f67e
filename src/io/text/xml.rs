//! XML of graph files from start to end: every element goes to the reader of the format; no entity is expanded or fetched.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use crate::error::{Error, Result};
use crate::io::dataset::graph_rows::{GraphRows, fail};
use crate::io::dataset::parts::{DatasetParts, Reading};
use crate::io::source::bytes::Source;
use crate::io::source::words::found;
use crate::io::source::zip::inner_error;
use crate::limits;

/// Bytes pulled from the source at a time.
const BUFFER_BYTES: usize = 64 << 10;
/// Longest tag, text or comment.
const MAX_EVENT_BYTES: u64 = 16 << 20;
/// Deepest nesting of elements; GraphML and GEXF need some ten.
const MAX_DEPTH: u32 = 64;

/// Reads the elements of one format.
pub(crate) trait XmlElements {
    /// An element begins; `inside` are the names of those around it.
    fn start(&mut self, rows: &mut GraphRows, tag: &Tag<'_>) -> Result<()>;
    /// Text inside the element.
    fn text(&mut self, rows: &mut GraphRows, line: u64, text: &str) -> Result<()>;
    /// The element ends.
    fn end(&mut self, rows: &mut GraphRows, line: u64, name: &str) -> Result<()>;
    /// Whether the element that makes a file of this format was seen.
    fn is_complete(&self) -> bool;
}

/// Name and attributes of an element.
pub(crate) struct Tag<'a> {
    file: &'a str,
    pub(crate) line: u64,
    element: &'a BytesStart<'a>,
}

impl Tag<'_> {
    /// Name without its prefix.
    pub(crate) fn name(&self) -> &str {
        let name = self.element.name().into_inner();
        name.rsplit(':').next().unwrap_or(name)
    }

    /// The value of an attribute.
    ///
    /// # Errors
    /// `parse` for attributes that are broken and for entities that are not predefined.
    #[inline(never)]
    pub(crate) fn get(&self, name: &str) -> Result<Option<Cow<'_, str>>> {
        for attribute in self.element.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| self.fail(format!("broken attribute: {error}")))?;
            if attribute.key.into_inner() == name {
                let value = attribute.normalized_value(XmlVersion::Explicit1_0);
                return value.map(Some).map_err(|error| self.fail(format!("attribute {name}: {error}")));
            }
        }
        Ok(None)
    }

    /// The value of an attribute that must be there.
    #[inline(never)]
    pub(crate) fn need(&self, name: &str) -> Result<Cow<'_, str>> {
        let value = self.get(name)?;
        value.ok_or_else(|| self.fail(format!("<{}> has no attribute {name}", self.name())))
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn fail(&self, message: String) -> Error {
        fail(self.file, self.line, message)
    }
}

/// Reads a graph file of XML bit by bit.
pub(crate) struct XmlReader<'a> {
    xml: quick_xml::Reader<Buffered<'a>>,
    buffer: Vec<u8>,
    line: u64,
    depth: u32,
    elements: Box<dyn XmlElements>,
    rows: GraphRows,
    file: String,
}

impl<'a> XmlReader<'a> {
    pub(crate) fn new(source: Source<'a>, elements: Box<dyn XmlElements>, rows: GraphRows) -> Result<Self> {
        let buffer = limits::filled(BUFFER_BYTES, 0)?;
        let buffered = Buffered { source, buffer, at: 0, end: 0, of_event: 0 };
        let xml = quick_xml::Reader::from_reader(buffered);
        let file = rows.file.clone();
        Ok(Self { xml, buffer: Vec::new(), line: 1, depth: 0, elements, rows, file })
    }

    /// Reads one event; true at the end.
    fn event(&mut self) -> Result<bool> {
        self.buffer.clear();
        self.xml.get_mut().of_event = 0;
        let Self { xml, buffer, line, depth, elements, rows, file } = self;
        let file: &str = file;
        let event = match xml.read_event_into(buffer) {
            Ok(event) => event,
            Err(quick_xml::Error::Io(error)) => return Err(inner_error(file, &error)),
            Err(error) => return Err(fail(file, *line, format!("broken XML: {error}"))),
        };
        let start = *line;
        *line += event.bytes().filter(|&byte| byte == b'\n').count() as u64;
        let at_line = |message: String| fail(file, start, message);
        match event {
            Event::Start(element) => {
                *depth += 1;
                if *depth > MAX_DEPTH {
                    return Err(at_line(format!("elements are nested deeper than {MAX_DEPTH}")));
                }
                elements.start(rows, &Tag { file, line: start, element: &element })?;
            }
            Event::Empty(element) => {
                let tag = Tag { file, line: start, element: &element };
                elements.start(rows, &tag)?;
                elements.end(rows, start, tag.name())?;
            }
            Event::End(element) => {
                *depth -= 1;
                let name = element.name().into_inner();
                elements.end(rows, start, name.rsplit(':').next().unwrap_or(name))?;
            }
            Event::Text(text) => elements.text(rows, start, &text.xml10_content())?,
            Event::CData(text) => elements.text(rows, start, &text.xml10_content())?,
            Event::GeneralRef(entity) => {
                let name: &str = &entity;
                let char = match entity.resolve_char_ref() {
                    Ok(Some(char)) => Some(char),
                    Ok(None) => match name {
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "amp" => Some('&'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => None,
                    },
                    Err(_) => None,
                };
                let Some(char) = char else {
                    let name = found(name.as_bytes());
                    return Err(at_line(format!(
                        "the entity {name} is not predefined, and none are expanded"
                    )));
                };
                elements.text(rows, start, char.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(text) => {
                if text.contains("<!ENTITY") {
                    return Err(at_line("the document declares entities, which are not read".to_owned()));
                }
            }
            Event::Decl(declaration) => {
                if let Some(Ok(encoding)) = declaration.encoding()
                    && !["utf-8", "utf8", "us-ascii", "ascii"].contains(&encoding.to_lowercase().as_str())
                {
                    let encoding = found(encoding.as_bytes());
                    return Err(at_line(format!("the encoding {encoding} is not read, allowed is UTF-8")));
                }
            }
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => {
                if *depth > 0 {
                    return Err(at_line(format!("the file is cut off, {depth} elements are open")));
                }
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Reading for XmlReader<'_> {
    fn step(&mut self, bytes: u64, parts: &mut DatasetParts) -> Result<bool> {
        let end = self.xml.buffer_position().saturating_add(bytes);
        while self.xml.buffer_position() < end {
            if self.event()? {
                if !self.elements.is_complete() {
                    return Err(Error::in_file(&self.file, "there is no <graph> element"));
                }
                self.rows.finish(parts)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn consumed(&self) -> u64 {
        self.xml.get_ref().source.consumed()
    }
}

/// A source with the buffer that XML is read from.
struct Buffered<'a> {
    source: Source<'a>,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    of_event: u64,
}

impl Read for Buffered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ahead = self.fill_buf()?;
        let len = ahead.len().min(buffer.len());
        buffer[..len].copy_from_slice(&ahead[..len]);
        self.consume(len);
        Ok(len)
    }
}

impl BufRead for Buffered<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.end {
            let read = self.source.fill(&mut self.buffer).map_err(io::Error::other)?;
            (self.at, self.end) = (0, read);
            self.of_event += read as u64;
            if self.of_event > MAX_EVENT_BYTES {
                let message = format!("a tag or text is longer than {MAX_EVENT_BYTES} bytes");
                return Err(io::Error::other(Error::in_file(self.source.name(), message)));
            }
        }
        Ok(&self.buffer[self.at..self.end])
    }

    fn consume(&mut self, len: usize) {
        self.at += len;
    }
}
