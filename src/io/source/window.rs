//! A window over a file: one slice of its bytes that moves from start to end.

use crate::error::Result;
use crate::io::source::bytes::Source;
use crate::limits::grow;

/// Bytes fetched from the source at a time.
const CHUNK_BYTES: usize = 128 << 10;

/// The bytes between the position of reading and the end of what has been fetched.
pub(crate) struct Window<'a> {
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
    pub(crate) fn new(source: Source<'a>) -> Self {
        Self::with_chunks(source, CHUNK_BYTES)
    }

    /// [`Window::new`] that fetches `chunk` bytes at a time.
    pub(crate) fn with_chunks(mut source: Source<'a>, chunk: usize) -> Self {
        source.skip_mark();
        Self { source, buffer: Vec::new(), at: 0, chunk, passed: 0, ended: false }
    }

    /// The bytes that have been fetched and not yet passed.
    pub(crate) fn rest(&self) -> &[u8] {
        &self.buffer[self.at..]
    }

    /// Passes `len` bytes of the rest.
    pub(crate) fn pass(&mut self, len: usize) {
        self.at += len;
        self.passed += len as u64;
    }

    /// Bytes that have been passed.
    pub(crate) fn passed(&self) -> u64 {
        self.passed
    }

    /// About how many bytes have not been passed.
    pub(crate) fn left(&self) -> u64 {
        self.source.unpacked_bytes().saturating_sub(self.passed)
    }

    /// The file under the window.
    pub(crate) fn source(&self) -> &Source<'a> {
        &self.source
    }

    /// Fetches more: the rest becomes at least twice as long or a chunk longer. False at the end of the file.
    pub(crate) fn more(&mut self) -> Result<bool> {
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

    /// Position in the rest of the first byte, from `from` on, for which `is_end` is true; `None` at the end of the file.
    pub(crate) fn find(&mut self, mut from: usize, is_end: impl Fn(u8) -> bool) -> Result<Option<usize>> {
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
    pub(crate) fn look_ahead(&mut self, len: usize) -> Result<()> {
        while self.rest().len() < len && self.more()? {}
        Ok(())
    }
}

/// Ends of line in a text.
pub(crate) fn lines(text: &[u8]) -> u64 {
    text.iter().filter(|&&byte| byte == b'\n').count() as u64
}
