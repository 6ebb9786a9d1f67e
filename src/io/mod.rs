//! Files in and out.

mod tensors;

pub use tensors::{Tensor, TensorData, TensorMap};
