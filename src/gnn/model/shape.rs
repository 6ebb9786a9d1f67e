//! How the layers follow each other.

use crate::error::{Error, Result};

/// How the layers follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// Convolution, optional layer norm, ReLU, dropout, …, convolution; with biases. Training drops features too.
    #[default]
    Pyg,
    /// Convolution without bias, layer norm, ReLU, dropout, …, linear layer: the model of [Gasteiger22].
    Ibmb,
}

impl Shape {
    /// All shapes with their option names.
    pub const NAMES: [(&'static str, Self); 2] = [("pyg", Self::Pyg), ("ibmb", Self::Ibmb)];

    /// Reads the option name.
    ///
    /// # Errors
    /// `invalid_option` for any other name.
    pub fn from_name(name: &str) -> Result<Self> {
        Self::NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|&(_, shape)| shape)
            .ok_or_else(|| Error::option("shape", format!("{name:?} is unknown, allowed are pyg and ibmb")))
    }

    /// The option name.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }
}
