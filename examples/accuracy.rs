//! Test accuracy of networks trained on the whole graph and over batches:
//! `IBMB_DATA=folder cargo run --release --example accuracy` prints the table of `docs/records/accuracy.md`.
//!
//! `recipes=default` has every network on every set with the options that the library has by itself. More arguments
//! choose a part or try other options: `seeds=3 sets=cora,dblp networks=gcn trained=batch-wise lr=0.005`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use ibmb::batch::{
    Auxiliary, BatchLimit, Direction, OutputPartition, PairScale, Plan, PlanConfig, PlanJob, Schedule,
    default_outputs_per_batch,
};
use ibmb::gnn::{
    Arch, FeatureNormalization, FullInference, Model, Outputs, PlanInference, Predictions, Shape,
    TrainConfig, TrainJob,
};
use ibmb::graph::{Dataset, Normalization};
use ibmb::influence::PushConfig;
use ibmb::io::{InputFile, OpenOptions, open_graph};
use ibmb::limits::Limits;
use ibmb::partition::PartitionConfig;
use ibmb::task;

type Failure = Box<dyn std::error::Error>;

const SETS: [&str; 5] = ["cora", "dblp", "amazon-photo", "amazon-computers", "coauthor-cs"];

/// Set, network, and the options that serve them: those of training, then those of the plans.
const RECIPES: [(&str, &str, &str); 7] = [
    ("cora", "gcn", "features=row wd=0.0005 outputs=140 plan=local-sym"),
    ("cora", "sage", "features=row wd=0.0005 outputs=140 plan=local-sym"),
    ("cora", "gat", "features=row wd=0.0005 dropout=0.6 outputs=140 plan=local-sym"),
    ("dblp", "gat", "features=none wd=0.005 dropout=0.5 outputs=80"),
    ("amazon-photo", "gcn", "features=none wd=0.0005 shape=ibmb lr=0.003 outputs=160"),
    ("amazon-computers", "gcn", "features=none wd=0.0005 shape=ibmb lr=0.003 outputs=200"),
    ("coauthor-cs", "gcn", "features=row wd=0.005 shape=ibmb layers=1 dropout=0.3 outputs=300"),
];

/// The options of one line of the table.
struct Recipe {
    train: TrainConfig,
    /// Edge weights of batches.
    plan: Normalization,
    /// Outputs of a batch at most.
    outputs: Option<u32>,
    eps: f64,
    top_k: u32,
}

fn main() -> Result<(), Failure> {
    let folder =
        std::env::var("IBMB_DATA").map_err(|_| "IBMB_DATA is not set: it names the folder of data sets")?;
    let mut arguments = BTreeMap::new();
    for argument in std::env::args().skip(1) {
        let (key, value) = argument.split_once('=').ok_or(format!("{argument}: should be key=value"))?;
        arguments.insert(key.to_owned(), value.to_owned());
    }
    let mut take = |key: &str, default: &str| arguments.remove(key).unwrap_or(default.to_owned());
    let seeds: u64 = take("seeds", "10").parse()?;
    let [sets, networks, trained] = ["sets", "networks", "trained"].map(|key| take(key, "all"));
    let recipes: Vec<(&str, &str, &str)> = match take("recipes", "best").as_str() {
        "default" => SETS
            .iter()
            .flat_map(|&set| Arch::ALL.iter().map(move |network| (set, network.name(), "")))
            .collect(),
        _ => RECIPES.to_vec(),
    };
    let chosen = |list: &str, name: &str| list == "all" || list.split(',').any(|item| item == name);
    println!(
        "| set | network | options | trained on | batches: outputs, nodes, captured | over the plan | over the whole graph | seconds |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (set, network, options) in recipes {
        if !(chosen(&sets, set) && chosen(&networks, network)) {
            continue;
        }
        let dataset = Arc::new(open(&Path::new(&folder).join(set))?);
        let train = TrainConfig::of(Arch::from_name(network)?);
        let mut recipe =
            Recipe { train, plan: Normalization::GlobalSym, outputs: None, eps: 1e-5, top_k: 16 };
        let mut given: Vec<String> = options.split_whitespace().map(String::from).collect();
        given.extend(arguments.iter().map(|(key, value)| format!("{key}={value}")));
        for option in &given {
            let (key, value) = option.split_once('=').ok_or("an option is key=value")?;
            change(&mut recipe, key, value)?;
        }
        let names = [set, network, &given.join(" ")];
        if chosen(&trained, "whole-graph") {
            line(&dataset, names, "whole graph", seeds, &recipe, None)?;
        }
        for method in ["node-wise", "batch-wise"].into_iter().filter(|method| chosen(&trained, method)) {
            let split = dataset.split(None)?;
            let [train, validation, test] =
                [&split.train, &split.val, &split.test].map(|nodes| plan(&dataset, nodes, method, &recipe));
            line(&dataset, names, method, seeds, &recipe, Some([train?, validation?, test?]))?;
        }
    }
    Ok(())
}

fn change(recipe: &mut Recipe, key: &str, value: &str) -> Result<(), Failure> {
    let train = &mut recipe.train;
    match key {
        "layers" => train.layers = value.parse()?,
        "hidden" => train.hidden = value.parse()?,
        "heads" => train.heads = value.parse()?,
        "shape" => train.shape = Shape::from_name(value)?,
        "dropout" => train.dropout = value.parse()?,
        "epochs" => train.epochs = value.parse()?,
        "lr" => train.lr = value.parse()?,
        "wd" => train.weight_decay = value.parse()?,
        "features" => train.feature_normalization = FeatureNormalization::from_name(value)?,
        "norm" => train.normalization = Normalization::from_name(value)?,
        "accumulate" => train.accumulate = value.parse()?,
        "schedule" => train.schedule = Schedule::from_name(value)?,
        "plan" => recipe.plan = Normalization::from_name(value)?,
        "outputs" => recipe.outputs = Some(value.parse()?),
        "eps" => recipe.eps = value.parse()?,
        "k" => recipe.top_k = value.parse()?,
        _ => return Err(format!("{key} is unknown").into()),
    }
    Ok(())
}

fn open(folder: &Path) -> Result<Dataset, Failure> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name != "paper_ids.csv" {
            files.push(InputFile { name, bytes: std::fs::read(&path)? });
        }
    }
    Ok(open_graph(&files, &OpenOptions::default(), &Limits::default())?)
}

/// Node-wise, or batch-wise with as many parts and nodes.
fn plan(
    dataset: &Arc<Dataset>,
    outputs: &[u32],
    method: &str,
    recipe: &Recipe,
) -> Result<Arc<Plan>, Failure> {
    let make = |partition, auxiliary| -> Result<Arc<Plan>, Failure> {
        let measure = PushConfig { eps: recipe.eps, ..PushConfig::default() }.into();
        let config = PlanConfig { partition, auxiliary, measure, normalization: recipe.plan };
        Ok(Arc::new(task::run(PlanJob::new(dataset.clone(), outputs.to_vec(), config, Limits::default())?)?))
    };
    let size = recipe.outputs.unwrap_or_else(|| default_outputs_per_batch(outputs.len()));
    let limit = BatchLimit::Outputs(size).evened_out(outputs.len());
    let node_wise = make(
        OutputPartition::Merge { limit, scale: PairScale::Row },
        Auxiliary::Each { top_k: recipe.top_k },
    )?;
    if method == "node-wise" {
        return Ok(node_wise);
    }
    let nodes: usize = node_wise.batches().map(|batch| batch.nodes.len()).sum();
    let num_parts = (outputs.len() as u32).div_ceil(size);
    let expand_ratio = nodes as f64 / f64::from(dataset.graph.num_nodes());
    let config = PartitionConfig { num_parts, ..PartitionConfig::default() };
    make(
        OutputPartition::Parts { config, balance_outputs: true },
        Auxiliary::Together { expand_ratio, direction: Direction::Influence },
    )
}

fn line(
    dataset: &Arc<Dataset>,
    names: [&str; 3],
    source: &str,
    seeds: u64,
    recipe: &Recipe,
    plans: Option<[Arc<Plan>; 3]>,
) -> Result<(), Failure> {
    let split = dataset.split(None)?;
    let (mut batched, mut whole) = (Vec::new(), Vec::new());
    let start = Instant::now();
    for seed in 0..seeds {
        let [train, validation] = match &plans {
            Some([train, validation, _]) => [train, validation].map(|plan| Outputs::Plan(plan.clone())),
            None => [&split.train, &split.val].map(|nodes| Outputs::Nodes(nodes.clone())),
        };
        let config = TrainConfig { seed, ..recipe.train.clone() };
        let job = TrainJob::new(dataset.clone(), config, train, validation, &Limits::default())?;
        let trained = task::run(job)?;
        let model = Arc::new(trained.model);
        if let Some([_, _, test]) = &plans {
            let (test, limits) = (test.clone(), Limits::default());
            let result = task::run(PlanInference::new(dataset.clone(), test, model.clone(), None, &limits)?)?;
            batched.push(test_accuracy(&result)?);
        }
        whole.push(test_accuracy(&predict_fully(dataset, model, &split.test)?)?);
    }
    let [set, network, options] = names;
    println!(
        "| {set} | {network} | {options} | {source} | {} | {} | {} | {:.1} |",
        plans.map_or("–".to_owned(), |[_, _, test]| sizes(&test)),
        shown(&batched),
        shown(&whole),
        start.elapsed().as_secs_f64() / seeds as f64
    );
    Ok(())
}

/// Mean figures of the batches of the test nodes.
fn sizes(plan: &Plan) -> String {
    let (count, outputs) = (plan.num_batches() as f64, plan.num_outputs() as f64);
    let nodes: usize = plan.batches().map(|batch| batch.nodes.len()).sum();
    let captured: f64 = plan.batches().map(|batch| batch.captured_mass() * batch.outputs.len() as f64).sum();
    format!("{:.0}, {:.0}, {:.2}", outputs / count, nodes as f64 / count, captured / outputs)
}

fn predict_fully(dataset: &Arc<Dataset>, model: Arc<Model>, test: &[u32]) -> Result<Predictions, Failure> {
    let kind = model.normalization().unwrap_or_default();
    let limits = Limits::default();
    Ok(task::run(FullInference::new(dataset.clone(), model, test.to_vec(), kind, None, &limits)?)?)
}

fn test_accuracy(result: &Predictions) -> Result<f64, Failure> {
    Ok(100.0 * result.accuracy.and_then(|accuracy| accuracy.test).ok_or("the data set has test nodes")?)
}

/// Mean and standard deviation.
fn shown(values: &[f64]) -> String {
    if values.is_empty() {
        return "–".to_owned();
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    format!("{mean:.1} ± {:.1}", (squares / (values.len() as f64 - 1.0).max(1.0)).sqrt())
}
