//! Baselines: prepared once, then passes over them.

use std::sync::Arc;

use js_sys::Array;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::graph::Graph;
use super::infer::{WHOLE_GRAPH, result};
use super::model::Model;
use super::plan::outputs;
use crate::passes::pass_methods;
use ibmb::baseline::{self, BaselineConfig, BaselineJob, BaselineMethod};
use ibmb::batch::default_outputs_per_batch;
use ibmb::error::Error;
use ibmb::gnn::BaselineInference;
use ibmb::limits::Limits;
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options::Options;
use ibmb_binding::step::Stepped;
use ibmb_binding::step_methods;

/// Options that every method has.
const COMMON: [&str; 6] = ["method", "outputNodes", "split", "outputsPerBatch", "normalization", "seed"];

const METHODS: [(&str, &[&str]); 5] = [
    ("neighbour-sampling", &["fanOuts"]),
    ("shadow", &["topK", "alpha", "eps"]),
    ("shadow-hops", &["depth", "numNeighbours"]),
    ("ladies", &["nodesPerLayer"]),
    ("saint", &["walkLength", "walksPerOutput", "coverage"]),
];

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
        let named = METHODS.map(|(name, own)| (name, (name, own)));
        let all = [&COMMON[..], &METHODS.map(|(_, own)| own).concat()].concat();
        let any = Options::new(options.clone(), &all)?;
        let (name, own) =
            any.choice("method", &named)?.ok_or_else(|| to_js(Error::option("method", "is missing")))?;
        let options = Options::new(options, &[&COMMON, own].concat())?;
        let dataset = Arc::clone(&graph.dataset);
        let outputs = outputs(&dataset, &options)?;
        let method = method(name, &options, model.model.num_layers())?;
        let size = options.u32("outputsPerBatch")?;
        let outputs_per_batch = size.unwrap_or_else(|| default_outputs_per_batch(outputs.len()));
        let config = BaselineConfig { method, outputs_per_batch, seed: options.u64("seed")?.unwrap_or(0) };
        let trained = model.model.normalization().unwrap_or_default();
        let normalization = options.choice("normalization", &WHOLE_GRAPH)?.unwrap_or(trained);
        let aggregate = model.model.aggregate(normalization);
        let layers = model.model.num_layers();
        let limits = graph.limits.clone();
        BaselineJob::new(dataset, aggregate, layers, outputs, config, &limits)
            .map(|job| Self { job: Stepped::new(job), limits })
            .map_err(to_js)
    }

    pub fn finish(&mut self) -> JsResult<Baseline> {
        Ok(Baseline { baseline: Arc::new(self.job.finish()?), limits: self.limits.clone() })
    }
}

fn method(name: &str, options: &Options, num_layers: usize) -> JsResult<BaselineMethod> {
    Ok(match name {
        "neighbour-sampling" => {
            BaselineMethod::NeighbourSampling { fan_outs: fan_outs(options, num_layers)? }
        }
        "shadow" => BaselineMethod::ShadowPageRank {
            push: options.push()?,
            top_k: options.u32("topK")?.unwrap_or(16),
        },
        "shadow-hops" => BaselineMethod::ShadowHops {
            depth: options.u32("depth")?.unwrap_or(2),
            num_neighbours: options.u32("numNeighbours")?.unwrap_or(10),
        },
        "ladies" => BaselineMethod::Ladies { nodes_per_layer: options.u32("nodesPerLayer")?.unwrap_or(512) },
        _ => BaselineMethod::SaintWalks {
            walk_length: options.u32("walkLength")?.unwrap_or(2),
            walks_per_output: options.u32("walksPerOutput")?.unwrap_or(4),
            coverage: options.u32("coverage")?.unwrap_or(100),
        },
    })
}

/// One number a layer; 10 a layer by default.
fn fan_outs(options: &Options, num_layers: usize) -> JsResult<Vec<u32>> {
    let Some(given) = options.get("fanOuts") else { return Ok(vec![10; num_layers]) };
    let wrong = || to_js(Error::option("fan_outs", "must be an array of whole numbers"));
    let list = given.dyn_ref::<Array>().ok_or_else(wrong)?;
    let whole = |value: JsValue| {
        let number = value.as_f64().filter(|number| number.fract() == 0.0);
        number.filter(|number| (0.0..=f64::from(u32::MAX)).contains(number)).map(|number| number as u32)
    };
    list.iter().map(|value| whole(value).ok_or_else(wrong)).collect()
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
