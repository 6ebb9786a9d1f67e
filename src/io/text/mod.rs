//! Readers of text that several formats share: rows and columns, XML, objects of JSON.

pub(crate) mod fields;
pub(crate) mod json;
pub(crate) mod object_shape;
pub(crate) mod rows;
pub(crate) mod tables;
pub(crate) mod xml;
