//! The parts of a data set as files give them, and how they are joined: numbering of nodes, labels, splits, features.

pub(crate) mod assemble;
pub(crate) mod columns;
pub(crate) mod edges;
pub(crate) mod graph_contents;
pub(crate) mod graph_rows;
pub(crate) mod ids;
pub(crate) mod matrix;
pub(crate) mod naming;
pub(crate) mod node_rows;
pub(crate) mod numbering;
pub(crate) mod parts;
pub(crate) mod splits;
pub(crate) mod weights;
