//! Parts of the coarsest level, by multilevel recursive bisection.

use oorandom::Rand32;

use super::budget::Budget;
use super::coarsen::{ClusterLimits, Coarsening};
use super::level::{ABSENT, Level};
use super::queue::Queue;
use super::refine::{Effort, Refinement};
use crate::error::Result;
use crate::limits;

/// Nodes at which a bisection stops coarsening.
const SMALL: usize = 80;
/// Halves grown from different nodes; the best is kept.
const TRIES: u32 = 8;

/// A patience of 100 whatever the level cuts 0.3 % less in 1.4 times the time.
const EFFORT: Effort = Effort { passes: 6, patience: (15, 100) };

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
    /// Greatest weight of a part in the end.
    max_weight: u32,
    done: u32,
}

impl InitialPartition {
    /// Nothing is bisected yet; `num_parts` is at least 2.
    pub fn new(level: &Level, num_parts: u32, imbalance: f64, max_weight: u32) -> Self {
        let n = level.num_nodes() as u32;
        let depth = num_parts.next_power_of_two().ilog2();
        Self {
            pieces: vec![Piece { nodes: (0..n).collect(), first_part: 0, num_parts }],
            part: vec![0; n as usize],
            local: vec![ABSENT; n as usize],
            slack: imbalance / f64::from(depth),
            max_weight,
            done: 0,
        }
    }

    /// Bisections done.
    pub fn done(&self) -> u32 {
        self.done
    }

    /// Bisects until the budget or pieces end; `true` when every part is there.
    pub fn advance(&mut self, level: &Level, rng: &mut Rand32, budget: &mut Budget) -> Result<bool> {
        while let Some(piece) = self.pieces.pop() {
            if piece.num_parts == 1 {
                for &node in &piece.nodes {
                    self.part[node as usize] = piece.first_part;
                }
                continue;
            }
            if budget.is_empty() {
                self.pieces.push(piece);
                return Ok(false);
            }
            let sub = level.induced(&piece.nodes, &mut self.local);
            budget.spend(10 * (sub.edges.len() + sub.num_nodes()));
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
        let side = |share: u32, parts: u32| {
            let wanted = (f64::from(share) * (1.0 + self.slack)).ceil() as u64;
            Side { share, max_weight: wanted.min(u64::from(parts) * u64::from(self.max_weight)) as u32 }
        };
        let sides = [side(left, left_parts), side(total as u32 - left, num_parts - left_parts)];
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
            coarsening.advance(finest, &mut Budget::endless())?;
            if coarsening.num_clusters() * 20 > finest.num_nodes() * 19 {
                break;
            }
            levels.push(coarsening.finish());
        }
        let coarsest = levels.last().map_or(level, |(coarse, _)| coarse);
        let mut side = Self::grow(coarsest, sides, rng)?;
        while let Some((_, map)) = levels.pop() {
            let finer = levels.last().map_or(level, |(coarse, _)| coarse);
            let projected = map.iter().map(|&to| side[to as usize]).collect();
            side = refined(finer, projected, sides)?.side;
        }
        Ok(side)
    }

    /// Halves grown from several nodes and refined; gives the best.
    fn grow(level: &Level, sides: [Side; 2], rng: &mut Rand32) -> Result<Vec<u32>> {
        let n = level.num_nodes() as u32;
        if n == 0 {
            return Ok(Vec::new());
        }
        let first = rng.rand_range(0..n);
        let attempt = |number: u32| {
            // Spread over the ids, so that tiny graphs are tried from every node.
            let seed =
                (u64::from(first) + u64::from(number) * u64::from(n) / u64::from(TRIES)) % u64::from(n);
            refined(level, grow_from(level, seed as u32, sides[0].share)?, sides)
        };
        let mut best = attempt(0)?;
        for number in 1..TRIES {
            let found = attempt(number)?;
            if (found.overweight, found.cut) < (best.overweight, best.cut) {
                best = found;
            }
        }
        Ok(best.side)
    }
}

/// What one side of a bisection is to weigh, and may.
#[derive(Clone, Copy)]
struct Side {
    share: u32,
    max_weight: u32,
}

/// Balances and refines two sides.
fn refined(level: &Level, side: Vec<u32>, sides: [Side; 2]) -> Result<Halves> {
    // What whole nodes force comes on top.
    let forced = level.max_weight().saturating_sub(1);
    let max = sides.map(|side| side.max_weight.max(side.share + forced));
    let mut refinement = Refinement::new(level, side, max.to_vec(), EFFORT)?;
    refinement.advance(level, &mut Budget::endless());
    let overweight = refinement.overweight();
    let side = refinement.take();
    Ok(Halves { cut: level.cut(&side), overweight, side })
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
