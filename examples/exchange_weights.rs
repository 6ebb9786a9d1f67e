//! Weights in both directions between this crate and PyTorch Geometric; `scripts/pyg_weights.py` has the other half.
//!
//! `exchange_weights write DIR` writes a graph, models and their logits; `exchange_weights check DIR` reads the models
//! that PyG wrote there and compares the logits.

use std::path::Path;
use std::sync::Arc;

use ibmb::gnn::{Activation, Arch, FeatureNormalization, FullInference, Model, ModelOptions, TrainConfig};
use ibmb::graph::{Dataset, Features, Graph, Normalization};
use ibmb::io::{Tensor, TensorMap, save_graph};
use ibmb::limits::Limits;
use ndarray::Array2;
use oorandom::Rand32;

type Failure = Box<dyn std::error::Error>;

/// 200 nodes with 12 features, among them self-loops and isolated nodes.
fn graph() -> ibmb::Result<Arc<Dataset>> {
    let mut rng = Rand32::new(7);
    let edges: Vec<(u32, u32)> = (0..500).map(|_| (rng.rand_range(0..190), rng.rand_range(0..190))).collect();
    let (graph, _) = Graph::from_edges(200, &edges, &Limits::default())?;
    let x = Array2::from_shape_fn((200, 12), |_| rng.rand_float() - 0.5);
    let features = Some(Features::Dense(x));
    Dataset::new("random", graph, features, None, None, Vec::new(), Default::default()).map(Arc::new)
}

fn logits(dataset: &Arc<Dataset>, model: Model) -> ibmb::Result<Tensor> {
    let nodes: Vec<u32> = (0..dataset.graph.num_nodes()).collect();
    let (model, kind) = (Arc::new(model), Normalization::GlobalSym);
    let job = FullInference::new(dataset.clone(), model, nodes, kind, None, &Limits::default())?;
    let result = ibmb::task::run(job)?;
    Ok(Tensor::f32(&[result.nodes.len(), result.num_classes], result.logits))
}

fn write(folder: &Path) -> Result<(), Failure> {
    let dataset = graph()?;
    std::fs::write(folder.join("graph.safetensors"), save_graph(&dataset)?)?;
    for arch in [Arch::Gcn, Arch::Sage, Arch::Gat] {
        for layers in 1..=3 {
            let config = TrainConfig {
                arch,
                layers,
                hidden: 16,
                heads: 4,
                activation: Some(Activation::Relu),
                feature_normalization: FeatureNormalization::None,
                seed: layers.into(),
                ..TrainConfig::default()
            };
            let model = Model::init(&config, 12, 5, &Limits::default())?;
            let name = format!("ours_{}_{layers}.safetensors", arch.name());
            std::fs::write(folder.join(&name), model.to_tensors().write()?)?;
            let mut map = TensorMap::default();
            map.tensors.insert("logits".into(), logits(&dataset, model)?);
            std::fs::write(folder.join(format!("logits_{name}")), map.write()?)?;
        }
    }
    Ok(())
}

fn check(folder: &Path) -> Result<(), Failure> {
    let (dataset, limits) = (graph()?, Limits::default());
    let read = |name: &str| -> Result<TensorMap, Failure> {
        Ok(TensorMap::read(name, &std::fs::read(folder.join(name))?, &limits)?)
    };
    let mut worst = 0f64;
    for arch in Arch::ALL {
        for layers in 1..=3 {
            let name = format!("theirs_{}_{layers}.safetensors", arch.name());
            let options =
                ModelOptions { feature_normalization: FeatureNormalization::None, ..ModelOptions::default() };
            let ours = logits(&dataset, Model::from_tensors(&read(&name)?, &options)?)?.to_f64();
            let theirs = read(&format!("logits_{name}"))?.get("logits")?.to_f64();
            let greatest = theirs.iter().fold(1f64, |most, value| most.max(value.abs()));
            let error =
                ours.iter().zip(&theirs).fold(0f64, |most, (a, b)| most.max((a - b).abs())) / greatest;
            println!("{name}: read here, logits differ by {error:.1e}");
            worst = worst.max(error);
        }
    }
    println!("worst {worst:.1e}");
    if worst > 1e-4 { Err("logits differ by more than 1e-4".into()) } else { Ok(()) }
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", folder] => write(Path::new(folder)),
        ["check", folder] => check(Path::new(folder)),
        _ => Err("usage: exchange_weights write|check DIR".into()),
    }
}
