//! What a model reads of the nodes of a sub-graph.

use std::sync::Arc;

use super::BatchFeatures;
use super::feature_rows::feature_rows;
use crate::error::Result;
use crate::gnn::model::{NodeInputs, Surroundings};
use crate::gnn::{FeatureNormalization, Model, Subgraph};
use crate::graph::Dataset;

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
    pub(crate) fn nodes<'a>(&'a self, sub: &Subgraph<'a>, index: usize) -> NodeInputs<'a> {
        let features = match &self.cached {
            Some(cached) => cached.rows(index),
            None => feature_rows(&self.dataset, self.normalization, Some(sub.nodes)),
        };
        NodeInputs { features, surroundings: Surroundings::Graph(&self.dataset.graph, sub.nodes) }
    }
}
