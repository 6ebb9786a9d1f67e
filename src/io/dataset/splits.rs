//! Splits by node ids or names, and the contents of `meta.json`.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

use crate::error::{Error, Result};
use crate::graph::Split;
use crate::io::dataset::ids::no_such_node;
use crate::io::source::words::grouped;
use crate::limits;

/// A node as a split names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NodeRef {
    Id(i64),
    Name(String),
}

impl fmt::Display for NodeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::Name(name) => write!(f, "{name:?}"),
        }
    }
}

impl<'de> Deserialize<'de> for NodeRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = NodeRef;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a node id or name")
            }
            fn visit_i64<E>(self, id: i64) -> std::result::Result<NodeRef, E> {
                Ok(NodeRef::Id(id))
            }
            fn visit_u64<E>(self, id: u64) -> std::result::Result<NodeRef, E> {
                Ok(NodeRef::Id(id.try_into().unwrap_or(i64::MAX)))
            }
            fn visit_str<E>(self, name: &str) -> std::result::Result<NodeRef, E> {
                Ok(NodeRef::Name(name.to_owned()))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// One split of `splits.json`.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct SplitNodes {
    #[serde(default)]
    train: Vec<NodeRef>,
    #[serde(default)]
    val: Vec<NodeRef>,
    test: Option<Vec<NodeRef>>,
}

/// The splits of a file, in its order.
#[derive(Debug, Default)]
pub(crate) struct RawSplits(Vec<(String, SplitNodes)>);

impl<'de> Deserialize<'de> for RawSplits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = RawSplits;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of splits by name")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<RawSplits, A::Error> {
                let mut splits: Vec<(String, SplitNodes)> = Vec::new();
                while let Some((name, parts)) = map.next_entry::<String, SplitNodes>()? {
                    if splits.iter().any(|(other, _)| *other == name) {
                        return Err(A::Error::custom(format!("the split {name:?} stands twice")));
                    }
                    splits.push((name, parts));
                }
                Ok(RawSplits(splits))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// The keys of `meta.json` that are read; others are ignored.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Meta {
    /// Short name of the data set.
    pub(crate) name: Option<String>,
    /// Names of the classes, by number.
    pub(crate) class_names: Option<Vec<String>>,
    /// Number of nodes, isolated ones included.
    pub(crate) nodes: Option<u32>,
}

/// What resolving a split needs of the graph.
pub(crate) struct Nodes<'a> {
    pub(crate) num_nodes: u32,
    /// Class of every node, -1 for none.
    pub(crate) labels: Option<&'a [i32]>,
    /// Finds a node by the name or the integer that the user's files call it.
    pub(crate) find: &'a dyn Fn(&NodeRef) -> Option<u32>,
}

impl RawSplits {
    /// The nodes of one part: 0 train, 1 validation, 2 test.
    pub(crate) fn of_part(split: &str, part: usize, nodes: Vec<NodeRef>) -> Self {
        let mut parts = SplitNodes::default();
        match part {
            0 => parts.train = nodes,
            1 => parts.val = nodes,
            _ => parts.test = Some(nodes),
        }
        Self(vec![(split.to_owned(), parts)])
    }

    /// Takes a part of a split in; false when it was there.
    pub(crate) fn take_part(&mut self, split: &str, part: usize, mut other: Self) -> bool {
        let Some((_, new)) = other.0.pop() else { return true };
        let Some((_, parts)) = self.0.iter_mut().find(|(name, _)| name == split) else {
            self.0.push((split.to_owned(), new));
            return true;
        };
        let is_free = match part {
            0 => parts.train.is_empty(),
            1 => parts.val.is_empty(),
            _ => parts.test.is_none(),
        };
        match part {
            0 => parts.train = new.train,
            1 => parts.val = new.val,
            _ => parts.test = new.test,
        }
        is_free
    }

    /// Turns ids and names into nodes.
    ///
    /// # Errors
    /// `parse` for a node that does not exist or stands twice.
    pub(crate) fn resolve(self, file: &str, nodes: &Nodes<'_>) -> Result<Vec<Split>> {
        let mut splits = Vec::new();
        for (name, parts) in self.0 {
            let part = |what: &str, refs: &[NodeRef]| {
                let place =
                    |message: String| Error::in_file(file, format!("split {name:?}, {what}: {message}"));
                let mut ids = limits::reserve(refs.len())?;
                for node in refs {
                    let id = (nodes.find)(node)
                        .ok_or_else(|| place(no_such_node(node, nodes.num_nodes.into())))?;
                    ids.push(id);
                }
                ids.sort_unstable();
                if let Some(pair) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
                    let twice = refs.iter().find(|node| (nodes.find)(node) == Some(pair[0]));
                    let twice = twice.map_or_else(String::new, NodeRef::to_string);
                    return Err(place(format!("node {twice} stands twice")));
                }
                Ok(ids)
            };
            let (train, val) = (part("train", &parts.train)?, part("val", &parts.val)?);
            let test = parts.test.as_deref().map(|refs| part("test", refs)).transpose()?;
            splits.push(complete(name, train, val, test, nodes.num_nodes, nodes.labels));
        }
        Ok(splits)
    }
}

/// A split whose test part, when it is missing, is every other labelled node.
pub(crate) fn complete(
    name: String,
    train: Vec<u32>,
    val: Vec<u32>,
    test: Option<Vec<u32>>,
    num_nodes: u32,
    labels: Option<&[i32]>,
) -> Split {
    let test = test.unwrap_or_else(|| {
        let is_free = |node: &u32| {
            labels.is_none_or(|labels| labels[*node as usize] >= 0)
                && train.binary_search(node).is_err()
                && val.binary_search(node).is_err()
        };
        (0..num_nodes).filter(is_free).collect()
    });
    Split { name, train, val, test }
}

/// A sentence for every split two of whose parts share nodes.
pub(crate) fn overlaps(splits: &[Split]) -> Vec<String> {
    let mut sentences = Vec::new();
    for split in splits {
        let parts = [("train", &split.train), ("val", &split.val), ("test", &split.test)];
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            let shared = parts[a].1.iter().filter(|node| parts[b].1.binary_search(node).is_ok()).count();
            if shared > 0 {
                let (a, b, shared) = (parts[a].0, parts[b].0, grouped(shared as u64));
                sentences.push(format!("split {:?}: {a} and {b} share nodes, {shared}", split.name));
            }
        }
    }
    sentences
}
