//! What is exported as GraphML and GEXF opens again as the graph that it was.

use crate::hand_made::{file, open};
use ibmb::graph::{Dataset, Graph, GraphOptions, Labels, Report, Split};
use ibmb::io::{NodeColumn, NodeValues, OpenOptions, Weights, open_graph, save_gexf, save_graphml};
use ibmb::limits::Limits;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

/// Graphs whose every part both formats hold: names are not empty, each class has a node, the split has no name.
fn dataset() -> impl Strategy<Value = Dataset> {
    (2u32..10).prop_flat_map(|n| {
        let count = n as usize;
        let names = prop::option::of(vec("[a-zé<>&\"'0-9]{1,5}( [a-z]{1,3})?x", count));
        let labels = prop::option::of((vec(-1i32..3, count), vec("[a-zé\"]{1,4}x", 3)));
        let part =
            move || btree_set(0..n, 0..count).prop_map(|nodes| nodes.into_iter().collect::<Vec<u32>>());
        let split = prop::option::of((part(), part(), part()));
        let weights = prop::option::of(vec(prop_oneof![Just(1.0f32), 1e-3f32..1e3], 20));
        let positions = prop::option::of(vec((-1e6f32..1e6, -1e6f32..1e6), count));
        let kind = (any::<bool>(), weights);
        (vec((0..n, 0..n), 0..20), kind, labels, names, split, positions, "[a-z]{1,8}").prop_map(
            move |(edges, (directed, weights), labels, names, split, positions, name)| {
                let weights =
                    weights.as_ref().map(|weights| &weights[..edges.len()]).filter(|_| !edges.is_empty());
                let options = GraphOptions { directed, weights };
                let (graph, build) = Graph::with_options(n, &edges, &options, &Limits::default()).unwrap();
                let labels = labels.map(|(mut values, mut class_names)| {
                    // Classes 0 to 2 in a row, so that none is without a node up to the greatest.
                    for class in 0..2 {
                        values[class as usize] = class;
                    }
                    class_names.truncate((values.iter().max().unwrap() + 1) as usize);
                    Labels { values, class_names }
                });
                let split =
                    split.map(|(train, val, test)| Split { name: "default".into(), train, val, test });
                let report = Report { build, ..Report::default() };
                let splits = split.into_iter().collect();
                let mut dataset = Dataset::new(name, graph, None, labels, names, splits, report).unwrap();
                dataset.positions = positions.map(|all| all.into_iter().map(<[f32; 2]>::from).collect());
                dataset
            },
        )
    })
}

/// Opens an export and gives it the report of what it came from, which files do not hold.
fn reopened(name: &str, text: String, dataset: &Dataset) -> Dataset {
    let weights = if dataset.graph.weights().is_some() { Weights::Use } else { Weights::Ignore };
    let options = OpenOptions { weights, name: Some(dataset.name.clone()), ..OpenOptions::default() };
    let mut opened = open_graph(&[file(name, text)], &options, &Limits::default()).unwrap();
    opened.report = dataset.report.clone();
    opened
}

proptest! {
    #[test]
    fn graphml_then_open_is_the_identity(dataset in dataset()) {
        let text = save_graphml(&dataset, &[]).unwrap();
        prop_assert_eq!(&reopened("g.graphml", text, &dataset), &dataset);
    }

    #[test]
    fn gexf_then_open_is_the_identity(dataset in dataset()) {
        let text = save_gexf(&dataset, &[]).unwrap();
        prop_assert_eq!(&reopened("g.gexf", text, &dataset), &dataset);
    }
}

#[test]
fn results_stand_beside_the_nodes_by_hand() {
    let dataset = open(&[file("e.csv", "a,b\n")]).unwrap();
    let columns = [
        NodeColumn { name: "batch".into(), values: NodeValues::Integers(vec![1, -1]) },
        NodeColumn { name: "score".into(), values: NodeValues::Floats(vec![0.25, f32::NAN]) },
        NodeColumn {
            name: "prediction".into(),
            values: NodeValues::Texts(vec![String::new(), "<ham>\u{1}".into()]),
        },
    ];
    let graphml = concat!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
        "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
        " <key id=\"title\" for=\"graph\" attr.name=\"name\" attr.type=\"string\"/>\n",
        " <key id=\"name\" for=\"node\" attr.name=\"name\" attr.type=\"string\"/>\n",
        " <key id=\"d0\" for=\"node\" attr.name=\"batch\" attr.type=\"int\"/>\n",
        " <key id=\"d1\" for=\"node\" attr.name=\"score\" attr.type=\"float\"/>\n",
        " <key id=\"d2\" for=\"node\" attr.name=\"prediction\" attr.type=\"string\"/>\n",
        " <graph edgedefault=\"undirected\">\n",
        "  <data key=\"title\">e</data>\n",
        "  <node id=\"0\"><data key=\"name\">a</data><data key=\"d0\">1</data><data key=\"d1\">0.25</data></node>\n",
        "  <node id=\"1\"><data key=\"name\">b</data><data key=\"d2\">&lt;ham&gt;\u{fffd}</data></node>\n",
        "  <edge source=\"0\" target=\"1\"/>\n",
        " </graph>\n",
        "</graphml>\n",
    );
    assert_eq!(save_graphml(&dataset, &columns).unwrap(), graphml);
    let gexf = save_gexf(&dataset, &columns).unwrap();
    assert!(gexf.contains("<node id=\"0\" label=\"a\"><attvalues><attvalue for=\"0\" value=\"1\"/><attvalue for=\"1\" value=\"0.25\"/></attvalues></node>"));
    // What was computed here is not taken for features when the file is opened again.
    for (name, text) in [("g.graphml", graphml.to_owned()), ("g.gexf", gexf)] {
        let opened = open(&[file(name, text)]).unwrap();
        assert_eq!((opened.features, opened.labels), (None, None));
        assert_eq!(
            opened.report.warnings,
            [format!("{name}: of the nodes, columns batch, score, prediction stayed out")]
        );
    }
}

#[test]
fn columns_that_do_not_fit_are_named() {
    let dataset = open(&[file("e.csv", "0,1\n")]).unwrap();
    let column =
        |name: &str, len| NodeColumn { name: name.into(), values: NodeValues::Integers(vec![0; len]) };
    let said = |columns: &[NodeColumn]| save_gexf(&dataset, columns).unwrap_err().to_string();
    assert_eq!(said(&[column("batch", 3)]), "column \"batch\": 3 values, the graph has 2 nodes");
    assert_eq!(said(&[column("a", 2), column("a", 2)]), "columns: \"a\" is empty or stands twice");
}
