//! What the files gave, before it is one data set.

use super::edge_list::{Ids, RawEdges};
use super::graph_tensors::GraphParts;
use super::node_rows::RawNodes;
use super::open::second;
use super::splits::{Meta, RawSplits};
use crate::error::Result;
use crate::graph::{Features, Report, Split};

/// A file that is being read.
pub(super) trait Reading {
    /// Reads about `bytes` bytes; true at the end, when what was read is among `parts`.
    fn step(&mut self, bytes: u64, parts: &mut Parts) -> Result<bool>;
    /// Stored bytes of the file that have been used; never falls.
    fn consumed(&self) -> u64;
}

/// A part and the file it came from.
pub(super) type Slot<T> = Option<(String, T)>;

/// What the files gave so far.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) edges: Slot<RawEdges>,
    pub(super) features: Slot<Features>,
    /// Rows of nodes, by file.
    pub(super) nodes: Vec<(String, RawNodes)>,
    /// Class of every node.
    pub(super) labels: Slot<Vec<i32>>,
    pub(super) splits: Slot<SplitPart>,
    pub(super) meta: Slot<Meta>,
    pub(super) report: Report,
    /// Number of nodes that the file with the edges claims.
    pub(super) num_nodes: Option<u32>,
    pub(super) node_names: Option<Vec<String>>,
    pub(super) class_names: Option<Vec<String>>,
    pub(super) positions: Option<Vec<[f32; 2]>>,
    pub(super) name: Option<String>,
    /// Whether the file with the edges says that they lead one way only.
    pub(super) directed: bool,
}

/// Splits by node ids or names, or by masks.
pub(super) enum SplitPart {
    Refs(RawSplits),
    Masks(Vec<Split>),
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

/// The sentence for weights that were there and were not read.
pub(super) fn ignored_weights(file: &str, place: &str) -> String {
    format!("{file}: the weights in {place} were ignored; open with weights to use them")
}

impl Parts {
    /// Takes in edges; `num_nodes` is 0 when their file does not say it.
    pub(super) fn put_edges(&mut self, file: &str, raw: RawEdges, num_nodes: u32) -> Result<()> {
        put(&mut self.edges, file, "edges", raw)?;
        self.num_nodes = (num_nodes > 0).then_some(num_nodes);
        Ok(())
    }

    /// Edges between integer ids.
    pub(super) fn put_pairs(
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
    pub(super) fn put_part(
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

    /// Says that weights were there and were not read.
    pub(super) fn ignored_weights(&mut self, file: &str, place: &str) {
        self.report.warnings.push(ignored_weights(file, place));
    }

    /// Takes in what a graph file gave.
    pub(super) fn put_graph(&mut self, file: &str, graph: GraphParts) -> Result<()> {
        put(&mut self.edges, file, "edges", graph.edges)?;
        self.num_nodes = Some(graph.num_nodes);
        self.node_names = graph.node_names;
        self.class_names = graph.class_names;
        self.positions = graph.positions;
        self.name = graph.name;
        self.directed = graph.directed;
        if let Some(features) = graph.features {
            put(&mut self.features, file, "features", features)?;
        }
        if let Some(labels) = graph.labels {
            put(&mut self.labels, file, "labels", labels)?;
        }
        if !graph.splits.is_empty() {
            put(&mut self.splits, file, "splits", SplitPart::Masks(graph.splits))?;
        }
        Ok(())
    }

    pub(super) fn warn(&mut self, sentence: String) {
        self.report.warnings.push(sentence);
    }
}
