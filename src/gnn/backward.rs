//! Gradients of the loss by reverse accumulation.

use super::forward::{Order, Pass};
use super::input::Rows;
use super::kernels::{column_sums, matrix, multiply, spmm_transposed};
use super::loss::{Tally, cross_entropy};
use super::model::{Affine, Layout};
use super::reach::resize;
use super::weights::named_tensors;
use super::{Input, Model, Subgraph, norm};
use crate::error::{Error, Result};
use crate::io::TensorMap;
use crate::limits::{self, Limits};

/// Gradient of a loss by every parameter of a model.
#[derive(Debug, Clone)]
pub struct Gradients {
    layout: Layout,
    pub(crate) values: Vec<f32>,
}

impl Gradients {
    pub(crate) fn zeros(model: &Model) -> Result<Self> {
        Ok(Self { layout: model.layout.clone(), values: limits::filled(model.parameters.len(), 0.0)? })
    }

    /// The gradients under the names and shapes of [`Model::to_tensors`].
    pub fn to_tensors(&self) -> TensorMap {
        named_tensors(&self.layout, &self.values)
    }
}

/// Buffers of the backward pass, used again for the next batch.
#[derive(Default)]
pub(crate) struct Backward {
    /// Gradient of what the current layer gave.
    d: Vec<f32>,
    next: Vec<f32>,
}

impl Backward {
    /// Loss of the logits of `pass`, and its gradient by every parameter.
    ///
    /// `pass` must have kept its layers and just run forward on `sub`. Nothing is done when no
    /// output has a target.
    pub(crate) fn run(
        &mut self,
        model: &Model,
        input: &Input,
        sub: &Subgraph<'_>,
        pass: &mut Pass,
        targets: &[i32],
        gradients: &mut Gradients,
    ) -> Result<Tally> {
        let (layout, max_bytes) = (&model.layout, pass.max_bytes);
        let rows = &pass.reach.rows;
        let last = layout.convs.len();
        resize(&mut self.d, rows[last].len(), model.num_classes(), max_bytes)?;
        let tally = cross_entropy(&pass.logits, model.num_classes(), targets, Some(&mut self.d));
        if tally.count == 0 {
            return Ok(tally);
        }
        let out = &mut gradients.values;
        if let Some(head) = &layout.head {
            bias_gradient(head, &self.d, out);
            let hidden = &pass.states[last - 1].out;
            weight_gradient(head, hidden, &self.d, out);
            self.through_weight(model, head, rows[last].len(), max_bytes)?;
        }
        for layer in (0..last).rev() {
            let (conv, state) = (&layout.convs[layer], &pass.states[layer]);
            let (before, after) = (rows[layer].len(), rows[layer + 1].len());
            if layout.is_hidden(layer) {
                // A value of 0 was dropped or cut off by ReLU: both pass nothing back.
                for (d, &value) in self.d.iter_mut().zip(&state.out) {
                    *d = if value > 0.0 { *d * pass.scale } else { 0.0 };
                }
                if let Some(norm) = layout.norms.get(layer) {
                    let (mut d_gamma, mut d_beta) = (vec![0.0; conv.outputs], vec![0.0; conv.outputs]);
                    let gamma = norm.gamma.of(&model.parameters);
                    let kept = (&state.standardized[..], &state.inverse_std[..]);
                    norm::backward(&mut self.d, kept.0, kept.1, gamma, &mut d_gamma, &mut d_beta);
                    norm.gamma.of_mut(out).copy_from_slice(&d_gamma);
                    norm.beta.of_mut(out).copy_from_slice(&d_beta);
                }
            }
            bias_gradient(conv, &self.d, out);
            let block = pass.reach.block(layer, sub.adjacency);
            if state.order == Order::AggregateFirst {
                weight_gradient(conv, &state.mixed, &self.d, out);
                if layer > 0 {
                    self.through_weight(model, conv, after, max_bytes)?;
                    resize(&mut self.next, before, conv.inputs, max_bytes)?;
                    spmm_transposed(block, &self.d, conv.inputs, &mut self.next);
                    std::mem::swap(&mut self.d, &mut self.next);
                }
                continue;
            }
            resize(&mut self.next, before, conv.outputs, max_bytes)?;
            spmm_transposed(block, &self.d, conv.outputs, &mut self.next);
            std::mem::swap(&mut self.d, &mut self.next);
            if layer > 0 {
                weight_gradient(conv, &pass.states[layer - 1].out, &self.d, out);
                self.through_weight(model, conv, before, max_bytes)?;
                continue;
            }
            match pass.gathered.rows(input.features()) {
                Rows::Dense(rows) => weight_gradient(conv, rows, &self.d, out),
                Rows::Sparse(rows) => spmm_transposed(rows, &self.d, conv.outputs, conv.weight.of_mut(out)),
            }
        }
        Ok(tally)
    }

    /// `d = d Wᵀ`.
    fn through_weight(&mut self, model: &Model, layer: &Affine, rows: usize, max_bytes: u64) -> Result<()> {
        resize(&mut self.next, rows, layer.inputs, max_bytes)?;
        let weight = matrix(layer.weight.of(&model.parameters), layer.inputs, layer.outputs);
        multiply(matrix(&self.d, rows, layer.outputs), weight.t(), &mut self.next);
        std::mem::swap(&mut self.d, &mut self.next);
        Ok(())
    }
}

/// `dW = xᵀ d`.
fn weight_gradient(layer: &Affine, x: &[f32], d: &[f32], out: &mut [f32]) {
    let rows = d.len() / layer.outputs;
    let x = matrix(x, rows, layer.inputs);
    multiply(x.t(), matrix(d, rows, layer.outputs), layer.weight.of_mut(out));
}

fn bias_gradient(layer: &Affine, d: &[f32], out: &mut [f32]) {
    if let Some(bias) = layer.bias {
        column_sums(d, bias.of_mut(out));
    }
}

impl Model {
    /// Mean cross-entropy of the outputs of a sub-graph, and its gradient by every parameter, without dropout.
    ///
    /// # Arguments
    /// * `input`, `sub`, `limits`: as for [`Model::logits`].
    /// * `targets`: class of every output, in the order of `sub.outputs`; -1 leaves the output out.
    /// # Errors
    /// Those of [`Model::logits`]; `shape_mismatch` when there is not one target an output, or a target is no class.
    /// # Cost
    /// About three times [`Model::logits`].
    pub fn loss_and_gradients(
        &self,
        input: &Input,
        sub: &Subgraph<'_>,
        targets: &[i32],
        limits: &Limits,
    ) -> Result<(f64, Gradients)> {
        self.fits(input.dataset())?;
        sub.check(input.dataset().graph.num_nodes())?;
        if targets.len() != sub.outputs.len() {
            return Err(Error::ShapeMismatch(format!(
                "{} targets for {} outputs",
                targets.len(),
                sub.outputs.len()
            )));
        }
        let classes = self.num_classes();
        if let Some(target) = targets.iter().find(|&&target| target < -1 || target >= classes as i32) {
            return Err(Error::ShapeMismatch(format!("target {target} is no class, there are {classes}")));
        }
        let mut pass = Pass::new(self, true, limits);
        pass.forward(self, input, sub, 0, None)?;
        let mut gradients = Gradients::zeros(self)?;
        let tally = Backward::default().run(self, input, sub, &mut pass, targets, &mut gradients)?;
        Ok((tally.mean_loss(), gradients))
    }
}
