//! The tensors of a file by layer, and whether their shapes make a layer.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::io::Tensor;

/// A tensor with the name it has in the file.
pub(crate) type Named<'a> = (&'a str, &'a Tensor);

/// All tensors: those of convolutions and norms by layer, counted from 0, and by what they are.
#[derive(Default)]
pub(crate) struct FoundTensors<'a> {
    pub(crate) convs: BTreeMap<u32, BTreeMap<&'static str, Named<'a>>>,
    pub(crate) norms: BTreeMap<u32, BTreeMap<&'static str, Named<'a>>>,
    pub(crate) head: BTreeMap<&'static str, Named<'a>>,
    /// What tensors of a layer may be, in the order of their mention.
    pub(crate) parts: Vec<&'static str>,
}

impl<'a> FoundTensors<'a> {
    /// The tensor that became the parameter of that name.
    pub(crate) fn get(&self, name: &str) -> Option<Named<'a>> {
        let mut parts = name.splitn(3, '.');
        let (kind, layer) = (parts.next()?, parts.next()?);
        if kind == "lin" {
            return self.head.get(layer).copied();
        }
        let layers = if kind == "convs" { &self.convs } else { &self.norms };
        layers.get(&layer.parse().ok()?)?.get(parts.next()?).copied()
    }

    /// `missing_tensor` with what is there, layer by layer.
    pub(crate) fn missing(&self, name: &str) -> Error {
        let in_order = |tensors: &BTreeMap<&'static str, Named<'a>>| -> Vec<&'a str> {
            self.parts.iter().filter_map(|part| tensors.get(part)).map(|&(name, _)| name).collect()
        };
        let all = self.convs.values().chain(self.norms.values()).chain([&self.head]);
        let there = all.flat_map(in_order).collect::<Vec<_>>().join(", ");
        Error::MissingTensor(format!("tensor {name:?} is missing; the file has {there}"))
    }
}

/// The tensors of one convolution.
pub(crate) struct LayerTensors<'a> {
    found: &'a FoundTensors<'a>,
    layer: u32,
    /// The weight that the features of neighbours meet first.
    first: Named<'a>,
    first_part: &'static str,
    told: ToldOptions,
}

/// What metadata or options say beside the tensors.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ToldOptions {
    /// Whether the last layer keeps its heads side by side.
    pub(crate) concat: Option<bool>,
    /// Whether a layer that can do without counts the self-loops that were added to the graph.
    pub(crate) self_loops: Option<bool>,
}

impl<'a> LayerTensors<'a> {
    /// Those of a layer whose first weight is called `first_part`.
    ///
    /// # Errors
    /// `missing_tensor` without that weight.
    pub(crate) fn new(
        found: &'a FoundTensors<'a>,
        layer: u32,
        first_part: &'static str,
        told: ToldOptions,
    ) -> Result<Self> {
        let name = format!("convs.{layer}.{first_part}");
        let first = found.get(&name).ok_or_else(|| found.missing(&name))?;
        Ok(Self { found, layer, first, first_part, told })
    }

    /// The weight that the features of neighbours meet first.
    pub(crate) fn first(&self) -> Named<'a> {
        self.first
    }

    fn part(&self, part: &str) -> Option<Named<'a>> {
        self.found.get(&format!("convs.{}.{part}", self.layer))
    }

    fn needed(&self, part: &str) -> Result<Named<'a>> {
        self.part(part).ok_or_else(|| self.found.missing(&format!("convs.{}.{part}", self.layer)))
    }

    /// Extents of a tensor that may be there.
    pub(crate) fn shape(&self, part: &str) -> Option<&'a [usize]> {
        self.part(part).map(|(_, tensor)| &tensor.shape[..])
    }

    /// Whether a tensor is there.
    ///
    /// # Errors
    /// `shape_mismatch` when it has another shape.
    pub(crate) fn has(&self, part: &str, shape: &[usize]) -> Result<bool> {
        match self.part(part) {
            Some((name, tensor)) if tensor.shape != shape => Err(unlike(name, tensor, self.first, shape)),
            other => Ok(other.is_some()),
        }
    }

    /// Whether a bias is there.
    ///
    /// # Errors
    /// `shape_mismatch` when it has not that width.
    pub(crate) fn has_vector(&self, part: &str, width: usize) -> Result<bool> {
        self.has(part, &[width])
    }

    /// Whether a tensor that must be there fits.
    ///
    /// # Errors
    /// `missing_tensor`, `shape_mismatch`.
    pub(crate) fn needs(&self, part: &str, shape: &[usize]) -> Result<()> {
        self.needed(part)?;
        self.has(part, shape).map(|_| ())
    }

    /// Heads and width of attention vectors `[1, heads, width]` behind a weight that gives `outputs` values.
    ///
    /// # Errors
    /// `missing_tensor`, `shape_mismatch`.
    pub(crate) fn heads(&self, part: &str, outputs: usize) -> Result<[usize; 2]> {
        let (name, tensor) = self.needed(part)?;
        match tensor.shape[..] {
            [1, heads, width] if heads > 0 && width > 0 && heads.checked_mul(width) == Some(outputs) => {
                Ok([heads, width])
            }
            _ => Err(Error::ShapeMismatch(format!(
                "{name} is {:?}, {} is {:?} and wants [1, heads, width] with heads * width = {outputs}",
                tensor.shape, self.first.0, self.first.1.shape
            ))),
        }
    }

    /// Whether heads without bias stay side by side, as what reads them or an option tells.
    ///
    /// # Errors
    /// `invalid_option` when nothing tells; `shape_mismatch` when what follows is no weight.
    pub(crate) fn concat(&self, [heads, width]: [usize; 2]) -> Result<bool> {
        let next = format!("convs.{}.{}", self.layer + 1, self.first_part);
        if let Some(next) = self.found.get(&next).or(self.found.get("lin.weight")) {
            return Ok(matrix_shape(next)?[1] != width);
        }
        self.told.concat.ok_or_else(|| {
            Error::option(
                "concat",
                format!(
                    "{heads} heads of {width} without bias may stay side by side or give their mean: give true or false"
                ),
            )
        })
    }

    /// Whether the self-loops that were added to the graph count, where metadata or an option tells.
    pub(crate) fn self_loops(&self) -> Option<bool> {
        self.told.self_loops
    }
}

/// Extents `[outputs, inputs]` of a weight.
pub(crate) fn matrix_shape((name, tensor): Named<'_>) -> Result<[usize; 2]> {
    match tensor.shape[..] {
        [outputs, inputs] if outputs > 0 && inputs > 0 => Ok([outputs, inputs]),
        _ => Err(Error::ShapeMismatch(format!(
            "{name} is {:?}, a weight is [outputs, inputs] with neither of them 0",
            tensor.shape
        ))),
    }
}

/// Whether a bias or norm has the width of the layer.
pub(crate) fn fits_vector(weight: Named<'_>, width: usize, vector: Option<Named<'_>>) -> Result<()> {
    match vector {
        Some((name, tensor)) if tensor.shape != [width] => Err(unlike(name, tensor, weight, &[width])),
        _ => Ok(()),
    }
}

fn unlike(name: &str, tensor: &Tensor, (weight, of): Named<'_>, wanted: &[usize]) -> Error {
    Error::ShapeMismatch(format!(
        "{name} is {:?}, {weight} is {:?} and wants {wanted:?}",
        tensor.shape, of.shape
    ))
}
