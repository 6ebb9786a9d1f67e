//! Bytes of an input file, unpacked as they are read and never beyond the limit.

use std::borrow::Cow;
use std::io::{Cursor, ErrorKind, Read};
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;

use crate::error::{Error, Result};
use crate::limits::{self, Limits};

/// Bytes read ahead to recognise a file.
const HEAD_BYTES: usize = 64 << 10;
/// Bytes that a buffer grows by when nothing says how much will come.
const CHUNK_BYTES: usize = 256 << 10;

enum Inner<'a> {
    Plain(Cursor<Cow<'a, [u8]>>),
    Gz(Box<MultiGzDecoder<Cursor<Cow<'a, [u8]>>>>),
}

/// A file that is read front to back; gzip, known by its first bytes, is undone on the way.
pub(super) struct Source<'a> {
    name: Arc<str>,
    inner: Inner<'a>,
    stored_bytes: u64,
    head: Vec<u8>,
    head_at: usize,
    unpacked: u64,
    max: u64,
}

impl<'a> Source<'a> {
    /// Opens `bytes` and reads their head.
    ///
    /// # Errors
    /// `limit_exceeded` beyond `max_file_bytes`; `parse` for damaged gzip.
    pub(super) fn new(name: impl Into<Arc<str>>, bytes: Cow<'a, [u8]>, limits: &Limits) -> Result<Self> {
        let name = name.into();
        let stored_bytes = bytes.len() as u64;
        limits::check(&format!("{name}: file bytes"), stored_bytes, limits.max_file_bytes)?;
        let packed = bytes.starts_with(&[0x1f, 0x8b]);
        let bytes = Cursor::new(bytes);
        let inner =
            if packed { Inner::Gz(Box::new(MultiGzDecoder::new(bytes))) } else { Inner::Plain(bytes) };
        let (head, max) = (limits::filled(HEAD_BYTES, 0)?, limits.max_file_bytes);
        let mut source = Self { name, inner, stored_bytes, head, head_at: 0, unpacked: 0, max };
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
        matches!(self.inner, Inner::Gz(_))
    }

    /// Bytes of the file as it was given.
    pub(super) fn stored_bytes(&self) -> u64 {
        self.stored_bytes
    }

    /// How many of the stored bytes have been used; never falls.
    pub(super) fn consumed(&self) -> u64 {
        match &self.inner {
            Inner::Plain(bytes) => bytes.position(),
            Inner::Gz(decoder) => decoder.get_ref().position().min(self.stored_bytes),
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

    /// All bytes from the start, without a copy when they were not packed.
    pub(super) fn into_bytes(mut self) -> Result<Cow<'a, [u8]>> {
        if let Inner::Plain(bytes) = self.inner {
            return Ok(bytes.into_inner());
        }
        let mut bytes = std::mem::take(&mut self.head);
        self.head_at = 0;
        loop {
            let len = bytes.len();
            grow(&mut bytes, CHUNK_BYTES)?;
            bytes.resize(len + CHUNK_BYTES, 0);
            let read = self.pull(&mut bytes[len..])?;
            bytes.truncate(len + read);
            if read == 0 {
                return Ok(Cow::Owned(bytes));
            }
        }
    }

    fn pull(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = match &mut self.inner {
            Inner::Plain(bytes) => bytes.read(buffer),
            Inner::Gz(decoder) => decoder.read(buffer),
        };
        let read = read.map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => Error::in_file(
                &self.name,
                format!("the gzip data is cut off after {} bytes", grouped(self.stored_bytes)),
            ),
            _ => Error::in_file(&self.name, format!("the gzip data is damaged: {error}")),
        })?;
        self.unpacked += read as u64;
        limits::check(&format!("{}: unpacked bytes", self.name), self.unpacked, self.max)?;
        Ok(read)
    }
}

/// Makes room for `more` elements; the capacity at least doubles when it is used up.
pub(super) fn grow<T>(data: &mut Vec<T>, more: usize) -> Result<()> {
    if data.capacity() - data.len() >= more {
        return Ok(());
    }
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
