//! Laws that hold for every graph and every weights.

use std::sync::Arc;

use crate::support::*;
use ibmb::batch::{BatchLimit, NodeWiseConfig, NodeWiseJob, Plan};
use ibmb::gnn::{Arch, FullInference, Model, PlanInference, Shape, TrainConfig};
use ibmb::graph::{Dataset, Features, Graph, GraphOptions, Normalization, hop_ball};
use ibmb::influence::PushConfig;
use ibmb::limits::Limits;
use ibmb::task;
use proptest::prelude::*;

/// Two orders of the same sums of some ten terms of size 1 differ by less.
const SAME: f64 = 2e-5;
/// A layer norm over two nearly equal values makes their rounding 300 times as large.
const GRADIENTS: f64 = 1e-3;

/// A data set and a model for it.
#[derive(Debug, Clone)]
struct Case {
    dataset: Arc<Dataset>,
    model: Arc<Model>,
    outputs: Vec<u32>,
}

fn case() -> impl Strategy<Value = Case> {
    let shape = prop_oneof![Just(Shape::Pyg), Just(Shape::Ibmb)];
    let arch = prop_oneof![Just(Arch::Gcn), Just(Arch::Sage), Just(Arch::Gat)];
    let kind = (any::<bool>(), any::<bool>());
    let width = (1u32..4, 2u32..50, 1u32..4);
    (3u32..40, 0u32..60, (arch, shape), width, any::<bool>(), any::<u32>(), 1u32..6, kind).prop_map(
        |(n, edges, (arch, shape), (layers, hidden, heads), sparse, seed, outputs, kind)| {
            let dataset = random_dataset_of(n, edges, sparse, seed.into(), kind);
            let hidden = hidden * heads;
            let config = TrainConfig { arch, heads, layers, hidden, shape, ..TrainConfig::default() };
            let config = TrainConfig { seed: seed.into(), ..config };
            let config =
                TrainConfig { feature_normalization: ibmb::gnn::FeatureNormalization::None, ..config };
            let model = Arc::new(Model::init(&config, 6, 3, &Limits::default()).unwrap());
            let mut outputs: Vec<u32> = (0..outputs).map(|k| (k * 7 + seed % 5) % n).collect();
            outputs.sort_unstable();
            outputs.dedup();
            Case { dataset, model, outputs }
        },
    )
}

impl Case {
    fn logits(&self, sub: &OwnedSubgraph) -> Vec<f32> {
        let input = input(&self.dataset, &self.model);
        self.model.logits(&input, &sub.view(), &Limits::default()).unwrap()
    }

    fn graph(&self) -> &Graph {
        &self.dataset.graph
    }

    fn all(&self) -> Vec<u32> {
        (0..self.graph().num_nodes()).collect()
    }

    fn plan(&self, outputs: &[u32], top_k: u32, outputs_per_batch: u32) -> Arc<Plan> {
        self.plan_to(PushConfig::default(), outputs, top_k, outputs_per_batch)
    }

    fn plan_to(&self, push: PushConfig, outputs: &[u32], top_k: u32, outputs_per_batch: u32) -> Arc<Plan> {
        let config = NodeWiseConfig {
            push,
            top_k,
            limit: BatchLimit::Outputs(outputs_per_batch),
            normalization: Normalization::GlobalSym,
        };
        let job = NodeWiseJob::new(self.dataset.clone(), outputs.to_vec(), config, Limits::default());
        Arc::new(task::run(job.unwrap()).unwrap())
    }

    fn infer(&self, plan: &Arc<Plan>) -> ibmb::gnn::Predictions {
        let (dataset, model) = (self.dataset.clone(), self.model.clone());
        task::run(PlanInference::new(dataset, plan.clone(), model, None, &Limits::default()).unwrap())
            .unwrap()
    }

    fn infer_fully(&self, nodes: &[u32]) -> ibmb::gnn::Predictions {
        let (dataset, model, kind) = (self.dataset.clone(), self.model.clone(), Normalization::GlobalSym);
        let limits = Limits::default();
        task::run(FullInference::new(dataset, model, nodes.to_vec(), kind, None, &limits).unwrap()).unwrap()
    }
}

fn rows_of(logits: &[f32], nodes: &[u32]) -> Vec<f32> {
    nodes.iter().flat_map(|&node| logits[node as usize * 3..][..3].to_vec()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn computing_only_the_rows_that_reach_an_output_changes_nothing(case in case()) {
        let all = case.logits(&whole(case.graph(), &case.all(), Normalization::GlobalSym));
        let some = case.logits(&whole(case.graph(), &case.outputs, Normalization::GlobalSym));
        assert_close("last rows only", &some, &wide(&rows_of(&all, &case.outputs)), SAME, false);
        let job = case.infer_fully(&case.outputs);
        assert_close("job", &job.logits, &wide(&some), SAME, false);
    }

    #[test]
    fn a_batch_with_all_nodes_in_reach_is_exact(case in case()) {
        let hops = case.model.num_layers() as u32;
        let csr = case.graph().adjacency();
        for (kind, hops) in [
            (Normalization::GlobalSym, hops),
            (Normalization::GlobalRw, hops),
            (Normalization::LocalRw, hops),
            (Normalization::LocalSym, hops + 1),
        ] {
            let ball = hop_ball(csr, &case.outputs, hops);
            let batch = case.logits(&induced(case.graph(), &ball, &case.outputs, kind));
            let full = case.logits(&whole(case.graph(), &case.outputs, kind));
            assert_close(kind.name(), &batch, &wide(&full), SAME, false);
        }
    }

    #[test]
    fn a_plan_that_holds_every_node_gives_the_full_result(case in case()) {
        let n = case.graph().num_nodes();
        let plan = case.plan(&case.all(), n, n);
        let (batched, full) = (case.infer(&plan), case.infer_fully(&case.all()));
        prop_assert_eq!(&batched.nodes, &full.nodes);
        assert_close("plan", &batched.logits, &wide(&full.logits), SAME, false);
    }

    #[test]
    fn a_small_eps_and_a_large_top_k_leave_no_error(case in case()) {
        // Every output's whole component is within reach, and nothing else is in the batch.
        let n = case.graph().num_nodes();
        let push = PushConfig { eps: 1e-12, ..PushConfig::default() };
        let plan = case.plan_to(push, &case.outputs, n, 2);
        for batch in plan.batches() {
            prop_assert_eq!(batch.nodes, hop_ball(case.graph().adjacency(), &batch.output_nodes(), n));
        }
        let (batched, full) = (case.infer(&plan), case.infer_fully(&case.outputs));
        assert_close("plan", &batched.logits, &wide(&full.logits), SAME, false);
    }

    #[test]
    fn a_plan_predicts_each_output_once_whatever_the_order_of_batches(case in case()) {
        let plan = case.plan(&case.all(), 3, 4);
        let result = case.infer(&plan);
        prop_assert_eq!(&result.nodes, &case.all());
        let input = input(&case.dataset, &case.model);
        let mut by_hand = vec![f32::NAN; result.logits.len()];
        for index in (0..plan.num_batches()).rev() {
            let batch = plan.batch(index);
            let logits = case.model.logits(&input, &batch.into(), &Limits::default()).unwrap();
            for (row, node) in logits.chunks(3).zip(batch.output_nodes()) {
                by_hand[node as usize * 3..][..3].copy_from_slice(row);
            }
        }
        prop_assert_eq!(result.logits, by_hand);
        prop_assert_eq!(result.digest, case.infer(&plan).digest);
    }

    #[test]
    fn features_beyond_the_last_layer_do_not_matter(case in case()) {
        let hops = case.model.num_layers() as u32;
        let ball = hop_ball(case.graph().adjacency(), &case.outputs, hops);
        let mut far = Dataset::clone(&case.dataset);
        let change = |row: usize| ball.binary_search(&(row as u32)).is_err();
        match far.features.as_mut().unwrap() {
            Features::Dense(x) => {
                x.rows_mut().into_iter().enumerate().filter(|(row, _)| change(*row)).for_each(|(_, mut x)| x += 3.0);
            }
            Features::Sparse(x) => {
                for row in (0..x.num_rows()).filter(|&row| change(row)) {
                    let range = x.indptr[row] as usize..x.indptr[row + 1] as usize;
                    x.values[range].iter_mut().for_each(|value| *value += 3.0);
                }
            }
        }
        let far = Case { dataset: Arc::new(far), ..case.clone() };
        let targets = vec![1; case.outputs.len()];
        let sub = whole(case.graph(), &case.outputs, Normalization::GlobalSym);
        prop_assert_eq!(case.logits(&sub), far.logits(&sub));
        let gradients = [&case, &far].map(|case| {
            let input = input(&case.dataset, &case.model);
            let (_, gradients) = case.model.loss_and_gradients(&input, &sub.view(), &targets, &Limits::default()).unwrap();
            gradients.to_tensors()
        });
        prop_assert_eq!(&gradients[0], &gradients[1]);
    }

    #[test]
    fn sparse_and_dense_features_give_the_same(case in case()) {
        let mut other = Dataset::clone(&case.dataset);
        other.features = Some(match other.features.take().unwrap() {
            Features::Dense(x) => Features::Sparse(to_sparse(&x)),
            Features::Sparse(x) => {
                let mut dense = ndarray::Array2::zeros((x.num_rows(), 6));
                for row in 0..x.num_rows() {
                    let (columns, values) = x.row(row);
                    columns.iter().zip(values).for_each(|(&c, &v)| dense[[row, c as usize]] = v);
                }
                Features::Dense(dense)
            }
        });
        let other = Case { dataset: Arc::new(other), ..case.clone() };
        let sub = whole(case.graph(), &case.outputs, Normalization::GlobalRw);
        assert_close("logits", &other.logits(&sub), &wide(&case.logits(&sub)), SAME, false);
        let targets = vec![2; case.outputs.len()];
        let [a, b] = [&case, &other].map(|case| {
            let input = input(&case.dataset, &case.model);
            case.model.loss_and_gradients(&input, &sub.view(), &targets, &Limits::default()).unwrap().1.to_tensors()
        });
        for (name, tensor) in &a.tensors {
            assert_close(name, &b.tensors[name].to_f32(), &tensor.to_f64(), GRADIENTS, false);
        }
    }

    #[test]
    fn renumbering_the_nodes_renumbers_the_logits(case in case()) {
        let n = case.graph().num_nodes();
        let moved = |node: u32| (node + 1) % n;
        // Both directions of an undirected edge have its weight; loops that were added are added again.
        let csr = case.graph().adjacency();
        let (mut edges, mut weights) = (Vec::new(), Vec::new());
        for v in 0..n {
            for (at, &u) in csr.row(v).iter().enumerate() {
                if u != v || case.graph().own_loops().contains(&v) {
                    edges.push((moved(u), moved(v)));
                    weights.push(csr.row_weights(v).map_or(1.0, |weights| weights[at]));
                }
            }
        }
        let weights = case.graph().weights().map(|_| &weights[..]);
        let options = GraphOptions { directed: case.graph().is_directed(), weights };
        let (graph, _) = Graph::with_options(n, &edges, &options, &Limits::default()).unwrap();
        let Features::Dense(x) = case.dataset.features.as_ref().unwrap() else { return Ok(()) };
        let back: Vec<usize> = (0..n).map(|node| ((node + n - 1) % n) as usize).collect();
        let mut other = Dataset::clone(&case.dataset);
        other.features = Some(Features::Dense(x.select(ndarray::Axis(0), &back)));
        other.graph = graph;
        let other = Case { dataset: Arc::new(other), ..case.clone() };
        let (a, b) = (case.infer_fully(&case.all()), other.infer_fully(&case.all()));
        let there: Vec<u32> = case.all().into_iter().map(moved).collect();
        assert_close("renumbered", &rows_of(&b.logits, &there), &wide(&a.logits), SAME, false);
    }

    /// One convolution in double precision with a dense matrix: `a[t][s] = w / sqrt(sum of row t * sum of row s)`.
    #[test]
    fn a_convolution_over_weighted_edges_equals_a_dense_one(
        n in 2u32..20, edges in 0u32..40, seed in any::<u32>(), kind in (any::<bool>(), any::<bool>()),
    ) {
        let dataset = random_dataset_of(n, edges, false, seed.into(), kind);
        let config = TrainConfig { layers: 1, seed: seed.into(), ..TrainConfig::default() };
        let config = TrainConfig { feature_normalization: ibmb::gnn::FeatureNormalization::None, ..config };
        let model = Arc::new(Model::init(&config, 6, 3, &Limits::default()).unwrap());
        let csr = dataset.graph.adjacency();
        let size = n as usize;
        let mut a = vec![vec![0f64; size]; size];
        for v in 0..n {
            for (at, &u) in csr.row(v).iter().enumerate() {
                a[v as usize][u as usize] = csr.row_weights(v).map_or(1.0, |weights| weights[at].into());
            }
        }
        let sums: Vec<f64> = a.iter().map(|row| row.iter().sum()).collect();
        let Some(Features::Dense(x)) = &dataset.features else { return Ok(()) };
        let tensors = model.to_tensors();
        let named = |end: &str| {
            tensors.tensors.iter().find(|(name, _)| name.ends_with(end)).map(|(_, tensor)| tensor.to_f64()).unwrap()
        };
        let (weight, bias) = (named("weight"), named("bias"));
        let mut want = Vec::new();
        for t in 0..size {
            for class in 0..3 {
                let column = |s: usize| (0..6).map(|k| f64::from(x[[s, k]]) * weight[class * 6 + k]).sum::<f64>();
                let sum: f64 = (0..size).map(|s| a[t][s] / (sums[t] * sums[s]).sqrt() * column(s)).sum();
                want.push(sum + bias[class]);
            }
        }
        let case = Case { dataset: dataset.clone(), model, outputs: vec![] };
        assert_close("dense", &case.infer_fully(&case.all()).logits, &want, SAME, false);
    }

    /// The derivative along a direction, layer by layer, with some outputs left out of the loss.
    #[test]
    fn gradients_are_the_slopes_of_the_loss(case in case(), direction in any::<u64>()) {
        const STEP: f32 = 1e-3;
        let sub = whole(case.graph(), &case.outputs, Normalization::GlobalSym);
        let input = input(&case.dataset, &case.model);
        let targets: Vec<i32> = (0..case.outputs.len()).map(|at| if at == 1 { -1 } else { at as i32 % 3 }).collect();
        let run = |model: &Model| model.loss_and_gradients(&input, &sub.view(), &targets, &Limits::default()).unwrap();
        let (here, gradients) = run(&case.model);
        let gradients = gradients.to_tensors();
        let weights = case.model.to_tensors();
        let mut rng = oorandom::Rand32::new(direction);
        for (name, gradient) in &gradients.tensors {
            let gradient = gradient.to_f32();
            let along: Vec<f32> = gradient.iter().map(|_| (rng.rand_float() - 0.5) / (gradient.len() as f32).sqrt()).collect();
            let moved = |sign: f32| {
                let mut map = weights.clone();
                let tensor = map.tensors.get_mut(name).unwrap();
                let data = tensor.to_f32().iter().zip(&along).map(|(w, d)| w + sign * STEP * d).collect();
                *tensor = ibmb::io::Tensor::f32(&tensor.shape.clone(), data);
                run(&model(&map)).0
            };
            let [ahead, behind] = [moved(1.0) - here, here - moved(-1.0)].map(|rise| rise / f64::from(STEP));
            // A kink of ReLU lies within the step: there is no one slope.
            if (ahead - behind).abs() > 2e-3 {
                continue;
            }
            let slope = (ahead + behind) / 2.0;
            let want: f64 = gradient.iter().zip(&along).map(|(g, d)| f64::from(g * d)).sum();
            let size: f64 = gradient.iter().map(|g| f64::from(g * g)).sum::<f64>().sqrt();
            prop_assert!((slope - want).abs() < 2e-3 + 2e-2 * size, "{name}: slope {slope}, gradient {want}, size {size}");
        }
    }
}

#[test]
fn local_sym_needs_one_hop_more() {
    // Path 0-1-2: the 1-hop ball of node 0 misses node 2, which is part of the degree of node 1.
    let dataset = random_dataset(3, 0, false, 3);
    let (graph, _) = Graph::from_edges(3, &[(0, 1), (1, 2)], &Limits::default()).unwrap();
    let dataset = Arc::new(Dataset { graph, ..Dataset::clone(&dataset) });
    let config = TrainConfig { layers: 1, ..TrainConfig::default() };
    let model = Model::init(&config, 6, 3, &Limits::default()).unwrap();
    let logits = |nodes: &[u32], kind| {
        let sub = induced(&dataset.graph, nodes, &[0], kind);
        model.logits(&input(&dataset, &model), &sub.view(), &Limits::default()).unwrap()
    };
    let differ = |kind| {
        let (ball, full) = (logits(&[0, 1], kind), logits(&[0, 1, 2], kind));
        ball.iter().zip(&full).any(|(a, b)| (a - b).abs() > 1e-3)
    };
    assert!(differ(Normalization::LocalSym));
    assert!(!differ(Normalization::LocalRw));
}
