//! The strongest paths along which a node influences an output.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Arc;

use super::power::check_node;
use crate::error::{Error, Result};
use crate::graph::{ABSENT, Csr, Dataset};
use crate::limits;
use crate::options::{ALPHA, Given, NUM_PATHS, WITHIN};
use crate::task::{Progress, Step};

/// A path without repeated nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct StrongPath {
    /// From the output to the node.
    pub nodes: Vec<u32>,
    /// Probability that a walk with restart takes these steps and stops at their end: its part of the PPR there.
    pub strength: f64,
}

impl StrongPath {
    /// The stronger first, of equal ones the shorter, then that of the smaller ids.
    fn order(&self, other: &Self) -> Ordering {
        let shorter = || self.nodes.len().cmp(&other.nodes.len());
        other.strength.total_cmp(&self.strength).then_with(shorter).then_with(|| self.nodes.cmp(&other.nodes))
    }
}

/// Options of [`PathsJob`].
#[derive(Debug, Clone, PartialEq)]
pub struct PathsConfig {
    /// Teleport probability ([`ALPHA`]).
    pub alpha: f64,
    /// How many paths at most ([`NUM_PATHS`]): each costs as many searches as the one before has steps.
    pub k: u32,
    /// The nodes that a path may go through, both ends among them; `None` for all.
    pub within: Option<Vec<u32>>,
}

impl PathsConfig {
    /// The options of a call.
    pub fn read(given: &Given) -> Self {
        Self {
            alpha: given.number_or_default(&ALPHA),
            k: given.count_or_default(&NUM_PATHS),
            within: given.nodes(&WITHIN).map(<[u32]>::to_vec),
        }
    }
}

/// Finds the `k` strongest paths from an output to a node, one a unit of [`Step::step`].
///
/// The strength of a path is `alpha` times the product of `(1 - alpha) w_uv / d_u` over its steps. PPR is the sum of that
/// over all walks, so a path's strength over the node's PPR is the share of influence that takes just this way.
/// Paths whose strength is below the smallest positive number are not found.
/// # Cost
/// A path of `l` steps costs `l` searches of `O(m log n)` within the nodes allowed; `13 n` bytes.
/// # Source
/// [Yen71], with the widest product instead of the shortest sum ([Dijkstra59]), so that no logarithm rounds.
/// # Example
/// ```
/// use std::sync::Arc;
/// use ibmb::graph::{Dataset, Graph};
/// use ibmb::influence::{PathsConfig, PathsJob};
/// use ibmb::{limits::Limits, task};
///
/// // A square with self-loops: two equal ways from 0 to 2, and every row has three entries.
/// let (graph, _) = Graph::from_edges(4, &[(0, 1), (1, 2), (2, 3), (3, 0)], &Limits::default())?;
/// let dataset = Arc::new(Dataset::new("square", graph, None, None, None, vec![], Default::default())?);
/// let config = PathsConfig { alpha: 0.25, k: 5, within: None };
/// let paths = task::run(PathsJob::new(dataset, 0, 2, config)?)?;
/// assert_eq!(paths.len(), 2);
/// assert_eq!((&paths[0].nodes, &paths[1].nodes), (&vec![0, 1, 2], &vec![0, 3, 2]));
/// assert!((paths[0].strength - 0.25 * 0.25 * 0.25).abs() < 1e-15);
/// # Ok::<(), ibmb::Error>(())
/// ```
pub struct PathsJob {
    dataset: Arc<Dataset>,
    search: Search,
    from: u32,
    to: u32,
    k: usize,
    found: Vec<StrongPath>,
    /// Paths known to be strongest where they leave those found.
    candidates: Vec<StrongPath>,
    finished: bool,
}

impl PathsJob {
    /// Checks the options.
    ///
    /// # Errors
    /// `invalid_graph` when a node does not exist; `invalid_option` for `alpha`, `k`, and ends that are not in `within`;
    /// `out_of_memory`.
    pub fn new(dataset: Arc<Dataset>, from: u32, to: u32, config: PathsConfig) -> Result<Self> {
        let csr = dataset.graph.adjacency();
        ALPHA.check(config.alpha)?;
        NUM_PATHS.check(config.k.into())?;
        let mut search = Search::new(csr.num_nodes(), config.alpha)?;
        if let Some(within) = &config.within {
            search.closed.fill(true);
            for &node in within {
                check_node(csr, node)?;
                search.closed[node as usize] = false;
            }
        }
        for node in [from, to] {
            check_node(csr, node)?;
            if search.closed[node as usize] {
                let message = format!("node {node} is an end of the paths and must be among these nodes");
                return Err(Error::option("within", message));
            }
        }
        let (k, found) = (config.k as usize, Vec::new());
        Ok(Self { search, from, to, k, found, candidates: Vec::new(), finished: false, dataset })
    }

    /// Adds the strongest ways that leave the last path found at each of its nodes.
    fn branch(&mut self) {
        let Some(last) = self.found.last().cloned() else { return };
        let csr = self.dataset.graph.adjacency();
        let mut strength = self.search.alpha;
        for at in 0..last.nodes.len() - 1 {
            let root = &last.nodes[..=at];
            let same = |path: &&StrongPath| path.nodes.len() > at + 1 && path.nodes[..=at] == *root;
            let taken: Vec<u32> = self.found.iter().filter(same).map(|path| path.nodes[at + 1]).collect();
            if let Some(found) = self.search.strongest(csr, root, strength, self.to, &taken)
                && !self.candidates.contains(&found)
            {
                self.candidates.push(found);
            }
            strength = self.search.step(csr, strength, last.nodes[at], last.nodes[at + 1]);
        }
    }

    fn next(&mut self) {
        if self.found.is_empty() {
            let csr = self.dataset.graph.adjacency();
            let first = self.search.strongest(csr, &[self.from], self.search.alpha, self.to, &[]);
            self.candidates.extend(first);
        } else {
            self.branch();
        }
        let best = (0..self.candidates.len()).min_by(|&a, &b| self.candidates[a].order(&self.candidates[b]));
        match best {
            Some(best) => self.found.push(self.candidates.swap_remove(best)),
            None => self.finished = true,
        }
        self.finished |= self.found.len() == self.k;
    }
}

impl Step for PathsJob {
    type Output = Vec<StrongPath>;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        for _ in 0..budget.max(1) {
            if self.finished {
                break;
            }
            self.next();
        }
        let done = if self.finished { self.k } else { self.found.len() };
        Ok(Progress { stage: "paths", done: done as u64, total: self.k as u64, finished: self.finished })
    }

    fn finish(self) -> Result<Vec<StrongPath>> {
        if !self.finished {
            return Err(Error::Internal(format!("paths: {} of {} are found", self.found.len(), self.k)));
        }
        Ok(self.found)
    }
}

/// A node waiting in a search: the strongest first, of equal ones the smaller id.
#[derive(PartialEq)]
struct Waiting {
    strength: f64,
    node: u32,
}

impl Eq for Waiting {}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        self.strength.total_cmp(&other.strength).then_with(|| other.node.cmp(&self.node))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Scratch of a search, clean between two of them.
struct Search {
    alpha: f64,
    strength: Vec<f64>,
    before: Vec<u32>,
    closed: Vec<bool>,
}

impl Search {
    fn new(num_nodes: u32, alpha: f64) -> Result<Self> {
        let n = num_nodes as usize;
        Ok(Self {
            alpha,
            strength: limits::filled(n, 0.0)?,
            before: limits::filled(n, ABSENT)?,
            closed: limits::filled(n, false)?,
        })
    }

    /// Strength behind the step between two neighbours.
    fn step(&self, csr: &Csr, strength: f64, from: u32, to: u32) -> f64 {
        let mut there = 0.0;
        csr.share_out(from, (1.0 - self.alpha) * strength, |node, share| {
            if node == to {
                there = share;
            }
        });
        there
    }

    /// The strongest path to `to` that begins with `root`, which has `strength`, and then goes to none of `taken`.
    fn strongest(
        &mut self,
        csr: &Csr,
        root: &[u32],
        strength: f64,
        to: u32,
        taken: &[u32],
    ) -> Option<StrongPath> {
        let (&last, passed) = root.split_last().expect("a path has a node");
        let keep = 1.0 - self.alpha;
        let (mut touched, mut closed) = (vec![last], passed.to_vec());
        passed.iter().for_each(|&node| self.closed[node as usize] = true);
        self.strength[last as usize] = strength;
        let mut waiting = BinaryHeap::from([Waiting { strength, node: last }]);
        while let Some(Waiting { node, .. }) = waiting.pop() {
            if std::mem::replace(&mut self.closed[node as usize], true) {
                continue;
            }
            closed.push(node);
            if node == to {
                break;
            }
            let Self { strength, before, closed, .. } = self;
            csr.share_out(node, keep * strength[node as usize], |next, share| {
                let known = &mut strength[next as usize];
                let barred = closed[next as usize] || (node == last && taken.contains(&next));
                if barred || share <= *known {
                    return;
                }
                if *known == 0.0 {
                    touched.push(next);
                }
                *known = share;
                before[next as usize] = node;
                waiting.push(Waiting { strength: share, node: next });
            });
        }
        let found = (closed.last() == Some(&to)).then(|| {
            let mut nodes = vec![to];
            while let Some(&node) = nodes.last().filter(|&&node| node != last) {
                nodes.push(self.before[node as usize]);
            }
            nodes.extend(passed.iter().rev());
            nodes.reverse();
            StrongPath { nodes, strength: self.strength[to as usize] }
        });
        touched.iter().for_each(|&node| self.strength[node as usize] = 0.0);
        closed.iter().for_each(|&node| self.closed[node as usize] = false);
        found
    }
}
