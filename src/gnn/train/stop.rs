//! When training ends.

use crate::options::{Given, STOP_MIN_EPOCHS, STOP_PATIENCE};

/// Ends training when the validation accuracy has not risen for long.
///
/// Training ends after an epoch greater than `min_epochs` that is more than `patience` epochs after the one with the
/// greatest accuracy so far; of equal ones the first counts.
/// # Source
/// The defaults are those of the published training runs ([Gasteiger22]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlyStop {
    /// Epochs without a greater accuracy before training ends ([`STOP_PATIENCE`]).
    pub patience: u32,
    /// Epochs that are trained in any case ([`STOP_MIN_EPOCHS`]).
    pub min_epochs: u32,
}

impl Default for EarlyStop {
    fn default() -> Self {
        Self { patience: STOP_PATIENCE.count_default(), min_epochs: STOP_MIN_EPOCHS.count_default() }
    }
}

impl EarlyStop {
    /// The options of a call.
    pub fn read(given: &Given) -> Self {
        Self {
            patience: given.count_or_default(&STOP_PATIENCE),
            min_epochs: given.count_or_default(&STOP_MIN_EPOCHS),
        }
    }
}

/// Why a training has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// All epochs are done.
    Epochs,
    /// The validation accuracy did not rise any more, see [`EarlyStop`].
    EarlyStop,
}

impl Ending {
    /// Both of them with their names.
    pub const NAMES: [(&'static str, Self); 2] = [("epochs", Self::Epochs), ("early-stop", Self::EarlyStop)];

    /// The name.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }
}

/// The accuracies seen so far.
#[derive(Debug, Clone)]
pub(super) struct StopWatch {
    early_stop: EarlyStop,
    best: f64,
    best_epoch: u32,
}

impl StopWatch {
    pub(super) fn new(early_stop: EarlyStop) -> Self {
        Self { early_stop, best: f64::NEG_INFINITY, best_epoch: 0 }
    }

    /// Whether training ends after this epoch, counted from 1, with this validation accuracy.
    pub(super) fn ends(&mut self, epoch: u32, accuracy: f64) -> bool {
        if accuracy > self.best {
            self.best = accuracy;
            self.best_epoch = epoch;
        }
        epoch > self.early_stop.min_epochs && epoch - self.best_epoch > self.early_stop.patience
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Epoch, from 1, after which training ends.
    fn end(early_stop: EarlyStop, accuracy: impl Fn(u32) -> f64) -> Option<u32> {
        let mut watch = StopWatch::new(early_stop);
        (1..=1000).find(|&epoch| watch.ends(epoch, accuracy(epoch)))
    }

    #[test]
    fn never_before_epoch_301_by_default() {
        // The first epoch is never beaten: 300 epochs are too few, 301 are enough.
        assert_eq!(end(EarlyStop::default(), |_| 0.5), Some(301));
        // Epoch 200 is the best; 300 is 100 after it, no more; 301 is.
        assert_eq!(end(EarlyStop::default(), |epoch| f64::from(u8::from(epoch == 200))), Some(301));
        // Epoch 250 is the best; 350 is 100 after it, 351 more.
        assert_eq!(end(EarlyStop::default(), |epoch| f64::from(u8::from(epoch >= 250))), Some(351));
        assert_eq!(end(EarlyStop::default(), f64::from), None);
    }

    #[test]
    fn a_short_patience_by_hand() {
        // 1: 0.2, 2: 0.4, 3: 0.4, 4: 0.5, then 0.5 for ever. Best at 4; 5 and 6 are borne, 7 is not.
        let accuracy = |epoch: u32| [0.2, 0.4, 0.4, 0.5][(epoch as usize - 1).min(3)];
        assert_eq!(end(EarlyStop { patience: 2, min_epochs: 0 }, accuracy), Some(7));
        assert_eq!(end(EarlyStop { patience: 1, min_epochs: 0 }, accuracy), Some(6));
        assert_eq!(end(EarlyStop { patience: 2, min_epochs: 7 }, accuracy), Some(8));
    }
}
