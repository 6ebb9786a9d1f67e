//! The wasm module that holds graphs, plans and models, and answers what is asked of them.

#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, reason = "the binding is documented by the TypeScript package")]

mod arrays;
mod baseline;
mod evaluate;
mod exact_influence;
mod figures;
mod graph;
mod infer;
mod layout;
mod model;
mod open;
mod order;
mod passes;
mod picture;
mod plan;
mod plan_file;
mod planted;
mod shard;
mod train;
mod why;
