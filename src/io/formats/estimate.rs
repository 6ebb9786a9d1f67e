//! Estimates the memory that opening a file takes.

use crate::io::options::Weights;
use crate::io::source::bytes::Source;

/// Bytes at the peak of building a graph, per edge read.
const EDGE_BYTES: u64 = 32;
/// Further bytes per edge where weights are used.
const WEIGHT_BYTES: u64 = 12;

/// The size of a file, estimated from its head.
pub(crate) struct Size<'s, 'a> {
    source: &'s Source<'a>,
    weights: Weights,
}

impl<'s, 'a> Size<'s, 'a> {
    /// What is known of `source`; `weights` says whether those of edges are used.
    pub(crate) fn new(source: &'s Source<'a>, weights: Weights) -> Self {
        Self { source, weights }
    }

    /// Bytes for so many edges.
    pub(crate) fn of_edges(&self, num_edges: u64) -> u64 {
        let more = if self.weights == Weights::Use { WEIGHT_BYTES } else { 0 };
        num_edges.saturating_mul(EDGE_BYTES + more)
    }

    /// Bytes for a text of edges, the shortest of which takes `least_edge_bytes`.
    pub(crate) fn of_graph_text(&self, least_edge_bytes: u64) -> u64 {
        self.of_edges(self.source.unpacked_bytes() / least_edge_bytes.max(1))
    }

    /// Number of rows of a table, by the mean length of those in the head.
    pub(crate) fn num_rows(&self) -> u64 {
        let head = self.source.head();
        let lines = head.iter().filter(|&&byte| byte == b'\n').count().max(1);
        self.source.unpacked_bytes() / ((head.len() / lines) as u64).max(1)
    }

    /// Bytes for a file that is unpacked as a whole and gives `times` as many.
    pub(crate) fn of_whole(&self, times: u64) -> u64 {
        let size = self.source.unpacked_bytes();
        let unpacked = if self.source.plain().is_some() { 0 } else { size };
        unpacked.saturating_add(size.saturating_mul(times))
    }
}
