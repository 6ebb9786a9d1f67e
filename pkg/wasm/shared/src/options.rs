//! Options from JavaScript, each read with its type and named when it is wrong.

use js_sys::{Object, Reflect, Uint32Array};
use wasm_bindgen::{JsCast, JsValue};

use super::error::{JsResult, to_js};
use ibmb::error::Error;
use ibmb::influence::PushConfig;
use ibmb::limits::Limits;

/// A plain object whose keys are all known.
pub struct Options(JsValue);

impl Options {
    /// Takes an object, or nothing.
    ///
    /// # Errors
    /// `invalid_option` for anything else and for a key that is not `allowed`.
    pub fn new(value: JsValue, allowed: &[&str]) -> JsResult<Self> {
        if value.is_undefined() || value.is_null() {
            return Ok(Self(Object::new().into()));
        }
        let Some(object) = value.dyn_ref::<Object>() else {
            return Err(to_js(Error::option("options", "must be an object")));
        };
        for key in Object::keys(object).iter() {
            let key = key.as_string().unwrap_or_default();
            if !allowed.contains(&key.as_str()) {
                return Err(to_js(Error::option(
                    "options",
                    format!("{key:?} is not known; known are {}", allowed.join(", ")),
                )));
            }
        }
        Ok(Self(value))
    }

    /// An object within this one; `None` when absent. Its keys are asked for by their path, as in `plateau.factor`.
    pub fn inside(&self, key: &'static str, allowed: &[&str]) -> JsResult<Option<Self>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        if !value.is_object() {
            return Err(wrong(key, &value, "an object"));
        }
        Self::new(value, allowed).map(Some)
    }

    /// The raw value of a key that may hold any character; `None` when absent.
    pub fn exact(&self, key: &str) -> Option<JsValue> {
        let value = Reflect::get(&self.0, &key.into()).ok()?;
        (!value.is_undefined()).then_some(value)
    }

    /// The raw value; `None` when absent.
    pub fn get(&self, key: &str) -> Option<JsValue> {
        self.exact(key.rsplit('.').next().unwrap_or(key))
    }

    /// A number.
    pub fn f64(&self, key: &'static str) -> JsResult<Option<f64>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = value.as_f64().ok_or_else(|| wrong(key, &value, "a number"))?;
        Ok(Some(number))
    }

    /// A whole number that `u32` holds.
    pub fn u32(&self, key: &'static str) -> JsResult<Option<u32>> {
        Ok(self.whole(key, f64::from(u32::MAX))?.map(|value| value as u32))
    }

    /// A whole number that JavaScript holds exactly.
    pub fn u64(&self, key: &'static str) -> JsResult<Option<u64>> {
        Ok(self.whole(key, 9_007_199_254_740_991.0)?.map(|value| value as u64))
    }

    fn whole(&self, key: &'static str, max: f64) -> JsResult<Option<f64>> {
        let Some(value) = self.f64(key)? else { return Ok(None) };
        if value.fract() != 0.0 || !(0.0..=max).contains(&value) {
            return Err(to_js(Error::option(key, format!("{value} is not a whole number from 0 to {max}"))));
        }
        Ok(Some(value))
    }

    /// True or false.
    pub fn bool(&self, key: &'static str) -> JsResult<Option<bool>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| wrong(key, &value, "true or false"))
    }

    /// A string.
    pub fn string(&self, key: &'static str) -> JsResult<Option<String>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        value.as_string().map(Some).ok_or_else(|| wrong(key, &value, "a string"))
    }

    /// Ids of nodes.
    pub fn ids(&self, key: &'static str) -> JsResult<Option<Vec<u32>>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let ids = value.dyn_ref::<Uint32Array>().ok_or_else(|| wrong(key, &value, "a Uint32Array of ids"))?;
        Ok(Some(ids.to_vec()))
    }

    /// `alpha` and `eps` of a push, with the defaults where nothing is said.
    pub fn push(&self) -> JsResult<PushConfig> {
        let default = PushConfig::default();
        Ok(PushConfig {
            alpha: self.f64("alpha")?.unwrap_or(default.alpha),
            eps: self.f64("eps")?.unwrap_or(default.eps),
            ..default
        })
    }

    /// One of a few words, each standing for a value.
    pub fn choice<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> JsResult<Option<T>> {
        let Some(word) = self.string(key)? else { return Ok(None) };
        let found = words.iter().find(|(allowed, _)| *allowed == word);
        found.map(|&(_, value)| Some(value)).ok_or_else(|| {
            let allowed: Vec<&str> = words.iter().map(|&(word, _)| word).collect();
            to_js(Error::option(key, format!("{word:?} is not known; known are {}", allowed.join(", "))))
        })
    }
}

/// The error for a value of another type.
pub fn wrong(key: &'static str, value: &JsValue, wanted: &str) -> JsValue {
    to_js(Error::option(key, format!("must be {wanted}, got {value:?}")))
}

/// Limits, with the defaults where nothing is said.
pub fn limits(value: JsValue) -> JsResult<Limits> {
    const KEYS: [&str; 8] = [
        "maxNodes",
        "maxEntries",
        "maxFileBytes",
        "maxMemoryBytes",
        "maxMatrixBytes",
        "maxPushBytes",
        "maxPlanBytes",
        "maxGatheredBytes",
    ];
    let options = Options::new(value, &KEYS)?;
    let default = Limits::default();
    Ok(Limits {
        max_nodes: options.u64("maxNodes")?.unwrap_or(default.max_nodes),
        max_entries: options.u64("maxEntries")?.unwrap_or(default.max_entries),
        max_file_bytes: options.u64("maxFileBytes")?.unwrap_or(default.max_file_bytes),
        max_memory_bytes: options.u64("maxMemoryBytes")?.unwrap_or(default.max_memory_bytes),
        max_matrix_bytes: options.u64("maxMatrixBytes")?.unwrap_or(default.max_matrix_bytes),
        max_push_bytes: options.u64("maxPushBytes")?.unwrap_or(default.max_push_bytes),
        max_plan_bytes: options.u64("maxPlanBytes")?.unwrap_or(default.max_plan_bytes),
        max_gathered_bytes: options.u64("maxGatheredBytes")?.unwrap_or(default.max_gathered_bytes),
    })
}
