//! A graph and what is asked of it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use js_sys::{Array, Float32Array, Float64Array, Int32Array, Uint32Array};
use serde::Serialize as _;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::plan::{PlanBuilding, plan_bytes};
use ibmb::batch::PlanCache;
use ibmb::error::Error;
use ibmb::graph::Dataset;
use ibmb::influence::{PushConfig, Pusher, top_k};
use ibmb::io::save_graph;
use ibmb::limits::Limits;
use ibmb::options::{INFLUENCERS, K};
use ibmb_binding::convert::{number, object, packed_strings, strings};
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;
use ibmb_binding::parts::split_entry;

/// A graph with what belongs to its nodes.
#[wasm_bindgen]
pub struct Graph {
    pub(super) dataset: Arc<Dataset>,
    pub(super) limits: Limits,
    /// What the plans so far leave for the next one.
    pub(super) cache: Rc<RefCell<PlanCache>>,
}

impl Graph {
    /// Takes a data set.
    pub fn new(dataset: Dataset, limits: Limits) -> Self {
        Self { dataset: Arc::new(dataset), limits, cache: Rc::default() }
    }
}

#[wasm_bindgen]
impl Graph {
    pub fn info(&self) -> JsResult<JsValue> {
        let dataset = &*self.dataset;
        let report = dataset
            .report
            .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
            .map_err(|error| to_js(Error::Internal(format!("report: {error}"))))?;
        let labels = dataset.labels.as_ref();
        let info = object(&[
            ("name", dataset.name.as_str().into()),
            ("numNodes", dataset.graph.num_nodes().into()),
            ("numEdges", number(dataset.graph.num_edges())),
            ("directed", dataset.graph.is_directed().into()),
            ("weighted", dataset.graph.weights().is_some().into()),
            ("numFeatures", number(dataset.features.as_ref().map_or(0, |f| f.num_columns() as u64))),
            ("numClasses", number(dataset.num_classes() as u64)),
            ("classNames", strings(labels.map_or(&[][..], |labels| &labels.class_names))),
            ("names", dataset.node_names.as_deref().map_or(JsValue::NULL, packed_strings)),
            (
                "labels",
                labels.map_or(JsValue::NULL, |labels| Int32Array::from(labels.values.as_slice()).into()),
            ),
            (
                "positions",
                dataset
                    .positions
                    .as_ref()
                    .map_or(JsValue::NULL, |positions| Float32Array::from(positions.as_flattened()).into()),
            ),
            ("splits", dataset.splits.iter().map(split_entry).collect::<Array>().into()),
            ("report", report),
        ]);
        Ok(info.into())
    }

    pub fn edges(&self) -> Uint32Array {
        let pairs: Vec<u32> = self.dataset.graph.edges().flat_map(|(u, v)| [u, v]).collect();
        Uint32Array::from(pairs.as_slice())
    }

    pub fn save(&self) -> JsResult<Vec<u8>> {
        save_graph(&self.dataset).map_err(to_js)
    }

    pub fn influencers(&self, node: u32, options: JsValue) -> JsResult<JsValue> {
        let given = options::read(&INFLUENCERS, &options)?;
        let k = given.count_or_default(&K);
        let adjacency = self.dataset.graph.adjacency();
        let mut pusher = Pusher::new(adjacency, PushConfig::read(&given)).map_err(to_js)?;
        let row = pusher.push(adjacency, node).map_err(to_js)?;
        let (nodes, scores): (Vec<u32>, Vec<f64>) =
            top_k(&row.nodes, &row.mass, k as usize).into_iter().unzip();
        Ok(object(&[
            ("nodes", Uint32Array::from(nodes.as_slice()).into()),
            ("scores", Float64Array::from(scores.as_slice()).into()),
        ])
        .into())
    }

    pub fn plan(&self, options: JsValue) -> JsResult<PlanBuilding> {
        PlanBuilding::new(self, options, Rc::clone(&self.cache))
    }

    /// A plan that uses nothing of those before and leaves nothing for the next.
    #[wasm_bindgen(js_name = planAfresh)]
    pub fn plan_afresh(&self, options: JsValue) -> JsResult<PlanBuilding> {
        PlanBuilding::new(self, options, Rc::default())
    }

    #[wasm_bindgen(js_name = planBytes)]
    pub fn plan_bytes(&self, options: JsValue) -> JsResult<JsValue> {
        plan_bytes(&self.dataset, options)
    }
}
