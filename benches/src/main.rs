//! Native figures as JSON: `cargo run --release -p ibmb-bench -- SAMPLE WEIGHTS [WORDS]`.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use serde_json::json;

/// Median seconds of the work and of its twin, taken in turn.
fn measure(workload: &mut ibmb_bench::Workload) -> (f64, f64) {
    let time = |work: &mut dyn FnMut() -> f64| {
        let start = Instant::now();
        black_box(work());
        start.elapsed().as_secs_f64()
    };
    time(&mut workload.run);
    let (mut own, mut twin) = (Vec::new(), Vec::new());
    for round in 0..9 {
        // What takes seconds needs no ninth look, and what takes many no second one.
        let again = |times: &[f64]| round == 0 || times[0] < 0.5 || (round < 3 && times[0] < 3.0);
        if again(&own) {
            own.push(time(&mut workload.run));
        }
        if again(&twin) {
            twin.push(time(&mut workload.twin));
        }
    }
    (median(own), median(twin))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let (sample, weights, words) = match paths.as_slice() {
        [sample, weights] => (sample, weights, ""),
        [sample, weights, words] => (sample, weights, words.as_str()),
        _ => {
            eprintln!("usage: ibmb-bench SAMPLE WEIGHTS [WORDS IN THE NAMES OF THE ROWS]");
            std::process::exit(2);
        }
    };
    let read = |path: &str| std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut workloads = ibmb_bench::workloads(read(sample), &read(weights)).expect("the sample opens");
    let data = std::env::var_os("IBMB_DATA").map(PathBuf::from);
    if data.is_none() {
        eprintln!("IBMB_DATA is not set: plans of DBLP and WordNet are left out");
    }
    workloads.extend(ibmb_bench::large(data.as_deref()).expect("the data sets open"));
    let rows: Vec<_> = workloads
        .iter_mut()
        .filter(|workload| workload.name.contains(words))
        .map(|workload| {
            let (own, twin) = measure(workload);
            json!({ "name": workload.name, "peer": workload.peer, "unit": workload.unit,
                    "items": workload.items, "seconds": own, "peerSeconds": twin })
        })
        .collect();
    println!("{}", serde_json::Value::from(rows));
}
