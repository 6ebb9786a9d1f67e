//! Training and inference as jobs: seeds, steps, stopping, measures, refusals.

use std::sync::Arc;

use crate::support::*;
use ibmb::batch::{BatchLimit, NodeWiseConfig, NodeWiseJob, Plan};
use ibmb::gnn::{FullInference, Model, Outputs, PlanInference, Shape, TrainConfig, TrainJob, Trained};
use ibmb::graph::{Dataset, Normalization, Split};
use ibmb::influence::PushConfig;
use ibmb::limits::Limits;
use ibmb::task::{self, Step};

fn config() -> TrainConfig {
    TrainConfig { hidden: 16, epochs: 12, ..TrainConfig::default() }
}

fn nodes(range: std::ops::Range<u32>) -> Outputs {
    Outputs::Nodes(range.collect())
}

fn plan(dataset: &Arc<Dataset>, outputs: Vec<u32>, top_k: u32, outputs_per_batch: u32) -> Arc<Plan> {
    let config = NodeWiseConfig {
        push: PushConfig::default(),
        top_k,
        limit: BatchLimit::Outputs(outputs_per_batch),
        normalization: Normalization::GlobalSym,
    };
    Arc::new(
        task::run(NodeWiseJob::new(dataset.clone(), outputs, config, Limits::default()).unwrap()).unwrap(),
    )
}

fn job(dataset: &Arc<Dataset>, config: TrainConfig, train: Outputs, validation: Outputs) -> TrainJob {
    TrainJob::new(dataset.clone(), config, train, validation, &Limits::default()).unwrap()
}

fn full(dataset: &Arc<Dataset>, model: Model, nodes: Vec<u32>) -> ibmb::gnn::Predictions {
    let kind = Normalization::GlobalSym;
    let job = FullInference::new(dataset.clone(), model.into(), nodes, kind, None, &Limits::default());
    task::run(job.unwrap()).unwrap()
}

#[test]
fn a_seed_fixes_every_bit_and_another_changes_them() {
    for (shape, sparse) in [(Shape::Pyg, true), (Shape::Pyg, false), (Shape::Ibmb, true)] {
        let dataset = random_dataset(60, 100, sparse, 5);
        let batches = Outputs::Plan(plan(&dataset, (0..40).collect(), 4, 8));
        let run = |seed| {
            let config = TrainConfig { shape, seed, ..config() };
            task::run(job(&dataset, config, batches.clone(), nodes(40..60))).unwrap()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1).model, run(2).model);
    }
}

#[test]
fn a_plan_of_one_batch_with_all_nodes_trains_like_the_whole_graph() {
    let dataset = random_dataset(40, 60, true, 7);
    let whole = plan(&dataset, (0..40).collect(), 40, 40);
    assert_eq!(whole.num_batches(), 1);
    let by_plan =
        task::run(job(&dataset, config(), Outputs::Plan(whole.clone()), Outputs::Plan(whole))).unwrap();
    let by_nodes = task::run(job(&dataset, config(), nodes(0..40), nodes(0..40))).unwrap();
    assert_eq!(by_plan, by_nodes);
}

#[test]
fn both_shapes_learn_to_tell_classes_apart() {
    for (shape, layers) in [(Shape::Pyg, 2), (Shape::Ibmb, 3), (Shape::Pyg, 1)] {
        let dataset = dataset("graph_und");
        let config = TrainConfig {
            shape,
            layers,
            epochs: 150,
            dropout: 0.1,
            weight_decay: 0.0,
            lr: 0.02,
            hidden: 32,
            ..TrainConfig::default()
        };
        let train = dataset.splits[0].train.clone();
        let Trained { history, .. } =
            task::run(job(&dataset, config, Outputs::Nodes(train), Outputs::Nodes(vec![]))).unwrap();
        let (first, last) = (history[0], history[history.len() - 1]);
        assert!(last.loss < 0.7 * first.loss, "{shape:?}: loss from {} to {}", first.loss, last.loss);
        assert!(last.train_accuracy > first.train_accuracy, "{shape:?}");
    }
}

#[test]
fn steps_of_any_size_give_the_same_and_can_stop_between_batches() {
    let dataset = random_dataset(60, 100, true, 5);
    let plan = plan(&dataset, (0..40).collect(), 4, 8);
    // 12 epochs over all training batches and one validation batch.
    let total = 12 * (plan.num_batches() as u64 + 1);
    let batches = Outputs::Plan(plan);
    let make = || job(&dataset, config(), batches.clone(), nodes(40..60));
    let at_once = task::run(make()).unwrap();
    let mut bit_by_bit = make();
    assert_eq!(bit_by_bit.best().1, 0);
    let mut last = 0;
    loop {
        let progress = bit_by_bit.step(1).unwrap();
        assert_eq!((progress.stage, progress.done), ("training", last + 1));
        last = progress.done;
        assert_eq!(progress.total, total);
        if progress.finished {
            break;
        }
    }
    assert_eq!(last, total);
    assert_eq!(bit_by_bit.step(5).unwrap().done, last);
    assert_eq!(bit_by_bit.epoch().unwrap_err().code(), "internal");
    assert_eq!(bit_by_bit.finish().unwrap(), at_once);

    let mut stopped = make();
    for epoch in 1..=3 {
        assert_eq!(stopped.epoch().unwrap(), at_once.history[epoch - 1]);
    }
    stopped.step(1).unwrap();
    let (model, best) = stopped.best();
    assert!((1..=3).contains(&best));
    assert_eq!(model.num_layers(), 2);
    assert_eq!(stopped.finish().unwrap_err().to_string(), "training: 3 of 12 epochs are done");
}

#[test]
fn the_best_epoch_has_the_greatest_validation_accuracy() {
    let dataset = random_dataset(60, 100, true, 9);
    let trained = task::run(job(&dataset, config(), nodes(0..30), nodes(30..60))).unwrap();
    let best = trained.history[trained.best_epoch as usize - 1];
    let greatest = trained.history.iter().filter_map(|row| row.val_accuracy).fold(0.0, f64::max);
    assert_eq!(best.val_accuracy, Some(greatest));
    // The model kept is the one that was measured.
    let result = full(&dataset, trained.model, (30..60).collect());
    assert_eq!(result.accuracy.unwrap().all, Some(greatest));

    let without = task::run(job(&dataset, config(), nodes(0..30), nodes(0..0))).unwrap();
    assert_eq!((without.best_epoch, without.history[11].val_accuracy), (12, None));
    let rows: Vec<u32> = without.history.iter().map(|row| row.epoch).collect();
    assert_eq!(rows, (1..=12).collect::<Vec<_>>());
}

#[test]
fn unlabelled_nodes_count_in_no_measure() {
    let mut dataset = Dataset::clone(&random_dataset(30, 20, false, 2));
    let labels = &mut dataset.labels.as_mut().unwrap().values;
    labels[3] = -1;
    labels[20] = -1;
    dataset.splits = vec![Split { name: "s".into(), train: vec![0, 3], val: vec![3], test: vec![20, 21] }];
    let dataset = Arc::new(dataset);
    let trained = task::run(job(&dataset, config(), nodes(0..10), nodes(3..4))).unwrap();
    assert!(trained.history.iter().all(|row| row.val_accuracy.is_none()));
    // In any order and with repeats; ascending in the result.
    let result = full(&dataset, trained.model, vec![21, 3, 0, 20, 3]);
    assert_eq!(result.nodes, [0, 3, 20, 21]);
    let accuracy = result.accuracy.unwrap();
    assert!(accuracy.train.is_some() && accuracy.val.is_none() && accuracy.test.is_some());
    assert!([0.0, 0.5, 1.0].contains(&accuracy.all.unwrap()));
}

#[test]
fn nothing_to_predict_is_an_empty_result() {
    let dataset = random_dataset(10, 5, true, 2);
    let model = Model::init(&config(), 6, 3, &Limits::default()).unwrap();
    let result = full(&dataset, model, Vec::new());
    assert!(result.nodes.is_empty() && result.logits.is_empty());
    assert_eq!(result.accuracy.unwrap().all, None);
}

#[test]
fn what_does_not_fit_is_refused() {
    let dataset = random_dataset(10, 5, false, 2);
    let other = random_dataset(12, 5, false, 2);
    let limits = Limits::default();
    let model = Arc::new(Model::init(&config(), 6, 3, &limits).unwrap());
    let foreign = plan(&other, vec![0, 1], 4, 2);
    let message = "the plan was made for a graph of 12 nodes, this one has 10";

    let plan_job = |limits: &Limits, split: Option<&str>, plan: &Arc<Plan>| {
        PlanInference::new(dataset.clone(), plan.clone(), model.clone(), split, limits).err()
    };
    let error = plan_job(&limits, None, &foreign).unwrap();
    assert_eq!((error.code(), error.to_string().as_str()), ("shape_mismatch", message));
    let own = plan(&dataset, vec![0, 1], 4, 2);
    assert_eq!(plan_job(&limits, Some("x"), &own).unwrap().code(), "invalid_option");
    let small = Limits { max_matrix_bytes: 2 * 3 * 4, ..limits.clone() };
    assert!(plan_job(&small, None, &own).is_none());
    let smaller = Limits { max_matrix_bytes: 2 * 3 * 4 - 1, ..limits.clone() };
    assert_eq!(plan_job(&smaller, None, &own).unwrap().code(), "limit_exceeded");

    let (nodes_beyond, kind) = (vec![0, 10], Normalization::GlobalSym);
    let error = FullInference::new(dataset.clone(), model.clone(), nodes_beyond, kind, None, &limits).err();
    assert_eq!(error.unwrap().to_string(), "node 10 is out of range, the graph has 10 nodes");
    let job = FullInference::new(dataset.clone(), model.clone(), vec![0], kind, None, &limits).unwrap();
    assert_eq!(job.finish().unwrap_err().to_string(), "inference: 0 of 2 blocks are done");
    let tight = Limits { max_matrix_bytes: 10 * 16 * 4 - 1, ..limits.clone() };
    let job = FullInference::new(dataset.clone(), model, (0..10).collect(), kind, None, &tight).unwrap();
    assert_eq!(task::run(job).unwrap_err().code(), "limit_exceeded");

    let train = |dataset: &Dataset, config: TrainConfig, outputs: Outputs| {
        TrainJob::new(Arc::new(dataset.clone()), config, outputs, nodes(0..0), &limits).err().unwrap()
    };
    assert_eq!(train(&dataset, config(), Outputs::Plan(foreign)).to_string(), message);
    assert_eq!(train(&dataset, config(), nodes(0..11)).code(), "invalid_graph");
    assert_eq!(train(&dataset, config(), nodes(0..0)).code(), "invalid_option");
    let bad = TrainConfig { dropout: 1.0, ..config() };
    assert_eq!(
        train(&dataset, bad, nodes(0..4)).to_string(),
        "dropout: 1 is out of range, allowed is a number from 0 to below 1"
    );
    let unlabelled = Dataset { labels: None, ..Dataset::clone(&dataset) };
    assert_eq!(train(&unlabelled, config(), nodes(0..4)).code(), "invalid_graph");
    let bare = Dataset { features: None, ..Dataset::clone(&dataset) };
    assert_eq!(train(&bare, config(), nodes(0..4)).code(), "shape_mismatch");
    let mut blank = Dataset::clone(&dataset);
    blank.labels.as_mut().unwrap().values.fill(-1);
    assert_eq!(train(&blank, config(), nodes(0..4)).to_string(), "train: no training node has a label");
}
