//! Every batch an island, its nodes placed by their neighbours on other islands.

use std::f64::consts::TAU;
use std::sync::Arc;

use super::islands;
use super::point::{GOLDEN_ANGLE, Point, fit};
use crate::batch::Plan;
use crate::error::{Error, Result};
use crate::graph::{Csr, Dataset};
use crate::math::ascending_bits;
use crate::task::{Progress, Step};

/// Island of a node that is in no batch.
pub const OUTSIDE: i32 = -1;

/// Positions of all nodes on the unit square, y downwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// x and y of every node.
    pub positions: Vec<f32>,
    /// Batch on whose island each node stands; [`OUTSIDE`] for the others, which stand around all islands.
    pub island: Vec<i32>,
}

/// Lays a graph out by the batches of a plan, island by island.
///
/// An output stands on the island of its batch, another node on that of the batch on which it has most influence.
/// On an island, nodes with many neighbours elsewhere stand at the shore that faces them.
/// # Cost
/// `O(m + n log n)` and at most 20 million disc pairs for the islands.
/// # Example
/// See [`NodeWiseJob`](crate::batch::NodeWiseJob) for the plan; then `task::run(ByBatchJob::new(dataset, plan)?)`.
pub struct ByBatchJob {
    dataset: Arc<Dataset>,
    island: Vec<i32>,
    members: Vec<Vec<u32>>,
    centres: Vec<Point>,
    points: Vec<Point>,
    done: usize,
}

impl ByBatchJob {
    /// Assigns nodes to islands and places the islands.
    ///
    /// # Errors
    /// `shape_mismatch` when the plan was made for a graph of another size.
    pub fn new(dataset: Arc<Dataset>, plan: &Plan) -> Result<Self> {
        let n = dataset.graph.num_nodes();
        if plan.num_graph_nodes() != n {
            return Err(Error::ShapeMismatch(format!(
                "the plan was made for {} nodes, the graph has {n}",
                plan.num_graph_nodes()
            )));
        }
        let island = assign(plan);
        let mut members = vec![Vec::new(); plan.num_batches()];
        for (node, &island) in (0..n).zip(&island) {
            if island != OUTSIDE {
                members[island as usize].push(node);
            }
        }
        let mut crossing: Vec<(u32, u32)> = Vec::new();
        for (u, v) in dataset.graph.edges() {
            let (a, b) = (island[u as usize], island[v as usize]);
            if a != b && a != OUTSIDE && b != OUTSIDE {
                crossing.push((a.min(b) as u32, a.max(b) as u32));
            }
        }
        crossing.sort_unstable();
        let weights: Vec<_> =
            crossing.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32)).collect();
        let radii: Vec<f64> = members.iter().map(|nodes| (nodes.len() as f64).sqrt()).collect();
        let centres = islands::place(&radii, &weights);
        let points = vec![Point::default(); n as usize];
        Ok(Self { dataset, island, members, centres, points, done: 0 })
    }

    /// Fills an island from the shore inwards, ring by ring.
    fn place_members(&mut self, island: usize) {
        let csr = self.dataset.graph.adjacency();
        // The strongest pull first.
        let mut by_pull: Vec<(u64, u32)> = self.members[island]
            .iter()
            .map(|&node| (!ascending_bits(self.share_outside(csr, island, node)), node))
            .collect();
        by_pull.sort_unstable();
        let centre = self.centres[island];
        let mut placed = vec![false; self.points.len()];
        let mut rest: &[(u64, u32)] = &by_pull;
        for ring in rings(by_pull.len()) {
            let (now, later) = rest.split_at(ring.count);
            let mut by_angle: Vec<(u64, u32)> = now
                .iter()
                .map(|&(_, node)| (ascending_bits(self.preferred_angle(csr, island, node, &placed)), node))
                .collect();
            by_angle.sort_unstable();
            for (at, &(_, node)) in by_angle.iter().enumerate() {
                let angle = TAU * ((at as f64 + 0.5) / ring.count as f64 - 0.5);
                self.points[node as usize] = centre.plus(Point::polar(angle, ring.radius), 1.0);
                placed[node as usize] = true;
            }
            rest = later;
        }
    }

    /// Share of a node's neighbours that stand on other islands.
    fn share_outside(&self, csr: &Csr, island: usize, node: u32) -> f64 {
        let elsewhere = csr.row(node).iter().filter(|&&u| {
            let other = self.island[u as usize];
            other != OUTSIDE && other != island as i32
        });
        elsewhere.count() as f64 / f64::from(csr.degree(node))
    }

    /// Direction of the node's neighbours: other islands by their centres, this one by those placed already.
    fn preferred_angle(&self, csr: &Csr, island: usize, node: u32, placed: &[bool]) -> f64 {
        let centre = self.centres[island];
        let mut pull = Point::default();
        for &u in csr.row(node) {
            let other = self.island[u as usize];
            let target = match other {
                OUTSIDE => continue,
                other if other != island as i32 => self.centres[other as usize],
                _ if placed[u as usize] => self.points[u as usize],
                _ => continue,
            };
            let step = centre.towards(target);
            let length = step.length();
            if length > 0.0 {
                pull = pull.plus(step, 1.0 / length);
            }
        }
        pull.angle()
    }

    /// Spreads the nodes of no batch around all islands.
    fn place_outside(&mut self) {
        let reach = self
            .members
            .iter()
            .zip(&self.centres)
            .map(|(nodes, centre)| centre.length() + (nodes.len() as f64).sqrt());
        let inner = 1.08 * reach.fold(0.0, f64::max);
        let csr = self.dataset.graph.adjacency();
        let mut by_angle: Vec<(u64, u32)> = (0..csr.num_nodes())
            .filter(|&node| self.island[node as usize] == OUTSIDE)
            .map(|node| {
                let near = csr.row(node).iter().filter(|&&u| self.island[u as usize] != OUTSIDE);
                let pull = near.fold(Point::default(), |sum, &u| sum.plus(self.points[u as usize], 1.0));
                // Nodes far from every batch are spread by their id.
                let angle =
                    if pull.length() > 0.0 { pull.angle() } else { f64::from(node) * GOLDEN_ANGLE % TAU };
                (ascending_bits(angle), node)
            })
            .collect();
        by_angle.sort_unstable();
        let count = by_angle.len() as f64;
        for (at, &(_, node)) in by_angle.iter().enumerate() {
            let angle = TAU * ((at as f64 + 0.5) / count - 0.5);
            // Even over the ring: the low bits of the position, reversed, choose the depth.
            let depth = f64::from((at as u32).reverse_bits()) / 4_294_967_296.0;
            let radius = (inner * inner + depth * 1.5 * count).sqrt();
            self.points[node as usize] = Point::polar(angle, radius);
        }
    }
}

struct Ring {
    count: usize,
    radius: f64,
}

/// Rings of a disc of radius `sqrt(count)`, from the outside in, evenly filled.
fn rings(count: usize) -> Vec<Ring> {
    let mut rings = Vec::new();
    let mut left = count;
    while left > 0 {
        let radius = (left as f64).sqrt();
        // The ring one unit of area a node wide: radii from sqrt(left) - w to sqrt(left), w = sqrt(pi).
        let inside = (radius - 1.772).max(0.0).powi(2).floor() as usize;
        let inside = if inside < 2 { 0 } else { inside };
        rings.push(Ring {
            count: left - inside,
            radius: if left == 1 { 0.0 } else { (radius - 0.886).max(0.4) },
        });
        left = inside;
    }
    rings
}

/// The island of every node.
fn assign(plan: &Plan) -> Vec<i32> {
    let n = plan.num_graph_nodes() as usize;
    let mut island = vec![OUTSIDE; n];
    let mut strongest = vec![0.0f32; n];
    for (index, batch) in (0..).zip(plan.batches()) {
        for (&node, &score) in batch.nodes.iter().zip(batch.scores) {
            if score > strongest[node as usize] {
                strongest[node as usize] = score;
                island[node as usize] = index;
            }
        }
        for &local in batch.outputs {
            let node = batch.nodes[local as usize] as usize;
            island[node] = index;
            strongest[node] = f32::INFINITY;
        }
    }
    island
}

impl Step for ByBatchJob {
    type Output = Layout;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let mut placed = 0;
        while self.done < self.members.len() && placed < budget.max(1) as usize {
            self.place_members(self.done);
            placed += self.members[self.done].len();
            self.done += 1;
            if self.done == self.members.len() {
                self.place_outside();
            }
        }
        if self.members.is_empty() && self.done == 0 {
            self.place_outside();
        }
        let total = self.members.len() as u64;
        let done = self.done as u64;
        Ok(Progress { stage: "layout", done, total, finished: done == total })
    }

    fn finish(self) -> Result<Layout> {
        if self.done < self.members.len() {
            return Err(Error::Internal("the layout is not finished".to_owned()));
        }
        Ok(Layout { positions: fit(&self.points), island: self.island })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_hold_everyone_within_the_radius() {
        for count in [1, 2, 3, 7, 30, 339, 5000] {
            let rings = rings(count);
            assert_eq!(rings.iter().map(|ring| ring.count).sum::<usize>(), count);
            assert!(rings.iter().all(|ring| ring.radius <= (count as f64).sqrt()));
            assert!(rings.windows(2).all(|pair| pair[0].radius > pair[1].radius));
        }
    }
}
