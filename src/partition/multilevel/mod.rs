//! A multilevel k-way partitioner.

mod coarsen;
mod connect;
mod fuel;
mod initial;
mod level;
mod queue;
mod refine;

use oorandom::Rand32;

use crate::error::{Error, Result};
use crate::graph::Csr;
use crate::limits;
use crate::task::{Progress, Step};
use coarsen::{ClusterLimits, Coarsening};
use fuel::Fuel;
use initial::InitialPartition;
use level::Level;
use refine::{Effort, Refinement};

/// Options of a partition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartitionConfig {
    /// Number of parts, `>= 1`.
    pub num_parts: u32,
    /// Seed of the random choices.
    pub seed: u64,
    /// How much heavier than the mean a part may be, `0 <= imbalance <= 1`.
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
            return Err(Error::option("num_parts", "0 is out of range, allowed is an integer >= 1"));
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
pub enum Balance<'a> {
    /// Nodes.
    Nodes,
    /// These output nodes; the others weigh nothing.
    Outputs(&'a [u32]),
    /// Weights, one a node.
    Weights(&'a [u32]),
}

impl Balance<'_> {
    fn weights(self, num_nodes: u32) -> Result<Vec<u32>> {
        match self {
            Self::Nodes => limits::filled(num_nodes as usize, 1),
            Self::Weights(weights) if weights.len() == num_nodes as usize => {
                let total = weights.iter().map(|&weight| u64::from(weight)).sum();
                limits::check("sum of the node weights", total, (u32::MAX / 4).into())?;
                Ok(weights.to_vec())
            }
            Self::Weights(weights) => Err(Error::ShapeMismatch(format!(
                "{} node weights for a graph of {num_nodes} nodes",
                weights.len()
            ))),
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
        }
    }
}

/// A partition of the nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// Part of every node.
    pub part: Vec<u32>,
    /// Edges between different parts.
    pub edge_cut: u64,
}

/// The weight that no part exceeds: `(1 + imbalance)` times the mean, rounded up, or what whole nodes force.
///
/// When a part is heavier, another is lighter than the mean and has room for any node, so the bound can be reached.
pub fn max_part_weight(total: u64, num_parts: u32, imbalance: f64, heaviest_node: u32) -> u64 {
    let wanted = ((1.0 + imbalance) * total as f64 / f64::from(num_parts)).ceil() as u64;
    let forced = total.div_ceil(num_parts.into()) + u64::from(heaviest_node).saturating_sub(1);
    wanted.max(forced)
}

enum Stage {
    Coarsening(Option<Coarsening>),
    Partitioning(InitialPartition),
    Refining(Refinement),
    Done(Partition),
}

/// Partitions a graph step by step.
pub struct PartitionJob {
    config: PartitionConfig,
    rng: Rand32,
    /// From fine to coarse.
    levels: Vec<Level>,
    /// Node of the next coarser level, for every level but the coarsest.
    maps: Vec<Vec<u32>>,
    /// Nodes at which coarsening ends.
    target: usize,
    stage: Stage,
    refined_nodes: u64,
}

impl PartitionJob {
    /// Copies the graph without its loops.
    pub fn new(csr: &Csr, balance: Balance<'_>, config: PartitionConfig) -> Result<Self> {
        config.validate()?;
        let n = csr.num_nodes();
        let weights = balance.weights(n)?;
        let k = config.num_parts;
        let stage = if k == 1 || n <= k {
            let part: Vec<u32> = if k == 1 { limits::filled(n as usize, 0)? } else { (0..n).collect() };
            let edge_cut = if k == 1 { 0 } else { Level::new(csr, weights.clone())?.cut(&part) };
            Stage::Done(Partition { part, edge_cut })
        } else {
            Stage::Coarsening(None)
        };
        let per_part: usize = std::env::var("PP").ok().and_then(|s| s.parse().ok()).unwrap_or(40);
        let target = (per_part * k as usize).max(400);
        Ok(Self {
            config,
            rng: Rand32::new(config.seed),
            levels: vec![Level::new(csr, weights)?],
            maps: Vec::new(),
            target,
            stage,
            refined_nodes: 0,
        })
    }

    fn coarsest(&self) -> &Level {
        self.levels.last().expect("the finest is always there")
    }

    fn refinement(&self, part: Vec<u32>) -> Refinement {
        let level = self.coarsest();
        let k = self.config.num_parts;
        let max = max_part_weight(level.total().into(), k, self.config.imbalance, level.max_weight()) as u32;
        let ev = |s: &str, d: usize| std::env::var(s).ok().and_then(|s| s.parse().ok()).unwrap_or(d);
        let effort = Effort { passes: ev("PASSES", 6) as u32, patience: ev("PAT", 300) };
        Refinement::new(level, part, vec![max; k as usize], effort)
    }

    fn advance(&mut self, fuel: &mut Fuel) {
        let ev = |s: &str, d: usize| std::env::var(s).ok().and_then(|s| s.parse().ok()).unwrap_or(d);
        while !fuel.is_empty() {
            match &mut self.stage {
                Stage::Coarsening(slot) => {
                    let level = self.levels.last().expect("the finest is always there");
                    if slot.is_none() && level.num_nodes() > self.target {
                        let limits = ClusterLimits {
                            weight: ((ev("CAP", 150) as u64 * u64::from(level.total())
                                / 100
                                / self.target as u64) as u32)
                                .max(1),
                            members: ev("MEM", 2) as u32,
                            clusters: self.target,
                        };
                        *slot = Some(Coarsening::new(level, limits, &mut self.rng));
                    }
                    let mut go_on = false;
                    if let Some(coarsening) = slot {
                        if !coarsening.advance(level, fuel) {
                            return;
                        }
                        go_on = coarsening.num_clusters() * 20 <= level.num_nodes() * 19;
                    }
                    if go_on {
                        let (level, map) = slot.take().expect("just advanced").finish();
                        if std::env::var("V").is_ok() {
                            eprintln!(
                                "level {} nodes {} edges maxw {}",
                                level.num_nodes(),
                                level.edges.len(),
                                level.max_weight()
                            );
                        }
                        self.levels.push(level);
                        self.maps.push(map);
                    } else {
                        let initial =
                            InitialPartition::new(level, self.config.num_parts, self.config.imbalance);
                        self.stage = Stage::Partitioning(initial);
                    }
                }
                Stage::Partitioning(initial) => {
                    let level = self.levels.last().expect("the finest is always there");
                    if !initial.advance(level, &mut self.rng, fuel) {
                        return;
                    }
                    let Stage::Partitioning(initial) =
                        std::mem::replace(&mut self.stage, Stage::Coarsening(None))
                    else {
                        unreachable!("just matched")
                    };
                    let part = initial.finish();
                    if std::env::var("V").is_ok() {
                        eprintln!("initial cut {}", self.coarsest().cut(&part));
                    }
                    self.stage = Stage::Refining(self.refinement(part));
                }
                Stage::Refining(refinement) => {
                    let level = self.levels.last().expect("the finest is always there");
                    if !refinement.advance(level, fuel) {
                        return;
                    }
                    let Stage::Refining(refinement) =
                        std::mem::replace(&mut self.stage, Stage::Coarsening(None))
                    else {
                        unreachable!("just matched")
                    };
                    let part = refinement.finish();
                    if std::env::var("V").is_ok() {
                        eprintln!("refined {} cut {}", level.num_nodes(), level.cut(&part));
                    }
                    self.refined_nodes += level.num_nodes() as u64;
                    match self.maps.pop() {
                        Some(map) => {
                            self.levels.pop();
                            let projected = map.iter().map(|&to| part[to as usize]).collect();
                            self.stage = Stage::Refining(self.refinement(projected));
                        }
                        None => {
                            let edge_cut = level.cut(&part);
                            self.stage = Stage::Done(Partition { part, edge_cut });
                        }
                    }
                }
                Stage::Done(_) => return,
            }
        }
    }
}

impl Step for PartitionJob {
    type Output = Partition;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        self.advance(&mut Fuel::new(budget));
        let finished = matches!(self.stage, Stage::Done(_));
        Ok(Progress { stage: "refining", done: 0, total: 0, finished })
    }

    fn finish(self) -> Result<Self::Output> {
        match self.stage {
            Stage::Done(partition) => Ok(partition),
            _ => Err(Error::Internal("the partition is not finished".to_owned())),
        }
    }
}
