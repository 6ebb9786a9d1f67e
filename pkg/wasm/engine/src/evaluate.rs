//! How good predictions are, beside the labels of their graph.

use js_sys::{Float64Array, Uint32Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::graph::Graph;
use ibmb::error::Error;
use ibmb::gnn::{Bin, Evaluation, Predictions};
use ibmb_binding::convert::object;
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options::Options;

/// Ranges of confidence where nothing is said.
const BINS: u32 = 15;

/// Parts of a split that can be looked at alone.
const PARTS: [(&str, usize); 4] = [("all", 0), ("train", 1), ("val", 2), ("test", 3)];

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
        let options = Options::new(options, &["split", "part", "bins"])?;
        let Some(labels) = &self.dataset.labels else {
            return Err(to_js(Error::InvalidGraph("the graph has no labels to compare with".to_owned())));
        };
        let split = options.string("split")?;
        // A split that does not exist is named even where no part of it is asked for.
        let split = match (split.as_deref(), self.dataset.splits.first()) {
            (None, first) => first,
            (name, _) => Some(self.dataset.split(name).map_err(to_js)?),
        };
        let part = match (options.choice("part", &PARTS)?.unwrap_or(0), split) {
            (0, _) => None,
            (at, Some(split)) => Some([&split.train, &split.val, &split.test][at - 1].as_slice()),
            (_, None) => {
                let message = "the graph has no split; all its labelled nodes are compared with part all";
                return Err(to_js(Error::option("part", message)));
            }
        };
        let bins = options.u32("bins")?.unwrap_or(BINS);
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
