//! What follows a hidden layer.

use super::dropout::DROPPED;
use crate::options::Activation;

impl Activation {
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
