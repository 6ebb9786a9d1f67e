//! Real folders: set `IBMB_DATA` to a directory of them. Counts come from each folder's own `meta.json`.

use std::path::Path;

use crate::hand_made::{file, open};
use ibmb::graph::Features;
use ibmb::io::{InputFile, save_graph};

fn folder(path: &Path) -> Vec<InputFile> {
    let entries = std::fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut files: Vec<InputFile> = entries
        .map(|entry| entry.unwrap().path())
        .map(|path| file(path.file_name().unwrap().to_str().unwrap(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

#[test]
fn every_folder_has_the_counts_of_its_meta() {
    let Ok(root) = std::env::var("IBMB_DATA") else {
        eprintln!("skipped: IBMB_DATA is not set");
        return;
    };
    let mut num_folders = 0;
    for entry in std::fs::read_dir(&root).unwrap() {
        let path = entry.unwrap().path();
        if !path.join("meta.json").exists() {
            continue;
        }
        num_folders += 1;
        let meta = std::fs::read(path.join("meta.json")).unwrap();
        let meta: serde_json::Value = serde_json::from_slice(&meta).unwrap();
        let count = |key: &str| meta[key].as_u64();
        let dataset = open(&folder(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = &dataset.name;
        assert_eq!(Some(name.as_str()), meta["name"].as_str());
        assert_eq!(Some(dataset.graph.num_nodes().into()), count("nodes"), "{name}: nodes");
        assert_eq!(Some(dataset.graph.num_edges()), count("undirected_edges"), "{name}: edges");
        assert_eq!(dataset.features.as_ref().map(|x| x.num_columns() as u64), count("features"), "{name}");
        if let (Some(Features::Sparse(x)), Some(num_values)) = (&dataset.features, count("feature_nnz")) {
            assert_eq!(x.values.len() as u64, num_values, "{name}: values");
        }
        if let Some(isolated) = count("isolated_nodes") {
            assert_eq!(dataset.report.build.isolated_nodes, isolated, "{name}: isolated nodes");
        }
        if let Some(degree) = count("max_degree") {
            // Ours count the self-loop.
            let most = dataset.graph.adjacency().degrees().into_iter().max().unwrap();
            assert_eq!(u64::from(most), degree + 1, "{name}: greatest degree");
        }
        assert_eq!(dataset.num_classes() as u64, count("classes").unwrap_or(0), "{name}: classes");
        if let (Some(labels), Some(counts)) = (&dataset.labels, meta["class_counts"].as_object()) {
            for (class, expected) in counts {
                let class: i32 = class.parse().unwrap();
                let count = labels.values.iter().filter(|&&label| label == class).count() as u64;
                assert_eq!(Some(count), expected.as_u64(), "{name}: class {class}");
            }
        }
        for split in &dataset.splits {
            let sizes = &meta["splits"][&split.name];
            for (part, nodes) in [("train", &split.train), ("val", &split.val), ("test", &split.test)] {
                if let Some(size) = sizes[part].as_u64() {
                    assert_eq!(nodes.len() as u64, size, "{name}: {part} of {}", split.name);
                }
            }
        }
        let saved = save_graph(&dataset).unwrap();
        let mut again = open(&[file("a.safetensors", saved)]).unwrap();
        again.report = dataset.report.clone();
        assert!(again == dataset, "{name}: saved and opened it is another");
    }
    assert!(num_folders > 0, "{root} has no folder with a meta.json");
}
