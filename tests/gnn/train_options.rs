//! Options of training: groups of batches, a falling step size, early stop, and what ends in an error.

use std::sync::Arc;

use crate::support::*;
use ibmb::batch::{BatchLimit, NodeWiseConfig, NodeWiseJob, Plan};
use ibmb::gnn::{
    Arch, EarlyStop, Ending, FeatureNormalization, Loss, Model, Optimizer, Outputs, Plateau, Shape,
    TrainConfig, TrainJob, Trained,
};
use ibmb::graph::{CsrMatrix, Dataset, Features, Graph, Labels, Normalization};
use ibmb::influence::PushConfig;
use ibmb::io::TensorMap;
use ibmb::limits::Limits;
use ibmb::task::{self, Step};
use ndarray::Array2;
use oorandom::Rand32;

/// Islands that no edge joins, each a random tree, with dense features and three classes.
fn islands(sizes: &[u32]) -> Arc<Dataset> {
    let mut rng = Rand32::new(8);
    let (mut edges, mut first) = (Vec::new(), 0);
    for &size in sizes {
        edges.extend((1..size).map(|node| (first + node, first + rng.rand_range(0..node))));
        first += size;
    }
    let (graph, _) = Graph::from_edges(first, &edges, &Limits::default()).unwrap();
    let x = (0..first * 4).map(|_| rng.rand_float() - 0.5).collect();
    let features = Features::Dense(Array2::from_shape_vec((first as usize, 4), x).unwrap());
    let values = (0..first).map(|_| rng.rand_range(0..3) as i32).collect();
    let labels = Labels { values, class_names: ["a", "b", "c"].map(String::from).to_vec() };
    let dataset =
        Dataset::new("islands", graph, Some(features), Some(labels), None, Vec::new(), Default::default());
    Arc::new(dataset.unwrap())
}

/// One batch an island: every output brings its whole island, and islands share nothing.
fn plan(dataset: &Arc<Dataset>, sizes: &[u32]) -> Outputs {
    let n = dataset.graph.num_nodes();
    let config = NodeWiseConfig {
        push: PushConfig { eps: 1e-9, ..PushConfig::default() },
        top_k: n,
        limit: BatchLimit::Nodes(*sizes.iter().max().unwrap()),
        normalization: Normalization::GlobalSym,
    };
    let job = NodeWiseJob::new(dataset.clone(), (0..n).collect(), config, Limits::default()).unwrap();
    let plan: Plan = task::run(job).unwrap();
    let mut found: Vec<u32> = plan.batches().map(|batch| batch.outputs.len() as u32).collect();
    let mut wanted = sizes.to_vec();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted, "an island a batch");
    Outputs::Plan(plan.into())
}

fn config() -> TrainConfig {
    TrainConfig {
        hidden: 8,
        epochs: 1,
        dropout: 0.0,
        feature_normalization: FeatureNormalization::None,
        ..TrainConfig::default()
    }
}

fn all(dataset: &Dataset) -> Outputs {
    Outputs::Nodes((0..dataset.graph.num_nodes()).collect())
}

fn none() -> Outputs {
    Outputs::Nodes(Vec::new())
}

fn train(dataset: &Arc<Dataset>, config: TrainConfig, train: Outputs, validation: Outputs) -> Trained {
    let job = TrainJob::new(dataset.clone(), config, train, validation, &Limits::default());
    task::run(job.unwrap()).unwrap()
}

/// Greatest difference of two models' parameters.
fn distance(a: &Model, b: &Model) -> f32 {
    let (a, b): (TensorMap, TensorMap) = (a.to_tensors(), b.to_tensors());
    let values = |map: &TensorMap| -> Vec<f32> { map.tensors.values().flat_map(|t| t.to_f32()).collect() };
    values(&a).iter().zip(values(&b)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// The law of a group: all batches together make one step on the mean of their losses. Over islands of equal size that
/// mean is the loss of the whole graph, and with every output counted the same it is so for any sizes.
#[test]
fn a_group_of_all_batches_is_one_step_on_the_mean_loss() {
    for (sizes, loss, same) in [
        (&[6, 6, 6][..], Loss::BatchMean, true),
        (&[6, 6, 6], Loss::OutputMean, true),
        (&[9, 4, 6], Loss::OutputMean, true),
        (&[9, 4, 6], Loss::BatchMean, false),
    ] {
        let dataset = islands(sizes);
        let batches = plan(&dataset, sizes);
        for optimizer in [Optimizer::Adam, Optimizer::AdamW] {
            let config = TrainConfig { optimizer, loss, accumulate: 3, epochs: 8, ..config() };
            let by_group = train(&dataset, config.clone(), batches.clone(), none());
            let at_once = train(&dataset, config.clone(), all(&dataset), none());
            let off = distance(&by_group.model, &at_once.model);
            assert_eq!(off < 1e-4, same, "{sizes:?} {loss:?}: {off}");
            // A group is never larger than the epoch. One by one they make other steps.
            let larger =
                train(&dataset, TrainConfig { accumulate: 1000, ..config.clone() }, batches.clone(), none());
            assert_eq!(larger.model, by_group.model);
            let single = train(&dataset, TrainConfig { accumulate: 1, ..config }, batches.clone(), none());
            assert!(distance(&single.model, &by_group.model) > 1e-3);
        }
    }
}

/// A step of Adam moves no parameter by more than about `lr`, and the first one moves some by `lr`.
#[test]
fn an_epoch_makes_as_many_steps_as_groups() {
    let sizes = [6, 6, 6, 6, 6];
    let dataset = islands(&sizes);
    let batches = plan(&dataset, &sizes);
    let start = Model::init(&config(), 4, 3, &Limits::default()).unwrap();
    for (accumulate, steps) in [(1, 5.0), (2, 3.0), (4, 2.0), (5, 1.0), (6, 1.0)] {
        // So small steps see the same gradient, but for the batch: a parameter whose gradients agree moves all the way.
        let config = TrainConfig { accumulate, lr: 1e-4, weight_decay: 0.0, ..config() };
        let moved = distance(&train(&dataset, config, batches.clone(), none()).model, &start);
        assert!(moved <= steps * 1.01e-4, "{accumulate}: {moved}");
        assert!(moved > (steps - 1.0) * 1e-4, "{accumulate}: {moved}");
    }
}

#[test]
fn rows_tell_loss_and_accuracy_of_the_validation_nodes() {
    let dataset = random_dataset(50, 80, true, 4);
    let nodes: Vec<u32> = (30..50).collect();
    let validation = Outputs::Nodes(nodes.clone());
    let config = TrainConfig { epochs: 3, ..config() };
    let trained = train(&dataset, config.clone(), Outputs::Nodes((0..30).collect()), validation);
    assert_eq!(trained.ended, Ending::Epochs);
    let best = trained.history[trained.best_epoch as usize - 1];
    assert_eq!(best.learning_rate, 0.01);
    let sub = whole(&dataset.graph, &nodes, config.normalization);
    let labels = &dataset.labels.as_ref().unwrap().values;
    let targets: Vec<i32> = nodes.iter().map(|&node| labels[node as usize]).collect();
    let input = input(&dataset, &trained.model);
    let (loss, _) =
        trained.model.loss_and_gradients(&input, &sub.view(), &targets, &Limits::default()).unwrap();
    assert!((best.val_loss.unwrap() - loss).abs() < 1e-6, "{best:?}, should be {loss}");
    let without = train(&dataset, config, Outputs::Nodes((0..30).collect()), none());
    assert!(without.history.iter().all(|row| row.val_loss.is_none() && row.val_accuracy.is_none()));
}

#[test]
fn the_step_size_falls_by_the_validation_loss() {
    let dataset = random_dataset(50, 80, true, 4);
    let plateau = Plateau { factor: 0.5, patience: 2, cooldown: 1, min_lr: 1e-3 };
    let config = TrainConfig { epochs: 60, lr: 0.05, plateau: Some(plateau), ..config() };
    let trained =
        train(&dataset, config, Outputs::Nodes((0..30).collect()), Outputs::Nodes((30..50).collect()));
    // The rule once more, from the losses that the rows tell.
    let (mut lr, mut best, mut bad, mut pause) = (0.05, f64::INFINITY, 0, 0);
    for row in &trained.history {
        assert_eq!(row.learning_rate, lr, "epoch {}", row.epoch);
        let loss = row.val_loss.unwrap();
        bad = if loss < best * 0.9999 { 0 } else { bad + 1 };
        best = if bad == 0 { loss } else { best };
        if pause > 0 {
            (pause, bad) = (pause - 1, 0);
        }
        if bad > 2 {
            (lr, pause, bad) = ((lr / 2.0f64).max(1e-3), 1, 0);
        }
    }
    assert_eq!(trained.history.last().unwrap().learning_rate, 1e-3, "random labels: it falls to the floor");
}

#[test]
fn training_stops_when_the_accuracy_rises_no_more() {
    let dataset = random_dataset(50, 80, true, 4);
    let sets = || (Outputs::Nodes((0..30).collect()), Outputs::Nodes((30..50).collect()));
    let config = TrainConfig { epochs: 120, ..config() };
    let run = |config| {
        let (nodes, validation) = sets();
        train(&dataset, config, nodes, validation)
    };
    let long = run(config.clone());
    for (patience, min_epochs) in [(5, 0), (5, 40), (20, 0)] {
        let early_stop = Some(EarlyStop { patience, min_epochs });
        let short = run(TrainConfig { early_stop, ..config.clone() });
        // The rule once more, from the accuracies that the rows of the long run tell.
        let rises = |row: usize| {
            let before = long.history[..row].iter().filter_map(|row| row.val_accuracy).fold(-1.0, f64::max);
            long.history[row].val_accuracy.unwrap() > before
        };
        let end = (0..120)
            .find(|&row| {
                let last_rise = (0..=row).rev().find(|&row| rises(row)).unwrap();
                row + 1 > min_epochs as usize && row - last_rise > patience as usize
            })
            .unwrap();
        assert_eq!(short.history, long.history[..=end]);
        assert_eq!(short.ended, Ending::EarlyStop);
        let greatest = short.history.iter().filter_map(|row| row.val_accuracy).fold(0.0, f64::max);
        assert_eq!(short.history[short.best_epoch as usize - 1].val_accuracy, Some(greatest));
    }
    let (nodes, validation) = sets();
    let early_stop = Some(EarlyStop { patience: 5, min_epochs: 0 });
    let config = TrainConfig { early_stop, ..config };
    let mut job =
        TrainJob::new(dataset.clone(), config.clone(), nodes, validation, &Limits::default()).unwrap();
    let progress = job.step(u32::MAX).unwrap();
    assert!(progress.finished && progress.done == progress.total, "an early end is the whole work");
    assert_eq!(job.ended(), Some(Ending::EarlyStop));
    assert_eq!(job.epoch().unwrap_err().code(), "internal");

    let job = TrainJob::new(dataset.clone(), config, sets().0, none(), &Limits::default());
    let message = "early_stop: there is no labelled validation node to watch";
    assert_eq!(job.err().unwrap().to_string(), message);
    let config = TrainConfig { plateau: Some(Plateau::default()), ..self::config() };
    let job = TrainJob::new(dataset, config, sets().0, none(), &Limits::default());
    assert_eq!(job.err().unwrap().to_string(), "plateau: there is no labelled validation node to watch");
}

/// Sixteen layers, each of them some 60 times larger after a step of 1, take features of 1e16 beyond the greatest float.
#[test]
fn a_loss_that_is_not_finite_ends_training_and_leaves_the_best() {
    let scaled = |scale: f32| {
        let mut dataset = Dataset::clone(&random_dataset(30, 40, true, 4));
        let Some(Features::Sparse(matrix)) = &mut dataset.features else { panic!("made sparse") };
        matrix.values.iter_mut().for_each(|value| *value = scale * value.abs());
        Arc::new(dataset)
    };
    let run = |dataset: Arc<Dataset>, validation| {
        let config = TrainConfig { arch: Arch::Sage, layers: 16, hidden: 64, epochs: 9, lr: 1.0, ..config() };
        let nodes = Outputs::Nodes((0..20).collect());
        let mut job = TrainJob::new(dataset, config, nodes, validation, &Limits::default()).unwrap();
        let error = loop {
            if let Err(error) = job.epoch() {
                break error;
            }
        };
        (job, error)
    };
    // The step of epoch 1 is too large: its validation nodes tell, or the training nodes in epoch 2.
    for (validation, place, finished) in [
        (Outputs::Nodes((20..30).collect()), "epoch 1: the validation loss of batch 0 is ", 0),
        (none(), "epoch 2: the training loss of batch 0 is ", 1),
    ] {
        let (mut job, error) = run(scaled(1e16), validation);
        assert_eq!((error.code(), job.history().len()), ("diverged", finished));
        let message = error.to_string();
        assert!(message.starts_with(place), "{message}");
        assert!(message.contains(" at a learning rate of 1; a smaller lr"), "{message}");
        assert_eq!((job.step(1).unwrap_err(), job.epoch().unwrap_err()), (error.clone(), error));
        let (model, best_epoch) = job.best();
        assert_eq!((best_epoch as usize, job.ended()), (finished, None));
        let finite = |values: Vec<f32>| values.iter().all(|value| value.is_finite());
        assert!(model.to_tensors().tensors.values().all(|tensor| finite(tensor.to_f32())));
    }
    assert_eq!(run(scaled(1.0), none()).1.code(), "internal", "all epochs are done");
}

#[test]
fn labels_and_features_that_cannot_be_are_refused() {
    let dataset = random_dataset(10, 5, false, 2);
    let with = |features: Option<Features>, label: i32| {
        let mut labels = dataset.labels.clone().unwrap();
        labels.values[3] = label;
        Dataset::new("d", dataset.graph.clone(), features, Some(labels), None, vec![], Default::default())
    };
    let good = dataset.features.clone();
    assert!(with(good.clone(), 2).is_ok());
    assert_eq!(
        with(good.clone(), 3).unwrap_err().to_string(),
        "label 3 of node 3 is out of range, there are 3 classes"
    );
    for (value, shown) in [(f32::NAN, "NaN"), (f32::NEG_INFINITY, "-inf")] {
        let Some(Features::Dense(mut matrix)) = good.clone() else { panic!("made dense") };
        matrix[[7, 4]] = value;
        let error = with(Some(Features::Dense(matrix)), 0).unwrap_err();
        assert_eq!(error.code(), "shape_mismatch");
        assert_eq!(error.to_string(), format!("features: node 7, column 4: the value {shown} is not finite"));
    }
    let error = CsrMatrix::new(3, vec![0, 1, 2], vec![0, 2], vec![1.0, f32::NAN]).unwrap_err();
    assert_eq!(error.to_string(), "row 1, column 2: the value NaN is not finite");

    let refused = |dataset: &Dataset, nodes: Vec<u32>| {
        let dataset = Arc::new(dataset.clone());
        TrainJob::new(dataset, config(), Outputs::Nodes(nodes), none(), &Limits::default()).err().unwrap()
    };
    assert_eq!(refused(&dataset, vec![]).to_string(), "train: there is no training node");
    // The fields of a data set are open: what was never checked is found here.
    let mut wrong = Dataset::clone(&dataset);
    wrong.labels.as_mut().unwrap().values[3] = 9;
    let error = refused(&wrong, vec![0, 3]);
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        ("invalid_graph", "label 9 of node 3 is out of range, there are 3 classes")
    );
    assert!(refused(&wrong, vec![]).to_string().starts_with("train: "));
}

#[test]
fn every_architecture_trains_with_every_option_at_once() {
    let sizes = [8, 6, 5];
    let dataset = islands(&sizes);
    let batches = plan(&dataset, &sizes);
    for &arch in Arch::ALL {
        for &shape in Shape::ALL {
            let config = TrainConfig {
                arch,
                shape,
                heads: 2,
                epochs: 120,
                dropout: 0.1,
                optimizer: Optimizer::AdamW,
                accumulate: 2,
                loss: Loss::OutputMean,
                plateau: Some(Plateau { patience: 5, ..Plateau::default() }),
                early_stop: Some(EarlyStop { patience: 60, min_epochs: 20 }),
                lr: 0.02,
                ..config()
            };
            let run = || train(&dataset, config.clone(), batches.clone(), all(&dataset));
            let trained = run();
            assert_eq!(trained, run(), "{arch:?} {shape:?}");
            let loss = |at: usize| trained.history[at].loss;
            assert!(loss(trained.history.len() - 1) < 0.9 * loss(0), "{arch:?} {shape:?}");
        }
    }
}

/// Rows of length 1 are read as they are; the preparation must be the same as doing it beforehand.
#[test]
fn features_of_length_one_by_hand_and_by_option() {
    for sparse in [false, true] {
        let dataset = random_dataset(30, 40, sparse, 6);
        let mut prepared = Dataset::clone(&dataset);
        let unit = |row: &mut [f32]| {
            let length = row.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt();
            row.iter_mut().filter(|value| **value != 0.0).for_each(|value| *value /= length as f32);
        };
        match prepared.features.as_mut().unwrap() {
            Features::Dense(matrix) => matrix.rows_mut().into_iter().for_each(|mut row| {
                unit(row.as_slice_mut().unwrap());
            }),
            Features::Sparse(matrix) => {
                for bounds in matrix.indptr.windows(2) {
                    unit(&mut matrix.values[bounds[0] as usize..bounds[1] as usize]);
                }
            }
        }
        let run = |dataset: &Arc<Dataset>, feature_normalization| {
            let config = TrainConfig { feature_normalization, epochs: 5, ..config() };
            train(dataset, config, Outputs::Nodes((0..20).collect()), none())
        };
        let by_option = run(&dataset, FeatureNormalization::L2);
        let by_hand = run(&Arc::new(prepared), FeatureNormalization::None);
        let off = distance(&by_option.model, &by_hand.model);
        assert!(off < 1e-5, "sparse {sparse}: {off}");
        assert_eq!(by_option.model.feature_normalization(), FeatureNormalization::L2);
        let raw = run(&dataset, FeatureNormalization::None);
        assert!(distance(&by_option.model, &raw.model) > 1e-3);
    }
}
