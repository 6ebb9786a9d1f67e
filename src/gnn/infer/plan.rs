//! Inference over the batches of a plan.

use std::ops::Range;
use std::sync::Arc;

use super::batches::Batches;
use super::metrics::{Predictions, split_of};
use super::source::check_plan;
use super::{BatchFeatures, Input};
use crate::batch::Plan;
use crate::error::{Error, Result};
use crate::gnn::Model;
use crate::gnn::kernels::resize;
use crate::graph::{Dataset, Split};
use crate::limits::Limits;
use crate::task::{Progress, Step};

/// Predicts the outputs of a plan, batch by batch ([Gasteiger22]).
///
/// The features of a batch are read from the data set by global id, or from [`BatchFeatures`]; buffers are used again
/// from batch to batch. Each unit of [`Step::step`] is one batch.
pub struct PlanInference {
    plan: Arc<Plan>,
    input: Input,
    range: Range<usize>,
    batches: Batches,
    split: Option<Split>,
}

impl PlanInference {
    /// Makes an inference ready to run.
    ///
    /// # Arguments
    /// * `dataset`, `plan`, `model`: must belong together; the plan's edge weights are used.
    /// * `split`: for the measures; `None` for the first split, if there is one.
    /// # Errors
    /// `shape_mismatch` when the plan was made for a graph of another size or the weights do not fit the graph;
    /// `invalid_option` for an unknown split; `limit_exceeded` and `out_of_memory` for sizes.
    /// # Cost
    /// Time and memory of a batch follow its nodes and edges, whatever the size of the graph.
    pub fn new(
        dataset: Arc<Dataset>,
        plan: Arc<Plan>,
        model: Arc<Model>,
        split: Option<&str>,
        limits: &Limits,
    ) -> Result<Self> {
        check_plan(&dataset, &plan)?;
        let split = split_of(&dataset, split)?;
        let input = Input::new(dataset, &model)?;
        let batches = Batches::new(model, plan.num_outputs(), limits)?;
        Ok(Self { range: 0..plan.num_batches(), plan, input, batches, split })
    }

    /// Reads features from where they were gathered for this plan.
    ///
    /// # Errors
    /// `shape_mismatch` when they were gathered for other batches, or prepared otherwise than the model wants them.
    pub fn reading(mut self, features: Arc<BatchFeatures>) -> Result<Self> {
        features.covers(&self.plan, self.range.clone())?;
        self.input = self.input.reading(features)?;
        Ok(self)
    }

    /// Runs over some of the batches only; [`PlanInference::logits`] gives the result.
    ///
    /// # Errors
    /// `invalid_option` when the plan has no such batches.
    pub fn over(mut self, range: Range<usize>) -> Result<Self> {
        if range.start > range.end || range.end > self.plan.num_batches() {
            let all = self.plan.num_batches();
            return Err(Error::option(
                "batches",
                format!("{range:?} is out of range, the plan has {all} batches"),
            ));
        }
        self.range = range;
        Ok(self)
    }

    /// Bytes of buffers and results so far.
    pub fn bytes(&self) -> u64 {
        self.batches.bytes()
    }

    /// Classes of the outputs of the batch that was done last, in its order; none before the first.
    pub fn latest(&self) -> Vec<u32> {
        self.batches.latest()
    }

    /// Starts over with the buffers that are there: another pass gives the same bits.
    pub fn again(&mut self) {
        self.batches.again();
    }

    /// Nodes whose features were read so far, batch after batch.
    pub fn nodes_read(&self) -> u64 {
        self.batches.nodes_read
    }

    /// Logits of the batches, `[outputs, classes]`, batch after batch, each in the order of its outputs.
    ///
    /// # Errors
    /// `internal` when batches are left.
    pub fn logits(self) -> Result<Vec<f32>> {
        self.batches.finish(self.range.len())
    }

    /// What the pass gave; [`PlanInference::again`] may start another.
    ///
    /// # Errors
    /// `internal` when batches are left; `shape_mismatch` when only some of the plan's were asked for.
    pub fn predictions(&self) -> Result<Predictions> {
        let logits = self.batches.logits(self.range.len())?;
        let (dataset, classes) = (self.input.dataset(), self.batches.num_classes());
        Predictions::of_plan(dataset, &self.plan, classes, logits, self.split.as_ref())
    }
}

impl Step for PlanInference {
    type Output = Predictions;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let total = self.range.len();
        let end = total.min(self.batches.done.saturating_add(budget as usize));
        while self.batches.done < end {
            let index = self.range.start + self.batches.done;
            let sub = self.plan.batch(index).into();
            self.batches.run(&sub, self.input.nodes(&sub, index))?;
        }
        Ok(self.batches.progress(total))
    }

    fn finish(self) -> Result<Predictions> {
        self.predictions()
    }
}

impl Predictions {
    /// Predictions of a plan from the logits of its batches, as [`PlanInference::logits`] gives them for all batches.
    ///
    /// # Errors
    /// `shape_mismatch` when the plan is another graph's or there is not one row of logits an output.
    pub fn of_plan(
        dataset: &Dataset,
        plan: &Plan,
        num_classes: usize,
        logits: &[f32],
        split: Option<&Split>,
    ) -> Result<Self> {
        check_plan(dataset, plan)?;
        if num_classes == 0 || logits.len() != plan.num_outputs() * num_classes {
            return Err(Error::ShapeMismatch(format!(
                "{} logits for {} outputs of {num_classes} classes",
                logits.len(),
                plan.num_outputs()
            )));
        }
        let mut rows: Vec<(u32, u32)> =
            plan.batches().flat_map(|batch| batch.output_nodes()).zip(0..).collect();
        rows.sort_unstable();
        let nodes = rows.iter().map(|&(node, _)| node).collect();
        let mut sorted = Vec::new();
        resize(&mut sorted, rows.len(), num_classes, u64::MAX)?;
        for (target, &(_, row)) in sorted.chunks_exact_mut(num_classes).zip(&rows) {
            target.copy_from_slice(&logits[row as usize * num_classes..][..num_classes]);
        }
        Ok(Self::new(nodes, num_classes, sorted, dataset.labels.as_ref(), split))
    }
}
