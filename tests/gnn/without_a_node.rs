//! Predictions without an auxiliary node are those of a plan that never had it.

use std::sync::Arc;

use crate::support::{random_dataset_of, wide};
use ibmb::batch::{Auxiliary, OutputPartition, Plan, PlanConfig, PlanJob};
use ibmb::gnn::{Ablation, AblationJob, Arch, Model, PlanInference, Predictions, TrainConfig};
use ibmb::graph::{Dataset, Normalization, hop_ball};
use ibmb::influence::PushConfig;
use ibmb::limits::Limits;
use ibmb::task;

/// A plan whose only batch has just these nodes.
fn plan(dataset: &Arc<Dataset>, nodes: &[u32], outputs: &[u32], normalization: Normalization) -> Arc<Plan> {
    let part = (0..dataset.graph.num_nodes()).map(|node| u32::from(!nodes.contains(&node))).collect();
    let config = PlanConfig {
        partition: OutputPartition::Given(part),
        auxiliary: Auxiliary::Part,
        measure: PushConfig::default().into(),
        normalization,
    };
    let job = PlanJob::new(dataset.clone(), outputs.to_vec(), config, Limits::default()).unwrap();
    let plan = task::run(job).unwrap();
    assert_eq!((plan.num_batches(), plan.batch(0).nodes), (1, nodes));
    Arc::new(plan)
}

fn model(arch: Arch, seed: u64) -> Arc<Model> {
    let config = TrainConfig { arch, heads: 2, hidden: 8, seed, ..TrainConfig::default() };
    Arc::new(Model::init(&config, 6, 3, &Limits::default()).unwrap())
}

fn without(dataset: &Arc<Dataset>, plan: &Arc<Plan>, model: &Arc<Model>, node: u32) -> Ablation {
    let (dataset, plan, model) = (dataset.clone(), plan.clone(), model.clone());
    task::run(AblationJob::new(dataset, plan, model, 0, node, &Limits::default()).unwrap()).unwrap()
}

fn inferred(dataset: &Arc<Dataset>, plan: &Arc<Plan>, model: &Arc<Model>) -> Predictions {
    let job = PlanInference::new(dataset.clone(), plan.clone(), model.clone(), None, &Limits::default());
    task::run(job.unwrap()).unwrap()
}

/// Law 49.
#[test]
fn it_equals_a_plan_without_the_node() {
    for (arch, seed) in [(Arch::Gcn, 1), (Arch::Sage, 2), (Arch::Gat, 3)] {
        for &kind in Normalization::ALL {
            for directed in [false, true] {
                let dataset = random_dataset_of(40, 60, false, seed, (directed, arch == Arch::Gcn));
                let model = model(arch, seed);
                let nodes: Vec<u32> = (0..40).filter(|v| v % 4 != 3).collect();
                let outputs = [0, 5, 6, 20];
                let whole = plan(&dataset, &nodes, &outputs, kind);
                for node in [1, 2, 4, 38] {
                    let rest: Vec<u32> = nodes.iter().copied().filter(|&other| other != node).collect();
                    let found = without(&dataset, &whole, &model, node);
                    let twin = inferred(&dataset, &plan(&dataset, &rest, &outputs, kind), &model);
                    assert_eq!(found.without_node.nodes, outputs);
                    assert_eq!(
                        found.without_node.logits, twin.logits,
                        "{arch:?} {kind:?} {directed} without {node}"
                    );
                    assert_eq!(found.with_node.logits, inferred(&dataset, &whole, &model).logits);
                    assert_eq!(found.without_node.predictions, twin.predictions);
                }
            }
        }
    }
}

/// Law 49.
#[test]
fn a_node_matters_only_within_the_layers() {
    let dataset = random_dataset_of(60, 20, false, 5, (false, false));
    let model = model(Arch::Gcn, 5);
    let all: Vec<u32> = (0..60).collect();
    let whole = plan(&dataset, &all, &[7], Normalization::GlobalSym);
    let seen = hop_ball(dataset.graph.adjacency(), &[7], model.num_layers() as u32);
    assert!(seen.len() > 2 && seen.len() < 60);
    for node in all.into_iter().filter(|&node| node != 7) {
        let found = without(&dataset, &whole, &model, node);
        let (with, without) = (wide(&found.with_node.logits), wide(&found.without_node.logits));
        let same = with.iter().zip(&without).all(|(a, b)| (a - b).abs() < 1e-7);
        assert_eq!(same, !seen.contains(&node), "node {node}");
    }
}

#[test]
fn what_cannot_be_taken_out_is_named() {
    let dataset = random_dataset_of(10, 10, false, 1, (false, false));
    let model = model(Arch::Gcn, 1);
    let plan = plan(&dataset, &[0, 1, 2, 3], &[1], Normalization::GlobalSym);
    let error = |index, node| {
        let (dataset, plan, model) = (dataset.clone(), plan.clone(), model.clone());
        AblationJob::new(dataset, plan, model, index, node, &Limits::default()).err().unwrap().to_string()
    };
    assert_eq!(error(1, 0), "index: 1 is out of range, the plan has 1 batches");
    assert_eq!(error(0, 9), "node: node 9 is not in batch 0");
    assert_eq!(error(0, 1), "node: node 1 is an output of batch 0, allowed are its auxiliary nodes");
    let other = random_dataset_of(11, 10, false, 1, (false, false));
    let job = AblationJob::new(other, plan, model, 0, 0, &Limits::default());
    assert_eq!(job.err().unwrap().code(), "shape_mismatch");
}
