//! What both wasm modules of the package share: values in and out, options, errors, long work in steps.
//!
//! A function of a binding converts, calls one core function, converts back. The engine (`../engine`) holds graphs, plans
//! and models; `../files` reads and writes files and is loaded when it is needed.

#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, reason = "the binding is documented by the TypeScript package")]

pub mod convert;
pub mod error;
pub mod options;
pub mod parts;
pub mod step;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs when the module is instantiated: a panic is a bug of ours and says so before the instance ends.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|info| {
        web_sys::console::error_1(&JsValue::from_str(&format!("ibmb: {info}")));
    }));
}

/// Checks limits on what may be read or built.
#[wasm_bindgen(js_name = checkLimits)]
pub fn check_limits(limits: JsValue) -> error::JsResult<()> {
    options::limits(limits).map(|_| ())
}

/// Bytes of the instance's memory.
#[wasm_bindgen(js_name = memoryBytes)]
pub fn memory_bytes() -> f64 {
    const PAGE_BYTES: f64 = 65536.0;
    core::arch::wasm32::memory_size(0) as f64 * PAGE_BYTES
}
