//! Bytes of a plan before it is built.

use super::config::{Auxiliary, BatchLimit, OutputPartition, PlanConfig};
use super::outputs::check_outputs;
use crate::error::Result;
use crate::graph::{Csr, Graph};
use crate::partition::max_part_weight;

/// Bounds of the bytes of a plan's arrays ([`Plan::bytes`](super::Plan::bytes)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanBytes {
    /// No plan with these options takes fewer.
    pub least: u64,
    /// No plan with these options takes more; `u64::MAX` when it is beyond all counting.
    pub most: u64,
}

impl PlanBytes {
    /// Bounds from the options and the degrees alone, for every method.
    ///
    /// The lower bound has the outputs only, in as few batches as can be; real plans are closer to the upper one when
    /// neighbourhoods do not overlap, and far below it when they do. A plan whose lower bound exceeds
    /// `max_plan_bytes` is refused before any work; one whose upper bound does may still fit.
    ///
    /// # Arguments
    /// * `graph`, `outputs`, `config`: as for the plan.
    /// # Returns
    /// Upper bound: an output brings at most `top_k + 1` nodes, a batch-wise batch the outputs and
    /// `ceil(expand_ratio n / parts)` nodes, and parts as a whole all nodes once. A node of a batch of `s` nodes has
    /// at most as many entries as its degree and as `s`, and a batch at most those of the `s` nodes of greatest degree.
    /// # Errors
    /// `invalid_option` and `invalid_graph` as for the plan.
    /// # Cost
    /// `O(n log n)` time, `8 n` bytes.
    /// # Example
    /// ```
    /// use ibmb::batch::{Auxiliary, OutputPartition, PlanBytes, PlanConfig};
    /// use ibmb::graph::{Graph, Normalization};
    /// use ibmb::{influence::PushConfig, limits::Limits};
    ///
    /// let (path, _) = Graph::from_edges(10, &[(0, 1), (1, 2), (2, 3), (3, 4)], &Limits::default())?;
    /// let config = PlanConfig {
    ///     partition: OutputPartition::Random { outputs_per_batch: 2, seed: 0 },
    ///     auxiliary: Auxiliary::Each { top_k: 2 },
    ///     measure: PushConfig::default().into(),
    ///     normalization: Normalization::GlobalSym,
    /// };
    /// let bytes = PlanBytes::of(&path, &[0, 1, 2, 3], &config)?;
    /// // Two batches of 28 bytes, 24 for all; every output has 33 bytes and its self-loop 8.
    /// assert_eq!(bytes.least, 24 + 2 * 28 + 4 * (33 + 8));
    /// assert!(bytes.least < bytes.most);
    /// # Ok::<(), ibmb::Error>(())
    /// ```
    pub fn of(graph: &Graph, outputs: &[u32], config: &PlanConfig) -> Result<Self> {
        let csr = graph.adjacency();
        config.validate(csr.num_nodes(), outputs.len())?;
        check_outputs(csr.num_nodes(), outputs)?;
        let least = least_plan_bytes(csr.num_nodes(), outputs, config);
        if outputs.is_empty() {
            return Ok(Self { least, most: least });
        }
        let m = outputs.len() as u64;
        let batches = Batches::of(csr.num_nodes(), outputs, config);
        let (nodes, largest) = most_nodes(csr.num_nodes().into(), m, &batches, config);
        let mut entries = most_entries(csr, nodes, largest, batches.most);
        if config.auxiliary == Auxiliary::Part {
            // No entry is in two parts.
            entries = entries.min(csr.num_entries() as u64);
        }
        Ok(Self { least, most: bytes(m, nodes, batches.most, entries) })
    }
}

/// The lower bound of [`PlanBytes::of`], for options that are in range and outputs that exist.
pub(super) fn least_plan_bytes(num_nodes: u32, outputs: &[u32], config: &PlanConfig) -> u64 {
    let m = outputs.len() as u64;
    // Every node has a self-loop.
    bytes(m, m, Batches::of(num_nodes, outputs, config).fewest, m)
}

/// What is known of the batches beforehand.
struct Batches {
    fewest: u64,
    most: u64,
    /// Outputs of a batch, at most.
    outputs: u64,
}

impl Batches {
    fn of(num_nodes: u32, outputs: &[u32], config: &PlanConfig) -> Self {
        let m = outputs.len() as u64;
        let bounded = |max: u64| (m.div_ceil(max.max(1)), max.min(m));
        match &config.partition {
            // Packing ends when the two smallest batches do not fit into one.
            OutputPartition::Merge { limit: BatchLimit::Outputs(max), .. } => {
                let (fewest, outputs) = bounded((*max).into());
                Self { fewest, most: m.min((2 * fewest).saturating_sub(1)), outputs }
            }
            OutputPartition::Merge { limit: BatchLimit::Nodes(max), .. } => {
                let (fewest, outputs) = bounded((*max).into());
                Self { fewest, most: m, outputs }
            }
            OutputPartition::Random { outputs_per_batch, .. } => {
                let (fewest, outputs) = bounded((*outputs_per_batch).into());
                Self { fewest, most: fewest, outputs }
            }
            OutputPartition::Parts { config, balance_outputs } => {
                let shared = if *balance_outputs { m } else { num_nodes.into() };
                let (fewest, outputs) =
                    bounded(max_part_weight(shared, config.num_parts, config.imbalance, 1));
                Self { fewest, most: m.min(config.num_parts.into()), outputs }
            }
            OutputPartition::Given(part) => {
                let mut parts: Vec<u32> = outputs.iter().map(|&node| part[node as usize]).collect();
                parts.sort_unstable();
                let outputs = parts.chunk_by(|a, b| a == b).map(<[u32]>::len).max().unwrap_or(0) as u64;
                parts.dedup();
                Self { fewest: parts.len() as u64, most: parts.len() as u64, outputs }
            }
        }
    }
}

/// Nodes of all batches and of the largest one, at most.
fn most_nodes(n: u64, m: u64, batches: &Batches, config: &PlanConfig) -> (u64, u64) {
    let (nodes, largest) = match config.auxiliary {
        Auxiliary::Each { top_k } => {
            let own = n.min(u64::from(top_k) + 1);
            let largest = match config.partition {
                // A batch may exceed the bound when one output alone does.
                OutputPartition::Merge { limit: BatchLimit::Nodes(max), .. } => own.max(max.into()),
                _ => batches.outputs.saturating_mul(own),
            };
            (m.saturating_mul(own), largest)
        }
        Auxiliary::Together { expand_ratio, .. } => {
            let selected = |parts| together_nodes(expand_ratio, n as u32, parts).min(n);
            let parts = config.partition.num_parts();
            let each = selected(parts.unwrap_or(batches.fewest));
            let all = match parts {
                Some(_) => batches.most.saturating_mul(each),
                // b ceil(x / b) < x + b, whatever the number b of batches turns out to be.
                None => together_nodes(expand_ratio, n as u32, 1).saturating_add(batches.most),
            };
            (m.saturating_add(all), batches.outputs + each)
        }
        Auxiliary::Part => (n, n),
    };
    let largest = largest.min(n);
    (nodes.min(batches.most.saturating_mul(largest)), largest)
}

/// Nodes that a batch-wise batch selects when the graph has so many parts.
pub(super) fn together_nodes(expand_ratio: f64, num_nodes: u32, num_parts: u64) -> u64 {
    (expand_ratio * f64::from(num_nodes) / num_parts as f64).ceil() as u64
}

fn most_entries(csr: &Csr, nodes: u64, largest: u64, batches: u64) -> u64 {
    let mut degrees = csr.degrees();
    degrees.sort_unstable();
    let of_one_batch: u64 =
        degrees.iter().rev().take(largest as usize).map(|&degree| largest.min(degree.into())).sum();
    let of_one_node = largest.min(degrees[degrees.len() - 1].into());
    batches.saturating_mul(of_one_batch).min(nodes.saturating_mul(of_one_node))
}

/// Bytes of the arrays; those of a plan are counted alike.
fn bytes(outputs: u64, nodes: u64, batches: u64, entries: u64) -> u64 {
    // Id, score, best output, rank, row bound, hop; local id, captured mass; column, value; bounds of nodes, outputs
    // and entries, one more than there are batches, and of the rows, one more in every batch.
    let parts = [(nodes, 21), (outputs, 12), (entries, 8), (batches, 4 + 24), (1, 24)];
    parts.iter().fold(0u64, |sum, &(count, size)| sum.saturating_add(count.saturating_mul(size)))
}
