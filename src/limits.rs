//! Limits on outside data, compared before anything is reserved: an oversized `Vec` ends a wasm instance.

use crate::error::{Error, Result};
use crate::options::{
    Given, MAX_ENTRIES, MAX_FILE_BYTES, MAX_GATHERED_BYTES, MAX_MATRIX_BYTES, MAX_MEMORY_BYTES, MAX_NODES,
    MAX_PLAN_BYTES, MAX_PUSH_BYTES, OptionSpec,
};

/// Upper bounds on what is read or built; `src/options/limits.rs` has what each means and the reason of its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Nodes ([`MAX_NODES`]).
    pub max_nodes: u64,
    /// Entries of the adjacency ([`MAX_ENTRIES`]).
    pub max_entries: u64,
    /// Bytes of one file, unpacked ([`MAX_FILE_BYTES`]).
    pub max_file_bytes: u64,
    /// Bytes that opening files takes at its peak ([`MAX_MEMORY_BYTES`]).
    pub max_memory_bytes: u64,
    /// Bytes of one matrix or array ([`MAX_MATRIX_BYTES`]).
    pub max_matrix_bytes: u64,
    /// Bytes of the influence rows of a plan ([`MAX_PUSH_BYTES`]).
    pub max_push_bytes: u64,
    /// Bytes of a plan's batches ([`MAX_PLAN_BYTES`]).
    pub max_plan_bytes: u64,
    /// Bytes of features that are gathered for a plan ([`MAX_GATHERED_BYTES`]).
    pub max_gathered_bytes: u64,
}

impl Limits {
    /// The limits of a client.
    pub fn read(given: &Given) -> Self {
        Self::of(|option| given.size_or_default(option))
    }

    fn of(size: impl Fn(&OptionSpec) -> u64) -> Self {
        Self {
            max_nodes: size(&MAX_NODES),
            max_entries: size(&MAX_ENTRIES),
            max_file_bytes: size(&MAX_FILE_BYTES),
            max_memory_bytes: size(&MAX_MEMORY_BYTES),
            max_matrix_bytes: size(&MAX_MATRIX_BYTES),
            max_push_bytes: size(&MAX_PUSH_BYTES),
            max_plan_bytes: size(&MAX_PLAN_BYTES),
            max_gathered_bytes: size(&MAX_GATHERED_BYTES),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::of(|option| option.number() as u64)
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
