//! The sum of what pushes a node away from all others, with far groups taken together.

use crate::layout::point::Point;

/// Nodes of a cell that is not divided further.
const LEAF: usize = 8;
/// Bits of a place along an axis.
const BITS: u32 = 16;

struct Cell {
    centre: Point,
    mass: f64,
    /// No member is farther from the centre than this.
    reach: f64,
    start: u32,
    end: u32,
    /// The cell after this one and all inside it.
    next: u32,
    is_leaf: bool,
}

/// Corners of the least rectangle around some nodes.
#[derive(Clone, Copy)]
struct Bounds {
    low: Point,
    high: Point,
}

impl Bounds {
    const EMPTY: Self = Self {
        low: Point { x: f64::INFINITY, y: f64::INFINITY },
        high: Point { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY },
    };

    fn around(self, other: Self) -> Self {
        let low = Point { x: self.low.x.min(other.low.x), y: self.low.y.min(other.low.y) };
        let high = Point { x: self.high.x.max(other.high.x), y: self.high.y.max(other.high.y) };
        Self { low, high }
    }
}

/// Nodes in squares of squares.
///
/// A group of mass `M` is taken as one when its reach is below `theta` times its distance `d`. The push of a mass at
/// distance `d` is `mass / d`, so that what is left out is at most `M / d * theta^2 / (1 - theta)`: the series of
/// `1 / (z - w)` about the centre of mass has no linear term. In all, the error is at most
/// `theta^2 (1 + theta) / (1 - theta)` times the sum of the lengths of all pushes.
/// # Source
/// [Barnes86], with the cells of a space-filling curve.
pub(super) struct Tree {
    cells: Vec<Cell>,
    /// Place of every node along the curve.
    rank: Vec<u32>,
    /// Along the curve.
    points: Vec<Point>,
    masses: Vec<f64>,
}

impl Tree {
    pub fn new(points: &[Point], masses: &[f64]) -> Self {
        let bounds = points
            .iter()
            .fold(Bounds::EMPTY, |bounds, &point| bounds.around(Bounds { low: point, high: point }));
        let extent = (bounds.high.x - bounds.low.x).max(bounds.high.y - bounds.low.y);
        let steps = f64::from((1u32 << BITS) - 1);
        let scale = if extent > 0.0 { steps / extent } else { 0.0 };
        let mut order: Vec<(u32, u32)> = points
            .iter()
            .zip(0..)
            .map(|(point, node)| {
                let cell = |value: f64, low: f64| ((value - low) * scale) as u32;
                (spread(cell(point.x, bounds.low.x)) | spread(cell(point.y, bounds.low.y)) << 1, node)
            })
            .collect();
        order.sort_unstable();
        let mut rank = vec![0; points.len()];
        for (&(_, node), at) in order.iter().zip(0..) {
            rank[node as usize] = at;
        }
        let mut tree = Self {
            cells: Vec::with_capacity(points.len() / 2 + 1),
            rank,
            points: order.iter().map(|&(_, node)| points[node as usize]).collect(),
            masses: order.iter().map(|&(_, node)| masses[node as usize]).collect(),
        };
        let codes: Vec<u32> = order.iter().map(|&(code, _)| code).collect();
        if !codes.is_empty() {
            tree.divide(&codes, 0, codes.len(), BITS);
        }
        tree
    }

    /// Adds the cell of a part of the curve and all cells inside; `level` bits are left to tell its nodes apart.
    fn divide(&mut self, codes: &[u32], start: usize, end: usize, mut level: u32) -> Bounds {
        let at = self.cells.len();
        let mut cell = Cell {
            centre: Point::default(),
            mass: 0.0,
            reach: 0.0,
            start: start as u32,
            end: end as u32,
            next: 0,
            is_leaf: false,
        };
        // Squares with a single square inside are left out.
        while level > 0 && (codes[start] ^ codes[end - 1]) >> (2 * (level - 1)) == 0 {
            level -= 1;
        }
        cell.is_leaf = end - start <= LEAF || level == 0;
        let is_leaf = cell.is_leaf;
        self.cells.push(cell);
        let mut bounds = Bounds::EMPTY;
        let mut sum = Point::default();
        let mut mass = 0.0;
        if is_leaf {
            for i in start..end {
                bounds = bounds.around(Bounds { low: self.points[i], high: self.points[i] });
                sum = sum.plus(self.points[i], self.masses[i]);
                mass += self.masses[i];
            }
        } else {
            let shift = 2 * (level - 1);
            let mut from = start;
            while from < end {
                let to =
                    from + codes[from..end].partition_point(|code| code >> shift <= codes[from] >> shift);
                let child = self.cells.len();
                bounds = bounds.around(self.divide(codes, from, to, level - 1));
                sum = sum.plus(self.cells[child].centre, self.cells[child].mass);
                mass += self.cells[child].mass;
                from = to;
            }
        }
        let centre = Point { x: sum.x / mass, y: sum.y / mass };
        let next = self.cells.len() as u32;
        let cell = &mut self.cells[at];
        cell.centre = centre;
        cell.mass = mass;
        let far = |centre: f64, low: f64, high: f64| (centre - low).max(high - centre);
        cell.reach = Point {
            x: far(centre.x, bounds.low.x, bounds.high.x),
            y: far(centre.y, bounds.low.y, bounds.high.y),
        }
        .length();
        cell.next = next;
        bounds
    }

    /// What pushes a node of mass 1 at the node's place: for every other node its mass over the distance, away from it.
    /// Nodes at the very same place do not push each other.
    pub fn repulsion(&self, node: usize, theta: f64) -> Point {
        let rank = self.rank[node];
        let place = self.points[rank as usize];
        let mut sum = Point::default();
        let mut at = 0;
        while at < self.cells.len() {
            let cell = &self.cells[at];
            let away = cell.centre.towards(place);
            let square = away.x * away.x + away.y * away.y;
            let holds = (cell.start..cell.end).contains(&rank);
            if !holds && cell.reach * cell.reach < theta * theta * square {
                sum = sum.plus(away, cell.mass / square);
                at = cell.next as usize;
            } else if cell.is_leaf {
                for i in cell.start as usize..cell.end as usize {
                    let away = self.points[i].towards(place);
                    let square = away.x * away.x + away.y * away.y;
                    if square > 0.0 {
                        sum = sum.plus(away, self.masses[i] / square);
                    }
                }
                at = cell.next as usize;
            } else {
                at += 1;
            }
        }
        sum
    }
}

/// The bits of a number with a gap after each.
fn spread(value: u32) -> u32 {
    let mut v = value & 0xffff;
    v = (v | v << 8) & 0x00ff_00ff;
    v = (v | v << 4) & 0x0f0f_0f0f;
    v = (v | v << 2) & 0x3333_3333;
    (v | v << 1) & 0x5555_5555
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::THETA;
    use proptest::prelude::*;

    /// The exact push, and the sum of the lengths of its parts.
    fn exact(points: &[Point], masses: &[f64], node: usize) -> (Point, f64) {
        let mut sum = Point::default();
        let mut lengths = 0.0;
        for (point, mass) in points.iter().zip(masses) {
            let away = point.towards(points[node]);
            let length = away.length();
            if length > 0.0 {
                sum = sum.plus(away, mass / (length * length));
                lengths += mass / length;
            }
        }
        (sum, lengths)
    }

    fn bodies() -> impl Strategy<Value = Vec<(f64, f64, f64)>> {
        let tight = (0.0..1.0f64, 0.0..1.0f64, 1.0..9.0f64);
        let loose = (-50.0..50.0f64, -50.0..50.0f64, 1.0..9.0f64);
        let same = (Just(0.25), Just(0.75), 1.0..9.0f64);
        prop::collection::vec(prop_oneof![4 => tight, 4 => loose, 1 => same], 1..200)
    }

    proptest! {
        #[test]
        fn the_error_is_within_the_bound(bodies in bodies(), theta in 0.0..0.95f64) {
            let points: Vec<Point> = bodies.iter().map(|&(x, y, _)| Point { x, y }).collect();
            let masses: Vec<f64> = bodies.iter().map(|&(_, _, mass)| mass).collect();
            let tree = Tree::new(&points, &masses);
            let bound = theta * theta * (1.0 + theta) / (1.0 - theta);
            for node in 0..points.len() {
                let (expected, lengths) = exact(&points, &masses, node);
                let error = expected.towards(tree.repulsion(node, theta)).length();
                prop_assert!(error <= (bound + 1e-12) * lengths, "{} > {} of {}", error, bound, lengths);
            }
        }
    }

    #[test]
    fn the_usual_error_is_far_below_the_bound() {
        // A sunflower of 3,000 nodes of unequal masses.
        let points: Vec<Point> = (0..3000)
            .map(|i| Point::polar(f64::from(i) * crate::layout::point::GOLDEN_ANGLE, f64::from(i).sqrt()))
            .collect();
        let masses: Vec<f64> = (0..3000).map(|i| f64::from(1 + i % 7)).collect();
        let tree = Tree::new(&points, &masses);
        let (mut errors, mut lengths) = (0.0, 0.0);
        for node in 0..points.len() {
            let (expected, length) = exact(&points, &masses, node);
            errors += expected.towards(tree.repulsion(node, THETA.number())).length();
            lengths += length;
        }
        assert!(errors < 0.01 * lengths, "{} of the pushes", errors / lengths);
    }
}
