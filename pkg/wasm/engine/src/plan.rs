//! Plans: building, figures, batches.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use js_sys::{Float32Array, Float64Array, Int32Array, Object, Uint8Array, Uint32Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::graph::Graph;
use ibmb::batch::{self, Auxiliary, BatchStats, BatchView, PlanBytes, PlanCache, PlanConfig, PlanJob};
use ibmb::gnn::BatchFeatures;
use ibmb::graph::Dataset;
use ibmb::influence::Measure;
use ibmb::limits::Limits;
use ibmb::options::{Given, PLAN};
use ibmb_binding::convert::{number, object};
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options::{self, in_force};
use ibmb_binding::step::Stepped;
use ibmb_binding::step_methods;

/// A plan being built.
#[wasm_bindgen]
pub struct PlanBuilding {
    job: Stepped<PlanJob>,
    dataset: Arc<Dataset>,
    limits: Limits,
    options: Object,
    measure: Measure,
    auxiliary: Auxiliary,
    cache: Rc<RefCell<PlanCache>>,
}

step_methods!(PlanBuilding);

impl PlanBuilding {
    /// Reads the options and takes over the push rows in `cache` where they serve; its own are left there.
    pub fn new(graph: &Graph, options: JsValue, cache: Rc<RefCell<PlanCache>>) -> JsResult<Self> {
        let mut given = options::read(&PLAN, &options)?;
        let outputs = outputs(&graph.dataset, &given)?;
        let config = PlanConfig::read(&mut given, outputs.len());
        let (measure, auxiliary) = (config.measure, config.auxiliary);
        let job =
            PlanJob::new(Arc::clone(&graph.dataset), outputs, config, graph.limits.clone()).map_err(to_js)?;
        // Taken, not copied: rows that do not serve must not stay in memory beside the new ones.
        let job = job.reusing(&cache.take());
        Ok(Self {
            job: Stepped::new(job),
            dataset: Arc::clone(&graph.dataset),
            limits: graph.limits.clone(),
            options: in_force(&given),
            measure,
            auxiliary,
            cache,
        })
    }
}

#[wasm_bindgen]
impl PlanBuilding {
    pub fn finish(&mut self) -> JsResult<Plan> {
        let cache = self.job.work()?.cache();
        let plan = Arc::new(self.job.finish()?);
        self.cache.replace(cache);
        Ok(Plan {
            plan,
            dataset: Arc::clone(&self.dataset),
            limits: self.limits.clone(),
            options: self.options.clone(),
            measure: self.measure,
            auxiliary: self.auxiliary,
            gathered: RefCell::default(),
        })
    }
}

/// Bounds of the bytes of a plan that is not built.
pub(super) fn plan_bytes(dataset: &Dataset, options: JsValue) -> JsResult<JsValue> {
    let mut given = options::read(&PLAN, &options)?;
    let outputs = outputs(dataset, &given)?;
    let config = PlanConfig::read(&mut given, outputs.len());
    let PlanBytes { least, most } = PlanBytes::of(&dataset.graph, &outputs, &config).map_err(to_js)?;
    Ok(object(&[("least", number(least)), ("most", number(most))]).into())
}

/// The outputs asked for: a part of a split, or ids; all nodes when nothing is said.
pub(super) fn outputs(dataset: &Dataset, given: &Given) -> JsResult<Vec<u32>> {
    dataset.output_nodes(given).map_err(to_js)
}

/// A finished plan and the data set it was made for.
#[wasm_bindgen]
pub struct Plan {
    pub(super) plan: Arc<batch::Plan>,
    pub(super) dataset: Arc<Dataset>,
    pub(super) limits: Limits,
    pub(super) options: Object,
    /// How influence was measured and auxiliary nodes were chosen.
    pub(super) measure: Measure,
    pub(super) auxiliary: Auxiliary,
    /// Features gathered for the latest model.
    pub(super) gathered: RefCell<Option<Arc<BatchFeatures>>>,
}

#[wasm_bindgen]
impl Plan {
    pub fn info(&self) -> JsResult<JsValue> {
        Ok(object(&[
            ("numBatches", number(self.plan.num_batches() as u64)),
            ("stats", self.stats().into()),
            ("table", self.table()?.into()),
            ("batchOf", self.batch_of().into()),
            ("options", self.options.clone().into()),
        ])
        .into())
    }

    pub fn batch(&self, index: u32) -> JsResult<JsValue> {
        Ok(batch_object(&self.view(index)?))
    }
}

impl Plan {
    /// A batch that exists.
    pub(super) fn view(&self, index: u32) -> JsResult<BatchView<'_>> {
        self.plan.check_index(index as usize).map_err(to_js)?;
        Ok(self.plan.batch(index as usize))
    }

    fn stats(&self) -> Object {
        let stats = self.plan.stats();
        object(&[
            ("numOutputs", number(stats.num_outputs as u64)),
            ("numNodes", number(stats.num_nodes as u64)),
            ("numDistinctNodes", number(stats.num_distinct_nodes as u64)),
            ("numEdges", number(stats.num_edges as u64)),
            ("replication", stats.replication.into()),
            ("capturedMass", stats.captured_mass.into()),
            ("capturedLeast", stats.captured_least.into()),
            ("bytes", number(stats.bytes)),
            ("msByStage", Object::new().into()),
            ("digest", self.plan.digest().into()),
        ])
    }

    fn table(&self) -> JsResult<Object> {
        let batches = self.plan.batch_stats(&self.dataset.graph).map_err(to_js)?;
        let count = |value: fn(&BatchStats) -> usize| {
            let counts: Vec<u32> = batches.iter().map(|batch| value(batch) as u32).collect();
            JsValue::from(Uint32Array::from(counts.as_slice()))
        };
        let share = |value: fn(&BatchStats) -> f64| {
            let shares: Vec<f64> = batches.iter().map(value).collect();
            JsValue::from(Float64Array::from(shares.as_slice()))
        };
        Ok(object(&[
            ("numOutputs", count(|batch| batch.num_outputs)),
            ("numAuxiliary", count(|batch| batch.num_auxiliary)),
            ("numEdges", count(|batch| batch.num_edges)),
            ("numBoundaryEdges", count(|batch| batch.num_boundary_edges)),
            ("capturedMass", share(|batch| batch.captured_mass)),
            ("capturedLeast", share(|batch| batch.captured_least)),
            ("replication", share(|batch| batch.replication)),
            ("bytes", share(|batch| batch.bytes as f64)),
        ]))
    }

    fn batch_of(&self) -> Int32Array {
        let mut batch_of = vec![-1; self.plan.num_graph_nodes() as usize];
        for (index, batch) in self.plan.batches().enumerate() {
            for &local in batch.outputs {
                batch_of[batch.nodes[local as usize] as usize] = index as i32;
            }
        }
        Int32Array::from(batch_of.as_slice())
    }
}

/// A batch in typed arrays, ids global.
pub(super) fn batch_object(batch: &BatchView<'_>) -> JsValue {
    let mut is_output = vec![0u8; batch.nodes.len()];
    for &local in batch.outputs {
        is_output[local as usize] = 1;
    }
    let edges: Vec<u32> = batch.edges().flat_map(|(source, target)| [source, target]).collect();
    object(&[
        ("outputNodes", Uint32Array::from(batch.output_nodes().as_slice()).into()),
        ("nodes", Uint32Array::from(batch.nodes).into()),
        ("isOutput", Uint8Array::from(is_output.as_slice()).into()),
        ("scores", Float32Array::from(batch.scores).into()),
        ("bestOutput", Uint32Array::from(batch.best_output).into()),
        ("rank", Uint32Array::from(batch.rank).into()),
        ("hop", Uint8Array::from(batch.hop).into()),
        ("edges", Uint32Array::from(edges.as_slice()).into()),
        ("capturedMass", Float64Array::from(batch.captured).into()),
    ])
    .into()
}
