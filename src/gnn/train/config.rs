//! Options of training.

use super::{EarlyStop, Plateau};
use crate::batch::Schedule;
use crate::error::Result;
use crate::graph::Normalization;
use crate::options::{
    ACCUMULATE, ACTIVATION, ARCH, Activation, Arch, DROPOUT, EARLY_STOP, EPOCHS, FeatureNormalization, Given,
    HEADS, HIDDEN, LAYERS, LOSS, LR, Loss, OPTIMIZER, Optimizer, OptionSpec, PLATEAU, PLATEAU_COOLDOWN,
    PLATEAU_FACTOR, PLATEAU_MIN_LR, PLATEAU_PATIENCE, SCHEDULE, SHAPE, STOP_MIN_EPOCHS, STOP_PATIENCE, Shape,
    TRAIN_FEATURES, TRAIN_NORMALIZATION, TRAIN_SEED, WEIGHT_DECAY,
};

/// Options of a training run.
///
/// [`TrainConfig::of`] gives the usual recipe of an architecture, [`TrainConfig::default`] that of a GCN ([Kipf17]).
#[derive(Debug, Clone, PartialEq)]
pub struct TrainConfig {
    /// Kind of the convolutions ([`ARCH`]).
    pub arch: Arch,
    /// Convolutions ([`LAYERS`]).
    pub layers: u32,
    /// Width of hidden layers, all heads of a GAT together ([`HIDDEN`]).
    pub hidden: u32,
    /// Heads of a GAT, a divisor of `hidden`; the others have none ([`HEADS`]).
    pub heads: u32,
    /// What follows a hidden convolution; `None` for that of the architecture's paper ([`ACTIVATION`]).
    pub activation: Option<Activation>,
    /// How the layers follow each other ([`SHAPE`]).
    pub shape: Shape,
    /// Probability of dropping a value in training ([`DROPOUT`]).
    pub dropout: f32,
    /// Passes over the training nodes ([`EPOCHS`]).
    pub epochs: u32,
    /// How steps are taken ([`OPTIMIZER`]).
    pub optimizer: Optimizer,
    /// Learning rate ([`LR`]).
    pub lr: f64,
    /// Weight decay of the weight matrices and attention vectors; biases and norms have none ([`WEIGHT_DECAY`]).
    pub weight_decay: f64,
    /// Batches whose mean gradient makes one step ([`ACCUMULATE`]).
    pub accumulate: u32,
    /// How much the outputs of a batch count in it ([`LOSS`]).
    pub loss: Loss,
    /// Reduces `lr` when the validation loss does not fall; `None` keeps it ([`PLATEAU`]).
    pub plateau: Option<Plateau>,
    /// Ends training when the validation accuracy does not rise; `None` does all epochs ([`EARLY_STOP`]).
    pub early_stop: Option<EarlyStop>,
    /// How the features are prepared ([`TRAIN_FEATURES`]).
    pub feature_normalization: FeatureNormalization,
    /// Edge weights where the outputs are nodes of the whole graph; a plan brings its own ([`TRAIN_NORMALIZATION`]).
    pub normalization: Normalization,
    /// The order in which the batches of a training plan are visited; the whole graph is one batch ([`SCHEDULE`]).
    pub schedule: Schedule,
    /// Seed of weights, dropout and the order of batches ([`TRAIN_SEED`]).
    pub seed: u64,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self::of(Arch::Gcn)
    }
}

impl TrainConfig {
    /// The usual recipe of an architecture; `docs/records/accuracy.md` tells what it gives on several graphs.
    pub fn of(arch: Arch) -> Self {
        Self {
            arch,
            layers: LAYERS.count_default(),
            hidden: HIDDEN.count_default(),
            heads: HEADS.count_default(),
            activation: None,
            shape: Shape::default(),
            dropout: DROPOUT.number_for(arch.name()) as f32,
            epochs: EPOCHS.count_default(),
            optimizer: Optimizer::default(),
            lr: LR.number(),
            weight_decay: WEIGHT_DECAY.number_for(arch.name()),
            accumulate: ACCUMULATE.count_default(),
            loss: Loss::default(),
            plateau: None,
            early_stop: None,
            feature_normalization: TRAIN_FEATURES.default_word(),
            normalization: Normalization::default(),
            schedule: Schedule::default(),
            seed: TRAIN_SEED.number() as u64,
        }
    }

    /// The options of a call: those of [`TRAIN`](crate::options::TRAIN).
    pub fn read(given: &Given) -> Self {
        let usual = Self::of(given.word(&ARCH));
        let count = |option: &OptionSpec| given.count_or_default(option);
        Self {
            arch: usual.arch,
            layers: count(&LAYERS),
            hidden: count(&HIDDEN),
            heads: count(&HEADS),
            activation: given.given_word(&ACTIVATION),
            shape: given.word(&SHAPE),
            dropout: given.number(&DROPOUT).map_or(usual.dropout, |value| value as f32),
            epochs: count(&EPOCHS),
            optimizer: given.word(&OPTIMIZER),
            lr: given.number_or_default(&LR),
            weight_decay: given.number(&WEIGHT_DECAY).unwrap_or(usual.weight_decay),
            accumulate: count(&ACCUMULATE),
            loss: given.word(&LOSS),
            plateau: given.group(&PLATEAU).map(Plateau::read),
            early_stop: given.group(&EARLY_STOP).map(EarlyStop::read),
            feature_normalization: given.word(&TRAIN_FEATURES),
            normalization: given.word(&TRAIN_NORMALIZATION),
            schedule: given.word(&SCHEDULE),
            seed: given.size_or_default(&TRAIN_SEED),
        }
    }

    /// What follows a hidden convolution.
    pub(crate) fn activation_in_force(&self) -> Activation {
        self.activation.unwrap_or_else(|| {
            let word = ACTIVATION.word_for(self.arch.name());
            Activation::from_name(word).expect("the default is a word of the option")
        })
    }

    /// Whether every option is in its range.
    ///
    /// # Errors
    /// `invalid_option` naming the option, what was found and what is allowed.
    pub fn validate(&self) -> Result<()> {
        let count = |option: &OptionSpec, value: u32| option.check(value.into());
        count(&LAYERS, self.layers)?;
        count(&HIDDEN, self.hidden)?;
        count(&HEADS, self.heads)?;
        if self.arch.kind().has_heads && !self.hidden.is_multiple_of(self.heads) {
            let message = format!("{} is no divisor of hidden, which is {}", self.heads, self.hidden);
            return Err(HEADS.refuse(message));
        }
        count(&EPOCHS, self.epochs)?;
        count(&ACCUMULATE, self.accumulate)?;
        DROPOUT.check(self.dropout.into())?;
        LR.check(self.lr)?;
        WEIGHT_DECAY.check(self.weight_decay)?;
        if let Some(Plateau { factor, patience, cooldown, min_lr }) = self.plateau {
            PLATEAU_FACTOR.check(factor)?;
            count(&PLATEAU_PATIENCE, patience)?;
            count(&PLATEAU_COOLDOWN, cooldown)?;
            PLATEAU_MIN_LR.check(min_lr)?;
        }
        if let Some(EarlyStop { patience, min_epochs }) = self.early_stop {
            count(&STOP_PATIENCE, patience)?;
            count(&STOP_MIN_EPOCHS, min_epochs)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_checked_at_both_ends() {
        let good = TrainConfig::default();
        let with = |change: &dyn Fn(&mut TrainConfig)| {
            let mut config = good.clone();
            change(&mut config);
            config.validate().map_err(|error| error.to_string())
        };
        assert_eq!(with(&|_| ()), Ok(()));
        assert_eq!(with(&|c| c.layers = 16), Ok(()));
        assert_eq!(with(&|c| c.dropout = 0.0), Ok(()));
        assert_eq!(
            with(&|c| c.layers = 0).unwrap_err(),
            "layers: 0 is out of range, allowed is a whole number from 1 to 16"
        );
        assert!(with(&|c| c.layers = 17).is_err());
        assert!(with(&|c| c.hidden = 0).is_err());
        assert!(with(&|c| c.hidden = 4097).is_err());
        assert!(with(&|c| c.heads = 0).is_err());
        assert!(with(&|c| c.heads = 65).is_err());
        assert_eq!(with(&|c| (c.arch, c.heads) = (Arch::Gcn, 7)), Ok(()));
        assert_eq!(
            with(&|c| (c.arch, c.heads) = (Arch::Gat, 7)).unwrap_err(),
            "heads: 7 is no divisor of hidden, which is 64"
        );
        assert!(with(&|c| c.epochs = 0).is_err());
        assert!(with(&|c| c.dropout = 1.0).is_err());
        assert!(with(&|c| c.dropout = -0.1).is_err());
        assert!(with(&|c| c.lr = 0.0).is_err());
        assert!(with(&|c| c.lr = f64::NAN).is_err());
        assert!(with(&|c| c.weight_decay = -1e-9).is_err());
        assert_eq!(
            with(&|c| c.weight_decay = f64::INFINITY).unwrap_err(),
            "weight_decay: inf is out of range, allowed is a number from 0 to 1"
        );
        assert_eq!(with(&|c| c.lr = 1.0), Ok(()));
        assert_eq!(
            with(&|c| c.lr = 1e9).unwrap_err(),
            "lr: 1000000000 is out of range, allowed is a number above 0 up to 1"
        );
        assert!(with(&|c| c.accumulate = 0).is_err());
        assert!(with(&|c| c.accumulate = 100_001).is_err());
        assert_eq!(with(&|c| c.accumulate = 100_000), Ok(()));
    }

    #[test]
    fn plateau_and_early_stop_are_checked_at_both_ends() {
        let plateau = |change: &dyn Fn(&mut Plateau)| {
            let mut plateau = Plateau::default();
            change(&mut plateau);
            let config = TrainConfig { plateau: Some(plateau), ..TrainConfig::default() };
            config.validate().map_err(|error| error.to_string())
        };
        assert_eq!(plateau(&|_| ()), Ok(()));
        assert_eq!(plateau(&|p| (p.patience, p.cooldown, p.min_lr) = (0, 0, 0.0)), Ok(()));
        assert_eq!(
            plateau(&|p| p.factor = 1.0).unwrap_err(),
            "plateau.factor: 1 is out of range, allowed is a number above 0 up to below 1"
        );
        assert!(plateau(&|p| p.factor = 0.0).is_err());
        assert!(plateau(&|p| p.factor = f64::NAN).is_err());
        assert!(plateau(&|p| p.patience = 100_001).is_err());
        assert!(plateau(&|p| p.cooldown = 100_001).is_err());
        assert!(plateau(&|p| p.min_lr = -1e-9).is_err());
        assert!(plateau(&|p| p.min_lr = 1.1).is_err());
        let stop = |patience, min_epochs| {
            let early_stop = Some(EarlyStop { patience, min_epochs });
            let config = TrainConfig { early_stop, ..TrainConfig::default() };
            config.validate().map_err(|error| error.to_string())
        };
        assert_eq!(stop(1, 0), Ok(()));
        assert_eq!(
            stop(0, 0).unwrap_err(),
            "early_stop.patience: 0 is out of range, allowed is a whole number from 1 to 100000"
        );
        assert!(stop(100_001, 0).is_err());
        assert!(stop(1, 100_001).is_err());
    }
}
