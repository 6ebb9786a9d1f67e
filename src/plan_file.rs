//! Plans in and out as safetensors, for trainers elsewhere: `docs/formats.md` has the table.

use std::collections::BTreeMap;

use crate::batch::{ChosenBatch, Plan};
use crate::error::{Error, Result};
use crate::graph::{ABSENT, Graph, Normalization};
use crate::io::{Arrays, Elements, Tensor, TensorData, TensorMap, save_arrays};
use crate::limits::{self, Limits};

/// Writes a plan as safetensors; [`open_plan`] reads it back.
///
/// # Arguments
/// * `about`: further metadata, such as the options that the plan was made with.
/// # Returns
/// The bytes of the file; `docs/formats.md` lists its tensors and metadata.
/// # Errors
/// `limit_exceeded` for ids of 2^31 and more; `out_of_memory`.
/// # Cost
/// Linear in the bytes of the plan; at the peak about twice as many.
pub fn save_plan(plan: &Plan, about: &[(&str, String)]) -> Result<Vec<u8>> {
    let greatest = plan.indptr.iter().copied().fold(plan.num_graph_nodes, u32::max);
    limits::check("ids and entries of a batch in a file", greatest.into(), i32::MAX as u64)?;
    let bounds = |ptr: &[usize]| ptr.iter().map(|&at| at as i64).collect::<Vec<i64>>();
    let [nodes, outputs, entries] =
        [&plan.node_ptr, &plan.output_ptr, &plan.entry_ptr].map(|ptr| bounds(ptr));
    let arrays: Arrays<'_> = [
        ("batch_ptr", Elements::I64(&nodes), nodes.len()),
        ("nodes", Elements::Ids(&plan.nodes), plan.nodes.len()),
        ("scores", Elements::F32(&plan.scores), plan.scores.len()),
        ("best_output", Elements::Ids(&plan.best_output), plan.best_output.len()),
        ("rank", Elements::Ids(&plan.rank), plan.rank.len()),
        ("hop", Elements::U8(&plan.hop), plan.hop.len()),
        ("output_ptr", Elements::I64(&outputs), outputs.len()),
        ("outputs", Elements::Ids(&plan.outputs), plan.outputs.len()),
        ("captured", Elements::F64(&plan.captured), plan.captured.len()),
        ("indptr", Elements::Ids(&plan.indptr), plan.indptr.len()),
        ("entry_ptr", Elements::I64(&entries), entries.len()),
        ("indices", Elements::Ids(&plan.indices), plan.indices.len()),
        ("values", Elements::F32(&plan.values), plan.values.len()),
    ]
    .into_iter()
    .map(|(name, elements, len)| (name, (elements, vec![len])))
    .collect();
    let own = [
        ("kind", "plan".to_owned()),
        ("num_nodes", plan.num_graph_nodes.to_string()),
        ("directed", plan.directed.to_string()),
        ("normalization", plan.normalization.name().to_owned()),
        ("digest", plan.digest()),
    ];
    let all = own.into_iter().chain(about.iter().cloned());
    save_arrays(&arrays, &all.map(|(key, value)| (key.to_owned(), value)).collect())
}

/// A plan and the metadata of its file.
pub type OpenedPlan = (Plan, BTreeMap<String, String>);

/// Reads a plan for a graph.
///
/// # Arguments
/// * `graph`: the one that the plan was made for. Sub-graphs, their weights and hops are made anew from it, and must be
///   those of the file.
/// # Errors
/// `parse` for what is not well-formed; `missing_tensor`; `invalid_graph` when the plan was made for another graph;
/// `limit_exceeded`, `out_of_memory` for sizes.
/// # Cost
/// Linear in the bytes of the file and the degrees of the nodes in it.
pub fn open_plan(file: &str, bytes: &[u8], graph: &Graph, limits: &Limits) -> Result<OpenedPlan> {
    let map = TensorMap::read(file, bytes, limits)?;
    let reading = Reading { file, map: &map };
    if reading.word("kind")? != "plan" {
        return Err(reading.fail(format!("kind is {:?}, a plan says plan", map.metadata["kind"])));
    }
    let (num_nodes, directed) = (graph.num_nodes(), graph.is_directed());
    let said = (reading.word("num_nodes")?, reading.word("directed")?);
    if said != (num_nodes.to_string().as_str(), directed.to_string().as_str()) {
        let lines = |directed: &str| if directed == "true" { "directed" } else { "undirected" };
        return Err(Error::InvalidGraph(format!(
            "{file}: the plan was made for a graph of {} nodes, {}; this one has {num_nodes}, {}",
            said.0,
            lines(said.1),
            lines(&directed.to_string()),
        )));
    }
    let normalization = Normalization::from_name(reading.word("normalization")?)
        .map_err(|error| reading.fail(error.to_string()))?;
    let arrays = PlanArrays::read(&reading, num_nodes)?;
    let plan = Plan::restore(graph, normalization, arrays.batches(), limits)?;
    let digest = plan.digest();
    if reading.word("digest")? != digest {
        return Err(Error::InvalidGraph(format!(
            "{file}: the plan was made for another graph, or the file was changed: its digest is {}, with the edges of \
             this graph it is {digest}",
            reading.word("digest")?
        )));
    }
    Ok((plan, map.metadata))
}

/// A file under way.
struct Reading<'a> {
    file: &'a str,
    map: &'a TensorMap,
}

impl Reading<'_> {
    fn fail(&self, message: String) -> Error {
        Error::in_file(self.file, message)
    }

    fn word(&self, key: &str) -> Result<&str> {
        let found = self.map.metadata.get(key).map(String::as_str);
        found.ok_or_else(|| self.fail(format!("the metadata lacks {key:?}, which every plan has")))
    }

    fn tensor(&self, name: &str, len: Option<usize>) -> Result<&Tensor> {
        let found = self.map.get(name).map_err(|_| {
            let names: Vec<&str> = self.map.tensors.keys().map(String::as_str).collect();
            Error::MissingTensor(format!(
                "{}: tensor {name:?} is missing; the file has {}",
                self.file,
                names.join(", ")
            ))
        })?;
        if found.shape.len() != 1 || len.is_some_and(|len| found.shape[0] != len) {
            let wanted = len.map_or("one axis".to_owned(), |len| format!("[{len}]"));
            return Err(
                self.fail(format!("tensor {name}: the shape is {:?}, a plan has {wanted}", found.shape))
            );
        }
        Ok(found)
    }

    fn integers(&self, name: &str, len: Option<usize>) -> Result<&[i64]> {
        let tensor = self.tensor(name, len)?;
        tensor
            .as_i64()
            .ok_or_else(|| self.fail(format!("tensor {name}: integers are needed, there are floats")))
    }

    /// Bounds of runs that cover `total` elements, none of them empty.
    fn bounds(&self, name: &str, len: Option<usize>, total: usize) -> Result<Vec<usize>> {
        let found = self.integers(name, len)?;
        let rises = found.windows(2).all(|pair| pair[0] < pair[1]);
        if found.first() != Some(&0) || found.last() != Some(&(total as i64)) || !rises {
            return Err(self.fail(format!("tensor {name}: bounds must rise from 0 to {total}")));
        }
        Ok(found.iter().map(|&at| at as usize).collect())
    }

    /// Integers below `below`, or -1 where `or_none`.
    fn ids(&self, name: &str, len: Option<usize>, below: u32, or_none: bool) -> Result<Vec<u32>> {
        let found = self.integers(name, len)?;
        let mut ids = limits::reserve(found.len())?;
        for (at, &value) in found.iter().enumerate() {
            ids.push(match u32::try_from(value) {
                Ok(id) if id < below => id,
                _ if or_none && value == -1 => ABSENT,
                _ => {
                    let none = if or_none { ", or -1" } else { "" };
                    let message = format!(
                        "tensor {name}: element {at} is {value}, allowed are 0 to {}{none}",
                        i64::from(below) - 1
                    );
                    return Err(self.fail(message));
                }
            });
        }
        Ok(ids)
    }

    /// Shares and sums of influence: finite and not negative.
    fn masses(&self, name: &str, len: usize) -> Result<Vec<f64>> {
        let tensor = self.tensor(name, Some(len))?;
        if matches!(tensor.data, TensorData::I64(_)) {
            return Err(self.fail(format!("tensor {name}: floats are needed, there are integers")));
        }
        let values = tensor.to_f64();
        match values.iter().position(|value| !value.is_finite() || *value < 0.0) {
            Some(at) => {
                Err(self
                    .fail(format!("tensor {name}: element {at} is {}, allowed is a number >= 0", values[at])))
            }
            None => Ok(values),
        }
    }
}

/// What of a file makes a plan.
struct PlanArrays {
    node_ptr: Vec<usize>,
    nodes: Vec<u32>,
    scores: Vec<f32>,
    best_output: Vec<u32>,
    rank: Vec<u32>,
    output_ptr: Vec<usize>,
    outputs: Vec<u32>,
    captured: Vec<f64>,
}

impl PlanArrays {
    fn read(reading: &Reading<'_>, num_nodes: u32) -> Result<Self> {
        let nodes = reading.ids("nodes", None, num_nodes, false)?;
        let node_ptr = reading.bounds("batch_ptr", None, nodes.len())?;
        let outputs = reading.ids("outputs", None, num_nodes, false)?;
        let scores = reading.masses("scores", nodes.len())?;
        let arrays = Self {
            output_ptr: reading.bounds("output_ptr", Some(node_ptr.len()), outputs.len())?,
            scores: scores.into_iter().map(|score| score as f32).collect(),
            best_output: reading.ids("best_output", Some(nodes.len()), num_nodes, true)?,
            rank: reading.ids("rank", Some(nodes.len()), ABSENT, false)?,
            captured: reading.masses("captured", outputs.len())?,
            node_ptr,
            nodes,
            outputs,
        };
        arrays.check(reading, num_nodes)?;
        Ok(arrays)
    }

    /// Nodes and outputs ascend within a batch, and every output is in one batch.
    fn check(&self, reading: &Reading<'_>, num_nodes: u32) -> Result<()> {
        let mut home = limits::filled(num_nodes as usize, ABSENT)?;
        for (index, batch) in (0..).zip(self.batches()) {
            let ascends = |ids: &[u32]| ids.windows(2).all(|pair| pair[0] < pair[1]);
            for (what, ids) in [("nodes", batch.nodes), ("outputs", batch.outputs)] {
                if !ascends(ids) {
                    return Err(reading.fail(format!("batch {index}: its {what} must ascend")));
                }
            }
            for &output in batch.outputs {
                let Some(&node) = batch.nodes.get(output as usize) else {
                    let len = batch.nodes.len();
                    let message =
                        format!("batch {index}: output {output} is out of range, the batch has {len} nodes");
                    return Err(reading.fail(message));
                };
                let before = std::mem::replace(&mut home[node as usize], index);
                if before != ABSENT {
                    let message =
                        format!("batch {index}: node {node} is an output of batch {before} already");
                    return Err(reading.fail(message));
                }
            }
        }
        Ok(())
    }

    fn batches(&self) -> impl Iterator<Item = ChosenBatch<'_>> {
        self.node_ptr.windows(2).zip(self.output_ptr.windows(2)).map(|(nodes, outputs)| {
            let (nodes, outputs) = (nodes[0]..nodes[1], outputs[0]..outputs[1]);
            ChosenBatch {
                nodes: &self.nodes[nodes.clone()],
                outputs: &self.outputs[outputs.clone()],
                scores: &self.scores[nodes.clone()],
                best_output: &self.best_output[nodes.clone()],
                rank: &self.rank[nodes],
                captured: &self.captured[outputs],
            }
        })
    }
}
