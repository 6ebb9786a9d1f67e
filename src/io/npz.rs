//! Sparse features in an npz: a zip of npy arrays.

use std::borrow::Cow;
use std::io::Read;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::bytes::{found, grouped};
use super::npy::Npy;
use crate::error::{Error, Result};
use crate::graph::CsrMatrix;
use crate::limits::{self, Limits};

/// Most entries of a zip; an npz of features has four.
const MAX_ENTRIES: usize = 4096;
/// Deflate cannot shrink by more.
const MAX_RATIO: u64 = 1032;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// An entry of a zip file, still packed.
#[derive(Debug)]
struct Entry<'a> {
    name: Cow<'a, str>,
    method: u16,
    crc: u32,
    unpacked: u64,
    packed: &'a [u8],
}

/// Reads `shape`, `indptr`, `indices` and, unless all values are 1, `data`.
///
/// # Errors
/// `parse` for a damaged file, a missing array or parts that do not fit together; `limit_exceeded` for sizes.
pub(super) fn read_features(file: &str, bytes: &[u8], limits: &Limits) -> Result<CsrMatrix> {
    let entries = list(file, bytes)?;
    let get = |name: &str| -> Result<Option<Cow<'_, [u8]>>> {
        let entry = entries.iter().find(|entry| entry.name.strip_suffix(".npy") == Some(name));
        entry.map(|entry| unpack(file, entry, limits)).transpose()
    };
    let need = |name: &str| {
        get(name)?.ok_or_else(|| {
            let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_ref()).collect();
            let names = found(names.join(", ").as_bytes());
            Error::in_file(
                file,
                format!("there is no array {name}.npy; sparse features have shape, indptr, indices and data, the file has {names}"),
            )
        })
    };
    // SciPy writes the format as three bytes or as three characters of four bytes.
    let format: Option<Vec<u8>> =
        get("format")?.map(|npy| npy.iter().copied().filter(|&byte| byte != 0).collect());
    if let Some(format) = format.filter(|format| !format.ends_with(b"csr")) {
        let format = found(&format[format.len().saturating_sub(3)..]);
        return Err(Error::in_file(file, format!("sparse format {format} is not read, allowed is csr")));
    }
    let integers = |name: &str| -> Result<Vec<u32>> {
        let bytes = need(name)?;
        Npy::parse(&format!("{file}, {name}.npy"), &bytes)?.to_u32(name, limits)
    };
    let shape = integers("shape")?;
    let &[rows, columns] = shape.as_slice() else {
        return Err(Error::in_file(
            file,
            format!("shape has {} numbers, features have 2: nodes and columns", shape.len()),
        ));
    };
    let (indptr, indices) = (integers("indptr")?, integers("indices")?);
    let values = match get("data")? {
        Some(bytes) => Npy::parse(&format!("{file}, data.npy"), &bytes)?.to_f32(limits)?,
        None => limits::filled(indices.len(), 1.0)?,
    };
    if indptr.len() as u64 != u64::from(rows) + 1 {
        return Err(Error::in_file(
            file,
            format!(
                "indptr has {} entries, {} rows need one more than there are rows",
                grouped(indptr.len() as u64),
                grouped(rows.into())
            ),
        ));
    }
    CsrMatrix::new(columns, indptr, indices, values).map_err(|error| Error::in_file(file, error.to_string()))
}

/// The entries of the central directory.
fn list<'a>(file: &str, bytes: &'a [u8]) -> Result<Vec<Entry<'a>>> {
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
        let name = String::from_utf8_lossy(name);
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
        let packed = local.get(skip..).and_then(|data| data.get(..packed_len as usize)).ok_or_else(cut)?;
        let (method, crc, unpacked) = (u16_at(head, 10), u32_at(head, 16), u64::from(unpacked));
        entries.push(Entry { name, method, crc, unpacked, packed });
        rest = rest.get(46 + lens.iter().sum::<usize>()..).ok_or_else(cut)?;
    }
    Ok(entries)
}

/// The bytes of an entry, which are as many as it claims and have its checksum.
fn unpack<'a>(file: &str, entry: &Entry<'a>, limits: &Limits) -> Result<Cow<'a, [u8]>> {
    let fail = |message: String| Error::in_file(file, format!("{}: {message}", entry.name));
    let (claimed, packed_len) = (entry.unpacked, entry.packed.len() as u64);
    limits::check(&format!("{file}: unpacked bytes of {}", entry.name), claimed, limits.max_file_bytes)?;
    let bytes = match entry.method {
        STORED if claimed == packed_len => Cow::Borrowed(entry.packed),
        DEFLATED if claimed <= packed_len.saturating_mul(MAX_RATIO) => {
            let mut bytes = limits::reserve(claimed as usize + 1)?;
            let decoder = DeflateDecoder::new(entry.packed);
            decoder
                .take(claimed + 1)
                .read_to_end(&mut bytes)
                .map_err(|error| fail(format!("the deflated data is damaged: {error}")))?;
            Cow::Owned(bytes)
        }
        STORED | DEFLATED => {
            return Err(fail(format!(
                "the entry claims to unpack from {} to {} bytes, which cannot be",
                grouped(packed_len),
                grouped(claimed)
            )));
        }
        method => {
            return Err(fail(format!("zip method {method} is not read, allowed are stored and deflated")));
        }
    };
    if bytes.len() as u64 != claimed {
        return Err(fail(format!(
            "the entry claims {} bytes and unpacks to {}",
            grouped(claimed),
            if bytes.len() as u64 > claimed { "more".to_owned() } else { grouped(bytes.len() as u64) }
        )));
    }
    let mut crc = Crc::new();
    crc.update(&bytes);
    if crc.sum() != entry.crc {
        return Err(fail(format!("the checksum is {:08x}, the zip file says {:08x}", crc.sum(), entry.crc)));
    }
    Ok(bytes)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
