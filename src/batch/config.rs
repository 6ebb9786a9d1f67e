//! Options of a plan: how outputs are partitioned, and how auxiliary nodes are chosen.

use crate::error::{Error, Result};
use crate::graph::Normalization;
use crate::influence::{Measure, PushConfig};
use crate::partition::PartitionConfig;

/// What bounds a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchLimit {
    /// Output nodes, `>= 1`; the published experiments use this.
    Outputs(u32),
    /// All nodes, outputs and auxiliary nodes together, `>= 1`. An output whose own nodes are more stays alone.
    Nodes(u32),
}

impl BatchLimit {
    /// The same number of batches with outputs spread evenly: `ceil(m / ceil(m / limit))`. A bound of nodes stays.
    ///
    /// The published experiments do this before merging.
    pub fn evened_out(self, num_outputs: usize) -> Self {
        match self {
            Self::Outputs(limit) if limit > 0 && num_outputs > 0 => {
                let batches = num_outputs.div_ceil(limit as usize);
                Self::Outputs(num_outputs.div_ceil(batches) as u32)
            }
            other => other,
        }
    }
}

/// Scale of the influence between two outputs for merging; `p` is the mass of `v` in the row of `u`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PairScale {
    /// `p`.
    #[default]
    Row,
    /// `sqrt(d_u) p / sqrt(d_v)`.
    Sym,
    /// `d_u p / d_v`.
    Col,
}

impl PairScale {
    /// All of them with their option names.
    pub const NAMES: [(&'static str, Self); 3] = [("row", Self::Row), ("sym", Self::Sym), ("col", Self::Col)];

    /// Scaled mass of a node of degree (with weights, strength) `to` in the row of a source of degree `from`.
    pub(super) fn scale(self, mass: f64, from: f64, to: f64) -> f64 {
        match self {
            Self::Row => mass,
            Self::Sym => from.sqrt() * mass / to.sqrt(),
            Self::Col => from * mass / to,
        }
    }
}

/// How the outputs come into batches.
#[derive(Debug, Clone, PartialEq)]
pub enum OutputPartition {
    /// Outputs that share influence are merged pair by pair.
    Merge {
        /// Upper bound of a batch.
        limit: BatchLimit,
        /// Scale of the influence between two outputs.
        scale: PairScale,
    },
    /// By a partition of the graph into parts with few edges between them; parts without outputs give no batch.
    Parts {
        /// Number of parts, seed, imbalance.
        config: PartitionConfig,
        /// Whether parts share the outputs evenly instead of all nodes.
        balance_outputs: bool,
    },
    /// By a given part of every node; parts without outputs give no batch.
    Given(Vec<u32>),
    /// Chunks of a seeded permutation.
    Random {
        /// Outputs of a batch, `>= 1`; the last batch may have fewer.
        outputs_per_batch: u32,
        /// Seed of the permutation.
        seed: u64,
    },
}

impl OutputPartition {
    /// Number of parts of the graph, those without outputs counted; none where outputs alone are grouped.
    pub(super) fn num_parts(&self) -> Option<u64> {
        match self {
            Self::Parts { config, .. } => Some(config.num_parts.into()),
            Self::Given(part) => Some(part.iter().max().map_or(1, |&last| u64::from(last) + 1)),
            Self::Merge { .. } | Self::Random { .. } => None,
        }
    }
}

/// Which way topic-sensitive PageRank looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// From the outputs: the influence that theory asks for.
    #[default]
    Influence,
    /// Towards the outputs, 50 iterations, as in the published codes: hubs count less. Needs PageRank as measure.
    Reference,
}

impl Direction {
    /// All of them with their option names.
    pub const NAMES: [(&'static str, Self); 2] =
        [("influence", Self::Influence), ("reference", Self::Reference)];
}

/// How a batch gets its auxiliary nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Auxiliary {
    /// Node-wise: the strongest nodes of each output.
    Each {
        /// Nodes selected for each output, itself counted when it is among the strongest; `>= 1`.
        top_k: u32,
    },
    /// Batch-wise: the strongest nodes for all outputs together, `ceil(expand_ratio n / batches)` of them.
    Together {
        /// Share of the graph that all batches together select, `> 0`.
        expand_ratio: f64,
        /// Which way influence is followed.
        direction: Direction,
    },
    /// All nodes of the outputs' part, as Cluster-GCN has it. Needs a partition of the nodes.
    Part,
}

/// Options of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanConfig {
    /// How the outputs come into batches.
    pub partition: OutputPartition,
    /// How a batch gets its auxiliary nodes.
    pub auxiliary: Auxiliary,
    /// What influence is.
    pub measure: Measure,
    /// Weights of the edges of a batch.
    pub normalization: Normalization,
}

/// Options of a node-wise plan by PageRank, the published variant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NodeWiseConfig {
    /// How influence is computed.
    pub push: PushConfig,
    /// Auxiliary nodes selected for each output, itself counted when it is among the strongest; `>= 1`.
    pub top_k: u32,
    /// Upper bound of a batch.
    pub limit: BatchLimit,
    /// Weights of the edges of a batch.
    pub normalization: Normalization,
}

impl From<NodeWiseConfig> for PlanConfig {
    fn from(config: NodeWiseConfig) -> Self {
        Self {
            partition: OutputPartition::Merge { limit: config.limit, scale: PairScale::Row },
            auxiliary: Auxiliary::Each { top_k: config.top_k },
            measure: config.push.into(),
            normalization: config.normalization,
        }
    }
}

impl PlanConfig {
    /// `invalid_option` when a value is out of range or two do not go together.
    pub fn validate(&self, num_nodes: u32, num_outputs: usize) -> Result<()> {
        self.measure.validate()?;
        let at_least_one = |name, value| match value {
            0 => Err(Error::option(name, "0 is out of range, allowed is an integer >= 1")),
            _ => Ok(()),
        };
        match &self.partition {
            OutputPartition::Merge { limit: BatchLimit::Outputs(outputs), .. } => {
                at_least_one("outputs_per_batch", *outputs)?;
            }
            OutputPartition::Merge { limit: BatchLimit::Nodes(nodes), .. } => {
                at_least_one("nodes_per_batch", *nodes)?
            }
            OutputPartition::Random { outputs_per_batch, .. } => {
                at_least_one("outputs_per_batch", *outputs_per_batch)?;
            }
            OutputPartition::Parts { config, .. } => {
                at_least_one("num_batches", config.num_parts)?;
                config.validate()?;
                if num_outputs > 0 && config.num_parts as usize > num_outputs {
                    let message = format!(
                        "{} batches for {num_outputs} outputs, allowed are at most as many as outputs",
                        config.num_parts
                    );
                    return Err(Error::option("num_batches", message));
                }
            }
            OutputPartition::Given(part) if part.len() != num_nodes as usize => {
                let message = format!("{} entries, the graph has {num_nodes} nodes", part.len());
                return Err(Error::option("partition", message));
            }
            OutputPartition::Given(_) => {}
        }
        match self.auxiliary {
            Auxiliary::Each { top_k } => at_least_one("top_k", top_k),
            Auxiliary::Together { expand_ratio, .. } if !(expand_ratio > 0.0 && expand_ratio.is_finite()) => {
                let message = format!("{expand_ratio} is out of range, allowed is a finite number > 0");
                Err(Error::option("expand_ratio", message))
            }
            Auxiliary::Together { direction: Direction::Reference, .. }
                if !matches!(self.measure, Measure::PageRank(_)) =>
            {
                Err(Error::option(
                    "direction",
                    "reference is a direction of PageRank; the heat kernel has influence only",
                ))
            }
            Auxiliary::Part
                if !matches!(self.partition, OutputPartition::Given(_) | OutputPartition::Parts { .. }) =>
            {
                Err(Error::option("auxiliary", "the part of an output needs a partition of the nodes"))
            }
            Auxiliary::Together { .. } | Auxiliary::Part => Ok(()),
        }
    }
}

/// An eighth of the outputs but at least 32, then evened out so that batches of that size are filled.
pub fn default_outputs_per_batch(num_outputs: usize) -> u32 {
    let wanted = BatchLimit::Outputs(num_outputs.div_ceil(8).max(32) as u32);
    match wanted.evened_out(num_outputs) {
        BatchLimit::Outputs(outputs) | BatchLimit::Nodes(outputs) => outputs,
    }
}
