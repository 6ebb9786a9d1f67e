//! Graphs out: graph tensors, and GraphML and GEXF for other programs.

pub(crate) mod save;
pub(crate) mod xml;
