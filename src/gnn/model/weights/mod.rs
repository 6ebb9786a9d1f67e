//! Weights from and to named tensors; `docs/weights.md` has the table of names.

mod description;
mod layers;
mod names;

use super::layer_tensors::ToldOptions;
use super::parameters::transpose;
use super::registry::AnyConvolution;
use super::{Activation, FeatureNormalization, Model};
use crate::error::{Error, Result};
use crate::io::TensorMap;
use crate::options::{CONCAT, Given, MODEL_ACTIVATION, MODEL_FEATURES, SELF_LOOPS};
use description::Description;

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

impl ModelOptions {
    /// The options of a call.
    pub fn read(given: &Given) -> Self {
        Self {
            feature_normalization: given.word(&MODEL_FEATURES),
            activation: given.given_word(&MODEL_ACTIVATION),
            self_loops: given.given_flag(&SELF_LOOPS),
            concat: given.given_flag(&CONCAT),
        }
    }
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
        let arch = names::arch(&found, described.arch)?;
        let told = ToldOptions {
            concat: described.concat.or(options.concat),
            self_loops: described.self_loops.or(options.self_loops),
        };
        let structure = layers::structure(&found, arch, told)?;
        let mut parameters = vec![0.0; structure.len];
        for parameter in structure.parameters() {
            let (name, tensor) =
                found.get(&parameter.name).expect("the structure was made of what was found");
            let data = tensor.to_f32();
            if let Some(at) = data.iter().position(|value| !value.is_finite()) {
                return Err(Error::UnsupportedModel(format!(
                    "{name}: element {at} is {}, weights must be finite",
                    data[at]
                )));
            }
            let target = parameter.slot.of_mut(&mut parameters);
            if parameter.is_transposed {
                transpose(&data, parameter.shape[0], parameter.shape[1], target);
            } else {
                target.copy_from_slice(&data);
            }
        }
        let has_hidden = (0..structure.convs.len()).any(|layer| structure.is_hidden(layer));
        let activation = match (described.activation.or(options.activation), arch.kind().needs_activation) {
            (Some(activation), _) => activation,
            (None, Some(why)) if has_hidden => return Err(Error::option("activation", why)),
            (None, _) => Activation::Relu,
        };
        Ok(Self {
            structure,
            parameters,
            activation,
            feature_normalization: described.feature_normalization.unwrap_or(options.feature_normalization),
            normalization: described.normalization,
        })
    }

    /// The weights under PyG's names, with the architecture in the metadata entry `arch`.
    pub fn to_tensors(&self) -> TensorMap {
        let mut map = self.structure.named_tensors(&self.parameters);
        let mut arch = serde_json::json!({
            "conv": self.arch().name(),
            "layers": self.num_layers(),
            "hidden": self.hidden(),
            "shape": self.shape().name(),
            "act": self.activation.name(),
            "feature_normalization": self.feature_normalization.name(),
        });
        if self.arch().kind().has_heads {
            arch["heads"] = self.heads().into();
        }
        if let Some((key, value)) = self.structure.convs.last().and_then(AnyConvolution::metadata) {
            arch[key] = value.into();
        }
        if let Some(normalization) = self.normalization {
            arch["normalization"] = normalization.name().into();
        }
        map.metadata.insert("arch".to_owned(), arch.to_string());
        map
    }
}
