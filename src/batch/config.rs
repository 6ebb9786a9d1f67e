//! Options of a plan: how outputs are partitioned, and how auxiliary nodes are chosen.

use crate::error::{Error, Result};
use crate::graph::Normalization;
use crate::influence::{Measure, PushConfig};
use crate::options::{
    BALANCE, Balance, DIRECTION, EVEN_OUT, EXPAND_RATIO, Given, METHOD, Method, NODES_PER_BATCH,
    NORMALIZATION, NUM_BATCHES, OUTPUTS_PER_BATCH, OptionSpec, PAIR_NORMALIZATION, SEED, TOP_K,
};
pub use crate::options::{Direction, PairScale};
use crate::partition::PartitionConfig;

/// What bounds a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
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

impl PairScale {
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
#[non_exhaustive]
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

/// How a batch gets its auxiliary nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
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
    /// The options of a call: those of [`PLAN`](crate::options::PLAN).
    ///
    /// # Arguments
    /// * `given`: what was read; the numbers in force of options that go by the outputs are noted in it.
    /// * `num_outputs`: outputs of the plan.
    pub fn read(given: &mut Given, num_outputs: usize) -> Self {
        let each = |given: &Given| Auxiliary::Each { top_k: given.count_or_default(&TOP_K) };
        let (partition, auxiliary) = match given.word(&METHOD) {
            Method::NodeWise => {
                let limit = match given.count(&NODES_PER_BATCH) {
                    Some(nodes) => BatchLimit::Nodes(nodes),
                    None => BatchLimit::Outputs(outputs_per_batch(given, num_outputs)),
                };
                let scale = given.word(&PAIR_NORMALIZATION);
                (OutputPartition::Merge { limit, scale }, each(given))
            }
            Method::Random => {
                let outputs_per_batch = outputs_per_batch(given, num_outputs);
                let seed = given.size_or_default(&SEED);
                (OutputPartition::Random { outputs_per_batch, seed }, each(given))
            }
            Method::BatchWise => {
                let expand_ratio = given.number_or_default(&EXPAND_RATIO);
                let direction = given.given_word(&DIRECTION).unwrap_or_default();
                (parts(given, num_outputs), Auxiliary::Together { expand_ratio, direction })
            }
            Method::Hybrid => (parts(given, num_outputs), each(given)),
            Method::Cluster => (parts(given, num_outputs), Auxiliary::Part),
        };
        let measure = Measure::read(given);
        Self { partition, auxiliary, measure, normalization: given.word(&NORMALIZATION) }
    }

    /// `invalid_option` when a value is out of range or two do not go together.
    pub fn validate(&self, num_nodes: u32, num_outputs: usize) -> Result<()> {
        self.measure.validate()?;
        let count = |option: &OptionSpec, value: u32| option.check(value.into());
        match &self.partition {
            OutputPartition::Merge { limit: BatchLimit::Outputs(outputs), .. } => {
                count(&OUTPUTS_PER_BATCH, *outputs)?;
            }
            OutputPartition::Merge { limit: BatchLimit::Nodes(nodes), .. } => {
                count(&NODES_PER_BATCH, *nodes)?;
            }
            OutputPartition::Random { outputs_per_batch, .. } => {
                count(&OUTPUTS_PER_BATCH, *outputs_per_batch)?;
            }
            OutputPartition::Parts { config, .. } => {
                count(&NUM_BATCHES, config.num_parts)?;
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
            Auxiliary::Each { top_k } => count(&TOP_K, top_k),
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
            Auxiliary::Together { expand_ratio, .. } => EXPAND_RATIO.check(expand_ratio),
            Auxiliary::Part => Ok(()),
        }
    }
}

fn outputs_per_batch(given: &mut Given, num_outputs: usize) -> u32 {
    let asked = given.count(&OUTPUTS_PER_BATCH).unwrap_or_else(|| default_outputs_per_batch(num_outputs));
    let limit = match BatchLimit::Outputs(asked).evened_out(num_outputs) {
        BatchLimit::Outputs(evened) if given.flag(&EVEN_OUT) => evened,
        _ => asked,
    };
    given.settle(&OUTPUTS_PER_BATCH, limit.into());
    limit
}

fn parts(given: &mut Given, num_outputs: usize) -> OutputPartition {
    let usual = || NUM_BATCHES.count_for(num_outputs as u64) as u32;
    let num_parts = given.count(&NUM_BATCHES).unwrap_or_else(usual);
    given.settle(&NUM_BATCHES, num_parts.into());
    let seed = given.size_or_default(&SEED);
    let config = PartitionConfig { num_parts, seed, ..PartitionConfig::default() };
    OutputPartition::Parts { config, balance_outputs: given.word::<Balance>(&BALANCE) == Balance::Outputs }
}

/// The default of [`OUTPUTS_PER_BATCH`], evened out so that batches of that size are filled.
pub fn default_outputs_per_batch(num_outputs: usize) -> u32 {
    let wanted = BatchLimit::Outputs(OUTPUTS_PER_BATCH.count_for(num_outputs as u64) as u32);
    match wanted.evened_out(num_outputs) {
        BatchLimit::Outputs(outputs) | BatchLimit::Nodes(outputs) => outputs,
    }
}
