//! A multilevel k-way partition of the graph.

mod budget;
mod coarsen;
mod connect;
mod initial;
mod job;
mod level;
mod queue;
mod refine;

pub use job::PartitionJob;

use crate::error::{Error, Result};
use crate::limits;

/// Options of a partition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartitionConfig {
    /// Number of parts, `>= 1`.
    pub num_parts: u32,
    /// Seed of the random choices.
    pub seed: u64,
    /// How much heavier than the mean a part may be, `0 <= imbalance <= 1`; see [`max_part_weight`].
    pub imbalance: f64,
}

impl Default for PartitionConfig {
    fn default() -> Self {
        Self { num_parts: 8, seed: 0, imbalance: 0.03 }
    }
}

impl PartitionConfig {
    /// `invalid_option` when a value is out of range.
    pub fn validate(&self) -> Result<()> {
        if self.num_parts == 0 {
            return Err(Error::option("num_parts", "0 is out of range, allowed is a whole number from 1 on"));
        }
        if !(0.0..=1.0).contains(&self.imbalance) {
            let found = self.imbalance;
            return Err(Error::option("imbalance", format!("{found} is out of range, allowed is 0 to 1")));
        }
        Ok(())
    }
}

/// What the parts of a partition share evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Balance<'a> {
    /// All nodes alike.
    All,
    /// These output nodes; the others weigh nothing.
    Outputs(&'a [u32]),
    /// Weights, one a node.
    Weights(&'a [u32]),
}

/// Sum of node weights that is allowed: with `1 + imbalance <= 2` every sum of ours fits into 32 bits.
const MAX_TOTAL_WEIGHT: u32 = u32::MAX / 4;

impl Balance<'_> {
    /// One weight a node.
    fn weights(self, num_nodes: u32) -> Result<Vec<u32>> {
        match self {
            Self::All => limits::filled(num_nodes as usize, 1),
            Self::Outputs(outputs) => {
                let mut weights = limits::filled(num_nodes as usize, 0)?;
                for &node in outputs {
                    let weight = weights.get_mut(node as usize).ok_or_else(|| {
                        Error::InvalidGraph(format!(
                            "output node {node} does not exist, the graph has {num_nodes} nodes"
                        ))
                    })?;
                    *weight = 1;
                }
                Ok(weights)
            }
            Self::Weights(given) => {
                if given.len() != num_nodes as usize {
                    let found = given.len();
                    return Err(Error::ShapeMismatch(format!(
                        "{found} node weights for a graph of {num_nodes} nodes"
                    )));
                }
                let total = given.iter().map(|&weight| u64::from(weight)).sum();
                limits::check("sum of the node weights", total, MAX_TOTAL_WEIGHT.into())?;
                let mut weights = limits::reserve(given.len())?;
                weights.extend_from_slice(given);
                Ok(weights)
            }
        }
    }
}

/// A partition of the nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// Part of every node.
    pub part: Vec<u32>,
    /// Edges between different parts, each counted once.
    pub edge_cut: u64,
}

/// The weight that no part exceeds: `1 + imbalance` times the mean, rounded up, or what whole nodes force.
///
/// It can always be reached: while a part is heavier, another is lighter than the mean and has room for any node.
/// # Arguments
/// * `total`: sum of all node weights.
/// * `heaviest_node`: greatest weight of one node.
pub fn max_part_weight(total: u64, num_parts: u32, imbalance: f64, heaviest_node: u32) -> u64 {
    let wanted = ((1.0 + imbalance) * total as f64 / f64::from(num_parts)).ceil() as u64;
    let forced = total.div_ceil(num_parts.into()) + u64::from(heaviest_node).saturating_sub(1);
    wanted.max(forced)
}
