//! The rules of the house that ARCHITECTURE.md tells, checked on the sources.

mod module_graph;

use std::fs;
use std::path::{Path, PathBuf};

use module_graph::{ModuleGraph, circles};

/// Rooms from right to left of the picture in ARCHITECTURE.md: each may use itself and those before it.
const ORDER: [&str; 15] = [
    "error",
    "math",
    "options",
    "limits",
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
    "plan_file",
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

/// Circles among files given as paths and texts.
fn circles_among(files: &[(&str, &str)]) -> Vec<String> {
    let files =
        [("lib.rs", "")].iter().chain(files).map(|&(path, text)| (PathBuf::from(path), text.to_owned()));
    circles(&ModuleGraph::new(files).uses())
}

#[test]
fn no_files_or_folders_use_each_other() {
    let src = root().join("src");
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        (path.strip_prefix(&src).unwrap().to_path_buf(), text)
    };
    let graph = ModuleGraph::new(sources(&src, ".rs").iter().map(read));
    let uses = graph.uses();
    assert!(
        uses.values().map(|used| used.len()).sum::<usize>() > uses.len(),
        "imports are no longer understood"
    );
    let found = circles(&uses);
    assert!(found.is_empty(), "these use each other:\n{}", found.join("\n"));
}

#[test]
fn a_circle_is_found_through_what_a_module_passes_on() {
    let facade = ("room/mod.rs", "mod a;\nmod b;\npub use a::A;\npub(crate) use b::{B, make};");
    let a = ("room/a.rs", "use super::B;\npub struct A(B);");
    // Imports, paths and names of macros count; comments, strings and unit tests do not.
    let uses_a = [
        "use crate::room::A;\nfn f(_: A) {}",
        "fn f() { super::A::new() }",
        "use super::*;\nfn f() { a::g() }",
    ];
    for text in uses_a {
        let b = ("room/b.rs", text);
        assert_eq!(circles_among(&[facade, a, b]), ["room/a.rs, room/b.rs"], "{text}");
    }
    let uses_nothing = [
        "// use super::A;\npub struct B;",
        "const B: &str = \"use super::A;\";",
        "pub struct B;\n#[cfg(test)]\nmod tests { use super::super::A; }",
        "use super::super::other::A;\npub struct B;",
    ];
    for text in uses_nothing {
        assert_eq!(circles_among(&[facade, a, ("room/b.rs", text)]), [] as [&str; 0], "{text}");
    }
}

#[test]
fn a_circle_of_folders_without_one_of_files_is_found() {
    let files = [
        ("one/mod.rs", "pub mod first;\npub mod second;"),
        ("one/first.rs", "use crate::two::deep::Third;"),
        ("one/second.rs", "pub struct Second;"),
        ("two/mod.rs", "pub mod deep;\npub mod fourth;"),
        ("two/deep.rs", "pub struct Third;"),
        ("two/fourth.rs", "use crate::one::second::Second;"),
    ];
    assert_eq!(circles_among(&files), ["one, two"]);
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
