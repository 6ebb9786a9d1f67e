//! The workloads for a JavaScript clock.

use ibmb::graph::Graph;
use ibmb::io::{InputFile, OpenOptions, open_graph};
use wasm_bindgen::prelude::*;

/// Files of a graph on their way in.
#[wasm_bindgen]
#[derive(Default)]
pub struct BenchFiles(Vec<InputFile>);

#[wasm_bindgen]
impl BenchFiles {
    /// None yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> BenchFiles {
        BenchFiles::default()
    }

    /// Adds a file.
    pub fn add(&mut self, name: String, bytes: Vec<u8>) {
        self.0.push(InputFile { name, bytes });
    }
}

/// What this machine can do.
#[wasm_bindgen]
pub struct MachineLimits(Vec<crate::Limit>);

#[wasm_bindgen]
impl MachineLimits {
    /// All limits.
    pub fn all() -> MachineLimits {
        MachineLimits(crate::limits())
    }

    /// Number of limits.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Name, unit and items of a limit as JSON.
    pub fn describe(&self, index: usize) -> String {
        let limit = &self.0[index];
        serde_json::json!({ "name": limit.name, "unit": limit.unit, "items": limit.items }).to_string()
    }

    /// One run.
    pub fn run(&mut self, index: usize) -> f64 {
        (self.0[index].run)()
    }
}

/// All workloads; JavaScript times the calls of `run` and `twin`.
#[wasm_bindgen]
pub struct Bench(Vec<crate::Workload>);

#[wasm_bindgen]
impl Bench {
    /// Opens the sample and its weights.
    #[wasm_bindgen(constructor)]
    pub fn new(sample: Vec<u8>, weights: &[u8]) -> Result<Bench, JsError> {
        Ok(Self(crate::workloads(sample, weights).map_err(|error| JsError::new(&error.to_string()))?))
    }

    /// Plans by method of the graph of an edge list.
    #[wasm_bindgen(js_name = ofEdges)]
    pub fn of_edges(name: &str, file: String, bytes: Vec<u8>) -> Result<Bench, JsError> {
        let workloads = crate::of_edges(name, InputFile { name: file, bytes });
        Ok(Self(workloads.map_err(|error| JsError::new(&error.to_string()))?))
    }

    /// Dense and sparse products.
    pub fn products() -> Bench {
        Self(crate::products())
    }

    /// Networks on the graph of some files.
    pub fn networks(name: &str, files: &BenchFiles) -> Result<Bench, JsError> {
        Ok(Self(crate::networks(name, &files.0).map_err(|error| JsError::new(&error.to_string()))?))
    }

    /// Number of workloads.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Name, twin, unit and items of a workload as JSON.
    pub fn describe(&self, index: usize) -> String {
        let workload = &self.0[index];
        serde_json::json!({ "name": workload.name, "peer": workload.peer, "unit": workload.unit,
                            "items": workload.items })
        .to_string()
    }

    /// Does the work once.
    pub fn run(&mut self, index: usize) -> f64 {
        (self.0[index].run)()
    }

    /// Does it the plain way.
    pub fn twin(&mut self, index: usize) -> f64 {
        (self.0[index].twin)()
    }
}

/// Partitions of one graph; JavaScript times the calls.
#[wasm_bindgen]
pub struct PartitionBench(Graph);

#[wasm_bindgen]
impl PartitionBench {
    /// An edge list, or the planted graph when there is none.
    #[wasm_bindgen(constructor)]
    pub fn new(name: String, bytes: Option<Vec<u8>>) -> Result<PartitionBench, JsError> {
        let Some(bytes) = bytes else { return Ok(Self(crate::planted_graph(100_000))) };
        let opened = open_graph(
            &[InputFile { name, bytes }],
            &OpenOptions::default(),
            &ibmb::limits::Limits::default(),
        );
        Ok(Self(opened.map_err(|error| JsError::new(&error.to_string()))?.graph))
    }

    /// Partitions and gives the edges cut.
    pub fn run(&self, num_parts: u32) -> f64 {
        crate::partitioned(&self.0, num_parts).edge_cut as f64
    }
}
