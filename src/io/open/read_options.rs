//! Options of opening files, as a caller gives them.

use crate::error::{Error, Result};
use crate::io::format::Format;
use crate::io::formats::formats;
use crate::io::options::{Column, EdgeListOptions, OpenOptions};
use crate::options::{
    COMMENT, DELIMITER, EDGE_LIST, FORMAT, Given, HEADER, IDS, Ids, OptionSpec, Raw, SOURCE, TARGET, WEIGHT,
};

impl OpenOptions {
    /// The options of a call: those of [`OPEN`](crate::options::OPEN).
    ///
    /// # Arguments
    /// * `names`: of the files that are opened.
    /// # Errors
    /// `invalid_option` for a format or file that is not known, or a comment of more than one character.
    pub fn read(given: &Given, names: &[&str]) -> Result<Self> {
        Ok(Self {
            formats: given_formats(given.special(&FORMAT), names)?,
            edge_list: given.group(&EDGE_LIST).map(EdgeListOptions::read).transpose()?.unwrap_or_default(),
            ..Self::read_tensors(given)
        })
    }
}

/// One format for the one file, or formats by file name.
fn given_formats(format: Option<&Raw>, names: &[&str]) -> Result<Vec<(String, &'static Format)>> {
    match (format, names) {
        (None, _) => Ok(Vec::new()),
        (Some(Raw::Text(word)), [name]) => Ok(vec![((*name).to_owned(), named(word)?)]),
        (Some(Raw::Text(word)), _) => {
            named(word)?;
            Err(FORMAT.refuse("several files are given; say which by an object of formats by file name"))
        }
        (Some(Raw::Object(by_name)), _) => {
            let entry = |(name, word): &(String, Raw)| {
                if !names.contains(&name.as_str()) {
                    let known = names.join(", ");
                    return Err(Error::option(
                        "options",
                        format!("{name:?} is not known; known are {known}"),
                    ));
                }
                let Raw::Text(word) = word else { return Err(FORMAT.refuse("must be the name of a format")) };
                Ok((name.clone(), named(word)?))
            };
            by_name.iter().map(entry).collect()
        }
        (Some(_), _) => Err(FORMAT.refuse("must be a format, or an object of formats by file name")),
    }
}

impl EdgeListOptions {
    /// The options of a call.
    ///
    /// # Errors
    /// `invalid_option` for a comment of more than one character, or a column that is neither a name nor a number.
    pub fn read(given: &Given) -> Result<Self> {
        let comment = match given.text(&COMMENT).map(str::as_bytes) {
            None => None,
            Some(&[byte]) if byte.is_ascii_graphic() => Some(byte),
            Some(text) => {
                let text = String::from_utf8_lossy(text);
                return Err(COMMENT.refuse(format!("{text:?} is not one printable ASCII character")));
            }
        };
        Ok(Self {
            delimiter: given.given_word(&DELIMITER),
            header: given.given_flag(&HEADER),
            comment,
            source: column(given, &SOURCE)?,
            target: column(given, &TARGET)?,
            weight: column(given, &WEIGHT)?,
            integer_ids: given.given_word(&IDS).map(|ids: Ids| ids == Ids::Integers),
        })
    }
}

/// A column by its name or its number from 0.
fn column(given: &Given, option: &OptionSpec) -> Result<Option<Column>> {
    match given.special(option) {
        None => Ok(None),
        Some(Raw::Text(name)) => Ok(Some(Column::Name(name.clone()))),
        Some(&Raw::Number(at)) if at.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&at) => {
            Ok(Some(Column::At(at as u32)))
        }
        Some(_) => Err(option.refuse("must be the name of a column or its number from 0")),
    }
}

/// The format of a word.
fn named(word: &str) -> Result<&'static Format> {
    formats().find(|format| format.name == word).ok_or_else(|| {
        let known: Vec<&str> = formats().map(|format| format.name).collect();
        FORMAT.refuse(format!("{word:?} is not known; known are {}", known.join(", ")))
    })
}
