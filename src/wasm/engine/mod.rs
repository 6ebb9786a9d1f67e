//! Graphs, plans and models, and what is asked of them.

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
mod picture;
mod plan;
mod plan_file;
mod plan_options;
mod planted;
mod shard;
mod train;
mod why;
