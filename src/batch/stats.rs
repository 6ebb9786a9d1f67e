//! Figures of a plan and of its batches.

use std::ops::AddAssign;

use super::plan::{BatchView, NO_PATH, Plan, mean};
use crate::error::{Error, Result};
use crate::graph::{Graph, Labels};
use crate::limits::{self, Limits};

/// What a plan costs and captures.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanStats {
    /// Output nodes of all batches.
    pub num_outputs: usize,
    /// Nodes of all batches; a node counts once for every batch that it is in.
    pub num_nodes: usize,
    /// Nodes that are in any batch.
    pub num_distinct_nodes: usize,
    /// Undirected edges of all batches, self-loops not counted.
    pub num_edges: usize,
    /// Nodes of all batches over the distinct nodes among them; 1 when no node is in two batches, 0 without batches.
    pub replication: f64,
    /// Mean over the outputs of the PPR mass that their batch captures; 0 without outputs.
    pub captured_mass: f64,
    /// Least PPR mass of any output that its batch captures; 0 without outputs.
    pub captured_least: f64,
    /// Bytes of the plan's arrays.
    pub bytes: u64,
}

/// What one batch costs, captures and leaves out.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchStats {
    /// Output nodes.
    pub num_outputs: usize,
    /// Nodes that are not outputs.
    pub num_auxiliary: usize,
    /// Edges inside, self-loops not counted; an undirected edge counts once.
    pub num_edges: usize,
    /// Edges of the graph with exactly one end in the batch, of a directed graph those that lead into it: what the batch
    /// does not see.
    pub num_boundary_edges: usize,
    /// Mean over the outputs of the PPR mass captured.
    pub captured_mass: f64,
    /// Least PPR mass of an output captured.
    pub captured_least: f64,
    /// Mean number of batches that hold a node of this one, itself among them; 1 when it shares no node.
    pub replication: f64,
    /// Nodes by their steps from the nearest output.
    pub hops: HopHistogram,
    /// Bytes of the batch's part of the plan's arrays.
    pub bytes: u64,
}

/// Nodes by their steps from the nearest output inside their batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HopHistogram {
    /// Number of nodes at each distance from 0, which are the outputs; ends at the greatest distance there is.
    pub by_hop: Vec<usize>,
    /// Number of nodes without a path inside the batch.
    pub no_path: usize,
}

impl HopHistogram {
    fn new(hops: &[u8]) -> Self {
        let mut histogram = Self::default();
        for &hop in hops {
            if hop == NO_PATH {
                histogram.no_path += 1;
                continue;
            }
            if histogram.by_hop.len() <= hop.into() {
                histogram.by_hop.resize(usize::from(hop) + 1, 0);
            }
            histogram.by_hop[usize::from(hop)] += 1;
        }
        histogram
    }
}

impl AddAssign<&HopHistogram> for HopHistogram {
    fn add_assign(&mut self, other: &Self) {
        if self.by_hop.len() < other.by_hop.len() {
            self.by_hop.resize(other.by_hop.len(), 0);
        }
        self.by_hop.iter_mut().zip(&other.by_hop).for_each(|(sum, count)| *sum += count);
        self.no_path += other.no_path;
    }
}

/// How many outputs of each batch have each class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelCounts {
    num_classes: usize,
    num_batches: usize,
    counts: Vec<u32>,
}

impl LabelCounts {
    /// Takes counts, the classes of a batch one after another.
    ///
    /// # Errors
    /// `shape_mismatch` unless there are `num_batches * num_classes` counts.
    pub fn new(num_batches: usize, num_classes: usize, counts: Vec<u32>) -> Result<Self> {
        if num_batches.checked_mul(num_classes) != Some(counts.len()) {
            return Err(Error::ShapeMismatch(format!(
                "label counts: {} values for {num_batches} batches of {num_classes} classes",
                counts.len()
            )));
        }
        Ok(Self { num_classes, num_batches, counts })
    }

    /// Number of batches.
    pub fn num_batches(&self) -> usize {
        self.num_batches
    }

    /// Number of classes.
    pub fn num_classes(&self) -> usize {
        self.num_classes
    }

    /// Outputs of a batch by class. Panics when it is out of range.
    pub fn batch(&self, batch: usize) -> &[u32] {
        &self.counts[batch * self.num_classes..(batch + 1) * self.num_classes]
    }
}

/// How many nodes any two batches share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverlapMatrix {
    num_batches: usize,
    shared: Vec<u32>,
}

impl OverlapMatrix {
    /// Number of batches.
    pub fn num_batches(&self) -> usize {
        self.num_batches
    }

    /// Nodes that are in both batches; all nodes of a batch with itself. Panics when one is out of range.
    pub fn shared(&self, a: usize, b: usize) -> u32 {
        self.row(a)[b]
    }

    /// Nodes that a batch shares with each batch. Panics when it is out of range.
    pub fn row(&self, batch: usize) -> &[u32] {
        &self.shared[batch * self.num_batches..(batch + 1) * self.num_batches]
    }

    /// Shared nodes over the nodes that are in either batch, 0 to 1. Panics when one is out of range.
    pub fn jaccard(&self, a: usize, b: usize) -> f64 {
        let shared = self.shared(a, b);
        f64::from(shared) / (f64::from(self.shared(a, a)) + f64::from(self.shared(b, b)) - f64::from(shared))
    }
}

impl BatchView<'_> {
    /// Nodes by their steps from the nearest output inside the batch.
    pub fn hops(&self) -> HopHistogram {
        HopHistogram::new(self.hop)
    }

    /// Edges of the graph with exactly one end in the batch; of a directed graph those that lead into it.
    ///
    /// # Arguments
    /// * `graph`: the one that the plan was made for, or it panics or counts something else.
    /// # Cost
    /// `O(nodes of the batch)`.
    pub fn num_boundary_edges(&self, graph: &Graph) -> usize {
        let all: usize = self.nodes.iter().map(|&node| graph.adjacency().degree(node) as usize).sum();
        all - self.adjacency.indices.len()
    }

    /// Bytes of the batch's part of the plan's arrays, without the bounds of the first batch.
    pub fn bytes(&self) -> u64 {
        let words = self.nodes.len() * 4
            + self.outputs.len()
            + self.adjacency.indptr.len()
            + self.adjacency.indices.len() * 2;
        (words * 4 + (self.captured.len() + 3) * 8 + self.hop.len()) as u64
    }
}

impl Plan {
    /// Figures of the plan.
    ///
    /// # Cost
    /// `O(sum of batch sizes)`, `n` bytes.
    pub fn stats(&self) -> PlanStats {
        let mut seen = vec![false; self.num_graph_nodes as usize];
        let distinct =
            self.nodes.iter().filter(|&&v| !std::mem::replace(&mut seen[v as usize], true)).count();
        PlanStats {
            num_outputs: self.num_outputs(),
            num_nodes: self.nodes.len(),
            num_distinct_nodes: distinct,
            num_edges: self.batches().map(|batch| batch.num_edges()).sum(),
            replication: if distinct == 0 { 0.0 } else { self.nodes.len() as f64 / distinct as f64 },
            captured_mass: mean(&self.captured),
            captured_least: least(&self.captured),
            bytes: self.bytes(),
        }
    }

    /// Figures of every batch.
    ///
    /// # Errors
    /// `shape_mismatch` when the plan was made for a graph of another size; `out_of_memory`.
    /// # Cost
    /// `O(sum of batch sizes)`, `4 n` bytes.
    pub fn batch_stats(&self, graph: &Graph) -> Result<Vec<BatchStats>> {
        self.check_graph(graph)?;
        let mut copies = limits::filled(self.num_graph_nodes as usize, 0u32)?;
        self.nodes.iter().for_each(|&node| copies[node as usize] += 1);
        let copies_in =
            |nodes: &[u32]| nodes.iter().map(|&node| u64::from(copies[node as usize])).sum::<u64>();
        let figures = |batch: BatchView<'_>| BatchStats {
            num_outputs: batch.outputs.len(),
            num_auxiliary: batch.nodes.len() - batch.outputs.len(),
            num_edges: batch.num_edges(),
            num_boundary_edges: batch.num_boundary_edges(graph),
            captured_mass: batch.captured_mass(),
            captured_least: least(batch.captured),
            replication: copies_in(batch.nodes) as f64 / batch.nodes.len() as f64,
            hops: batch.hops(),
            bytes: batch.bytes(),
        };
        Ok(self.batches().map(figures).collect())
    }

    /// Nodes of all batches by their steps from the nearest output of their batch.
    pub fn hops(&self) -> HopHistogram {
        HopHistogram::new(&self.hop)
    }

    /// How many nodes any two batches share.
    ///
    /// # Errors
    /// `limit_exceeded` beyond `max_matrix_bytes`, `out_of_memory`.
    /// # Cost
    /// `O(B^2 + sum over the nodes of (number of batches with it)^2)` time, `4 B^2` bytes and as many as the nodes
    /// of all batches take.
    pub fn overlap(&self, limits: &Limits) -> Result<OverlapMatrix> {
        let num_batches = self.num_batches();
        let bytes = (num_batches as u64).saturating_mul(num_batches as u64).saturating_mul(4);
        limits::check("bytes of the overlap of batches", bytes, limits.max_matrix_bytes)?;
        let mut shared = limits::filled(num_batches * num_batches, 0u32)?;
        // Every node with its batches, in order.
        let mut places: Vec<(u32, u32)> = limits::reserve(self.nodes.len())?;
        for (index, batch) in (0..).zip(self.batches()) {
            places.extend(batch.nodes.iter().map(|&node| (node, index)));
        }
        places.sort_unstable();
        for same_node in places.chunk_by(|a, b| a.0 == b.0) {
            for &(_, a) in same_node {
                for &(_, b) in same_node {
                    shared[a as usize * num_batches + b as usize] += 1;
                }
            }
        }
        Ok(OverlapMatrix { num_batches, shared })
    }

    /// How many outputs of each batch have each class; outputs without label are in no count.
    ///
    /// # Errors
    /// `shape_mismatch` when there are not as many labels as nodes in the graph of the plan; `limit_exceeded` beyond
    /// `max_matrix_bytes`; `out_of_memory`.
    pub fn label_counts(&self, labels: &Labels, limits: &Limits) -> Result<LabelCounts> {
        if labels.values.len() != self.num_graph_nodes as usize {
            return Err(Error::ShapeMismatch(format!(
                "labels: {} values, the plan was made for a graph of {} nodes",
                labels.values.len(),
                self.num_graph_nodes
            )));
        }
        let (num_batches, num_classes) = (self.num_batches(), labels.class_names.len());
        let bytes = (num_batches as u64).saturating_mul(num_classes as u64).saturating_mul(4);
        limits::check("bytes of label counts", bytes, limits.max_matrix_bytes)?;
        let mut counts = limits::filled(num_batches * num_classes, 0u32)?;
        for (index, batch) in self.batches().enumerate() {
            for &local in batch.outputs {
                if let Ok(class) = usize::try_from(labels.values[batch.nodes[local as usize] as usize]) {
                    counts[index * num_classes + class] += 1;
                }
            }
        }
        LabelCounts::new(num_batches, num_classes, counts)
    }

    /// `shape_mismatch` for a graph of another size.
    pub(super) fn check_graph(&self, graph: &Graph) -> Result<()> {
        if self.num_graph_nodes == graph.num_nodes() {
            return Ok(());
        }
        Err(Error::ShapeMismatch(format!(
            "the plan was made for a graph of {} nodes, this one has {}",
            self.num_graph_nodes,
            graph.num_nodes()
        )))
    }
}

/// The least value; 0 without values.
fn least(values: &[f64]) -> f64 {
    values.iter().copied().min_by(f64::total_cmp).unwrap_or(0.0)
}
