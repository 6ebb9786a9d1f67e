//! Nodes with attributes and edges between ids, one after another, as all graph files of text give them.

use crate::error::{Error, Result};
use crate::graph::is_weight;
use crate::io::dataset::columns::Role;
use crate::io::dataset::edges::{Ids, RawEdges};
use crate::io::dataset::ids::Names;
use crate::io::dataset::node_rows::RawNodes;
use crate::io::dataset::parts::DatasetParts;
use crate::io::options::{OpenOptions, Weights};
use crate::io::source::words::{found, grouped};
use crate::limits::{self, Limits, grow};

/// Nodes and edges as they stand in a file; ids are texts, numbered as they appear.
pub(crate) struct GraphRows {
    pub(crate) file: String,
    names: Names,
    edges: Vec<(u32, u32)>,
    weights: Option<Vec<f32>>,
    nodes: RawNodes,
    pub(crate) directed: bool,
    pub(crate) name: Option<String>,
    has_weights: bool,
    use_weights: bool,
    max_edges: u64,
    max_nodes: u64,
}

/// Edges after which the mean length of an edge is a good estimate.
const FEW_EDGES: usize = 1024;

/// The id of a node in a file.
#[derive(Clone, Copy)]
pub(crate) enum Id<'a> {
    Text(&'a str),
    /// A number, parsed already.
    Number(u64),
}

/// An error at a line of the file, or in the file where it has none.
#[cold]
#[inline(never)]
pub(crate) fn fail(file: &str, line: u64, message: String) -> Error {
    if line > 0 { Error::at_line(file, line, message) } else { Error::in_file(file, message) }
}

impl GraphRows {
    pub(crate) fn new(file: &str, options: &OpenOptions, limits: &Limits) -> Self {
        Self {
            file: file.to_owned(),
            names: Names::default(),
            edges: Vec::new(),
            weights: None,
            nodes: RawNodes { labels_may_be_names: true, ..RawNodes::default() },
            directed: false,
            name: None,
            has_weights: false,
            use_weights: options.weights == Weights::Use,
            max_edges: limits.max_entries,
            max_nodes: limits.max_nodes,
        }
    }

    /// Number of nodes so far.
    pub(crate) fn num_nodes(&self) -> usize {
        self.nodes.len()
    }

    /// Begins a node; what follows belongs to it.
    pub(crate) fn node(&mut self, line: u64, id: Id<'_>) -> Result<()> {
        let node = self.id(line, "node id", id)?;
        self.nodes.push(node)
    }

    /// The column of an attribute of nodes.
    pub(crate) fn column(&mut self, name: &str) -> Result<usize> {
        self.nodes.columns.column(name, Role::of(name))
    }

    /// Gives the node an attribute.
    pub(crate) fn set(&mut self, line: u64, column: usize, name: &str, text: &str) -> Result<()> {
        let set = self.nodes.columns.set(column, text.trim())?;
        set.map_err(|message| fail(&self.file, line, format!("{name} {message}")))
    }

    /// Adds an edge.
    pub(crate) fn edge(
        &mut self,
        line: u64,
        source: Id<'_>,
        target: Id<'_>,
        weight: Option<&str>,
    ) -> Result<()> {
        if self.edges.len() as u64 >= self.max_edges {
            limits::check(&format!("{}: edges", self.file), self.edges.len() as u64 + 1, self.max_edges)?;
        }
        let edge = (self.id(line, "source", source)?, self.id(line, "target", target)?);
        grow(&mut self.edges, 1)?;
        self.edges.push(edge);
        self.weight(line, weight)
    }

    /// Reserves room for all edges when the next one has none: `read` bytes of text hold the edges so far, about `left` bytes
    /// remain. Doubling instead would take three times the memory for a moment.
    pub(crate) fn make_room(&mut self, read: u64, left: u64) {
        let len = self.edges.len();
        if len < FEW_EDGES || len < self.edges.capacity() {
            return;
        }
        // The size that an archive claims may be incorrect.
        let more = left.saturating_mul(len as u64) / read.max(1);
        let more = (more + more / 64 + 1).clamp(len as u64 / 2, 64 * len as u64);
        let more = more.min(self.max_edges.saturating_sub(len as u64));
        // Without this room the vector grows as usual.
        let _ = usize::try_from(more).map(|more| self.edges.try_reserve_exact(more));
    }

    /// The weight of the last edge; without one it is 1.
    pub(crate) fn weight(&mut self, line: u64, text: Option<&str>) -> Result<()> {
        self.has_weights |= text.is_some();
        if !self.use_weights || (text.is_none() && self.weights.is_none()) {
            return Ok(());
        }
        let weight = match text {
            None => 1.0,
            Some(text) => text.trim().parse().ok().filter(|&weight| is_weight(weight)).ok_or_else(|| {
                let text = found(text.as_bytes());
                let message = format!("weight {text} is out of range, allowed is a finite number > 0");
                fail(&self.file, line, message)
            })?,
        };
        let len = self.edges.len();
        let weights = self.weights.get_or_insert_default();
        weights.truncate(len.saturating_sub(1));
        let more = len - weights.len();
        grow(weights, more)?;
        weights.resize(len - 1, 1.0);
        weights.push(weight);
        Ok(())
    }

    fn id(&mut self, line: u64, what: &str, id: Id<'_>) -> Result<u32> {
        match id {
            Id::Text(text) => self.name(line, what, text),
            Id::Number(number) => self.names.intern_number("nodes", number, self.max_nodes),
        }
    }

    fn name(&mut self, line: u64, what: &str, id: &str) -> Result<u32> {
        if id.is_empty() {
            return Err(fail(&self.file, line, format!("{what} is empty")));
        }
        if id.bytes().any(|byte| byte < b' ') {
            let message = format!("{what} {} holds a control character", found(id.as_bytes()));
            return Err(fail(&self.file, line, message));
        }
        self.names.intern("nodes", id, self.max_nodes)
    }

    /// Hands nodes and edges over to `parts`.
    ///
    /// # Errors
    /// `parse` for an edge of a node that is not declared.
    pub(crate) fn finish(&mut self, parts: &mut DatasetParts) -> Result<()> {
        let (file, rows) = (std::mem::take(&mut self.file), self.nodes.len());
        if self.names.len() > rows && rows > 0 {
            let mut declared = limits::filled(self.names.len(), false)?;
            self.nodes.nodes.iter().for_each(|&node| declared[node as usize] = true);
            if let Some(node) = declared.iter().position(|&is_declared| !is_declared) {
                let name = found(self.names.name(node as u32).as_bytes());
                let nodes = grouped(rows as u64);
                let message = format!("node {name} of an edge is not among the {nodes} nodes");
                return Err(Error::in_file(&file, message));
            }
        }
        if self.names.len() == 0 {
            return Err(Error::in_file(&file, "there are no nodes and no edges"));
        }
        if self.has_weights && !self.use_weights {
            parts.ignored_weights(&file, "the edges");
        }
        let edges = std::mem::take(&mut self.edges);
        if let Some(weights) = &mut self.weights {
            let more = edges.len() - weights.len();
            grow(weights, more)?;
            weights.resize(edges.len(), 1.0);
        }
        let ids = Ids::Names(std::mem::take(&mut self.names));
        let raw = RawEdges { edges, weights: self.weights.take(), ids };
        parts.directed = self.directed;
        parts.name = self.name.take();
        parts.put_edges(&file, raw, 0)?;
        if rows > 0 {
            parts.nodes.push((file, std::mem::take(&mut self.nodes)));
        }
        Ok(())
    }
}
