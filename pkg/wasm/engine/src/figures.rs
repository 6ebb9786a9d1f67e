//! What batches have in common, their labels and hops, several of them as one.

use js_sys::Uint32Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::plan::{Plan, batch_object};
use ibmb_binding::convert::{number, object};
use ibmb_binding::error::{JsResult, to_js};

#[wasm_bindgen]
impl Plan {
    /// Nodes that two batches share, row by row.
    pub fn overlap(&self) -> JsResult<Uint32Array> {
        let overlap = self.plan.overlap(&self.limits).map_err(to_js)?;
        let rows = (0..overlap.num_batches()).flat_map(|batch| overlap.row(batch).to_vec());
        Ok(Uint32Array::from(rows.collect::<Vec<u32>>().as_slice()))
    }

    /// Outputs of every class, batch by batch; nothing without labels.
    #[wasm_bindgen(js_name = labelCounts)]
    pub fn label_counts(&self) -> JsResult<Option<Uint32Array>> {
        let Some(labels) = &self.dataset.labels else { return Ok(None) };
        let counts = self.plan.label_counts(labels, &self.limits).map_err(to_js)?;
        let rows = (0..counts.num_batches()).flat_map(|batch| counts.batch(batch).to_vec());
        Ok(Some(Uint32Array::from(rows.collect::<Vec<u32>>().as_slice())))
    }

    /// Nodes of all batches by their steps from an output.
    pub fn hops(&self) -> JsValue {
        let hops = self.plan.hops();
        let by_hop: Vec<u32> = hops.by_hop.iter().map(|&count| count as u32).collect();
        object(&[
            ("byHop", Uint32Array::from(by_hop.as_slice()).into()),
            ("noPath", number(hops.no_path as u64)),
        ])
        .into()
    }

    /// Some batches as one.
    pub fn merged(&self, batches: &[u32]) -> JsResult<JsValue> {
        let merged = self.plan.merged(&self.dataset.graph, batches, &self.limits).map_err(to_js)?;
        Ok(batch_object(&merged.view()))
    }
}
