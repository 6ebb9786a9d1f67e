//! Opening a graph from files, in steps.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use super::assemble::{Parts, put};
use super::bytes::Source;
use super::detect::{Kind, detect};
use super::edge_list::{EdgeReader, Ids};
use super::graph_tensors::read_graph;
use super::labels::LabelReader;
use super::npy::Npy;
use super::npz::read_features;
use super::splits::{RawSplits, read_json};
use crate::error::{Error, Result};
use crate::graph::{Dataset, Features};
use crate::limits::Limits;
use crate::task::{self, Progress, Step};

/// Bytes of text that a unit of work stands for: some ten microseconds.
const UNIT_BYTES: u64 = 1024;

/// A file as the user gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Name, folders allowed; it is used in errors and, where the content leaves it open, to tell what the file is.
    pub name: String,
    /// Content, gzipped or not.
    pub bytes: Vec<u8>,
}

/// Options of [`open_graph`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenOptions {
    /// Name of the data set; by default what the files say, or the name of the file with the edges.
    pub name: Option<String>,
    /// Whether an edge leads from its source to its target only; by default what the file says, else it does not.
    pub directed: Option<bool>,
    /// What becomes of weights of edges.
    pub weights: Weights,
}

/// Whether weights of edges are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Weights {
    /// They are left alone, with a warning: every edge counts 1.
    #[default]
    Ignore,
    /// They are used where a file has them.
    Use,
}

/// Reads a graph with whatever belongs to it.
///
/// # Arguments
/// * `files`: one file with edges and any of labels, features, splits and `meta.json`; `docs/formats.md` lists the
///   formats. They are told apart by content first and by name second, in any order.
/// * `limits`: sizes beyond them are refused before anything is reserved.
/// # Returns
/// The data set; its report says what each file was taken for and what was merged, ignored or dropped.
/// # Errors
/// `parse` naming file and line; `shape_mismatch` when files disagree on the number of nodes; `missing_tensor` for
/// safetensors without a graph; `invalid_graph` without edges; `limit_exceeded`, `out_of_memory` for sizes.
/// # Cost
/// Time linear in the size of the files; at the peak about `72 m` bytes for `m` edges besides the files.
///
/// ```
/// use ibmb::io::{InputFile, OpenOptions, open_graph};
/// use ibmb::limits::Limits;
///
/// let file = |name: &str, text: &str| InputFile { name: name.into(), bytes: text.into() };
/// let files = [file("edges.csv", "source,target\n0,1\n1,2\n"), file("labels.csv", "node,label\n0,1\n2,0\n")];
/// let dataset = open_graph(&files, &OpenOptions::default(), &Limits::default())?;
/// assert_eq!(dataset.graph.num_nodes(), 3);
/// assert_eq!(dataset.labels.unwrap().values, [1, -1, 0]);
/// assert_eq!(dataset.report.files[0].1, "edge list, comma, header, integer ids");
/// # Ok::<(), ibmb::Error>(())
/// ```
pub fn open_graph(files: &[InputFile], options: &OpenOptions, limits: &Limits) -> Result<Dataset> {
    let borrowed = files.iter().map(|file| (file.name.as_str().into(), Cow::Borrowed(file.bytes.as_slice())));
    task::run(OpenJob::with(borrowed, options, limits))
}

/// [`open_graph`] in steps: stage `reading` counts bytes of the files, stage `building` is one step.
///
/// A unit of the budget is 1 KiB of text. Files that are not text are read in one step each.
pub struct OpenJob<'a> {
    limits: Limits,
    options: OpenOptions,
    stage: Stage<'a>,
    parts: Parts,
    total: u64,
    done: u64,
}

enum Stage<'a> {
    Detecting(Vec<(Arc<str>, Cow<'a, [u8]>)>),
    Reading { waiting: VecDeque<(Source<'a>, Kind)>, current: Option<Box<Reader<'a>>> },
    Building,
    Done(Box<Dataset>),
    Failed,
}

/// A table that is being read.
enum Reader<'a> {
    Edges(EdgeReader<'a>),
    Labels(LabelReader<'a>),
}

impl OpenJob<'static> {
    /// Work on files that it owns and drops as soon as they are read.
    pub fn new(files: Vec<InputFile>, options: &OpenOptions, limits: &Limits) -> Self {
        let owned = files.into_iter().map(|file| (file.name.into(), Cow::Owned(file.bytes)));
        Self::with(owned, options, limits)
    }
}

impl<'a> OpenJob<'a> {
    fn with(
        files: impl Iterator<Item = (Arc<str>, Cow<'a, [u8]>)>,
        options: &OpenOptions,
        limits: &Limits,
    ) -> Self {
        let files: Vec<_> = files.collect();
        let total = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
        Self {
            limits: limits.clone(),
            options: options.clone(),
            stage: Stage::Detecting(files),
            parts: Parts::default(),
            total,
            done: 0,
        }
    }

    fn reading(
        &mut self,
        mut waiting: VecDeque<(Source<'a>, Kind)>,
        current: Option<Box<Reader<'a>>>,
        bytes: u64,
    ) -> Result<Progress> {
        let mut current = current;
        let mut partial = 0;
        match current.take().map(|reader| *reader) {
            Some(Reader::Edges(mut reader)) => {
                if reader.step(bytes)? {
                    self.done += reader.source().stored_bytes();
                    let file = reader.source().name().to_owned();
                    put(&mut self.parts.edges, &file, "edges", reader.finish())?;
                } else {
                    partial = reader.source().consumed();
                    current = Some(Box::new(Reader::Edges(reader)));
                }
            }
            Some(Reader::Labels(mut reader)) => {
                // Edges come first; without them there is an error before this.
                let mut none = Ids::Integers { max: None };
                let ids = self.parts.edges.as_mut().map_or(&mut none, |(_, edges)| &mut edges.ids);
                if reader.step(ids, bytes)? {
                    self.done += reader.source().stored_bytes();
                    let file = reader.source().name().to_owned();
                    put(&mut self.parts.labels, &file, "labels", reader.finish().into())?;
                } else {
                    partial = reader.source().consumed();
                    current = Some(Box::new(Reader::Labels(reader)));
                }
            }
            None => {
                if let Some((source, kind)) = waiting.pop_front() {
                    current = self.start(source, kind)?;
                }
            }
        }
        let done = self.done + partial;
        self.stage = if waiting.is_empty() && current.is_none() {
            Stage::Building
        } else {
            Stage::Reading { waiting, current }
        };
        Ok(Progress { stage: "reading", done, total: self.total, finished: false })
    }

    /// Begins a table, or reads a file of another kind to its end.
    fn start(&mut self, source: Source<'a>, kind: Kind) -> Result<Option<Box<Reader<'a>>>> {
        let limits = &self.limits;
        let (file, stored) = (source.name().to_owned(), source.stored_bytes());
        let parts = &mut self.parts;
        match kind {
            Kind::Edges(mut layout) => {
                parts.report.warnings.append(&mut layout.warnings);
                if let Some(at) = layout.weight.filter(|_| self.options.weights == Weights::Ignore) {
                    parts.report.warnings.push(ignored_weights(&file, &format!("column {}", at + 1)));
                    layout.weight = None;
                }
                let reader = Reader::Edges(EdgeReader::new(source, layout, limits)?);
                return Ok(Some(Box::new(reader)));
            }
            Kind::Nodes(layout) => {
                let reader = Reader::Labels(LabelReader::new(source, layout, limits)?);
                return Ok(Some(Box::new(reader)));
            }
            Kind::Tensors => {
                let graph = read_graph(&file, &source.into_bytes()?, self.options.weights, limits)?;
                if graph.ignored_weights {
                    parts.report.warnings.push(ignored_weights(&file, "edge_weight"));
                }
                parts.put_graph(&file, graph)?;
            }
            Kind::Npy => {
                let bytes = source.into_bytes()?;
                let x = Npy::parse(&file, &bytes)?.to_matrix(limits)?;
                put(&mut parts.features, &file, "features", Features::Dense(x))?;
            }
            Kind::Npz => {
                let x = read_features(&file, &source.into_bytes()?, limits)?;
                put(&mut parts.features, &file, "features", Features::Sparse(x))?;
            }
            Kind::Splits => {
                let splits: RawSplits = read_json(&file, &source.into_bytes()?)?;
                put(&mut parts.splits, &file, "splits", splits.into())?;
            }
            Kind::Meta => {
                let meta = read_json(&file, &source.into_bytes()?)?;
                put(&mut parts.meta, &file, "names and classes", meta)?;
            }
            Kind::LeftOut(header) => {
                let columns = format!(
                    "{file}: the columns {header} hold neither labels nor names, the file was left out"
                );
                parts.report.warnings.push(columns);
            }
        }
        self.done += stored;
        Ok(None)
    }
}

impl Step for OpenJob<'_> {
    type Output = Dataset;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let bytes = u64::from(budget.max(1)) * UNIT_BYTES;
        let reading = |done, total| Progress { stage: "reading", done, total, finished: false };
        let built = Progress { stage: "building", done: 1, total: 1, finished: true };
        match std::mem::replace(&mut self.stage, Stage::Failed) {
            Stage::Detecting(files) => {
                let waiting = recognise(files, &mut self.parts, &self.limits)?;
                self.stage = Stage::Reading { waiting, current: None };
                Ok(reading(0, self.total))
            }
            Stage::Reading { waiting, current } => self.reading(waiting, current, bytes),
            Stage::Building => {
                let parts = std::mem::take(&mut self.parts);
                let dataset = parts.assemble(&self.options, &self.limits)?;
                self.stage = Stage::Done(Box::new(dataset));
                Ok(built)
            }
            Stage::Done(dataset) => {
                self.stage = Stage::Done(dataset);
                Ok(built)
            }
            Stage::Failed => Err(Error::Internal("opening has failed before".to_owned())),
        }
    }

    fn finish(self) -> Result<Dataset> {
        match self.stage {
            Stage::Done(dataset) => Ok(*dataset),
            _ => Err(Error::Internal("opening is not finished".to_owned())),
        }
    }
}

/// Tells what every file is and puts the one with the edges first.
fn recognise<'a>(
    files: Vec<(Arc<str>, Cow<'a, [u8]>)>,
    parts: &mut Parts,
    limits: &Limits,
) -> Result<VecDeque<(Source<'a>, Kind)>> {
    let mut waiting: VecDeque<(Source<'a>, Kind)> = VecDeque::new();
    for (name, bytes) in files {
        let source = Source::new(name, bytes, limits)?;
        let kind = detect(&source, limits)?;
        parts.report.files.push((source.name().to_owned(), kind.describe(source.is_gz())));
        let same = waiting.iter().find(|(_, other)| kind.gives().is_some() && kind.gives() == other.gives());
        if let (Some((other, _)), Some(what)) = (same, kind.gives()) {
            return Err(second(source.name(), other.name(), what));
        }
        match kind.gives() {
            Some("edges") => waiting.push_front((source, kind)),
            _ => waiting.push_back((source, kind)),
        }
    }
    if waiting.front().is_none_or(|(_, kind)| kind.gives() != Some("edges")) {
        let files = parts.report.files.iter().map(|(name, what)| format!("{name} is {what}"));
        let files = files.collect::<Vec<_>>().join("; ");
        let files = if files.is_empty() { "there are no files".to_owned() } else { files };
        return Err(Error::InvalidGraph(format!(
            "no file has edges: {files}; an edge list or safetensors with edge_index is needed"
        )));
    }
    Ok(waiting)
}

fn ignored_weights(file: &str, place: &str) -> String {
    format!("{file}: the weights in {place} were ignored; open with weights to use them")
}

/// The error for a second file with the same part of a graph.
pub(super) fn second(file: &str, first: &str, what: &str) -> Error {
    Error::in_file(file, format!("a second file with {what}, {first} has {what} already"))
}
