//! Laws and slow twins of the baselines.

use std::sync::Arc;

use crate::support::*;
use ibmb::baseline::{
    Aggregate, Baseline, BaselineConfig, BaselineJob, BaselineMethod, LayerSampler, NeighbourSampler,
};
use ibmb::gnn::{
    Arch, BaselineInference, FeatureNormalization, FullInference, Model, Predictions, Shape, Subgraph,
    TrainConfig,
};
use ibmb::graph::{Dataset, Layers, Normalization};
use ibmb::influence::{PushConfig, power};
use ibmb::limits::Limits;
use ibmb::task;
use oorandom::{Rand32, Rand64};
use proptest::prelude::*;

const ARCHS: [Arch; 3] = [Arch::Gcn, Arch::Sage, Arch::Gat];
const SYM: Normalization = Normalization::GlobalSym;

fn make_model(arch: Arch, shape: Shape, layers: u32, seed: u64) -> Arc<Model> {
    let config = TrainConfig { arch, shape, layers, hidden: 12, heads: 3, seed, ..TrainConfig::default() };
    let config = TrainConfig { feature_normalization: FeatureNormalization::None, ..config };
    Arc::new(Model::init(&config, 6, 3, &Limits::default()).unwrap())
}

fn prepare(
    dataset: &Arc<Dataset>,
    model: &Model,
    kind: Normalization,
    outputs: &[u32],
    config: BaselineConfig,
) -> ibmb::Result<Arc<Baseline>> {
    let (aggregate, layers) = (model.aggregate(kind), model.num_layers());
    let job =
        BaselineJob::new(dataset.clone(), aggregate, layers, outputs.to_vec(), config, &Limits::default())?;
    task::run(job).map(Arc::new)
}

fn infer(baseline: &Arc<Baseline>, model: &Arc<Model>) -> Predictions {
    let job = BaselineInference::new(baseline.clone(), model.clone(), None, &Limits::default());
    task::run(job.unwrap()).unwrap()
}

fn infer_fully(dataset: &Arc<Dataset>, model: &Arc<Model>, nodes: &[u32], kind: Normalization) -> Vec<f64> {
    let job =
        FullInference::new(dataset.clone(), model.clone(), nodes.to_vec(), kind, None, &Limits::default());
    wide(&task::run(job.unwrap()).unwrap().logits)
}

/// Every method with some options.
fn methods(layers: usize, arch: Arch) -> Vec<BaselineMethod> {
    let push = PushConfig { eps: 1e-3, ..PushConfig::default() };
    let mut methods = vec![
        BaselineMethod::NeighbourSampling { fan_outs: vec![2; layers] },
        BaselineMethod::ShadowPageRank { push, top_k: 4 },
        BaselineMethod::ShadowHops { depth: 2, num_neighbours: 2 },
        BaselineMethod::SaintWalks { walk_length: 2, walks_per_output: 2, coverage: 5 },
    ];
    if arch == Arch::Gcn {
        methods.push(BaselineMethod::Ladies { nodes_per_layer: 5 });
    }
    methods
}

/// Every method with options that leave nothing out.
fn whole_methods(n: u32, layers: usize, arch: Arch) -> Vec<BaselineMethod> {
    // What is pushed no further would be missed.
    let push = PushConfig { eps: 1e-12, ..PushConfig::default() };
    let mut methods = vec![
        BaselineMethod::NeighbourSampling { fan_outs: vec![n; layers] },
        BaselineMethod::ShadowPageRank { push, top_k: n },
        BaselineMethod::ShadowHops { depth: 16, num_neighbours: n },
    ];
    if arch == Arch::Gcn {
        methods.push(BaselineMethod::Ladies { nodes_per_layer: n });
    }
    methods
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn with_all_neighbours_a_baseline_is_the_whole_graph(
        n in 3u32..16, edges in 0u32..30, arch in 0usize..3, ibmb in any::<bool>(), sparse in any::<bool>(),
        layers in 1u32..4, rw in any::<bool>(), size in 1u32..6, directed in any::<bool>(),
        weighted in any::<bool>(), seed in any::<u32>(),
    ) {
        let dataset = random_dataset_of(n, edges, sparse, seed.into(), (directed, weighted));
        let kind = if rw { Normalization::GlobalRw } else { SYM };
        let model = make_model(ARCHS[arch], if ibmb { Shape::Ibmb } else { Shape::Pyg }, layers, seed.into());
        let outputs: Vec<u32> = (0..n).step_by(2).collect();
        let want = infer_fully(&dataset, &model, &outputs, kind);
        for method in whole_methods(n, layers as usize, ARCHS[arch]) {
            let name = format!("{method:?}");
            let config = BaselineConfig { method, outputs_per_batch: size, seed: seed.into() };
            let got = infer(&prepare(&dataset, &model, kind, &outputs, config).unwrap(), &model);
            assert_close(&name, &got.logits, &want, 1e-4, false);
        }
    }

    #[test]
    fn each_output_is_predicted_once_with_the_bits_of_the_seed(
        n in 4u32..40, edges in 0u32..80, arch in 0usize..3, layers in 1u32..4, size in 1u32..9, seed in any::<u32>(),
    ) {
        let dataset = random_dataset(n, edges, true, seed.into());
        let model = make_model(ARCHS[arch], Shape::Pyg, layers, 1);
        // In another order than the result.
        let outputs: Vec<u32> = (0..n).step_by(3).rev().collect();
        let mut ascending = outputs.clone();
        ascending.sort_unstable();
        for method in methods(layers as usize, ARCHS[arch]) {
            let config = BaselineConfig { method, outputs_per_batch: size, seed: seed.into() };
            let baseline = prepare(&dataset, &model, SYM, &outputs, config.clone()).unwrap();
            prop_assert_eq!(baseline.num_batches(), outputs.len().div_ceil(size as usize));
            let first = infer(&baseline, &model);
            prop_assert_eq!(&first.nodes, &ascending);
            let mut job =
                BaselineInference::new(baseline.clone(), model.clone(), None, &Limits::default()).unwrap();
            for _ in 0..2 {
                prop_assert_eq!(job.predictions().unwrap_err().code(), "internal");
                while !task::Step::step(&mut job, 1).unwrap().finished {}
                prop_assert_eq!(&job.predictions().unwrap(), &first);
                job.again();
            }
            prop_assert_eq!(&task::run(job).unwrap().digest, &first.digest);
            let again = prepare(&dataset, &model, SYM, &ascending, config).unwrap();
            prop_assert_eq!(&infer(&again, &model).digest, &first.digest);
        }
    }

}

/// Layers of a GCN in the plain way and double precision.
fn slow_gcn(model: &Model, dataset: &Dataset, layers: &Layers) -> Vec<f64> {
    let tensors = model.to_tensors();
    let ibmb::graph::Features::Dense(x) = dataset.features.as_ref().unwrap() else {
        panic!("dense features")
    };
    let features = |&node: &u32| x.row(node as usize).iter().map(|&value| f64::from(value)).collect();
    let mut h: Vec<Vec<f64>> = layers.rows[0].iter().map(features).collect();
    for (layer, block) in layers.blocks.iter().enumerate() {
        let weight = tensors.get(&format!("convs.{layer}.lin.weight")).unwrap();
        let bias = tensors.get(&format!("convs.{layer}.bias")).unwrap().to_f64();
        let (rows, columns, weight) = (weight.shape[0], weight.shape[1], weight.to_f64());
        h = block
            .indptr
            .windows(2)
            .map(|bounds| {
                let mut mixed = vec![0.0; columns];
                for at in bounds[0] as usize..bounds[1] as usize {
                    for (mixed, x) in mixed.iter_mut().zip(&h[block.indices[at] as usize]) {
                        *mixed += f64::from(block.values[at]) * x;
                    }
                }
                let out = |row: usize| {
                    let products = weight[row * columns..][..columns].iter().zip(&mixed).map(|(w, x)| w * x);
                    bias[row] + products.sum::<f64>()
                };
                let is_last = layer + 1 == layers.blocks.len();
                (0..rows).map(|row| if is_last { out(row) } else { out(row).max(0.0) }).collect()
            })
            .collect();
    }
    h.concat()
}

#[test]
fn drawn_layers_give_what_their_slow_twin_gives() {
    let dataset = random_dataset(60, 300, false, 4);
    let csr = dataset.graph.adjacency();
    let values = Aggregate::Sum(SYM).values(&dataset.graph, &Limits::default()).unwrap();
    let outputs: Vec<u32> = (0..60).step_by(4).collect();
    let model = make_model(Arch::Gcn, Shape::Pyg, 3, 2);
    let methods = [
        BaselineMethod::NeighbourSampling { fan_outs: vec![3, 2, 4] },
        BaselineMethod::Ladies { nodes_per_layer: 20 },
    ];
    for method in methods {
        let config = BaselineConfig { method: method.clone(), outputs_per_batch: 6, seed: 9 };
        let baseline = prepare(&dataset, &model, SYM, &outputs, config).unwrap();
        let mut job =
            BaselineInference::new(baseline.clone(), model.clone(), None, &Limits::default()).unwrap();
        let mut stages = Vec::new();
        loop {
            let progress = task::Step::step(&mut job, 1).unwrap();
            stages.push(progress.stage);
            if progress.finished {
                break;
            }
        }
        // Three batches, each drawn, then computed; a step tells what comes next.
        assert_eq!(stages, ["inference", "sampling", "inference", "sampling", "inference", "inference"]);
        let nodes_read = job.nodes_read();
        let got = task::Step::finish(job).unwrap().logits;
        let (mut want, mut read, mut layers) = (Vec::new(), 0, Layers::default());
        for (index, outputs) in (0..).zip(outputs.chunks(6)) {
            match &method {
                BaselineMethod::NeighbourSampling { fan_outs } => {
                    let mut rng = Rand32::new_inc(9, index);
                    let mut sampler = NeighbourSampler::new(csr).unwrap();
                    sampler.sample(csr, &values, outputs, fan_outs, &mut rng, &mut layers);
                }
                _ => {
                    let mut rng = Rand64::new_inc(9, index.into());
                    let mut sampler = LayerSampler::new(csr).unwrap();
                    sampler.sample(csr, &values, outputs, 3, 20, &mut rng, &mut layers);
                }
            }
            read += layers.rows[0].len() as u64;
            want.extend(slow_gcn(&model, &dataset, &layers));
        }
        assert_close(&format!("{method:?}"), &got, &want, 1e-5, false);
        assert_eq!(nodes_read, read);
    }
}

#[test]
fn shadow_keeps_a_graph_for_every_output() {
    let dataset = random_dataset(80, 160, true, 6);
    let csr = dataset.graph.adjacency();
    let outputs: Vec<u32> = (0..80).step_by(3).collect();
    for arch in ARCHS {
        let model = make_model(arch, Shape::Ibmb, 2, 3);
        // The 5 strongest by exact PageRank, one output after another, each in a graph of its own.
        let mut want = Vec::new();
        for &output in &outputs {
            let exact = power(csr, output, 0.25, 1e-13).unwrap();
            let mut order: Vec<u32> = (0..80).collect();
            order.sort_by(|&a, &b| exact[b as usize].total_cmp(&exact[a as usize]).then(a.cmp(&b)));
            let mut nodes = order[..5].to_vec();
            nodes.sort_unstable();
            let sub = induced(&dataset.graph, &nodes, &[output], SYM);
            let kind = if arch == Arch::Gcn { SYM } else { Normalization::LocalRw };
            let sub = Subgraph { normalization: kind, ..sub.view() };
            want.extend(wide(&model.logits(&input(&dataset, &model), &sub, &Limits::default()).unwrap()));
        }
        let push = PushConfig { eps: 1e-9, ..PushConfig::default() };
        let method = BaselineMethod::ShadowPageRank { push, top_k: 5 };
        let config = BaselineConfig { method, outputs_per_batch: 10, seed: 0 };
        let baseline = prepare(&dataset, &model, SYM, &outputs, config).unwrap();
        assert_close(arch.name(), &infer(&baseline, &model).logits, &want, 1e-5, false);
        // No entry leads from one output's nodes to another's: copies stay apart.
        let subgraphs = baseline.subgraphs().unwrap();
        for index in 0..subgraphs.num_batches() {
            let (nodes, outputs, adjacency) = subgraphs.batch(index);
            assert_eq!(nodes.len(), 5 * outputs.len());
            for row in 0..nodes.len() {
                let entries = adjacency.indptr[row] as usize..adjacency.indptr[row + 1] as usize;
                assert!(adjacency.indices[entries].iter().all(|&column| column as usize / 5 == row / 5));
            }
        }
    }
}

/// Copies of nodes, as many as the graph has nodes: they are not taken for all nodes in order.
#[test]
fn as_many_copies_as_nodes_are_no_whole_graph() {
    let dataset = random_dataset(20, 20, false, 8);
    let model = make_model(Arch::Gcn, Shape::Pyg, 1, 3);
    let method = BaselineMethod::ShadowPageRank { push: PushConfig::default(), top_k: 4 };
    let run = |outputs_per_batch| {
        let config = BaselineConfig { method: method.clone(), outputs_per_batch, seed: 0 };
        infer(&prepare(&dataset, &model, SYM, &[3, 7, 11, 15, 19], config).unwrap(), &model).logits
    };
    assert_close("one batch of 20 nodes", &run(5), &wide(&run(1)), 1e-6, false);
}

#[test]
fn saint_with_walks_that_see_everything_is_the_whole_graph() {
    let dataset = random_dataset(8, 10, true, 3);
    let outputs: Vec<u32> = (0..8).collect();
    for arch in ARCHS {
        let model = make_model(arch, Shape::Ibmb, 2, 3);
        let method = BaselineMethod::SaintWalks { walk_length: 64, walks_per_output: 40, coverage: 3 };
        let config = BaselineConfig { method, outputs_per_batch: 3, seed: 1 };
        let baseline = prepare(&dataset, &model, SYM, &outputs, config).unwrap();
        let want = infer_fully(&dataset, &model, &outputs, SYM);
        assert_close(arch.name(), &infer(&baseline, &model).logits, &want, 1e-5, false);
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    let dataset = random_dataset(20, 20, false, 8);
    let [gcn, sage, _] = ARCHS.map(|arch| make_model(arch, Shape::Pyg, 2, 3));
    let sampling = |layers| BaselineMethod::NeighbourSampling { fan_outs: vec![3; layers] };
    let make = |model: &Model, method, outputs: &[u32]| {
        prepare(&dataset, model, SYM, outputs, BaselineConfig { method, outputs_per_batch: 4, seed: 0 })
    };
    let code = |made: ibmb::Result<Arc<Baseline>>| made.err().map(|error| error.code());
    let ladies = BaselineMethod::Ladies { nodes_per_layer: 5 };
    assert_eq!(code(make(&sage, ladies.clone(), &[1])), Some("invalid_option"));
    assert_eq!(code(make(&gcn, sampling(3), &[1])), Some("invalid_option"));
    assert_eq!(code(make(&gcn, sampling(2), &[1, 1])), Some("invalid_graph"));
    assert_eq!(code(make(&gcn, sampling(2), &[20])), Some("invalid_graph"));
    let made = make(&gcn, sampling(2), &[1, 2]).unwrap();
    let other = BaselineInference::new(made.clone(), sage, None, &Limits::default());
    assert_eq!(other.err().unwrap().code(), "shape_mismatch");
    // Without outputs there is nothing to predict.
    for method in [sampling(2), ladies, BaselineMethod::ShadowHops { depth: 1, num_neighbours: 1 }] {
        assert_eq!(infer(&make(&gcn, method, &[]).unwrap(), &gcn).predictions, [0u32; 0]);
    }
    // The sub-graphs of 20 outputs, one below what they take.
    let limited = |max_plan_bytes| {
        let limits = Limits { max_plan_bytes, ..Limits::default() };
        let method = BaselineMethod::ShadowHops { depth: 2, num_neighbours: 4 };
        let config = BaselineConfig { method, outputs_per_batch: 4, seed: 0 };
        let outputs = (0..20).collect();
        task::run(BaselineJob::new(dataset.clone(), gcn.aggregate(SYM), 2, outputs, config, &limits).unwrap())
    };
    let bytes = limited(u64::MAX).unwrap().subgraphs().unwrap().bytes();
    assert!(limited(bytes).is_ok());
    assert_eq!(limited(bytes / 2).err().map(|error| error.code()), Some("limit_exceeded"));
}
