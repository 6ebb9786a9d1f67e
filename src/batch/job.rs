//! Builds plans of every kind, stage by stage.

use std::sync::Arc;

use oorandom::Rand32;

use super::config::{Auxiliary, Direction, OutputPartition, PlanConfig};
use super::kept::{Kept, SetRows};
use super::merge_outputs::Merge;
use super::pairs::PairBuckets;
use super::plan::Plan;
use super::write::PlanWriter;
use crate::error::{Error, Result};
use crate::graph::{ABSENT, Dataset};
use crate::influence::{InfluenceRows, Measure, Walker, towards};
use crate::limits::{self, Limits};
use crate::partition::by_part;
use crate::task::{Progress, Step};

/// Iterations of the published batch-wise codes.
const REFERENCE_ITERATIONS: u32 = 50;

/// `invalid_graph` for an output that does not exist or comes twice.
pub fn check_outputs(num_nodes: u32, outputs: &[u32]) -> Result<()> {
    positions(num_nodes, outputs).map(|_| ())
}

/// Position of every node in `outputs`, [`ABSENT`] for the others.
fn positions(num_nodes: u32, outputs: &[u32]) -> Result<Vec<u32>> {
    let mut positions = limits::filled(num_nodes as usize, ABSENT)?;
    for (at, &node) in outputs.iter().enumerate() {
        let slot = positions.get_mut(node as usize).ok_or_else(|| {
            Error::InvalidGraph(format!("output node {node} does not exist, the graph has {num_nodes} nodes"))
        })?;
        if *slot != ABSENT {
            return Err(Error::InvalidGraph(format!(
                "output node {node} comes twice, at positions {} and {at}; every output may come once",
                *slot
            )));
        }
        *slot = at as u32;
    }
    Ok(positions)
}

/// A batch before it is written.
struct Draft {
    /// Positions of the outputs.
    members: Vec<u32>,
    /// Number of the part they come from; 0 where there are no parts.
    part: u32,
}

enum Stage {
    Influence,
    Merging { pairs: PairBuckets, rows_done: u32, merge: Merge, pairs_done: u64 },
    Writing { drafts: Vec<Draft>, writer: Box<PlanWriter> },
    Done(Plan),
}

/// A node-wise plan, under the name of the published variant.
pub type NodeWiseJob = PlanJob;

/// Builds a plan step by step.
///
/// Stages, as far as the options need them: `influence` (one unit an output), `merging` (one unit a row or pair),
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
    kept: Kept,
    /// Position of every node in the kept rows.
    kept_positions: Vec<u32>,
    stage: Stage,
}

impl PlanJob {
    /// Checks the options and takes the outputs, in any order.
    ///
    /// # Errors
    /// `invalid_option` for an option out of range; `invalid_graph` for an output that does not exist or comes twice.
    pub fn new(
        dataset: Arc<Dataset>,
        outputs: Vec<u32>,
        config: impl Into<PlanConfig>,
        limits: Limits,
    ) -> Result<Self> {
        let config: PlanConfig = config.into();
        let num_nodes = dataset.graph.num_nodes();
        config.validate(num_nodes)?;
        let positions = positions(num_nodes, &outputs)?;
        let walker = Walker::new(dataset.graph.adjacency(), config.measure)?;
        let mut job = Self {
            walker,
            rows: Arc::new(InfluenceRows::new(config.measure)),
            sums: Arc::new(SetRows { sets: Vec::new(), rows: InfluenceRows::new(config.measure) }),
            kept: Kept::default(),
            kept_positions: Vec::new(),
            stage: Stage::Influence,
            dataset,
            config,
            limits,
            outputs,
            positions,
        };
        if !job.needs_rows() {
            job.begin_writing(job.drafts())?;
        }
        Ok(job)
    }

    /// Uses what earlier plans of the same graph left behind, as far as the measure is the same.
    pub fn reusing(mut self, kept: &Kept) -> Self {
        let measure = self.config.measure;
        if let Some(rows) = kept.rows.as_ref().filter(|rows| rows.measure() == measure && self.needs_rows()) {
            if rows.sources() == self.outputs {
                self.rows = Arc::clone(rows);
            } else {
                self.kept_positions = vec![ABSENT; self.positions.len()];
                for (position, &source) in (0..).zip(rows.sources()) {
                    self.kept_positions[source as usize] = position;
                }
            }
        }
        self.kept = kept.clone();
        self
    }

    /// What the next plan of the same graph can use: the rows of this one, and those of earlier ones where this one
    /// has none. Complete once the plan is.
    pub fn kept(&self) -> Kept {
        let rows = if self.needs_rows() { Some(Arc::clone(&self.rows)) } else { self.kept.rows.clone() };
        let has_sums = !self.sums.sets.is_empty();
        let sums = if has_sums { Some(Arc::clone(&self.sums)) } else { self.kept.sums.clone() };
        Kept { rows, sums }
    }

    /// Whether the row of every output is needed.
    fn needs_rows(&self) -> bool {
        matches!(self.config.partition, OutputPartition::Merge { .. })
            || matches!(self.config.auxiliary, Auxiliary::Each { .. })
    }

    fn step_influence(&mut self, budget: u32) -> Result<()> {
        let start = self.rows.sources().len();
        let end = self.outputs.len().min(start.saturating_add(budget as usize));
        if start < end {
            // Rows that are shared are complete, so this never copies them.
            let rows = Arc::make_mut(&mut self.rows);
            for &source in &self.outputs[start..end] {
                let known = self.kept_positions.get(source as usize).copied().unwrap_or(ABSENT);
                match self.kept.rows.as_ref().filter(|_| known != ABSENT) {
                    Some(kept) => rows.append_from(kept, known as usize, source, &self.limits)?,
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
                    Stage::Merging { pairs: PairBuckets::default(), rows_done: 0, merge, pairs_done: 0 };
                Ok(())
            }
            _ => self.begin_writing(self.drafts()),
        }
    }

    fn step_merging(&mut self, budget: u32) -> Result<()> {
        let Stage::Merging { pairs, rows_done, merge, pairs_done } = &mut self.stage else { return Ok(()) };
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
            OutputPartition::Given(part) => {
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
        self.stage = Stage::Writing { drafts, writer: Box::new(writer) };
        Ok(())
    }

    fn step_writing(&mut self, budget: u32) -> Result<()> {
        let mut written = 0;
        loop {
            let Stage::Writing { drafts, writer } = &mut self.stage else { return Ok(()) };
            let Some(draft) = drafts.get(writer.num_batches()) else {
                let plan = writer.take();
                self.stage = Stage::Done(plan);
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

    /// Outputs of a batch, ascending.
    fn sorted_outputs(&self, members: &[u32]) -> Vec<u32> {
        let mut outputs: Vec<u32> = members.iter().map(|&member| self.outputs[member as usize]).collect();
        outputs.sort_unstable();
        outputs
    }

    fn write_together(
        &mut self,
        members: &[u32],
        num_batches: usize,
        ratio: f64,
        direction: Direction,
    ) -> Result<()> {
        let outputs = self.sorted_outputs(members);
        let num_parts = match &self.config.partition {
            OutputPartition::Given(part) => part.iter().max().map_or(1, |&last| last as usize + 1),
            _ => num_batches,
        };
        let k = (ratio * f64::from(self.dataset.graph.num_nodes()) / num_parts as f64).ceil() as usize;
        let index = self.sum(&outputs, direction)?;
        let (nodes, mass) = self.sums.rows.row(index);
        let best = crate::influence::top_k(nodes, mass, k);
        let selected = best.iter().zip(1..).map(|(&(node, _), rank)| (node, rank)).collect();
        self.write_set(&outputs, selected, index)
    }

    fn write_part(&mut self, members: &[u32], part: u32) -> Result<()> {
        let outputs = self.sorted_outputs(members);
        let OutputPartition::Given(parts) = &self.config.partition else { return Ok(()) };
        let nodes = (0..).zip(parts).filter(|&(_, &own)| own == part).map(|(node, _)| (node, 0)).collect();
        let index = self.sum(&outputs, Direction::Influence)?;
        self.write_set(&outputs, nodes, index)
    }

    fn write_set(&mut self, outputs: &[u32], selected: Vec<(u32, u32)>, index: usize) -> Result<()> {
        let mut nodes: Vec<u32> =
            selected.iter().map(|&(node, _)| node).chain(outputs.iter().copied()).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let captured = self.walker.captured(&self.dataset.graph, outputs, &nodes)?;
        let csr = self.dataset.graph.adjacency();
        let Stage::Writing { writer, .. } = &mut self.stage else { return Ok(()) };
        writer.write_together(csr, outputs, selected, self.sums.rows.row(index), captured)
    }

    /// Place of the summed row of a batch, computed unless it was kept.
    fn sum(&mut self, outputs: &[u32], direction: Direction) -> Result<usize> {
        let csr = self.dataset.graph.adjacency();
        let measure = self.config.measure;
        // Nobody else holds the sums of a plan that is being built.
        let sums = Arc::make_mut(&mut self.sums);
        let index = sums.sets.len() as u32;
        let kept = self.kept.sums.as_ref().filter(|kept| kept.rows.measure() == measure);
        let kept = kept.and_then(|kept| Some((kept, kept.find(outputs)?)));
        match (direction, measure, kept) {
            (Direction::Reference, Measure::PageRank(push), _) => {
                let scores = towards(csr, outputs, push.alpha, REFERENCE_ITERATIONS)?;
                sums.rows.append_dense(index, &scores, &self.limits)?;
                // Not the influence on the set: no later plan may take it for that.
                sums.sets.push(Vec::new());
                return Ok(index as usize);
            }
            (_, _, Some((kept, at))) => sums.rows.append_from(&kept.rows, at, index, &self.limits)?,
            _ => {
                let sources: Vec<(u32, f64)> = outputs.iter().map(|&output| (output, 1.0)).collect();
                sums.rows.append(index, self.walker.sum(csr, &sources)?, &self.limits)?;
            }
        }
        sums.sets.push(outputs.to_vec());
        Ok(index as usize)
    }

    fn progress(&self) -> Progress {
        let m = self.outputs.len() as u64;
        let (stage, done, total, finished) = match &self.stage {
            Stage::Influence => ("influence", self.rows.sources().len() as u64, m, false),
            // Until all rows are seen the number of pairs is not known: they count as the first half.
            Stage::Merging { rows_done, pairs_done, pairs, .. } => {
                let second = if u64::from(*rows_done) < m || pairs.num_pairs() == 0 {
                    0
                } else {
                    pairs_done * m / pairs.num_pairs()
                };
                ("merging", u64::from(*rows_done) + second, 2 * m, false)
            }
            Stage::Writing { drafts, writer } => {
                ("writing batches", writer.num_batches() as u64, drafts.len() as u64, false)
            }
            Stage::Done(plan) => {
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
            Stage::Influence => self.step_influence(budget)?,
            Stage::Merging { .. } => self.step_merging(budget)?,
            Stage::Writing { .. } => self.step_writing(budget)?,
            Stage::Done(_) => {}
        }
        Ok(self.progress())
    }

    fn finish(self) -> Result<Plan> {
        match self.stage {
            Stage::Done(plan) => Ok(plan),
            _ => Err(Error::Internal("the plan is not finished".to_owned())),
        }
    }
}
