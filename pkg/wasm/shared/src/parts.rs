//! A data set as typed arrays: out of one module, into the other.

use js_sys::{Array, Float32Array, Int32Array, Reflect, Uint8Array, Uint32Array};
use ndarray::Array2;
use wasm_bindgen::{JsCast, JsValue};

use super::convert::{object, packed_strings};
use super::error::{JsResult, to_js};
use ibmb::error::Error;
use ibmb::graph::{CsrMatrix, Dataset, Features, Graph, Labels, Report, Split};
use ibmb::limits::Limits;

/// The arrays of a data set; its report stays behind.
pub fn parts_of(dataset: &Dataset) -> JsValue {
    let u32s = |values: &[u32]| JsValue::from(Uint32Array::from(values));
    let f32s = |values: &[f32]| JsValue::from(Float32Array::from(values));
    let graph = &dataset.graph;
    let mut parts = vec![
        ("name", dataset.name.as_str().into()),
        ("directed", graph.is_directed().into()),
        ("indptr", u32s(graph.adjacency().indptr())),
        ("indices", u32s(graph.adjacency().indices())),
        ("ownLoops", u32s(graph.own_loops())),
        ("splits", dataset.splits.iter().map(split_entry).collect::<Array>().into()),
    ];
    if let Some(weights) = graph.weights() {
        parts.push(("weights", f32s(weights)));
    }
    match &dataset.features {
        None => {}
        Some(Features::Dense(x)) => {
            // Rows of a data set lie one after another.
            parts.push(("x", f32s(x.as_slice().unwrap_or_default())));
            parts.push(("numFeatures", (x.ncols() as u32).into()));
        }
        Some(Features::Sparse(x)) => {
            parts.push(("xIndptr", u32s(&x.indptr)));
            parts.push(("xIndices", u32s(&x.indices)));
            parts.push(("xValues", f32s(&x.values)));
            parts.push(("numFeatures", x.num_columns.into()));
        }
    }
    if let Some(labels) = &dataset.labels {
        parts.push(("labels", Int32Array::from(labels.values.as_slice()).into()));
        parts.push(("classNames", packed_strings(&labels.class_names)));
    }
    if let Some(names) = &dataset.node_names {
        parts.push(("nodeNames", packed_strings(names)));
    }
    if let Some(positions) = &dataset.positions {
        parts.push(("positions", f32s(positions.as_flattened())));
    }
    object(&parts).into()
}

/// A split as JavaScript has it: its name and its parts.
pub fn split_entry(split: &Split) -> JsValue {
    let part = |nodes: &[u32]| JsValue::from(Uint32Array::from(nodes));
    let parts =
        object(&[("train", part(&split.train)), ("val", part(&split.val)), ("test", part(&split.test))]);
    Array::of2(&split.name.as_str().into(), &parts).into()
}

/// The data set of these arrays, with an empty report.
pub fn dataset_of(parts: &JsValue, limits: &Limits) -> JsResult<Dataset> {
    let from = Parts(parts);
    let indptr = from.u32s("indptr")?;
    let directed = from.get("directed").as_bool().unwrap_or_default();
    let weights = from.optional("weights", Parts::f32s)?;
    let graph =
        Graph::from_rows(indptr, from.u32s("indices")?, weights, directed, from.u32s("ownLoops")?, limits)
            .map_err(to_js)?;
    let n = graph.num_nodes() as usize;
    let num_features = from.get("numFeatures").as_f64().unwrap_or_default() as u32;
    let features = match (from.optional("x", Parts::f32s)?, from.optional("xIndptr", Parts::u32s)?) {
        (Some(values), _) => Some(Features::Dense(
            Array2::from_shape_vec((n, num_features as usize), values).map_err(|_| wrong("x", "n rows"))?,
        )),
        (None, Some(indptr)) => {
            let (indices, values) = (from.u32s("xIndices")?, from.f32s("xValues")?);
            let matrix = CsrMatrix::new(num_features, indptr, indices, values).map_err(to_js)?;
            Some(Features::Sparse(matrix))
        }
        (None, None) => None,
    };
    let labels = match from.optional("labels", Parts::i32s)? {
        Some(values) => Some(Labels { values, class_names: from.strings("classNames")? }),
        None => None,
    };
    let node_names = from.optional("nodeNames", Parts::strings)?;
    let splits = from.get("splits").dyn_into::<Array>().map_err(|_| wrong("splits", "an array"))?;
    let splits = splits.iter().map(|entry| split_of(&entry)).collect::<JsResult<Vec<Split>>>()?;
    let name = from.get("name").as_string().unwrap_or_default();
    let dataset = Dataset::new(name, graph, features, labels, node_names, splits, Report::default());
    let mut dataset = dataset.map_err(to_js)?;
    if let Some(positions) = from.optional("positions", Parts::f32s)? {
        if positions.len() != 2 * n {
            return Err(wrong("positions", "two a node"));
        }
        dataset.positions = Some(positions.chunks_exact(2).map(|place| [place[0], place[1]]).collect());
    }
    Ok(dataset)
}

fn split_of(entry: &JsValue) -> JsResult<Split> {
    let pair = entry.dyn_ref::<Array>().ok_or_else(|| wrong("splits", "pairs of name and parts"))?;
    let nodes = pair.get(1);
    let parts = Parts(&nodes);
    Ok(Split {
        name: pair.get(0).as_string().unwrap_or_default(),
        train: parts.u32s("train")?,
        val: parts.u32s("val")?,
        test: parts.u32s("test")?,
    })
}

fn wrong(key: &'static str, wanted: &str) -> JsValue {
    to_js(Error::ShapeMismatch(format!("parts of a graph: {key} must be {wanted}")))
}

/// An object of arrays.
struct Parts<'a>(&'a JsValue);

impl Parts<'_> {
    fn get(&self, key: &str) -> JsValue {
        Reflect::get(self.0, &key.into()).unwrap_or_default()
    }

    fn optional<T>(
        &self,
        key: &'static str,
        read: impl Fn(&Self, &'static str) -> JsResult<T>,
    ) -> JsResult<Option<T>> {
        if self.get(key).is_undefined() { Ok(None) } else { read(self, key).map(Some) }
    }

    fn u32s(&self, key: &'static str) -> JsResult<Vec<u32>> {
        let array = self.get(key).dyn_into::<Uint32Array>();
        array.map(|array| array.to_vec()).map_err(|_| wrong(key, "a Uint32Array"))
    }

    fn i32s(&self, key: &'static str) -> JsResult<Vec<i32>> {
        let array = self.get(key).dyn_into::<Int32Array>();
        array.map(|array| array.to_vec()).map_err(|_| wrong(key, "an Int32Array"))
    }

    fn f32s(&self, key: &'static str) -> JsResult<Vec<f32>> {
        let array = self.get(key).dyn_into::<Float32Array>();
        array.map(|array| array.to_vec()).map_err(|_| wrong(key, "a Float32Array"))
    }

    fn strings(&self, key: &'static str) -> JsResult<Vec<String>> {
        let packed = self.get(key);
        let packed = Parts(&packed);
        let bytes = packed.get("utf8").dyn_into::<Uint8Array>().map_err(|_| wrong(key, "packed strings"))?;
        let bytes = bytes.to_vec();
        let mut start = 0;
        let mut texts = Vec::new();
        for end in packed.u32s("ends")? {
            let text = bytes.get(start..end as usize).ok_or_else(|| wrong(key, "packed strings"))?;
            texts.push(String::from_utf8_lossy(text).into_owned());
            start = end as usize;
        }
        Ok(texts)
    }
}
