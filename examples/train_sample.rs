//! Trains the weights that go with the Cora sample: `cargo run --release --example train_sample [SAMPLE OUTPUT]`.
//!
//! The same command gives the same bytes on every machine of the same architecture.

use std::sync::Arc;

use ibmb::gnn::{FeatureNormalization, FullInference, Outputs, TrainConfig, TrainJob};
use ibmb::io::{InputFile, OpenOptions, open_graph};
use ibmb::limits::Limits;
use ibmb::task;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/www/public/samples");
    let mut args = std::env::args().skip(1);
    let sample = args.next().unwrap_or_else(|| format!("{folder}/cora.safetensors"));
    let output = args.next().unwrap_or_else(|| format!("{folder}/cora-gcn.safetensors"));

    let limits = Limits::default();
    let file = InputFile { name: sample.clone(), bytes: std::fs::read(&sample)? };
    let dataset = Arc::new(open_graph(&[file], &OpenOptions::default(), &limits)?);
    let split = dataset.split(None)?.clone();
    // The recipe of [Kipf17].
    let feature_normalization = FeatureNormalization::Row;
    let config = TrainConfig { feature_normalization, weight_decay: 5e-4, ..TrainConfig::default() };
    let normalization = config.normalization;
    let train = Outputs::Nodes(split.train);
    let validation = Outputs::Nodes(split.val);
    let trained = task::run(TrainJob::new(dataset.clone(), config, train, validation, &limits)?)?;

    let nodes = (0..dataset.graph.num_nodes()).collect();
    let model = Arc::new(trained.model);
    let job = FullInference::new(dataset, model.clone(), nodes, normalization, None, &limits)?;
    let accuracy = task::run(job)?.accuracy.ok_or("the sample has labels")?;
    std::fs::write(&output, model.to_tensors().write()?)?;
    println!(
        "{output}: best epoch {} of {}, test accuracy {:.1} %",
        trained.best_epoch,
        trained.history.len(),
        100.0 * accuracy.test.ok_or("the sample has test nodes")?
    );
    Ok(())
}
