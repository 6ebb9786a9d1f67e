//! Builds plans of every kind, stage by stage.

mod together;

use std::sync::Arc;

use oorandom::Rand32;

use super::cache::{CachedPartition, PlanCache, SetRows};
use super::config::{Auxiliary, OutputPartition, PlanConfig};
use super::estimate::least_plan_bytes;
use super::merge_outputs::Merge;
use super::outputs::positions;
use super::pairs::PairBuckets;
use super::plan::Plan;
use super::write::PlanWriter;
use crate::error::{Error, Result};
use crate::graph::{ABSENT, Dataset};
use crate::influence::{InfluenceRows, Walker};
use crate::limits::{self, Limits};
use crate::partition::{Balance, PartitionJob, by_part};
use crate::task::{Progress, Step};

/// A batch before it is written.
struct Draft {
    /// Positions of the outputs.
    members: Vec<u32>,
    /// Number of the part they come from; 0 where there are no parts.
    part: u32,
}

enum PlanStage {
    Partitioning(Box<PartitionJob>),
    Influence,
    Merging { pairs: PairBuckets, rows_done: u32, merge: Merge, pairs_done: u64 },
    Writing { drafts: Vec<Draft>, writer: Box<PlanWriter> },
    Done(Plan),
}

/// A node-wise plan, under the name of the published variant.
pub type NodeWiseJob = PlanJob;

/// Builds a plan step by step.
///
/// Stages, as far as the options need them: those of [`PartitionJob`], `influence` (one unit an output), `merging` (one unit a row or pair),
/// `writing batches` (one unit a batch). Merged batches come in the order of the packing: by size, then by members;
/// those of a partition by part. Within a batch nodes ascend.
///
/// # Cost
/// `O(m / (alpha eps) + p log p)` for `m` outputs with `p` pairs in reach of each other, whatever the size of the
/// graph but for `36 n` bytes of scratch.
/// # Source
/// [Gasteiger22], node-wise IBMB.
/// # Example
/// ```
/// use std::sync::Arc;
/// use ibmb::batch::{BatchLimit, NodeWiseConfig, NodeWiseJob};
/// use ibmb::graph::{Dataset, Graph, Normalization, Report};
/// use ibmb::{influence::PushConfig, limits::Limits, task};
///
/// let (graph, _) = Graph::from_edges(4, &[(0, 1), (1, 2), (2, 3)], &Limits::default())?;
/// let dataset = Dataset::new("path", graph, None, None, None, vec![], Report::default())?;
/// let config = NodeWiseConfig {
///     push: PushConfig::default(),
///     top_k: 2,
///     limit: BatchLimit::Outputs(2),
///     normalization: Normalization::GlobalSym,
/// };
/// let plan = task::run(NodeWiseJob::new(Arc::new(dataset), vec![0, 1, 2, 3], config, Limits::default())?)?;
/// assert_eq!(plan.num_batches(), 2);
/// assert_eq!(plan.batch(0).output_nodes(), [0, 1]);
/// # Ok::<(), ibmb::Error>(())
/// ```
pub struct PlanJob {
    dataset: Arc<Dataset>,
    config: PlanConfig,
    limits: Limits,
    outputs: Vec<u32>,
    positions: Vec<u32>,
    walker: Walker,
    rows: Arc<InfluenceRows>,
    sums: Arc<SetRows>,
    /// Part of every node, where the options ask for one and once it is known.
    partition: Option<Arc<CachedPartition>>,
    cache: PlanCache,
    /// Position of every node in the cached rows.
    cached_positions: Vec<u32>,
    stage: PlanStage,
}

impl PlanJob {
    /// Checks the options and takes the outputs, in any order.
    ///
    /// # Errors
    /// `invalid_option` for an option out of range; `invalid_graph` for an output that does not exist or comes twice;
    /// `limit_exceeded` when not even the outputs fit into `max_plan_bytes`.
    pub fn new(
        dataset: Arc<Dataset>,
        outputs: Vec<u32>,
        config: impl Into<PlanConfig>,
        limits: Limits,
    ) -> Result<Self> {
        let config: PlanConfig = config.into();
        let num_nodes = dataset.graph.num_nodes();
        config.validate(num_nodes, outputs.len())?;
        let positions = positions(num_nodes, &outputs)?;
        limits::check(
            "bytes of the plan at the least (fewer outputs need fewer)",
            least_plan_bytes(num_nodes, &outputs, &config),
            limits.max_plan_bytes,
        )?;
        let walker = Walker::new(dataset.graph.adjacency(), config.measure)?;
        let mut job = Self {
            walker,
            rows: Arc::new(InfluenceRows::new(config.measure)),
            sums: Arc::new(SetRows { sets: Vec::new(), rows: InfluenceRows::new(config.measure) }),
            partition: None,
            cache: PlanCache::default(),
            cached_positions: Vec::new(),
            stage: PlanStage::Influence,
            dataset,
            config,
            limits,
            outputs,
            positions,
        };
        if let OutputPartition::Parts { config, .. } = job.config.partition {
            let csr = job.dataset.graph.undirected(&job.limits)?;
            let balanced = job.balanced_outputs();
            let balance = balanced.as_deref().map_or(Balance::All, Balance::Outputs);
            let partitioning = PartitionJob::new(&csr, balance, config)?;
            job.stage = PlanStage::Partitioning(Box::new(partitioning));
        } else {
            job.after_partition()?;
        }
        Ok(job)
    }

    /// The outputs, ascending, when parts are to share them evenly.
    fn balanced_outputs(&self) -> Option<Vec<u32>> {
        let OutputPartition::Parts { balance_outputs: true, .. } = self.config.partition else { return None };
        let mut outputs = self.outputs.clone();
        outputs.sort_unstable();
        Some(outputs)
    }

    /// Goes on to influence, or to writing when no rows are needed.
    fn after_partition(&mut self) -> Result<()> {
        if self.needs_rows() {
            self.stage = PlanStage::Influence;
            return Ok(());
        }
        self.begin_writing(self.drafts())
    }

    /// Part of every node, for plans that have a partition.
    fn part(&self) -> &[u32] {
        match (&self.config.partition, &self.partition) {
            (OutputPartition::Given(part), _) => part,
            (_, Some(partition)) => &partition.part,
            _ => &[],
        }
    }

    /// Uses what earlier plans of the same graph left behind, as far as the measure is the same.
    pub fn reusing(mut self, cache: &PlanCache) -> Self {
        let measure = self.config.measure;
        if let Some(rows) = cache.rows.as_ref().filter(|rows| rows.measure() == measure && self.needs_rows())
        {
            if rows.sources() == self.outputs {
                self.rows = Arc::clone(rows);
            } else {
                self.cached_positions = vec![ABSENT; self.positions.len()];
                for (position, &source) in (0..).zip(rows.sources()) {
                    self.cached_positions[source as usize] = position;
                }
            }
        }
        if let (OutputPartition::Parts { config, .. }, Some(known)) =
            (&self.config.partition, &cache.partition)
            && known.config == *config
            && known.balanced == self.balanced_outputs()
        {
            self.partition = Some(Arc::clone(known));
        }
        self.cache = cache.clone();
        self
    }

    /// What the next plan of the same graph can use: the rows of this one, and those of earlier ones where this one
    /// has none. Complete once the plan is.
    pub fn cache(&self) -> PlanCache {
        let rows = if self.needs_rows() { Some(Arc::clone(&self.rows)) } else { self.cache.rows.clone() };
        let has_sums = !self.sums.sets.is_empty();
        let sums = if has_sums { Some(Arc::clone(&self.sums)) } else { self.cache.sums.clone() };
        let partition = self.partition.clone().or_else(|| self.cache.partition.clone());
        PlanCache { rows, sums, partition }
    }

    /// Whether the row of every output is needed.
    fn needs_rows(&self) -> bool {
        matches!(self.config.partition, OutputPartition::Merge { .. })
            || matches!(self.config.auxiliary, Auxiliary::Each { .. })
    }

    fn step_partitioning(&mut self, budget: u32) -> Result<Progress> {
        if self.partition.is_some() {
            self.after_partition()?;
            return Ok(self.progress());
        }
        let PlanStage::Partitioning(job) = &mut self.stage else { return Ok(self.progress()) };
        let progress = job.step(budget)?;
        if !progress.finished {
            return Ok(progress);
        }
        let PlanStage::Partitioning(job) = std::mem::replace(&mut self.stage, PlanStage::Influence) else {
            return Ok(self.progress());
        };
        let OutputPartition::Parts { config, .. } = self.config.partition else { return Ok(self.progress()) };
        let part = job.finish()?.part;
        self.partition = Some(Arc::new(CachedPartition { config, balanced: self.balanced_outputs(), part }));
        self.after_partition()?;
        Ok(Progress { finished: false, ..progress })
    }

    fn step_influence(&mut self, budget: u32) -> Result<()> {
        let start = self.rows.sources().len();
        let end = self.outputs.len().min(start.saturating_add(budget as usize));
        if start < end {
            // Rows that are shared are complete, so this never copies them.
            let rows = Arc::make_mut(&mut self.rows);
            for &source in &self.outputs[start..end] {
                let known = self.cached_positions.get(source as usize).copied().unwrap_or(ABSENT);
                match self.cache.rows.as_ref().filter(|_| known != ABSENT) {
                    Some(cached) => rows.append_from(cached, known as usize, source, &self.limits)?,
                    None => {
                        let row = self.walker.row(self.dataset.graph.adjacency(), source)?;
                        rows.append(source, row, &self.limits)?;
                    }
                }
            }
        }
        if self.rows.sources().len() < self.outputs.len() {
            return Ok(());
        }
        match self.config.partition {
            OutputPartition::Merge { limit, .. } => {
                let top_k = match self.config.auxiliary {
                    Auxiliary::Each { top_k } => top_k,
                    Auxiliary::Together { .. } | Auxiliary::Part => 1,
                };
                let merge = Merge::new(limit, top_k, &self.rows);
                self.stage =
                    PlanStage::Merging { pairs: PairBuckets::default(), rows_done: 0, merge, pairs_done: 0 };
                Ok(())
            }
            _ => self.begin_writing(self.drafts()),
        }
    }

    fn step_merging(&mut self, budget: u32) -> Result<()> {
        let PlanStage::Merging { pairs, rows_done, merge, pairs_done } = &mut self.stage else {
            return Ok(());
        };
        let OutputPartition::Merge { scale, .. } = self.config.partition else { return Ok(()) };
        let m = self.outputs.len() as u32;
        if *rows_done < m {
            let end = m.min(rows_done.saturating_add(budget));
            let csr = self.dataset.graph.adjacency();
            for i in *rows_done..end {
                pairs.add_row(
                    &self.rows,
                    i,
                    |node| Some(self.positions[node as usize]).filter(|&position| position != ABSENT),
                    |mass, from, to| scale.scale(mass, csr.strength(from), csr.strength(to)),
                );
            }
            *rows_done = end;
            return Ok(());
        }
        let stop = pairs_done.saturating_add(budget.into());
        while *pairs_done < stop {
            let Some(bucket) = pairs.pop() else { break };
            for pair in &bucket {
                merge.offer(pair.i, pair.j);
            }
            *pairs_done += bucket.len() as u64;
        }
        if *pairs_done == pairs.num_pairs() {
            let drafts = merge.pack().into_iter().map(|members| Draft { members, part: 0 }).collect();
            return self.begin_writing(drafts);
        }
        Ok(())
    }

    /// Batches of a partition that needs no influence.
    fn drafts(&self) -> Vec<Draft> {
        let m = self.outputs.len() as u32;
        match &self.config.partition {
            OutputPartition::Merge { .. } => Vec::new(),
            OutputPartition::Parts { .. } | OutputPartition::Given(_) => {
                let part = self.part();
                let of_outputs: Vec<u32> = self.outputs.iter().map(|&node| part[node as usize]).collect();
                by_part(&of_outputs).into_iter().map(|(part, members)| Draft { members, part }).collect()
            }
            OutputPartition::Random { outputs_per_batch, seed } => {
                let mut order: Vec<u32> = (0..m).collect();
                // Fisher and Yates, from the end.
                let mut random = Rand32::new(*seed);
                for last in (1..m).rev() {
                    order.swap(last as usize, random.rand_range(0..last + 1) as usize);
                }
                let chunks = order.chunks(*outputs_per_batch as usize);
                chunks.map(|members| Draft { members: members.to_vec(), part: 0 }).collect()
            }
        }
    }

    fn begin_writing(&mut self, drafts: Vec<Draft>) -> Result<()> {
        let writer = PlanWriter::new(&self.dataset.graph, self.config.normalization, &self.limits)?;
        self.stage = PlanStage::Writing { drafts, writer: Box::new(writer) };
        Ok(())
    }

    fn step_writing(&mut self, budget: u32) -> Result<()> {
        let mut written = 0;
        loop {
            let PlanStage::Writing { drafts, writer } = &mut self.stage else { return Ok(()) };
            let Some(draft) = drafts.get(writer.num_batches()) else {
                let plan = writer.take();
                self.stage = PlanStage::Done(plan);
                return Ok(());
            };
            let num_batches = drafts.len();
            let members = draft.members.clone();
            let part = draft.part;
            if written > 0 && written + members.len() as u64 > budget.into() {
                return Ok(());
            }
            written += members.len() as u64;
            match self.config.auxiliary {
                Auxiliary::Each { top_k } => {
                    writer.write_each(self.dataset.graph.adjacency(), &members, &self.rows, top_k)?;
                }
                Auxiliary::Together { expand_ratio, direction } => {
                    self.write_together(&members, num_batches, expand_ratio, direction)?;
                }
                Auxiliary::Part => self.write_part(&members, part)?,
            }
        }
    }

    fn progress(&self) -> Progress {
        let m = self.outputs.len() as u64;
        let (stage, done, total, finished) = match &self.stage {
            PlanStage::Partitioning(_) => ("partitioning", 0, 1, false),
            PlanStage::Influence => ("influence", self.rows.sources().len() as u64, m, false),
            // Until all rows are seen the number of pairs is not known: they count as the first half.
            PlanStage::Merging { rows_done, pairs_done, pairs, .. } => {
                let second = if u64::from(*rows_done) < m || pairs.num_pairs() == 0 {
                    0
                } else {
                    pairs_done * m / pairs.num_pairs()
                };
                ("merging", u64::from(*rows_done) + second, 2 * m, false)
            }
            PlanStage::Writing { drafts, writer } => {
                ("writing batches", writer.num_batches() as u64, drafts.len() as u64, false)
            }
            PlanStage::Done(plan) => {
                ("writing batches", plan.num_batches() as u64, plan.num_batches() as u64, true)
            }
        };
        Progress { stage, done, total, finished }
    }
}

impl Step for PlanJob {
    type Output = Plan;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let budget = budget.max(1);
        match self.stage {
            PlanStage::Partitioning(_) => return self.step_partitioning(budget),
            PlanStage::Influence => self.step_influence(budget)?,
            PlanStage::Merging { .. } => self.step_merging(budget)?,
            PlanStage::Writing { .. } => self.step_writing(budget)?,
            PlanStage::Done(_) => {}
        }
        Ok(self.progress())
    }

    fn finish(self) -> Result<Plan> {
        match self.stage {
            PlanStage::Done(plan) => Ok(plan),
            _ => Err(Error::Internal("the plan is not finished".to_owned())),
        }
    }
}
