//! Joins the parts of a data set: numbers the nodes and builds the graph.

use std::borrow::Cow;

use crate::error::{Error, Result};
use crate::graph::{Dataset, Features, Graph, Labels, Split};
use crate::io::dataset::columns::split_of_bits;
use crate::io::dataset::graph_rows::fail;
use crate::io::dataset::ids::no_such_node;
use crate::io::dataset::naming::{named_classes, stem};
use crate::io::dataset::node_rows::{JoinedNodes, RawNodes};
use crate::io::dataset::numbering::NodeLookup;
use crate::io::dataset::parts::{DatasetParts, LABELS, SPLITS, SplitPart, second};
use crate::io::dataset::splits::{NodeRef, Nodes, overlaps};
use crate::io::dataset::weights::warning_of_weights;
use crate::io::options::OpenOptions;
use crate::io::source::words::grouped;
use crate::limits::{self, Limits};

/// Labels, names and splits from rows of nodes.
#[derive(Default)]
struct NodeData {
    labels: Option<Labels>,
    names: Option<Vec<String>>,
    /// File, bits of the parts of a split, and whether there is a test part.
    split: Option<(String, Vec<u8>, bool)>,
}

impl DatasetParts {
    /// Numbers the nodes, joins what belongs to them and builds the graph.
    ///
    /// # Errors
    /// `parse` for a row or split of a node that does not exist or that stands twice; `shape_mismatch` when the
    /// parts disagree on the number of nodes; `limit_exceeded`, `out_of_memory` for sizes.
    pub(crate) fn assemble(mut self, options: &OpenOptions, limits: &Limits) -> Result<Dataset> {
        let Some((edge_file, mut raw)) = self.edges.take() else {
            return Err(Error::Internal("edges are read before a graph is assembled".to_owned()));
        };
        let (meta_file, meta) = self.meta.take().unwrap_or_default();
        let class_names = meta.class_names.or(self.class_names.take());
        let (lookup, num_nodes) = self.number_nodes(&edge_file, &mut raw, meta.nodes, limits)?;
        if let Some(claimed) = meta.nodes.filter(|&claimed| claimed != num_nodes) {
            let (claimed, nodes) = (grouped(claimed.into()), grouped(num_nodes.into()));
            self.warn(format!("{meta_file}: {claimed} nodes are claimed, the graph has {nodes}"));
        }
        self.check_features(&edge_file, num_nodes, matches!(lookup, NodeLookup::Dense))?;
        let node_data = self.join_nodes(&lookup, num_nodes, class_names, &edge_file, limits)?;
        let splits = self.splits(&lookup, num_nodes, &node_data)?;
        self.report.warnings.extend(overlaps(&splits));
        let node_names = self.name_nodes(lookup, num_nodes, node_data.names)?;
        let name =
            options.name.clone().or(meta.name).or(self.name.take()).unwrap_or_else(|| stem(&edge_file));
        self.report.warnings.extend(warning_of_weights(&edge_file, options, raw.weights.as_deref()));
        let directed = options.directed.unwrap_or(self.directed);
        let (edges, weights) = (Cow::Owned(raw.edges), raw.weights.map(Cow::Owned));
        let (graph, build) = Graph::from_raw(num_nodes, edges, directed, weights, limits)?;
        self.report.build = build;
        let features = self.features.map(|(_, features)| features);
        let mut dataset =
            Dataset::new(name, graph, features, node_data.labels, node_names, splits, self.report)?;
        dataset.positions = self.positions;
        Ok(dataset)
    }

    /// Whether there is a row of features for every node.
    fn check_features(&mut self, edge_file: &str, num_nodes: u32, is_dense: bool) -> Result<()> {
        let Some((file, features)) = &self.features else { return Ok(()) };
        let rows = features.num_rows();
        if rows != num_nodes as usize {
            let (rows, nodes) = (grouped(rows as u64), grouped(num_nodes.into()));
            let message = format!("{file}: {rows} rows of features, the graph has {nodes} nodes");
            return Err(Error::ShapeMismatch(message));
        }
        if !is_dense {
            let warning =
                format!("{file}: row 0 was taken for the node that {edge_file} names first, and so on");
            self.warn(warning);
        }
        Ok(())
    }

    /// Puts the rows of a file at their nodes.
    fn join_rows(
        &mut self,
        file: &str,
        mut rows: RawNodes,
        lookup: &NodeLookup,
        num_nodes: u32,
        class_names: Option<&[String]>,
        limits: &Limits,
    ) -> Result<JoinedNodes> {
        if rows.by_row && rows.len() != num_nodes as usize {
            let (rows, nodes) = (grouped(rows.len() as u64), grouped(num_nodes.into()));
            return Err(Error::ShapeMismatch(format!("{file}: {rows} rows, the graph has {nodes} nodes")));
        }
        for (row, node) in rows.nodes.iter_mut().enumerate() {
            let found = if rows.by_row { Some(*node) } else { lookup.sparse(*node) };
            *node = found.filter(|&node| node < num_nodes).ok_or_else(|| {
                let line = rows.lines.get(row).copied().unwrap_or(0);
                fail(file, line.into(), no_such_node(*node, num_nodes.into()))
            })?;
        }
        let name = |node: u32| match lookup {
            NodeLookup::Names(names) => names.name(node).into_owned(),
            _ => node.to_string(),
        };
        rows.join(file, num_nodes, class_names, &name, limits)
    }

    /// Labels, names, splits, positions and features of all files with rows of nodes.
    fn join_nodes(
        &mut self,
        lookup: &NodeLookup,
        num_nodes: u32,
        class_names: Option<Vec<String>>,
        edge_file: &str,
        limits: &Limits,
    ) -> Result<NodeData> {
        let mut given = NodeData::default();
        // File, class of every node and names of the classes where the labels are words.
        let mut labels: Option<(String, Vec<i32>, Option<Vec<String>>)> =
            self.labels.take().map(|(file, values)| (file, values, None));
        for (file, rows) in std::mem::take(&mut self.nodes) {
            let joined = self.join_rows(&file, rows, lookup, num_nodes, class_names.as_deref(), limits)?;
            self.report.warnings.extend(joined.warnings);
            if let Some((values, known)) = joined.labels {
                if let Some((first, ..)) = &labels {
                    return Err(second(&file, first, LABELS));
                }
                labels = Some((file.clone(), values, known));
            }
            match joined.names {
                Some(names) if matches!(lookup, NodeLookup::Dense) || file == edge_file => {
                    given.names = Some(names);
                }
                Some(_) => {
                    self.warn(format!("{file}: the names were ignored, nodes are called as in {edge_file}"));
                }
                None => {}
            }
            if let Some((bits, has_test)) = joined.split {
                if let Some((first, ..)) = &given.split {
                    return Err(second(&file, first, SPLITS));
                }
                given.split = Some((file.clone(), bits, has_test));
            }
            if let Some(features) = joined.features {
                match &self.features {
                    None => self.features = Some((file.clone(), Features::Dense(features))),
                    Some((first, _)) => {
                        let warning = format!("{file}: its features were left out, those of {first} count");
                        self.warn(warning);
                    }
                }
            }
            if let Some(positions) = joined.positions {
                let without =
                    positions.iter().filter(|position| position[0].is_nan() || position[1].is_nan()).count();
                if without == 0 {
                    self.positions = Some(positions);
                } else {
                    let (without, nodes) = (grouped(without as u64), grouped(num_nodes.into()));
                    self.warn(format!(
                        "{file}: the positions were left out, {without} of {nodes} nodes have none"
                    ));
                }
            }
        }
        let Some((file, values, known)) = labels else { return Ok(given) };
        if values.len() != num_nodes as usize {
            let (rows, nodes) = (grouped(values.len() as u64), grouped(num_nodes.into()));
            return Err(Error::ShapeMismatch(format!("{file}: {rows} labels, the graph has {nodes} nodes")));
        }
        given.labels = Some(named_classes(&file, values, known.or(class_names))?);
        Ok(given)
    }

    /// The splits of a file of their own, or else those of the rows of nodes.
    fn splits(&mut self, lookup: &NodeLookup, num_nodes: u32, node_data: &NodeData) -> Result<Vec<Split>> {
        let labels = node_data.labels.as_ref().map(|labels| labels.values.as_slice());
        match (self.splits.take(), &node_data.split) {
            (None, None) => Ok(Vec::new()),
            (None, Some((_, bits, has_test))) => Ok(vec![split_of_bits(bits, *has_test, labels)?]),
            (Some((file, _)), Some((other, ..))) => Err(second(other, &file, SPLITS)),
            (Some((_, SplitPart::Masks(splits))), None) => Ok(splits),
            (Some((file, SplitPart::Refs(splits))), None) => {
                let find = |node: &NodeRef| lookup.find(node, num_nodes);
                splits.resolve(&file, &Nodes { num_nodes, labels, find: &find })
            }
        }
    }

    /// The users' names of nodes; `None` when they are `0..n`.
    fn name_nodes(
        &mut self,
        lookup: NodeLookup,
        num_nodes: u32,
        names: Option<Vec<String>>,
    ) -> Result<Option<Vec<String>>> {
        let ids = match lookup {
            NodeLookup::Names(ids) if ids.are_counted() && names.is_none() => return Ok(None),
            NodeLookup::Names(ids) => ids.to_names()?,
            NodeLookup::Sparse { of_edges, of_labels } => {
                let mut ids = limits::reserve(num_nodes as usize)?;
                ids.extend(of_edges.iter().chain(&of_labels).map(u32::to_string));
                ids
            }
            NodeLookup::Dense if names.is_none() => return Ok(self.node_names.take()),
            NodeLookup::Dense => (0..num_nodes).map(|node| node.to_string()).collect(),
        };
        let Some(mut names) = names else {
            let are_numbers = ids.iter().enumerate().all(|(node, id)| *id == node.to_string());
            return Ok((!are_numbers).then_some(ids));
        };
        for (name, id) in names.iter_mut().zip(ids).filter(|(name, _)| name.is_empty()) {
            *name = id;
        }
        Ok(Some(names))
    }
}
