//! Where nodes stand on the map.

use std::sync::Arc;

use js_sys::{Float32Array, Int32Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::graph::Graph;
use super::plan::Plan;
use ibmb::layout::{ByBatchJob, ForceConfig, ForceJob};
use ibmb::options::LAYOUT;
use ibmb_binding::convert::object;
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;
use ibmb_binding::step::Stepped;
use ibmb_binding::step_methods;

/// A layout by batch being made.
#[wasm_bindgen]
pub struct LayingOut {
    job: Stepped<ByBatchJob>,
}

step_methods!(LayingOut);

#[wasm_bindgen]
impl LayingOut {
    #[wasm_bindgen(constructor)]
    pub fn new(plan: &Plan) -> JsResult<LayingOut> {
        let job = ByBatchJob::new(Arc::clone(&plan.dataset), &plan.plan).map_err(to_js)?;
        Ok(Self { job: Stepped::new(job) })
    }

    pub fn finish(&mut self) -> JsResult<JsValue> {
        let layout = self.job.finish()?;
        Ok(object(&[
            ("positions", Float32Array::from(layout.positions.as_slice()).into()),
            ("island", Int32Array::from(layout.island.as_slice()).into()),
        ])
        .into())
    }
}

/// A layout by forces being made.
#[wasm_bindgen]
pub struct ForceLayingOut {
    job: Stepped<ForceJob>,
}

step_methods!(ForceLayingOut);

#[wasm_bindgen]
impl ForceLayingOut {
    #[wasm_bindgen(constructor)]
    pub fn new(graph: &Graph, options: JsValue) -> JsResult<ForceLayingOut> {
        let config = ForceConfig::read(&options::read(&LAYOUT, &options)?);
        let job = ForceJob::new(&graph.dataset.graph, config, &graph.limits).map_err(to_js)?;
        Ok(Self { job: Stepped::new(job) })
    }

    /// The places as they are now; nothing before there are any.
    pub fn positions(&self) -> JsResult<Option<Float32Array>> {
        let job = self.job.work()?;
        Ok(job.has_begun().then(|| Float32Array::from(job.positions().as_slice())))
    }

    pub fn finish(&mut self) -> JsResult<Float32Array> {
        Ok(Float32Array::from(self.job.finish()?.as_slice()))
    }
}
