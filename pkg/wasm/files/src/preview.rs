//! How a table would be read.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::open_options::{delimiter_name, open_options};
use ibmb::io::{EdgePreview, InputFile, preview_table as preview};
use ibmb_binding::convert::{copy_in, number, object, strings};
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;

/// Looks at the head of a file with the options of opening it.
#[wasm_bindgen(js_name = previewTable)]
pub fn preview_table(name: &str, data: &Uint8Array, options: JsValue, limits: JsValue) -> JsResult<JsValue> {
    let limits = options::limits(limits)?;
    let file = InputFile { name: name.to_owned(), bytes: copy_in(name, data, &limits)? };
    let found = preview(&file, &open_options(options, &[name])?, &limits).map_err(to_js)?;
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
        ("delimiter", delimiter_name(edges.delimiter).into()),
        ("header", edges.header.into()),
        ("source", number(edges.source as u64)),
        ("target", number(edges.target as u64)),
        ("weight", edges.weight.map_or(JsValue::NULL, |at| number(at as u64))),
        ("ids", if edges.integer_ids { "integers" } else { "names" }.into()),
    ])
    .into()
}
