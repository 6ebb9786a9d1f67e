//! Weights and directions of edges in files.

use crate::hand_made::{edges, file, message, open, open_text};
use ibmb::graph::Dataset;
use ibmb::io::{InputFile, OpenOptions, Tensor, TensorMap, Weights, open_graph, save_graph};
use ibmb::limits::Limits;

fn using(files: &[InputFile], directed: Option<bool>) -> ibmb::Result<Dataset> {
    let options = OpenOptions { directed, weights: Weights::Use, ..OpenOptions::default() };
    open_graph(files, &options, &Limits::default())
}

fn use_text(text: &str) -> ibmb::Result<Dataset> {
    using(&[file("edges.csv", text)], None)
}

/// Edges 0 -> 1 and 1 -> 2, with what else a test wants.
fn tensors(weights: Option<Tensor>, metadata: &[(&str, &str)]) -> InputFile {
    let mut map = TensorMap::default();
    map.tensors.insert("edge_index".into(), Tensor::i64(&[2, 2], vec![0, 1, 1, 2]));
    map.tensors.extend(weights.map(|weights| ("edge_weight".to_owned(), weights)));
    map.metadata.extend(metadata.iter().map(|&(key, value)| (key.into(), value.into())));
    file("g.safetensors", map.write().unwrap())
}

#[test]
fn the_column_of_weights_is_found_by_name_or_by_its_numbers() {
    for text in [
        "source,target,weight\n0,1,0.5\n1,2,2\n",
        "weights;target;source\n0.5;1;0\n2;2;1\n",
        "0 1 0.5\n1 2 2e0\n",
        "a\tb\t0.5\nb\tc\t2\n",
    ] {
        let dataset = use_text(text).unwrap();
        assert_eq!(edges(&dataset), [(0, 1), (1, 2)], "{text:?}");
        assert_eq!(dataset.graph.weights(), Some(&[1.0, 0.5, 0.5, 1.0, 2.0, 2.0, 1.0][..]), "{text:?}");
        assert_eq!(dataset.report.warnings, [] as [&str; 0], "{text:?}");
        assert_eq!(open_text(text).unwrap().graph.weights(), None);
    }
    // The first column of numbers is taken, another is not.
    let dataset = use_text("0 1 0.5 1999\n1 2 2 2001\n").unwrap();
    assert_eq!(dataset.graph.adjacency().strengths(), [1.5, 3.5, 3.0]);
    assert_eq!(dataset.report.warnings, ["edges.csv: column 4 was ignored"]);
    let dataset = use_text("0,1\n1,2\n").unwrap();
    assert_eq!(dataset.graph.weights(), None);
    assert_eq!(dataset.report.warnings, ["edges.csv: there are no weights, every edge counts 1"]);
}

#[test]
fn a_weight_out_of_range_is_named_with_its_line() {
    for (field, what) in [
        ("0", "\"0\" is out of range"),
        ("-1", "\"-1\" is out of range"),
        ("nan", "\"nan\" is out of range"),
        ("1e39", "\"1e39\" is out of range"),
        ("x", "\"x\" is out of range"),
        ("", "is empty"),
    ] {
        let text = format!("source,target,weight\n0,1,1\n1,2,{field}\n");
        let expected = format!("edges.csv, line 3: weight {what}, allowed is a finite number > 0");
        assert_eq!(message(use_text(&text)), expected);
        assert!(open_text(text).is_ok());
    }
}

#[test]
fn weights_far_from_one_are_told() {
    let told = |weight: &str| use_text(&format!("0,1,{weight}\n")).unwrap().report.warnings;
    assert_eq!(told("100"), [] as [&str; 0]);
    assert_eq!(
        told("101"),
        ["edges.csv: the mean weight is 1.010e2, but a self-loop weighs 1 and eps is per unit of weight; \
         weights around 1 serve best"]
    );
    assert_eq!((told("0.0101").len(), told("0.0099").len()), (0, 1));
}

#[test]
fn tensors_have_weights_and_a_direction() {
    let weights = || Some(Tensor::f32(&[2], vec![0.5, 2.0]));
    let ignored = open(&[tensors(weights(), &[])]).unwrap();
    assert_eq!((ignored.graph.weights(), ignored.graph.is_directed()), (None, false));
    assert_eq!(
        ignored.report.warnings,
        ["g.safetensors: the weights in edge_weight were ignored; open with weights to use them"]
    );
    let column = Some(Tensor::i64(&[2, 1], vec![3, 4]));
    let dataset = using(&[tensors(column, &[("directed", "true")])], None).unwrap();
    assert_eq!((dataset.graph.is_directed(), dataset.graph.num_edges()), (true, 2));
    assert_eq!(dataset.graph.weights(), Some(&[1.0, 3.0, 1.0, 4.0, 1.0][..]));
    // The caller's word counts more than the file's.
    let dataset = using(&[tensors(weights(), &[("directed", "true")])], Some(false)).unwrap();
    assert!(!dataset.graph.is_directed());
    let dataset = using(&[tensors(weights(), &[("directed", "false")])], Some(true)).unwrap();
    assert!(dataset.graph.is_directed());
    for (weights, metadata, expected) in [
        (Tensor::f32(&[1], vec![1.0]), "true", "edge_weight has shape [1], allowed is [2], one an edge"),
        (
            Tensor::f32(&[2], vec![1.0, 0.0]),
            "true",
            "element 1 of edge_weight is 0, allowed is a finite number > 0",
        ),
        (
            Tensor::f32(&[2], vec![1.0; 2]),
            "yes",
            "the metadata directed is \"yes\", allowed are true and false",
        ),
    ] {
        let found = message(using(&[tensors(Some(weights), &[("directed", metadata)])], None));
        assert_eq!(found, format!("g.safetensors: {expected}"));
    }
}

#[test]
fn what_is_saved_is_laid_out_as_the_table_says() {
    let text = "source,target,weight\n1,0,2\n2,0,4\n0,0,3\n1,1,1\n";
    let read = |directed| {
        let saved = save_graph(&using(&[file("edges.csv", text)], Some(directed)).unwrap()).unwrap();
        TensorMap::read("saved", &saved, &Limits::default()).unwrap()
    };
    // By source, then target; the loops of the input among them.
    let map = read(false);
    assert_eq!(map.get("edge_index").unwrap().as_i64(), Some(&[0, 0, 0, 1, 1, 2, 0, 1, 2, 0, 1, 0][..]));
    assert_eq!(map.get("edge_weight").unwrap().to_f32(), [3.0, 2.0, 4.0, 2.0, 1.0, 4.0]);
    assert_eq!(map.metadata.get("directed"), None);
    // By target, then source.
    let map = read(true);
    assert_eq!(map.get("edge_index").unwrap().as_i64(), Some(&[0, 1, 2, 1, 0, 0, 0, 1][..]));
    assert_eq!(map.get("edge_weight").unwrap().to_f32(), [3.0, 2.0, 4.0, 1.0]);
    assert_eq!(map.metadata["directed"], "true");
}
