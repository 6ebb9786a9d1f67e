//! Inference over the batches of a plan, or over the whole graph.

use std::sync::Arc;

use js_sys::{Float32Array, Uint32Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::graph::Graph;
use super::model::Model;
use super::plan::{Plan, outputs};
use crate::passes::pass_methods;
use ibmb::gnn::{BatchFeatures, FullInference, PlanInference, Predictions, SplitMetric};
use ibmb::options::{
    FROM_BATCH, FULL_INFER_BY, MODEL_NORMALIZATION, NODES, PLAN_INFER, PROBABILITIES, SHARD_INFER, SPLIT,
    TO_BATCH,
};
use ibmb_binding::convert::{number, object};
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;
use ibmb_binding::step::Stepped;
use ibmb_binding::step_methods;

/// Inference over a plan or some of its batches; a unit is a batch.
#[wasm_bindgen]
pub struct PlanInferring {
    job: Stepped<PlanInference>,
    gathered_bytes: u64,
    probabilities: bool,
}

step_methods!(PlanInferring);
pass_methods!(PlanInferring);

#[wasm_bindgen]
impl PlanInferring {
    /// Features are gathered for the plan when it has none for this model and there is room for them.
    #[wasm_bindgen(constructor)]
    pub fn new(plan: &Plan, model: &Model, options: JsValue) -> JsResult<PlanInferring> {
        let given = options::read(&SHARD_INFER, &options)?;
        let (dataset, model) = (Arc::clone(&plan.dataset), Arc::clone(&model.model));
        let split = given.text(&SPLIT);
        let probabilities = given.flag(&PROBABILITIES);
        let all = 0..plan.plan.num_batches();
        let from = given.count_or_default(&FROM_BATCH) as usize;
        let to = given.count(&TO_BATCH).map_or(all.end, |to| to as usize);
        let wanted = model.feature_normalization();
        let job = PlanInference::new(dataset, Arc::clone(&plan.plan), model, split, &plan.limits)
            .and_then(|job| job.over(from..to))
            .map_err(to_js)?;
        let known = plan.gathered.borrow().clone().filter(|there| there.normalization() == wanted);
        let gathered = match known {
            Some(there) => Some(there),
            // A few batches out of many are read by reference.
            None if (from..to) != all => None,
            None => {
                let bytes = BatchFeatures::bytes_of(&plan.dataset, &plan.plan, all.clone());
                plan.gathered.take();
                let fits = bytes <= plan.limits.max_gathered_bytes;
                fits.then(|| BatchFeatures::gather(&plan.dataset, &plan.plan, all, wanted, &plan.limits))
                    .and_then(Result::ok)
                    .map(Arc::new)
            }
        };
        let gathered_bytes = gathered.as_ref().map_or(0, |features| features.bytes());
        plan.gathered.replace(gathered.clone());
        let job = match gathered {
            Some(features) => job.reading(features).map_err(to_js)?,
            None => job,
        };
        Ok(Self { job: Stepped::new(job), gathered_bytes, probabilities })
    }

    /// Bytes that the inference holds.
    #[wasm_bindgen(getter)]
    pub fn bytes(&self) -> JsResult<f64> {
        Ok((self.job.work()?.bytes() + self.gathered_bytes) as f64)
    }

    /// Classes of the outputs of the batch that was done last.
    pub fn latest(&self) -> JsResult<Uint32Array> {
        Ok(Uint32Array::from(self.job.work()?.latest().as_slice()))
    }

    pub fn finish(&mut self) -> JsResult<JsValue> {
        result(&self.job.finish()?, self.probabilities)
    }

    /// Takes the logits of the batches instead, one after another.
    pub fn logits(&mut self) -> JsResult<Float32Array> {
        let logits = self.job.take()?.logits().map_err(to_js)?;
        Ok(Float32Array::from(logits.as_slice()))
    }
}

#[wasm_bindgen]
impl Plan {
    /// Predictions from the logits of all batches, in their order.
    pub fn predictions(&self, model: &Model, logits: Vec<f32>, options: JsValue) -> JsResult<JsValue> {
        let given = options::read(&PLAN_INFER, &options)?;
        let split = match given.text(&SPLIT) {
            None => self.dataset.splits.first(),
            Some(name) => Some(self.dataset.split(Some(name)).map_err(to_js)?),
        };
        let classes = model.model.num_classes();
        let predictions = Predictions::of_plan(&self.dataset, &self.plan, classes, &logits, split);
        result(&predictions.map_err(to_js)?, given.flag(&PROBABILITIES))
    }
}

/// Inference over the whole graph; a unit is a block of rows of a layer.
#[wasm_bindgen]
pub struct GraphInferring {
    job: Stepped<FullInference>,
    probabilities: bool,
}

step_methods!(GraphInferring);
pass_methods!(GraphInferring);

#[wasm_bindgen]
impl GraphInferring {
    #[wasm_bindgen(constructor)]
    pub fn new(graph: &Graph, model: &Model, options: JsValue) -> JsResult<GraphInferring> {
        let given = options::read(&FULL_INFER_BY, &options)?;
        let dataset = Arc::clone(&graph.dataset);
        let nodes = match given.nodes(&NODES) {
            Some(nodes) => nodes.to_vec(),
            None => outputs(&dataset, &given)?,
        };
        let own = model.model.normalization().unwrap_or_default();
        let normalization = given.given_word(&MODEL_NORMALIZATION).unwrap_or(own);
        let split = given.text(&SPLIT);
        let probabilities = given.flag(&PROBABILITIES);
        let model = Arc::clone(&model.model);
        FullInference::new(dataset, model, nodes, normalization, split, &graph.limits)
            .map(|job| Self { job: Stepped::new(job), probabilities })
            .map_err(to_js)
    }

    /// Bytes that the inference holds.
    #[wasm_bindgen(getter)]
    pub fn bytes(&self) -> JsResult<f64> {
        Ok(self.job.work()?.bytes() as f64)
    }

    pub fn finish(&mut self) -> JsResult<JsValue> {
        result(&self.job.finish()?, self.probabilities)
    }
}

/// Predictions as JavaScript has them.
pub(super) fn result(result: &Predictions, with_probabilities: bool) -> JsResult<JsValue> {
    let probabilities = match with_probabilities {
        true => Float32Array::from(result.probabilities().map_err(to_js)?.as_slice()).into(),
        false => JsValue::UNDEFINED,
    };
    Ok(object(&[
        ("nodes", Uint32Array::from(result.nodes.as_slice()).into()),
        ("logits", Float32Array::from(result.logits.as_slice()).into()),
        ("probabilities", probabilities),
        ("numClasses", number(result.num_classes as u64)),
        ("predictions", Uint32Array::from(result.predictions.as_slice()).into()),
        ("accuracy", metric(result.accuracy)),
        ("f1", metric(result.f1)),
        ("digest", result.digest.as_str().into()),
    ])
    .into())
}

fn metric(metric: Option<SplitMetric>) -> JsValue {
    let Some(SplitMetric { train, val, test, all }) = metric else { return JsValue::UNDEFINED };
    let parts = [("train", train), ("val", val), ("test", test), ("all", all)];
    let there: Vec<(&str, JsValue)> =
        parts.into_iter().filter_map(|(part, value)| Some((part, value?.into()))).collect();
    object(&there).into()
}
