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
mod rows;
mod top_k;

pub use agreement::{rank_correlation, top_k_overlap};
pub use flow::edge_flow;
pub use heat_kernel::{HeatConfig, HeatWalker, heat_kernel};
pub use measure::{Measure, Walker};
pub use paths::{MAX_PATHS, PathsConfig, PathsJob, StrongPath};
pub use power::power;
pub use push::{PushConfig, Pusher, Queue};
pub use reverse_pagerank::reverse_pagerank;
pub use rows::{InfluenceRow, InfluenceRows};
pub use top_k::top_k;

use crate::error::{Error, Result};

/// `alpha` must be in (0, 1].
fn check_alpha(alpha: f64) -> Result<()> {
    if alpha > 0.0 && alpha <= 1.0 {
        return Ok(());
    }
    Err(Error::option("alpha", format!("{alpha} is out of range, allowed is 0 < alpha <= 1")))
}

/// `eps` must be positive and finite.
fn check_eps(eps: f64) -> Result<()> {
    if eps > 0.0 && eps.is_finite() {
        return Ok(());
    }
    Err(Error::option("eps", format!("{eps} is out of range, allowed is a finite number > 0")))
}
