//! The nodes around one output or several: those that are chosen, those left out, and what flows between them.

mod around;

use std::sync::Arc;

use around::Around;

use crate::error::{Error, Result};
use crate::graph::Dataset;
use crate::influence::{InfluenceRow, Measure, PushConfig, Walker, top_k};
use crate::limits;
use crate::options::{Given, K, LEFT_OUT, TOGETHER};
use crate::task::{Progress, Step};

/// Which nodes are chosen.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Chosen {
    /// The strongest: this many for each source or, where sources are taken together, in all; `>= 1`.
    Strongest(u32),
    /// These, whatever their influence: the nodes of a batch.
    Nodes(Vec<u32>),
}

/// Options of [`NeighbourhoodJob`].
#[derive(Debug, Clone, PartialEq)]
pub struct NeighbourhoodConfig {
    /// What influence is.
    pub measure: Measure,
    /// Whether one walk starts at all sources, as in batch-wise plans, or one at each.
    pub together: bool,
    /// Which nodes are chosen; the sources always are.
    pub chosen: Chosen,
    /// How many of the nodes left out are listed at most.
    pub left_out: u32,
}

impl NeighbourhoodConfig {
    /// The options of a call around any nodes.
    pub fn read(given: &Given) -> Self {
        Self {
            measure: PushConfig::read(given).into(),
            together: given.flag(&TOGETHER),
            chosen: Chosen::Strongest(given.count_or_default(&K)),
            left_out: given.count_or_default(&LEFT_OUT),
        }
    }
}

/// Nodes around some sources. All arrays of nodes run parallel.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbourhood {
    /// The outputs asked about, ascending.
    pub sources: Vec<u32>,
    /// All that are chosen and the strongest of those left out, by score, of equal ones the smaller id first.
    pub nodes: Vec<u32>,
    /// Sum over the sources of their influence row at the node; 0 where the walk did not get to.
    pub scores: Vec<f64>,
    /// Best place, from 1, in the row of any source (of all together); 0 when it is in none.
    pub rank: Vec<u32>,
    /// Whether the node is chosen.
    pub chosen: Vec<bool>,
    /// Steps from the nearest source in the whole graph, the way the walk goes; [`ABSENT`](crate::graph::ABSENT) when there is no way.
    pub hop: Vec<u32>,
    /// Place in `nodes` of the one nearer to the sources from which most influence comes: the neighbour one step nearer
    /// from which most flows, or, while that one is not listed, the same from there on. [`ABSENT`](crate::graph::ABSENT) at the sources and
    /// where there is no way.
    pub parent: Vec<u32>,
    /// Edges between listed nodes, self-loops left out: of an undirected graph `(smaller, larger)` in order, of a directed
    /// one `(source, target)` by target, then source.
    pub edges: Vec<(u32, u32)>,
    /// Flow along each edge, both ways together, summed over the sources
    /// ([`edge_flow`](crate::influence::edge_flow)); `None` for the heat kernel.
    pub flow: Option<Vec<f64>>,
    /// Mean over the sources of the mass that the chosen nodes hold.
    pub captured: f64,
    /// Mean over the sources of all mass that was found; what is missing to 1 is below the tolerance of the walk.
    pub reached: f64,
    /// How many nodes with mass are not chosen, listed or not.
    pub num_left_out: usize,
}

/// Finds the neighbourhood of some sources; each unit of [`Step::step`] is a walk from one source, and one more unit is
/// what follows.
///
/// # Cost
/// Walks as in a plan; a breadth-first search that ends where the last listed node is found, `O(m)` at most; the edges of
/// the listed nodes. `32 n` bytes besides the walker's.
/// # Example
/// ```
/// use std::sync::Arc;
/// use ibmb::batch::{Chosen, NeighbourhoodConfig, NeighbourhoodJob};
/// use ibmb::graph::{Dataset, Graph};
/// use ibmb::influence::PushConfig;
/// use ibmb::{limits::Limits, task};
///
/// let (graph, _) = Graph::from_edges(4, &[(0, 1), (1, 2), (2, 3)], &Limits::default())?;
/// let dataset = Arc::new(Dataset::new("path", graph, None, None, None, vec![], Default::default())?);
/// let config = NeighbourhoodConfig {
///     measure: PushConfig::default().into(),
///     together: false,
///     chosen: Chosen::Strongest(2),
///     left_out: 1,
/// };
/// let around = task::run(NeighbourhoodJob::new(dataset, vec![0], config)?)?;
/// assert_eq!((around.nodes, around.hop), (vec![0, 1, 2], vec![0, 1, 2]));
/// assert_eq!((around.chosen, around.num_left_out), (vec![true, true, false], 2));
/// # Ok::<(), ibmb::Error>(())
/// ```
pub struct NeighbourhoodJob {
    dataset: Arc<Dataset>,
    config: NeighbourhoodConfig,
    sources: Vec<u32>,
    walker: Walker,
    scores: Vec<f64>,
    rank: Vec<u32>,
    /// Nodes with mass, in the order in which they were met.
    met: Vec<u32>,
    walks: usize,
    result: Option<Neighbourhood>,
}

impl NeighbourhoodJob {
    /// Checks options and nodes.
    ///
    /// # Arguments
    /// * `sources`: in any order; repeats count once, and there must be one.
    /// # Errors
    /// `invalid_graph` for a source or chosen node that does not exist; `invalid_option` when there is no source or an
    /// option is out of range; `out_of_memory`.
    pub fn new(dataset: Arc<Dataset>, mut sources: Vec<u32>, config: NeighbourhoodConfig) -> Result<Self> {
        let num_nodes = dataset.graph.num_nodes();
        sources.sort_unstable();
        sources.dedup();
        if sources.is_empty() {
            return Err(Error::option("nodes", "there must be at least one node"));
        }
        let chosen = match &config.chosen {
            &Chosen::Strongest(k) => {
                K.check(k.into())?;
                &[][..]
            }
            Chosen::Nodes(nodes) => nodes,
        };
        if let Some(node) = sources.iter().chain(chosen).find(|&&node| node >= num_nodes) {
            let message = format!("node {node} is out of range, the graph has {num_nodes} nodes");
            return Err(Error::InvalidGraph(message));
        }
        let n = num_nodes as usize;
        Ok(Self {
            walker: Walker::new(dataset.graph.adjacency(), config.measure)?,
            scores: limits::filled(n, 0.0)?,
            rank: limits::filled(n, 0)?,
            met: Vec::new(),
            walks: 0,
            result: None,
            dataset,
            config,
            sources,
        })
    }

    fn num_walks(&self) -> usize {
        if self.config.together { 1 } else { self.sources.len() }
    }

    fn walk(&mut self) -> Result<()> {
        let csr = self.dataset.graph.adjacency();
        let InfluenceRow { nodes, mass, .. } = if self.config.together {
            let sources: Vec<(u32, f64)> = self.sources.iter().map(|&source| (source, 1.0)).collect();
            self.walker.sum(csr, &sources)?
        } else {
            self.walker.row(csr, self.sources[self.walks])?
        };
        for ((node, mass), place) in top_k(nodes, mass, nodes.len()).into_iter().zip(1..) {
            let rank = &mut self.rank[node as usize];
            if *rank == 0 {
                self.met.push(node);
                *rank = place;
            }
            *rank = place.min(*rank);
            self.scores[node as usize] += mass;
        }
        self.walks += 1;
        Ok(())
    }

    /// The chosen nodes, ascending.
    fn chosen(&self) -> Vec<u32> {
        let mut chosen = self.sources.clone();
        match &self.config.chosen {
            Chosen::Nodes(nodes) => chosen.extend(nodes),
            Chosen::Strongest(k) => {
                chosen.extend(self.met.iter().filter(|&&node| self.rank[node as usize] <= *k));
            }
        }
        chosen.sort_unstable();
        chosen.dedup();
        chosen
    }

    /// All that follows from the sums of the walks.
    fn look_around(&self) -> Result<Neighbourhood> {
        let csr = self.dataset.graph.adjacency();
        let chosen = self.chosen();
        let is_chosen = |node: &u32| chosen.binary_search(node).is_ok();
        let score = |node: &u32| self.scores[*node as usize];
        let left: Vec<u32> = self.met.iter().copied().filter(|node| !is_chosen(node)).collect();
        let left_scores: Vec<f64> = left.iter().map(score).collect();
        let listed = top_k(&left, &left_scores, self.config.left_out as usize);
        let mut all = chosen.clone();
        all.extend(listed.iter().map(|&(node, _)| node));
        let all_scores: Vec<f64> = all.iter().map(score).collect();
        let (nodes, scores): (Vec<u32>, Vec<f64>) = top_k(&all, &all_scores, all.len()).into_iter().unzip();
        let around = Around::new(csr, &self.sources, &self.scores, &nodes)?;
        let (edges, flow) = around.edges(&self.dataset.graph, &nodes, &scores, self.config.measure)?;
        let count = self.sources.len() as f64;
        Ok(Neighbourhood {
            sources: self.sources.clone(),
            rank: nodes.iter().map(|&node| self.rank[node as usize]).collect(),
            chosen: nodes.iter().map(is_chosen).collect(),
            hop: nodes.iter().map(|&node| around.hop(node)).collect(),
            parent: nodes.iter().map(|&node| around.parent(node)).collect(),
            nodes,
            scores,
            edges,
            flow,
            captured: chosen.iter().map(score).sum::<f64>() / count,
            reached: self.met.iter().map(score).sum::<f64>() / count,
            num_left_out: left.len(),
        })
    }
}

impl Step for NeighbourhoodJob {
    type Output = Neighbourhood;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let walks = self.num_walks();
        let end = walks.min(self.walks.saturating_add(budget.max(1) as usize));
        if self.walks < end {
            while self.walks < end {
                self.walk()?;
            }
        } else if self.result.is_none() {
            self.result = Some(self.look_around()?);
        }
        let finished = self.result.is_some();
        let done = self.walks as u64 + u64::from(finished);
        Ok(Progress { stage: "influence", done, total: walks as u64 + 1, finished })
    }

    fn finish(self) -> Result<Neighbourhood> {
        let (done, all) = (self.walks, self.num_walks());
        self.result.ok_or_else(|| Error::Internal(format!("neighbourhood: {done} of {all} walks are done")))
    }
}
