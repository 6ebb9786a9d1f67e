//! What opening files will take, before it is begun.

use super::bytes::Source;
use super::detect::Kind;
use super::open::Weights;

/// Bytes at the peak of building a graph, per edge read.
const EDGE_BYTES: u64 = 32;
/// As many more where weights are used.
const WEIGHT_BYTES: u64 = 12;

/// Bytes that a file takes at the peak besides those it is stored in, from its size and its head.
///
/// # Arguments
/// * `source`: nothing of it but the head is read.
/// * `weights`: whether those of edges are used.
/// # Returns
/// An estimate: exact for the claim of a Matrix Market header, else by the bytes that an edge takes in the head or, where
/// edges stand further back, at least takes in the format.
pub(super) fn bytes_to_open(source: &Source<'_>, kind: &Kind, weights: Weights) -> u64 {
    let edge_bytes = EDGE_BYTES + if weights == Weights::Use { WEIGHT_BYTES } else { 0 };
    let size = source.unpacked_bytes();
    let kept = if source.plain().is_some() { 0 } else { size };
    let per_edge = |bytes: u64| (size / bytes.max(1)).saturating_mul(edge_bytes);
    match kind {
        Kind::Edges(_) => per_edge(row_bytes(source.head())),
        Kind::MatrixMarket(header) if header.is_features => header.entries.saturating_mul(8),
        Kind::MatrixMarket(header) => header.entries.saturating_mul(edge_bytes),
        // `{"source": 1, "target": 2}` and what it is in the other formats.
        Kind::Json => per_edge(26),
        Kind::Gml => per_edge(30),
        Kind::GraphMl | Kind::Gexf => per_edge(32),
        // Columns of floats, then rows of them; a cell and its comma take two bytes at least.
        Kind::Nodes(layout) => {
            let cells = size / row_bytes(source.head()).max(1) * layout.columns.len() as u64;
            cells.saturating_mul(8)
        }
        Kind::Tensors | Kind::Npy(_) | Kind::Npz(_) => kept.saturating_add(size.saturating_mul(2)),
        Kind::Splits | Kind::Meta | Kind::Part(..) => kept.saturating_add(size),
        Kind::Archive | Kind::LeftOut(_) | Kind::Unknown(_) => 0,
    }
}

/// Mean length of the lines of a head.
fn row_bytes(head: &[u8]) -> u64 {
    let lines = head.iter().filter(|&&byte| byte == b'\n').count().max(1);
    (head.len() / lines) as u64
}
