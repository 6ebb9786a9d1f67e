//! What the page's fields take over: kinds, ranges, defaults, conditions and help. The page adds labels, order and sliders.

use std::fmt::Write as _;

use ibmb::options::{
    CLIENT, INFLUENCERS, Kind, ORDER, OptionSpec, PASSES, PLAN, Preset, SYNTHETIC, Set, TRAIN,
};

use crate::references::in_words;
use crate::{GENERATED, told};

/// The sets that the page has fields for.
const SHOWN: [(&str, &Set); 7] = [
    ("PLAN", &PLAN),
    ("TRAIN", &TRAIN),
    ("ORDER", &ORDER),
    ("INFLUENCERS", &INFLUENCERS),
    ("CLIENT", &CLIENT),
    ("PASSES", &PASSES),
    ("SYNTHETIC", &SYNTHETIC),
];

/// The sets that the package checks itself.
const CHECKED: [(&str, &Set); 2] = [("CLIENT", &CLIENT), ("PASSES", &PASSES)];

/// The file of fields.
pub fn file() -> String {
    let mut text = tables(&SHOWN);
    text += "\n/** Formats of files that can be named: word and label. */\nexport const FORMATS = [\n";
    for format in ibmb::io::formats() {
        let _ = writeln!(text, "  [{:?}, {:?}],", format.name, format.label);
    }
    text + "] as const;\n"
}

/// The file of what the package checks itself.
pub fn checked() -> String {
    tables(&CHECKED)
}

fn tables(sets: &[(&str, &Set)]) -> String {
    let mut text = format!("/** {GENERATED} */\n");
    for (name, set) in sets {
        let _ = write!(text, "\n/** {} */\nexport const {name} = {{\n", set.about);
        for option in set.options {
            field(&mut text, option, set, &[]);
            if let Kind::Group(inner) = option.kind {
                let when = (option.js_name(), vec!["true"]);
                inner
                    .options
                    .iter()
                    .for_each(|option| field(&mut text, option, inner, std::slice::from_ref(&when)));
            }
        }
        text += "} as const;\n";
    }
    text
}

type Condition = (String, Vec<&'static str>);

fn field(text: &mut String, option: &'static OptionSpec, set: &Set, outer: &[Condition]) {
    let mut parts = vec![format!("name: {:?}", option.js_name())];
    match option.kind {
        Kind::Number(range) => {
            parts.insert(0, "kind: \"number\"".to_owned());
            let (low, low_counts) = range.low();
            parts.push(format!("{}: {}", if low_counts { "min" } else { "above" }, plain(low)));
            if let Some((high, high_counts)) = range.high() {
                parts.push(format!("{}: {}", if high_counts { "max" } else { "below" }, plain(high)));
            }
            parts.push(format!("whole: {}", range.is_whole()));
            parts.push(match option.preset {
                Preset::Number(value) => format!("default: {}", plain(value)),
                Preset::Nothing => {
                    format!("default: null, empty: {:?}", told::default(option).unwrap_or_default())
                }
                Preset::EachNode(count) => {
                    format!("default: null, empty: \"{count} a node\", eachNode: {count}")
                }
                _ => "default: null, empty: \"auto\"".to_owned(),
            });
        }
        Kind::Flag => {
            parts.insert(0, "kind: \"flag\"".to_owned());
            parts.push(format!("default: {}", matches!(option.preset, Preset::Flag(true))));
        }
        // A group is taken by a switch, and its options follow.
        Kind::Group(_) => {
            parts.insert(0, "kind: \"flag\"".to_owned());
            parts.push("default: false".to_owned());
        }
        Kind::Choice(words) => {
            parts.insert(0, "kind: \"choice\"".to_owned());
            parts.push(format!("words: {words:?}"));
            parts.push(match option.preset {
                Preset::Word(word) => format!("default: {word:?}"),
                _ => "default: null".to_owned(),
            });
            let meanings = told::meanings(option);
            if !meanings.is_empty() {
                let meaning = |word: &&ibmb::options::Word| {
                    format!("{:?}: {:?}", word.word, in_words(&told::join(word.lines)).replace('`', ""))
                };
                parts.push(format!(
                    "meanings: {{ {} }}",
                    meanings.iter().map(meaning).collect::<Vec<_>>().join(", ")
                ));
            }
        }
        Kind::Outputs => {
            parts.insert(0, "kind: \"choice\"".to_owned());
            parts.push("words: [\"all\", \"train\", \"val\", \"test\"], default: \"all\"".to_owned());
        }
        // The page asks for them in ways of its own.
        _ => return,
    }
    let conditions: Vec<Condition> = outer.iter().cloned().chain(told::conditions(option, set)).collect();
    if !conditions.is_empty() {
        let when: Vec<String> =
            conditions.iter().map(|(other, words)| format!("{other}: {words:?}")).collect();
        parts.push(format!("when: {{ {} }}", when.join(", ")));
    }
    if let Some(other) = option.unless.filter(|name| set.options.iter().any(|other| other.name == *name)) {
        parts.push(format!("unless: {:?}", ibmb::options::camel(other)));
    }
    parts.push(format!("help: {:?}", help(option)));
    let _ = writeln!(text, "  {:?}: {{ {} }},", option.js_name(), parts.join(", "));
}

fn help(option: &OptionSpec) -> String {
    let mut help = told::sentence(option).replace('`', "");
    let is_worked_out = !matches!(
        option.preset,
        Preset::Number(_) | Preset::Flag(_) | Preset::Word(_) | Preset::Nothing | Preset::Required
    );
    if is_worked_out && let Some(default) = told::default(option) {
        help += &format!(" Empty: {}.", default.replace('`', ""));
    }
    let source = told::source(option);
    if !source.is_empty() && !source.starts_with("docs/") {
        help += &format!(" {}.", told::capital(&in_words(source)));
    }
    help
}

/// A number as JavaScript writes it.
fn plain(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 { format!("{value:e}") } else { value.to_string() }
}
