//! Induced sub-graphs and balls.

use super::Csr;

/// Stands for "no node" where a node id is expected.
pub const ABSENT: u32 = u32::MAX;

/// Appends the entries of `nodes` whose columns `local_from_global` knows, in local ids, and the bounds of the rows
/// from 0 on.
pub(crate) fn append_induced(
    csr: &Csr,
    nodes: &[u32],
    local_from_global: &[u32],
    indptr: &mut Vec<u32>,
    indices: &mut Vec<u32>,
) {
    let start = indices.len();
    indptr.push(0);
    for &node in nodes {
        let locals = csr.row(node).iter().map(|&u| local_from_global[u as usize]);
        indices.extend(locals.filter(|&local| local != ABSENT));
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

    /// Appends the sub-graph on `nodes` (ascending, unique) to `indptr` and `indices`, in local ids.
    ///
    /// An entry is there exactly when both its ends are in `nodes`. `indptr` gets `nodes.len() + 1` bounds that
    /// start at 0.
    ///
    /// # Cost
    /// `O(sum of degrees of nodes)`, whatever the size of the graph.
    pub fn append(&mut self, nodes: &[u32], indptr: &mut Vec<u32>, indices: &mut Vec<u32>) {
        for (local, &node) in nodes.iter().enumerate() {
            self.local_from_global[node as usize] = local as u32;
        }
        append_induced(self.csr, nodes, &self.local_from_global, indptr, indices);
        for &node in nodes {
            self.local_from_global[node as usize] = ABSENT;
        }
    }

    /// The sub-graph on `nodes` (ascending, unique) by itself.
    pub fn induce(&mut self, nodes: &[u32]) -> Csr {
        let (mut indptr, mut indices) = (Vec::with_capacity(nodes.len() + 1), Vec::new());
        self.append(nodes, &mut indptr, &mut indices);
        Csr::from_parts(indptr, indices)
    }
}

/// All nodes within `hops` steps of `seeds`, ascending.
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
