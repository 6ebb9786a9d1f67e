//! A network with its weights.

use super::aggregation::Aggregation;
use super::structure::Structure;
use super::{Activation, Arch, FeatureNormalization, Shape};
use crate::error::{Error, Result};
use crate::graph::{Dataset, Features, Normalization};

/// A graph neural network with its weights.
///
/// A convolution of kind [`Arch`] follows another; after each but a last one without final linear layer come an
/// optional layer norm ([Ba16]), the [`Activation`] and, in training, dropout. [`Shape`] tells the two usual orders.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(crate) structure: Structure,
    pub(crate) parameters: Vec<f32>,
    pub(crate) activation: Activation,
    pub(crate) feature_normalization: FeatureNormalization,
    pub(crate) normalization: Option<Normalization>,
}

impl Model {
    /// Kind of the convolutions.
    pub fn arch(&self) -> Arch {
        self.structure.convs[0].arch()
    }

    /// Width of a node's features.
    pub fn num_features(&self) -> usize {
        self.structure.convs[0].first_weight()[0]
    }

    /// Number of classes.
    pub fn num_classes(&self) -> usize {
        self.structure.num_classes()
    }

    /// Number of convolutions: the model sees so many steps around a node.
    pub fn num_layers(&self) -> usize {
        self.structure.convs.len()
    }

    /// Width after the first convolution, all heads of a GAT together.
    pub fn hidden(&self) -> usize {
        self.structure.convs[0].outputs()
    }

    /// Heads of the first convolution of a GAT; 1 for the others.
    pub fn heads(&self) -> usize {
        self.structure.convs[0].heads()
    }

    /// Number of weights, biases and norm parameters.
    pub fn num_parameters(&self) -> usize {
        self.parameters.len()
    }

    /// Whether a linear layer follows the convolutions or, in a GAT, layer norms follow the hidden ones.
    pub fn shape(&self) -> Shape {
        let is_ibmb = match self.arch().kind().has_linear_head {
            true => self.structure.head.is_some(),
            false => !self.structure.norms.is_empty(),
        };
        if is_ibmb { Shape::Ibmb } else { Shape::Pyg }
    }

    /// What follows hidden convolutions.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// Whether the mean of a GraphSAGE layer counts the self-loops that were added to the graph.
    pub fn self_loops(&self) -> bool {
        self.aggregation() == Aggregation::Mean { self_loops: true }
    }

    /// What its layers make of neighbours.
    pub(crate) fn aggregation(&self) -> Aggregation {
        self.structure.convs[0].aggregation()
    }

    /// How the features must be prepared.
    pub fn feature_normalization(&self) -> FeatureNormalization {
        self.feature_normalization
    }

    /// The edge weights the model was trained with, when its file says so.
    pub fn normalization(&self) -> Option<Normalization> {
        self.normalization
    }

    /// Whether the model can run on the graph.
    ///
    /// # Errors
    /// `shape_mismatch` when the graph has no features, features of another width than the first weight, or more
    /// classes than the last.
    pub fn fits(&self, dataset: &Dataset) -> Result<()> {
        let (first, wanted) = (self.structure.first_weight(), self.num_features());
        let Some(features) = &dataset.features else {
            return Err(Error::ShapeMismatch(format!(
                "{first}, so the model wants {wanted} features a node; the graph has none"
            )));
        };
        if matches!(features, Features::Dense(matrix) if !matrix.is_standard_layout()) {
            return Err(Error::ShapeMismatch("features must be stored row by row".to_owned()));
        }
        let there = features.num_columns();
        if there != wanted {
            return Err(Error::ShapeMismatch(format!(
                "{first}, so the model wants {wanted} features a node; the graph has {there}"
            )));
        }
        if dataset.num_classes() > self.num_classes() {
            return Err(Error::ShapeMismatch(format!(
                "{}, so the model knows {} classes; the graph has {}",
                self.structure.last_weight(),
                self.num_classes(),
                dataset.num_classes()
            )));
        }
        Ok(())
    }
}
