//! Names of tensors: those of PyG's model classes, and those of hand-written modules, which count from 1.

use super::super::layer_tensors::FoundTensors;
use super::super::{Arch, convolution::Kind};
use crate::error::{Error, Result};
use crate::io::TensorMap;

/// What tensors of a layer may be, in the order of their mention: biases last.
fn parts() -> Vec<&'static str> {
    let mut parts: Vec<&'static str> = Vec::new();
    for &part in kinds().flat_map(|kind| kind.tensors).chain(&["weight"]).filter(|part| **part != "bias") {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts.push("bias");
    parts
}

/// All kinds, in the order of [`Arch::ALL`].
fn kinds() -> impl Iterator<Item = &'static Kind> {
    Arch::ALL.iter().map(|arch| arch.kind())
}

/// Places of the kinds whose marks are among the `parts` of a file.
///
/// A kind whose marks that are there another could have too, but not the other way round, is not meant.
fn told_by(kinds: &[&Kind], parts: &[&str]) -> Vec<usize> {
    let marks = |kind: &Kind| parts.iter().filter(|part| kind.marks.contains(part)).count();
    let explains = |kind: &Kind, other: &Kind| {
        parts.iter().all(|part| !other.marks.contains(part) || kind.tensors.contains(part))
    };
    let told = |place: &usize| marks(kinds[*place]) > 0;
    let is_meant = |place: &usize| {
        let kind = kinds[*place];
        !kinds.iter().any(|other| marks(other) > 0 && explains(other, kind) && !explains(kind, other))
    };
    (0..kinds.len()).filter(told).filter(is_meant).collect()
}

/// What kind of convolution the names tell, which must be the one that is `described`.
pub(super) fn arch(found: &FoundTensors<'_>, described: Option<Arch>) -> Result<Arch> {
    let tensors = || found.convs.values().flatten();
    let kinds: Vec<&Kind> = kinds().collect();
    let parts: Vec<&str> = tensors().map(|(&part, _)| part).collect();
    let arch = match told_by(&kinds, &parts)[..] {
        [first, second, ..] => {
            let name = |place: usize| {
                let mut marks = tensors().filter(|(part, _)| kinds[place].marks.contains(part));
                marks.next().map_or("", |(_, &(name, _))| name)
            };
            return Err(Error::UnsupportedModel(format!(
                "tensor {} belongs to a {} layer and {} to a {} layer; all layers must be of one kind",
                name(first),
                kinds[first].title,
                name(second),
                kinds[second].title
            )));
        }
        [only] => Arch::ALL[only],
        [] => Arch::default(),
    };
    if let Some((_, (name, _))) = tensors().find(|(part, _)| !arch.kind().tensors.contains(part)) {
        return Err(unknown(name));
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

/// Puts every tensor into its place.
pub(super) fn sort(map: &TensorMap) -> Result<FoundTensors<'_>> {
    let mut found = FoundTensors { parts: parts(), ..FoundTensors::default() };
    let mut copies = Vec::new();
    let now = |names: &'static [(&str, &str)], old: &str| {
        names.iter().find(|(known, _)| *known == old).map(|&(_, now)| now)
    };
    for (name, tensor) in &map.tensors {
        let (kind, layer, part) = split(name).ok_or_else(|| unknown(name))?;
        let (place, part) = match kind {
            "conv" => {
                if let Some(of) = kinds().find_map(|kind| now(kind.copies, part)) {
                    copies.push((layer, of, (name.as_str(), tensor)));
                    continue;
                }
                let part = kinds().find_map(|kind| now(kind.aliases, part)).unwrap_or(part);
                (
                    found.convs.entry(layer).or_default(),
                    kinds().flat_map(|kind| kind.tensors).find(|known| **known == part),
                )
            }
            "norm" => (
                found.norms.entry(layer).or_default(),
                ["weight", "bias"].iter().find(|known| **known == part),
            ),
            _ => (&mut found.head, ["weight", "bias"].iter().find(|known| **known == part)),
        };
        let part = part.ok_or_else(|| unknown(name))?;
        if let Some((other, _)) = place.insert(part, (name, tensor)) {
            return Err(Error::UnsupportedModel(format!(
                "tensors {other} and {name} are the same parameter"
            )));
        }
    }
    for (layer, of, (name, tensor)) in copies {
        let weight = found.convs.get(&layer).and_then(|tensors| tensors.get(of));
        if weight.is_none_or(|(_, weight)| *weight != tensor) {
            let old = kinds().find_map(|kind| kind.aliases.iter().find(|(_, now)| *now == of));
            let other = old.map_or(of, |&(old, _)| old);
            return Err(Error::UnsupportedModel(format!(
                "tensor {name} is not the same as {other}: layers between two kinds of nodes are not supported"
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
    let of_kind = |kind: &Kind| {
        let names: Vec<String> = kind.tensors.iter().map(|part| format!("convs.{{i}}.{part}")).collect();
        format!("{} ({})", names.join(", "), kind.title)
    };
    let known: Vec<String> = kinds().map(of_kind).collect();
    Error::UnsupportedModel(format!(
        "tensor {name} belongs to no supported layer; known are {}, norms.{{i}}.weight, norms.{{i}}.bias (or conv1…, \
         norm1…), lin.weight and lin.bias",
        known.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_that_has_the_names_of_another_and_more_is_told_from_it() {
        // PyG's GATv2Conv shares `lin_l` and `lin_r` with its SAGEConv.
        let wider = Kind {
            title: "GATv2",
            tensors: &["lin_l.weight", "lin_l.bias", "lin_r.weight", "lin_r.bias", "att", "bias"],
            marks: &["att"],
            ..Arch::Gat.kind().clone()
        };
        let all = [Arch::Gcn.kind(), Arch::Sage.kind(), Arch::Gat.kind(), &wider];
        let told = |parts: &[&str]| told_by(&all, parts);
        assert_eq!(told(&["lin.weight", "bias"]), [] as [usize; 0]);
        assert_eq!(told(&["lin_l.weight", "lin_r.weight"]), [1]);
        assert_eq!(told(&["lin.weight", "att_src", "att_dst"]), [2]);
        assert_eq!(told(&["lin_l.weight", "lin_r.weight", "att"]), [3]);
        assert_eq!(told(&["lin_l.weight", "att_src"]), [1, 2]);
    }
}
