//! The connected parts of a graph: each is laid out by itself.

use crate::graph::Csr;

/// A connected component; its nodes have positions `0..len` in it.
pub(super) struct Component {
    /// Ids in the graph, in the order of a walk in breadth from the smallest.
    pub nodes: Vec<u32>,
    start: Vec<u32>,
    neighbours: Vec<u32>,
}

impl Component {
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Neighbours of a node, without itself.
    pub fn row(&self, at: usize) -> &[u32] {
        &self.neighbours[self.start[at] as usize..self.start[at + 1] as usize]
    }
}

/// Components of a symmetric CSR, the largest first, then by their smallest node.
pub(super) fn components(csr: &Csr) -> Vec<Component> {
    let n = csr.num_nodes() as usize;
    let mut place = vec![u32::MAX; n];
    let mut found = Vec::new();
    for first in 0..n as u32 {
        if place[first as usize] != u32::MAX {
            continue;
        }
        let mut nodes = vec![first];
        place[first as usize] = 0;
        let mut at = 0;
        while at < nodes.len() {
            for &other in csr.row(nodes[at]) {
                if place[other as usize] == u32::MAX {
                    place[other as usize] = nodes.len() as u32;
                    nodes.push(other);
                }
            }
            at += 1;
        }
        let mut start = vec![0];
        let mut neighbours = Vec::new();
        for &node in &nodes {
            neighbours.extend(csr.row(node).iter().filter(|&&u| u != node).map(|&u| place[u as usize]));
            start.push(neighbours.len() as u32);
        }
        found.push(Component { nodes, start, neighbours });
    }
    let mut order: Vec<(u32, u32)> =
        found.iter().zip(0..).map(|(component, at)| (!(component.len() as u32), at)).collect();
    order.sort_unstable();
    let mut found: Vec<Option<Component>> = found.into_iter().map(Some).collect();
    order.into_iter().filter_map(|(_, at)| found[at as usize].take()).collect()
}
