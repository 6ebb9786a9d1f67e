//! Products of matrices. Every sum has one fixed order (`docs/numerics.md`).

mod gemm;

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};

use crate::graph::SparseView;

/// A row-major matrix over a slice.
pub(crate) fn matrix(data: &[f32], rows: usize, columns: usize) -> ArrayView2<'_, f32> {
    ArrayView2::from_shape((rows, columns), data).expect("a matrix has as many elements as its shape says")
}

/// `out = a b`, row-major.
pub(crate) fn multiply(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, out: &mut [f32]) {
    if cfg!(target_arch = "wasm32") {
        return gemm::multiply(a, b, out);
    }
    let mut out = ArrayViewMut2::from_shape((a.nrows(), b.ncols()), out)
        .expect("a product has as many elements as its shape says");
    general_mat_mul(1.0, &a, &b, 0.0, &mut out);
}

/// `out = a h` for a sparse `a`; `h` and `out` are row-major with `width` columns.
///
/// Entries are added in the order of their row. The columns of a row are taken 32 at a time, so that the accumulators
/// stay in registers; the rows of `h` that one row asks for are still near when its next columns are taken.
pub(crate) fn spmm(a: SparseView<'_>, h: &[f32], width: usize, out: &mut [f32]) {
    assert_eq!(out.len(), a.num_rows() * width, "one row of the product for each row of the sparse matrix");
    for (row, out) in out.chunks_exact_mut(width).enumerate() {
        let entries = a.indptr[row] as usize..a.indptr[row + 1] as usize;
        let (indices, values) = (&a.indices[entries.clone()], &a.values[entries]);
        let mut from = 0;
        while width - from >= 32 {
            columns::<32>(indices, values, h, width, from, out);
            from += 32;
        }
        if width - from >= 16 {
            columns::<16>(indices, values, h, width, from, out);
            from += 16;
        }
        if width - from >= 8 {
            columns::<8>(indices, values, h, width, from, out);
            from += 8;
        }
        if width > from {
            last_columns(indices, values, h, width, from, out);
        }
    }
}

/// Columns `from..from + W` of one row of the product.
#[inline(always)]
fn columns<const W: usize>(
    indices: &[u32],
    values: &[f32],
    h: &[f32],
    width: usize,
    from: usize,
    out: &mut [f32],
) {
    let mut sum = [0f32; W];
    for (&index, &value) in indices.iter().zip(values) {
        let start = index as usize * width + from;
        let source = h[start..].first_chunk::<W>().expect("a column is a row of h");
        for k in 0..W {
            sum[k] += value * source[k];
        }
    }
    out[from..from + W].copy_from_slice(&sum);
}

/// The fewer than 8 columns from `from` on.
#[inline(always)]
fn last_columns(indices: &[u32], values: &[f32], h: &[f32], width: usize, from: usize, out: &mut [f32]) {
    let out = &mut out[from..];
    out.fill(0.0);
    for (&index, &value) in indices.iter().zip(values) {
        let source = &h[index as usize * width + from..][..out.len()];
        for (sum, &x) in out.iter_mut().zip(source) {
            *sum += value * x;
        }
    }
}

/// `out = aᵀ d` for a sparse `a`; `d` and `out` are row-major with `width` columns.
///
/// Every element of `out` adds the rows of `a` in ascending order.
pub(crate) fn spmm_transposed(a: SparseView<'_>, d: &[f32], width: usize, out: &mut [f32]) {
    out.fill(0.0);
    for (row, d) in d.chunks_exact(width).enumerate() {
        for entry in a.indptr[row] as usize..a.indptr[row + 1] as usize {
            let value = a.values[entry];
            let target = &mut out[a.indices[entry] as usize * width..][..width];
            for (target, &x) in target.iter_mut().zip(d) {
                *target += value * x;
            }
        }
    }
}

/// Adds `row` to every row of `data`.
pub(crate) fn add_to_rows(data: &mut [f32], row: &[f32]) {
    for target in data.chunks_exact_mut(row.len()) {
        for (target, &x) in target.iter_mut().zip(row) {
            *target += x;
        }
    }
}

/// Sum of every column, rows ascending, in `f64`.
pub(crate) fn column_sums(data: &[f32], out: &mut [f32]) {
    let mut sums = vec![0f64; out.len()];
    for row in data.chunks_exact(out.len()) {
        for (sum, &x) in sums.iter_mut().zip(row) {
            *sum += f64::from(x);
        }
    }
    for (out, sum) in out.iter_mut().zip(sums) {
        *out = sum as f32;
    }
}

/// Sum of the elements in eight interleaved lanes.
pub(crate) fn sum(values: &[f32]) -> f32 {
    let (chunks, rest) = values.as_chunks::<8>();
    let mut lanes = [0f32; 8];
    for chunk in chunks {
        for k in 0..8 {
            lanes[k] += chunk[k];
        }
    }
    for (lane, &value) in lanes.iter_mut().zip(rest) {
        *lane += value;
    }
    fold(lanes)
}

/// Sum of the products of two rows of equal length, in eight interleaved lanes.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a_chunks, a_rest), (b_chunks, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut lanes = [0f32; 8];
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for k in 0..8 {
            lanes[k] += a[k] * b[k];
        }
    }
    for ((lane, &a), &b) in lanes.iter_mut().zip(a_rest).zip(b_rest) {
        *lane += a * b;
    }
    fold(lanes)
}

fn fold(lanes: [f32; 8]) -> f32 {
    ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
}

#[cfg(test)]
mod tests {
    use oorandom::Rand32;

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
    fn sums_of_rows_and_columns_by_hand() {
        let values: Vec<f32> = (1..=11).map(|x| x as f32).collect();
        assert_eq!(sum(&values), 66.0);
        assert_eq!(dot(&values, &values), 506.0);
        let mut sums = [0.0; 2];
        column_sums(&[1.0, 2.0, 3.0, 4.0], &mut sums);
        assert_eq!(sums, [4.0, 6.0]);
    }
}
