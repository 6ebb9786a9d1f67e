//! The map by batch: everyone is on it, islands do not overlap, neighbours face each other.

use crate::common::{any_edges, dataset};
use ibmb::batch::{BatchLimit, NodeWiseConfig, NodeWiseJob, Plan};
use ibmb::graph::{Dataset, Normalization};
use ibmb::influence::PushConfig;
use ibmb::layout::{ByBatchJob, Layout, OUTSIDE};
use ibmb::limits::Limits;
use ibmb::task::{self, Step};
use proptest::prelude::*;
use std::sync::Arc;

fn plan(dataset: &Arc<Dataset>, outputs: Vec<u32>, outputs_per_batch: u32) -> Plan {
    let config = NodeWiseConfig {
        push: PushConfig { eps: 1e-3, ..PushConfig::default() },
        top_k: 8,
        limit: BatchLimit::Outputs(outputs_per_batch),
        normalization: Normalization::GlobalSym,
    };
    task::run(NodeWiseJob::new(dataset.clone(), outputs, config, Limits::default()).unwrap()).unwrap()
}

fn point(layout: &Layout, node: usize) -> (f32, f32) {
    (layout.positions[2 * node], layout.positions[2 * node + 1])
}

fn distance(a: (f32, f32), b: (f32, f32)) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

proptest! {
    #[test]
    fn everyone_stands_on_the_square_at_a_place_of_their_own(
        (n, edges) in any_edges(80), every in 1u32..4, size in 1u32..20, budget in 1u32..50
    ) {
        let dataset = dataset(n, &edges);
        let plan = plan(&dataset, (0..n).filter(|v| v % every == 0).collect(), size);
        let layout = task::run(ByBatchJob::new(dataset.clone(), &plan).unwrap()).unwrap();
        prop_assert_eq!(layout.positions.len(), 2 * n as usize);
        prop_assert!(layout.positions.iter().all(|&value| (0.0..=1.0).contains(&value)));
        for a in 0..n as usize {
            for b in 0..a {
                prop_assert!(distance(point(&layout, a), point(&layout, b)) > 1e-4, "{} and {} coincide", a, b);
            }
        }
        for (index, batch) in plan.batches().enumerate() {
            prop_assert!(batch.output_nodes().iter().all(|&v| layout.island[v as usize] == index as i32));
            prop_assert!(batch.nodes.iter().all(|&v| layout.island[v as usize] != OUTSIDE));
        }
        let mut job = ByBatchJob::new(dataset, &plan).unwrap();
        while !job.step(budget).unwrap().finished {}
        prop_assert_eq!(job.finish().unwrap(), layout);
    }
}

#[test]
fn islands_keep_apart_and_neighbours_face_each_other() {
    // Three cliques of 12 in a chain, neighbours joined by two edges.
    let clique = |base: u32| (base..base + 12).flat_map(move |a| (base..a).map(move |b| (a, b)));
    let mut edges: Vec<(u32, u32)> = [0, 12, 24].into_iter().flat_map(clique).collect();
    edges.extend([(0, 12), (1, 13), (20, 24), (21, 25)]);
    let dataset = dataset(36, &edges);
    let plan = plan(&dataset, (0..36).collect(), 12);
    assert_eq!(plan.num_batches(), 3);
    let layout = task::run(ByBatchJob::new(dataset, &plan).unwrap()).unwrap();
    let centre = |island: usize| {
        let members: Vec<_> = (0..36).filter(|&v| v / 12 == island).map(|v| point(&layout, v)).collect();
        let sum = members.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
        (sum.0 / 12.0, sum.1 / 12.0)
    };
    let centres = [centre(0), centre(1), centre(2)];
    for (v, island) in (0..36).map(|v| (v, v / 12)) {
        let nearest = (0..3).min_by(|&a, &b| {
            distance(point(&layout, v), centres[a]).total_cmp(&distance(point(&layout, v), centres[b]))
        });
        assert_eq!(nearest, Some(island), "node {v} stands in another island");
    }
    let shore = distance(point(&layout, 0), centres[1]);
    assert!(shore < distance(centres[0], centres[1]), "node 0 does not face its neighbour");
}
