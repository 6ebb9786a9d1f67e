//! Greedy merging of outputs by how much influence they share.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

const NONE: u32 = u32::MAX;

/// Clusters of outputs that grow pair by pair.
///
/// Outputs are positions `0..m`. Pairs are offered in descending order of score; a pair joins two clusters unless
/// they are one already or would exceed the greatest size. A pair that was refused is not tried again.
/// # Cost
/// `O(m + p log m)` for `p` pairs: clusters are linked lists joined at the root of a union-find forest.
/// # Source
/// [Gasteiger22], node-wise output partitioning.
/// # Example
/// ```
/// use ibmb::partition::{GreedyMerge, pack};
/// let mut merge = GreedyMerge::new(4, 2);
/// for (i, j) in [(3, 1), (1, 0), (2, 0)] {
///     merge.offer(i, j);
/// }
/// assert_eq!(pack(merge.clusters(), 2), [[0, 2], [1, 3]]);
/// ```
pub struct GreedyMerge {
    max_size: u32,
    parent: Vec<u32>,
    // The rest is kept for roots only.
    size: Vec<u32>,
    head: Vec<u32>,
    tail: Vec<u32>,
    // Next member of the same cluster.
    next: Vec<u32>,
}

impl GreedyMerge {
    /// `num_outputs` clusters of one; no cluster may exceed `max_size`, which is at least 1.
    pub fn new(num_outputs: u32, max_size: u32) -> Self {
        assert!(max_size >= 1, "a batch holds at least one output");
        let ids: Vec<u32> = (0..num_outputs).collect();
        let m = num_outputs as usize;
        Self {
            max_size,
            size: vec![1; m],
            head: ids.clone(),
            tail: ids.clone(),
            next: vec![NONE; m],
            parent: ids,
        }
    }

    /// Joins the clusters of `i` and `j` when that is allowed.
    pub fn offer(&mut self, i: u32, j: u32) {
        let (a, b) = (self.root(i) as usize, self.root(j) as usize);
        if a == b || self.size[a] + self.size[b] > self.max_size {
            return;
        }
        // The cluster with the smaller first member comes first; the larger one lends its root.
        let (first, second) = if self.head[a] < self.head[b] { (a, b) } else { (b, a) };
        let (root, child) = if self.size[a] >= self.size[b] { (a, b) } else { (b, a) };
        let (head, tail) = (self.head[first], self.tail[second]);
        self.next[self.tail[first] as usize] = self.head[second];
        self.parent[child] = root as u32;
        self.size[root] += self.size[child];
        self.head[root] = head;
        self.tail[root] = tail;
    }

    /// Members of every cluster in the order in which they joined; clusters by their first member, ascending.
    pub fn clusters(&self) -> Vec<Vec<u32>> {
        let mut clusters: Vec<Vec<u32>> = Vec::new();
        for first in 0..self.parent.len() as u32 {
            let root = self.find(first);
            if self.head[root as usize] != first {
                continue;
            }
            let mut members = Vec::with_capacity(self.size[root as usize] as usize);
            let mut at = first;
            while at != NONE {
                members.push(at);
                at = self.next[at as usize];
            }
            clusters.push(members);
        }
        clusters
    }

    fn find(&self, mut i: u32) -> u32 {
        while self.parent[i as usize] != i {
            i = self.parent[i as usize];
        }
        i
    }

    /// [`Self::find`] that halves the path on its way.
    fn root(&mut self, mut i: u32) -> u32 {
        while self.parent[i as usize] != i {
            let above = self.parent[self.parent[i as usize] as usize];
            self.parent[i as usize] = above;
            i = above;
        }
        i
    }
}

/// Joins the two smallest clusters as long as they fit into `max_size`.
///
/// # Returns
/// Clusters by size, then by members as a list. Any two of them together exceed `max_size`, so that for `m` members
/// there are at most `2 ceil(m / max_size) - 1` when more than one remains.
/// # Source
/// [Gasteiger22], node-wise output partitioning: the step after greedy merging.
pub fn pack(clusters: Vec<Vec<u32>>, max_size: u32) -> Vec<Vec<u32>> {
    let mut heap: BinaryHeap<Reverse<(usize, Vec<u32>)>> =
        clusters.into_iter().map(|members| Reverse((members.len(), members))).collect();
    while let Some(Reverse((size, mut members))) = heap.pop() {
        match heap.pop() {
            Some(Reverse((other_size, other))) if size + other_size <= max_size as usize => {
                members.extend(other);
                heap.push(Reverse((members.len(), members)));
            }
            other => {
                heap.push(Reverse((size, members)));
                heap.extend(other);
                break;
            }
        }
    }
    // Reversed order, ascending: sizes fall. Turn it round.
    let mut sorted: Vec<_> =
        heap.into_sorted_vec().into_iter().map(|Reverse((_, members))| members).collect();
    sorted.reverse();
    sorted
}
