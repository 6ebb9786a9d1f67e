//! The contents of one file with a whole graph.

use crate::graph::{Features, Split};
use crate::io::dataset::edges::RawEdges;

/// The contents of a graph file; only the edges are required.
pub(crate) struct GraphContents {
    pub(crate) edges: RawEdges,
    pub(crate) num_nodes: u32,
    pub(crate) features: Option<Features>,
    pub(crate) labels: Option<Vec<i32>>,
    pub(crate) class_names: Option<Vec<String>>,
    pub(crate) node_names: Option<Vec<String>>,
    pub(crate) splits: Vec<Split>,
    pub(crate) positions: Option<Vec<[f32; 2]>>,
    pub(crate) name: Option<String>,
    pub(crate) directed: bool,
    /// Whether there are weights that were not read.
    pub(crate) ignored_weights: bool,
}
