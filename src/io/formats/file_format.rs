//! What every format provides: how its files are recognised, and what is known of a file before it is read.

use std::cell::OnceCell;

use crate::error::Result;
use crate::io::dataset::parts::{DatasetParts, Reading};
use crate::io::format::Format;
use crate::io::formats::estimate::Size;
use crate::io::options::{EdgeListOptions, OpenOptions};
use crate::io::source::bytes::Source;
use crate::io::source::words::base_name;
use crate::io::text::rows::Style;
use crate::io::text::tables::{self, EdgeTable, Table};
use crate::limits::Limits;

/// What of a format a file is.
pub(crate) type FoundKind = Box<dyn FileKind>;

/// A format as the registry has it.
pub(crate) struct FileFormat {
    pub(crate) format: Format,
    pub(crate) evidence: Evidence,
    /// What the file is, when it is of this format.
    pub(crate) recognise: fn(&Head<'_, '_>) -> Result<Option<FoundKind>>,
    /// What the file is when the caller says that it is of this format; `None` where options cannot name the format.
    pub(crate) by_option: Option<fn(&Head<'_, '_>) -> Result<FoundKind>>,
}

/// By what a format is recognised. Formats are tried in this order; those with the same evidence in the order of the registry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// One of its signatures; formats whose signatures are missing are not tried.
    Signature,
    /// The name of the file, with the first byte or two.
    Name,
    /// What the text begins with.
    Start,
    /// The name of a text file that no format above recognises.
    NameOfText,
    /// Any text.
    Text,
}

/// What is known of a file before it is read.
pub(crate) struct Head<'h, 'a> {
    pub(crate) source: &'h Source<'a>,
    /// File name without its folders, in lower case.
    pub(crate) base: String,
    pub(crate) limits: &'h Limits,
    pub(crate) edge_list: &'h EdgeListOptions,
    table: OnceCell<Result<Table>>,
}

impl<'h, 'a> Head<'h, 'a> {
    pub(crate) fn new(source: &'h Source<'a>, options: &'h OpenOptions, limits: &'h Limits) -> Self {
        let (base, edge_list, table) = (base_name(source.name()), &options.edge_list, OnceCell::new());
        Self { source, base, limits, edge_list, table }
    }

    /// Name of the file.
    pub(crate) fn name(&self) -> &'h str {
        self.source.name()
    }

    /// The first bytes, unpacked.
    pub(crate) fn bytes(&self) -> &'h [u8] {
        self.source.head()
    }

    /// The first bytes as text: without byte order mark and blanks in front.
    pub(crate) fn text(&self) -> &'h [u8] {
        let head = self.bytes();
        head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start()
    }

    /// Whether the text contains `word`.
    pub(crate) fn contains(&self, word: &[u8]) -> bool {
        self.text().windows(word.len()).any(|window| window == word)
    }

    /// What the file is as a table of text; looked for once.
    pub(crate) fn table(&self) -> Result<&Table> {
        let table = self.table.get_or_init(|| tables::table(self.source, self.edge_list, self.limits));
        table.as_ref().map_err(Clone::clone)
    }
}

/// What one file is: what it gives, what it takes and how it is read.
pub(crate) trait FileKind {
    /// Words for the report.
    fn describe(&self) -> String;

    /// The part of a graph that it gives, where only one file may.
    fn gives(&self) -> Option<&'static str>;

    /// Bytes that opening takes at the peak besides those the file is stored in.
    fn bytes_to_open(&self, size: &Size<'_, '_>) -> u64;

    /// Begins to read it; `None` when it is left out.
    fn reader<'a>(
        self: Box<Self>,
        source: Source<'a>,
        parts: &mut DatasetParts,
        options: &OpenOptions,
        limits: &Limits,
    ) -> Result<Option<Box<dyn Reading + 'a>>>;

    /// How the rows are written, where it is a table.
    fn style(&self) -> Option<&Style> {
        None
    }

    /// Where an edge list has what.
    fn edge_table(&self) -> Option<&EdgeTable> {
        None
    }

    /// What it is where nothing else has edges, when it can give them.
    fn as_edges(&self, _: &Source<'_>, _: &Limits) -> Option<Box<dyn FileKind>> {
        None
    }

    /// Whether it is an archive, whose entries are files of their own.
    fn is_archive(&self) -> bool {
        false
    }
}
