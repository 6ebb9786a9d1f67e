//! Choices: an `enum` whose variants have the words that users write.

use crate::error::{Error, Result};

/// One of a few words.
pub trait Words: Copy + 'static {
    /// All of them, in the order of their variants.
    const WORDS: &'static [&'static str];
    /// The variant of a word, by the word's place.
    fn at(place: usize) -> Self;
}

/// What a word means, for documentation.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// As users write it.
    pub word: &'static str,
    /// What it means.
    pub lines: &'static [&'static str],
}

/// The place of a word.
///
/// # Errors
/// `invalid_option` for any other word.
pub(crate) fn place(option: &'static str, word: &str, known: &'static [&'static str]) -> Result<usize> {
    known.iter().position(|&known| known == word).ok_or_else(|| {
        Error::option(option, format!("{word:?} is not known; known are {}", known.join(", ")))
    })
}

/// Declares the `enum` of an option with its words and its `Default`.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident of $option:literal, by default $default:ident {
            $( $(#[doc = $line:literal])+ $variant:ident = $word:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[doc = $line])+ $variant, )+
        }

        impl Default for $name {
            fn default() -> Self {
                Self::$default
            }
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// What the words mean, for documentation.
            pub const MEANINGS: &'static [$crate::options::Word] = &[$(
                $crate::options::Word { word: $word, lines: &[$($line),+] }
            ),+];

            /// The variant of a word.
            ///
            /// # Errors
            /// `invalid_option` for a word that is not known.
            pub fn from_name(name: &str) -> $crate::error::Result<Self> {
                let place = $crate::options::place($option, name, <Self as $crate::options::Words>::WORDS)?;
                Ok(Self::ALL[place])
            }

            /// The word that users write.
            pub fn name(self) -> &'static str {
                <Self as $crate::options::Words>::WORDS[self as usize]
            }
        }

        impl $crate::options::Words for $name {
            const WORDS: &'static [&'static str] = &[$($word),+];

            fn at(place: usize) -> Self {
                Self::ALL[place]
            }
        }
    };
}
pub(crate) use words;
