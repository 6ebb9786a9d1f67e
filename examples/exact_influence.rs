//! How well PPR foresees the exact influence of trained networks: means over nodes of the sample.
//!
//! `exact_influence SAMPLE` trains one network of each kind on the sample (safetensors with a split) and compares.

use std::sync::Arc;

use ibmb::gnn::{Arch, ExactInfluence, Outputs, TrainConfig, TrainJob};
use ibmb::influence::PushConfig;
use ibmb::io::{InputFile, OpenOptions, open_graph};
use ibmb::limits::Limits;
use ibmb::task;

/// Every so many nodes one is asked about.
const EVERY: usize = 14;
const K: usize = 16;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: exact_influence SAMPLE")?;
    let limits = Limits::default();
    let file = InputFile { name: path.clone(), bytes: std::fs::read(&path)? };
    let dataset = Arc::new(open_graph(&[file], &OpenOptions::default(), &limits)?);
    let split = dataset.split(None)?;
    println!(
        "| network | layers | nodes | rank correlation | overlap of the top {K} |\n|---|---|---|---|---|"
    );
    for arch in [Arch::Gcn, Arch::Sage, Arch::Gat] {
        for layers in [2, 3] {
            let config = TrainConfig { layers, ..TrainConfig::of(arch) };
            let kind = config.normalization;
            let [train, validation] = [&split.train, &split.val].map(|nodes| Outputs::Nodes(nodes.clone()));
            let job = TrainJob::new(dataset.clone(), config, train, validation, &limits)?;
            let model = Arc::new(task::run(job)?.model);
            for untrained in [true, false] {
                let model = match untrained {
                    false => model.clone(),
                    true => {
                        let config = TrainConfig { layers, ..TrainConfig::of(arch) };
                        let (inputs, classes) = (model.num_features(), model.num_classes());
                        Arc::new(ibmb::gnn::Model::init(&config, inputs, classes, &limits)?)
                    }
                };
                let (mut correlation, mut overlap, mut count) = (0.0, 0.0, 0u32);
                for node in (0..dataset.graph.num_nodes()).step_by(EVERY) {
                    let push = PushConfig { eps: 1e-7, ..PushConfig::default() };
                    let (dataset, model) = (dataset.clone(), model.clone());
                    let found =
                        task::run(ExactInfluence::new(dataset, model, node, kind, push, K, &limits)?)?;
                    let Some(rank) = found.rank_correlation else { continue };
                    correlation += rank;
                    overlap += found.top_k_overlap;
                    count += 1;
                }
                let state = if untrained { "random" } else { "trained" };
                let [correlation, overlap] = [correlation, overlap].map(|sum| sum / f64::from(count));
                println!(
                    "| {}, {state} | {layers} | {count} | {correlation:.3} | {overlap:.3} |",
                    arch.name()
                );
            }
        }
    }
    Ok(())
}
