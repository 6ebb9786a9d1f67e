//! Graphs as compressed sparse rows, what belongs to their nodes, and the sub-graphs and normalisations of GNNs.

mod build;
mod csr;
mod dataset;
mod features;
mod layers;
mod merge;
mod normalize;
mod planted;
mod subgraph;

pub use build::{BuildReport, Graph, GraphOptions};

pub use crate::options::Normalization;
pub(crate) use csr::strength;
pub use csr::{Csr, SparseView, is_weight};
pub use dataset::{Dataset, Labels, Report, Split};
pub(crate) use features::row_scale;
pub use features::{CsrMatrix, Features};
pub use layers::{LayerBlock, Layers};
pub use normalize::edge_values;
pub(crate) use normalize::normalize;
pub use planted::{PlantedConfig, PlantedJob};
pub(crate) use subgraph::append_induced;
pub use subgraph::{ABSENT, Inducer, hop_ball};
