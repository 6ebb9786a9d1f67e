//! Entries of a zip file.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};
use std::ops::Range;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use crate::error::{Error, Result};
use crate::io::source::words::grouped;
use crate::limits::{self, Limits};

/// Most entries of a zip: a data set has some dozen files.
const MAX_ENTRIES: usize = 4096;
/// Deflate cannot shrink by more.
const MAX_RATIO: u64 = 1032;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// An entry of a zip file, still packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    method: u16,
    crc: u32,
    pub(crate) unpacked: u64,
    /// Where its packed bytes stand in the file.
    pub(crate) packed: Range<usize>,
}

/// First bytes of a zip: an entry or, when it is empty, the end record.
pub(crate) const SIGNATURES: &[&[u8]] = &[b"PK\x03\x04", b"PK\x05\x06"];

/// The entries of the central directory.
pub(crate) fn list(file: &str, bytes: &[u8]) -> Result<Vec<Entry>> {
    let fail = |message: &str| Error::in_file(file, message);
    let cut = || fail("the zip file is truncated or damaged");
    // The end record is 22 bytes and a comment of at most 65,535.
    let from = bytes.len().saturating_sub(22 + 65_535);
    let end = bytes[from..].windows(4).rposition(|window| window == b"PK\x05\x06");
    let end = end.ok_or_else(|| fail("the zip file is truncated: it has no end record"))?;
    let end = bytes.get(from + end..).and_then(|end| end.first_chunk::<22>()).ok_or_else(cut)?;
    let (count, start) = (u16_at(end, 10), u32_at(end, 16));
    if count == u16::MAX || start == u32::MAX {
        return Err(fail("zip64 is not read; save fewer than 4 GB"));
    }
    if usize::from(count) > MAX_ENTRIES {
        return Err(Error::in_file(
            file,
            format!("the zip file has {count} entries, at most {MAX_ENTRIES} are read"),
        ));
    }
    let mut entries = limits::reserve(count.into())?;
    let mut rest = bytes.get(start as usize..).ok_or_else(cut)?;
    for _ in 0..count {
        let head = rest.first_chunk::<46>().filter(|head| head.starts_with(b"PK\x01\x02")).ok_or_else(cut)?;
        let lens = [28, 30, 32].map(|at| usize::from(u16_at(head, at)));
        let name = rest.get(46..46 + lens[0]).ok_or_else(cut)?;
        let (packed_len, unpacked, at) = (u32_at(head, 20), u32_at(head, 24), u32_at(head, 42));
        let name = String::from_utf8_lossy(name).into_owned();
        if [packed_len, unpacked, at].contains(&u32::MAX) {
            return Err(Error::in_file(file, format!("{name}: zip64 is not read; save fewer than 4 GB")));
        }
        if u16_at(head, 8) & 1 == 1 {
            return Err(Error::in_file(file, format!("{name}: the entry is encrypted")));
        }
        // The local header repeats the name and has an extra field of its own length.
        let local =
            bytes.get(at as usize..).filter(|local| local.starts_with(b"PK\x03\x04")).ok_or_else(cut)?;
        let local_head = local.first_chunk::<30>().ok_or_else(cut)?;
        let skip = 30 + usize::from(u16_at(local_head, 26)) + usize::from(u16_at(local_head, 28));
        local.get(skip..).and_then(|data| data.get(..packed_len as usize)).ok_or_else(cut)?;
        let packed = at as usize + skip..at as usize + skip + packed_len as usize;
        let (method, crc, unpacked) = (u16_at(head, 10), u32_at(head, 16), u64::from(unpacked));
        entries.push(Entry { name, method, crc, unpacked, packed });
        rest = rest.get(46 + lens.iter().sum::<usize>()..).ok_or_else(cut)?;
    }
    Ok(entries)
}

/// The bytes of an entry, which are as many as it claims and have its checksum.
pub(crate) fn unpack<'a>(
    file: &str,
    entry: &Entry,
    bytes: &'a [u8],
    limits: &Limits,
) -> Result<Cow<'a, [u8]>> {
    let packed = &bytes[entry.packed.clone()];
    let mut reader = EntryReader::new(file, entry, packed, limits)?;
    if entry.method == STORED {
        reader.crc.update(packed);
        reader.left = 0;
        reader.check_end()?;
        return Ok(Cow::Borrowed(packed));
    }
    let mut unpacked = limits::reserve(entry.unpacked as usize + 1)?;
    reader.read_to_end(&mut unpacked).map_err(|error| inner_error(file, &error))?;
    Ok(Cow::Owned(unpacked))
}

/// Unpacks an entry; at its end length and checksum are compared with what the zip claims.
pub(crate) struct EntryReader<R> {
    unpacked: Unpacked<R>,
    place: String,
    crc: Crc,
    claimed: u64,
    left: u64,
    expected: u32,
}

enum Unpacked<R> {
    Stored(R),
    Deflated(Box<DeflateDecoder<R>>),
}

impl<R: BufRead> EntryReader<R> {
    /// Reads the packed bytes of `entry`.
    ///
    /// # Errors
    /// `limit_exceeded` beyond `max_file_bytes`; `parse` for an unknown method and for an impossible size.
    pub(crate) fn new(file: &str, entry: &Entry, packed: R, limits: &Limits) -> Result<Self> {
        let (claimed, packed_len) = (entry.unpacked, entry.packed.len() as u64);
        let what = format!("{file}: unpacked bytes of {}", entry.name);
        limits::check(&what, claimed, limits.max_file_bytes)?;
        let place = format!("{file}: {}", entry.name);
        let fail = |message: String| Err(Error::in_file(file, format!("{}: {message}", entry.name)));
        let unpacked = match entry.method {
            STORED if claimed == packed_len => Unpacked::Stored(packed),
            DEFLATED if claimed <= packed_len.saturating_mul(MAX_RATIO) => {
                Unpacked::Deflated(Box::new(DeflateDecoder::new(packed)))
            }
            STORED | DEFLATED => {
                return fail(format!(
                    "the entry claims to unpack from {} to {} bytes, which cannot be",
                    grouped(packed_len),
                    grouped(claimed)
                ));
            }
            method => {
                return fail(format!("zip method {method} is not read, allowed are stored and deflated"));
            }
        };
        Ok(Self { unpacked, place, crc: Crc::new(), claimed, left: claimed, expected: entry.crc })
    }

    fn fail(&self, message: String) -> Error {
        let (file, entry) = self.place.split_once(": ").unwrap_or((&self.place, ""));
        Error::in_file(file, format!("{entry}: {message}"))
    }

    fn wrong_length(&self, there: String) -> Error {
        self.fail(format!("the entry claims {} bytes and unpacks to {there}", grouped(self.claimed)))
    }

    fn check_end(&self) -> Result<()> {
        if self.left > 0 {
            return Err(self.wrong_length(grouped(self.claimed - self.left)));
        }
        let sum = self.crc.sum();
        if sum != self.expected {
            return Err(
                self.fail(format!("the checksum is {sum:08x}, the zip file says {:08x}", self.expected))
            );
        }
        Ok(())
    }
}

impl<R: BufRead> Read for EntryReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.unpacked {
            Unpacked::Stored(bytes) => bytes.read(buffer),
            Unpacked::Deflated(decoder) => decoder.read(buffer),
        };
        let read = read
            .map_err(|error| io::Error::other(self.fail(format!("the deflated data is damaged: {error}"))))?;
        if read == 0 && !buffer.is_empty() {
            self.check_end().map_err(io::Error::other)?;
        }
        if read as u64 > self.left {
            return Err(io::Error::other(self.wrong_length("more".to_owned())));
        }
        self.left -= read as u64;
        self.crc.update(&buffer[..read]);
        Ok(read)
    }
}

/// Our own error inside an I/O error, or its text.
pub(crate) fn inner_error(file: &str, error: &io::Error) -> Error {
    let ours = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    ours.cloned().unwrap_or_else(|| Error::in_file(file, error.to_string()))
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
