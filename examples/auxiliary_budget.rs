//! Accuracy over batches against captured influence at equal numbers of auxiliary nodes:
//! `IBMB_DATA=folder cargo run --release --example auxiliary_budget` prints the tables of
//! `docs/records/auxiliary-budget.md`.
//!
//! Ten models a data set are trained on the whole graph. Each then predicts 1,000 test nodes in batches that were made in
//! five ways with the same number of nodes. "Random nodes" keeps the node-wise batches of outputs and draws their
//! auxiliary nodes evenly from the nodes within two steps of the outputs, which is all that two layers can use.

use std::path::Path;
use std::sync::Arc;

use ibmb::batch::{Auxiliary, BatchLimit, Direction, OutputPartition, PairScale, Plan, PlanConfig, PlanJob};
use ibmb::gnn::{
    FeatureNormalization, FullInference, Input, Model, Outputs, Subgraph, TrainConfig, TrainJob,
};
use ibmb::graph::{Dataset, Inducer, Normalization, SparseView, edge_values, hop_ball};
use ibmb::influence::{InfluenceRows, PushConfig, Pusher};
use ibmb::io::{InputFile, OpenOptions, open_graph};
use ibmb::limits::Limits;
use ibmb::partition::PartitionConfig;
use ibmb::task;
use oorandom::Rand32;

type Failure = Box<dyn std::error::Error>;

const SEEDS: u64 = 10;
const NUM_OUTPUTS: usize = 1000;
const OUTPUTS_PER_BATCH: u32 = 125;
const BUDGETS: [u32; 7] = [1, 2, 3, 4, 8, 16, 32];
const EPS: f64 = 1e-5;

/// Outputs and all nodes of every batch, global ids ascending.
type Batches = Vec<(Vec<u32>, Vec<u32>)>;

fn main() -> Result<(), Failure> {
    let folder =
        std::env::var("IBMB_DATA").map_err(|_| "IBMB_DATA is not set: it names the folder of data sets")?;
    for name in ["cora", "dblp", "amazon-photo"] {
        measure(&Path::new(&folder).join(name), name)?;
    }
    Ok(())
}

fn measure(folder: &Path, name: &str) -> Result<(), Failure> {
    let dataset = Arc::new(open(folder)?);
    let outputs = some_test_nodes(&dataset)?;
    let models = train(&dataset)?;
    let rows = influence(&dataset, &outputs)?;
    let full = accuracies(&dataset, &models, |model| predict_fully(&dataset, model, &outputs))?;
    println!("## {name}: {} test nodes, whole graph {}\n", outputs.len(), shown(&full));
    println!(
        "| top-k | method | nodes | captured | accuracy, global-sym | accuracy, local-sym |\n|---|---|---|---|---|---|"
    );
    for k in BUDGETS {
        for (method, batches) in methods(&dataset, &outputs, k)? {
            let of = |kind| accuracies(&dataset, &models, |model| predict(&dataset, model, &batches, kind));
            let (global, local) = (of(Normalization::GlobalSym)?, of(Normalization::LocalSym)?);
            let nodes: usize = batches.iter().map(|(_, nodes)| nodes.len()).sum();
            println!(
                "| {k} | {method} | {:.0} | {:.3} | {} | {} |",
                nodes as f64 / batches.len() as f64,
                captured(&rows, &batches),
                shown(&global),
                shown(&local)
            );
        }
    }
    println!();
    Ok(())
}

fn open(folder: &Path) -> Result<Dataset, Failure> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name != "paper_ids.csv" {
            files.push(InputFile { name, bytes: std::fs::read(&path)? });
        }
    }
    Ok(open_graph(&files, &OpenOptions::default(), &Limits::default())?)
}

fn some_test_nodes(dataset: &Dataset) -> Result<Vec<u32>, Failure> {
    let mut nodes = dataset.split(None)?.test.clone();
    shuffle(&mut nodes, &mut Rand32::new(2022));
    nodes.truncate(NUM_OUTPUTS);
    nodes.sort_unstable();
    Ok(nodes)
}

fn shuffle(nodes: &mut [u32], random: &mut Rand32) {
    for last in (1..nodes.len() as u32).rev() {
        nodes.swap(last as usize, random.rand_range(0..last + 1) as usize);
    }
}

fn train(dataset: &Arc<Dataset>) -> Result<Vec<Arc<Model>>, Failure> {
    let split = dataset.split(None)?;
    let mut models = Vec::new();
    for seed in 0..SEEDS {
        let feature_normalization = FeatureNormalization::Row;
        let config =
            TrainConfig { seed, feature_normalization, weight_decay: 5e-4, ..TrainConfig::default() };
        let (train, validation) = (Outputs::Nodes(split.train.clone()), Outputs::Nodes(split.val.clone()));
        let job = TrainJob::new(dataset.clone(), config, train, validation, &Limits::default())?;
        models.push(Arc::new(task::run(job)?.model));
    }
    Ok(models)
}

fn influence(dataset: &Dataset, outputs: &[u32]) -> Result<InfluenceRows, Failure> {
    let config = PushConfig { eps: EPS, ..PushConfig::default() };
    let csr = dataset.graph.adjacency();
    let mut pusher = Pusher::new(csr, config)?;
    let mut rows = InfluenceRows::new(config.into());
    for &output in outputs {
        rows.append(output, pusher.push(csr, output)?, &Limits::default())?;
    }
    Ok(rows)
}

/// Batches of every method with about the same number of nodes.
fn methods(dataset: &Arc<Dataset>, outputs: &[u32], k: u32) -> Result<Vec<(&'static str, Batches)>, Failure> {
    let plan = |partition, auxiliary| -> Result<Plan, Failure> {
        let measure = PushConfig { eps: EPS, ..PushConfig::default() }.into();
        let config = PlanConfig { partition, auxiliary, measure, normalization: Normalization::GlobalSym };
        Ok(task::run(PlanJob::new(dataset.clone(), outputs.to_vec(), config, Limits::default())?)?)
    };
    let num_parts = (outputs.len() as u32).div_ceil(OUTPUTS_PER_BATCH);
    let parts = || OutputPartition::Parts {
        config: PartitionConfig { num_parts, ..PartitionConfig::default() },
        balance_outputs: true,
    };
    let limit = BatchLimit::Outputs(OUTPUTS_PER_BATCH);
    let node_wise =
        plan(OutputPartition::Merge { limit, scale: PairScale::Row }, Auxiliary::Each { top_k: k })?;
    let node_wise = batches(&node_wise);
    let nodes: usize = node_wise.iter().map(|(_, nodes)| nodes.len()).sum();
    let expand_ratio = nodes as f64 / f64::from(dataset.graph.num_nodes());
    let together = Auxiliary::Together { expand_ratio, direction: Direction::Influence };
    let random_outputs = OutputPartition::Random { outputs_per_batch: OUTPUTS_PER_BATCH, seed: 0 };
    let random_nodes = with_random_nodes(dataset, &node_wise);
    Ok(vec![
        ("node-wise", node_wise),
        ("batch-wise", batches(&plan(parts(), together)?)),
        ("hybrid", batches(&plan(parts(), Auxiliary::Each { top_k: k })?)),
        ("random outputs", batches(&plan(random_outputs, Auxiliary::Each { top_k: k })?)),
        ("random nodes", random_nodes),
    ])
}

fn batches(plan: &Plan) -> Batches {
    plan.batches().map(|batch| (batch.output_nodes(), batch.nodes.to_vec())).collect()
}

/// The same outputs with as many other nodes, drawn evenly from those within two steps.
fn with_random_nodes(dataset: &Dataset, batches: &Batches) -> Batches {
    let mut random = Rand32::new(7);
    let draw = |(outputs, nodes): &(Vec<u32>, Vec<u32>)| {
        let mut near = hop_ball(dataset.graph.adjacency(), outputs, 2);
        near.retain(|node| outputs.binary_search(node).is_err());
        shuffle(&mut near, &mut random);
        near.truncate(nodes.len() - outputs.len());
        near.extend(outputs);
        near.sort_unstable();
        (outputs.clone(), near)
    };
    batches.iter().map(draw).collect()
}

/// Mean mass of the outputs' rows inside their batches.
fn captured(rows: &InfluenceRows, batches: &Batches) -> f64 {
    let mut total = 0.0;
    for (outputs, nodes) in batches {
        for output in outputs {
            let (reached, mass) =
                rows.row(rows.sources().binary_search(output).expect("an output has a row"));
            let inside = reached.iter().zip(mass).filter(|(node, _)| nodes.binary_search(node).is_ok());
            total += inside.map(|(_, mass)| mass).sum::<f64>();
        }
    }
    total / rows.sources().len() as f64
}

/// Predicted class of every output, with its node.
type Predicted = Vec<(u32, usize)>;

fn predict(
    dataset: &Arc<Dataset>,
    model: &Model,
    batches: &Batches,
    kind: Normalization,
) -> Result<Predicted, Failure> {
    let input = Input::new(dataset.clone(), model)?;
    let csr = dataset.graph.adjacency();
    let mut inducer = Inducer::new(csr);
    let mut predicted = Vec::new();
    for (outputs, nodes) in batches {
        let sub = inducer.induce(nodes);
        let global = || nodes.iter().map(|&node| csr.strength(node)).collect();
        let strengths: Vec<f64> = if kind.is_global() { global() } else { sub.strengths() };
        let values = edge_values(&sub, &strengths, kind);
        let adjacency = SparseView { indptr: sub.indptr(), indices: sub.indices(), values: &values };
        let locals: Vec<u32> = outputs
            .iter()
            .map(|node| nodes.binary_search(node).expect("outputs are in their batch") as u32)
            .collect();
        let sub = Subgraph { nodes, outputs: &locals, adjacency, normalization: kind };
        let logits = model.logits(&input, &sub, &Limits::default())?;
        let rows = logits.chunks(model.num_classes());
        predicted.extend(outputs.iter().copied().zip(rows.map(greatest)));
    }
    Ok(predicted)
}

fn predict_fully(dataset: &Arc<Dataset>, model: &Arc<Model>, outputs: &[u32]) -> Result<Predicted, Failure> {
    let kind = Normalization::GlobalSym;
    let job =
        FullInference::new(dataset.clone(), model.clone(), outputs.to_vec(), kind, None, &Limits::default())?;
    let result = task::run(job)?;
    Ok(result.nodes.iter().copied().zip(result.predictions.iter().map(|&class| class as usize)).collect())
}

fn greatest(row: &[f32]) -> usize {
    (0..row.len()).rev().max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or(0)
}

/// Accuracy of every model in %.
fn accuracies(
    dataset: &Dataset,
    models: &[Arc<Model>],
    predict: impl Fn(&Arc<Model>) -> Result<Predicted, Failure>,
) -> Result<Vec<f64>, Failure> {
    models
        .iter()
        .map(|model| {
            let predicted = predict(model)?;
            let labels = &dataset.labels.as_ref().ok_or("the data set has labels")?.values;
            let right = predicted.iter().filter(|&&(node, class)| labels[node as usize] == class as i32);
            Ok(100.0 * right.count() as f64 / predicted.len() as f64)
        })
        .collect()
}

fn shown(values: &[f64]) -> String {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64;
    format!("{mean:.1} ± {:.1}", variance.sqrt())
}
