//! What all files together are: which of them has the edges, and what is left out.

use std::collections::VecDeque;
use std::rc::Rc;

use super::bytes::{Source, base_name};
use super::detect::{EDGES, Kind, MatrixRole, detect, is_square_npz};
use super::estimate::bytes_to_open;
use super::open::{OpenOptions, second};
use super::parts::Parts;
use super::stored::Input;
use super::zip;
use crate::error::{Error, Result};
use crate::limits::{self, Limits};

/// Tells what every file is and puts the one with the edges first; with the bytes of all files as they are stored.
///
/// # Errors
/// As for `detect`; `parse` for two files with the same part; `invalid_graph` when none has edges; `limit_exceeded` when
/// opening would take more than `max_memory_bytes`.
pub(super) fn recognise<'a>(
    files: Vec<(Rc<str>, Input<'a>)>,
    parts: &mut Parts,
    options: &OpenOptions,
    limits: &Limits,
) -> Result<(VecDeque<(Source<'a>, Kind)>, u64)> {
    if let Some((name, _)) =
        options.formats.iter().find(|(name, _)| !files.iter().any(|(file, _)| **file == **name))
    {
        return Err(Error::option("format", format!("there is no file {name:?}")));
    }
    let (mut total, mut memory) = (0, 0);
    let in_folder = files.len() > 1;
    let mut found: Vec<(Source<'a>, Kind)> = Vec::new();
    for (name, input) in files {
        let source = Source::new(name, input, limits)?;
        total += source.stored_bytes();
        memory += source.held_bytes();
        let kind = match in_folder && source.name().contains('/') {
            true => known_or_left_out(&source, options, limits)?,
            false => detect(&source, options, limits)?,
        };
        match kind {
            Kind::Archive => {
                parts.report.files.push((source.name().to_owned(), Kind::Archive.describe(source.is_gz())));
                found.extend(entries(&source, options, limits)?);
            }
            kind => found.push((source, kind)),
        }
    }
    leave_out_chance_edges(&mut found);
    choose_matrix(&mut found, limits);
    memory += found.iter().map(|(source, kind)| bytes_to_open(source, kind, options.weights)).sum::<u64>();
    limits::check("estimated bytes to open the files", memory, limits.max_memory_bytes)?;
    let mut waiting: VecDeque<(Source<'a>, Kind)> = VecDeque::new();
    for (source, kind) in found {
        parts.report.files.push((source.name().to_owned(), kind.describe(source.is_gz())));
        let same = waiting.iter().find(|(_, other)| kind.gives().is_some() && kind.gives() == other.gives());
        if let (Some((other, _)), Some(what)) = (same, kind.gives()) {
            return Err(second(source.name(), other.name(), what));
        }
        match kind.gives() {
            Some(EDGES) => waiting.push_front((source, kind)),
            _ => waiting.push_back((source, kind)),
        }
    }
    if waiting.front().is_none_or(|(_, kind)| kind.gives() != Some(EDGES)) {
        let files = parts.report.files.iter().map(|(name, what)| format!("{name} is {what}"));
        let files = files.collect::<Vec<_>>().join("; ");
        let files = if files.is_empty() { "there are no files".to_owned() } else { files };
        return Err(Error::InvalidGraph(format!(
            "no file has edges: {files}; an edge list, a graph file or safetensors with edge_index is needed"
        )));
    }
    Ok((waiting, total))
}

/// A square matrix is the edges where nothing else is.
fn choose_matrix(found: &mut [(Source<'_>, Kind)], limits: &Limits) {
    if found.iter().any(|(_, kind)| kind.gives() == Some(EDGES)) {
        return;
    }
    let is_candidate = |(source, kind): &&mut (Source<'_>, Kind)| {
        *kind == Kind::Npz(MatrixRole::Features) && is_square_npz(source, limits)
    };
    if let Some((_, kind)) = found.iter_mut().find(is_candidate) {
        *kind = Kind::Npz(MatrixRole::Edges);
    }
}

/// What a file of a folder or zip is. What is not known is left out, unless its name says that it was meant.
fn known_or_left_out(source: &Source<'_>, options: &OpenOptions, limits: &Limits) -> Result<Kind> {
    const MEANT: [&str; 7] = ["edge", "label", "node-feat", "node-label", "features", "splits", "meta."];
    let base = base_name(source.name());
    match detect(source, options, limits) {
        Err(error @ Error::Parse { .. }) if !MEANT.iter().any(|start| base.starts_with(start)) => {
            Ok(Kind::Unknown(error.to_string()))
        }
        kind => kind,
    }
}

/// Leaves out tables that could only be edges by chance where another file is named for them.
fn leave_out_chance_edges(found: &mut [(Source<'_>, Kind)]) {
    let is_named = |source: &Source<'_>| {
        let base = base_name(source.name());
        base.split('.').next().is_some_and(|stem| matches!(stem, "edge" | "edges" | "edge_list" | "edgelist"))
    };
    if !found.iter().any(|(source, kind)| kind.gives() == Some(EDGES) && is_named(source)) {
        return;
    }
    for (source, kind) in found {
        if matches!(kind, Kind::Edges(_)) && source.name().contains('/') && !is_named(source) {
            *kind = Kind::Unknown(format!("{}: another file is named for the edges", source.name()));
        }
    }
}

/// The files in a zip.
fn entries<'a>(zip: &Source<'a>, options: &OpenOptions, limits: &Limits) -> Result<Vec<(Source<'a>, Kind)>> {
    let Some(shared) = zip.shared() else { return Ok(Vec::new()) };
    let mut found: Vec<(Source<'a>, Kind)> = Vec::new();
    for entry in zip::list(zip.name(), shared)? {
        let base = entry.name.rsplit(['/', '\\']).next().unwrap_or_default();
        // Folders, and what macOS and version control put beside files.
        if base.is_empty() || base.starts_with('.') || entry.name.contains("__MACOSX") {
            continue;
        }
        let source = Source::of_entry(zip.name(), shared, &entry, limits)?;
        let kind = match known_or_left_out(&source, options, limits)? {
            Kind::Archive => Kind::Unknown(format!("{}: a zip inside a zip is not read", entry.name)),
            kind => kind,
        };
        found.push((source, kind));
    }
    Ok(found)
}
