//! How a table would be read: the guess is that of opening, and its doubts are named.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use ibmb::io::{
    Column, Delimiter, EdgeListOptions, EdgePreview, Format, InputFile, OpenOptions, TablePreview, formats,
    open_graph, preview_table,
};
use ibmb::limits::Limits;

fn look(name: &str, bytes: &[u8], options: &OpenOptions) -> ibmb::error::Result<TablePreview> {
    preview_table(&InputFile { name: name.to_owned(), bytes: bytes.to_vec() }, options, &Limits::default())
}

fn preview(text: &str) -> TablePreview {
    look("table.csv", text.as_bytes(), &OpenOptions::default()).unwrap()
}

fn said(edge_list: EdgeListOptions) -> OpenOptions {
    OpenOptions { edge_list, ..OpenOptions::default() }
}

/// A format by its word in options.
fn format(name: &str) -> &'static Format {
    formats().find(|format| format.name == name).unwrap()
}

#[test]
fn the_guess_is_what_opening_does() {
    let text = "# made by hand\nsrc;dst;since;weight\nAnn;Bob;1999;0.5\nBob;Carl;2001;2\n";
    let found = preview(text);
    assert_eq!(found.kind, "edge list, semicolon, header, string ids");
    assert_eq!(
        found.rows,
        [["src", "dst", "since", "weight"], ["Ann", "Bob", "1999", "0.5"], ["Bob", "Carl", "2001", "2"]]
    );
    let wanted = EdgePreview {
        delimiter: Delimiter::Semicolon,
        header: true,
        source: 0,
        target: 1,
        weight: Some(3),
        integer_ids: false,
    };
    assert_eq!(found.edges, Some(wanted));
    assert_eq!(found.warnings, ["table.csv: column 3, \"since\", was ignored"]);
    assert!(found.doubts.is_empty(), "{:?}", found.doubts);
    let file = InputFile { name: "table.csv".into(), bytes: text.into() };
    let opened = open_graph(&[file], &OpenOptions::default(), &Limits::default()).unwrap();
    assert_eq!(opened.report.files[0].1, found.kind);
}

#[test]
fn what_a_file_leaves_open_is_a_doubt_until_it_is_said() {
    for (text, doubts) in [
        ("0,1\n1,2\n2,0\n", &[][..]),
        ("0 1 0.5\n1 2 0.25\n", &[]),
        ("Ann,Bob\nBob,Carl\nCarl,Dora\n", &[]),
        ("user,item\n1,2\n2,3\n", &[]),
        (
            "when,a,b\n1,4,5\n2,5,6\n",
            &["the header names no source and target: the first two of 3 columns are taken"],
        ),
        ("1,4,5,6\n2,5,6,x\n", &["no header names source and target: the first two of 4 columns are taken"]),
        (
            "person,friend\nAnn,Bob\nBob,Carl\n",
            &["the first row, \"person\" and \"friend\", comes once only: it may be a header"],
        ),
        ("0,1\n1,2\n2,x\n3,4\n", &["ids are integers, but \"x\" stands among them"]),
        ("a,b\nb,c\nc,7\na,c\n", &["ids are names, but \"7\" stands among them"]),
    ] {
        assert_eq!(preview(text).doubts, doubts, "{text}");
    }
    let told = |text: &str, options| look("t.csv", text.as_bytes(), &said(options)).unwrap();
    let columns = EdgeListOptions {
        source: Some(Column::Name("a".into())),
        target: Some(Column::At(2)),
        ..EdgeListOptions::default()
    };
    let found = told("when,a,b\n1,4,5\n2,5,6\n", columns);
    assert!(found.doubts.is_empty());
    let edges = found.edges.unwrap();
    assert_eq!((edges.source, edges.target), (1, 2));
    let header = EdgeListOptions { header: Some(true), ..EdgeListOptions::default() };
    assert!(told("person,friend\nAnn,Bob\nBob,Carl\n", header).doubts.is_empty());
    let names = EdgeListOptions { integer_ids: Some(false), ..EdgeListOptions::default() };
    assert!(told("0,1\n1,2\n2,x\n3,4\n", names).doubts.is_empty());
}

#[test]
fn the_head_of_a_large_file_is_enough() {
    let row = |at: usize| format!("{at},{}\n", at + 1);
    let text: String = (0..40_000).map(row).collect();
    let mut packed = GzEncoder::new(Vec::new(), Compression::none());
    packed.write_all(text.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let whole = preview(&text);
    assert_eq!(whole.rows.len(), 8);
    // One KiB more than the head: deflate that packs nothing has a few bytes of its own.
    const HEAD: usize = 65 << 10;
    assert_eq!(look("table.csv", &text.as_bytes()[..HEAD], &OpenOptions::default()).unwrap(), whole);
    let gz = look("table.csv.gz", &packed[..HEAD], &OpenOptions::default()).unwrap();
    assert_eq!(gz.kind, format!("{}, gzip", whole.kind));
    assert_eq!((gz.rows, gz.edges), (whole.rows, whole.edges));
}

#[test]
fn node_tables_have_rows_and_what_is_no_table_has_a_kind() {
    let nodes = preview("node,label\nAnn,x\nBob,y\n");
    assert_eq!((nodes.kind.as_str(), nodes.rows.len(), nodes.edges), ("labels, comma, header", 3, None));
    let gml = look("g.gml", b"graph [ node [ id 0 ] ]", &OpenOptions::default()).unwrap();
    assert_eq!((gml.kind.as_str(), gml.rows.len()), ("graph (GML)", 0));
    let formats = vec![("table.csv".to_owned(), format("edge-list"))];
    let as_told =
        look("table.csv", b"node,label\n0,1\n1,2\n", &OpenOptions { formats, ..OpenOptions::default() })
            .unwrap();
    assert_eq!(as_told.edges.map(|edges| (edges.source, edges.target)), Some((0, 1)));
}

#[test]
fn long_fields_and_many_columns_are_cut_and_errors_are_those_of_opening() {
    let wide = preview(&format!("{}\n{}\n", vec!["1"; 100].join(","), vec!["2"; 100].join(",")));
    assert_eq!(wide.rows[0].len(), 64);
    let long = preview(&format!("source,target\n{},b\n", "é".repeat(300)));
    assert_eq!(long.rows[1][0].chars().count(), 201);
    let fails =
        |text: &str, options: &OpenOptions| look("t.csv", text.as_bytes(), options).unwrap_err().to_string();
    assert_eq!(fails("", &OpenOptions::default()), "t.csv: the file is empty");
    let options = said(EdgeListOptions { source: Some(Column::At(7)), ..EdgeListOptions::default() });
    assert_eq!(
        fails("0,1\n", &options),
        "source: there is no column 7 in t.csv; it has 2 columns without a header, from 0"
    );
}
