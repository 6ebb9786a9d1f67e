//! Training under each schedule, and over merged batches.

use std::sync::Arc;

use crate::support::*;
use ibmb::batch::{
    BatchLimit, Distance, NodeWiseConfig, NodeWiseJob, Plan, Schedule, Scheduler, label_distances,
};
use ibmb::gnn::{FullInference, Model, Outputs, PlanInference, TrainConfig, TrainJob};
use ibmb::graph::{Dataset, Normalization};
use ibmb::influence::PushConfig;
use ibmb::limits::Limits;
use ibmb::task::{self, Step};

fn plan(dataset: &Arc<Dataset>, outputs: Vec<u32>, top_k: u32, outputs_per_batch: u32) -> Arc<Plan> {
    let config = NodeWiseConfig {
        push: PushConfig::default(),
        top_k,
        limit: BatchLimit::Outputs(outputs_per_batch),
        normalization: Normalization::GlobalSym,
    };
    let job = NodeWiseJob::new(dataset.clone(), outputs, config, Limits::default());
    Arc::new(task::run(job.unwrap()).unwrap())
}

fn config(schedule: Schedule) -> TrainConfig {
    TrainConfig { hidden: 8, epochs: 4, schedule, seed: 3, ..TrainConfig::default() }
}

fn job(dataset: &Arc<Dataset>, plan: &Arc<Plan>, schedule: Schedule) -> TrainJob {
    let train = Outputs::Plan(plan.clone());
    let none = Outputs::Nodes(vec![]);
    TrainJob::new(dataset.clone(), config(schedule), train, none, &Limits::default()).unwrap()
}

#[test]
fn training_visits_the_batches_in_the_order_of_the_schedule() {
    let dataset = random_dataset(80, 120, true, 4);
    let plan = plan(&dataset, (0..60).collect(), 3, 4);
    assert!(plan.num_batches() > 9, "a tour that takes steps");
    let results: Vec<_> = Schedule::ALL
        .iter()
        .map(|&schedule| {
            let first = task::run(job(&dataset, &plan, schedule)).unwrap();
            assert_eq!(first, task::run(job(&dataset, &plan, schedule)).unwrap(), "{schedule:?}");
            first
        })
        .collect();
    assert!(results[0] != results[1] && results[1] != results[2] && results[0] != results[2]);
}

#[test]
fn a_tour_is_a_stage_before_training() {
    let dataset = random_dataset(80, 120, true, 4);
    let plan = plan(&dataset, (0..60).collect(), 3, 4);
    let at_once = task::run(job(&dataset, &plan, Schedule::Order)).unwrap();
    let mut in_steps = job(&dataset, &plan, Schedule::Order);
    let mut stages = Vec::new();
    loop {
        let progress = in_steps.step(1).unwrap();
        assert!(progress.done <= progress.total);
        if stages.last() != Some(&progress.stage) {
            stages.push(progress.stage);
        }
        if progress.finished {
            break;
        }
    }
    assert_eq!(stages, ["tour", "training"]);
    assert_eq!(in_steps.finish().unwrap(), at_once);
    // Asked for an epoch, a run finds its tour first.
    let mut by_epochs = job(&dataset, &plan, Schedule::Order);
    let rows: Vec<_> = (0..4).map(|_| by_epochs.epoch().unwrap()).collect();
    assert_eq!(rows, at_once.history);
    // The whole graph is one batch: no schedule changes anything.
    let whole = |schedule| {
        let (train, none) = (Outputs::Nodes((0..60).collect()), Outputs::Nodes(vec![]));
        task::run(TrainJob::new(dataset.clone(), config(schedule), train, none, &Limits::default()).unwrap())
    };
    assert_eq!(whole(Schedule::Order).unwrap(), whole(Schedule::Random).unwrap());
}

/// Law 33.
#[test]
fn distances_do_not_see_features_or_edges() {
    // The same outputs in the same batches of two graphs with other edges and features: single nodes.
    let (one, other) = (random_dataset(30, 20, true, 1), random_dataset(30, 90, false, 2));
    let labels = one.labels.clone();
    let distances = |dataset: &Arc<Dataset>| {
        let plan = plan(dataset, (0..30).collect(), 2, 1);
        let order: Vec<u32> = plan.batches().map(|batch| batch.output_nodes()[0]).collect();
        assert_eq!(order, (0..30).collect::<Vec<_>>());
        let limits = Limits::default();
        Arc::new(label_distances(&plan, labels.as_ref(), Distance::L1, &limits).unwrap())
    };
    let tour = |dataset| {
        let found = Scheduler::new(30, Some(distances(dataset)), Schedule::Order, 5).unwrap();
        found.tour().unwrap().clone()
    };
    assert_eq!(tour(&one), tour(&other));
}

#[test]
fn a_model_runs_on_merged_batches() {
    // Two layers see two steps: merged over all batches with all nodes in reach, the result is that of the whole graph.
    let dataset = random_dataset(40, 50, true, 6);
    let limits = Limits::default();
    let model = Arc::new(Model::init(&config(Schedule::Random), 6, 3, &limits).unwrap());
    let split = plan(&dataset, (0..40).collect(), 1, 5);
    assert!(split.num_batches() > 1);
    let all: Vec<u32> = (0..split.num_batches() as u32).collect();
    let merged = split.merged(&dataset.graph, &all, &limits).unwrap();
    let found = model.logits(&input(&dataset, &model), &merged.view().into(), &limits).unwrap();
    let kind = Normalization::GlobalSym;
    let whole = FullInference::new(dataset.clone(), model.clone(), (0..40).collect(), kind, None, &limits);
    let whole = task::run(whole.unwrap()).unwrap().logits;
    assert_close("merged batches", &found, &wide(&whole), 2e-5, false);
    // The batches by themselves are not: they miss the edges between them.
    let apart = PlanInference::new(dataset, split, model, None, &limits).unwrap();
    let apart = task::run(apart).unwrap().logits;
    assert!(apart.iter().zip(&whole).any(|(a, b)| (a - b).abs() > 1e-3));
}
