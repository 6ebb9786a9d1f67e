//! Weights from and to named tensors; `docs/weights.md` has the table of names.

use std::collections::BTreeMap;

use super::model::Layout;
use super::{FeatureNormalization, Model};
use crate::error::{Error, Result};
use crate::graph::Normalization;
use crate::io::{Tensor, TensorMap};

/// A tensor with the name it has in the file.
type Named<'a> = (&'a str, &'a Tensor);

/// The tensors of one layer.
#[derive(Default)]
struct Found<'a> {
    weight: Option<Named<'a>>,
    bias: Option<Named<'a>>,
}

/// All tensors by layer, convolutions and norms counted from 0.
#[derive(Default)]
struct Tensors<'a> {
    convs: BTreeMap<u32, Found<'a>>,
    norms: BTreeMap<u32, Found<'a>>,
    head: Found<'a>,
}

impl Model {
    /// Reads a model from tensors with the names of a PyG `state_dict` (`docs/weights.md`).
    ///
    /// # Arguments
    /// * `map`: weights `[outputs, inputs]`, biases and norms `[outputs]`; depth and widths follow from the shapes.
    /// * `feature_normalization`: how features are prepared when the metadata does not say.
    /// # Errors
    /// `unsupported_model` naming a tensor that is unknown or not finite, or a layer type that is not supported;
    /// `missing_tensor` naming one that must be there; `shape_mismatch` naming the tensors and shapes.
    /// # Examples
    /// ```
    /// use ibmb::gnn::{FeatureNormalization, Model};
    /// use ibmb::io::{Tensor, TensorMap};
    ///
    /// let mut map = TensorMap::default();
    /// map.tensors.insert("conv1.lin.weight".into(), Tensor::f32(&[2, 3], vec![0.5; 6]));
    /// map.tensors.insert("conv1.bias".into(), Tensor::f32(&[2], vec![0.0, 1.0]));
    /// let model = Model::from_tensors(&map, FeatureNormalization::None)?;
    /// assert_eq!((model.num_layers(), model.num_features(), model.num_classes()), (1, 3, 2));
    /// # Ok::<(), ibmb::Error>(())
    /// ```
    pub fn from_tensors(map: &TensorMap, feature_normalization: FeatureNormalization) -> Result<Self> {
        let described = Description::read(map)?;
        let found = sort(map)?;
        let layout = layout(&found)?;
        let mut parameters = vec![0.0; layout.len];
        for parameter in layout.parameters() {
            let (name, tensor) = found.get(&parameter.name);
            let data = tensor.to_f32();
            if let Some(at) = data.iter().position(|value| !value.is_finite()) {
                return Err(Error::UnsupportedModel(format!(
                    "{name}: element {at} is {}, weights must be finite",
                    data[at]
                )));
            }
            let target = parameter.slot.of_mut(&mut parameters);
            match parameter.matrix {
                None => target.copy_from_slice(&data),
                Some([inputs, outputs]) => transpose(&data, outputs, inputs, target),
            }
        }
        Ok(Self {
            layout,
            parameters,
            feature_normalization: described.feature_normalization.unwrap_or(feature_normalization),
            normalization: described.normalization,
        })
    }

    /// The weights under PyG's names, with the architecture in the metadata entry `arch`.
    pub fn to_tensors(&self) -> TensorMap {
        let mut map = named_tensors(&self.layout, &self.parameters);
        let mut arch = serde_json::json!({
            "conv": "gcn",
            "layers": self.num_layers(),
            "hidden": self.hidden(),
            "shape": self.shape().name(),
            "feature_normalization": self.feature_normalization.name(),
        });
        if let Some(normalization) = self.normalization {
            arch["normalization"] = normalization.name().into();
        }
        map.metadata.insert("arch".to_owned(), arch.to_string());
        map
    }
}

/// All of `values` as tensors in PyTorch's layout.
pub(crate) fn named_tensors(layout: &Layout, values: &[f32]) -> TensorMap {
    let mut map = TensorMap::default();
    for parameter in layout.parameters() {
        let data = parameter.slot.of(values);
        let tensor = match parameter.matrix {
            None => Tensor::f32(&[data.len()], data.to_vec()),
            Some([inputs, outputs]) => {
                let mut turned = vec![0.0; data.len()];
                transpose(data, inputs, outputs, &mut turned);
                Tensor::f32(&[outputs, inputs], turned)
            }
        };
        map.tensors.insert(parameter.name, tensor);
    }
    map
}

fn transpose(data: &[f32], rows: usize, columns: usize, out: &mut [f32]) {
    for row in 0..rows {
        for column in 0..columns {
            out[column * rows + row] = data[row * columns + column];
        }
    }
}

/// What the metadata says about the model.
struct Description {
    feature_normalization: Option<FeatureNormalization>,
    normalization: Option<Normalization>,
}

impl Description {
    /// Reads the metadata entry `arch` when it is a JSON object; keys that do not concern us are passed over.
    fn read(map: &TensorMap) -> Result<Self> {
        let arch = map.metadata.get("arch").and_then(|text| serde_json::from_str(text).ok());
        let arch: serde_json::Value = arch.unwrap_or_default();
        let word = |key: &str| arch.get(key).and_then(|value| value.as_str());
        let allowed = |key: &str, names: &[&str]| match word(key) {
            Some(name) if !names.contains(&name) => Err(Error::UnsupportedModel(format!(
                "metadata arch: {key} is {name:?}, allowed: {}",
                names.join(", ")
            ))),
            _ => Ok(()),
        };
        allowed("conv", &["gcn"])?;
        allowed("act", &["relu"])?;
        allowed("feature_normalization", &["none", "row"])?;
        allowed("normalization", &Normalization::NAMES.map(|(name, _)| name))?;
        let feature_normalization = match word("feature_normalization") {
            None => None,
            Some(name) => Some(FeatureNormalization::from_name(name)?),
        };
        let normalization = match (word("normalization"), word("norm")) {
            (Some(name), _) => Some(Normalization::from_name(name)?),
            (None, Some("sym")) => Some(Normalization::GlobalSym),
            (None, Some("rw")) => Some(Normalization::GlobalRw),
            _ => None,
        };
        Ok(Self { feature_normalization, normalization })
    }
}

impl<'a> Tensors<'a> {
    /// The tensor that became the parameter of that name.
    fn get(&self, name: &str) -> Named<'a> {
        let parts: Vec<&str> = name.split('.').collect();
        let layer = || parts[1].parse::<u32>().expect("a parameter's name holds its layer");
        let found = match parts[0] {
            "convs" => &self.convs[&layer()],
            "norms" => &self.norms[&layer()],
            _ => &self.head,
        };
        let tensor = if name.ends_with("bias") { found.bias } else { found.weight };
        tensor.expect("a parameter of the layout was found in the file")
    }
}

/// Puts every tensor into its place.
fn sort(map: &TensorMap) -> Result<Tensors<'_>> {
    let mut found = Tensors::default();
    for (name, tensor) in &map.tensors {
        let unknown = || {
            Error::UnsupportedModel(format!(
                "tensor {name} belongs to no supported layer; known are convs.{{i}}.lin.weight, convs.{{i}}.bias, \
                 norms.{{i}}.weight, norms.{{i}}.bias (or conv1…, norm1…), lin.weight and lin.bias"
            ))
        };
        let parts: Vec<&str> = name.split('.').collect();
        let (kind, layer, rest) = match parts.as_slice() {
            ["lin", rest] => ("lin", 0, vec![*rest]),
            [kind @ ("convs" | "norms"), layer, rest @ ..] => {
                (&kind[..4], layer.parse::<u32>().map_err(|_| unknown())?, rest.to_vec())
            }
            [first, rest @ ..] if first.starts_with("conv") || first.starts_with("norm") => {
                let (kind, layer) = first.split_at(4);
                let layer = layer.parse::<u32>().ok().and_then(|layer| layer.checked_sub(1));
                (kind, layer.ok_or_else(unknown)?, rest.to_vec())
            }
            _ => return Err(unknown()),
        };
        let place = match kind {
            "conv" => found.convs.entry(layer).or_default(),
            "norm" => found.norms.entry(layer).or_default(),
            _ => &mut found.head,
        };
        let slot = match (kind, rest.as_slice()) {
            ("conv", ["lin", "weight"]) | ("norm" | "lin", ["weight"]) => &mut place.weight,
            (_, ["bias"]) => &mut place.bias,
            _ => return Err(unknown()),
        };
        if let Some((other, _)) = slot.replace((name, tensor)) {
            return Err(Error::UnsupportedModel(format!(
                "tensors {other} and {name} are the same parameter"
            )));
        }
    }
    Ok(found)
}

/// Checks that the tensors make a model, and lays it out.
fn layout(found: &Tensors<'_>) -> Result<Layout> {
    let missing = |name: String| {
        let there = found.names().join(", ");
        Error::MissingTensor(format!("tensor {name:?} is missing; the file has {there}"))
    };
    let mut layout = Layout::default();
    let mut previous: Option<Named<'_>> = None;
    let num_convs = found.convs.len().max(1) as u32;
    for layer in 0..num_convs {
        let conv = found.convs.get(&layer).and_then(|conv| Some((conv.weight?, conv.bias)));
        let (weight, bias) = conv.ok_or_else(|| missing(format!("convs.{layer}.lin.weight")))?;
        let [outputs, inputs] = matrix(weight)?;
        follows(previous, weight, inputs)?;
        fits_bias(weight, bias)?;
        layout.push_conv(inputs, outputs, bias.is_some());
        previous = Some(weight);
    }
    let hidden = if found.head.weight.is_some() { num_convs } else { num_convs - 1 };
    if let Some((&layer, norm)) = found.norms.iter().next_back().filter(|(layer, _)| **layer >= hidden) {
        let (name, _) = norm.weight.or(norm.bias).expect("a norm was found by a tensor");
        return Err(Error::UnsupportedModel(format!(
            "tensor {name}: norm {layer} has no place, {hidden} of the {num_convs} convolutions are hidden"
        )));
    }
    if !found.norms.is_empty() {
        for layer in 0..hidden {
            let norm = found.norms.get(&layer);
            let part = |what: &str, tensor: Option<Named<'_>>| {
                let named = tensor.ok_or_else(|| missing(format!("norms.{layer}.{what}")))?;
                fits_bias(found.convs[&layer].weight.expect("checked above"), Some(named))
            };
            part("weight", norm.and_then(|norm| norm.weight))?;
            part("bias", norm.and_then(|norm| norm.bias))?;
            layout.push_norm();
        }
    }
    match (found.head.weight, found.head.bias) {
        (Some(weight), bias) => {
            let [outputs, inputs] = matrix(weight)?;
            follows(previous, weight, inputs)?;
            fits_bias(weight, bias)?;
            layout.set_head(inputs, outputs, bias.is_some());
        }
        (None, Some(_)) => return Err(missing("lin.weight".to_owned())),
        (None, None) => {}
    }
    Ok(layout)
}

impl Tensors<'_> {
    fn names(&self) -> Vec<&str> {
        let layers = self.convs.values().chain(self.norms.values()).chain([&self.head]);
        layers.flat_map(|found| [found.weight, found.bias]).flatten().map(|(name, _)| name).collect()
    }
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

/// Whether a weight takes what the one before it gives.
fn follows(previous: Option<Named<'_>>, (name, tensor): Named<'_>, inputs: usize) -> Result<()> {
    match previous {
        Some((before, given)) if given.shape[0] != inputs => Err(Error::ShapeMismatch(format!(
            "{name} is {:?} and wants {inputs} inputs, {before} is {:?} and gives {}",
            tensor.shape, given.shape, given.shape[0]
        ))),
        _ => Ok(()),
    }
}

/// Whether a bias or norm has one element for each output of the weight.
fn fits_bias((weight, of): Named<'_>, bias: Option<Named<'_>>) -> Result<()> {
    match bias {
        Some((name, tensor)) if tensor.shape != [of.shape[0]] => Err(Error::ShapeMismatch(format!(
            "{name} is {:?}, {weight} is {:?} and wants [{}]",
            tensor.shape, of.shape, of.shape[0]
        ))),
        _ => Ok(()),
    }
}
