//! Native figures as JSON: `cargo run --release -p ibmb-bench -- SAMPLE WEIGHTS [WORDS]`.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use ibmb::io::InputFile;
use serde_json::json;

/// Seconds of the work, of its twin and of what bounds it, taken in turn: those of the fastest run where there is a
/// bound, which is one too, and the median elsewhere.
fn measure(workload: &mut ibmb_bench::Workload, limit: Option<&mut ibmb_bench::Limit>) -> [f64; 3] {
    let time = |work: &mut dyn FnMut() -> f64| {
        let start = Instant::now();
        black_box(work());
        start.elapsed().as_secs_f64()
    };
    let bounded = limit.is_some();
    let mut none: Box<dyn FnMut() -> f64> = Box::new(|| 0.0);
    let mut works = [&mut workload.run, &mut workload.twin, limit.map_or(&mut none, |limit| &mut limit.run)];
    time(works[0]);
    let mut times = [const { Vec::new() }; 3];
    for round in 0..9 {
        for (times, work) in times.iter_mut().zip(&mut works) {
            // What takes seconds needs no ninth look, and what takes many no second one.
            if round == 0 || times[0] < 0.5 || (round < 3 && times[0] < 3.0) {
                times.push(time(work));
            }
        }
    }
    times.map(|times| if bounded { times.into_iter().fold(f64::INFINITY, f64::min) } else { median(times) })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn files(folder: &Path) -> Vec<InputFile> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.expect("the folder can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        InputFile { name, bytes: std::fs::read(path).expect("the file can be read") }
    };
    entries.map(read).collect()
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
        eprintln!("IBMB_DATA is not set: networks on DBLP, plans of DBLP and WordNet are left out");
    }
    workloads.extend(ibmb_bench::products());
    let cora = InputFile { name: "cora.safetensors".to_owned(), bytes: read(sample) };
    workloads.extend(ibmb_bench::networks("Cora", &[cora]).expect("the sample has features"));
    if let Some(folder) = data.as_ref().map(|data| data.join("dblp")).filter(|folder| folder.exists()) {
        workloads.extend(ibmb_bench::networks("DBLP", &files(&folder)).expect("DBLP has features"));
    }
    let mut limits = ibmb_bench::limits();
    workloads.extend(ibmb_bench::large(data.as_deref()).expect("the data sets open"));
    let rows: Vec<_> = workloads
        .iter_mut()
        .filter(|workload| workload.name.contains(words))
        .map(|workload| {
            let mut limit = limits.iter_mut().find(|limit| limit.unit == workload.unit);
            let [own, twin, bound] = measure(workload, limit.as_deref_mut());
            json!({ "name": workload.name, "peer": workload.peer, "unit": workload.unit,
                    "items": workload.items, "seconds": own, "peerSeconds": twin,
                    "limit": limit.map(|limit| json!({ "name": limit.name, "items": limit.items, "seconds": bound })) })
        })
        .collect();
    println!("{}", serde_json::Value::from(rows));
}
