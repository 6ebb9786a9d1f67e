//! The package's types.

use std::fmt::Write as _;

use ibmb::options::{BASELINE, Kind, OptionSpec, Preset, SETS, Set};

use crate::GENERATED;
use crate::references::References;
use crate::told;

/// Options of calls that can be followed and stopped.
const LONG: [&str; 9] = [
    "NeighbourhoodOptions",
    "BatchNeighbourhoodOptions",
    "PathsOptions",
    "OrderOptions",
    "FullInferOptions",
    "ExactInfluenceOptions",
    "PassOptions",
    "OpenGraphOptions",
    "PlantedGraphOptions",
];

/// Names of the types of the baselines, each with its word.
const BASELINES: [(&str, &str); 5] = [
    ("NeighbourSamplingOptions", "neighbour-sampling"),
    ("ShadowOptions", "shadow"),
    ("ShadowHopsOptions", "shadow-hops"),
    ("LadiesOptions", "ladies"),
    ("SaintOptions", "saint"),
];

/// The file of types.
pub fn file(references: &References) -> String {
    let mut body = String::new();
    let names: Vec<String> = ibmb::io::formats().map(|format| format!("{:?}", format.name)).collect();
    let _ = write!(
        body,
        "\n/** Formats of files that can be named. */\nexport type FileFormat = {};\n",
        names.join(" | ")
    );
    for set in SETS.iter().filter(|set| set.name != BASELINE.name) {
        let extends = if LONG.contains(&set.name) { " extends WorkOptions" } else { "" };
        interface(&mut body, set.about, set.name, extends, set, set.options.iter().copied());
    }
    baselines(&mut body);
    let mut text = format!(
        "/**\n * {GENERATED}\n *\n * Sources that are cited:\n{}\n */\n",
        references
            .cited_in(&body)
            .iter()
            .map(|line| wrapped(line, " * - ", " *   "))
            .collect::<Vec<_>>()
            .join("\n")
    );
    text += "import type { Colour } from \"../drawing-options.js\";\n";
    text += "import type { WorkOptions } from \"../work.js\";\n";
    text + &body
}

/// The baselines: what they have in common, then each.
fn baselines(body: &mut String) {
    let words = |option: &OptionSpec| told::conditions(option, &BASELINE);
    let common = |option: &&&'static OptionSpec| words(option).is_empty() && option.name != "method";
    let on_all = |option: &&&'static OptionSpec| ["outputs_per_batch", "seed"].contains(&option.name);
    let all = || BASELINE.options.iter();
    let shared = all().filter(common).filter(|option| !on_all(option)).copied();
    let about = "Options that every inference method has.";
    interface(body, about, "InferByCommon", "", &BASELINE, shared);
    let about = "Options that every baseline has.";
    let extends = " extends InferByCommon";
    interface(body, about, "BaselineCommon", extends, &BASELINE, all().filter(on_all).copied());
    for (name, word) in BASELINES {
        let own = all().filter(|option| words(option).iter().any(|(_, words)| words.contains(&word)));
        let about =
            told::meanings(all().find(|option| option.name == "method").expect("baselines have a method"))
                .into_iter()
                .find(|meaning| meaning.word == word)
                .map(|meaning| told::join(meaning.lines));
        open(body, &about.unwrap_or_default(), name, " extends BaselineCommon");
        let _ = writeln!(body, "  method: \"{word}\";");
        own.for_each(|option| field(body, option, None));
        body.push_str("}\n");
    }
}

fn open(body: &mut String, about: &str, name: &str, extends: &str) {
    let _ = write!(body, "\n{}export interface {name}{extends} {{\n", comment(&[about.to_owned()], ""));
}

fn interface(
    body: &mut String,
    about: &str,
    name: &str,
    extends: &str,
    set: &Set,
    options: impl Iterator<Item = &'static OptionSpec>,
) {
    open(body, about, name, extends);
    options.for_each(|option| field(body, option, Some(set)));
    body.push_str("}\n");
}

/// A property with its documentation; what it depends on is told where a set is given.
fn field(body: &mut String, option: &'static OptionSpec, set: Option<&Set>) {
    let mut sentence = told::sentence(option);
    let range = told::range(option);
    if !range.is_empty() {
        sentence += &format!(" `{range}`.");
    }
    if let Some(default) = told::default(option).filter(|default| !default.is_empty()) {
        sentence += &format!(" Default: {default}.");
    }
    let applies = set.map(|set| told::applies(option, set)).unwrap_or_default();
    if !applies.is_empty() {
        sentence += &format!(" Applies to {applies}.");
    }
    let source = told::source(option);
    if !source.is_empty() && !source.starts_with("docs/") {
        sentence += &format!(" {}.", told::capital(source));
    }
    let mut lines = vec![sentence];
    let meanings = told::meanings(option);
    if !meanings.is_empty() {
        lines.push(String::new());
        lines.extend(
            meanings.iter().map(|meaning| format!("- `{}`: {}", meaning.word, told::join(meaning.lines))),
        );
    }
    let mark = if matches!(option.preset, Preset::Required) { "" } else { "?" };
    let name = ibmb::options::camel(option.key());
    let _ = writeln!(body, "{}  {name}{mark}: {};", comment(&lines, "  "), type_of(option));
}

fn type_of(option: &OptionSpec) -> String {
    match option.kind {
        Kind::Number(_) => "number".to_owned(),
        Kind::Flag => "boolean".to_owned(),
        Kind::Choice(words) => words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" | "),
        Kind::Text => "string".to_owned(),
        Kind::Outputs => {
            "\"all\" | \"train\" | \"val\" | \"test\" | Uint32Array | readonly (number | string)[]".to_owned()
        }
        Kind::Nodes => "Uint32Array | readonly (number | string)[]".to_owned(),
        Kind::Numbers(_) => "readonly number[]".to_owned(),
        Kind::Group(set) => set.name.to_owned(),
        Kind::Special(kind) => kind.to_owned(),
        other => panic!("{}: {other:?} has no type", option.name),
    }
}

/// A documentation comment, wrapped at 110.
fn comment(lines: &[String], indent: &str) -> String {
    if let [line] = lines
        && indent.len() + line.len() + 8 <= 110
    {
        return format!("{indent}/** {line} */\n");
    }
    let text: Vec<String> = lines
        .iter()
        .map(|line| {
            let hang = if line.starts_with("- ") { "  " } else { "" };
            wrapped(line, &format!("{indent} * "), &format!("{indent} * {hang}"))
        })
        .map(|line| line.trim_end().to_owned())
        .collect();
    format!("{indent}/**\n{}\n{indent} */\n", text.join("\n"))
}

/// A line broken at blanks.
fn wrapped(line: &str, first: &str, next: &str) -> String {
    let mut text = String::new();
    let mut row = first.to_owned();
    for word in line.split(' ') {
        let is_empty = row == first || row == next;
        if !is_empty && row.chars().count() + 1 + word.chars().count() > 110 {
            text += row.trim_end();
            text.push('\n');
            next.clone_into(&mut row);
        } else if !is_empty {
            row.push(' ');
        }
        row += word;
    }
    text + row.trim_end()
}
