//! Baselines: prepared once, then passes over them.

use std::sync::Arc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::graph::Graph;
use super::infer::result;
use super::model::Model;
use super::plan::outputs;
use crate::passes::pass_methods;
use ibmb::baseline::{self, BaselineConfig, BaselineJob};
use ibmb::gnn::BaselineInference;
use ibmb::limits::Limits;
use ibmb::options::{BASELINE, MODEL_NORMALIZATION};
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;
use ibmb_binding::step::Stepped;
use ibmb_binding::step_methods;

/// A baseline being prepared.
#[wasm_bindgen]
pub struct BaselinePreparing {
    job: Stepped<BaselineJob>,
    limits: Limits,
}

step_methods!(BaselinePreparing);

#[wasm_bindgen]
impl BaselinePreparing {
    #[wasm_bindgen(constructor)]
    pub fn new(graph: &Graph, model: &Model, options: JsValue) -> JsResult<BaselinePreparing> {
        let given = options::read(&BASELINE, &options)?;
        let dataset = Arc::clone(&graph.dataset);
        let outputs = outputs(&dataset, &given)?;
        let layers = model.model.num_layers();
        let config = BaselineConfig::read(&given, outputs.len(), layers);
        let trained = model.model.normalization().unwrap_or_default();
        let normalization = given.given_word(&MODEL_NORMALIZATION).unwrap_or(trained);
        let aggregate = model.model.aggregate(normalization);
        let limits = graph.limits.clone();
        BaselineJob::new(dataset, aggregate, layers, outputs, config, &limits)
            .map(|job| Self { job: Stepped::new(job), limits })
            .map_err(to_js)
    }

    pub fn finish(&mut self) -> JsResult<Baseline> {
        Ok(Baseline { baseline: Arc::new(self.job.finish()?), limits: self.limits.clone() })
    }
}

/// A baseline made ready for passes.
#[wasm_bindgen]
pub struct Baseline {
    baseline: Arc<baseline::Baseline>,
    limits: Limits,
}

/// A pass over the outputs of a baseline; a unit is a batch, or its draws.
#[wasm_bindgen]
pub struct BaselineInferring {
    job: Stepped<BaselineInference>,
}

step_methods!(BaselineInferring);
pass_methods!(BaselineInferring);

#[wasm_bindgen]
impl BaselineInferring {
    #[wasm_bindgen(constructor)]
    pub fn new(baseline: &Baseline, model: &Model, split: Option<String>) -> JsResult<BaselineInferring> {
        let (made, model) = (Arc::clone(&baseline.baseline), Arc::clone(&model.model));
        let job = BaselineInference::new(made, model, split.as_deref(), &baseline.limits).map_err(to_js)?;
        let mut job = Stepped::new(job);
        // Tells the stage that comes first.
        job.step(0)?;
        Ok(Self { job })
    }

    /// Bytes that the pass and what was prepared hold.
    #[wasm_bindgen(getter)]
    pub fn bytes(&self) -> JsResult<f64> {
        Ok(self.job.work()?.bytes() as f64)
    }

    pub fn finish(&mut self) -> JsResult<JsValue> {
        result(&self.job.finish()?, false)
    }
}
