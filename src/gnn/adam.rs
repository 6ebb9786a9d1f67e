//! The optimiser.

use super::{Gradients, Model};
use crate::error::Result;
use crate::limits;

/// Which parameters are drawn towards 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Decay {
    /// Weights; no biases, no norms.
    #[default]
    Matrices,
    /// All parameters, as `torch.optim.Adam` does by itself.
    All,
}

/// Adam ([Kingma15]) with coupled L2: `decay * parameter` is added to the gradient, as `torch.optim.Adam` does.
///
/// Moments decay with 0.9 and 0.999, and 1e-8 is added to the denominator.
#[derive(Debug, Clone)]
pub struct Adam {
    lr: f32,
    weight_decay: f32,
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
    /// * `lr`: step size. * `weight_decay`: factor of the L2 term; 0 for none. * `decay`: what it applies to.
    /// # Errors
    /// `out_of_memory`: it holds two more copies of the parameters.
    pub fn new(model: &Model, lr: f32, weight_decay: f32, decay: Decay) -> Result<Self> {
        let len = model.parameters.len();
        let mut decays = limits::filled(len, decay == Decay::All)?;
        for parameter in model.layout.parameters() {
            if parameter.decays() {
                decays[parameter.slot.range()].fill(true);
            }
        }
        let (first, second) = (limits::filled(len, 0.0)?, limits::filled(len, 0.0)?);
        Ok(Self { lr, weight_decay, decays, first, second, powers: [1.0; 2] })
    }

    /// Changes the model by one step against the gradient. Panics when `gradients` belongs to another model.
    pub fn step(&mut self, model: &mut Model, gradients: &Gradients) {
        assert_eq!(gradients.values.len(), self.first.len(), "gradients have one value a parameter");
        for (power, rate) in self.powers.iter_mut().zip(RATES) {
            *power *= rate;
        }
        let [keep_first, keep_second] = RATES.map(|rate| rate as f32);
        let [add_first, add_second] = RATES.map(|rate| (1.0 - rate) as f32);
        let step = (f64::from(self.lr) / (1.0 - self.powers[0])) as f32;
        let root = (1.0 - self.powers[1]).sqrt() as f32;
        let moments = self.first.iter_mut().zip(&mut self.second);
        let values = model.parameters.iter_mut().zip(&gradients.values).zip(&self.decays);
        for ((first, second), ((value, &gradient), &decays)) in moments.zip(values) {
            let gradient = gradient + if decays { self.weight_decay } else { 0.0 } * *value;
            *first = *first * keep_first + gradient * add_first;
            *second = *second * keep_second + gradient * gradient * add_second;
            *value -= step * *first / (second.sqrt() / root + EPS);
        }
    }
}
