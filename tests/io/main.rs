//! Files: what is read, what is written, what is refused.

mod array_errors;
mod corpus;
mod edge_weights;
mod errors;
mod exports;
mod graph_errors;
mod hand_made;
mod open;
mod preview;
mod real_folders;
mod round_trips;
