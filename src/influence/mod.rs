//! Expected influence: personalised PageRank by push and exactly, the heat kernel, top-k selection,
//! flow along edges and strongest paths.

mod agreement;
mod flow;
mod heat_kernel;
mod measure;
mod paths;
mod power;
mod push;
mod reverse_pagerank;
mod row;
mod rows;
mod top_k;

pub use crate::options::Queue;
pub use agreement::{rank_correlation, top_k_overlap};
pub use flow::edge_flow;
pub use heat_kernel::{HeatConfig, HeatWalker, heat_kernel};
pub use measure::{Measure, Walker};
pub use paths::{PathsConfig, PathsJob, StrongPath};
pub use power::power;
pub use push::{PushConfig, Pusher};
pub use reverse_pagerank::reverse_pagerank;
pub use row::InfluenceRow;
pub use rows::InfluenceRows;
pub use top_k::top_k;
