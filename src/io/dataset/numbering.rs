//! Numbers the nodes: which node an id in the files means.

use crate::error::{Error, Result};
use crate::io::dataset::edges::{Ids, RawEdges};
use crate::io::dataset::ids::{MAX_ID, Names, sparse_ids};
use crate::io::dataset::parts::DatasetParts;
use crate::io::dataset::splits::NodeRef;
use crate::io::source::words::{found, grouped};
use crate::limits::{self, Limits, grow};

/// The node for every id in the files.
pub(crate) enum NodeLookup {
    /// Ids are nodes.
    Dense,
    /// Ids in two ascending runs: those of edges, then those of labels only.
    Sparse {
        of_edges: Vec<u32>,
        of_labels: Vec<u32>,
    },
    Names(Names),
}

impl NodeLookup {
    pub(crate) fn sparse(&self, id: u32) -> Option<u32> {
        let Self::Sparse { of_edges, of_labels } = self else { return Some(id) };
        let later = || of_labels.binary_search(&id).ok().map(|at| at + of_edges.len());
        of_edges.binary_search(&id).ok().or_else(later).map(|at| at as u32)
    }

    pub(crate) fn find(&self, node: &NodeRef, num_nodes: u32) -> Option<u32> {
        let id = |id: i64| u32::try_from(id).ok();
        match (self, node) {
            (Self::Dense, NodeRef::Id(node)) => id(*node).filter(|&id| id < num_nodes),
            (Self::Sparse { .. }, NodeRef::Id(node)) => id(*node).and_then(|id| self.sparse(id)),
            (Self::Sparse { .. }, NodeRef::Name(name)) => name.parse().ok().and_then(|id| self.sparse(id)),
            (Self::Names(names), NodeRef::Id(node)) => names.get(&node.to_string()),
            (Self::Names(names), NodeRef::Name(name)) => names.get(name),
            (Self::Dense, NodeRef::Name(_)) => None,
        }
    }
}

impl DatasetParts {
    /// Decides which node every id means and renumbers the edges.
    pub(crate) fn number_nodes(
        &mut self,
        file: &str,
        raw: &mut RawEdges,
        claimed: Option<u32>,
        limits: &Limits,
    ) -> Result<(NodeLookup, u32)> {
        let max_id = match std::mem::replace(&mut raw.ids, Ids::Integers { max: None }) {
            Ids::Names(names) => {
                for (node_file, rows) in self.nodes.iter().filter(|(node_file, _)| node_file != file) {
                    let warning = new_nodes(node_file, rows.num_new, &rows.first_new, rows.len(), file)?;
                    self.report.warnings.extend(warning);
                }
                let num_nodes = names.len() as u32;
                return Ok((NodeLookup::Names(names), num_nodes));
            }
            Ids::Integers { max } => max,
        };
        let num_rows = [
            self.nodes.iter().map(|(_, rows)| rows.len() as u64).max(),
            self.labels.as_ref().map(|(_, labels)| labels.len() as u64),
            self.features.as_ref().map(|(_, features)| features.num_rows() as u64),
            self.num_nodes.map(u64::from),
            claimed.map(u64::from),
        ];
        let num_rows = num_rows.into_iter().flatten().max().unwrap_or(0);
        let num_ids = max_id.map_or(0, |id| u64::from(id) + 1);
        if let Some(max_id) = max_id.filter(|_| num_ids > num_rows)
            && let Some(of_edges) = sparse_ids(&raw.edges, max_id, limits)?
        {
            let mut of_labels: Vec<u32> = Vec::new();
            for (node_file, rows) in self.nodes.iter().filter(|(_, rows)| !rows.by_row) {
                let is_new = |id: &&u32| of_edges.binary_search(id).is_err();
                let new = || rows.nodes.iter().filter(is_new);
                let (num_new, first) = (new().count(), new().next().map_or_else(String::new, u32::to_string));
                let warning = new_nodes(node_file, num_new, &first, rows.len(), file)?;
                self.report.warnings.extend(warning);
                grow(&mut of_labels, num_new)?;
                of_labels.extend(new());
            }
            of_labels.sort_unstable();
            of_labels.dedup();
            let num_nodes = (of_edges.len() + of_labels.len()) as u64;
            self.warn(format!(
                "{file}: the ids go up to {max_id}, but only {} occur; nodes are numbered in their order and \
                     keep the ids as names",
                grouped(of_edges.len() as u64)
            ));
            limits::check(&format!("{file}: nodes"), num_nodes, limits.max_nodes)?;
            let lookup = NodeLookup::Sparse { of_edges, of_labels };
            for (source, target) in &mut raw.edges {
                let node = |id| lookup.sparse(id).expect("every id of an edge was collected");
                (*source, *target) = (node(*source), node(*target));
            }
            return Ok((lookup, num_nodes as u32));
        }
        let num_nodes = num_ids.max(num_rows);
        if num_nodes == 0 {
            return Err(Error::in_file(
                file,
                "there are no edges, and no other file says how many nodes there are",
            ));
        }
        limits::check(&format!("{file}: nodes"), num_nodes, limits.max_nodes.min(u64::from(MAX_ID) + 1))?;
        Ok((NodeLookup::Dense, num_nodes as u32))
    }
}

/// A warning about nodes that are in a node table only.
///
/// # Errors
/// `parse` when all of them are new: then the ids of the two files have nothing in common.
fn new_nodes(
    label_file: &str,
    num_new: usize,
    first: &str,
    num_rows: usize,
    edge_file: &str,
) -> Result<Option<String>> {
    let (new, rows) = (grouped(num_new as u64), grouped(num_rows as u64));
    if num_new > 0 && num_new == num_rows {
        return Err(Error::in_file(label_file, format!("not one of its nodes is in {edge_file}, of {rows}")));
    }
    Ok((num_new > 0)
        .then(|| {
            let first = found(first.as_bytes());
            format!("{label_file}: nodes without an edge in {edge_file} were added, {new} of {rows}, the first is {first}")
        }))
}
