//! Better tours nearby: reversals and moves of short pieces until none helps.

use std::sync::Arc;

use super::anneal::no_change;
use super::distance::DistanceMatrix;

/// Longest piece that is moved to another place.
const PIECE: usize = 3;

#[derive(Clone, Copy)]
enum Change {
    /// Reverses the front up to this position.
    Reverse(usize),
    /// Moves the first `len` batches behind `position`, reversed or not.
    Move { len: usize, position: usize, reversed: bool },
}

/// Local search under way. The tour turns by one position a step, so that each step looks at its front only.
pub(super) struct Polish {
    distances: Arc<DistanceMatrix>,
    tour: Vec<u32>,
    no_change: f64,
    /// Steps since the tour changed.
    unchanged: usize,
}

impl Polish {
    /// Starts from a tour of at least three batches.
    pub fn new(distances: Arc<DistanceMatrix>, tour: Vec<u32>) -> Self {
        let no_change = no_change(&distances);
        Self { distances, tour, no_change, unchanged: 0 }
    }

    /// Whether a full turn has found nothing better.
    pub fn is_done(&self) -> bool {
        self.unchanged >= self.tour.len()
    }

    /// Share of a full turn without change.
    pub fn share(&self) -> f64 {
        self.unchanged as f64 / self.tour.len() as f64
    }

    /// The tour, beginning anywhere.
    pub fn into_tour(self) -> Vec<u32> {
        self.tour
    }

    /// Makes the best change at the front when there is one, then turns; about `7 B` changes are looked at.
    pub fn step(&mut self) {
        match self.best() {
            None => self.unchanged += 1,
            Some(change) => {
                self.apply(change);
                self.unchanged = 0;
            }
        }
        self.tour.rotate_left(1);
    }

    fn best(&self) -> Option<Change> {
        let (tour, n) = (&self.tour, self.tour.len());
        let row = |position: usize| self.distances.row(tour[position] as usize);
        let at = |position: usize| tour[position] as usize;
        let (mut best, mut most) = (None, self.no_change);
        let mut offer = |gain: f64, change: Change| {
            if gain > most {
                (best, most) = (Some(change), gain);
            }
        };
        let (end, front) = (row(n - 1), row(0));
        let cut = end[at(0)];
        for last in 1..n - 2 {
            let (inner, outer) = (at(last), at(last + 1));
            let gain = (end[inner] + front[outer]) - (cut + row(last)[outer]);
            offer(gain, Change::Reverse(last));
        }
        for len in 1..=PIECE.min(n.saturating_sub(3)) {
            let tail = row(len - 1);
            let taken = end[at(len)] - (cut + tail[at(len)]);
            for position in len..n - 1 {
                let (left, right) = (at(position), at(position + 1));
                let joined = taken - row(position)[right];
                offer(joined + (front[left] + tail[right]), Change::Move { len, position, reversed: false });
                if len > 1 {
                    offer(
                        joined + (tail[left] + front[right]),
                        Change::Move { len, position, reversed: true },
                    );
                }
            }
        }
        best
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Reverse(last) => self.tour[..=last].reverse(),
            Change::Move { len, position, reversed } => {
                self.tour[..=position].rotate_left(len);
                if reversed {
                    self.tour[position + 1 - len..=position].reverse();
                }
            }
        }
    }
}
