//! The forward pass, layer by layer, over the rows that reach an output.

use super::conv::{Mean, State, Work, add_bias, times};
use super::input::{Nodes, Surroundings};
use super::reach::{Reach, resize};
use super::rows::{Dropout, FeatureRows, Gathered, Rows};
use super::{Arch, Input, Model, Subgraph, norm};
use crate::error::Result;
use crate::graph::{Layers, Normalization, SparseView};
use crate::limits::Limits;

/// Buffers of a forward pass, used again for the next batch.
pub(crate) struct Pass {
    pub(crate) max_bytes: u64,
    pub(crate) reach: Reach,
    mean: Mean,
    gathered: Gathered,
    pub(crate) states: Vec<State>,
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
            reach: Reach::default(),
            mean: Mean::default(),
            gathered: Gathered::default(),
            states: std::iter::repeat_with(State::default).take(states).collect(),
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
        nodes: Nodes<'_>,
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
        std::mem::swap(&mut self.reach.layers, layers);
        self.gathered.read(features, &self.reach.layers.rows[0], None, self.max_bytes)?;
        let nodes = Nodes { features, surroundings: Surroundings::Weighed };
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
        nodes: Nodes<'_>,
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
            if makes_mean(model, nodes) {
                self.mean.build(sub, nodes.surroundings, model.self_loops, self.max_bytes)?;
            }
            self.reach.build(&mixing(&self.mean, model, nodes, sub), model.num_layers(), self.max_bytes)?;
        }
        // The models of [Gasteiger22] drop hidden values only.
        let dropped = model.layout.norms.is_empty();
        let dropout = dropout.filter(|_| dropped);
        self.gathered.read(nodes.features, &self.reach.layers.rows[0], dropout, self.max_bytes)?;
        self.prepared = Some(key);
        Ok(())
    }

    /// Bytes of the buffers.
    pub(crate) fn bytes(&self) -> u64 {
        let states: u64 = self.states.iter().map(State::bytes).sum();
        states
            + self.reach.bytes()
            + self.mean.bytes()
            + self.gathered.bytes()
            + self.logits.capacity() as u64 * 4
    }

    /// Place of a layer's buffers.
    fn slot(&self, layer: usize) -> usize {
        if self.keep { layer } else { layer % 2 }
    }

    /// What a convolution works on; all layers before it must have been computed.
    pub(crate) fn work<'a>(
        &'a self,
        model: &'a Model,
        nodes: Nodes<'a>,
        sub: &Subgraph<'a>,
        layer: usize,
    ) -> Work<'a> {
        let rows = match layer {
            0 => self.gathered.rows(nodes.features),
            _ => Rows::Dense(&self.states[self.slot(layer - 1)].out),
        };
        Work {
            parameters: &model.parameters,
            rows,
            before: self.reach.layers.rows[layer].len(),
            block: self.reach.block(layer, mixing(&self.mean, model, nodes, sub).adjacency),
            roots: &self.reach.layers.roots[layer],
            max_bytes: self.max_bytes,
        }
    }

    /// One convolution with norm, activation and dropout; all layers before it must have been computed.
    pub(crate) fn layer(
        &mut self,
        model: &Model,
        nodes: Nodes<'_>,
        sub: &Subgraph<'_>,
        layer: usize,
        dropout: Option<&mut Dropout>,
    ) -> Result<()> {
        let slot = self.slot(layer);
        let mut state = std::mem::take(&mut self.states[slot]);
        model.layout.convs[layer].forward(self.work(model, nodes, sub, layer), &mut state)?;
        self.close(model, layer, &mut state, dropout)?;
        self.states[slot] = state;
        Ok(())
    }

    /// Norm, activation and dropout behind a hidden convolution.
    pub(crate) fn close(
        &self,
        model: &Model,
        layer: usize,
        state: &mut State,
        dropout: Option<&mut Dropout>,
    ) -> Result<()> {
        if !model.layout.is_hidden(layer) {
            return Ok(());
        }
        if let Some(norm) = model.layout.norms.get(layer) {
            let width = model.layout.convs[layer].outputs();
            let rows = state.out.len() / width;
            resize(&mut state.inverse_std, rows, 1, self.max_bytes)?;
            norm::standardize(&mut state.out, width, &mut state.inverse_std);
            if self.keep {
                resize(&mut state.standardized, rows, width, self.max_bytes)?;
                state.standardized.copy_from_slice(&state.out);
            }
            let (gamma, beta) = (norm.gamma.of(&model.parameters), norm.beta.of(&model.parameters));
            norm::affine(&mut state.out, gamma, beta);
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
        let outputs = self.reach.layers.rows[model.num_layers()].len();
        let Some(head) = &model.layout.head else {
            std::mem::swap(&mut self.logits, &mut self.states[slot].out);
            return Ok(());
        };
        resize(&mut self.logits, outputs, head.outputs, self.max_bytes)?;
        times(Rows::Dense(&self.states[slot].out), &model.parameters, head, &mut self.logits);
        add_bias(head.bias, &model.parameters, &mut self.logits);
        Ok(())
    }
}

/// The sub-graph with the edge values that the model's convolutions read.
fn mixing<'a>(mean: &'a Mean, model: &Model, nodes: Nodes<'_>, sub: &Subgraph<'a>) -> Subgraph<'a> {
    if makes_mean(model, nodes) { Subgraph { adjacency: mean.view(), ..*sub } } else { *sub }
}

/// Whether the entries of the sub-graph are still to become those of a mean.
fn makes_mean(model: &Model, nodes: Nodes<'_>) -> bool {
    model.arch() == Arch::Sage && !matches!(nodes.surroundings, Surroundings::Weighed)
}

impl Model {
    /// Logits of the outputs of a sub-graph.
    ///
    /// Use it for a single batch; [`PlanInference`](super::PlanInference) and [`FullInference`](super::FullInference)
    /// run over a whole plan or graph in steps.
    /// # Arguments
    /// * `input`: features prepared for this model.
    /// * `sub`: a batch of a plan (`plan.batch(i).into()`), or any sub-graph with its edge weights. GCN multiplies by
    ///   the weights, GraphSAGE and GAT read only which edges there are.
    /// # Returns
    /// `[outputs, classes]`, row-major, in the order of `sub.outputs`.
    /// # Errors
    /// `invalid_graph`, `shape_mismatch` when `sub` is not in order; those of [`Model::fits`]; `limit_exceeded` and
    /// `out_of_memory` for sizes.
    /// # Cost
    /// The layers' products over the rows that reach an output: a node that no output can see in the remaining layers
    /// is not computed. `A (X W)` or `(A X) W`, whichever is cheaper.
    /// # Source
    /// [Kipf17] eq. 2, [Hamilton17] alg. 1, [Velickovic18] eq. 1-6; [Gasteiger22] for batches.
    pub fn logits(&self, input: &Input, sub: &Subgraph<'_>, limits: &Limits) -> Result<Vec<f32>> {
        self.fits(input.dataset())?;
        sub.check(input.dataset().graph.num_nodes())?;
        let mut pass = Pass::new(self, false, limits);
        pass.forward(self, input.nodes(sub, 0), sub, 0, None)?;
        Ok(pass.logits)
    }
}
