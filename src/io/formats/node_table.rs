//! Node tables: one row a node, whose columns are labels, names, splits, positions or features.

use crate::error::Result;
use crate::io::dataset::edges::Ids;
use crate::io::dataset::ids::MAX_ID;
use crate::io::dataset::node_rows::RawNodes;
use crate::io::dataset::parts::{DatasetParts, Reading};
use crate::io::format::Format;
use crate::io::formats::estimate::Size;
use crate::io::formats::file_format::{Evidence, FileFormat, FileKind};
use crate::io::formats::left_out::LeftOut;
use crate::io::options::OpenOptions;
use crate::io::source::bytes::Source;
use crate::io::text::fields::{RowWidth, integer, intern};
use crate::io::text::rows::{Style, TextRows};
use crate::io::text::tables::{self, NodeTable, Table};
use crate::limits::{self, Limits};

/// Text with a node a row.
pub(crate) static FORMAT: FileFormat = FileFormat {
    format: Format {
        name: "node-table",
        label: "node table",
        files: "node tables",
        extensions: &["csv", "tsv", "txt"],
        media_type: "text/csv",
        signatures: &[],
    },
    evidence: Evidence::Text,
    recognise: |head| match head.table()? {
        Table::Nodes(layout) => Ok(Some(Box::new(layout.clone()))),
        Table::Unused(header) => Ok(Some(Box::new(LeftOut::table(head.name(), header)))),
        Table::Edges(_) | Table::Ragged => Ok(None),
    },
    by_option: Some(|head| Ok(Box::new(tables::node_table(head.source, head.limits)?))),
};

impl FileKind for NodeTable {
    fn describe(&self) -> String {
        self.words()
    }

    fn gives(&self) -> Option<&'static str> {
        None
    }

    /// Columns of floats, then rows of them.
    fn bytes_to_open(&self, size: &Size<'_, '_>) -> u64 {
        (size.num_rows() * self.columns.len() as u64).saturating_mul(8)
    }

    fn reader<'a>(
        self: Box<Self>,
        source: Source<'a>,
        _: &mut DatasetParts,
        _: &OpenOptions,
        limits: &Limits,
    ) -> Result<Option<Box<dyn Reading + 'a>>> {
        Ok(Some(Box::new(NodeReader::new(source, *self, limits)?)))
    }

    fn style(&self) -> Option<&Style> {
        Some(&self.style)
    }
}

/// Reads a node table bit by bit.
struct NodeReader<'a> {
    rows: TextRows<'a>,
    layout: NodeTable,
    shape: RowWidth,
    raw: RawNodes,
    /// Number of every column of the layout among those of the rows.
    columns: Vec<usize>,
    max_nodes: u64,
}

impl<'a> NodeReader<'a> {
    fn new(source: Source<'a>, layout: NodeTable, limits: &Limits) -> Result<Self> {
        let (rows, shape) = (TextRows::new(source, &layout.style)?, RowWidth::new(layout.style.header));
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
    fn step(&mut self, bytes: u64, parts: &mut DatasetParts) -> Result<bool> {
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
