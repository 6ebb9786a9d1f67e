//! Files in and out: [`open_graph`] reads a graph from whatever the user has, [`save_graph`] writes it as one file.
//!
//! Rooms, each of which uses those before it: `source` (bytes in), `dataset` (the parts of a data set and how they are joined), `text` (rows,
//! XML, JSON), `formats` (a file each and one registry), `open` (recognising and reading in steps). `tensors` is the safetensors
//! container, `export` what is written.

mod dataset;
mod export;
mod format;
mod formats;
mod open;
mod options;
mod source;
mod tensors;
mod text;

pub use export::save::save_graph;
pub use export::xml::{NodeColumn, NodeValues, save_gexf, save_graphml};
pub use format::Format;
pub use formats::formats;
pub use open::job::{OpenJob, open_graph};
pub use open::preview::{EdgePreview, TablePreview, preview_table};
pub use open::tensors_job::TensorsJob;
pub use options::{Column, Delimiter, EdgeListOptions, InputFile, OpenOptions, Weights};
pub use source::stored::ReadAt;
pub use tensors::arrays::{ArrayBytes, Arrays, ArraysRead, Elements, read_arrays, save_arrays};
pub use tensors::tensor_map::{Tensor, TensorData, TensorMap};
