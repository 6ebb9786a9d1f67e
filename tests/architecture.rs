//! The rules of the house that ARCHITECTURE.md tells, checked on the sources.

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms from right to left of the picture in ARCHITECTURE.md: each may use itself and those before it.
const ORDER: [&str; 13] = [
    "error",
    "limits",
    "math",
    "task",
    "graph",
    "influence",
    "partition",
    "batch",
    "baseline",
    "layout",
    "raster",
    "io",
    "gnn",
];

fn sources(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            if !["node_modules", "dist", "target"].contains(&name.as_str()) {
                found.extend(sources(&path, ending));
            }
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// First part of a path below `src`, without `.rs`.
fn room(path: &Path) -> String {
    let below = path.strip_prefix(root().join("src")).unwrap();
    let first = below.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The word after every `start` in a text.
fn words_after<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(start).map(move |(at, _)| {
        let rest = &text[at + start.len()..];
        &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())]
    })
}

#[test]
fn nothing_uses_what_stands_to_its_left() {
    for path in sources(&root().join("src"), ".rs") {
        let room = room(&path);
        if room == "lib" {
            continue;
        }
        let place = |name: &str| ORDER.iter().position(|&known| known == name);
        let own = place(&room).unwrap_or_else(|| panic!("{room} has no place in the order"));
        // Documentation may link anywhere.
        let text = fs::read_to_string(&path).unwrap();
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for used in words_after(&code, "crate::").filter(|word| place(word).is_some()) {
            // The guide has io next to the graph: of what comes after it, it may use nothing.
            let too_far = place(used).unwrap() > own
                || (room == "io"
                    && ["influence", "partition", "batch", "baseline", "layout", "raster"].contains(&used));
            assert!(!too_far, "{} uses crate::{used}, which stands to its left", path.display());
        }
    }
}

#[test]
fn the_core_names_no_javascript() {
    for path in sources(&root().join("src"), ".rs") {
        let text = fs::read_to_string(&path).unwrap();
        for name in ["wasm_bindgen", "js_sys", "web_sys"] {
            assert!(!text.contains(name), "{} names {name}", path.display());
        }
    }
}

#[test]
fn a_file_name_says_what_is_in_it() {
    for folder in ["src", "benches", "xtask", "pkg", "www", "scripts", "tests"].map(|name| root().join(name))
    {
        for ending in [".rs", ".ts", ".mjs", ".py"] {
            for path in sources(&folder, ending) {
                let stem = path.file_stem().unwrap().to_str().unwrap();
                let vague = ["utils", "util", "helpers", "misc"].contains(&stem);
                assert!(!vague, "{}: name what it does", path.display());
            }
        }
    }
}

#[test]
fn every_citation_has_a_reference() {
    let references = fs::read_to_string(root().join("docs/references.md")).unwrap();
    let is_key = |word: &str| {
        let (name, year) = word.split_at(word.find(|c: char| c.is_ascii_digit()).unwrap_or(word.len()));
        year.len() == 2
            && year.bytes().all(|b| b.is_ascii_digit())
            && name.starts_with(|c: char| c.is_uppercase())
    };
    for path in sources(&root().join("src"), ".rs").iter().chain(&sources(&root().join("docs"), ".md")) {
        let text = fs::read_to_string(path).unwrap();
        for key in words_after(&text, "[").filter(|word| is_key(word)) {
            assert!(
                references.contains(&format!("[{key}]")),
                "{} cites [{key}], which is unknown",
                path.display()
            );
        }
    }
}
