//! What a batch would predict without one of its auxiliary nodes.

use std::sync::Arc;

use super::induced::Induced;
use super::{Input, Model, Predictions, Subgraph};
use crate::batch::Plan;
use crate::error::{Error, Result};
use crate::gnn::source::check_plan;
use crate::graph::Dataset;
use crate::limits::Limits;
use crate::task::{Progress, Step};

/// Predictions for the outputs of a batch, twice.
#[derive(Debug, Clone, PartialEq)]
pub struct Without {
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
/// `task::run(WithoutJob::new(dataset, plan, model, 0, node, &limits)?)`.
pub struct WithoutJob {
    input: Input,
    plan: Arc<Plan>,
    model: Arc<Model>,
    index: usize,
    limits: Limits,
    rest: Induced,
    with_node: Option<Predictions>,
    without_node: Option<Predictions>,
}

impl WithoutJob {
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
        let limits = limits.clone();
        Ok(Self { input, plan, model, index, limits, rest, with_node: None, without_node: None })
    }

    fn predict(&self, sub: &Subgraph<'_>) -> Result<Predictions> {
        let nodes = sub.outputs.iter().map(|&local| sub.nodes[local as usize]).collect();
        let logits = self.model.logits(&self.input, sub, &self.limits)?;
        let labels = self.input.dataset().labels.as_ref();
        Ok(Predictions::new(nodes, self.model.num_classes(), logits, labels, None))
    }

    fn next(&mut self) -> Result<()> {
        let batch = self.plan.batch(self.index);
        if self.with_node.is_none() {
            self.with_node = Some(self.predict(&batch.into())?);
        } else if self.without_node.is_none() {
            let outputs: Vec<u32> =
                batch.output_nodes().into_iter().map(|node| self.rest.local(node)).collect();
            self.without_node = Some(self.predict(&self.rest.sub(&outputs))?);
        }
        Ok(())
    }
}

impl Step for WithoutJob {
    type Output = Without;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        for _ in 0..budget.min(2) {
            self.next()?;
        }
        let done = u64::from(self.with_node.is_some()) + u64::from(self.without_node.is_some());
        Ok(Progress { stage: "inference", done, total: 2, finished: done == 2 })
    }

    fn finish(self) -> Result<Without> {
        match (self.with_node, self.without_node) {
            (Some(with_node), Some(without_node)) => Ok(Without { with_node, without_node }),
            _ => Err(Error::Internal("without: the batch was not inferred twice".to_owned())),
        }
    }
}
