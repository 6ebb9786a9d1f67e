//! What is read from well-formed files. Expected values are counted by hand or come from numpy's writers
//! (`tests/cases/files/make.py`).

use crate::hand_made::{edges, file, fixture, gz, open, open_text};
use ibmb::graph::{Dataset, Features};
use ibmb::io::{InputFile, OpenOptions, open_graph};
use ibmb::limits::Limits;
use ibmb::task::Step;

const PATH: [(u32, u32); 2] = [(0, 1), (1, 2)];

fn taken_for(dataset: &Dataset) -> Vec<&str> {
    dataset.report.files.iter().map(|(_, what)| what.as_str()).collect()
}

#[test]
fn edge_lists_of_every_shape_give_the_same_graph() {
    let cases = [
        ("0,1\n1,2\n", "edge list, comma, no header, integer ids"),
        ("0\t1\n1\t2", "edge list, tab, no header, integer ids"),
        ("0;1\n1;2", "edge list, semicolon, no header, integer ids"),
        ("0 1\n1   2\n", "edge list, blanks, no header, integer ids"),
        ("0, 1\r\n1, 2\r\n", "edge list, comma, no header, integer ids"),
        ("\u{feff}source,target\n0,1\n\n1,2\n\n", "edge list, comma, header, integer ids"),
        ("# a graph, of \"three\n% nodes\nfrom to\n0 1\n1 2\n", "edge list, blanks, header, integer ids"),
        ("\"u\",\"v\"\n\"0\",\"1\"\n\"1\",\"2\"\n", "edge list, comma, header, integer ids"),
        ("id_1;id_2\n0;1\n1;2", "edge list, semicolon, header, integer ids"),
    ];
    for (text, what) in cases {
        let dataset = open_text(text).unwrap();
        assert_eq!(edges(&dataset), PATH, "{text:?}");
        assert_eq!(taken_for(&dataset), [what], "{text:?}");
        assert_eq!(dataset.report.warnings, [] as [&str; 0], "{text:?}");
        assert_eq!(dataset.node_names, None);
        let packed = open(&[file("edges.csv.gz", gz(text.as_bytes()))]).unwrap();
        assert_eq!(edges(&packed), PATH);
        assert_eq!(taken_for(&packed), [format!("{what}, gzip")]);
    }
}

#[test]
fn columns_are_found_by_name() {
    let dataset = open_text("weight,type,target,source\n0.5,a,1,0\n2,b,2,1\n").unwrap();
    assert_eq!(edges(&dataset), PATH);
    assert_eq!(
        dataset.report.warnings,
        [
            "edges.csv: column 2, \"type\", was ignored",
            "edges.csv: the weights in column 1 were ignored; open with weights to use them"
        ]
    );
    let dataset = open_text("0 1 3.5\n1 2 1e3\n").unwrap();
    assert_eq!(
        dataset.report.warnings,
        ["edges.csv: the weights in column 3 were ignored; open with weights to use them"]
    );
}

#[test]
fn names_are_numbered_as_they_appear() {
    let dataset = open_text("b,a\n\"c, d\",b\na,b\n").unwrap();
    assert_eq!(dataset.node_names.as_deref().unwrap(), ["b", "a", "c, d"]);
    assert_eq!(edges(&dataset), [(0, 1), (0, 2)]);
    assert_eq!(dataset.report.build.reciprocal_merged, 1);
    let mixed = open_text("1,2\nx,y\n").unwrap();
    assert_eq!(mixed.node_names.unwrap(), ["1", "2", "x", "y"]);
    assert_eq!(
        mixed.report.warnings,
        ["edges.csv: all ids are names, 1 in line 1, too, since more than a quarter are not integers"]
    );
}

#[test]
fn sparse_integers_become_names_unless_something_counts_the_nodes() {
    let dataset = open_text("5000,70\n70,4000000000\n").unwrap();
    assert_eq!(dataset.node_names.as_deref().unwrap(), ["70", "5000", "4000000000"]);
    assert_eq!(edges(&dataset), [(0, 1), (0, 2)]);
    assert_eq!(
        dataset.report.warnings,
        [
            "edges.csv: the ids go up to 4000000000, but only 3 occur; nodes are numbered in their order and keep the ids as names"
        ]
    );
    let files = [file("edges.csv", "5000,70\n"), file("meta.json", r#"{"nodes": 6000, "name": "wide"}"#)];
    let dataset = open(&files).unwrap();
    assert_eq!((dataset.graph.num_nodes(), dataset.name.as_str()), (6000, "wide"));
    assert_eq!(dataset.node_names, None);
}

#[test]
fn a_label_file_is_known_by_its_header_and_may_name_nodes() {
    let table = file("people.csv", "node,label,name\n2,1,\"Cosette\"\n0,-1,Valjean\n");
    let dataset = open(&[table, file("list.txt", "0 1\n1 2\n")]).unwrap();
    assert_eq!(taken_for(&dataset)[0], "labels and names, comma, header");
    let labels = dataset.labels.unwrap();
    assert_eq!((labels.values.as_slice(), labels.class_names.len()), ([-1, -1, 1].as_slice(), 2));
    assert_eq!(dataset.node_names.unwrap(), ["Valjean", "1", "Cosette"]);
    assert_eq!(dataset.name, "list");
}

#[test]
fn labels_may_be_words_and_join_by_name() {
    let files =
        [file("edges.tsv", "ann\tbob\nbob\tcid\n"), file("labels.csv", "cid,red\nann,blue\ndan,red\nbob,\n")];
    let dataset = open(&files).unwrap();
    let labels = dataset.labels.unwrap();
    assert_eq!(labels.values, [0, -1, 1, 1]);
    assert_eq!(labels.class_names, ["blue", "red"]);
    assert_eq!(dataset.node_names.unwrap(), ["ann", "bob", "cid", "dan"]);
    assert_eq!(
        dataset.report.warnings,
        ["labels.csv: nodes without an edge in edges.tsv were added, 1 of 4, the first is \"dan\""]
    );
}

#[test]
fn class_names_of_meta_give_the_order_and_the_number() {
    let meta = file("meta.json", r#"{"class_names": ["red", "green", "blue"], "max_degree": 3}"#);
    let words = file("labels.csv", "0,blue\n1,red\n2,blue\n");
    let dataset = open(&[file("edges.csv", "0,1\n1,2\n"), words, meta.clone()]).unwrap();
    assert_eq!(dataset.num_classes(), 3);
    assert_eq!(dataset.labels.unwrap().values, [2, 0, 2]);
    let numbers = file("labels.csv", "0,1\n1,1\n2,0\n");
    let dataset = open(&[file("edges.csv", "0,1\n1,2\n"), numbers, meta]).unwrap();
    assert_eq!(dataset.labels.unwrap().class_names, ["red", "green", "blue"]);
}

#[test]
fn more_rows_of_labels_or_features_mean_isolated_nodes() {
    let files = [file("edges.csv", "0,1\n"), file("labels.csv", "node,label\n0,0\n1,0\n2,1\n3,1\n")];
    let dataset = open(&files).unwrap();
    assert_eq!(dataset.graph.num_nodes(), 4);
    assert_eq!(dataset.report.build.isolated_nodes, 2);
}

#[test]
fn splits_keep_their_order_and_complete_the_test_part() {
    let splits = r#"{"z": {"train": [3, 0], "val": [2]}, "a": {"train": ["1"], "test": []}}"#;
    let files = [
        file("edges.csv", "0,1\n1,2\n2,3\n3,4\n"),
        file("labels.csv", "0,0\n1,1\n2,0\n3,1\n4,-1\n"),
        file("splits.json", splits.replace("\"1\"", "1")),
    ];
    let dataset = open(&files).unwrap();
    assert_eq!(dataset.splits[0].name, "z");
    assert_eq!((&dataset.splits[0].train, &dataset.splits[0].test), (&vec![0, 3], &vec![1]));
    assert_eq!((&dataset.splits[1].train, &dataset.splits[1].test), (&vec![1], &vec![]));
    // By name, with an overlap.
    let splits = r#"{"s": {"train": ["c", "a"], "test": ["c"]}}"#;
    let dataset = open(&[file("edges.csv", "a,b\nb,c\n"), file("splits.json", splits)]).unwrap();
    assert_eq!(dataset.splits[0].train, [0, 2]);
    assert_eq!(dataset.report.warnings, ["split \"s\": train and test share nodes, 1"]);
}

#[test]
fn a_node_table_without_labels_is_left_out() {
    let files =
        [file("edges.csv", "0,1\n"), file("paper_ids.csv", "node,linqs_paper_id\n0,1110563\n1,446271\n")];
    let dataset = open(&files).unwrap();
    assert_eq!(edges(&dataset), [(0, 1)]);
    assert_eq!(
        dataset.report.warnings,
        [
            "paper_ids.csv: the columns node, linqs_paper_id hold neither labels nor names, the file was left out"
        ]
    );
}

fn karate() -> Vec<InputFile> {
    ["edges.csv", "labels.csv", "features.npy", "splits.json", "meta.json"]
        .map(|name| fixture(&format!("karate/{name}")))
        .to_vec()
}

#[test]
fn a_folder_opens_with_features_labels_and_splits() {
    let dataset = open(&karate()).unwrap();
    assert_eq!((dataset.graph.num_nodes(), dataset.graph.num_edges()), (34, 78));
    assert_eq!(dataset.name, "karate");
    assert_eq!(dataset.labels.as_ref().unwrap().class_names, ["Mr. Hi", "Officer"]);
    assert_eq!(dataset.splits[0].train, [0, 33]);
    assert_eq!(dataset.splits[0].test.len(), 32);
    let Some(Features::Dense(x)) = &dataset.features else { panic!("karate has dense features") };
    assert_eq!(x, ndarray::Array2::<f32>::eye(34));
    assert_eq!(
        taken_for(&dataset),
        [
            "edge list, comma, header, integer ids",
            "labels, comma, header",
            "dense features (npy)",
            "splits (json)",
            "names and classes (json)"
        ]
    );
    let options = OpenOptions { name: Some("mine".into()), ..OpenOptions::default() };
    assert_eq!(open_graph(&karate()[..1], &options, &Limits::default()).unwrap().name, "mine");
    assert_eq!(open(&karate()[..1]).unwrap().name, "karate");
}

/// The matrix of `make.py`.
fn values(row: usize, column: usize) -> f32 {
    (((row * 5 + column) * 7 % 11) as f32 - 3.0).max(0.0)
}

#[test]
fn npy_of_every_type_and_order_reads_alike() {
    let names = ["f4", "f8", "i8", "i4", "i2", "i1", "u1", "u2", "u4", "fortran", "version2", "f4"];
    for (at, name) in names.into_iter().enumerate() {
        let name = if at == 11 { "x_f4.npy.gz".to_owned() } else { format!("x_{name}.npy") };
        let dataset = open(&[karate().swap_remove(0), fixture(&name)]).unwrap();
        let Some(Features::Dense(x)) = dataset.features else { panic!("{name} is dense") };
        assert_eq!(x, ndarray::Array2::from_shape_fn((34, 5), |(row, column)| values(row, column)), "{name}");
    }
}

#[test]
fn npz_of_every_kind_reads_alike() {
    for name in ["deflated", "stored_i64", "scipy", "ones"] {
        let dataset = open(&[karate().swap_remove(0), fixture(&format!("sparse_{name}.npz"))]).unwrap();
        let Some(Features::Sparse(x)) = dataset.features else { panic!("{name} is sparse") };
        assert_eq!((x.num_rows(), x.num_columns), (34, 5));
        for row in 0..34 {
            let expected: Vec<u32> = (0..5).filter(|&column| values(row, column as usize) > 0.0).collect();
            assert_eq!(x.row(row).0, expected, "{name}");
            for (&column, &value) in x.row(row).0.iter().zip(x.row(row).1) {
                assert_eq!(value, if name == "ones" { 1.0 } else { values(row, column as usize) }, "{name}");
            }
        }
    }
}

#[test]
fn safetensors_written_from_python_open_as_the_folder() {
    let dataset = open(&[fixture("karate.safetensors")]).unwrap();
    let folder = open(&karate()).unwrap();
    assert_eq!(dataset.graph, folder.graph);
    assert_eq!(dataset.report.build.reciprocal_merged, 78);
    assert_eq!(dataset.labels, folder.labels);
    let Some(Features::Dense(x)) = &dataset.features else { panic!("x is dense") };
    assert_eq!(x[[3, 2]], values(3, 2));
    let [two, three] = dataset.splits.as_slice() else { panic!("there are two splits") };
    assert_eq!(
        (two.name.as_str(), two.train.as_slice(), two.val.as_slice()),
        ("two", [0, 33].as_slice(), [7].as_slice())
    );
    assert_eq!((three.train.as_slice(), three.test.len()), ([1, 5, 32].as_slice(), 30));
    // Labels of another file are refused, those that the file lacks are taken.
    let files = [fixture("karate.safetensors"), fixture("karate/splits.json")];
    assert_eq!(
        open(&files).unwrap_err().to_string(),
        "karate/splits.json: a second file with splits, karate.safetensors has splits already"
    );
}

#[test]
fn steps_of_any_size_report_bytes_and_end_alike() {
    let text: String = (0..20_000u32).map(|at| format!("{},{}\n", at % 700, at * 7 % 900)).collect();
    let files = [file("labels.csv.gz", gz(b"0,1\n1,0\n")), file("edges.csv", text)];
    let total: u64 = files.iter().map(|file| file.bytes.len() as u64).sum();
    let whole = open(&files).unwrap();
    for budget in [0, 1, 7, 100, u32::MAX] {
        let mut job = crate::hand_made::job(&files, &OpenOptions::default(), &Limits::default());
        let (mut done, mut steps) = (0, 0);
        loop {
            let progress = job.step(budget).unwrap();
            if progress.finished {
                assert_eq!((progress.stage, progress.done, progress.total), ("building", 1, 1));
                break;
            }
            assert_eq!((progress.stage, progress.total), ("reading", total));
            assert!(progress.done >= done && progress.done <= total);
            (done, steps) = (progress.done, steps + 1);
        }
        assert_eq!(done, total);
        assert!(budget > 1 || steps > 100, "{steps} steps at budget {budget}");
        assert!(job.step(budget).unwrap().finished);
        assert_eq!(job.finish().unwrap(), whole);
    }
    let job = crate::hand_made::job(&files, &OpenOptions::default(), &Limits::default());
    assert_eq!(job.finish().unwrap_err().code(), "internal");
}
