//! Where nodes stand on the map.

use std::sync::Arc;

use js_sys::{Float32Array, Int32Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::object;
use super::error::{JsResult, to_js};
use super::plan::Plan;
use super::step::{Stepped, step_methods};
use crate::layout::ByBatchJob;

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
