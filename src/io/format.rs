//! The declaration of a file format: its name, words, endings and signatures.

/// A format of files, as its own file in `src/io/formats/` declares it; `docs/formats.md` describes it.
///
/// [`formats`](crate::io::formats) lists those that a caller may name in [`OpenOptions`](crate::io::OpenOptions).
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Format {
    /// The word of options, for example `edge-list`.
    pub name: &'static str,
    /// The words of the page, for example `edge list`.
    pub label: &'static str,
    /// Files of this format in a list of what is read, for example `edge lists`; empty where they stand in none.
    pub files: &'static str,
    /// Usual endings of file names, without the dot.
    pub extensions: &'static [&'static str],
    /// Media type, for example `application/json`.
    pub media_type: &'static str,
    /// First bytes that no other content has. A file that begins so is fetched as a whole, since it is not read front to back.
    pub signatures: &'static [&'static [u8]],
}
