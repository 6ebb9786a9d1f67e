//! What a caller gives, read by the declarations.

use super::{Kind, OptionSpec, Preset, Set, When, Words, camel, place};
use crate::error::{Error, Result};

/// A value as a caller gives it, from whatever language.
#[derive(Debug, Clone, PartialEq)]
pub enum Raw {
    /// A number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// A text.
    Text(String),
    /// Ids of nodes.
    Nodes(Vec<u32>),
    /// A list of values.
    List(Vec<Raw>),
    /// Named values.
    Object(Vec<(String, Raw)>),
    /// Something else, as messages show it.
    Other(String),
}

impl Raw {
    /// How messages show it.
    fn shown(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Text(text) => format!("{text:?}"),
            Self::Nodes(nodes) => format!("{} ids", nodes.len()),
            Self::List(values) => format!("a list of {}", values.len()),
            Self::Object(_) => "an object".to_owned(),
            Self::Other(shown) => shown.clone(),
        }
    }
}

/// A value that was checked.
#[derive(Debug, Clone)]
pub enum Value {
    /// A number within its range.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// One of the words of a choice, by its place.
    Word(usize),
    /// Any text.
    Text(String),
    /// Ids of nodes.
    Nodes(Vec<u32>),
    /// Numbers within their range.
    Numbers(Vec<f64>),
    /// Options inside the option.
    Group(Given),
    /// What only the call understands.
    Special(Raw),
}

/// Options that were read: those given are known, in range and apply.
#[derive(Debug, Clone)]
pub struct Given {
    set: &'static Set,
    values: Vec<(&'static OptionSpec, Value)>,
    /// Defaults that the call has worked out.
    settled: Vec<(&'static OptionSpec, Value)>,
}

impl Given {
    /// Reads the options of a call.
    ///
    /// # Arguments
    /// * `set`: the options of the call. * `raw`: names, in either spelling, and values; `undefined` and `null` are left out.
    /// # Errors
    /// `invalid_option` for a name that is not known, with the nearest one that is; for a value of another kind or out of
    /// range; for an option that does not apply beside the others; for one that must be given and is not.
    pub fn read(set: &'static Set, raw: Vec<(String, Raw)>) -> Result<Self> {
        let given = Self::take(set, raw)?;
        for &(option, _) in &given.values {
            if let Some(when) = given.breach(option) {
                return Err(given.out_of_place(option, when));
            }
            if let Some(other) = option.unless.filter(|&other| given.has(other)) {
                let message = format!("takes the place of {}; give one of the two", option.js_name());
                return Err(Error::option(other, message));
            }
        }
        let is_missing = |option: &&&OptionSpec| {
            matches!(option.preset, Preset::Required)
                && !given.has(option.name)
                && given.breach(option).is_none()
        };
        match set.options.iter().find(is_missing) {
            Some(option) => Err(option.refuse("is missing")),
            None => Ok(given),
        }
    }

    /// Reads options that were once in force and were saved: those that do not apply are left out.
    ///
    /// # Errors
    /// As [`Given::read`], but for options that do not apply.
    pub fn read_saved(set: &'static Set, raw: Vec<(String, Raw)>) -> Result<Self> {
        let mut given = Self::take(set, raw)?;
        let apply: Vec<bool> =
            given.values.iter().map(|(option, _)| given.breach(option).is_none()).collect();
        let mut apply = apply.into_iter();
        given.values.retain(|_| apply.next().unwrap_or_default());
        Ok(given)
    }

    fn take(set: &'static Set, raw: Vec<(String, Raw)>) -> Result<Self> {
        let mut values = Vec::with_capacity(raw.len());
        for (key, raw) in raw {
            let option = set.find(&key).ok_or_else(|| unknown(set, &key))?;
            values.push((option, checked(option, raw)?));
        }
        Ok(Self { set, values, settled: Vec::new() })
    }

    /// The condition of an option that does not hold.
    fn breach(&self, option: &OptionSpec) -> Option<&'static When> {
        option.when.iter().find(|when| {
            let Some(other) = self.set.find(when.option) else { return false };
            let word = self.word_in_force(other);
            !word.is_some_and(|word| when.words.contains(&word))
        })
    }

    #[cold]
    fn out_of_place(&self, option: &OptionSpec, when: &When) -> Error {
        let word = self.set.find(when.option).and_then(|other| self.word_in_force(other)).unwrap_or_default();
        let (name, other) = (option.js_name(), camel(when.option));
        let known = self.set.find(when.option).map_or(&[][..], words_of);
        let words: Vec<&str> = when.words.iter().copied().filter(|word| known.contains(word)).collect();
        let words = words.join(", ");
        Error::option("options", format!("{name} is not an option of {other} {word}, but of {words}"))
    }

    /// The word of a choice in force: given, or the default. Flags and groups have the words `true` and `false`.
    fn word_in_force(&self, option: &'static OptionSpec) -> Option<&'static str> {
        match (self.value(option), option.preset) {
            (Some(&Value::Word(place)), _) => words_of(option).get(place).copied(),
            (Some(&Value::Flag(flag)), _) | (None, Preset::Flag(flag)) => Some(truth(flag)),
            (None, Preset::Word(word)) => Some(word),
            (value, _) if matches!(option.kind, Kind::Group(_)) => Some(truth(value.is_some())),
            _ => None,
        }
    }

    fn value(&self, option: &OptionSpec) -> Option<&Value> {
        self.values.iter().find(|(known, _)| known.name == option.name).map(|(_, value)| value)
    }

    fn has(&self, name: &str) -> bool {
        self.values.iter().any(|(option, _)| option.name == name)
    }

    /// Whether an option is given.
    pub fn is_given(&self, option: &OptionSpec) -> bool {
        self.has(option.name)
    }

    /// A number that is given.
    pub fn number(&self, option: &OptionSpec) -> Option<f64> {
        match self.value(option) {
            Some(&Value::Number(value)) => Some(value),
            _ => None,
        }
    }

    /// A number, or its default.
    pub fn number_or_default(&self, option: &OptionSpec) -> f64 {
        self.number(option).unwrap_or_else(|| option.number())
    }

    /// A count that is given.
    pub fn count(&self, option: &OptionSpec) -> Option<u32> {
        self.number(option).map(|value| value as u32)
    }

    /// A count, or its default.
    pub fn count_or_default(&self, option: &OptionSpec) -> u32 {
        self.number_or_default(option) as u32
    }

    /// A seed or size, or its default.
    pub fn size_or_default(&self, option: &OptionSpec) -> u64 {
        self.number_or_default(option) as u64
    }

    /// True or false, as given or by default.
    pub fn flag(&self, option: &OptionSpec) -> bool {
        self.given_flag(option).unwrap_or(matches!(option.preset, Preset::Flag(true)))
    }

    /// True or false, where it is given.
    pub fn given_flag(&self, option: &OptionSpec) -> Option<bool> {
        match self.value(option) {
            Some(&Value::Flag(flag)) => Some(flag),
            _ => None,
        }
    }

    /// The choice that is given.
    pub fn given_word<T: Words>(&self, option: &'static OptionSpec) -> Option<T> {
        match self.value(option) {
            // The words of an option may be some of those of the type.
            Some(&Value::Word(place)) => {
                let word = words_of(option)[place];
                T::WORDS.iter().position(|&known| known == word).map(T::at)
            }
            _ => None,
        }
    }

    /// The choice, as given or by default.
    ///
    /// # Panics
    /// When the option has no word as default.
    pub fn word<T: Words>(&self, option: &'static OptionSpec) -> T {
        let word = self.word_in_force(option).expect("a choice with a default");
        let place = T::WORDS.iter().position(|&known| known == word).expect("words of this choice");
        T::at(place)
    }

    /// A text that is given.
    pub fn text(&self, option: &OptionSpec) -> Option<&str> {
        match self.value(option) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Ids that are given.
    pub fn nodes(&self, option: &OptionSpec) -> Option<&[u32]> {
        match self.value(option) {
            Some(Value::Nodes(nodes)) => Some(nodes),
            _ => None,
        }
    }

    /// Numbers that are given.
    pub fn numbers(&self, option: &OptionSpec) -> Option<&[f64]> {
        match self.value(option) {
            Some(Value::Numbers(numbers)) => Some(numbers),
            _ => None,
        }
    }

    /// The options inside an option that is given.
    pub fn group(&self, option: &OptionSpec) -> Option<&Given> {
        match self.value(option) {
            Some(Value::Group(given)) => Some(given),
            _ => None,
        }
    }

    /// What only the call understands.
    pub fn special(&self, option: &OptionSpec) -> Option<&Raw> {
        match self.value(option) {
            Some(Value::Special(raw)) => Some(raw),
            _ => None,
        }
    }

    /// Notes the number in force of an option whose default the call has worked out, or which it has changed.
    pub fn settle(&mut self, option: &'static OptionSpec, value: f64) {
        self.settled.push((option, Value::Number(value)));
    }

    /// The options in force: those that apply, with the values given or their defaults, in the order of the set.
    pub fn in_force(&self) -> Vec<(&'static OptionSpec, Raw)> {
        let apply = |option: &&&'static OptionSpec| {
            self.breach(option).is_none() && !option.unless.is_some_and(|other| self.has(other))
        };
        let in_force = |&option: &&'static OptionSpec| {
            let settled = self.settled.iter().rev().find(|(known, _)| known.name == option.name);
            let value = settled.map(|(_, value)| value).or_else(|| self.value(option));
            let raw = match (value, option.preset) {
                (Some(&Value::Number(value)), _) | (None, Preset::Number(value)) => Raw::Number(value),
                (Some(&Value::Flag(flag)), _) | (None, Preset::Flag(flag)) => Raw::Flag(flag),
                (Some(&Value::Word(place)), _) => Raw::Text(words_of(option)[place].to_owned()),
                (None, Preset::Word(word)) => Raw::Text(word.to_owned()),
                _ => return None,
            };
            Some((option, raw))
        };
        self.set.options.iter().filter(apply).filter_map(in_force).collect()
    }
}

fn truth(flag: bool) -> &'static str {
    if flag { "true" } else { "false" }
}

/// The words of a choice; none of anything else.
fn words_of(option: &'static OptionSpec) -> &'static [&'static str] {
    match option.kind {
        Kind::Choice(words) => words,
        _ => &[],
    }
}

/// A value of the kind and within the range that an option allows.
fn checked(option: &'static OptionSpec, raw: Raw) -> Result<Value> {
    let number = |raw: &Raw| match raw {
        &Raw::Number(value) => option.check(value).map(|()| value),
        other => Err(option.refuse(format!("must be a number, got {}", other.shown()))),
    };
    let wanted = match (option.kind, raw) {
        (Kind::Number(_), raw) => return number(&raw).map(Value::Number),
        (Kind::Flag, Raw::Flag(flag)) => return Ok(Value::Flag(flag)),
        (Kind::Choice(words), Raw::Text(word)) => return place(option.name, &word, words).map(Value::Word),
        (Kind::Text, Raw::Text(text)) => return Ok(Value::Text(text)),
        (Kind::Outputs | Kind::Nodes, Raw::Nodes(nodes)) => return Ok(Value::Nodes(nodes)),
        (Kind::Outputs, Raw::Text(word)) => return Ok(Value::Text(word)),
        (Kind::Numbers(_), Raw::List(values)) => {
            return values.iter().map(number).collect::<Result<_>>().map(Value::Numbers);
        }
        (Kind::Group(set), Raw::Object(raw)) => return Given::read(set, raw).map(Value::Group),
        (Kind::Special(_), raw) => return Ok(Value::Special(raw)),
        (Kind::Flag, raw) => ("true or false", raw),
        (Kind::Choice(_) | Kind::Text, raw) => ("a string", raw),
        (Kind::Outputs, raw) => ("all, train, val, test or a Uint32Array of ids", raw),
        (Kind::Nodes, raw) => ("a Uint32Array of ids", raw),
        (Kind::Numbers(_), raw) => ("an array of numbers", raw),
        (Kind::Group(_), raw) => ("an object", raw),
    };
    Err(option.refuse(format!("must be {}, got {}", wanted.0, wanted.1.shown())))
}

/// The error for a name that is not known.
#[cold]
#[inline(never)]
fn unknown(set: &Set, key: &str) -> Error {
    let known: Vec<String> = set.options.iter().map(|option| camel(option.key())).collect();
    let distance = |name: &String| strsim::levenshtein(&name.to_ascii_lowercase(), &key.to_ascii_lowercase());
    let near = known.iter().map(|name| (distance(name), name));
    let near = near.min().filter(|&(distance, name)| distance <= 1 + name.len() / 4);
    let near = near.map_or(String::new(), |(_, name)| format!("did you mean {name}? "));
    Error::option("options", format!("{key:?} is not known; {near}known are {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{
        ALPHA, DIRECTION, Direction, METHOD, Method, OUTPUTS_PER_BATCH, PLAN, TOP_K, TRAIN,
    };

    fn read(raw: &[(&str, Raw)]) -> Result<Given> {
        Given::read(&PLAN, raw.iter().map(|(key, raw)| ((*key).to_owned(), raw.clone())).collect())
    }

    fn refused(raw: &[(&str, Raw)]) -> String {
        read(raw).unwrap_err().to_string()
    }

    fn word(word: &str) -> Raw {
        Raw::Text(word.to_owned())
    }

    #[test]
    fn what_is_given_is_taken_and_the_rest_has_its_default() {
        let given = read(&[("topK", Raw::Number(4.0)), ("method", word("hybrid"))]).unwrap();
        assert_eq!(given.count_or_default(&TOP_K), 4);
        assert_eq!(given.word::<Method>(&METHOD), Method::Hybrid);
        assert_eq!(given.number_or_default(&ALPHA), 0.25);
        assert!(given.is_given(&TOP_K) && !given.is_given(&ALPHA));
        // Both spellings are read.
        assert_eq!(read(&[("top_k", Raw::Number(7.0))]).unwrap().count(&TOP_K), Some(7));
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_nearest() {
        assert!(
            refused(&[("topk", Raw::Number(1.0))])
                .starts_with("options: \"topk\" is not known; did you mean topK? ")
        );
        assert!(refused(&[("alfa", Raw::Number(1.0))]).contains("did you mean alpha?"));
        assert!(!refused(&[("walkers", Raw::Number(1.0))]).contains("did you mean"));
    }

    #[test]
    fn another_kind_or_range_is_refused() {
        assert_eq!(refused(&[("alpha", word("x"))]), "alpha: must be a number, got \"x\"");
        assert_eq!(
            refused(&[("top_k", Raw::Number(1.5))]),
            "top_k: 1.5 is out of range, allowed is a whole number from 1 on"
        );
        assert_eq!(refused(&[("evenOut", Raw::Number(1.0))]), "even_out: must be true or false, got 1");
        assert!(
            refused(&[("method", word("best"))])
                .starts_with("method: \"best\" is not known; known are node-wise, ")
        );
        let heads = vec![("heads".to_owned(), Raw::Number(4.0))];
        assert!(
            Given::read(&TRAIN, heads)
                .unwrap_err()
                .to_string()
                .ends_with("heads is not an option of arch gcn, but of gat")
        );
    }

    #[test]
    fn an_option_that_does_not_apply_is_refused_but_left_out_of_what_was_saved() {
        let raw = [
            ("measure", word("heat-kernel")),
            ("method", word("batch-wise")),
            ("direction", word("influence")),
        ];
        assert_eq!(refused(&raw), "options: direction is not an option of measure heat-kernel, but of ppr");
        let raw = raw.iter().map(|(key, raw)| ((*key).to_owned(), raw.clone())).collect();
        let saved = Given::read_saved(&PLAN, raw).unwrap();
        assert!(!saved.is_given(&DIRECTION) && saved.given_word::<Direction>(&DIRECTION).is_none());
        let both = [("nodesPerBatch", Raw::Number(9.0)), ("outputsPerBatch", Raw::Number(4.0))];
        assert_eq!(
            refused(&both),
            "nodes_per_batch: takes the place of outputsPerBatch; give one of the two"
        );
    }

    #[test]
    fn options_in_force_are_those_that_apply_in_the_order_of_the_set() {
        let mut given = read(&[("method", word("random"))]).unwrap();
        given.settle(&OUTPUTS_PER_BATCH, 32.0);
        let names: Vec<&str> = given.in_force().iter().map(|(option, _)| option.name).collect();
        let expected = [
            "method",
            "measure",
            "alpha",
            "eps",
            "queue",
            "even_out",
            "outputs_per_batch",
            "seed",
            "top_k",
            "normalization",
        ];
        assert_eq!(names, expected);
    }
}
