//! The outputs of a plan: each a node of the graph, none twice.

use crate::error::{Error, Result};
use crate::graph::ABSENT;
use crate::limits;

/// `invalid_graph` for an output that does not exist or comes twice.
pub fn check_outputs(num_nodes: u32, outputs: &[u32]) -> Result<()> {
    positions(num_nodes, outputs).map(|_| ())
}

/// Position of every node in `outputs`, [`ABSENT`] for the others.
pub(super) fn positions(num_nodes: u32, outputs: &[u32]) -> Result<Vec<u32>> {
    let mut positions = limits::filled(num_nodes as usize, ABSENT)?;
    for (at, &node) in outputs.iter().enumerate() {
        let slot = positions.get_mut(node as usize).ok_or_else(|| {
            Error::InvalidGraph(format!("output node {node} does not exist, the graph has {num_nodes} nodes"))
        })?;
        if *slot != ABSENT {
            return Err(Error::InvalidGraph(format!(
                "output node {node} comes twice, at positions {} and {at}; every output may come once",
                *slot
            )));
        }
        *slot = at as u32;
    }
    Ok(positions)
}
