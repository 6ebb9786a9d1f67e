//! A preview of a table: its first rows, the guessed columns, and doubts about the guess.

use std::collections::HashSet;

use crate::error::Result;
use crate::io::dataset::ids::is_integer;
use crate::io::open::recognise::Found;
use crate::io::options::{Delimiter, EdgeListOptions, InputFile, OpenOptions};
use crate::io::source::bytes::Source;
use crate::io::source::words::found;
use crate::io::text::rows::{Style, TextRows};
use crate::io::text::tables::{EdgeTable, names_an_end};
use crate::limits::Limits;

/// Rows that are shown.
const SHOWN_ROWS: usize = 8;
/// Rows that are searched for doubts.
const SAMPLE_ROWS: usize = 1000;
/// Characters of a field that are shown.
const SHOWN_CHARS: usize = 200;
/// Columns that are shown.
const SHOWN_COLUMNS: usize = 64;

/// How a file would be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablePreview {
    /// What the file is recognised as, in the words of the report of an opened graph.
    pub kind: String,
    /// The first rows, split into fields, header included; empty for files that are no tables.
    pub rows: Vec<Vec<String>>,
    /// The columns of an edge list.
    pub edges: Option<EdgePreview>,
    /// Warnings that opening would give.
    pub warnings: Vec<String>,
    /// Why the guess may be incorrect; empty where the file leaves no doubt.
    pub doubts: Vec<String>,
}

/// How an edge list would be read. Columns count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EdgePreview {
    /// What separates the fields.
    pub delimiter: Delimiter,
    /// Whether the first row names the columns.
    pub header: bool,
    /// Column of the sources.
    pub source: usize,
    /// Column of the targets.
    pub target: usize,
    /// Column of the weights, used or not.
    pub weight: Option<usize>,
    /// Whether ids are integers; otherwise they are names.
    pub integer_ids: bool,
}

/// Recognises a file by its head, as opening does, and reads no further.
///
/// # Arguments
/// * `file`: its bytes may be cut off after the first 64 KiB of text.
/// * `options`: what the caller has set already; the rest is guessed.
/// # Errors
/// `parse` for an empty file, for an unknown format, and for a table that lacks a column; `invalid_option` for
/// a column that is not there.
/// # Example
/// ```
/// use ibmb::io::{InputFile, OpenOptions, preview_table};
/// use ibmb::limits::Limits;
///
/// let file = InputFile { name: "trips.csv".into(), bytes: b"day,origin,stop\n1,4,5\n1,5,6\n".to_vec() };
/// let preview = preview_table(&file, &OpenOptions::default(), &Limits::default())?;
/// assert_eq!(preview.rows[0], ["day", "origin", "stop"]);
/// assert_eq!(preview.doubts, ["the header names no source and target: the first two of 3 columns are taken"]);
/// # Ok::<(), ibmb::Error>(())
/// ```
pub fn preview_table(file: &InputFile, options: &OpenOptions, limits: &Limits) -> Result<TablePreview> {
    let found = Found::new(Source::of_bytes(&file.name, &file.bytes, limits)?, options, limits)?;
    let mut preview = TablePreview {
        kind: found.describe(),
        rows: Vec::new(),
        edges: None,
        warnings: Vec::new(),
        doubts: Vec::new(),
    };
    let Some(style) = found.kind.style() else { return Ok(preview) };
    let rows = first_rows(&found.source, style, limits)?;
    if let Some(layout) = found.kind.edge_table() {
        preview.warnings.clone_from(&layout.warnings);
        preview.doubts = doubts(layout, &rows, &options.edge_list);
        preview.edges = Some(EdgePreview {
            delimiter: layout.style.delimiter,
            header: layout.style.header,
            source: layout.source,
            target: layout.target,
            weight: layout.weight,
            integer_ids: layout.integers,
        });
    }
    let shown = rows.into_iter().take(SHOWN_ROWS);
    preview.rows = shown.map(|row| row.into_iter().take(SHOWN_COLUMNS).map(clipped).collect()).collect();
    Ok(preview)
}

/// The complete rows of the head.
fn first_rows(source: &Source<'_>, style: &Style, limits: &Limits) -> Result<Vec<Vec<String>>> {
    let head = Source::of_bytes(source.name(), source.head(), limits)?;
    let mut rows = TextRows::new(head, style)?;
    let mut read: Vec<Vec<String>> = Vec::new();
    while read.len() <= SAMPLE_ROWS && rows.advance()? {
        let field = |at| String::from_utf8_lossy(rows.field(at)).into_owned();
        read.push((0..rows.num_fields()).map(field).collect());
    }
    if !source.is_all_head() && read.len() > 1 && read.len() <= SAMPLE_ROWS {
        read.pop();
    }
    Ok(read)
}

fn clipped(text: String) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Doubts about the guess, except where the caller has set the option.
fn doubts(layout: &EdgeTable, rows: &[Vec<String>], said: &EdgeListOptions) -> Vec<String> {
    let mut doubts = Vec::new();
    let (first, header) = (&rows[0], layout.style.header);
    let ends = [layout.source, layout.target];
    let named = header && ends.iter().all(|&at| first.get(at).is_some_and(|name| names_an_end(name)));
    // A third column of numbers without a name is a weight.
    let others = first.len() - usize::from(layout.weight.is_some());
    if !named && others > 2 && (said.source.is_none() || said.target.is_none()) {
        let who = if header {
            "the header names no source and target"
        } else {
            "no header names source and target"
        };
        let which = match ends {
            [0, 1] => "the first two".to_owned(),
            [source, target] => format!("columns {} and {}", source + 1, target + 1),
        };
        doubts.push(format!("{who}: {which} of {} columns are taken", first.len()));
    }
    let data = &rows[usize::from(header)..];
    let cells = |row: &'_ Vec<String>| ends.map(|at| row.get(at).cloned().unwrap_or_default());
    if !header && said.header.is_none() && !layout.integers && data.len() > 2 {
        let later: HashSet<String> = data[1..].iter().flat_map(cells).collect();
        let start = cells(&data[0]);
        if start.iter().all(|id| !later.contains(id)) {
            let [a, b] = start.map(|id| found(id.as_bytes()));
            doubts.push(format!("the first row, {a} and {b}, comes once only: it may be a header"));
        }
    }
    if said.integer_ids.is_none() && data.len() > 2 {
        let ids = || data.iter().flat_map(cells);
        let integers = ids().filter(|id| is_integer(id.as_bytes())).count();
        let odd = |wanted: bool| ids().find(|id| is_integer(id.as_bytes()) == wanted).unwrap_or_default();
        if integers > 0 && integers < 2 * data.len() {
            let (what, other) = if layout.integers { ("integers", odd(false)) } else { ("names", odd(true)) };
            doubts.push(format!("ids are {what}, but {} stands among them", found(other.as_bytes())));
        }
    }
    doubts
}
