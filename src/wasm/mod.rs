//! The binding: every function converts, calls one core function, converts back.

mod arrays;
mod baseline;
mod convert;
mod error;
mod evaluate;
mod exact_influence;
mod export;
mod figures;
mod graph;
mod infer;
mod layout;
mod model;
mod open;
mod open_options;
mod options;
mod order;
mod picture;
mod plan;
mod plan_file;
mod plan_options;
mod planted;
mod shard;
mod step;
mod train;
mod why;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs when the module is instantiated: a panic is a bug of ours and says so before the instance ends.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|info| {
        web_sys::console::error_1(&JsValue::from_str(&format!("ibmb: {info}")));
    }));
}

/// Version of the crate.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Bytes of the instance's memory.
#[wasm_bindgen(js_name = memoryBytes)]
pub fn memory_bytes() -> f64 {
    const PAGE_BYTES: f64 = 65536.0;
    core::arch::wasm32::memory_size(0) as f64 * PAGE_BYTES
}
