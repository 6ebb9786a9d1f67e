//! Options of training.

use super::{EarlyStop, Plateau};
use crate::batch::Schedule;
use crate::error::{Error, Result};
use crate::graph::Normalization;
use crate::options::{Activation, Arch, FeatureNormalization, Loss, Optimizer, Shape};

/// Most epochs, and most of what is counted in epochs or batches.
const MOST: u32 = 100_000;

/// Options of a training run.
///
/// [`TrainConfig::of`] gives the usual recipe of an architecture, [`TrainConfig::default`] that of a GCN ([Kipf17]).
#[derive(Debug, Clone, PartialEq)]
pub struct TrainConfig {
    /// Kind of the convolutions. Default GCN.
    pub arch: Arch,
    /// Convolutions, 1 to 16. Default 2.
    pub layers: u32,
    /// Width of hidden layers, 1 to 4096, all heads of a GAT together. Default 64.
    pub hidden: u32,
    /// Heads of a GAT, 1 to 64, a divisor of `hidden`; the others have none. Default 8.
    pub heads: u32,
    /// What follows a hidden convolution; `None` for ELU in a GAT and ReLU in the others, as their papers have it.
    pub activation: Option<Activation>,
    /// How the layers follow each other.
    pub shape: Shape,
    /// Probability of dropping a value in training, at least 0 and below 1. Default 0.5, for a GAT 0.6 ([Velickovic18]).
    pub dropout: f32,
    /// Passes over the training nodes, 1 to 100,000. Default 200.
    pub epochs: u32,
    /// Adam or AdamW. Default Adam.
    pub optimizer: Optimizer,
    /// Step size of the optimiser, above 0 and at most 1. Default 0.01.
    pub lr: f64,
    /// Weight decay of the weight matrices and attention vectors, 0 to 1; biases and norms have none. Default 2e-3, for
    /// GraphSAGE 5e-4.
    pub weight_decay: f64,
    /// Batches whose mean gradient makes one step, 1 to 100,000; the last group of an epoch may be smaller. Default 1.
    pub accumulate: u32,
    /// How much the outputs of a batch count in it. Default [`Loss::BatchMean`].
    pub loss: Loss,
    /// Lowers `lr` when the validation loss does not fall; `None` keeps it. Default `None`.
    pub plateau: Option<Plateau>,
    /// Ends training when the validation accuracy does not rise; `None` does all epochs. Default `None`.
    pub early_stop: Option<EarlyStop>,
    /// How the features are prepared. Default [`FeatureNormalization::L2`], which serves few and many words a node alike.
    pub feature_normalization: FeatureNormalization,
    /// Edge weights where the outputs are nodes of the whole graph; a plan brings its own. Default `global-sym`.
    pub normalization: Normalization,
    /// The order in which the batches of a training plan are visited; the whole graph is one batch. Default random.
    pub schedule: Schedule,
    /// Seed of weights, dropout and the order of batches. Default 0.
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
            layers: 2,
            hidden: 64,
            heads: 8,
            activation: None,
            shape: Shape::Pyg,
            dropout: if arch == Arch::Gat { 0.6 } else { 0.5 },
            epochs: 200,
            optimizer: Optimizer::Adam,
            lr: 0.01,
            weight_decay: if arch == Arch::Sage { 5e-4 } else { 2e-3 },
            accumulate: 1,
            loss: Loss::BatchMean,
            plateau: None,
            early_stop: None,
            feature_normalization: FeatureNormalization::L2,
            normalization: Normalization::GlobalSym,
            schedule: Schedule::Random,
            seed: 0,
        }
    }

    /// What follows a hidden convolution.
    pub(crate) fn activation_in_force(&self) -> Activation {
        let usual = if self.arch == Arch::Gat { Activation::Elu } else { Activation::Relu };
        self.activation.unwrap_or(usual)
    }

    /// Whether every option is in its range.
    ///
    /// # Errors
    /// `invalid_option` naming the option, what was found and what is allowed.
    pub fn validate(&self) -> Result<()> {
        let whole = |name, value: u32, least: u32, most: u32| {
            if (least..=most).contains(&value) {
                return Ok(());
            }
            Err(Error::option(name, format!("{value} is out of range, allowed are {least} to {most}")))
        };
        let count = |name, value, most| whole(name, value, 1, most);
        let number = |name, value: f64, good: bool, range: &str| {
            if good { Ok(()) } else { Err(Error::option(name, format!("{value} is out of range, {range}"))) }
        };
        count("layers", self.layers, 16)?;
        count("hidden", self.hidden, 4096)?;
        count("heads", self.heads, 64)?;
        if self.arch.kind().has_heads && !self.hidden.is_multiple_of(self.heads) {
            return Err(Error::option(
                "heads",
                format!("{} is no divisor of hidden, which is {}", self.heads, self.hidden),
            ));
        }
        count("epochs", self.epochs, MOST)?;
        count("accumulate", self.accumulate, MOST)?;
        let dropout = self.dropout;
        number("dropout", dropout.into(), (0.0..1.0).contains(&dropout), "allowed are 0 to below 1")?;
        number("lr", self.lr, self.lr > 0.0 && self.lr <= 1.0, "allowed are above 0 to 1")?;
        let to_one = |name, value| number(name, value, (0.0..=1.0).contains(&value), "allowed are 0 to 1");
        to_one("weight_decay", self.weight_decay)?;
        if let Some(Plateau { factor, patience, cooldown, min_lr }) = self.plateau {
            let inside = factor > 0.0 && factor < 1.0;
            number("plateau.factor", factor, inside, "allowed are above 0 to below 1")?;
            whole("plateau.patience", patience, 0, MOST)?;
            whole("plateau.cooldown", cooldown, 0, MOST)?;
            to_one("plateau.min_lr", min_lr)?;
        }
        if let Some(EarlyStop { patience, min_epochs }) = self.early_stop {
            count("early_stop.patience", patience, MOST)?;
            whole("early_stop.min_epochs", min_epochs, 0, MOST)?;
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
        assert_eq!(with(&|c| c.layers = 0).unwrap_err(), "layers: 0 is out of range, allowed are 1 to 16");
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
            "weight_decay: inf is out of range, allowed are 0 to 1"
        );
        assert_eq!(with(&|c| c.lr = 1.0), Ok(()));
        assert_eq!(
            with(&|c| c.lr = 1e9).unwrap_err(),
            "lr: 1000000000 is out of range, allowed are above 0 to 1"
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
            "plateau.factor: 1 is out of range, allowed are above 0 to below 1"
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
            "early_stop.patience: 0 is out of range, allowed are 1 to 100000"
        );
        assert!(stop(100_001, 0).is_err());
        assert!(stop(1, 100_001).is_err());
    }
}
