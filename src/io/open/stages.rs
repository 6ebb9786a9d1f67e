//! The stages of opening files; the last one holds the data set.

use crate::error::{Error, Result};
use crate::graph::Dataset;
use crate::task::Progress;

/// How far opening has come: in a stage `S`, done, or failed.
pub(crate) enum Opening<S> {
    At(S),
    Done(Box<Dataset>),
    Failed,
}

impl<S> Opening<S> {
    /// Goes to the next stage by `advance`; after an error every further step fails.
    pub(crate) fn step(
        &mut self,
        advance: impl FnOnce(S) -> Result<(Opening<S>, Progress)>,
    ) -> Result<Progress> {
        match std::mem::replace(self, Self::Failed) {
            Self::At(stage) => {
                let (next, progress) = advance(stage)?;
                *self = next;
                Ok(progress)
            }
            Self::Done(dataset) => {
                *self = Self::Done(dataset);
                Ok(Self::BUILT)
            }
            Self::Failed => Err(Error::Internal("opening has failed before".to_owned())),
        }
    }

    /// The end, with its progress.
    pub(crate) fn done(dataset: Dataset) -> (Self, Progress) {
        (Self::Done(Box::new(dataset)), Self::BUILT)
    }

    pub(crate) fn finish(self) -> Result<Dataset> {
        match self {
            Self::Done(dataset) => Ok(*dataset),
            _ => Err(Error::Internal("opening is not finished".to_owned())),
        }
    }

    const BUILT: Progress = Progress { stage: "building", done: 1, total: 1, finished: true };
}

/// Progress while files are read.
pub(crate) fn reading(done: u64, total: u64) -> Progress {
    Progress { stage: "reading", done, total, finished: false }
}
