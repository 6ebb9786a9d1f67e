//! Models: weights in and out.

use std::sync::Arc;

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use ibmb::gnn::{self, ModelOptions};
use ibmb::io::TensorMap;
use ibmb::options::MODEL;
use ibmb_binding::convert::{copy_in, number, object};
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;

/// The weights of a network.
#[wasm_bindgen]
pub struct Model {
    pub(super) model: Arc<gnn::Model>,
}

impl Model {
    /// Takes weights.
    pub fn new(model: gnn::Model) -> Self {
        Self { model: Arc::new(model) }
    }
}

#[wasm_bindgen]
impl Model {
    pub fn open(name: &str, data: &Uint8Array, options: JsValue, limits: JsValue) -> JsResult<Model> {
        let chosen = ModelOptions::read(&options::read(&MODEL, &options)?);
        let limits = options::limits(limits)?;
        let bytes = copy_in(name, data, &limits)?;
        let tensors = TensorMap::read(name, &bytes, &limits).map_err(to_js)?;
        drop(bytes);
        gnn::Model::from_tensors(&tensors, &chosen).map(Self::new).map_err(to_js)
    }

    pub fn info(&self) -> JsValue {
        let model = &*self.model;
        object(&[
            ("arch", model.arch().name().into()),
            ("shape", model.shape().name().into()),
            ("numFeatures", number(model.num_features() as u64)),
            ("numClasses", number(model.num_classes() as u64)),
            ("numLayers", number(model.num_layers() as u64)),
            ("hidden", number(model.hidden() as u64)),
            ("heads", number(model.heads() as u64)),
            ("activation", model.activation().name().into()),
            ("selfLoops", model.self_loops().into()),
            ("numParameters", number(model.num_parameters() as u64)),
            ("featureNormalization", model.feature_normalization().name().into()),
        ])
        .into()
    }

    pub fn save(&self) -> JsResult<Vec<u8>> {
        self.model.to_tensors().write().map_err(to_js)
    }
}
