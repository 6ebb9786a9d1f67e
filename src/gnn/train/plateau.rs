//! A step size that falls when the validation loss does not.

use crate::options::{Given, PLATEAU_COOLDOWN, PLATEAU_FACTOR, PLATEAU_MIN_LR, PLATEAU_PATIENCE};

/// Lowers the step size on a plateau, as `torch.optim.lr_scheduler.ReduceLROnPlateau` does in mode `min`.
///
/// A loss counts as better when it is below 0.9999 of the best before. After more than `patience` epochs in a row that
/// are not better, the step size is multiplied by `factor`; during the `cooldown` epochs that follow none is counted.
/// # Source
/// The defaults are those of the published training runs ([Gasteiger22]).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plateau {
    /// Factor of the learning rate ([`PLATEAU_FACTOR`]).
    pub factor: f64,
    /// Epochs in a row without a better loss before it is reduced ([`PLATEAU_PATIENCE`]).
    pub patience: u32,
    /// Epochs after a reduction that do not count ([`PLATEAU_COOLDOWN`]).
    pub cooldown: u32,
    /// The learning rate does not fall below ([`PLATEAU_MIN_LR`]).
    pub min_lr: f64,
}

impl Default for Plateau {
    fn default() -> Self {
        Self {
            factor: PLATEAU_FACTOR.number(),
            patience: PLATEAU_PATIENCE.count_default(),
            cooldown: PLATEAU_COOLDOWN.count_default(),
            min_lr: PLATEAU_MIN_LR.number(),
        }
    }
}

impl Plateau {
    /// The options of a call.
    pub fn read(given: &Given) -> Self {
        Self {
            factor: given.number_or_default(&PLATEAU_FACTOR),
            patience: given.count_or_default(&PLATEAU_PATIENCE),
            cooldown: given.count_or_default(&PLATEAU_COOLDOWN),
            min_lr: given.number_or_default(&PLATEAU_MIN_LR),
        }
    }
}

/// What a loss must fall below, as a share of the best before.
const BETTER: f64 = 1.0 - 1e-4;
/// Smaller changes of the step size are left out.
const MIN_CHANGE: f64 = 1e-8;

/// The losses seen so far.
#[derive(Debug, Clone)]
pub(super) struct PlateauWatch {
    plateau: Plateau,
    best: f64,
    bad_epochs: u32,
    cooldown: u32,
}

impl PlateauWatch {
    pub(super) fn new(plateau: Plateau) -> Self {
        Self { plateau, best: f64::INFINITY, bad_epochs: 0, cooldown: 0 }
    }

    /// The step size after an epoch with this validation loss.
    pub(super) fn next_lr(&mut self, lr: f64, loss: f64) -> f64 {
        if loss < self.best * BETTER {
            self.best = loss;
            self.bad_epochs = 0;
        } else {
            self.bad_epochs += 1;
        }
        if self.cooldown > 0 {
            self.cooldown -= 1;
            self.bad_epochs = 0;
        }
        if self.bad_epochs <= self.plateau.patience {
            return lr;
        }
        self.cooldown = self.plateau.cooldown;
        self.bad_epochs = 0;
        let lower = (lr * self.plateau.factor).max(self.plateau.min_lr);
        if lr - lower > MIN_CHANGE { lower } else { lr }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Epochs, from 1, after which the step size changed, with the new one.
    fn changes(plateau: Plateau, lr: f64, losses: impl IntoIterator<Item = f64>) -> Vec<(usize, f64)> {
        let (mut watch, mut lr, mut changes) = (PlateauWatch::new(plateau), lr, Vec::new());
        for (epoch, loss) in losses.into_iter().enumerate() {
            let next = watch.next_lr(lr, loss);
            if next != lr {
                changes.push((epoch + 1, next));
                lr = next;
            }
        }
        changes
    }

    fn assert_changes(got: &[(usize, f64)], want: &[(usize, f64)]) {
        assert_eq!(got.len(), want.len(), "{got:?}");
        for (got, want) in got.iter().zip(want) {
            assert!(got.0 == want.0 && (got.1 - want.1).abs() < 1e-15, "{got:?}, should be {want:?}");
        }
    }

    #[test]
    fn a_flat_loss_with_the_defaults() {
        // Epoch 1 is the best. Epochs 2 to 32 are 31 bad ones, more than 30: down. Epochs 33 to 42 cool down, then 43 to
        // 73 are 31 bad ones, and so on every 41 epochs: 0.01, 0.0033, 0.001089, 0.00035937, 0.0001185921, then the floor.
        let want = [(32, 3.3e-3), (73, 1.089e-3), (114, 3.5937e-4), (155, 1.185921e-4), (196, 1e-4)];
        assert_changes(&changes(Plateau::default(), 0.01, [1.0; 400]), &want);
    }

    #[test]
    fn a_short_sequence_by_hand() {
        let plateau = Plateau { factor: 0.5, patience: 1, cooldown: 2, min_lr: 0.1 };
        let losses = [
            2.0,    // 1: best 2
            1.9999, // 2: not below 2 * 0.9999 = 1.9998, bad 1
            1.9997, // 3: better, bad 0
            2.5,    // 4: bad 1
            2.5,    // 5: bad 2 > 1: down to 0.4, cooldown 2
            2.5,    // 6: cooldown 1
            2.5,    // 7: cooldown 0
            2.5,    // 8: bad 1
            1.0,    // 9: better
            1.0,    // 10: bad 1
            1.0,    // 11: bad 2: down to 0.2
            0.5,    // 12: better; cooldown 1
            0.6,    // 13: cooldown 0
            0.6,    // 14: bad 1
            0.6,    // 15: bad 2: down to the floor 0.1, not to below
            0.6, 0.6, 0.6, 0.6, 0.6, // 16 to 20: at the floor nothing changes
        ];
        assert_changes(&changes(plateau, 0.8, losses), &[(5, 0.4), (11, 0.2), (15, 0.1)]);
    }

    #[test]
    fn without_patience_and_cooldown_every_bad_epoch_counts() {
        let plateau = Plateau { factor: 0.1, patience: 0, cooldown: 0, min_lr: 0.0 };
        // A loss of 0 is no improvement on 0. A change of at most 1e-8 is left out: the fifth, 1e-8 to 1e-9, would be one.
        let want = [(2, 1e-3), (3, 1e-4), (4, 1e-5), (5, 1e-6), (6, 1e-7), (7, 1e-8)];
        assert_changes(&changes(plateau, 1e-2, [0.0; 12]), &want);
    }

    #[test]
    fn a_falling_loss_never_lowers_it() {
        let losses = (0..200).map(|epoch| 0.999f64.powi(epoch));
        assert_changes(&changes(Plateau { patience: 0, ..Plateau::default() }, 0.01, losses), &[]);
    }
}
