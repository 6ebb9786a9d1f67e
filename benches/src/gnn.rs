//! Networks on whole graphs: forward passes and epochs of training.

use std::sync::Arc;

use ibmb::gnn::{Arch, FullInference, Model, Outputs, TrainConfig, TrainJob};
use ibmb::graph::{Dataset, Features, Normalization};
use ibmb::io::{InputFile, OpenOptions, open_graph};
use ibmb::limits::Limits;
use ibmb::task;

use crate::Workload;

const ARCHS: [(Arch, &str); 3] = [(Arch::Gcn, "GCN"), (Arch::Sage, "GraphSAGE"), (Arch::Gat, "GAT")];

/// Layers and width.
const SIZES: [[u32; 2]; 2] = [[3, 256], [2, 64]];

/// Forward passes of all sizes and an epoch of each, on the graph of some files, which must have features and labels.
///
/// # Errors
/// Those of reading the files.
pub fn of_files(name: &str, files: &[InputFile]) -> ibmb::Result<Vec<Workload>> {
    rows(name, &Arc::new(open_graph(files, &OpenOptions::default(), &Limits::default())?))
}

fn rows(name: &str, dataset: &Arc<Dataset>) -> ibmb::Result<Vec<Workload>> {
    let dense = Arc::new(with_dense_features(dataset)?);
    let mut rows = Vec::new();
    for [layers, hidden] in SIZES {
        for (arch, arch_name) in ARCHS {
            let config = TrainConfig { arch, layers, hidden, epochs: 100_000, ..TrainConfig::of(arch) };
            let forward = |dataset: &Arc<Dataset>| forward(dataset, &config);
            rows.push(Workload {
                name: format!("{arch_name} forward, {name}, {layers} layers x {hidden}"),
                peer: "with dense features".to_owned(),
                items: 1,
                unit: "ms",
                run: forward(dataset)?,
                twin: forward(&dense)?,
            });
            rows.push(Workload {
                name: format!("{arch_name} epoch of training, {name}, {layers} layers x {hidden}"),
                peer: "its forward pass".to_owned(),
                items: 1,
                unit: "ms",
                run: epoch(dataset, &config)?,
                twin: forward(dataset)?,
            });
        }
    }
    Ok(rows)
}

fn forward(dataset: &Arc<Dataset>, config: &TrainConfig) -> ibmb::Result<Box<dyn FnMut() -> f64>> {
    let num_features = dataset.features.as_ref().map_or(0, Features::num_columns);
    let limits = Limits::default();
    let model = Arc::new(Model::init(config, num_features, dataset.num_classes(), &limits)?);
    let (dataset, nodes) = (dataset.clone(), (0..dataset.graph.num_nodes()).collect::<Vec<_>>());
    Ok(Box::new(move || {
        let kind = Normalization::GlobalSym;
        let job = FullInference::new(dataset.clone(), model.clone(), nodes.clone(), kind, None, &limits);
        task::run(job.expect("weights of this graph")).expect("in memory").logits[0].into()
    }))
}

/// One epoch of training for every second node.
fn epoch(dataset: &Arc<Dataset>, config: &TrainConfig) -> ibmb::Result<Box<dyn FnMut() -> f64>> {
    let outputs = Outputs::Nodes((0..dataset.graph.num_nodes()).step_by(2).collect());
    let none = Outputs::Nodes(Vec::new());
    let mut job = None;
    let (dataset, config) = (dataset.clone(), config.clone());
    Ok(Box::new(move || {
        let job = job.get_or_insert_with(|| {
            TrainJob::new(dataset.clone(), config.clone(), outputs.clone(), none.clone(), &Limits::default())
                .expect("options in range")
        });
        job.epoch().expect("in memory").loss
    }))
}

fn with_dense_features(dataset: &Dataset) -> ibmb::Result<Dataset> {
    let mut dense = dataset.clone();
    if let Some(Features::Sparse(matrix)) = &dataset.features {
        let mut rows = ndarray::Array2::zeros((matrix.num_rows(), matrix.num_columns as usize));
        for row in 0..matrix.num_rows() {
            let (columns, values) = matrix.row(row);
            columns.iter().zip(values).for_each(|(&column, &value)| rows[[row, column as usize]] = value);
        }
        dense.features = Some(Features::Dense(rows));
    }
    Ok(dense)
}
