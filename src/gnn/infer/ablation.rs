//! What a batch would predict without one of its auxiliary nodes.

use std::sync::Arc;

use super::batches::Batches;
use super::induced::Induced;
use super::source::check_plan;
use super::{Input, Predictions};
use crate::batch::Plan;
use crate::error::{Error, Result};
use crate::gnn::{Model, Subgraph};
use crate::graph::Dataset;
use crate::limits::Limits;
use crate::task::{Progress, Step};

/// Predictions for the outputs of a batch, twice.
#[derive(Debug, Clone, PartialEq)]
pub struct Ablation {
    /// By the batch as it is.
    pub with_node: Predictions,
    /// By the batch without the node.
    pub without_node: Predictions,
}

/// Predicts the outputs of a batch with and without one auxiliary node; each is a unit of [`Step::step`].
///
/// The batch without the node is the sub-graph that the other nodes induce. Edge values by degrees in the whole graph
/// stay as they are, those by degrees in the batch are made anew: it is the batch that a plan without the node would have.
/// # Examples
/// See [`PlanInference`](super::PlanInference) for the plan; then
/// `task::run(AblationJob::new(dataset, plan, model, 0, node, &limits)?)`.
pub struct AblationJob {
    input: Input,
    plan: Arc<Plan>,
    index: usize,
    rest: Induced,
    /// The batch, then what is left of it.
    batches: Batches,
    num_classes: usize,
}

impl AblationJob {
    /// Takes the node out of the batch.
    ///
    /// # Arguments
    /// * `dataset`, `plan`, `model`: must belong together. * `index`, `node`: a batch and one of its auxiliary nodes.
    /// # Errors
    /// `shape_mismatch` when the plan was made for a graph of another size or the weights do not fit the graph;
    /// `invalid_option` for a batch that does not exist, and for a node that is not in it or is one of its outputs.
    /// # Cost
    /// Two forward passes over the batch, and `4 n` bytes for a moment.
    pub fn new(
        dataset: Arc<Dataset>,
        plan: Arc<Plan>,
        model: Arc<Model>,
        index: usize,
        node: u32,
        limits: &Limits,
    ) -> Result<Self> {
        check_plan(&dataset, &plan)?;
        plan.check_member(index, node)?;
        let batch = plan.batch(index);
        if batch.output_nodes().contains(&node) {
            let message =
                format!("node {node} is an output of batch {index}, allowed are its auxiliary nodes");
            return Err(Error::option("node", message));
        }
        let rest = batch.nodes.iter().copied().filter(|&other| other != node).collect();
        let rest = Induced::new(dataset.graph.adjacency(), rest, batch.normalization);
        let input = Input::new(dataset, &model)?;
        let num_classes = model.num_classes();
        let batches = Batches::new(model, 2 * batch.outputs.len(), limits)?;
        Ok(Self { input, plan, index, rest, batches, num_classes })
    }

    fn run(&mut self) -> Result<()> {
        let batch = self.plan.batch(self.index);
        let outputs: Vec<u32>;
        let sub: Subgraph<'_> = if self.batches.done == 0 {
            batch.into()
        } else {
            outputs = batch.output_nodes().into_iter().map(|node| self.rest.local(node)).collect();
            self.rest.sub(&outputs)
        };
        self.batches.run(&sub, self.input.nodes(&sub, self.index))
    }
}

impl Step for AblationJob {
    type Output = Ablation;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let end = 2.min(self.batches.done.saturating_add(budget as usize));
        while self.batches.done < end {
            self.run()?;
        }
        Ok(self.batches.progress(2))
    }

    fn finish(self) -> Result<Ablation> {
        let outputs = self.plan.batch(self.index).output_nodes();
        let mut with_node = self.batches.finish(2)?;
        let without_node = with_node.split_off(outputs.len() * self.num_classes);
        let labels = self.input.dataset().labels.as_ref();
        let predictions = |logits| Predictions::new(outputs.clone(), self.num_classes, logits, labels, None);
        Ok(Ablation { with_node: predictions(with_node), without_node: predictions(without_node) })
    }
}
