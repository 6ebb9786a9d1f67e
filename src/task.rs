//! Long work in steps, so that a worker can report progress and stop between two of them.

use crate::error::Result;

/// How far a [`Step`] has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Name of the stage, for example `influence`.
    pub stage: &'static str,
    /// Units done in this stage; never falls within a stage.
    pub done: u64,
    /// Units of this stage.
    pub total: u64,
    /// Whether all stages are done.
    pub finished: bool,
}

/// Work that is done bit by bit.
pub trait Step {
    /// What the work gives.
    type Output;
    /// Does about `budget` units of work; a call after the end does nothing.
    fn step(&mut self, budget: u32) -> Result<Progress>;
    /// Takes the result; `internal` when work is left.
    fn finish(self) -> Result<Self::Output>;
}

/// Runs a [`Step`] to its end.
pub fn run<S: Step>(mut work: S) -> Result<S::Output> {
    while !work.step(u32::MAX)?.finished {}
    work.finish()
}
