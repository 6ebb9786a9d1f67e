//! Features of the batches of a plan in consecutive memory.

use std::ops::Range;

use super::FeatureNormalization;
use super::input::feature_rows;
use super::reach::{reserve, resize};
use super::rows::{FeatureRows, Gathered, Rows};
use crate::batch::Plan;
use crate::error::{Error, Result};
use crate::graph::{Dataset, Features, SparseView};
use crate::limits::Limits;

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
    /// Rows before each batch, one more than there are batches.
    pub(super) node_ptr: Vec<usize>,
    pub(super) arena: Arena,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Arena {
    Dense(Vec<f32>),
    /// Row bounds of every batch start from 0; `entry_ptr` has the entries before each batch.
    Sparse {
        indptr: Vec<u32>,
        entry_ptr: Vec<usize>,
        indices: Vec<u32>,
        values: Vec<f32>,
    },
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
        if plan.num_graph_nodes() != dataset.graph.num_nodes() {
            return Err(Error::ShapeMismatch(format!(
                "the plan was made for a graph of {} nodes, this one has {}",
                plan.num_graph_nodes(),
                dataset.graph.num_nodes()
            )));
        }
        let max_bytes = limits.max_matrix_bytes;
        let (first, width) = (batches.start, features.num_columns());
        let mut node_ptr = vec![0];
        let mut arena = match features {
            Features::Dense(_) => {
                let rows = batches.clone().map(|index| plan.batch(index).nodes.len()).sum();
                let mut values = Vec::new();
                resize(&mut values, rows, width, max_bytes)?;
                values.clear();
                Arena::Dense(values)
            }
            Features::Sparse(matrix) => {
                let nodes = || batches.clone().flat_map(|index| plan.batch(index).nodes);
                let entries = nodes().map(|&node| matrix.row(node as usize).0.len()).sum();
                let (mut indptr, mut indices, mut values) = (Vec::new(), Vec::new(), Vec::new());
                reserve(&mut indptr, nodes().count() + batches.len(), max_bytes)?;
                reserve(&mut indices, entries, max_bytes)?;
                reserve(&mut values, entries, max_bytes)?;
                Arena::Sparse { indptr, entry_ptr: vec![0], indices, values }
            }
        };
        let (mut gathered, mut locals) = (Gathered::default(), Vec::new());
        for index in batches {
            let nodes = plan.batch(index).nodes;
            locals.clear();
            locals.extend(0..nodes.len() as u32);
            let rows = feature_rows(dataset, normalization, nodes);
            gathered.read(rows, &locals, None, max_bytes)?;
            match (&mut arena, gathered.rows(rows)) {
                (Arena::Dense(all), Rows::Dense(rows)) => all.extend_from_slice(rows),
                (Arena::Sparse { indptr, entry_ptr, indices, values }, Rows::Sparse(rows)) => {
                    indptr.extend_from_slice(rows.indptr);
                    indices.extend_from_slice(rows.indices);
                    values.extend_from_slice(rows.values);
                    entry_ptr.push(indices.len());
                }
                _ => unreachable!("rows are stored as the features they came from"),
            }
            node_ptr.push(node_ptr[node_ptr.len() - 1] + nodes.len());
        }
        Ok(Self { normalization, first, width, node_ptr, arena })
    }

    /// Bytes of the arrays.
    pub fn bytes(&self) -> u64 {
        let bytes = match &self.arena {
            Arena::Dense(values) => values.len() * 4,
            Arena::Sparse { indptr, entry_ptr, indices, .. } => {
                indptr.len() * 4 + indices.len() * 8 + entry_ptr.len() * 8
            }
        };
        (bytes + self.node_ptr.len() * 8) as u64
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
        let nodes = self.node_ptr[at]..self.node_ptr[at + 1];
        let rows = match &self.arena {
            Arena::Dense(all) => Rows::Dense(&all[nodes.start * self.width..nodes.end * self.width]),
            Arena::Sparse { indptr, entry_ptr, indices, values } => {
                let entries = entry_ptr[at]..entry_ptr[at + 1];
                Rows::Sparse(SparseView {
                    // Every batch has one bound more than it has nodes.
                    indptr: &indptr[nodes.start + at..=nodes.end + at],
                    indices: &indices[entries.clone()],
                    values: &values[entries],
                })
            }
        };
        FeatureRows { rows, num_rows: nodes.len(), width: self.width, places: None, normalize: false }
    }
}
