//! Typed arrays in and out of safetensors. Their bytes cross as they are; the caller names and makes the types.

use std::collections::BTreeMap;

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use ibmb::io::{Arrays, Elements, read_arrays, save_arrays};
use ibmb_binding::convert::{copy_in, number, object};
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options::{self, wrong};

/// The texts of an object.
fn texts(value: &JsValue) -> JsResult<BTreeMap<String, String>> {
    let entries = Object::entries(value.unchecked_ref()).to_vec();
    let pair = |entry: JsValue| {
        let entry: Array = entry.unchecked_into();
        let text = entry.get(1).as_string().ok_or_else(|| wrong("metadata", &entry.get(1), "texts"))?;
        Ok((entry.get(0).as_string().unwrap_or_default(), text))
    };
    entries.into_iter().map(pair).collect()
}

/// Writes tensors: a list of `{ name, type, shape, bytes }`.
#[wasm_bindgen(js_name = saveTensors)]
pub fn save_tensors(tensors: &Array, metadata: &JsValue, limits: JsValue) -> JsResult<Vec<u8>> {
    let limits = options::limits(limits)?;
    let mut read = Vec::with_capacity(tensors.length() as usize);
    for tensor in tensors.iter() {
        let get = |key: &str| Reflect::get(&tensor, &key.into()).unwrap_or_default();
        let text = |key: &str| get(key).as_string().unwrap_or_default();
        let name = text("name");
        let bytes: Uint8Array =
            get("bytes").dyn_into().map_err(|found| wrong("tensors", &found, "typed arrays"))?;
        let bytes = copy_in(&name, &bytes, &limits)?;
        let extents: Array =
            get("shape").dyn_into().map_err(|found| wrong("tensors", &found, "arrays with a shape"))?;
        let extent = |extent: JsValue| {
            let whole = extent
                .as_f64()
                .filter(|size| size.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(size));
            whole
                .map(|size| size as usize)
                .ok_or_else(|| wrong("tensors", &extent, "shapes of whole numbers >= 0"))
        };
        let shape: Vec<usize> = extents.iter().map(extent).collect::<JsResult<_>>()?;
        read.push((name, text("type"), shape, bytes));
    }
    let arrays: Arrays<'_> = read
        .iter()
        .map(|(name, kind, shape, bytes)| (name.as_str(), (Elements::Raw(kind, bytes), shape.clone())))
        .collect();
    save_arrays(&arrays, &texts(metadata)?).map_err(to_js)
}

/// Reads tensors: `{ tensors, metadata }`, the tensors as a list like that of [`save_tensors`].
#[wasm_bindgen(js_name = readTensors)]
pub fn read_tensors(name: &str, data: &Uint8Array, limits: JsValue) -> JsResult<JsValue> {
    let limits = options::limits(limits)?;
    let bytes = copy_in(name, data, &limits)?;
    let (arrays, metadata) = read_arrays(name, &bytes, &limits).map_err(to_js)?;
    let tensors: Array = arrays
        .iter()
        .map(|(name, array)| {
            let shape: Array = array.shape.iter().map(|&extent| number(extent as u64)).collect();
            JsValue::from(object(&[
                ("name", name.as_str().into()),
                ("type", array.type_name.into()),
                ("shape", shape.into()),
                ("bytes", Uint8Array::from(array.bytes).into()),
            ]))
        })
        .collect();
    let texts: Vec<(&str, JsValue)> =
        metadata.iter().map(|(key, text)| (key.as_str(), text.as_str().into())).collect();
    Ok(object(&[("tensors", tensors.into()), ("metadata", object(&texts).into())]).into())
}
