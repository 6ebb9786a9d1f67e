//! Plans as files: what stands in them, that they come back as they were, and what is refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::common::{KARATE, any_edges, dataset, directed};
use ibmb::batch::{Auxiliary, BatchLimit, Direction, OutputPartition, PairScale, Plan, PlanConfig, PlanJob};
use ibmb::graph::{ABSENT, Dataset, Graph, GraphOptions, Normalization, Report};
use ibmb::influence::PushConfig;
use ibmb::io::{Elements, Tensor, TensorMap, read_arrays, save_arrays};
use ibmb::limits::Limits;
use ibmb::partition::PartitionConfig;
use ibmb::plan_file::{open_plan, save_plan};
use ibmb::task;
use proptest::prelude::*;
use safetensors::{Dtype, SafeTensors};

fn plan(dataset: &Arc<Dataset>, outputs: Vec<u32>, together: bool, normalization: Normalization) -> Plan {
    let (partition, auxiliary) = if together {
        let config =
            PartitionConfig { num_parts: 3.min(outputs.len().max(1) as u32), ..PartitionConfig::default() };
        let auxiliary = Auxiliary::Together { expand_ratio: 0.7, direction: Direction::Influence };
        (OutputPartition::Parts { config, balance_outputs: false }, auxiliary)
    } else {
        let limit = BatchLimit::Outputs(5);
        (OutputPartition::Merge { limit, scale: PairScale::Row }, Auxiliary::Each { top_k: 6 })
    };
    let config = PlanConfig { partition, auxiliary, measure: PushConfig::default().into(), normalization };
    task::run(PlanJob::new(Arc::clone(dataset), outputs, config, Limits::default()).unwrap()).unwrap()
}

fn karate() -> (Arc<Dataset>, Plan) {
    let dataset = dataset(34, &KARATE);
    let plan = plan(&dataset, (0..34).step_by(3).collect(), false, Normalization::GlobalSym);
    (dataset, plan)
}

fn open(bytes: &[u8], dataset: &Dataset) -> ibmb::error::Result<(Plan, BTreeMap<String, String>)> {
    open_plan("p.safetensors", bytes, &dataset.graph, &Limits::default())
}

/// Elements as the independent reader has them.
fn column<const N: usize, T>(
    file: &SafeTensors<'_>,
    name: &str,
    dtype: Dtype,
    convert: fn([u8; N]) -> T,
) -> Vec<T> {
    let view = file.tensor(name).unwrap();
    assert_eq!(view.dtype(), dtype, "{name}");
    let values: Vec<T> = view.data().as_chunks::<N>().0.iter().map(|&chunk| convert(chunk)).collect();
    assert_eq!(view.shape(), [values.len()], "{name}");
    values
}

#[test]
fn the_tensors_of_a_file_are_the_batches_of_the_plan() {
    let (_, plan) = karate();
    let bytes = save_plan(&plan, &[("options", "{}".to_owned())]).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let metadata = header.metadata().clone().unwrap();
    let said = |key: &str| metadata[key].as_str();
    assert_eq!(
        ["kind", "num_nodes", "directed", "normalization", "digest", "options"].map(said),
        ["plan", "34", "false", "global-sym", &plan.digest(), "{}"]
    );
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let ints = |name: &str| column(&file, name, Dtype::I32, i32::from_le_bytes);
    let bounds = |name: &str| column(&file, name, Dtype::I64, i64::from_le_bytes);
    let (nodes, outputs, entries) = (bounds("batch_ptr"), bounds("output_ptr"), bounds("entry_ptr"));
    assert_eq!([nodes.len(), outputs.len(), entries.len()], [plan.num_batches() + 1; 3]);
    assert!(plan.num_batches() > 1);
    let run = |bounds: &[i64], at: usize| bounds[at] as usize..bounds[at + 1] as usize;
    for (at, batch) in plan.batches().enumerate() {
        let ids =
            |ids: &[u32]| ids.iter().map(|&id| if id == ABSENT { -1 } else { id as i32 }).collect::<Vec<_>>();
        let (n, o, e) = (run(&nodes, at), run(&outputs, at), run(&entries, at));
        assert_eq!(ints("nodes")[n.clone()], ids(batch.nodes));
        assert_eq!(ints("best_output")[n.clone()], ids(batch.best_output));
        assert_eq!(ints("rank")[n.clone()], ids(batch.rank));
        assert_eq!(column(&file, "hop", Dtype::U8, u8::from_le_bytes)[n.clone()], *batch.hop);
        assert_eq!(column(&file, "scores", Dtype::F32, f32::from_le_bytes)[n.clone()], *batch.scores);
        assert_eq!(ints("outputs")[o.clone()], ids(batch.outputs));
        assert_eq!(column(&file, "captured", Dtype::F64, f64::from_le_bytes)[o], *batch.captured);
        // Every batch has one bound more than it has nodes.
        assert_eq!(ints("indptr")[n.start + at..=n.end + at], ids(batch.adjacency.indptr));
        assert_eq!(ints("indices")[e.clone()], ids(batch.adjacency.indices));
        assert_eq!(column(&file, "values", Dtype::F32, f32::from_le_bytes)[e], *batch.adjacency.values);
    }
}

proptest! {
    #[test]
    fn a_plan_comes_back_as_it_was(
        (n, edges) in any_edges(40),
        is_directed: bool,
        weighted: bool,
        together: bool,
        every in 1usize..4,
        normalization in proptest::sample::select(Normalization::ALL),
    ) {
        let weights: Vec<f32> = (0..edges.len()).map(|at| 0.5 + (at % 7) as f32).collect();
        let options = GraphOptions { directed: is_directed, weights: weighted.then_some(&weights) };
        let (graph, _) = Graph::with_options(n, &edges, &options, &Limits::default()).unwrap();
        let dataset = Arc::new(Dataset::new("test", graph, None, None, None, vec![], Report::default()).unwrap());
        let plan = plan(&dataset, (0..n).step_by(every).collect(), together, normalization);
        let about = [("graph", "täst".to_owned())];
        let bytes = save_plan(&plan, &about).unwrap();
        let (again, metadata) = open(&bytes, &dataset).unwrap();
        prop_assert_eq!(&again, &plan);
        prop_assert_eq!(metadata["graph"].as_str(), "täst");
        prop_assert_eq!(save_plan(&again, &about).unwrap(), bytes);
    }

    #[test]
    fn changed_bytes_give_a_plan_or_an_error(at in 0usize..4000, value: u8) {
        let (dataset, plan) = karate();
        let mut bytes = save_plan(&plan, &[]).unwrap();
        let at = at % bytes.len();
        bytes[at] = value;
        let _ = open(&bytes, &dataset);
    }
}

#[test]
fn a_plan_of_another_graph_is_refused() {
    let (karate, plan) = karate();
    let bytes = save_plan(&plan, &[]).unwrap();
    let message = |other: &Dataset| open(&bytes, other).unwrap_err().to_string();
    assert_eq!(
        message(&dataset(33, &[(0, 1)])),
        "p.safetensors: the plan was made for a graph of 34 nodes, undirected; this one has 33, undirected"
    );
    assert_eq!(
        message(&directed(34, &KARATE)),
        "p.safetensors: the plan was made for a graph of 34 nodes, undirected; this one has 34, directed"
    );
    let other = dataset(34, &KARATE[1..]);
    let said = message(&other);
    assert!(
        said.starts_with("p.safetensors: the plan was made for another graph, or the file was changed"),
        "{said}"
    );
    assert_eq!(open(&bytes, &other).unwrap_err().code(), "invalid_graph");
    assert_eq!(open(&bytes, &karate).unwrap().0, plan);
}

#[test]
fn what_is_no_plan_is_refused_in_words() {
    let (dataset, plan) = karate();
    let whole = TensorMap::read("p", &save_plan(&plan, &[]).unwrap(), &Limits::default()).unwrap();
    let len = whole.tensors["nodes"].shape[0];
    let changed = |change: &dyn Fn(&mut TensorMap)| {
        let mut map = whole.clone();
        change(&mut map);
        open(&map.write().unwrap(), &dataset).unwrap_err().to_string()
    };
    let set = |name: &str, at: usize, value: i64| {
        let name = name.to_owned();
        changed(&move |map| {
            let tensor = map.tensors.get_mut(&name).unwrap();
            let mut values = tensor.as_i64().unwrap().to_vec();
            values[at] = value;
            *tensor = Tensor::i64(&[values.len()], values);
        })
    };
    let second = whole.tensors["batch_ptr"].as_i64().unwrap()[1];
    for (found, wanted) in [
        (
            changed(&|map| drop(map.metadata.remove("kind"))),
            "the metadata lacks \"kind\", which every plan has",
        ),
        (
            changed(&|map| drop(map.metadata.insert("kind".into(), "selection".into()))),
            "kind is \"selection\", a plan says plan",
        ),
        (set("nodes", 0, 34), "tensor nodes: element 0 is 34, allowed are 0 to 33"),
        (set("nodes", 0, -1), "tensor nodes: element 0 is -1, allowed are 0 to 33"),
        (set("nodes", 1, 0), "batch 0: its nodes must ascend"),
        (set("best_output", 2, -2), "tensor best_output: element 2 is -2, allowed are 0 to 33, or -1"),
        (set("outputs", 1, 33), &format!("batch 0: output 33 is out of range, the batch has {second} nodes")),
        (set("batch_ptr", 1, 0), &format!("tensor batch_ptr: bounds must rise from 0 to {len}")),
        (
            changed(&|map| drop(map.tensors.insert("scores".into(), Tensor::f32(&[2], vec![0.5; 2])))),
            &format!("tensor scores: the shape is [2], a plan has [{len}]"),
        ),
        (
            changed(&|map| {
                drop(map.tensors.insert("scores".into(), Tensor::f32(&[len], vec![f32::NAN; len])));
            }),
            "tensor scores: element 0 is NaN, allowed is a number >= 0",
        ),
    ] {
        assert_eq!(found, format!("p.safetensors: {wanted}"));
    }
    let lacks = changed(&|map| drop(map.tensors.remove("rank")));
    assert!(
        lacks.starts_with("p.safetensors: tensor \"rank\" is missing; the file has batch_ptr, best_output"),
        "{lacks}"
    );
}

#[test]
fn an_output_in_two_batches_is_refused() {
    let dataset = dataset(3, &[(0, 1), (1, 2)]);
    let outputs = plan(&dataset, vec![0, 1, 2], false, Normalization::GlobalSym);
    let mut map = TensorMap::read("p", &save_plan(&outputs, &[]).unwrap(), &Limits::default()).unwrap();
    let ints = |values: &[i64]| Tensor::i64(&[values.len()], values.to_vec());
    map.tensors.extend([
        ("batch_ptr".into(), ints(&[0, 2, 4])),
        ("nodes".into(), ints(&[0, 1, 1, 2])),
        ("outputs".into(), ints(&[1, 0])),
        ("output_ptr".into(), ints(&[0, 1, 2])),
        ("scores".into(), Tensor::f32(&[4], vec![0.0; 4])),
        ("best_output".into(), ints(&[-1; 4])),
        ("rank".into(), ints(&[0; 4])),
        ("captured".into(), Tensor::f32(&[2], vec![0.0; 2])),
    ]);
    let error = open(&map.write().unwrap(), &dataset).unwrap_err();
    assert_eq!(error.to_string(), "p.safetensors: batch 1: node 1 is an output of batch 0 already");
}

#[test]
fn arrays_come_back_with_their_types() {
    let bytes: Vec<u8> = (0..16).collect();
    let types = [
        ("F32", 4),
        ("F64", 8),
        ("I8", 1),
        ("U8", 1),
        ("I16", 2),
        ("U16", 2),
        ("I32", 4),
        ("U32", 4),
        ("I64", 8),
        ("U64", 8),
        ("BOOL", 1),
    ];
    let flags = [0u8, 1, 1, 0, 0, 0, 1, 1];
    let arrays = types
        .iter()
        .map(|&(name, size)| match name {
            "BOOL" => (name, (Elements::Raw(name, &flags), vec![2, 4])),
            _ => (name, (Elements::Raw(name, &bytes), vec![2, 8 / size])),
        })
        .collect();
    let metadata = BTreeMap::from([("kind".to_owned(), "test".to_owned())]);
    let file = save_arrays(&arrays, &metadata).unwrap();
    let (read, said) = read_arrays("t", &file, &Limits::default()).unwrap();
    assert_eq!(said, metadata);
    assert_eq!(read.len(), types.len());
    for (name, size) in types {
        let array = &read[name];
        assert_eq!(array.type_name, name);
        let wanted: (&[u8], _) =
            if name == "BOOL" { (&flags, vec![2, 4]) } else { (&bytes, vec![2, 8 / size]) };
        assert_eq!((array.bytes, array.shape.clone()), wanted);
    }
}

#[test]
fn arrays_that_cannot_be_written_or_read_are_named() {
    let write = |name, elements, shape: &[usize]| {
        save_arrays(&[(name, (elements, shape.to_vec()))].into(), &BTreeMap::new()).unwrap_err().to_string()
    };
    assert_eq!(
        write("a", Elements::F32(&[1.0; 3]), &[2, 2]),
        "tensor a: the shape [2, 2] does not have 3 elements"
    );
    assert_eq!(
        write("a", Elements::U8(&[]), &[usize::MAX, 2]),
        format!("tensor a: the shape [{}, 2] does not have 0 elements", usize::MAX)
    );
    assert!(
        write("a", Elements::Raw("C64", &[]), &[0])
            .starts_with("tensors: the type C64 is not known; known are F32, ")
    );
    let half = r#"{"h":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}"#;
    let bytes = [&(half.len() as u64).to_le_bytes()[..], half.as_bytes(), &[0, 60]].concat();
    let error = read_arrays("t", &bytes, &Limits::default()).unwrap_err().to_string();
    assert!(error.starts_with("t: tensor h: type F16 is not supported; allowed are F32, "), "{error}");
    let small = Limits { max_matrix_bytes: 7, ..Limits::default() };
    let file = save_arrays(&[("a", (Elements::F64(&[1.0]), vec![1]))].into(), &BTreeMap::new()).unwrap();
    assert_eq!(
        read_arrays("t", &file, &small).unwrap_err().to_string(),
        "t: bytes of tensor a: 8 exceeds the limit of 7"
    );
    assert!(read_arrays("t", &file, &Limits { max_matrix_bytes: 8, ..small }).is_ok());
}
