//! The optimisers.

use crate::error::Result;
use crate::gnn::{Gradients, Model};
use crate::limits;
use crate::options::Optimizer;

/// Which parameters are drawn towards 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Decay {
    /// Weights, attention vectors among them; no biases, no norms.
    #[default]
    Matrices,
    /// All parameters, as `torch.optim.Adam` does by itself.
    All,
}

/// Adam ([Kingma15]) and AdamW ([Loshchilov19]).
///
/// Moments decay with 0.9 and 0.999, and 1e-8 is added to the denominator.
#[derive(Debug, Clone)]
pub struct Adam {
    optimizer: Optimizer,
    lr: f64,
    weight_decay: f64,
    decays: Vec<bool>,
    first: Vec<f32>,
    second: Vec<f32>,
    /// Powers of the two decay rates; they start at 1.
    powers: [f64; 2],
}

const RATES: [f64; 2] = [0.9, 0.999];
const EPS: f32 = 1e-8;

impl Adam {
    /// An optimiser for a model, before its first step.
    ///
    /// # Arguments
    /// * `optimizer`: how the decay enters. * `lr`: step size. * `weight_decay`: strength of the decay; 0 for none.
    /// * `decay`: what it applies to.
    /// # Errors
    /// `out_of_memory`: it holds two more copies of the parameters.
    pub fn new(
        model: &Model,
        optimizer: Optimizer,
        lr: f64,
        weight_decay: f64,
        decay: Decay,
    ) -> Result<Self> {
        let len = model.parameters.len();
        let mut decays = limits::filled(len, decay == Decay::All)?;
        for parameter in model.structure.parameters() {
            if parameter.decays {
                decays[parameter.slot.range()].fill(true);
            }
        }
        let (first, second) = (limits::filled(len, 0.0)?, limits::filled(len, 0.0)?);
        Ok(Self { optimizer, lr, weight_decay, decays, first, second, powers: [1.0; 2] })
    }

    /// Size of the next step.
    pub fn lr(&self) -> f64 {
        self.lr
    }

    /// Changes the size of the steps from the next one on; the moments stay.
    pub fn set_lr(&mut self, lr: f64) {
        self.lr = lr;
    }

    /// Changes the model by one step against the gradient. Panics when `gradients` belongs to another model.
    pub fn step(&mut self, model: &mut Model, gradients: &Gradients) {
        assert_eq!(gradients.values.len(), self.first.len(), "gradients have one value a parameter");
        for (power, rate) in self.powers.iter_mut().zip(RATES) {
            *power *= rate;
        }
        let [keep_first, keep_second] = RATES.map(|rate| rate as f32);
        let [add_first, add_second] = RATES.map(|rate| (1.0 - rate) as f32);
        let step = (self.lr / (1.0 - self.powers[0])) as f32;
        let root = (1.0 - self.powers[1]).sqrt() as f32;
        // What a decaying parameter adds to its gradient and what it is multiplied by.
        let (added, kept) = match self.optimizer {
            Optimizer::Adam => (self.weight_decay as f32, 1.0),
            Optimizer::AdamW => (0.0, (1.0 - self.lr * self.weight_decay) as f32),
        };
        let moments = self.first.iter_mut().zip(&mut self.second);
        let values = model.parameters.iter_mut().zip(&gradients.values).zip(&self.decays);
        for ((first, second), ((value, &gradient), &decays)) in moments.zip(values) {
            let (added, kept) = if decays { (added, kept) } else { (0.0, 1.0) };
            let gradient = gradient + added * *value;
            *first = *first * keep_first + gradient * add_first;
            *second = *second * keep_second + gradient * gradient * add_second;
            *value = *value * kept - step * *first / (second.sqrt() / root + EPS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gnn::{Shape, TrainConfig};
    use crate::limits::Limits;

    /// With a gradient of 0 only the decay moves: AdamW multiplies by `1 - 0.1 * 0.5`, Adam steps by `lr` towards 0.
    #[test]
    fn decay_moves_weights_and_leaves_biases_and_norms() {
        let config = TrainConfig { shape: Shape::Ibmb, hidden: 3, ..TrainConfig::default() };
        let start = Model::init(&config, 4, 2, &Limits::default()).unwrap();
        let gradients = Gradients::zeros(&start).unwrap();
        for (optimizer, decay) in [
            (Optimizer::AdamW, Decay::Matrices),
            (Optimizer::Adam, Decay::Matrices),
            (Optimizer::AdamW, Decay::All),
        ] {
            let mut model = start.clone();
            Adam::new(&model, optimizer, 0.1, 0.5, decay).unwrap().step(&mut model, &gradients);
            for parameter in start.structure.parameters() {
                let is_weight = parameter.name.ends_with("weight") && !parameter.name.starts_with("norms");
                let values = model.parameters[parameter.slot.range()].iter();
                for (&found, &old) in values.zip(parameter.slot.of(&start.parameters)) {
                    let wanted = match optimizer {
                        _ if decay == Decay::Matrices && !is_weight => old,
                        Optimizer::AdamW => 0.95 * old,
                        Optimizer::Adam => old - 0.1 * old.signum(),
                    };
                    assert!((found - wanted).abs() < 1e-5, "{optimizer:?} {}: {found}", parameter.name);
                }
            }
        }
    }
}
