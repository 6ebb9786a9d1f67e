//! Models with random weights.

use oorandom::Rand32;

use super::TrainConfig;
use crate::error::{Error, Result};
use crate::gnn::model::{Affine, AnyConvolution, Init, LayerNorm, LayerSize, Slots, Structure};
use crate::gnn::{Model, Shape};
use crate::limits::{self, Limits};

impl Model {
    /// A model with random weights.
    ///
    /// GCN and GAT start with the uniform distribution of [Glorot10] for weights and 0 for biases, GraphSAGE and the
    /// final linear layer with `U(-1, 1) / sqrt(inputs)` for both, as PyTorch does; norms with 1 and 0.
    /// # Arguments
    /// * `config`: architecture, shape, depth, width, heads and seed; the same seed gives the same bits on every machine.
    /// * `num_features`, `num_classes`: widths of input and output, at least 1.
    /// # Errors
    /// `invalid_option` when `config` is out of range; `shape_mismatch` for a width of 0; `limit_exceeded` and
    /// `out_of_memory` for sizes.
    pub fn init(
        config: &TrainConfig,
        num_features: usize,
        num_classes: usize,
        limits: &Limits,
    ) -> Result<Self> {
        config.validate()?;
        if num_features == 0 || num_classes == 0 {
            return Err(Error::ShapeMismatch(format!(
                "a model needs features and classes; there are {num_features} features and {num_classes} classes"
            )));
        }
        let structure = structure(config, num_features, num_classes, limits)?;
        let mut parameters = limits::filled(structure.len, 0.0)?;
        let mut rng = Rand32::new(config.seed);
        for parameter in structure.parameters() {
            let slot = parameter.slot.of_mut(&mut parameters);
            match parameter.init {
                Init::Constant(value) => slot.fill(value),
                Init::Uniform { bound } => {
                    slot.fill_with(|| (2.0 * rng.rand_float() - 1.0) * bound);
                }
            }
        }
        Ok(Self {
            structure,
            parameters,
            activation: config.activation_in_force(),
            feature_normalization: config.feature_normalization,
            normalization: Some(config.normalization),
        })
    }
}

/// The layers that a configuration asks for.
fn structure(
    config: &TrainConfig,
    num_features: usize,
    num_classes: usize,
    limits: &Limits,
) -> Result<Structure> {
    let (layers, hidden, heads) = (config.layers as usize, config.hidden as usize, config.heads as usize);
    let mut slots = Slots::new(limits.max_matrix_bytes);
    let has_norms = config.shape == Shape::Ibmb;
    let has_head = has_norms && config.arch.kind().has_linear_head;
    let conv = |layer: usize| {
        let is_last = layer + 1 == layers && !has_head;
        let inputs = if layer == 0 { num_features } else { hidden };
        let outputs = if is_last { num_classes } else { hidden };
        LayerSize { inputs, outputs, heads, is_last, shape: config.shape }
    };
    let convs = (0..layers).map(|layer| AnyConvolution::new(config.arch, conv(layer), &mut slots));
    let convs: Vec<AnyConvolution> = convs.collect::<Result<_>>()?;
    let num_norms = match (has_norms, has_head) {
        (false, _) => 0,
        (true, true) => layers,
        (true, false) => layers - 1,
    };
    let norms = convs[..num_norms].iter().map(|conv| LayerNorm::new(&mut slots, conv.outputs())).collect();
    let head = has_head.then(|| Affine::new(&mut slots, hidden, num_classes, true)).transpose()?;
    Ok(Structure::new(convs, norms, head, &slots))
}
