//! A long closed tour of many batches, by simulated annealing over reversals.

use std::sync::Arc;

use oorandom::Rand32;

use super::distance::DistanceMatrix;
use crate::math;

/// Factor of the temperature from round to round.
const COOLING: f64 = 0.9;
/// Rounds in a row in which nothing is accepted, after which the tour is taken for frozen.
const QUIET_ROUNDS: u32 = 3;
/// By then the temperature is below 1e-18 of the first one, so that only better tours are accepted.
pub(super) const MOST_ROUNDS: u32 = 400;
/// Random reversals whose mean change gives the first temperature.
const PROBES: u32 = 100;
/// Changes below this share of the greatest distance count as none: they may be rounding, and could go in circles.
const NO_CHANGE: f64 = 1e-12;

/// The change below which a tour counts as unchanged.
pub(super) fn no_change(distances: &DistanceMatrix) -> f64 {
    NO_CHANGE * distances.values().iter().copied().fold(0.0, f64::max)
}

/// Annealing under way, round by round.
pub(super) struct Annealing {
    distances: Arc<DistanceMatrix>,
    rng: Rand32,
    tour: Vec<u32>,
    length: f64,
    best: Vec<u32>,
    best_length: f64,
    temperature: f64,
    no_change: f64,
    rounds: u32,
    quiet: u32,
}

impl Annealing {
    /// Starts from a random tour. At least three batches.
    pub fn new(distances: Arc<DistanceMatrix>, seed: u64) -> Self {
        let n = distances.num_batches();
        assert!(n >= 3, "a tour of fewer than three batches has no reversals");
        // The stream differs from those of training, which may have the same seed.
        let mut rng = Rand32::new_inc(seed, 0x70c4);
        let mut tour: Vec<u32> = (0..n as u32).collect();
        shuffle(&mut tour[1..], &mut rng);
        let length = distances.tour_length(&tour);
        let no_change = no_change(&distances);
        let mut start = Self {
            best: tour.clone(),
            best_length: length,
            distances,
            rng,
            tour,
            length,
            temperature: 0.0,
            no_change,
            rounds: 0,
            quiet: 0,
        };
        let mut sum = 0.0;
        for _ in 0..PROBES {
            let (low, high) = start.reversal();
            sum += start.gain(low, high).abs();
        }
        // A change of the mean size for the worse is accepted half of the time.
        start.temperature = sum / f64::from(PROBES) / std::f64::consts::LN_2;
        start
    }

    /// Rounds so far.
    pub fn rounds(&self) -> u32 {
        self.rounds
    }

    /// Whether nothing is accepted any more.
    pub fn is_frozen(&self) -> bool {
        self.quiet >= QUIET_ROUNDS || self.rounds >= MOST_ROUNDS
    }

    /// The longest tour seen.
    pub fn best(&self) -> &[u32] {
        &self.best
    }

    /// At most `10 B` reversals at one temperature, fewer when `B` of them are accepted.
    pub fn round(&mut self) {
        let n = self.tour.len();
        let mut accepted = 0;
        for _ in 0..10 * n {
            let (low, high) = self.reversal();
            let gain = self.gain(low, high);
            if !self.accepts(gain) {
                continue;
            }
            self.reverse(low, high);
            self.length += gain;
            if self.length > self.best_length + self.no_change {
                self.best_length = self.length;
                self.best.copy_from_slice(&self.tour);
            }
            accepted += 1;
            if accepted == n {
                break;
            }
        }
        self.temperature *= COOLING;
        self.rounds += 1;
        self.quiet = if accepted == 0 { self.quiet + 1 } else { 0 };
    }

    /// First and last position of a random reversal; it is longer than one batch and leaves the first position out.
    fn reversal(&mut self) -> (usize, usize) {
        let n = self.tour.len() as u32;
        let low = self.rng.rand_range(1..n - 1);
        (low as usize, self.rng.rand_range(low + 1..n) as usize)
    }

    /// What the tour gains by reversing `low..=high`: two of its steps change, whatever lies between.
    fn gain(&self, low: usize, high: usize) -> f64 {
        let at = |position: usize| self.tour[position] as usize;
        let (a, b) = (self.distances.row(at(low - 1)), self.distances.row(at(low)));
        let (last, after) = (at(high), at(if high + 1 == self.tour.len() { 0 } else { high + 1 }));
        (a[last] + b[after]) - (a[at(low)] + self.distances.get(last, after))
    }

    fn accepts(&mut self, gain: f64) -> bool {
        if gain.abs() <= self.no_change {
            return false;
        }
        gain > 0.0 || self.rng.rand_float() < math::exp((gain / self.temperature) as f32)
    }

    /// Reverses `low..=high`, or all the rest, which gives the same closed tour run through the other way.
    fn reverse(&mut self, low: usize, high: usize) {
        let n = self.tour.len();
        let inside = high - low + 1;
        if 2 * inside <= n {
            self.tour[low..=high].reverse();
            return;
        }
        let (mut front, mut back) = (if high + 1 == n { 0 } else { high + 1 }, low - 1);
        for _ in 0..(n - inside) / 2 {
            self.tour.swap(front, back);
            front = if front + 1 == n { 0 } else { front + 1 };
            back = if back == 0 { n - 1 } else { back - 1 };
        }
    }
}

/// Uniform shuffle, from the end.
pub(super) fn shuffle(values: &mut [u32], rng: &mut Rand32) {
    for last in (1..values.len()).rev() {
        values.swap(last, rng.rand_range(0..last as u32 + 1) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{exact, polish::Polish};
    use super::*;

    /// A random matrix; with `groups` the distances within a group are short.
    fn matrix(n: usize, groups: Option<u32>, rng: &mut Rand32) -> Arc<DistanceMatrix> {
        let of: Vec<u32> = (0..n).map(|_| groups.map_or(0, |groups| rng.rand_range(0..groups))).collect();
        let mut values = vec![0.0; n * n];
        for a in 0..n {
            for b in 0..a {
                let near = groups.is_some() && of[a] == of[b];
                let value = f64::from(rng.rand_float() + 1e-3) * if near { 0.01 } else { 1.0 };
                values[a * n + b] = value;
                values[b * n + a] = value;
            }
        }
        Arc::new(DistanceMatrix::new(n, values).unwrap())
    }

    #[test]
    fn annealing_comes_within_two_percent_of_the_longest_tour() {
        let mut rng = Rand32::new(5);
        for case in 0..100 {
            let n = 4 + case % 5;
            let distances = matrix(n, (case % 2 == 0).then_some(3), &mut rng);
            let longest = distances.tour_length(&exact::longest(&distances));
            let mut annealing = Annealing::new(Arc::clone(&distances), case as u64);
            while !annealing.is_frozen() {
                annealing.round();
            }
            let annealed = distances.tour_length(annealing.best());
            assert!(annealed >= 0.98 * longest, "{n} batches, case {case}: {annealed} of {longest}");
            let mut polish = Polish::new(Arc::clone(&distances), annealing.best().to_vec());
            while !polish.is_done() {
                polish.step();
            }
            let polished = distances.tour_length(&polish.into_tour());
            assert!(polished >= annealed - 1e-12, "{n} batches, case {case}: {polished} after {annealed}");
        }
    }

    #[test]
    fn the_length_that_is_kept_is_that_of_the_tour() {
        let distances = matrix(23, None, &mut Rand32::new(1));
        let mut annealing = Annealing::new(Arc::clone(&distances), 9);
        for _ in 0..30 {
            annealing.round();
            let summed = distances.tour_length(&annealing.tour);
            assert!((annealing.length - summed).abs() < 1e-9, "{} kept, {summed} summed", annealing.length);
            let mut once = annealing.tour.clone();
            once.sort_unstable();
            assert_eq!(once, (0..23).collect::<Vec<_>>());
        }
        assert!((annealing.best_length - distances.tour_length(annealing.best())).abs() < 1e-9);
    }

    #[test]
    fn a_polished_tour_has_no_better_reversal_or_move() {
        for seed in 0..20 {
            let distances = matrix(12, (seed % 2 == 0).then_some(3), &mut Rand32::new(seed));
            let mut polish = Polish::new(Arc::clone(&distances), (0..12).collect());
            while !polish.is_done() {
                polish.step();
            }
            let tour = polish.into_tour();
            let length = distances.tour_length(&tour) + 1e-9;
            for from in 0..12 {
                let mut turned = tour.clone();
                turned.rotate_left(from);
                for end in 1..12 {
                    let mut reversed = turned.clone();
                    reversed[..=end].reverse();
                    assert!(distances.tour_length(&reversed) <= length);
                    for piece in 1..=3.min(end) {
                        let mut moved = turned.clone();
                        moved[..=end].rotate_left(piece);
                        assert!(distances.tour_length(&moved) <= length);
                        moved[end + 1 - piece..=end].reverse();
                        assert!(distances.tour_length(&moved) <= length);
                    }
                }
            }
        }
    }
}
