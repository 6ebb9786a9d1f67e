//! Rows of delimited text: commas, tabs, semicolons or blanks, read in chunks.

use crate::error::{Error, Result};
use crate::io::options::Delimiter;
use crate::io::source::bytes::Source;
use crate::io::source::words::{found, grouped};
use crate::limits::{self, grow};

/// Bytes pulled from the source at a time.
const BUFFER_BYTES: usize = 128 << 10;
/// Longest record; a longer one is an unclosed quote or not a table.
const MAX_ROW_BYTES: usize = 1 << 20;
/// Most fields of a record: more is not a table of edges or labels, and a wide matrix belongs in npy.
const MAX_FIELDS: usize = 1 << 16;

/// How the rows of a table are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) delimiter: Delimiter,
    pub(crate) header: bool,
    pub(crate) comment: Option<u8>,
}

impl Style {
    /// Rows of fields that `delimiter` separates, without a header.
    pub(crate) fn plain(delimiter: Delimiter) -> Self {
        Self { delimiter, header: false, comment: None }
    }

    /// Words for the report.
    pub(crate) fn describe(&self) -> String {
        let header = if self.header { "header" } else { "no header" };
        format!("{}, {header}", self.delimiter.name())
    }
}

/// Whether a line that starts with `byte` is skipped.
pub(crate) fn is_comment(byte: u8, comment: Option<u8>) -> bool {
    comment.map_or(matches!(byte, b'#' | b'%'), |comment| byte == comment)
}

impl Delimiter {
    fn byte(self) -> Option<u8> {
        match self {
            Self::Tab => Some(b'\t'),
            Self::Semicolon => Some(b';'),
            Self::Comma => Some(b','),
            Self::Blanks => None,
        }
    }

    /// The delimiter that most lines hold outside quotes. `whole` says that the last line is complete.
    pub(crate) fn guess(head: &[u8], whole: bool, comment: Option<u8>) -> Self {
        let mut counts = [0u32; 4];
        let mut lines = head.split(|&byte| byte == b'\n').peekable();
        while let Some(line) = lines.next() {
            let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
            let cut = lines.peek().is_none() && !whole;
            if line.is_empty() || is_comment(line[0], comment) || cut {
                continue;
            }
            let (mut quoted, mut seen) = (false, [false; 4]);
            for &byte in line {
                match byte {
                    b'"' => quoted = !quoted,
                    _ if quoted => {}
                    b'\t' => (seen[0], seen[3]) = (true, true),
                    b';' => seen[1] = true,
                    b',' => seen[2] = true,
                    b' ' => seen[3] = true,
                    _ => {}
                }
            }
            for (count, seen) in counts.iter_mut().zip(seen) {
                *count += u32::from(seen);
            }
        }
        let most = counts.into_iter().max().unwrap_or(0);
        // Without any delimiter the rows have one field, whatever it is.
        let at = counts.iter().position(|&count| count == most && most > 0).unwrap_or(3);
        Self::ALL[at]
    }
}

/// Reads one record after the other. Blank lines and comments are skipped, and so is a UTF-8
/// byte order mark; lines end in `\n` or `\r\n`.
pub(crate) struct TextRows<'a> {
    source: Source<'a>,
    core: Option<csv_core::Reader>,
    comment: Option<u8>,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    ended: bool,
    text: Vec<u8>,
    ends: Vec<usize>,
    num_fields: usize,
    /// Line of the record.
    line: u64,
    next_line: u64,
}

impl<'a> TextRows<'a> {
    /// Reads `source` from its current position.
    pub(crate) fn new(mut source: Source<'a>, style: &Style) -> Result<Self> {
        source.skip_mark();
        let core = style.delimiter.byte().map(|byte| csv_core::ReaderBuilder::new().delimiter(byte).build());
        Ok(Self {
            source,
            core,
            comment: style.comment,
            buffer: limits::filled(BUFFER_BYTES, 0)?,
            at: 0,
            end: 0,
            ended: false,
            text: limits::filled(1024, 0)?,
            ends: limits::filled(16, 0)?,
            num_fields: 0,
            line: 1,
            next_line: 1,
        })
    }

    /// The source under the rows.
    pub(crate) fn source(&self) -> &Source<'a> {
        &self.source
    }

    /// Goes to the next record; false after the last.
    pub(crate) fn advance(&mut self) -> Result<bool> {
        loop {
            if !self.skip_to_row()? {
                return Ok(false);
            }
            self.line = self.next_line;
            let there = match self.core.take() {
                Some(mut core) => {
                    let there = self.read_delimited(&mut core);
                    self.core = Some(core);
                    there?
                }
                None => self.read_blanks()?,
            };
            if !there {
                return Ok(false);
            }
            // A line of spaces is one empty field, or none.
            if self.num_fields > 1 || (self.num_fields == 1 && !self.field(0).is_empty()) {
                return Ok(true);
            }
        }
    }

    /// Line on which the record starts, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Number of fields of the record.
    pub(crate) fn num_fields(&self) -> usize {
        self.num_fields
    }

    /// About how many bytes the record took.
    pub(crate) fn num_bytes(&self) -> u64 {
        let text = if self.num_fields == 0 { 0 } else { self.ends[self.num_fields - 1] };
        (text + self.num_fields) as u64
    }

    /// A field of the record, without the blanks around it.
    pub(crate) fn field(&self, at: usize) -> &[u8] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        self.text[start..self.ends[at]].trim_ascii()
    }

    /// A field as text. `what` names it in the error.
    pub(crate) fn field_text(&self, at: usize, what: &str) -> Result<&str> {
        let field = self.field(at);
        std::str::from_utf8(field).map_err(|error| {
            let bad = field[error.valid_up_to()];
            self.fail(format!("{what} {} is not UTF-8 text, it holds the byte 0x{bad:02x}", found(field)))
        })
    }

    /// A parse error at the record.
    #[cold]
    #[inline(never)]
    pub(crate) fn fail(&self, message: String) -> Error {
        Error::at_line(self.source.name(), self.line, message)
    }

    /// Whether there is a byte to read, after a refill when needed.
    fn has_byte(&mut self) -> Result<bool> {
        if self.at < self.end {
            return Ok(true);
        }
        if self.ended {
            return Ok(false);
        }
        (self.at, self.end) = (0, self.source.fill(&mut self.buffer)?);
        self.ended = self.end == 0;
        Ok(!self.ended)
    }

    fn skip_to_row(&mut self) -> Result<bool> {
        let mut in_comment = false;
        while self.has_byte()? {
            match self.buffer[self.at] {
                b'\n' => {
                    self.next_line += 1;
                    in_comment = false;
                }
                b'\r' => {}
                _ if in_comment => {}
                byte if is_comment(byte, self.comment) => in_comment = true,
                _ => return Ok(true),
            }
            self.at += 1;
        }
        Ok(false)
    }

    fn read_delimited(&mut self, core: &mut csv_core::Reader) -> Result<bool> {
        use csv_core::ReadRecordResult::{End, InputEmpty, OutputEndsFull, OutputFull, Record};
        let (mut len, mut num_fields) = (0, 0);
        let line = core.line();
        loop {
            let input = if self.has_byte()? { &self.buffer[self.at..self.end] } else { &[][..] };
            let (result, read, written, ended) =
                core.read_record(input, &mut self.text[len..], &mut self.ends[num_fields..]);
            self.at += read;
            len += written;
            num_fields += ended;
            match result {
                InputEmpty => {}
                OutputFull if self.text.len() < MAX_ROW_BYTES => widen(&mut self.text)?,
                OutputEndsFull if self.ends.len() < MAX_FIELDS => widen(&mut self.ends)?,
                OutputFull => {
                    return Err(self.fail(format!(
                        "the row that starts here is longer than {} bytes; is a quote left open?",
                        grouped(MAX_ROW_BYTES as u64)
                    )));
                }
                OutputEndsFull => return Err(self.too_many_fields()),
                Record | End => {
                    self.next_line += core.line() - line;
                    self.num_fields = num_fields;
                    return Ok(matches!(result, Record));
                }
            }
        }
    }

    /// Copies a line into `text`, fields side by side.
    fn read_blanks(&mut self) -> Result<bool> {
        let (mut len, mut in_field) = (0, false);
        self.num_fields = 0;
        while self.has_byte()? {
            let input = &self.buffer[self.at..self.end];
            for (read, &byte) in input.iter().enumerate() {
                if !byte.is_ascii_whitespace() {
                    if len == self.text.len() {
                        if len >= MAX_ROW_BYTES {
                            return Err(self.fail(format!(
                                "the row that starts here is longer than {} bytes",
                                grouped(MAX_ROW_BYTES as u64)
                            )));
                        }
                        widen(&mut self.text)?;
                    }
                    self.text[len] = byte;
                    len += 1;
                    in_field = true;
                    continue;
                }
                if in_field {
                    if self.num_fields + 1 == self.ends.len() {
                        if self.ends.len() >= MAX_FIELDS {
                            return Err(self.too_many_fields());
                        }
                        widen(&mut self.ends)?;
                    }
                    self.ends[self.num_fields] = len;
                    self.num_fields += 1;
                    in_field = false;
                }
                if byte == b'\n' {
                    self.at += read + 1;
                    self.next_line += 1;
                    return Ok(true);
                }
            }
            self.at = self.end;
        }
        if in_field {
            self.ends[self.num_fields] = len;
            self.num_fields += 1;
        }
        Ok(true)
    }

    fn too_many_fields(&self) -> Error {
        self.fail(format!("the row has more than {} fields", grouped(MAX_FIELDS as u64)))
    }
}

fn widen<T: Clone + Default>(data: &mut Vec<T>) -> Result<()> {
    let len = data.len();
    grow(data, len)?;
    data.resize(2 * len, T::default());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn read(text: &[u8], delimiter: Delimiter) -> Vec<(u64, Vec<String>)> {
        let source = Source::of_bytes("t", text, &Limits::default()).unwrap();
        let mut rows = TextRows::new(source, &Style::plain(delimiter)).unwrap();
        let mut all = Vec::new();
        while rows.advance().unwrap() {
            let fields =
                (0..rows.num_fields()).map(|at| String::from_utf8_lossy(rows.field(at)).into_owned());
            all.push((rows.line(), fields.collect()));
        }
        all
    }

    fn row(line: u64, fields: &[&str]) -> (u64, Vec<String>) {
        (line, fields.iter().map(|&field| field.to_owned()).collect())
    }

    #[test]
    fn lines_are_counted_past_comments_blanks_and_quotes() {
        let text = b"\xef\xbb\xbf# c, \"open\n\na,b\r\n% d\n \n\"x\ny\", \"q\"\"\" \r\nlast,1";
        let expected = [row(3, &["a", "b"]), row(6, &["x\ny", "\"q\"\"\""]), row(8, &["last", "1"])];
        // A blank before the opening quote makes it an ordinary character.
        assert_eq!(read(text, Delimiter::Comma), expected);
        assert_eq!(
            read(b"a,\"q\"\"\"\rb,c\r", Delimiter::Comma),
            [row(1, &["a", "q\""]), row(1, &["b", "c"])]
        );
    }

    #[test]
    fn blanks_separate_however_many() {
        let text = b"1  2\t3\r\n\n  \n#x\n 4 5";
        assert_eq!(read(text, Delimiter::Blanks), [row(1, &["1", "2", "3"]), row(5, &["4", "5"])]);
    }

    #[test]
    fn long_rows_grow_the_buffers_up_to_a_limit() {
        let wide = vec!["7"; 1000].join(" ");
        assert_eq!(read(wide.as_bytes(), Delimiter::Blanks)[0].1.len(), 1000);
        let wide = vec!["77"; 1000].join(",");
        assert_eq!(read(wide.as_bytes(), Delimiter::Comma)[0].1.len(), 1000);
        let open = [b"a,\"".to_vec(), vec![b'x'; 2 << 20]].concat();
        for delimiter in [Delimiter::Comma, Delimiter::Blanks] {
            let source = Source::of_bytes("t", &open, &Limits::default()).unwrap();
            let error =
                TextRows::new(source, &Style::plain(delimiter)).unwrap().advance().unwrap_err().to_string();
            assert!(error.starts_with("t, line 1: the row that starts here is longer than 1,048,576 bytes"));
        }
    }

    #[test]
    fn the_delimiter_of_most_lines_wins() {
        let cases: [(&str, Delimiter); 6] = [
            ("source,target\n1,2\n", Delimiter::Comma),
            ("a, b\nc, d\n", Delimiter::Comma),
            ("Valjean, Jean\tCosette\n", Delimiter::Tab),
            ("1;2\n# a, b, c\n3;4", Delimiter::Semicolon),
            ("1 2\n3 4\n", Delimiter::Blanks),
            ("\"a b\",c\n", Delimiter::Comma),
        ];
        for (text, delimiter) in cases {
            assert_eq!(Delimiter::guess(text.as_bytes(), true, None), delimiter, "{text:?}");
        }
    }
}
