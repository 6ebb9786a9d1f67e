//! Opening a graph from files, in steps.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::error::Result;
use crate::graph::Dataset;
use crate::io::dataset::parts::{DatasetParts, Reading};
use crate::io::open::recognise::{Found, recognise};
use crate::io::open::stages::{Opening, reading};
use crate::io::options::{InputFile, OpenOptions};
use crate::io::source::stored::{Input, ReadAt};
use crate::limits::Limits;
use crate::task::{self, Progress, Step};

/// Bytes of text in one unit of work, some ten microseconds.
const UNIT_BYTES: u64 = 1024;

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
    opening: Opening<OpenStage<'a>>,
    work: OpenState,
}

enum OpenStage<'a> {
    Recognising(Vec<(Rc<str>, Input<'a>)>),
    Reading { waiting: VecDeque<Found<'a>>, current: Option<Current<'a>> },
    Building,
}

/// What every stage of opening needs.
struct OpenState {
    limits: Limits,
    options: OpenOptions,
    parts: DatasetParts,
    total: u64,
    done: u64,
}

/// The file that is being read.
struct Current<'a> {
    reader: Box<dyn Reading + 'a>,
    stored: u64,
}

impl<'a> OpenJob<'a> {
    /// Opens files whose bytes are fetched as they are read. Text, gzipped or not, is never in memory as a whole; archives,
    /// arrays and tensors are.
    ///
    /// # Arguments
    /// * `files`: names and sources of bytes. A source that fails gives `limit_exceeded` or `parse` in a later step.
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
        let work = OpenState { limits, options, parts: DatasetParts::default(), total: 0, done: 0 };
        Self { opening: Opening::At(OpenStage::Recognising(files.collect())), work }
    }
}

impl OpenState {
    /// Does about `bytes` of work in a stage; returns the next stage and the progress.
    fn advance<'a>(
        &mut self,
        stage: OpenStage<'a>,
        bytes: u64,
    ) -> Result<(Opening<OpenStage<'a>>, Progress)> {
        match stage {
            OpenStage::Recognising(files) => {
                let (found, total) = recognise(files, &mut self.parts, &self.options, &self.limits)?;
                self.total = total;
                // The rest of an archive, beside the files that are read, counts as done.
                let to_read: u64 = found.iter().map(|found| found.source.stored_bytes()).sum();
                self.done = self.total.saturating_sub(to_read);
                let next = OpenStage::Reading { waiting: found, current: None };
                Ok((Opening::At(next), reading(self.done, self.total)))
            }
            OpenStage::Reading { waiting, current } => {
                let (next, done) = self.read(waiting, current, bytes)?;
                Ok((Opening::At(next), reading(done, self.total)))
            }
            OpenStage::Building => {
                let parts = std::mem::take(&mut self.parts);
                Ok(Opening::done(parts.assemble(&self.options, &self.limits)?))
            }
        }
    }

    /// Reads about `bytes`; returns the next stage and how many bytes are done.
    fn read<'a>(
        &mut self,
        mut waiting: VecDeque<Found<'a>>,
        mut current: Option<Current<'a>>,
        bytes: u64,
    ) -> Result<(OpenStage<'a>, u64)> {
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
                if let Some(Found { source, kind }) = waiting.pop_front() {
                    let stored = source.stored_bytes();
                    match kind.reader(source, &mut self.parts, &self.options, &self.limits)? {
                        Some(reader) => current = Some(Current { reader, stored }),
                        None => self.done += stored,
                    }
                }
            }
        }
        let next = match waiting.is_empty() && current.is_none() {
            true => OpenStage::Building,
            false => OpenStage::Reading { waiting, current },
        };
        Ok((next, self.done + partial))
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
