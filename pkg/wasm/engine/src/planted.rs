//! Planted graphs.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::graph::Graph;
use ibmb::graph::{PlantedConfig, PlantedJob};
use ibmb::limits::Limits;
use ibmb::options::SYNTHETIC;
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;
use ibmb_binding::step::Stepped;
use ibmb_binding::step_methods;

/// A planted graph being made.
#[wasm_bindgen]
pub struct Planting {
    job: Stepped<PlantedJob>,
    limits: Limits,
}

step_methods!(Planting);

#[wasm_bindgen]
impl Planting {
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue, limits: JsValue) -> JsResult<Planting> {
        let limits = options::limits(limits)?;
        let config = PlantedConfig::read(&options::read(&SYNTHETIC, &options)?).map_err(to_js)?;
        let job = PlantedJob::new(config, &limits).map_err(to_js)?;
        Ok(Self { job: Stepped::new(job), limits })
    }

    pub fn finish(&mut self) -> JsResult<Graph> {
        Ok(Graph::new(self.job.finish()?, self.limits.clone()))
    }
}
