//! NumPy arrays: `docs/formats.md` has the subset that is read.

use std::borrow::Cow;

use ndarray::Array2;

use crate::error::{Error, Result};
use crate::graph::Features;
use crate::io::dataset::matrix::matrix;
use crate::io::dataset::node_rows::MAX_CLASSES;
use crate::io::dataset::parts::{DatasetParts, EDGES, FEATURES, LABELS, Reading, put};
use crate::io::format::Format;
use crate::io::formats::estimate::Size;
use crate::io::formats::file_format::{Evidence, FileFormat, FileKind};
use crate::io::formats::whole::Whole;
use crate::io::options::OpenOptions;
use crate::io::source::bytes::Source;
use crate::io::source::words::{found, grouped};
use crate::limits::{self, Limits};

/// An array of NumPy: edges, labels or dense features.
pub(crate) static FORMAT: FileFormat = FileFormat {
    format: Format {
        name: "npy",
        label: "npy",
        files: "npy",
        extensions: &["npy"],
        media_type: "application/octet-stream",
        signatures: &[MAGIC],
    },
    evidence: Evidence::Signature,
    recognise: |head| Ok(Some(Box::new(role(head.source, &head.base)))),
    by_option: Some(|head| Ok(Box::new(role(head.source, "edges.npy")))),
};

/// How an array begins.
const MAGIC: &[u8] = b"\x93NUMPY";
/// Longest header that is read; those of matrices take 128 bytes.
const MAX_HEADER_BYTES: usize = 1 << 16;

/// The role of an array.
#[derive(Clone, Copy)]
enum ArrayRole {
    Features,
    Labels,
    Edges,
}

/// The role of an array, by its file name and number of axes.
fn role(source: &Source<'_>, base: &str) -> ArrayRole {
    let axes = source.plain().and_then(|bytes| Npy::parse(source.name(), bytes).ok());
    match axes {
        _ if base.starts_with("edge") => ArrayRole::Edges,
        Some(npy) if npy.shape.len() == 1 && !base.starts_with("x.") && !base.starts_with("feat") => {
            ArrayRole::Labels
        }
        _ if base.starts_with("label") || base.starts_with("y.") => ArrayRole::Labels,
        _ => ArrayRole::Features,
    }
}

impl FileKind for ArrayRole {
    fn describe(&self) -> String {
        let words = match self {
            Self::Features => "dense features (npy)",
            Self::Labels => "labels (npy)",
            Self::Edges => "edges (npy)",
        };
        words.to_owned()
    }

    fn gives(&self) -> Option<&'static str> {
        Some(match self {
            Self::Features => FEATURES,
            Self::Labels => LABELS,
            Self::Edges => EDGES,
        })
    }

    fn bytes_to_open(&self, size: &Size<'_, '_>) -> u64 {
        size.of_whole(2)
    }

    fn reader<'a>(
        self: Box<Self>,
        source: Source<'a>,
        _: &mut DatasetParts,
        _: &OpenOptions,
        limits: &Limits,
    ) -> Result<Option<Box<dyn Reading + 'a>>> {
        let read = move |file: &str, bytes: Cow<'_, [u8]>, parts: &mut DatasetParts, limits: &Limits| {
            read_npy(file, &Npy::parse(file, &bytes)?, *self, parts, limits)
        };
        Ok(Whole::begin(source, limits, Box::new(read)))
    }
}

fn read_npy(
    file: &str,
    npy: &Npy<'_>,
    role: ArrayRole,
    parts: &mut DatasetParts,
    limits: &Limits,
) -> Result<()> {
    match role {
        ArrayRole::Features => {
            let x = npy.to_matrix(limits)?;
            put(&mut parts.features, file, FEATURES, Features::Dense(x))
        }
        ArrayRole::Labels => put(&mut parts.labels, file, LABELS, npy.to_labels(file, limits)?),
        ArrayRole::Edges => parts.put_pairs(file, npy.to_edges(limits)?, None, 0),
    }
}

/// An array whose elements are still bytes of its file.
#[derive(Debug)]
pub(crate) struct Npy<'a> {
    pub(crate) file: &'a str,
    /// Type as the header writes it, for example `<f4`.
    descr: String,
    pub(crate) fortran_order: bool,
    pub(crate) shape: Vec<u64>,
    num_elements: usize,
    data: &'a [u8],
}

impl<'a> Npy<'a> {
    /// Reads the header and checks its claims against the bytes that follow. `file` is the name used in errors.
    ///
    /// # Errors
    /// `parse` for a header that is broken, or that claims more or fewer bytes than there are.
    pub(crate) fn parse(file: &'a str, bytes: &'a [u8]) -> Result<Self> {
        let fail = |message: String| Error::in_file(file, message);
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            return Err(fail("not an npy array, its first bytes are wrong".to_owned()));
        };
        let cut = || fail("the npy header is cut off".to_owned());
        let (len, rest) = match rest {
            [1, _, a, b, rest @ ..] => (usize::from(u16::from_le_bytes([*a, *b])), rest),
            [2 | 3, _, a, b, c, d, rest @ ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, rest),
            [version @ (0 | 4..), ..] => {
                return Err(fail(format!("npy version {version} is not known, allowed are 1, 2 and 3")));
            }
            _ => return Err(cut()),
        };
        let (header, data) = rest.split_at_checked(len).ok_or_else(cut)?;
        if len > MAX_HEADER_BYTES {
            return Err(fail(format!(
                "the npy header has {} bytes, at most 65,536 are read",
                grouped(len as u64)
            )));
        }
        let header = String::from_utf8_lossy(header);
        let entry = |key: &str| {
            let (_, after) = header.split_once(key)?;
            Some(after.trim_start().strip_prefix(':')?.trim_start())
        };
        let descr = entry("'descr'").and_then(|text| text.strip_prefix('\'')?.split_once('\''));
        let fortran = entry("'fortran_order'");
        let shape = entry("'shape'").and_then(|text| text.strip_prefix('(')?.split_once(')'));
        let (Some((descr, _)), Some(fortran), Some((shape, _))) = (descr, fortran, shape) else {
            return Err(fail(format!("the npy header {} is not understood", found(header.as_bytes()))));
        };
        let extents = shape.split(',').map(str::trim).filter(|extent| !extent.is_empty());
        let extents: std::result::Result<Vec<u64>, _> = extents.map(str::parse).collect();
        let extents = extents.map_err(|_| fail(format!("the shape ({shape}) is not understood")))?;
        let width = width(descr).ok_or_else(|| {
            fail(format!(
                "type {} is not read, allowed are little-endian f4, f8, i1 to i8, u1 to u4 and b1",
                found(descr.as_bytes())
            ))
        })?;
        let claimed = extents.iter().try_fold(width, |product, &extent| product.checked_mul(extent));
        let there = data.len() as u64;
        if claimed != Some(there) {
            let bytes = claimed.map_or("more than 2^64".to_owned(), grouped);
            return Err(fail(format!(
                "the header claims shape ({shape}) of {descr}, {bytes} bytes; {} follow",
                grouped(there)
            )));
        }
        let num_elements = data.len() / width as usize;
        let fortran_order = fortran.starts_with("True");
        Ok(Self { file, descr: descr.to_owned(), fortran_order, shape: extents, num_elements, data })
    }

    /// Elements in the order of the file, as floats.
    pub(crate) fn to_f32(&self, limits: &Limits) -> Result<Vec<f32>> {
        self.check(4, limits)?;
        macro_rules! floats {
            ($from:ty, $convert:expr) => {
                elements::<f32, { size_of::<$from>() }>(self.data, |raw| {
                    $convert(<$from>::from_le_bytes(raw))
                })
            };
        }
        match &self.descr[1..] {
            "f4" => floats!(f32, |value| value),
            "f8" => floats!(f64, |value| value as f32),
            "i8" => floats!(i64, |value| value as f32),
            "i4" => floats!(i32, |value| value as f32),
            "u4" => floats!(u32, |value| value as f32),
            "i2" => floats!(i16, f32::from),
            "u2" => floats!(u16, f32::from),
            "i1" => floats!(i8, f32::from),
            _ => floats!(u8, f32::from),
        }
    }

    /// Elements in the order of the file, as unsigned integers. `what` names them in the error.
    ///
    /// # Errors
    /// `parse` for floats and for values that do not fit.
    pub(crate) fn to_u32(&self, what: &str, limits: &Limits) -> Result<Vec<u32>> {
        self.check(4, limits)?;
        let mut worst = 0i64;
        let mut narrow = |value: i64| {
            u32::try_from(value).unwrap_or_else(|_| {
                worst = value;
                0
            })
        };
        macro_rules! integers {
            ($from:ty) => {
                elements::<u32, { size_of::<$from>() }>(self.data, |raw| {
                    narrow(i64::from(<$from>::from_le_bytes(raw)))
                })
            };
        }
        let data = match &self.descr[1..] {
            "i8" => integers!(i64),
            "i4" => integers!(i32),
            "u4" => integers!(u32),
            "i2" => integers!(i16),
            "u2" => integers!(u16),
            "i1" => integers!(i8),
            "u1" => integers!(u8),
            _ => {
                return Err(Error::in_file(
                    self.file,
                    format!("{what} must be integers, they are {}", self.descr),
                ));
            }
        }?;
        if worst != 0 {
            return Err(Error::in_file(
                self.file,
                format!("{what} {worst} is out of range, allowed are 0 to {}", u32::MAX),
            ));
        }
        Ok(data)
    }

    /// A matrix of floats, whatever the order it is stored in.
    ///
    /// # Errors
    /// `parse` for another number of axes and for a value that is not finite.
    pub(crate) fn to_matrix(&self, limits: &Limits) -> Result<Array2<f32>> {
        let &[rows, columns] = self.shape.as_slice() else {
            return Err(Error::in_file(
                self.file,
                format!("the array has {} axes, features have 2: nodes and columns", self.shape.len()),
            ));
        };
        let (rows, columns) = (extent(rows)?, extent(columns)?);
        let mut data = self.to_f32(limits)?;
        if self.fortran_order && !data.is_empty() {
            let mut turned = limits::reserve(data.len())?;
            for row in 0..rows {
                turned.extend((0..columns).map(|column| data[column * rows + row]));
            }
            data = turned;
        }
        matrix(self.file, "features", rows, columns, data)
    }

    /// One class a node, -1 for none; also of shape `[n, 1]`.
    ///
    /// # Errors
    /// `parse` for another shape, for a fraction and for a class out of range.
    pub(crate) fn to_labels(&self, file: &str, limits: &Limits) -> Result<Vec<i32>> {
        if !matches!(self.shape.as_slice(), [_] | [_, 1]) {
            let axes = self.shape.len();
            return Err(Error::in_file(file, format!("the array has {axes} axes, labels have one")));
        }
        let values = self.to_f32(limits)?;
        let mut labels = limits::reserve(values.len())?;
        for (node, value) in values.into_iter().enumerate() {
            if value.fract() != 0.0 || !(-1.0..MAX_CLASSES as f32).contains(&value) {
                let max = MAX_CLASSES - 1;
                let message = format!("label {value} of node {node}: allowed are -1 (none) to {max}");
                return Err(Error::in_file(file, message));
            }
            labels.push(value as i32);
        }
        Ok(labels)
    }

    /// Edges of an array of shape `[2, edges]` or `[edges, 2]`.
    fn to_edges(&self, limits: &Limits) -> Result<Vec<(u32, u32)>> {
        let by_pair = match *self.shape.as_slice() {
            [2, _] => self.fortran_order,
            [_, 2] => !self.fortran_order,
            _ => {
                let shape = &self.shape;
                return Err(Error::in_file(
                    self.file,
                    format!("the array has shape {shape:?}, edges have [2, edges] or [edges, 2]"),
                ));
            }
        };
        let ids = self.to_u32("node", limits)?;
        let num_edges = ids.len() / 2;
        let mut edges = limits::reserve(num_edges)?;
        if by_pair {
            edges.extend(ids.chunks_exact(2).map(|pair| (pair[0], pair[1])));
        } else {
            edges.extend(ids[..num_edges].iter().copied().zip(ids[num_edges..].iter().copied()));
        }
        if ids.contains(&u32::MAX) {
            return Err(Error::in_file(self.file, format!("node {} is too large", u32::MAX)));
        }
        Ok(edges)
    }

    fn check(&self, width: u64, limits: &Limits) -> Result<()> {
        let bytes = (self.num_elements as u64).saturating_mul(width);
        limits::check(&format!("{}: array bytes", self.file), bytes, limits.max_matrix_bytes)
    }
}

/// An extent as `usize`; it may exceed the data only when another extent is 0.
fn extent(extent: u64) -> Result<usize> {
    limits::check("rows or columns of an array", extent, u32::MAX.into())?;
    Ok(extent as usize)
}

fn width(descr: &str) -> Option<u64> {
    match descr {
        "<f8" | "<i8" => Some(8),
        "<f4" | "<i4" | "<u4" => Some(4),
        "<i2" | "<u2" => Some(2),
        "|i1" | "|u1" | "|b1" => Some(1),
        _ => None,
    }
}

fn elements<T, const WIDTH: usize>(
    bytes: &[u8],
    mut convert: impl FnMut([u8; WIDTH]) -> T,
) -> Result<Vec<T>> {
    let (chunks, _) = bytes.as_chunks::<WIDTH>();
    let mut data = limits::reserve(chunks.len())?;
    data.extend(chunks.iter().map(|&raw| convert(raw)));
    Ok(data)
}
