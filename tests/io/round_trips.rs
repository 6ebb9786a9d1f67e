//! Laws of the readers and writers, and survival of whatever is done to their files.

use std::path::{Path, PathBuf};

use crate::hand_made::{edges, file, fixture, gz, npy_f32, npz, open};
use ibmb::graph::{CsrMatrix, Dataset, Features, Graph, GraphOptions, Labels, Report, Split};
use ibmb::io::{EdgeListOptions, InputFile, OpenOptions, TensorsJob, Weights, open_graph, save_graph};
use ibmb::limits::Limits;
use ibmb::task;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

fn split(num_nodes: u32, name: String) -> impl Strategy<Value = Split> {
    let nodes = move || {
        btree_set(0..num_nodes, 0..=num_nodes as usize)
            .prop_map(|nodes| nodes.into_iter().collect::<Vec<_>>())
    };
    (nodes(), nodes(), nodes()).prop_map(move |(train, val, test)| {
        let name = name.clone();
        Split { name, train, val, test }
    })
}

fn features(num_nodes: usize) -> impl Strategy<Value = Option<Features>> {
    let value = || prop_oneof![Just(1.0f32), -1e30f32..1e30];
    let dense = (0usize..4).prop_flat_map(move |columns| {
        vec(value(), num_nodes * columns).prop_map(move |data| {
            Some(Features::Dense(ndarray::Array2::from_shape_vec((num_nodes, columns), data).unwrap()))
        })
    });
    let ones = any::<bool>();
    let sparse = (vec(btree_set(0u32..9, 0..5), num_nodes), ones, vec(value(), 5 * num_nodes)).prop_map(
        |(rows, ones, values)| {
            let mut indptr = vec![0];
            let mut indices: Vec<u32> = Vec::new();
            for row in rows {
                indices.extend(row);
                indptr.push(indices.len() as u32);
            }
            let values =
                values[..indices.len()].iter().map(|&value| if ones { 1.0 } else { value }).collect();
            Some(Features::Sparse(CsrMatrix::new(9, indptr, indices, values).unwrap()))
        },
    );
    prop_oneof![Just(None), dense, sparse]
}

fn dataset() -> impl Strategy<Value = Dataset> {
    (1u32..12).prop_flat_map(|n| {
        let count = n as usize;
        let names = prop::option::of(vec(".{0,6}", count));
        let labels = prop::option::of((vec(-1i32..4, count), vec("[a-zé\"]{0,4}", 4..6)));
        let splits = prop_oneof![
            Just(Vec::new()).boxed(),
            split(n, "public".into()).prop_map(|split| vec![split]).boxed(),
            (split(n, "ä".into()), split(n, String::new()), split(n, "c".into()))
                .prop_map(|(a, b, c)| vec![a, b, c])
                .boxed()
        ];
        let weight = prop_oneof![Just(1.0f32), 1e-3f32..1e3];
        let kind = (any::<bool>(), prop::option::of(vec(weight, 30)));
        (vec((0..n, 0..n), 0..30), kind, features(count), labels, names, splits, ".{0,8}").prop_map(
            move |(edges, (directed, weights), features, labels, node_names, splits, name)| {
                let weights = weights.as_ref().map(|weights| &weights[..edges.len()]);
                let options = GraphOptions { directed, weights };
                let (graph, build) = Graph::with_options(n, &edges, &options, &Limits::default()).unwrap();
                let labels = labels.map(|(values, class_names)| Labels { values, class_names });
                let report = Report { build, ..Report::default() };
                Dataset::new(name, graph, features, labels, node_names, splits, report).unwrap()
            },
        )
    })
}

proptest! {
    #[test]
    fn save_then_open_is_the_identity(dataset in dataset()) {
        let saved = save_graph(&dataset).unwrap();
        let weights = if dataset.graph.weights().is_some() { Weights::Use } else { Weights::Ignore };
        let options = OpenOptions { weights, ..OpenOptions::default() };
        let mut opened = open_graph(&[file("g.safetensors", saved.clone())], &options, &Limits::default()).unwrap();
        opened.report = dataset.report.clone();
        prop_assert_eq!(&opened, &dataset);
        prop_assert_eq!(save_graph(&opened).unwrap(), saved.clone());
        // Read without the other readers it is the same, report and all.
        let job = TensorsJob::new(file("g.safetensors", saved.clone()), &options, &Limits::default());
        let alone = task::run(job).unwrap();
        let among = open_graph(&[file("g.safetensors", saved)], &options, &Limits::default()).unwrap();
        prop_assert_eq!(alone, among);
    }

    #[test]
    fn an_edge_list_reads_alike_however_it_is_written(
        list in vec((0u32..50, 0u32..50), 1..60),
        style in (0usize..4, any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()),
    ) {
        let (delimiter, header, crlf, mark, packed) = style;
        let (delimiter, end) = ([",", "\t", ";", "  "][delimiter], if crlf { "\r\n" } else { "\n" });
        let mut text = if mark { "\u{feff}".to_owned() } else { String::new() };
        if header {
            text += &format!("# made by a test{end}source{delimiter}target{end}");
        }
        for (source, target) in &list {
            text += &format!("{source}{delimiter}{target}{end}");
        }
        let bytes = if packed { gz(text.as_bytes()) } else { text.into_bytes() };
        let opened = open(&[file("edges.txt", bytes)]).unwrap();
        let num_nodes = list.iter().map(|&(a, b)| a.max(b) + 1).max().unwrap();
        let (graph, build) = Graph::from_edges(num_nodes, &list, &Limits::default()).unwrap();
        prop_assert_eq!(opened.graph, graph);
        prop_assert_eq!(opened.report.build, build);
    }

    #[test]
    fn links_of_json_read_alike_however_they_are_written(
        links in vec(("[a-c]|0|[1-9][0-9]{0,2}", "[a-c]|0|[1-9][0-9]{0,2}", 0usize..7), 1..40),
    ) {
        let number_or_text = |id: &str| if id.starts_with(|first: char| first.is_ascii_digit()) { id.to_owned() } else { format!("\"{id}\"") };
        let link = |(a, b, style): &(String, String, usize)| match style {
            0 => format!(r#"{{"source": {}, "target": {}}}"#, number_or_text(a), number_or_text(b)),
            1 => format!("{{\"source\":\"{a}\",\n\"target\":\"{b}\"}}"),
            2 => format!(r#"{{"source": "\u{:04x}{}", "target": "{b}"}}"#, a.as_bytes()[0], &a[1..]),
            3 => format!(r#"{{"target": "{b}", "weight": 2, "x": [1, {{"source": 7}}], "source": "{a}"}}"#),
            4 => format!(r#"{{"attributes": {{"color": "red", "to": "{b}"}}, "from": "{a}"}}"#),
            5 => format!(r#"{{"source": "{a}", "target": "{b}", "source": "another"}}"#),
            _ => format!(r#"{{"source": "{a}", "\u0074arget": "another", "value": null, "target": "{b}"}}"#),
        };
        let json = format!(r#"{{"links": [{}]}}"#, links.iter().map(link).collect::<Vec<_>>().join(", "));
        let csv: String = links.iter().map(|(a, b, _)| format!("{a},{b}\n")).collect();
        let edge_list = EdgeListOptions { header: Some(false), integer_ids: Some(false), ..EdgeListOptions::default() };
        let options = OpenOptions { edge_list, ..OpenOptions::default() };
        let expected = open_graph(&[file("edges.csv", csv)], &options, &Limits::default()).unwrap();
        let opened = open(&[file("g.json", json)]).unwrap();
        prop_assert_eq!(opened.graph, expected.graph);
        prop_assert_eq!(opened.node_names, expected.node_names);
    }

    #[test]
    fn names_give_the_same_graph_as_their_numbers(list in vec((0u32..9, 0u32..9), 1..30)) {
        let text: String = list.iter().map(|(a, b)| format!("\"n {a}\",n {b}\n")).collect();
        let opened = open(&[file("edges.csv", text)]).unwrap();
        let names = opened.node_names.clone().unwrap();
        let mut found: Vec<_> = edges(&opened).iter().map(|&(a, b)| {
            let number = |node: u32| names[node as usize][2..].parse::<u32>().unwrap();
            (number(a).min(number(b)), number(a).max(number(b)))
        }).collect();
        found.sort_unstable();
        let (graph, _) = Graph::from_edges(9, &list, &Limits::default()).unwrap();
        prop_assert_eq!(found, graph.edges().collect::<Vec<_>>());
    }

    #[test]
    fn steps_give_what_one_call_gives(
        rows in vec(("[0-9]{1,3}|[a-c \"]{0,3}", "[0-9]{1,3}", ".{0,3}"), 0..400),
        budget in 1u32..4,
    ) {
        let text: String = rows.iter().map(|(a, b, c)| format!("{a},{b}{c}\n")).collect();
        let files = vec![file("edges.csv", text), file("labels.csv", "0,1\n1,0\n")];
        let whole = open_graph(&files, &OpenOptions::default(), &Limits::default());
        prop_assert_eq!(whole, crate::hand_made::in_steps(&files, &OpenOptions::default(), &Limits::default(), budget));
    }

    #[test]
    fn damaged_files_are_refused_or_read_but_never_a_panic(
        which in 0usize..9,
        cut in prop::option::of(any::<prop::sample::Index>()),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let mut files = valid(which);
        let bytes = &mut files[0].bytes;
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = try_open(&files);
    }
}

/// A valid file, the first, with what it needs.
fn valid(which: usize) -> Vec<InputFile> {
    let path = || file("edges.csv", "source,target,weight\n0,1,2\n1,2,3\n\n2,\"0\",1\n");
    match which {
        0 => vec![path()],
        1 => vec![file("edges.txt.gz", gz(b"a b\nb c\nc d\n"))],
        2 => vec![file("labels.csv", "node,label,name\n0,1,\"a\"\n1,0,b\n2,-1,\n"), path()],
        3 => vec![file("x.npy", npy_f32("3, 2", &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0])), path()],
        4 => vec![file("x.npz", npz()), path()],
        5 => vec![file("splits.json", r#"{"a": {"train": [0, 1], "val": [2]}}"#), path()],
        6 => vec![fixture("karate.safetensors")],
        7 => vec![fixture("sparse_deflated.npz"), fixture("karate/edges.csv")],
        _ => vec![fixture("sparse_stored_i64.npz"), fixture("karate/edges.csv")],
    }
}

/// Opens under limits that keep a false claim from costing minutes.
fn try_open(files: &[InputFile]) -> ibmb::Result<Dataset> {
    let limits = Limits {
        max_nodes: 1 << 20,
        max_matrix_bytes: 1 << 26,
        max_file_bytes: 1 << 26,
        ..Limits::default()
    };
    open_graph(files, &OpenOptions::default(), &limits)
}

#[test]
fn valid_files_are_valid() {
    for which in 0..9 {
        try_open(&valid(which)).unwrap();
    }
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}

#[test]
fn crashers_of_the_past_are_refused_or_read() {
    let mut paths = Vec::new();
    files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crashers"), &mut paths);
    assert!(!paths.is_empty(), "tests/crashers holds the inputs");
    for path in paths {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let _ = try_open(&[file(name, bytes.clone())]);
        let _ = try_open(&[file("edges.csv", "0,1\n1,2\n"), file(name, bytes)]);
    }
}

#[test]
fn links_of_any_length_have_room() {
    // Short ones, then long ones, then short ones: a path of 6,001 nodes.
    let link = |at: usize| {
        let long =
            if (2000..4000).contains(&at) { ", \"color\": \"a colour that nobody has seen\"" } else { "" };
        format!("{{\"source\": {at}, \"target\": {}{long}}}", at + 1)
    };
    let json = format!("{{\"links\": [{}]}}", (0..6000).map(link).collect::<Vec<_>>().join(", "));
    let opened = open(&[file("g.json", json.as_str())]).unwrap();
    assert_eq!(
        (opened.report.build.edges_read, opened.graph.num_nodes(), opened.graph.num_edges()),
        (6000, 6001, 6000)
    );
    let limits = Limits { max_entries: 5999, ..Limits::default() };
    let error = open_graph(&[file("g.json", json)], &OpenOptions::default(), &limits).unwrap_err();
    assert_eq!(error.to_string(), "g.json: edges: 6000 exceeds the limit of 5999");
}
