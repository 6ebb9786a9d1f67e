//! Opening files: what each is, reading in steps, a look at a table before it.

pub(crate) mod job;
pub(crate) mod preview;
pub(crate) mod recognise;
pub(crate) mod stages;
pub(crate) mod tensors_job;
