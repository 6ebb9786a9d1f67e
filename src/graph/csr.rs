//! Compressed sparse rows with 32-bit ids.

use crate::error::{Error, Result};
use crate::limits;

/// Adjacency of `n` nodes: the neighbours of `v` are `indices[indptr[v]..indptr[v + 1]]`, ascending, no duplicates.
/// Entries may have weights; without them there is no array, and each counts 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Csr {
    indptr: Vec<u32>,
    indices: Vec<u32>,
    weights: Option<Weights>,
}

/// Weights of the entries, and their sum over each row, so that nobody adds them up again.
#[derive(Debug, Clone, PartialEq)]
struct Weights {
    values: Vec<f32>,
    strengths: Vec<f64>,
}

impl Weights {
    fn new(values: Vec<f32>, indptr: &[u32]) -> Result<Self> {
        let mut strengths = limits::reserve(indptr.len() - 1)?;
        let rows = indptr.windows(2).map(|bounds| &values[bounds[0] as usize..bounds[1] as usize]);
        strengths.extend(rows.map(strength));
        Ok(Self { values, strengths })
    }
}

/// Sum of the weights of a row, in their order.
pub(crate) fn strength(weights: &[f32]) -> f64 {
    weights.iter().map(|&weight| f64::from(weight)).sum()
}

/// A borrowed sparse matrix: a [`Csr`] pattern with one value an entry.
#[derive(Debug, Clone, Copy)]
pub struct SparseView<'a> {
    /// Row bounds, one more than there are rows.
    pub indptr: &'a [u32],
    /// Column of every entry, ascending within a row.
    pub indices: &'a [u32],
    /// Value of every entry.
    pub values: &'a [f32],
}

impl SparseView<'_> {
    /// Number of rows.
    pub fn num_rows(&self) -> usize {
        self.indptr.len() - 1
    }
}

impl Csr {
    pub(super) fn with_weights(
        indptr: Vec<u32>,
        indices: Vec<u32>,
        weights: Option<Vec<f32>>,
    ) -> Result<Self> {
        let weights = weights.map(|values| Weights::new(values, &indptr)).transpose()?;
        Ok(Self { indptr, indices, weights })
    }

    /// Takes rows that are known to be in order.
    pub(crate) fn from_parts(indptr: Vec<u32>, indices: Vec<u32>, weights: Option<Vec<f32>>) -> Result<Self> {
        assert_eq!(
            indptr.last().copied().unwrap_or(0) as usize,
            indices.len(),
            "row bounds end at the entries"
        );
        assert!(
            weights.as_ref().is_none_or(|weights| weights.len() == indices.len()),
            "every entry has its weight"
        );
        Self::with_weights(indptr, indices, weights)
    }

    /// Number of rows.
    pub fn num_nodes(&self) -> u32 {
        (self.indptr.len() - 1) as u32
    }

    /// Number of entries.
    pub fn num_entries(&self) -> usize {
        self.indices.len()
    }

    /// Neighbours of `node`, ascending. Panics when `node` is out of range.
    pub fn row(&self, node: u32) -> &[u32] {
        &self.indices[self.indptr[node as usize] as usize..self.indptr[node as usize + 1] as usize]
    }

    /// Weights of the entries of `node`, parallel to [`Csr::row`]; `None` without weights.
    pub fn row_weights(&self, node: u32) -> Option<&[f32]> {
        let weights = self.weights.as_ref()?;
        Some(&weights.values[self.indptr[node as usize] as usize..self.indptr[node as usize + 1] as usize])
    }

    /// Sum of the weights of `node` in the order of its row; without weights its degree.
    pub fn strength(&self, node: u32) -> f64 {
        match &self.weights {
            None => self.degree(node).into(),
            Some(weights) => weights.strengths[node as usize],
        }
    }

    /// Divides `mass` among the neighbours of `node` in proportion to their weights; `give` gets each with its share, in
    /// the order of the row.
    #[inline(always)]
    pub fn share_out(&self, node: u32, mass: f64, mut give: impl FnMut(u32, f64)) {
        let row = self.row(node);
        match self.row_weights(node) {
            None => {
                let share = mass / row.len() as f64;
                for &column in row {
                    give(column, share);
                }
            }
            Some(weights) => {
                let share = mass / self.strength(node);
                for (&column, &weight) in row.iter().zip(weights) {
                    give(column, share * f64::from(weight));
                }
            }
        }
    }

    /// Number of neighbours of `node`.
    pub fn degree(&self, node: u32) -> u32 {
        self.indptr[node as usize + 1] - self.indptr[node as usize]
    }

    /// Row bounds, one more than there are rows.
    pub fn indptr(&self) -> &[u32] {
        &self.indptr
    }

    /// Columns of all entries, row after row.
    pub fn indices(&self) -> &[u32] {
        &self.indices
    }

    /// Weights of all entries, row after row; `None` when each counts 1.
    pub fn weights(&self) -> Option<&[f32]> {
        self.weights.as_ref().map(|weights| weights.values.as_slice())
    }

    /// Strength of every node.
    pub fn strengths(&self) -> Vec<f64> {
        (0..self.num_nodes()).map(|node| self.strength(node)).collect()
    }

    /// Number of neighbours of every node.
    pub fn degrees(&self) -> Vec<u32> {
        self.indptr.windows(2).map(|bounds| bounds[1] - bounds[0]).collect()
    }
}

/// Whether there is a weight for each of `len` edges and all are finite and positive.
pub(super) fn check_weights(weights: &[f32], len: usize) -> Result<()> {
    if weights.len() != len {
        return Err(Error::ShapeMismatch(format!("{} weights for {len} edges", weights.len())));
    }
    let Some(at) = weights.iter().position(|&weight| !is_weight(weight)) else { return Ok(()) };
    Err(Error::InvalidGraph(format!(
        "weight {} of edge {at} is out of range, allowed is a finite number > 0",
        weights[at]
    )))
}

/// Whether an edge may have this weight.
pub fn is_weight(weight: f32) -> bool {
    weight > 0.0 && weight.is_finite()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn rows_are_sorted_and_merged() {
        let csr =
            Csr::from_entries(4, &[(2, 1), (0, 3), (0, 1), (2, 1), (0, 1)], &Limits::default()).unwrap();
        assert_eq!(csr.row(0), [1, 3]);
        assert_eq!(csr.row(1), [] as [u32; 0]);
        assert_eq!(csr.row(2), [1]);
        assert_eq!(csr.degrees(), [2, 0, 1, 0]);
    }

    #[test]
    fn weights_of_duplicates_are_added() {
        let entries = [(2, 1), (0, 3), (0, 1), (2, 1), (0, 1)];
        let weights = [0.5, 2.0, 1.0, 0.25, 4.0];
        let csr = Csr::from_weighted_entries(4, &entries, &weights, &Limits::default()).unwrap();
        assert_eq!((csr.row(0), csr.row_weights(0)), (&[1, 3][..], Some(&[5.0, 2.0][..])));
        assert_eq!(csr.strengths(), [7.0, 0.0, 0.75, 0.0]);
    }

    #[test]
    fn weights_out_of_range_are_named() {
        let entries = [(0, 1), (0, 1)];
        let error = |weights: &[f32]| {
            Csr::from_weighted_entries(2, &entries, weights, &Limits::default()).unwrap_err().to_string()
        };
        for bad in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            let message = format!("weight {bad} of edge 1 is out of range, allowed is a finite number > 0");
            assert_eq!(error(&[1.0, bad]), message);
        }
        assert_eq!(error(&[1.0]), "1 weights for 2 edges");
        // Twice 2^127 is 2^128, the first power of two that is too large.
        let half = f32::from_bits(0x7f00_0000);
        let message = "the weights between the nodes 0 and 1 sum to 3.402823669209385e38, allowed is up to ";
        assert!(error(&[half, half]).starts_with(message), "{}", error(&[half, half]));
    }

    #[test]
    fn an_id_out_of_range_is_named() {
        let error = Csr::from_entries(3, &[(0, 3)], &Limits::default()).unwrap_err();
        assert_eq!(error.code(), "invalid_graph");
        assert_eq!(error.to_string(), "node 3 is out of range, the graph has 3 nodes");
    }

    #[test]
    fn limits_hold_at_the_boundary() {
        let limits = Limits { max_nodes: 3, max_entries: 1, ..Limits::default() };
        assert!(Csr::from_entries(3, &[(0, 1)], &limits).is_ok());
        assert_eq!(Csr::from_entries(4, &[], &limits).unwrap_err().code(), "limit_exceeded");
        assert_eq!(Csr::from_entries(3, &[(0, 1), (1, 0)], &limits).unwrap_err().code(), "limit_exceeded");
    }
}
