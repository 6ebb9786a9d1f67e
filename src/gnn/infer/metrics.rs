//! Predictions and how good they are.

use crate::error::{Error, Result};
use crate::graph::{Dataset, Labels, Split};
use crate::limits;
use crate::math::{Digest, exp};

/// A measure on the nodes of the result that belong to a part of a split; `None` where no labelled node does.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct SplitMetric {
    /// Training nodes.
    pub train: Option<f64>,
    /// Validation nodes.
    pub val: Option<f64>,
    /// Test nodes.
    pub test: Option<f64>,
    /// All labelled nodes of the result.
    pub all: Option<f64>,
}

/// What a model says about nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// Global ids, ascending.
    pub nodes: Vec<u32>,
    /// Width of `logits`.
    pub num_classes: usize,
    /// `[nodes, classes]`, row-major.
    pub logits: Vec<f32>,
    /// Class of every node: the greatest logit, of equal ones the smaller class.
    pub predictions: Vec<u32>,
    /// Share of right predictions; `None` without labels. Nodes without label do not count.
    pub accuracy: Option<SplitMetric>,
    /// Macro-F1: the mean of F1 over the classes that stand among the labels or predictions of the nodes counted;
    /// `None` without labels.
    pub f1: Option<SplitMetric>,
    /// Fingerprint of nodes and logits, bit for bit.
    pub digest: String,
}

impl Predictions {
    /// Classes and measures from logits.
    pub(crate) fn new(
        nodes: Vec<u32>,
        num_classes: usize,
        logits: Vec<f32>,
        labels: Option<&Labels>,
        split: Option<&Split>,
    ) -> Self {
        let predictions: Vec<u32> = logits.chunks_exact(num_classes).map(argmax).collect();
        let mut digest = Digest::default();
        digest.u32s(&nodes).f32s(&logits);
        let (mut accuracy, mut f1) = (None, None);
        if let Some(labels) = labels {
            let count = |part: Option<&[u32]>| Counts::of(&nodes, &predictions, labels, num_classes, part);
            let part = |pick: fn(&Split) -> &[u32]| split.map(|split| count(Some(pick(split))));
            let parts = [part(|split| &split.train), part(|split| &split.val), part(|split| &split.test)];
            let metric = |measure: fn(&Counts) -> Option<f64>| {
                let [train, val, test] = [0, 1, 2].map(|at: usize| parts[at].as_ref().and_then(measure));
                SplitMetric { train, val, test, all: measure(&count(None)) }
            };
            accuracy = Some(metric(Counts::accuracy));
            f1 = Some(metric(Counts::macro_f1));
        }
        let digest = digest.hex();
        Self { nodes, num_classes, logits, predictions, accuracy, f1, digest }
    }

    /// Classes from logits, without measures.
    ///
    /// # Errors
    /// `shape_mismatch` unless there is one row of logits a node.
    pub fn of_logits(nodes: Vec<u32>, num_classes: usize, logits: Vec<f32>) -> Result<Self> {
        if num_classes == 0 || nodes.len().checked_mul(num_classes) != Some(logits.len()) {
            return Err(Error::ShapeMismatch(format!(
                "{} logits for {} nodes of {num_classes} classes",
                logits.len(),
                nodes.len()
            )));
        }
        Ok(Self::new(nodes, num_classes, logits, None, None))
    }

    /// Probability of every class of every node, `[nodes, classes]`, row-major: the softmax of the logits.
    ///
    /// # Errors
    /// `out_of_memory` for `4 nodes classes` bytes.
    pub fn probabilities(&self) -> Result<Vec<f32>> {
        let mut all = limits::reserve(self.logits.len())?;
        for row in self.logits.chunks_exact(self.num_classes) {
            let greatest = row[argmax(row) as usize];
            let start = all.len();
            all.extend(row.iter().map(|&value| exp(value - greatest)));
            let sum: f64 = all[start..].iter().map(|&value| f64::from(value)).sum();
            all[start..].iter_mut().for_each(|value| *value = (f64::from(*value) / sum) as f32);
        }
        Ok(all)
    }
}

/// The split that the measures use: the one named, or the first if there is one.
pub(super) fn split_of(dataset: &Dataset, split: Option<&str>) -> Result<Option<Split>> {
    Ok(match split {
        Some(_) => Some(dataset.split(split)?.clone()),
        None => dataset.splits.first().cloned(),
    })
}

/// Index of the greatest value; the smallest index of equal ones.
pub(crate) fn argmax(row: &[f32]) -> u32 {
    let mut best = 0;
    for (class, &value) in row.iter().enumerate() {
        if value > row[best] {
            best = class;
        }
    }
    best as u32
}

/// Per class: right, predicted and true nodes.
struct Counts {
    right: Vec<u64>,
    predicted: Vec<u64>,
    labelled: Vec<u64>,
}

impl Counts {
    /// Counts the labelled nodes, within `part` (ascending) when it is given.
    fn of(
        nodes: &[u32],
        predictions: &[u32],
        labels: &Labels,
        num_classes: usize,
        part: Option<&[u32]>,
    ) -> Self {
        let zeros = || vec![0; num_classes];
        let mut counts = Self { right: zeros(), predicted: zeros(), labelled: zeros() };
        for (node, &prediction) in nodes.iter().zip(predictions) {
            let label = labels.values[*node as usize];
            if label < 0 || part.is_some_and(|part| part.binary_search(node).is_err()) {
                continue;
            }
            counts.right[label as usize] += u64::from(label as u32 == prediction);
            counts.predicted[prediction as usize] += 1;
            counts.labelled[label as usize] += 1;
        }
        counts
    }

    fn accuracy(&self) -> Option<f64> {
        let all: u64 = self.labelled.iter().sum();
        (all > 0).then(|| self.right.iter().sum::<u64>() as f64 / all as f64)
    }

    fn macro_f1(&self) -> Option<f64> {
        let (mut sum, mut classes) = (0.0, 0u32);
        for ((&right, &predicted), &labelled) in self.right.iter().zip(&self.predicted).zip(&self.labelled) {
            if predicted + labelled > 0 {
                sum += 2.0 * right as f64 / (predicted + labelled) as f64;
                classes += 1;
            }
        }
        (classes > 0).then(|| sum / f64::from(classes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_logits_go_to_the_smaller_class() {
        assert_eq!(argmax(&[1.0, 2.0, 2.0]), 1);
        assert_eq!(argmax(&[f32::NAN, f32::NAN]), 0);
    }

    #[test]
    fn accuracy_and_f1_by_hand() {
        let labels = Labels {
            values: vec![0, 0, 1, -1, 2],
            class_names: ["a", "b", "c", "d"].map(String::from).to_vec(),
        };
        let split = Split { name: "s".into(), train: vec![0], val: vec![3], test: vec![1, 2, 4] };
        // Node 0 right, node 1 taken for class 1, node 2 right, node 3 unlabelled, node 4 taken for class 1.
        let one_hot = |class: usize| (0..4).map(move |k| if k == class { 1.0 } else { 0.0 });
        let logits = [0, 1, 1, 0, 1].into_iter().flat_map(one_hot).collect();
        let result = Predictions::new(vec![0, 1, 2, 3, 4], 4, logits, Some(&labels), Some(&split));
        assert_eq!(result.predictions, [0, 1, 1, 0, 1]);
        // exp(1) / (exp(1) + 3) and 1 / (exp(1) + 3).
        let probabilities = result.probabilities().unwrap();
        assert!((probabilities[0] - 0.475_367).abs() < 1e-6 && (probabilities[1] - 0.174_878).abs() < 1e-6);
        let third = 1.0 / 3.0;
        assert_eq!(
            result.accuracy,
            Some(SplitMetric { train: Some(1.0), val: None, test: Some(third), all: Some(0.5) })
        );
        // Test: class 0 has F1 0, class 1 2/(3+1), class 2 0, class 3 does not occur. All: class 0 2/(1+2).
        let f1 = result.f1.unwrap();
        assert_eq!((f1.train, f1.val), (Some(1.0), None));
        assert!((f1.test.unwrap() - 0.5 / 3.0).abs() < 1e-12);
        assert!((f1.all.unwrap() - (2.0 / 3.0 + 0.5) / 3.0).abs() < 1e-12);
    }
}
