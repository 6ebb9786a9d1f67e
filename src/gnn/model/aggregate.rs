//! `A X W`: the product that GCN and GraphSAGE share.

use super::super::kernels::{matrix, multiply, spmm, spmm_transposed};
use super::super::layout::Affine;
use super::super::reach::resize;
use super::super::rows::Rows;
use super::{Flow, State, Work, weight_gradient};
use crate::error::Result;

/// In which order a convolution multiplies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Order {
    /// `A (X W)`.
    #[default]
    TransformFirst,
    /// `(A X) W`.
    AggregateFirst,
}

impl Order {
    /// The order for a layer: sparse rows are multiplied by the weight first.
    pub(super) fn of(layer: &Affine, work: Work<'_>) -> Self {
        match work.rows {
            Rows::Sparse(_) => Self::TransformFirst,
            Rows::Dense(_) => {
                let entries = work.block.indices.len();
                Self::cheaper(entries, work.before, work.after(), layer.inputs, layer.outputs)
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

/// `state.out = A X W`; `state.mixed` is `X W` already where that comes first.
pub(super) fn forward(layer: &Affine, work: Work<'_>, state: &mut State) -> Result<()> {
    let (after, max_bytes) = (work.after(), work.max_bytes);
    let (inputs, outputs) = (layer.inputs, layer.outputs);
    resize(&mut state.out, after, outputs, max_bytes)?;
    match (work.rows, state.order) {
        (Rows::Dense(rows), Order::AggregateFirst) => {
            resize(&mut state.mixed, after, inputs, max_bytes)?;
            spmm(work.block, rows, inputs, &mut state.mixed);
            let weight = matrix(layer.weight.of(work.parameters), inputs, outputs);
            multiply(matrix(&state.mixed, after, inputs), weight, &mut state.out);
        }
        _ => spmm(work.block, &state.mixed, outputs, &mut state.out),
    }
    Ok(())
}

/// The way back through [`forward`].
pub(super) fn backward(
    layer: &Affine,
    work: Work<'_>,
    state: &State,
    flow: &mut Flow,
    mut out: Option<&mut [f32]>,
    wants_rows: bool,
) -> Result<()> {
    let (before, after, max_bytes) = (work.before, work.after(), work.max_bytes);
    let aggregates_first = state.order == Order::AggregateFirst;
    if aggregates_first {
        if let Some(out) = out.as_deref_mut() {
            weight_gradient(layer, Rows::Dense(&state.mixed), &flow.d, out);
        }
        if !wants_rows {
            return Ok(());
        }
        flow.through(work.parameters, layer, after, max_bytes)?;
    }
    let width = if aggregates_first { layer.inputs } else { layer.outputs };
    resize(&mut flow.next, before, width, max_bytes)?;
    spmm_transposed(work.block, &flow.d, width, &mut flow.next);
    std::mem::swap(&mut flow.d, &mut flow.next);
    if aggregates_first {
        return Ok(());
    }
    if let Some(out) = out {
        weight_gradient(layer, work.rows, &flow.d, out);
    }
    if wants_rows { flow.through(work.parameters, layer, before, max_bytes) } else { Ok(()) }
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
