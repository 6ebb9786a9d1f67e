//! From tensors and their shapes to layers.

use super::super::Arch;
use super::super::affine::Affine;
use super::super::layer_norm::LayerNorm;
use super::super::layer_tensors::{
    FoundTensors, LayerTensors, Named, ToldOptions, fits_vector, matrix_shape,
};
use super::super::parameters::Slots;
use super::super::registry::AnyConvolution;
use super::super::structure::Structure;
use crate::error::{Error, Result};
use crate::io::Tensor;

/// Checks that the tensors make a model, and gives its parameters their places.
pub(super) fn structure(found: &FoundTensors<'_>, arch: Arch, told: ToldOptions) -> Result<Structure> {
    // What has been read takes no more room than it did.
    let mut slots = Slots::new(u64::MAX);
    let mut convs: Vec<AnyConvolution> = Vec::new();
    let mut previous: Option<(&str, &Tensor, usize)> = None;
    let num_convs = found.convs.len().max(1) as u32;
    for layer in 0..num_convs {
        let tensors = LayerTensors::new(found, layer, arch.kind().tensors[0], told)?;
        let (name, weight) = tensors.first();
        let first = matrix_shape((name, weight))?;
        follows(previous, (name, weight), first[1])?;
        let conv = AnyConvolution::read(arch, &tensors, first, &mut slots)?;
        previous = Some((name, weight, conv.outputs()));
        convs.push(conv);
    }
    let norms = norms(found, &convs, &mut slots)?;
    let head = match (found.get("lin.weight"), found.get("lin.bias")) {
        (Some(weight), bias) => {
            let [outputs, inputs] = matrix_shape(weight)?;
            follows(previous, weight, inputs)?;
            fits_vector(weight, outputs, bias)?;
            Some(Affine::new(&mut slots, inputs, outputs, bias.is_some())?)
        }
        (None, Some(_)) => return Err(found.missing("lin.weight")),
        (None, None) => None,
    };
    Ok(Structure::new(convs, norms, head, &slots))
}

/// All hidden convolutions have a norm, or none has.
fn norms(found: &FoundTensors<'_>, convs: &[AnyConvolution], slots: &mut Slots) -> Result<Vec<LayerNorm>> {
    let num_convs = convs.len() as u32;
    let hidden = if found.get("lin.weight").is_some() { num_convs } else { num_convs - 1 };
    if let Some((layer, norm)) = found.norms.iter().next_back().filter(|(layer, _)| **layer >= hidden) {
        let (name, _) = norm.values().next_back().expect("a norm was found by a tensor");
        return Err(Error::UnsupportedModel(format!(
            "tensor {name}: norm {layer} has no place, {hidden} of the {num_convs} convolutions are hidden"
        )));
    }
    let mut norms = Vec::new();
    if found.norms.is_empty() {
        return Ok(norms);
    }
    for layer in 0..hidden {
        let conv = found.convs[&layer].values().next().expect("a convolution was found by a tensor");
        let width = convs[layer as usize].outputs();
        for what in ["weight", "bias"] {
            let name = format!("norms.{layer}.{what}");
            let tensor = found.get(&name).ok_or_else(|| found.missing(&name))?;
            let weight = found.get(&format!("convs.{layer}.lin.weight")).unwrap_or(*conv);
            fits_vector(weight, width, Some(tensor))?;
        }
        norms.push(LayerNorm::new(slots, width));
    }
    Ok(norms)
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
