//! The forward pass, layer by layer, over the rows that reach an output.

use super::input::{Dropout, Gathered, Rows};
use super::kernels::{add_to_rows, matrix, multiply, spmm};
use super::reach::{Reach, resize};
use super::{Input, Model, Subgraph, norm};
use crate::error::Result;
use crate::limits::Limits;

/// In which order a convolution multiplies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Order {
    /// `A (X W)`.
    #[default]
    TransformFirst,
    /// `(A X) W`.
    AggregateFirst,
}

impl Order {
    /// The cheaper order. One operation of the sparse product costs about as much as four of the dense one, since it
    /// waits for memory.
    fn cheaper(entries: usize, before: usize, after: usize, inputs: usize, outputs: usize) -> Self {
        let [entries, before, after, inputs, outputs] =
            [entries, before, after, inputs, outputs].map(|count| count as u64);
        let transform_first = before * inputs * outputs + 4 * entries * outputs;
        let aggregate_first = 4 * entries * inputs + after * inputs * outputs;
        if aggregate_first < transform_first { Self::AggregateFirst } else { Self::TransformFirst }
    }
}

/// What a layer leaves behind.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) order: Order,
    /// First product of the convolution: `X W` or `A X`.
    pub(crate) mixed: Vec<f32>,
    /// Result of the norm before scale and shift; kept for the backward pass only.
    pub(crate) standardized: Vec<f32>,
    pub(crate) inverse_std: Vec<f32>,
    /// Result of the layer.
    pub(crate) out: Vec<f32>,
}

/// Buffers of a forward pass, used again for the next batch.
pub(crate) struct Pass {
    pub(crate) max_bytes: u64,
    pub(crate) reach: Reach,
    pub(crate) gathered: Gathered,
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
        input: &Input,
        sub: &Subgraph<'_>,
        key: usize,
        mut dropout: Option<&mut Dropout>,
    ) -> Result<()> {
        self.prepare(model, input, sub, key, dropout.as_deref_mut())?;
        for layer in 0..model.num_layers() {
            self.layer(model, input, sub, layer, dropout.as_deref_mut())?;
        }
        self.head(model)
    }

    /// Finds the rows of every layer and reads the features.
    pub(crate) fn prepare(
        &mut self,
        model: &Model,
        input: &Input,
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
            self.reach.build(sub, model.num_layers(), self.max_bytes)?;
        }
        // The model of [Gasteiger22] drops hidden values only.
        let dropped = model.layout.head.is_none();
        let rows = &self.reach.rows[0];
        let dropout = dropout.filter(|_| dropped);
        self.gathered.read(input.features(), sub.nodes, rows, dropout, self.max_bytes)?;
        self.prepared = Some(key);
        Ok(())
    }

    /// Place of a layer's buffers.
    pub(crate) fn slot(&self, layer: usize) -> usize {
        if self.keep { layer } else { layer % 2 }
    }

    /// One convolution with norm, ReLU and dropout; all layers before it must have been computed.
    pub(crate) fn layer(
        &mut self,
        model: &Model,
        input: &Input,
        sub: &Subgraph<'_>,
        layer: usize,
        dropout: Option<&mut Dropout>,
    ) -> Result<()> {
        let conv = &model.layout.convs[layer];
        let (inputs, outputs) = (conv.inputs, conv.outputs);
        let (before, after) = (self.reach.rows[layer].len(), self.reach.rows[layer + 1].len());
        let (slot, max_bytes) = (self.slot(layer), self.max_bytes);
        let mut state = std::mem::take(&mut self.states[slot]);
        let block = self.reach.block(layer, sub.adjacency);
        let weight = conv.weight.of(&model.parameters);
        let rows = match layer {
            0 => self.gathered.rows(input.features()),
            _ => Rows::Dense(&self.states[self.slot(layer - 1)].out),
        };
        state.order = match rows {
            Rows::Dense(_) => Order::cheaper(block.indices.len(), before, after, inputs, outputs),
            Rows::Sparse(_) => Order::TransformFirst,
        };
        resize(&mut state.out, after, outputs, max_bytes)?;
        match (rows, state.order) {
            (Rows::Dense(rows), Order::AggregateFirst) => {
                resize(&mut state.mixed, after, inputs, max_bytes)?;
                spmm(block, rows, inputs, &mut state.mixed);
                let mixed = matrix(&state.mixed, after, inputs);
                multiply(mixed, matrix(weight, inputs, outputs), &mut state.out);
            }
            (rows, _) => {
                resize(&mut state.mixed, before, outputs, max_bytes)?;
                match rows {
                    Rows::Sparse(rows) => spmm(rows, weight, outputs, &mut state.mixed),
                    Rows::Dense(rows) => {
                        let rows = matrix(rows, before, inputs);
                        multiply(rows, matrix(weight, inputs, outputs), &mut state.mixed);
                    }
                }
                spmm(block, &state.mixed, outputs, &mut state.out);
            }
        }
        if let Some(bias) = conv.bias {
            add_to_rows(&mut state.out, bias.of(&model.parameters));
        }
        if model.layout.is_hidden(layer) {
            if let Some(norm) = model.layout.norms.get(layer) {
                resize(&mut state.inverse_std, after, 1, max_bytes)?;
                norm::standardize(&mut state.out, outputs, &mut state.inverse_std);
                if self.keep {
                    resize(&mut state.standardized, after, outputs, max_bytes)?;
                    state.standardized.copy_from_slice(&state.out);
                }
                let (gamma, beta) = (norm.gamma.of(&model.parameters), norm.beta.of(&model.parameters));
                norm::affine(&mut state.out, gamma, beta);
            }
            for value in &mut state.out {
                *value = if *value > 0.0 { *value } else { 0.0 };
            }
            if let Some(dropout) = dropout {
                dropout.apply(&mut state.out);
            }
        }
        self.states[slot] = state;
        Ok(())
    }

    /// The logits from the last convolution.
    pub(crate) fn head(&mut self, model: &Model) -> Result<()> {
        let slot = self.slot(model.num_layers() - 1);
        let outputs = self.reach.rows[model.num_layers()].len();
        let Some(head) = &model.layout.head else {
            std::mem::swap(&mut self.logits, &mut self.states[slot].out);
            return Ok(());
        };
        resize(&mut self.logits, outputs, head.outputs, self.max_bytes)?;
        multiply(
            matrix(&self.states[slot].out, outputs, head.inputs),
            matrix(head.weight.of(&model.parameters), head.inputs, head.outputs),
            &mut self.logits,
        );
        if let Some(bias) = head.bias {
            add_to_rows(&mut self.logits, bias.of(&model.parameters));
        }
        Ok(())
    }
}

impl Model {
    /// Logits of the outputs of a sub-graph.
    ///
    /// Use it for a single batch; [`PlanInference`](super::PlanInference) and [`FullInference`](super::FullInference)
    /// run over a whole plan or graph in steps.
    /// # Arguments
    /// * `input`: features prepared for this model.
    /// * `sub`: a batch of a plan (`plan.batch(i).into()`), or any sub-graph with its edge weights.
    /// # Returns
    /// `[outputs, classes]`, row-major, in the order of `sub.outputs`.
    /// # Errors
    /// `invalid_graph`, `shape_mismatch` when `sub` is not in order; those of [`Model::fits`]; `limit_exceeded` and
    /// `out_of_memory` for sizes.
    /// # Cost
    /// The layers' products over the rows that reach an output: a node that no output can see in the remaining layers
    /// is not computed. `A (X W)` or `(A X) W`, whichever is cheaper.
    /// # Source
    /// [Kipf17] eq. 2; [Gasteiger22] for batches.
    pub fn logits(&self, input: &Input, sub: &Subgraph<'_>, limits: &Limits) -> Result<Vec<f32>> {
        self.fits(input.dataset())?;
        sub.check(input.dataset().graph.num_nodes())?;
        let mut pass = Pass::new(self, false, limits);
        pass.forward(self, input, sub, 0, None)?;
        Ok(pass.logits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cheaper_order_is_taken() {
        // 10 nodes, 50 entries: narrowing wants the transform first, widening the aggregation.
        assert_eq!(Order::cheaper(50, 10, 10, 64, 7), Order::TransformFirst);
        assert_eq!(Order::cheaper(50, 10, 10, 7, 64), Order::AggregateFirst);
        // Few outputs: aggregating first multiplies fewer rows by the weight.
        assert_eq!(Order::cheaper(50, 40, 4, 64, 64), Order::AggregateFirst);
    }
}
