//! The sub-graphs that a job runs over: the batches of a plan, or the whole graph.

use std::sync::Arc;

use crate::batch::Plan;
use crate::error::{Error, Result};
use crate::gnn::Subgraph;
use crate::graph::{Dataset, Normalization, SparseView, edge_values};
use crate::limits::{self, Limits};

/// Nodes to train on or to predict, and the graph around them that a model sees.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outputs {
    /// Nodes within the whole graph, in any order; empty for none.
    Nodes(Vec<u32>),
    /// The outputs of a plan, batch by batch.
    Plan(Arc<Plan>),
}

/// The whole graph as one sub-graph.
pub(crate) struct Whole {
    nodes: Vec<u32>,
    values: Vec<f32>,
    normalization: Normalization,
}

impl Whole {
    /// Edge values of the whole graph.
    pub(crate) fn new(dataset: &Dataset, normalization: Normalization, limits: &Limits) -> Result<Self> {
        let csr = dataset.graph.adjacency();
        limits::check("matrix bytes", csr.num_entries() as u64 * 4, limits.max_matrix_bytes)?;
        let mut nodes = limits::reserve(csr.num_nodes() as usize)?;
        nodes.extend(0..csr.num_nodes());
        Ok(Self { nodes, values: edge_values(csr, &csr.strengths(), normalization), normalization })
    }
}

/// Whether the plan was made for a graph of this size.
pub(crate) fn check_plan(dataset: &Dataset, plan: &Plan) -> Result<()> {
    let num_nodes = dataset.graph.num_nodes();
    if plan.num_graph_nodes() == num_nodes {
        return Ok(());
    }
    Err(Error::ShapeMismatch(format!(
        "the plan was made for a graph of {} nodes, this one has {num_nodes}",
        plan.num_graph_nodes()
    )))
}

/// [`Outputs`] made ready.
pub(crate) enum Source {
    Whole { whole: Arc<Whole>, outputs: Vec<u32> },
    Plan(Arc<Plan>),
}

impl Source {
    /// Checks the nodes or the plan against the graph; `whole` is asked for only when it is needed.
    pub(crate) fn new(
        outputs: Outputs,
        dataset: &Dataset,
        whole: impl FnOnce() -> Result<Arc<Whole>>,
    ) -> Result<Self> {
        let num_nodes = dataset.graph.num_nodes();
        match outputs {
            Outputs::Plan(plan) => {
                check_plan(dataset, &plan)?;
                Ok(Self::Plan(plan))
            }
            Outputs::Nodes(mut outputs) => {
                outputs.sort_unstable();
                outputs.dedup();
                if let Some(node) = outputs.last().filter(|&&node| node >= num_nodes) {
                    return Err(Error::InvalidGraph(format!(
                        "node {node} is out of range, the graph has {num_nodes} nodes"
                    )));
                }
                Ok(Self::Whole { whole: whole()?, outputs })
            }
        }
    }

    /// Number of sub-graphs.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Whole { outputs, .. } => usize::from(!outputs.is_empty()),
            Self::Plan(plan) => plan.num_batches(),
        }
    }

    /// A sub-graph. Panics when `index >= len()`.
    pub(crate) fn get<'a>(&'a self, dataset: &'a Dataset, index: usize) -> Subgraph<'a> {
        match self {
            Self::Plan(plan) => plan.batch(index).into(),
            Self::Whole { whole, outputs } => {
                let csr = dataset.graph.adjacency();
                let adjacency =
                    SparseView { indptr: csr.indptr(), indices: csr.indices(), values: &whole.values };
                Subgraph { nodes: &whole.nodes, outputs, adjacency, normalization: whole.normalization }
            }
        }
    }

    /// Global ids of all outputs, ascending.
    pub(crate) fn output_nodes(&self) -> Vec<u32> {
        match self {
            Self::Whole { outputs, .. } => outputs.clone(),
            Self::Plan(plan) => {
                let mut nodes: Vec<u32> = plan.batches().flat_map(|batch| batch.output_nodes()).collect();
                nodes.sort_unstable();
                nodes
            }
        }
    }
}
