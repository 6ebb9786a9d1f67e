//! Files in and out: [`open_graph`] reads a graph from whatever the user has, [`save_graph`] writes it as one file.

mod assemble;
mod bytes;
mod detect;
mod edge_list;
mod graph_tensors;
mod ids;
mod labels;
mod npy;
mod npz;
mod open;
mod rows;
mod splits;
mod tensors;

pub use graph_tensors::save_graph;
pub use open::{InputFile, OpenJob, OpenOptions, open_graph};
pub use tensors::{Tensor, TensorData, TensorMap};
