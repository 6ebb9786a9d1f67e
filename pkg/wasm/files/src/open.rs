//! Reading a graph from files of any format.

use js_sys::Function;
use serde::Serialize as _;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::js_file::JsFile;
use ibmb::error::Error;
use ibmb::io::{OpenJob, OpenOptions, ReadAt};
use ibmb::limits::Limits;
use ibmb::options::OPEN;
use ibmb_binding::convert::object;
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;
use ibmb_binding::parts::parts_of;
use ibmb_binding::step::Stepped;
use ibmb_binding::step_methods;

/// Files on their way in.
#[wasm_bindgen]
pub struct Files {
    files: Vec<(String, Box<dyn ReadAt>)>,
    limits: Limits,
}

#[wasm_bindgen]
impl Files {
    #[wasm_bindgen(constructor)]
    pub fn new(limits: JsValue) -> JsResult<Files> {
        Ok(Self { files: Vec::new(), limits: options::limits(limits)? })
    }

    /// Adds a file of `size` bytes, which are fetched as they are needed: `read(at, length)` gives some of them as a
    /// `Uint8Array`, at the least one.
    pub fn add(&mut self, name: String, size: f64, read: Function) {
        let file = JsFile::new(name.clone(), size as u64, read);
        self.files.push((name, Box::new(file)));
    }

    /// Takes the files; afterwards there are none.
    pub fn read(&mut self, options: JsValue) -> JsResult<GraphReading> {
        let names: Vec<&str> = self.files.iter().map(|(name, _)| name.as_str()).collect();
        let given = options::read(&OPEN, &options)?;
        let options = OpenOptions::read(&given, &names).map_err(to_js)?;
        let job = OpenJob::new(std::mem::take(&mut self.files), &options, &self.limits);
        Ok(GraphReading { job: Stepped::new(job) })
    }
}

/// A graph being read.
#[wasm_bindgen]
pub struct GraphReading {
    job: Stepped<OpenJob<'static>>,
}

step_methods!(GraphReading);

#[wasm_bindgen]
impl GraphReading {
    /// The arrays of the graph, for the engine, and what was read.
    pub fn finish(&mut self) -> JsResult<JsValue> {
        let dataset = self.job.finish()?;
        let report = dataset
            .report
            .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
            .map_err(|error| to_js(Error::Internal(format!("report: {error}"))))?;
        Ok(object(&[("parts", parts_of(&dataset)), ("report", report)]).into())
    }
}
