//! The tables of the docs.

use std::fmt::Write as _;

use ibmb::options::{Kind, OptionSpec, SETS, Set, camel};

use crate::{GENERATED, told};

/// The page of tables.
pub fn file() -> String {
    let mut text = format!("<!-- {GENERATED} -->\n# Options\n\n");
    text += "Every option of every call, as JavaScript users write it; Rust has the same names in snake_case. An option that is \
             not known, out of range or does not apply is refused with `invalid_option`. Keys in brackets stand in \
             [references.md](../references.md).\n";
    for set in SETS {
        table(&mut text, set);
    }
    text
}

fn table(text: &mut String, set: &Set) {
    let _ = write!(text, "\n## {}\n\n{}\n\n", set.name, set.about);
    *text +=
        "| option | values | default | applies to | what it does | source |\n|---|---|---|---|---|---|\n";
    for option in set.options {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} | {} |",
            camel(option.key()),
            cell(&values(option)),
            cell(&told::default(option).unwrap_or_else(|| "must be given".to_owned())),
            cell(&told::applies(option, set)),
            cell(&told::sentence(option)),
            cell(told::source(option)),
        );
    }
    let with_meanings = set.options.iter().filter(|option| !told::meanings(option).is_empty());
    for option in with_meanings {
        let _ = write!(text, "\n`{}`:\n\n", camel(option.key()));
        for meaning in told::meanings(option) {
            let _ = writeln!(text, "- `{}`: {}", meaning.word, told::join(meaning.lines));
        }
    }
}

fn values(option: &OptionSpec) -> String {
    match option.kind {
        Kind::Number(range) => {
            let told = told::range(option);
            let kind = if range.is_whole() { "whole number" } else { "number" };
            if told.is_empty() { kind.to_owned() } else { format!("{kind}, `{told}`") }
        }
        Kind::Flag => "true, false".to_owned(),
        Kind::Choice(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        Kind::Text => "text".to_owned(),
        Kind::Outputs => "`all`, `train`, `val`, `test`, or ids or names".to_owned(),
        Kind::Nodes => "ids or names".to_owned(),
        Kind::Numbers(_) => format!("whole numbers, `{}`", told::range(option)),
        Kind::Group(set) => format!("[{0}](#{1})", set.name, set.name.to_lowercase()),
        Kind::Special(kind) => format!("`{kind}`"),
        other => panic!("{}: {other:?} has no words", option.name),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
