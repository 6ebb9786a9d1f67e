//! Gradients under dropout: those of the network that one draw of the mask leaves.

use std::sync::Arc;

use ndarray::Array2;
use oorandom::Rand32;

use super::TrainConfig;
use crate::gnn::infer::{Source, Whole};
use crate::gnn::model::{Backward, Dropout, Pass};
use crate::gnn::{Activation, Arch, FeatureNormalization, Gradients, Input, Model, Outputs, Shape};
use crate::graph::{Dataset, Features, Graph, Normalization};
use crate::limits::Limits;

const STEP: f32 = 1e-3;

/// 12 nodes with 5 features, one of which is always 0, so that an activation of exactly 0 occurs beside dropped values.
fn dataset() -> Arc<Dataset> {
    let mut rng = Rand32::new(3);
    let edges: Vec<(u32, u32)> = (0..24).map(|_| (rng.rand_range(0..11), rng.rand_range(0..11))).collect();
    let (graph, _) = Graph::from_edges(12, &edges, &Limits::default()).unwrap();
    let x = Array2::from_shape_fn(
        (12, 5),
        |(row, k)| if k == 0 || row == 11 { 0.0 } else { rng.rand_float() - 0.4 },
    );
    let features = Some(Features::Dense(x));
    Arc::new(Dataset::new("random", graph, features, None, None, Vec::new(), Default::default()).unwrap())
}

#[test]
fn gradients_are_the_slopes_under_the_same_mask() {
    let (dataset, limits) = (dataset(), Limits::default());
    let whole = || Whole::new(&dataset, Normalization::GlobalSym, &limits).map(Arc::new);
    let source = Source::new(Outputs::Nodes((0..12).collect()), &dataset, whole).unwrap();
    let sub = source.get(&dataset, 0);
    let targets: Vec<i32> = (0..12).map(|node| node % 3).collect();
    for &arch in Arch::ALL {
        for activation in [Activation::Relu, Activation::Elu] {
            for shape in [Shape::Pyg, Shape::Ibmb] {
                let config = TrainConfig {
                    layers: 3,
                    hidden: 8,
                    heads: 2,
                    activation: Some(activation),
                    shape,
                    feature_normalization: FeatureNormalization::None,
                    seed: 5,
                    ..TrainConfig::of(arch)
                };
                let model = Model::init(&config, 5, 3, &limits).unwrap();
                let input = Input::new(dataset.clone(), &model).unwrap();
                let nodes = input.nodes(&sub, 0);
                let run = |model: &Model| {
                    let mut pass = Pass::new(model, true, &limits);
                    pass.forward(model, nodes, &sub, 0, Some(&mut Dropout::new(0.4, 9))).unwrap();
                    let mut gradients = Gradients::zeros(model).unwrap();
                    let mut backward = Backward::default();
                    let tally = backward.run(model, nodes, &sub, &pass, &targets, &mut gradients).unwrap();
                    (tally.mean_loss(), gradients.values)
                };
                let (here, gradient) = run(&model);
                let mut checked = 0;
                for at in 0..model.parameters.len() {
                    let moved = |by: f32| {
                        let mut moved = model.clone();
                        moved.parameters[at] += by;
                        run(&moved).0
                    };
                    let (ahead, behind) = (moved(STEP) - here, here - moved(-STEP));
                    // A kink of the activation within the step leaves no one slope.
                    if (ahead - behind).abs() > 4e-6 {
                        continue;
                    }
                    let (slope, got) = ((ahead + behind) / f64::from(2.0 * STEP), f64::from(gradient[at]));
                    let what = format!("{arch:?} {activation:?} {shape:?}, parameter {at}");
                    assert!(
                        (slope - got).abs() < 2e-3 + 0.02 * got.abs(),
                        "{what}: slope {slope}, gradient {got}"
                    );
                    checked += 1;
                }
                assert!(checked * 10 > model.parameters.len() * 8, "{arch:?}: only {checked} were checked");
            }
        }
    }
}
