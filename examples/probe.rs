use std::path::Path;
use std::sync::Arc;
use ibmb::gnn::*;
use ibmb::graph::{Dataset, Normalization};
use ibmb::io::{InputFile, OpenOptions, open_graph};
use ibmb::limits::Limits;
use ibmb::task;

fn open(folder: &Path) -> Dataset {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name != "paper_ids.csv" {
            files.push(InputFile { name, bytes: std::fs::read(&path).unwrap() });
        }
    }
    open_graph(&files, &OpenOptions::default(), &Limits::default()).unwrap()
}

fn main() {
    let folder = std::env::var("IBMB_DATA").unwrap();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let set = &args[0];
    let dataset = Arc::new(open(&Path::new(&folder).join(set)));
    let split = dataset.split(None).unwrap().clone();
    for line in args[1..].iter() {
        let mut c = TrainConfig::default();
        let mut seeds = 3;
        for pair in line.split_whitespace() {
            let (k, v) = pair.split_once('=').unwrap();
            match k {
                "arch" => c.arch = Arch::from_name(v).unwrap(),
                "shape" => c.shape = Shape::from_name(v).unwrap(),
                "fn" => c.feature_normalization = FeatureNormalization::from_name(v).unwrap(),
                "act" => c.activation = Some(Activation::from_name(v).unwrap()),
                "norm" => c.normalization = if v == "rw" { Normalization::GlobalRw } else { Normalization::GlobalSym },
                "lr" => c.lr = v.parse().unwrap(),
                "wd" => c.weight_decay = v.parse().unwrap(),
                "drop" => c.dropout = v.parse().unwrap(),
                "epochs" => c.epochs = v.parse().unwrap(),
                "hidden" => c.hidden = v.parse().unwrap(),
                "heads" => c.heads = v.parse().unwrap(),
                "layers" => c.layers = v.parse().unwrap(),
                "seeds" => seeds = v.parse().unwrap(),
                _ => panic!("{k}"),
            }
        }
        let start = std::time::Instant::now();
        let mut all = vec![];
        let mut best = vec![];
        for seed in 0..seeds {
            let config = TrainConfig { seed, ..c.clone() };
            let kind = config.normalization;
            let job = TrainJob::new(dataset.clone(), config, Outputs::Nodes(split.train.clone()), Outputs::Nodes(split.val.clone()), &Limits::default()).unwrap();
            let trained = task::run(job).unwrap();
            let job = FullInference::new(dataset.clone(), trained.model.into(), split.test.clone(), kind, None, &Limits::default()).unwrap();
            all.push(100.0 * task::run(job).unwrap().accuracy.unwrap().test.unwrap());
            best.push((trained.best_epoch, (1000.0 * trained.history[trained.best_epoch as usize - 1].val_accuracy.unwrap_or(0.0)) as u32));
        }
        let mean = all.iter().sum::<f64>() / seeds as f64;
        let var = all.iter().map(|a| (a - mean).powi(2)).sum::<f64>() / (seeds as f64 - 1.0);
        println!("{set} [{line}] {mean:.2} ± {:.2} best {best:?} {:.0}s", var.sqrt(), start.elapsed().as_secs_f64());
    }
}
