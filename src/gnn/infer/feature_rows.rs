//! The features of a data set as a model reads them.

use crate::gnn::FeatureNormalization;
use crate::gnn::model::{FeatureRows, InputRows};
use crate::graph::{Dataset, Features, SparseView};

/// The features of some nodes of a data set, or of all, which must have features.
pub(super) fn feature_rows<'a>(
    dataset: &'a Dataset,
    normalization: FeatureNormalization,
    nodes: Option<&'a [u32]>,
) -> FeatureRows<'a> {
    let features = dataset.features.as_ref().expect("a model that fits a graph has features to read");
    let (rows, num_rows, width) = match features {
        Features::Dense(matrix) => {
            let rows = matrix.as_slice().expect("a data set holds its features row by row");
            (InputRows::Dense(rows), matrix.nrows(), matrix.ncols())
        }
        Features::Sparse(matrix) => {
            let (indptr, indices, values) = (&matrix.indptr, &matrix.indices, &matrix.values);
            let width = matrix.num_columns as usize;
            (InputRows::Sparse(SparseView { indptr, indices, values }), matrix.num_rows(), width)
        }
    };
    FeatureRows { rows, num_rows, width, places: nodes, normalization }
}
