//! Edge lists as text.

use super::bytes::{Source, found, grow};
use super::ids::{Names, explain, parse_id};
use super::parts::{Parts, Reading};
use super::rows::Rows;
use super::tables::EdgeLayout;
use crate::error::{Error, Result};
use crate::graph::is_weight;
use crate::limits::{self, Limits};

/// Ids of the nodes of a list of edges.
#[derive(Debug)]
pub(super) enum Ids {
    /// Integers as they stood; `max` is the greatest, `None` without an edge.
    Integers { max: Option<u32> },
    /// Names, by number.
    Names(Names),
}

/// Directed edges as they stood in the input, duplicates and loops included.
#[derive(Debug)]
pub(super) struct RawEdges {
    pub(super) edges: Vec<(u32, u32)>,
    /// Parallel to the edges.
    pub(super) weights: Option<Vec<f32>>,
    pub(super) ids: Ids,
}

impl RawEdges {
    /// No edges.
    pub(super) fn empty() -> Self {
        Self { edges: Vec::new(), weights: None, ids: Ids::Integers { max: None } }
    }
}

/// Reads an edge list bit by bit.
pub(super) struct EdgeReader<'a> {
    rows: Rows<'a>,
    layout: EdgeLayout,
    shape: Shape,
    raw: RawEdges,
    max_edges: u64,
    max_nodes: u64,
}

impl<'a> EdgeReader<'a> {
    pub(super) fn new(source: Source<'a>, layout: EdgeLayout, limits: &Limits) -> Result<Self> {
        let rows = Rows::new(source, &layout.style)?;
        let ids = if layout.integers { Ids::Integers { max: None } } else { Ids::Names(Names::default()) };
        let raw = RawEdges { edges: Vec::new(), weights: layout.weight.map(|_| Vec::new()), ids };
        let shape = Shape::new(layout.style.header);
        Ok(Self { rows, layout, shape, raw, max_edges: limits.max_entries, max_nodes: limits.max_nodes })
    }
}

impl Reading for EdgeReader<'_> {
    /// An error is `parse` for a row that is not an edge and `limit_exceeded` beyond `max_entries` edges or
    /// `max_nodes` names.
    fn step(&mut self, bytes: u64, parts: &mut Parts) -> Result<bool> {
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

/// The integer id in a field of the row.
pub(super) fn integer(rows: &Rows<'_>, at: usize, what: &str) -> Result<u32> {
    let field = rows.field(at);
    parse_id(field).ok_or_else(|| rows.fail(explain(what, field)))
}

/// The weight in a field of the row.
pub(super) fn weight(rows: &Rows<'_>, at: usize) -> Result<f32> {
    let field = rows.field(at);
    let number = std::str::from_utf8(field).ok().and_then(|text| text.parse().ok());
    number.filter(|&weight| is_weight(weight)).ok_or_else(|| {
        let what =
            if field.is_empty() { "is empty".into() } else { format!("{} is out of range", found(field)) };
        rows.fail(format!("weight {what}, allowed is a finite number > 0"))
    })
}

/// The number of the name in a field of the row.
pub(super) fn intern(
    rows: &Rows<'_>,
    at: usize,
    what: &str,
    names: &mut Names,
    max_nodes: u64,
) -> Result<u32> {
    let name = rows.field_text(at, what)?;
    if name.is_empty() {
        return Err(rows.fail(format!("{what} is empty")));
    }
    names.intern("nodes", name, max_nodes)
}

/// Takes the header out and sees to it that all rows have as many fields as the first.
pub(super) struct Shape {
    header: bool,
    first: Option<(u64, usize)>,
}

impl Shape {
    pub(super) fn new(header: bool) -> Self {
        Self { header, first: None }
    }

    /// Whether the row is the header.
    ///
    /// # Errors
    /// `parse` when the row is longer or shorter than the first.
    pub(super) fn is_header(&mut self, rows: &Rows<'_>) -> Result<bool> {
        let width = rows.num_fields();
        let Some((line, expected)) = self.first else {
            self.first = Some((rows.line(), width));
            return Ok(self.header);
        };
        if width == expected {
            return Ok(false);
        }
        Err(wrong_width(rows, width, line, expected))
    }
}

#[cold]
fn wrong_width(rows: &Rows<'_>, width: usize, line: u64, expected: usize) -> Error {
    let s = if width == 1 { "" } else { "s" };
    rows.fail(format!("the row has {width} field{s}, line {line} has {expected}; all rows must have as many"))
}
