//! The stages of a partition, step by step.

use oorandom::Rand32;

use super::budget::Budget;
use super::coarsen::{ClusterLimits, Coarsening};
use super::initial::InitialPartition;
use super::level::Level;
use super::refine::{Effort, Refinement};
use super::{Balance, Partition, PartitionConfig, max_part_weight};
use crate::error::{Error, Result};
use crate::graph::Csr;
use crate::limits;
use crate::task::{Progress, Step};

/// Nodes of the coarsest level for every part.
const NODES_PER_PART: usize = 40;
/// Nodes of the coarsest level at least.
const MIN_COARSEST: usize = 400;
/// Nodes that may become one in one coarsening. With 2, graphs with hubs shrink slowly and badly.
const CLUSTER_MEMBERS: u32 = 8;
/// The search on every level. A patience of 50 cuts a grid badly; one of 200 everywhere takes a tenth longer.
const EFFORT: Effort = Effort { passes: 6, patience: (100, 200) };

/// Partitions a graph into parts of about equal weight with few edges between them.
///
/// Use it for batches that are whole neighbourhoods; [`GreedyMerge`](crate::partition::GreedyMerge) partitions output
/// nodes by influence. Stages: `coarsening` (one unit a node merged into another), `partitioning` (one unit a
/// bisection), `refining` (one unit a node of a level and pass). The same seed gives the same bits everywhere, whatever
/// the budgets of the steps.
///
/// # Cost
/// `O((n + m) log k)` time for `m` edges and `k` parts; about `60 n + 50 m` bytes.
/// # Source
/// [Karypis98] for coarsening, recursive bisection of the coarsest level and refinement on the way back; clusters
/// instead of pairs as in [Meyerhenke14]; local search after [Fiduccia82] and [Sanders11]. Ours: nodes left alone join
/// those that wanted the same cluster, gains in the queue are upper bounds, each made exact when it comes to the top.
/// # Example
/// ```
/// use ibmb::graph::Graph;
/// use ibmb::partition::{Balance, PartitionConfig, PartitionJob};
/// use ibmb::{limits::Limits, task};
/// // Two triangles and an edge between them.
/// let edges = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3)];
/// let (graph, _) = Graph::from_edges(6, &edges, &Limits::default())?;
/// let config = PartitionConfig { num_parts: 2, ..PartitionConfig::default() };
/// let found = task::run(PartitionJob::new(graph.adjacency(), Balance::All, config)?)?;
/// assert_eq!(found.edge_cut, 1);
/// assert_eq!(found.part[..3], [found.part[0]; 3]);
/// # Ok::<(), ibmb::Error>(())
/// ```
pub struct PartitionJob {
    config: PartitionConfig,
    rng: Rand32,
    /// From fine to coarse.
    levels: Vec<Level>,
    /// Node of the next coarser level, for every level but the coarsest.
    maps: Vec<Vec<u32>>,
    /// Nodes at which coarsening ends.
    target: usize,
    num_nodes: u32,
    stage: PartitionStage,
    /// Nodes of all levels, and of those refined.
    level_nodes: u64,
    refined_nodes: u64,
}

enum PartitionStage {
    Coarsening(Option<Box<Coarsening>>),
    Partitioning(InitialPartition),
    Refining(Box<Refinement>),
    Done(Partition),
}

impl PartitionJob {
    /// Copies the graph; nothing is partitioned yet.
    ///
    /// # Arguments
    /// * `csr`: symmetric adjacency; self-loops do not count.
    /// * `balance`: what the parts share evenly. No part weighs more than [`max_part_weight`]. With fewer nodes than
    ///   parts every node is a part of its own and the other parts are empty.
    /// # Errors
    /// `invalid_option` for `num_parts` or `imbalance` out of range; `invalid_graph` for an output that does not exist;
    /// `shape_mismatch` for weights of another length, `limit_exceeded` when their sum exceeds `2^30`;
    /// `out_of_memory`.
    pub fn new(csr: &Csr, balance: Balance<'_>, config: PartitionConfig) -> Result<Self> {
        config.validate()?;
        let num_nodes = csr.num_nodes();
        let finest = Level::new(csr, balance.weights(num_nodes)?)?;
        let k = config.num_parts;
        let stage = if k == 1 || num_nodes <= k {
            let part: Vec<u32> = (0..num_nodes).map(|node| if k == 1 { 0 } else { node }).collect();
            PartitionStage::Done(Partition { edge_cut: finest.cut(&part), part })
        } else {
            PartitionStage::Coarsening(None)
        };
        Ok(Self {
            config,
            rng: Rand32::new(config.seed),
            levels: vec![finest],
            maps: Vec::new(),
            target: (NODES_PER_PART.saturating_mul(k as usize)).max(MIN_COARSEST),
            num_nodes,
            stage,
            level_nodes: num_nodes.into(),
            refined_nodes: 0,
        })
    }

    /// Works on one stage until it ends or the budget does.
    fn advance(&mut self, budget: &mut Budget) -> Result<()> {
        let level = self.levels.last().expect("the finest is always there");
        match &mut self.stage {
            PartitionStage::Coarsening(Some(coarsening)) => {
                if coarsening.advance(level, budget)? {
                    self.add_level();
                }
            }
            PartitionStage::Coarsening(None) => {
                // Half as many again is near enough.
                if level.num_nodes() * 2 > self.target * 3 {
                    let bounds = ClusterLimits {
                        weight: (u64::from(level.total()) * 3 / (2 * self.target as u64)).max(1) as u32,
                        members: CLUSTER_MEMBERS,
                        clusters: self.target,
                    };
                    let coarsening = Coarsening::new(level, bounds, &mut self.rng)?;
                    self.stage = PartitionStage::Coarsening(Some(Box::new(coarsening)));
                } else {
                    self.start_partitioning();
                }
            }
            PartitionStage::Partitioning(initial) => {
                if initial.advance(level, &mut self.rng, budget)? {
                    let part = initial.take();
                    self.stage = PartitionStage::Refining(self.refinement(part)?);
                }
            }
            PartitionStage::Refining(refinement) => {
                if refinement.advance(level, budget) {
                    let part = refinement.take();
                    self.end_level(part)?;
                }
            }
            PartitionStage::Done(_) => {}
        }
        Ok(())
    }

    /// Takes the level that was built; one that is hardly smaller ends the stage.
    fn add_level(&mut self) {
        let PartitionStage::Coarsening(slot) = &mut self.stage else { return };
        let Some(coarsening) = slot.take() else { return };
        let fine = self.levels.last().map_or(0, Level::num_nodes);
        if coarsening.num_clusters() * 20 > fine * 19 {
            self.start_partitioning();
            return;
        }
        let (level, map) = coarsening.finish();
        self.level_nodes += level.num_nodes() as u64;
        self.levels.push(level);
        self.maps.push(map);
    }

    fn start_partitioning(&mut self) {
        let coarsest = self.levels.last().expect("the finest is always there");
        let PartitionConfig { num_parts, imbalance, .. } = self.config;
        let initial = InitialPartition::new(coarsest, num_parts, imbalance, self.max_weight(coarsest));
        self.stage = PartitionStage::Partitioning(initial);
    }

    /// Refines the level that is the coarsest by now.
    fn refinement(&self, part: Vec<u32>) -> Result<Box<Refinement>> {
        let level = self.levels.last().expect("the finest is always there");
        let max = limits::filled(self.config.num_parts as usize, self.max_weight(level))?;
        Ok(Box::new(Refinement::new(level, part, max, EFFORT)?))
    }

    /// Greatest weight of a part on a level.
    fn max_weight(&self, level: &Level) -> u32 {
        let PartitionConfig { num_parts, imbalance, .. } = self.config;
        // At most twice a total of 30 bits.
        max_part_weight(level.total().into(), num_parts, imbalance, level.max_weight()) as u32
    }

    /// Goes to the next finer level with the parts of this one.
    fn end_level(&mut self, part: Vec<u32>) -> Result<()> {
        let level = self.levels.last().expect("the finest is always there");
        self.refined_nodes += level.num_nodes() as u64;
        let Some(map) = self.maps.pop() else {
            self.stage = PartitionStage::Done(Partition { edge_cut: level.cut(&part), part });
            return Ok(());
        };
        self.levels.pop();
        let mut finer = limits::reserve(map.len())?;
        finer.extend(map.iter().map(|&node| part[node as usize]));
        self.stage = PartitionStage::Refining(self.refinement(finer)?);
        Ok(())
    }

    fn progress(&self) -> Progress {
        let passes = u64::from(EFFORT.passes);
        let (stage, done, total) = match &self.stage {
            PartitionStage::Coarsening(coarsening) => {
                let level = self.levels.last().map_or(0, Level::num_nodes);
                let left = coarsening.as_ref().map_or(level, |coarsening| coarsening.num_clusters());
                let total = u64::from(self.num_nodes).saturating_sub(self.target as u64);
                ("coarsening", (u64::from(self.num_nodes) - left as u64).min(total), total)
            }
            PartitionStage::Partitioning(initial) => {
                ("partitioning", initial.done().into(), u64::from(self.config.num_parts) - 1)
            }
            PartitionStage::Refining(refinement) => {
                let level = self.levels.last().map_or(0, Level::num_nodes) as u64;
                let done = self.refined_nodes * passes + level * u64::from(refinement.passes_done());
                ("refining", done, self.level_nodes * passes)
            }
            PartitionStage::Done(_) => ("refining", self.level_nodes * passes, self.level_nodes * passes),
        };
        Progress { stage, done, total, finished: matches!(self.stage, PartitionStage::Done(_)) }
    }
}

impl Step for PartitionJob {
    type Output = Partition;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let mut budget = Budget::new(budget.max(1));
        while !budget.is_empty() && !matches!(self.stage, PartitionStage::Done(_)) {
            self.advance(&mut budget)?;
        }
        Ok(self.progress())
    }

    fn finish(self) -> Result<Partition> {
        match self.stage {
            PartitionStage::Done(partition) => Ok(partition),
            _ => Err(Error::Internal("the partition was taken before its last step".to_owned())),
        }
    }
}
