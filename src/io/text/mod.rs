//! Text that several formats share: rows and their columns, XML, objects of JSON.

pub(crate) mod fields;
pub(crate) mod json;
pub(crate) mod object_shape;
pub(crate) mod rows;
pub(crate) mod tables;
pub(crate) mod xml;
