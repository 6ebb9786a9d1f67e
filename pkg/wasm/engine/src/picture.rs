//! Pictures of a map.

use std::sync::Arc;

use js_sys::{Float32Array, Reflect, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::graph::Graph;
use ibmb::options::{
    ACCENT, BATCH_EDGE, BATCH_EDGES, COLOURS, DRAWING_ORDER, EDGE, FADE, GROW, Given, HEIGHT, Kind, MARKS,
    OFFSET_X, OFFSET_Y, OptionSpec, PAPER, PICTURE, POSITIONS_OF_NODES, RATIO, RING, Raw, SCALE, WIDTH,
};
use ibmb::raster::{Colours, RasterJob, Rgb, Scene};
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;
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
        let given = options::read(&PICTURE, &options)?;
        let number = |option: &OptionSpec| given.number_or_default(option);
        let required = |option: &OptionSpec| given.number(option).unwrap_or_default();
        let scene = Scene {
            width: required(&WIDTH) as u32,
            height: required(&HEIGHT) as u32,
            positions: array::<Float32Array>(&options, &POSITIONS_OF_NODES)?.to_vec(),
            scale: required(&SCALE),
            offset: (required(&OFFSET_X), required(&OFFSET_Y)),
            marks: array::<Uint8Array>(&options, &MARKS)?.to_vec(),
            order: array::<Uint32Array>(&options, &DRAWING_ORDER)?.to_vec(),
            grow: number(&GROW),
            ratio: number(&RATIO),
            fade: number(&FADE),
            batch_edges: match given.is_given(&BATCH_EDGES) {
                true => array::<Uint32Array>(&options, &BATCH_EDGES)?.to_vec(),
                false => Vec::new(),
            },
            colours: colours(given.group(&COLOURS).ok_or_else(|| to_js(COLOURS.refuse("is missing")))?)?,
        };
        let job = RasterJob::new(Arc::clone(&graph.dataset), scene).map_err(to_js)?;
        Ok(Self { job: Stepped::new(job) })
    }

    pub fn finish(&mut self) -> JsResult<Vec<u8>> {
        self.job.finish()
    }
}

/// A typed array, which is taken as it is.
fn array<T: JsCast>(options: &JsValue, option: &OptionSpec) -> JsResult<T> {
    let found = Reflect::get(options, &option.js_name().into()).unwrap_or_default();
    let Kind::Special(wanted) = option.kind else { return Err(to_js(option.refuse("is no array"))) };
    found.dyn_into().map_err(|_| to_js(option.refuse(format!("must be a {wanted}"))))
}

fn colours(given: &Given) -> JsResult<Colours> {
    let colour = |option: &OptionSpec| -> JsResult<Rgb> {
        let byte = |value: &Raw| match value {
            &Raw::Number(value) if (0.0..=255.0).contains(&value) => Some((value / 255.0) as f32),
            _ => None,
        };
        let rgb = match given.special(option) {
            Some(Raw::List(values)) => values.iter().map(byte).collect::<Option<Vec<f32>>>(),
            _ => None,
        };
        rgb.and_then(|rgb| Rgb::try_from(rgb).ok())
            .ok_or_else(|| to_js(option.refuse("must be three numbers from 0 to 255")))
    };
    Ok(Colours {
        paper: colour(&PAPER)?,
        ring: colour(&RING)?,
        edge: colour(&EDGE)?,
        batch_edge: colour(&BATCH_EDGE)?,
        accent: colour(&ACCENT)?,
    })
}
