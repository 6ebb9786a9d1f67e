//! Pictures of a map.

use std::sync::Arc;

use js_sys::{Array, Float32Array, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::graph::Graph;
use ibmb::error::Error;
use ibmb::raster::{Colours, RasterJob, Rgb, Scene};
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options::Options;
use ibmb_binding::step::Stepped;
use ibmb_binding::step_methods;

/// A picture being drawn; a unit is an edge or a node.
#[wasm_bindgen]
pub struct Drawing {
    job: Stepped<RasterJob>,
}

step_methods!(Drawing);

#[wasm_bindgen]
impl Drawing {
    #[wasm_bindgen(constructor)]
    pub fn new(graph: &Graph, options: JsValue) -> JsResult<Drawing> {
        const KEYS: [&str; 13] = [
            "width",
            "height",
            "positions",
            "scale",
            "offsetX",
            "offsetY",
            "marks",
            "order",
            "grow",
            "ratio",
            "fade",
            "batchEdges",
            "colours",
        ];
        let options = Options::new(options, &KEYS)?;
        let scene = Scene {
            width: given("width", options.u32("width")?)?,
            height: given("height", options.u32("height")?)?,
            positions: array::<Float32Array>(&options, "positions", "a Float32Array")?.to_vec(),
            scale: given("scale", options.f64("scale")?)?,
            offset: (given("offsetX", options.f64("offsetX")?)?, given("offsetY", options.f64("offsetY")?)?),
            marks: array::<Uint8Array>(&options, "marks", "a Uint8Array")?.to_vec(),
            order: array::<Uint32Array>(&options, "order", "a Uint32Array")?.to_vec(),
            grow: options.f64("grow")?.unwrap_or(1.0),
            ratio: options.f64("ratio")?.unwrap_or(1.0),
            fade: options.f64("fade")?.unwrap_or(1.0),
            batch_edges: match options.get("batchEdges") {
                Some(_) => array::<Uint32Array>(&options, "batchEdges", "a Uint32Array")?.to_vec(),
                None => Vec::new(),
            },
            colours: colours(&options)?,
        };
        let job = RasterJob::new(Arc::clone(&graph.dataset), scene).map_err(to_js)?;
        Ok(Self { job: Stepped::new(job) })
    }

    pub fn finish(&mut self) -> JsResult<Vec<u8>> {
        self.job.finish()
    }
}

fn given<T>(key: &'static str, value: Option<T>) -> JsResult<T> {
    value.ok_or_else(|| to_js(Error::option(key, "must be given")))
}

fn array<T: JsCast>(options: &Options, key: &'static str, wanted: &str) -> JsResult<T> {
    given(key, options.get(key))?
        .dyn_into()
        .map_err(|_| to_js(Error::option(key, format!("must be {wanted}"))))
}

fn colours(options: &Options) -> JsResult<Colours> {
    const KEYS: [&str; 5] = ["paper", "ring", "edge", "batchEdge", "accent"];
    let inside = given("colours", options.inside("colours", &KEYS)?)?;
    let colour = |key: &'static str| -> JsResult<Rgb> {
        let bytes: Array = array(&inside, key, "three numbers from 0 to 255")?;
        let byte = |i| bytes.get(i).as_f64().filter(|value| (0.0..=255.0).contains(value));
        match (bytes.length(), byte(0), byte(1), byte(2)) {
            (3, Some(r), Some(g), Some(b)) => Ok([r, g, b].map(|value| (value / 255.0) as f32)),
            _ => Err(to_js(Error::option(key, "must be three numbers from 0 to 255"))),
        }
    };
    Ok(Colours {
        paper: colour("paper")?,
        ring: colour("ring")?,
        edge: colour("edge")?,
        batch_edge: colour("batchEdge")?,
        accent: colour("accent")?,
    })
}
