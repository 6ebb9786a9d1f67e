//! Figures of partitions as JSON, natively: `cargo run --release -p ibmb-bench --features metis --bin
//! ibmb-bench-partition`. Graphs: the planted one, and the folders of `IBMB_DATA` when it is set.

use std::path::Path;
use std::time::Instant;

use ibmb::graph::Graph;
use ibmb::io::{InputFile, OpenOptions, open_graph};
use ibmb::limits::Limits;
use ibmb_bench::{METIS_CUTS, NUM_PARTS, partitioned, planted_graph};
use serde_json::json;

/// The edge list of a folder of `IBMB_DATA`.
fn open(name: &str) -> Option<(Graph, String)> {
    let root = std::env::var("IBMB_DATA").ok()?;
    let file = ["edges.csv", "edges.csv.gz"]
        .into_iter()
        .find(|file| Path::new(&root).join(name).join(file).exists())?;
    let path = format!("{root}/{name}/{file}");
    let bytes = std::fs::read(&path).ok()?;
    let input = InputFile { name: file.to_owned(), bytes };
    let dataset = open_graph(&[input], &OpenOptions::default(), &Limits::default()).expect("an edge list");
    Some((dataset.graph, path))
}

/// Least seconds of three runs, and what the last one gave.
fn best_of_three<T>(mut work: impl FnMut() -> T) -> (f64, T) {
    let mut timed = || {
        let start = Instant::now();
        let found = work();
        (start.elapsed().as_secs_f64(), found)
    };
    let (first, second, (third, found)) = (timed().0, timed().0, timed());
    (first.min(second).min(third), found)
}

/// Seconds and edges cut of METIS in this run.
#[cfg(feature = "metis")]
fn metis(graph: &Graph, num_parts: u32) -> Option<(f64, u64)> {
    let csr = graph.adjacency();
    let mut bounds = vec![0i32];
    let mut neighbors = Vec::new();
    for v in 0..csr.num_nodes() {
        neighbors.extend(csr.row(v).iter().filter(|&&u| u != v).map(|&u| u as i32));
        bounds.push(neighbors.len() as i32);
    }
    let mut part = vec![0; csr.num_nodes() as usize];
    let (seconds, cut) = best_of_three(|| {
        let graph = ::metis::Graph::new(1, num_parts as i32, &bounds, &neighbors).expect("a graph");
        graph.part_kway(&mut part).expect("METIS runs")
    });
    Some((seconds, cut as u64))
}

#[cfg(not(feature = "metis"))]
fn metis(_: &Graph, _: u32) -> Option<(f64, u64)> {
    None
}

fn main() {
    let mut rows = Vec::new();
    for (name, cuts) in METIS_CUTS {
        let Some((graph, path)) =
            (if name == "planted" { Some((planted_graph(), String::new())) } else { open(name) })
        else {
            eprintln!("{name}: skipped, it is not in IBMB_DATA");
            continue;
        };
        for (num_parts, published) in NUM_PARTS.into_iter().zip(cuts) {
            let (seconds, found) = best_of_three(|| partitioned(&graph, num_parts));
            let mut sizes = vec![0u32; num_parts as usize];
            found.part.iter().for_each(|&part| sizes[part as usize] += 1);
            let largest = sizes.into_iter().max().unwrap_or(0);
            let imbalance = f64::from(largest) * f64::from(num_parts) / f64::from(graph.num_nodes());
            let metis = metis(&graph, num_parts);
            rows.push(json!({
                "graph": name, "path": path, "parts": num_parts, "seconds": seconds, "cut": found.edge_cut,
                "imbalance": imbalance, "publishedCut": published,
                "metisSeconds": metis.map(|(seconds, _)| seconds), "metisCut": metis.map(|(_, cut)| cut),
            }));
        }
    }
    println!("{}", serde_json::Value::from(rows));
}
