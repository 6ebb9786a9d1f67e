//! Dense matrices of features.

use ndarray::Array2;

use crate::error::{Error, Result};

/// A matrix from its rows, all of whose values are finite.
pub(crate) fn matrix(
    file: &str,
    what: &str,
    rows: usize,
    columns: usize,
    data: Vec<f32>,
) -> Result<Array2<f32>> {
    if let Some(at) = data.iter().position(|value| !value.is_finite()) {
        let (row, column) = (at / columns, at % columns);
        return Err(Error::in_file(
            file,
            format!("row {row}, column {column} of the {what} is {}, all must be finite", data[at]),
        ));
    }
    Array2::from_shape_vec((rows, columns), data)
        .map_err(|error| Error::Internal(format!("{file}: [{rows}, {columns}] {what}: {error}")))
}
