//! Planted graphs.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::graph::Graph;
use ibmb::error::Error;
use ibmb::graph::{PlantedConfig, PlantedJob};
use ibmb::limits::Limits;
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options::{self, Options};
use ibmb_binding::step::Stepped;
use ibmb_binding::step_methods;

const KEYS: [&str; 7] =
    ["numNodes", "numDraws", "numClasses", "homophily", "seed", "numFeatures", "featureSignal"];

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
        let options = Options::new(options, &KEYS)?;
        let limits = options::limits(limits)?;
        let default = PlantedConfig::default();
        let num_nodes = options.u32("numNodes")?.unwrap_or(default.num_nodes);
        let num_draws = match options.u32("numDraws")? {
            Some(draws) => draws,
            None => num_nodes.checked_mul(5).ok_or_else(|| {
                to_js(Error::option(
                    "num_draws",
                    format!("five draws a node are too many for {num_nodes} nodes; give numDraws"),
                ))
            })?,
        };
        let config = PlantedConfig {
            num_nodes,
            num_draws,
            num_classes: options.u32("numClasses")?.unwrap_or(default.num_classes),
            homophily: options.f64("homophily")?.unwrap_or(default.homophily),
            seed: options.u32("seed")?.unwrap_or(default.seed),
            num_features: options.u32("numFeatures")?.unwrap_or(default.num_features),
            feature_signal: options.f64("featureSignal")?.unwrap_or(default.feature_signal),
        };
        let job = PlantedJob::new(config, &limits).map_err(to_js)?;
        Ok(Self { job: Stepped::new(job), limits })
    }

    pub fn finish(&mut self) -> JsResult<Graph> {
        Ok(Graph::new(self.job.finish()?, self.limits.clone()))
    }
}
