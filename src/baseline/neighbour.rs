//! Neighbour sampling, layer by layer ([Hamilton17]).

use oorandom::Rand32;

use crate::error::Result;
use crate::graph::{ABSENT, Csr, LayerBlock, Layers};
use crate::limits;

/// Draws the neighbours that every layer reads; scratch is reused.
///
/// A node reads itself and `fan_out` of its other neighbours, uniformly without replacement. A drawn entry counts
/// `others / fan_out` times, so that the expectation of a sum over the sample is the sum over all neighbours.
/// # Source
/// [Hamilton17] alg. 2 and its appendix; the factor is that of [Horvitz52].
pub struct NeighbourSampler {
    /// Position of a node among the rows before the current layer.
    position: Vec<u32>,
    draw: Draw,
}

impl NeighbourSampler {
    /// Scratch for `csr`: `8 n` bytes at most.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn new(csr: &Csr) -> Result<Self> {
        Ok(Self { position: limits::filled(csr.num_nodes() as usize, ABSENT)?, draw: Draw::default() })
    }

    /// Draws all layers, from the outputs down.
    ///
    /// # Arguments
    /// * `csr`: the graph that [`NeighbourSampler::new`] was given, with a loop on every node. * `values`: factor of
    ///   every entry in the exact aggregate. * `outputs`: ascending. * `fan_outs`: that next to the outputs first.
    /// # Cost
    /// `O(entries drawn)`, whatever the size of the graph, but for rows of at most `fan_out` neighbours, which are
    /// taken whole.
    pub fn sample(
        &mut self,
        csr: &Csr,
        values: &[f32],
        outputs: &[u32],
        fan_outs: &[u32],
        rng: &mut Rand32,
        layers: &mut Layers,
    ) {
        layers.start(fan_outs.len(), outputs);
        for (layer, &fan_out) in (0..fan_outs.len()).rev().zip(fan_outs) {
            let (before, after) = layers.rows.split_at_mut(layer + 1);
            let (before, after, block) = (&mut before[layer], &after[0], &mut layers.blocks[layer]);
            block.clear();
            block.indptr.push(0);
            before.clear();
            for &node in after {
                self.draw.row(csr, values, node, fan_out, rng, block);
                block.indptr.push(block.indices.len() as u32);
            }
            // A node reads itself even where its loop does not count.
            for &node in block.indices.iter().chain(after) {
                if std::mem::replace(&mut self.position[node as usize], 0) == ABSENT {
                    before.push(node);
                }
            }
            before.sort_unstable();
            number(&mut self.position, before, after, block, &mut layers.roots[layer]);
        }
    }
}

/// Turns the columns of a block from nodes into positions among `before`, finds the roots, and clears `position`.
pub(super) fn number(
    position: &mut [u32],
    before: &[u32],
    after: &[u32],
    block: &mut LayerBlock,
    roots: &mut Vec<u32>,
) {
    for (place, &node) in before.iter().enumerate() {
        position[node as usize] = place as u32;
    }
    block.indices.iter_mut().for_each(|column| *column = position[*column as usize]);
    roots.clear();
    roots.extend(after.iter().map(|&node| position[node as usize]));
    for &node in before {
        position[node as usize] = ABSENT;
    }
}

/// Draws without replacement.
#[derive(Default)]
pub(super) struct Draw {
    picks: Vec<u32>,
    /// Where a place was drawn last.
    drawn: Vec<u32>,
    round: u32,
}

impl Draw {
    /// `count` of `0..len`, ascending, every set of that size as likely as any other; `count <= len`.
    ///
    /// # Source
    /// [Bentley87], Floyd's algorithm: `count` random numbers.
    pub(super) fn places(&mut self, len: u32, count: u32, rng: &mut Rand32) -> &[u32] {
        if self.drawn.len() < len as usize {
            self.drawn.resize(len as usize, 0);
        }
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.drawn.fill(0);
            self.round = 1;
        }
        self.picks.clear();
        for last in len - count..len {
            let place = rng.rand_range(0..last + 1);
            let place = if self.drawn[place as usize] == self.round { last } else { place };
            self.drawn[place as usize] = self.round;
            self.picks.push(place);
        }
        self.picks.sort_unstable();
        &self.picks
    }

    /// Appends the entries of a node: its loop where that counts, and `fan_out` others with their factors.
    fn row(
        &mut self,
        csr: &Csr,
        values: &[f32],
        node: u32,
        fan_out: u32,
        rng: &mut Rand32,
        block: &mut LayerBlock,
    ) {
        let (row, start) = (csr.row(node), csr.indptr()[node as usize] as usize);
        let own = row.binary_search(&node).expect("every node has a loop");
        let others = row.len() as u32 - 1;
        let mut take = |place: usize, factor: f32| {
            let value = values[start + place];
            // What counts nothing is not read.
            if value != 0.0 {
                block.indices.push(row[place]);
                block.values.push(value * factor);
            }
        };
        if fan_out >= others {
            (0..row.len()).for_each(|place| take(place, 1.0));
            return;
        }
        let factor = (f64::from(others) / f64::from(fan_out)) as f32;
        let mut waits = true;
        for &place in self.places(others, fan_out, rng) {
            if waits && place as usize >= own {
                take(own, 1.0);
                waits = false;
            }
            // The places of the others leave that of the loop out.
            let place = place as usize;
            take(if place < own { place } else { place + 1 }, factor);
        }
        if waits {
            take(own, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_is_as_likely_as_any_other() {
        // 3 of 5 are 10 sets; 20,000 draws give each 2,000 with a standard deviation of 42.4.
        let (mut draw, mut rng) = (Draw::default(), Rand32::new(3));
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..20_000 {
            let set = draw.places(5, 3, &mut rng).to_vec();
            assert!(set.windows(2).all(|pair| pair[0] < pair[1]) && set[2] < 5);
            *counts.entry(set).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 10);
        assert!(counts.values().all(|&count: &i32| (count - 2000).abs() < 4 * 43), "{counts:?}");
        assert_eq!(draw.places(4, 4, &mut rng), [0, 1, 2, 3]);
    }
}
