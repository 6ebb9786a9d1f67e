//! Logits of sub-graphs, one after another.

use std::sync::Arc;

use super::Input;
use super::metrics::argmax;
use crate::error::{Error, Result};
use crate::gnn::model::{FeatureRows, NodeInputs, Pass};
use crate::gnn::{Model, Subgraph};
use crate::graph::Layers;
use crate::limits::{self, Limits};
use crate::task::Progress;

/// Logits of batch after batch, each a row an output in the order of the batch.
pub(super) struct Batches {
    model: Arc<Model>,
    pass: Pass,
    logits: Vec<f32>,
    pub(super) done: usize,
    /// Nodes whose features were read, batch after batch.
    pub(super) nodes_read: u64,
}

impl Batches {
    /// Makes room for the logits of `num_outputs` nodes.
    pub(super) fn new(model: Arc<Model>, num_outputs: usize, limits: &Limits) -> Result<Self> {
        let bytes = (num_outputs as u64).saturating_mul(model.num_classes() as u64 * 4);
        limits::check("matrix bytes", bytes, limits.max_matrix_bytes)?;
        let logits = limits::reserve(num_outputs * model.num_classes())?;
        Ok(Self { pass: Pass::new(&model, false, limits), model, logits, done: 0, nodes_read: 0 })
    }

    /// The next batch.
    pub(super) fn run(&mut self, sub: &Subgraph<'_>, nodes: NodeInputs<'_>) -> Result<()> {
        self.pass.forward(&self.model, nodes, sub, self.done, None)?;
        self.take();
        Ok(())
    }

    /// Classes of the outputs of the batch that was done last.
    pub(super) fn latest(&self) -> Vec<u32> {
        self.pass.logits.chunks_exact(self.model.num_classes()).map(argmax).collect()
    }

    /// The next batch, by layers whose rows are those of `features`. They are left with those of the batch before.
    pub(super) fn run_layers(&mut self, layers: &mut Layers, features: FeatureRows<'_>) -> Result<()> {
        self.pass.forward_layers(&self.model, features, layers)?;
        self.take();
        Ok(())
    }

    /// Keeps what the pass gave.
    fn take(&mut self) {
        self.logits.extend_from_slice(&self.pass.logits);
        self.nodes_read += self.pass.flow.layers.rows[0].len() as u64;
        self.done += 1;
    }

    /// Width of the logits.
    pub(super) fn num_classes(&self) -> usize {
        self.model.num_classes()
    }

    /// Forgets the batches done; buffers stay.
    pub(super) fn again(&mut self) {
        self.pass.forget();
        self.logits.clear();
        (self.done, self.nodes_read) = (0, 0);
    }

    /// Bytes of buffers and logits.
    pub(super) fn bytes(&self) -> u64 {
        self.pass.bytes() + self.logits.capacity() as u64 * 4
    }

    pub(super) fn progress(&self, total: usize) -> Progress {
        let finished = self.done >= total;
        Progress { stage: "inference", done: self.done as u64, total: total as u64, finished }
    }

    /// The logits; an error when batches are left.
    pub(super) fn logits(&self, total: usize) -> Result<&[f32]> {
        if self.done < total {
            return Err(Error::Internal(format!("inference: {} of {total} batches are done", self.done)));
        }
        Ok(&self.logits)
    }

    /// Takes the logits; an error when batches are left.
    pub(super) fn finish(self, total: usize) -> Result<Vec<f32>> {
        self.logits(total)?;
        Ok(self.logits)
    }
}

impl Model {
    /// Logits of the outputs of a sub-graph.
    ///
    /// Use it for a single batch; [`PlanInference`](crate::gnn::PlanInference) and [`FullInference`](crate::gnn::FullInference)
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
