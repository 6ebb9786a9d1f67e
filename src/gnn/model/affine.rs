//! `x W + b` and its gradients.

use super::gradient_buffers::GradientBuffers;
use super::parameters::{Init, Parameter, Slot, Slots};
use super::rows::InputRows;
use crate::error::Result;
use crate::gnn::kernels::{add_to_rows, column_sums, matrix, multiply, resize, spmm, spmm_transposed};

/// `y = x W + b`, with `W` stored as `[inputs, outputs]`: the transpose of PyTorch's layout, so that a sparse row of
/// features adds up contiguous rows of `W`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Affine {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) weight: Slot,
    pub(crate) bias: Option<Slot>,
}

impl Affine {
    /// Takes the next slots.
    ///
    /// # Errors
    /// `limit_exceeded` when the weight is too large.
    pub(crate) fn new(slots: &mut Slots, inputs: usize, outputs: usize, has_bias: bool) -> Result<Self> {
        let weight = slots.matrix(inputs, outputs)?;
        Ok(Self { inputs, outputs, weight, bias: has_bias.then(|| slots.vector(outputs)) })
    }

    /// Its weight under a name.
    pub(crate) fn weight_as(&self, name: &str, init: Init) -> Parameter {
        Parameter::weight(name, self.weight, [self.inputs, self.outputs], init)
    }

    /// Its parameters, started as PyTorch's `nn.Linear` does.
    pub(crate) fn linear_parameters(&self, weight: &str, bias: &str) -> Vec<Parameter> {
        let init = Init::linear(self.inputs);
        let bias = self.bias.map(|slot| Parameter::bias(bias, slot, init));
        [self.weight_as(weight, init)].into_iter().chain(bias).collect()
    }

    /// `out = rows W`.
    pub(crate) fn times(&self, rows: InputRows<'_>, parameters: &[f32], out: &mut [f32]) {
        let weight = self.weight.of(parameters);
        match rows {
            InputRows::Sparse(rows) => spmm(rows, weight, self.outputs, out),
            InputRows::Dense(rows) => {
                let rows = matrix(rows, out.len() / self.outputs, self.inputs);
                multiply(rows, matrix(weight, self.inputs, self.outputs), out);
            }
        }
    }

    /// `out = d Wᵀ`.
    pub(crate) fn times_transposed(&self, d: &[f32], parameters: &[f32], out: &mut [f32]) {
        let weight = matrix(self.weight.of(parameters), self.inputs, self.outputs);
        multiply(matrix(d, d.len() / self.outputs, self.outputs), weight.t(), out);
    }

    /// `dW = rowsᵀ d`.
    pub(crate) fn weight_gradient(&self, rows: InputRows<'_>, d: &[f32], out: &mut [f32]) {
        let out = self.weight.of_mut(out);
        match rows {
            InputRows::Sparse(rows) => spmm_transposed(rows, d, self.outputs, out),
            InputRows::Dense(rows) => {
                let count = d.len() / self.outputs;
                multiply(matrix(rows, count, self.inputs).t(), matrix(d, count, self.outputs), out);
            }
        }
    }

    /// Turns the gradient of so many results in `buffers.d` into that of what was multiplied: `d = d Wᵀ`.
    pub(crate) fn back(
        &self,
        parameters: &[f32],
        buffers: &mut GradientBuffers,
        rows: usize,
        max_bytes: u64,
    ) -> Result<()> {
        resize(&mut buffers.next, rows, self.inputs, max_bytes)?;
        self.times_transposed(&buffers.d, parameters, &mut buffers.next);
        std::mem::swap(&mut buffers.d, &mut buffers.next);
        Ok(())
    }
}

/// Adds a bias, where there is one, to every row of `data`.
pub(crate) fn add_bias(bias: Option<Slot>, parameters: &[f32], data: &mut [f32]) {
    if let Some(bias) = bias {
        add_to_rows(data, bias.of(parameters));
    }
}

/// Gradient of a bias, where there is one.
pub(crate) fn bias_gradient(bias: Option<Slot>, d: &[f32], out: Option<&mut [f32]>) {
    if let (Some(bias), Some(out)) = (bias, out) {
        column_sums(d, bias.of_mut(out));
    }
}
