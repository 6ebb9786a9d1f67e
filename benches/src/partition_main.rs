//! Figures of partitions as JSON, natively: `cargo run --release -p ibmb-bench --features metis --bin
//! ibmb-bench-partition`. Graphs: the planted one, and the folders of `IBMB_DATA` when it is set.

use std::path::Path;
use std::time::Instant;

use ibmb::graph::Graph;
use ibmb::io::{OpenOptions, open_graph};
use ibmb::limits::Limits;
use ibmb_bench::{METIS_CUTS, NUM_PARTS, edge_file, partitioned, planted_graph};
use serde_json::json;

/// The graph of a folder of `IBMB_DATA`, and the path of its edge list.
fn open(name: &str) -> Option<(Graph, String)> {
    let root = std::env::var("IBMB_DATA").ok()?;
    let file = edge_file(Path::new(&root), name)?;
    let path = format!("{root}/{name}/{}", file.name);
    let dataset = open_graph(&[file], &OpenOptions::default(), &Limits::default()).expect("an edge list");
    Some((dataset.graph, path))
}

/// Seconds that this thread has had a processor, where the system tells: a busy machine does not count.
fn processor_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

/// Least seconds of three runs, and what the last one gave.
fn best_of_three<T>(mut work: impl FnMut() -> T) -> (f64, T) {
    let mut timed = || {
        let (start, processor) = (Instant::now(), processor_seconds());
        let found = work();
        let seconds = processor_seconds().zip(processor).map(|(now, then)| now - then);
        (seconds.unwrap_or_else(|| start.elapsed().as_secs_f64()), found)
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

/// The figures of one partition; `published` is the cut of METIS as it stands in the sources.
fn row(name: &str, path: &str, graph: &Graph, num_parts: u32, published: Option<u64>) -> serde_json::Value {
    let (seconds, found) = best_of_three(|| partitioned(graph, num_parts));
    let mut sizes = vec![0u32; num_parts as usize];
    found.part.iter().for_each(|&part| sizes[part as usize] += 1);
    let largest = sizes.into_iter().max().unwrap_or(0);
    let imbalance = f64::from(largest) * f64::from(num_parts) / f64::from(graph.num_nodes());
    let metis = metis(graph, num_parts);
    json!({
        "graph": name, "path": path, "edges": graph.num_edges(), "parts": num_parts, "seconds": seconds,
        "cut": found.edge_cut, "imbalance": imbalance, "publishedCut": published,
        "metisSeconds": metis.map(|(seconds, _)| seconds), "metisCut": metis.map(|(_, cut)| cut),
    })
}

fn main() {
    let mut rows = Vec::new();
    for (name, cuts) in METIS_CUTS {
        let Some((graph, path)) =
            (if name == "planted" { Some((planted_graph(100_000), String::new())) } else { open(name) })
        else {
            eprintln!("{name}: skipped, it is not in IBMB_DATA");
            continue;
        };
        let counts = NUM_PARTS.into_iter().zip(cuts);
        rows.extend(
            counts.map(|(num_parts, published)| row(name, &path, &graph, num_parts, Some(published))),
        );
    }
    // Ten times as large, for the growth of time.
    rows.push(row("planted 1M", "", &planted_graph(1_000_000), 8, None));
    println!("{}", serde_json::Value::from(rows));
}
