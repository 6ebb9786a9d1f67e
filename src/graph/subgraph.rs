//! Induced sub-graphs and balls.

use super::Csr;

/// Stands for "no node" where a node id is expected.
pub const ABSENT: u32 = u32::MAX;

/// Appends the entries of `nodes` whose columns `local_from_global` knows, in local ids, and the bounds of the rows
/// from 0 on. `weights` grows only when `csr` has weights.
pub(crate) fn append_induced(
    csr: &Csr,
    nodes: &[u32],
    local_from_global: &[u32],
    indptr: &mut Vec<u32>,
    indices: &mut Vec<u32>,
    weights: &mut Vec<f32>,
) {
    let start = indices.len();
    indptr.push(0);
    for &node in nodes {
        let locals = csr.row(node).iter().map(|&u| local_from_global[u as usize]);
        match csr.row_weights(node) {
            None => indices.extend(locals.filter(|&local| local != ABSENT)),
            Some(row) => {
                for (local, &weight) in locals.zip(row).filter(|&(local, _)| local != ABSENT) {
                    indices.push(local);
                    weights.push(weight);
                }
            }
        }
        indptr.push((indices.len() - start) as u32);
    }
}

/// Builds induced sub-graphs of one graph; its `4 n` bytes of scratch are reused between calls.
pub struct Inducer<'a> {
    csr: &'a Csr,
    local_from_global: Vec<u32>,
}

impl<'a> Inducer<'a> {
    /// Scratch for `csr`.
    pub fn new(csr: &'a Csr) -> Self {
        Self { csr, local_from_global: vec![ABSENT; csr.num_nodes() as usize] }
    }

    /// The sub-graph on `nodes` (ascending, unique) in local ids, with their weights if there are any: an entry is
    /// there exactly when both its ends are in `nodes`.
    ///
    /// # Cost
    /// `O(sum of degrees of nodes)`, whatever the size of the graph.
    pub fn induce(&mut self, nodes: &[u32]) -> Csr {
        let (mut indptr, mut indices) = (Vec::with_capacity(nodes.len() + 1), Vec::new());
        let mut weights = Vec::new();
        for (local, &node) in nodes.iter().enumerate() {
            self.local_from_global[node as usize] = local as u32;
        }
        append_induced(self.csr, nodes, &self.local_from_global, &mut indptr, &mut indices, &mut weights);
        for &node in nodes {
            self.local_from_global[node as usize] = ABSENT;
        }
        Csr::from_parts(indptr, indices, self.csr.weights().map(|_| weights))
            .expect("there is memory for one number a row")
    }
}

/// All nodes within `hops` steps of `seeds` along rows, ascending.
pub fn hop_ball(csr: &Csr, seeds: &[u32], hops: u32) -> Vec<u32> {
    let mut seen = vec![false; csr.num_nodes() as usize];
    let mut ball: Vec<u32> = Vec::new();
    for &seed in seeds {
        if !std::mem::replace(&mut seen[seed as usize], true) {
            ball.push(seed);
        }
    }
    let mut frontier = 0;
    for _ in 0..hops {
        let end = ball.len();
        if frontier == end {
            break;
        }
        for at in frontier..end {
            for &u in csr.row(ball[at]) {
                if !std::mem::replace(&mut seen[u as usize], true) {
                    ball.push(u);
                }
            }
        }
        frontier = end;
    }
    ball.sort_unstable();
    ball
}
