//! Inference with a neighbourhood cut down by a baseline.

use std::sync::Arc;

use super::Input;
use super::batches::Batches;
use super::feature_rows::feature_rows;
use super::metrics::{Predictions, split_of};
use crate::baseline::{Aggregate, Baseline, Sampler};
use crate::error::{Error, Result};
use crate::gnn::model::{Aggregation, NodeInputs, Surroundings};
use crate::gnn::{Model, Subgraph};
use crate::graph::{Layers, Normalization, Split};
use crate::limits::Limits;
use crate::task::{Progress, Step};

impl Model {
    /// What its convolutions make of neighbours; `normalization` is that of a GCN's entries.
    pub fn aggregate(&self, normalization: Normalization) -> Aggregate {
        match self.aggregation() {
            Aggregation::Weights => Aggregate::Sum(normalization.on_whole_graph()),
            Aggregation::Mean { self_loops } => Aggregate::Mean { self_loops },
            Aggregation::Attention => Aggregate::Attention,
        }
    }
}

/// Predicts the outputs of a [`Baseline`], batch by batch.
///
/// Where the method draws anew in every pass, each batch has two units of [`Step::step`]: `sampling`, then `inference`.
/// The draws depend on seed and batch alone, so that every pass gives the same bits.
///
/// The weights of attention come from a softmax over the neighbours that are there; it has no factor for those that
/// are not.
pub struct BaselineInference {
    baseline: Arc<Baseline>,
    input: Input,
    batches: Batches,
    sampler: Option<Sampler>,
    layers: Layers,
    /// Whether the layers of the next batch are drawn.
    drawn: bool,
    split: Option<Split>,
}

impl BaselineInference {
    /// Makes an inference ready to run.
    ///
    /// # Arguments
    /// * `split`: for the measures; `None` for the first split, if there is one.
    /// # Errors
    /// `shape_mismatch` when the baseline was made for another kind of model or the weights do not fit the graph;
    /// `invalid_option` for an unknown split; `limit_exceeded` and `out_of_memory` for sizes.
    pub fn new(
        baseline: Arc<Baseline>,
        model: Arc<Model>,
        split: Option<&str>,
        limits: &Limits,
    ) -> Result<Self> {
        let made_for = baseline.aggregate();
        let fits = match made_for {
            Aggregate::Sum(normalization) => model.aggregate(normalization) == made_for,
            _ => model.aggregate(Normalization::default()) == made_for,
        };
        if !fits || model.num_layers() != baseline.num_layers() {
            return Err(Error::ShapeMismatch(format!(
                "the baseline was made for {} layers with {made_for:?}, the model is a {} of {} layers",
                baseline.num_layers(),
                model.arch().name(),
                model.num_layers()
            )));
        }
        let split = split_of(baseline.dataset(), split)?;
        let input = Input::new(baseline.dataset().clone(), &model)?;
        let batches = Batches::new(model, baseline.outputs().len(), limits)?;
        let sampler = Sampler::new(&baseline)?;
        Ok(Self { baseline, input, batches, sampler, layers: Layers::default(), drawn: false, split })
    }

    /// Bytes of buffers and results so far, and of what was prepared.
    pub fn bytes(&self) -> u64 {
        self.batches.bytes() + self.layers.bytes() + self.baseline.bytes()
    }

    /// Starts over with the buffers that are there: another pass draws the same and gives the same bits.
    pub fn again(&mut self) {
        self.batches.again();
        self.drawn = false;
    }

    /// Nodes whose features were read so far, batch after batch.
    pub fn nodes_read(&self) -> u64 {
        self.batches.nodes_read
    }

    /// What the pass gave; [`BaselineInference::again`] may start another.
    ///
    /// # Errors
    /// `internal` when batches are left.
    pub fn predictions(&self) -> Result<Predictions> {
        let logits = self.batches.logits(self.baseline.num_batches())?.to_vec();
        let nodes = self.baseline.outputs().to_vec();
        let labels = self.baseline.dataset().labels.as_ref();
        Ok(Predictions::new(nodes, self.batches.num_classes(), logits, labels, self.split.as_ref()))
    }

    /// One unit.
    fn unit(&mut self) -> Result<()> {
        let index = self.batches.done;
        if let Some(sampler) = &mut self.sampler {
            if !self.drawn {
                sampler.sample(&self.baseline, index, &mut self.layers);
                self.drawn = true;
                return Ok(());
            }
            self.drawn = false;
            // Rows are global ids here.
            let features = feature_rows(self.baseline.dataset(), self.input.normalization(), None);
            return self.batches.run_layers(&mut self.layers, features);
        }
        let subgraphs = self.baseline.subgraphs().expect("what is not drawn was prepared");
        let (nodes, outputs, adjacency) = subgraphs.batch(index);
        let normalization = match self.baseline.aggregate() {
            Aggregate::Sum(normalization) => normalization,
            // Means and softmax over what is there.
            Aggregate::Mean { .. } | Aggregate::Attention => Normalization::LocalRw,
        };
        let sub = Subgraph { nodes, outputs, adjacency, normalization };
        let found = self.input.nodes(&sub, index);
        let surroundings =
            if self.baseline.is_weighed() { Surroundings::Weighed } else { found.surroundings };
        self.batches.run(&sub, NodeInputs { surroundings, ..found })
    }
}

impl Step for BaselineInference {
    type Output = Predictions;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let total = self.baseline.num_batches();
        for _ in 0..budget {
            if self.batches.done == total {
                break;
            }
            self.unit()?;
        }
        let stage = if self.sampler.is_some() && !self.drawn { "sampling" } else { "inference" };
        let progress = self.batches.progress(total);
        Ok(Progress { stage: if progress.finished { "inference" } else { stage }, ..progress })
    }

    fn finish(self) -> Result<Predictions> {
        self.predictions()
    }
}
