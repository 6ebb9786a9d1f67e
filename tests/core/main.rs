//! Graphs, influence, plans, baselines, schedules, maps and their pictures.

#[path = "../common/mod.rs"]
mod common;

mod baseline_samples;
mod batch_wise;
mod flow;
mod graph;
mod influence;
mod influence_fixtures;
mod layout_by_batch;
mod layout_force;
mod layout_rings;
mod neighbourhood;
mod partition_multilevel;
mod plan;
mod plan_bits;
mod plan_bytes;
mod plan_file;
mod plan_fixtures;
mod plan_methods;
mod plan_node_limit;
mod plan_stats;
mod raster;
mod reasons;
mod reference_defects;
mod schedule;
mod schedule_fixtures;
mod weights_and_directions;
