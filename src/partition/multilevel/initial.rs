//! Parts of the coarsest level, by multilevel recursive bisection.

use oorandom::Rand32;

use super::coarsen::{ClusterLimits, Coarsening};
use super::fuel::Fuel;
use super::level::{ABSENT, Level};
use super::queue::Queue;
use super::refine::{Effort, Refinement};
use crate::error::Result;
use crate::limits;

/// Nodes at which a bisection stops coarsening.
const SMALL: usize = 80;
/// Halves grown from different nodes; the best is kept.
const TRIES: usize = 8;

const EFFORT: Effort = Effort { passes: 6, patience: 100 };

/// Nodes that are to become some parts with consecutive numbers.
struct Piece {
    nodes: Vec<u32>,
    first_part: u32,
    num_parts: u32,
}

/// A recursive bisection under way: one bisection a call.
pub(super) struct InitialPartition {
    pieces: Vec<Piece>,
    part: Vec<u32>,
    local: Vec<u32>,
    /// Imbalance that one bisection may add.
    slack: f64,
    done: u32,
}

impl InitialPartition {
    /// Nothing is bisected yet; `num_parts` is at least 2.
    pub fn new(level: &Level, num_parts: u32, imbalance: f64) -> Self {
        let n = level.num_nodes() as u32;
        let depth = num_parts.next_power_of_two().ilog2();
        Self {
            pieces: vec![Piece { nodes: (0..n).collect(), first_part: 0, num_parts }],
            part: vec![0; n as usize],
            local: vec![ABSENT; n as usize],
            slack: imbalance / f64::from(depth),
            done: 0,
        }
    }

    /// Bisections done.
    pub fn done(&self) -> u32 {
        self.done
    }

    /// Bisects until fuel or pieces end; `true` when every part is there.
    pub fn advance(&mut self, level: &Level, rng: &mut Rand32, fuel: &mut Fuel) -> Result<bool> {
        while let Some(piece) = self.pieces.pop() {
            if piece.num_parts == 1 {
                for &node in &piece.nodes {
                    self.part[node as usize] = piece.first_part;
                }
                continue;
            }
            if fuel.is_empty() {
                self.pieces.push(piece);
                return Ok(false);
            }
            let sub = level.induced(&piece.nodes, &mut self.local);
            fuel.burn(10 * (sub.edges.len() + sub.num_nodes()));
            let left_parts = piece.num_parts / 2;
            let half = self.bisect(&sub, left_parts, piece.num_parts, rng)?;
            self.done += 1;
            let side = |wanted: u32| {
                let kept = piece.nodes.iter().zip(&half).filter(move |&(_, &side)| side == wanted);
                kept.map(|(&node, _)| node).collect()
            };
            let (left, right) = (side(0), side(1));
            let middle = piece.first_part + left_parts;
            self.pieces.push(Piece {
                nodes: right,
                first_part: middle,
                num_parts: piece.num_parts - left_parts,
            });
            self.pieces.push(Piece { nodes: left, first_part: piece.first_part, num_parts: left_parts });
        }
        Ok(true)
    }

    /// The part of every node, once [`Self::advance`] has returned `true`.
    pub fn take(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.part)
    }

    /// Splits a graph in two whose weights are as `left_parts` to the rest of `num_parts`.
    fn bisect(&self, level: &Level, left_parts: u32, num_parts: u32, rng: &mut Rand32) -> Result<Vec<u32>> {
        let total = u64::from(level.total());
        let left = (total * u64::from(left_parts) / u64::from(num_parts)) as u32;
        let shares = [left, total as u32 - left];
        let mut levels: Vec<(Level, Vec<u32>)> = Vec::new();
        loop {
            let finest = levels.last().map_or(level, |(coarse, _)| coarse);
            if finest.num_nodes() <= SMALL {
                break;
            }
            let bounds = ClusterLimits {
                weight: (level.total() / (SMALL as u32 / 2)).max(1),
                members: 2,
                clusters: SMALL,
            };
            let mut coarsening = Coarsening::new(finest, bounds, rng)?;
            coarsening.advance(finest, &mut Fuel::endless())?;
            if coarsening.num_clusters() * 20 > finest.num_nodes() * 19 {
                break;
            }
            levels.push(coarsening.finish());
        }
        let coarsest = levels.last().map_or(level, |(coarse, _)| coarse);
        let mut side = self.grow(coarsest, shares, rng)?;
        while let Some((_, map)) = levels.pop() {
            let finer = levels.last().map_or(level, |(coarse, _)| coarse);
            let projected = map.iter().map(|&to| side[to as usize]).collect();
            side = self.refined(finer, projected, shares)?.side;
        }
        Ok(side)
    }

    /// Balances and refines two sides.
    fn refined(&self, level: &Level, side: Vec<u32>, shares: [u32; 2]) -> Result<Halves> {
        let heaviest = level.max_weight();
        let max = shares.map(|share| {
            let wanted = (f64::from(share) * (1.0 + self.slack)).ceil() as u32;
            wanted.max(share + heaviest.saturating_sub(1))
        });
        let mut refinement = Refinement::new(level, side, max.to_vec(), EFFORT)?;
        refinement.advance(level, &mut Fuel::endless());
        let overweight = refinement.overweight();
        let side = refinement.take();
        Ok(Halves { cut: level.cut(&side), overweight, side })
    }

    /// Halves grown from several nodes and refined; gives the best.
    fn grow(&self, level: &Level, shares: [u32; 2], rng: &mut Rand32) -> Result<Vec<u32>> {
        let n = level.num_nodes() as u32;
        if n == 0 {
            return Ok(Vec::new());
        }
        let mut best = self.refined(level, grow_from(level, rng.rand_range(0..n), shares[0])?, shares)?;
        for _ in 1..TRIES {
            let found = self.refined(level, grow_from(level, rng.rand_range(0..n), shares[0])?, shares)?;
            if (found.overweight, found.cut) < (best.overweight, best.cut) {
                best = found;
            }
        }
        Ok(best.side)
    }
}

/// Two sides and what they are worth.
struct Halves {
    side: Vec<u32>,
    overweight: u64,
    cut: u64,
}

/// Grows side 0 from a node, always by the one whose move cuts least, up to a share of the weight.
fn grow_from(level: &Level, seed: u32, share: u32) -> Result<Vec<u32>> {
    let n = level.num_nodes() as u32;
    let mut side = limits::filled(n as usize, 1)?;
    let mut gain: Vec<i32> =
        (0..n).map(|node| -(level.row(node).iter().map(|edge| edge.weight).sum::<u32>() as i32)).collect();
    let mut queue = Queue::new(n as usize)?;
    let mut grown = 0;
    // Where a component ends, growth goes on from the next node.
    let mut seeds = (seed..n).chain(0..seed);
    while grown < share {
        let Some(node) = queue.pop().map(|(node, _)| node).or_else(|| seeds.next()) else { break };
        let weight = level.weights[node as usize];
        // Overshoot only when that is nearer than to stop short.
        let too_far = (grown + weight).saturating_sub(share) > share - grown;
        if side[node as usize] == 0 || too_far {
            continue;
        }
        side[node as usize] = 0;
        grown += weight;
        for edge in level.row(node) {
            if side[edge.to as usize] == 1 {
                gain[edge.to as usize] += 2 * edge.weight as i32;
                queue.set(edge.to, gain[edge.to as usize]);
            }
        }
    }
    Ok(side)
}
