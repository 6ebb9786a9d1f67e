//! Warnings about the weights of edges.

use crate::io::options::{OpenOptions, Weights};

/// The warning that weights were ignored.
pub(crate) fn ignored_weights(file: &str, place: &str) -> String {
    format!("{file}: the weights in {place} were ignored; open with weights to use them")
}

/// A warning when weights are wanted and missing, or far from the weight of a self-loop.
pub(crate) fn warning_of_weights(
    file: &str,
    options: &OpenOptions,
    weights: Option<&[f32]>,
) -> Option<String> {
    let Some(weights) = weights else {
        return (options.weights == Weights::Use)
            .then(|| format!("{file}: there are no weights, every edge counts 1"));
    };
    let sum: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
    let mean = sum / weights.len() as f64;
    (mean.is_finite() && !(0.01..=100.0).contains(&mean)).then(|| {
        format!(
            "{file}: the mean weight is {mean:.3e}, but a self-loop weighs 1 and eps is per unit of weight; \
             weights around 1 serve best"
        )
    })
}
