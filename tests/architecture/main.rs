//! The rules of the house that ARCHITECTURE.md tells, checked on the sources.

mod module_graph;

use std::fs;
use std::path::{Path, PathBuf};

use ibmb::options::{Preset, SETS};

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

/// Numbers that say nothing of the option that they belong to.
const COMMON: [f64; 3] = [0.0, 1.0, 2.0];

#[test]
fn every_default_stands_once() {
    let written = [("src", ".rs"), ("pkg/src", ".ts"), ("pkg/wasm", ".rs"), ("www/src", ".ts")];
    let is_apart = |path: &Path| {
        let text = path.to_string_lossy();
        text.contains("/generated/") || text.contains("/src/options/")
    };
    let paths: Vec<PathBuf> = written
        .iter()
        .flat_map(|&(folder, ending)| sources(&root().join(folder), ending))
        .filter(|path| !is_apart(path))
        .collect();
    let mut found = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let lines = code.lines().filter(|line| {
            let line = line.trim_start();
            !line.starts_with("//") && !line.starts_with('*') && !line.starts_with("/*")
        });
        for (line, option) in
            lines.flat_map(|line| SETS.iter().flat_map(|set| set.options).map(move |option| (line, option)))
        {
            let Preset::Number(value) = option.preset else { continue };
            if COMMON.contains(&value) {
                continue;
            }
            let names = [option.name.to_owned(), option.js_name(), option.name.to_uppercase()];
            if names.iter().any(|name| sets(line, name, value)) {
                found.push(format!("{}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "defaults stand in src/options only:\n{}", found.join("\n"));
}

/// Whether a line gives this number to this name, as in `alpha: 0.25`, `alpha = 0.25` or `alpha.unwrap_or(0.25)`.
fn sets(line: &str, name: &str, value: f64) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let rest = &line[at + name.len()..];
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        if before.is_some_and(is_word) || rest.starts_with(is_word) {
            return false;
        }
        let near: String = rest.chars().take(24).take_while(|&c| !matches!(c, ',' | ';' | '}')).collect();
        near.split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-' || c == '_'))
            .filter_map(|word| word.replace('_', "").parse::<f64>().ok())
            .any(|number| number == value)
    })
}

#[test]
fn only_the_declarations_know_ranges() {
    // What is out of a range says so in one place; what depends on the graph or the plan says more.
    for path in sources(&root().join("src"), ".rs") {
        let text = fs::read_to_string(&path).unwrap();
        for option in SETS.iter().flat_map(|set| set.options) {
            let by_hand = format!("Error::option(\"{}\", format!(\"{{", option.name);
            let is_range = text
                .match_indices(&by_hand)
                .any(|(at, _)| text[at..].lines().next().unwrap().contains("out of range"));
            assert!(!is_range, "{} checks the range of {}", path.display(), option.name);
        }
    }
}
