//! Inputs on which published implementations of the method fail, with the right answer here.
//!
//! Each test says in its first lines what the official code or PyG makes of its input. Those of schedules stand with
//! their laws in `schedule.rs`.

use std::collections::BTreeSet;

use crate::common::{KARATE, dataset};
use ibmb::batch::{
    Auxiliary, BatchLimit, Direction, NodeWiseConfig, NodeWiseJob, OutputPartition, Plan, PlanConfig, PlanJob,
};
use ibmb::graph::Normalization;
use ibmb::influence::{PushConfig, power};
use ibmb::limits::Limits;
use ibmb::partition::{Balance, PartitionConfig, PartitionJob};
use ibmb::task;
use oorandom::Rand32;

fn plan(num_nodes: u32, edges: &[(u32, u32)], outputs: Vec<u32>, top_k: u32, outputs_per_batch: u32) -> Plan {
    let config = NodeWiseConfig {
        push: PushConfig { eps: 1e-6, ..PushConfig::default() },
        top_k,
        limit: BatchLimit::Outputs(outputs_per_batch),
        normalization: Normalization::GlobalSym,
    };
    let job = NodeWiseJob::new(dataset(num_nodes, edges), outputs, config, Limits::default());
    task::run(job.unwrap()).unwrap()
}

/// Nodes of every batch by its outputs.
fn nodes_by_outputs(plan: &Plan) -> BTreeSet<(Vec<u32>, Vec<u32>)> {
    plan.batches().map(|batch| (batch.output_nodes(), batch.nodes.to_vec())).collect()
}

#[test]
fn isolated_nodes_do_not_shift_the_rows_behind_them() {
    // The official code makes row bounds from the rows that have entries, so a node without edges moves all later
    // rows by one. Here nodes 0, 3 and 6 are isolated, between the paths 1-2 and 4-5-7.
    let plan = plan(8, &[(1, 2), (4, 5), (5, 7)], (0..8).collect(), 8, 1);
    let expected: [(u32, &[u32]); 8] = [
        (0, &[0]),
        (1, &[1, 2]),
        (2, &[1, 2]),
        (3, &[3]),
        (4, &[4, 5, 7]),
        (5, &[4, 5, 7]),
        (6, &[6]),
        (7, &[4, 5, 7]),
    ];
    let expected = expected.map(|(output, nodes)| (vec![output], nodes.to_vec())).into_iter().collect();
    assert_eq!(nodes_by_outputs(&plan), expected);
    // And an isolated output keeps all of its mass.
    let lone = plan.batches().find(|batch| batch.nodes == [3]).unwrap();
    assert!((lone.captured[0] - 1.0).abs() < 1e-4, "{:?}", lone.captured);
}

#[test]
fn isolated_nodes_between_others_change_nothing() {
    // The karate club with a node without edges put before every node: ids double, nothing else happens.
    let outputs: Vec<u32> = (0..34).step_by(3).collect();
    let double = |ids: &[u32]| ids.iter().map(|id| 2 * id + 1).collect::<Vec<u32>>();
    let spread: Vec<(u32, u32)> = KARATE.iter().map(|&(a, b)| (2 * a + 1, 2 * b + 1)).collect();
    let plain = plan(34, &KARATE, outputs.clone(), 8, 5);
    let expected: BTreeSet<_> =
        nodes_by_outputs(&plain).iter().map(|(outputs, nodes)| (double(outputs), double(nodes))).collect();
    assert_eq!(nodes_by_outputs(&plan(68, &spread, double(&outputs), 8, 5)), expected);
}

#[test]
fn the_order_of_the_outputs_does_not_mix_up_their_neighbours() {
    // PyG takes the counts of neighbours in the order of ids and their lists in the order of the outputs.
    let graph = dataset(34, &KARATE);
    let mut outputs: Vec<u32> = (0..34).collect();
    let mut rng = Rand32::new(11);
    for last in (1..outputs.len()).rev() {
        outputs.swap(last, rng.rand_range(0..last as u32 + 1) as usize);
    }
    for batch in plan(34, &KARATE, outputs, 5, 1).batches() {
        let output = batch.output_nodes()[0];
        let exact = power(graph.graph.adjacency(), output, 0.25, 1e-12).unwrap();
        let kept: f64 = batch.nodes.iter().map(|&node| exact[node as usize]).sum();
        let mut best = exact.clone();
        best.sort_by(|a, b| b.total_cmp(a));
        // Five strongest nodes, the output among them.
        assert!((kept - best[..5].iter().sum::<f64>()).abs() < 1e-4, "output {output}");
    }
}

#[test]
fn few_outputs_leave_no_empty_batch_and_no_failed_check() {
    // With few labelled nodes a part without outputs stops the official loader. Three outputs in a graph of 34, where
    // batches could hold 1, 2, 3 or many more outputs:
    for (outputs_per_batch, sizes) in [(1, vec![1, 1, 1]), (2, vec![1, 2]), (3, vec![3]), (1000, vec![3])] {
        let plan = plan(34, &KARATE, vec![33, 0, 16], 4, outputs_per_batch);
        let mut found: Vec<usize> = plan.batches().map(|batch| batch.outputs.len()).collect();
        found.sort_unstable();
        assert_eq!(found, sizes);
    }
    assert_eq!(plan(34, &KARATE, vec![], 4, 5).num_batches(), 0);
}

#[test]
fn predictions_can_be_told_apart_by_global_ids() {
    // Neither published code keeps the ids of a batch's nodes. Here every row of every batch leads back.
    let outputs: Vec<u32> = vec![30, 2, 11, 7, 25, 19];
    let plan = plan(34, &KARATE, outputs.clone(), 6, 2);
    let edges: BTreeSet<(u32, u32)> = KARATE.iter().flat_map(|&(a, b)| [(a, b), (b, a)]).collect();
    let mut seen = Vec::new();
    for batch in plan.batches() {
        seen.extend(batch.outputs.iter().map(|&local| batch.nodes[local as usize]));
        for (row, &node) in batch.nodes.iter().enumerate() {
            let entries = batch.adjacency.indptr[row] as usize..batch.adjacency.indptr[row + 1] as usize;
            for &other in &batch.adjacency.indices[entries] {
                let other = batch.nodes[other as usize];
                assert!(node == other || edges.contains(&(node, other)), "{node} and {other}");
            }
            assert!(batch.output_nodes().contains(&batch.best_output[row]));
        }
    }
    seen.sort_unstable();
    let mut expected = outputs;
    expected.sort_unstable();
    assert_eq!(seen, expected);
}

#[test]
fn the_number_of_batches_may_exceed_the_even_one() {
    // PyG's test demands 5 batches for 20 outputs, 4 a batch; 6 and more are legal, and happen.
    let mut rng = Rand32::new(1);
    let mut counts = BTreeSet::new();
    for _ in 0..300 {
        let mut all: Vec<u32> = (0..34).collect();
        for last in (1..all.len()).rev() {
            all.swap(last, rng.rand_range(0..last as u32 + 1) as usize);
        }
        all.truncate(20);
        let plan = plan(34, &KARATE, all, 4, 4);
        let mut sizes: Vec<usize> = plan.batches().map(|batch| batch.outputs.len()).collect();
        sizes.sort_unstable();
        assert!(sizes.iter().sum::<usize>() == 20 && sizes[0] >= 1 && *sizes.last().unwrap() <= 4);
        // No two of them fit into one, so there are at most 2 * 5 - 1.
        assert!(sizes[0] + sizes[1] > 4 && (5..=9).contains(&sizes.len()));
        counts.insert(sizes.len());
    }
    assert!(counts.contains(&5) && counts.contains(&6), "{counts:?}");
}

#[test]
fn a_hub_that_influences_the_outputs_is_selected() {
    // Hub 0 with leaves 1 to 20; outputs are leaves 1 and 2, which have a neighbour each, 21 and 22, in between them.
    // A walk from an output is soon at the hub, so the hub is their strongest auxiliary node; a walk from the hub is
    // seldom at one of two leaves of twenty, so codes that follow walks towards the outputs put it behind 21 and 22.
    let mut edges: Vec<(u32, u32)> = (1..=20).map(|leaf| (0, leaf)).collect();
    edges.extend([(1, 21), (2, 22)]);
    let select = |direction| {
        let config = PlanConfig {
            partition: OutputPartition::Given(vec![0; 23]),
            // Three nodes: the outputs and one more.
            auxiliary: Auxiliary::Together { expand_ratio: 3.0 / 23.0, direction },
            measure: PushConfig { eps: 1e-8, ..PushConfig::default() }.into(),
            normalization: Normalization::GlobalSym,
        };
        let job = PlanJob::new(dataset(23, &edges), vec![1, 2], config, Limits::default()).unwrap();
        task::run(job).unwrap().batch(0).nodes.to_vec()
    };
    assert_eq!(select(Direction::Influence), [0, 1, 2]);
    assert_eq!(select(Direction::Reference), [1, 2, 21]);
}

#[test]
fn outputs_are_balanced_when_that_is_asked_for() {
    // A path of 400 nodes whose outputs are the first 40: balanced by nodes they all fall into one part, and weights of
    // two values collapse to 0 and 1 in the published wrapper, whichever way they were meant.
    let path: Vec<(u32, u32)> = (1..400).map(|v| (v - 1, v)).collect();
    let graph = dataset(400, &path);
    let outputs: Vec<u32> = (0..40).collect();
    let config = PartitionConfig { num_parts: 4, ..PartitionConfig::default() };
    let outputs_by_part = |balance| {
        let job = PartitionJob::new(graph.graph.adjacency(), balance, config).unwrap();
        let part = task::run(job).unwrap().part;
        let mut counts = [0; 4];
        outputs.iter().for_each(|&output| counts[part[output as usize] as usize] += 1);
        counts
    };
    let by_outputs = outputs_by_part(Balance::Outputs(&outputs));
    assert!(by_outputs.iter().all(|&count| count <= 11), "{by_outputs:?}");
    let by_nodes = outputs_by_part(Balance::All);
    assert_eq!(by_nodes.iter().copied().max(), Some(40), "{by_nodes:?}");
}
