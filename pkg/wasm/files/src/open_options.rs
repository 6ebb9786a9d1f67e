//! Options of opening a graph from JavaScript.

use wasm_bindgen::JsValue;

use ibmb::error::Error;
use ibmb::io::{Column, Delimiter, EdgeListOptions, Format, OpenOptions, Weights};
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options::{Options, wrong};

const DELIMITERS: [(&str, Delimiter); 4] = [
    ("tab", Delimiter::Tab),
    ("semicolon", Delimiter::Semicolon),
    ("comma", Delimiter::Comma),
    ("blanks", Delimiter::Blanks),
];

/// The word for a delimiter.
pub fn delimiter_name(delimiter: Delimiter) -> &'static str {
    DELIMITERS.iter().find(|(_, known)| *known == delimiter).map_or("", |(name, _)| name)
}

/// Reads the options of opening files of these names.
pub fn open_options(options: JsValue, names: &[&str]) -> JsResult<OpenOptions> {
    let options = Options::new(options, &["name", "directed", "weights", "format", "edgeList"])?;
    Ok(OpenOptions {
        name: options.string("name")?,
        directed: options.bool("directed")?,
        weights: options.choice("weights", &Weights::NAMES)?.unwrap_or_default(),
        formats: formats(&options, names)?,
        edge_list: edge_list(&options)?,
    })
}

/// One format for the one file, or formats by name.
fn formats(options: &Options, names: &[&str]) -> JsResult<Vec<(String, &'static Format)>> {
    let known: Vec<(&str, &Format)> = ibmb::io::formats().map(|format| (format.name, format)).collect();
    let is_object = options.get("format").is_some_and(|value| value.is_object());
    if is_object {
        let Some(by_name) = options.inside("format", names)? else { return Ok(Vec::new()) };
        let mut formats = Vec::new();
        for &name in names {
            if let Some(value) = by_name.exact(name) {
                let word = value.as_string().unwrap_or_default();
                let format = known.iter().find(|(allowed, _)| *allowed == word);
                let format = format.ok_or_else(|| unknown(&word, &known))?;
                formats.push((name.to_owned(), format.1));
            }
        }
        return Ok(formats);
    }
    let Some(format) = options.choice("format", &known)? else { return Ok(Vec::new()) };
    match names {
        [name] => Ok(vec![((*name).to_owned(), format)]),
        _ => {
            let message = "several files are given; say which by an object of formats by file name";
            Err(to_js(Error::option("format", message)))
        }
    }
}

fn unknown(word: &str, known: &[(&str, &Format)]) -> JsValue {
    let allowed: Vec<&str> = known.iter().map(|&(word, _)| word).collect();
    to_js(Error::option("format", format!("{word:?} is not known; known are {}", allowed.join(", "))))
}

fn edge_list(options: &Options) -> JsResult<EdgeListOptions> {
    let keys = ["delimiter", "header", "comment", "source", "target", "weight", "ids"];
    let Some(options) = options.inside("edgeList", &keys)? else { return Ok(EdgeListOptions::default()) };
    let comment = match options.string("edgeList.comment")? {
        None => None,
        Some(text) => match text.as_bytes() {
            &[byte] if byte.is_ascii_graphic() => Some(byte),
            _ => {
                let message = format!("{text:?} is not one printable ASCII character");
                return Err(to_js(Error::option("edgeList.comment", message)));
            }
        },
    };
    Ok(EdgeListOptions {
        delimiter: options.choice("edgeList.delimiter", &DELIMITERS)?,
        header: options.bool("edgeList.header")?,
        comment,
        source: column(&options, "edgeList.source")?,
        target: column(&options, "edgeList.target")?,
        weight: column(&options, "edgeList.weight")?,
        integer_ids: options.choice("edgeList.ids", &[("integers", true), ("names", false)])?,
    })
}

/// A column by its name or its number from 0.
fn column(options: &Options, key: &'static str) -> JsResult<Option<Column>> {
    match options.get(key) {
        None => Ok(None),
        Some(value) if value.is_string() => Ok(options.string(key)?.map(Column::Name)),
        Some(value) if value.as_f64().is_some() => Ok(options.u32(key)?.map(Column::At)),
        Some(value) => Err(wrong(key, &value, "the name of a column or its number from 0")),
    }
}
