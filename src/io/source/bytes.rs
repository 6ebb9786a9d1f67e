//! Bytes of an input file, unpacked as they are read and never beyond the limit.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;

use crate::error::{Error, Result};
use crate::io::source::stored::{Fetched, Input, Packed, ReadAt, Stored};
use crate::io::source::words::grouped;
use crate::io::source::zip::{Entry, EntryReader, inner_error};
use crate::limits::{self, Limits, grow};

/// Bytes read ahead to recognise a file.
const HEAD_BYTES: usize = 64 << 10;
/// Bytes that a buffer grows by when the length is unknown.
const CHUNK_BYTES: usize = 256 << 10;
/// Bytes at the start and at the end of a file that say how it is stored.
const PEEK_BYTES: usize = 6;

/// Whether a file with these first bytes needs random access, so that all of it is fetched at once.
pub(crate) type OnePiece = fn(&[u8]) -> bool;

enum Inner<'a> {
    Plain(Packed<'a>),
    Gz(Box<MultiGzDecoder<Packed<'a>>>),
}

/// A file that is read from start to end. Gzip, known by its first bytes, and the deflate of a zip are unpacked on the way.
pub(crate) struct Source<'a> {
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
    /// Opens a file and reads its head. All of it is fetched at once when `is_one_piece` is true for its first bytes.
    ///
    /// # Errors
    /// `limit_exceeded` beyond `max_file_bytes`; `parse` for damaged gzip and for what cannot be fetched.
    pub(crate) fn new(
        name: Rc<str>,
        input: Input<'a>,
        is_one_piece: OnePiece,
        limits: &Limits,
    ) -> Result<Self> {
        match input {
            Input::Bytes(bytes) => Self::in_memory(name, bytes, limits),
            Input::Elsewhere(file) => Self::fetched(name, file, is_one_piece, limits),
        }
    }

    /// Opens bytes in memory.
    ///
    /// # Errors
    /// As for [`Source::new`].
    pub(crate) fn of_bytes(name: &str, bytes: impl Into<Cow<'a, [u8]>>, limits: &Limits) -> Result<Self> {
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

    fn fetched(
        name: Rc<str>,
        mut file: Box<dyn ReadAt + 'a>,
        is_one_piece: OnePiece,
        limits: &Limits,
    ) -> Result<Self> {
        let failed = |error: io::Error| unreadable(&name, &error);
        let size = file.size().map_err(failed)?;
        check_size(&name, size, limits)?;
        let mut file = Fetched::new(file);
        let few = PEEK_BYTES.min(size as usize);
        let (mut start, mut end) = ([0; PEEK_BYTES], [0; PEEK_BYTES]);
        let (start, end) = (&mut start[..few], &mut end[..few]);
        file.fill_at(size - few as u64, end).map_err(failed)?;
        file.fill_at(0, start).map_err(failed)?;
        if is_one_piece(start) {
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
    /// As for [`Source::new`], and `parse` for an entry whose claimed size is impossible.
    pub(crate) fn of_entry(
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

    /// Reads the head of `packed` bytes; `used` counts how many of the `stored_bytes` were read.
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
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The first unpacked bytes; reading does not consume them.
    pub(crate) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Whether the head is the whole file.
    pub(crate) fn is_all_head(&self) -> bool {
        self.head.len() < HEAD_BYTES
    }

    /// Whether the file was gzipped.
    pub(crate) fn is_gz(&self) -> bool {
        matches!(self.inner, Inner::Gz(_))
    }

    /// Bytes of the file as it was given.
    pub(crate) fn stored_bytes(&self) -> u64 {
        self.stored_bytes as u64
    }

    /// Bytes of the file that are in memory while it is read.
    pub(crate) fn held_bytes(&self) -> u64 {
        let packed = match &self.inner {
            Inner::Plain(packed) => packed,
            Inner::Gz(decoder) => decoder.get_ref(),
        };
        if matches!(packed, Packed::Stored(_)) { self.stored_bytes() } else { 0 }
    }

    /// How many of the stored bytes have been used; never falls.
    pub(crate) fn consumed(&self) -> u64 {
        self.used.get() as u64
    }

    /// Unpacked size: as the archive or the gzip trailer says, or a guess for gzip inside a zip.
    pub(crate) fn unpacked_bytes(&self) -> u64 {
        self.unpacked_bytes.max(self.head.len() as u64)
    }

    /// The bytes of a file that is stored as it is, in memory.
    pub(crate) fn plain(&self) -> Option<&[u8]> {
        self.shared().map(|file| &file[..])
    }

    /// The file with its bytes, for the entries of an archive.
    pub(crate) fn shared(&self) -> Option<&Rc<Cow<'a, [u8]>>> {
        match &self.inner {
            Inner::Plain(Packed::Stored(stored)) => Some(&stored.file),
            _ => None,
        }
    }

    /// Skips a UTF-8 byte order mark at the start.
    pub(crate) fn skip_mark(&mut self) {
        if self.head_at == 0 && self.head.starts_with(b"\xef\xbb\xbf") {
            self.head_at = 3;
        }
    }

    /// Reads some bytes; 0 at the end.
    pub(crate) fn fill(&mut self, buffer: &mut [u8]) -> Result<usize> {
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
    pub(crate) fn unpack(&mut self, bytes: &mut Vec<u8>, budget: u64) -> Result<bool> {
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
    pub(crate) fn into_bytes(mut self) -> Result<Cow<'a, [u8]>> {
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

/// Our own error inside an I/O error, or the reason why bytes cannot be read.
fn unreadable(name: &str, error: &io::Error) -> Error {
    match is_ours(error) {
        true => inner_error(name, error),
        false => Error::in_file(name, format!("the file could not be read: {error}")),
    }
}

/// Whether these first bytes are those of gzip.
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

#[cfg(test)]
mod tests {
    use super::*;

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
