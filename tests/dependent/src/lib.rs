//! A program that depends on the crate. `tests/border.rs` builds it for wasm32 and looks at what comes with it.

use std::sync::Arc;

use ibmb::batch::{BatchLimit, NodeWiseConfig, NodeWiseJob};
use ibmb::graph::Normalization;
use ibmb::influence::PushConfig;
use ibmb::io::{InputFile, OpenOptions, open_graph};
use ibmb::{limits::Limits, task};

/// Number of batches for all nodes of a path, or 0 when it cannot be planned.
#[unsafe(no_mangle)]
pub extern "C" fn num_batches(num_nodes: u32) -> u32 {
    plan(num_nodes).unwrap_or(0)
}

fn plan(num_nodes: u32) -> ibmb::Result<u32> {
    let rows: String = (1..num_nodes).map(|node| format!("{},{node}\n", node - 1)).collect();
    let file = InputFile { name: "edges.csv".into(), bytes: rows.into_bytes() };
    let limits = Limits::default();
    let dataset = Arc::new(open_graph(&[file], &OpenOptions::default(), &limits)?);
    let config = NodeWiseConfig {
        push: PushConfig::default(),
        top_k: 4,
        limit: BatchLimit::Outputs(8),
        normalization: Normalization::GlobalSym,
    };
    let job = NodeWiseJob::new(dataset, (0..num_nodes).collect(), config, limits)?;
    Ok(task::run(job)?.num_batches() as u32)
}
