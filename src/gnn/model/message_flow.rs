//! Which rows each layer must compute so that the outputs come out exact.

use crate::batch::BatchView;
use crate::error::{Error, Result};
use crate::graph::{ABSENT, LayerBlock, Layers, Normalization, SparseView};
use crate::limits;

/// The graph a model runs on: a batch, or the whole graph.
#[derive(Debug, Clone, Copy)]
pub struct Subgraph<'a> {
    /// Global ids, ascending; the position is the local id.
    pub nodes: &'a [u32],
    /// Local ids of the nodes whose logits are wanted, ascending.
    pub outputs: &'a [u32],
    /// Normalised adjacency in local ids, one row a node.
    pub adjacency: SparseView<'a>,
    /// How the entries of `adjacency` were made; with `global-rw` a mean divides by the degree in the whole graph.
    pub normalization: Normalization,
}

impl<'a> From<BatchView<'a>> for Subgraph<'a> {
    fn from(batch: BatchView<'a>) -> Self {
        Self {
            nodes: batch.nodes,
            outputs: batch.outputs,
            adjacency: batch.adjacency,
            normalization: batch.normalization,
        }
    }
}

impl Subgraph<'_> {
    /// Whether the parts fit each other and a graph of `num_nodes` nodes.
    ///
    /// # Errors
    /// `invalid_graph` for ids out of range or order; `shape_mismatch` for an adjacency with another number of rows.
    pub(crate) fn check(&self, num_nodes: u32) -> Result<()> {
        let rows = self.adjacency.indptr.len();
        let ends = self.adjacency.indptr.last().map(|&end| end as usize);
        let entries = self.adjacency.indices.len();
        if rows != self.nodes.len() + 1 || ends != Some(entries) || self.adjacency.values.len() != entries {
            return Err(Error::ShapeMismatch(format!(
                "the adjacency has {rows} row bounds, {entries} columns and {} values for {} nodes",
                self.adjacency.values.len(),
                self.nodes.len()
            )));
        }
        let ascends = |ids: &[u32], end: u32| {
            ids.windows(2).all(|pair| pair[0] < pair[1]) && ids.last().is_none_or(|&last| last < end)
        };
        let size = self.nodes.len() as u32;
        let bounds = self.adjacency.indptr.windows(2).all(|pair| pair[0] <= pair[1]);
        if ascends(self.nodes, num_nodes)
            && ascends(self.outputs, size)
            && bounds
            && self.adjacency.indices.iter().all(|&column| column < size)
        {
            return Ok(());
        }
        Err(Error::InvalidGraph(format!(
            "nodes must ascend below {num_nodes}, outputs and columns must be below {size}"
        )))
    }
}

/// Rows of every layer with the entries that connect them.
///
/// A layer is computed for the nodes from which the outputs can still be reached, no others.
#[derive(Default)]
pub(crate) struct Reach {
    /// Rows are local ids.
    pub(crate) layers: Layers,
    position: Vec<u32>,
}

impl Reach {
    /// Walks back from the outputs through `layers` convolutions.
    ///
    /// # Cost
    /// `O(n + entries)` a layer; memory is kept from call to call.
    pub(crate) fn build(&mut self, sub: &Subgraph<'_>, layers: usize, max_bytes: u64) -> Result<()> {
        let (adjacency, size) = (sub.adjacency, sub.nodes.len());
        self.layers.start(layers, sub.outputs);
        for layer in (0..layers).rev() {
            let (before, after) = self.layers.rows.split_at_mut(layer + 1);
            let (before, after) = (&mut before[layer], &after[0]);
            self.position.clear();
            reserve(&mut self.position, size, max_bytes)?;
            self.position.resize(size, ABSENT);
            let mut entries = 0;
            for &row in after {
                self.position[row as usize] = 0;
                let columns = bounds(adjacency, row);
                entries += columns.len();
                for &column in &adjacency.indices[columns] {
                    self.position[column as usize] = 0;
                }
            }
            before.clear();
            reserve(before, size, max_bytes)?;
            for local in 0..size as u32 {
                if self.position[local as usize] != ABSENT {
                    self.position[local as usize] = before.len() as u32;
                    before.push(local);
                }
            }
            let roots = &mut self.layers.roots[layer];
            roots.clear();
            reserve(roots, after.len(), max_bytes)?;
            roots.extend(after.iter().map(|&row| self.position[row as usize]));
            let block = &mut self.layers.blocks[layer];
            block.whole = before.len() == size && after.len() == size;
            if !block.whole {
                copy(block, adjacency, after, &self.position, entries, max_bytes)?;
            }
        }
        Ok(())
    }

    /// Bytes of the buffers.
    pub(crate) fn bytes(&self) -> u64 {
        self.layers.bytes() + self.position.capacity() as u64 * 4
    }

    /// Entries from the rows before a convolution to those after it.
    pub(crate) fn block<'a>(&'a self, layer: usize, whole: SparseView<'a>) -> SparseView<'a> {
        let block = &self.layers.blocks[layer];
        if block.whole {
            return whole;
        }
        SparseView { indptr: &block.indptr, indices: &block.indices, values: &block.values }
    }
}

/// Copies `rows` of the adjacency; columns become their positions.
fn copy(
    block: &mut LayerBlock,
    adjacency: SparseView<'_>,
    rows: &[u32],
    position: &[u32],
    entries: usize,
    max_bytes: u64,
) -> Result<()> {
    block.clear();
    reserve(&mut block.indptr, rows.len() + 1, max_bytes)?;
    reserve(&mut block.indices, entries, max_bytes)?;
    reserve(&mut block.values, entries, max_bytes)?;
    block.indptr.push(0);
    for &row in rows {
        let columns = bounds(adjacency, row);
        block.indices.extend(adjacency.indices[columns.clone()].iter().map(|&c| position[c as usize]));
        block.values.extend_from_slice(&adjacency.values[columns]);
        block.indptr.push(block.indices.len() as u32);
    }
    Ok(())
}

fn bounds(adjacency: SparseView<'_>, row: u32) -> std::ops::Range<usize> {
    adjacency.indptr[row as usize] as usize..adjacency.indptr[row as usize + 1] as usize
}

/// Makes room for `len` elements in all.
pub(crate) fn reserve<T>(buffer: &mut Vec<T>, len: usize, max_bytes: u64) -> Result<()> {
    let bytes = (len as u64).saturating_mul(size_of::<T>() as u64);
    limits::check("matrix bytes", bytes, max_bytes)?;
    let more = len.saturating_sub(buffer.len());
    buffer.try_reserve_exact(more).map_err(|_| Error::OutOfMemory { bytes })
}

/// Makes `buffer` a matrix of that shape; what it holds then is not defined.
pub(crate) fn resize(buffer: &mut Vec<f32>, rows: usize, columns: usize, max_bytes: u64) -> Result<()> {
    let bytes = (rows as u64).saturating_mul(columns as u64).saturating_mul(4);
    limits::check("matrix bytes", bytes, max_bytes)?;
    reserve(buffer, rows * columns, max_bytes)?;
    buffer.resize(rows * columns, 0.0);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_shrink_towards_the_output_of_a_path() {
        // 0 - 1 - 2 - 3 with self-loops; the output is 3.
        let adjacency = SparseView {
            indptr: &[0, 2, 5, 8, 10],
            indices: &[0, 1, 0, 1, 2, 1, 2, 3, 2, 3],
            values: &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0],
        };
        let sub = Subgraph {
            nodes: &[0, 1, 2, 3],
            outputs: &[3],
            adjacency,
            normalization: Normalization::GlobalRw,
        };
        let mut reach = Reach::default();
        reach.build(&sub, 2, 1 << 20).unwrap();
        assert_eq!(reach.layers.rows, [vec![1, 2, 3], vec![2, 3], vec![3]]);
        assert_eq!(reach.layers.roots, [vec![1, 2], vec![1]]);
        let block = reach.block(1, adjacency);
        assert_eq!((block.indptr, block.indices, block.values), (&[0, 2][..], &[0, 1][..], &[9.0, 10.0][..]));
        let block = reach.block(0, adjacency);
        assert_eq!((block.indptr, block.indices), (&[0, 3, 5][..], &[0, 1, 2, 1, 2][..]));
        assert_eq!(reach.build(&sub, 2, 15).unwrap_err().code(), "limit_exceeded");
    }

    #[test]
    fn a_matrix_has_its_limit_above_and_below() {
        let mut buffer = Vec::new();
        assert!(resize(&mut buffer, 2, 3, 24).is_ok());
        assert_eq!(resize(&mut buffer, 2, 3, 23).unwrap_err().code(), "limit_exceeded");
    }
}
