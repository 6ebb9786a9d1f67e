//! Input files and the options of opening them.

use crate::io::format::Format;
use crate::options::{DIRECTED, Given, NAME, WEIGHTS};
pub use crate::options::{Delimiter, Weights};

/// A file as the user gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Name, folders allowed. Errors quote it, and it decides the format where the content does not.
    pub name: String,
    /// Content, gzipped or not.
    pub bytes: Vec<u8>,
}

/// Options of [`open_graph`](crate::io::open_graph).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenOptions {
    /// Name of the data set. Default: what the files say, else the name of the file with the edges.
    pub name: Option<String>,
    /// Whether an edge leads from its source to its target only. Default: what the file says, else false.
    pub directed: Option<bool>,
    /// Whether weights of edges are read.
    pub weights: Weights,
    /// Format by file name, for files that would be recognised as another.
    pub formats: Vec<(String, &'static Format)>,
    /// How an edge list is read, where the guess is incorrect.
    pub edge_list: EdgeListOptions,
}

impl OpenOptions {
    /// The options of a call that opens graph tensors: those of [`OPEN_TENSORS`](crate::options::OPEN_TENSORS).
    pub fn read_tensors(given: &Given) -> Self {
        Self {
            name: given.text(&NAME).map(str::to_owned),
            directed: given.given_flag(&DIRECTED),
            weights: given.given_word(&WEIGHTS).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// The format that the caller gives for a file.
    pub(crate) fn format_of(&self, file: &str) -> Option<&'static Format> {
        self.formats.iter().find(|(name, _)| name == file).map(|&(_, format)| format)
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
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
