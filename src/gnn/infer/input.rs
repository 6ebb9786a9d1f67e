//! What a model reads of the nodes of a sub-graph.

use std::sync::Arc;

use super::rows::{FeatureRows, Rows};
use super::{BatchFeatures, Model, Subgraph};
use crate::error::{Error, Result};
use crate::graph::{Dataset, Features, Graph, SparseView, row_scale};

/// How features are prepared before the first layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FeatureNormalization {
    /// As they are.
    None,
    /// Every row divided by the sum of its absolute values, as [`Features::row_normalized`] does.
    #[default]
    Row,
    /// Every row divided by its Euclidean length, whatever its number of entries; rows of zeros stay.
    L2,
}

impl FeatureNormalization {
    /// All of them with their option names.
    pub const NAMES: [(&'static str, Self); 3] = [("none", Self::None), ("row", Self::Row), ("l2", Self::L2)];

    /// Reads the option name.
    ///
    /// # Errors
    /// `invalid_option` for any other name.
    pub fn from_name(name: &str) -> Result<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|&(_, kind)| kind).ok_or_else(|| {
            Error::option(
                "feature_normalization",
                format!("{name:?} is unknown, allowed are none, row and l2"),
            )
        })
    }

    /// The option name.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }

    /// What a row is multiplied by; 0 for a row of zeros that is to be scaled.
    pub(crate) fn scale(self, row: &[f32]) -> f32 {
        match self {
            Self::None => 1.0,
            Self::Row => row_scale(row),
            Self::L2 => {
                // Squares of floats neither overflow nor vanish here.
                let square: f64 = row.iter().map(|&value| f64::from(value) * f64::from(value)).sum();
                if square > 0.0 { (1.0 / square.sqrt()) as f32 } else { 0.0 }
            }
        }
    }
}

/// The features of a graph as a model reads them.
#[derive(Debug, Clone)]
pub struct Input {
    dataset: Arc<Dataset>,
    normalization: FeatureNormalization,
    cached: Option<Arc<BatchFeatures>>,
}

impl Input {
    /// Checks that the model fits the graph.
    ///
    /// Features are prepared for the nodes of one sub-graph at a time, when a layer asks for them.
    /// # Errors
    /// Those of [`Model::fits`].
    pub fn new(dataset: Arc<Dataset>, model: &Model) -> Result<Self> {
        model.fits(&dataset)?;
        Ok(Self { dataset, normalization: model.feature_normalization(), cached: None })
    }

    /// Reads the features of the batches of a plan from where they were gathered.
    ///
    /// # Errors
    /// `shape_mismatch` when they were prepared otherwise than the model wants them.
    pub(crate) fn reading(mut self, cached: Arc<BatchFeatures>) -> Result<Self> {
        cached.check(self.normalization)?;
        self.cached = Some(cached);
        Ok(self)
    }

    /// The graph that the features belong to.
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    /// How features are prepared.
    pub(super) fn normalization(&self) -> FeatureNormalization {
        self.normalization
    }

    /// What a model reads of the nodes of `sub`, which is batch `index` of the plan where features are cached.
    pub(crate) fn nodes<'a>(&'a self, sub: &Subgraph<'a>, index: usize) -> Nodes<'a> {
        let features = match &self.cached {
            Some(cached) => cached.rows(index),
            None => feature_rows(&self.dataset, self.normalization, Some(sub.nodes)),
        };
        Nodes { features, surroundings: Surroundings::Graph(&self.dataset.graph, sub.nodes) }
    }
}

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
            (Rows::Dense(rows), matrix.nrows(), matrix.ncols())
        }
        Features::Sparse(matrix) => {
            let (indptr, indices, values) = (&matrix.indptr, &matrix.indices, &matrix.values);
            let width = matrix.num_columns as usize;
            (Rows::Sparse(SparseView { indptr, indices, values }), matrix.num_rows(), width)
        }
    };
    FeatureRows { rows, num_rows, width, places: nodes, normalization }
}

/// What a pass reads of the nodes of a sub-graph.
#[derive(Clone, Copy)]
pub(crate) struct Nodes<'a> {
    pub(crate) features: FeatureRows<'a>,
    pub(crate) surroundings: Surroundings<'a>,
}

/// What the whole graph says about the nodes of a sub-graph.
#[derive(Clone, Copy)]
pub(crate) enum Surroundings<'a> {
    /// The graph and the global ids.
    Graph(&'a Graph, &'a [u32]),
    /// Degree of every node, and 1 where its self-loop stood in the input.
    Listed { degrees: &'a [u32], own_loops: &'a [u8] },
    /// Nothing: the entries of the sub-graph are the factors of the aggregate already.
    Weighed,
}

impl Surroundings<'_> {
    /// Number of entries of the node's row, its self-loop included.
    pub(crate) fn degree(&self, local: usize) -> u32 {
        match self {
            Self::Graph(graph, nodes) => graph.adjacency().degree(nodes[local]),
            Self::Listed { degrees, .. } => degrees[local],
            Self::Weighed => unreachable!("a mean is made only where entries are not its factors"),
        }
    }

    /// Whether the node's self-loop stood in the input.
    pub(crate) fn has_own_loop(&self, local: usize) -> bool {
        match self {
            Self::Graph(graph, nodes) => graph.own_loops().binary_search(&nodes[local]).is_ok(),
            Self::Listed { own_loops, .. } => own_loops[local] != 0,
            Self::Weighed => unreachable!("a mean is made only where entries are not its factors"),
        }
    }
}
