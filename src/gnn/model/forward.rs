//! The forward pass, layer by layer, over the rows that reach an output.

use super::Model;
use super::affine::add_bias;
use super::aggregation::{Aggregation, Mean};
use super::convolution::LayerInput;
use super::dropout::Dropout;
use super::layer_norm::NormMemory;
use super::message_flow::MessageFlow;
use super::registry::AnyMemory;
use super::rows::{FeatureRows, GatheredRows, InputRows};
use super::subgraph::{NodeInputs, Subgraph, Surroundings};
use crate::error::Result;
use crate::gnn::kernels::{bytes_of, resize};
use crate::graph::{Layers, Normalization, SparseView};
use crate::limits::Limits;

/// What a layer leaves behind.
#[derive(Default)]
pub(crate) struct LayerState {
    pub(crate) conv: AnyMemory,
    pub(crate) norm: NormMemory,
    /// Result of the layer.
    pub(crate) out: Vec<f32>,
}

impl LayerState {
    /// Bytes of the buffers.
    pub(crate) fn bytes(&self) -> u64 {
        self.conv.bytes() + self.norm.bytes() + bytes_of(&[&self.out])
    }
}

/// Buffers of a forward pass, used again for the next batch.
pub(crate) struct Pass {
    pub(crate) max_bytes: u64,
    pub(crate) flow: MessageFlow,
    mean: Mean,
    gathered: GatheredRows,
    pub(crate) states: Vec<LayerState>,
    pub(crate) logits: Vec<f32>,
    /// Factor that dropout gave to the values it kept.
    pub(crate) scale: f32,
    keep: bool,
    prepared: Option<usize>,
}

impl Pass {
    /// Buffers for a model. `keep` holds on to what the backward pass reads; without it two layers share their memory.
    pub(crate) fn new(model: &Model, keep: bool, limits: &Limits) -> Self {
        let states = if keep { model.num_layers() } else { 2 };
        Self {
            max_bytes: limits.max_matrix_bytes,
            flow: MessageFlow::default(),
            mean: Mean::default(),
            gathered: GatheredRows::default(),
            states: std::iter::repeat_with(LayerState::default).take(states).collect(),
            logits: Vec::new(),
            scale: 1.0,
            keep,
            prepared: None,
        }
    }

    /// All layers, from the features to `logits`, one row an output.
    ///
    /// `key` names the sub-graph among those this pass is used for; what depends on it alone is prepared once while it
    /// stays the same.
    pub(crate) fn forward(
        &mut self,
        model: &Model,
        nodes: NodeInputs<'_>,
        sub: &Subgraph<'_>,
        key: usize,
        mut dropout: Option<&mut Dropout>,
    ) -> Result<()> {
        self.prepare(model, nodes, sub, key, dropout.as_deref_mut())?;
        for layer in 0..model.num_layers() {
            self.layer(model, nodes, sub, layer, dropout.as_deref_mut())?;
        }
        self.head(model)
    }

    /// All layers over rows and entries that are given; rows are those of `features`. `layers` is left with what the
    /// pass held before, for its memory.
    pub(crate) fn forward_layers(
        &mut self,
        model: &Model,
        features: FeatureRows<'_>,
        layers: &mut Layers,
    ) -> Result<()> {
        self.prepared = None;
        self.scale = 1.0;
        std::mem::swap(&mut self.flow.layers, layers);
        self.gathered.read(features, &self.flow.layers.rows[0], None, self.max_bytes)?;
        let nodes = NodeInputs { features, surroundings: Surroundings::Weighed };
        // No block is the whole adjacency, so that nothing is read of it.
        let adjacency = SparseView { indptr: &[0], indices: &[], values: &[] };
        let sub = Subgraph { nodes: &[], outputs: &[], adjacency, normalization: Normalization::default() };
        for layer in 0..model.num_layers() {
            self.layer(model, nodes, &sub, layer, None)?;
        }
        self.head(model)
    }

    /// Prepares the next sub-graph whatever its key.
    pub(crate) fn forget(&mut self) {
        self.prepared = None;
    }

    /// Finds the rows of every layer and reads the features.
    pub(crate) fn prepare(
        &mut self,
        model: &Model,
        nodes: NodeInputs<'_>,
        sub: &Subgraph<'_>,
        key: usize,
        dropout: Option<&mut Dropout>,
    ) -> Result<()> {
        self.scale = dropout.as_ref().map_or(1.0, |dropout| dropout.scale);
        let known = self.prepared == Some(key);
        if known && dropout.is_none() {
            return Ok(());
        }
        self.prepared = None;
        if !known {
            if let Some(self_loops) = mean_to_make(model, nodes) {
                self.mean.build(sub, nodes.surroundings, self_loops, self.max_bytes)?;
            }
            self.flow.build(&mixing(&self.mean, model, nodes, sub), model.num_layers(), self.max_bytes)?;
        }
        // The models of [Gasteiger22] drop hidden values only.
        let dropped = model.structure.norms.is_empty();
        let dropout = dropout.filter(|_| dropped);
        self.gathered.read(nodes.features, &self.flow.layers.rows[0], dropout, self.max_bytes)?;
        self.prepared = Some(key);
        Ok(())
    }

    /// Bytes of the buffers.
    pub(crate) fn bytes(&self) -> u64 {
        let states: u64 = self.states.iter().map(LayerState::bytes).sum();
        states
            + self.flow.bytes()
            + self.mean.bytes()
            + self.gathered.bytes()
            + self.logits.capacity() as u64 * 4
    }

    /// Place of a layer's buffers.
    fn slot(&self, layer: usize) -> usize {
        if self.keep { layer } else { layer % 2 }
    }

    /// What a convolution works on; all layers before it must have been computed.
    pub(crate) fn input<'a>(
        &'a self,
        model: &'a Model,
        nodes: NodeInputs<'a>,
        sub: &Subgraph<'a>,
        layer: usize,
    ) -> LayerInput<'a> {
        let rows = match layer {
            0 => self.gathered.rows(nodes.features),
            _ => InputRows::Dense(&self.states[self.slot(layer - 1)].out),
        };
        LayerInput {
            parameters: &model.parameters,
            rows,
            before: self.flow.layers.rows[layer].len(),
            block: self.flow.block(layer, mixing(&self.mean, model, nodes, sub).adjacency),
            roots: &self.flow.layers.roots[layer],
            max_bytes: self.max_bytes,
        }
    }

    /// One convolution with norm, activation and dropout; all layers before it must have been computed.
    pub(crate) fn layer(
        &mut self,
        model: &Model,
        nodes: NodeInputs<'_>,
        sub: &Subgraph<'_>,
        layer: usize,
        dropout: Option<&mut Dropout>,
    ) -> Result<()> {
        let slot = self.slot(layer);
        let mut state = std::mem::take(&mut self.states[slot]);
        let (conv, input) = (&model.structure.convs[layer], self.input(model, nodes, sub, layer));
        conv.start(input, &mut state.conv)?;
        conv.rest(input, &mut state.conv, &mut state.out)?;
        self.close(model, layer, &mut state, dropout)?;
        self.states[slot] = state;
        Ok(())
    }

    /// Norm, activation and dropout behind a hidden convolution.
    pub(crate) fn close(
        &self,
        model: &Model,
        layer: usize,
        state: &mut LayerState,
        dropout: Option<&mut Dropout>,
    ) -> Result<()> {
        if !model.structure.is_hidden(layer) {
            return Ok(());
        }
        if let Some(norm) = model.structure.norms.get(layer) {
            norm.forward(&model.parameters, &mut state.out, &mut state.norm, self.keep, self.max_bytes)?;
        }
        model.activation.apply(&mut state.out);
        if let Some(dropout) = dropout {
            dropout.apply(&mut state.out);
        }
        Ok(())
    }

    /// The logits from the last convolution.
    pub(crate) fn head(&mut self, model: &Model) -> Result<()> {
        let slot = self.slot(model.num_layers() - 1);
        let outputs = self.flow.layers.rows[model.num_layers()].len();
        let Some(head) = &model.structure.head else {
            std::mem::swap(&mut self.logits, &mut self.states[slot].out);
            return Ok(());
        };
        resize(&mut self.logits, outputs, head.outputs, self.max_bytes)?;
        head.times(InputRows::Dense(&self.states[slot].out), &model.parameters, &mut self.logits);
        add_bias(head.bias, &model.parameters, &mut self.logits);
        Ok(())
    }
}

/// The sub-graph with the edge values that the model's convolutions read.
fn mixing<'a>(mean: &'a Mean, model: &Model, nodes: NodeInputs<'_>, sub: &Subgraph<'a>) -> Subgraph<'a> {
    match mean_to_make(model, nodes) {
        Some(_) => Subgraph { adjacency: mean.view(), ..*sub },
        None => *sub,
    }
}

/// Whether the entries of the sub-graph are still to become those of a mean, and then whether it counts self-loops.
fn mean_to_make(model: &Model, nodes: NodeInputs<'_>) -> Option<bool> {
    match (model.aggregation(), nodes.surroundings) {
        (Aggregation::Mean { self_loops }, Surroundings::Graph(..) | Surroundings::Listed { .. }) => {
            Some(self_loops)
        }
        _ => None,
    }
}
