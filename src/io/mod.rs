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
mod save;
mod splits;
mod tensors;

pub use open::{InputFile, OpenJob, OpenOptions, Weights, open_graph};
pub use save::save_graph;
pub use tensors::{Tensor, TensorData, TensorMap};
