//! Opening a graph: from graph tensors, or from the arrays that the module of files has read.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::graph::Graph;
use ibmb::io::{InputFile, OpenOptions, TensorsJob};
use ibmb::limits::Limits;
use ibmb::options::OPEN_TENSORS;
use ibmb_binding::convert::copy_in;
use ibmb_binding::error::JsResult;
use ibmb_binding::options;
use ibmb_binding::parts::{dataset_of, parts_of};
use ibmb_binding::step::Stepped;
use ibmb_binding::step_methods;

/// A file of graph tensors being opened.
#[wasm_bindgen]
pub struct TensorsOpening {
    job: Stepped<TensorsJob>,
    limits: Limits,
}

step_methods!(TensorsOpening);

#[wasm_bindgen]
impl TensorsOpening {
    #[wasm_bindgen(constructor)]
    pub fn new(
        name: String,
        data: &Uint8Array,
        options: JsValue,
        limits: JsValue,
    ) -> JsResult<TensorsOpening> {
        let limits = options::limits(limits)?;
        let given = options::read(&OPEN_TENSORS, &options)?;
        let options = OpenOptions::read_tensors(&given);
        let bytes = copy_in(&name, data, &limits)?;
        let job = TensorsJob::new(InputFile { name, bytes }, &options, &limits);
        Ok(Self { job: Stepped::new(job), limits })
    }

    pub fn finish(&mut self) -> JsResult<Graph> {
        Ok(Graph::new(self.job.finish()?, self.limits.clone()))
    }
}

#[wasm_bindgen]
impl Graph {
    /// Takes the arrays of a graph that was read elsewhere.
    #[wasm_bindgen(js_name = ofParts)]
    pub fn of_parts(parts: JsValue, limits: JsValue) -> JsResult<Graph> {
        let limits = options::limits(limits)?;
        Ok(Graph::new(dataset_of(&parts, &limits)?, limits))
    }

    /// The arrays of the graph, for the module of files.
    pub fn parts(&self) -> JsValue {
        parts_of(&self.dataset)
    }
}
