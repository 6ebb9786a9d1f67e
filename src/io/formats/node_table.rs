//! Node tables: one row a node, whose columns are labels, names, splits, positions or features.

use super::bytes::Source;
use super::edge_list::{Ids, Shape, integer, intern};
use super::ids::MAX_ID;
use super::node_rows::RawNodes;
use super::parts::{Parts, Reading};
use super::rows::Rows;
use super::tables::NodeLayout;
use crate::error::Result;
use crate::limits::{self, Limits};

/// Reads a node table bit by bit.
pub(super) struct NodeReader<'a> {
    rows: Rows<'a>,
    layout: NodeLayout,
    shape: Shape,
    raw: RawNodes,
    /// Number of every column of the layout among those of the rows.
    columns: Vec<usize>,
    max_nodes: u64,
}

impl<'a> NodeReader<'a> {
    pub(super) fn new(source: Source<'a>, layout: NodeLayout, limits: &Limits) -> Result<Self> {
        let (rows, shape) = (Rows::new(source, &layout.style)?, Shape::new(layout.style.header));
        let mut raw = RawNodes { by_row: layout.node.is_none(), ..RawNodes::default() };
        let mut columns = limits::reserve(layout.columns.len())?;
        for (_, name, role) in &layout.columns {
            columns.push(raw.columns.column(name, *role)?);
        }
        Ok(Self { rows, layout, shape, raw, columns, max_nodes: limits.max_nodes.min(MAX_ID.into()) })
    }

    fn row(&mut self, ids: &mut Ids) -> Result<()> {
        let (rows, raw) = (&self.rows, &mut self.raw);
        let num_rows = raw.len() as u64;
        if num_rows >= self.max_nodes {
            limits::check("rows of nodes", num_rows + 1, self.max_nodes)?;
        }
        let node = match (self.layout.node, ids) {
            // Without ids the rows are the nodes.
            (None, _) => num_rows as u32,
            (Some(at), Ids::Integers { .. }) => integer(rows, at, "node")?,
            (Some(at), Ids::Names(names)) => {
                let before = names.len();
                let node = intern(rows, at, "node", names, self.max_nodes)?;
                if names.len() > before {
                    if raw.num_new == 0 {
                        raw.first_new = names.name(node).into_owned();
                    }
                    raw.num_new += 1;
                }
                node
            }
        };
        raw.push(node)?;
        raw.lines.push(rows.line().min(u32::MAX.into()) as u32);
        for ((at, name, _), &column) in self.layout.columns.iter().zip(&self.columns) {
            let text = rows.field_text(*at, name)?;
            raw.columns.set(column, text)?.map_err(|message| rows.fail(format!("{name} {message}")))?;
        }
        Ok(())
    }
}

impl Reading for NodeReader<'_> {
    /// Names that no edge had are added to the ids.
    fn step(&mut self, bytes: u64, parts: &mut Parts) -> Result<bool> {
        // Edges come first; without them there is an error before this.
        let mut none = Ids::Integers { max: None };
        let mut used = 0;
        while used < bytes {
            if !self.rows.advance()? {
                let file = self.rows.source().name().to_owned();
                parts.nodes.push((file, std::mem::take(&mut self.raw)));
                return Ok(true);
            }
            used += self.rows.num_bytes();
            if !self.shape.is_header(&self.rows)? {
                let ids = parts.edges.as_mut().map_or(&mut none, |(_, edges)| &mut edges.ids);
                self.row(ids)?;
            }
        }
        Ok(false)
    }

    fn consumed(&self) -> u64 {
        self.rows.source().consumed()
    }
}
