//! Layer normalisation of rows ([Ba16]).

use super::parameters::{Init, Parameter, Slot, Slots};
use crate::error::Result;
use crate::gnn::kernels::{bytes_of, dot, resize, sum};

/// Added to the variance, as in PyTorch.
const EPS: f32 = 1e-5;

/// Scale and shift of a layer norm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LayerNorm {
    gamma: Slot,
    beta: Slot,
}

/// What the backward pass reads.
#[derive(Default)]
pub(crate) struct NormMemory {
    /// Result before scale and shift.
    standardized: Vec<f32>,
    inverse_std: Vec<f32>,
}

impl NormMemory {
    /// Bytes of the buffers.
    pub(crate) fn bytes(&self) -> u64 {
        bytes_of(&[&self.standardized, &self.inverse_std])
    }
}

impl LayerNorm {
    /// Takes the next slots.
    pub(crate) fn new(slots: &mut Slots, width: usize) -> Self {
        Self { gamma: slots.vector(width), beta: slots.vector(width) }
    }

    /// Its parameters, named as PyTorch does behind the norm's name.
    pub(crate) fn parameters(&self) -> Vec<Parameter> {
        let scale = Parameter::bias("weight", self.gamma, Init::Constant(1.0));
        vec![scale, Parameter::bias("bias", self.beta, Init::Constant(0.0))]
    }

    /// Normalises every row of `data`; `keeps` what the backward pass reads.
    pub(crate) fn forward(
        &self,
        parameters: &[f32],
        data: &mut [f32],
        memory: &mut NormMemory,
        keeps: bool,
        max_bytes: u64,
    ) -> Result<()> {
        let gamma = self.gamma.of(parameters);
        let rows = data.len() / gamma.len();
        resize(&mut memory.inverse_std, rows, 1, max_bytes)?;
        standardize(data, gamma.len(), &mut memory.inverse_std);
        if keeps {
            resize(&mut memory.standardized, rows, gamma.len(), max_bytes)?;
            memory.standardized.copy_from_slice(data);
        }
        affine(data, gamma, self.beta.of(parameters));
        Ok(())
    }

    /// Turns `d` from the gradient of the result into that of the input, and writes the gradients of its parameters
    /// where `out` is there to take them.
    pub(crate) fn backward(
        &self,
        parameters: &[f32],
        d: &mut [f32],
        memory: &NormMemory,
        out: Option<&mut [f32]>,
    ) {
        let gamma = self.gamma.of(parameters);
        let (mut d_gamma, mut d_beta) = (vec![0.0; gamma.len()], vec![0.0; gamma.len()]);
        backward(d, &memory.standardized, &memory.inverse_std, gamma, &mut d_gamma, &mut d_beta);
        if let Some(out) = out {
            self.gamma.of_mut(out).copy_from_slice(&d_gamma);
            self.beta.of_mut(out).copy_from_slice(&d_beta);
        }
    }
}

/// Brings every row of `data` to mean 0 and variance 1; `inverse_std` gets one factor a row.
fn standardize(data: &mut [f32], width: usize, inverse_std: &mut [f32]) {
    let scale = 1.0 / width as f32;
    for (row, inverse) in data.chunks_exact_mut(width).zip(inverse_std) {
        let mean = sum(row) * scale;
        for x in row.iter_mut() {
            *x -= mean;
        }
        *inverse = 1.0 / (dot(row, row) * scale + EPS).sqrt();
        for x in row.iter_mut() {
            *x *= *inverse;
        }
    }
}

/// `data = data * gamma + beta`, row by row.
fn affine(data: &mut [f32], gamma: &[f32], beta: &[f32]) {
    for row in data.chunks_exact_mut(gamma.len()) {
        for ((x, &gamma), &beta) in row.iter_mut().zip(gamma).zip(beta) {
            *x = *x * gamma + beta;
        }
    }
}

/// Gradients of [`standardize`] and [`affine`] together.
///
/// # Arguments
/// * `d`: gradient of the result, `[rows, width]`; becomes the gradient of the input.
/// * `standardized`, `inverse_std`: what [`standardize`] left.
/// * `d_gamma`, `d_beta`: are overwritten.
fn backward(
    d: &mut [f32],
    standardized: &[f32],
    inverse_std: &[f32],
    gamma: &[f32],
    d_gamma: &mut [f32],
    d_beta: &mut [f32],
) {
    let width = gamma.len();
    let scale = 1.0 / width as f32;
    let (mut gammas, mut betas) = (vec![0f64; width], vec![0f64; width]);
    for ((d, x), &inverse) in d.chunks_exact_mut(width).zip(standardized.chunks_exact(width)).zip(inverse_std)
    {
        for k in 0..width {
            gammas[k] += f64::from(d[k] * x[k]);
            betas[k] += f64::from(d[k]);
            d[k] *= gamma[k];
        }
        let (mean, along) = (sum(d) * scale, dot(d, x) * scale);
        for (d, &x) in d.iter_mut().zip(x) {
            *d = inverse * (*d - mean - x * along);
        }
    }
    for k in 0..width {
        d_gamma[k] = gammas[k] as f32;
        d_beta[k] = betas[k] as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_by_hand() {
        // Mean 2, variance 2/3: the row becomes -1, 0, 1 over sqrt(2/3).
        let (mut row, mut inverse) = ([1.0, 2.0, 3.0], [0.0]);
        standardize(&mut row, 3, &mut inverse);
        affine(&mut row, &[2.0, 2.0, 2.0], &[1.0, 1.0, 1.0]);
        assert!((row[0] - (1.0 - 2.0 * 1.224_736)).abs() < 1e-5);
        assert_eq!(row[1], 1.0);
    }
}
