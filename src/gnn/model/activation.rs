//! What networks there are.

use crate::error::{Error, Result};

/// The convolution of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arch {
    /// Graph convolutional network ([Kipf17]): `A (x W) + b` with the normalised adjacency `A`.
    #[default]
    Gcn,
    /// GraphSAGE with mean aggregation ([Hamilton17]): `mean(x of the neighbours) W + x R + b`.
    Sage,
    /// Graph attention network, first version ([Velickovic18]): each neighbour weighs what a softmax over learnt scores
    /// gives it.
    Gat,
}

impl Arch {
    /// All of them with their option names.
    pub const NAMES: [(&'static str, Self); 3] =
        [("gcn", Self::Gcn), ("sage", Self::Sage), ("gat", Self::Gat)];

    /// Reads the option name.
    ///
    /// # Errors
    /// `invalid_option` for any other name.
    pub fn from_name(name: &str) -> Result<Self> {
        named("arch", name, &Self::NAMES)
    }

    /// The option name.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }
}

/// What follows a hidden convolution and its norm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Activation {
    /// `max(x, 0)`.
    #[default]
    Relu,
    /// `x` above 0, `exp(x) - 1` below ([Clevert16]).
    Elu,
}

impl Activation {
    /// Both of them with their option names.
    pub const NAMES: [(&'static str, Self); 2] = [("relu", Self::Relu), ("elu", Self::Elu)];

    /// Reads the option name.
    ///
    /// # Errors
    /// `invalid_option` for any other name.
    pub fn from_name(name: &str) -> Result<Self> {
        named("activation", name, &Self::NAMES)
    }

    /// The option name.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }

    /// Applies it to every value. A value of 0 becomes `+0`, never `-0`.
    pub(crate) fn apply(self, values: &mut [f32]) {
        match self {
            Self::Relu => {
                // NaN stays: a result that is not finite must not pass for one that is.
                for value in values {
                    *value = if *value <= 0.0 { 0.0 } else { *value };
                }
            }
            Self::Elu => {
                for value in values {
                    *value = if *value <= 0.0 { crate::math::exp_near(*value) - 1.0 } else { *value };
                }
            }
        }
    }

    /// Turns the gradient of the results into that of the inputs.
    ///
    /// `results` were divided by the probability of staying, `1 / scale`, and are `-0` where they were dropped.
    pub(crate) fn backward(self, d: &mut [f32], results: &[f32], scale: f32) {
        match self {
            // A value of 0 was dropped or cut off: both pass nothing back.
            Self::Relu => {
                for (d, &value) in d.iter_mut().zip(results) {
                    *d = if value > 0.0 { *d * scale } else { 0.0 };
                }
            }
            Self::Elu => {
                for (d, &value) in d.iter_mut().zip(results) {
                    let slope = if value > 0.0 { 1.0 } else { value / scale + 1.0 };
                    *d = if value.to_bits() == DROPPED.to_bits() { 0.0 } else { *d * scale * slope };
                }
            }
        }
    }
}

/// What dropout writes: it can be told from a 0 that an activation gave.
pub(crate) const DROPPED: f32 = -0.0;

fn named<T: Copy>(option: &'static str, name: &str, names: &[(&str, T)]) -> Result<T> {
    names.iter().find(|(known, _)| *known == name).map(|&(_, value)| value).ok_or_else(|| {
        let known: Vec<&str> = names.iter().map(|&(name, _)| name).collect();
        Error::option(option, format!("{name:?} is unknown, allowed are {}", known.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elu_and_its_slope_by_hand() {
        // exp(-1) - 1 = -0.632121; the slope there is exp(-1) = 0.367879.
        let mut values = [2.0, 0.0, -1.0, -1.0];
        Activation::Elu.apply(&mut values);
        assert_eq!((values[0], values[1].to_bits()), (2.0, 0));
        assert!((values[2] + 0.632_121).abs() < 1e-6);
        // Dropout with probability 1/2 kept the first three.
        let kept = [4.0, 0.0, 2.0 * values[2], DROPPED];
        let mut d = [1.0; 4];
        Activation::Elu.backward(&mut d, &kept, 2.0);
        assert_eq!((d[0], d[1], d[3]), (2.0, 2.0, 0.0));
        assert!((d[2] - 2.0 * 0.367_879).abs() < 1e-6);
    }
}
