//! What the metadata of a file of weights says.

use super::super::{Activation, Arch, FeatureNormalization};
use crate::error::{Error, Result};
use crate::graph::Normalization;
use crate::io::TensorMap;
use crate::options::Words;

/// The metadata entry `arch`, as far as it is there.
pub(super) struct Description {
    pub(super) arch: Option<Arch>,
    pub(super) activation: Option<Activation>,
    pub(super) self_loops: Option<bool>,
    pub(super) concat: Option<bool>,
    pub(super) feature_normalization: Option<FeatureNormalization>,
    pub(super) normalization: Option<Normalization>,
}

impl Description {
    /// Reads the entry when it is a JSON object; keys that do not concern us are passed over.
    pub(super) fn read(map: &TensorMap) -> Result<Self> {
        let entry = map.metadata.get("arch").and_then(|text| serde_json::from_str(text).ok());
        let entry: serde_json::Value = entry.unwrap_or_default();
        let word = |key: &str| entry.get(key).and_then(|value| value.as_str());
        let flag = |key: &str| entry.get(key).and_then(serde_json::Value::as_bool);
        let arch = one_of(word("conv"), "conv")?;
        if let Some(slope) = entry.get("negative_slope").and_then(serde_json::Value::as_f64)
            && slope != 0.2
        {
            return Err(Error::UnsupportedModel(format!(
                "metadata arch: negative_slope is {slope}, only 0.2 is supported"
            )));
        }
        let normalization = match one_of(word("normalization"), "normalization")? {
            Some(kind) => Some(kind),
            None if word("norm") == Some("sym") => Some(Normalization::GlobalSym),
            None if word("norm") == Some("rw") => Some(Normalization::GlobalRw),
            None => None,
        };
        Ok(Self {
            arch,
            activation: one_of(word("act"), "act")?,
            // Every other layer sees the loops; a file that says otherwise means another model.
            self_loops: match (arch, flag("self_loops")) {
                (Some(arch), Some(false)) if !arch.kind().self_loops_are_optional => {
                    let optional = Arch::ALL.iter().filter(|arch| arch.kind().self_loops_are_optional);
                    let names: Vec<&str> = optional.map(|arch| arch.name()).collect();
                    return Err(Error::UnsupportedModel(format!(
                        "metadata arch: self_loops is false, which only {} can do without",
                        names.join(", ")
                    )));
                }
                (_, flag) => flag,
            },
            concat: flag("concat"),
            feature_normalization: one_of(word("feature_normalization"), "feature_normalization")?,
            normalization,
        })
    }
}

fn one_of<T: Words>(word: Option<&str>, key: &str) -> Result<Option<T>> {
    let Some(word) = word else { return Ok(None) };
    match T::WORDS.iter().position(|known| *known == word) {
        Some(place) => Ok(Some(T::at(place))),
        None => Err(Error::UnsupportedModel(format!(
            "metadata arch: {key} is {word:?}, allowed: {}",
            T::WORDS.join(", ")
        ))),
    }
}
