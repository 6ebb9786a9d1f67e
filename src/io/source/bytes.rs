//! Bytes of an input file, unpacked as they are read and never beyond the limit.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;

use super::npy;
use super::stored::{Fetched, Input, Packed, ReadAt, Stored};
use super::zip::{Entry, EntryReader, inner_error, is_zip};
use crate::error::{Error, Result};
use crate::limits::{self, Limits};

/// Bytes read ahead to recognise a file.
const HEAD_BYTES: usize = 64 << 10;
/// Bytes that a buffer grows by when nothing says how much will come.
const CHUNK_BYTES: usize = 256 << 10;
/// Bytes at the start and at the end of a file that tell how it is stored.
const PEEK_BYTES: usize = 6;

enum Inner<'a> {
    Plain(Packed<'a>),
    Gz(Box<MultiGzDecoder<Packed<'a>>>),
}

/// A file that is read front to back; gzip, known by its first bytes, and the deflate of a zip are undone on the way.
pub(super) struct Source<'a> {
    name: Rc<str>,
    inner: Inner<'a>,
    stored_bytes: usize,
    /// How many of the stored bytes have been used.
    used: Rc<Cell<usize>>,
    head: Vec<u8>,
    head_at: usize,
    unpacked: u64,
    unpacked_bytes: u64,
    max: u64,
}

impl<'a> Source<'a> {
    /// Opens a file and reads its head.
    ///
    /// # Errors
    /// `limit_exceeded` beyond `max_file_bytes`; `parse` for damaged gzip and for what cannot be fetched.
    pub(super) fn new(name: impl Into<Rc<str>>, input: Input<'a>, limits: &Limits) -> Result<Self> {
        let name = name.into();
        match input {
            Input::Bytes(bytes) => Self::in_memory(name, bytes, limits),
            Input::Elsewhere(file) => Self::fetched(name, file, limits),
        }
    }

    /// Opens bytes that are at hand.
    ///
    /// # Errors
    /// As for [`Source::new`].
    pub(super) fn of_bytes(name: &str, bytes: impl Into<Cow<'a, [u8]>>, limits: &Limits) -> Result<Self> {
        Self::in_memory(name.into(), bytes.into(), limits)
    }

    fn in_memory(name: Rc<str>, bytes: Cow<'a, [u8]>, limits: &Limits) -> Result<Self> {
        let len = bytes.len();
        check_size(&name, len as u64, limits)?;
        let (start, end) = (&bytes[..len.min(PEEK_BYTES)], &bytes[len.saturating_sub(PEEK_BYTES)..]);
        let (is_gz, unpacked_bytes) = (is_gz(start), unpacked_bytes(start, end, len as u64));
        let stored = Stored::new(Rc::new(bytes), 0..len);
        let used = Rc::clone(&stored.used);
        Self::open(name, Packed::Stored(stored), is_gz, (len, used), unpacked_bytes, limits)
    }

    /// A file that is not text front to back is fetched at once, for those that look into it here and there.
    fn fetched(name: Rc<str>, mut file: Box<dyn ReadAt + 'a>, limits: &Limits) -> Result<Self> {
        let failed = |error: io::Error| unreadable(&name, &error);
        let size = file.size().map_err(failed)?;
        check_size(&name, size, limits)?;
        let mut file = Fetched::new(file);
        let few = PEEK_BYTES.min(size as usize);
        let (mut start, mut end) = ([0; PEEK_BYTES], [0; PEEK_BYTES]);
        let (start, end) = (&mut start[..few], &mut end[..few]);
        file.fill_at(size - few as u64, end).map_err(failed)?;
        file.fill_at(0, start).map_err(failed)?;
        if is_zip(start) || start.starts_with(npy::MAGIC) {
            let mut bytes = limits::filled(size as usize, 0)?;
            file.fill_at(0, &mut bytes).map_err(failed)?;
            return Self::in_memory(name, bytes.into(), limits);
        }
        let (is_gz, unpacked_bytes) = (is_gz(start), unpacked_bytes(start, end, size));
        let used = Rc::clone(&file.used);
        let packed = Packed::Fetched(BufReader::with_capacity(HEAD_BYTES, file));
        Self::open(name, packed, is_gz, (size as usize, used), unpacked_bytes, limits)
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
        let name: Rc<str> = entry.name.as_str().into();
        let stored = Stored::new(Rc::clone(file), entry.packed.clone());
        let (len, used) = (entry.packed.len(), Rc::clone(&stored.used));
        check_size(&name, len as u64, limits)?;
        let mut reader = BufReader::new(EntryReader::new(zip, entry, stored, limits)?);
        let start = reader.fill_buf().map_err(|error| inner_error(&name, &error))?;
        let is_gz = is_gz(start);
        // Text shrinks to a quarter or less.
        let unpacked_bytes = entry.unpacked.saturating_mul(if is_gz { 4 } else { 1 });
        Self::open(name, Packed::Entry(reader), is_gz, (len, used), unpacked_bytes, limits)
    }

    /// Reads the head of what is `packed`, of so many stored bytes, those used of which are counted.
    fn open(
        name: Rc<str>,
        packed: Packed<'a>,
        is_gz: bool,
        (stored_bytes, used): (usize, Rc<Cell<usize>>),
        unpacked_bytes: u64,
        limits: &Limits,
    ) -> Result<Self> {
        let inner = match is_gz {
            false => Inner::Plain(packed),
            true => Inner::Gz(Box::new(MultiGzDecoder::new(packed))),
        };
        let (head, head_at, unpacked, max) = (Vec::new(), 0, 0, limits.max_file_bytes);
        let mut source =
            Self { name, inner, stored_bytes, used, head, head_at, unpacked, unpacked_bytes, max };
        let (mut head, mut len) = (limits::filled(HEAD_BYTES, 0)?, 0);
        while len < HEAD_BYTES {
            match source.pull(&mut head[len..])? {
                0 => break,
                read => len += read,
            }
        }
        head.truncate(len);
        source.head = head;
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
        matches!(self.inner, Inner::Gz(_))
    }

    /// Bytes of the file as it was given.
    pub(super) fn stored_bytes(&self) -> u64 {
        self.stored_bytes as u64
    }

    /// Bytes of the file that are in memory while it is read.
    pub(super) fn held_bytes(&self) -> u64 {
        let packed = match &self.inner {
            Inner::Plain(packed) => packed,
            Inner::Gz(decoder) => decoder.get_ref(),
        };
        if matches!(packed, Packed::Stored(_)) { self.stored_bytes() } else { 0 }
    }

    /// How many of the stored bytes have been used; never falls.
    pub(super) fn consumed(&self) -> u64 {
        self.used.get() as u64
    }

    /// How many bytes it unpacks to: as the archive or the gzip trailer says, or a guess where both packed it.
    pub(super) fn unpacked_bytes(&self) -> u64 {
        self.unpacked_bytes.max(self.head.len() as u64)
    }

    /// The bytes of a file that is stored as it is, in memory.
    pub(super) fn plain(&self) -> Option<&[u8]> {
        self.shared().map(|file| &file[..])
    }

    /// The file with its bytes, for the entries of an archive.
    pub(super) fn shared(&self) -> Option<&Rc<Cow<'a, [u8]>>> {
        match &self.inner {
            Inner::Plain(Packed::Stored(stored)) => Some(&stored.file),
            _ => None,
        }
    }

    /// Leaves out a UTF-8 byte order mark, where reading stands at the start.
    pub(super) fn skip_mark(&mut self) {
        if self.head_at == 0 && self.head.starts_with(b"\xef\xbb\xbf") {
            self.head_at = 3;
        }
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
        if bytes.is_empty() && self.unpacked_bytes == self.stored_bytes() {
            *bytes = limits::reserve(self.stored_bytes + CHUNK_BYTES)?;
        }
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
        if let Inner::Plain(Packed::Stored(stored)) = self.inner {
            return stored.into_file();
        }
        let mut bytes = Vec::new();
        self.unpack(&mut bytes, u64::MAX)?;
        Ok(Cow::Owned(bytes))
    }

    fn pull(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = match &mut self.inner {
            Inner::Plain(bytes) => bytes.read(buffer),
            Inner::Gz(bytes) => bytes.read(buffer),
        };
        let read = read.map_err(|error| match error.kind() {
            _ if !self.is_gz() || is_ours(&error) => unreadable(&self.name, &error),
            ErrorKind::UnexpectedEof => Error::in_file(
                &self.name,
                format!("the gzip data is cut off after {} bytes", grouped(self.stored_bytes())),
            ),
            _ => Error::in_file(&self.name, format!("the gzip data is damaged: {error}")),
        })?;
        self.unpacked += read as u64;
        if self.unpacked > self.max {
            limits::check(&format!("{}: unpacked bytes", self.name), self.unpacked, self.max)?;
        }
        Ok(read)
    }
}

fn check_size(name: &str, size: u64, limits: &Limits) -> Result<()> {
    limits::check(&format!("{name}: file bytes"), size, limits.max_file_bytes.min(usize::MAX as u64))
}

fn is_ours(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Error>())
}

/// Our error that a reader carried, or why bytes cannot be had.
fn unreadable(name: &str, error: &io::Error) -> Error {
    match is_ours(error) {
        true => inner_error(name, error),
        false => Error::in_file(name, format!("the file could not be read: {error}")),
    }
}

/// Whether what begins like this is gzipped.
fn is_gz(start: &[u8]) -> bool {
    start.starts_with(&[0x1f, 0x8b])
}

/// How many bytes a file of `size` bytes unpacks to, by its first and its last bytes.
fn unpacked_bytes(start: &[u8], end: &[u8], size: u64) -> u64 {
    match end {
        // The trailer of gzip has the size modulo 2^32.
        [.., a, b, c, d] if is_gz(start) => u32::from_le_bytes([*a, *b, *c, *d]).into(),
        _ => size,
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
            Source::of_bytes("a.txt", &bytes, &limits).map(|source| source.head().len())
        };
        assert_eq!(open(100), Ok(100));
        assert_eq!(open(99).unwrap_err().to_string(), "a.txt: file bytes: 100 exceeds the limit of 99");
    }
}
