//! Plans: building, figures, batches.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use js_sys::{Float32Array, Float64Array, Int32Array, Object, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::convert::{number, object};
use super::error::{JsResult, to_js};
use super::graph::Graph;
use super::options::Options;
use super::step::{Stepped, step_methods};
use crate::batch::{self, BatchLimit, Kept, NodeWiseConfig, NodeWiseJob, default_outputs_per_batch};
use crate::error::Error;
use crate::graph::{Dataset, Normalization};
use crate::influence::{PushConfig, Queue};
use crate::limits::Limits;

const OPTIONS: [&str; 10] = [
    "method",
    "outputNodes",
    "split",
    "alpha",
    "eps",
    "topK",
    "outputsPerBatch",
    "nodesPerBatch",
    "normalization",
    "queue",
];
const QUEUES: [(&str, Queue); 2] = [("fast", Queue::Fast), ("reference", Queue::Reference)];
const DEFAULT_TOP_K: u32 = 16;

/// A plan being built.
#[wasm_bindgen]
pub struct PlanBuilding {
    job: Stepped<NodeWiseJob>,
    dataset: Arc<Dataset>,
    limits: Limits,
    config: NodeWiseConfig,
    kept: Rc<RefCell<Kept>>,
}

step_methods!(PlanBuilding);

impl PlanBuilding {
    /// Reads the options and takes over the push rows of the latest plan where they serve.
    pub fn new(graph: &Graph, options: JsValue) -> JsResult<Self> {
        let options = Options::new(options, &OPTIONS)?;
        options.choice("method", &[("node-wise", ())])?;
        let outputs = outputs(&graph.dataset, &options)?;
        let default = PushConfig::default();
        let config = NodeWiseConfig {
            push: PushConfig {
                alpha: options.f64("alpha")?.unwrap_or(default.alpha),
                eps: options.f64("eps")?.unwrap_or(default.eps),
                queue: options.choice("queue", &QUEUES)?.unwrap_or(default.queue),
            },
            top_k: options.u32("topK")?.unwrap_or(DEFAULT_TOP_K),
            limit: limit(&options, outputs.len())?,
            normalization: options.choice("normalization", &Normalization::NAMES)?.unwrap_or_default(),
        };
        let mut job = NodeWiseJob::new(Arc::clone(&graph.dataset), outputs, config, graph.limits.clone())
            .map_err(to_js)?;
        // Taken, not copied: rows that do not serve must not stay in memory beside the new ones.
        job = job.reusing(&graph.kept.take());
        Ok(Self {
            job: Stepped::new(job),
            dataset: Arc::clone(&graph.dataset),
            limits: graph.limits.clone(),
            config,
            kept: Rc::clone(&graph.kept),
        })
    }
}

#[wasm_bindgen]
impl PlanBuilding {
    pub fn finish(&mut self) -> JsResult<Plan> {
        let kept = self.job.work()?.kept();
        let plan = Arc::new(self.job.finish()?);
        self.kept.replace(kept);
        Ok(Plan {
            plan,
            dataset: Arc::clone(&self.dataset),
            limits: self.limits.clone(),
            config: self.config,
        })
    }
}

/// The bound of a batch: on its outputs unless one on its nodes is given.
fn limit(options: &Options, num_outputs: usize) -> JsResult<BatchLimit> {
    match (options.u32("outputsPerBatch")?, options.u32("nodesPerBatch")?) {
        (None, None) => Ok(BatchLimit::Outputs(default_outputs_per_batch(num_outputs))),
        (Some(outputs), None) => Ok(BatchLimit::Outputs(outputs)),
        (None, Some(nodes)) => Ok(BatchLimit::Nodes(nodes)),
        (Some(_), Some(_)) => {
            let message = "a batch is bounded by its nodes or by outputsPerBatch; give one of the two";
            Err(to_js(Error::option("nodes_per_batch", message)))
        }
    }
}

/// The outputs asked for: a part of a split, or ids; all nodes when nothing is said.
fn outputs(dataset: &Dataset, options: &Options) -> JsResult<Vec<u32>> {
    let split = options.string("split")?;
    let Some(value) = options.get("outputNodes") else {
        return Ok((0..dataset.graph.num_nodes()).collect());
    };
    if let Some(ids) = value.dyn_ref::<Uint32Array>() {
        return Ok(ids.to_vec());
    }
    let word = value.as_string().unwrap_or_default();
    if word == "all" {
        return Ok((0..dataset.graph.num_nodes()).collect());
    }
    let split = || dataset.split(split.as_deref()).map_err(to_js);
    Ok(match word.as_str() {
        "train" => split()?.train.clone(),
        "val" => split()?.val.clone(),
        "test" => split()?.test.clone(),
        _ => {
            return Err(to_js(Error::option(
                "outputNodes",
                format!("{value:?} is not known; known are all, train, val, test and ids"),
            )));
        }
    })
}

/// A finished plan and the data set it was made for.
#[wasm_bindgen]
pub struct Plan {
    pub(super) plan: Arc<batch::Plan>,
    pub(super) dataset: Arc<Dataset>,
    pub(super) limits: Limits,
    config: NodeWiseConfig,
}

#[wasm_bindgen]
impl Plan {
    pub fn info(&self) -> JsValue {
        object(&[
            ("numBatches", number(self.plan.num_batches() as u64)),
            ("stats", self.stats().into()),
            ("table", self.table().into()),
            ("batchOf", self.batch_of().into()),
            ("options", self.options().into()),
        ])
        .into()
    }

    pub fn batch(&self, index: u32) -> JsResult<JsValue> {
        if index as usize >= self.plan.num_batches() {
            return Err(to_js(Error::option(
                "index",
                format!("{index} is out of range, the plan has {} batches", self.plan.num_batches()),
            )));
        }
        let batch = self.plan.batch(index as usize);
        let mut is_output = vec![0u8; batch.nodes.len()];
        for &local in batch.outputs {
            is_output[local as usize] = 1;
        }
        let edges: Vec<u32> = batch.edges().flat_map(|(source, target)| [source, target]).collect();
        Ok(object(&[
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
        .into())
    }
}

impl Plan {
    fn stats(&self) -> Object {
        let stats = self.plan.stats();
        object(&[
            ("numOutputs", number(stats.num_outputs as u64)),
            ("replication", stats.replication.into()),
            ("capturedMass", stats.captured_mass.into()),
            ("bytes", number(stats.bytes)),
            ("msByStage", Object::new().into()),
            ("digest", self.plan.digest().into()),
        ])
    }

    fn table(&self) -> Object {
        let count = |counts: Vec<usize>| {
            let counts: Vec<u32> = counts.into_iter().map(|count| count as u32).collect();
            JsValue::from(Uint32Array::from(counts.as_slice()))
        };
        let batches = || self.plan.batches();
        // No batch is without outputs.
        let captured: Vec<f64> =
            batches().map(|batch| batch.captured.iter().sum::<f64>() / batch.captured.len() as f64).collect();
        object(&[
            ("numOutputs", count(batches().map(|batch| batch.outputs.len()).collect())),
            ("numAuxiliary", count(batches().map(|batch| batch.nodes.len() - batch.outputs.len()).collect())),
            ("numEdges", count(batches().map(|batch| batch.num_edges()).collect())),
            ("capturedMass", Float64Array::from(captured.as_slice()).into()),
        ])
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

    fn options(&self) -> Object {
        let NodeWiseConfig { push, top_k, limit, normalization } = self.config;
        let queue = QUEUES.iter().find(|(_, queue)| *queue == push.queue).map_or("", |(name, _)| name);
        object(&[
            ("method", "node-wise".into()),
            ("alpha", push.alpha.into()),
            ("eps", push.eps.into()),
            ("topK", top_k.into()),
            match limit {
                BatchLimit::Outputs(outputs) => ("outputsPerBatch", outputs.into()),
                BatchLimit::Nodes(nodes) => ("nodesPerBatch", nodes.into()),
            },
            ("normalization", normalization.name().into()),
            ("queue", queue.into()),
        ])
    }
}
