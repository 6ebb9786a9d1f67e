//! Weights from and to named tensors; `docs/weights.md` has the table of names.

mod description;
mod layers;
mod names;

use super::layout::{Conv, Layout, Role};
use super::{Activation, Arch, FeatureNormalization, Model};
use crate::error::{Error, Result};
use crate::io::{Tensor, TensorMap};
use description::Description;
use names::Found;

/// What a file of weights may leave open. What its metadata says has precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ModelOptions {
    /// How features are prepared.
    pub feature_normalization: FeatureNormalization,
    /// What follows a hidden convolution. `None` for ReLU; a GAT with hidden layers must be told.
    pub activation: Option<Activation>,
    /// Whether the mean of a GraphSAGE layer counts the self-loops that were added to the graph. Default false, as in
    /// PyG.
    pub self_loops: Option<bool>,
    /// Whether the last layer of a GAT keeps its heads side by side; needed only where no bias tells.
    pub concat: Option<bool>,
}

impl Model {
    /// Reads a model from tensors with the names of a PyG `state_dict` (`docs/weights.md`).
    ///
    /// # Arguments
    /// * `map`: weights `[outputs, inputs]`, biases and norms `[outputs]`, attention `[1, heads, width]`; architecture,
    ///   depth and widths follow from names and shapes.
    /// * `options`: what neither these nor the metadata say.
    /// # Errors
    /// `unsupported_model` naming a tensor that is unknown or not finite, or a layer type that is not supported;
    /// `missing_tensor` naming one that must be there; `shape_mismatch` naming the tensors and shapes;
    /// `invalid_option` naming an option that must be given.
    /// # Examples
    /// ```
    /// use ibmb::gnn::{Arch, Model, ModelOptions};
    /// use ibmb::io::{Tensor, TensorMap};
    ///
    /// let mut map = TensorMap::default();
    /// map.tensors.insert("conv1.lin.weight".into(), Tensor::f32(&[2, 3], vec![0.5; 6]));
    /// map.tensors.insert("conv1.bias".into(), Tensor::f32(&[2], vec![0.0, 1.0]));
    /// let model = Model::from_tensors(&map, &ModelOptions::default())?;
    /// assert_eq!((model.arch(), model.num_features(), model.num_classes()), (Arch::Gcn, 3, 2));
    /// # Ok::<(), ibmb::Error>(())
    /// ```
    pub fn from_tensors(map: &TensorMap, options: &ModelOptions) -> Result<Self> {
        let described = Description::read(map)?;
        let found = names::sort(map)?;
        let arch = found.arch(described.arch)?;
        let layout = layers::layout(&found, arch, described.concat.or(options.concat))?;
        let mut parameters = vec![0.0; layout.len];
        for parameter in layout.parameters() {
            let (name, tensor) = found.get(&parameter.name).expect("the layout was made of what was found");
            let data = tensor.to_f32();
            if let Some(at) = data.iter().position(|value| !value.is_finite()) {
                return Err(Error::UnsupportedModel(format!(
                    "{name}: element {at} is {}, weights must be finite",
                    data[at]
                )));
            }
            let target = parameter.slot.of_mut(&mut parameters);
            match parameter.role {
                Role::Matrix { inputs, outputs, .. } => transpose(&data, outputs, inputs, target),
                _ => target.copy_from_slice(&data),
            }
        }
        let has_hidden = (0..layout.convs.len()).any(|layer| layout.is_hidden(layer));
        let activation = match described.activation.or(options.activation) {
            Some(activation) => activation,
            None if arch == Arch::Gat && has_hidden => {
                return Err(Error::option(
                    "activation",
                    "the weights of a GAT do not say what follows a hidden layer: give relu (PyG's GAT class) or elu \
                     (the GAT paper and the IBMB model)",
                ));
            }
            None => Activation::Relu,
        };
        Ok(Self {
            layout,
            parameters,
            activation,
            self_loops: arch == Arch::Sage && described.self_loops.or(options.self_loops).unwrap_or(false),
            feature_normalization: described.feature_normalization.unwrap_or(options.feature_normalization),
            normalization: described.normalization,
        })
    }

    /// The weights under PyG's names, with the architecture in the metadata entry `arch`.
    pub fn to_tensors(&self) -> TensorMap {
        let mut map = named_tensors(&self.layout, &self.parameters);
        let mut arch = serde_json::json!({
            "conv": self.arch().name(),
            "layers": self.num_layers(),
            "hidden": self.hidden(),
            "shape": self.shape().name(),
            "act": self.activation.name(),
            "feature_normalization": self.feature_normalization.name(),
        });
        match self.layout.convs.last() {
            Some(Conv::Sage(_)) => arch["self_loops"] = self.self_loops.into(),
            Some(Conv::Gat(last)) => {
                arch["heads"] = self.heads().into();
                arch["concat"] = last.concat.into();
            }
            _ => {}
        }
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
        let mut turned = data.to_vec();
        if let Role::Matrix { inputs, outputs, .. } = parameter.role {
            transpose(data, inputs, outputs, &mut turned);
        }
        let tensor = Tensor::f32(&parameter.shape(), turned);
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

/// A tensor with the name it has in the file.
type Named<'a> = (&'a str, &'a Tensor);

fn missing(found: &Found<'_>, name: &str) -> Error {
    let there = found.names().join(", ");
    Error::MissingTensor(format!("tensor {name:?} is missing; the file has {there}"))
}
