//! Laws of partitions, batches and sub-graphs (numbers are those of the list in `docs/numerics.md`).

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::common::{any_edges, dataset};
use ibmb::batch::{BatchLimit, NO_PATH, NodeWiseConfig, NodeWiseJob, Plan};
use ibmb::graph::{ABSENT, Dataset, Normalization, hop_ball};
use ibmb::influence::{PushConfig, Pusher, Queue, top_k};
use ibmb::limits::Limits;
use ibmb::partition::{GreedyMerge, pack};
use ibmb::task::{self, Step};
use proptest::prelude::*;

#[derive(Debug, Clone)]
struct Case {
    dataset: Arc<Dataset>,
    outputs: Vec<u32>,
    config: NodeWiseConfig,
}

impl Case {
    /// Outputs that a batch may hold.
    fn max(&self) -> u32 {
        match self.config.limit {
            BatchLimit::Outputs(max) => max,
            _ => unreachable!("these cases bound the outputs"),
        }
    }
}

fn any_normalization() -> impl Strategy<Value = Normalization> {
    proptest::sample::select(Normalization::ALL)
}

/// A graph, some of its nodes in any order as outputs, and options.
fn any_case() -> impl Strategy<Value = Case> {
    let options = (1u32..12, 1u32..12, -5.0..-1.0f64, any::<bool>(), any_normalization());
    (any_edges(40), options).prop_flat_map(
        |((n, edges), (top_k, outputs_per_batch, log_eps, fast, normalization))| {
            let queue = if fast { Queue::Fast } else { Queue::Reference };
            let push = PushConfig { alpha: 0.25, eps: 10f64.powf(log_eps), queue };
            let config =
                NodeWiseConfig { push, top_k, limit: BatchLimit::Outputs(outputs_per_batch), normalization };
            let all: Vec<u32> = (0..n).collect();
            let outputs = proptest::sample::subsequence(all, 0..=n as usize).prop_shuffle();
            outputs.prop_map(move |outputs| Case { dataset: dataset(n, &edges), outputs, config })
        },
    )
}

fn plan(case: &Case) -> Plan {
    let job =
        NodeWiseJob::new(case.dataset.clone(), case.outputs.clone(), case.config, Limits::default()).unwrap();
    task::run(job).unwrap()
}

proptest! {
    /// Laws 8 to 10.
    #[test]
    fn the_outputs_are_partitioned(case in any_case()) {
        let plan = plan(&case);
        let (m, max) = (case.outputs.len(), case.max() as usize);
        let mut all: Vec<u32> = plan.batches().flat_map(|batch| batch.output_nodes()).collect();
        all.sort_unstable();
        let mut expected = case.outputs.clone();
        expected.sort_unstable();
        prop_assert_eq!(all, expected);
        let mut sizes: Vec<usize> = plan.batches().map(|batch| batch.outputs.len()).collect();
        sizes.sort_unstable();
        prop_assert!(sizes.iter().all(|&size| 1 <= size && size <= max));
        if m == 0 {
            prop_assert!(sizes.is_empty());
        } else {
            prop_assert!(sizes.len() >= m.div_ceil(max) && sizes.len() < 2 * m.div_ceil(max));
        }
        if sizes.len() > 1 {
            prop_assert!(sizes[0] + sizes[1] > max);
        }
    }

    /// Law 12.
    #[test]
    fn the_order_of_the_outputs_does_not_matter(case in any_case(), swap in any::<(usize, usize)>()) {
        let plan_before = plan(&case);
        let mut other = case.clone();
        if case.outputs.is_empty() {
            return Ok(());
        }
        other.outputs.swap(swap.0 % case.outputs.len(), swap.1 % case.outputs.len());
        // Ties may fall differently, so the law asks for distinct scores: it is tested where all pairs differ.
        prop_assume!(scores_are_distinct(&case));
        let sets = |plan: &Plan| plan.batches().map(|b| b.output_nodes()).collect::<BTreeSet<_>>();
        // With a size tie in the packing the batches may differ, too; without packing they may not.
        let unpacked = |case: &Case| clusters(case);
        prop_assert_eq!(unpacked(&case), unpacked(&other));
        if unpacked(&case) == sets(&plan_before) {
            prop_assert_eq!(sets(&plan(&other)), sets(&plan_before));
        }
    }

    /// Laws 14 and 34.
    #[test]
    fn a_batch_is_the_union_of_its_top_k_lists(case in any_case()) {
        let plan = plan(&case);
        let csr = case.dataset.graph.adjacency();
        let k = case.config.top_k as usize;
        let mut pusher = Pusher::new(csr, case.config.push).unwrap();
        for batch in plan.batches() {
            let mut union = BTreeSet::new();
            let mut greatest = 0;
            for &output in &batch.output_nodes() {
                let row = pusher.push(csr, output).unwrap();
                let mut own: BTreeSet<u32> = top_k(&row.nodes, &row.mass, k).into_iter().map(|e| e.0).collect();
                own.insert(output);
                prop_assert!(own.len() <= k + 1);
                greatest = greatest.max(own.len());
                union.extend(own);
            }
            prop_assert_eq!(batch.nodes.to_vec(), union.into_iter().collect::<Vec<_>>());
            prop_assert!(batch.nodes.len() >= greatest && batch.nodes.len() <= batch.outputs.len() * (k + 1));
            prop_assert!(batch.captured.iter().all(|&mass| mass > 0.0 && mass <= 1.0 + 1e-12));
        }
        if plan.num_batches() > 0 {
            prop_assert!(plan.stats().replication >= 1.0);
        }
    }

    /// Law 14.
    #[test]
    fn scores_ranks_and_best_outputs_are_those_of_the_rows(case in any_case()) {
        let csr = case.dataset.graph.adjacency();
        let mut pusher = Pusher::new(csr, case.config.push).unwrap();
        for batch in plan(&case).batches() {
            let rows: Vec<_> = batch.output_nodes().iter().map(|&u| (u, pusher.push(csr, u).unwrap().clone())).collect();
            for (local, &node) in batch.nodes.iter().enumerate() {
                let mass: Vec<(u32, f64)> = rows
                    .iter()
                    .map(|(u, row)| (*u, row.nodes.binary_search(&node).map_or(0.0, |at| row.mass[at])))
                    .collect();
                let sum: f64 = mass.iter().map(|entry| entry.1).sum();
                prop_assert!((f64::from(batch.scores[local]) - sum).abs() <= 1e-6 * sum);
                let most = mass.iter().map(|entry| entry.1).fold(0.0, f64::max);
                let best = mass.iter().find(|entry| entry.1 == most && most > 0.0).map_or(ABSENT, |entry| entry.0);
                prop_assert_eq!(batch.best_output[local], best);
                let ranks = rows.iter().filter_map(|(_, row)| {
                    let list = top_k(&row.nodes, &row.mass, case.config.top_k as usize);
                    list.iter().position(|entry| entry.0 == node).map(|at| at as u32 + 1)
                });
                prop_assert_eq!(batch.rank[local], ranks.min().unwrap_or(0));
            }
        }
    }

    /// Laws 18 to 20.
    #[test]
    fn a_batch_is_the_induced_sub_graph_with_normalised_values(case in any_case()) {
        let csr = case.dataset.graph.adjacency();
        let kind = case.config.normalization;
        for batch in plan(&case).batches() {
            let adjacency = batch.adjacency;
            prop_assert!(batch.nodes.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(batch.outputs.windows(2).all(|pair| pair[0] < pair[1]));
            let local_degree = |local: usize| adjacency.indptr[local + 1] - adjacency.indptr[local];
            for (local, &node) in batch.nodes.iter().enumerate() {
                let row = adjacency.indptr[local] as usize..adjacency.indptr[local + 1] as usize;
                let found: Vec<u32> =
                    adjacency.indices[row.clone()].iter().map(|&other| batch.nodes[other as usize]).collect();
                let expected: Vec<u32> =
                    csr.row(node).iter().copied().filter(|u| batch.nodes.binary_search(u).is_ok()).collect();
                prop_assert_eq!(&found, &expected);
                prop_assert!(found.contains(&node));
                let values = &adjacency.values[row.clone()];
                for (&value, &other) in values.iter().zip(&adjacency.indices[row]) {
                    let (target, source) = match kind.is_global() {
                        true => (csr.degree(node), csr.degree(batch.nodes[other as usize])),
                        false => (local_degree(local), local_degree(other as usize)),
                    };
                    prop_assert_eq!(value, kind.value(target.into(), source.into(), 1.0));
                }
                let sum: f32 = values.iter().sum();
                if kind == Normalization::GlobalRw {
                    prop_assert!(sum <= 1.0 + 1e-5);
                    prop_assert_eq!((sum - 1.0).abs() < 1e-5, expected.len() == csr.row(node).len());
                }
                if kind == Normalization::LocalRw {
                    prop_assert!((sum - 1.0).abs() < 1e-5);
                }
            }
            // Hop distances are those inside the batch.
            let inside = ibmb::graph::Inducer::new(csr).induce(batch.nodes);
            for steps in 0..4u8 {
                let ball = hop_ball(&inside, batch.outputs, steps.into());
                let near: Vec<u32> =
                    (0..batch.nodes.len() as u32).filter(|&v| batch.hop[v as usize] <= steps).collect();
                prop_assert_eq!(ball, near);
            }
            let reached = hop_ball(&inside, batch.outputs, u32::MAX).len();
            prop_assert_eq!(batch.hop.iter().filter(|&&hop| hop != NO_PATH).count(), reached);
        }
    }

    /// Laws 31 to 33.
    #[test]
    fn small_steps_and_kept_rows_give_the_same_plan(case in any_case(), budget in 1u32..7) {
        let first = plan(&case);
        let new = || NodeWiseJob::new(case.dataset.clone(), case.outputs.clone(), case.config, Limits::default()).unwrap();
        let mut job = new();
        let mut last = (0, 0);
        loop {
            let progress = job.step(budget).unwrap();
            let stage = ["influence", "merging", "writing batches"].iter().position(|&s| s == progress.stage).unwrap();
            prop_assert!((stage, progress.done) >= last && progress.done <= progress.total);
            last = (stage, progress.done);
            if progress.finished {
                prop_assert_eq!(progress.done, progress.total);
                break;
            }
        }
        let rows = job.cache();
        let second = job.finish().unwrap();
        prop_assert_eq!(&first, &second);
        prop_assert_eq!(&first, &task::run(new().reusing(&rows)).unwrap());
        prop_assert_eq!(first.digest(), second.digest());
    }
}

/// Pairs of outputs by score, from the pushed rows themselves.
fn scored_pairs(case: &Case) -> Vec<(f64, u32, u32)> {
    let csr = case.dataset.graph.adjacency();
    let mut pusher = Pusher::new(csr, case.config.push).unwrap();
    let rows: Vec<_> = case.outputs.iter().map(|&u| pusher.push(csr, u).unwrap().clone()).collect();
    let at = |i: usize, j: usize| {
        rows[i].nodes.binary_search(&case.outputs[j]).map_or(0.0, |position| rows[i].mass[position])
    };
    let mut pairs = Vec::new();
    for i in 0..rows.len() {
        for j in 0..i {
            let score = at(i, j) + at(j, i);
            if score > 0.0 {
                pairs.push((score, i as u32, j as u32));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    pairs
}

fn scores_are_distinct(case: &Case) -> bool {
    scored_pairs(case).windows(2).all(|pair| pair[0].0 - pair[1].0 > 1e-12)
}

/// Clusters after merging and before packing, as sets of nodes, by the quadratic twin.
fn clusters(case: &Case) -> BTreeSet<Vec<u32>> {
    let merged = slow_merge(case.outputs.len() as u32, &scored_pairs(case), case.max());
    let nodes = |cluster: Vec<u32>| {
        let mut nodes: Vec<u32> = cluster.into_iter().map(|member| case.outputs[member as usize]).collect();
        nodes.sort_unstable();
        nodes
    };
    merged.into_iter().map(nodes).collect()
}

/// The merge as it is told: lists and owners, relabelled one by one.
fn slow_merge(m: u32, pairs: &[(f64, u32, u32)], max: u32) -> Vec<Vec<u32>> {
    let mut lists: Vec<Vec<u32>> = (0..m).map(|i| vec![i]).collect();
    let mut owner: Vec<usize> = (0..m as usize).collect();
    for &(_, i, j) in pairs {
        let (a, b) = (owner[i as usize].min(owner[j as usize]), owner[i as usize].max(owner[j as usize]));
        if a != b && lists[a].len() + lists[b].len() <= max as usize {
            let moved = std::mem::take(&mut lists[b]);
            moved.iter().for_each(|&member| owner[member as usize] = a);
            lists[a].extend(moved);
        }
    }
    lists.retain(|list| !list.is_empty());
    lists
}

/// The packing as it is told: sort, take two, put back.
fn slow_pack(mut lists: Vec<Vec<u32>>, max: u32) -> Vec<Vec<u32>> {
    loop {
        lists.sort_by(|a, b| a.len().cmp(&b.len()).then(a.cmp(b)));
        if lists.len() < 2 || lists[0].len() + lists[1].len() > max as usize {
            return lists;
        }
        let second = lists.remove(1);
        lists[0].extend(second);
    }
}

proptest! {
    /// Law 11.
    #[test]
    fn merging_equals_its_slow_twin(case in any_case()) {
        let pairs = scored_pairs(&case);
        let max = case.max();
        let mut merge = GreedyMerge::new(case.outputs.len() as u32, max);
        pairs.iter().for_each(|&(_, i, j)| merge.offer(i, j));
        let slow = slow_merge(case.outputs.len() as u32, &pairs, max);
        prop_assert_eq!(merge.clusters(), slow.clone());
        prop_assert_eq!(pack(merge.clusters(), max), slow_pack(slow, max));
        // And the whole plan follows them.
        let expected: Vec<BTreeSet<u32>> = pack(merge.clusters(), max)
            .iter()
            .map(|members| members.iter().map(|&member| case.outputs[member as usize]).collect())
            .collect();
        let found: Vec<BTreeSet<u32>> =
            plan(&case).batches().map(|batch| batch.output_nodes().into_iter().collect()).collect();
        prop_assert_eq!(found, expected);
    }

    /// Law 7.
    #[test]
    fn a_larger_top_k_adds_nodes_and_captures_more(case in any_case()) {
        let mut before: Option<(Vec<BTreeSet<u32>>, f64)> = None;
        for top_k in [1, 2, 4, 100] {
            let config = NodeWiseConfig { top_k, ..case.config };
            let plan = plan(&Case { config, ..case.clone() });
            let sets: Vec<BTreeSet<u32>> = plan.batches().map(|b| b.nodes.iter().copied().collect()).collect();
            let captured = plan.stats().captured_mass;
            if let Some((smaller, less)) = &before {
                prop_assert!(smaller.iter().zip(&sets).all(|(a, b)| a.is_subset(b)));
                prop_assert!(captured >= *less);
            }
            before = Some((sets, captured));
        }
    }
}

/// Law 9.
#[test]
fn a_large_limit_gives_one_batch_and_a_limit_of_one_singletons() {
    let ring: Vec<(u32, u32)> = (0..12).map(|v| (v, (v + 1) % 12)).collect();
    let case = |outputs_per_batch, top_k| Case {
        dataset: dataset(12, &ring),
        outputs: (0..12).rev().collect(),
        config: NodeWiseConfig {
            push: PushConfig { eps: 1e-6, ..PushConfig::default() },
            top_k,
            limit: BatchLimit::Outputs(outputs_per_batch),
            normalization: Normalization::GlobalSym,
        },
    };
    assert_eq!(plan(&case(12, 3)).num_batches(), 1);
    assert_eq!(plan(&case(100, 1)).num_batches(), 1);
    let singles = plan(&case(1, 1));
    assert_eq!(singles.num_batches(), 12);
    // With k = 1 every output keeps only itself: a batch without auxiliary nodes.
    assert!(singles.batches().all(|batch| batch.nodes.len() == 1 && batch.num_edges() == 0));
}

/// Law 39.
#[test]
fn outputs_that_cannot_be_are_refused() {
    let graph = dataset(5, &[(0, 1), (3, 4)]);
    let config = NodeWiseConfig {
        push: PushConfig::default(),
        top_k: 4,
        limit: BatchLimit::Outputs(2),
        normalization: Normalization::GlobalSym,
    };
    let job = |outputs: &[u32], config| {
        NodeWiseJob::new(graph.clone(), outputs.to_vec(), config, Limits::default())
    };
    for (outputs, message) in [
        (&[0, 5][..], "output node 5 does not exist, the graph has 5 nodes"),
        (&[1, 2, 1], "output node 1 comes twice, at positions 0 and 2; every output may come once"),
    ] {
        let error = job(outputs, config).err().expect("such outputs are refused");
        assert_eq!((error.code(), error.to_string().as_str()), ("invalid_graph", message));
    }
    let error = job(&[0], NodeWiseConfig { top_k: 0, ..config }).err().expect("top-k 0 is refused");
    assert_eq!(error.to_string(), "top_k: 0 is out of range, allowed is a whole number from 1 on");
    let error = job(&[0], NodeWiseConfig { limit: BatchLimit::Outputs(0), ..config })
        .err()
        .expect("0 outputs are refused");
    assert_eq!(
        error.to_string(),
        "outputs_per_batch: 0 is out of range, allowed is a whole number from 1 on"
    );

    // An isolated output is a batch member like any other; no outputs give no batches.
    let plan = task::run(job(&[2], config).unwrap()).unwrap();
    assert_eq!((plan.num_batches(), plan.batch(0).nodes), (1, &[2][..]));
    assert_eq!(task::run(job(&[], config).unwrap()).unwrap().num_batches(), 0);
}

#[test]
fn plans_stop_at_their_limits() {
    let graph = dataset(40, &(1..40).map(|v| (0, v)).collect::<Vec<_>>());
    let config = NodeWiseConfig {
        push: PushConfig { eps: 1e-6, ..PushConfig::default() },
        top_k: 8,
        limit: BatchLimit::Outputs(10),
        normalization: Normalization::GlobalSym,
    };
    let plan =
        |limits| task::run(NodeWiseJob::new(graph.clone(), (0..40).collect(), config, limits).unwrap());
    let bytes = plan(Limits::default()).unwrap().bytes();
    assert!(plan(Limits { max_plan_bytes: bytes, ..Limits::default() }).is_ok());
    let error = plan(Limits { max_plan_bytes: bytes - 1, ..Limits::default() }).unwrap_err();
    assert_eq!(error.code(), "limit_exceeded");
    assert!(error.to_string().starts_with("bytes of the plan (fewer auxiliary nodes need fewer): "));
    // 40 rows of 40 nodes, 12 bytes each.
    assert!(plan(Limits { max_push_bytes: 40 * 40 * 12, ..Limits::default() }).is_ok());
    let error = plan(Limits { max_push_bytes: 40 * 40 * 12 - 1, ..Limits::default() }).unwrap_err();
    assert!(
        error.to_string().starts_with("bytes of influence rows (a larger eps needs fewer): 19200 exceeds")
    );
}
