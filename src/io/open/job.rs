//! Opening a graph from files, in steps.

use std::collections::VecDeque;
use std::rc::Rc;

use super::bytes::Source;
use super::detect::Kind;
use super::edge_list::EdgeReader;
use super::gexf::Gexf;
use super::gml::GmlReader;
use super::graph_rows::GraphRows;
use super::graphml::GraphMl;
use super::json_graph::JsonReader;
use super::matrix_market::MatrixReader;
use super::node_table::NodeReader;
use super::opening::{Opening, reading};
use super::parts::{Parts, Reading};
use super::recognise::recognise;
use super::stored::{Input, ReadAt};
use super::table_options::EdgeListOptions;
use super::whole::Whole;
use super::window::Window;
use super::xml::XmlReader;
use crate::error::{Error, Result};
use crate::graph::Dataset;
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
    /// What files are, by name, where their content would be taken for something else.
    pub formats: Vec<(String, Format)>,
    /// How an edge list is read, where the guess is not meant.
    pub edge_list: EdgeListOptions,
}

impl OpenOptions {
    /// What the caller says that a file is.
    pub(super) fn format_of(&self, file: &str) -> Option<Format> {
        self.formats.iter().find(|(name, _)| name == file).map(|&(_, format)| format)
    }
}

/// Formats of files; `docs/formats.md` describes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text with an edge a row.
    EdgeList,
    /// Text with a node a row.
    NodeTable,
    /// Matrix Market, coordinate or array.
    MatrixMarket,
    /// JSON node-link.
    Json,
    /// GraphML.
    GraphMl,
    /// GEXF.
    Gexf,
    /// GML.
    Gml,
    /// An adjacency matrix of SciPy or a graph of gnn-benchmark.
    Npz,
    /// Edges as an array.
    Npy,
    /// Graph tensors.
    Safetensors,
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

impl Weights {
    /// The words of options.
    pub const NAMES: [(&str, Self); 2] = [("ignore", Self::Ignore), ("use", Self::Use)];
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
/// Time linear in the size of the files; at the peak about `30 m` bytes for `m` edges besides the files, with weights
/// `42 m`.
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
    let borrowed =
        files.iter().map(|file| (file.name.as_str().into(), Input::Bytes(file.bytes.as_slice().into())));
    task::run(OpenJob::with(borrowed, options, limits))
}

/// [`open_graph`] in steps: stage `reading` counts bytes of the files, stage `building` is one step.
///
/// A unit of the budget is 1 KiB of text. Files that are not text are read in one step each.
pub struct OpenJob<'a> {
    opening: Opening<Stage<'a>>,
    work: Work,
}

enum Stage<'a> {
    Detecting(Vec<(Rc<str>, Input<'a>)>),
    Reading { waiting: VecDeque<(Source<'a>, Kind)>, current: Option<Current<'a>> },
    Building,
}

/// What all stages need.
struct Work {
    limits: Limits,
    options: OpenOptions,
    parts: Parts,
    total: u64,
    done: u64,
}

/// The file that is being read.
struct Current<'a> {
    reader: Box<dyn Reading + 'a>,
    stored: u64,
}

impl<'a> OpenJob<'a> {
    /// Work on files whose bytes are fetched as they are needed: text, gzipped or not, is read from its start to its end and
    /// never in memory as a whole; archives, arrays and tensors are.
    ///
    /// # Arguments
    /// * `files`: name and where the bytes come from; a `limit_exceeded` or `parse` of what cannot be had comes with a step.
    ///
    /// ```
    /// use std::io::Cursor;
    ///
    /// use ibmb::io::{OpenJob, OpenOptions, ReadAt};
    /// use ibmb::limits::Limits;
    ///
    /// // A `std::fs::File` does as well.
    /// let edges: Box<dyn ReadAt> = Box::new(Cursor::new("0,1\n1,2\n"));
    /// let job = OpenJob::new(vec![("edges.csv".into(), edges)], &OpenOptions::default(), &Limits::default());
    /// assert_eq!(ibmb::task::run(job)?.graph.num_edges(), 2);
    /// # Ok::<(), ibmb::Error>(())
    /// ```
    pub fn new(files: Vec<(String, Box<dyn ReadAt + 'a>)>, options: &OpenOptions, limits: &Limits) -> Self {
        let fetched = files.into_iter().map(|(name, file)| (name.into(), Input::Elsewhere(file)));
        Self::with(fetched, options, limits)
    }

    fn with(
        files: impl Iterator<Item = (Rc<str>, Input<'a>)>,
        options: &OpenOptions,
        limits: &Limits,
    ) -> Self {
        let (limits, options) = (limits.clone(), options.clone());
        let work = Work { limits, options, parts: Parts::default(), total: 0, done: 0 };
        Self { opening: Opening::At(Stage::Detecting(files.collect())), work }
    }
}

impl Work {
    /// Does some work of a stage, and says what comes next.
    fn advance<'a>(&mut self, stage: Stage<'a>, bytes: u64) -> Result<(Opening<Stage<'a>>, Progress)> {
        match stage {
            Stage::Detecting(files) => {
                let (found, total) = recognise(files, &mut self.parts, &self.options, &self.limits)?;
                self.total = total;
                // What an archive has beside the files that are read counts as done.
                let to_read: u64 = found.iter().map(|(source, _)| source.stored_bytes()).sum();
                self.done = self.total.saturating_sub(to_read);
                let next = Stage::Reading { waiting: found, current: None };
                Ok((Opening::At(next), reading(self.done, self.total)))
            }
            Stage::Reading { waiting, current } => {
                let (next, done) = self.read(waiting, current, bytes)?;
                Ok((Opening::At(next), reading(done, self.total)))
            }
            Stage::Building => {
                let parts = std::mem::take(&mut self.parts);
                Ok(Opening::done(parts.assemble(&self.options, &self.limits)?))
            }
        }
    }

    /// Reads on; with the bytes that are done.
    fn read<'a>(
        &mut self,
        mut waiting: VecDeque<(Source<'a>, Kind)>,
        mut current: Option<Current<'a>>,
        bytes: u64,
    ) -> Result<(Stage<'a>, u64)> {
        let mut partial = 0;
        match &mut current {
            Some(Current { reader, stored }) => {
                if reader.step(bytes, &mut self.parts)? {
                    self.done += *stored;
                    current = None;
                } else {
                    partial = reader.consumed().min(*stored);
                }
            }
            None => {
                if let Some((source, kind)) = waiting.pop_front() {
                    let stored = source.stored_bytes();
                    match self.start(source, kind)? {
                        Some(reader) => current = Some(Current { reader, stored }),
                        None => self.done += stored,
                    }
                }
            }
        }
        let next = match waiting.is_empty() && current.is_none() {
            true => Stage::Building,
            false => Stage::Reading { waiting, current },
        };
        Ok((next, self.done + partial))
    }

    /// The reader of a file; `None` when it is left out.
    fn start<'a>(&mut self, source: Source<'a>, kind: Kind) -> Result<Option<Box<dyn Reading + 'a>>> {
        let (limits, options) = (&self.limits, &self.options);
        let file = source.name().to_owned();
        let parts = &mut self.parts;
        let rows = || GraphRows::new(&file, options, limits);
        Ok(Some(match kind {
            Kind::Edges(mut layout) => {
                parts.report.warnings.append(&mut layout.warnings);
                if let Some(at) = layout.weight.filter(|_| options.weights == Weights::Ignore) {
                    parts.ignored_weights(&file, &format!("column {}", at + 1));
                    layout.weight = None;
                }
                Box::new(EdgeReader::new(source, layout, limits)?)
            }
            Kind::Nodes(layout) => Box::new(NodeReader::new(source, layout, limits)?),
            Kind::MatrixMarket(header) => Box::new(MatrixReader::new(source, header, options, limits)?),
            Kind::Json => Box::new(JsonReader::new(Window::new(source), rows())),
            Kind::Gml => Box::new(GmlReader::new(Window::new(source), rows())),
            Kind::GraphMl => Box::new(XmlReader::new(source, Box::<GraphMl>::default(), rows())?),
            Kind::Gexf => Box::new(XmlReader::new(source, Box::<Gexf>::default(), rows())?),
            Kind::LeftOut(header) => {
                parts.warn(format!(
                    "{file}: the columns {header} hold neither labels nor names, the file was left out"
                ));
                return Ok(None);
            }
            Kind::Unknown(why) => {
                parts.warn(format!("{why}; the file was left out"));
                return Ok(None);
            }
            kind => Box::new(Whole::new(source, kind, options.weights, limits)),
        }))
    }
}

impl Step for OpenJob<'_> {
    type Output = Dataset;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let bytes = u64::from(budget.max(1)) * UNIT_BYTES;
        self.opening.step(|stage| self.work.advance(stage, bytes))
    }

    fn finish(self) -> Result<Dataset> {
        self.opening.finish()
    }
}

/// The error for a second file with the same part of a graph.
pub(super) fn second(file: &str, first: &str, what: &str) -> Error {
    Error::in_file(file, format!("a second file with {what}, {first} has {what} already"))
}
