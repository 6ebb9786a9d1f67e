//! The exact influence of nodes on a model's output, against derivatives by PyTorch, by hand and by differences.

use std::sync::Arc;

use crate::support::*;
use ibmb::gnn::{
    Arch, ExactInfluence, FeatureNormalization, Influence, Model, ModelOptions, Shape, TrainConfig,
};
use ibmb::graph::{CsrMatrix, Dataset, Features, Normalization, hop_ball};
use ibmb::influence::{PushConfig, power};
use ibmb::io::{Tensor, TensorMap};
use ibmb::limits::Limits;
use ibmb::task;
use ndarray::Array2;

/// Relative to the greatest score of the node.
const SAME: f64 = 1e-4;

fn influence(dataset: &Arc<Dataset>, model: &Arc<Model>, node: u32, kind: Normalization) -> Influence {
    let push = PushConfig { eps: 1e-9, ..PushConfig::default() };
    let job = ExactInfluence::new(dataset.clone(), model.clone(), node, kind, push, 16, &Limits::default());
    task::run(job.unwrap()).unwrap()
}

/// Scores by node, 0 outside the ball.
fn by_node(influence: &Influence, n: usize) -> Vec<f32> {
    let mut all = vec![0.0; n];
    influence.nodes.iter().zip(&influence.scores).for_each(|(&u, &score)| all[u as usize] = score as f32);
    all
}

#[test]
fn scores_are_those_of_pytorch() {
    let dataset = dataset("graph_und");
    for (name, kind) in [
        ("model_gcn_plain", Normalization::GlobalSym),
        ("model_gcn_ibmb", Normalization::GlobalRw),
        ("model_sage_plain", Normalization::GlobalSym),
        ("model_sage_ibmb", Normalization::GlobalSym),
        ("model_gat_plain", Normalization::GlobalSym),
        ("model_gat_ibmb", Normalization::GlobalSym),
    ] {
        let oracle = fixture(&format!("{name}_oracle"));
        let model = Arc::new(model(&fixture(&format!("{name}_weights"))));
        let want = oracle.get("influence/l1").unwrap().to_f64();
        for (at, node) in ids(&oracle, "influence/targets").into_iter().enumerate() {
            let got = influence(&dataset, &model, node, kind);
            let what = format!("{name}, node {node}");
            assert_close(&what, &by_node(&got, 300), &want[at * 300..][..300], SAME, true);
            assert!(got.scores.is_sorted_by(|a, b| a >= b), "{what}");
            let mut nodes = got.nodes.clone();
            nodes.sort_unstable();
            let hops = model.num_layers() as u32;
            assert_eq!(nodes, hop_ball(dataset.graph.adjacency(), &[node], hops), "{what}");
        }
    }
}

/// A network of `layers` means with identity weights: `d h_v[i] / d x_u[j]` is `(P^layers)[v, u]` for `i = j`, else 0.
fn means(dataset: &Arc<Dataset>, layers: usize) -> Arc<Model> {
    let width = dataset.features.as_ref().unwrap().num_columns();
    let mut map = TensorMap::default();
    let identity: Vec<f32> = (0..width * width).map(|at| f32::from(at % (width + 1) == 0)).collect();
    for layer in 0..layers {
        let weight = Tensor::f32(&[width, width], identity.clone());
        map.tensors.insert(format!("convs.{layer}.lin.weight"), weight);
    }
    let feature_normalization = FeatureNormalization::None;
    let options = ModelOptions { feature_normalization, ..ModelOptions::default() };
    Arc::new(Model::from_tensors(&map, &options).unwrap())
}

#[test]
fn a_linear_mean_network_has_the_influence_of_a_random_walk() {
    // Positive features keep ReLU linear.
    let width = 3;
    for directed in [false, true] {
        let random = random_dataset_of(25, 30, false, 4, (directed, false));
        let x = Features::Dense(Array2::from_elem((25, width), 0.5));
        let labels = None;
        let dataset = Arc::new(Dataset { features: Some(x), labels, ..Dataset::clone(&random) });
        let csr = dataset.graph.adjacency();
        let (node, alpha) = (7, 0.25f64);
        let mut walk = vec![0.0; 25];
        walk[node] = 1.0;
        let mut mixed = [0.0; 25];
        for layers in 1..=12 {
            // One step further: a node's mass goes to the sources of its row in equal parts.
            let mut next = vec![0.0; 25];
            for v in 0..25 {
                let row = csr.row(v as u32);
                row.iter().for_each(|&u| next[u as usize] += walk[v] / row.len() as f64);
            }
            walk = next;
            let got = influence(&dataset, &means(&dataset, layers), node as u32, Normalization::GlobalRw);
            let got = by_node(&got, 25);
            let want: Vec<f64> = walk.iter().map(|&mass| mass * width as f64).collect();
            assert_close("walk", &got, &want, SAME, true);
            let share = alpha * (1.0 - alpha).powi(layers as i32);
            mixed.iter_mut().zip(&got).for_each(|(sum, &score)| *sum += share * f64::from(score) / 3.0);
        }
        // A geometric number of layers gives PPR, up to the walks longer than 12.
        mixed[node] += alpha;
        let exact = power(csr, node as u32, alpha, 1e-12).unwrap();
        let rest = (1.0 - alpha).powi(13);
        for (u, (&mixed, &exact)) in mixed.iter().zip(&exact).enumerate() {
            assert!(mixed <= exact + 1e-5 && exact <= mixed + rest + 1e-5, "node {u}: {mixed}, PPR {exact}");
        }
    }
}

/// Central differences of one output by one feature at a time.
#[test]
fn scores_are_differences_of_logits() {
    const STEP: f32 = 2e-3;
    for (arch, seed) in [(Arch::Gcn, 1), (Arch::Sage, 2), (Arch::Gat, 3)] {
        for directed in [false, true] {
            let dataset = random_dataset_of(14, 12, false, seed, (directed, arch == Arch::Gcn));
            let config =
                TrainConfig { arch, heads: 2, hidden: 8, shape: Shape::Ibmb, seed, ..TrainConfig::default() };
            let config = TrainConfig { feature_normalization: FeatureNormalization::None, ..config };
            let model = Arc::new(Model::init(&config, 6, 3, &Limits::default()).unwrap());
            let node = 5;
            let logits = |dataset: &Arc<Dataset>| {
                let sub = whole(&dataset.graph, &[node], Normalization::GlobalSym);
                model.logits(&input(dataset, &model), &sub.view(), &Limits::default()).unwrap()
            };
            let mut want = vec![0.0; 14];
            for u in 0..14 {
                for j in 0..6 {
                    let moved = |by: f32| {
                        let mut moved = Dataset::clone(&dataset);
                        let Some(Features::Dense(x)) = &mut moved.features else { unreachable!() };
                        x[[u, j]] += by;
                        logits(&Arc::new(moved))
                    };
                    let (ahead, behind) = (moved(STEP), moved(-STEP));
                    let slopes =
                        ahead.iter().zip(&behind).map(|(a, b)| f64::from(a - b) / f64::from(2.0 * STEP));
                    want[u] += slopes.map(f64::abs).sum::<f64>();
                }
            }
            let got = by_node(&influence(&dataset, &model, node, Normalization::GlobalSym), 14);
            assert_close(&format!("{arch:?}, directed {directed}"), &got, &want, 0.02, true);
        }
    }
}

#[test]
fn scaling_features_changes_nothing_once_they_are_normalised() {
    // Derivatives are by the features as the model reads them: a row of another sum has the same ones once normalised.
    let dataset = random_dataset(20, 25, true, 9);
    let mut doubled = Dataset::clone(&dataset);
    let Some(Features::Sparse(x)) = &mut doubled.features else { unreachable!() };
    let values = x.values.iter().map(|value| value * 2.0).collect();
    *x = CsrMatrix::new(x.num_columns, x.indptr.clone(), x.indices.clone(), values).unwrap();
    let model = Arc::new(Model::init(&TrainConfig::default(), 6, 3, &Limits::default()).unwrap());
    let kind = Normalization::GlobalSym;
    let (a, b) = (influence(&dataset, &model, 3, kind), influence(&Arc::new(doubled), &model, 3, kind));
    assert_close("doubled", &by_node(&b, 20), &wide(&by_node(&a, 20)), 1e-5, true);
    assert!(a.rank_correlation.unwrap() > 0.5, "{a:?}");
    assert!(a.top_k_overlap > 0.5 && a.ppr.iter().all(|&mass| (0.0..1.0).contains(&mass)));
}

#[test]
fn what_cannot_be_is_refused() {
    let dataset = random_dataset(20, 25, true, 9);
    let model = Arc::new(Model::init(&TrainConfig::default(), 6, 3, &Limits::default()).unwrap());
    let new = |node, push: PushConfig, k| {
        let (dataset, model, limits) = (dataset.clone(), model.clone(), Limits::default());
        ExactInfluence::new(dataset, model, node, Normalization::LocalSym, push, k, &limits).err()
    };
    assert_eq!(new(0, PushConfig::default(), 1), None);
    assert_eq!(new(20, PushConfig::default(), 1).unwrap().code(), "invalid_graph");
    assert_eq!(new(0, PushConfig::default(), 0).unwrap().code(), "invalid_option");
    assert_eq!(
        new(0, PushConfig { alpha: 0.0, ..PushConfig::default() }, 1).unwrap().code(),
        "invalid_option"
    );
    let wide = Arc::new(Model::init(&TrainConfig::default(), 7, 3, &Limits::default()).unwrap());
    let limits = Limits::default();
    let job =
        ExactInfluence::new(dataset, wide, 0, Normalization::GlobalSym, PushConfig::default(), 1, &limits);
    assert_eq!(job.err().unwrap().code(), "shape_mismatch");
}
