//! Exports of a graph.

use js_sys::{Array, Float32Array, Int32Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use ibmb::error::Error;
use ibmb::io::{NodeColumn, NodeValues, save_gexf, save_graphml};
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options::{self, wrong};
use ibmb_binding::parts::dataset_of;

/// A graph, by its arrays, in a format of other programs.
#[wasm_bindgen(js_name = writeGraph)]
pub fn write_graph(parts: JsValue, format: &str, columns: JsValue, limits: JsValue) -> JsResult<Uint8Array> {
    let columns = node_columns(&columns)?;
    let save = match format {
        "graphml" => save_graphml,
        "gexf" => save_gexf,
        other => {
            let message = format!("{other:?} is not known; known are graphml, gexf");
            return Err(to_js(Error::option("format", message)));
        }
    };
    let dataset = dataset_of(&parts, &options::limits(limits)?)?;
    let text = save(&dataset, &columns).map_err(to_js)?;
    Ok(Uint8Array::from(text.as_bytes()))
}

/// Columns of nodes: objects with a name and an Int32Array, a Float32Array or strings.
fn node_columns(value: &JsValue) -> JsResult<Vec<NodeColumn>> {
    let Some(list) = value.dyn_ref::<Array>() else {
        return Err(wrong("columns", value, "an array of columns"));
    };
    let column = |column: JsValue| {
        let get = |key: &str| Reflect::get(&column, &key.into()).unwrap_or_default();
        let name = get("name")
            .as_string()
            .ok_or_else(|| wrong("columns", &column, "objects with a name and values"))?;
        let values = get("values");
        let values = if let Some(values) = values.dyn_ref::<Int32Array>() {
            NodeValues::Integers(values.to_vec())
        } else if let Some(values) = values.dyn_ref::<Float32Array>() {
            NodeValues::Floats(values.to_vec())
        } else if let Some(values) = values.dyn_ref::<Array>() {
            NodeValues::Texts(values.iter().map(|text| text.as_string().unwrap_or_default()).collect())
        } else {
            return Err(wrong("columns", &values, "an Int32Array, a Float32Array or an array of strings"));
        };
        Ok(NodeColumn { name, values })
    };
    list.iter().map(column).collect()
}
