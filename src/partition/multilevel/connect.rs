//! How strongly every node is connected to every part.

use super::level::Level;
use crate::error::Result;
use crate::limits;

/// Weight of the edges of a node to one part.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Link {
    pub part: u32,
    pub weight: u32,
}

/// The links of every node, kept while nodes move. Links without weight are absent.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// Weight of the edges to the own part.
    inside: Vec<u32>,
    /// First place of a node's links: it has room for as many as it has neighbours or as there are parts.
    start: Vec<u32>,
    len: Vec<u32>,
    links: Vec<Link>,
    /// Place of a part among the links of the node at hand; stale for parts it is not linked to.
    place: Vec<u32>,
}

impl Links {
    /// Room for all nodes of a level; every row is still to be counted.
    pub fn new(level: &Level, num_parts: usize) -> Result<Self> {
        let n = level.num_nodes();
        let mut start = limits::reserve(n)?;
        let mut next = 0;
        for node in 0..n as u32 {
            start.push(next);
            next += level.degree(node).min(num_parts) as u32;
        }
        Ok(Self {
            inside: limits::filled(n, 0)?,
            start,
            len: limits::filled(n, 0)?,
            links: limits::filled(next as usize, Link::default())?,
            place: limits::filled(num_parts, 0)?,
        })
    }

    /// Counts the links of a node, once.
    pub fn count(&mut self, level: &Level, node: u32, part: &[u32]) {
        let own = part[node as usize];
        let start = self.start[node as usize] as usize;
        let mut len = 0;
        let mut inside = 0;
        for edge in level.row(node) {
            let to = part[edge.to as usize];
            if to == own {
                inside += edge.weight;
                continue;
            }
            let at = self.place[to as usize] as usize;
            if at < len && self.links[start + at].part == to {
                self.links[start + at].weight += edge.weight;
            } else {
                self.place[to as usize] = len as u32;
                self.links[start + len] = Link { part: to, weight: edge.weight };
                len += 1;
            }
        }
        self.len[node as usize] = len as u32;
        self.inside[node as usize] = inside;
    }

    /// Links to other parts.
    pub fn away(&self, node: u32) -> &[Link] {
        let start = self.start[node as usize] as usize;
        &self.links[start..start + self.len[node as usize] as usize]
    }

    /// Weight of the edges to the own part.
    pub fn inside(&self, node: u32) -> u32 {
        self.inside[node as usize]
    }

    /// Weight of the edges to another part.
    pub fn to(&self, node: u32, part: u32) -> u32 {
        self.away(node).iter().find(|link| link.part == part).map_or(0, |link| link.weight)
    }

    /// `node` itself went from one part to another.
    pub fn moved(&mut self, node: u32, from: u32, to: u32) {
        let inside = self.to(node, to);
        let left = std::mem::replace(&mut self.inside[node as usize], inside);
        if inside > 0 {
            self.take(node, to, inside);
        }
        if left > 0 {
            self.add(node, from, left);
        }
    }

    /// A neighbour of `node`, which is in `own`, went from one part to another. Gives the links to both.
    pub fn shift(&mut self, node: u32, own: u32, from: u32, to: u32, weight: u32) -> (u32, u32) {
        let left = if own == from {
            self.inside[node as usize] -= weight;
            0
        } else {
            self.take(node, from, weight)
        };
        let joined = if own == to {
            self.inside[node as usize] += weight;
            0
        } else {
            self.add(node, to, weight)
        };
        (left, joined)
    }

    /// Weakens a link and gives what is left of it.
    fn take(&mut self, node: u32, part: u32, weight: u32) -> u32 {
        let start = self.start[node as usize] as usize;
        let len = &mut self.len[node as usize];
        let links = &mut self.links[start..start + *len as usize];
        let at = links.iter().position(|link| link.part == part).expect("the neighbour was counted");
        links[at].weight -= weight;
        let left = links[at].weight;
        if left == 0 {
            *len -= 1;
            links[at] = links[*len as usize];
        }
        left
    }

    /// Strengthens a link and gives what it is then.
    fn add(&mut self, node: u32, part: u32, weight: u32) -> u32 {
        let start = self.start[node as usize] as usize;
        let len = &mut self.len[node as usize];
        let links = &mut self.links[start..start + *len as usize];
        if let Some(link) = links.iter_mut().find(|link| link.part == part) {
            link.weight += weight;
            return link.weight;
        }
        self.links[start + *len as usize] = Link { part, weight };
        *len += 1;
        weight
    }
}
