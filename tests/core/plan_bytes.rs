//! Bytes of a plan told beforehand, for every method, and plans that are refused for them.

use std::sync::Arc;

use crate::common::{KARATE, any_edges, dataset, directed};
use ibmb::batch::{
    Auxiliary, BatchLimit, Direction, OutputPartition, PairScale, Plan, PlanBytes, PlanConfig, PlanJob,
};
use ibmb::graph::{Dataset, Normalization};
use ibmb::influence::PushConfig;
use ibmb::limits::Limits;
use ibmb::partition::PartitionConfig;
use ibmb::task;
use proptest::prelude::*;

fn parts(num_parts: u32, balance_outputs: bool) -> OutputPartition {
    let config = PartitionConfig { num_parts, ..PartitionConfig::default() };
    OutputPartition::Parts { config, balance_outputs }
}

fn merge(limit: BatchLimit) -> OutputPartition {
    OutputPartition::Merge { limit, scale: PairScale::Row }
}

fn with(partition: OutputPartition, auxiliary: Auxiliary) -> PlanConfig {
    let measure = PushConfig { eps: 1e-3, ..PushConfig::default() }.into();
    PlanConfig { partition, auxiliary, measure, normalization: Normalization::GlobalSym }
}

fn together(expand_ratio: f64) -> Auxiliary {
    Auxiliary::Together { expand_ratio, direction: Direction::Influence }
}

fn plan(dataset: &Arc<Dataset>, outputs: &[u32], config: &PlanConfig) -> Plan {
    let job = PlanJob::new(dataset.clone(), outputs.to_vec(), config.clone(), Limits::default());
    task::run(job.unwrap()).unwrap()
}

proptest! {
    #[test]
    fn bytes_lie_between_the_bounds_told_beforehand(
        (n, edges) in any_edges(30), one_way in any::<bool>(), pick in any::<u64>(), size in 1u32..12,
        top_k in 1u32..40, ratio in 0.05..4.0f64, seed in any::<u64>()
    ) {
        let dataset = if one_way { directed(n, &edges) } else { dataset(n, &edges) };
        let outputs: Vec<u32> = (0..n).rev().filter(|v| pick >> (v % 64) & 1 == 1).collect();
        let num_parts = size.min(outputs.len().max(1) as u32);
        let given: Vec<u32> = (0..n).map(|v| (seed >> (v % 61)) as u32 % 5).collect();
        let each = Auxiliary::Each { top_k };
        for config in [
            with(merge(BatchLimit::Outputs(size)), each),
            with(merge(BatchLimit::Nodes(size)), each),
            with(merge(BatchLimit::Outputs(size)), together(ratio)),
            with(merge(BatchLimit::Nodes(size)), together(ratio)),
            with(OutputPartition::Random { outputs_per_batch: size, seed }, each),
            with(OutputPartition::Random { outputs_per_batch: size, seed }, together(ratio)),
            with(parts(num_parts, false), each),
            with(parts(num_parts, true), each),
            with(parts(num_parts, false), together(ratio)),
            with(parts(num_parts, true), together(ratio)),
            with(parts(num_parts, false), Auxiliary::Part),
            with(parts(num_parts, true), Auxiliary::Part),
            with(OutputPartition::Given(given.clone()), each),
            with(OutputPartition::Given(given.clone()), together(ratio)),
            with(OutputPartition::Given(given), Auxiliary::Part),
        ] {
            let told = PlanBytes::of(&dataset.graph, &outputs, &config).unwrap();
            let bytes = plan(&dataset, &outputs, &config).bytes();
            prop_assert!(told.least <= bytes && bytes <= told.most, "{} in {:?} for {:?}", bytes, told, config);
        }
    }
}

#[test]
fn bounds_by_hand() {
    // By hand: an output has 33 bytes and its self-loop 8, another node 21, an entry 8, a batch 28, all together 24.
    let ring: Vec<(u32, u32)> = (0..12).map(|v| (v, (v + 1) % 12)).collect();
    let graph = dataset(12, &ring);
    let outputs: Vec<u32> = (0..6).collect();
    let told = |config| {
        let told = PlanBytes::of(&graph.graph, &outputs, &config).unwrap();
        (told.least, told.most)
    };
    let least = |batches: u64| 24 + batches * 28 + 6 * 41;
    // 12 bytes for each output besides those of a node; 36 entries in all, at most 3 a node.
    let most = |batches: u64, nodes: u64, entries: u64| 24 + batches * 28 + 6 * 12 + nodes * 21 + entries * 8;
    // Random: three batches of two outputs, each with itself and one more at most.
    let random = OutputPartition::Random { outputs_per_batch: 2, seed: 0 };
    assert_eq!(told(with(random, Auxiliary::Each { top_k: 1 })), (least(3), most(3, 12, 3 * 4 * 3)));
    // Batch-wise: three parts of at most 5 nodes (1.03 times 4, rounded up), of which two may hold all outputs; each
    // selects 12 / 3 nodes, beside its outputs.
    assert_eq!(told(with(parts(3, false), together(1.0))), (least(2), most(3, 18, 18 * 3)));
    // Whole parts: every node and entry once.
    assert_eq!(told(with(parts(3, false), Auxiliary::Part)), (least(2), most(3, 12, 36)));
    // Merged, at most 3 a batch: two batches at the least and three at the most.
    let merged = with(merge(BatchLimit::Outputs(3)), Auxiliary::Each { top_k: 2 });
    assert_eq!(told(merged), (least(2), most(3, 18, 18 * 3)));
    // No outputs: the first bounds alone.
    let none = PlanBytes::of(&graph.graph, &[], &with(parts(3, false), Auxiliary::Part)).unwrap();
    assert_eq!((none.least, none.most), (24, 24));
}

#[test]
fn options_are_checked_as_those_of_the_plan() {
    let graph = dataset(4, &[(0, 1), (2, 3)]);
    let error =
        |outputs: &[u32], config| PlanBytes::of(&graph.graph, outputs, &config).unwrap_err().to_string();
    let each = |top_k| with(parts(1, false), Auxiliary::Each { top_k });
    assert_eq!(error(&[0], each(0)), "top_k: 0 is out of range, allowed is a whole number from 1 on");
    assert_eq!(error(&[4], each(1)), "output node 4 does not exist, the graph has 4 nodes");
}

#[test]
fn a_plan_that_cannot_fit_is_refused_before_any_work() {
    let graph = dataset(34, &KARATE);
    let outputs: Vec<u32> = (0..34).step_by(3).collect();
    let each = Auxiliary::Each { top_k: 4 };
    for (config, batches) in [
        (with(merge(BatchLimit::Outputs(5)), each), 3),
        (with(merge(BatchLimit::Nodes(6)), each), 2),
        (with(OutputPartition::Random { outputs_per_batch: 5, seed: 0 }, each), 3),
        // Parts of at most ceil(1.03 * 34 / 4) = 9 nodes, or of ceil(1.03 * 12 / 4) = 4 outputs.
        (with(parts(4, false), each), 2),
        (with(parts(4, true), each), 3),
        (with(parts(4, false), together(1.0)), 2),
        (with(parts(4, false), Auxiliary::Part), 2),
        (with(OutputPartition::Given((0..34).map(|v| v / 9).collect()), Auxiliary::Part), 4),
    ] {
        // By hand: 12 outputs of 33 bytes with self-loops of 8, 28 a batch, 24 for the first bounds.
        let least = 12 * 41 + batches * 28 + 24;
        assert_eq!(PlanBytes::of(&graph.graph, &outputs, &config).unwrap().least, least, "{config:?}");
        let job = |max_plan_bytes| {
            let limits = Limits { max_plan_bytes, ..Limits::default() };
            PlanJob::new(graph.clone(), outputs.clone(), config.clone(), limits).map(|_| ())
        };
        assert_eq!(job(least), Ok(()));
        let error = job(least - 1).unwrap_err();
        assert_eq!(error.code(), "limit_exceeded");
        let message = format!(
            "bytes of the plan at the least (fewer outputs need fewer): {least} exceeds the limit of {}",
            least - 1
        );
        assert_eq!(error.to_string(), message);
    }
}
