//! What an option may be, and its default.

use super::Words;
use crate::error::{Error, Result};

/// The greatest whole number that JavaScript holds exactly.
const MOST_EXACT: u64 = (1 << 53) - 1;

/// Numbers that an option may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    low: f64,
    high: f64,
    low_counts: bool,
    high_counts: bool,
    whole: bool,
}

impl Range {
    /// All numbers above `low`, without an upper bound.
    pub const fn above(low: f64) -> Self {
        Self { low, high: f64::INFINITY, low_counts: false, high_counts: false, whole: false }
    }

    /// All numbers from `low` on.
    pub const fn from(low: f64) -> Self {
        Self { low_counts: true, ..Self::above(low) }
    }

    /// The whole numbers from `low` to `high`.
    pub const fn whole(low: u64, high: u64) -> Self {
        Self { low: low as f64, high: high as f64, low_counts: true, high_counts: true, whole: true }
    }

    /// Those up to `high`.
    pub const fn to(self, high: f64) -> Self {
        Self { high, high_counts: true, ..self }
    }

    /// Those below `high`.
    pub const fn below(self, high: f64) -> Self {
        Self { high, high_counts: false, ..self }
    }

    /// Whether a number is one of them.
    pub fn contains(&self, value: f64) -> bool {
        let above = value > self.low || (self.low_counts && value == self.low);
        let below = value < self.high || (self.high_counts && value == self.high);
        above && below && (!self.whole || value.fract() == 0.0)
    }

    /// The lower end, and whether it counts.
    pub fn low(&self) -> (f64, bool) {
        (self.low, self.low_counts)
    }

    /// The upper end, and whether it counts; `None` without one.
    pub fn high(&self) -> Option<(f64, bool)> {
        self.high.is_finite().then_some((self.high, self.high_counts))
    }

    /// Whether the numbers are whole.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// The range in words, as in `a number above 0 up to 1`.
    pub fn in_words(&self) -> String {
        let low = if self.low_counts { "from" } else { "above" };
        let kind = match (self.whole, self.high.is_finite()) {
            (true, _) => "a whole number",
            (false, true) => "a number",
            (false, false) => "a finite number",
        };
        let high = match self.high() {
            None => String::new(),
            // All that the type holds is no bound for a reader.
            Some((high, _)) if self.whole && high >= f64::from(u32::MAX) => " on".to_owned(),
            Some((high, counts)) => {
                let up = if self.low_counts { "" } else { "up " };
                format!(" {up}to {}{high}", if counts { "" } else { "below " })
            }
        };
        format!("{kind} {low} {}{high}", self.low)
    }
}

/// What an option may be.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Kind {
    /// A number.
    Number(Range),
    /// True or false.
    Flag,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// Any text.
    Text,
    /// Output nodes: ids or names, or the words `all`, `train`, `val`, `test`.
    Outputs,
    /// Ids or names of nodes.
    Nodes,
    /// A list of numbers, one a layer.
    Numbers(Range),
    /// Options inside the option.
    Group(&'static Set),
    /// Something that only the call itself understands, described for its users.
    Special(&'static str),
}

/// What holds where an option is not given.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Preset {
    /// It must be given.
    Required,
    /// There is no such value; the option's text says what that means.
    Nothing,
    /// A number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// A word.
    Word(&'static str),
    /// A number that depends on the word of another option.
    NumberBy(&'static OptionSpec, &'static [(&'static str, f64)], f64),
    /// A word that depends on the word of another option.
    WordBy(&'static OptionSpec, &'static [(&'static str, &'static str)], &'static str),
    /// A number for more nodes than each bound, the greatest bound first, and one for all other graphs.
    NumberBySize(&'static [(u64, u32)], u32),
    /// A part of the outputs, rounded up, and at the least so many.
    Share {
        /// Outputs over it is the number.
        divisor: u32,
        /// No fewer.
        least: u32,
    },
    /// A number, or the number of outputs where that is smaller.
    UpToOutputs(u32),
    /// So many for each layer.
    EachLayer(u32),
    /// So many for each node.
    EachNode(u32),
}

/// Another option must have one of these words for an option to apply.
#[derive(Debug, Clone, Copy)]
pub struct When {
    /// Name of the other option; in a call that does not have it, the condition holds.
    pub option: &'static str,
    /// Its words.
    pub words: &'static [&'static str],
}

/// One option.
#[derive(Debug, Clone, Copy)]
pub struct OptionSpec {
    /// In Rust's spelling; JavaScript's is [`OptionSpec::js_name`]. Inside a group with the group's name before it, as in
    /// `plateau.factor`.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// What holds without it.
    pub preset: Preset,
    /// When it applies; all of it must hold.
    pub when: &'static [When],
    /// The option that takes its place as soon as it is given.
    pub unless: Option<&'static str>,
}

impl OptionSpec {
    const fn new(name: &'static str, kind: Kind, preset: Preset) -> Self {
        Self { name, kind, preset, when: &[], unless: None }
    }

    /// A number within a range.
    pub const fn number_in(name: &'static str, range: Range, default: f64) -> Self {
        Self::new(name, Kind::Number(range), Preset::Number(default))
    }

    /// A whole number within bounds that both count.
    pub const fn whole(name: &'static str, least: u64, most: u64, default: u64) -> Self {
        Self::number_in(name, Range::whole(least, most), default as f64)
    }

    /// A count, at least 1.
    pub const fn count(name: &'static str, default: u32) -> Self {
        Self::whole(name, 1, u32::MAX as u64, default as u64)
    }

    /// The start of random numbers: any whole number that JavaScript holds exactly.
    pub const fn seed(name: &'static str) -> Self {
        Self::whole(name, 0, MOST_EXACT, 0)
    }

    /// A size in bytes or a number of things, as large as JavaScript can say.
    pub const fn size(name: &'static str, default: u64) -> Self {
        Self::whole(name, 0, MOST_EXACT, default)
    }

    /// True or false.
    pub const fn flag(name: &'static str, default: bool) -> Self {
        Self::new(name, Kind::Flag, Preset::Flag(default))
    }

    /// One of these words; the first is the default.
    pub const fn choice(name: &'static str, words: &'static [&'static str]) -> Self {
        Self::new(name, Kind::Choice(words), Preset::Word(words[0]))
    }

    /// Any other kind, with nothing where it is not given.
    pub const fn of(name: &'static str, kind: Kind) -> Self {
        Self::new(name, kind, Preset::Nothing)
    }

    /// With another default.
    pub const fn or(self, preset: Preset) -> Self {
        Self { preset, ..self }
    }

    /// Applies only under these conditions.
    pub const fn only(self, when: &'static [When]) -> Self {
        Self { when, ..self }
    }

    /// Applies only as long as the other option is not given.
    pub const fn unless(self, other: &'static str) -> Self {
        Self { unless: Some(other), ..self }
    }

    /// The name as JavaScript users write it.
    pub fn js_name(&self) -> String {
        camel(self.name)
    }

    /// The last part of the name, which is the key in its group.
    pub fn key(&self) -> &'static str {
        self.name.rsplit('.').next().unwrap_or(self.name)
    }

    /// The default number.
    ///
    /// # Panics
    /// When the default is something else.
    pub fn number(&self) -> f64 {
        match self.preset {
            Preset::Number(value) => value,
            _ => panic!("{} has no number as default", self.name),
        }
    }

    /// The default as a count.
    ///
    /// # Panics
    /// When the default is no whole number.
    pub fn count_default(&self) -> u32 {
        self.number() as u32
    }

    /// The default of a choice.
    ///
    /// # Panics
    /// When the default is no word of that type.
    pub fn default_word<T: Words>(&self) -> T {
        match self.preset {
            Preset::Word(word) => {
                T::at(T::WORDS.iter().position(|&known| known == word).expect("a word of this choice"))
            }
            _ => panic!("{} has no word as default", self.name),
        }
    }

    /// The default number where another option has this word.
    ///
    /// # Panics
    /// When the default does not depend on one.
    pub fn number_for(&self, word: &str) -> f64 {
        match self.preset {
            Preset::NumberBy(_, cases, other) => {
                cases.iter().find(|(case, _)| *case == word).map_or(other, |&(_, value)| value)
            }
            _ => panic!("{} has no number by another option as default", self.name),
        }
    }

    /// The default word where another option has this word.
    ///
    /// # Panics
    /// When the default does not depend on one.
    pub fn word_for(&self, word: &str) -> &'static str {
        match self.preset {
            Preset::WordBy(_, cases, other) => {
                cases.iter().find(|(case, _)| *case == word).map_or(other, |&(_, value)| value)
            }
            _ => panic!("{} has no word by another option as default", self.name),
        }
    }

    /// The default for so many nodes, outputs or layers, whichever it goes by.
    ///
    /// # Panics
    /// When the default does not go by a number of things.
    pub fn count_for(&self, things: u64) -> u64 {
        match self.preset {
            Preset::NumberBySize(cases, other) => {
                cases.iter().find(|&&(bound, _)| things > bound).map_or(other, |&(_, value)| value).into()
            }
            Preset::Share { divisor, least } => things.div_ceil(divisor.into()).max(least.into()),
            Preset::UpToOutputs(count) => things.max(1).min(count.into()),
            Preset::EachLayer(count) => count.into(),
            Preset::EachNode(count) => things.saturating_mul(count.into()),
            _ => panic!("{} has no default that goes by a number of things", self.name),
        }
    }

    /// `invalid_option` when a number is out of range.
    #[inline(never)]
    pub fn check(&self, value: f64) -> Result<()> {
        match self.kind {
            Kind::Number(range) | Kind::Numbers(range) if !range.contains(value) => {
                Err(self.refuse(format!("{value} is out of range, allowed is {}", range.in_words())))
            }
            _ => Ok(()),
        }
    }

    /// `invalid_option` of this option.
    #[cold]
    #[inline(never)]
    pub fn refuse(&self, message: impl Into<String>) -> Error {
        Error::option(self.name, message)
    }
}

/// The options of a call, or of a group inside an option.
#[derive(Debug)]
pub struct Set {
    /// Name of the type that the package has for them.
    pub name: &'static str,
    /// What they are options of, in a sentence.
    pub about: &'static str,
    /// The options in the order of the work.
    pub options: &'static [&'static OptionSpec],
}

impl Set {
    /// The option of this name, in either spelling.
    pub fn find(&self, key: &str) -> Option<&'static OptionSpec> {
        self.options.iter().copied().find(|option| option.key() == key || camel(option.key()) == key)
    }
}

/// `top_k` to `topK`.
pub fn camel(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut raise = false;
    for letter in name.chars() {
        match (letter, raise) {
            ('_', _) => raise = true,
            (letter, true) => {
                camel.push(letter.to_ascii_uppercase());
                raise = false;
            }
            (letter, false) => camel.push(letter),
        }
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_says_what_it_allows() {
        assert_eq!(Range::above(0.0).to(1.0).in_words(), "a number above 0 up to 1");
        assert_eq!(Range::from(0.0).below(1.0).in_words(), "a number from 0 to below 1");
        assert_eq!(Range::above(0.0).in_words(), "a finite number above 0");
        assert_eq!(Range::whole(1, u64::from(u32::MAX)).in_words(), "a whole number from 1 on");
        assert_eq!(Range::whole(1, 16).in_words(), "a whole number from 1 to 16");
    }

    #[test]
    fn ends_count_as_they_are_declared() {
        let share = Range::above(0.0).to(1.0);
        assert!(!share.contains(0.0) && share.contains(f64::MIN_POSITIVE) && share.contains(1.0));
        assert!(!share.contains(f64::NAN) && !share.contains(1.0 + f64::EPSILON));
        assert!(!Range::above(0.0).contains(f64::INFINITY));
        assert!(!Range::from(0.0).below(1.0).contains(1.0));
        assert!(!Range::whole(1, 16).contains(1.5) && Range::whole(1, 16).contains(16.0));
    }

    #[test]
    fn names_are_spelled_for_javascript() {
        assert_eq!(camel("top_k"), "topK");
        assert_eq!(camel("plateau.min_lr"), "plateau.minLr");
        assert_eq!(camel("eps"), "eps");
    }

    #[test]
    fn defaults_go_by_what_they_say() {
        static SIZE: OptionSpec =
            OptionSpec::count("size", 1).or(Preset::NumberBySize(&[(50, 1), (5, 2)], 3));
        assert_eq!([5, 6, 50, 51].map(|nodes| SIZE.count_for(nodes)), [3, 2, 2, 1]);
        static SHARE: OptionSpec = OptionSpec::count("share", 1).or(Preset::Share { divisor: 8, least: 32 });
        assert_eq!([0, 256, 257].map(|outputs| SHARE.count_for(outputs)), [32, 32, 33]);
        static PARTS: OptionSpec = OptionSpec::count("parts", 1).or(Preset::UpToOutputs(8));
        assert_eq!([0, 3, 9].map(|outputs| PARTS.count_for(outputs)), [1, 3, 8]);
    }
}
