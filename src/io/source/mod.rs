//! Bytes in: files at hand or fetched, gzip and zip undone on the way.

pub(crate) mod bytes;
pub(crate) mod stored;
pub(crate) mod window;
pub(crate) mod words;
pub(crate) mod zip;
