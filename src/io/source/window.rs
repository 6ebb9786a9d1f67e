//! A stretch of a file that is looked at as one slice and moves on through it.

use super::bytes::{Source, grow};
use crate::error::Result;

/// Bytes fetched from the source at a time.
const CHUNK_BYTES: usize = 128 << 10;

/// The bytes from where reading stands to where the file has been fetched.
pub(super) struct Window<'a> {
    source: Source<'a>,
    buffer: Vec<u8>,
    at: usize,
    /// Bytes that are fetched at a time.
    chunk: usize,
    passed: u64,
    ended: bool,
}

impl<'a> Window<'a> {
    /// Begins at the start of `source`, behind a UTF-8 byte order mark.
    pub(super) fn new(source: Source<'a>) -> Self {
        Self::with_chunks(source, CHUNK_BYTES)
    }

    /// [`Window::new`] that fetches `chunk` bytes at a time.
    pub(super) fn with_chunks(mut source: Source<'a>, chunk: usize) -> Self {
        source.skip_mark();
        Self { source, buffer: Vec::new(), at: 0, chunk, passed: 0, ended: false }
    }

    /// What has been fetched and not been passed.
    pub(super) fn rest(&self) -> &[u8] {
        &self.buffer[self.at..]
    }

    /// Passes `len` bytes of the rest.
    pub(super) fn pass(&mut self, len: usize) {
        self.at += len;
        self.passed += len as u64;
    }

    /// Bytes that have been passed.
    pub(super) fn passed(&self) -> u64 {
        self.passed
    }

    /// About how many bytes have not been passed.
    pub(super) fn left(&self) -> u64 {
        self.source.unpacked_bytes().saturating_sub(self.passed)
    }

    /// The file under the window.
    pub(super) fn source(&self) -> &Source<'a> {
        &self.source
    }

    /// Makes the rest longer, at the least twice as long or by a chunk; false when the file has ended.
    pub(super) fn more(&mut self) -> Result<bool> {
        let (before, wanted) = (self.rest().len(), self.chunk.max(self.rest().len()));
        self.buffer.drain(..self.at);
        self.at = 0;
        grow(&mut self.buffer, wanted)?;
        self.buffer.resize(before + wanted, 0);
        let mut end = before;
        while !self.ended && end < self.buffer.len() {
            let read = self.source.fill(&mut self.buffer[end..])?;
            end += read;
            self.ended = read == 0;
        }
        self.buffer.truncate(end);
        Ok(end > before)
    }

    /// Where in the rest, from `from` on, the first byte is for which `is_end` holds; `None` when the file ends before.
    pub(super) fn find(&mut self, mut from: usize, is_end: impl Fn(u8) -> bool) -> Result<Option<usize>> {
        loop {
            let rest = self.rest();
            if let Some(len) = rest[from..].iter().position(|&byte| is_end(byte)) {
                return Ok(Some(from + len));
            }
            from = rest.len();
            if !self.more()? {
                return Ok(None);
            }
        }
    }

    /// Fetches until the rest has `len` bytes or all there are.
    pub(super) fn look_ahead(&mut self, len: usize) -> Result<()> {
        while self.rest().len() < len && self.more()? {}
        Ok(())
    }
}

/// Ends of line in a text.
pub(super) fn lines(text: &[u8]) -> u64 {
    text.iter().filter(|&&byte| byte == b'\n').count() as u64
}
