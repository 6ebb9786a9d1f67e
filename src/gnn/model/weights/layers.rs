//! From tensors and their shapes to layers.

use super::super::Arch;
use super::super::layout::Layout;
use super::names::Found;
use super::{Named, missing};
use crate::error::{Error, Result};
use crate::io::Tensor;

/// Checks that the tensors make a model, and lays it out.
///
/// `concat` tells whether the last GAT layer keeps its heads side by side, where nothing else does.
pub(super) fn layout(found: &Found<'_>, arch: Arch, concat: Option<bool>) -> Result<Layout> {
    let mut layout = Layout::default();
    let mut previous: Option<(&str, &Tensor, usize)> = None;
    let num_convs = found.convs.len().max(1) as u32;
    for layer in 0..num_convs {
        let part = |what: &str| found.get(&format!("convs.{layer}.{what}"));
        let needed = |what: &str| part(what).ok_or_else(|| missing(found, &format!("convs.{layer}.{what}")));
        let first = needed(if arch == Arch::Sage { "lin_l.weight" } else { "lin.weight" })?;
        let [outputs, inputs] = matrix(first)?;
        follows(previous, first, inputs)?;
        match arch {
            Arch::Gcn => {
                let bias = part("bias");
                fits_vector(first, outputs, bias)?;
                layout.push_gcn(inputs, outputs, bias.is_some());
            }
            Arch::Sage => {
                let (bias, root) = (part("lin_l.bias"), part("lin_r.weight"));
                fits_vector(first, outputs, bias)?;
                if let Some((name, tensor)) = root.filter(|(_, tensor)| tensor.shape != first.1.shape) {
                    return Err(unlike(name, tensor, first, &first.1.shape));
                }
                layout.push_sage(inputs, outputs, bias.is_some(), root.is_some());
            }
            Arch::Gat => {
                let [heads, width] = attention(needed("att_src")?, first, outputs)?;
                let (name, target) = needed("att_dst")?;
                if target.shape != [1, heads, width] {
                    return Err(unlike(name, target, first, &[1, heads, width]));
                }
                let bias = part("bias");
                let next = found.get(&format!("convs.{}.lin.weight", layer + 1)).or(found.get("lin.weight"));
                let side_by_side = match (bias, next) {
                    _ if heads == 1 => true,
                    (Some((_, bias)), _) => bias.shape != [width],
                    (None, Some(next)) => matrix(next)?[1] != width,
                    (None, None) => concat.ok_or_else(|| {
                        Error::option(
                            "concat",
                            format!(
                                "{} heads of {width} without bias may stay side by side or give their mean: give true \
                                 or false",
                                heads
                            ),
                        )
                    })?,
                };
                fits_vector(first, if side_by_side { outputs } else { width }, bias)?;
                layout.push_gat(inputs, [heads, width], side_by_side, bias.is_some());
            }
        }
        let given = layout.convs.last().expect("pushed just now").outputs();
        previous = Some((first.0, first.1, given));
    }
    norms(found, &mut layout, num_convs)?;
    match (found.get("lin.weight"), found.get("lin.bias")) {
        (Some(weight), bias) => {
            let [outputs, inputs] = matrix(weight)?;
            follows(previous, weight, inputs)?;
            fits_vector(weight, outputs, bias)?;
            layout.set_head(inputs, outputs, bias.is_some());
        }
        (None, Some(_)) => return Err(missing(found, "lin.weight")),
        (None, None) => {}
    }
    Ok(layout)
}

/// All hidden convolutions have a norm, or none has.
fn norms(found: &Found<'_>, layout: &mut Layout, num_convs: u32) -> Result<()> {
    let hidden = if found.get("lin.weight").is_some() { num_convs } else { num_convs - 1 };
    if let Some((layer, norm)) = found.norms.iter().next_back().filter(|(layer, _)| **layer >= hidden) {
        let (name, _) = norm.values().next_back().expect("a norm was found by a tensor");
        return Err(Error::UnsupportedModel(format!(
            "tensor {name}: norm {layer} has no place, {hidden} of the {num_convs} convolutions are hidden"
        )));
    }
    if found.norms.is_empty() {
        return Ok(());
    }
    for layer in 0..hidden {
        let conv = found.convs[&layer].values().next().expect("a convolution was found by a tensor");
        let width = layout.convs[layer as usize].outputs();
        for what in ["weight", "bias"] {
            let name = format!("norms.{layer}.{what}");
            let tensor = found.get(&name).ok_or_else(|| missing(found, &name))?;
            let weight = found.get(&format!("convs.{layer}.lin.weight")).unwrap_or(*conv);
            fits_vector(weight, width, Some(tensor))?;
        }
        layout.push_norm();
    }
    Ok(())
}

/// Extents `[outputs, inputs]` of a weight.
fn matrix((name, tensor): Named<'_>) -> Result<[usize; 2]> {
    match tensor.shape[..] {
        [outputs, inputs] if outputs > 0 && inputs > 0 => Ok([outputs, inputs]),
        _ => Err(Error::ShapeMismatch(format!(
            "{name} is {:?}, a weight is [outputs, inputs] with neither of them 0",
            tensor.shape
        ))),
    }
}

/// Heads and width of a GAT layer whose weight gives `outputs` values.
fn attention((name, tensor): Named<'_>, weight: Named<'_>, outputs: usize) -> Result<[usize; 2]> {
    match tensor.shape[..] {
        [1, heads, width] if heads > 0 && width > 0 && heads.checked_mul(width) == Some(outputs) => {
            Ok([heads, width])
        }
        _ => Err(Error::ShapeMismatch(format!(
            "{name} is {:?}, {} is {:?} and wants [1, heads, width] with heads * width = {outputs}",
            tensor.shape, weight.0, weight.1.shape
        ))),
    }
}

/// Whether a weight takes what the layer before it gives.
fn follows(previous: Option<(&str, &Tensor, usize)>, (name, tensor): Named<'_>, inputs: usize) -> Result<()> {
    match previous {
        Some((before, weight, given)) if given != inputs => Err(Error::ShapeMismatch(format!(
            "{name} is {:?} and wants {inputs} inputs, {before} is {:?} and gives {given}",
            tensor.shape, weight.shape
        ))),
        _ => Ok(()),
    }
}

/// Whether a bias or norm has the width of the layer.
fn fits_vector(weight: Named<'_>, width: usize, vector: Option<Named<'_>>) -> Result<()> {
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
