//! Edge lists as text.

use crate::error::Result;
use crate::io::dataset::edges::{Ids, RawEdges};
use crate::io::dataset::ids::Names;
use crate::io::dataset::parts::{DatasetParts, EDGES, Reading};
use crate::io::format::Format;
use crate::io::formats::estimate::Size;
use crate::io::formats::file_format::{Evidence, FileFormat, FileKind};
use crate::io::options::{OpenOptions, Weights};
use crate::io::source::bytes::Source;
use crate::io::text::fields::{RowWidth, integer, intern, weight};
use crate::io::text::rows::{Style, TextRows};
use crate::io::text::tables::{self, EdgeTable, Table};
use crate::limits::{self, Limits, grow};

/// Text with an edge a row.
pub(crate) static FORMAT: FileFormat = FileFormat {
    format: Format {
        name: "edge-list",
        label: "edge list",
        files: "edge lists",
        extensions: &["csv", "tsv", "txt", "edgelist", "edges", "ncol"],
        media_type: "text/csv",
        signatures: &[],
    },
    evidence: Evidence::Text,
    recognise: |head| match head.table()? {
        Table::Edges(layout) => Ok(Some(Box::new(layout.clone()))),
        Table::Ragged | Table::Nodes(_) | Table::Unused(_) => Ok(None),
    },
    by_option: Some(|head| Ok(Box::new(tables::edge_list(head.source, head.edge_list, head.limits)?))),
};

impl FileKind for EdgeTable {
    fn describe(&self) -> String {
        let ids = if self.integers { "integer" } else { "string" };
        format!("edge list, {}, {ids} ids", self.style.describe())
    }

    fn gives(&self) -> Option<&'static str> {
        Some(EDGES)
    }

    fn bytes_to_open(&self, size: &Size<'_, '_>) -> u64 {
        size.of_edges(size.num_rows())
    }

    fn reader<'a>(
        self: Box<Self>,
        source: Source<'a>,
        parts: &mut DatasetParts,
        options: &OpenOptions,
        limits: &Limits,
    ) -> Result<Option<Box<dyn Reading + 'a>>> {
        let mut layout = *self;
        parts.report.warnings.append(&mut layout.warnings);
        if let Some(at) = layout.weight.filter(|_| options.weights == Weights::Ignore) {
            parts.ignored_weights(source.name(), &format!("column {}", at + 1));
            layout.weight = None;
        }
        Ok(Some(Box::new(EdgeReader::new(source, layout, limits)?)))
    }

    fn style(&self) -> Option<&Style> {
        Some(&self.style)
    }

    fn edge_table(&self) -> Option<&EdgeTable> {
        Some(self)
    }
}

/// Reads an edge list bit by bit.
struct EdgeReader<'a> {
    rows: TextRows<'a>,
    layout: EdgeTable,
    shape: RowWidth,
    raw: RawEdges,
    max_edges: u64,
    max_nodes: u64,
}

impl<'a> EdgeReader<'a> {
    fn new(source: Source<'a>, layout: EdgeTable, limits: &Limits) -> Result<Self> {
        let rows = TextRows::new(source, &layout.style)?;
        let ids = if layout.integers { Ids::Integers { max: None } } else { Ids::Names(Names::default()) };
        let raw = RawEdges { edges: Vec::new(), weights: layout.weight.map(|_| Vec::new()), ids };
        let shape = RowWidth::new(layout.style.header);
        Ok(Self { rows, layout, shape, raw, max_edges: limits.max_entries, max_nodes: limits.max_nodes })
    }
}

impl Reading for EdgeReader<'_> {
    /// An error is `parse` for a row that is not an edge and `limit_exceeded` beyond `max_entries` edges or
    /// `max_nodes` names.
    fn step(&mut self, bytes: u64, parts: &mut DatasetParts) -> Result<bool> {
        let mut used = 0;
        while used < bytes {
            if !self.rows.advance()? {
                let file = self.rows.source().name().to_owned();
                parts.put_edges(&file, std::mem::replace(&mut self.raw, RawEdges::empty()), 0)?;
                return Ok(true);
            }
            used += self.rows.num_bytes();
            if self.shape.is_header(&self.rows)? {
                continue;
            }
            let edges = &mut self.raw.edges;
            if edges.len() as u64 >= self.max_edges {
                let what = format!("{}: edges", self.rows.source().name());
                limits::check(&what, edges.len() as u64 + 1, self.max_edges)?;
            }
            let (at, to) = (self.layout.source, self.layout.target);
            let edge = match &mut self.raw.ids {
                Ids::Integers { max } => {
                    let edge = (integer(&self.rows, at, "source")?, integer(&self.rows, to, "target")?);
                    *max = (*max).max(Some(edge.0.max(edge.1)));
                    edge
                }
                Ids::Names(names) => (
                    intern(&self.rows, at, "source", names, self.max_nodes)?,
                    intern(&self.rows, to, "target", names, self.max_nodes)?,
                ),
            };
            grow(edges, 1)?;
            edges.push(edge);
            if let (Some(weights), Some(at)) = (&mut self.raw.weights, self.layout.weight) {
                grow(weights, 1)?;
                weights.push(weight(&self.rows, at)?);
            }
        }
        Ok(false)
    }

    fn consumed(&self) -> u64 {
        self.rows.source().consumed()
    }
}
