//! Writes graphs as GraphML and GEXF for other programs.

use crate::error::{Error, Result};
use crate::graph::Dataset;
use crate::io::export::save::entries;

/// Values of all nodes in an export.
#[derive(Debug, Clone)]
pub struct NodeColumn {
    /// Name of the attribute, for example `batch`.
    pub name: String,
    /// One value a node.
    pub values: NodeValues,
}

/// Values of a [`NodeColumn`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum NodeValues {
    /// Integers; nothing is written where one is negative.
    Integers(Vec<i32>),
    /// Floats; nothing is written where one is not finite.
    Floats(Vec<f32>),
    /// Texts; nothing is written where one is empty.
    Texts(Vec<String>),
    /// Truth values; nothing is written where one is false.
    Flags(Vec<bool>),
}

impl NodeValues {
    fn len(&self) -> usize {
        match self {
            Self::Integers(values) => values.len(),
            Self::Floats(values) => values.len(),
            Self::Texts(values) => values.len(),
            Self::Flags(values) => values.len(),
        }
    }

    /// Type as both formats call it.
    fn kind(&self) -> &'static str {
        match self {
            Self::Integers(_) => "int",
            Self::Floats(_) => "float",
            Self::Texts(_) => "string",
            Self::Flags(_) => "boolean",
        }
    }

    fn text(&self, node: usize) -> Option<String> {
        match self {
            Self::Integers(values) => (values[node] >= 0).then(|| values[node].to_string()),
            Self::Floats(values) => values[node].is_finite().then(|| values[node].to_string()),
            Self::Texts(values) => (!values[node].is_empty()).then(|| values[node].clone()),
            Self::Flags(values) => values[node].then(|| "true".to_owned()),
        }
    }
}

/// Text of a format that grows with checked reservations.
struct Out(String);

impl Out {
    #[inline(never)]
    fn push(&mut self, text: &str) -> Result<()> {
        let bytes = (self.0.len() + text.len()) as u64;
        self.0.try_reserve(text.len()).map_err(|_| Error::OutOfMemory { bytes })?;
        self.0.push_str(text);
        Ok(())
    }

    #[inline(never)]
    fn all(&mut self, texts: &[&str]) -> Result<()> {
        texts.iter().try_for_each(|text| self.push(text))
    }

    /// Text between tags or quotes. Characters that XML cannot hold become U+FFFD.
    #[inline(never)]
    fn escaped(&mut self, text: &str) -> Result<()> {
        let mut rest = text;
        while let Some(at) = rest.find(|char: char| {
            matches!(char, '<' | '>' | '&' | '"' | '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}')
        }) {
            let (plain, from) = rest.split_at(at);
            self.push(plain)?;
            let char = from.chars().next().unwrap_or_default();
            self.push(match char {
                '<' => "&lt;",
                '>' => "&gt;",
                '&' => "&amp;",
                '"' => "&quot;",
                '\n' => "&#10;",
                '\r' => "&#13;",
                '\t' => "&#9;",
                _ => "\u{fffd}",
            })?;
            rest = &from[char.len_utf8()..];
        }
        self.push(rest)
    }
}

/// The columns of nodes that are written: those of the data set, then the caller's.
///
/// # Errors
/// `shape_mismatch` when a column has not one value a node; `invalid_option` for a name that stands twice.
fn columns(dataset: &Dataset, more: &[NodeColumn]) -> Result<Vec<NodeColumn>> {
    let num_nodes = dataset.graph.num_nodes() as usize;
    let mut all = Vec::new();
    let mut put = |name: &str, values| all.push(NodeColumn { name: name.to_owned(), values });
    if let Some(labels) = &dataset.labels {
        let name = |&class: &i32| {
            let class = usize::try_from(class).ok();
            class.map_or_else(String::new, |class| labels.class_names[class].clone())
        };
        put("label", NodeValues::Integers(labels.values.clone()));
        put("class", NodeValues::Texts(labels.values.iter().map(name).collect()));
    }
    if let Some(split) = dataset.splits.first() {
        for (name, nodes) in
            [("train_mask", &split.train), ("val_mask", &split.val), ("test_mask", &split.test)]
        {
            let mut flags = vec![false; num_nodes];
            nodes.iter().for_each(|&node| flags[node as usize] = true);
            put(name, NodeValues::Flags(flags));
        }
    }
    all.extend_from_slice(more);
    for (at, column) in all.iter().enumerate() {
        let len = column.values.len();
        if len != num_nodes {
            let message = format!("column {:?}: {len} values, the graph has {num_nodes} nodes", column.name);
            return Err(Error::ShapeMismatch(message));
        }
        if column.name.is_empty() || all[..at].iter().any(|other| other.name == column.name) {
            let message = format!("{:?} is empty or stands twice", column.name);
            return Err(Error::option("columns", message));
        }
    }
    Ok(all)
}

/// Writes GraphML: `label`, `class` and the masks of the first split where there are any, then `more`.
///
/// Sparse or dense features are not written; [`save_graph`](crate::io::save_graph) keeps them.
/// # Arguments
/// * `more`: columns of nodes, for example batch, prediction and score.
/// # Errors
/// `shape_mismatch` when a column has not one value a node; `invalid_option` for a name that stands twice.
/// # Cost
/// `O(n + m)` time; some 60 bytes an edge.
pub fn save_graphml(dataset: &Dataset, more: &[NodeColumn]) -> Result<String> {
    let columns = columns(dataset, more)?;
    let graph = &dataset.graph;
    let mut out = Out(String::new());
    out.push("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n")?;
    let key = |out: &mut Out, id: &str, domain: &str, name: &str, kind: &str| {
        out.all(&[" <key id=\"", id, "\" for=\"", domain, "\" attr.name=\""])?;
        out.escaped(name)?;
        out.all(&["\" attr.type=\"", kind, "\"/>\n"])
    };
    key(&mut out, "title", "graph", "name", "string")?;
    if dataset.node_names.is_some() {
        key(&mut out, "name", "node", "name", "string")?;
    }
    if dataset.positions.is_some() {
        key(&mut out, "x", "node", "x", "float")?;
        key(&mut out, "y", "node", "y", "float")?;
    }
    for (at, column) in columns.iter().enumerate() {
        key(&mut out, &format!("d{at}"), "node", &column.name, column.values.kind())?;
    }
    if graph.weights().is_some() {
        key(&mut out, "weight", "edge", "weight", "float")?;
    }
    let direction = if graph.is_directed() { "directed" } else { "undirected" };
    out.all(&[" <graph edgedefault=\"", direction, "\">\n  <data key=\"title\">"])?;
    out.escaped(&dataset.name)?;
    out.push("</data>\n")?;
    for node in 0..graph.num_nodes() as usize {
        out.all(&["  <node id=\"", &node.to_string(), "\">"])?;
        let data = |out: &mut Out, key: &str, text: &str| {
            out.all(&["<data key=\"", key, "\">"])?;
            out.escaped(text)?;
            out.push("</data>")
        };
        if let Some(names) = &dataset.node_names {
            data(&mut out, "name", &names[node])?;
        }
        if let Some(positions) = &dataset.positions {
            data(&mut out, "x", &positions[node][0].to_string())?;
            data(&mut out, "y", &positions[node][1].to_string())?;
        }
        for (at, column) in columns.iter().enumerate() {
            if let Some(text) = column.values.text(node) {
                data(&mut out, &format!("d{at}"), &text)?;
            }
        }
        out.push("</node>\n")?;
    }
    for (source, target, weight) in each_edge(dataset) {
        out.all(&["  <edge source=\"", &source.to_string(), "\" target=\"", &target.to_string(), "\""])?;
        if graph.weights().is_some() {
            out.all(&["><data key=\"weight\">", &weight.to_string(), "</data></edge>\n"])?;
        } else {
            out.push("/>\n")?;
        }
    }
    out.push(" </graph>\n</graphml>\n")?;
    Ok(out.0)
}

/// Writes GEXF 1.3 for Gephi: names as labels, positions, and the attributes of [`save_graphml`].
///
/// # Errors
/// As for [`save_graphml`].
/// # Cost
/// `O(n + m)` time; some 60 bytes an edge.
pub fn save_gexf(dataset: &Dataset, more: &[NodeColumn]) -> Result<String> {
    let columns = columns(dataset, more)?;
    let graph = &dataset.graph;
    let mut out = Out(String::new());
    out.push("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gexf xmlns=\"http://gexf.net/1.3\" xmlns:viz=\"http://gexf.net/1.3/viz\" version=\"1.3\">\n")?;
    let direction = if graph.is_directed() { "directed" } else { "undirected" };
    out.all(&[" <graph defaultedgetype=\"", direction, "\">\n  <attributes class=\"node\">\n"])?;
    for (at, column) in columns.iter().enumerate() {
        let kind = if column.values.kind() == "int" { "integer" } else { column.values.kind() };
        out.all(&["   <attribute id=\"", &at.to_string(), "\" type=\"", kind, "\" title=\""])?;
        out.escaped(&column.name)?;
        out.push("\"/>\n")?;
    }
    out.push("  </attributes>\n  <nodes>\n")?;
    for node in 0..graph.num_nodes() as usize {
        let id = node.to_string();
        out.all(&["   <node id=\"", &id, "\" label=\""])?;
        out.escaped(dataset.node_names.as_ref().map_or(&id, |names| &names[node]))?;
        out.push("\"><attvalues>")?;
        for (at, column) in columns.iter().enumerate() {
            if let Some(text) = column.values.text(node) {
                out.all(&["<attvalue for=\"", &at.to_string(), "\" value=\""])?;
                out.escaped(&text)?;
                out.push("\"/>")?;
            }
        }
        out.push("</attvalues>")?;
        if let Some(positions) = &dataset.positions {
            let [x, y] = positions[node].map(|value| value.to_string());
            out.all(&["<viz:position x=\"", &x, "\" y=\"", &y, "\" z=\"0\"/>"])?;
        }
        out.push("</node>\n")?;
    }
    out.push("  </nodes>\n  <edges>\n")?;
    for (at, (source, target, weight)) in each_edge(dataset).enumerate() {
        let [id, source, target] =
            [at as u64, source.into(), target.into()].map(|number: u64| number.to_string());
        out.all(&["   <edge id=\"", &id, "\" source=\"", &source, "\" target=\"", &target])?;
        if graph.weights().is_some() {
            out.all(&["\" weight=\"", &weight.to_string()])?;
        }
        out.push("\"/>\n")?;
    }
    out.push("  </edges>\n </graph>\n</gexf>\n")?;
    Ok(out.0)
}

/// Every edge once, with the self-loops of the input.
fn each_edge(dataset: &Dataset) -> impl Iterator<Item = (u32, u32, f32)> + '_ {
    let directed = dataset.graph.is_directed();
    entries(&dataset.graph).filter(move |&(source, target, _)| directed || source <= target)
}
