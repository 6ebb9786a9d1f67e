//! What is told of options, and how both are declared together.

use super::OptionSpec;

/// What is told of an option, for documentation; no running code needs it.
#[derive(Debug, Clone, Copy)]
pub struct OptionText {
    /// The option.
    pub option: &'static OptionSpec,
    /// What it does, line by line.
    pub lines: &'static [&'static str],
    /// Where it comes from: keys of `docs/references.md` and places in them; empty for our own.
    pub source: &'static str,
    /// What happens without it, where no value says so.
    pub otherwise: &'static str,
}

/// Declares options with their texts: documentation, `NAME = declaration, "source";`, and behind the source what happens
/// without the option where no value says so.
macro_rules! options {
    ($texts:ident: $(
        $(#[doc = $line:literal])+
        $name:ident = $spec:expr, $source:literal $(, $otherwise:literal)?;
    )+) => {
        $(
            $(#[doc = $line])+
            pub static $name: $crate::options::OptionSpec = $spec;
        )+
        /// What is told of the options of this subject.
        pub static $texts: &[$crate::options::OptionText] = &[$(
            $crate::options::OptionText {
                option: &$name,
                lines: &[$($line),+],
                source: $source,
                otherwise: concat!($($otherwise)?),
            }
        ),+];
    };
}
pub(crate) use options;
