//! The wasm module that reads files and writes them.

#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, reason = "the binding is documented by the TypeScript package")]

mod export;
mod js_file;
mod open;
mod preview;
