//! The formats of files: each has a file here, its `mod` line and its line of [`FORMATS`], and stands nowhere else.
//!
//! `file_format.rs` says what a format provides. `graph_file.rs` serves formats of text with a whole graph, `whole.rs` those
//! whose files are unpacked before they are read.

mod edge_list;
pub(crate) mod estimate;
pub(crate) mod file_format;
mod gexf;
mod gml;
mod graph_file;
mod graphml;
mod json;
pub(crate) mod left_out;
mod matrix_market;
mod meta;
mod node_table;
mod npy;
mod npz;
pub(crate) mod safetensors;
mod split_part;
mod splits;
mod whole;
mod zip_archive;

use file_format::{Evidence, FileFormat, FileKind, Head};

use crate::error::{Error, Result};
use crate::io::format::Format;

/// The formats, in the order in which messages list them.
static FORMATS: &[&FileFormat] = &[
    &edge_list::FORMAT,
    &node_table::FORMAT,
    &matrix_market::FORMAT,
    &json::FORMAT,
    &graphml::FORMAT,
    &gexf::FORMAT,
    &gml::FORMAT,
    &npy::FORMAT,
    &npz::FORMAT,
    &safetensors::FORMAT,
    &splits::FORMAT,
    &meta::FORMAT,
    &split_part::FORMAT,
    &zip_archive::FORMAT,
];

/// The formats that [`OpenOptions`](crate::io::OpenOptions) may name.
///
/// ```
/// let gml = ibmb::io::formats().find(|format| format.name == "gml").unwrap();
/// assert_eq!(gml.extensions, ["gml"]);
/// ```
pub fn formats() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().filter(|known| known.by_option.is_some()).map(|known| &known.format)
}

/// Whether a file with these first bytes is fetched as a whole, since it is not read front to back.
pub(crate) fn is_one_piece(start: &[u8]) -> bool {
    FORMATS.iter().any(|known| has_signature(known, start))
}

fn has_signature(known: &FileFormat, start: &[u8]) -> bool {
    known.format.signatures.iter().any(|signature| start.starts_with(signature))
}

/// What a file is, by its content first and by its name second, unless the caller says it.
///
/// # Errors
/// `parse` for an empty file, for one that is of no known format, and for a table that lacks a column.
pub(crate) fn recognise(head: &Head<'_, '_>, given: Option<&Format>) -> Result<Box<dyn FileKind>> {
    let (name, bytes) = (head.name(), head.bytes());
    if bytes.iter().all(u8::is_ascii_whitespace) && head.source.is_all_head() {
        return Err(Error::in_file(name, "the file is empty"));
    }
    if let Some(given) = given {
        let known = FORMATS.iter().find(|known| std::ptr::eq(&known.format, given));
        let by_option = known.and_then(|known| known.by_option);
        return by_option.expect("options name formats of the registry, by `formats`")(head);
    }
    for evidence in [Evidence::Signature, Evidence::Name, Evidence::Start] {
        if let Some(kind) = try_formats(evidence, head)? {
            return Ok(kind);
        }
    }
    refuse(head)?;
    for evidence in [Evidence::NameOfText, Evidence::Text] {
        if let Some(kind) = try_formats(evidence, head)? {
            return Ok(kind);
        }
    }
    Err(unrecognised(name, "it is text without a constant number of columns"))
}

/// Tries the formats that are recognised by this evidence.
fn try_formats(evidence: Evidence, head: &Head<'_, '_>) -> Result<Option<Box<dyn FileKind>>> {
    for known in FORMATS.iter().filter(|known| known.evidence == evidence) {
        if evidence == Evidence::Signature && !has_signature(known, head.bytes()) {
            continue;
        }
        if let Some(kind) = (known.recognise)(head)? {
            return Ok(Some(kind));
        }
    }
    Ok(None)
}

/// Refuses what is of none of the formats but a table of text.
fn refuse(head: &Head<'_, '_>) -> Result<()> {
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    let why = match head.text().first() {
        Some(b'{') => {
            "it is JSON, but has no list of links or edges and is not named splits.json or meta.json"
                .to_owned()
        }
        Some(b'<') => {
            let xml = FORMATS.iter().filter(|known| known.format.media_type.ends_with("+xml"));
            format!(
                "it is XML, but neither {}",
                xml.map(|known| known.format.files).collect::<Vec<_>>().join(" nor ")
            )
        }
        _ if head.bytes().iter().any(is_control) => "it is not text".to_owned(),
        _ => return Ok(()),
    };
    Err(unrecognised(head.name(), &why))
}

fn unrecognised(name: &str, why: &str) -> Error {
    let files: Vec<&str> =
        FORMATS.iter().map(|known| known.format.files).filter(|files| !files.is_empty()).collect();
    let (last, others) = files.split_last().expect("there are formats");
    let others = others.join(", ");
    let allowed = format!("{others} and {last}, any of them gzipped or in a zip");
    Error::in_file(name, format!("the file was not recognised: {why}; allowed are {allowed}"))
}
