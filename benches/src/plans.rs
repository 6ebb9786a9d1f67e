//! Whole plans by method, and plans that use what an earlier one left.

use std::path::Path;
use std::sync::Arc;

use ibmb::batch::{
    Auxiliary, BatchLimit, Direction, OutputPartition, PairScale, Plan, PlanCache, PlanConfig, PlanJob,
    default_outputs_per_batch,
};
use ibmb::graph::{Dataset, Normalization, Report};
use ibmb::influence::PushConfig;
use ibmb::io::{InputFile, OpenOptions, open_graph};
use ibmb::limits::Limits;
use ibmb::partition::PartitionConfig;
use ibmb::task::Step;

use crate::Workload;

fn config(partition: OutputPartition, auxiliary: Auxiliary) -> PlanConfig {
    let measure = PushConfig::default().into();
    PlanConfig { partition, auxiliary, measure, normalization: Normalization::GlobalSym }
}

fn merged(outputs_per_batch: u32, top_k: u32) -> PlanConfig {
    let limit = BatchLimit::Outputs(outputs_per_batch);
    config(OutputPartition::Merge { limit, scale: PairScale::Row }, Auxiliary::Each { top_k })
}

fn parts(num_parts: u32) -> OutputPartition {
    let config = PartitionConfig { num_parts, ..PartitionConfig::default() };
    OutputPartition::Parts { config, balance_outputs: false }
}

fn together(expand_ratio: f64) -> Auxiliary {
    Auxiliary::Together { expand_ratio, direction: Direction::Influence }
}

fn build(
    dataset: &Arc<Dataset>,
    outputs: &[u32],
    config: &PlanConfig,
    cache: &PlanCache,
) -> (Plan, PlanCache) {
    let job = PlanJob::new(dataset.clone(), outputs.to_vec(), config.clone(), Limits::default());
    let mut job = job.expect("options in range").reusing(cache);
    while !job.step(u32::MAX).expect("in memory").finished {}
    let cache = job.cache();
    (job.finish().expect("all steps are done"), cache)
}

/// A plan of every method in eight batches; the peer is the node-wise one.
pub fn by_method(name: &str, dataset: &Arc<Dataset>, outputs: &[u32]) -> Vec<Workload> {
    let each = Auxiliary::Each { top_k: 16 };
    let size = default_outputs_per_batch(outputs.len());
    let node_wise = merged(size, 16);
    let random = OutputPartition::Random { outputs_per_batch: size, seed: 0 };
    let methods = [
        ("node-wise", node_wise.clone()),
        ("batch-wise", config(parts(8), together(1.0))),
        ("hybrid", config(parts(8), each)),
        ("random", config(random, each)),
        ("cluster", config(parts(8), Auxiliary::Part)),
    ];
    let workload = |(method, config): (&str, PlanConfig)| {
        let (work, twin) = (dataset.clone(), dataset.clone());
        let (outputs, twin_outputs, node_wise) = (outputs.to_vec(), outputs.to_vec(), node_wise.clone());
        Workload {
            name: format!("{method} plan, {name}, {} outputs, eps 1e-4", outputs.len()),
            peer: "the node-wise plan".to_owned(),
            items: 1,
            unit: "ms",
            run: Box::new(move || build(&work, &outputs, &config, &PlanCache::default()).0.bytes() as f64),
            twin: Box::new(move || {
                build(&twin, &twin_outputs, &node_wise, &PlanCache::default()).0.bytes() as f64
            }),
        }
    };
    methods.into_iter().map(workload).collect()
}

/// A plan after a change from what the one before left; the peer is the same plan made afresh.
pub fn after_changes(dataset: &Arc<Dataset>) -> Vec<Workload> {
    let all: Vec<u32> = (0..dataset.graph.num_nodes()).collect();
    let most: Vec<u32> = all.iter().copied().filter(|node| node % 20 != 0).collect();
    let batch_wise = |ratio| config(parts(8), together(ratio));
    let changes = [
        ("top-k 16 to 8", &all, merged(339, 16), &all, merged(339, 8)),
        ("outputs per batch 339 to 200", &all, merged(339, 16), &all, merged(200, 16)),
        ("5 % of the outputs removed", &all, merged(339, 16), &most, merged(339, 16)),
        ("5 % of the outputs added", &most, merged(339, 16), &all, merged(339, 16)),
        ("node-wise to hybrid", &all, merged(339, 16), &all, config(parts(8), Auxiliary::Each { top_k: 16 })),
        ("batch-wise, expand ratio 1 to 0.5", &all, batch_wise(1.0), &all, batch_wise(0.5)),
    ];
    changes
        .into_iter()
        .map(|(change, before, first, outputs, config)| {
            let (_, cache) = build(dataset, before, &first, &PlanCache::default());
            let (work, twin) = (dataset.clone(), dataset.clone());
            let (outputs, twin_outputs, twin_config) = (outputs.clone(), outputs.clone(), config.clone());
            Workload {
                name: format!("plan after a change, Cora: {change}"),
                peer: "a fresh plan".to_owned(),
                items: 1,
                unit: "ms",
                run: Box::new(move || build(&work, &outputs, &config, &cache).0.bytes() as f64),
                twin: Box::new(move || {
                    build(&twin, &twin_outputs, &twin_config, &PlanCache::default()).0.bytes() as f64
                }),
            }
        })
        .collect()
}

/// The edge list in a data folder.
pub fn edge_file(data: &Path, name: &str) -> Option<InputFile> {
    let files = ["edges.csv", "edges.csv.gz"];
    let path = files.into_iter().map(|file| data.join(name).join(file)).find(|path| path.exists())?;
    let bytes = std::fs::read(&path).expect("readable");
    Some(InputFile { name: path.file_name()?.to_string_lossy().into_owned(), bytes })
}

/// Plans by method of a graph from its edge list: every node is an output.
pub fn of_edges(name: &str, file: InputFile) -> ibmb::Result<Vec<Workload>> {
    let dataset = open_graph(&[file], &OpenOptions::default(), &Limits::default())?;
    Ok(of_all_nodes(name, dataset))
}

fn of_all_nodes(name: &str, dataset: Dataset) -> Vec<Workload> {
    let outputs: Vec<u32> = (0..dataset.graph.num_nodes()).collect();
    by_method(name, &Arc::new(dataset), &outputs)
}

/// Plans by method of the planted graph and of DBLP and WordNet in the folder `data`.
pub fn large(data: Option<&Path>) -> ibmb::Result<Vec<Workload>> {
    let graph = crate::planted_graph(100_000);
    let planted = Dataset::new("planted", graph, None, None, None, vec![], Report::default())?;
    let mut rows = of_all_nodes("planted 100k", planted);
    for (name, folder) in [("DBLP", "dblp"), ("WordNet", "wordnet")] {
        if let Some(file) = data.and_then(|data| edge_file(data, folder)) {
            rows.extend(of_edges(name, file)?);
        }
    }
    Ok(rows)
}
