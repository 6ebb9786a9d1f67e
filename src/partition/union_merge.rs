//! Greedy merging of outputs under a bound on the nodes of a batch.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

/// Clusters of outputs that grow pair by pair as long as the union of their nodes stays within a bound.
///
/// Use [`GreedyMerge`](super::GreedyMerge) to bound the number of outputs instead.
/// # Cost
/// `O(p b)` for `p` pairs and batches of `b` nodes; a pair of clusters that was refused is not measured again until
/// one of the two has grown.
/// # Source
/// [Gasteiger22], node-wise output partitioning limited by auxiliary nodes; the bound is the union itself, not the
/// sum of the two sizes that the published code tests first.
/// # Example
/// ```
/// use ibmb::partition::UnionMerge;
/// // Outputs 0 and 1 share a node, output 2 shares none: within 3 nodes only the first two go together.
/// let mut merge = UnionMerge::new(vec![vec![0, 7], vec![1, 7], vec![2, 9]], 3);
/// merge.offer(2, 0);
/// merge.offer(1, 0);
/// assert_eq!(merge.pack(), [vec![2], vec![0, 1]]);
/// ```
pub struct UnionMerge {
    max_nodes: usize,
    /// Cluster of every output.
    owner: Vec<u32>,
    /// Clusters by their first member; empty ones have moved into another.
    clusters: Vec<Cluster>,
    /// Versions of two clusters whose union was too large.
    refused: HashSet<(u32, u32)>,
    next_version: u32,
}

struct Cluster {
    members: Vec<u32>,
    /// Ascending, unique.
    nodes: Vec<u32>,
    version: u32,
}

impl UnionMerge {
    /// One cluster an output, with its nodes, ascending and unique; a union may hold at most `max_nodes`.
    pub fn new(nodes: Vec<Vec<u32>>, max_nodes: u32) -> Self {
        let num_outputs = nodes.len() as u32;
        let clusters = (0..)
            .zip(nodes)
            .map(|(output, nodes)| Cluster { members: vec![output], nodes, version: output })
            .collect();
        Self {
            max_nodes: max_nodes as usize,
            owner: (0..num_outputs).collect(),
            clusters,
            refused: HashSet::new(),
            next_version: num_outputs,
        }
    }

    /// Joins the clusters of `i` and `j` when their union is small enough.
    pub fn offer(&mut self, i: u32, j: u32) {
        let (a, b) = (self.owner[i as usize], self.owner[j as usize]);
        if a != b {
            self.join(a.min(b), a.max(b));
        }
    }

    /// Joins the two clusters of fewest nodes as long as their union is small enough.
    ///
    /// # Returns
    /// Members of every cluster; clusters by number of nodes, then by members as a list.
    pub fn pack(&mut self) -> Vec<Vec<u32>> {
        let key = |cluster: &Cluster, at: u32| Reverse((cluster.nodes.len(), cluster.members.clone(), at));
        let mut by_size: BinaryHeap<Reverse<(usize, Vec<u32>, u32)>> = (0..)
            .zip(&self.clusters)
            .filter(|(_, c)| !c.members.is_empty())
            .map(|(at, c)| key(c, at))
            .collect();
        while by_size.len() >= 2 {
            let (Some(first), Some(second)) = (by_size.pop(), by_size.pop()) else { break };
            let at = first.0.2;
            if !self.join(at, second.0.2) {
                by_size.extend([first, second]);
                break;
            }
            by_size.push(key(&self.clusters[at as usize], at));
        }
        std::iter::from_fn(|| by_size.pop()).map(|Reverse((_, members, _))| members).collect()
    }

    /// Appends cluster `b` to `a`; `false` when the union would be too large.
    fn join(&mut self, a: u32, b: u32) -> bool {
        let versions = (self.clusters[a as usize].version, self.clusters[b as usize].version);
        if self.refused.contains(&versions) {
            return false;
        }
        let union = union(&self.clusters[a as usize].nodes, &self.clusters[b as usize].nodes);
        if union.len() > self.max_nodes {
            self.refused.insert(versions);
            return false;
        }
        let moved = std::mem::take(&mut self.clusters[b as usize].members);
        self.clusters[b as usize].nodes = Vec::new();
        for &member in &moved {
            self.owner[member as usize] = a;
        }
        let cluster = &mut self.clusters[a as usize];
        cluster.members.extend(moved);
        cluster.nodes = union;
        cluster.version = self.next_version;
        self.next_version += 1;
        true
    }
}

/// Union of two ascending lists.
fn union(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut union = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.iter().copied().peekable(), b.iter().copied().peekable());
    loop {
        let next = match (a.peek(), b.peek()) {
            (Some(&x), Some(&y)) => x.min(y),
            (Some(&x), None) | (None, Some(&x)) => x,
            (None, None) => return union,
        };
        union.push(next);
        a.next_if_eq(&next);
        b.next_if_eq(&next);
    }
}
