//! Plans against PyG's merging and packing, and against values known by hand or from the published method.

use crate::common::{KARATE, dataset, fixture, ids, pairs};
use ibmb::batch::{BatchLimit, NodeWiseConfig, NodeWiseJob, Plan};
use ibmb::graph::{Graph, Normalization};
use ibmb::influence::{PushConfig, Pusher, Queue, power, top_k};
use ibmb::limits::Limits;
use ibmb::partition::{GreedyMerge, pack};
use ibmb::task;

/// Lists cut out of a flat array by their bounds.
fn lists(flat: &[u32], bounds: &[u32]) -> Vec<Vec<u32>> {
    bounds.windows(2).map(|b| flat[b[0] as usize..b[1] as usize].to_vec()).collect()
}

#[test]
fn merging_and_packing_equal_pyg_when_fed_its_pairs() {
    let oracle = fixture("plan_nodewise_und");
    let outputs = ids(&oracle, "outputs");
    let mut merge = GreedyMerge::new(outputs.len() as u32, 18);
    for pair in ids(&oracle, "pairs").chunks(2) {
        merge.offer(pair[0], pair[1]);
    }
    let merged = merge.clusters();
    assert_eq!(merged, lists(&ids(&oracle, "merged"), &ids(&oracle, "merged_indptr")));
    let batches = pack(merged, 18);
    assert_eq!(batches, lists(&ids(&oracle, "final"), &ids(&oracle, "final_indptr")));

    let selected = lists(&ids(&oracle, "aux"), &ids(&oracle, "aux_indptr"));
    let expected = lists(&ids(&oracle, "final_aux"), &ids(&oracle, "final_aux_indptr"));
    for (batch, nodes) in batches.iter().zip(expected) {
        let mut union: Vec<u32> =
            batch.iter().flat_map(|&member| selected[member as usize].clone()).collect();
        union.sort_unstable();
        union.dedup();
        assert_eq!(union, nodes);
    }
}

#[test]
fn top_k_equals_pyg_up_to_ties() {
    let oracle = fixture("plan_nodewise_und");
    let (graph, _) = Graph::from_edges(300, &pairs(&oracle, "edge_index"), &Limits::default()).unwrap();
    let config = PushConfig { alpha: 0.25, eps: 1e-3, queue: Queue::Reference };
    let mut pusher = Pusher::new(graph.adjacency(), config).unwrap();
    let expected = lists(&ids(&oracle, "aux"), &ids(&oracle, "aux_indptr"));
    let mut equal = 0;
    for (output, expected) in ids(&oracle, "outputs").into_iter().zip(&expected) {
        let row = pusher.push(graph.adjacency(), output).unwrap();
        let mass = |v: &u32| row.mass[row.nodes.binary_search(v).unwrap()];
        let mut found: Vec<u32> = top_k(&row.nodes, &row.mass, 8).into_iter().map(|(v, _)| v).collect();
        found.push(output);
        found.sort_unstable();
        found.dedup();
        equal += usize::from(found == *expected);
        let total = |nodes: &[u32]| nodes.iter().map(mass).sum::<f64>();
        assert!(
            (total(&found) - total(expected)).abs() < 1e-12,
            "output {output}: {found:?} and {expected:?}"
        );
    }
    assert!(equal > 60, "only {equal} of 120 lists are equal: ties cannot explain that");
}

/// A node-wise plan of the karate club whose outputs are every third node.
fn karate_plan(top_k: u32, outputs_per_batch: u32, queue: Queue) -> Plan {
    let config = NodeWiseConfig {
        push: PushConfig { alpha: 0.25, eps: 1e-6, queue },
        top_k,
        limit: BatchLimit::Outputs(outputs_per_batch),
        normalization: Normalization::GlobalSym,
    };
    let outputs = (0..34).step_by(3).collect();
    task::run(NodeWiseJob::new(dataset(34, &KARATE), outputs, config, Limits::default()).unwrap()).unwrap()
}

#[test]
fn node_wise_plans_of_the_karate_club_are_the_known_ones() {
    // Worked out apart from this code; the package's tests read the same file.
    let golden: serde_json::Value =
        serde_json::from_str(include_str!("../cases/golden_nodewise.json")).unwrap();
    let ids = |value: &serde_json::Value| serde_json::from_value::<Vec<u32>>(value.clone()).unwrap();
    let number = |value: &serde_json::Value| value.as_u64().unwrap() as u32;
    assert_eq!(ids(&golden["outputs"]), (0..34).step_by(3).collect::<Vec<u32>>());
    for case in golden["cases"].as_array().unwrap() {
        for queue in [Queue::Fast, Queue::Reference] {
            let plan = karate_plan(number(&case["topK"]), number(&case["outputsPerBatch"]), queue);
            let found: Vec<_> =
                plan.batches().map(|batch| (batch.output_nodes(), batch.nodes.to_vec())).collect();
            let expected = case["batches"].as_array().unwrap();
            let expected: Vec<_> = expected.iter().map(|b| (ids(&b["outputs"]), ids(&b["nodes"]))).collect();
            assert_eq!(found, expected, "{} {queue:?}", case["name"]);
        }
    }
}

/// Exact PPR of all pairs of the karate club with self-loops.
fn karate_ppr() -> Vec<Vec<f64>> {
    let graph = &dataset(34, &KARATE).graph;
    (0..34).map(|v| power(graph.adjacency(), v, 0.25, 1e-12).unwrap()).collect()
}

/// The `k` nodes of greatest score with the outputs, ascending.
fn select(scores: &[f64], outputs: &[u32], k: usize) -> Vec<u32> {
    let nodes: Vec<u32> = (0..scores.len() as u32).collect();
    let mut selected: Vec<u32> = top_k(&nodes, scores, k).into_iter().map(|(v, _)| v).collect();
    selected.extend(outputs);
    selected.sort_unstable();
    selected.dedup();
    selected
}

#[test]
fn the_known_nodes_of_the_karate_club_are_the_strongest_in_both_directions() {
    // Worked out apart from this code: from the outputs (influence), and to them (as the published codes compute it).
    let ppr = karate_ppr();
    let cases: [(&[u32], &[u32], &[u32]); 4] = [
        (&[0, 2, 4, 6, 8], &[0, 2, 4, 5, 6, 8, 10, 11, 16], &[0, 1, 2, 4, 5, 6, 8, 10, 33]),
        (&[10, 12, 14, 16], &[0, 3, 4, 5, 6, 10, 12, 14, 16], &[0, 4, 5, 6, 10, 12, 14, 16, 33]),
        (&[18, 20, 22, 24, 26], &[18, 20, 22, 24, 25, 26, 29, 32, 33], &[18, 20, 22, 24, 26, 29, 31, 32, 33]),
        (&[28, 30, 32], &[8, 14, 15, 18, 20, 22, 28, 30, 32], &[0, 1, 2, 8, 28, 30, 31, 32, 33]),
    ];
    for (outputs, reference, influence) in cases {
        let from: Vec<f64> = (0..34).map(|v| outputs.iter().map(|&u| ppr[u as usize][v]).sum()).collect();
        let to: Vec<f64> = (0..34).map(|v| outputs.iter().map(|&u| ppr[v][u as usize]).sum()).collect();
        assert_eq!(select(&from, outputs, 9), influence);
        assert_eq!(select(&to, outputs, 9), reference);
        // Law 15: at most k more nodes than outputs, and all nodes when k is their number.
        assert!(select(&from, outputs, 9).len() <= outputs.len() + 9);
        assert_eq!(select(&from, outputs, 34).len(), 34);
    }
}

#[test]
fn what_is_said_of_a_batch_is_what_its_rows_say() {
    // The batch {24, 27} of G1, recomputed from exact PPR (eps 1e-6 is below the tolerance).
    let plan = karate_plan(4, 5, Queue::Fast);
    let batch = plan.batch(0);
    let ppr = karate_ppr();
    for (local, &node) in batch.nodes.iter().enumerate() {
        let (a, b) = (ppr[24][node as usize], ppr[27][node as usize]);
        assert!((f64::from(batch.scores[local]) - a - b).abs() < 1e-4, "score of {node}");
        assert_eq!(batch.best_output[local], if a > b { 24 } else { 27 }, "best output of {node}");
        let rank = |row: &[f64]| 1 + (0..34).filter(|&v| row[v] > row[node as usize]).count() as u32;
        assert_eq!(batch.rank[local], rank(&ppr[24]).min(rank(&ppr[27])), "rank of {node}");
    }
    // By hand: 24-25, 24-27, 24-31, 25-31, 23-25, 23-27, 23-33, 27-33, 31-33 are the edges inside.
    assert_eq!(batch.nodes, [23, 24, 25, 27, 31, 33]);
    assert_eq!(batch.num_edges(), 9);
    assert_eq!(batch.hop, [1, 0, 1, 0, 1, 1]);
    let inside: f64 = batch.nodes.iter().map(|&v| ppr[24][v as usize]).sum();
    assert!((batch.captured[0] - inside).abs() < 1e-4);
}
