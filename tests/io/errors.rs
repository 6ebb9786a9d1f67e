//! Files that are refused: the exact message says what, where, what was found and what is allowed.

use crate::hand_made::{code, file, fixture, gz, message, npy_f32, open, open_text};
use ibmb::Result;
use ibmb::graph::Dataset;
use ibmb::io::{InputFile, OpenOptions, open_graph};
use ibmb::limits::Limits;

/// Opens a path of three nodes with another file.
fn with(other: InputFile) -> Result<Dataset> {
    open(&[file("edges.csv", "source,target\n0,1\n1,2\n"), other])
}

#[test]
fn rows_that_are_not_edges_are_named_with_their_line() {
    let long = |row: &str| (0..1200).map(|at| format!("{at},{}\n", at + 1)).collect::<String>() + row;
    let cases = [
        (
            "source,target\n0,1\nabc,2\n".into(),
            "edges.csv, line 3: source \"abc\" is not an integer id, allowed are 0 to 4294967294",
        ),
        (
            long("abc,7"),
            "edges.csv, line 1201: source \"abc\" is not an integer id, allowed are 0 to 4294967294",
        ),
        (
            long("7,1.5"),
            "edges.csv, line 1201: target \"1.5\" is not an integer id, allowed are 0 to 4294967294",
        ),
        ("0,1\n1,-3\n".into(), "edges.csv, line 2: target -3 is negative, ids start at 0"),
        (
            "0,1\n\n4294967295,0".into(),
            "edges.csv, line 3: source 4294967295 is too large, ids end at 4294967294",
        ),
        (long("7,"), "edges.csv, line 1201: target is empty"),
        ("a,b\n,c".into(), "edges.csv, line 2: source is empty"),
        (
            "source,target\n0,1\n2\n".into(),
            "edges.csv, line 3: the row has 1 field, line 1 has 2; all rows must have as many",
        ),
        (
            "0 1\n1 2 3 4\n".into(),
            "edges.csv, line 2: the row has 4 fields, line 1 has 2; all rows must have as many",
        ),
        ("0\n1\n2\n".into(), "edges.csv, line 1: the row has 1 field, an edge needs 2, source and target"),
        (
            "# c\nsource,weight\n0,1\n".into(),
            "edges.csv, line 2: the header has a source column but no target column; it has source, weight",
        ),
        (
            "target,weight\n0,1\n".into(),
            "edges.csv, line 1: the header has a target column but no source column; it has target, weight",
        ),
        (
            "source,target\n".into(),
            "edges.csv: there are no edges, and no other file says how many nodes there are",
        ),
        (String::new(), "edges.csv: the file is empty"),
        ("\n  \r\n".into(), "edges.csv: the file is empty"),
        ("# nothing\n\n".into(), "edges.csv: the file has comments and blank lines only"),
    ];
    for (text, expected) in cases {
        assert_eq!(message(open_text(text)), expected);
    }
    assert_eq!(
        message(open_text(b"a,b\nc,d\xff\n".to_vec())),
        "edges.csv, line 2: target \"d\u{fffd}\" is not UTF-8 text, it holds the byte 0xff"
    );
}

#[test]
fn broken_label_tables_are_named_with_their_line() {
    let cases = [
        ("node,label\n0,1\n5000,1\n", "labels.csv, line 3: node 5000 does not exist, the graph has 3 nodes"),
        ("node,label\n0,1\n1,0\n\n0,1\n", "labels.csv, line 5: the node stands in line 2 already"),
        (
            "node,label\n0,1\n1,-2\n",
            "labels.csv, line 3: label -2 is out of range, allowed are -1 (none) to 65535",
        ),
        (
            "node,label\n0,65536\n",
            "labels.csv, line 2: label 65536 is out of range, allowed are -1 (none) to 65535",
        ),
        (
            "node,label\nx,1\n",
            "labels.csv, line 2: node \"x\" is not an integer id, allowed are 0 to 4294967294",
        ),
        (
            "label,weight\n0,1\n",
            "labels.csv, line 1: the header has a label column but no node column; it has label, weight",
        ),
        (
            "node,hair\n0,red\n",
            "labels.csv, line 1: the header has a node column but no label, name, split, position or feature column; it has node, hair",
        ),
        ("0\n1\n", "labels.csv, line 1: the row has 1 field, a label needs 2, node and label"),
    ];
    for (text, expected) in cases {
        assert_eq!(message(with(file("labels.csv", text))), expected);
    }
    let meta = file("meta.json", r#"{"class_names": ["a", "b"]}"#);
    let three = |labels: &str| open(&[file("e.csv", "0,1\n"), file("labels.csv", labels), meta.clone()]);
    assert_eq!(
        message(three("0,1\n1,2\n")),
        "labels.csv, line 2: label 2 is out of range, allowed are -1 (none) to 1, as there are that many class names"
    );
    assert_eq!(
        message(three("0,a\n1,c\n")),
        "labels.csv, line 2: label \"c\" is not among the 2 class names"
    );
    assert_eq!(
        message(open(&[file("edges.csv", "a,b\n"), file("labels.csv", "node,label\n0,1\n1,1\n")])),
        "labels.csv: not one of its nodes is in edges.csv, of 2"
    );
}

#[test]
fn broken_splits_and_meta_are_named() {
    let cases = [
        (
            r#"{"p": {"train": [0, 3]}}"#,
            "splits.json: split \"p\", train: node 3 does not exist, the graph has 3 nodes",
        ),
        (
            r#"{"p": {"val": [-1]}}"#,
            "splits.json: split \"p\", val: node -1 does not exist, the graph has 3 nodes",
        ),
        (
            r#"{"p": {"test": ["a"]}}"#,
            "splits.json: split \"p\", test: node \"a\" does not exist, the graph has 3 nodes",
        ),
        (r#"{"p": {"train": [2, 0, 2]}}"#, "splits.json: split \"p\", train: node 2 stands twice"),
        ("{\"p\":\n {\"train\": [0,}}", "splits.json, line 2: broken JSON at column 15: expected value"),
        ("{\"p\": {\"train\": [0", "splits.json, line 1: broken JSON at column 18: EOF while parsing a list"),
        (
            r#"{"p": {"training": [0]}}"#,
            "splits.json, line 1: unexpected JSON at column 17: unknown field `training`, expected one of `train`, `val`, `test`",
        ),
        (
            r#"{"p": {"train": [0.5]}}"#,
            "splits.json, line 1: unexpected JSON at column 20: invalid type: floating point `0.5`, expected a node id or name",
        ),
        (
            r#"{"p": {}, "p": {}}"#,
            "splits.json, line 1: unexpected JSON at column 18: the split \"p\" stands twice",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(message(with(file("splits.json", text))), expected);
    }
    assert_eq!(
        message(with(file("meta.json", r#"{"class_names": "a"}"#))),
        "meta.json, line 1: unexpected JSON at column 19: invalid type: string \"a\", expected a sequence"
    );
    let deep = format!("{{\"p\": {}", "[".repeat(100_000));
    assert_eq!(code(with(file("splits.json", deep))), "parse");
}

#[test]
fn gzip_that_is_cut_off_damaged_or_a_bomb_is_refused() {
    let packed = gz("0,1\n".repeat(1000).as_bytes());
    assert_eq!(
        message(open_text(packed[..packed.len() - 9].to_vec())),
        format!("edges.csv: the gzip data is cut off after {} bytes", packed.len() - 9)
    );
    let mut damaged = packed.clone();
    let at = damaged.len() - 6;
    damaged[at] ^= 1;
    assert!(
        message(open_text(damaged)).starts_with("edges.csv: the gzip data is damaged: corrupt gzip stream")
    );
    let limits = Limits { max_file_bytes: 1 << 20, ..Limits::default() };
    let matrix = [b"\x93NUMPY".to_vec(), vec![0; 8 << 20]].concat();
    let bomb = [file("edges.csv", "0,1\n"), file("x.npy.gz", gz(&matrix))];
    let error = open_graph(&bomb, &OpenOptions::default(), &limits).unwrap_err();
    assert_eq!(error.code(), "limit_exceeded");
    let bomb = [file("edges.csv.gz", gz("0,1\n".repeat(300_000).as_bytes()))];
    let error = open_graph(&bomb, &OpenOptions::default(), &limits).unwrap_err();
    assert_eq!(error.code(), "limit_exceeded");
    assert!(error.to_string().starts_with("edges.csv.gz: unpacked bytes: "));
}

#[test]
fn files_that_do_not_make_a_graph_are_named() {
    assert_eq!(
        message(open(&[])),
        "no file has edges: there are no files; an edge list, a graph file or safetensors with edge_index is needed"
    );
    assert_eq!(
        message(open(&[file("labels.csv", "node,label\n0,1\n"), fixture("x_f4.npy")])),
        "no file has edges: labels.csv is labels, comma, header; x_f4.npy is dense features (npy); an edge list, a graph file or safetensors with edge_index is needed"
    );
    assert_eq!(
        message(open(&[file("a.csv", "0,1\n"), file("b.csv", "0,1\n")])),
        "b.csv: a second file with edges, a.csv has edges already"
    );
    let allowed = "allowed are edge lists, node tables, Matrix Market, JSON node-link, GraphML, GEXF, GML, npy, npz, safetensors, splits.json and meta.json, any of them gzipped or in a zip";
    for (name, bytes, why) in [
        ("cat.png", &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "it is not text"),
        (
            "package.json",
            b"{\"name\": 1}",
            "it is JSON, but has no list of links or edges and is not named splits.json or meta.json",
        ),
        (
            "notes.txt",
            b"this is a note\nabout graphs, not a graph\n",
            "it is text without a constant number of columns",
        ),
    ] {
        assert_eq!(
            message(with(file(name, bytes))),
            format!("{name}: the file was not recognised: {why}; {allowed}")
        );
    }
}

#[test]
fn limits_hold_one_below_and_refuse_one_above() {
    let files = [file("edges.csv", "0,1\n1,2\n")];
    let open = |limits: Limits| open_graph(&files, &OpenOptions::default(), &limits);
    for (fits, refuses, expected) in [
        (
            Limits { max_nodes: 3, ..Limits::default() },
            Limits { max_nodes: 2, ..Limits::default() },
            "edges.csv: nodes: 3 exceeds the limit of 2",
        ),
        (
            Limits { max_file_bytes: 8, ..Limits::default() },
            Limits { max_file_bytes: 7, ..Limits::default() },
            "edges.csv: file bytes: 8 exceeds the limit of 7",
        ),
        // Two edges in both directions and three loops; on the way in, seven before loops are merged.
        (
            Limits { max_entries: 7, ..Limits::default() },
            Limits { max_entries: 1, ..Limits::default() },
            "edges.csv: edges: 2 exceeds the limit of 1",
        ),
    ] {
        assert!(open(fits).is_ok());
        assert_eq!(open(refuses).unwrap_err().to_string(), expected);
    }
    let files = [file("edges.csv", "a,b\nb,c\n")];
    let limits = Limits { max_nodes: 2, ..Limits::default() };
    let error = open_graph(&files, &OpenOptions::default(), &limits).unwrap_err();
    assert_eq!(error.to_string(), "nodes: 3 exceeds the limit of 2");
    let x = [file("edges.csv", "0,1\n"), file("x.npy", npy_f32("2, 3", &[0.0; 6]))];
    let open = |max| {
        let limits = Limits { max_matrix_bytes: max, ..Limits::default() };
        open_graph(&x, &OpenOptions::default(), &limits).map(|_| ())
    };
    assert_eq!(open(24), Ok(()));
    assert_eq!(open(23).unwrap_err().to_string(), "x.npy: array bytes: 24 exceeds the limit of 23");
}
