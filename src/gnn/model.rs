//! Weights of a model and their place in memory.

use oorandom::Rand32;

use super::{FeatureNormalization, Shape, TrainConfig};
use crate::error::{Error, Result};
use crate::graph::{Dataset, Normalization};
use crate::limits::{self, Limits};

/// Where a parameter lies in the one array of all parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    start: usize,
    len: usize,
}

impl Slot {
    /// Its indices.
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start..self.start + self.len
    }

    /// The parameter in `all`.
    pub(crate) fn of(self, all: &[f32]) -> &[f32] {
        &all[self.range()]
    }

    /// The parameter in `all`.
    pub(crate) fn of_mut(self, all: &mut [f32]) -> &mut [f32] {
        &mut all[self.range()]
    }
}

/// `y = x W + b`, with `W` stored as `[inputs, outputs]`: the transpose of PyTorch's layout, so that a sparse row of
/// features adds up contiguous rows of `W`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Affine {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) weight: Slot,
    pub(crate) bias: Option<Slot>,
}

/// Scale and shift of a layer norm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Norm {
    pub(crate) gamma: Slot,
    pub(crate) beta: Slot,
}

/// A parameter with its PyTorch name. `matrix` is `[inputs, outputs]`; `None` for biases and norms.
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) slot: Slot,
    pub(crate) matrix: Option<[usize; 2]>,
}

/// Which layers there are and where their parameters lie.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Layout {
    pub(crate) convs: Vec<Affine>,
    pub(crate) norms: Vec<Norm>,
    pub(crate) head: Option<Affine>,
    pub(crate) len: usize,
}

impl Layout {
    fn slot(&mut self, len: usize) -> Slot {
        let start = self.len;
        self.len += len;
        Slot { start, len }
    }

    fn affine(&mut self, inputs: usize, outputs: usize, bias: bool) -> Affine {
        let weight = self.slot(inputs * outputs);
        Affine { inputs, outputs, weight, bias: bias.then(|| self.slot(outputs)) }
    }

    /// Adds a convolution behind the others.
    pub(crate) fn push_conv(&mut self, inputs: usize, outputs: usize, bias: bool) {
        let conv = self.affine(inputs, outputs, bias);
        self.convs.push(conv);
    }

    /// Adds the norm of the next convolution that has none.
    pub(crate) fn push_norm(&mut self) {
        let width = self.convs[self.norms.len()].outputs;
        let norm = Norm { gamma: self.slot(width), beta: self.slot(width) };
        self.norms.push(norm);
    }

    /// Sets the final linear layer.
    pub(crate) fn set_head(&mut self, inputs: usize, outputs: usize, bias: bool) {
        self.head = Some(self.affine(inputs, outputs, bias));
    }

    /// The layer that gives the logits.
    pub(crate) fn last(&self) -> &Affine {
        self.head.as_ref().unwrap_or_else(|| self.convs.last().expect("a model has a convolution"))
    }

    /// Name of the weight that gives the logits.
    fn last_name(&self) -> String {
        match self.head {
            Some(_) => "lin.weight".to_owned(),
            None => format!("convs.{}.lin.weight", self.convs.len() - 1),
        }
    }

    /// Whether norm, ReLU and dropout follow the convolution.
    pub(crate) fn is_hidden(&self, layer: usize) -> bool {
        self.head.is_some() || layer + 1 < self.convs.len()
    }

    /// All parameters in a fixed order.
    pub(crate) fn parameters(&self) -> Vec<Parameter> {
        let mut all = Vec::new();
        let mut push = |name: String, slot, matrix| all.push(Parameter { name, slot, matrix });
        for (i, conv) in self.convs.iter().enumerate() {
            push(format!("convs.{i}.lin.weight"), conv.weight, Some([conv.inputs, conv.outputs]));
            if let Some(bias) = conv.bias {
                push(format!("convs.{i}.bias"), bias, None);
            }
        }
        for (i, norm) in self.norms.iter().enumerate() {
            push(format!("norms.{i}.weight"), norm.gamma, None);
            push(format!("norms.{i}.bias"), norm.beta, None);
        }
        if let Some(head) = &self.head {
            push("lin.weight".to_owned(), head.weight, Some([head.inputs, head.outputs]));
            if let Some(bias) = head.bias {
                push("lin.bias".to_owned(), bias, None);
            }
        }
        all
    }
}

/// A graph convolutional network ([Kipf17]) with its weights.
///
/// Every convolution computes `A (x W) + b` with the normalised adjacency `A` of the graph or batch it runs on. Two
/// shapes exist, see [`Shape`]: convolutions only, or convolutions and a final linear layer. After each convolution
/// but a last one without linear layer come an optional layer norm ([Ba16]), ReLU and, in training, dropout.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(crate) layout: Layout,
    pub(crate) parameters: Vec<f32>,
    pub(crate) feature_normalization: FeatureNormalization,
    pub(crate) normalization: Option<Normalization>,
}

impl Model {
    /// A model with random weights: the uniform distribution of [Glorot10] for matrices, 0 for biases, 1 and 0 for norms.
    ///
    /// # Arguments
    /// * `config`: shape, depth, width and seed; the same seed gives the same bits on every machine.
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
        let (layers, hidden) = (config.layers as usize, config.hidden as usize);
        let mut layout = Layout::default();
        for layer in 0..layers {
            let inputs = if layer == 0 { num_features } else { hidden };
            let last = config.shape == Shape::Pyg && layer + 1 == layers;
            let outputs = if last { num_classes } else { hidden };
            limits::check(
                "matrix bytes",
                (inputs as u64 * outputs as u64).saturating_mul(4),
                limits.max_matrix_bytes,
            )?;
            layout.push_conv(inputs, outputs, config.shape == Shape::Pyg);
        }
        if config.shape == Shape::Ibmb {
            for _ in 0..layers {
                layout.push_norm();
            }
            layout.set_head(hidden, num_classes, true);
        }
        let mut parameters = limits::filled(layout.len, 0.0)?;
        let mut rng = Rand32::new(config.seed);
        for parameter in layout.parameters() {
            if let Some([inputs, outputs]) = parameter.matrix {
                let bound = (6.0 / (inputs + outputs) as f32).sqrt();
                for weight in parameter.slot.of_mut(&mut parameters) {
                    *weight = (2.0 * rng.rand_float() - 1.0) * bound;
                }
            }
        }
        for norm in &layout.norms {
            norm.gamma.of_mut(&mut parameters).fill(1.0);
        }
        Ok(Self {
            layout,
            parameters,
            feature_normalization: config.feature_normalization,
            normalization: Some(config.normalization),
        })
    }

    /// Width of a node's features.
    pub fn num_features(&self) -> usize {
        self.layout.convs[0].inputs
    }

    /// Number of classes.
    pub fn num_classes(&self) -> usize {
        self.layout.last().outputs
    }

    /// Number of convolutions: the model sees so many steps around a node.
    pub fn num_layers(&self) -> usize {
        self.layout.convs.len()
    }

    /// Width after the first convolution.
    pub fn hidden(&self) -> usize {
        self.layout.convs[0].outputs
    }

    /// Number of weights, biases and norm parameters.
    pub fn num_parameters(&self) -> usize {
        self.parameters.len()
    }

    /// Whether a linear layer follows the convolutions.
    pub fn shape(&self) -> Shape {
        if self.layout.head.is_some() { Shape::Ibmb } else { Shape::Pyg }
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
        let (first, wanted) = (&self.layout.convs[0], self.num_features());
        let first = format!("convs.0.lin.weight is [{}, {}]", first.outputs, first.inputs);
        let Some(features) = &dataset.features else {
            return Err(Error::ShapeMismatch(format!(
                "{first}, so the model wants {wanted} features a node; the graph has none"
            )));
        };
        let there = features.num_columns();
        if there != wanted {
            return Err(Error::ShapeMismatch(format!(
                "{first}, so the model wants {wanted} features a node; the graph has {there}"
            )));
        }
        if dataset.num_classes() > self.num_classes() {
            let last = self.layout.last();
            return Err(Error::ShapeMismatch(format!(
                "{} is [{}, {}], so the model knows {} classes; the graph has {}",
                self.layout.last_name(),
                last.outputs,
                last.inputs,
                last.outputs,
                dataset.num_classes()
            )));
        }
        Ok(())
    }
}
