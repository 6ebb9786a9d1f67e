//! What every layer of a network computes, and from what.

/// Rows of the layers of a network and the entries that connect them, whether all entries of a graph or a sample.
///
/// Its arrays keep their memory from use to use.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layers {
    /// `rows[l]`: nodes whose values after `l` convolutions are read, ascending; the last are the outputs.
    pub rows: Vec<Vec<u32>>,
    /// `roots[l]`: place of every one of `rows[l + 1]` among `rows[l]`, [`ABSENT`](super::ABSENT) where it is not read.
    pub roots: Vec<Vec<u32>>,
    /// `blocks[l]`: entries from `rows[l]` to `rows[l + 1]`.
    pub blocks: Vec<LayerBlock>,
}

/// Entries of one convolution: a row for each row after it; columns are positions among the rows before it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LayerBlock {
    /// Whether it is the whole adjacency, which is then not copied.
    pub(crate) whole: bool,
    /// Row bounds, one more than there are rows.
    pub indptr: Vec<u32>,
    /// Column of every entry.
    pub indices: Vec<u32>,
    /// Value of every entry.
    pub values: Vec<f32>,
}

impl Layers {
    /// Makes room for `layers` convolutions that end in `outputs`.
    pub(crate) fn start(&mut self, layers: usize, outputs: &[u32]) {
        self.rows.resize_with(layers + 1, Vec::new);
        self.roots.resize_with(layers, Vec::new);
        self.blocks.resize_with(layers, LayerBlock::default);
        self.rows[layers].clear();
        self.rows[layers].extend_from_slice(outputs);
    }

    /// Bytes of the arrays.
    pub(crate) fn bytes(&self) -> u64 {
        let ids: usize = self.rows.iter().chain(&self.roots).map(Vec::capacity).sum();
        let block =
            |block: &LayerBlock| block.indptr.capacity() + block.indices.capacity() + block.values.capacity();
        (ids + self.blocks.iter().map(block).sum::<usize>()) as u64 * 4
    }
}

impl LayerBlock {
    /// Forgets all rows.
    pub(crate) fn clear(&mut self) {
        self.whole = false;
        self.indptr.clear();
        self.indices.clear();
        self.values.clear();
    }
}
