//! Neighbourhoods against a slow twin, and what they have in common with plans.

use std::sync::Arc;

use crate::common::any_edges;
use ibmb::batch::{
    Auxiliary, BatchLimit, Chosen, Direction, Neighbourhood, NeighbourhoodConfig, NeighbourhoodJob,
    NodeWiseConfig, OutputPartition, PlanConfig, PlanJob,
};
use ibmb::graph::{ABSENT, Dataset, Graph, GraphOptions, Normalization};
use ibmb::influence::{HeatConfig, Measure, PushConfig, Walker, edge_flow};
use ibmb::limits::Limits;
use ibmb::partition::PartitionConfig;
use ibmb::task::{self, Step};
use proptest::prelude::*;

fn data(n: u32, edges: &[(u32, u32)], directed: bool, weighted: bool) -> Arc<Dataset> {
    let weights: Vec<f32> = (0..edges.len()).map(|at| (at % 7 + 1) as f32 / 2.0).collect();
    let weights = weighted.then_some(weights.as_slice());
    let (graph, _) =
        Graph::with_options(n, edges, &GraphOptions { directed, weights }, &Limits::default()).unwrap();
    Arc::new(Dataset::new("test", graph, None, None, None, vec![], Default::default()).unwrap())
}

fn around(dataset: &Arc<Dataset>, sources: &[u32], config: NeighbourhoodConfig) -> Neighbourhood {
    task::run(NeighbourhoodJob::new(dataset.clone(), sources.to_vec(), config).unwrap()).unwrap()
}

/// Steps from the sources by going round and round over all entries.
fn hops(graph: &Graph, sources: &[u32]) -> Vec<u32> {
    let csr = graph.adjacency();
    let mut hops = vec![ABSENT; csr.num_nodes() as usize];
    sources.iter().for_each(|&source| hops[source as usize] = 0);
    for _ in 0..csr.num_nodes() {
        for u in 0..csr.num_nodes() {
            for &v in csr.row(u) {
                let step = hops[u as usize].saturating_add(1);
                hops[v as usize] = hops[v as usize].min(step);
            }
        }
    }
    hops
}

/// Masses and best places of all nodes, each row sorted by itself.
fn sums(dataset: &Dataset, sources: &[u32], config: &NeighbourhoodConfig) -> (Vec<f64>, Vec<u32>) {
    let csr = dataset.graph.adjacency();
    let mut walker = Walker::new(csr, config.measure).unwrap();
    let n = csr.num_nodes() as usize;
    let (mut scores, mut rank) = (vec![0.0; n], vec![0; n]);
    let sets: Vec<Vec<u32>> =
        if config.together { vec![sources.to_vec()] } else { sources.iter().map(|&s| vec![s]).collect() };
    for set in sets {
        let row = match set[..] {
            [source] if !config.together => walker.row(csr, source).unwrap().clone(),
            _ => walker.sum(csr, &set.iter().map(|&s| (s, 1.0)).collect::<Vec<_>>()).unwrap().clone(),
        };
        let mut sorted: Vec<(f64, u32)> = row.mass.iter().copied().zip(row.nodes.iter().copied()).collect();
        sorted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (place, &(mass, node)) in (1..).zip(&sorted) {
            let best = &mut rank[node as usize];
            *best = if *best == 0 { place } else { place.min(*best) };
            scores[node as usize] += mass;
        }
    }
    (scores, rank)
}

fn any_measure() -> impl Strategy<Value = Measure> {
    (any::<bool>(), 0.1..0.9f64, -5.0..-1.0f64).prop_map(|(heat, alpha, log_eps)| {
        let eps = 10f64.powf(log_eps);
        match heat {
            true => HeatConfig { time: 4.0 * alpha, eps }.into(),
            false => PushConfig { alpha, eps, ..PushConfig::default() }.into(),
        }
    })
}

proptest! {
    #[test]
    fn a_neighbourhood_is_that_of_its_slow_twin(
        (n, edges) in any_edges(24),
        (directed, weighted, together) in any::<(bool, bool, bool)>(),
        measure in any_measure(),
        (pick, k, left_out, budget) in (1u32.., 1u32..9, 0u32..9, 1u32..4),
    ) {
        let dataset = data(n, &edges, directed, weighted);
        let mut sources: Vec<u32> = (0..n).filter(|v| pick >> (v % 32) & 1 == 1 && v % 3 != 1).collect();
        if sources.is_empty() {
            sources.push(pick % n);
        }
        let config = NeighbourhoodConfig { measure, together, chosen: Chosen::Strongest(k), left_out };
        let mut job = NeighbourhoodJob::new(dataset.clone(), sources.clone(), config.clone()).unwrap();
        while !job.step(budget).unwrap().finished {}
        let found = job.finish().unwrap();
        prop_assert_eq!(&found, &around(&dataset, &sources, config.clone()));

        let (scores, rank) = sums(&dataset, &sources, &config);
        let is_chosen = |v: u32| sources.contains(&v) || (1..=k).contains(&rank[v as usize]);
        let mut expected: Vec<u32> = (0..n).filter(|&v| is_chosen(v)).collect();
        let stronger = |a: &u32, b: &u32| {
            scores[*b as usize].total_cmp(&scores[*a as usize]).then(a.cmp(b))
        };
        let mut rest: Vec<u32> = (0..n).filter(|&v| !is_chosen(v) && scores[v as usize] > 0.0).collect();
        rest.sort_by(stronger);
        prop_assert_eq!(found.num_left_out, rest.len());
        rest.truncate(left_out as usize);
        let share = |nodes: &mut dyn Iterator<Item = u32>| {
            nodes.map(|v| scores[v as usize]).sum::<f64>() / sources.len() as f64
        };
        prop_assert!((found.captured - share(&mut (0..n).filter(|&v| is_chosen(v)))).abs() < 1e-12);
        prop_assert!((found.reached - share(&mut (0..n))).abs() < 1e-12);
        expected.extend(rest);
        expected.sort_by(stronger);
        prop_assert_eq!(&found.nodes, &expected);
        let steps = hops(&dataset.graph, &sources);
        for (at, &node) in found.nodes.iter().enumerate() {
            prop_assert_eq!(found.scores[at], scores[node as usize]);
            prop_assert_eq!(found.rank[at], rank[node as usize]);
            prop_assert_eq!(found.chosen[at], is_chosen(node));
            prop_assert_eq!(found.hop[at], steps[node as usize]);
        }
    }

    /// Law 48.
    #[test]
    fn edges_carry_the_flow_and_parents_most_of_it(
        (n, edges) in any_edges(24), (directed, weighted) in any::<(bool, bool)>(),
        source in 0..24u32, alpha in 0.1..0.9f64, k in 1u32..12, left_out in 0u32..6,
    ) {
        let dataset = data(n, &edges, directed, weighted);
        let (csr, source) = (dataset.graph.adjacency(), source % n);
        let push = PushConfig { alpha, eps: 1e-4, ..PushConfig::default() };
        let config =
            NeighbourhoodConfig { measure: push.into(), together: false, chosen: Chosen::Strongest(k), left_out };
        let found = around(&dataset, &[source], config);
        let flow = found.flow.as_ref().unwrap();
        // Every entry between listed nodes once, and nothing else.
        let mut matrix = vec![0.0; (n * n) as usize];
        let (all, (masses, _)) = ((0..n).collect::<Vec<u32>>(), sums(&dataset, &[source], &NeighbourhoodConfig {
            measure: push.into(), together: false, chosen: Chosen::Strongest(k), left_out,
        }));
        edge_flow(csr, &all, &masses, alpha, |from, to, flow| matrix[(from * n + to) as usize] = flow).unwrap();
        let mut expected = Vec::new();
        for (u, v) in dataset.graph.edges().filter(|(u, v)| found.nodes.contains(u) && found.nodes.contains(v)) {
            let back = matrix[(v * n + u) as usize];
            let both = if directed { back } else { back + matrix[(u * n + v) as usize] };
            expected.push(((u, v), both));
        }
        expected.sort_by_key(|(edge, _)| if directed { (edge.1, edge.0) } else { *edge });
        prop_assert_eq!(&found.edges, &expected.iter().map(|(edge, _)| *edge).collect::<Vec<_>>());
        for (flow, (edge, expected)) in flow.iter().zip(&expected) {
            prop_assert!((flow - expected).abs() < 1e-12, "{edge:?}: {flow} is not {expected}");
        }
        // A parent is nearer; one step nearer it is the neighbour from which most comes.
        for (at, &node) in found.nodes.iter().enumerate() {
            let parent = found.parent[at];
            prop_assert_eq!(parent == ABSENT, node == source || found.hop[at] == ABSENT);
            if parent == ABSENT {
                continue;
            }
            let place = parent as usize;
            prop_assert!(found.hop[place] < found.hop[at]);
            if found.hop[place] + 1 == found.hop[at] {
                let nearer = |v: &u32| {
                    let there = found.nodes.iter().position(|other| other == v);
                    there.is_some_and(|there| found.hop[there] + 1 == found.hop[at])
                };
                let most = all.iter().filter(|v| nearer(v)).map(|v| matrix[(v * n + node) as usize]).fold(0.0, f64::max);
                let own = matrix[(found.nodes[place] * n + node) as usize];
                prop_assert!(own >= most * (1.0 - 1e-12), "node {node}: {own} of place {parent}, {most}");
            }
        }
    }

    /// Law 47.
    #[test]
    fn the_neighbourhood_of_a_batch_is_the_batch((n, edges) in any_edges(40), top_k in 1u32..8, each in 1u32..9) {
        let dataset = data(n, &edges, false, false);
        let push = PushConfig { eps: 1e-3, ..PushConfig::default() };
        let normalization = Normalization::GlobalSym;
        let config = NodeWiseConfig { push, top_k, limit: BatchLimit::Outputs(each), normalization };
        let outputs: Vec<u32> = (0..n).filter(|v| v % 2 == 0).collect();
        let plan = task::run(PlanJob::new(dataset.clone(), outputs, config, Limits::default()).unwrap()).unwrap();
        for batch in plan.batches() {
            let measure = Measure::from(push);
            let of = |chosen, sources: &[u32]| {
                let config = NeighbourhoodConfig { measure, together: false, chosen, left_out: 0 };
                around(&dataset, sources, config)
            };
            // Chosen anew or given, the nodes are those of the plan, with their scores and ranks.
            let given = of(Chosen::Nodes(batch.nodes.to_vec()), &batch.output_nodes());
            prop_assert_eq!(&of(Chosen::Strongest(top_k), &batch.output_nodes()), &given);
            for (at, node) in given.nodes.iter().enumerate() {
                let local = batch.nodes.binary_search(node).unwrap();
                prop_assert_eq!(given.scores[at] as f32, batch.scores[local]);
                if (1..=top_k).contains(&given.rank[at]) {
                    prop_assert_eq!(given.rank[at], batch.rank[local]);
                }
            }
            prop_assert_eq!(given.nodes.len(), batch.nodes.len());
            prop_assert!((given.captured - batch.captured_mass()).abs() < 1e-12);
            for (&output, captured) in batch.output_nodes().iter().zip(batch.captured) {
                let alone = of(Chosen::Nodes(batch.nodes.to_vec()), &[output]);
                prop_assert!((alone.captured - captured).abs() < 1e-12, "output {output}");
            }
        }
    }

    #[test]
    fn sources_taken_together_choose_as_a_batch_wise_plan((n, edges) in any_edges(40), parts in 1u32..4) {
        let dataset = data(n, &edges, false, false);
        let measure = Measure::from(PushConfig { eps: 1e-3, ..PushConfig::default() });
        let config = PlanConfig {
            partition: OutputPartition::Parts {
                config: PartitionConfig { num_parts: parts.min(n), ..PartitionConfig::default() },
                balance_outputs: false,
            },
            auxiliary: Auxiliary::Together { expand_ratio: 0.5, direction: Direction::Influence },
            measure,
            normalization: Normalization::GlobalSym,
        };
        let plan = task::run(PlanJob::new(dataset.clone(), (0..n).collect(), config, Limits::default()).unwrap()).unwrap();
        // The specification's size of a batch: half of the graph over the parts, rounded up.
        let k = (f64::from(n) * 0.5 / f64::from(parts.min(n))).ceil() as u32;
        for batch in plan.batches() {
            let config = NeighbourhoodConfig { measure, together: true, chosen: Chosen::Strongest(k), left_out: 3 };
            let found = around(&dataset, &batch.output_nodes(), config);
            let chosen = found.nodes.iter().zip(&found.chosen).filter(|(_, chosen)| **chosen);
            let mut chosen: Vec<u32> = chosen.map(|(&node, _)| node).collect();
            chosen.sort_unstable();
            prop_assert_eq!(chosen, batch.nodes);
        }
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let dataset = crate::common::dataset(4, &[(0, 1), (2, 3)]);
    let measure = Measure::from(PushConfig::default());
    let new = |sources: &[u32], chosen, measure| {
        let config = NeighbourhoodConfig { measure, together: false, chosen, left_out: 1 };
        NeighbourhoodJob::new(dataset.clone(), sources.to_vec(), config).err()
    };
    let one = || Chosen::Strongest(1);
    assert!(new(&[0], one(), measure).is_none());
    assert_eq!(new(&[], one(), measure).unwrap().to_string(), "nodes: there must be at least one node");
    assert_eq!(new(&[4], one(), measure).unwrap().code(), "invalid_graph");
    assert_eq!(new(&[0], Chosen::Nodes(vec![9]), measure).unwrap().code(), "invalid_graph");
    assert_eq!(new(&[0], Chosen::Strongest(0), measure).unwrap().code(), "invalid_option");
    let wrong = PushConfig { alpha: -1.0, ..PushConfig::default() };
    assert_eq!(new(&[0], one(), wrong.into()).unwrap().code(), "invalid_option");
    // Of a batch with nodes of another component: there is no way, no parent and no score.
    let config =
        NeighbourhoodConfig { measure, together: false, chosen: Chosen::Nodes(vec![2]), left_out: 1 };
    let found = around(&dataset, &[1], config);
    assert_eq!((found.nodes, found.hop), (vec![1, 0, 2], vec![0, 1, ABSENT]));
    assert_eq!((found.parent, found.scores[2]), (vec![ABSENT, 0, ABSENT], 0.0));
}
