//! How good predictions are, beside the labels of their graph.

use js_sys::{Float64Array, Uint32Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::graph::Graph;
use ibmb::error::Error;
use ibmb::gnn::{Bin, Evaluation, Predictions};
use ibmb::options::{BINS, EVALUATE, PART, Part, SPLIT};
use ibmb_binding::convert::object;
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;

#[wasm_bindgen]
impl Graph {
    /// Confusion matrix and calibration of logits of this graph's nodes.
    pub fn evaluate(
        &self,
        nodes: Vec<u32>,
        logits: Vec<f32>,
        num_classes: u32,
        options: JsValue,
    ) -> JsResult<JsValue> {
        let given = options::read(&EVALUATE, &options)?;
        let Some(labels) = &self.dataset.labels else {
            return Err(to_js(Error::InvalidGraph("the graph has no labels to compare with".to_owned())));
        };
        // A split that does not exist is named even where no part of it is asked for.
        let split = match (given.text(&SPLIT), self.dataset.splits.first()) {
            (None, first) => first,
            (name, _) => Some(self.dataset.split(name).map_err(to_js)?),
        };
        let part = match (given.word(&PART), split) {
            (Part::All, _) => None,
            (Part::Train, Some(split)) => Some(split.train.as_slice()),
            (Part::Val, Some(split)) => Some(split.val.as_slice()),
            (_, Some(split)) => Some(split.test.as_slice()),
            (_, None) => {
                let message = "the graph has no split; all its labelled nodes are compared with part all";
                return Err(to_js(Error::option("part", message)));
            }
        };
        let bins = given.count_or_default(&BINS);
        let evaluation = Predictions::of_logits(nodes, num_classes as usize, logits)
            .and_then(|predictions| Evaluation::new(&predictions, labels, part, bins, &self.limits))
            .map_err(to_js)?;
        let counts = |value: fn(&Bin) -> u32| {
            let counts: Vec<u32> = evaluation.bins.iter().map(value).collect();
            JsValue::from(Uint32Array::from(counts.as_slice()))
        };
        let confidences: Vec<f64> = evaluation.bins.iter().map(|bin| bin.confidence).collect();
        let calibration = object(&[
            ("count", counts(|bin| bin.count)),
            ("right", counts(|bin| bin.right)),
            ("confidence", Float64Array::from(confidences.as_slice()).into()),
            ("error", evaluation.calibration_error.map_or(JsValue::NULL, JsValue::from)),
        ]);
        Ok(object(&[
            ("numNodes", evaluation.num_nodes.into()),
            ("confusion", Uint32Array::from(evaluation.confusion.as_slice()).into()),
            ("calibration", calibration.into()),
        ])
        .into())
    }
}
