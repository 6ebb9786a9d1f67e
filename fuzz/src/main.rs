//! One target for every reader: `FUZZ_FILE` is the name of the file that the bytes are given as.
//!
//! What holds for any bytes: nothing panics, reading in steps gives what reading at once gives, and what opens is saved
//! and opens again as the same graph.
#![no_main]

use std::io::Cursor;
use std::sync::OnceLock;

use ibmb::Result;
use ibmb::graph::Dataset;
use ibmb::io::{InputFile, OpenJob, OpenOptions, ReadAt, Weights, open_graph, save_graph};
use ibmb::limits::Limits;
use ibmb::task::Step;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    static NAME: OnceLock<String> = OnceLock::new();
    let name = NAME.get_or_init(|| std::env::var("FUZZ_FILE").unwrap_or_else(|_| "edges.csv".to_owned()));
    let mut files = vec![InputFile { name: name.clone(), bytes: bytes.to_vec() }];
    // Readers of what belongs to nodes are reached beside edges only.
    if !["edge", "g.", "adj"].iter().any(|start| name.starts_with(start)) {
        files.push(InputFile { name: "edges.csv".to_owned(), bytes: b"source,target\n0,1\n1,2\n".to_vec() });
    }
    let limits = Limits {
        max_nodes: 1 << 16,
        max_entries: 1 << 20,
        max_matrix_bytes: 1 << 24,
        max_file_bytes: 1 << 24,
        ..Limits::default()
    };
    for weights in [Weights::Ignore, Weights::Use] {
        let options = OpenOptions { weights, ..OpenOptions::default() };
        let whole = open_graph(&files, &options, &limits);
        assert_eq!(whole, stepped(&files, &options, &limits), "steps read something else");
        let Ok(dataset) = whole else { continue };
        let saved = save_graph(&dataset).expect("what was opened can be saved");
        let file = InputFile { name: "g.safetensors".to_owned(), bytes: saved };
        let mut again = open_graph(&[file], &options, &Limits::default()).expect("what was saved opens");
        again.report = dataset.report.clone();
        if weights == Weights::Use {
            assert_eq!(again, dataset, "saving lost something");
        }
    }
});

fn stepped(files: &[InputFile], options: &OpenOptions, limits: &Limits) -> Result<Dataset> {
    let reader = |bytes| -> Box<dyn ReadAt> { Box::new(Cursor::new(bytes)) };
    let readers = files.iter().map(|file| (file.name.clone(), reader(&file.bytes))).collect();
    let mut job = OpenJob::new(readers, options, limits);
    while !job.step(1)?.finished {}
    job.finish()
}
