//! Compressed sparse rows with 32-bit ids.

use crate::error::{Error, Result};
use crate::limits::{self, Limits};

/// Adjacency of `n` nodes: the neighbours of `v` are `indices[indptr[v]..indptr[v + 1]]`, ascending, no duplicates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Csr {
    indptr: Vec<u32>,
    indices: Vec<u32>,
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
    /// Sorts directed `(row, column)` entries into rows and merges duplicates.
    ///
    /// # Errors
    /// `invalid_graph` for an id `>= num_nodes`; `limit_exceeded` and `out_of_memory` for sizes.
    ///
    /// # Cost
    /// Two counting sorts: `O(n + m)` time, `8 m + 8 n` bytes besides the input.
    pub fn from_entries(num_nodes: u32, entries: &[(u32, u32)], limits: &Limits) -> Result<Self> {
        limits::check("nodes", num_nodes.into(), limits.max_nodes)?;
        limits::check("adjacency entries", entries.len() as u64, limits.max_entries.min(u32::MAX.into()))?;
        for &(row, column) in entries {
            let worst = row.max(column);
            if worst >= num_nodes {
                return Err(Error::InvalidGraph(format!(
                    "node {worst} is out of range, the graph has {num_nodes} nodes"
                )));
            }
        }
        // A stable sort by column, then by row, leaves every row's columns ascending.
        let (_, by_column) = scatter(num_nodes, entries.iter().copied(), |&(_, column)| column)?;
        let (bounds, sorted) = scatter(num_nodes, by_column.into_iter(), |&(row, _)| row)?;
        let mut indptr = limits::filled(num_nodes as usize + 1, 0u32)?;
        let mut indices = limits::reserve(sorted.len())?;
        for row in 0..num_nodes as usize {
            let start = indices.len();
            for &(_, column) in &sorted[bounds[row] as usize..bounds[row + 1] as usize] {
                if indices.len() == start || indices.last() != Some(&column) {
                    indices.push(column);
                }
            }
            indptr[row + 1] = indices.len() as u32;
        }
        Ok(Self { indptr, indices })
    }

    /// Takes rows that are known to be in order.
    pub(crate) fn from_parts(indptr: Vec<u32>, indices: Vec<u32>) -> Self {
        assert_eq!(
            indptr.last().copied().unwrap_or(0) as usize,
            indices.len(),
            "row bounds end at the entries"
        );
        Self { indptr, indices }
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

    /// Number of neighbours of every node.
    pub fn degrees(&self) -> Vec<u32> {
        self.indptr.windows(2).map(|bounds| bounds[1] - bounds[0]).collect()
    }
}

/// Row and column.
type Entry = (u32, u32);

/// Entries stably sorted by a key below `num_keys`, with the bounds of every key.
fn scatter<I>(num_keys: u32, entries: I, key: impl Fn(&Entry) -> u32) -> Result<(Vec<u32>, Vec<Entry>)>
where
    I: Iterator<Item = Entry> + ExactSizeIterator + Clone,
{
    let mut bounds = limits::filled(num_keys as usize + 1, 0u32)?;
    for entry in entries.clone() {
        bounds[key(&entry) as usize + 1] += 1;
    }
    for k in 0..num_keys as usize {
        bounds[k + 1] += bounds[k];
    }
    let mut next = bounds.clone();
    let mut sorted = limits::filled(entries.len(), (0, 0))?;
    for entry in entries {
        let slot = &mut next[key(&entry) as usize];
        sorted[*slot as usize] = entry;
        *slot += 1;
    }
    Ok((bounds, sorted))
}

#[cfg(test)]
mod tests {
    use super::*;

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
