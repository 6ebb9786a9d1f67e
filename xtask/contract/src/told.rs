//! What is told of an option, in words.

use ibmb::options::{Kind, OptionSpec, Preset, Range, Set, Word, camel, meanings_of, text_of};

/// The sentence of an option.
pub fn sentence(option: &OptionSpec) -> String {
    join(text_of(option).lines)
}

/// Lines of documentation as one text.
pub fn join(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// Where the option comes from; empty for our own.
pub fn source(option: &OptionSpec) -> &'static str {
    text_of(option).source
}

/// The values that a number may have, as in `0 < alpha <= 1`; empty where nothing is to be said.
pub fn range(option: &OptionSpec) -> String {
    match option.kind {
        Kind::Number(range) | Kind::Numbers(range) => bounds(&range, &camel(option.key())),
        _ => String::new(),
    }
}

fn bounds(range: &Range, name: &str) -> String {
    let (low, low_counts) = range.low();
    // Any number that the type can hold is no bound for a reader.
    let high = range.high().filter(|&(high, _)| high < f64::from(u32::MAX));
    let less = |counts: bool| if counts { "<=" } else { "<" };
    match (low.abs() < f64::from(u32::MAX), high) {
        (false, _) => String::new(),
        (true, None) => format!("{name} {} {}", if low_counts { ">=" } else { ">" }, number(low)),
        (true, Some((high, high_counts))) => {
            format!("{} {} {name} {} {}", number(low), less(low_counts), less(high_counts), number(high))
        }
    }
}

/// A number as people write it.
pub fn number(value: f64) -> String {
    match value {
        value if value != 0.0 && value.abs() < 1e-3 => format!("{value:e}"),
        value if value >= 1e4 && value.fract() == 0.0 => {
            let digits = format!("{value}");
            let groups: Vec<&str> = digits
                .as_bytes()
                .rchunks(3)
                .rev()
                .map(|group| std::str::from_utf8(group).expect("digits are ASCII"))
                .collect();
            groups.join(",")
        }
        value => value.to_string(),
    }
}

/// What holds without the option; `None` when it must be given.
pub fn default(option: &OptionSpec) -> Option<String> {
    let code = |word: &str| format!("`{word}`");
    let by = |other: &OptionSpec, cases: Vec<(&str, String)>, rest: String| {
        let cases: Vec<String> = cases
            .iter()
            .map(|(word, value)| format!("{value} where `{}` is `{word}`", other.js_name()))
            .collect();
        format!("{rest}; {}", cases.join(", "))
    };
    Some(match option.preset {
        Preset::Required => return None,
        Preset::Nothing => text_of(option).otherwise.to_owned(),
        Preset::Number(value) => number(value),
        Preset::Flag(flag) => flag.to_string(),
        Preset::Word(word) => code(word),
        Preset::NumberBy(other, cases, rest) => {
            by(other, cases.iter().map(|&(word, value)| (word, number(value))).collect(), number(rest))
        }
        Preset::WordBy(other, cases, rest) => {
            by(other, cases.iter().map(|&(word, value)| (word, code(value))).collect(), code(rest))
        }
        Preset::NumberBySize(cases, rest) => {
            let cases: Vec<String> = cases
                .iter()
                .rev()
                .map(|&(bound, value)| {
                    format!("{} for more than {} nodes", number(value.into()), number(bound as f64))
                })
                .collect();
            format!("{}; {}", number(rest.into()), cases.join(", "))
        }
        Preset::Share { divisor: 8, least } => {
            format!("an eighth of the outputs, at least {least}, evened out")
        }
        Preset::Share { divisor, least } => {
            format!("the outputs over {divisor}, at least {least}, evened out")
        }
        Preset::UpToOutputs(count) => format!("{count}, or the number of outputs where that is smaller"),
        Preset::EachLayer(count) => format!("{count} for each layer"),
        Preset::EachNode(count) => format!("{count} for each node"),
        other => panic!("{}: {other:?} has no words", option.name),
    })
}

/// When the option applies within a set: the other option and its words there.
pub fn conditions(option: &OptionSpec, set: &Set) -> Vec<(String, Vec<&'static str>)> {
    let known = |name: &str| {
        set.options.iter().find(|other| other.name == name).map(|other| match other.kind {
            Kind::Choice(words) => words,
            _ => &["true"][..],
        })
    };
    let condition = |when: &ibmb::options::When| {
        let known = known(when.option)?;
        let words: Vec<&str> = when.words.iter().copied().filter(|word| known.contains(word)).collect();
        // Where every word will do there is nothing to say.
        (words.len() < known.len()).then(|| (camel(when.option), words))
    };
    option.when.iter().filter_map(condition).collect()
}

/// The same in a sentence; empty without conditions.
pub fn applies(option: &OptionSpec, set: &Set) -> String {
    let mut parts: Vec<String> = conditions(option, set)
        .into_iter()
        .map(|(other, words)| {
            format!("`{other}` {}", list(&words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>()))
        })
        .collect();
    if let Some(other) = option.unless.filter(|name| set.options.iter().any(|other| other.name == *name)) {
        parts.push(format!("no `{}`", camel(other)));
    }
    parts.join(", ")
}

/// `a`, `b` or `c`.
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// What the words of a choice mean; none where they say it themselves.
pub fn meanings(option: &OptionSpec) -> Vec<&'static Word> {
    match option.kind {
        Kind::Choice(words) => meanings_of(words),
        _ => Vec::new(),
    }
}

/// With a capital at its start.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}
