//! Weights from outside: names, shapes, and what is said when they are wrong.

use crate::support::*;
use ibmb::gnn::{FeatureNormalization, FullInference, Model, ModelOptions, Shape};
use ibmb::graph::Normalization;
use ibmb::io::{Tensor, TensorMap};
use ibmb::limits::Limits;
use ibmb::{Error, Result};

const ALL: [&str; 6] = [
    "model_gcn_plain_weights",
    "model_gcn_ibmb_weights",
    "model_sage_plain_weights",
    "model_sage_ibmb_weights",
    "model_gat_plain_weights",
    "model_gat_ibmb_weights",
];

fn read(map: &TensorMap) -> Result<Model> {
    Model::from_tensors(
        map,
        &ModelOptions { feature_normalization: FeatureNormalization::None, ..ModelOptions::default() },
    )
}

/// A two-layer model with 16 features, as the fixtures' graphs have.
fn weights() -> TensorMap {
    fixture("model_gcn_plain_weights")
}

fn with(change: impl FnOnce(&mut TensorMap)) -> Error {
    let mut map = weights();
    change(&mut map);
    let dataset = dataset("graph_odd");
    read(&map).and_then(|model| model.fits(&dataset)).unwrap_err()
}

fn put(map: &mut TensorMap, name: &str, shape: &[usize]) {
    map.tensors.insert(name.into(), Tensor::f32(shape, vec![0.5; shape.iter().product()]));
}

#[test]
fn what_is_written_is_read_back() {
    for name in ALL {
        let map = fixture(name);
        let model = read(&map).unwrap();
        let written = model.to_tensors();
        assert_eq!(written.tensors, map.tensors);
        assert_eq!(Model::from_tensors(&written, &ModelOptions::default()).unwrap(), model);
    }
    let model = read(&weights()).unwrap();
    assert_eq!((model.num_layers(), model.hidden(), model.shape()), (2, 12, Shape::Pyg));
    assert_eq!((model.num_features(), model.num_classes()), (16, 5));
    assert_eq!(model.num_parameters(), 16 * 12 + 12 + 24 + 12 * 5 + 5);
    assert_eq!(model.normalization(), Some(Normalization::GlobalSym));
    let arch = &model.to_tensors().metadata["arch"];
    assert!(arch.contains("\"feature_normalization\":\"none\""), "{arch}");
}

#[test]
fn hand_written_names_count_from_one() {
    let mut map = TensorMap::default();
    for (name, tensor) in weights().tensors {
        let renamed = [("convs.0", "conv1"), ("convs.1", "conv2"), ("norms.0", "norm1")]
            .iter()
            .fold(name, |name, (from, to)| name.replace(from, to));
        map.tensors.insert(renamed, tensor);
    }
    assert_eq!(read(&map).unwrap().to_tensors().tensors, weights().tensors);
}

#[test]
fn the_file_has_the_last_word_on_features() {
    let mut map = weights();
    let word = |map: &TensorMap| {
        Model::from_tensors(map, &ModelOptions::default()).map(|model| model.feature_normalization())
    };
    assert_eq!(word(&map).unwrap(), FeatureNormalization::Row);
    map.metadata.insert("arch".into(), r#"{"feature_normalization": "none"}"#.into());
    assert_eq!(word(&map).unwrap(), FeatureNormalization::None);
    map.metadata.insert("arch".into(), "a note, no JSON".into());
    assert_eq!(word(&map).unwrap(), FeatureNormalization::Row);
    map.metadata.insert("arch".into(), r#"{"conv": "gat"}"#.into());
    let error = word(&map).unwrap_err();
    assert_eq!(error.code(), "unsupported_model");
    assert_eq!(error.to_string(), "metadata arch: conv is \"gat\", the tensors are those of \"gcn\"");
    map.metadata.insert("arch".into(), r#"{"conv": "gin"}"#.into());
    assert_eq!(
        word(&map).unwrap_err().to_string(),
        "metadata arch: conv is \"gin\", allowed: gcn, sage, gat"
    );
}

#[test]
fn messages_name_tensors_and_shapes() {
    let check = |error: Error, code: &str, message: &str| {
        assert_eq!((error.code(), error.to_string().as_str()), (code, message));
    };
    check(
        with(|map| put(map, "convs.0.lin.weight", &[12, 7])),
        "shape_mismatch",
        "convs.0.lin.weight is [12, 7], so the model wants 7 features a node; the graph has 16",
    );
    check(
        with(|map| put(map, "convs.1.lin.weight", &[5, 9])),
        "shape_mismatch",
        "convs.1.lin.weight is [5, 9] and wants 9 inputs, convs.0.lin.weight is [12, 16] and gives 12",
    );
    check(
        with(|map| put(map, "convs.0.bias", &[16])),
        "shape_mismatch",
        "convs.0.bias is [16], convs.0.lin.weight is [12, 16] and wants [12]",
    );
    check(
        with(|map| put(map, "convs.1.lin.weight", &[60])),
        "shape_mismatch",
        "convs.1.lin.weight is [60], a weight is [outputs, inputs] with neither of them 0",
    );
    check(
        with(|map| {
            put(map, "convs.1.lin.weight", &[4, 12]);
            put(map, "convs.1.bias", &[4]);
        }),
        "shape_mismatch",
        "convs.1.lin.weight is [4, 12], so the model knows 4 classes; the graph has 5",
    );
    check(
        with(|map| {
            map.tensors.remove("convs.1.lin.weight");
        }),
        "missing_tensor",
        "tensor \"convs.1.lin.weight\" is missing; the file has convs.0.lin.weight, convs.0.bias, convs.1.bias, \
         norms.0.weight, norms.0.bias",
    );
    check(
        with(|map| {
            map.tensors.remove("norms.0.bias");
        }),
        "missing_tensor",
        "tensor \"norms.0.bias\" is missing; the file has convs.0.lin.weight, convs.0.bias, convs.1.lin.weight, \
         convs.1.bias, norms.0.weight",
    );
    check(
        with(|map| put(map, "norms.1.weight", &[5])),
        "unsupported_model",
        "tensor norms.1.weight: norm 1 has no place, 1 of the 2 convolutions are hidden",
    );
    check(
        with(|map| put(map, "conv1.lin.weight", &[12, 16])),
        "unsupported_model",
        "tensors conv1.lin.weight and convs.0.lin.weight are the same parameter",
    );
    check(
        with(|map| {
            let mut data = vec![0.0; 12];
            data[3] = f32::NAN;
            map.tensors.insert("convs.0.bias".into(), Tensor::f32(&[12], data));
        }),
        "unsupported_model",
        "convs.0.bias: element 3 is NaN, weights must be finite",
    );
    assert_eq!(read(&TensorMap::default()).unwrap_err().code(), "missing_tensor");
}

#[test]
fn an_unknown_tensor_is_named() {
    for name in [
        "conv1.weight",
        "conv0.lin.weight",
        "convs.0.lin_edge.weight",
        "convs.0.res.weight",
        "convs.0",
        "convs.one.bias",
        "convs.99999999999.bias",
        "norms.0.module.running_mean",
        "lin",
        "lin.2.weight",
        "",
        "decoder.weight",
    ] {
        let error = with(|map| put(map, name, &[1]));
        assert_eq!(error.code(), "unsupported_model", "{name}");
        assert!(error.to_string().starts_with(&format!("tensor {name} belongs to")), "{error}");
    }
}

#[test]
fn no_wrong_shape_gets_through() {
    let dataset = dataset("graph_odd");
    for name in ALL {
        let good = fixture(name);
        for (tensor, value) in &good.tensors {
            let shape = &value.shape;
            let mut wrong = vec![vec![], vec![0], vec![1], vec![1, 1], vec![0, 0], vec![usize::MAX >> 40]];
            wrong.push(shape.iter().rev().copied().collect());
            wrong.push([shape.as_slice(), &[1]].concat());
            for axis in 0..shape.len() {
                for extent in [0, shape[axis] - 1, shape[axis] + 1] {
                    let mut shape = shape.clone();
                    shape[axis] = extent;
                    wrong.push(shape);
                }
            }
            for wrong in wrong.iter().filter(|wrong| *wrong != shape) {
                let mut map = good.clone();
                put(&mut map, tensor, wrong);
                let result = read(&map).and_then(|model| model.fits(&dataset));
                assert!(result.is_err(), "{name}: {tensor} of shape {wrong:?} got through");
            }
        }
    }
}

#[test]
fn a_changed_header_never_panics() {
    let bytes = weights().write().unwrap();
    let dataset = dataset("graph_odd");
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    for at in 0..header {
        for flip in [1, 2, 0x10] {
            let mut bytes = bytes.clone();
            bytes[at] ^= flip;
            let Ok(map) = TensorMap::read("weights", &bytes, &Limits::default()) else { continue };
            let Ok(model) = read(&map) else { continue };
            let (nodes, kind) = (vec![0, 5], Normalization::GlobalSym);
            let job =
                FullInference::new(dataset.clone(), model.into(), nodes, kind, None, &Limits::default());
            if let Ok(job) = job {
                ibmb::task::run(job).unwrap();
            }
        }
    }
}
