//! Arrays in the safetensors container with their element types, for results.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use safetensors::tensor::{Dtype, SafeTensors, View, serialize};

use crate::error::{Error, Result};
use crate::limits::{self, Limits};

/// Element types with a typed array in JavaScript, by their names in the format.
const TYPES: [(&str, Dtype); 11] = [
    ("F32", Dtype::F32),
    ("F64", Dtype::F64),
    ("I8", Dtype::I8),
    ("U8", Dtype::U8),
    ("I16", Dtype::I16),
    ("U16", Dtype::U16),
    ("I32", Dtype::I32),
    ("U32", Dtype::U32),
    ("I64", Dtype::I64),
    ("U64", Dtype::U64),
    ("BOOL", Dtype::BOOL),
];

/// Elements that lie elsewhere, row-major.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Elements<'a> {
    /// 32-bit floats.
    F32(&'a [f32]),
    /// 64-bit floats.
    F64(&'a [f64]),
    /// Bytes.
    U8(&'a [u8]),
    /// 64-bit integers.
    I64(&'a [i64]),
    /// Ids below 2^31, written as `I32`, which every trainer reads; [`ABSENT`](crate::graph::ABSENT) becomes -1.
    Ids(&'a [u32]),
    /// Little-endian bytes of elements of a named type, such as `F32`.
    Raw(&'a str, &'a [u8]),
}

/// Arrays by name: elements and extents.
pub type Arrays<'a> = BTreeMap<&'a str, (Elements<'a>, Vec<usize>)>;

/// One array with its type resolved.
struct Array<'a> {
    elements: Elements<'a>,
    dtype: Dtype,
    shape: &'a [usize],
}

impl Elements<'_> {
    fn dtype(&self) -> Result<Dtype> {
        Ok(match *self {
            Self::F32(_) => Dtype::F32,
            Self::F64(_) => Dtype::F64,
            Self::U8(_) => Dtype::U8,
            Self::I64(_) => Dtype::I64,
            Self::Ids(_) => Dtype::I32,
            Self::Raw(name, _) => type_of(name)?,
        })
    }

    fn num_bytes(&self) -> usize {
        match self {
            Self::F32(data) => size_of_val(*data),
            Self::F64(data) => size_of_val(*data),
            Self::U8(data) | Self::Raw(_, data) => data.len(),
            Self::I64(data) => size_of_val(*data),
            Self::Ids(data) => size_of_val(*data),
        }
    }
}

impl View for &Array<'_> {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        self.shape
    }

    /// One array at a time is turned into bytes.
    fn data(&self) -> Cow<'_, [u8]> {
        match self.elements {
            Elements::F32(data) => data.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Elements::F64(data) => data.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Elements::U8(data) | Elements::Raw(_, data) => data.into(),
            Elements::I64(data) => data.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Elements::Ids(data) => data.iter().flat_map(|value| value.to_le_bytes()).collect(),
        }
    }

    fn data_len(&self) -> usize {
        self.elements.num_bytes()
    }
}

fn type_of(name: &str) -> Result<Dtype> {
    let names = || TYPES.map(|(known, _)| known).join(", ");
    let found = TYPES.into_iter().find(|&(known, _)| known == name);
    found.map(|(_, dtype)| dtype).ok_or_else(|| {
        Error::option("tensors", format!("the type {name} is not known; known are {}", names()))
    })
}

/// Writes arrays as safetensors; equal arrays give equal bytes.
///
/// # Arguments
/// * `arrays`: by name; every shape has as many elements as there are.
/// * `metadata`: texts of the header.
/// # Errors
/// `shape_mismatch` naming the array whose shape does not fit its elements; `invalid_option` for a type that is unknown;
/// `out_of_memory`.
/// # Cost
/// Linear in the bytes; besides the result as much as the largest array takes.
pub fn save_arrays(arrays: &Arrays<'_>, metadata: &BTreeMap<String, String>) -> Result<Vec<u8>> {
    let mut views = Vec::with_capacity(arrays.len());
    for (&name, (elements, shape)) in arrays {
        let dtype = elements.dtype()?;
        let wanted = shape.iter().try_fold(dtype.bitsize() / 8, |bytes, &extent| bytes.checked_mul(extent));
        if wanted != Some(elements.num_bytes()) {
            let found = elements.num_bytes() / (dtype.bitsize() / 8);
            let message = format!("tensor {name}: the shape {shape:?} does not have {found} elements");
            return Err(Error::ShapeMismatch(message));
        }
        views.push((name, Array { elements: *elements, dtype, shape }));
    }
    let sizes = || views.iter().map(|(_, array)| array.elements.num_bytes());
    // The library reserves without checking; if this reservation succeeds, so will its own.
    let at_once = sizes().sum::<usize>().saturating_add(sizes().max().unwrap_or(0));
    drop(limits::reserve::<u8>(at_once)?);
    write_sorted(&views, metadata)
}

/// An array of a file: its type by name, its extents and its little-endian bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrayBytes<'a> {
    /// Such as `F32`.
    pub type_name: &'static str,
    /// Extents; empty for a scalar.
    pub shape: Vec<usize>,
    /// The elements, row-major.
    pub bytes: &'a [u8],
}

/// Arrays by name, and the metadata of their header.
pub type ArraysRead<'a> = (BTreeMap<String, ArrayBytes<'a>>, BTreeMap<String, String>);

/// Reads what [`save_arrays`] writes. `file` is the name used in errors.
///
/// # Errors
/// `parse` for anything that is not well-formed, and for an element type without a typed array, such as `F16`;
/// `limit_exceeded` for an array beyond `max_matrix_bytes`.
pub fn read_arrays<'a>(file: &str, bytes: &'a [u8], limits: &Limits) -> Result<ArraysRead<'a>> {
    let (tensors, metadata) = parse(file, bytes)?;
    let mut arrays = BTreeMap::new();
    for (name, view) in tensors.tensors() {
        let what = format!("{file}: bytes of tensor {name}");
        limits::check(&what, view.data().len() as u64, limits.max_matrix_bytes)?;
        let known = TYPES.into_iter().find(|&(_, dtype)| dtype == view.dtype());
        let type_name = known.map(|(type_name, _)| type_name).ok_or_else(|| {
            let types = TYPES.map(|(type_name, _)| type_name).join(", ");
            let message =
                format!("tensor {name}: type {:?} is not supported; allowed are {types}", view.dtype());
            Error::in_file(file, message)
        })?;
        let shape = view.shape().to_vec();
        arrays.insert(name, ArrayBytes { type_name, shape, bytes: view.data() });
    }
    Ok((arrays, metadata))
}

/// Compares the header's own claim with the bytes, so that the message can name both.
fn check_header(file: &str, bytes: &[u8]) -> Result<()> {
    let Some(prefix) = bytes.first_chunk::<8>() else {
        return Err(Error::in_file(
            file,
            format!(
                "{} bytes are too few for a safetensors file, its header length alone takes 8",
                bytes.len()
            ),
        ));
    };
    let claimed = u64::from_le_bytes(*prefix);
    let there = bytes.len() as u64 - 8;
    if claimed > there {
        return Err(Error::in_file(
            file,
            format!(
                "the safetensors header claims {claimed} bytes, {there} follow; the file is cut off or not safetensors"
            ),
        ));
    }
    Ok(())
}

/// The tensors of safetensors bytes and their metadata.
pub(crate) fn parse<'a>(file: &str, bytes: &'a [u8]) -> Result<(SafeTensors<'a>, BTreeMap<String, String>)> {
    check_header(file, bytes)?;
    let fail = |error| Error::in_file(file, format!("not a readable safetensors file: {error}"));
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(fail)?;
    let metadata = header.metadata().clone().unwrap_or_default().into_iter().collect();
    Ok((SafeTensors::deserialize(bytes).map_err(fail)?, metadata))
}

/// Writes tensors in the order that the format wants, and metadata sorted: the library writes it in the order of a hash
/// map, and the same tensors must give the same bytes.
fn write_sorted(views: &[(&str, Array<'_>)], metadata: &BTreeMap<String, String>) -> Result<Vec<u8>> {
    const START: &[u8] = b"{\"__metadata__\":";
    let unsorted: HashMap<String, String> = metadata.clone().into_iter().collect();
    let views = views.iter().map(|(name, array)| (*name, array));
    let mut bytes = serialize(views, (!metadata.is_empty()).then_some(unsorted))
        .map_err(|error| Error::Internal(format!("safetensors: {error}")))?;
    if metadata.is_empty() {
        return Ok(bytes);
    }
    let sorted = serde_json::to_vec(metadata)
        .map_err(|error| Error::Internal(format!("safetensors metadata: {error}")))?;
    let header = &mut bytes[8..];
    let end = START.len() + sorted.len();
    let as_expected = header.starts_with(START)
        && header.get(end - 1) == Some(&b'}')
        && matches!(header.get(end), Some(b',' | b'}'));
    assert!(as_expected, "a safetensors header starts with its metadata, which sorting only permutes");
    header[START.len()..end].copy_from_slice(&sorted);
    Ok(bytes)
}
