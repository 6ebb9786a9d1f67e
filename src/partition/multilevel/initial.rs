//! Parts of the coarsest level, by multilevel recursive bisection.

use oorandom::Rand32;

use super::coarsen::{ClusterLimits, Coarsening};
use super::fuel::Fuel;
use super::level::{ABSENT, Level};
use super::queue::Queue;
use super::refine::{Effort, Refinement};

/// Nodes at which a bisection stops coarsening.
const SMALL: usize = 80;
/// Halves grown from different nodes; the best is kept.
const TRIES: usize = 8;

const BISECT: Effort = Effort { passes: 6, patience: 100 };

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
    pub fn new(level: &Level, num_parts: u32, imbalance: f64) -> Self {
        let n = level.num_nodes() as u32;
        let depth = (32 - (num_parts - 1).leading_zeros()).max(1);
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
    pub fn advance(&mut self, level: &Level, rng: &mut Rand32, fuel: &mut Fuel) -> bool {
        while let Some(piece) = self.pieces.pop() {
            if piece.num_parts == 1 {
                for &node in &piece.nodes {
                    self.part[node as usize] = piece.first_part;
                }
                continue;
            }
            if fuel.is_empty() {
                self.pieces.push(piece);
                return false;
            }
            let sub = level.induced(&piece.nodes, &mut self.local);
            fuel.burn(10 * (sub.edges.len() + sub.num_nodes()));
            let left_parts = piece.num_parts / 2;
            let half = self.bisect(&sub, left_parts, piece.num_parts, rng);
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
        true
    }

    pub fn finish(self) -> Vec<u32> {
        self.part
    }

    /// Splits a graph in two whose weights are as `left_parts` to the rest of `num_parts`.
    fn bisect(&self, level: &Level, left_parts: u32, num_parts: u32, rng: &mut Rand32) -> Vec<u32> {
        let total = u64::from(level.total());
        let left = (total * u64::from(left_parts) / u64::from(num_parts)) as u32;
        let shares = [left, total as u32 - left];
        let mut levels: Vec<(Level, Vec<u32>)> = Vec::new();
        loop {
            let finest = levels.last().map_or(level, |(coarse, _)| coarse);
            if finest.num_nodes() <= SMALL {
                break;
            }
            let limits = ClusterLimits {
                weight: (level.total() / (SMALL as u32 / 2)).max(1),
                members: 2,
                clusters: SMALL,
            };
            let mut coarsening = Coarsening::new(finest, limits, rng);
            coarsening.advance(finest, &mut Fuel::endless());
            if coarsening.num_clusters() * 20 > finest.num_nodes() * 19 {
                break;
            }
            levels.push(coarsening.finish());
        }
        let coarsest = levels.last().map_or(level, |(coarse, _)| coarse);
        let mut side = self.grow(coarsest, shares, rng);
        while let Some((_, map)) = levels.pop() {
            let finer = levels.last().map_or(level, |(coarse, _)| coarse);
            let projected = map.iter().map(|&to| side[to as usize]).collect();
            side = self.refined(finer, projected, shares).0;
        }
        side
    }

    fn refined(&self, level: &Level, side: Vec<u32>, shares: [u32; 2]) -> (Vec<u32>, (u64, u64)) {
        let heaviest = level.max_weight();
        let max = shares.map(|share| {
            let wanted = (f64::from(share) * (1.0 + self.slack)).ceil() as u32;
            wanted.max(share.saturating_add(heaviest.saturating_sub(1)))
        });
        let mut refinement = Refinement::new(level, side, max.to_vec(), BISECT);
        refinement.advance(level, &mut Fuel::endless());
        let over = refinement.overweight();
        let side = refinement.finish();
        let cut = level.cut(&side);
        (side, (over, cut))
    }

    /// Grows the first half from a random node by greatest gain, several times; keeps the best.
    fn grow(&self, level: &Level, shares: [u32; 2], rng: &mut Rand32) -> Vec<u32> {
        let n = level.num_nodes() as u32;
        let mut best: Option<(Vec<u32>, (u64, u64))> = None;
        for _ in 0..TRIES {
            let mut side = vec![1; n as usize];
            let mut queue = Queue::new(n as usize);
            let mut grown = 0u32;
            let mut next = if n == 0 { 0 } else { rng.rand_range(0..n) };
            let mut seeds = 0;
            while grown < shares[0] && seeds <= n {
                let node = match queue.pop() {
                    Some((node, _)) => node,
                    None => {
                        let seed = next;
                        next = (next + 1) % n;
                        seeds += 1;
                        seed
                    }
                };
                if side[node as usize] == 0 {
                    continue;
                }
                let weight = level.weights[node as usize];
                // Overshoot only when that is closer than to stop short.
                if grown + weight > shares[0] && grown + weight - shares[0] > shares[0] - grown {
                    continue;
                }
                side[node as usize] = 0;
                grown += weight;
                for edge in level.row(node) {
                    if side[edge.to as usize] == 1 {
                        let inside = |e: &&super::level::Edge| side[e.to as usize] == 0;
                        let row = level.row(edge.to);
                        let to: i64 = row.iter().filter(inside).map(|e| i64::from(e.weight)).sum();
                        let all: i64 = row.iter().map(|e| i64::from(e.weight)).sum();
                        queue.set(edge.to, (2 * to - all) as i32);
                    }
                }
            }
            let found = self.refined(level, side, shares);
            if best.as_ref().is_none_or(|best| found.1 < best.1) {
                best = Some(found);
            }
        }
        best.expect("at least one try").0
    }
}
