//! Node-wise IBMB: outputs merged by shared influence, the top-k auxiliary nodes of each.

use std::sync::Arc;

use super::estimate::least_plan_bytes;
use super::pairs::PairBuckets;
use super::plan::Plan;
use super::write::{PlanWriter, select};
use crate::error::{Error, Result};
use crate::graph::{ABSENT, Dataset, Normalization};
use crate::influence::{PushConfig, PushRows, Pusher};
use crate::limits::{self, Limits};
use crate::partition::{GreedyMerge, UnionMerge, pack};
use crate::task::{Progress, Step};

/// What bounds a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchLimit {
    /// Output nodes, `>= 1`; the published experiments use this.
    Outputs(u32),
    /// All nodes, outputs and auxiliary nodes together, `>= 1`. An output whose own nodes are more stays alone.
    Nodes(u32),
}

/// Options of a node-wise plan.
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

impl NodeWiseConfig {
    /// `invalid_option` when a value is out of range.
    pub fn validate(&self) -> Result<()> {
        self.push.validate()?;
        let limit = match self.limit {
            BatchLimit::Outputs(outputs) => ("outputs_per_batch", outputs),
            BatchLimit::Nodes(nodes) => ("nodes_per_batch", nodes),
        };
        for (name, value) in [("top_k", self.top_k), limit] {
            if value == 0 {
                return Err(Error::option(name, "0 is out of range, allowed is an integer >= 1"));
            }
        }
        Ok(())
    }
}

/// An eighth of the outputs but at least 32, then evened out so that batches of that size are filled.
pub fn default_outputs_per_batch(num_outputs: usize) -> u32 {
    let wanted = num_outputs.div_ceil(8).max(32);
    let batches = num_outputs.div_ceil(wanted).max(1);
    num_outputs.div_ceil(batches).max(1) as u32
}

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

/// Clusters that grow under either limit.
enum Merge {
    ByOutputs(GreedyMerge, u32),
    ByNodes(UnionMerge),
}

impl Merge {
    fn new(config: &NodeWiseConfig, rows: &PushRows) -> Self {
        let num_outputs = rows.sources().len() as u32;
        match config.limit {
            BatchLimit::Outputs(max) => Self::ByOutputs(GreedyMerge::new(num_outputs, max), max),
            BatchLimit::Nodes(max) => {
                let nodes =
                    |output| select(&[output], rows, config.top_k).into_iter().map(|entry| entry.node);
                Self::ByNodes(UnionMerge::new((0..num_outputs).map(|o| nodes(o).collect()).collect(), max))
            }
        }
    }

    fn offer(&mut self, i: u32, j: u32) {
        match self {
            Self::ByOutputs(merge, _) => merge.offer(i, j),
            Self::ByNodes(merge) => merge.offer(i, j),
        }
    }

    fn pack(&mut self) -> Vec<Vec<u32>> {
        match self {
            Self::ByOutputs(merge, max) => pack(merge.clusters(), *max),
            Self::ByNodes(merge) => merge.pack(),
        }
    }
}

enum Stage {
    Influence(Box<Pusher>),
    Merging { pairs: PairBuckets, rows_done: u32, merge: Merge, pairs_done: u64 },
    Writing { batches: Vec<Vec<u32>>, writer: Box<PlanWriter> },
    Done(Plan),
}

/// Builds a node-wise plan step by step.
///
/// Stages: `influence` (one unit an output), `merging` (one unit a row or pair), `writing batches` (one unit a
/// batch). Batches come in the order of the packing: by size, then by members; within one, nodes ascend.
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
pub struct NodeWiseJob {
    dataset: Arc<Dataset>,
    config: NodeWiseConfig,
    limits: Limits,
    outputs: Vec<u32>,
    positions: Vec<u32>,
    rows: Arc<PushRows>,
    stage: Stage,
}

impl NodeWiseJob {
    /// Checks the options and takes the outputs, in any order.
    ///
    /// # Errors
    /// `invalid_option` for an option out of range; `invalid_graph` for an output that does not exist or comes twice;
    /// `limit_exceeded` when not even the outputs fit into `max_plan_bytes`.
    pub fn new(
        dataset: Arc<Dataset>,
        outputs: Vec<u32>,
        config: NodeWiseConfig,
        limits: Limits,
    ) -> Result<Self> {
        config.validate()?;
        let least = least_plan_bytes(outputs.len(), config.limit);
        limits::check(
            "bytes of the plan at the least (fewer outputs need fewer)",
            least,
            limits.max_plan_bytes,
        )?;
        let positions = positions(dataset.graph.num_nodes(), &outputs)?;
        let pusher = Pusher::new(dataset.graph.adjacency(), config.push)?;
        let rows = Arc::new(PushRows::new(config.push));
        Ok(Self {
            dataset,
            config,
            limits,
            outputs,
            positions,
            rows,
            stage: Stage::Influence(Box::new(pusher)),
        })
    }

    /// Uses the rows of an earlier plan of the same graph when they were made for the same outputs and push options.
    pub fn reusing(mut self, rows: &Arc<PushRows>) -> Self {
        if rows.config() == self.config.push && rows.sources() == self.outputs {
            self.rows = Arc::clone(rows);
        }
        self
    }

    /// The push rows so far; complete once the stage `influence` is over.
    pub fn rows(&self) -> Arc<PushRows> {
        Arc::clone(&self.rows)
    }

    fn step_influence(&mut self, budget: u32) -> Result<()> {
        let Stage::Influence(pusher) = &mut self.stage else { return Ok(()) };
        let start = self.rows.sources().len();
        let end = self.outputs.len().min(start.saturating_add(budget as usize));
        if start == end {
            return Ok(());
        }
        // Rows that are shared are complete, so this never copies them.
        let rows = Arc::make_mut(&mut self.rows);
        for &source in &self.outputs[start..end] {
            let row = pusher.push(self.dataset.graph.adjacency(), source)?;
            rows.append(source, row, &self.limits)?;
        }
        Ok(())
    }

    fn begin_merging(&mut self) {
        self.stage = Stage::Merging {
            pairs: PairBuckets::default(),
            rows_done: 0,
            merge: Merge::new(&self.config, &self.rows),
            pairs_done: 0,
        };
    }

    fn step_merging(&mut self, budget: u32) -> Result<()> {
        let Stage::Merging { pairs, rows_done, merge, pairs_done } = &mut self.stage else { return Ok(()) };
        let m = self.outputs.len() as u32;
        if *rows_done < m {
            let end = m.min(rows_done.saturating_add(budget));
            for i in *rows_done..end {
                pairs.add_row(&self.rows, i, |node| {
                    Some(self.positions[node as usize]).filter(|&position| position != ABSENT)
                });
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
            let writer = PlanWriter::new(
                &self.dataset.graph,
                self.config.normalization,
                self.config.top_k,
                &self.limits,
            )?;
            self.stage = Stage::Writing { batches: merge.pack(), writer: Box::new(writer) };
        }
        Ok(())
    }

    fn step_writing(&mut self, budget: u32) -> Result<()> {
        let Stage::Writing { batches, writer } = &mut self.stage else { return Ok(()) };
        let mut written = 0;
        for batch in batches.iter().skip(writer.num_batches()) {
            writer.write(self.dataset.graph.adjacency(), batch, &self.rows)?;
            written += batch.len() as u64;
            if written >= budget.into() {
                break;
            }
        }
        if writer.num_batches() == batches.len() {
            let plan = writer.take();
            self.stage = Stage::Done(plan);
        }
        Ok(())
    }

    fn progress(&self) -> Progress {
        let m = self.outputs.len() as u64;
        let (stage, done, total, finished) = match &self.stage {
            Stage::Influence(_) => ("influence", self.rows.sources().len() as u64, m, false),
            // Until all rows are seen the number of pairs is not known: they count as the first half.
            Stage::Merging { rows_done, pairs_done, pairs, .. } => {
                let second = if u64::from(*rows_done) < m || pairs.num_pairs() == 0 {
                    0
                } else {
                    pairs_done * m / pairs.num_pairs()
                };
                ("merging", u64::from(*rows_done) + second, 2 * m, false)
            }
            Stage::Writing { batches, writer } => {
                ("writing batches", writer.num_batches() as u64, batches.len() as u64, false)
            }
            Stage::Done(plan) => {
                ("writing batches", plan.num_batches() as u64, plan.num_batches() as u64, true)
            }
        };
        Progress { stage, done, total, finished }
    }
}

impl Step for NodeWiseJob {
    type Output = Plan;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let budget = budget.max(1);
        match self.stage {
            Stage::Influence(_) => {
                self.step_influence(budget)?;
                if self.rows.sources().len() == self.outputs.len() {
                    self.begin_merging();
                }
            }
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
