//! What crosses the border of the crate: a program that depends on it gets Rust and nothing else, and the published
//! package holds what such a program needs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Where the program that depends on the crate is built.
fn target() -> PathBuf {
    root().join("target/dependent")
}

/// Runs the cargo of this build and gives what it prints.
fn cargo(folder: &Path, command: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(command.split(' '))
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        // Flags of this build are not those of a user's.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {command}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// The folder of the program that depends on the crate, with the versions that the crate is tested with.
static DEPENDENT: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = root().join("tests/dependent");
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    // The program is added to the list, and what it does not need is taken out.
    cargo(&folder, "update --quiet --workspace");
    folder
});

/// What stands in the sections of a wasm, read from the front.
struct Section<'a>(&'a [u8]);

impl<'a> Section<'a> {
    /// The section of an id; an empty one when there is none.
    fn find(wasm: &'a [u8], id: u8) -> Self {
        assert_eq!(wasm[..8], *b"\0asm\x01\0\0\0");
        let mut rest = Self(&wasm[8..]);
        while !rest.0.is_empty() {
            let found = rest.bytes(1)[0];
            let length = rest.number();
            let content = rest.bytes(length);
            if found == id {
                return Self(content);
            }
        }
        Self(&[0])
    }

    fn bytes(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    /// An integer in LEB128: seven bits a byte, the lowest first.
    fn number(&mut self) -> usize {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.bytes(1)[0];
            value |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                return value;
            }
        }
    }

    /// Names and kinds of the exports: kind 0 is a function, 2 the memory, 3 a global.
    fn exports(mut self) -> BTreeSet<(String, u8)> {
        let count = self.number();
        (0..count)
            .map(|_| {
                let length = self.number();
                let name = String::from_utf8(self.bytes(length).to_vec()).unwrap();
                let kind = self.bytes(1)[0];
                self.number();
                (name, kind)
            })
            .collect()
    }
}

const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

#[test]
fn a_program_that_depends_on_the_crate_exports_its_own_and_imports_nothing() {
    cargo(&DEPENDENT, "build --quiet --locked --target wasm32-unknown-unknown");
    let wasm = fs::read(target().join("wasm32-unknown-unknown/debug/dependent.wasm")).unwrap();
    // The two globals are the linker's.
    let expected = [("memory", 2), ("num_batches", 0), ("__data_end", 3), ("__heap_base", 3)];
    assert_eq!(
        Section::find(&wasm, EXPORTS).exports(),
        expected.map(|(name, kind)| (name.to_owned(), kind)).into()
    );
    assert_eq!(Section::find(&wasm, IMPORTS).number(), 0, "imports");
}

#[test]
fn nothing_that_binds_to_javascript_comes_with_the_crate() {
    let command = "tree --locked --target wasm32-unknown-unknown --edges normal,build --prefix none";
    let tree = cargo(&DEPENDENT, command);
    let names: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains("ibmb") && names.contains("serde_json"), "{tree}");
    for binding in ["wasm-bindgen", "js-sys", "web-sys", "serde-wasm-bindgen", "console_error_panic_hook"] {
        assert!(!names.contains(binding), "{binding} comes with the crate:\n{tree}");
    }
}

#[test]
fn the_crate_is_a_library_that_pins_no_version() {
    let metadata = cargo(&root(), "metadata --no-deps --format-version 1");
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "ibmb").unwrap();
    for target in package["targets"].as_array().unwrap() {
        if target["name"] == "ibmb" {
            assert_eq!(target["crate_types"], serde_json::json!(["lib"]));
        }
    }
    for dependency in package["dependencies"].as_array().unwrap() {
        let version = dependency["req"].as_str().unwrap();
        assert!(version.starts_with('^'), "{} is pinned to {version}", dependency["name"]);
    }
}

/// The files of the published package.
fn packed() -> BTreeSet<String> {
    // Files that are not committed yet are listed, too.
    let list = cargo(&root(), "package --list --allow-dirty --package ibmb");
    list.lines().map(|line| line.replace('\\', "/")).collect()
}

/// Whether a file may be in the package; what cargo writes by itself is among them.
fn belongs(path: &str) -> bool {
    const FILES: [&str; 9] = [
        "Cargo.toml",
        "Cargo.toml.orig",
        "Cargo.lock",
        ".cargo_vcs_info.json",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "LICENSE-APACHE",
        "LICENSE-MIT",
    ];
    let inside = |folder: &str, endings: &[&str]| {
        path.starts_with(folder) && endings.iter().any(|ending| path.ends_with(ending))
    };
    FILES.contains(&path)
        || inside("src/", &[".rs"])
        || inside("docs/", &[".md"])
        || inside("examples/", &[".rs", ".py", "/requirements.txt"])
}

#[test]
fn the_package_holds_what_a_user_needs_and_nothing_else() {
    let packed = packed();
    let strangers: Vec<&String> = packed.iter().filter(|path| !belongs(path)).collect();
    assert!(strangers.is_empty(), "{strangers:?}");
    for path in ["Cargo.toml", "README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "src/lib.rs"] {
        assert!(packed.contains(path), "{path} is not packed");
    }
}

/// Every file below a folder, by its path from the root.
fn below(folder: &str) -> Vec<String> {
    fs::read_dir(root().join(folder))
        .unwrap()
        .flat_map(|entry| {
            let entry = entry.unwrap();
            let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() { below(&path) } else { vec![path] }
        })
        .collect()
}

/// What stands in a text between a start and the next end.
fn between<'a>(text: &'a str, start: &'a str, end: fn(char) -> bool) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).filter_map(move |rest| rest.split(end).next())
}

#[test]
fn what_the_sources_and_examples_need_is_packed() {
    let packed = packed();
    for path in below("src") {
        assert!(packed.contains(&path), "{path} is not packed");
    }
    for path in packed.iter().filter(|path| path.starts_with("src/") || path.starts_with("examples/")) {
        let text = fs::read_to_string(root().join(path)).unwrap();
        for document in between(&text, "docs/", |c| !c.is_alphanumeric() && !"/-_.".contains(c)) {
            let document = format!("docs/{}", document.trim_end_matches('.'));
            assert!(packed.contains(&document), "{path} speaks of {document}, which is not packed");
        }
        for start in ["include_str!(\"", "include_bytes!(\""] {
            for file in between(&text, start, |c| c == '"') {
                let file = root().join(path).parent().unwrap().join(file).canonicalize().unwrap();
                let file = file.strip_prefix(root().canonicalize().unwrap()).unwrap();
                assert!(packed.contains(file.to_str().unwrap()), "{path} includes {}", file.display());
            }
        }
        // These are of the repository alone.
        for folder in ["scripts/", "www/", "pkg/"] {
            let needs = path.starts_with("examples/") && text.contains(folder);
            assert!(!needs, "{path} needs {folder}, which is not packed");
        }
    }
}
