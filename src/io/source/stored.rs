//! Stored bytes of files, in memory or elsewhere.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::rc::Rc;

use crate::error::Result;
use crate::io::source::zip::EntryReader;
use crate::limits;

/// Random access to a file whose bytes are not in memory: anything that is [`Read`] and [`Seek`], such as a
/// [`std::fs::File`].
pub trait ReadAt {
    /// Number of bytes.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn size(&mut self) -> io::Result<u64>;

    /// Reads some bytes from the offset `at` on and returns their number, 0 at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

impl<R: Read + Seek> ReadAt for R {
    fn size(&mut self) -> io::Result<u64> {
        self.seek(SeekFrom::End(0))
    }

    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.seek(SeekFrom::Start(at))?;
        self.read(buffer)
    }
}

/// A file as it comes in.
pub(crate) enum Input<'a> {
    Bytes(Cow<'a, [u8]>),
    Elsewhere(Box<dyn ReadAt + 'a>),
}

/// Bytes of a file or of an entry of an archive, as they are stored.
pub(crate) struct Stored<'a> {
    pub(crate) file: Rc<Cow<'a, [u8]>>,
    range: Range<usize>,
    /// How many of them have been read.
    pub(crate) used: Rc<Cell<usize>>,
}

impl<'a> Stored<'a> {
    /// The bytes of `file` in this range.
    pub(crate) fn new(file: Rc<Cow<'a, [u8]>>, range: Range<usize>) -> Self {
        Self { file, range, used: Rc::default() }
    }

    /// Those that have not been read.
    pub(crate) fn rest(&self) -> &[u8] {
        &self.file[self.range.start + self.used.get()..self.range.end]
    }

    /// All bytes of the file, without a copy when nothing else shares them.
    pub(crate) fn into_file(self) -> Result<Cow<'a, [u8]>> {
        let shared = match Rc::try_unwrap(self.file) {
            Ok(file) => return Ok(file),
            Err(shared) => shared,
        };
        let mut copy = limits::reserve(shared.len())?;
        copy.extend_from_slice(&shared);
        Ok(Cow::Owned(copy))
    }
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

/// A file that is fetched as it is read.
pub(crate) struct Fetched<'a> {
    file: Box<dyn ReadAt + 'a>,
    /// How many of its bytes have been read.
    pub(crate) used: Rc<Cell<usize>>,
}

impl<'a> Fetched<'a> {
    /// Reads `file` from its start.
    pub(crate) fn new(file: Box<dyn ReadAt + 'a>) -> Self {
        Self { file, used: Rc::default() }
    }

    /// Fills the buffer with bytes from the offset `at` on; fewer are an error.
    pub(crate) fn fill_at(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read_at(at + filled as u64, &mut buffer[filled..])? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => filled += read,
            }
        }
        Ok(())
    }
}

impl Read for Fetched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = self.used.get();
        let read = self.file.read_at(at as u64, buffer)?;
        self.used.set(at + read);
        Ok(read)
    }
}

/// Bytes as they are stored or as a zip has unpacked them.
pub(crate) enum Packed<'a> {
    Stored(Stored<'a>),
    Fetched(BufReader<Fetched<'a>>),
    Entry(BufReader<EntryReader<Stored<'a>>>),
}

impl Read for Packed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stored(bytes) => bytes.read(buffer),
            Self::Fetched(bytes) => bytes.read(buffer),
            Self::Entry(bytes) => bytes.read(buffer),
        }
    }
}

impl BufRead for Packed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self {
            Self::Stored(bytes) => bytes.fill_buf(),
            Self::Fetched(bytes) => bytes.fill_buf(),
            Self::Entry(bytes) => bytes.fill_buf(),
        }
    }

    fn consume(&mut self, len: usize) {
        match self {
            Self::Stored(bytes) => bytes.consume(len),
            Self::Fetched(bytes) => bytes.consume(len),
            Self::Entry(bytes) => bytes.consume(len),
        }
    }
}
