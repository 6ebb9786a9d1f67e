//! Files written by the usual tool of every format open to the graph that went in: `make_graphs.py` has both.

use crate::hand_made::{fixture, open};
use ibmb::graph::{Dataset, Features};
use ibmb::io::{OpenOptions, Weights, open_graph};
use ibmb::limits::Limits;
use ibmb::task::Step;
use proptest::prelude::*;
use serde_json::Value;

/// What every file must open to.
fn expected() -> Vec<(String, Value)> {
    let text = fixture("graphs/graphs.json").bytes;
    let Value::Object(all) = serde_json::from_slice(&text).unwrap() else { panic!("an object of files") };
    assert!(all.len() > 25);
    all.into_iter().collect()
}

fn name(dataset: &Dataset, node: u32) -> String {
    dataset.node_names.as_ref().map_or_else(|| node.to_string(), |names| names[node as usize].clone())
}

/// FNV-1a of the sorted lines `a<tab>b`, as the script computes it.
fn hash(dataset: &Dataset) -> String {
    let mut lines: Vec<[String; 2]> = if dataset.graph.is_directed() {
        dataset
            .graph
            .edges()
            .filter(|&(a, b)| a < b)
            .map(|(a, b)| [name(dataset, a), name(dataset, b)])
            .collect()
    } else {
        dataset.graph.edges().map(|(a, b)| [name(dataset, a), name(dataset, b)]).collect()
    };
    lines.iter_mut().for_each(|pair| pair.sort());
    lines.sort();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in lines.iter().flat_map(|[a, b]| format!("{a}\t{b}\n").into_bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    format!("{hash:016x}")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn check(file: &str, dataset: &Dataset, wanted: &Value) {
    let count = if dataset.graph.is_directed() { 2 } else { 1 } * wanted["edges"].as_u64().unwrap();
    assert_eq!(u64::from(dataset.graph.num_nodes()), wanted["nodes"].as_u64().unwrap(), "{file}");
    assert_eq!(dataset.graph.num_edges(), count, "{file}");
    assert_eq!(hash(dataset), wanted["hash"].as_str().unwrap(), "{file}");
    assert_eq!(dataset.graph.is_directed(), wanted["directed"].as_bool().unwrap_or(false), "{file}");
    let labels = dataset.labels.as_ref().map(|labels| labels.values.iter().map(|&v| f64::from(v)).collect());
    assert_eq!(labels, wanted.get("labels").map(numbers), "{file}");
    if let Some(classes) = wanted.get("classes") {
        let names = &dataset.labels.as_ref().unwrap().class_names;
        assert_eq!(serde_json::to_value(names).unwrap(), *classes, "{file}");
    }
    let positions = dataset.positions.as_ref().map(|all| serde_json::to_value(all).unwrap());
    assert_eq!(positions.as_ref(), wanted.get("positions"), "{file}");
    let shape = dataset.features.as_ref().map(|x| {
        let sum: f64 = match x {
            Features::Dense(x) => x.iter().map(|&v| f64::from(v)).sum(),
            Features::Sparse(x) => x.values.iter().map(|&v| f64::from(v)).sum(),
        };
        (x.num_columns() as f64, sum)
    });
    let columns_and_sum = shape.map(|(columns, sum)| vec![columns, sum]);
    assert_eq!(columns_and_sum, wanted.get("features").map(numbers), "{file}");
    let splits: serde_json::Map<String, Value> = dataset
        .splits
        .iter()
        .map(|split| {
            (split.name.clone(), [split.train.len(), split.val.len(), split.test.len()].to_vec().into())
        })
        .collect();
    assert_eq!(
        Value::Object(splits),
        wanted.get("splits").cloned().unwrap_or_else(|| Value::Object(Default::default())),
        "{file}"
    );
}

#[test]
fn every_file_opens_to_the_graph_that_went_in() {
    for (file, wanted) in expected() {
        let dataset = open(&[fixture(&format!("graphs/{file}"))]).unwrap_or_else(|error| panic!("{error}"));
        check(&file, &dataset, &wanted);
        assert!(dataset.graph.weights().is_none(), "{file}");
        let has_warning = dataset.report.warnings.iter().any(|warning| warning.contains("open with weights"));
        assert_eq!(
            has_warning,
            wanted.get("weighted").is_some_and(|weighted| *weighted != false),
            "{file}: {:?}",
            dataset.report
        );
    }
}

#[test]
fn weights_are_those_that_went_in() {
    for (file, wanted) in expected() {
        if wanted["weighted"] != true {
            continue;
        }
        let options = OpenOptions { weights: Weights::Use, ..OpenOptions::default() };
        let files = [fixture(&format!("graphs/{file}"))];
        let dataset = open_graph(&files, &options, &Limits::default()).unwrap();
        check(&file, &dataset, &wanted);
        // 34 members in the order of the edge list: ids by appearance need not be those of the table.
        let member = |node: u32| -> usize {
            let name = name(&dataset, node);
            let digits: String = name.chars().filter(char::is_ascii_digit).collect();
            digits.parse().unwrap()
        };
        let scale = if file == "scipy_integer.mtx" { 4.0 } else { 1.0 };
        let csr = dataset.graph.adjacency();
        for v in 0..dataset.graph.num_nodes() {
            for (&u, &weight) in csr.row(v).iter().zip(csr.row_weights(v).unwrap()) {
                let (a, b) = (member(u).min(member(v)), member(u).max(member(v)));
                if a != b {
                    assert_eq!(f64::from(weight), scale * weight_of(a, b), "{file}: {a} {b}");
                }
            }
        }
    }
}

/// The weight that `make_graphs.py` gives an edge; its edges go from the smaller id.
fn weight_of(a: usize, b: usize) -> f64 {
    ((a * 7 + b * 3) % 8 + 1) as f64 / 4.0
}

#[test]
fn chunks_of_any_size_read_what_the_whole_reads() {
    for (file, _) in expected() {
        let files = vec![fixture(&format!("graphs/{file}"))];
        let whole = open(&files).unwrap();
        let total = files[0].bytes.len() as u64;
        let mut job = crate::hand_made::job(&files, &OpenOptions::default(), &Limits::default());
        let mut done = 0;
        loop {
            let progress = job.step(1).unwrap();
            if progress.finished {
                break;
            }
            assert!(progress.done >= done && progress.done <= total, "{file}");
            done = progress.done;
        }
        assert_eq!(done, total, "{file}");
        assert_eq!(job.finish().unwrap(), whole, "{file}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// What the fuzzer does, from fewer seeds: no panic, and steps read what one call reads.
    #[test]
    fn damaged_files_read_alike_in_steps(
        which in any::<prop::sample::Index>(),
        cut in prop::option::of(any::<prop::sample::Index>()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        budget in 1u32..3,
    ) {
        let all = expected();
        let mut file = fixture(&format!("graphs/{}", all[which.index(all.len())].0));
        for (at, value) in changes {
            let at = at.index(file.bytes.len());
            file.bytes[at] = value;
        }
        if let Some(cut) = cut {
            file.bytes.truncate(cut.index(file.bytes.len()));
        }
        let limits = Limits { max_nodes: 1 << 20, max_matrix_bytes: 1 << 26, max_file_bytes: 1 << 26, ..Limits::default() };
        let whole = open_graph(std::slice::from_ref(&file), &OpenOptions::default(), &limits);
        prop_assert_eq!(whole, crate::hand_made::in_steps(&[file], &OpenOptions::default(), &limits, budget));
    }
}

#[test]
fn a_folder_opens_as_its_zip_does() {
    let files = ["edges.csv", "labels.csv", "features.npy", "splits.json", "meta.json"];
    let mut files: Vec<_> = files.iter().map(|name| fixture(&format!("karate/{name}"))).collect();
    let zipped = open(&[fixture("graphs/folder.zip")]).unwrap();
    files.push(crate::hand_made::file("karate/README.md", "# Karate\nA club, and what became of it\n"));
    files.push(crate::hand_made::file("karate/pairs.txt", "0,1\n"));
    let folder = open(&files).unwrap();
    assert_eq!(
        (&folder.graph, &folder.labels, &folder.splits),
        (&zipped.graph, &zipped.labels, &zipped.splits)
    );
    let out =
        |dataset: &Dataset| dataset.report.files.iter().filter(|(_, what)| what.contains("left out")).count();
    assert_eq!((out(&folder), out(&zipped)), (2, 0));
    // What is named for a part must be one.
    files[1].bytes = b"label,hair\n1,red\n".to_vec();
    let said = open(&files).unwrap_err().to_string();
    assert_eq!(
        said,
        "karate/labels.csv, line 1: the header has a label column but no node column; it has label, hair"
    );
}

#[test]
fn a_file_opens_alike_gzipped_and_under_any_name() {
    for (file, wanted) in expected().into_iter().filter(|(file, _)| !file.contains(".np")) {
        let bytes = fixture(&format!("graphs/{file}")).bytes;
        let packed = if file.ends_with(".zip") || file.ends_with(".gz") {
            bytes
        } else {
            crate::hand_made::gz(&bytes)
        };
        let dataset = open(&[crate::hand_made::file("download", packed)])
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        check(&file, &dataset, &wanted);
    }
}
