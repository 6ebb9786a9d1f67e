//! Recognises all files together: which of them has the edges, and which are left out.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::io::dataset::parts::{DatasetParts, EDGES, second};
use crate::io::formats::estimate::Size;
use crate::io::formats::file_format::{FileKind, Head};
use crate::io::formats::left_out::LeftOut;
use crate::io::formats::{self, is_one_piece};
use crate::io::options::OpenOptions;
use crate::io::source::bytes::Source;
use crate::io::source::stored::Input;
use crate::io::source::words::base_name;
use crate::io::source::zip;
use crate::limits::{self, Limits};

/// A file and its kind.
pub(crate) struct Found<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) kind: Box<dyn FileKind>,
}

impl<'a> Found<'a> {
    /// Recognises a file.
    ///
    /// # Errors
    /// As for [`formats::recognise`].
    pub(crate) fn new(source: Source<'a>, options: &OpenOptions, limits: &Limits) -> Result<Self> {
        let given = options.format_of(source.name());
        let kind = formats::recognise(&Head::new(&source, options, limits), given)?;
        Ok(Self { source, kind })
    }

    /// Recognises a file of a folder or zip. An unknown file is left out, unless its name is that of a part of a graph.
    fn known_or_left_out(source: Source<'a>, options: &OpenOptions, limits: &Limits) -> Result<Self> {
        const MEANT: [&str; 7] = ["edge", "label", "node-feat", "node-label", "features", "splits", "meta."];
        let given = options.format_of(source.name());
        let kind = match formats::recognise(&Head::new(&source, options, limits), given) {
            Err(error @ Error::Parse { .. }) if !is_named(&source, &MEANT) => {
                Box::new(LeftOut::unknown(&error.to_string()))
            }
            kind => kind?,
        };
        Ok(Self { source, kind })
    }

    /// Words for the report.
    pub(crate) fn describe(&self) -> String {
        let gzip = if self.source.is_gz() { ", gzip" } else { "" };
        self.kind.describe() + gzip
    }

    fn has_edges(&self) -> bool {
        self.kind.gives() == Some(EDGES)
    }
}

/// Whether the name of a file begins with one of these words.
fn is_named(source: &Source<'_>, words: &[&str]) -> bool {
    let base = base_name(source.name());
    words.iter().any(|word| base.starts_with(word))
}

/// Recognises every file and puts the one with the edges first; also returns the stored bytes of all files.
///
/// # Errors
/// As for [`formats::recognise`]; `parse` for two files with the same part; `invalid_graph` when none has edges;
/// `limit_exceeded` when opening would take more than `max_memory_bytes`.
pub(crate) fn recognise<'a>(
    files: Vec<(Rc<str>, Input<'a>)>,
    parts: &mut DatasetParts,
    options: &OpenOptions,
    limits: &Limits,
) -> Result<(VecDeque<Found<'a>>, u64)> {
    if let Some((name, _)) =
        options.formats.iter().find(|(name, _)| !files.iter().any(|(file, _)| **file == **name))
    {
        return Err(Error::option("format", format!("there is no file {name:?}")));
    }
    let (mut total, mut memory) = (0, 0);
    let in_folder = files.len() > 1;
    let mut found: Vec<Found<'a>> = Vec::new();
    for (name, input) in files {
        let source = Source::new(name, input, is_one_piece, limits)?;
        total += source.stored_bytes();
        memory += source.held_bytes();
        let file = match in_folder && source.name().contains('/') {
            true => Found::known_or_left_out(source, options, limits)?,
            false => Found::new(source, options, limits)?,
        };
        if file.kind.is_archive() {
            parts.report.files.push((file.source.name().to_owned(), file.describe()));
            found.extend(entries(&file.source, options, limits)?);
        } else {
            found.push(file);
        }
    }
    leave_out_chance_edges(&mut found);
    choose_matrix(&mut found, limits);
    let bytes_to_open =
        |found: &Found<'_>| found.kind.bytes_to_open(&Size::new(&found.source, options.weights));
    memory += found.iter().map(bytes_to_open).sum::<u64>();
    limits::check("estimated bytes to open the files", memory, limits.max_memory_bytes)?;
    let mut waiting: VecDeque<Found<'a>> = VecDeque::new();
    for file in found {
        let name = file.source.name();
        parts.report.files.push((name.to_owned(), file.describe()));
        if let Some(what) = file.kind.gives()
            && let Some(same) = waiting.iter().find(|other| other.kind.gives() == Some(what))
        {
            return Err(second(name, same.source.name(), what));
        }
        match file.has_edges() {
            true => waiting.push_front(file),
            false => waiting.push_back(file),
        }
    }
    if !waiting.front().is_some_and(Found::has_edges) {
        let files = parts.report.files.iter().map(|(name, what)| format!("{name} is {what}"));
        let files = files.collect::<Vec<_>>().join("; ");
        let files = if files.is_empty() { "there are no files".to_owned() } else { files };
        return Err(Error::InvalidGraph(format!(
            "no file has edges: {files}; an edge list, a graph file or safetensors with edge_index is needed"
        )));
    }
    Ok((waiting, total))
}

/// Takes a square matrix for the edges when no other file has them.
fn choose_matrix(found: &mut [Found<'_>], limits: &Limits) {
    if found.iter().any(Found::has_edges) {
        return;
    }
    for Found { source, kind } in found {
        if let Some(edges) = kind.as_edges(source, limits) {
            *kind = edges;
            return;
        }
    }
}

/// Leaves out tables that look like edge lists when another file is named `edges`.
fn leave_out_chance_edges(found: &mut [Found<'_>]) {
    let is_for_edges = |source: &Source<'_>| {
        let base = base_name(source.name());
        base.split('.').next().is_some_and(|stem| matches!(stem, "edge" | "edges" | "edge_list" | "edgelist"))
    };
    if !found.iter().any(|found| found.has_edges() && is_for_edges(&found.source)) {
        return;
    }
    for Found { source, kind } in found {
        if kind.edge_table().is_some() && source.name().contains('/') && !is_for_edges(source) {
            let why = format!("{}: another file is named for the edges", source.name());
            *kind = Box::new(LeftOut::unknown(&why));
        }
    }
}

/// The files in a zip.
fn entries<'a>(zip: &Source<'a>, options: &OpenOptions, limits: &Limits) -> Result<Vec<Found<'a>>> {
    let Some(shared) = zip.shared() else { return Ok(Vec::new()) };
    let mut found: Vec<Found<'a>> = Vec::new();
    for entry in zip::list(zip.name(), shared)? {
        let base = entry.name.rsplit(['/', '\\']).next().unwrap_or_default();
        // Folders, and what macOS and version control put beside files.
        if base.is_empty() || base.starts_with('.') || entry.name.contains("__MACOSX") {
            continue;
        }
        let source = Source::of_entry(zip.name(), shared, &entry, limits)?;
        let mut file = Found::known_or_left_out(source, options, limits)?;
        if file.kind.is_archive() {
            file.kind =
                Box::new(LeftOut::unknown(&format!("{}: a zip inside a zip is not read", entry.name)));
        }
        found.push(file);
    }
    Ok(found)
}
