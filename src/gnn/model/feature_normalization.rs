//! How features are prepared.

use crate::graph::row_scale;
use crate::options::FeatureNormalization;

impl FeatureNormalization {
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
