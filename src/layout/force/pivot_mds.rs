//! Where a component starts: distances from a few nodes, as well as the plane can show them.

use std::collections::VecDeque;

use super::component::Component;
use crate::layout::point::Point;
use crate::math::ascending_bits;

const NUM_PIVOTS: usize = 24;
/// Rows of the product of the distances that count as one advance.
const ROWS: usize = 4096;

/// Scaling of the distances from pivots, each the node farthest from those before it.
///
/// # Source
/// [Brandes07], with the farthest-first choice of pivots; the matrix of pivots is solved by Jacobi's rotations.
pub(super) struct PivotMds {
    num_pivots: usize,
    /// Squared distances of all nodes from each pivot.
    squares: Vec<Vec<f64>>,
    /// Distance of each node from the nearest pivot.
    nearest: Vec<u32>,
    row_means: Vec<f64>,
    column_means: Vec<f64>,
    /// Product of the centred distances with themselves, pivot by pivot.
    gram: Vec<f64>,
    row: usize,
}

impl PivotMds {
    pub fn new(component: &Component) -> Self {
        Self::with_pivots(component, NUM_PIVOTS)
    }

    fn with_pivots(component: &Component, most: usize) -> Self {
        let num_pivots = component.len().min(most);
        Self {
            num_pivots,
            squares: Vec::with_capacity(num_pivots),
            nearest: vec![u32::MAX; component.len()],
            row_means: Vec::new(),
            column_means: Vec::new(),
            gram: vec![0.0; num_pivots * num_pivots],
            row: 0,
        }
    }

    /// Walks from one more pivot, or multiplies some more rows; `false` when all is done.
    pub fn advance(&mut self, component: &Component) -> bool {
        if self.squares.len() < self.num_pivots {
            self.walk(component);
            return true;
        }
        if self.row_means.is_empty() {
            self.centre(component.len());
        }
        let end = component.len().min(self.row + ROWS);
        let mut row = vec![0.0; self.num_pivots];
        for at in self.row..end {
            self.centred(at, &mut row);
            for a in 0..self.num_pivots {
                for b in 0..=a {
                    self.gram[a * self.num_pivots + b] += row[a] * row[b];
                }
            }
        }
        self.row = end;
        end < component.len()
    }

    /// Distances from the node farthest from all pivots so far, at first the node that the component begins with.
    fn walk(&mut self, component: &Component) {
        let farthest = (0..component.len()).rev().max_by_key(|&at| self.nearest[at]).unwrap_or(0);
        let pivot = if self.squares.is_empty() { 0 } else { farthest };
        let mut distance = vec![u32::MAX; component.len()];
        distance[pivot] = 0;
        let mut queue = VecDeque::from([pivot]);
        while let Some(at) = queue.pop_front() {
            for &other in component.row(at) {
                if distance[other as usize] == u32::MAX {
                    distance[other as usize] = distance[at] + 1;
                    queue.push_back(other as usize);
                }
            }
        }
        for (nearest, &now) in self.nearest.iter_mut().zip(&distance) {
            *nearest = (*nearest).min(now);
        }
        self.squares.push(distance.into_iter().map(|d| f64::from(d) * f64::from(d)).collect());
    }

    fn centre(&mut self, len: usize) {
        let mean = |sum: f64, count: usize| sum / count as f64;
        self.column_means = self.squares.iter().map(|column| mean(column.iter().sum(), len)).collect();
        let row_sum = |at: usize| self.squares.iter().map(|column| column[at]).sum::<f64>();
        self.row_means = (0..len).map(|at| mean(row_sum(at), self.num_pivots)).collect();
    }

    /// A row of the distances, centred by rows and by columns.
    fn centred(&self, at: usize, row: &mut [f64]) {
        let whole = self.column_means.iter().sum::<f64>() / self.num_pivots as f64;
        for (pivot, value) in row.iter_mut().enumerate() {
            *value = -0.5 * (self.squares[pivot][at] - self.row_means[at] - self.column_means[pivot] + whole);
        }
    }

    /// Places such that distances are about those of the graph.
    pub fn points(mut self) -> Vec<Point> {
        let k = self.num_pivots;
        for a in 0..k {
            for b in 0..a {
                self.gram[b * k + a] = self.gram[a * k + b];
            }
        }
        let axes = strongest_two(&mut self.gram, k);
        let share = (self.row_means.len() as f64 / k as f64).sqrt();
        let mut row = vec![0.0; k];
        (0..self.row_means.len())
            .map(|at| {
                self.centred(at, &mut row);
                let along = |(value, vector): &(f64, Vec<f64>)| {
                    let spread = value.max(0.0).sqrt();
                    if spread < 1e-9 {
                        return 0.0;
                    }
                    let dot: f64 = row.iter().zip(vector).map(|(a, b)| a * b).sum();
                    dot / spread * (spread * share).sqrt()
                };
                Point { x: along(&axes[0]), y: along(&axes[1]) }
            })
            .collect()
    }
}

/// The two greatest eigenvalues of a symmetric matrix with their vectors, by cyclic rotations of Jacobi.
fn strongest_two(matrix: &mut [f64], k: usize) -> [(f64, Vec<f64>); 2] {
    let mut vectors = vec![0.0; k * k];
    for i in 0..k {
        vectors[i * k + i] = 1.0;
    }
    let scale: f64 = matrix.iter().map(|v| v * v).sum();
    for _ in 0..60 {
        let off: f64 =
            (0..k).flat_map(|a| (0..a).map(move |b| (a, b))).map(|(a, b)| matrix[a * k + b].powi(2)).sum();
        if off <= 1e-24 * scale {
            break;
        }
        for p in 0..k {
            for q in p + 1..k {
                rotate(matrix, &mut vectors, k, p, q);
            }
        }
    }
    // The greatest first.
    let mut order: Vec<(u64, u32)> =
        (0..k).map(|at| (!ascending_bits(matrix[at * k + at]), at as u32)).collect();
    order.sort_unstable();
    let axis = |rank: usize| match order.get(rank) {
        Some(&(_, at)) => (
            matrix[at as usize * k + at as usize],
            (0..k).map(|row| vectors[row * k + at as usize]).collect(),
        ),
        None => (0.0, vec![0.0; k]),
    };
    [axis(0), axis(1)]
}

/// Turns the plane of `p` and `q` so that their common element is 0.
fn rotate(matrix: &mut [f64], vectors: &mut [f64], k: usize, p: usize, q: usize) {
    let between = matrix[p * k + q];
    if between == 0.0 {
        return;
    }
    let theta = (matrix[q * k + q] - matrix[p * k + p]) / (2.0 * between);
    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for i in 0..k {
        let (a, b) = (matrix[i * k + p], matrix[i * k + q]);
        matrix[i * k + p] = c * a - s * b;
        matrix[i * k + q] = s * a + c * b;
    }
    for i in 0..k {
        let (a, b) = (matrix[p * k + i], matrix[q * k + i]);
        matrix[p * k + i] = c * a - s * b;
        matrix[q * k + i] = s * a + c * b;
        let (a, b) = (vectors[i * k + p], vectors[i * k + q]);
        vectors[i * k + p] = c * a - s * b;
        vectors[i * k + q] = s * a + c * b;
    }
}

#[cfg(test)]
mod tests {
    use super::super::component::components;
    use super::*;
    use crate::graph::Graph;
    use crate::limits::Limits;

    fn start(n: u32, edges: &[(u32, u32)], pivots: usize) -> (Component, Vec<Point>) {
        let (graph, _) = Graph::from_edges(n, edges, &Limits::default()).unwrap();
        let component = components(graph.adjacency()).remove(0);
        let mut mds = PivotMds::with_pivots(&component, pivots);
        while mds.advance(&component) {}
        let points = mds.points();
        (component, points)
    }

    fn apart(points: &[Point], a: usize, b: usize) -> f64 {
        points[a].towards(points[b]).length()
    }

    #[test]
    fn a_path_is_a_straight_line_of_steps_of_one() {
        let edges: Vec<(u32, u32)> = (1..30).map(|v| (v - 1, v)).collect();
        // The distances of a path are those of a line, so that scaling with every node as a pivot is exact.
        let (component, points) = start(30, &edges, 30);
        for a in 0..30 {
            for b in 0..a {
                let steps = f64::from(component.nodes[a].abs_diff(component.nodes[b]));
                assert!((apart(&points, a, b) - steps).abs() < 1e-6, "{a} and {b}");
            }
        }
        // With few pivots all distances are off by the same factor.
        let (component, points) = start(30, &edges, 5);
        let unit = apart(&points, 0, 29) / f64::from(component.nodes[0].abs_diff(component.nodes[29]));
        assert!((0.5..2.0).contains(&unit), "{unit}");
        for a in 0..30 {
            for b in 0..a {
                let steps = f64::from(component.nodes[a].abs_diff(component.nodes[b]));
                assert!((apart(&points, a, b) - unit * steps).abs() < 1e-6, "{a} and {b}");
            }
        }
    }

    #[test]
    fn a_grid_keeps_its_corners_and_the_order_of_its_rows() {
        let side = 12;
        let at = |row: u32, column: u32| row * side + column;
        let mut edges = Vec::new();
        for row in 0..side {
            for column in 0..side {
                if column > 0 {
                    edges.push((at(row, column - 1), at(row, column)));
                }
                if row > 0 {
                    edges.push((at(row - 1, column), at(row, column)));
                }
            }
        }
        let (component, points) = start(side * side, &edges, NUM_PIVOTS);
        let mut places = vec![Point::default(); points.len()];
        for (&node, &point) in component.nodes.iter().zip(&points) {
            places[node as usize] = point;
        }
        let place = |row: u32, column: u32| places[at(row, column) as usize];
        let last = side - 1;
        // Opposite corners are 22 steps apart, neighbouring ones 11, as every path between them.
        let corners = [place(0, 0), place(0, last), place(last, last), place(last, 0)];
        for i in 0..4 {
            let side_length = corners[i].towards(corners[(i + 1) % 4]).length();
            let diagonal = corners[i].towards(corners[(i + 2) % 4]).length();
            assert!((9.0..20.0).contains(&side_length), "{side_length}");
            assert!((18.0..26.0).contains(&diagonal), "{diagonal}");
        }
        // Along every row the places lead from one side to the other.
        let across = corners[0].towards(corners[1]);
        for row in 0..side {
            for column in 1..side {
                let step = place(row, column - 1).towards(place(row, column));
                assert!(step.x * across.x + step.y * across.y > 0.0, "row {row}, column {column}");
            }
        }
    }
}
