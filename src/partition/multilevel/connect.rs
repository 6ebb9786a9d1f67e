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

/// Where the links of a node are, and the weight of its edges to its own part.
#[derive(Debug, Clone, Copy, Default)]
struct Head {
    inside: u32,
    /// First place of the links: there is room for as many as the node has neighbours or as there are parts.
    start: u32,
    len: u32,
}

/// What a node is linked with after a neighbour has moved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shifted {
    /// Weight of the edges to the own part.
    pub inside: u32,
    /// To the part that the neighbour left, 0 when that is the own one.
    pub left: u32,
    /// To the part that it joined, 0 when that is the own one.
    pub joined: u32,
}

/// The links of every node, kept while nodes move. Links without weight are absent.
#[derive(Debug, Default)]
pub(super) struct Links {
    heads: Vec<Head>,
    links: Vec<Link>,
    /// Place of a part among the links of the node at hand; stale for parts it is not linked to.
    place: Vec<u32>,
}

impl Links {
    /// Room for all nodes of a level; every row is still to be counted.
    pub fn new(level: &Level, num_parts: usize) -> Result<Self> {
        let n = level.num_nodes();
        let mut heads = limits::reserve(n)?;
        let mut start = 0;
        for node in 0..n as u32 {
            heads.push(Head { start, ..Head::default() });
            start += level.degree(node).min(num_parts) as u32;
        }
        let links = limits::filled(start as usize, Link::default())?;
        Ok(Self { heads, links, place: limits::filled(num_parts, 0)? })
    }

    /// Counts the links of a node, once.
    pub fn count(&mut self, level: &Level, node: u32, part: &[u32]) {
        let own = part[node as usize];
        let start = self.heads[node as usize].start as usize;
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
        self.heads[node as usize] = Head { inside, start: start as u32, len: len as u32 };
    }

    /// Links to other parts.
    pub fn away(&self, node: u32) -> &[Link] {
        let Head { start, len, .. } = self.heads[node as usize];
        &self.links[start as usize..][..len as usize]
    }

    /// Weight of the edges to the own part.
    pub fn inside(&self, node: u32) -> u32 {
        self.heads[node as usize].inside
    }

    /// Weight of the edges to another part.
    pub fn to(&self, node: u32, part: u32) -> u32 {
        self.away(node).iter().find(|link| link.part == part).map_or(0, |link| link.weight)
    }

    /// `node` itself went from one part to another.
    pub fn moved(&mut self, node: u32, from: u32, to: u32) {
        let inside = self.to(node, to);
        let left = std::mem::replace(&mut self.heads[node as usize].inside, inside);
        if inside > 0 {
            self.take(node, to, inside);
        }
        if left > 0 {
            self.add(node, from, left);
        }
    }

    /// A neighbour of `node`, which is in `own`, went from one part to another.
    pub fn shift(&mut self, node: u32, own: u32, from: u32, to: u32, weight: u32) -> Shifted {
        let head = &mut self.heads[node as usize];
        if own == from {
            head.inside -= weight;
            let inside = head.inside;
            return Shifted { inside, left: 0, joined: self.add(node, to, weight) };
        }
        if own == to {
            head.inside += weight;
            let inside = head.inside;
            return Shifted { inside, left: self.take(node, from, weight), joined: 0 };
        }
        // One look for both.
        let links = &mut self.links[head.start as usize..][..head.len as usize];
        let (mut at_from, mut at_to) = (usize::MAX, usize::MAX);
        for (at, link) in links.iter().enumerate() {
            if link.part == from {
                at_from = at;
            } else if link.part == to {
                at_to = at;
            }
        }
        let left = links[at_from].weight - weight;
        links[at_from].weight = left;
        let joined = match links.get_mut(at_to) {
            Some(link) => {
                link.weight += weight;
                link.weight
            }
            None => weight,
        };
        let last = links.len() - 1;
        if left == 0 {
            links[at_from] = links[last];
        }
        match (left == 0, at_to == usize::MAX) {
            (true, true) => links[last] = Link { part: to, weight },
            (true, false) => head.len -= 1,
            (false, true) => {
                self.links[head.start as usize + head.len as usize] = Link { part: to, weight };
                head.len += 1;
            }
            (false, false) => {}
        }
        Shifted { inside: head.inside, left, joined }
    }

    /// Weakens a link and gives what is left of it.
    fn take(&mut self, node: u32, part: u32, weight: u32) -> u32 {
        let head = &mut self.heads[node as usize];
        let links = &mut self.links[head.start as usize..][..head.len as usize];
        let at = links.iter().position(|link| link.part == part).expect("the neighbour was counted");
        links[at].weight -= weight;
        let left = links[at].weight;
        if left == 0 {
            links[at] = links[links.len() - 1];
            head.len -= 1;
        }
        left
    }

    /// Strengthens a link and gives what it is then.
    fn add(&mut self, node: u32, part: u32, weight: u32) -> u32 {
        let head = &mut self.heads[node as usize];
        let links = &mut self.links[head.start as usize..][..head.len as usize];
        if let Some(link) = links.iter_mut().find(|link| link.part == part) {
            link.weight += weight;
            return link.weight;
        }
        self.links[head.start as usize + head.len as usize] = Link { part, weight };
        head.len += 1;
        weight
    }
}
