//! Names of tensors: those of PyG's model classes, and those of hand-written modules, which count from 1.

use std::collections::BTreeMap;

use super::super::Arch;
use super::Named;
use crate::error::{Error, Result};
use crate::io::TensorMap;

/// Tensors of a convolution that only one kind of it has.
const SAGE: [&str; 3] = ["lin_l.weight", "lin_l.bias", "lin_r.weight"];
const GAT: [&str; 2] = ["att_src", "att_dst"];
/// Tensors of a convolution in the order of their mention.
const CONV: [&str; 7] =
    ["lin.weight", "lin_l.weight", "lin_l.bias", "lin_r.weight", "att_src", "att_dst", "bias"];

/// All tensors: those of convolutions and norms by layer, counted from 0, and by what they are.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub(super) convs: BTreeMap<u32, BTreeMap<&'static str, Named<'a>>>,
    pub(super) norms: BTreeMap<u32, BTreeMap<&'static str, Named<'a>>>,
    pub(super) head: BTreeMap<&'static str, Named<'a>>,
}

impl<'a> Found<'a> {
    /// The tensor that became the parameter of that name.
    pub(super) fn get(&self, name: &str) -> Option<Named<'a>> {
        let mut parts = name.splitn(3, '.');
        let (kind, layer) = (parts.next()?, parts.next()?);
        if kind == "lin" {
            return self.head.get(layer).copied();
        }
        let layers = if kind == "convs" { &self.convs } else { &self.norms };
        layers.get(&layer.parse().ok()?)?.get(parts.next()?).copied()
    }

    /// The names in the file, layer by layer.
    pub(super) fn names(&self) -> Vec<&'a str> {
        let in_order = |tensors: &BTreeMap<&'static str, Named<'a>>| -> Vec<&'a str> {
            let order = CONV.iter().chain(&["weight"]).filter(|part| **part != "bias").chain(&["bias"]);
            order.filter_map(|part| tensors.get(part)).map(|&(name, _)| name).collect()
        };
        self.convs.values().chain(self.norms.values()).chain([&self.head]).flat_map(in_order).collect()
    }

    /// What kind of convolution the names tell, which must be the one that is `described`.
    pub(super) fn arch(&self, described: Option<Arch>) -> Result<Arch> {
        let has = |parts: &[&str]| {
            let tensors = self.convs.values().flat_map(|tensors| tensors.iter());
            tensors.into_iter().find(|(part, _)| parts.contains(*part)).map(|(_, &(name, _))| name)
        };
        let arch = match (has(&SAGE), has(&GAT)) {
            (Some(sage), Some(gat)) => {
                return Err(Error::UnsupportedModel(format!(
                    "tensor {sage} belongs to a GraphSAGE layer and {gat} to a GAT layer; all layers must be of one kind"
                )));
            }
            (Some(_), None) => Arch::Sage,
            (None, Some(_)) => Arch::Gat,
            (None, None) => Arch::Gcn,
        };
        let strange = |part: &&str| match arch {
            Arch::Sage => !SAGE.contains(part),
            Arch::Gcn | Arch::Gat => false,
        };
        for tensors in self.convs.values() {
            if let Some((_, (name, _))) = tensors.iter().find(|(part, _)| strange(part)) {
                return Err(unknown(name));
            }
        }
        match described {
            Some(other) if other != arch => Err(Error::UnsupportedModel(format!(
                "metadata arch: conv is {:?}, the tensors are those of {:?}",
                other.name(),
                arch.name()
            ))),
            _ => Ok(arch),
        }
    }
}

/// Puts every tensor into its place.
pub(super) fn sort(map: &TensorMap) -> Result<Found<'_>> {
    let mut found = Found::default();
    let mut twins = Vec::new();
    for (name, tensor) in &map.tensors {
        let (kind, layer, part) = split(name).ok_or_else(|| unknown(name))?;
        let place = match kind {
            "conv" => found.convs.entry(layer).or_default(),
            "norm" => found.norms.entry(layer).or_default(),
            _ => &mut found.head,
        };
        let part = match (kind, part) {
            // GAT layers before PyG 2.5 have one weight under two names.
            ("conv", "lin_src.weight") => "lin.weight",
            ("conv", "lin_dst.weight") => {
                twins.push((layer, (name.as_str(), tensor)));
                continue;
            }
            ("conv", part) => CONV.into_iter().find(|known| *known == part).ok_or_else(|| unknown(name))?,
            (_, "weight") => "weight",
            (_, "bias") => "bias",
            _ => return Err(unknown(name)),
        };
        if let Some((other, _)) = place.insert(part, (name, tensor)) {
            return Err(Error::UnsupportedModel(format!(
                "tensors {other} and {name} are the same parameter"
            )));
        }
    }
    for (layer, (name, tensor)) in twins {
        let weight = found.convs.get(&layer).and_then(|tensors| tensors.get("lin.weight"));
        if weight.is_none_or(|(_, weight)| *weight != tensor) {
            return Err(Error::UnsupportedModel(format!(
                "tensor {name} is not the same as lin_src.weight: layers between two kinds of nodes are not supported"
            )));
        }
    }
    Ok(found)
}

/// Kind, layer from 0, and rest of a name.
fn split(name: &str) -> Option<(&str, u32, &str)> {
    let (first, rest) = name.split_once('.')?;
    match first {
        "lin" => Some(("lin", 0, rest)),
        "convs" | "norms" => {
            let (layer, rest) = rest.split_once('.')?;
            Some((&first[..4], layer.parse().ok()?, rest))
        }
        _ => {
            let kind = ["conv", "norm"].into_iter().find(|kind| first.starts_with(kind))?;
            Some((kind, first[4..].parse::<u32>().ok()?.checked_sub(1)?, rest))
        }
    }
}

fn unknown(name: &str) -> Error {
    Error::UnsupportedModel(format!(
        "tensor {name} belongs to no supported layer; known are convs.{{i}}.lin.weight, convs.{{i}}.bias (GCN), \
         convs.{{i}}.lin_l.weight, convs.{{i}}.lin_l.bias, convs.{{i}}.lin_r.weight (GraphSAGE), \
         convs.{{i}}.lin.weight, convs.{{i}}.att_src, convs.{{i}}.att_dst, convs.{{i}}.bias (GAT), \
         norms.{{i}}.weight, norms.{{i}}.bias (or conv1…, norm1…), lin.weight and lin.bias"
    ))
}
