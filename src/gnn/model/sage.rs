//! GraphSAGE with mean aggregation ([Hamilton17]): `mean(x of the neighbours) W + x R + b`.

use super::super::Subgraph;
use super::super::input::Surroundings;
use super::super::layout::Sage;
use super::super::reach::{reserve, resize};
use super::super::rows::Copied;
use super::{
    Flow, State, Work, add_bias, aggregate, bias_gradient, times, times_transposed, weight_gradient,
};
use crate::error::Result;
use crate::graph::{Normalization, SparseView};

/// What the nodes themselves bring.
#[derive(Default)]
pub(crate) struct Root {
    rows: Copied,
    product: Vec<f32>,
}

impl Root {
    /// Bytes of the buffers.
    pub(crate) fn bytes(&self) -> u64 {
        self.rows.bytes() + self.product.capacity() as u64 * 4
    }
}

/// `state.out = M X W + X R + b`.
pub(super) fn forward(layer: &Sage, work: Work<'_>, state: &mut State) -> Result<()> {
    aggregate::forward(&layer.neighbours, work, state)?;
    if let Some(root) = &layer.root {
        let rows = state.root.rows.pick(
            work.rows,
            layer.neighbours.inputs,
            work.before,
            work.roots,
            work.max_bytes,
        )?;
        resize(&mut state.root.product, work.after(), root.outputs, work.max_bytes)?;
        times(rows, work.parameters, root, &mut state.root.product);
        add(&mut state.out, &state.root.product);
    }
    add_bias(layer.neighbours.bias, work.parameters, &mut state.out);
    Ok(())
}

/// The way back through [`forward`].
pub(super) fn backward(
    layer: &Sage,
    work: Work<'_>,
    state: &State,
    flow: &mut Flow,
    mut out: Option<&mut [f32]>,
    wants_rows: bool,
) -> Result<()> {
    bias_gradient(layer.neighbours.bias, &flow.d, out.as_deref_mut());
    if let Some(root) = &layer.root {
        if let Some(out) = out.as_deref_mut() {
            let rows = state.root.rows.picked(work.rows, work.before, work.roots);
            weight_gradient(root, rows, &flow.d, out);
        }
        if wants_rows {
            resize(&mut flow.spare, work.after(), root.inputs, work.max_bytes)?;
            times_transposed(&flow.d, work.parameters, root, &mut flow.spare);
        }
    }
    aggregate::backward(&layer.neighbours, work, state, flow, out, wants_rows)?;
    if wants_rows && layer.root.is_some() {
        let width = layer.neighbours.inputs;
        for (&place, row) in work.roots.iter().zip(flow.spare.chunks_exact(width)) {
            add(&mut flow.d[place as usize * width..][..width], row);
        }
    }
    Ok(())
}

fn add(sum: &mut [f32], more: &[f32]) {
    for (sum, &more) in sum.iter_mut().zip(more) {
        *sum += more;
    }
}

/// The adjacency of a sub-graph as GraphSAGE wants it: every row averages the neighbours that are there.
#[derive(Default)]
pub(crate) struct Mean {
    indptr: Vec<u32>,
    indices: Vec<u32>,
    values: Vec<f32>,
}

impl Mean {
    /// Makes it from the pattern of `sub`; weights of edges do not count.
    ///
    /// Without `self_loops` the loops that were added to the graph are left out, and the mean of no neighbours is 0.
    /// With `global-rw` the sum is divided by the number of neighbours in the whole graph.
    pub(crate) fn build(
        &mut self,
        sub: &Subgraph<'_>,
        surroundings: Surroundings<'_>,
        self_loops: bool,
        max_bytes: u64,
    ) -> Result<()> {
        let adjacency = sub.adjacency;
        self.indptr.clear();
        self.indices.clear();
        self.values.clear();
        reserve(&mut self.indptr, adjacency.indptr.len(), max_bytes)?;
        reserve(&mut self.indices, adjacency.indices.len(), max_bytes)?;
        reserve(&mut self.values, adjacency.indices.len(), max_bytes)?;
        self.indptr.push(0);
        let is_global = sub.normalization == Normalization::GlobalRw;
        for local in 0..sub.nodes.len() {
            let row =
                &adjacency.indices[adjacency.indptr[local] as usize..adjacency.indptr[local + 1] as usize];
            let drops_loop = !self_loops && !surroundings.has_own_loop(local);
            let start = self.indices.len();
            self.indices.extend(row.iter().filter(|&&column| !(drops_loop && column as usize == local)));
            let count = match is_global {
                true => surroundings.degree(local) as usize - usize::from(drops_loop),
                false => self.indices.len() - start,
            };
            let share = if count == 0 { 0.0 } else { 1.0 / count as f32 };
            self.values.resize(self.indices.len(), share);
            self.indptr.push(self.indices.len() as u32);
        }
        Ok(())
    }

    /// Bytes of the arrays.
    pub(crate) fn bytes(&self) -> u64 {
        (self.indptr.capacity() + self.indices.capacity() + self.values.capacity()) as u64 * 4
    }

    /// The rows made last.
    pub(crate) fn view(&self) -> SparseView<'_> {
        SparseView { indptr: &self.indptr, indices: &self.indices, values: &self.values }
    }
}
