//! One data set from the parts that the files gave.

use super::bytes::grouped;
use super::edge_list::{Ids, RawEdges};
use super::graph_tensors::GraphParts;
use super::ids::{MAX_ID, Names, no_such_node, sparse_ids};
use super::labels::{MAX_CLASSES, RawLabels};
use super::open::{OpenOptions, Weights, second};
use super::splits::{Meta, NodeRef, Nodes, RawSplits, overlaps};
use crate::error::{Error, Result};
use crate::graph::{Dataset, Features, Graph, GraphOptions, Labels, Report, Split};
use crate::limits::{self, Limits};

/// A part and the file it came from.
type Slot<T> = Option<(String, T)>;

/// What the files gave so far.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) edges: Slot<RawEdges>,
    pub(super) features: Slot<Features>,
    pub(super) labels: Slot<LabelPart>,
    pub(super) splits: Slot<SplitPart>,
    pub(super) meta: Slot<Meta>,
    pub(super) report: Report,
    /// Number of nodes that the file with the edges claims.
    num_nodes: Option<u32>,
    node_names: Option<Vec<String>>,
    class_names: Option<Vec<String>>,
    name: Option<String>,
    /// Whether the file with the edges says that they lead one way only.
    directed: bool,
}

/// Labels of a table or of tensors.
pub(super) enum LabelPart {
    Table(RawLabels),
    Values(Vec<i32>),
}

impl From<RawLabels> for LabelPart {
    fn from(labels: RawLabels) -> Self {
        Self::Table(labels)
    }
}

/// Splits of JSON or of tensors.
pub(super) enum SplitPart {
    Json(RawSplits),
    Masks(Vec<Split>),
}

impl From<RawSplits> for SplitPart {
    fn from(splits: RawSplits) -> Self {
        Self::Json(splits)
    }
}

/// Fills a slot.
///
/// # Errors
/// `parse` when it is filled already.
pub(super) fn put<T>(slot: &mut Slot<T>, file: &str, what: &str, part: T) -> Result<()> {
    if let Some((first, _)) = slot {
        return Err(second(file, first, what));
    }
    *slot = Some((file.to_owned(), part));
    Ok(())
}

/// Which node an id of the files is.
enum Lookup {
    /// Ids are nodes.
    Dense,
    /// Ids in two ascending runs: those of edges, then those of labels only.
    Sparse {
        of_edges: Vec<u32>,
        of_labels: Vec<u32>,
    },
    Names(Names),
}

impl Lookup {
    fn sparse(&self, id: u32) -> Option<u32> {
        let Self::Sparse { of_edges, of_labels } = self else { return Some(id) };
        let later = || of_labels.binary_search(&id).ok().map(|at| at + of_edges.len());
        of_edges.binary_search(&id).ok().or_else(later).map(|at| at as u32)
    }

    fn find(&self, node: &NodeRef, num_nodes: u32) -> Option<u32> {
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

impl Parts {
    /// Takes in what a graph file gave.
    pub(super) fn put_graph(&mut self, file: &str, graph: GraphParts) -> Result<()> {
        put(&mut self.edges, file, "edges", graph.edges)?;
        self.num_nodes = Some(graph.num_nodes);
        self.node_names = graph.node_names;
        self.class_names = graph.class_names;
        self.name = graph.name;
        self.directed = graph.directed;
        if let Some(features) = graph.features {
            put(&mut self.features, file, "features", features)?;
        }
        if let Some(labels) = graph.labels {
            put(&mut self.labels, file, "labels", LabelPart::Values(labels))?;
        }
        if !graph.splits.is_empty() {
            put(&mut self.splits, file, "splits", SplitPart::Masks(graph.splits))?;
        }
        Ok(())
    }

    /// Numbers the nodes, joins labels and splits to them and builds the graph.
    ///
    /// # Errors
    /// `parse` for a label or split of a node that does not exist or that stands twice; `shape_mismatch` when the
    /// parts disagree on the number of nodes; `limit_exceeded`, `out_of_memory` for sizes.
    pub(super) fn assemble(mut self, options: &OpenOptions, limits: &Limits) -> Result<Dataset> {
        let Some((edge_file, mut raw)) = self.edges.take() else {
            return Err(Error::Internal("edges are read before a graph is assembled".to_owned()));
        };
        let (meta_file, meta) = self.meta.take().unwrap_or_default();
        let class_names = meta.class_names.or(self.class_names.take());
        if let Some(names) = &class_names {
            limits::check("class names", names.len() as u64, MAX_CLASSES as u64)?;
        }
        let (lookup, num_nodes) = self.number_nodes(&edge_file, &mut raw, meta.nodes, limits)?;
        if let Some(claimed) = meta.nodes.filter(|&claimed| claimed != num_nodes) {
            let (claimed, nodes) = (grouped(claimed.into()), grouped(num_nodes.into()));
            self.warn(format!("{meta_file}: {claimed} nodes are claimed, the graph has {nodes}"));
        }
        if let Some((file, features)) = &self.features {
            let rows = features.num_rows();
            if rows != num_nodes as usize {
                let (rows, nodes) = (grouped(rows as u64), grouped(num_nodes.into()));
                let message = format!("{file}: {rows} rows of features, the graph has {nodes} nodes");
                return Err(Error::ShapeMismatch(message));
            }
            if !matches!(lookup, Lookup::Dense) {
                let file = file.clone();
                self.warn(format!(
                    "{file}: row 0 was taken for the node that {edge_file} names first, and so on"
                ));
            }
        }
        let (labels, names) = self.join_labels(&lookup, num_nodes, class_names, &edge_file)?;
        let splits = match self.splits.take() {
            None => Vec::new(),
            Some((_, SplitPart::Masks(splits))) => splits,
            Some((file, SplitPart::Json(splits))) => {
                let find = |node: &NodeRef| lookup.find(node, num_nodes);
                let labels = labels.as_ref().map(|labels| labels.values.as_slice());
                splits.resolve(&file, &Nodes { num_nodes, labels, find: &find })?
            }
        };
        self.report.warnings.extend(overlaps(&splits));
        let node_names = self.name_nodes(lookup, num_nodes, names)?;
        let name =
            options.name.clone().or(meta.name).or(self.name.take()).unwrap_or_else(|| stem(&edge_file));
        self.warn_of_weights(&edge_file, options, raw.weights.as_deref());
        let edges = GraphOptions {
            directed: options.directed.unwrap_or(self.directed),
            weights: raw.weights.as_deref(),
        };
        let (graph, build) = Graph::with_options(num_nodes, &raw.edges, &edges, limits)?;
        drop(raw);
        self.report.build = build;
        let features = self.features.map(|(_, features)| features);
        Dataset::new(name, graph, features, labels, node_names, splits, self.report)
    }

    fn warn(&mut self, sentence: String) {
        self.report.warnings.push(sentence);
    }

    /// Says when weights are asked for and there are none, or when they are far from those of self-loops.
    fn warn_of_weights(&mut self, file: &str, options: &OpenOptions, weights: Option<&[f32]>) {
        let Some(weights) = weights else {
            if options.weights == Weights::Use {
                self.warn(format!("{file}: there are no weights, every edge counts 1"));
            }
            return;
        };
        let sum: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
        let mean = sum / weights.len() as f64;
        if mean.is_finite() && !(0.01..=100.0).contains(&mean) {
            self.warn(format!(
                "{file}: the mean weight is {mean:.3e}, but a self-loop weighs 1 and eps is per unit of weight; \
                     weights around 1 serve best"
            ));
        }
    }

    /// Settles what node an id is; edges get their final numbers.
    fn number_nodes(
        &mut self,
        file: &str,
        raw: &mut RawEdges,
        claimed: Option<u32>,
        limits: &Limits,
    ) -> Result<(Lookup, u32)> {
        let table = match &self.labels {
            Some((file, LabelPart::Table(table))) => Some((file.clone(), table)),
            _ => None,
        };
        let max_id = match std::mem::replace(&mut raw.ids, Ids::Integers { max: None }) {
            Ids::Names(names) => {
                if let Some((label_file, table)) = table {
                    let warning = new_nodes(&label_file, table.num_new, table.len(), file)?;
                    self.report.warnings.extend(warning);
                }
                let num_nodes = names.len() as u32;
                return Ok((Lookup::Names(names), num_nodes));
            }
            Ids::Integers { max } => max,
        };
        let num_rows = [
            table.as_ref().map(|(_, table)| table.len() as u64),
            self.features.as_ref().map(|(_, features)| features.num_rows() as u64),
            self.num_nodes.map(u64::from),
            claimed.map(u64::from),
        ];
        let num_rows = num_rows.into_iter().flatten().max().unwrap_or(0);
        let num_ids = max_id.map_or(0, |id| u64::from(id) + 1);
        if let Some(max_id) = max_id.filter(|_| num_ids > num_rows)
            && let Some(of_edges) = sparse_ids(&raw.edges, max_id, limits)?
        {
            let mut of_labels = Vec::new();
            if let Some((label_file, table)) = table {
                let is_new = |id: &&u32| of_edges.binary_search(id).is_err();
                of_labels = limits::reserve(table.nodes.iter().filter(is_new).count())?;
                of_labels.extend(table.nodes.iter().filter(is_new));
                of_labels.sort_unstable();
                of_labels.dedup();
                let warning = new_nodes(&label_file, of_labels.len(), table.len(), file)?;
                self.report.warnings.extend(warning);
            }
            let num_nodes = (of_edges.len() + of_labels.len()) as u64;
            self.warn(format!(
                "{file}: the ids go up to {max_id}, but only {} occur; nodes are numbered in their order and \
                     keep the ids as names",
                grouped(of_edges.len() as u64)
            ));
            limits::check(&format!("{file}: nodes"), num_nodes, limits.max_nodes)?;
            let lookup = Lookup::Sparse { of_edges, of_labels };
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
        Ok((Lookup::Dense, num_nodes as u32))
    }

    /// Labels and the names of the label table.
    fn join_labels(
        &mut self,
        lookup: &Lookup,
        num_nodes: u32,
        class_names: Option<Vec<String>>,
        edge_file: &str,
    ) -> Result<(Option<Labels>, Option<Vec<String>>)> {
        let (file, values, known, names) = match self.labels.take() {
            None => return Ok((None, None)),
            Some((file, LabelPart::Values(values))) => (file, values, None, None),
            Some((file, LabelPart::Table(mut table))) => {
                for (row, node) in table.nodes.iter_mut().enumerate() {
                    *node = lookup.sparse(*node).filter(|&node| node < num_nodes).ok_or_else(|| {
                        Error::at_line(&file, table.lines[row].into(), no_such_node(*node, num_nodes.into()))
                    })?;
                }
                let joined = table.join(&file, num_nodes, class_names.as_deref())?;
                let mut names = joined.names;
                if names.is_some() && !matches!(lookup, Lookup::Dense) {
                    names = None;
                    self.warn(format!("{file}: the names were ignored, nodes are called as in {edge_file}"));
                }
                let Some((values, known)) = joined.labels else { return Ok((None, names)) };
                (file, values, known, names)
            }
        };
        let num_classes = values.iter().max().map_or(0, |&most| (most + 1) as usize);
        let class_names = known
            .or(class_names)
            .unwrap_or_else(|| (0..num_classes).map(|class| class.to_string()).collect());
        if class_names.len() < num_classes {
            let len = class_names.len();
            return Err(Error::in_file(
                &file,
                format!("label {} is out of range, there are {len} class names", num_classes - 1),
            ));
        }
        Ok((Some(Labels { values, class_names }), names))
    }

    /// What users call the nodes; `None` when that is `0..n`.
    fn name_nodes(
        &mut self,
        lookup: Lookup,
        num_nodes: u32,
        names: Option<Vec<String>>,
    ) -> Result<Option<Vec<String>>> {
        match lookup {
            Lookup::Names(names) => names.to_names().map(Some),
            Lookup::Sparse { of_edges, of_labels } => {
                let mut names = limits::reserve(num_nodes as usize)?;
                names.extend(of_edges.iter().chain(&of_labels).map(u32::to_string));
                Ok(Some(names))
            }
            Lookup::Dense => {
                let Some(mut names) = names else { return Ok(self.node_names.take()) };
                for (node, name) in names.iter_mut().enumerate().filter(|(_, name)| name.is_empty()) {
                    *name = node.to_string();
                }
                Ok(Some(names))
            }
        }
    }
}

/// A sentence on the nodes that only a label table has.
///
/// # Errors
/// `parse` when all of them are new: then the ids of the two files have nothing in common.
fn new_nodes(label_file: &str, num_new: usize, num_rows: usize, edge_file: &str) -> Result<Option<String>> {
    let (new, rows) = (grouped(num_new as u64), grouped(num_rows as u64));
    if num_new > 0 && num_new == num_rows {
        return Err(Error::in_file(label_file, format!("not one of its nodes is in {edge_file}, of {rows}")));
    }
    Ok((num_new > 0)
        .then(|| format!("{label_file}: nodes without an edge in {edge_file} were added, {new} of {rows}")))
}

/// Name of a data set by its file: `cora` for `cora/edges.csv.gz` and for `cora.safetensors`.
fn stem(file: &str) -> String {
    let mut path = file.rsplit(['/', '\\']);
    let base = path.next().unwrap_or(file);
    let base = base.split_once('.').map_or(base, |(stem, _)| stem);
    let folder = path.next().filter(|folder| !folder.is_empty());
    if base == "edges" { folder.unwrap_or(base).to_owned() } else { base.to_owned() }
}
