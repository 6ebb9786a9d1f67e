//! Why a node is in a batch: what the outputs say agrees with the plan.

use std::sync::Arc;

use crate::common::{any_edges, dataset};
use ibmb::batch::{
    Auxiliary, BatchLimit, Direction, OutputPartition, PairScale, Plan, PlanConfig, PlanJob, Reasons,
    ReasonsJob,
};
use ibmb::graph::{ABSENT, Dataset, Normalization};
use ibmb::influence::{PushConfig, power};
use ibmb::limits::Limits;
use ibmb::partition::PartitionConfig;
use ibmb::task;
use proptest::prelude::*;

const PUSH: PushConfig = PushConfig { alpha: 0.25, eps: 1e-3, queue: ibmb::influence::Queue::Fast };

fn plan(
    dataset: &Arc<Dataset>,
    outputs: Vec<u32>,
    partition: OutputPartition,
    auxiliary: Auxiliary,
) -> Arc<Plan> {
    let normalization = Normalization::GlobalSym;
    let config = PlanConfig { partition, auxiliary, measure: PUSH.into(), normalization };
    Arc::new(task::run(PlanJob::new(dataset.clone(), outputs, config, Limits::default()).unwrap()).unwrap())
}

fn reasons(
    dataset: &Arc<Dataset>,
    plan: &Arc<Plan>,
    index: usize,
    node: u32,
    auxiliary: Auxiliary,
) -> Reasons {
    let job = ReasonsJob::new(dataset.clone(), plan.clone(), index, node, PUSH.into(), auxiliary);
    task::run(job.unwrap()).unwrap()
}

proptest! {
    /// Law 47.
    #[test]
    fn reasons_sum_to_the_score_and_the_best_rank_is_the_rank((n, edges) in any_edges(40), top_k in 1u32..8, each in 1u32..9) {
        let dataset = dataset(n, &edges);
        let outputs = (0..n).filter(|v| v % 2 == 0).collect();
        let partition = OutputPartition::Merge { limit: BatchLimit::Outputs(each), scale: PairScale::Row };
        let auxiliary = Auxiliary::Each { top_k };
        let plan = plan(&dataset, outputs, partition, auxiliary);
        for (index, batch) in plan.batches().enumerate() {
            for (local, &node) in batch.nodes.iter().enumerate() {
                let why = reasons(&dataset, &plan, index, node, auxiliary);
                // The plan has the sum, the best output and the best rank.
                let sum: f64 = {
                    let mut pairs: Vec<(u32, f64)> = why.outputs.iter().copied().zip(why.scores.iter().copied()).collect();
                    pairs.sort_by_key(|pair| pair.0);
                    pairs.iter().map(|pair| pair.1).sum()
                };
                prop_assert_eq!(sum as f32, batch.scores[local]);
                prop_assert_eq!(why.outputs.first().copied().unwrap_or(ABSENT), batch.best_output[local]);
                let asked = why.ranks.iter().zip(&why.asked).filter(|(_, asked)| **asked).map(|(&rank, _)| rank);
                prop_assert_eq!(asked.clone().min().unwrap_or(0), batch.rank[local]);
                prop_assert_eq!(why.ranks.iter().filter(|&&rank| rank <= top_k).count(), asked.count());
                prop_assert!(why.scores.is_sorted_by(|a, b| a >= b));
                // Nobody asked: then it is there as an output.
                let is_output = batch.outputs.contains(&(local as u32));
                prop_assert!(is_output || why.asked.contains(&true));
                let holding = (0..plan.num_batches() as u32).filter(|&other| plan.batch(other as usize).nodes.contains(&node));
                prop_assert_eq!(&why.batches, &holding.collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn scores_of_outputs_that_choose_together_sum_to_the_exact_one((n, edges) in any_edges(30)) {
        let dataset = dataset(n, &edges);
        let parts = || OutputPartition::Parts {
            config: PartitionConfig { num_parts: 2.min(n), ..PartitionConfig::default() },
            balance_outputs: false,
        };
        let together = Auxiliary::Together { expand_ratio: 1.0, direction: Direction::Influence };
        for (auxiliary, asked) in [(together, true), (Auxiliary::Part, false)] {
            let plan = plan(&dataset, (0..n).collect(), parts(), auxiliary);
            for (index, batch) in plan.batches().enumerate() {
                for (local, &node) in batch.nodes.iter().enumerate() {
                    let why = reasons(&dataset, &plan, index, node, auxiliary);
                    prop_assert!(why.asked.iter().all(|&one| one == asked));
                    // Both approximate the exact sum from below, within eps per degree and output.
                    let bound = PUSH.eps * f64::from(dataset.graph.adjacency().degree(node));
                    let exact: f64 = batch.output_nodes().iter().map(|&output| {
                        power(dataset.graph.adjacency(), output, PUSH.alpha, 1e-13).unwrap()[node as usize]
                    }).sum();
                    let sum: f64 = why.scores.iter().sum();
                    let outputs = batch.outputs.len() as f64;
                    prop_assert!(sum <= exact + 1e-12 && sum >= exact - bound * outputs - 1e-12);
                    prop_assert!((sum - f64::from(batch.scores[local])).abs() <= bound * outputs + 1e-6);
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_asked_is_named() {
    let dataset = dataset(4, &[(0, 1), (2, 3)]);
    let partition = OutputPartition::Merge { limit: BatchLimit::Outputs(1), scale: PairScale::Row };
    let auxiliary = Auxiliary::Each { top_k: 2 };
    let plan = plan(&dataset, vec![0, 2], partition, auxiliary);
    let error = |index, node| {
        ReasonsJob::new(dataset.clone(), plan.clone(), index, node, PUSH.into(), auxiliary)
            .err()
            .unwrap()
            .to_string()
    };
    assert_eq!(error(2, 0), "index: 2 is out of range, the plan has 2 batches");
    assert_eq!(error(0, 3), "node: node 3 is not in batch 0");
    let other = crate::common::dataset(5, &[]);
    let job = ReasonsJob::new(other, plan.clone(), 0, 0, PUSH.into(), auxiliary);
    assert_eq!(job.err().unwrap().code(), "shape_mismatch");
}
