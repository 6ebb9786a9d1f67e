//! Components side by side, none over another.

use crate::layout::point::Point;

/// How much wider than high the whole is, since maps are.
const ASPECT: f64 = 1.5;

/// Least corner and size of the rectangle around some points.
fn rectangle(points: &[Point]) -> (Point, Point) {
    let low = |value: fn(&Point) -> f64| points.iter().map(value).fold(f64::INFINITY, f64::min);
    let high = |value: fn(&Point) -> f64| points.iter().map(value).fold(f64::NEG_INFINITY, f64::max);
    let corner = Point { x: low(|p| p.x), y: low(|p| p.y) };
    (corner, corner.towards(Point { x: high(|p| p.x), y: high(|p| p.y) }))
}

/// What has to be added to the points of every component so that their rectangles stand in rows, in the order given,
/// with a gap of about the room that a node has.
pub(super) fn pack<'a>(parts: impl Iterator<Item = &'a [Point]>) -> Vec<Point> {
    let mut num_nodes = 0;
    let rectangles: Vec<(Point, Point)> = parts
        .map(|points| {
            num_nodes += points.len();
            rectangle(points)
        })
        .collect();
    let area: f64 = rectangles.iter().map(|(_, size)| size.x * size.y).sum();
    let gap = (area / num_nodes.max(1) as f64).sqrt().max(1.0);
    let outer = |(_, size): &(Point, Point)| (size.x + 2.0 * gap, size.y + 2.0 * gap);
    let total: f64 = rectangles.iter().map(|r| outer(r).0 * outer(r).1).sum();
    let widest = rectangles.iter().map(|r| outer(r).0).fold(0.0, f64::max);
    let width = (ASPECT * total).sqrt().max(widest);
    let (mut x, mut y, mut row_height) = (0.0, 0.0, 0.0f64);
    rectangles
        .iter()
        .map(|part| {
            let (wide, high) = outer(part);
            if x + wide > width * (1.0 + 1e-12) {
                (x, y, row_height) = (0.0, y + row_height, 0.0);
            }
            let offset = part.0.towards(Point { x: x + gap, y: y + gap });
            x += wide;
            row_height = row_height.max(high);
            offset
        })
        .collect()
}
