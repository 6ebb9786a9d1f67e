//! Where the discs of the batches stand: close to those they share edges with, never over one another.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::point::{GOLDEN_ANGLE, Point};

/// Free space between two discs as a share of their radii.
const GAP: f64 = 1.12;
/// How much wider than high the whole is, since maps are.
const ASPECT: f64 = 1.5;
/// Pairs looked at in all rounds together: some 0.1 s.
const MAX_PAIRS: usize = 20_000_000;

/// Centres of discs of the given radii; `weights` counts the edges between discs `a < b`, in their order.
pub(super) fn place(radii: &[f64], weights: &[((u32, u32), u32)]) -> Vec<Point> {
    let mut centres = sunflower(radii, &neighbourly_order(radii.len(), weights));
    let strengths: Vec<u32> = weights.iter().fold(vec![0; radii.len()], |mut sums, &((a, b), weight)| {
        sums[a as usize] += weight;
        sums[b as usize] += weight;
        sums
    });
    let num_pairs = (radii.len() * radii.len() / 2).max(1);
    let rounds = (MAX_PAIRS / num_pairs).clamp(1, 200);
    for round in 0..rounds {
        // Attraction cools down to nothing, so that the last rounds only keep discs apart.
        let heat = 0.12 * (1.0 - round as f64 / (0.8 * rounds as f64)).max(0.0);
        for &((a, b), weight) in weights {
            let (a, b) = (a as usize, b as usize);
            let share = f64::from(weight) / f64::from(strengths[a].min(strengths[b]));
            let step = centres[a].towards(centres[b]);
            centres[a] = centres[a].plus(step, 0.5 * heat * share);
            centres[b] = centres[b].plus(step, -0.5 * heat * share);
        }
        for centre in &mut centres {
            centre.x *= 1.0 - 0.2 * heat / ASPECT;
            centre.y *= 1.0 - 0.2 * heat * ASPECT;
        }
        if num_pairs <= MAX_PAIRS {
            keep_apart(&mut centres, radii);
        }
    }
    centres
}

/// Discs one after another, each the one that shares most edges with those before it.
fn neighbourly_order(count: usize, weights: &[((u32, u32), u32)]) -> Vec<usize> {
    let mut neighbours = vec![Vec::new(); count];
    for &((a, b), weight) in weights {
        neighbours[a as usize].push((b as usize, weight));
        neighbours[b as usize].push((a as usize, weight));
    }
    let mut shared = vec![0u64; count];
    let mut is_placed = vec![false; count];
    // An entry counts as long as the disc is left; what it shares by now stands in the first of its entries to come.
    let mut left: BinaryHeap<(u64, Reverse<usize>)> = (0..count).map(|disc| (0, Reverse(disc))).collect();
    let mut order = Vec::with_capacity(count);
    while let Some((_, Reverse(disc))) = left.pop() {
        if std::mem::replace(&mut is_placed[disc], true) {
            continue;
        }
        order.push(disc);
        for &(other, weight) in &neighbours[disc] {
            if !is_placed[other] {
                shared[other] += u64::from(weight);
                left.push((shared[other], Reverse(other)));
            }
        }
    }
    order
}

/// The discs on a sunflower wide enough for the largest.
fn sunflower(radii: &[f64], order: &[usize]) -> Vec<Point> {
    let largest = radii.iter().copied().fold(0.0, f64::max);
    let mut centres = vec![Point::default(); radii.len()];
    for (at, &disc) in order.iter().enumerate() {
        let point = Point::polar(at as f64 * GOLDEN_ANGLE, 1.6 * GAP * largest * (at as f64).sqrt());
        centres[disc] = Point { x: point.x * ASPECT.sqrt(), y: point.y / ASPECT.sqrt() };
    }
    centres
}

/// Moves every two discs that overlap apart by what they overlap.
fn keep_apart(centres: &mut [Point], radii: &[f64]) {
    for a in 0..centres.len() {
        for b in a + 1..centres.len() {
            let wanted = GAP * (radii[a] + radii[b]);
            let step = centres[a].towards(centres[b]);
            let distance = step.length();
            if distance >= wanted {
                continue;
            }
            // Two discs in one place part along the x axis.
            let unit = if distance > 0.0 {
                Point::default().plus(step, 1.0 / distance)
            } else {
                Point { x: 1.0, y: 0.0 }
            };
            let push = 0.5 * (wanted - distance);
            centres[a] = centres[a].plus(unit, -push);
            centres[b] = centres[b].plus(unit, push);
        }
    }
}
