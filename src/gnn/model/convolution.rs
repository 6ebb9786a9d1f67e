//! Convolutions: forward and backward on the rows that one layer needs.

mod aggregate;
mod gat;
mod sage;

use super::kernels::{column_sums, matrix, multiply, spmm, spmm_transposed};
use super::layout::{Affine, Conv, Slot};
use super::reach::resize;
use super::rows::Rows;
use crate::error::Result;
use crate::graph::SparseView;

pub(crate) use aggregate::Order;
pub(crate) use sage::Mean;

/// What a convolution works on.
#[derive(Clone, Copy)]
pub(crate) struct Work<'a> {
    pub(crate) parameters: &'a [f32],
    /// What it reads, `[before, inputs]`.
    pub(crate) rows: Rows<'a>,
    pub(crate) before: usize,
    /// Entries from the rows before to those after it.
    pub(crate) block: SparseView<'a>,
    /// Place of every row after it among those before.
    pub(crate) roots: &'a [u32],
    pub(crate) max_bytes: u64,
}

impl Work<'_> {
    /// Number of rows it gives.
    pub(crate) fn after(&self) -> usize {
        self.roots.len()
    }
}

/// What a layer leaves behind.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) order: Order,
    /// First product of the convolution: `X W` or `A X`.
    pub(crate) mixed: Vec<f32>,
    /// What the nodes themselves bring to a GraphSAGE layer.
    pub(crate) root: sage::Root,
    /// Scores and weights of a GAT layer.
    pub(crate) attention: gat::Attention,
    /// Result of the norm before scale and shift; kept for the backward pass only.
    pub(crate) standardized: Vec<f32>,
    pub(crate) inverse_std: Vec<f32>,
    /// Result of the layer.
    pub(crate) out: Vec<f32>,
}

impl State {
    /// Bytes of the buffers.
    pub(crate) fn bytes(&self) -> u64 {
        let own = [&self.mixed, &self.standardized, &self.inverse_std, &self.out];
        let own: usize = own.iter().map(|buffer| buffer.capacity() * 4).sum();
        own as u64 + self.root.bytes() + self.attention.bytes()
    }
}

/// Gradients on their way back.
#[derive(Default)]
pub(crate) struct Flow {
    /// Gradient of what the current layer gave; after its backward pass, of what it read.
    pub(crate) d: Vec<f32>,
    pub(crate) next: Vec<f32>,
    pub(crate) spare: Vec<f32>,
    scores: [Vec<f32>; 2],
}

impl Flow {
    /// `d = d Wᵀ`.
    pub(crate) fn through(
        &mut self,
        parameters: &[f32],
        layer: &Affine,
        rows: usize,
        max_bytes: u64,
    ) -> Result<()> {
        resize(&mut self.next, rows, layer.inputs, max_bytes)?;
        times_transposed(&self.d, parameters, layer, &mut self.next);
        std::mem::swap(&mut self.d, &mut self.next);
        Ok(())
    }
}

impl Conv {
    /// Writes the result to `state.out`, and what [`Conv::backward`] reads to the rest of `state`.
    pub(crate) fn forward(&self, work: Work<'_>, state: &mut State) -> Result<()> {
        self.start(work, state)?;
        self.rest(work, state)
    }

    /// The part that every row after it shares: `X W` unless rows are aggregated first. `work` is that of all rows.
    pub(crate) fn start(&self, work: Work<'_>, state: &mut State) -> Result<()> {
        state.order = match self {
            Self::Gcn(_) | Self::Sage(_) => Order::of(self.affine(), work),
            Self::Gat(_) => Order::TransformFirst,
        };
        if state.order == Order::AggregateFirst {
            return Ok(());
        }
        let affine = self.affine();
        resize(&mut state.mixed, work.before, affine.outputs, work.max_bytes)?;
        times(work.rows, work.parameters, affine, &mut state.mixed);
        Ok(())
    }

    /// The rows after it, all or some: those of `work.block` and `work.roots`. Comes after [`Conv::start`].
    pub(crate) fn rest(&self, work: Work<'_>, state: &mut State) -> Result<()> {
        match self {
            Self::Gcn(conv) => {
                aggregate::forward(conv, work, state)?;
                add_bias(conv.bias, work.parameters, &mut state.out);
                Ok(())
            }
            Self::Sage(conv) => sage::forward(conv, work, state),
            Self::Gat(conv) => gat::forward(conv, work, state),
        }
    }

    /// Whether the rows read are no longer needed after [`Conv::start`].
    pub(crate) fn is_done_with_rows(&self, state: &State) -> bool {
        let reads_itself = matches!(self, Self::Sage(sage) if sage.root.is_some());
        state.order == Order::TransformFirst && !reads_itself
    }

    /// Turns `flow.d` from the gradient of the result into that of the rows read, the latter only where `wants_rows`,
    /// and writes the gradients of the layer's own parameters where `out` is there to take them.
    ///
    /// `work` and `state` are those of the forward pass.
    pub(crate) fn backward(
        &self,
        work: Work<'_>,
        state: &State,
        flow: &mut Flow,
        mut out: Option<&mut [f32]>,
        wants_rows: bool,
    ) -> Result<()> {
        match self {
            Self::Gcn(conv) => {
                bias_gradient(conv.bias, &flow.d, out.as_deref_mut());
                aggregate::backward(conv, work, state, flow, out, wants_rows)
            }
            Self::Sage(conv) => sage::backward(conv, work, state, flow, out, wants_rows),
            Self::Gat(conv) => gat::backward(conv, work, state, flow, out, wants_rows),
        }
    }
}

/// Adds a bias, where there is one, to every row of `data`.
pub(crate) fn add_bias(bias: Option<Slot>, parameters: &[f32], data: &mut [f32]) {
    if let Some(bias) = bias {
        super::kernels::add_to_rows(data, bias.of(parameters));
    }
}

/// Gradient of a bias, where there is one.
pub(crate) fn bias_gradient(bias: Option<Slot>, d: &[f32], out: Option<&mut [f32]>) {
    if let (Some(bias), Some(out)) = (bias, out) {
        column_sums(d, bias.of_mut(out));
    }
}

/// `out = rows W`.
pub(crate) fn times(rows: Rows<'_>, parameters: &[f32], layer: &Affine, out: &mut [f32]) {
    let weight = layer.weight.of(parameters);
    match rows {
        Rows::Sparse(rows) => spmm(rows, weight, layer.outputs, out),
        Rows::Dense(rows) => {
            let rows = matrix(rows, out.len() / layer.outputs, layer.inputs);
            multiply(rows, matrix(weight, layer.inputs, layer.outputs), out);
        }
    }
}

/// `out = d Wᵀ`.
fn times_transposed(d: &[f32], parameters: &[f32], layer: &Affine, out: &mut [f32]) {
    let weight = matrix(layer.weight.of(parameters), layer.inputs, layer.outputs);
    multiply(matrix(d, d.len() / layer.outputs, layer.outputs), weight.t(), out);
}

/// `dW = rowsᵀ d`.
pub(crate) fn weight_gradient(layer: &Affine, rows: Rows<'_>, d: &[f32], out: &mut [f32]) {
    let out = layer.weight.of_mut(out);
    match rows {
        Rows::Sparse(rows) => spmm_transposed(rows, d, layer.outputs, out),
        Rows::Dense(rows) => {
            let count = d.len() / layer.outputs;
            multiply(matrix(rows, count, layer.inputs).t(), matrix(d, count, layer.outputs), out);
        }
    }
}
