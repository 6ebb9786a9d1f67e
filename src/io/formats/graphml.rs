//! GraphML: keys declare attributes, nodes and edges have data by key.

use crate::error::Result;
use crate::io::dataset::graph_rows::{GraphRows, Id};
use crate::io::dataset::ids::Names;
use crate::io::format::Format;
use crate::io::formats::file_format::{Evidence, FileFormat};
use crate::io::formats::graph_file::GraphFile;
use crate::io::text::xml::{Tag, XmlElements, XmlReader};

/// GraphML.
pub(crate) static FORMAT: FileFormat = FileFormat {
    format: Format {
        name: "graphml",
        label: "GraphML",
        files: "GraphML",
        extensions: &["graphml", "xml"],
        media_type: "application/graphml+xml",
        signatures: &[],
    },
    evidence: Evidence::Start,
    recognise: |head| FILE.found(head.text().starts_with(b"<") && head.contains(b"<graphml")),
    by_option: Some(|_| FILE.given()),
};

static FILE: GraphFile = GraphFile {
    words: "graph (GraphML)",
    least_edge_bytes: 32,
    reader: |source, rows| Ok(Box::new(XmlReader::new(source, Box::<GraphMl>::default(), rows)?)),
};

/// Most keys of a file.
const MAX_KEYS: u64 = 1 << 16;

/// Reads the elements of GraphML.
#[derive(Default)]
struct GraphMl {
    keys: Vec<Key>,
    /// Their ids by number, to find them.
    ids: Names,
    /// The element that is open.
    inside: Inside,
    text: String,
    /// The key of the data element that is open.
    data: Option<usize>,
    seen_graph: bool,
    has_defaults: bool,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Inside {
    #[default]
    File,
    Key,
    Graph,
    Node,
    Edge,
}

struct Key {
    name: String,
    of: Meaning,
    default: Option<String>,
    /// Number of nodes when a node last had data for it.
    given_at: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// Its column among those of the nodes.
    Node(usize),
    Weight,
    GraphName,
    Nothing,
}

impl GraphMl {
    fn key(&mut self, rows: &mut GraphRows, tag: &Tag<'_>) -> Result<()> {
        let id = tag.need("id")?;
        if (self.ids.intern("keys of a GraphML file", &id, MAX_KEYS)? as usize) < self.keys.len() {
            return Err(tag.fail(format!("the key {id:?} stands twice")));
        }
        let name = tag.get("attr.name")?.unwrap_or_default().into_owned();
        let domain = tag.get("for")?;
        let of = match domain.as_deref().unwrap_or("all") {
            _ if name.is_empty() => Meaning::Nothing,
            "node" => Meaning::Node(rows.column(&name)?),
            "edge" if name == "weight" || name == "weights" => Meaning::Weight,
            "graph" if name == "name" => Meaning::GraphName,
            "all" if name == "weight" => Meaning::Weight,
            "all" => Meaning::Node(rows.column(&name)?),
            _ => Meaning::Nothing,
        };
        self.keys.push(Key { name, of, default: None, given_at: 0 });
        self.inside = Inside::Key;
        Ok(())
    }

    /// Sets the defaults of keys for which the open node has no data.
    fn defaults(&mut self, rows: &mut GraphRows, line: u64) -> Result<()> {
        for key in &self.keys {
            if let (Meaning::Node(column), Some(default)) = (key.of, &key.default)
                && key.given_at != rows.num_nodes()
            {
                rows.set(line, column, &key.name, default)?;
            }
        }
        Ok(())
    }
}

impl XmlElements for GraphMl {
    fn start(&mut self, rows: &mut GraphRows, tag: &Tag<'_>) -> Result<()> {
        self.text.clear();
        match tag.name() {
            "key" => self.key(rows, tag)?,
            "graph" => {
                if self.seen_graph {
                    let what =
                        if self.inside == Inside::Node { "a graph inside a node" } else { "a second graph" };
                    return Err(tag.fail(format!("{what} is not read")));
                }
                self.seen_graph = true;
                rows.directed = match tag.get("edgedefault")?.as_deref() {
                    Some("directed") => true,
                    None | Some("undirected") => false,
                    Some(other) => {
                        let message =
                            format!("edgedefault is {other:?}, allowed are directed and undirected");
                        return Err(tag.fail(message));
                    }
                };
                self.inside = Inside::Graph;
            }
            "node" => {
                rows.node(tag.line, Id::Text(&tag.need("id")?))?;
                self.inside = Inside::Node;
            }
            "edge" => {
                rows.edge(tag.line, Id::Text(&tag.need("source")?), Id::Text(&tag.need("target")?), None)?;
                self.inside = Inside::Edge;
            }
            "hyperedge" => return Err(tag.fail("hyperedges are not read".to_owned())),
            "data" => {
                let key = tag.need("key")?;
                let at = self.ids.get(&key).map(|at| at as usize);
                self.data = Some(at.ok_or_else(|| tag.fail(format!("the key {key:?} is not declared")))?);
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, _: &mut GraphRows, _: u64, text: &str) -> Result<()> {
        if self.data.is_some() || self.inside == Inside::Key {
            self.text.push_str(text);
        }
        Ok(())
    }

    fn end(&mut self, rows: &mut GraphRows, line: u64, name: &str) -> Result<()> {
        match name {
            "key" => self.inside = Inside::File,
            "default" if self.inside == Inside::Key => {
                if let Some(key) = self.keys.last_mut() {
                    self.has_defaults |= matches!(key.of, Meaning::Node(_));
                    key.default = Some(std::mem::take(&mut self.text));
                }
            }
            "node" => {
                if self.has_defaults {
                    self.defaults(rows, line)?;
                }
                self.inside = Inside::Graph;
            }
            "edge" => self.inside = Inside::Graph,
            "data" => {
                let Some(at) = self.data.take() else { return Ok(()) };
                let key = &mut self.keys[at];
                match (key.of, self.inside) {
                    (Meaning::Node(column), Inside::Node) => {
                        key.given_at = rows.num_nodes();
                        rows.set(line, column, &key.name, &self.text)?;
                    }
                    (Meaning::Weight, Inside::Edge) => rows.weight(line, Some(&self.text))?,
                    (Meaning::GraphName, Inside::Graph) => rows.name = Some(self.text.clone()),
                    _ => {}
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.seen_graph
    }
}
