//! Expected influence as personalised PageRank: approximate by push, exact by power iteration, top-k selection.

mod power;
mod push;
mod top_k;

pub use power::power;
pub use push::{PushConfig, PushRow, PushRows, Pusher, Queue};
pub use top_k::top_k;

use crate::error::{Error, Result};

/// `alpha` must be in (0, 1].
fn check_alpha(alpha: f64) -> Result<()> {
    if alpha > 0.0 && alpha <= 1.0 {
        return Ok(());
    }
    Err(Error::option("alpha", format!("{alpha} is out of range, allowed is 0 < alpha <= 1")))
}
