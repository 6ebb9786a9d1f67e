//! Options of a plan from JavaScript, and those in force back.

use js_sys::Object;
use wasm_bindgen::JsValue;

use ibmb::batch::{
    Auxiliary, BatchLimit, Direction, OutputPartition, PairScale, PlanConfig, default_outputs_per_batch,
};
use ibmb::error::Error;
use ibmb::graph::Normalization;
use ibmb::influence::{HeatConfig, Measure, PushConfig, Queue};
use ibmb::partition::PartitionConfig;
use ibmb_binding::convert::object;
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options::Options;

const QUEUES: [(&str, Queue); 2] = [("fast", Queue::Fast), ("reference", Queue::Reference)];
const DEFAULT_TOP_K: u32 = 16;
const DEFAULT_BATCHES: u32 = 8;

/// Options that every method has.
const COMMON: [&str; 8] =
    ["method", "outputNodes", "split", "normalization", "measure", "eps", "alpha", "queue"];
const PARTITION: [&str; 3] = ["numBatches", "balance", "seed"];

#[derive(Clone, Copy, PartialEq)]
enum Method {
    NodeWise,
    BatchWise,
    Hybrid,
    Random,
    Cluster,
}

impl Method {
    const NAMES: [(&'static str, Self); 5] = [
        ("node-wise", Self::NodeWise),
        ("batch-wise", Self::BatchWise),
        ("hybrid", Self::Hybrid),
        ("random", Self::Random),
        ("cluster", Self::Cluster),
    ];

    fn allowed(self) -> Vec<&'static str> {
        let own: &[&str] = match self {
            Self::NodeWise => &["topK", "outputsPerBatch", "nodesPerBatch", "evenOut", "pairNormalization"],
            Self::BatchWise => &["expandRatio", "direction"],
            Self::Hybrid => &["topK"],
            Self::Random => &["topK", "outputsPerBatch", "evenOut", "seed"],
            Self::Cluster => &[],
        };
        let partition = matches!(self, Self::BatchWise | Self::Hybrid | Self::Cluster);
        let partition = if partition { &PARTITION[..] } else { &[] };
        COMMON.iter().chain(&["heatTime"]).chain(own).chain(partition).copied().collect()
    }
}

/// Reads options one by one and notes the values in force.
struct Reader {
    options: Options,
    in_force: Vec<(&'static str, JsValue)>,
}

impl Reader {
    fn u32(&mut self, key: &'static str, default: u32) -> JsResult<u32> {
        let value = self.options.u32(key)?.unwrap_or(default);
        self.in_force.push((key, value.into()));
        Ok(value)
    }

    fn f64(&mut self, key: &'static str, default: f64) -> JsResult<f64> {
        let value = self.options.f64(key)?.unwrap_or(default);
        self.in_force.push((key, value.into()));
        Ok(value)
    }

    /// The first word is the default.
    fn choice<T: Copy>(&mut self, key: &'static str, words: &[(&'static str, T)]) -> JsResult<T> {
        let indexed: Vec<(&str, usize)> =
            words.iter().enumerate().map(|(at, (word, _))| (*word, at)).collect();
        let at = self.options.choice(key, &indexed)?.unwrap_or(0);
        self.in_force.push((key, words[at].0.into()));
        Ok(words[at].1)
    }

    fn flag(&mut self, key: &'static str) -> JsResult<bool> {
        let value = self.options.bool(key)?.unwrap_or(false);
        self.in_force.push((key, value.into()));
        Ok(value)
    }

    /// The seed, a whole number that JavaScript holds exactly.
    fn seed(&mut self) -> JsResult<u64> {
        let seed = self.options.u64("seed")?.unwrap_or(0);
        self.in_force.push(("seed", (seed as f64).into()));
        Ok(seed)
    }

    fn measure(&mut self) -> JsResult<Measure> {
        let heat = self.choice("measure", &[("ppr", false), ("heat-kernel", true)])?;
        let unused = if heat { &["alpha", "queue"][..] } else { &["heatTime"] };
        if let Some(key) = unused.iter().copied().find(|key| self.options.get(key).is_some()) {
            let measure = if heat { "heat-kernel" } else { "ppr" };
            return Err(to_js(Error::option(
                "options",
                format!("{key} is not an option of measure {measure}"),
            )));
        }
        if heat {
            let default = HeatConfig::default();
            let time = self.f64("heatTime", default.time)?;
            return Ok(HeatConfig { time, eps: self.f64("eps", default.eps)? }.into());
        }
        let default = PushConfig::default();
        let alpha = self.f64("alpha", default.alpha)?;
        let eps = self.f64("eps", default.eps)?;
        Ok(PushConfig { alpha, eps, queue: self.choice("queue", &QUEUES)? }.into())
    }

    fn outputs_per_batch(&mut self, num_outputs: usize) -> JsResult<u32> {
        let asked =
            self.options.u32("outputsPerBatch")?.unwrap_or_else(|| default_outputs_per_batch(num_outputs));
        let evened = BatchLimit::Outputs(asked).evened_out(num_outputs);
        let (true, BatchLimit::Outputs(outputs)) = (self.flag("evenOut")?, evened) else {
            self.in_force.push(("outputsPerBatch", asked.into()));
            return Ok(asked);
        };
        self.in_force.push(("outputsPerBatch", outputs.into()));
        Ok(outputs)
    }

    /// The bound of a batch: on its outputs unless one on its nodes is given.
    fn limit(&mut self, num_outputs: usize) -> JsResult<BatchLimit> {
        let Some(nodes) = self.options.u32("nodesPerBatch")? else {
            return Ok(BatchLimit::Outputs(self.outputs_per_batch(num_outputs)?));
        };
        if self.options.get("outputsPerBatch").is_some() {
            let message = "a batch is bounded by its nodes or by outputsPerBatch; give one of the two";
            return Err(to_js(Error::option("nodes_per_batch", message)));
        }
        self.in_force.push(("nodesPerBatch", nodes.into()));
        Ok(BatchLimit::Nodes(nodes))
    }

    fn parts(&mut self, num_outputs: usize) -> JsResult<OutputPartition> {
        let default = DEFAULT_BATCHES.min(num_outputs.max(1) as u32);
        let num_parts = self.u32("numBatches", default)?;
        let balance_outputs = self.choice("balance", &[("all", false), ("outputs", true)])?;
        let config = PartitionConfig { num_parts, seed: self.seed()?, ..PartitionConfig::default() };
        Ok(OutputPartition::Parts { config, balance_outputs })
    }

    fn top_k(&mut self) -> JsResult<Auxiliary> {
        Ok(Auxiliary::Each { top_k: self.u32("topK", DEFAULT_TOP_K)? })
    }
}

/// The options of a plan, and those in force for the user.
pub fn read(
    options: JsValue,
    outputs: impl FnOnce(&Options) -> JsResult<Vec<u32>>,
) -> JsResult<(Vec<u32>, PlanConfig, Object)> {
    let all: Vec<&str> = Method::NAMES.iter().flat_map(|(_, method)| method.allowed()).collect();
    let method = Options::new(options.clone(), &all)?.choice("method", &Method::NAMES)?;
    let method = method.unwrap_or(Method::NodeWise);
    let options = Options::new(options, &method.allowed())?;
    let outputs = outputs(&options)?;
    let mut reader = Reader { options, in_force: Vec::new() };
    reader.choice("method", &rotated(method))?;
    let measure = reader.measure()?;
    let (partition, auxiliary) = match method {
        Method::NodeWise => {
            let limit = reader.limit(outputs.len())?;
            let scale = reader.choice("pairNormalization", &PairScale::NAMES)?;
            (OutputPartition::Merge { limit, scale }, reader.top_k()?)
        }
        Method::Random => {
            let outputs_per_batch = reader.outputs_per_batch(outputs.len())?;
            (OutputPartition::Random { outputs_per_batch, seed: reader.seed()? }, reader.top_k()?)
        }
        Method::BatchWise => {
            let partition = reader.parts(outputs.len())?;
            let expand_ratio = reader.f64("expandRatio", 1.0)?;
            let direction = reader.choice("direction", &Direction::NAMES)?;
            (partition, Auxiliary::Together { expand_ratio, direction })
        }
        Method::Hybrid => (reader.parts(outputs.len())?, reader.top_k()?),
        Method::Cluster => (reader.parts(outputs.len())?, Auxiliary::Part),
    };
    let normalization = reader.choice("normalization", &Normalization::NAMES)?;
    let config = PlanConfig { partition, auxiliary, measure, normalization };
    Ok((outputs, config, object(&reader.in_force)))
}

/// The names with that of `method` first, since the first is the default.
fn rotated(method: Method) -> [(&'static str, Method); 5] {
    let mut names = Method::NAMES;
    let at = names.iter().position(|(_, known)| *known == method).unwrap_or(0);
    names.rotate_left(at);
    names
}
