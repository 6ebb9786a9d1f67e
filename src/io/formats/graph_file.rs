//! Formats of text whose files are a whole graph.

use crate::error::Result;
use crate::io::dataset::graph_rows::GraphRows;
use crate::io::dataset::parts::{DatasetParts, EDGES, Reading};
use crate::io::formats::estimate::Size;
use crate::io::formats::file_format::FileKind;
use crate::io::options::OpenOptions;
use crate::io::source::bytes::Source;
use crate::limits::Limits;

/// Text with the edges of a graph and nodes with attributes, read from its start to its end.
pub(crate) struct GraphFile {
    /// Words for the report.
    pub(crate) words: &'static str,
    /// Bytes of the shortest edge, for the estimate of memory.
    pub(crate) least_edge_bytes: u64,
    /// Begins to read a file into rows.
    pub(crate) reader: for<'a> fn(Source<'a>, GraphRows) -> Result<Box<dyn Reading + 'a>>,
}

impl FileKind for &'static GraphFile {
    fn describe(&self) -> String {
        self.words.to_owned()
    }

    fn gives(&self) -> Option<&'static str> {
        Some(EDGES)
    }

    fn bytes_to_open(&self, size: &Size<'_, '_>) -> u64 {
        size.of_graph_text(self.least_edge_bytes)
    }

    fn reader<'a>(
        self: Box<Self>,
        source: Source<'a>,
        _: &mut DatasetParts,
        options: &OpenOptions,
        limits: &Limits,
    ) -> Result<Option<Box<dyn Reading + 'a>>> {
        let rows = GraphRows::new(source.name(), options, limits);
        (self.reader)(source, rows).map(Some)
    }
}

impl GraphFile {
    /// A file of this format, when it is one.
    pub(crate) fn found(&'static self, is_one: bool) -> Result<Option<Box<dyn FileKind>>> {
        Ok(if is_one { Some(Box::new(self)) } else { None })
    }

    /// A file that is of this format because the caller says so.
    pub(crate) fn given(&'static self) -> Result<Box<dyn FileKind>> {
        Ok(Box::new(self))
    }
}
