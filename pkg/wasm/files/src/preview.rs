//! How a table would be read.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use ibmb::io::{EdgePreview, InputFile, OpenOptions, preview_table as preview};
use ibmb::options::OPEN;
use ibmb_binding::convert::{copy_in, number, object, strings};
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;

/// Looks at the head of a file with the options of opening it.
#[wasm_bindgen(js_name = previewTable)]
pub fn preview_table(name: &str, data: &Uint8Array, options: JsValue, limits: JsValue) -> JsResult<JsValue> {
    let limits = options::limits(limits)?;
    let file = InputFile { name: name.to_owned(), bytes: copy_in(name, data, &limits)? };
    let options = OpenOptions::read(&options::read(&OPEN, &options)?, &[name]).map_err(to_js)?;
    let found = preview(&file, &options, &limits).map_err(to_js)?;
    Ok(object(&[
        ("kind", found.kind.as_str().into()),
        ("rows", found.rows.iter().map(strings).collect::<Array>().into()),
        ("edgeList", found.edges.map_or(JsValue::NULL, edge_list)),
        ("warnings", strings(&found.warnings)),
        ("doubts", strings(&found.doubts)),
    ])
    .into())
}

fn edge_list(edges: EdgePreview) -> JsValue {
    object(&[
        ("delimiter", edges.delimiter.name().into()),
        ("header", edges.header.into()),
        ("source", number(edges.source as u64)),
        ("target", number(edges.target as u64)),
        ("weight", edges.weight.map_or(JsValue::NULL, |at| number(at as u64))),
        ("ids", if edges.integer_ids { "integers" } else { "names" }.into()),
    ])
    .into()
}
