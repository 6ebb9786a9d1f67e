//! From one level to the next coarser one: nodes join clusters, clusters become nodes.

use oorandom::Rand32;

use super::budget::Budget;
use super::level::{ABSENT, Edge, Level};
use crate::error::Result;
use crate::limits;

/// Bounds on the clusters of one coarsening.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClusterLimits {
    /// Weight that no cluster of several nodes exceeds.
    pub weight: u32,
    /// Nodes of a cluster.
    pub members: u32,
    /// Joining ends at this number of clusters.
    pub clusters: usize,
}

/// A coarsening under way.
///
/// Nodes are visited by degree, lowest first, in random order among equals. One that is still alone joins the cluster
/// to which its edges weigh most. Those that find no room join others that wanted to the same cluster (the leaves of
/// one star), and isolated nodes join each other, so that every graph shrinks.
pub(super) struct Coarsening {
    limits: ClusterLimits,
    order: Vec<u32>,
    at: usize,
    stage: CoarsenStage,
    /// Cluster of every node, named after one of its nodes.
    cluster: Vec<u32>,
    num_clusters: usize,
    // Of clusters by name.
    weight: Vec<u32>,
    members: Vec<u32>,
    /// Weight of the edges from the node at hand to a cluster; zero between two nodes.
    score: Vec<u32>,
    touched: Vec<u32>,
    coarse: Option<Contraction>,
}

enum CoarsenStage {
    Join,
    JoinStranded,
    Contract,
    Done,
}

impl Coarsening {
    /// Every node a cluster of its own.
    pub fn new(level: &Level, bounds: ClusterLimits, rng: &mut Rand32) -> Result<Self> {
        let n = level.num_nodes();
        let mut cluster = limits::reserve(n)?;
        cluster.extend(0..n as u32);
        let mut weight = limits::reserve(n)?;
        weight.extend_from_slice(&level.weights);
        Ok(Self {
            limits: bounds,
            order: visiting_order(level, rng)?,
            at: 0,
            stage: CoarsenStage::Join,
            cluster,
            num_clusters: n,
            weight,
            members: limits::filled(n, 1)?,
            score: limits::filled(n, 0)?,
            touched: Vec::new(),
            coarse: None,
        })
    }

    /// Clusters as of now.
    pub fn num_clusters(&self) -> usize {
        self.num_clusters
    }

    /// Goes on; `true` when the coarser level is there.
    pub fn advance(&mut self, level: &Level, budget: &mut Budget) -> Result<bool> {
        loop {
            match self.stage {
                CoarsenStage::Join => {
                    while self.at < self.order.len() && self.num_clusters > self.limits.clusters {
                        if budget.is_empty() {
                            return Ok(false);
                        }
                        let node = self.order[self.at];
                        self.at += 1;
                        budget.spend(1 + level.degree(node));
                        self.join_best(level, node);
                    }
                    self.at = 0;
                    self.stage = CoarsenStage::JoinStranded;
                }
                CoarsenStage::JoinStranded => {
                    // Cheap beside the rest: done in one go.
                    if self.num_clusters * 4 > level.num_nodes() * 3 {
                        self.join_stranded(level)?;
                        budget.spend(level.edges.len());
                    }
                    self.stage = CoarsenStage::Contract;
                    self.coarse = Some(Contraction::new(level, &mut self.cluster, self.num_clusters)?);
                }
                CoarsenStage::Contract => {
                    let Some(coarse) = &mut self.coarse else { return Ok(true) };
                    if !coarse.advance(level, &self.cluster, budget) {
                        return Ok(false);
                    }
                    self.stage = CoarsenStage::Done;
                }
                CoarsenStage::Done => return Ok(true),
            }
        }
    }

    /// The coarser level and the node in it of every node.
    pub fn finish(self) -> (Level, Vec<u32>) {
        let coarse = self.coarse.expect("advance has returned true");
        (coarse.level, self.cluster)
    }

    fn has_room(&self, cluster: u32, weight: u32) -> bool {
        self.members[cluster as usize] < self.limits.members
            && weight.saturating_add(self.weight[cluster as usize]) <= self.limits.weight
    }

    /// Adds up the edges of a node by cluster and gives the best, with room or whatever room it has.
    fn best_cluster(&mut self, level: &Level, node: u32, with_room: bool) -> u32 {
        for edge in level.row(node) {
            let cluster = self.cluster[edge.to as usize];
            if self.score[cluster as usize] == 0 {
                self.touched.push(cluster);
            }
            self.score[cluster as usize] += edge.weight;
        }
        let mut best = (0, u32::MAX, ABSENT);
        let own = level.weights[node as usize];
        for at in 0..self.touched.len() {
            let cluster = self.touched[at];
            let score = std::mem::take(&mut self.score[cluster as usize]);
            if cluster != node && (!with_room || self.has_room(cluster, own)) {
                let weight = self.weight[cluster as usize];
                if score > best.0 || (score == best.0 && weight < best.1) {
                    best = (score, weight, cluster);
                }
            }
        }
        self.touched.clear();
        best.2
    }

    fn is_alone(&self, node: u32) -> bool {
        self.cluster[node as usize] == node && self.members[node as usize] == 1
    }

    fn join_best(&mut self, level: &Level, node: u32) {
        if self.is_alone(node) {
            let best = self.best_cluster(level, node, true);
            if best != ABSENT {
                self.join(level, node, best);
            }
        }
    }

    fn join(&mut self, level: &Level, node: u32, cluster: u32) {
        self.cluster[node as usize] = cluster;
        self.weight[cluster as usize] += level.weights[node as usize];
        self.members[cluster as usize] += 1;
        self.num_clusters -= 1;
    }

    fn join_stranded(&mut self, level: &Level) -> Result<()> {
        // The open cluster of stranded nodes for every cluster they wanted; the last place is for no cluster.
        let mut open = limits::filled(level.num_nodes() + 1, ABSENT)?;
        for at in 0..self.order.len() {
            let node = self.order[at];
            if self.num_clusters <= self.limits.clusters {
                break;
            }
            if !self.is_alone(node) {
                continue;
            }
            let wanted = self.best_cluster(level, node, false);
            let slot = if wanted == ABSENT { level.num_nodes() } else { wanted as usize };
            let host = open[slot];
            if host != ABSENT && host != node && self.has_room(host, level.weights[node as usize]) {
                self.join(level, node, host);
            } else {
                open[slot] = node;
            }
        }
        Ok(())
    }
}

/// Nodes by degree, lowest first, shuffled among equals.
fn visiting_order(level: &Level, rng: &mut Rand32) -> Result<Vec<u32>> {
    let n = level.num_nodes();
    let mut order: Vec<u32> = limits::reserve(n)?;
    order.extend(0..n as u32);
    for at in (1..n).rev() {
        order.swap(at, rng.rand_range(0..at as u32 + 1) as usize);
    }
    // Degrees above 64 are equal enough: what matters is that leaves come first.
    let class = |node: u32| level.degree(node).min(64);
    let mut next = [0usize; 66];
    for node in 0..n as u32 {
        next[class(node) + 1] += 1;
    }
    for class in 0..65 {
        next[class + 1] += next[class];
    }
    let mut sorted = limits::filled(n, 0)?;
    for node in order {
        let slot = &mut next[class(node)];
        sorted[*slot] = node;
        *slot += 1;
    }
    Ok(sorted)
}

/// Builds the coarser level row by row.
struct Contraction {
    level: Level,
    /// Nodes by cluster.
    members: Vec<u32>,
    bounds: Vec<u32>,
    /// Entry of a neighbour in the row at hand; older rows' entries lie below its start.
    entry: Vec<u32>,
}

impl Contraction {
    /// Renumbers the clusters in the order of their first node.
    fn new(level: &Level, cluster: &mut [u32], num_clusters: usize) -> Result<Self> {
        let mut name = limits::filled(level.num_nodes(), ABSENT)?;
        let mut bounds = limits::filled(num_clusters + 1, 0u32)?;
        let mut next = 0;
        for c in cluster.iter_mut() {
            let new = &mut name[*c as usize];
            if *new == ABSENT {
                *new = next;
                next += 1;
            }
            *c = *new;
            bounds[*c as usize + 1] += 1;
        }
        for c in 0..num_clusters {
            bounds[c + 1] += bounds[c];
        }
        let mut place = bounds.clone();
        let mut members = limits::filled(level.num_nodes(), 0)?;
        for (node, &c) in (0..).zip(cluster.iter()) {
            members[place[c as usize] as usize] = node;
            place[c as usize] += 1;
        }
        let mut row_bounds = limits::reserve(num_clusters + 1)?;
        row_bounds.push(0);
        let coarse = Level {
            bounds: row_bounds,
            // No more than there are now: the rows grow without asking again.
            edges: limits::reserve(level.edges.len())?,
            weights: limits::reserve(num_clusters)?,
        };
        Ok(Self { level: coarse, members, bounds, entry: limits::filled(num_clusters, ABSENT)? })
    }

    fn advance(&mut self, fine: &Level, cluster: &[u32], budget: &mut Budget) -> bool {
        let coarse = &mut self.level;
        while coarse.weights.len() + 1 < self.bounds.len() {
            if budget.is_empty() {
                return false;
            }
            let own = coarse.weights.len();
            let start = coarse.edges.len();
            let mut weight = 0;
            for &node in &self.members[self.bounds[own] as usize..self.bounds[own + 1] as usize] {
                weight += fine.weights[node as usize];
                budget.spend(1 + fine.degree(node));
                for edge in fine.row(node) {
                    let to = cluster[edge.to as usize];
                    if to as usize == own {
                        continue;
                    }
                    let entry = self.entry[to as usize] as usize;
                    if entry >= start && entry < coarse.edges.len() && coarse.edges[entry].to == to {
                        coarse.edges[entry].weight += edge.weight;
                    } else {
                        self.entry[to as usize] = coarse.edges.len() as u32;
                        coarse.edges.push(Edge { to, weight: edge.weight });
                    }
                }
            }
            coarse.weights.push(weight);
            coarse.bounds.push(coarse.edges.len() as u32);
        }
        coarse.edges.shrink_to_fit();
        true
    }
}
