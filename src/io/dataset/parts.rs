//! The parts of a data set that have been read, before they are joined.

use crate::error::{Error, Result};
use crate::graph::{Features, Report, Split};
use crate::io::dataset::edges::{Ids, RawEdges};
use crate::io::dataset::graph_contents::GraphContents;
use crate::io::dataset::node_rows::RawNodes;
use crate::io::dataset::splits::{Meta, RawSplits};
use crate::io::dataset::weights::ignored_weights;

// Parts of a graph that only one file may give, as messages call them.
pub(crate) const EDGES: &str = "edges";
pub(crate) const FEATURES: &str = "features";
pub(crate) const LABELS: &str = "labels";
pub(crate) const SPLITS: &str = "splits";
pub(crate) const META: &str = "names and classes";

/// A file that is being read.
pub(crate) trait Reading {
    /// Reads about `bytes` bytes; true at the end, when what was read is among `parts`.
    fn step(&mut self, bytes: u64, parts: &mut DatasetParts) -> Result<bool>;
    /// Stored bytes of the file that have been read; never falls.
    fn consumed(&self) -> u64;
}

/// A part and the file it came from.
pub(crate) type Slot<T> = Option<(String, T)>;

/// The parts read so far.
#[derive(Default)]
pub(crate) struct DatasetParts {
    pub(crate) edges: Slot<RawEdges>,
    pub(crate) features: Slot<Features>,
    /// Rows of nodes, by file.
    pub(crate) nodes: Vec<(String, RawNodes)>,
    /// Class of every node.
    pub(crate) labels: Slot<Vec<i32>>,
    pub(crate) splits: Slot<SplitPart>,
    pub(crate) meta: Slot<Meta>,
    pub(crate) report: Report,
    /// Number of nodes that the file with the edges claims.
    pub(crate) num_nodes: Option<u32>,
    pub(crate) node_names: Option<Vec<String>>,
    pub(crate) class_names: Option<Vec<String>>,
    pub(crate) positions: Option<Vec<[f32; 2]>>,
    pub(crate) name: Option<String>,
    /// Whether the file with the edges says that they are directed.
    pub(crate) directed: bool,
}

/// Splits by node ids or names, or by masks.
pub(crate) enum SplitPart {
    Refs(RawSplits),
    Masks(Vec<Split>),
}

/// Fills a slot.
///
/// # Errors
/// `parse` when it is filled already.
pub(crate) fn put<T>(slot: &mut Slot<T>, file: &str, what: &str, part: T) -> Result<()> {
    if let Some((first, _)) = slot {
        return Err(second(file, first, what));
    }
    *slot = Some((file.to_owned(), part));
    Ok(())
}

impl DatasetParts {
    /// Takes in edges; `num_nodes` is 0 when their file does not say it.
    pub(crate) fn put_edges(&mut self, file: &str, raw: RawEdges, num_nodes: u32) -> Result<()> {
        put(&mut self.edges, file, EDGES, raw)?;
        self.num_nodes = (num_nodes > 0).then_some(num_nodes);
        Ok(())
    }

    /// Edges between integer ids.
    pub(crate) fn put_pairs(
        &mut self,
        file: &str,
        edges: Vec<(u32, u32)>,
        weights: Option<Vec<f32>>,
        num_nodes: u32,
    ) -> Result<()> {
        let max = edges.iter().map(|&(source, target)| source.max(target)).max();
        self.put_edges(file, RawEdges { edges, weights, ids: Ids::Integers { max } }, num_nodes)
    }

    /// Takes in the nodes of one part of a split.
    pub(crate) fn put_part(
        &mut self,
        file: &str,
        split: String,
        part: usize,
        nodes: RawSplits,
    ) -> Result<()> {
        let Some((first, there)) = &mut self.splits else {
            self.splits = Some((file.to_owned(), SplitPart::Refs(nodes)));
            return Ok(());
        };
        let is_taken = match there {
            SplitPart::Refs(splits) => splits.take_part(&split, part, nodes),
            SplitPart::Masks(_) => false,
        };
        if is_taken { Ok(()) } else { Err(second(file, first, &format!("this part of split {split:?}"))) }
    }

    /// Adds the warning that weights were ignored.
    pub(crate) fn ignored_weights(&mut self, file: &str, place: &str) {
        self.report.warnings.push(ignored_weights(file, place));
    }

    /// Takes in the contents of a graph file.
    pub(crate) fn put_graph(&mut self, file: &str, graph: GraphContents) -> Result<()> {
        put(&mut self.edges, file, EDGES, graph.edges)?;
        self.num_nodes = Some(graph.num_nodes);
        self.node_names = graph.node_names;
        self.class_names = graph.class_names;
        self.positions = graph.positions;
        self.name = graph.name;
        self.directed = graph.directed;
        if let Some(features) = graph.features {
            put(&mut self.features, file, FEATURES, features)?;
        }
        if let Some(labels) = graph.labels {
            put(&mut self.labels, file, LABELS, labels)?;
        }
        if !graph.splits.is_empty() {
            put(&mut self.splits, file, SPLITS, SplitPart::Masks(graph.splits))?;
        }
        Ok(())
    }

    pub(crate) fn warn(&mut self, sentence: String) {
        self.report.warnings.push(sentence);
    }
}

/// The error for a second file with the same part of a graph.
pub(crate) fn second(file: &str, first: &str, what: &str) -> Error {
    Error::in_file(file, format!("a second file with {what}, {first} has {what} already"))
}
