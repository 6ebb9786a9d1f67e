//! What a caller may say of an edge list, where the guess is not meant.

/// What separates the fields of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    /// A tab.
    Tab,
    /// A semicolon.
    Semicolon,
    /// A comma.
    Comma,
    /// Blanks, however many.
    Blanks,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// By its name in the header.
    Name(String),
    /// By its position, from 0.
    At(u32),
}

/// How an edge list is read; what is `None` is guessed from its first lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EdgeListOptions {
    /// What separates the fields.
    pub delimiter: Option<Delimiter>,
    /// Whether the first row names the columns.
    pub header: Option<bool>,
    /// First character of lines that are skipped; by default `#` and `%`.
    pub comment: Option<u8>,
    /// Column of the sources.
    pub source: Option<Column>,
    /// Column of the targets.
    pub target: Option<Column>,
    /// Column of the weights.
    pub weight: Option<Column>,
    /// Whether ids are integers; otherwise they are names.
    pub integer_ids: Option<bool>,
}

/// How the rows of a table are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) delimiter: Delimiter,
    pub(super) header: bool,
    pub(super) comment: Option<u8>,
}

impl Style {
    /// Rows of fields that `delimiter` separates, without a header.
    pub(super) fn plain(delimiter: Delimiter) -> Self {
        Self { delimiter, header: false, comment: None }
    }

    /// Words for the report.
    pub(super) fn describe(&self) -> String {
        let header = if self.header { "header" } else { "no header" };
        format!("{}, {header}", self.delimiter.name())
    }
}

/// Whether a line that starts with `byte` is skipped.
pub(super) fn is_comment(byte: u8, comment: Option<u8>) -> bool {
    comment.map_or(matches!(byte, b'#' | b'%'), |comment| byte == comment)
}
