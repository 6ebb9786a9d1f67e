//! Which rows each layer must compute so that the outputs come out exact.

use crate::batch::BatchView;
use crate::error::{Error, Result};
use crate::graph::{ABSENT, Normalization, SparseView};
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
    /// `rows[l]`: local ids whose values after `l` convolutions are read, ascending; the last are the outputs.
    pub(crate) rows: Vec<Vec<u32>>,
    /// `roots[l]`: place of every one of `rows[l + 1]` among `rows[l]`.
    pub(crate) roots: Vec<Vec<u32>>,
    blocks: Vec<Block>,
    position: Vec<u32>,
}

/// Rows of the adjacency for one convolution; columns are positions among the rows before it.
#[derive(Default)]
struct Block {
    whole: bool,
    indptr: Vec<u32>,
    indices: Vec<u32>,
    values: Vec<f32>,
}

impl Reach {
    /// Walks back from the outputs through `layers` convolutions.
    ///
    /// # Cost
    /// `O(n + entries)` a layer; memory is kept from call to call.
    pub(crate) fn build(&mut self, sub: &Subgraph<'_>, layers: usize, max_bytes: u64) -> Result<()> {
        let (adjacency, size) = (sub.adjacency, sub.nodes.len());
        self.rows.resize_with(layers + 1, Vec::new);
        self.roots.resize_with(layers, Vec::new);
        self.blocks.resize_with(layers, Block::default);
        self.rows[layers].clear();
        self.rows[layers].extend_from_slice(sub.outputs);
        for layer in (0..layers).rev() {
            let (before, after) = self.rows.split_at_mut(layer + 1);
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
            let roots = &mut self.roots[layer];
            roots.clear();
            reserve(roots, after.len(), max_bytes)?;
            roots.extend(after.iter().map(|&row| self.position[row as usize]));
            let block = &mut self.blocks[layer];
            block.whole = before.len() == size && after.len() == size;
            if !block.whole {
                block.copy(adjacency, after, &self.position, entries, max_bytes)?;
            }
        }
        Ok(())
    }

    /// Bytes of the buffers.
    pub(crate) fn bytes(&self) -> u64 {
        let ids: usize = self.rows.iter().chain(&self.roots).chain([&self.position]).map(Vec::capacity).sum();
        let block =
            |block: &Block| block.indptr.capacity() + block.indices.capacity() + block.values.capacity();
        (ids + self.blocks.iter().map(block).sum::<usize>()) as u64 * 4
    }

    /// Entries from the rows before a convolution to those after it.
    pub(crate) fn block<'a>(&'a self, layer: usize, whole: SparseView<'a>) -> SparseView<'a> {
        let block = &self.blocks[layer];
        if block.whole {
            return whole;
        }
        SparseView { indptr: &block.indptr, indices: &block.indices, values: &block.values }
    }
}

impl Block {
    fn copy(
        &mut self,
        adjacency: SparseView<'_>,
        rows: &[u32],
        position: &[u32],
        entries: usize,
        max_bytes: u64,
    ) -> Result<()> {
        self.indptr.clear();
        self.indices.clear();
        self.values.clear();
        reserve(&mut self.indptr, rows.len() + 1, max_bytes)?;
        reserve(&mut self.indices, entries, max_bytes)?;
        reserve(&mut self.values, entries, max_bytes)?;
        self.indptr.push(0);
        for &row in rows {
            let columns = bounds(adjacency, row);
            self.indices.extend(adjacency.indices[columns.clone()].iter().map(|&c| position[c as usize]));
            self.values.extend_from_slice(&adjacency.values[columns]);
            self.indptr.push(self.indices.len() as u32);
        }
        Ok(())
    }
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
        assert_eq!(reach.rows, [vec![1, 2, 3], vec![2, 3], vec![3]]);
        assert_eq!(reach.roots, [vec![1, 2], vec![1]]);
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
