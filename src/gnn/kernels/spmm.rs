//! Sparse matrices times dense ones.

use super::rows::{add_four, add_one};
use crate::graph::SparseView;

/// `out = a h` for a sparse `a`; `h` and `out` are row-major with `width` columns.
///
/// Entries are added in the order of their row.
pub fn spmm(a: SparseView<'_>, h: &[f32], width: usize, out: &mut [f32]) {
    assert_eq!(out.len(), a.num_rows() * width, "one row of the product for each row of the sparse matrix");
    for (row, out) in out.chunks_exact_mut(width).enumerate() {
        let entries = a.indptr[row] as usize..a.indptr[row + 1] as usize;
        weighted_sum(&a.indices[entries.clone()], &a.values[entries], h, width, 0, out);
    }
}

/// `out = sum of values * h[index, from..from + out.len()]`, for `h` row-major with `width` columns.
///
/// Columns are taken 16 at a time: with more, accumulators and what was loaded do not fit the registers. The rows of `h`
/// are still near when their next columns are taken, unless they are many and wide: then each is read once, four at a
/// time, over sums in memory. Both add the entries in their order.
pub(crate) fn weighted_sum(
    indices: &[u32],
    values: &[f32],
    h: &[f32],
    width: usize,
    from: usize,
    out: &mut [f32],
) {
    if indices.len() > MANY && out.len() >= WIDE {
        return by_fours(indices, values, h, width, from, out);
    }
    let (bands, rest) = out.as_chunks_mut::<16>();
    let mut from = from;
    for band in bands {
        *band = columns::<16>(indices, values, h, width, from);
        from += 16;
    }
    let (bands, rest) = rest.as_chunks_mut::<8>();
    for band in bands {
        *band = columns::<8>(indices, values, h, width, from);
        from += 8;
    }
    rest.fill(0.0);
    if rest.is_empty() {
        return;
    }
    for (&index, &value) in indices.iter().zip(values) {
        add_one(rest, &h[index as usize * width + from..][..rest.len()], value);
    }
}

/// Entries of a row from which on rows of [`WIDE`] columns no longer stay in the first-level cache.
const MANY: usize = 16;
const WIDE: usize = 96;

/// [`weighted_sum`] with every row of `h` read once.
fn by_fours(indices: &[u32], values: &[f32], h: &[f32], width: usize, from: usize, out: &mut [f32]) {
    let len = out.len();
    let row = |index: u32| &h[index as usize * width + from..][..len];
    out.fill(0.0);
    let (indices, last_indices) = indices.as_chunks::<4>();
    let (values, last_values) = values.as_chunks::<4>();
    for (&indices, &values) in indices.iter().zip(values) {
        add_four(out, indices.map(row), values);
    }
    for (&index, &value) in last_indices.iter().zip(last_values) {
        add_one(out, row(index), value);
    }
}

/// Columns `from..from + W` of a weighted sum of rows.
#[inline(always)]
fn columns<const W: usize>(
    indices: &[u32],
    values: &[f32],
    h: &[f32],
    width: usize,
    from: usize,
) -> [f32; W] {
    let mut sum = [0f32; W];
    for (&index, &value) in indices.iter().zip(values) {
        let start = index as usize * width + from;
        let source = h[start..].first_chunk::<W>().expect("an index is a row of h");
        for k in 0..W {
            sum[k] += value * source[k];
        }
    }
    sum
}

/// `out = aᵀ d` for a sparse `a`; `d` and `out` are row-major with `width` columns.
///
/// Every element of `out` adds the rows of `a` in ascending order.
pub(crate) fn spmm_transposed(a: SparseView<'_>, d: &[f32], width: usize, out: &mut [f32]) {
    out.fill(0.0);
    for (row, d) in d.chunks_exact(width).enumerate() {
        for entry in a.indptr[row] as usize..a.indptr[row + 1] as usize {
            let value = a.values[entry];
            add_one(&mut out[a.indices[entry] as usize * width..][..width], d, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use oorandom::Rand32;

    use super::super::{matrix, multiply};
    use super::*;

    /// A random sparse matrix, dense and by rows.
    fn random(rows: usize, columns: usize, seed: u64) -> (Vec<f32>, [Vec<u32>; 2], Vec<f32>) {
        let mut rng = Rand32::new(seed);
        let (mut dense, mut indptr, mut indices) = (vec![0.0; rows * columns], vec![0], Vec::new());
        let mut values = Vec::new();
        for row in 0..rows {
            for column in 0..columns {
                if rng.rand_range(0..4) == 0 {
                    let value = rng.rand_float() - 0.5;
                    dense[row * columns + column] = value;
                    indices.push(column as u32);
                    values.push(value);
                }
            }
            indptr.push(indices.len() as u32);
        }
        (dense, [indptr, indices], values)
    }

    #[test]
    fn sparse_products_equal_dense_ones_at_every_width() {
        let (rows, columns) = (13, 9);
        let (dense, [indptr, indices], values) = random(rows, columns, 1);
        let a = SparseView { indptr: &indptr, indices: &indices, values: &values };
        let mut rng = Rand32::new(2);
        for width in [1, 7, 8, 9, 16, 31, 32, 33, 63, 71, 96] {
            let h: Vec<f32> = (0..rows.max(columns) * width).map(|_| rng.rand_float() - 0.5).collect();
            let (mut got, mut want) = (vec![9.0; rows * width], vec![0.0; rows * width]);
            spmm(a, &h[..columns * width], width, &mut got);
            multiply(matrix(&dense, rows, columns), matrix(&h[..columns * width], columns, width), &mut want);
            assert!(got.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-6), "width {width}");
            let (mut got, mut want) = (vec![9.0; columns * width], vec![0.0; columns * width]);
            spmm_transposed(a, &h[..rows * width], width, &mut got);
            multiply(matrix(&dense, rows, columns).t(), matrix(&h[..rows * width], rows, width), &mut want);
            assert!(got.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-6), "transposed, width {width}");
        }
    }

    #[test]
    fn long_rows_add_their_entries_in_order_too() {
        let (rows, columns) = (5, 130);
        let (_, [indptr, indices], values) = random(rows, columns, 3);
        let lengths: Vec<u32> = indptr.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(lengths.iter().all(|&length| length as usize > MANY));
        assert!(lengths.iter().any(|length| !length.is_multiple_of(4)));
        let a = SparseView { indptr: &indptr, indices: &indices, values: &values };
        let mut rng = Rand32::new(4);
        for width in [WIDE - 1, WIDE, 131] {
            let h: Vec<f32> = (0..columns * width).map(|_| rng.rand_float() - 0.5).collect();
            let (mut got, mut want) = (vec![9.0; rows * width], vec![0.0; rows * width]);
            spmm(a, &h, width, &mut got);
            for row in 0..rows {
                for entry in indptr[row] as usize..indptr[row + 1] as usize {
                    for k in 0..width {
                        want[row * width + k] += values[entry] * h[indices[entry] as usize * width + k];
                    }
                }
            }
            assert_eq!(got, want, "width {width}");
        }
    }
}
