//! Which rows each layer must compute so that the outputs come out exact.

use super::subgraph::Subgraph;
use crate::error::Result;
use crate::gnn::kernels::reserve;
use crate::graph::{ABSENT, LayerBlock, Layers, SparseView};

/// Rows of every layer with the entries that connect them.
///
/// A layer is computed for the nodes from which the outputs can still be reached, no others.
#[derive(Default)]
pub(crate) struct MessageFlow {
    /// Rows are local ids.
    pub(crate) layers: Layers,
    position: Vec<u32>,
}

impl MessageFlow {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Normalization;

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
        let mut flow = MessageFlow::default();
        flow.build(&sub, 2, 1 << 20).unwrap();
        assert_eq!(flow.layers.rows, [vec![1, 2, 3], vec![2, 3], vec![3]]);
        assert_eq!(flow.layers.roots, [vec![1, 2], vec![1]]);
        let block = flow.block(1, adjacency);
        assert_eq!((block.indptr, block.indices, block.values), (&[0, 2][..], &[0, 1][..], &[9.0, 10.0][..]));
        let block = flow.block(0, adjacency);
        assert_eq!((block.indptr, block.indices), (&[0, 3, 5][..], &[0, 1, 2, 1, 2][..]));
        assert_eq!(flow.build(&sub, 2, 15).unwrap_err().code(), "limit_exceeded");
    }
}
