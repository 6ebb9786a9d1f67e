//! Inference over the batches of a plan, or over the whole graph.

use std::sync::Arc;

use js_sys::{Float32Array, Uint32Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::convert::{number, object};
use super::error::{JsResult, to_js};
use super::graph::Graph;
use super::model::Model;
use super::options::Options;
use super::plan::Plan;
use super::step::{Stepped, step_methods};
use crate::error::Error;
use crate::gnn::{FullInference, PlanInference, Predictions, SplitMetric};
use crate::graph::Normalization;

/// Edge weights that the whole graph can have.
pub(super) const WHOLE_GRAPH: [(&str, Normalization); 2] =
    [("global-sym", Normalization::GlobalSym), ("global-rw", Normalization::GlobalRw)];

/// Inference over a plan; a unit is a batch.
#[wasm_bindgen]
pub struct PlanInferring {
    job: Stepped<PlanInference>,
}

step_methods!(PlanInferring);

#[wasm_bindgen]
impl PlanInferring {
    #[wasm_bindgen(constructor)]
    pub fn new(plan: &Plan, model: &Model, options: JsValue) -> JsResult<PlanInferring> {
        let options = Options::new(options, &["split"])?;
        let (dataset, model) = (Arc::clone(&plan.dataset), Arc::clone(&model.model));
        let split = options.string("split")?;
        PlanInference::new(dataset, Arc::clone(&plan.plan), model, split.as_deref(), &plan.limits)
            .map(|job| Self { job: Stepped::new(job) })
            .map_err(to_js)
    }

    pub fn finish(&mut self) -> JsResult<JsValue> {
        Ok(result(&self.job.finish()?))
    }
}

/// Inference over the whole graph; a unit is a layer.
#[wasm_bindgen]
pub struct GraphInferring {
    job: Stepped<FullInference>,
}

step_methods!(GraphInferring);

#[wasm_bindgen]
impl GraphInferring {
    #[wasm_bindgen(constructor)]
    pub fn new(graph: &Graph, model: &Model, options: JsValue) -> JsResult<GraphInferring> {
        let options = Options::new(options, &["nodes", "normalization", "split"])?;
        let dataset = Arc::clone(&graph.dataset);
        let nodes = match options.get("nodes") {
            None => (0..dataset.graph.num_nodes()).collect(),
            Some(ids) => match ids.dyn_ref::<Uint32Array>() {
                Some(ids) => ids.to_vec(),
                None => return Err(to_js(Error::option("nodes", "must be a Uint32Array of ids"))),
            },
        };
        let own = model.model.normalization().unwrap_or_default();
        let normalization = options.choice("normalization", &WHOLE_GRAPH)?.unwrap_or(own);
        let split = options.string("split")?;
        let model = Arc::clone(&model.model);
        FullInference::new(dataset, model, nodes, normalization, split.as_deref(), &graph.limits)
            .map(|job| Self { job: Stepped::new(job) })
            .map_err(to_js)
    }

    pub fn finish(&mut self) -> JsResult<JsValue> {
        Ok(result(&self.job.finish()?))
    }
}

fn result(result: &Predictions) -> JsValue {
    object(&[
        ("nodes", Uint32Array::from(result.nodes.as_slice()).into()),
        ("logits", Float32Array::from(result.logits.as_slice()).into()),
        ("numClasses", number(result.num_classes as u64)),
        ("predictions", Uint32Array::from(result.predictions.as_slice()).into()),
        ("accuracy", metric(result.accuracy)),
        ("f1", metric(result.f1)),
        ("digest", result.digest.as_str().into()),
    ])
    .into()
}

fn metric(metric: Option<SplitMetric>) -> JsValue {
    let Some(SplitMetric { train, val, test, all }) = metric else { return JsValue::UNDEFINED };
    let parts = [("train", train), ("val", val), ("test", test), ("all", all)];
    let there: Vec<(&str, JsValue)> =
        parts.into_iter().filter_map(|(part, value)| Some((part, value?.into()))).collect();
    object(&there).into()
}
