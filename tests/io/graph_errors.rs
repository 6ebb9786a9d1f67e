//! Broken graph files: the exact message says what, where, what was found and what is allowed.

use crate::hand_made::{file, fixture, gz, message, npy, npy_i32, open, zip};
use ibmb::io::{EdgeListOptions, Format, OpenOptions, Weights, formats, open_graph};
use ibmb::limits::Limits;

/// Opens one file and compares what it says.
fn check(name: &str, cases: &[(&[u8], &str)]) {
    for (bytes, expected) in cases {
        let said = message(open(&[file(name, *bytes)]));
        assert_eq!(said, format!("{name}{expected}"), "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn broken_matrix_market_is_named() {
    let head = "%%MatrixMarket matrix coordinate real general\n";
    let with = |rest: &str| [head, rest].concat().into_bytes();
    check(
        "a.mtx",
        &[
            (&with("3 3 2\n1 2 1\n"), ": 2 entries are claimed, 1 follow"),
            (&with("3 3 1\n1 2 1\n2 3 1\n"), ", line 4: 1 entries are claimed, this is one more"),
            (&with("3 3 1\n1 4 1\n"), ", line 3: column 4 is out of range, allowed are 1 to 3"),
            (&with("3 3 1\n0 2 1\n"), ", line 3: row 0 is out of range, allowed are 1 to 3"),
            (&with("3 3 1\n1 2\n"), ", line 3: the entry has 2 fields, it must have 3"),
            (&with("3 4 1\n1 2 1\n"), ", line 2: the matrix has 3 rows and 4 columns, edges need as many"),
            (&with("3 3\n"), ", line 2: the line of sizes has 2 numbers, it must have 3"),
            (&with("3 x 1\n"), ", line 2: size \"x\" is not a whole number"),
            (&with(""), ": there is no line of sizes"),
            (
                b"%%MatrixMarket matrix coordinate complex general\n1 1 0\n",
                ", line 1: \"complex\" in the header is not read, allowed: pattern, real, integer, double",
            ),
            (
                b"%%MatrixMarket matrix coordinate real hermitian\n1 1 0\n",
                ", line 1: \"hermitian\" in the header is not read, allowed: general, symmetric",
            ),
            (b"%%MatrixMarket vector\n", ", line 1: \"vector\" in the header is not read, allowed: matrix"),
            (&with("90000000 90000000 1\n1 2 1\n"), ": rows: 90000000 exceeds the limit of 50000000"),
            (
                b"%%MatrixMarket matrix array real general\n2 2\n1\nx\n0\n0\n",
                ", line 4: \"x\" is not a line of one finite number",
            ),
            (&with("3 3 1\n1 2\0 1\n"), ", line 3: column 2\\0 is out of range, allowed are 1 to 3"),
        ],
    );
    // A claim is refused by what it would take, and where there is room by the limit of the entries.
    let claim = || file("a.mtx", with("3 3 9999999999\n1 2 1\n"));
    let taken = 9_999_999_999 * 32 + claim().bytes.len();
    let said = message(open(&[claim()]));
    assert_eq!(said, format!("estimated bytes to open the files: {taken} exceeds the limit of 3221225472"));
    let limits = Limits { max_memory_bytes: u64::MAX, ..Limits::default() };
    let said = message(open_graph(&[claim()], &OpenOptions::default(), &limits));
    assert_eq!(said, "a.mtx: entries: 9999999999 exceeds the limit of 400000000");
    let dense = file("a.mtx", "%%MatrixMarket matrix array real general\n40000 40000\n1\n");
    let said = message(open_graph(&[dense], &OpenOptions::default(), &limits));
    assert_eq!(said, "a.mtx: bytes of values: 6400000000 exceeds the limit of 2147483648");
    let options = OpenOptions { weights: Weights::Use, ..OpenOptions::default() };
    let said = message(open_graph(&[file("a.mtx", with("2 2 1\n1 2 -3\n"))], &options, &Limits::default()));
    assert_eq!(said, "a.mtx, line 3: weight \"-3\" is out of range, allowed is a finite number > 0");
    let crlf = open(&[file(
        "a.mtx",
        with("3 3 1\n1 2 1\n")
            .into_iter()
            .flat_map(|byte| if byte == b'\n' { vec![b'\r', byte] } else { vec![byte] })
            .collect::<Vec<u8>>(),
    )]);
    assert_eq!(crlf.unwrap().graph.num_edges(), 1);
}

#[test]
fn broken_json_is_named() {
    let deep = format!("{{\"nodes\": [{{\"id\": {}1{}}}], \"links\": []}}", "[".repeat(500), "]".repeat(500));
    let deeper = format!("{{\"nodes\": [{}", "{\"data\": ".repeat(500));
    check(
        "a.json",
        &[
            (
                b"{\"nodes\": [{\"id\": 1}",
                ", line 1: the file is cut off where a comma or a closing bracket is expected",
            ),
            (b"{\"nodes\": [{\"id\": 1", ", line 1: broken JSON: EOF while parsing an object"),
            (b"{\"nodes\": [{\"id\": 1}]}", ": there is no list of links or edges"),
            (b"{\"nodes\": [],\n\"links\": [{\"source\": 1}]}", ", line 2: the link has no target"),
            (
                b"{\"nodes\": [{\"id\": 1}], \"links\": [{\"source\": 1, \"target\": 2}]}",
                ": node \"2\" of an edge is not among the 1 nodes",
            ),
            (b"{\"nodes\": [{\"id\": \"a\"}, {\"id\": \"a\"}], \"links\": []}", ": node \"a\" stands twice"),
            (
                b"{\"nodes\": 3, \"links\": []}",
                ", line 1: broken JSON: a list of nodes is expected, found \"3, \\\"links\\\": []}\"",
            ),
            (
                b"{\"nodes\": [1], \"links\": []}",
                ", line 1: broken JSON: invalid type: integer `1`, expected an object",
            ),
            (b"{\"nodes\": [], \"links\": [{\"source\": \"\", \"target\": 1}]}", ", line 1: source is empty"),
            (b"{\"nodes\": [], \"links\": []}", ": there are no nodes and no edges"),
            (
                b"{\"nodes\": [], \"links\": [],}",
                ", line 1: broken JSON: a value after the comma is expected, found \"}\"",
            ),
            (
                b"{\"nodes\": [], \"links\": []} x",
                ", line 1: broken JSON: the end of the file is expected, found \"x\"",
            ),
            (
                b"{\"nodes\": [{\"id\": \"\xff\"}], \"links\": []}",
                ", line 1: broken JSON: invalid unicode code point",
            ),
            (
                b"{\"nodes\": [{\"id\": \"a\\u0000\"}], \"links\": []}",
                ", line 1: node id \"a\\0\" holds a control character",
            ),
            (
                deep.as_bytes(),
                ", line 1: the id of a node is a list or an object, allowed are texts and numbers",
            ),
            (deeper.as_bytes(), ", line 1: broken JSON: recursion limit exceeded"),
            (
                b"{\"a\": 1}",
                ": the file was not recognised: it is JSON, but has no list of links or edges and is not named splits.json or meta.json; allowed are edge lists, node tables, Matrix Market, JSON node-link, GraphML, GEXF, GML, npy, npz, safetensors, splits.json and meta.json, any of them gzipped or in a zip",
            ),
            (
                b"{\"nodes\": [{\"id\": 1, \"group\": -2}], \"links\": []}",
                ": label -2 is out of range, allowed are -1 (none) to 65535",
            ),
        ],
    );
    let mark = open(&[file(
        "a.json",
        b"\xef\xbb\xbf{\r\n\"links\": [{\"source\": 0,\r\n\"target\": 1}]}\r\n".to_vec(),
    )]);
    assert_eq!(mark.unwrap().graph.num_edges(), 1);
}

#[test]
fn broken_graphml_is_named() {
    let around =
        |inner: &str| format!("<?xml version=\"1.0\"?>\n<graphml>\n{inner}\n</graphml>").into_bytes();
    let graph = |inner: &str| around(&format!("<graph edgedefault=\"undirected\">{inner}</graph>"));
    let deep = graph(&"<desc>".repeat(100));
    let bomb = b"<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]>\n<graphml>&lol2;</graphml>";
    check(
        "a.graphml",
        &[
            (
                b"<graphml><graph edgedefault=\"directed\"><node id=\"a\"/>",
                ", line 1: the file is cut off, 2 elements are open",
            ),
            (
                b"<graphml><graph edgedefault=\"directed\"><node id=\"a",
                ", line 1: broken XML: syntax error: attribute value not closed: `\"` not found before end of input",
            ),
            (&around(""), ": there is no <graph> element"),
            (&graph("<node/>"), ", line 3: <node> has no attribute id"),
            (&graph("<node id=\"a\"/>\n<node id=\"a\"/>"), ": node \"a\" stands twice"),
            (
                &graph("<node id=\"a\"/>\n<edge source=\"a\" target=\"b\"/>"),
                ": node \"b\" of an edge is not among the 1 nodes",
            ),
            (&graph("<node id=\"a\"/>\n<edge source=\"a\"/>"), ", line 4: <edge> has no attribute target"),
            (
                &graph("<node id=\"a\"><data key=\"k\">1</data></node>"),
                ", line 3: the key \"k\" is not declared",
            ),
            (
                &around("<key id=\"k\" attr.name=\"a\"/>\n<key id=\"k\" attr.name=\"b\"/>"),
                ", line 4: the key \"k\" stands twice",
            ),
            (&graph("<hyperedge/>"), ", line 3: hyperedges are not read"),
            (&graph("<node id=\"a\"><graph/></node>"), ", line 3: a graph inside a node is not read"),
            (
                &around("<graph edgedefault=\"both\"/>"),
                ", line 3: edgedefault is \"both\", allowed are directed and undirected",
            ),
            (&graph("<node id=\"&lol;\"/>"), ", line 3: attribute id: at 1..4: unrecognized entity `lol`"),
            (&graph("<node id=\"a\"><data>&lol;</data></node>"), ", line 3: <data> has no attribute key"),
            (&graph("&lol;"), ", line 3: the entity \"lol\" is not predefined, and none are expanded"),
            (bomb, ", line 2: the document declares entities, which are not read"),
            (&deep, ", line 3: elements are nested deeper than 64"),
            (&graph("<node id=\"a&#1;\"/>"), ", line 3: node id \"a\\u{1}\" holds a control character"),
            (
                b"<?xml version=\"1.0\" encoding=\"latin1\"?><graphml/>",
                ", line 1: the encoding \"latin1\" is not read, allowed is UTF-8",
            ),
            (
                b"<graphml><graph></node></graph></graphml>",
                ", line 1: broken XML: ill-formed document: expected `</graph>`, but `</node>` was found",
            ),
        ],
    );
    let invalid = message(open(&[file(
        "a.graphml",
        [b"<graphml><graph><node id=\"", &b"\xff"[..], b"\"/></graph></graphml>"].concat(),
    )]));
    assert!(invalid.starts_with("a.graphml, line 1: broken XML: ") && invalid.contains("UTF-8"), "{invalid}");
    let said = message(open(&[file("a.xml", "<html></html>")]));
    assert!(said.starts_with("a.xml: the file was not recognised: it is XML, but neither GraphML nor GEXF;"));
    let text =
        String::from_utf8(graph("<node id=\"a\"/>\n<node id=\"b\"/><edge source=\"a\" target=\"b\"/>"))
            .unwrap();
    let crlf = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    assert_eq!(open(&[file("a.graphml", crlf)]).unwrap().graph.num_edges(), 1);
}

#[test]
fn a_text_that_never_ends_is_refused_before_it_is_kept() {
    let long = [b"<graphml><graph><node id=\"a\"><data key=\"".to_vec(), vec![b'x'; 40 << 20]].concat();
    assert_eq!(
        message(open(&[file("a.graphml", gz(&long))])),
        "a.graphml: a tag or text is longer than 16777216 bytes"
    );
}

#[test]
fn broken_gexf_is_named() {
    let graph = |inner: &str| format!("<gexf>\n<graph>{inner}</graph></gexf>").into_bytes();
    check(
        "a.gexf",
        &[
            (b"<gexf><graph><nodes>", ", line 1: the file is cut off, 3 elements are open"),
            (b"<gexf></gexf>", ": there is no <graph> element"),
            (&graph("<nodes><node label=\"x\"/></nodes>"), ", line 2: <node> has no attribute id"),
            (&graph("<nodes><node id=\"0\"/><node id=\"0\"/></nodes>"), ": node \"0\" stands twice"),
            (
                &graph("<nodes><node id=\"0\"/></nodes><edges><edge source=\"0\" target=\"7\"/></edges>"),
                ": node \"7\" of an edge is not among the 1 nodes",
            ),
            (
                &graph(
                    "<nodes><node id=\"0\"><attvalues><attvalue for=\"3\" value=\"1\"/></attvalues></node></nodes>",
                ),
                ", line 2: the attribute \"3\" is not declared",
            ),
            (
                &graph("<nodes><node id=\"0\"><viz:position x=\"a\" y=\"1\"/></node></nodes>"),
                ", line 2: x \"a\" is not a number",
            ),
            (
                b"<gexf><graph defaultedgetype=\"both\"/></gexf>",
                ", line 1: defaultedgetype is \"both\", allowed are directed and undirected",
            ),
            (&graph("&bomb;"), ", line 2: the entity \"bomb\" is not predefined, and none are expanded"),
            (&graph(&"<node id=\"0\">".repeat(80)), ", line 2: elements are nested deeper than 64"),
        ],
    );
    let options = OpenOptions { weights: Weights::Use, ..OpenOptions::default() };
    let text = graph(
        "<nodes><node id=\"0\"/><node id=\"1\"/></nodes><edges>\n<edge source=\"0\" target=\"1\" weight=\"0\"/></edges>",
    );
    let said = message(open_graph(&[file("a.gexf", text)], &options, &Limits::default()));
    assert_eq!(said, "a.gexf, line 3: weight \"0\" is out of range, allowed is a finite number > 0");
}

#[test]
fn broken_gml_is_named() {
    check(
        "a.gml",
        &[
            (b"graph [\n node [ id 0 ]", ", line 2: the file is cut off, 1 lists are open"),
            (b"graph [ node [ id 0 label \"x ] ]", ", line 1: the string that starts here is not closed"),
            (b"graph [ node [ label \"x\" ] ]", ", line 1: the node that ends here has no id"),
            (b"graph [ node [ id 0 ]\n node [ id 0 ] ]", ": node \"0\" stands twice"),
            (
                b"graph [ node [ id 0 ]\n edge [ source 0 target 9 ] ]",
                ": node \"9\" of an edge is not among the 1 nodes",
            ),
            (
                b"graph [ node [ id 0 ]\n edge [ source 0 ] ]",
                ", line 2: the edge that ends here has no target",
            ),
            (b"graph [ node [ id 0 ] ] ]", ", line 1: a bracket is closed that was not opened"),
            (b"graph [ node ]", ", line 1: the key node has no value"),
            (b"graph [ [ ] ]", ", line 1: a list without a key"),
            (b"graph [ \"a\" 1 ]", ", line 1: a key is expected, found the string \"a\""),
            (b"graph [ directed 2 ]", ", line 1: directed is \"2\", allowed are 0 and 1"),
            (b"graph [ node [ id 0 ] ]\ngraph [ ]", ", line 2: a second graph is not read"),
            (b"graph [ ]", ": there are no nodes and no edges"),
            (
                b"graph [ node [ id 0 label \"\xff\" ] ]",
                ", line 1: \"\u{fffd}\" is not UTF-8 text, it holds the byte 0xff",
            ),
            (b"graph [ node [ id 0\0 ] ]", ", line 1: node id \"0\\0\" holds a control character"),
            (
                format!("graph [ {}", "a [ ".repeat(100)).as_bytes(),
                ", line 1: lists are nested deeper than 64",
            ),
        ],
    );
    let crlf = "\u{feff}Creator \"x\"\r\ngraph\r\n[\r\n node [ id 0 ]\r\n node [ id 1 ]\r\n edge [ source 0 target 1 ]\r\n]\r\n";
    assert_eq!(open(&[file("a.gml", crlf)]).unwrap().graph.num_edges(), 1);
}

#[test]
fn broken_arrays_of_edges_are_named() {
    let shape = npy_i32(&[2, 2]);
    let adj = |indptr: &[i32], indices: &[i32]| {
        zip(&[
            ("shape.npy", shape.clone()),
            ("indptr.npy", npy_i32(indptr)),
            ("indices.npy", npy_i32(indices)),
        ])
    };
    let benchmark = |name: &str| {
        let arrays = [
            ("adj_shape.npy", shape.clone()),
            ("adj_indptr.npy", npy_i32(&[0, 1, 1])),
            ("adj_indices.npy", npy_i32(&[1])),
        ];
        zip(&arrays.into_iter().filter(|(other, _)| *other != name).collect::<Vec<_>>())
    };
    let far = npy("<i8", "2, 1", &[0i64.to_le_bytes(), (1i64 << 32).to_le_bytes()].concat());
    check(
        "adj.npz",
        &[
            (&adj(&[0, 1, 2], &[1, 5]), ": node 5 does not exist, the graph has 2 nodes"),
            (&adj(&[0, 1], &[1]), ": indptr has 2 entries, 2 rows need one more than there are rows"),
            (&adj(&[0, 9, 1], &[1]), ": indptr of row 0 does not fit the 1 indices"),
            (&adj(&[0, 1, 1], &[1, 0]), ": indptr counts 1 of 2 indices"),
            (
                &zip(&[
                    ("shape.npy", npy_i32(&[2, 3])),
                    ("indptr.npy", npy_i32(&[0, 0, 0])),
                    ("indices.npy", npy_i32(&[])),
                ]),
                ": the matrix has 2 rows and 3 columns, edges need as many",
            ),
            (&adj(&[0, 1, 1], &[1])[..60], ": the zip file is truncated: it has no end record"),
            (
                &benchmark("adj_indices.npy"),
                ": there is no array adj_indices.npy; sparse features have shape, indptr, indices and data, the file has \"adj_shape.npy, adj_indptr.npy\"",
            ),
        ],
    );
    check(
        "edges.npy",
        &[
            (
                &npy("<i4", "3, 1", &[0; 12]),
                ": the array has shape [3, 1], edges have [2, edges] or [edges, 2]",
            ),
            (&npy("<f4", "2, 1", &[0; 8]), ": node must be integers, they are <f4"),
            (
                &npy("<i4", "2, 1", &[[255; 4], [0; 4]].concat()),
                ": node -1 is out of range, allowed are 0 to 4294967295",
            ),
            (&far, ": node 4294967296 is out of range, allowed are 0 to 4294967295"),
            (&npy("<i4", "2, 9", &[0; 8]), ": the header claims shape (2, 9) of <i4, 72 bytes; 8 follow"),
            (
                &npy(">i4", "2, 1", &[0; 8]),
                ": type \">i4\" is not read, allowed are little-endian f4, f8, i1 to i8, u1 to u4 and b1",
            ),
        ],
    );
}

#[test]
fn zips_of_files_that_do_not_fit_are_named() {
    let ogb = |name: &str, text: &str| {
        let files = [
            ("a/raw/edge.csv", "0,1\n1,2\n"),
            ("a/raw/node-label.csv", "0\n1\n0\n"),
            ("a/split/time/train.csv", "0\n"),
            (name, text),
        ];
        let last = files
            .iter()
            .rev()
            .filter(|(other, _)| !files.iter().any(|(earlier, _)| earlier == other && *other != name));
        let mut kept: Vec<(&str, Vec<u8>)> = Vec::new();
        for &(file, text) in last.chain(&files) {
            if !kept.iter().any(|(other, _)| *other == file) {
                kept.push((file, text.into()));
            }
        }
        zip(&kept)
    };
    check(
        "",
        &[
            (
                &ogb("a/raw/edge.csv", "0,1\n1,x\n"),
                "a/raw/edge.csv, line 2: target \"x\" is not an integer id, allowed are 0 to 4294967294",
            ),
            (
                &ogb("a/raw/node-label.csv", "0\n1.5\n0\n"),
                "a/raw/node-label.csv, line 2: label \"1.5\" is not a whole number, as the others are",
            ),
            (&ogb("a/raw/node-label.csv", "0\n"), "a/raw/node-label.csv: 1 rows, the graph has 3 nodes"),
            (
                &ogb("a/split/time/train.csv", "0\n7\n"),
                "a/split/time/train.csv: split \"time\", train: node 7 does not exist, the graph has 3 nodes",
            ),
            (
                &ogb("a/split/time/train.csv", "0\n0\n"),
                "a/split/time/train.csv: split \"time\", train: node 0 stands twice",
            ),
            (
                &ogb("a/split/time/train.csv", "0,1\n"),
                "a/split/time/train.csv, line 1: the row has 2 fields, a part of a split has one node a row",
            ),
            (
                &ogb("a/raw/node-feat.csv", "1,2\n3\n4,5\n"),
                "a/raw/node-feat.csv, line 2: the row has 1 field, line 1 has 2; all rows must have as many",
            ),
            (
                &ogb("a/raw/node-feat.csv", "1,2\n3,x\n4,5\n"),
                "a/raw/node-feat.csv, line 2: 1 \"x\" is not a finite number, as the others of its column are",
            ),
        ],
    );
    let readme = [("README.md", b"# hello".to_vec()), ("x.bin", vec![0, 1, 2])];
    let said = message(open(&[file("a.zip", zip(&readme))]));
    assert_eq!(
        said,
        "no file has edges: a.zip is zip archive; README.md is not known, left out; x.bin is not known, left out; an edge list, a graph file or safetensors with edge_index is needed"
    );
    let bomb = zip(&[("edges.csv", vec![b'0'; 8 << 20]), ("a.txt", Vec::new())]);
    let limits = Limits { max_file_bytes: 1 << 20, ..Limits::default() };
    let said = message(open_graph(&[file("bomb.zip", bomb)], &OpenOptions::default(), &limits));
    assert_eq!(said, "bomb.zip: unpacked bytes of edges.csv: 8388608 exceeds the limit of 1048576");
}

#[test]
fn what_will_not_fit_is_refused_before_it_is_read() {
    let open_with = |name: &str, bytes: &[u8], max_memory_bytes| {
        let limits = Limits { max_memory_bytes, ..Limits::default() };
        open_graph(&[file(name, bytes)], &OpenOptions::default(), &limits)
    };
    // 100 rows of 4 bytes: 400 stored, 32 an edge.
    let rows = "0,1\n".repeat(100);
    assert!(open_with("e.csv", rows.as_bytes(), 3600).is_ok());
    let said = message(open_with("e.csv", rows.as_bytes(), 3599));
    assert_eq!(said, "estimated bytes to open the files: 3600 exceeds the limit of 3599");
    let limits = Limits { max_memory_bytes: 4799, ..Limits::default() };
    let weighted = OpenOptions { weights: Weights::Use, ..OpenOptions::default() };
    let said = message(open_graph(&[file("e.csv", rows.as_str())], &weighted, &limits));
    assert_eq!(said, "estimated bytes to open the files: 4800 exceeds the limit of 4799");
    // A header that claims a million entries; its bytes are 64.
    let claim = b"%%MatrixMarket matrix coordinate pattern general\n9 9 1000000\n";
    let said = message(open_with("a.mtx", claim, 32_000_000));
    assert_eq!(
        said,
        format!(
            "estimated bytes to open the files: {} exceeds the limit of 32000000",
            32_000_000 + claim.len()
        )
    );
    // The gzip trailer says what is inside.
    let packed = gz(rows.as_bytes());
    let total = 3200 + packed.len() as u64;
    assert!(open_with("e.csv.gz", &packed, total).is_ok());
    assert!(open_with("e.csv.gz", &packed, total - 1).is_err());
}

/// A format by its word in options.
fn format(name: &str) -> &'static Format {
    formats().find(|format| format.name == name).unwrap()
}

#[test]
fn what_the_caller_says_is_tried() {
    let told = |name: &str, text: &str, format| {
        let options = OpenOptions { formats: vec![(name.to_owned(), format)], ..OpenOptions::default() };
        open_graph(&[file(name, text)], &options, &Limits::default())
    };
    assert_eq!(
        message(told("a.txt", "hello", format("json"))),
        "a.txt, line 1: broken JSON: an object is expected, found \"hello\""
    );
    assert_eq!(message(told("a.txt", "hello", format("graphml"))), "a.txt: there is no <graph> element");
    assert_eq!(message(told("a.txt", "hello", format("gml"))), "a.txt, line 1: the key hello has no value");
    assert_eq!(
        message(told("a.txt", "hello", format("edge-list"))),
        "a.txt, line 1: the row has 1 field, an edge needs 2, source and target"
    );
    let options = OpenOptions { formats: vec![("b".into(), format("gml"))], ..OpenOptions::default() };
    let said = message(open_graph(&[fixture("karate/edges.csv")], &options, &Limits::default()));
    assert_eq!(said, "format: there is no file \"b\"");
    let column = |edge_list| {
        let options = OpenOptions { edge_list, ..OpenOptions::default() };
        message(open_graph(&[file("e.csv", "a,b,c\n0,1,2\n")], &options, &Limits::default()))
    };
    let named = |name: &str| Some(ibmb::io::Column::Name(name.to_owned()));
    assert_eq!(
        column(EdgeListOptions { source: named("d"), ..EdgeListOptions::default() }),
        "source: there is no column \"d\" in e.csv; it has a, b, c"
    );
    assert_eq!(
        column(EdgeListOptions {
            weight: Some(ibmb::io::Column::At(3)),
            source: named("a"),
            ..EdgeListOptions::default()
        }),
        "weight: there is no column 3 in e.csv; it has a, b, c"
    );
}
