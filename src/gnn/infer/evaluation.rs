//! Where a model errs and how far its confidence can be trusted.

use super::metrics::Predictions;
use crate::error::{Error, Result};
use crate::graph::Labels;
use crate::limits::{self, Limits};
use crate::options::BINS;

/// Nodes whose confidence lies in one range.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bin {
    /// Labelled nodes.
    pub count: u32,
    /// Those of them that are predicted rightly.
    pub right: u32,
    /// Mean probability of the predicted class; 0 without nodes.
    pub confidence: f64,
}

/// Predictions beside labels: which class is taken for which, and whether nodes of confidence `p` are right in `p` of the
/// cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Labelled nodes counted.
    pub num_nodes: u32,
    /// `[classes, classes]`, row-major: nodes by label (row) and prediction (column).
    pub confusion: Vec<u32>,
    /// Ranges of equal width: the confidences above `i / bins` up to `(i + 1) / bins`, the first from 0.
    pub bins: Vec<Bin>,
    /// Expected calibration error, 0 to 1: mean over the nodes of the distance between accuracy and mean confidence of
    /// their range. `None` without nodes.
    pub calibration_error: Option<f64>,
}

impl Evaluation {
    /// Counts predictions beside labels ([Guo17] section 2).
    ///
    /// # Arguments
    /// * `predictions`: of any nodes of the graph; those without label do not count.
    /// * `part`: ascending ids of the nodes that count; `None` for all.
    /// * `num_bins`: 1 to 1000; [Guo17] takes 15.
    /// # Errors
    /// `invalid_option` for the number of bins; `shape_mismatch` for a node without place among the labels and for a
    /// label that the model does not know; `limit_exceeded` and `out_of_memory` for sizes.
    /// # Cost
    /// Time of the logits; `4 classes^2` bytes and those of the probabilities.
    pub fn new(
        predictions: &Predictions,
        labels: &Labels,
        part: Option<&[u32]>,
        num_bins: u32,
        limits: &Limits,
    ) -> Result<Self> {
        BINS.check(num_bins.into())?;
        let classes = predictions.num_classes;
        let bytes = (classes as u64).saturating_mul(classes as u64).saturating_mul(4);
        limits::check("bytes of the confusion matrix", bytes, limits.max_matrix_bytes)?;
        let mut confusion = limits::filled(classes * classes, 0u32)?;
        let mut bins = limits::filled(num_bins as usize, Bin::default())?;
        let probabilities = predictions.probabilities()?;
        let rows = probabilities.chunks_exact(classes);
        let mut num_nodes = 0;
        for ((&node, &prediction), row) in predictions.nodes.iter().zip(&predictions.predictions).zip(rows) {
            let Some(&label) = labels.values.get(node as usize) else {
                let known = labels.values.len();
                return Err(Error::ShapeMismatch(format!("node {node}: the graph has {known} nodes")));
            };
            if label < 0 || part.is_some_and(|part| part.binary_search(&node).is_err()) {
                continue;
            }
            if label as usize >= classes {
                return Err(Error::ShapeMismatch(format!(
                    "label {label} of node {node}: the predictions are of {classes} classes"
                )));
            }
            num_nodes += 1;
            confusion[label as usize * classes + prediction as usize] += 1;
            let confidence = f64::from(row[prediction as usize]);
            let at = (confidence * f64::from(num_bins)).ceil() as usize;
            let bin = &mut bins[at.saturating_sub(1).min(num_bins as usize - 1)];
            bin.count += 1;
            bin.right += u32::from(label as u32 == prediction);
            bin.confidence += confidence;
        }
        let mut error = 0.0;
        for bin in bins.iter_mut().filter(|bin| bin.count > 0) {
            error += (f64::from(bin.right) - bin.confidence).abs();
            bin.confidence /= f64::from(bin.count);
        }
        let calibration_error = (num_nodes > 0).then(|| error / f64::from(num_nodes));
        Ok(Self { num_nodes, confusion, bins, calibration_error })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[i32], classes: usize) -> Labels {
        Labels { values: values.to_vec(), class_names: (0..classes).map(|class| class.to_string()).collect() }
    }

    /// Logits of two classes under which class 1 has the probability `p`.
    fn of_two(probabilities: &[f64]) -> Predictions {
        let logits: Vec<f32> =
            probabilities.iter().flat_map(|p| [0.0, (p / (1.0 - p)).ln() as f32]).collect();
        Predictions::new((0..probabilities.len() as u32).collect(), 2, logits, None, None)
    }

    #[test]
    fn confusion_and_calibration_by_hand() {
        // Predicted 1 1 0 1 0 1, with confidence 0.9 0.7 0.8 0.7 0.9 0.6; the last node has no label.
        let predictions = of_two(&[0.9, 0.7, 0.2, 0.7, 0.1, 0.6]);
        let labels = labels(&[1, 0, 0, 1, 1, -1], 2);
        let found = Evaluation::new(&predictions, &labels, None, 4, &Limits::default()).unwrap();
        assert_eq!(found.num_nodes, 5);
        assert_eq!(found.confusion, [1, 1, 1, 2]);
        // Above 0.5 up to 0.75: 0.7 wrong, 0.7 right. Above 0.75: 0.9 right, 0.8 right, 0.9 wrong.
        let counts: Vec<(u32, u32)> = found.bins.iter().map(|bin| (bin.count, bin.right)).collect();
        assert_eq!(counts, [(0, 0), (0, 0), (2, 1), (3, 2)]);
        assert!((found.bins[2].confidence - 0.7).abs() < 1e-6);
        assert!((found.bins[3].confidence - 2.6 / 3.0).abs() < 1e-6);
        // 2/5 |1/2 - 0.7| + 3/5 |2/3 - 2.6/3|.
        assert!((found.calibration_error.unwrap() - 0.2).abs() < 1e-6);

        let part = Evaluation::new(&predictions, &labels, Some(&[1, 2, 5]), 1, &Limits::default()).unwrap();
        assert_eq!(part.confusion, [1, 1, 0, 0]);
        // One of two right, with confidence 0.75 in the mean.
        assert!((part.calibration_error.unwrap() - 0.25).abs() < 1e-6);
        let none = Evaluation::new(&predictions, &labels, Some(&[5]), 3, &Limits::default()).unwrap();
        assert_eq!((none.num_nodes, none.calibration_error), (0, None));
    }

    #[test]
    fn a_range_ends_with_its_upper_bound() {
        // Equal logits: confidence exactly 1/2, which is the end of the first of two ranges.
        let even = Predictions::new(vec![0], 2, vec![3.0, 3.0], None, None);
        let found = Evaluation::new(&even, &labels(&[1], 2), None, 2, &Limits::default()).unwrap();
        assert_eq!(found.bins[0], Bin { count: 1, right: 0, confidence: 0.5 });
        // Certainty lies in the last range, whatever rounding does.
        let sure = Predictions::new(vec![0], 2, vec![0.0, 200.0], None, None);
        let found = Evaluation::new(&sure, &labels(&[1], 2), None, 10, &Limits::default()).unwrap();
        assert_eq!(found.bins[9], Bin { count: 1, right: 1, confidence: 1.0 });
        assert_eq!(found.calibration_error, Some(0.0));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let predictions = of_two(&[0.9, 0.9]);
        let with = |values: &[i32], bins, limits: &Limits| {
            Evaluation::new(&predictions, &labels(values, 3), None, bins, limits).unwrap_err()
        };
        let limits = Limits::default();
        assert_eq!(with(&[0, 1], 0, &limits).code(), "invalid_option");
        assert_eq!(with(&[0, 1], 1001, &limits).code(), "invalid_option");
        let unknown = with(&[0, 2], 10, &limits);
        assert_eq!(unknown.code(), "shape_mismatch");
        assert!(unknown.to_string().contains("label 2 of node 1: the predictions are of 2 classes"));
        assert_eq!(with(&[0], 10, &limits).code(), "shape_mismatch");
        let tight = |max_matrix_bytes| Limits { max_matrix_bytes, ..Limits::default() };
        assert_eq!(with(&[0, 1], 10, &tight(15)).code(), "limit_exceeded");
        let fits = Evaluation::new(&predictions, &labels(&[0, 1], 3), None, 10, &tight(16));
        assert_eq!(fits.unwrap().confusion, [0, 1, 0, 1]);
    }
}
