//! Bytes of input files, in memory or fetched as they are read; gzip and zip are unpacked on the way.

pub(crate) mod bytes;
pub(crate) mod stored;
pub(crate) mod window;
pub(crate) mod words;
pub(crate) mod zip;
