//! Products of matrices, and the buffers they fill. Every sum has one fixed order (`docs/numerics.md`).
//!
//! Public for `benches/` alone, which measures them.

mod buffers;
mod gemm;
mod rows;
mod spmm;
mod zeros;

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};

pub(crate) use buffers::{bytes_of, reserve, resize};
pub(crate) use rows::{add_to_rows, column_sums, dot, sum};
pub use spmm::spmm;
pub(crate) use spmm::{spmm_transposed, weighted_sum};

/// A row-major matrix over a slice.
pub(crate) fn matrix(data: &[f32], rows: usize, columns: usize) -> ArrayView2<'_, f32> {
    ArrayView2::from_shape((rows, columns), data).expect("a matrix has as many elements as its shape says")
}

/// `out = a b`, row-major.
pub fn multiply(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, out: &mut [f32]) {
    if cfg!(target_arch = "wasm32") && gemm::pays(a) {
        return gemm::multiply(a, b, out);
    }
    let mut out = ArrayViewMut2::from_shape((a.nrows(), b.ncols()), out)
        .expect("a product has as many elements as its shape says");
    general_mat_mul(1.0, &a, &b, 0.0, &mut out);
}
