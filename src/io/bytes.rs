//! Bytes of an input file, unpacked as they are read and never beyond the limit.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::ops::Range;
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;

use super::zip::{Entry, EntryReader, inner_error};
use crate::error::{Error, Result};
use crate::limits::{self, Limits};

/// Bytes read ahead to recognise a file.
const HEAD_BYTES: usize = 64 << 10;
/// Bytes that a buffer grows by when nothing says how much will come.
const CHUNK_BYTES: usize = 256 << 10;

/// Bytes of a file or of an entry of an archive, as they are stored. Clones share the bytes and the position.
#[derive(Clone)]
pub(super) struct Stored<'a> {
    file: Rc<Cow<'a, [u8]>>,
    range: Range<usize>,
    used: Rc<Cell<usize>>,
}

impl<'a> Stored<'a> {
    pub(super) fn new(file: Rc<Cow<'a, [u8]>>, range: Range<usize>) -> Self {
        Self { file, range, used: Rc::default() }
    }

    fn rest(&self) -> &[u8] {
        &self.file[self.range.start + self.used.get()..self.range.end]
    }

    /// The bytes, without a copy when nothing else shares them.
    fn into_bytes(self) -> Result<Cow<'a, [u8]>> {
        let is_whole = self.range == (0..self.file.len());
        match Rc::try_unwrap(self.file) {
            Ok(file) if is_whole => Ok(file),
            Ok(file) => copied(&file[self.range]),
            Err(file) => copied(&file[self.range]),
        }
    }
}

fn copied(bytes: &[u8]) -> Result<Cow<'static, [u8]>> {
    let mut copy = limits::reserve(bytes.len())?;
    copy.extend_from_slice(bytes);
    Ok(Cow::Owned(copy))
}

impl Read for Stored<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.rest().len().min(buffer.len());
        buffer[..len].copy_from_slice(&self.rest()[..len]);
        self.consume(len);
        Ok(len)
    }
}

impl BufRead for Stored<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.rest())
    }

    fn consume(&mut self, len: usize) {
        self.used.set(self.used.get() + len);
    }
}

enum Inner<'a> {
    Plain,
    Packed(Box<dyn Read + 'a>),
}

/// A file that is read front to back; gzip, known by its first bytes, and the deflate of a zip are undone on the way.
pub(super) struct Source<'a> {
    name: Rc<str>,
    stored: Stored<'a>,
    inner: Inner<'a>,
    is_gz: bool,
    head: Vec<u8>,
    head_at: usize,
    unpacked: u64,
    unpacked_bytes: u64,
    max: u64,
}

impl<'a> Source<'a> {
    /// Opens `bytes` and reads their head.
    ///
    /// # Errors
    /// `limit_exceeded` beyond `max_file_bytes`; `parse` for damaged gzip.
    pub(super) fn new(name: impl Into<Rc<str>>, bytes: Cow<'a, [u8]>, limits: &Limits) -> Result<Self> {
        let len = bytes.len();
        Self::open(name.into(), Stored::new(Rc::new(bytes), 0..len), None, len as u64, limits)
    }

    /// Opens an entry of the zip file `zip`, whose bytes are `file`.
    ///
    /// # Errors
    /// As for [`Source::new`], and `parse` for an entry that cannot be what it claims.
    pub(super) fn of_entry(
        zip: &str,
        file: &Rc<Cow<'a, [u8]>>,
        entry: &Entry,
        limits: &Limits,
    ) -> Result<Self> {
        let stored = Stored::new(Rc::clone(file), entry.packed.clone());
        let reader = EntryReader::new(zip, entry, stored.clone(), limits)?;
        Self::open(entry.name.as_str().into(), stored, Some(reader), entry.unpacked, limits)
    }

    fn open(
        name: Rc<str>,
        stored: Stored<'a>,
        entry: Option<EntryReader<Stored<'a>>>,
        size: u64,
        limits: &Limits,
    ) -> Result<Self> {
        limits::check(&format!("{name}: file bytes"), stored.range.len() as u64, limits.max_file_bytes)?;
        let mut packed: Option<Box<dyn BufRead + 'a>> = match entry {
            Some(entry) => Some(Box::new(BufReader::new(entry))),
            None => None,
        };
        let start = match &mut packed {
            Some(entry) => entry.fill_buf().map_err(|error| inner_error(&name, &error))?,
            None => stored.rest(),
        };
        let is_gz = start.starts_with(&[0x1f, 0x8b]);
        // Text shrinks to a quarter or less; the trailer has the size modulo 2^32.
        let unpacked_bytes = match (is_gz, stored.rest()) {
            (false, _) => size,
            (true, [.., a, b, c, d]) if packed.is_none() => u32::from_le_bytes([*a, *b, *c, *d]).into(),
            _ => size.saturating_mul(4),
        };
        let inner = match (packed, is_gz) {
            (None, false) => Inner::Plain,
            (Some(entry), false) => Inner::Packed(Box::new(entry)),
            (packed, true) => {
                let packed = packed.unwrap_or_else(|| Box::new(stored.clone()));
                Inner::Packed(Box::new(MultiGzDecoder::new(packed)))
            }
        };
        let (head, max) = (limits::filled(HEAD_BYTES, 0)?, limits.max_file_bytes);
        let mut source =
            Self { name, stored, inner, is_gz, head, head_at: 0, unpacked: 0, unpacked_bytes, max };
        let mut len = 0;
        while len < HEAD_BYTES {
            let mut head = std::mem::take(&mut source.head);
            let read = source.pull(&mut head[len..]);
            source.head = head;
            match read? {
                0 => break,
                read => len += read,
            }
        }
        source.head.truncate(len);
        Ok(source)
    }

    /// Name of the file.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The first unpacked bytes, whether read or not.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Whether the head is all there is.
    pub(super) fn is_all_head(&self) -> bool {
        self.head.len() < HEAD_BYTES
    }

    /// Whether the file was gzipped.
    pub(super) fn is_gz(&self) -> bool {
        self.is_gz
    }

    /// Bytes of the file as it was given.
    pub(super) fn stored_bytes(&self) -> u64 {
        self.stored.range.len() as u64
    }

    /// How many of the stored bytes have been used; never falls.
    pub(super) fn consumed(&self) -> u64 {
        self.stored.used.get() as u64
    }

    /// How many bytes it unpacks to: as the archive or the gzip trailer says, or a guess where both packed it.
    pub(super) fn unpacked_bytes(&self) -> u64 {
        self.unpacked_bytes.max(self.head.len() as u64)
    }

    /// The bytes of a file that is stored as it is.
    pub(super) fn plain(&self) -> Option<&[u8]> {
        matches!(self.inner, Inner::Plain).then(|| &self.stored.file[self.stored.range.clone()])
    }

    /// The file with its bytes, for the entries of an archive.
    pub(super) fn shared(&self) -> Rc<Cow<'a, [u8]>> {
        Rc::clone(&self.stored.file)
    }

    /// Reads some bytes; 0 at the end.
    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let ahead = &self.head[self.head_at..];
        if ahead.is_empty() {
            return self.pull(buffer);
        }
        let len = ahead.len().min(buffer.len());
        buffer[..len].copy_from_slice(&ahead[..len]);
        self.head_at += len;
        Ok(len)
    }

    /// Unpacks some more into `bytes`, about as many as `budget`; true at the end.
    pub(super) fn unpack(&mut self, bytes: &mut Vec<u8>, budget: u64) -> Result<bool> {
        let mut used = 0;
        while used < budget {
            let len = bytes.len();
            grow(bytes, CHUNK_BYTES)?;
            bytes.resize(len + CHUNK_BYTES, 0);
            let read = self.fill(&mut bytes[len..])?;
            bytes.truncate(len + read);
            if read == 0 {
                return Ok(true);
            }
            used += read as u64;
        }
        Ok(false)
    }

    /// All bytes from the start, without a copy when they were not packed.
    pub(super) fn into_bytes(mut self) -> Result<Cow<'a, [u8]>> {
        if matches!(self.inner, Inner::Plain) {
            return self.stored.into_bytes();
        }
        let mut bytes = Vec::new();
        self.unpack(&mut bytes, u64::MAX)?;
        Ok(Cow::Owned(bytes))
    }

    fn pull(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = match &mut self.inner {
            Inner::Plain => self.stored.read(buffer),
            Inner::Packed(reader) => reader.read(buffer),
        };
        let read = read.map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => Error::in_file(
                &self.name,
                format!("the gzip data is cut off after {} bytes", grouped(self.stored_bytes())),
            ),
            _ if error.get_ref().is_some_and(|inner| inner.is::<Error>()) => inner_error(&self.name, &error),
            _ => Error::in_file(&self.name, format!("the gzip data is damaged: {error}")),
        })?;
        self.unpacked += read as u64;
        if self.unpacked > self.max {
            limits::check(&format!("{}: unpacked bytes", self.name), self.unpacked, self.max)?;
        }
        Ok(read)
    }
}

/// Makes room for `more` elements; the capacity at least doubles when it is used up.
pub(super) fn grow<T>(data: &mut Vec<T>, more: usize) -> Result<()> {
    if data.capacity() - data.len() >= more {
        return Ok(());
    }
    grow_slowly(data, more)
}

#[cold]
#[inline(never)]
fn grow_slowly<T>(data: &mut Vec<T>, more: usize) -> Result<()> {
    data.try_reserve(more)
        .map_err(|_| Error::OutOfMemory { bytes: (data.len() + more) as u64 * size_of::<T>() as u64 })
}

/// A count for people: `2708` is `2,708`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Text that was found, quoted, cut short and with control characters escaped.
pub(super) fn found(bytes: &[u8]) -> String {
    const MAX_CHARS: usize = 40;
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MAX_CHARS + 4)]);
    if text.chars().count() <= MAX_CHARS {
        return format!("{text:?}");
    }
    let short: String = text.chars().take(MAX_CHARS).collect();
    format!("{:?}", short + "…")
}

/// File name without its folders, in lower case.
pub(super) fn base_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (123_456, "123,456"), (1_234_567, "1,234,567")];
        for (count, text) in cases {
            assert_eq!(grouped(count), text);
        }
    }

    #[test]
    fn found_text_is_short_and_printable() {
        assert_eq!(found(b"a\tb"), r#""a\tb""#);
        assert_eq!(found(&[b'x'; 100]), format!("\"{}…\"", "x".repeat(40)));
        assert_eq!(found(&[0xff]), "\"\u{fffd}\"");
    }

    #[test]
    fn the_limit_holds_at_the_boundary() {
        let bytes = vec![b'1'; 100];
        let open = |max| {
            let limits = Limits { max_file_bytes: max, ..Limits::default() };
            Source::new("a.txt", Cow::Borrowed(&bytes), &limits).map(|source| source.head().len())
        };
        assert_eq!(open(100), Ok(100));
        assert_eq!(open(99).unwrap_err().to_string(), "a.txt: file bytes: 100 exceeds the limit of 99");
    }
}
