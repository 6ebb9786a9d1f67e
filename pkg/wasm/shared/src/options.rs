//! Options from JavaScript, read by the declarations of the core, and those in force back.

use ibmb::limits::Limits;
use ibmb::options::{Given, LIMITS, Raw, Set};
use js_sys::{Array, Object, Reflect, Uint32Array};
use wasm_bindgen::{JsCast, JsValue};

use crate::convert::object;
use crate::error::{JsResult, to_js};

/// Reads the options of a call: an object, or nothing.
///
/// # Errors
/// `invalid_option` naming the option, what was found and what is allowed.
pub fn read(set: &'static Set, value: &JsValue) -> JsResult<Given> {
    Given::read(set, properties(value)?).map_err(to_js)
}

/// Reads options that were once in force.
///
/// # Errors
/// `invalid_option` naming the option, what was found and what is allowed.
pub fn read_saved(set: &'static Set, value: &JsValue) -> JsResult<Given> {
    Given::read_saved(set, properties(value)?).map_err(to_js)
}

/// The properties of an object that hold something.
fn properties(value: &JsValue) -> JsResult<Vec<(String, Raw)>> {
    if value.is_undefined() || value.is_null() {
        return Ok(Vec::new());
    }
    if !value.is_object() || Array::is_array(value) {
        return Err(to_js(ibmb::Error::option("options", "must be an object")));
    }
    Ok(entries(value.unchecked_ref()))
}

fn entries(object: &Object) -> Vec<(String, Raw)> {
    let keys = Object::keys(object);
    let entry = |key: JsValue| {
        let value = Reflect::get(object, &key).unwrap_or_default();
        (!value.is_undefined()).then(|| (key.as_string().unwrap_or_default(), raw(&value)))
    };
    keys.iter().filter_map(entry).collect()
}

fn raw(value: &JsValue) -> Raw {
    if let Some(number) = value.as_f64() {
        Raw::Number(number)
    } else if let Some(flag) = value.as_bool() {
        Raw::Flag(flag)
    } else if let Some(text) = value.as_string() {
        Raw::Text(text)
    } else if let Some(ids) = value.dyn_ref::<Uint32Array>() {
        Raw::Nodes(ids.to_vec())
    } else if let Some(list) = value.dyn_ref::<Array>() {
        Raw::List(list.iter().map(|item| raw(&item)).collect())
    } else if js_sys::ArrayBuffer::is_view(value) || !value.is_object() {
        Raw::Other(format!("{value:?}"))
    } else {
        Raw::Object(entries(value.unchecked_ref()))
    }
}

/// The options in force as JavaScript has them.
pub fn in_force(given: &Given) -> Object {
    let entries: Vec<(String, JsValue)> =
        given.in_force().into_iter().map(|(option, value)| (option.js_name(), to_value(value))).collect();
    let entries: Vec<(&str, JsValue)> =
        entries.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    object(&entries)
}

fn to_value(raw: Raw) -> JsValue {
    match raw {
        Raw::Number(number) => number.into(),
        Raw::Flag(flag) => flag.into(),
        Raw::Text(text) => text.into(),
        // Only plain values are in force.
        _ => JsValue::UNDEFINED,
    }
}

/// The error for a value of another type.
pub fn wrong(key: &'static str, value: &JsValue, wanted: &str) -> JsValue {
    to_js(ibmb::Error::option(key, format!("must be {wanted}, got {value:?}")))
}

/// Limits, with the defaults where nothing is said.
///
/// # Errors
/// `invalid_option` for a limit that is not known or no size.
pub fn limits(value: JsValue) -> JsResult<Limits> {
    read(&LIMITS, &value).map(|given| Limits::read(&given))
}
