//! GEXF, as Gephi and NetworkX write it: attributes by number, names, positions.

use crate::error::Result;
use crate::io::dataset::graph_rows::{GraphRows, Id};
use crate::io::dataset::ids::Names;
use crate::io::format::Format;
use crate::io::formats::file_format::{Evidence, FileFormat};
use crate::io::formats::graph_file::GraphFile;
use crate::io::text::xml::{Tag, XmlElements, XmlReader};

/// GEXF.
pub(crate) static FORMAT: FileFormat = FileFormat {
    format: Format {
        name: "gexf",
        label: "GEXF",
        files: "GEXF",
        extensions: &["gexf"],
        media_type: "application/gexf+xml",
        signatures: &[],
    },
    evidence: Evidence::Start,
    recognise: |head| FILE.found(head.text().starts_with(b"<") && head.contains(b"<gexf")),
    by_option: Some(|_| FILE.given()),
};

static FILE: GraphFile = GraphFile {
    words: "graph (GEXF)",
    least_edge_bytes: 32,
    reader: |source, rows| Ok(Box::new(XmlReader::new(source, Box::<Gexf>::default(), rows)?)),
};

/// Most attributes of nodes.
const MAX_ATTRIBUTES: u64 = 1 << 16;

/// Reads the elements of GEXF.
#[derive(Default)]
struct Gexf {
    attributes: Vec<Attribute>,
    /// Their ids by number, to find them.
    ids: Names,
    of_nodes: bool,
    in_node: bool,
    in_default: bool,
    text: String,
    seen_graph: bool,
    has_defaults: bool,
    columns: Option<[usize; 3]>,
}

struct Attribute {
    title: String,
    column: usize,
    default: Option<String>,
    /// Number of nodes when a node last had a value for it.
    given_at: usize,
}

impl Gexf {
    fn attribute(&mut self, rows: &mut GraphRows, tag: &Tag<'_>) -> Result<()> {
        let id = tag.need("id")?;
        if (self.ids.intern("attributes of a GEXF file", &id, MAX_ATTRIBUTES)? as usize)
            < self.attributes.len()
        {
            return Err(tag.fail(format!("the attribute {id:?} stands twice")));
        }
        let title = tag.get("title")?.unwrap_or_default().into_owned();
        let column = rows.column(&title)?;
        self.attributes.push(Attribute { title, column, default: None, given_at: 0 });
        Ok(())
    }

    /// The columns of the name and the position, which are no attributes in GEXF.
    fn columns(&mut self, rows: &mut GraphRows) -> Result<[usize; 3]> {
        if let Some(columns) = self.columns {
            return Ok(columns);
        }
        let columns = [rows.column("name")?, rows.column("x")?, rows.column("y")?];
        self.columns = Some(columns);
        Ok(columns)
    }
}

impl XmlElements for Gexf {
    fn start(&mut self, rows: &mut GraphRows, tag: &Tag<'_>) -> Result<()> {
        match tag.name() {
            "graph" => {
                if self.seen_graph {
                    return Err(tag.fail("a second graph is not read".to_owned()));
                }
                self.seen_graph = true;
                rows.directed = match tag.get("defaultedgetype")?.as_deref() {
                    Some("directed") => true,
                    None | Some("undirected" | "mutual") => false,
                    Some(other) => {
                        let message =
                            format!("defaultedgetype is {other:?}, allowed are directed and undirected");
                        return Err(tag.fail(message));
                    }
                };
            }
            "attributes" => self.of_nodes = tag.need("class")? == "node",
            "attribute" if self.of_nodes => self.attribute(rows, tag)?,
            "default" => {
                self.in_default = self.of_nodes;
                self.text.clear();
            }
            "node" => {
                let [name, ..] = self.columns(rows)?;
                let id = tag.need("id")?;
                rows.node(tag.line, Id::Text(&id))?;
                self.in_node = true;
                if let Some(label) = tag.get("label")?.filter(|label| *label != id) {
                    rows.set(tag.line, name, "label", &label)?;
                }
            }
            "attvalue" if self.in_node => {
                let id = tag.get("for")?.or(tag.get("id")?).unwrap_or_default();
                let at = self.ids.get(&id).map(|at| at as usize);
                let at = at.ok_or_else(|| tag.fail(format!("the attribute {id:?} is not declared")))?;
                let Attribute { column, title, given_at, .. } = &mut self.attributes[at];
                *given_at = rows.num_nodes();
                rows.set(tag.line, *column, title, &tag.need("value")?)?;
            }
            "position" if self.in_node => {
                let [_, across, up] = self.columns(rows)?;
                rows.set(tag.line, across, "x", &tag.need("x")?)?;
                rows.set(tag.line, up, "y", &tag.need("y")?)?;
            }
            "edge" => {
                let weight = tag.get("weight")?;
                let (source, target) = (tag.need("source")?, tag.need("target")?);
                rows.edge(tag.line, Id::Text(&source), Id::Text(&target), weight.as_deref())?;
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, _: &mut GraphRows, _: u64, text: &str) -> Result<()> {
        if self.in_default {
            self.text.push_str(text);
        }
        Ok(())
    }

    fn end(&mut self, rows: &mut GraphRows, line: u64, name: &str) -> Result<()> {
        match name {
            "attributes" => self.of_nodes = false,
            "default" if std::mem::take(&mut self.in_default) => {
                if let Some(attribute) = self.attributes.last_mut() {
                    attribute.default = Some(std::mem::take(&mut self.text));
                    self.has_defaults = true;
                }
            }
            "node" => {
                self.in_node = false;
                if self.has_defaults {
                    for attribute in &self.attributes {
                        if let Some(default) = &attribute.default
                            && attribute.given_at != rows.num_nodes()
                        {
                            rows.set(line, attribute.column, &attribute.title, default)?;
                        }
                    }
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
