//! Options of a client: its workers, and limits on outside data.

use super::{OptionSpec, Set, options};

const GIB: u64 = 1 << 30;

options! { LIMIT_TEXTS:
    /// Number of workers among which the batches of an inference are divided. Each is started when it is first needed and
    /// holds a copy of its batches and of the weights. Results do not depend on the number of workers.
    WORKERS = OptionSpec::whole("workers", 1, 64, 1), "";
    /// Nodes. 32 bytes of push scratch for each of the default are 1.6 GB of a 4 GiB wasm memory.
    MAX_NODES = OptionSpec::size("max_nodes", 50_000_000), "";
    /// Entries of the adjacency, both directions and self-loops counted: 4 bytes each.
    MAX_ENTRIES = OptionSpec::size("max_entries", 400_000_000), "";
    /// Bytes of one file, unpacked. The default is half of a wasm memory.
    MAX_FILE_BYTES = OptionSpec::size("max_file_bytes", 2 * GIB), "";
    /// Bytes that opening files takes at its peak, as estimated from their sizes and first lines. The default is a wasm
    /// memory but for what is open already.
    MAX_MEMORY_BYTES = OptionSpec::size("max_memory_bytes", 3 * GIB), "";
    /// Bytes of one matrix or array. The default is half of a wasm memory.
    MAX_MATRIX_BYTES = OptionSpec::size("max_matrix_bytes", 2 * GIB), "";
    /// Bytes of the influence rows of a plan. The default is half of a wasm memory.
    MAX_PUSH_BYTES = OptionSpec::size("max_push_bytes", 2 * GIB), "";
    /// Bytes of a plan's batches. The default is half of a wasm memory.
    MAX_PLAN_BYTES = OptionSpec::size("max_plan_bytes", 2 * GIB), "";
    /// Bytes of features that are gathered for a plan; beyond it they are read by reference. The default is an eighth of a
    /// wasm memory.
    MAX_GATHERED_BYTES = OptionSpec::size("max_gathered_bytes", GIB / 2), "";
}

/// Limits of a client.
pub static LIMITS: Set = Set {
    name: "Limits",
    about: "Limits of a client.",
    options: &[
        &MAX_NODES,
        &MAX_ENTRIES,
        &MAX_FILE_BYTES,
        &MAX_MEMORY_BYTES,
        &MAX_MATRIX_BYTES,
        &MAX_PUSH_BYTES,
        &MAX_PLAN_BYTES,
        &MAX_GATHERED_BYTES,
    ],
};

/// Options of a client that it checks itself.
pub static CLIENT: Set = Set { name: "ClientSettings", about: "Options of a client.", options: &[&WORKERS] };
