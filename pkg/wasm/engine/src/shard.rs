//! Shards of a plan: out of the worker that holds the graph, into one that does not.

use std::sync::Arc;

use js_sys::{Float32Array, Reflect, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::model::Model;
use super::plan::Plan;
use ibmb::error::Error;
use ibmb::gnn::{self, FeatureNormalization, FeaturePattern, ShardArrays, ShardInference};
use ibmb::graph::Normalization;
use ibmb::limits::Limits;
use ibmb_binding::convert::{number, object};
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;
use ibmb_binding::step::Stepped;
use ibmb_binding::step_methods;

#[wasm_bindgen]
impl Plan {
    /// Bounds that cut the batches into runs of about equal work.
    pub fn cuts(&self, count: u32) -> Uint32Array {
        let cuts: Vec<u32> =
            gnn::Shard::cuts(&self.plan, count as usize).iter().map(|&at| at as u32).collect();
        Uint32Array::from(cuts.as_slice())
    }

    /// The batches `from..to` as typed arrays, for a model of this kind.
    pub fn shard(&self, model: &Model, from: u32, to: u32) -> JsResult<JsValue> {
        let (dataset, wanted) = (&self.dataset, model.model.feature_normalization());
        let end = self.plan.num_batches() as u32;
        if from > to || to > end {
            let message = format!("{from}..{to} is out of range, the plan has {end} batches");
            return Err(to_js(Error::option("batches", message)));
        }
        let batches = from as usize..to as usize;
        let shard = gnn::Shard::of(dataset, &self.plan, batches, wanted, &self.limits).map_err(to_js)?;
        let u32s = |values: &[u32]| JsValue::from(Uint32Array::from(values));
        let f32s = |values: &[f32]| JsValue::from(Float32Array::from(values));
        let shard = shard.into_arrays();
        let mut arrays = vec![
            ("nodePtr", u32s(&shard.node_ptr)),
            ("outputPtr", u32s(&shard.output_ptr)),
            ("outputs", u32s(&shard.outputs)),
            ("indptr", u32s(&shard.indptr)),
            ("entryPtr", u32s(&shard.entry_ptr)),
            ("indices", u32s(&shard.indices)),
            ("values", f32s(&shard.values)),
            ("degrees", u32s(&shard.degrees)),
            ("ownLoops", Uint8Array::from(shard.own_loops.as_slice()).into()),
            ("features", f32s(&shard.features)),
        ];
        if let Some(sparse) = &shard.pattern {
            arrays.push(("featureIndptr", u32s(&sparse.indptr)));
            arrays.push(("featureEntryPtr", u32s(&sparse.entry_ptr)));
            arrays.push(("featureIndices", u32s(&sparse.indices)));
        }
        let parts = [
            ("normalization", shard.normalization.name().into()),
            ("featureNormalization", shard.feature_normalization.name().into()),
            ("width", number(shard.width as u64)),
            ("arrays", object(&arrays).into()),
        ];
        Ok(object(&parts).into())
    }
}

/// Some batches without their graph.
#[wasm_bindgen]
pub struct Shard {
    shard: Arc<gnn::Shard>,
    limits: Limits,
}

#[wasm_bindgen]
impl Shard {
    /// Takes the arrays that [`Plan::shard`] gave.
    pub fn open(parts: JsValue, limits: JsValue) -> JsResult<Shard> {
        let limits = options::limits(limits)?;
        let part = |key: &str| Reflect::get(&parts, &key.into()).unwrap_or_default();
        let arrays = part("arrays");
        let get = |key: &str| Reflect::get(&arrays, &key.into()).unwrap_or_default();
        let wrong =
            |key: &str, wanted: &str| to_js(Error::ShapeMismatch(format!("shard: {key} must be {wanted}")));
        let u32s = |key: &str| {
            get(key).dyn_into::<Uint32Array>().map(|a| a.to_vec()).map_err(|_| wrong(key, "a Uint32Array"))
        };
        let f32s = |key: &str| {
            get(key).dyn_into::<Float32Array>().map(|a| a.to_vec()).map_err(|_| wrong(key, "a Float32Array"))
        };
        let word = |key: &str| part(key).as_string().ok_or_else(|| wrong(key, "a string"));
        let pattern = match get("featureIndices").is_undefined() {
            true => None,
            false => Some(FeaturePattern {
                indptr: u32s("featureIndptr")?,
                entry_ptr: u32s("featureEntryPtr")?,
                indices: u32s("featureIndices")?,
            }),
        };
        let own_loops =
            get("ownLoops").dyn_into::<Uint8Array>().map_err(|_| wrong("ownLoops", "a Uint8Array"))?;
        let shard = gnn::Shard::from_arrays(ShardArrays {
            normalization: Normalization::from_name(&word("normalization")?).map_err(to_js)?,
            feature_normalization: FeatureNormalization::from_name(&word("featureNormalization")?)
                .map_err(to_js)?,
            width: part("width").as_f64().ok_or_else(|| wrong("width", "a number"))? as usize,
            node_ptr: u32s("nodePtr")?,
            output_ptr: u32s("outputPtr")?,
            outputs: u32s("outputs")?,
            indptr: u32s("indptr")?,
            entry_ptr: u32s("entryPtr")?,
            indices: u32s("indices")?,
            values: f32s("values")?,
            degrees: u32s("degrees")?,
            own_loops: own_loops.to_vec(),
            features: f32s("features")?,
            pattern,
        })
        .map_err(to_js)?;
        Ok(Self { shard: Arc::new(shard), limits })
    }
}

/// Inference over a shard; a unit is a batch.
#[wasm_bindgen]
pub struct ShardInferring {
    job: Stepped<ShardInference>,
}

step_methods!(ShardInferring);

#[wasm_bindgen]
impl ShardInferring {
    #[wasm_bindgen(constructor)]
    pub fn new(shard: &Shard, model: &Model) -> JsResult<ShardInferring> {
        ShardInference::new(Arc::clone(&shard.shard), Arc::clone(&model.model), &shard.limits)
            .map(|job| Self { job: Stepped::new(job) })
            .map_err(to_js)
    }

    /// Bytes of buffers and results.
    #[wasm_bindgen(getter)]
    pub fn bytes(&self) -> JsResult<f64> {
        Ok(self.job.work()?.bytes() as f64)
    }

    /// Classes of the outputs of the batch that was done last.
    pub fn latest(&self) -> JsResult<Uint32Array> {
        Ok(Uint32Array::from(self.job.work()?.latest().as_slice()))
    }

    /// Takes the logits of the batches, one after another.
    pub fn logits(&mut self) -> JsResult<Float32Array> {
        Ok(Float32Array::from(self.job.finish()?.as_slice()))
    }
}
