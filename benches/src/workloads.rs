//! What is measured.

use std::rc::Rc;
use std::sync::Arc;

use ibmb::batch::{BatchLimit, NodeWiseConfig, NodeWiseJob, Plan, default_outputs_per_batch};
use ibmb::gnn::{FeatureNormalization, FullInference, Model, ModelOptions, PlanInference};
use ibmb::graph::{Dataset, Normalization, SparseView, edge_values};
use ibmb::influence::{PushConfig, Pusher, power};
use ibmb::io::{InputFile, OpenOptions, TensorMap, open_graph};
use ibmb::limits::Limits;
use ibmb::task;

use crate::twins::{self, PlainGcn, TOLERANCE};
use crate::{plans, schedules};

/// Work and its twin; both give a number that depends on all of it, so that nothing is optimised away.
pub struct Workload {
    /// Name of the row.
    pub name: String,
    /// What the twin is.
    pub peer: String,
    /// Things done in one run: the figure is time per thing.
    pub items: u32,
    /// Unit of the figure.
    pub unit: &'static str,
    /// The work.
    pub run: Box<dyn FnMut() -> f64>,
    /// The same work in the plain way.
    pub twin: Box<dyn FnMut() -> f64>,
}

/// All workloads on the sample and its weights.
pub fn workloads(sample: Vec<u8>, weights: &[u8]) -> ibmb::Result<Vec<Workload>> {
    let limits = Limits::default();
    let file = InputFile { name: "cora.safetensors".to_owned(), bytes: sample };
    let dataset = Arc::new(open_graph(&[file], &OpenOptions::default(), &limits)?);
    let map = TensorMap::read("cora-gcn.safetensors", weights, &limits)?;
    let model = Arc::new(Model::from_tensors(
        &map,
        &ModelOptions { feature_normalization: FeatureNormalization::None, ..ModelOptions::default() },
    )?);
    let plain = Rc::new(PlainGcn::new(&map, &dataset));
    let plan = Arc::new(make_plan(&dataset)?);
    let mut rows = vec![
        push(&dataset, 1e-4)?,
        push(&dataset, 1e-5)?,
        whole_plan(&dataset),
        full_inference(&dataset, &model, &plain),
        plan_inference(&dataset, &plan, &model, &plain),
    ];
    let all: Vec<u32> = (0..dataset.graph.num_nodes()).collect();
    rows.extend(plans::by_method("Cora", &dataset, &all));
    rows.extend(plans::after_changes(&dataset));
    rows.extend(schedules::rows()?);
    Ok(rows)
}

fn config(num_outputs: usize) -> NodeWiseConfig {
    NodeWiseConfig {
        push: PushConfig::default(),
        top_k: 16,
        limit: BatchLimit::Outputs(default_outputs_per_batch(num_outputs)),
        normalization: Normalization::GlobalSym,
    }
}

fn make_plan(dataset: &Arc<Dataset>) -> ibmb::Result<Plan> {
    let outputs: Vec<u32> = (0..dataset.graph.num_nodes()).collect();
    let config = config(outputs.len());
    task::run(NodeWiseJob::new(dataset.clone(), outputs, config, Limits::default())?)
}

fn push(dataset: &Arc<Dataset>, eps: f64) -> ibmb::Result<Workload> {
    let config = PushConfig { eps, ..PushConfig::default() };
    let mut pusher = Pusher::new(dataset.graph.adjacency(), config)?;
    // Every 40th node: 68 sources.
    let sources: Vec<u32> = (0..dataset.graph.num_nodes()).step_by(40).collect();
    let (work, twin) = (Arc::clone(dataset), Arc::clone(dataset));
    let twin_sources = sources.clone();
    Ok(Workload {
        name: format!("push, Cora, alpha 0.25, eps {eps:e}"),
        peer: format!("power iteration to {TOLERANCE:e}"),
        items: sources.len() as u32,
        unit: "us per source",
        run: Box::new(move || {
            let csr = work.graph.adjacency();
            sources.iter().map(|&s| pusher.push(csr, s).expect("a node of the graph").mass[0]).sum()
        }),
        twin: Box::new(move || {
            let csr = twin.graph.adjacency();
            twin_sources
                .iter()
                .map(|&s| power(csr, s, 0.25, TOLERANCE).expect("a node of the graph")[0])
                .sum()
        }),
    })
}

fn whole_plan(dataset: &Arc<Dataset>) -> Workload {
    let (work, twin) = (Arc::clone(dataset), Arc::clone(dataset));
    Workload {
        name: "whole plan, Cora, 2,708 outputs, 8 batches, top-k 16, eps 1e-4".to_owned(),
        peer: "exact PPR of every output, lists merged one by one".to_owned(),
        items: 1,
        unit: "ms",
        run: Box::new(move || make_plan(&work).expect("options in range").bytes() as f64),
        twin: Box::new(move || {
            let csr = twin.graph.adjacency();
            let outputs: Vec<u32> = (0..csr.num_nodes()).collect();
            let max = default_outputs_per_batch(outputs.len()) as usize;
            twins::plan(csr, &outputs, 0.25, 16, max).iter().map(|nodes| nodes.len() as f64).sum()
        }),
    }
}

fn full_inference(dataset: &Arc<Dataset>, model: &Arc<Model>, plain: &Rc<PlainGcn>) -> Workload {
    let (work, twin, model, plain) = (dataset.clone(), dataset.clone(), model.clone(), plain.clone());
    let nodes: Vec<u32> = (0..dataset.graph.num_nodes()).collect();
    let values = edge_values(
        dataset.graph.adjacency(),
        &dataset.graph.adjacency().strengths(),
        Normalization::GlobalSym,
    );
    let twin_nodes = nodes.clone();
    Workload {
        name: format!("GCN inference, Cora, full graph, {} layers x {}", model.num_layers(), model.hidden()),
        peer: "dense features, plain loops".to_owned(),
        items: 1,
        unit: "ms",
        run: Box::new(move || {
            let limits = Limits::default();
            let kind = Normalization::GlobalSym;
            let job = FullInference::new(work.clone(), model.clone(), nodes.clone(), kind, None, &limits);
            task::run(job.expect("weights of this graph")).expect("in memory").logits[0].into()
        }),
        twin: Box::new(move || {
            let csr = twin.graph.adjacency();
            let adjacency = SparseView { indptr: csr.indptr(), indices: csr.indices(), values: &values };
            plain.forward(&twin_nodes, adjacency)[0].into()
        }),
    }
}

fn plan_inference(
    dataset: &Arc<Dataset>,
    plan: &Arc<Plan>,
    model: &Arc<Model>,
    plain: &Rc<PlainGcn>,
) -> Workload {
    let (work, model, plain) = (dataset.clone(), model.clone(), plain.clone());
    let (plan, twin_plan) = (plan.clone(), plan.clone());
    Workload {
        name: format!("GCN inference, Cora, 8 batches, {} layers x {}", model.num_layers(), model.hidden()),
        peer: "dense features, plain loops".to_owned(),
        items: 1,
        unit: "ms",
        run: Box::new(move || {
            let job = PlanInference::new(work.clone(), plan.clone(), model.clone(), None, &Limits::default());
            task::run(job.expect("weights of this graph")).expect("in memory").logits[0].into()
        }),
        twin: Box::new(move || {
            twin_plan.batches().map(|batch| f64::from(plain.forward(batch.nodes, batch.adjacency)[0])).sum()
        }),
    }
}
