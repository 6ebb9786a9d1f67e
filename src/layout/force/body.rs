//! One component under way: its places, and the forces that move them.

use super::component::Component;
use super::pivot_mds::PivotMds;
use super::repulsion::Tree;
use crate::layout::point::{GOLDEN_ANGLE, Point};

/// How strongly nodes push each other away.
const REPULSION: f64 = 2.0;
/// How strongly every node is drawn to the middle of its component.
const GRAVITY: f64 = 0.2;
/// How much swinging is borne: [Jacomy14] calls it tolerance.
const TOLERANCE: f64 = 1.0;
/// The most by which the speed grows in a round.
const GROWTH: f64 = 1.5;
/// Share of the whole's speed for a node, and the most that a node goes for its force.
const NODE_SPEED: f64 = 0.1;
const MOST_SPEED: f64 = 10.0;

/// Places of a component's nodes on the way to rest.
///
/// # Source
/// [Jacomy14]: attraction along an edge by its length, repulsion by both degrees over the distance, and a speed that
/// falls where nodes swing.
pub(super) struct Body {
    pub component: Component,
    /// The start, until it is known.
    start: Option<PivotMds>,
    pub points: Vec<Point>,
    masses: Vec<f64>,
    forces: Vec<Point>,
    before: Vec<Point>,
    speed: f64,
    tree: Option<Tree>,
    /// Nodes whose force of this round is known.
    at: usize,
}

impl Body {
    pub fn new(component: Component) -> Self {
        let len = component.len();
        let masses = (0..len).map(|at| component.row(at).len() as f64 + 1.0).collect();
        Self {
            start: Some(PivotMds::new(&component)),
            component,
            points: vec![Point::default(); len],
            masses,
            forces: vec![Point::default(); len],
            before: vec![Point::default(); len],
            speed: 1.0,
            tree: None,
            at: 0,
        }
    }

    /// One more pass of the start; `false` when the places are known.
    pub fn prepare(&mut self) -> bool {
        let Some(start) = &mut self.start else { return false };
        if start.advance(&self.component) {
            return true;
        }
        if let Some(start) = self.start.take() {
            let len = self.component.len() as f64;
            let step = self.masses.iter().sum::<f64>() / len;
            // Nodes that no pivot tells apart would never part: each gets a little offset of its own.
            self.points = start
                .points()
                .into_iter()
                .zip(0..)
                .map(|(point, at)| {
                    let offset = Point::polar(f64::from(at) * GOLDEN_ANGLE, (f64::from(at) / len).sqrt());
                    Point::default().plus(point, step).plus(offset, 0.5 * step)
                })
                .collect();
        }
        false
    }

    /// Forces of up to `budget` more nodes, and the move when all are known. Returns how many nodes were served, and
    /// whether the round is over.
    pub fn advance(&mut self, budget: usize, theta: f64) -> (usize, bool) {
        let len = self.points.len();
        let tree = self.tree.get_or_insert_with(|| Tree::new(&self.points, &self.masses));
        let end = len.min(self.at + budget.max(1));
        let served = end - self.at;
        for at in self.at..end {
            let place = self.points[at];
            let mut force = Point::default();
            force = force.plus(tree.repulsion(at, theta), REPULSION * self.masses[at]);
            for &other in self.component.row(at) {
                force = force.plus(place.towards(self.points[other as usize]), 1.0);
            }
            let far = place.length();
            if far > 0.0 {
                force = force.plus(place, -GRAVITY * self.masses[at] / far);
            }
            self.forces[at] = force;
        }
        self.at = end;
        if end < len {
            return (served, false);
        }
        self.move_all();
        (served, true)
    }

    fn move_all(&mut self) {
        let mut swinging = 0.0;
        let mut traction = 0.0;
        for ((now, before), mass) in self.forces.iter().zip(&self.before).zip(&self.masses) {
            swinging += mass * before.towards(*now).length();
            traction += mass * 0.5 * before.plus(*now, 1.0).length();
        }
        if swinging > 0.0 {
            self.speed = (TOLERANCE * traction / swinging).min(GROWTH * self.speed);
        }
        for at in 0..self.points.len() {
            let force = self.forces[at];
            let length = force.length();
            if length == 0.0 {
                continue;
            }
            let swing = self.masses[at] * self.before[at].towards(force).length();
            let speed = NODE_SPEED * self.speed / (1.0 + self.speed * swing.sqrt());
            self.points[at] = self.points[at].plus(force, speed.min(MOST_SPEED / length));
        }
        std::mem::swap(&mut self.forces, &mut self.before);
        self.tree = None;
        self.at = 0;
    }
}
