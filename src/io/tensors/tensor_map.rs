//! Named tensors: the safetensors container of graphs, plans and weights.

use std::collections::BTreeMap;

use safetensors::tensor::{Dtype, TensorView};

use crate::error::{Error, Result};
use crate::io::tensors::arrays::{Arrays, Elements, parse, save_arrays};
use crate::limits::{self, Limits};

/// Elements of a tensor, row-major. Other types are widened on reading: `bool` and small integers to `I64`,
/// `f16` and `bf16` to `F32`.
#[derive(Debug, Clone, PartialEq)]
pub enum TensorData {
    /// 32-bit floats.
    F32(Vec<f32>),
    /// 64-bit floats.
    F64(Vec<f64>),
    /// Integers and booleans.
    I64(Vec<i64>),
}

/// A shape and its elements.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Extents; empty for a scalar.
    pub shape: Vec<usize>,
    /// As many elements as the product of the extents.
    pub data: TensorData,
}

impl Tensor {
    /// Floats of a shape.
    pub fn f32(shape: &[usize], data: Vec<f32>) -> Self {
        assert_eq!(
            shape.iter().product::<usize>(),
            data.len(),
            "a tensor has as many elements as its shape says"
        );
        Self { shape: shape.to_vec(), data: TensorData::F32(data) }
    }

    /// Integers of a shape.
    pub fn i64(shape: &[usize], data: Vec<i64>) -> Self {
        assert_eq!(
            shape.iter().product::<usize>(),
            data.len(),
            "a tensor has as many elements as its shape says"
        );
        Self { shape: shape.to_vec(), data: TensorData::I64(data) }
    }

    /// Elements as 32-bit floats.
    pub fn to_f32(&self) -> Vec<f32> {
        match &self.data {
            TensorData::F32(data) => data.clone(),
            TensorData::F64(data) => data.iter().map(|&value| value as f32).collect(),
            TensorData::I64(data) => data.iter().map(|&value| value as f32).collect(),
        }
    }

    /// Elements as 64-bit floats.
    pub fn to_f64(&self) -> Vec<f64> {
        match &self.data {
            TensorData::F32(data) => data.iter().map(|&value| value.into()).collect(),
            TensorData::F64(data) => data.clone(),
            TensorData::I64(data) => data.iter().map(|&value| value as f64).collect(),
        }
    }

    /// Elements as integers; `None` when they are floats.
    pub fn as_i64(&self) -> Option<&[i64]> {
        match &self.data {
            TensorData::I64(data) => Some(data),
            _ => None,
        }
    }
}

/// Tensors by name, with string metadata.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TensorMap {
    /// Tensors by name.
    pub tensors: BTreeMap<String, Tensor>,
    /// Metadata of the header.
    pub metadata: BTreeMap<String, String>,
}

impl TensorMap {
    /// Reads safetensors bytes. `file` is the name used in errors.
    ///
    /// # Errors
    /// `parse` for anything that is not well-formed; `limit_exceeded` for a tensor beyond `max_matrix_bytes`.
    pub fn read(file: &str, bytes: &[u8], limits: &Limits) -> Result<Self> {
        let (views, metadata) = parse(file, bytes)?;
        let mut map = Self { metadata, ..Self::default() };
        for (name, view) in views.iter() {
            map.tensors.insert(name.to_owned(), read_view(file, name, &view, limits)?);
        }
        Ok(map)
    }

    /// Writes safetensors bytes; tensors in the order the format wants, metadata sorted.
    pub fn write(&self) -> Result<Vec<u8>> {
        self.write_as(|_| Dtype::I64)
    }

    /// Writes safetensors bytes with the integers of a tensor stored as `integers(name)` says: `BOOL`, `I32` or
    /// `I64`, into which they must fit.
    pub(crate) fn write_as(&self, integers: impl Fn(&str) -> Dtype) -> Result<Vec<u8>> {
        let narrowed = |name: &str, tensor: &Tensor| -> Option<(&'static str, Vec<u8>)> {
            match (&tensor.data, integers(name)) {
                (TensorData::I64(data), Dtype::BOOL) => {
                    Some(("BOOL", data.iter().map(|&v| u8::from(v != 0)).collect()))
                }
                (TensorData::I64(data), Dtype::I32) => {
                    Some(("I32", data.iter().flat_map(|&v| (v as i32).to_le_bytes()).collect()))
                }
                _ => None,
            }
        };
        let stored: Vec<_> =
            self.tensors.iter().map(|(name, tensor)| (name, tensor, narrowed(name, tensor))).collect();
        let arrays: Arrays<'_> = stored
            .iter()
            .map(|(name, tensor, narrowed)| {
                let elements = match (narrowed, &tensor.data) {
                    (Some((type_name, bytes)), _) => Elements::Raw(type_name, bytes),
                    (None, TensorData::F32(data)) => Elements::F32(data),
                    (None, TensorData::F64(data)) => Elements::F64(data),
                    (None, TensorData::I64(data)) => Elements::I64(data),
                };
                (name.as_str(), (elements, tensor.shape.clone()))
            })
            .collect();
        save_arrays(&arrays, &self.metadata)
    }

    /// The tensor of that name.
    ///
    /// # Errors
    /// `missing_tensor` when there is none.
    pub fn get(&self, name: &str) -> Result<&Tensor> {
        self.tensors.get(name).ok_or_else(|| {
            let names: Vec<&str> = self.tensors.keys().map(String::as_str).collect();
            Error::MissingTensor(format!("tensor {name:?} is missing; the file has {}", names.join(", ")))
        })
    }
}

fn read_view(file: &str, name: &str, view: &TensorView<'_>, limits: &Limits) -> Result<Tensor> {
    let bytes = view.data();
    limits::check(&format!("{file}: bytes of tensor {name}"), bytes.len() as u64, limits.max_matrix_bytes)?;
    macro_rules! elements {
        ($from:ty, $into:ty, $convert:expr) => {{
            let (chunks, _) = bytes.as_chunks::<{ size_of::<$from>() }>();
            let mut data: Vec<$into> = limits::reserve(chunks.len())?;
            let convert: fn($from) -> $into = $convert;
            data.extend(chunks.iter().map(|&chunk| convert(<$from>::from_le_bytes(chunk))));
            data
        }};
    }
    let data = match view.dtype() {
        Dtype::F32 => TensorData::F32(elements!(f32, f32, |v| v)),
        Dtype::F16 => TensorData::F32(elements!(u16, f32, f32_from_f16)),
        Dtype::BF16 => TensorData::F32(elements!(u16, f32, |v| f32::from_bits(u32::from(v) << 16))),
        Dtype::F64 => TensorData::F64(elements!(f64, f64, |v| v)),
        Dtype::I64 => TensorData::I64(elements!(i64, i64, |v| v)),
        Dtype::I32 => TensorData::I64(elements!(i32, i64, i64::from)),
        Dtype::U32 => TensorData::I64(elements!(u32, i64, i64::from)),
        Dtype::I16 => TensorData::I64(elements!(i16, i64, i64::from)),
        Dtype::U16 => TensorData::I64(elements!(u16, i64, i64::from)),
        Dtype::I8 => TensorData::I64(elements!(i8, i64, i64::from)),
        Dtype::U8 | Dtype::BOOL => TensorData::I64(elements!(u8, i64, i64::from)),
        other => {
            return Err(Error::in_file(
                file,
                format!(
                    "tensor {name}: type {other:?} is not supported; allowed are bool, integers up to i64, f16, bf16, f32 and f64"
                ),
            ));
        }
    };
    Ok(Tensor { shape: view.shape().to_vec(), data })
}

/// IEEE 754 half precision to single precision, exact.
fn f32_from_f16(half: u16) -> f32 {
    let sign = if half >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = (half >> 10) & 0x1f;
    let fraction = f32::from(half & 0x3ff);
    match exponent {
        0 => sign * fraction * 2f32.powi(-24),
        0x1f if fraction == 0.0 => sign * f32::INFINITY,
        0x1f => f32::NAN,
        _ => sign * (1024.0 + fraction) * 2f32.powi(i32::from(exponent) - 25),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn write_then_read_is_the_identity() {
        let mut map = TensorMap::default();
        map.tensors.insert("w".into(), Tensor::f32(&[2, 2], vec![1.0, -2.5, 0.0, 3.25]));
        map.tensors.insert("edge_index".into(), Tensor::i64(&[2, 1], vec![0, 1]));
        map.metadata.insert("arch".into(), "gcn".into());
        let bytes = map.write().unwrap();
        assert_eq!(TensorMap::read("a.safetensors", &bytes, &Limits::default()).unwrap(), map);
    }

    #[test]
    fn the_same_map_gives_the_same_bytes() {
        let mut map = TensorMap::default();
        let metadata = |at: u32| (format!("key\"{at}"), format!("{{\"é\": {at}}}"));
        map.metadata.extend((0..20).map(metadata));
        let bytes = map.write().unwrap();
        assert!((0..20).all(|_| map.write().unwrap() == bytes));
        assert_eq!(TensorMap::read("a", &bytes, &Limits::default()).unwrap(), map);
    }

    #[test]
    fn a_false_header_is_named() {
        let mut bytes = (2u64 << 30).to_le_bytes().to_vec();
        bytes.extend(b"{}");
        let error = TensorMap::read("big.safetensors", &bytes, &Limits::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "big.safetensors: the safetensors header claims 2147483648 bytes, 2 follow; the file is cut off or not safetensors"
        );
    }

    #[test]
    fn half_precision_by_hand() {
        assert_eq!(f32_from_f16(0x3c00), 1.0);
        assert_eq!(f32_from_f16(0xc000), -2.0);
        assert_eq!(f32_from_f16(0x0001), 2f32.powi(-24));
        assert_eq!(f32_from_f16(0x7bff), 65504.0);
    }
}
