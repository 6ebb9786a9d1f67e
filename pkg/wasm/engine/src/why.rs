//! What is around a node, and why: neighbourhoods, reasons, paths, predictions without a node.

use std::sync::Arc;

use js_sys::{Array, Float32Array, Float64Array, Uint8Array, Uint32Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::graph::Graph;
use super::infer::result;
use super::model::Model;
use super::plan::Plan;
use ibmb::batch::{Auxiliary, Chosen, NeighbourhoodConfig, NeighbourhoodJob, ReasonsJob};
use ibmb::gnn::AblationJob;
use ibmb::influence::{PathsConfig, PathsJob};
use ibmb::layout::ring_turns;
use ibmb::options::{AROUND_OUTPUTS, BATCH_NEIGHBOURHOOD, LEFT_OUT, NEIGHBOURHOOD, PATHS};
use ibmb_binding::convert::{number, object};
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;
use ibmb_binding::step::Stepped;
use ibmb_binding::step_methods;

/// A neighbourhood being found; a unit is a walk.
#[wasm_bindgen]
pub struct Surrounding {
    job: Stepped<NeighbourhoodJob>,
}

step_methods!(Surrounding);

#[wasm_bindgen]
impl Surrounding {
    /// Around any nodes, with the options given.
    #[wasm_bindgen(js_name = ofGraph)]
    pub fn of_graph(graph: &Graph, nodes: Vec<u32>, options: JsValue) -> JsResult<Surrounding> {
        let given = options::read(&NEIGHBOURHOOD, &options)?;
        let config = NeighbourhoodConfig::read(&given);
        let job = NeighbourhoodJob::new(Arc::clone(&graph.dataset), nodes, config).map_err(to_js)?;
        Ok(Self { job: Stepped::new(job) })
    }

    /// Around outputs of a batch, all of them by default, as its plan measures influence.
    #[wasm_bindgen(js_name = ofBatch)]
    pub fn of_batch(plan: &Plan, index: u32, options: JsValue) -> JsResult<Surrounding> {
        let given = options::read(&BATCH_NEIGHBOURHOOD, &options)?;
        let batch = plan.view(index)?;
        let config = NeighbourhoodConfig {
            measure: plan.measure,
            together: !matches!(plan.auxiliary, Auxiliary::Each { .. }),
            chosen: Chosen::Nodes(batch.nodes.to_vec()),
            left_out: given.count_or_default(&LEFT_OUT),
        };
        let outputs = given.nodes(&AROUND_OUTPUTS).map_or_else(|| batch.output_nodes(), <[u32]>::to_vec);
        let job = NeighbourhoodJob::new(Arc::clone(&plan.dataset), outputs, config).map_err(to_js)?;
        Ok(Self { job: Stepped::new(job) })
    }

    pub fn finish(&mut self) -> JsResult<JsValue> {
        let found = self.job.finish()?;
        let chosen: Vec<u8> = found.chosen.iter().map(|&chosen| chosen.into()).collect();
        let edges: Vec<u32> = found.edges.iter().flat_map(|&(u, v)| [u, v]).collect();
        let flow = found.flow.as_ref();
        Ok(object(&[
            ("sources", Uint32Array::from(found.sources.as_slice()).into()),
            ("nodes", Uint32Array::from(found.nodes.as_slice()).into()),
            ("scores", Float64Array::from(found.scores.as_slice()).into()),
            ("rank", Uint32Array::from(found.rank.as_slice()).into()),
            ("isChosen", Uint8Array::from(chosen.as_slice()).into()),
            ("hop", Uint32Array::from(found.hop.as_slice()).into()),
            ("parent", Uint32Array::from(found.parent.as_slice()).into()),
            ("turn", Float32Array::from(ring_turns(&found).as_slice()).into()),
            ("edges", Uint32Array::from(edges.as_slice()).into()),
            ("flow", flow.map_or(JsValue::NULL, |flow| Float64Array::from(flow.as_slice()).into())),
            ("capturedMass", found.captured.into()),
            ("reachedMass", found.reached.into()),
            ("numLeftOut", number(found.num_left_out as u64)),
        ])
        .into())
    }
}

/// Reasons being found; a unit is the walk from one output.
#[wasm_bindgen]
pub struct Reasoning {
    job: Stepped<ReasonsJob>,
}

step_methods!(Reasoning);

#[wasm_bindgen]
impl Reasoning {
    #[wasm_bindgen(constructor)]
    pub fn new(plan: &Plan, index: u32, node: u32) -> JsResult<Reasoning> {
        let (dataset, core) = (Arc::clone(&plan.dataset), Arc::clone(&plan.plan));
        ReasonsJob::new(dataset, core, index as usize, node, plan.measure, plan.auxiliary)
            .map(|job| Self { job: Stepped::new(job) })
            .map_err(to_js)
    }

    pub fn finish(&mut self) -> JsResult<JsValue> {
        let found = self.job.finish()?;
        let asked: Vec<u8> = found.asked.iter().map(|&asked| asked.into()).collect();
        Ok(object(&[
            ("outputs", Uint32Array::from(found.outputs.as_slice()).into()),
            ("scores", Float64Array::from(found.scores.as_slice()).into()),
            ("ranks", Uint32Array::from(found.ranks.as_slice()).into()),
            ("asked", Uint8Array::from(asked.as_slice()).into()),
            ("batches", Uint32Array::from(found.batches.as_slice()).into()),
        ])
        .into())
    }
}

/// Strongest paths being found; a unit is a path.
#[wasm_bindgen]
pub struct Pathfinding {
    job: Stepped<PathsJob>,
}

step_methods!(Pathfinding);

#[wasm_bindgen]
impl Pathfinding {
    #[wasm_bindgen(constructor)]
    pub fn new(graph: &Graph, from: u32, to: u32, options: JsValue) -> JsResult<Pathfinding> {
        let config = PathsConfig::read(&options::read(&PATHS, &options)?);
        PathsJob::new(Arc::clone(&graph.dataset), from, to, config)
            .map(|job| Self { job: Stepped::new(job) })
            .map_err(to_js)
    }

    pub fn finish(&mut self) -> JsResult<Array> {
        let paths = self.job.finish()?;
        let path = |nodes: &[u32], strength: f64| {
            object(&[("nodes", Uint32Array::from(nodes).into()), ("strength", strength.into())])
        };
        Ok(paths.iter().map(|found| path(&found.nodes, found.strength)).collect())
    }
}

/// Inference of a batch with and without a node.
#[wasm_bindgen]
pub struct InferringWithout {
    job: Stepped<AblationJob>,
}

step_methods!(InferringWithout);

#[wasm_bindgen]
impl InferringWithout {
    #[wasm_bindgen(constructor)]
    pub fn new(plan: &Plan, model: &Model, index: u32, node: u32) -> JsResult<InferringWithout> {
        let (dataset, core) = (Arc::clone(&plan.dataset), Arc::clone(&plan.plan));
        AblationJob::new(dataset, core, Arc::clone(&model.model), index as usize, node, &plan.limits)
            .map(|job| Self { job: Stepped::new(job) })
            .map_err(to_js)
    }

    pub fn finish(&mut self) -> JsResult<JsValue> {
        let found = self.job.finish()?;
        let (with, without) = (result(&found.with_node, true)?, result(&found.without_node, true)?);
        Ok(object(&[("withNode", with), ("withoutNode", without)]).into())
    }
}
