//! Features of the batches of a plan in consecutive memory.

use std::ops::Range;

use super::feature_rows::feature_rows;
use super::source::check_plan;
use crate::batch::Plan;
use crate::error::{Error, Result};
use crate::gnn::FeatureNormalization;
use crate::gnn::kernels::{reserve, resize};
use crate::gnn::model::{FeatureRows, GatheredRows, InputRows};
use crate::graph::{Dataset, Features, SparseView};
use crate::limits::{self, Limits};

/// The features of some batches of a plan, prepared for a model and gathered batch by batch, so that a pass over the
/// plan reads memory in order ([Gasteiger22]: batches are fixed, so they are cached and used again).
///
/// A node that lies in several batches is there several times: the price is the plan's replication.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchFeatures {
    pub(super) normalization: FeatureNormalization,
    /// First batch that is here.
    pub(super) first: usize,
    pub(super) width: usize,
    /// Nodes before each batch, one more than there are batches.
    pub(super) node_ptr: Vec<u32>,
    /// Dense rows, or the values of sparse ones.
    pub(super) values: Vec<f32>,
    pub(super) sparse: Option<SparsePattern>,
}

/// Where the values of sparse features stand.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SparsePattern {
    /// Row bounds, from 0 in every batch, one more a batch than it has nodes.
    pub(super) indptr: Vec<u32>,
    /// Entries before each batch.
    pub(super) entry_ptr: Vec<u32>,
    /// Column of every entry.
    pub(super) indices: Vec<u32>,
}

impl BatchFeatures {
    /// Bytes that [`BatchFeatures::gather`] takes; 0 without features.
    pub fn bytes_of(dataset: &Dataset, plan: &Plan, batches: Range<usize>) -> u64 {
        let nodes = || batches.clone().flat_map(|index| plan.batch(index).nodes);
        match &dataset.features {
            None => 0,
            Some(Features::Dense(matrix)) => nodes().count() as u64 * matrix.ncols() as u64 * 4,
            Some(Features::Sparse(matrix)) => {
                nodes().map(|&node| 4 + 8 * matrix.row(node as usize).0.len() as u64).sum()
            }
        }
    }

    /// Gathers the features of `batches`.
    ///
    /// # Arguments
    /// * `dataset`, `plan`: must belong together. * `normalization`: how the model wants its features.
    /// # Errors
    /// `shape_mismatch` when the graph has no features or another number of nodes than the plan's;
    /// `limit_exceeded`, `out_of_memory` for sizes, see [`BatchFeatures::bytes_of`].
    pub fn gather(
        dataset: &Dataset,
        plan: &Plan,
        batches: Range<usize>,
        normalization: FeatureNormalization,
        limits: &Limits,
    ) -> Result<Self> {
        let Some(features) = &dataset.features else {
            return Err(Error::ShapeMismatch("the graph has no features to gather".to_owned()));
        };
        check_plan(dataset, plan)?;
        let max_bytes = limits.max_matrix_bytes;
        let (first, width) = (batches.start, features.num_columns());
        let mut node_ptr = vec![0];
        let (mut values, mut sparse) = (Vec::new(), None);
        match features {
            Features::Dense(_) => {
                let rows = batches.clone().map(|index| plan.batch(index).nodes.len()).sum();
                resize(&mut values, rows, width, max_bytes)?;
                values.clear();
            }
            Features::Sparse(matrix) => {
                let nodes = || batches.clone().flat_map(|index| plan.batch(index).nodes);
                let entries = nodes().map(|&node| matrix.row(node as usize).0.len()).sum();
                limits::check("features gathered", entries as u64, u32::MAX.into())?;
                let (mut indptr, mut indices) = (Vec::new(), Vec::new());
                reserve(&mut indptr, nodes().count() + batches.len(), max_bytes)?;
                reserve(&mut indices, entries, max_bytes)?;
                reserve(&mut values, entries, max_bytes)?;
                sparse = Some(SparsePattern { indptr, entry_ptr: vec![0], indices });
            }
        }
        let (mut gathered, mut locals) = (GatheredRows::default(), Vec::new());
        for index in batches {
            let nodes = plan.batch(index).nodes;
            locals.clear();
            locals.extend(0..nodes.len() as u32);
            let rows = feature_rows(dataset, normalization, Some(nodes));
            gathered.read(rows, &locals, None, max_bytes)?;
            match (&mut sparse, gathered.rows(rows)) {
                (Some(sparse), InputRows::Sparse(rows)) => {
                    sparse.indptr.extend_from_slice(rows.indptr);
                    sparse.indices.extend_from_slice(rows.indices);
                    sparse.entry_ptr.push(sparse.indices.len() as u32);
                    values.extend_from_slice(rows.values);
                }
                (_, InputRows::Dense(rows)) => values.extend_from_slice(rows),
                (None, InputRows::Sparse(_)) => {
                    unreachable!("rows are stored as the features they came from")
                }
            }
            node_ptr.push(node_ptr[node_ptr.len() - 1] + nodes.len() as u32);
        }
        Ok(Self { normalization, first, width, node_ptr, values, sparse })
    }

    /// Whether arrays from elsewhere belong together.
    ///
    /// # Errors
    /// `shape_mismatch` telling what does not fit.
    pub(super) fn check_arrays(&self) -> Result<()> {
        let bad = |what: &str| Err(Error::ShapeMismatch(format!("gathered features: {what}")));
        let (count, nodes) = (self.node_ptr.len(), self.node_ptr.last().map_or(0, |&last| last as usize));
        if !leads_to(&self.node_ptr, count, nodes) {
            return bad("bounds of nodes are out of order");
        }
        let Some(sparse) = &self.sparse else {
            let fits = nodes.checked_mul(self.width) == Some(self.values.len());
            return if fits { Ok(()) } else { bad("values are not nodes times width") };
        };
        if !leads_to(&sparse.entry_ptr, count, sparse.indices.len())
            || self.values.len() != sparse.indices.len()
            || sparse.indptr.len() != nodes + count - 1
        {
            return bad("values, columns and bounds are not as many as they should be");
        }
        if sparse.indices.iter().any(|&column| column as usize >= self.width) {
            return bad("a column lies beyond the width");
        }
        for index in 0..count - 1 {
            let (rows, entries) = (bounds(&self.node_ptr, index), bounds(&sparse.entry_ptr, index));
            if !leads_to(&sparse.indptr[rows.start + index..=rows.end + index], rows.len() + 1, entries.len())
            {
                return bad("bounds of rows are out of order");
            }
        }
        Ok(())
    }

    /// Bytes of the arrays.
    pub fn bytes(&self) -> u64 {
        let pattern =
            |sparse: &SparsePattern| sparse.indptr.len() + sparse.entry_ptr.len() + sparse.indices.len();
        let words = self.values.len() + self.node_ptr.len() + self.sparse.as_ref().map_or(0, pattern);
        words as u64 * 4
    }

    /// How the features were prepared.
    pub fn normalization(&self) -> FeatureNormalization {
        self.normalization
    }

    /// Whether these are the features of `batches` of the plan.
    pub(super) fn covers(&self, plan: &Plan, batches: Range<usize>) -> Result<()> {
        let count = self.node_ptr.len() - 1;
        let here = self.first..self.first + count;
        let sizes = |index: usize| plan.batch(index).nodes.len();
        let fits = here.start <= batches.start
            && batches.end <= here.end
            && batches.clone().all(|at| sizes(at) == bounds(&self.node_ptr, at - self.first).len());
        if fits {
            return Ok(());
        }
        Err(Error::ShapeMismatch(format!(
            "features were gathered for other batches: {here:?} of their plan, wanted are {batches:?}"
        )))
    }

    /// Whether a model that wants its features so can read them here.
    pub(super) fn check(&self, normalization: FeatureNormalization) -> Result<()> {
        if self.normalization == normalization {
            return Ok(());
        }
        Err(Error::ShapeMismatch(format!(
            "features were gathered with feature normalization {}, the model wants {}",
            self.normalization.name(),
            normalization.name()
        )))
    }

    /// The features of batch `index` of the plan, which must be one of those gathered.
    pub(super) fn rows(&self, index: usize) -> FeatureRows<'_> {
        let at = index - self.first;
        let nodes = bounds(&self.node_ptr, at);
        let rows = match &self.sparse {
            None => InputRows::Dense(&self.values[nodes.start * self.width..nodes.end * self.width]),
            Some(sparse) => {
                let entries = bounds(&sparse.entry_ptr, at);
                InputRows::Sparse(SparseView {
                    // Every batch has one bound more than it has nodes.
                    indptr: &sparse.indptr[nodes.start + at..=nodes.end + at],
                    indices: &sparse.indices[entries.clone()],
                    values: &self.values[entries],
                })
            }
        };
        FeatureRows {
            rows,
            num_rows: nodes.len(),
            width: self.width,
            places: None,
            normalization: FeatureNormalization::None,
        }
    }
}

/// What lies between two bounds.
pub(super) fn bounds(ptr: &[u32], index: usize) -> Range<usize> {
    ptr[index] as usize..ptr[index + 1] as usize
}

/// Whether `count` bounds lead from 0 to `end` without a step back.
pub(super) fn leads_to(ptr: &[u32], count: usize, end: usize) -> bool {
    ptr.len() == count
        && ptr.first() == Some(&0)
        && ptr.is_sorted()
        && ptr.last().is_some_and(|&last| last as usize == end)
}
