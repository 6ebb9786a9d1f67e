//! Distances and tours against an independent program and published values.

use std::sync::Arc;

use crate::common::{KARATE, assert_close, dataset, fixture, ids};
use ibmb::batch::{
    BatchLimit, Distance, DistanceMatrix, LabelCounts, NodeWiseConfig, NodeWiseJob, Schedule, Scheduler,
    label_distances,
};
use ibmb::graph::{Labels, Normalization};
use ibmb::influence::PushConfig;
use ibmb::limits::Limits;
use ibmb::task;

#[test]
fn distances_and_the_longest_tour_are_those_of_the_fixture() {
    let (plan, order) = (fixture("plan_nodewise_und"), fixture("plan_order_und"));
    let labels = ids(&fixture("graph_und"), "y");
    let (outputs, members, bounds) = (ids(&plan, "outputs"), ids(&plan, "final"), ids(&plan, "final_indptr"));
    let num_batches = bounds.len() - 1;
    let mut counts = vec![0; num_batches * 5];
    for batch in 0..num_batches {
        for &member in &members[bounds[batch] as usize..bounds[batch + 1] as usize] {
            counts[batch * 5 + labels[outputs[member as usize] as usize] as usize] += 1;
        }
    }
    let counts = LabelCounts::new(num_batches, 5, counts).unwrap();
    let distances = DistanceMatrix::from_counts(&counts, Distance::Kl, &Limits::default()).unwrap();
    // Sums of a few logarithms of numbers near 1.
    assert_close(distances.values(), &order.get("kl").unwrap().to_f64(), 1e-9, "distances");

    let longest = order.get("max_len").unwrap().to_f64()[0];
    assert!((distances.tour_length(&ids(&order, "max_tour")) - longest).abs() < 1e-9);
    let mut scheduler = Scheduler::new(num_batches, Some(Arc::new(distances)), Schedule::Order, 0).unwrap();
    let tour = scheduler.tour().unwrap();
    assert!((tour.length - longest).abs() < 1e-9, "{} instead of {longest}", tour.length);
    assert_eq!(tour.order.clone(), scheduler.next_epoch());
}

/// Labels of the karate club in four communities, as PyG has them.
#[rustfmt::skip]
const KARATE_LABELS: [i32; 34] = [
    1, 1, 1, 1, 3, 3, 3, 1, 0, 1, 3, 1, 1, 1, 0, 0, 3, 1, 0, 1, 0, 1, 0, 0, 2, 2, 0, 0, 2, 0, 0, 2, 0, 0,
];

#[test]
fn distances_of_the_karate_club_are_the_known_ones() {
    // Worked out apart from this code.
    let distances = |outputs_per_batch| {
        let config = NodeWiseConfig {
            push: PushConfig { eps: 1e-6, ..PushConfig::default() },
            top_k: 4,
            limit: BatchLimit::Outputs(outputs_per_batch),
            normalization: Normalization::GlobalSym,
        };
        let outputs = (0..34).step_by(3).collect();
        let job = NodeWiseJob::new(dataset(34, &KARATE), outputs, config, Limits::default()).unwrap();
        let labels = Labels {
            values: KARATE_LABELS.to_vec(),
            class_names: ["0", "1", "2", "3"].map(String::from).to_vec(),
        };
        label_distances(&task::run(job).unwrap(), Some(&labels), Distance::Kl, &Limits::default()).unwrap()
    };
    let three = distances(5);
    let expected = [0.0, 0.972_476, 0.396_171, 0.972_476, 0.0, 1.097_762, 0.396_171, 1.097_762, 0.0];
    // The values are given to six digits.
    assert_close(three.values(), &expected, 5.1e-7, "distances");
    let total: f64 = three.row(0).iter().sum();
    let shares: Vec<f64> = three.row(0).iter().map(|distance| distance / total).collect();
    assert_close(&shares, &[0.0, 0.710_538, 0.289_462], 5.1e-7, "probabilities after batch 0");
    let two = distances(9);
    assert_eq!(two.num_batches(), 2);
    assert_close(&[two.get(0, 1)], &[1.260_731], 5.1e-7, "distance of two");
}
