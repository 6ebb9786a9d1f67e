//! Dropout of values in training.

use oorandom::Rand32;

/// What dropout writes: it can be told from a 0 that an activation gave.
pub(crate) const DROPPED: f32 = -0.0;

/// Seeded dropout: a value stays with probability `1 - p` and is then divided by it.
pub(crate) struct Dropout {
    rng: Rand32,
    threshold: u32,
    /// Factor of what stays.
    pub(crate) scale: f32,
}

impl Dropout {
    pub(crate) fn new(probability: f32, seed: u64) -> Self {
        // The stream differs from the one of the weights, which have the same seed.
        let rng = Rand32::new_inc(seed, 0xd409);
        let threshold = (f64::from(probability) * 4_294_967_296.0) as u32;
        Self { rng, threshold, scale: 1.0 / (1.0 - probability) }
    }

    /// Whether it drops anything.
    pub(crate) fn drops(&self) -> bool {
        self.threshold > 0
    }

    /// Whether the next value stays.
    pub(crate) fn keeps(&mut self) -> bool {
        self.rng.rand_u32() >= self.threshold
    }

    /// Drops values of a matrix.
    pub(crate) fn apply(&mut self, values: &mut [f32]) {
        if !self.drops() {
            return;
        }
        for value in values {
            *value = if self.keeps() { *value * self.scale } else { DROPPED };
        }
    }
}
