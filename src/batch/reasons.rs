//! Why a node is in a batch.

use std::sync::Arc;

use super::config::Auxiliary;
use super::plan::Plan;
use crate::error::{Error, Result};
use crate::graph::Dataset;
use crate::influence::{Measure, Walker, top_k};
use crate::task::{Progress, Step};

/// What the outputs of a batch have to do with one of its nodes. The first four run parallel.
#[derive(Debug, Clone, PartialEq)]
pub struct Reasons {
    /// Outputs whose walk reaches the node, the strongest first, of equal ones the smaller id.
    pub outputs: Vec<u32>,
    /// Influence of the node on each.
    pub scores: Vec<f64>,
    /// Place of the node, from 1, in the row of each.
    pub ranks: Vec<u32>,
    /// Whether the output asked for it: its top-k holds the node; where outputs choose together, every one that the
    /// node reaches adds its share; where a batch is a part of the graph, none did.
    pub asked: Vec<bool>,
    /// All batches that hold the node, as output or auxiliary node.
    pub batches: Vec<u32>,
}

/// Finds out why a node is in a batch; each unit of [`Step::step`] is the walk from one output.
///
/// # Cost
/// One walk an output, `O(outputs / (alpha eps))` by push, and a look into every batch.
pub struct ReasonsJob {
    dataset: Arc<Dataset>,
    plan: Arc<Plan>,
    outputs: Vec<u32>,
    node: u32,
    auxiliary: Auxiliary,
    walker: Walker,
    done: usize,
    /// Outputs that reach the node with scores and ranks.
    found: Vec<u32>,
    scores: Vec<f64>,
    ranks: Vec<u32>,
}

impl ReasonsJob {
    /// Checks that the node is in the batch.
    ///
    /// # Arguments
    /// * `dataset`, `plan`: must belong together. * `index`, `node`: a batch and one of its nodes, output or not.
    /// * `measure`, `auxiliary`: those that the plan was made with; other ones answer for another plan.
    /// # Errors
    /// `shape_mismatch` when the plan was made for a graph of another size; `invalid_option` for a batch that does not
    /// exist, a node that is not in it, and options of `measure`; `out_of_memory`.
    pub fn new(
        dataset: Arc<Dataset>,
        plan: Arc<Plan>,
        index: usize,
        node: u32,
        measure: Measure,
        auxiliary: Auxiliary,
    ) -> Result<Self> {
        plan.check_graph(&dataset.graph)?;
        plan.check_member(index, node)?;
        let outputs = plan.batch(index).output_nodes();
        let walker = Walker::new(dataset.graph.adjacency(), measure)?;
        Ok(Self {
            dataset,
            plan,
            outputs,
            node,
            auxiliary,
            walker,
            done: 0,
            found: vec![],
            scores: vec![],
            ranks: vec![],
        })
    }

    fn walk(&mut self) -> Result<()> {
        let output = self.outputs[self.done];
        let row = self.walker.row(self.dataset.graph.adjacency(), output)?;
        if let Ok(at) = row.nodes.binary_search(&self.node) {
            let score = row.mass[at];
            let stronger = row.mass.iter().filter(|&&mass| mass > score).count();
            let equal = row.mass[..at].iter().filter(|&&mass| mass == score).count();
            self.found.push(output);
            self.scores.push(score);
            self.ranks.push((stronger + equal) as u32 + 1);
        }
        self.done += 1;
        Ok(())
    }
}

impl Plan {
    /// `invalid_option` unless the batch exists.
    pub fn check_index(&self, index: usize) -> Result<()> {
        if index < self.num_batches() {
            return Ok(());
        }
        let message = format!("{index} is out of range, the plan has {} batches", self.num_batches());
        Err(Error::option("index", message))
    }

    /// `invalid_option` unless the batch exists and holds the node.
    pub(crate) fn check_member(&self, index: usize, node: u32) -> Result<()> {
        self.check_index(index)?;
        if self.batch(index).nodes.binary_search(&node).is_err() {
            return Err(Error::option("node", format!("node {node} is not in batch {index}")));
        }
        Ok(())
    }
}

impl Step for ReasonsJob {
    type Output = Reasons;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let end = self.outputs.len().min(self.done.saturating_add(budget as usize));
        while self.done < end {
            self.walk()?;
        }
        let (done, total) = (self.done as u64, self.outputs.len() as u64);
        Ok(Progress { stage: "influence", done, total, finished: done == total })
    }

    fn finish(self) -> Result<Reasons> {
        if self.done < self.outputs.len() {
            let message = format!("reasons: {} of {} outputs are done", self.done, self.outputs.len());
            return Err(Error::Internal(message));
        }
        let asked = |&rank: &u32| match self.auxiliary {
            Auxiliary::Each { top_k } => rank <= top_k,
            Auxiliary::Together { .. } => true,
            Auxiliary::Part => false,
        };
        let holds = |index: &u32| self.plan.batch(*index as usize).nodes.binary_search(&self.node).is_ok();
        let (outputs, scores): (Vec<u32>, Vec<f64>) =
            top_k(&self.found, &self.scores, self.found.len()).into_iter().unzip();
        let rank = |output| self.ranks[self.found.binary_search(output).expect("an output found")];
        let ranks: Vec<u32> = outputs.iter().map(rank).collect();
        Ok(Reasons {
            asked: ranks.iter().map(asked).collect(),
            outputs,
            scores,
            ranks,
            batches: (0..self.plan.num_batches() as u32).filter(holds).collect(),
        })
    }
}
