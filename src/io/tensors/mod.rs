//! Named tensors in the safetensors container, in and out.

pub(crate) mod arrays;
pub(crate) mod tensor_map;
