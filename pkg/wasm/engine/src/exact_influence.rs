//! The exact influence of nodes on what a model says about one.

use std::sync::Arc;

use js_sys::{Float64Array, Uint32Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::graph::Graph;
use super::model::Model;
use ibmb::gnn::ExactInfluence;
use ibmb::influence::PushConfig;
use ibmb::options::{EXACT_INFLUENCE, K, MODEL_NORMALIZATION};
use ibmb_binding::convert::object;
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;
use ibmb_binding::step::Stepped;
use ibmb_binding::step_methods;

/// Derivatives of a model by the features around a node; a unit is a class.
#[wasm_bindgen]
pub struct Influencing {
    job: Stepped<ExactInfluence>,
    k: u32,
}

step_methods!(Influencing);

#[wasm_bindgen]
impl Influencing {
    #[wasm_bindgen(constructor)]
    pub fn new(graph: &Graph, model: &Model, node: u32, options: JsValue) -> JsResult<Influencing> {
        let given = options::read(&EXACT_INFLUENCE, &options)?;
        let k = given.count_or_default(&K);
        let own = model.model.normalization().unwrap_or_default();
        let kind = given.given_word(&MODEL_NORMALIZATION).unwrap_or(own);
        let (dataset, model) = (Arc::clone(&graph.dataset), Arc::clone(&model.model));
        ExactInfluence::new(dataset, model, node, kind, PushConfig::read(&given), k as usize, &graph.limits)
            .map(|job| Self { job: Stepped::new(job), k })
            .map_err(to_js)
    }

    pub fn finish(&mut self) -> JsResult<JsValue> {
        let result = self.job.finish()?;
        Ok(object(&[
            ("nodes", Uint32Array::from(result.nodes.as_slice()).into()),
            ("scores", Float64Array::from(result.scores.as_slice()).into()),
            ("ppr", Float64Array::from(result.ppr.as_slice()).into()),
            ("rankCorrelation", result.rank_correlation.map_or(JsValue::NULL, JsValue::from)),
            ("topKOverlap", result.top_k_overlap.into()),
            ("k", self.k.into()),
        ])
        .into())
    }
}
