//! `A X W`: the product that GCN and GraphSAGE share.

use super::affine::Affine;
use super::convolution::{LayerInput, Memory};
use super::gradient_buffers::GradientBuffers;
use super::rows::InputRows;
use crate::error::Result;
use crate::gnn::kernels::{bytes_of, matrix, multiply, resize, spmm, spmm_transposed};

/// In which order a convolution multiplies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Order {
    /// `A (X W)`.
    #[default]
    TransformFirst,
    /// `(A X) W`.
    AggregateFirst,
}

impl Order {
    /// The order for a layer: sparse rows are multiplied by the weight first.
    fn of(layer: &Affine, input: LayerInput<'_>) -> Self {
        match input.rows {
            InputRows::Sparse(_) => Self::TransformFirst,
            InputRows::Dense(_) => {
                let entries = input.block.indices.len();
                Self::cheaper(entries, input.before, input.after(), layer.inputs, layer.outputs)
            }
        }
    }

    /// The cheaper order. One operation of the sparse product costs about as much as four of the dense one, since it
    /// waits for memory.
    fn cheaper(entries: usize, before: usize, after: usize, inputs: usize, outputs: usize) -> Self {
        let [entries, before, after, inputs, outputs] =
            [entries, before, after, inputs, outputs].map(|count| count as u64);
        let transform_first = before * inputs * outputs + 4 * entries * outputs;
        let aggregate_first = 4 * entries * inputs + after * inputs * outputs;
        if aggregate_first < transform_first { Self::AggregateFirst } else { Self::TransformFirst }
    }
}

/// The first of the two products.
#[derive(Default)]
pub(crate) struct Product {
    order: Order,
    /// `X W` or `A X`.
    first: Vec<f32>,
}

impl Memory for Product {
    fn bytes(&self) -> u64 {
        bytes_of(&[&self.first])
    }
}

impl Product {
    /// Chooses the order; `X W` where that comes first.
    pub(crate) fn start(&mut self, layer: &Affine, input: LayerInput<'_>) -> Result<()> {
        self.order = Order::of(layer, input);
        if self.order == Order::AggregateFirst {
            return Ok(());
        }
        resize(&mut self.first, input.before, layer.outputs, input.max_bytes)?;
        layer.times(input.rows, input.parameters, &mut self.first);
        Ok(())
    }

    /// Whether the rows read are no longer needed for it.
    pub(crate) fn is_done_with_rows(&self) -> bool {
        self.order == Order::TransformFirst
    }

    /// `out = A X W`.
    pub(crate) fn rest(&mut self, layer: &Affine, input: LayerInput<'_>, out: &mut Vec<f32>) -> Result<()> {
        let (after, max_bytes) = (input.after(), input.max_bytes);
        let (inputs, outputs) = (layer.inputs, layer.outputs);
        resize(out, after, outputs, max_bytes)?;
        match (input.rows, self.order) {
            (InputRows::Dense(rows), Order::AggregateFirst) => {
                resize(&mut self.first, after, inputs, max_bytes)?;
                spmm(input.block, rows, inputs, &mut self.first);
                let weight = matrix(layer.weight.of(input.parameters), inputs, outputs);
                multiply(matrix(&self.first, after, inputs), weight, out);
            }
            _ => spmm(input.block, &self.first, outputs, out),
        }
        Ok(())
    }

    /// The way back; as [`Convolution::backward`](super::convolution::Convolution::backward).
    pub(crate) fn backward(
        &self,
        layer: &Affine,
        input: LayerInput<'_>,
        buffers: &mut GradientBuffers,
        mut out: Option<&mut [f32]>,
        wants_rows: bool,
    ) -> Result<()> {
        let (before, after, max_bytes) = (input.before, input.after(), input.max_bytes);
        let aggregates_first = self.order == Order::AggregateFirst;
        if aggregates_first {
            if let Some(out) = out.as_deref_mut() {
                layer.weight_gradient(InputRows::Dense(&self.first), &buffers.d, out);
            }
            if !wants_rows {
                return Ok(());
            }
            layer.back(input.parameters, buffers, after, max_bytes)?;
        }
        let width = if aggregates_first { layer.inputs } else { layer.outputs };
        resize(&mut buffers.next, before, width, max_bytes)?;
        spmm_transposed(input.block, &buffers.d, width, &mut buffers.next);
        std::mem::swap(&mut buffers.d, &mut buffers.next);
        if aggregates_first {
            return Ok(());
        }
        if let Some(out) = out {
            layer.weight_gradient(input.rows, &buffers.d, out);
        }
        if wants_rows { layer.back(input.parameters, buffers, before, max_bytes) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cheaper_order_is_taken() {
        // 10 nodes, 50 entries: narrowing wants the transform first, widening the aggregation.
        assert_eq!(Order::cheaper(50, 10, 10, 64, 7), Order::TransformFirst);
        assert_eq!(Order::cheaper(50, 10, 10, 7, 64), Order::AggregateFirst);
        // Few outputs: aggregating first multiplies fewer rows by the weight.
        assert_eq!(Order::cheaper(50, 40, 4, 64, 64), Order::AggregateFirst);
    }
}
