//! Layer normalisation of rows ([Ba16]).

use super::kernels::{dot, sum};

/// Added to the variance, as in PyTorch.
pub(crate) const EPS: f32 = 1e-5;

/// Brings every row of `data` to mean 0 and variance 1; `inverse_std` gets one factor a row.
pub(crate) fn standardize(data: &mut [f32], width: usize, inverse_std: &mut [f32]) {
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
pub(crate) fn affine(data: &mut [f32], gamma: &[f32], beta: &[f32]) {
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
pub(crate) fn backward(
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
