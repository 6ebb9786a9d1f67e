//! The classes that a network should give.

use crate::error::{Error, Result};
use crate::gnn::Subgraph;
use crate::gnn::infer::Source;
use crate::graph::Dataset;

/// Outputs of every batch that have a label.
///
/// # Errors
/// `invalid_graph` for a label that is no class.
pub(super) fn labelled(dataset: &Dataset, source: &Source) -> Result<Vec<u64>> {
    let num_classes = dataset.num_classes();
    let (mut counts, mut classes) = (Vec::with_capacity(source.len()), Vec::new());
    for index in 0..source.len() {
        let sub = source.get(dataset, index);
        targets(dataset, &sub, &mut classes);
        if let Some(at) = classes.iter().position(|&class| class < -1 || class >= num_classes as i32) {
            return Err(Error::InvalidGraph(format!(
                "label {} of node {} is out of range, there are {num_classes} classes",
                classes[at], sub.nodes[sub.outputs[at] as usize]
            )));
        }
        counts.push(classes.iter().filter(|&&class| class >= 0).count() as u64);
    }
    Ok(counts)
}

/// Class of every output of the sub-graph; -1 without label.
pub(super) fn targets(dataset: &Dataset, sub: &Subgraph<'_>, out: &mut Vec<i32>) {
    let labels = dataset.labels.as_ref().expect("asked for only when there are labels");
    out.clear();
    out.extend(sub.outputs.iter().map(|&local| labels.values[sub.nodes[local as usize] as usize]));
}
