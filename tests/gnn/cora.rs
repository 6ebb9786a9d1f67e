//! Accuracy on Cora, public split [Yang16]: 140 training, 500 validation and 1,000 test nodes, with the usual options.
//!
//! Published for two convolutions on the whole graph: GCN 81.5 % [Kipf17], GAT 83.0 % [Velickovic18]. The bounds are those
//! that ten seeds must reach, `docs/records/accuracy.md`; here are few, so the bound of a GAT is half a point lower.

use std::sync::Arc;

use crate::support::cora;
use ibmb::batch::{BatchLimit, NodeWiseConfig, NodeWiseJob, Plan, default_outputs_per_batch};
use ibmb::gnn::{Arch, FullInference, Outputs, PlanInference, Predictions, TrainConfig, TrainJob};
use ibmb::graph::{Dataset, Normalization};
use ibmb::influence::PushConfig;
use ibmb::limits::Limits;
use ibmb::task;

const SEEDS: u64 = 4;

/// Node-wise, 16 auxiliary nodes an output.
fn plan(dataset: &Arc<Dataset>, outputs: &[u32]) -> Arc<Plan> {
    let config = NodeWiseConfig {
        push: PushConfig::default(),
        top_k: 16,
        limit: BatchLimit::Outputs(default_outputs_per_batch(outputs.len())),
        normalization: Normalization::GlobalSym,
    };
    let job = NodeWiseJob::new(dataset.clone(), outputs.to_vec(), config, Limits::default());
    Arc::new(task::run(job.unwrap()).unwrap())
}

/// Mean test accuracy of the best validation epochs.
fn mean_accuracy(
    what: &str,
    arch: Arch,
    dataset: &Arc<Dataset>,
    [train, validation]: [Outputs; 2],
    infer: impl Fn(ibmb::gnn::Model) -> Predictions,
) -> f64 {
    let accuracies: Vec<f64> = (0..SEEDS)
        .map(|seed| {
            let config = TrainConfig { seed, ..TrainConfig::of(arch) };
            let (train, validation) = (train.clone(), validation.clone());
            let job = TrainJob::new(dataset.clone(), config, train, validation, &Limits::default());
            let result = infer(task::run(job.unwrap()).unwrap().model);
            assert_eq!(result.nodes, dataset.splits[0].test);
            result.accuracy.unwrap().test.unwrap()
        })
        .collect();
    let mean = accuracies.iter().sum::<f64>() / SEEDS as f64;
    let variance = accuracies.iter().map(|a| (a - mean).powi(2)).sum::<f64>() / (SEEDS - 1) as f64;
    let (name, deviation) = (arch.name(), 100.0 * variance.sqrt());
    println!("{name}, {what}: mean {:.2} %, deviation {deviation:.2}", 100.0 * mean);
    mean
}

fn on_the_whole_graph(arch: Arch) -> f64 {
    let dataset = cora();
    let split = &dataset.splits[0];
    let outputs = [split.train.clone(), split.val.clone()].map(Outputs::Nodes);
    mean_accuracy("whole graph", arch, &dataset, outputs, |model| {
        let (test, kind) = (split.test.clone(), Normalization::GlobalSym);
        let job = FullInference::new(dataset.clone(), model.into(), test, kind, None, &Limits::default());
        task::run(job.unwrap()).unwrap()
    })
}

#[test]
fn a_gcn_reaches_the_published_accuracy() {
    let mean = on_the_whole_graph(Arch::Gcn);
    assert!(mean >= 0.81, "mean test accuracy {mean}");
}

#[test]
fn graphsage_reaches_the_usual_accuracy() {
    let mean = on_the_whole_graph(Arch::Sage);
    assert!(mean >= 0.785, "mean test accuracy {mean}");
}

#[test]
fn a_gat_reaches_the_usual_accuracy() {
    let mean = on_the_whole_graph(Arch::Gat);
    assert!(mean >= 0.81, "mean test accuracy {mean}");
}

#[test]
fn batches_of_sixteen_auxiliary_nodes_an_output_come_close() {
    let dataset = cora();
    let split = &dataset.splits[0];
    let [train, validation, test] = [&split.train, &split.val, &split.test].map(|part| plan(&dataset, part));
    assert!(train.num_batches() > 1);
    let outputs = [Outputs::Plan(train), Outputs::Plan(validation)];
    let mean = mean_accuracy("node-wise batches", Arch::Gcn, &dataset, outputs, |model| {
        let job = PlanInference::new(dataset.clone(), test.clone(), model.into(), None, &Limits::default());
        task::run(job.unwrap()).unwrap()
    });
    assert!(mean >= 0.80, "mean test accuracy {mean}");
}
