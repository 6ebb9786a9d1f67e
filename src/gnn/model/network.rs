//! A network with its weights.

use oorandom::Rand32;

use super::layout::{Layout, Role};
use super::{Activation, Arch, FeatureNormalization, Shape, TrainConfig};
use crate::error::{Error, Result};
use crate::graph::{Dataset, Features, Normalization};
use crate::limits::{self, Limits};

/// A graph neural network with its weights.
///
/// A convolution of kind [`Arch`] follows another; after each but a last one without final linear layer come an
/// optional layer norm ([Ba16]), the [`Activation`] and, in training, dropout. [`Shape`] tells the two usual orders.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(crate) layout: Layout,
    pub(crate) parameters: Vec<f32>,
    pub(crate) activation: Activation,
    /// Whether the mean of a [`Arch::Sage`] layer counts the self-loops that were added to the graph.
    pub(crate) self_loops: bool,
    pub(crate) feature_normalization: FeatureNormalization,
    pub(crate) normalization: Option<Normalization>,
}

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
        let layout = plan_layout(config, num_features, num_classes, limits)?;
        let mut parameters = limits::filled(layout.len, 0.0)?;
        let mut rng = Rand32::new(config.seed);
        for parameter in layout.parameters() {
            let bound = match parameter.role {
                Role::Matrix { inputs, linear: true, .. } => (1.0 / inputs as f32).sqrt(),
                Role::Matrix { inputs, outputs, .. } => (6.0 / (inputs + outputs) as f32).sqrt(),
                Role::Attention { heads, width } => (6.0 / (heads + width) as f32).sqrt(),
                Role::Bias { inputs: Some(inputs) } => (1.0 / inputs as f32).sqrt(),
                Role::Bias { inputs: None } | Role::Beta => continue,
                Role::Gamma => {
                    parameter.slot.of_mut(&mut parameters).fill(1.0);
                    continue;
                }
            };
            for weight in parameter.slot.of_mut(&mut parameters) {
                *weight = (2.0 * rng.rand_float() - 1.0) * bound;
            }
        }
        Ok(Self {
            layout,
            parameters,
            activation: config.activation_in_force(),
            self_loops: config.arch == Arch::Sage && config.shape == Shape::Ibmb,
            feature_normalization: config.feature_normalization,
            normalization: Some(config.normalization),
        })
    }

    /// Kind of the convolutions.
    pub fn arch(&self) -> Arch {
        self.layout.convs[0].arch()
    }

    /// Width of a node's features.
    pub fn num_features(&self) -> usize {
        self.layout.convs[0].inputs()
    }

    /// Number of classes.
    pub fn num_classes(&self) -> usize {
        self.layout.num_classes()
    }

    /// Number of convolutions: the model sees so many steps around a node.
    pub fn num_layers(&self) -> usize {
        self.layout.convs.len()
    }

    /// Width after the first convolution, all heads of a GAT together.
    pub fn hidden(&self) -> usize {
        self.layout.convs[0].outputs()
    }

    /// Heads of the first convolution of a GAT; 1 for the others.
    pub fn heads(&self) -> usize {
        match &self.layout.convs[0] {
            super::layout::Conv::Gat(gat) => gat.heads,
            _ => 1,
        }
    }

    /// Number of weights, biases and norm parameters.
    pub fn num_parameters(&self) -> usize {
        self.parameters.len()
    }

    /// Whether a linear layer follows the convolutions or, in a GAT, layer norms follow the hidden ones.
    pub fn shape(&self) -> Shape {
        let is_ibmb = match self.arch() {
            Arch::Gat => !self.layout.norms.is_empty(),
            Arch::Gcn | Arch::Sage => self.layout.head.is_some(),
        };
        if is_ibmb { Shape::Ibmb } else { Shape::Pyg }
    }

    /// What follows hidden convolutions.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// Whether the mean of a GraphSAGE layer counts the self-loops that were added to the graph.
    pub fn self_loops(&self) -> bool {
        self.self_loops
    }

    /// How the features must be prepared.
    pub fn feature_normalization(&self) -> FeatureNormalization {
        self.feature_normalization
    }

    /// The edge weights the model was trained with, when its file says so.
    pub fn normalization(&self) -> Option<Normalization> {
        self.normalization
    }

    /// Whether the model can run on the graph.
    ///
    /// # Errors
    /// `shape_mismatch` when the graph has no features, features of another width than the first weight, or more
    /// classes than the last.
    pub fn fits(&self, dataset: &Dataset) -> Result<()> {
        let (first, wanted) = (self.layout.first_weight(), self.num_features());
        let Some(features) = &dataset.features else {
            return Err(Error::ShapeMismatch(format!(
                "{first}, so the model wants {wanted} features a node; the graph has none"
            )));
        };
        if matches!(features, Features::Dense(matrix) if !matrix.is_standard_layout()) {
            return Err(Error::ShapeMismatch("features must be stored row by row".to_owned()));
        }
        let there = features.num_columns();
        if there != wanted {
            return Err(Error::ShapeMismatch(format!(
                "{first}, so the model wants {wanted} features a node; the graph has {there}"
            )));
        }
        if dataset.num_classes() > self.num_classes() {
            return Err(Error::ShapeMismatch(format!(
                "{}, so the model knows {} classes; the graph has {}",
                self.layout.last_weight(),
                self.num_classes(),
                dataset.num_classes()
            )));
        }
        Ok(())
    }
}

/// The layers that a configuration asks for.
fn plan_layout(
    config: &TrainConfig,
    num_features: usize,
    num_classes: usize,
    limits: &Limits,
) -> Result<Layout> {
    let (layers, hidden, heads) = (config.layers as usize, config.hidden as usize, config.heads as usize);
    let mut layout = Layout::default();
    let has_norms = config.shape == Shape::Ibmb;
    // The GAT of [Gasteiger22] ends with the mean of its heads, its GCN and GraphSAGE with a linear layer.
    let has_head = has_norms && config.arch != Arch::Gat;
    for layer in 0..layers {
        let inputs = if layer == 0 { num_features } else { hidden };
        let is_last = layer + 1 == layers && !has_head;
        let outputs = if is_last { num_classes } else { hidden };
        let copies = if config.arch == Arch::Gat && is_last { heads } else { 1 };
        limits::check(
            "matrix bytes",
            (inputs as u64 * outputs as u64 * copies as u64).saturating_mul(4),
            limits.max_matrix_bytes,
        )?;
        match config.arch {
            Arch::Gcn => layout.push_gcn(inputs, outputs, !has_norms),
            Arch::Sage => layout.push_sage(inputs, outputs, true, true),
            Arch::Gat if is_last => layout.push_gat(inputs, [heads, outputs], false, true),
            Arch::Gat => layout.push_gat(inputs, [heads, hidden / heads], true, true),
        }
    }
    if has_norms {
        for _ in 0..if has_head { layers } else { layers - 1 } {
            layout.push_norm();
        }
    }
    if has_head {
        layout.set_head(hidden, num_classes, true);
    }
    Ok(layout)
}
