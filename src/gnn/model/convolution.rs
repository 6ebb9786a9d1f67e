//! What a convolution is: its parameters, how a file names them, and its passes forward and backward.
//!
//! A new one is a file like `gcn.rs` and a line in `registry.rs`.

use super::Shape;
use super::aggregation::Aggregation;
use super::gradient_buffers::GradientBuffers;
use super::layer_tensors::LayerTensors;
use super::parameters::{Parameter, Slots};
use super::rows::InputRows;
use crate::error::Result;
use crate::graph::SparseView;

/// What is known of a kind of convolution before any weights are.
#[derive(Clone)]
pub(crate) struct Kind {
    /// Name in sentences.
    pub(crate) title: &'static str,
    /// PyG's names of its tensors, behind that of the layer; first the weight that the features of neighbours meet first.
    pub(crate) tensors: &'static [&'static str],
    /// Those of them by which a file is recognised; none for the kind that is meant otherwise.
    pub(crate) marks: &'static [&'static str],
    /// Names that older files have, and what they are called now.
    pub(crate) aliases: &'static [(&'static str, &'static str)],
    /// Tensors that repeat another, and the name of that one now.
    pub(crate) copies: &'static [(&'static str, &'static str)],
    /// Why a file with hidden layers must say what follows them; `None` where ReLU goes without saying.
    pub(crate) needs_activation: Option<&'static str>,
    /// Whether it has heads, which share the width.
    pub(crate) has_heads: bool,
    /// Whether it can do without the self-loops that were added to the graph.
    pub(crate) self_loops_are_optional: bool,
    /// Whether the model of [Gasteiger22] ends with a linear layer behind its convolutions.
    pub(crate) has_linear_head: bool,
}

/// What a configuration asks of a layer.
#[derive(Clone, Copy)]
pub(crate) struct LayerSize {
    pub(crate) inputs: usize,
    /// All heads together in a hidden layer, of one head in the last.
    pub(crate) outputs: usize,
    pub(crate) heads: usize,
    /// Whether it gives the logits.
    pub(crate) is_last: bool,
    pub(crate) shape: Shape,
}

/// What a layer works on.
#[derive(Clone, Copy)]
pub(crate) struct LayerInput<'a> {
    pub(crate) parameters: &'a [f32],
    /// What it reads, `[before, inputs]`.
    pub(crate) rows: InputRows<'a>,
    pub(crate) before: usize,
    /// Entries from the rows before to those after it, with the values of its [`Aggregation`].
    pub(crate) block: SparseView<'a>,
    /// Place of every row after it among those before.
    pub(crate) roots: &'a [u32],
    pub(crate) max_bytes: u64,
}

impl LayerInput<'_> {
    /// Number of rows it gives.
    pub(crate) fn after(&self) -> usize {
        self.roots.len()
    }
}

/// A convolution: where its parameters lie and what it computes.
pub(crate) trait Convolution: Sized {
    /// What is known of it beforehand.
    const KIND: Kind;

    /// What its passes leave behind and find again; buffers are used for many batches.
    type Memory: Memory;

    /// A layer of a new model.
    ///
    /// # Errors
    /// `limit_exceeded` when a weight is too large.
    fn new(size: LayerSize, slots: &mut Slots) -> Result<Self>;

    /// A layer from a file, whose first weight is `[outputs, inputs]`.
    ///
    /// # Errors
    /// `missing_tensor`, `shape_mismatch` naming the tensor; `invalid_option` naming what must be told.
    fn read(tensors: &LayerTensors<'_>, first: [usize; 2], slots: &mut Slots) -> Result<Self>;

    /// Its parameters in a fixed order, named as PyG does behind the layer's name.
    fn parameters(&self) -> Vec<Parameter>;

    /// Width of what it reads, and of what its first weight gives.
    fn first_weight(&self) -> [usize; 2];

    /// Width of what it gives.
    fn outputs(&self) -> usize {
        self.first_weight()[1]
    }

    /// Heads; 1 for a kind without.
    fn heads(&self) -> usize {
        1
    }

    /// What it makes of neighbours.
    fn aggregation(&self) -> Aggregation;

    /// What the metadata of a file must say of the last layer besides names and shapes.
    fn metadata(&self) -> Option<(&'static str, bool)> {
        None
    }

    /// The part of the forward pass that all rows share; `input` is that of all rows.
    fn start(&self, input: LayerInput<'_>, memory: &mut Self::Memory) -> Result<()>;

    /// The rows after it, all or some: those of `input.block` and `input.roots`. Comes after [`Convolution::start`];
    /// `out` becomes the result.
    fn rest(&self, input: LayerInput<'_>, memory: &mut Self::Memory, out: &mut Vec<f32>) -> Result<()>;

    /// Whether the rows read are no longer needed after [`Convolution::start`].
    fn is_done_with_rows(&self, memory: &Self::Memory) -> bool;

    /// Turns `buffers.d` from the gradient of the result into that of the rows read, the latter only where
    /// `wants_rows`, and writes the gradients of the layer's own parameters where `out` is there to take them.
    ///
    /// `input` and `memory` are those of the forward pass.
    fn backward(
        &self,
        input: LayerInput<'_>,
        memory: &Self::Memory,
        buffers: &mut GradientBuffers,
        out: Option<&mut [f32]>,
        wants_rows: bool,
    ) -> Result<()>;
}

/// Buffers of a layer.
pub(crate) trait Memory: Default {
    /// Bytes that they hold.
    fn bytes(&self) -> u64;
}
