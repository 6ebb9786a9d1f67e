//! Which file of the crate uses which, read from imports and paths.
//!
//! Comments, strings and unit tests are not read. A name that a file only passes on leads to the file that defines it.
//! Methods are not seen: who calls one has the type from somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The files of a crate as modules, by their paths.
pub struct ModuleGraph {
    modules: BTreeMap<Vec<String>, Module>,
}

/// Steps from name to name before it is given up: a name may lead back to itself.
const DEEPEST: usize = 20;

/// A file of the crate.
#[derive(Default)]
struct Module {
    file: PathBuf,
    /// Names that it defines.
    items: BTreeSet<String>,
    /// Names that it imports, with their paths; `*` for all of a module.
    imports: Vec<Import>,
    /// Paths in its code, from the first segment on.
    paths: BTreeSet<Vec<String>>,
    /// Single words of its code.
    words: BTreeSet<String>,
}

struct Import {
    name: String,
    path: Vec<String>,
    /// Whether others may take the name from here.
    passes_on: bool,
}

impl ModuleGraph {
    /// Reads files with their texts; paths begin below the folder of `lib.rs`.
    pub fn new(files: impl IntoIterator<Item = (PathBuf, String)>) -> Self {
        let named = |(file, text): (PathBuf, String)| {
            let mut name: Vec<String> =
                file.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
            name.pop_if(|last| ["mod", "lib"].contains(&last.as_str()));
            (name, read_module(file, &text))
        };
        Self { modules: files.into_iter().map(named).collect() }
    }

    /// The file that defines what a path in a module names; `None` for what is not of this crate.
    fn resolve(&self, from: &[String], path: &[String], depth: usize) -> Option<&[String]> {
        let (first, rest) = path.split_first()?;
        if depth > DEEPEST {
            return None;
        }
        match first.as_str() {
            "crate" => return self.below(&[], rest, depth),
            "self" => return self.below(from, rest, depth),
            "super" => return self.resolve(&from[..from.len() - 1], &prefixed("self", rest), depth + 1),
            _ => {}
        }
        let is_known = self.has(from, first) || self.taken_from_all(from, first, depth).is_some();
        if is_known { self.below(from, path, depth) } else { None }
    }

    /// Follows `path` from a module on, through what the module passes on.
    fn below(&self, from: &[String], path: &[String], depth: usize) -> Option<&[String]> {
        let (key, module) = self.modules.get_key_value(from)?;
        let Some((first, rest)) = path.split_first() else { return Some(key) };
        if first == "super" || first == "self" {
            return self.resolve(from, path, depth + 1);
        }
        let child = joined(from, first);
        if self.modules.contains_key(&child) {
            return self.below(&child, rest, depth);
        }
        if module.items.contains(first) {
            return Some(key);
        }
        if depth > DEEPEST {
            return None;
        }
        if let Some(import) = module.imports.iter().find(|import| import.name == *first) {
            let whole: Vec<String> = import.path.iter().chain(rest).cloned().collect();
            return self.resolve(from, &whole, depth + 1);
        }
        match self.taken_from_all(from, first, depth) {
            Some(of) => self.below(of, path, depth + 1),
            None => Some(key),
        }
    }

    /// The module that has a name which another takes with a `*`.
    fn taken_from_all(&self, from: &[String], name: &str, depth: usize) -> Option<&[String]> {
        let all = self.modules[from].imports.iter().filter(|import| import.name == "*");
        all.filter_map(|import| self.resolve(from, &import.path, depth + 1)).find(|of| self.has(of, name))
    }

    /// Whether a module defines or imports a name.
    fn has(&self, module: &[String], name: &str) -> bool {
        let Module { items, imports, .. } = &self.modules[module];
        items.contains(name)
            || imports.iter().any(|import| import.name == name)
            || self.modules.contains_key(&joined(module, name))
    }

    /// Which files each file uses.
    pub fn uses(&self) -> BTreeMap<&Path, BTreeSet<&Path>> {
        let mut uses: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
        for (name, module) in &self.modules {
            let out = uses.entry(&module.file).or_default();
            // A name that is only passed on is no use of it.
            let imports = module
                .imports
                .iter()
                .filter(|import| !import.passes_on || module.words.contains(&import.name));
            for path in imports.map(|import| &import.path).chain(&module.paths) {
                if let Some(found) = self.resolve(name, path, 0) {
                    let file = &self.modules[found].file;
                    if *file != module.file {
                        out.insert(file.as_path());
                    }
                }
            }
        }
        uses
    }
}

fn prefixed(first: &str, rest: &[String]) -> Vec<String> {
    std::iter::once(first.to_owned()).chain(rest.iter().cloned()).collect()
}

fn joined(from: &[String], name: &str) -> Vec<String> {
    from.iter().cloned().chain([name.to_owned()]).collect()
}

fn read_module(file: PathBuf, text: &str) -> Module {
    let code = without_tests(&without_comments(text));
    let tokens = tokens(&code);
    let mut module = Module { file, ..Module::default() };
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at] == "use" {
            let end = at + tokens[at..].iter().position(|token| token == ";").unwrap_or(0);
            let passes_on = at > 0 && (tokens[at - 1] == "pub" || tokens[at - 1] == ")");
            read_use(&tokens[at + 1..end], &[], passes_on, &mut module.imports);
            at = end + 1;
            continue;
        }
        if tokens[at] == "mod" {
            at += 2;
            continue;
        }
        if ["fn", "struct", "enum", "trait", "type", "const", "static", "union"]
            .contains(&tokens[at].as_str())
            && let Some(name) = tokens.get(at + 1)
        {
            module.items.insert(name.clone());
        }
        if tokens[at] == "macro_rules"
            && let Some(name) = tokens.get(at + 2)
        {
            module.items.insert(name.clone());
        }
        if is_word(&tokens[at]) && (at == 0 || tokens[at - 1] != "::") {
            let mut path = vec![tokens[at].clone()];
            while tokens.get(at + 1).is_some_and(|token| token == "::")
                && tokens.get(at + 2).is_some_and(|token| is_word(token))
            {
                path.push(tokens[at + 2].clone());
                at += 2;
            }
            module.words.insert(path[0].clone());
            if path.len() > 1 {
                module.paths.insert(path);
            }
        }
        at += 1;
    }
    module
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Adds what one `use` imports.
fn read_use(tokens: &[String], before: &[String], passes_on: bool, imports: &mut Vec<Import>) {
    let mut path = before.to_vec();
    let mut name = None;
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "::" => {}
            "{" => {
                let (mut depth, mut start) = (0, at + 1);
                for end in at..tokens.len() {
                    match tokens[end].as_str() {
                        "{" => depth += 1,
                        "}" => depth -= 1,
                        _ => {}
                    }
                    if (tokens[end] == "," && depth == 1) || (tokens[end] == "}" && depth == 0) {
                        if start < end {
                            read_use(&tokens[start..end], &path, passes_on, imports);
                        }
                        start = end + 1;
                    }
                    if depth == 0 {
                        break;
                    }
                }
                return;
            }
            "as" => {
                name = Some(tokens[at + 1].clone());
                at += 1;
            }
            "*" => {
                imports.push(Import { name: "*".to_owned(), path, passes_on });
                return;
            }
            "self" if !path.is_empty() => {}
            word => path.push(word.to_owned()),
        }
        at += 1;
    }
    if let Some(last) = path.last() {
        let name = name.unwrap_or_else(|| last.clone());
        imports.push(Import { name, path, passes_on });
    }
}

fn tokens(code: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let len = if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        if !first.is_whitespace() {
            tokens.push(rest[..len].to_owned());
        }
        rest = &rest[len..];
    }
    tokens
}

/// The code without comments, and without the content of strings and characters.
fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("r\"") || rest.starts_with("r#\"") {
            let hashes = rest[1..].chars().take_while(|&c| c == '#').count();
            let end = format!("\"{}", "#".repeat(hashes));
            rest[2 + hashes..].find(&end).map_or(rest.len(), |at| 2 + hashes + at + end.len())
        } else if first == '"' {
            let mut len = 1;
            let bytes = rest.as_bytes();
            while len < bytes.len() && bytes[len] != b'"' {
                len += if bytes[len] == b'\\' { 2 } else { 1 };
            }
            len + 1
        } else if let Some(len) = character_len(rest) {
            len
        } else {
            out.push(first);
            first.len_utf8()
        };
        rest = &rest[len.min(rest.len())..];
    }
    out
}

/// Length of a character literal; a lifetime is none.
fn character_len(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('\'')?;
    let escaped = inner.starts_with('\\');
    let len =
        if escaped { 1 + inner[1..].chars().next()?.len_utf8() } else { inner.chars().next()?.len_utf8() };
    let end = if escaped { len + inner[len..].find('\'')? } else { len };
    inner[end..].starts_with('\'').then_some(end + 2)
}

/// The code without the modules of unit tests.
fn without_tests(code: &str) -> String {
    let mut out = String::new();
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let open = rest.find(['{', ';']).unwrap_or(rest.len() - 1);
        let mut end = open + 1;
        if rest[open..].starts_with('{') {
            let mut depth = 0;
            for (place, c) in rest[open..].char_indices() {
                depth += i32::from(c == '{') - i32::from(c == '}');
                if depth == 0 {
                    end = open + place + 1;
                    break;
                }
            }
        }
        rest = &rest[end..];
    }
    out + rest
}

/// Groups of files, or of the files and folders of one folder, that all lead to each other.
pub fn circles(uses: &BTreeMap<&Path, BTreeSet<&Path>>) -> Vec<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    let folders: BTreeSet<&Path> = uses.keys().flat_map(|file| file.ancestors().skip(1)).collect();
    for folder in folders {
        let child = |file: &Path| {
            let first = file.strip_prefix(folder).ok()?.iter().next()?;
            Some(folder.join(first))
        };
        let mut own: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
        for (file, used) in uses {
            let Some(from) = child(file) else { continue };
            let used = used.iter().filter_map(|file| child(file)).filter(|to| *to != from);
            own.entry(from.clone()).or_default().extend(used);
        }
        found.extend(circles_of(&own));
    }
    let files = uses
        .iter()
        .map(|(file, used)| (file.to_path_buf(), used.iter().map(|to| to.to_path_buf()).collect()));
    found.extend(circles_of(&files.collect()));
    found.into_iter().collect()
}

fn circles_of(uses: &BTreeMap<PathBuf, BTreeSet<PathBuf>>) -> BTreeSet<String> {
    let reached: BTreeMap<&Path, BTreeSet<&Path>> =
        uses.keys().map(|name| (name.as_path(), reached_from(name, uses))).collect();
    let leads_to = |from: &Path, to: &Path| reached.get(from).is_some_and(|there| there.contains(to));
    let members = |name: &Path| {
        let members = reached[name].iter().filter(|other| leads_to(other, name));
        members.map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    };
    reached.keys().filter(|name| leads_to(name, name)).map(|name| members(name)).collect()
}

fn reached_from<'a>(from: &'a Path, uses: &'a BTreeMap<PathBuf, BTreeSet<PathBuf>>) -> BTreeSet<&'a Path> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(at) = open.pop() {
        let used = uses.get(at).into_iter().flatten().map(PathBuf::as_path);
        open.extend(used.filter(|to| seen.insert(*to)));
    }
    seen
}
