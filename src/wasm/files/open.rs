//! Reading a graph from files of any format.

use js_sys::Uint8Array;
use serde::Serialize as _;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::open_options::open_options;
use crate::error::Error;
use crate::io::{InputFile, OpenJob};
use crate::limits::Limits;
use crate::wasm::convert::{copy_in, object};
use crate::wasm::error::{JsResult, to_js};
use crate::wasm::options;
use crate::wasm::parts::parts_of;
use crate::wasm::step::{Stepped, step_methods};

/// Files on their way in.
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
    pub fn read(&mut self, options: JsValue) -> JsResult<GraphReading> {
        let options = open_options(options, &self.files)?;
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
