//! How features are prepared.

use crate::error::{Error, Result};
use crate::graph::row_scale;

/// How features are prepared before the first layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FeatureNormalization {
    /// As they are.
    None,
    /// Every row divided by the sum of its absolute values, as [`Features::row_normalized`](crate::graph::Features::row_normalized) does.
    #[default]
    Row,
    /// Every row divided by its Euclidean length, whatever its number of entries; rows of zeros stay.
    L2,
}

impl FeatureNormalization {
    /// All of them with their option names.
    pub const NAMES: [(&'static str, Self); 3] = [("none", Self::None), ("row", Self::Row), ("l2", Self::L2)];

    /// Reads the option name.
    ///
    /// # Errors
    /// `invalid_option` for any other name.
    pub fn from_name(name: &str) -> Result<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|&(_, kind)| kind).ok_or_else(|| {
            Error::option(
                "feature_normalization",
                format!("{name:?} is unknown, allowed are none, row and l2"),
            )
        })
    }

    /// The option name.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }

    /// What a row is multiplied by; 0 for a row of zeros that is to be scaled.
    pub(crate) fn scale(self, row: &[f32]) -> f32 {
        match self {
            Self::None => 1.0,
            Self::Row => row_scale(row),
            Self::L2 => {
                // Squares of floats neither overflow nor vanish here.
                let square: f64 = row.iter().map(|&value| f64::from(value) * f64::from(value)).sum();
                if square > 0.0 { (1.0 / square.sqrt()) as f32 } else { 0.0 }
            }
        }
    }
}
