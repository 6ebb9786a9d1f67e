//! Opening files: recognising them, reading them in steps, and previewing a table.

pub(crate) mod job;
pub(crate) mod preview;
mod read_options;
pub(crate) mod recognise;
pub(crate) mod stages;
pub(crate) mod tensors_job;
