//! Edges as files give them, before their nodes have final numbers.

use crate::io::dataset::ids::Names;

/// Ids of the nodes of a list of edges.
#[derive(Debug)]
pub(crate) enum Ids {
    /// Integers as they stood; `max` is the greatest, `None` without an edge.
    Integers { max: Option<u32> },
    /// Names, by number.
    Names(Names),
}

/// Directed edges as they stood in the input, duplicates and loops included.
#[derive(Debug)]
pub(crate) struct RawEdges {
    pub(crate) edges: Vec<(u32, u32)>,
    /// Parallel to the edges.
    pub(crate) weights: Option<Vec<f32>>,
    pub(crate) ids: Ids,
}

impl RawEdges {
    /// No edges.
    pub(crate) fn empty() -> Self {
        Self { edges: Vec::new(), weights: None, ids: Ids::Integers { max: None } }
    }
}
