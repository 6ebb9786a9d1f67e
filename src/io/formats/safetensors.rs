//! Reads graphs from safetensors with PyG's names: `docs/formats.md` has the table.

use std::borrow::Cow;

use crate::error::{Error, Result};
use crate::graph::{CsrMatrix, Features, Split, is_weight};
use crate::io::dataset::edges::{Ids, RawEdges};
use crate::io::dataset::graph_contents::GraphContents;
use crate::io::dataset::ids::MAX_ID;
use crate::io::dataset::matrix::matrix;
use crate::io::dataset::node_rows::MAX_CLASSES;
use crate::io::dataset::parts::{DatasetParts, EDGES, Reading};
use crate::io::dataset::splits::complete;
use crate::io::format::Format;
use crate::io::formats::estimate::Size;
use crate::io::formats::file_format::{Evidence, FileFormat, FileKind};
use crate::io::formats::whole::Whole;
use crate::io::options::{OpenOptions, Weights};
use crate::io::source::bytes::Source;
use crate::io::source::words::grouped;
use crate::io::tensors::tensor_map::{Tensor, TensorData, TensorMap};
use crate::limits::{self, Limits};

/// Graph tensors.
pub(crate) static FORMAT: FileFormat = FileFormat {
    format: Format {
        name: "safetensors",
        label: "safetensors",
        files: "safetensors",
        extensions: &["safetensors"],
        media_type: "application/octet-stream",
        signatures: &[],
    },
    evidence: Evidence::Name,
    recognise: |head| {
        // Eight bytes of header length, then JSON; no header is beyond 100 MB, so its upper bytes are zero.
        let is_header = head.bytes().get(8) == Some(&b'{') && head.bytes()[4..8] == [0; 4];
        let is_one = is_header || head.base.ends_with(".safetensors");
        Ok(is_one.then(|| Box::new(GraphTensors) as Box<dyn FileKind>))
    },
    by_option: Some(|_| Ok(Box::new(GraphTensors))),
};

struct GraphTensors;

impl FileKind for GraphTensors {
    fn describe(&self) -> String {
        "graph tensors (safetensors)".to_owned()
    }

    fn gives(&self) -> Option<&'static str> {
        Some(EDGES)
    }

    fn bytes_to_open(&self, size: &Size<'_, '_>) -> u64 {
        size.of_whole(2)
    }

    fn reader<'a>(
        self: Box<Self>,
        source: Source<'a>,
        _: &mut DatasetParts,
        options: &OpenOptions,
        limits: &Limits,
    ) -> Result<Option<Box<dyn Reading + 'a>>> {
        let weights = options.weights;
        let read = move |file: &str, bytes: Cow<'_, [u8]>, parts: &mut DatasetParts, limits: &Limits| {
            let graph = read_graph(file, &bytes, weights, limits)?;
            if graph.ignored_weights {
                parts.ignored_weights(file, "edge_weight");
            }
            parts.put_graph(file, graph)
        };
        Ok(Whole::begin(source, limits, Box::new(read)))
    }
}

/// Reads a graph.
///
/// # Errors
/// `missing_tensor` without `edge_index`; `parse` for a tensor of another shape or type and for values out of range;
/// `limit_exceeded` for sizes.
pub(crate) fn read_graph(
    file: &str,
    bytes: &[u8],
    weights: Weights,
    limits: &Limits,
) -> Result<GraphContents> {
    let mut reader = TensorsReader { file, map: TensorMap::read(file, bytes, limits)? };
    if !reader.map.tensors.contains_key("edge_index") {
        if reader.map.metadata.get("kind").is_some_and(|kind| kind == "plan") {
            return Err(Error::MissingTensor(format!(
                "{file}: this is a plan, not a graph; open the graph that it was made for, then the plan with openPlan"
            )));
        }
        let names: Vec<&str> = reader.map.tensors.keys().take(4).map(String::as_str).collect();
        let rest = if reader.map.tensors.len() > 4 { ", …" } else { "" };
        return Err(Error::MissingTensor(format!(
            "{file}: there is no tensor edge_index, so this is not a graph; it has {}{rest} and may be a model",
            names.join(", ")
        )));
    }
    let edges = reader.edges()?;
    let edge_weights = match weights {
        Weights::Ignore => None,
        Weights::Use => reader.weights(edges.len())?,
    };
    let ignored_weights = weights == Weights::Ignore && reader.map.tensors.contains_key("edge_weight");
    let max_id = edges.iter().map(|&(source, target)| source.max(target)).max();
    let features = reader.features(limits)?;
    let labels = reader.labels()?;
    let names = reader.strings("node_names")?;
    let mut num_nodes = max_id.map_or(0, |id| u64::from(id) + 1);
    let rows = [
        features.as_ref().map(Features::num_rows),
        labels.as_ref().map(Vec::len),
        names.as_ref().map(Vec::len),
    ];
    let claimed = reader.num_nodes()?;
    num_nodes = rows.iter().flatten().fold(num_nodes, |most, &len| most.max(len as u64));
    if let Some(claimed) = claimed {
        if claimed < num_nodes {
            let (claimed, at_least) = (grouped(claimed), grouped(num_nodes));
            return Err(reader.fail(format!("num_nodes is {claimed}, the tensors have {at_least} nodes")));
        }
        num_nodes = claimed;
    }
    limits::check(&format!("{file}: nodes"), num_nodes, limits.max_nodes.min(u64::from(MAX_ID) + 1))?;
    let num_nodes = num_nodes as u32;
    for (what, len) in ["features", "y", "node_names"].iter().zip(rows) {
        if let Some(len) = len.filter(|&len| len != num_nodes as usize) {
            let (len, nodes) = (grouped(len as u64), grouped(num_nodes.into()));
            let message = format!("{file}: {what}: {len} rows, the graph has {nodes} nodes");
            return Err(Error::ShapeMismatch(message));
        }
    }
    let splits = reader.splits(num_nodes, labels.as_deref())?;
    let positions = reader.positions(num_nodes)?;
    Ok(GraphContents {
        edges: RawEdges { edges, weights: edge_weights, ids: Ids::Integers { max: max_id } },
        num_nodes,
        features,
        labels,
        class_names: reader.strings("class_names")?,
        node_names: names,
        splits,
        positions,
        directed: reader.is_directed()?,
        ignored_weights,
        name: reader.map.metadata.remove("name"),
    })
}

struct TensorsReader<'a> {
    file: &'a str,
    map: TensorMap,
}

impl TensorsReader<'_> {
    fn fail(&self, message: String) -> Error {
        Error::in_file(self.file, message)
    }

    fn wrong_shape(&self, name: &str, shape: &[usize], allowed: &str) -> Error {
        self.fail(format!("{name} has shape {shape:?}, allowed is {allowed}"))
    }

    /// Takes a tensor of integers out.
    fn integers(&mut self, name: &str) -> Result<Option<(Vec<usize>, Vec<i64>)>> {
        match self.map.tensors.remove(name) {
            None => Ok(None),
            Some(Tensor { shape, data: TensorData::I64(data) }) => Ok(Some((shape, data))),
            Some(_) => Err(self.fail(format!("{name} holds floats, it must hold integers"))),
        }
    }

    /// Takes a tensor of node ids, counts or columns out.
    fn unsigned(&mut self, name: &str) -> Result<Option<(Vec<usize>, Vec<u32>)>> {
        let Some((shape, data)) = self.integers(name)? else { return Ok(None) };
        let mut narrow = limits::reserve(data.len())?;
        for (at, &value) in data.iter().enumerate() {
            let value = u32::try_from(value).ok().filter(|&value| value <= MAX_ID).ok_or_else(|| {
                self.fail(format!("element {at} of {name} is {value}, allowed are 0 to {MAX_ID}"))
            })?;
            narrow.push(value);
        }
        Ok(Some((shape, narrow)))
    }

    fn edges(&mut self) -> Result<Vec<(u32, u32)>> {
        let (shape, ids) = self.unsigned("edge_index")?.unwrap_or_default();
        let &[2, num_edges] = shape.as_slice() else {
            return Err(self.wrong_shape("edge_index", &shape, "[2, edges]"));
        };
        let (sources, targets) = ids.split_at(num_edges);
        let mut edges = limits::reserve(num_edges)?;
        edges.extend(sources.iter().copied().zip(targets.iter().copied()));
        Ok(edges)
    }

    fn weights(&mut self, num_edges: usize) -> Result<Option<Vec<f32>>> {
        let Some(tensor) = self.map.tensors.remove("edge_weight") else { return Ok(None) };
        if !matches!(*tensor.shape, [len] | [len, 1] if len == num_edges) {
            let allowed = format!("[{num_edges}], one an edge");
            return Err(self.wrong_shape("edge_weight", &tensor.shape, &allowed));
        }
        let weights = if let TensorData::F32(weights) = tensor.data { weights } else { tensor.to_f32() };
        match weights.iter().position(|&weight| !is_weight(weight)) {
            None => Ok(Some(weights)),
            Some(at) => Err(self.fail(format!(
                "element {at} of edge_weight is {}, allowed is a finite number > 0",
                weights[at]
            ))),
        }
    }

    fn is_directed(&self) -> Result<bool> {
        match self.map.metadata.get("directed").map(String::as_str) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => {
                Err(self.fail(format!("the metadata directed is {other:?}, allowed are true and false")))
            }
        }
    }

    fn features(&mut self, limits: &Limits) -> Result<Option<Features>> {
        let dense = self.map.tensors.remove("x");
        let Some((_, indptr)) = self.unsigned("x_indptr")? else {
            let Some(x) = dense else { return Ok(None) };
            let &[rows, columns] = x.shape.as_slice() else {
                return Err(self.wrong_shape("x", &x.shape, "[nodes, features]"));
            };
            let len = (rows as u64).saturating_mul(columns as u64);
            let bytes = len.saturating_mul(4);
            limits::check(&format!("{}: bytes of x", self.file), bytes, limits.max_matrix_bytes)?;
            let data = if let TensorData::F32(data) = x.data { data } else { x.to_f32() };
            return matrix(self.file, "features", rows, columns, data).map(|x| Some(Features::Dense(x)));
        };
        if dense.is_some() {
            return Err(self.fail("x and x_indptr are both there, features are dense or sparse".to_owned()));
        }
        let missing = |what: &str| Error::MissingTensor(format!("{}: x_indptr needs {what}", self.file));
        let columns =
            self.map.metadata.get("num_features").ok_or_else(|| missing("the metadata num_features"))?;
        let columns: u32 = columns.parse().map_err(|_| {
            self.fail(format!("the metadata num_features is {columns:?}, it must be a number"))
        })?;
        let Some((_, indices)) = self.unsigned("x_indices")? else {
            return Err(Error::MissingTensor(format!("{}: x_indptr needs the tensor x_indices", self.file)));
        };
        let values = match self.map.tensors.remove("x_values") {
            Some(Tensor { data: TensorData::F32(values), .. }) => values,
            Some(values) => values.to_f32(),
            None => limits::filled(indices.len(), 1.0)?,
        };
        let matrix = CsrMatrix::new(columns, indptr, indices, values);
        matrix.map(|x| Some(Features::Sparse(x))).map_err(|error| self.fail(error.to_string()))
    }

    fn labels(&mut self) -> Result<Option<Vec<i32>>> {
        let Some((shape, data)) = self.integers("y")? else { return Ok(None) };
        if !matches!(shape.as_slice(), [_] | [_, 1]) {
            return Err(self.wrong_shape("y", &shape, "[nodes]"));
        }
        let mut labels = limits::reserve(data.len())?;
        for (node, &label) in data.iter().enumerate() {
            if !(-1..MAX_CLASSES as i64).contains(&label) {
                let max = MAX_CLASSES - 1;
                return Err(
                    self.fail(format!("label {label} of node {node}: allowed are -1 (none) to {max}"))
                );
            }
            labels.push(label as i32);
        }
        Ok(Some(labels))
    }

    fn positions(&mut self, num_nodes: u32) -> Result<Option<Vec<[f32; 2]>>> {
        let Some(tensor) = self.map.tensors.remove("pos") else { return Ok(None) };
        let rows = num_nodes as usize;
        // Positions with another number of axes are ignored.
        if tensor.shape.as_slice() != [rows, 2] {
            return match tensor.shape.as_slice() {
                [len, _] if *len == rows => Ok(None),
                shape => Err(self.wrong_shape("pos", shape, "[nodes, 2]")),
            };
        }
        let values = tensor.to_f32();
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(self.fail(format!("element {at} of pos is {}, all must be finite", values[at])));
        }
        let mut positions = limits::reserve(rows)?;
        positions.extend(values.chunks_exact(2).map(|pair| [pair[0], pair[1]]));
        Ok(Some(positions))
    }

    fn num_nodes(&mut self) -> Result<Option<u64>> {
        if let Some((_, value)) = self.unsigned("num_nodes")? {
            return match value.as_slice() {
                &[value] => Ok(Some(value.into())),
                _ => Err(self.fail("num_nodes must be one number".to_owned())),
            };
        }
        let text = self.map.metadata.get("num_nodes");
        let value = text.map(|text| {
            text.parse()
                .map_err(|_| self.fail(format!("the metadata num_nodes is {text:?}, it must be a number")))
        });
        value.transpose()
    }

    /// A metadata value that is a JSON array of strings.
    fn strings(&self, key: &str) -> Result<Option<Vec<String>>> {
        let Some(text) = self.map.metadata.get(key) else { return Ok(None) };
        let list = serde_json::from_str(text);
        list.map(Some).map_err(|error| {
            self.fail(format!("the metadata {key} must be a JSON array of strings: {error}"))
        })
    }

    fn splits(&mut self, num_nodes: u32, labels: Option<&[i32]>) -> Result<Vec<Split>> {
        let names = self.strings("splits")?;
        let parts = ["train_mask", "val_mask", "test_mask"].map(|name| self.mask(name, num_nodes));
        let [train, val, test] = parts;
        let (train, val, test) = (train?, val?, test?);
        let all = [&train, &val, &test];
        let counts = || all.into_iter().flatten().map(|mask| mask.num_splits);
        let most = counts().max().unwrap_or(0);
        if let Some(other) = counts().find(|&count| count != most && count != 1) {
            return Err(self
                .fail(format!("the masks have {most} and {other} columns, they must have as many or one")));
        }
        let names = names.unwrap_or_else(|| match most {
            1 => vec!["default".to_owned()],
            _ => (0..most).map(|at| format!("split{at}")).collect(),
        });
        if names.len() != most {
            let len = names.len();
            return Err(
                self.fail(format!("the metadata splits has {len} names, the masks have {most} columns"))
            );
        }
        let mut splits: Vec<Split> = Vec::new();
        for (at, name) in names.into_iter().enumerate() {
            if splits.iter().any(|split| split.name == name) {
                return Err(self.fail(format!("the split {name:?} stands twice")));
            }
            let nodes = |mask: &Option<Mask>| mask.as_ref().map(|mask| mask.nodes(at)).transpose();
            let (train, val) = (nodes(&train)?.unwrap_or_default(), nodes(&val)?.unwrap_or_default());
            splits.push(complete(name, train, val, nodes(&test)?, num_nodes, labels));
        }
        Ok(splits)
    }

    fn mask(&mut self, name: &str, num_nodes: u32) -> Result<Option<Mask>> {
        let Some((shape, data)) = self.integers(name)? else { return Ok(None) };
        let num_splits = match *shape.as_slice() {
            [_] => 1,
            [_, columns] => columns,
            _ => return Err(self.wrong_shape(name, &shape, "[nodes] or [nodes, splits]")),
        };
        if shape[0] != num_nodes as usize {
            let (len, nodes) = (grouped(shape[0] as u64), grouped(num_nodes.into()));
            let message = format!("{}: {name}: {len} rows, the graph has {nodes} nodes", self.file);
            return Err(Error::ShapeMismatch(message));
        }
        if let Some(value) = data.iter().find(|&&value| value != 0 && value != 1) {
            return Err(self.fail(format!("{name} holds {value}, allowed are 0 and 1")));
        }
        Ok(Some(Mask { num_splits, data }))
    }
}

struct Mask {
    num_splits: usize,
    data: Vec<i64>,
}

impl Mask {
    fn nodes(&self, split: usize) -> Result<Vec<u32>> {
        let column = if self.num_splits == 1 { 0 } else { split };
        let chosen = || {
            let rows = self.data.iter().skip(column).step_by(self.num_splits.max(1));
            rows.zip(0u32..).filter(|&(&value, _)| value == 1).map(|(_, node)| node)
        };
        let mut nodes = limits::reserve(chosen().count())?;
        nodes.extend(chosen());
        Ok(nodes)
    }
}
