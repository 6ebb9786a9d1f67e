//! Plans in and out of files.

use std::cell::RefCell;
use std::sync::Arc;

use js_sys::{JSON, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;

use super::graph::Graph;
use super::plan::Plan;
use ibmb::batch::PlanConfig;
use ibmb::error::Error;
use ibmb::options::PLAN;
use ibmb::plan_file::{open_plan, save_plan};
use ibmb_binding::convert::copy_in;
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;

#[wasm_bindgen]
impl Plan {
    pub fn save(&self) -> JsResult<Vec<u8>> {
        let options = JSON::stringify(&self.options)?;
        let about = [("graph", self.dataset.name.clone()), ("options", String::from(options))];
        save_plan(&self.plan, &about).map_err(to_js)
    }
}

#[wasm_bindgen]
impl Graph {
    #[wasm_bindgen(js_name = openPlan)]
    pub fn open_plan(&self, name: &str, data: &Uint8Array) -> JsResult<Plan> {
        let bytes = copy_in(name, data, &self.limits)?;
        let (plan, metadata) = open_plan(name, &bytes, &self.dataset.graph, &self.limits).map_err(to_js)?;
        let lacks = |why: &str| {
            to_js(Error::in_file(name, format!("the metadata {why} options, those of the plan as JSON")))
        };
        let text = metadata.get("options").ok_or_else(|| lacks("lacks"))?;
        let options = JSON::parse(text).map_err(|_| lacks("has unreadable"))?;
        let num_outputs = plan.batches().map(|batch| batch.outputs.len()).sum();
        let mut given = options::read_saved(&PLAN, &options)?;
        let config = PlanConfig::read(&mut given, num_outputs);
        Ok(Plan {
            plan: Arc::new(plan),
            dataset: Arc::clone(&self.dataset),
            limits: self.limits.clone(),
            options: options::in_force(&given),
            measure: config.measure,
            auxiliary: config.auxiliary,
            gathered: RefCell::default(),
        })
    }
}
