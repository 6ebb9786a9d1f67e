//! Limits on outside data, compared before anything is reserved: an oversized `Vec` ends a wasm instance.

use crate::error::{Error, Result};

/// Upper bounds on what is read or built. Every default has its reason beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Nodes. Default 50 million: 32 bytes of push scratch each is 1.6 GB of a 4 GiB wasm memory.
    pub max_nodes: u64,
    /// Entries of the adjacency, both directions and self-loops counted. Default 400 million: 4 bytes each.
    pub max_entries: u64,
    /// Bytes of one file, unpacked. Default 2 GiB: half of a wasm memory.
    pub max_file_bytes: u64,
    /// Bytes that opening files takes at its peak, as their sizes and heads foretell. Default 3 GiB: a wasm memory but for
    /// what is open already.
    pub max_memory_bytes: u64,
    /// Bytes of one matrix or array. Default 2 GiB: half of a wasm memory.
    pub max_matrix_bytes: u64,
    /// Bytes of the push rows of a plan. Default 2 GiB: half of a wasm memory.
    pub max_push_bytes: u64,
    /// Bytes of a plan's batches. Default 2 GiB: half of a wasm memory.
    pub max_plan_bytes: u64,
    /// Bytes of features that are gathered for a plan; beyond it they are read by reference. Default 512 MiB: an eighth
    /// of a wasm memory.
    pub max_gathered_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        const GIB: u64 = 1 << 30;
        Self {
            max_nodes: 50_000_000,
            max_entries: 400_000_000,
            max_file_bytes: 2 * GIB,
            max_memory_bytes: 3 * GIB,
            max_matrix_bytes: 2 * GIB,
            max_push_bytes: 2 * GIB,
            max_plan_bytes: 2 * GIB,
            max_gathered_bytes: GIB / 2,
        }
    }
}

/// `Ok` when `got <= max`, else `limit_exceeded` naming `what`.
#[inline(never)]
pub fn check(what: &str, got: u64, max: u64) -> Result<()> {
    if got <= max { Ok(()) } else { Err(Error::LimitExceeded { what: what.to_owned(), got, max }) }
}

/// An empty vector with room for `len` elements, or `out_of_memory`.
#[inline(never)]
pub fn reserve<T>(len: usize) -> Result<Vec<T>> {
    let mut data = Vec::new();
    data.try_reserve_exact(len)
        .map_err(|_| Error::OutOfMemory { bytes: (len as u64).saturating_mul(size_of::<T>() as u64) })?;
    Ok(data)
}

/// A vector of `len` copies of `value`, or `out_of_memory`.
#[inline(never)]
pub fn filled<T: Clone>(len: usize, value: T) -> Result<Vec<T>> {
    let mut data = reserve(len)?;
    data.resize(len, value);
    Ok(data)
}

/// Makes room for `more` elements; the capacity at least doubles when it is used up.
pub(crate) fn grow<T>(data: &mut Vec<T>, more: usize) -> Result<()> {
    if data.capacity() - data.len() >= more {
        return Ok(());
    }
    grow_slowly(data, more)
}

#[cold]
#[inline(never)]
fn grow_slowly<T>(data: &mut Vec<T>, more: usize) -> Result<()> {
    data.try_reserve(more)
        .map_err(|_| Error::OutOfMemory { bytes: (data.len() + more) as u64 * size_of::<T>() as u64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_allows_the_limit_and_refuses_one_more() {
        assert_eq!(check("nodes", 10, 10), Ok(()));
        assert_eq!(check("nodes", 11, 10).unwrap_err().to_string(), "nodes: 11 exceeds the limit of 10");
    }

    #[test]
    fn a_reservation_that_cannot_be_met_is_an_error() {
        assert_eq!(reserve::<u64>(usize::MAX / 8).unwrap_err().code(), "out_of_memory");
    }
}
