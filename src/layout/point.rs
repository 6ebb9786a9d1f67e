//! Points of the plane, and their way onto the unit square.

use std::f64::consts::TAU;

/// A point of the plane.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Point {
    pub x: f64,
    pub y: f64,
}

impl Point {
    pub fn polar(angle: f64, radius: f64) -> Self {
        Self { x: radius * libm::cos(angle), y: radius * libm::sin(angle) }
    }

    pub fn towards(self, other: Self) -> Self {
        Self { x: other.x - self.x, y: other.y - self.y }
    }

    pub fn plus(self, other: Self, factor: f64) -> Self {
        Self { x: self.x + factor * other.x, y: self.y + factor * other.y }
    }

    pub fn length(self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    /// In (-pi, pi]; 0 for the origin.
    pub fn angle(self) -> f64 {
        libm::atan2(self.y, self.x)
    }
}

/// Turn between neighbours of a sunflower, which fills a disc evenly.
pub(super) const GOLDEN_ANGLE: f64 = TAU * 0.381_966_011_250_105_15;

/// Centres the points on the unit square with a margin of 2 %.
pub(super) fn fit(points: &[Point]) -> Vec<f32> {
    let bounds = |value: fn(&Point) -> f64| {
        points
            .iter()
            .map(value)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
    };
    let ((left, right), (top, bottom)) = (bounds(|p| p.x), bounds(|p| p.y));
    let extent = (right - left).max(bottom - top);
    let scale = if extent > 0.0 { 0.96 / extent } else { 0.0 };
    let (x, y) = (0.5 * (left + right), 0.5 * (top + bottom));
    points
        .iter()
        .flat_map(|point| [(0.5 + scale * (point.x - x)) as f32, (0.5 + scale * (point.y - y)) as f32])
        .collect()
}
