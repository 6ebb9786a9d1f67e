//! How strongly every node is connected to every part.

use super::level::Level;

/// Weight of the edges of a node to one part.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Link {
    pub part: u32,
    pub weight: u32,
}

/// The links of every node, own part included, kept while nodes move. Links without weight are absent.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// First place of a node's links: it has room for as many as it has neighbours or as there are parts.
    start: Vec<u32>,
    len: Vec<u32>,
    links: Vec<Link>,
}

impl Links {
    /// Room for all nodes of a level; every row is still to be counted.
    pub fn new(level: &Level, num_parts: usize) -> Self {
        let n = level.num_nodes();
        let mut start = Vec::with_capacity(n + 1);
        let mut next = 0;
        for node in 0..n as u32 {
            start.push(next);
            next += level.degree(node).min(num_parts) as u32;
        }
        Self { start, len: vec![0; n], links: vec![Link::default(); next as usize] }
    }

    /// Counts the links of a node.
    pub fn count(&mut self, level: &Level, node: u32, part: &[u32]) {
        for edge in level.row(node) {
            self.add(node, part[edge.to as usize], edge.weight);
        }
    }

    pub fn of(&self, node: u32) -> &[Link] {
        let start = self.start[node as usize] as usize;
        &self.links[start..start + self.len[node as usize] as usize]
    }

    /// A neighbour of `node` went from one part to another.
    pub fn shift(&mut self, node: u32, from: u32, to: u32, weight: u32) {
        let start = self.start[node as usize] as usize;
        let len = &mut self.len[node as usize];
        let links = &mut self.links[start..start + *len as usize];
        let at = links.iter().position(|link| link.part == from).expect("the neighbour was counted");
        links[at].weight -= weight;
        if links[at].weight == 0 {
            *len -= 1;
            links[at] = links[*len as usize];
        }
        self.add(node, to, weight);
    }

    fn add(&mut self, node: u32, part: u32, weight: u32) {
        let start = self.start[node as usize] as usize;
        let len = &mut self.len[node as usize];
        let links = &mut self.links[start..start + *len as usize];
        if let Some(link) = links.iter_mut().find(|link| link.part == part) {
            link.weight += weight;
        } else {
            self.links[start + *len as usize] = Link { part, weight };
            *len += 1;
        }
    }
}
