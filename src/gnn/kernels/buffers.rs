//! Buffers that are used again, within the limit of a matrix.

use crate::error::{Error, Result};
use crate::limits;

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

/// Bytes that buffers hold.
pub(crate) fn bytes_of(buffers: &[&Vec<f32>]) -> u64 {
    buffers.iter().map(|buffer| buffer.capacity() as u64 * 4).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_has_its_limit_above_and_below() {
        let mut buffer = Vec::new();
        assert!(resize(&mut buffer, 2, 3, 24).is_ok());
        assert_eq!(resize(&mut buffer, 2, 3, 23).unwrap_err().code(), "limit_exceeded");
    }
}
