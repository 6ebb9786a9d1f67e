//! Models against logits, gradients and optimiser steps of PyTorch programs in double precision (`tests/fixtures`).

use crate::support::*;
use ibmb::gnn::{Adam, Decay, Optimizer};
use ibmb::graph::Normalization;
use ibmb::io::{Tensor, TensorMap};
use ibmb::limits::Limits;

/// Fixture, edge weights on the whole graph, edge weights inside the sub-graph.
const MODELS: [(&str, Normalization, Normalization); 6] = [
    ("model_gcn_plain", Normalization::GlobalSym, Normalization::LocalSym),
    ("model_gcn_ibmb", Normalization::GlobalRw, Normalization::LocalRw),
    // GraphSAGE and GAT read only which edges there are.
    ("model_sage_plain", Normalization::GlobalSym, Normalization::LocalSym),
    ("model_sage_ibmb", Normalization::GlobalSym, Normalization::LocalRw),
    ("model_gat_plain", Normalization::GlobalSym, Normalization::LocalSym),
    ("model_gat_ibmb", Normalization::GlobalSym, Normalization::LocalRw),
];
const LOGITS: f64 = 1e-4;
const GRADIENTS: f64 = 1e-3;
const STEPS: f64 = 1e-4;

fn compare_tensors(what: &str, got: &TensorMap, oracle: &TensorMap, prefix: &str, tolerance: f64) {
    for (name, tensor) in &got.tensors {
        let want = oracle.get(&format!("{prefix}{name}")).unwrap();
        assert_eq!(tensor.shape, want.shape, "{what}, {name}");
        assert_close(&format!("{what}, {name}"), &tensor.to_f32(), &want.to_f64(), tolerance, true);
    }
    let there = oracle.tensors.keys().filter(|key| key.starts_with(prefix)).count();
    assert_eq!(there, got.tensors.len(), "{what}: number of tensors");
}

#[test]
fn logits_and_gradients_of_whole_graphs_are_those_of_pytorch() {
    for (name, kind, _) in MODELS {
        let oracle = fixture(&format!("{name}_oracle"));
        let model = model(&fixture(&format!("{name}_weights")));
        for graph in ["und", "dir", "odd"] {
            let what = format!("{name} on {graph}");
            let dataset = dataset(&format!("graph_{graph}"));
            let input = input(&dataset, &model);
            let all: Vec<u32> = (0..dataset.graph.num_nodes()).collect();
            let sub = whole(&dataset.graph, &all, kind);
            let logits = model.logits(&input, &sub.view(), &Limits::default()).unwrap();
            let want = oracle.get(&format!("{graph}/logits")).unwrap().to_f64();
            assert_close(&what, &logits, &want, LOGITS, false);

            let train = &dataset.splits[0].train;
            let sub = whole(&dataset.graph, train, kind);
            let labels = &dataset.labels.as_ref().unwrap().values;
            let targets: Vec<i32> = train.iter().map(|&node| labels[node as usize]).collect();
            let (loss, gradients) =
                model.loss_and_gradients(&input, &sub.view(), &targets, &Limits::default()).unwrap();
            let want = oracle.get(&format!("{graph}/loss")).unwrap().to_f64();
            assert!((loss - want[0]).abs() < LOGITS, "{what}: loss {loss}, should be {}", want[0]);
            compare_tensors(&what, &gradients.to_tensors(), &oracle, &format!("{graph}/grad/"), GRADIENTS);
        }
    }
}

#[test]
fn sub_graphs_with_global_and_local_degrees_predict_as_in_pytorch() {
    for (name, global, local) in MODELS {
        let oracle = fixture(&format!("{name}_oracle"));
        let model = model(&fixture(&format!("{name}_weights")));
        let dataset = dataset("graph_und");
        let input = input(&dataset, &model);
        let nodes = ids(&oracle, "sub/nodes");
        for (kind, key) in [(global, "sub/logits_global"), (local, "sub/logits_local")] {
            let sub = induced(&dataset.graph, &nodes, &nodes, kind);
            let logits = model.logits(&input, &sub.view(), &Limits::default()).unwrap();
            assert_close(
                &format!("{name}, {key}"),
                &logits,
                &oracle.get(key).unwrap().to_f64(),
                LOGITS,
                false,
            );
        }
        if let Ok(want) = oracle.get("sub/logits_globalmean") {
            let sub = induced(&dataset.graph, &nodes, &nodes, Normalization::GlobalRw);
            let logits = model.logits(&input, &sub.view(), &Limits::default()).unwrap();
            assert_close(&format!("{name}, whole-graph mean"), &logits, &want.to_f64(), LOGITS, false);
        }
        let mask = ids(&oracle, "sub/output_mask");
        let outputs: Vec<u32> = nodes.iter().zip(mask).filter(|(_, is)| *is == 1).map(|(&n, _)| n).collect();
        let labels = &dataset.labels.as_ref().unwrap().values;
        let targets: Vec<i32> = outputs.iter().map(|&node| labels[node as usize]).collect();
        let sub = induced(&dataset.graph, &nodes, &outputs, global);
        let (loss, gradients) =
            model.loss_and_gradients(&input, &sub.view(), &targets, &Limits::default()).unwrap();
        let want = oracle.get("sub/loss_global").unwrap().to_f64()[0];
        assert!((loss - want).abs() < LOGITS, "{name}: loss {loss}, should be {want}");
        compare_tensors(name, &gradients.to_tensors(), &oracle, "sub/grad_global/", GRADIENTS);
    }
}

/// A model cut off behind a layer gives what that layer gives: with an identity as linear layer its activation,
/// without one its convolution.
#[test]
fn every_layer_by_itself_is_that_of_pytorch() {
    for (name, kind, _) in MODELS {
        let oracle = fixture(&format!("{name}_oracle"));
        let weights = fixture(&format!("{name}_weights"));
        for graph in ["und", "dir", "odd"] {
            let dataset = dataset(&format!("graph_{graph}"));
            let all: Vec<u32> = (0..dataset.graph.num_nodes()).collect();
            let sub = whole(&dataset.graph, &all, kind);
            for layer in 0..3 {
                for (result, norms) in [("conv", layer), ("act", layer + 1)] {
                    let Ok(want) = oracle.get(&format!("{graph}/{result}{layer}")) else { continue };
                    let mut cut = TensorMap { metadata: weights.metadata.clone(), ..TensorMap::default() };
                    for (tensor_name, tensor) in &weights.tensors {
                        let parts: Vec<&str> = tensor_name.split('.').collect();
                        let within = |count: usize| parts[1].parse::<usize>().unwrap() < count;
                        if parts[0] == "convs" && within(layer + 1) || parts[0] == "norms" && within(norms) {
                            cut.tensors.insert(tensor_name.clone(), tensor.clone());
                        }
                    }
                    if result == "act" {
                        let width = want.shape[1];
                        let identity = (0..width * width).map(|at| f32::from(at % (width + 1) == 0));
                        let identity = Tensor::f32(&[width, width], identity.collect());
                        cut.tensors.insert("lin.weight".into(), identity);
                    }
                    let model = model(&cut);
                    let logits =
                        model.logits(&input(&dataset, &model), &sub.view(), &Limits::default()).unwrap();
                    let what = format!("{name} on {graph}, {result}{layer}");
                    assert_close(&what, &logits, &want.to_f64(), LOGITS, false);
                }
            }
        }
    }
}

#[test]
fn three_steps_of_every_optimiser_are_those_of_pytorch() {
    for (name, kind, _) in MODELS {
        let oracle = fixture(&format!("{name}_oracle"));
        let dataset = dataset("graph_und");
        let train = &dataset.splits[0].train;
        let labels = &dataset.labels.as_ref().unwrap().values;
        let targets: Vec<i32> = train.iter().map(|&node| labels[node as usize]).collect();
        let sub = whole(&dataset.graph, train, kind);
        let runs = [
            ("adam", Optimizer::Adam, 0.0),
            ("adam_l2", Optimizer::Adam, 5e-4),
            ("adamw", Optimizer::AdamW, 0.01),
        ];
        for (run, optimizer, weight_decay) in runs {
            let mut model = model(&fixture(&format!("{name}_weights")));
            let input = input(&dataset, &model);
            let mut adam = Adam::new(&model, optimizer, 0.01, weight_decay, Decay::All).unwrap();
            let losses = oracle.get(&format!("opt/{run}/losses")).unwrap().to_f64();
            for (step, want) in losses.iter().enumerate() {
                let (loss, gradients) =
                    model.loss_and_gradients(&input, &sub.view(), &targets, &Limits::default()).unwrap();
                assert!(
                    (loss - want).abs() < STEPS,
                    "{name}, {run}, step {step}: loss {loss}, should be {want}"
                );
                adam.step(&mut model, &gradients);
            }
            let what = format!("{name}, {run}");
            compare_tensors(&what, &model.to_tensors(), &oracle, &format!("opt/{run}/step3/"), STEPS);
        }
    }
}
