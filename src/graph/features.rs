//! Node features, dense or sparse.

use ndarray::Array2;

use crate::error::{Error, Result};

/// A sparse matrix of 32-bit floats by rows; columns ascending within a row.
#[derive(Debug, Clone, PartialEq)]
pub struct CsrMatrix {
    /// Number of columns.
    pub num_columns: u32,
    /// Row bounds, one more than there are rows.
    pub indptr: Vec<u32>,
    /// Column of every entry.
    pub indices: Vec<u32>,
    /// Value of every entry.
    pub values: Vec<f32>,
}

impl CsrMatrix {
    /// Checks the invariants of the four parts.
    ///
    /// # Errors
    /// `shape_mismatch` when bounds, columns or values do not fit together or a value is not finite.
    pub fn new(num_columns: u32, indptr: Vec<u32>, indices: Vec<u32>, values: Vec<f32>) -> Result<Self> {
        if values.len() != indices.len() {
            let message = format!("{} values for {} column indices", values.len(), indices.len());
            return Err(Error::ShapeMismatch(message));
        }
        check_rows(num_columns, &indptr, &indices)?;
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let row = indptr.partition_point(|&start| start as usize <= at) - 1;
            return Err(Error::ShapeMismatch(format!(
                "row {row}, column {}: the value {} is not finite",
                indices[at], values[at]
            )));
        }
        Ok(Self { num_columns, indptr, indices, values })
    }

    /// Number of rows.
    pub fn num_rows(&self) -> usize {
        self.indptr.len() - 1
    }

    /// Columns and values of a row.
    pub fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let range = self.indptr[row] as usize..self.indptr[row + 1] as usize;
        (&self.indices[range.clone()], &self.values[range])
    }
}

/// Features of all nodes, one row each.
#[derive(Debug, Clone, PartialEq)]
pub enum Features {
    /// `[nodes, features]`.
    Dense(Array2<f32>),
    /// Mostly zeros.
    Sparse(CsrMatrix),
}

impl Features {
    /// Number of rows.
    pub fn num_rows(&self) -> usize {
        match self {
            Self::Dense(matrix) => matrix.nrows(),
            Self::Sparse(matrix) => matrix.num_rows(),
        }
    }

    /// Number of columns.
    pub fn num_columns(&self) -> usize {
        match self {
            Self::Dense(matrix) => matrix.ncols(),
            Self::Sparse(matrix) => matrix.num_columns as usize,
        }
    }

    /// Whether every value is finite; sparse ones were looked at when they were made.
    pub(crate) fn check_finite(&self) -> Result<()> {
        let Self::Dense(matrix) = self else { return Ok(()) };
        match matrix.indexed_iter().find(|(_, value)| !value.is_finite()) {
            None => Ok(()),
            Some(((row, column), value)) => Err(Error::ShapeMismatch(format!(
                "features: node {row}, column {column}: the value {value} is not finite"
            ))),
        }
    }

    /// A copy in which every row is divided by the sum of its absolute values; rows of zeros stay.
    ///
    /// For features that are not negative this is PyG's `NormalizeFeatures`.
    pub fn row_normalized(&self) -> Self {
        let mut copy = self.clone();
        match &mut copy {
            Self::Dense(matrix) => {
                for mut row in matrix.rows_mut() {
                    let scale = row_scale(row.iter());
                    row *= scale;
                }
            }
            Self::Sparse(matrix) => {
                for bounds in matrix.indptr.windows(2) {
                    let row = &mut matrix.values[bounds[0] as usize..bounds[1] as usize];
                    let scale = row_scale(row.iter());
                    row.iter_mut().for_each(|value| *value *= scale);
                }
            }
        }
        copy
    }
}

/// What brings a row to the sum 1: the inverse of the sum of its absolute values, 0 for a row of zeros.
pub(crate) fn row_scale<'a>(row: impl IntoIterator<Item = &'a f32>) -> f32 {
    let sum: f32 = row.into_iter().map(|value| value.abs()).sum();
    if sum > 0.0 { 1.0 / sum } else { 0.0 }
}

/// Whether bounds and columns are those of a sparse matrix, columns ascending within a row.
pub(super) fn check_rows(num_columns: u32, indptr: &[u32], indices: &[u32]) -> Result<()> {
    let fail = |message: String| Err(Error::ShapeMismatch(message));
    if indptr.first() != Some(&0) || indptr.last().map(|&end| end as usize) != Some(indices.len()) {
        return fail(format!(
            "indptr must run from 0 to the number of entries, {}; it runs from {:?} to {:?}",
            indices.len(),
            indptr.first(),
            indptr.last()
        ));
    }
    for (row, bounds) in indptr.windows(2).enumerate() {
        if bounds[0] > bounds[1] {
            return fail(format!("indptr falls from {} to {} at row {row}", bounds[0], bounds[1]));
        }
        // A first bound that exceeds the entries is caught by the fall that must follow it.
        let Some(columns) = indices.get(bounds[0] as usize..bounds[1] as usize) else {
            return fail(format!("indptr of row {row} exceeds the {} entries", indices.len()));
        };
        if let Some(pair) = columns.windows(2).find(|pair| pair[0] >= pair[1]) {
            return fail(format!("row {row}: column {} follows {}, columns must ascend", pair[1], pair[0]));
        }
        if let Some(&last) = columns.last().filter(|&&last| last >= num_columns) {
            return fail(format!(
                "row {row}: column {last} is out of range, there are {num_columns} columns"
            ));
        }
    }
    Ok(())
}
