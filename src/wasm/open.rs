//! Opening a graph.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::error::{JsResult, to_js};
use super::graph::Graph;
use super::open_options::open_options;
use super::options;
use super::step::{Stepped, step_methods};
use crate::io::{InputFile, OpenJob};
use crate::limits::{self, Limits};

/// Files on their way in. They are copied with a fallible reservation, so that a file too large is an error.
#[wasm_bindgen]
pub struct Files {
    files: Vec<InputFile>,
    limits: Limits,
}

#[wasm_bindgen]
impl Files {
    #[wasm_bindgen(constructor)]
    pub fn new(limits: JsValue) -> JsResult<Files> {
        Ok(Self { files: Vec::new(), limits: options::limits(limits)? })
    }

    pub fn add(&mut self, name: String, data: &Uint8Array) -> JsResult<()> {
        let bytes = copy_in(&name, data, &self.limits)?;
        self.files.push(InputFile { name, bytes });
        Ok(())
    }

    /// Takes the files; afterwards there are none.
    pub fn open(&mut self, options: JsValue) -> JsResult<GraphOpening> {
        let options = open_options(options, &self.files)?;
        let job = OpenJob::new(std::mem::take(&mut self.files), &options, &self.limits);
        Ok(GraphOpening { job: Stepped::new(job), limits: self.limits.clone() })
    }
}

/// Bytes from JavaScript, at most as many as a file may have.
pub fn copy_in(name: &str, data: &Uint8Array, limits: &Limits) -> JsResult<Vec<u8>> {
    limits::check(&format!("{name}: bytes"), data.length().into(), limits.max_file_bytes).map_err(to_js)?;
    let mut bytes = limits::filled(data.length() as usize, 0u8).map_err(to_js)?;
    data.copy_to(&mut bytes);
    Ok(bytes)
}

/// A graph being opened.
#[wasm_bindgen]
pub struct GraphOpening {
    job: Stepped<OpenJob<'static>>,
    limits: Limits,
}

step_methods!(GraphOpening);

#[wasm_bindgen]
impl GraphOpening {
    pub fn finish(&mut self) -> JsResult<Graph> {
        Ok(Graph::new(self.job.finish()?, self.limits.clone()))
    }
}
