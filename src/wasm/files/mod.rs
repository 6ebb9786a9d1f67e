//! Files in and out.

mod export;
mod open;
mod open_options;
mod preview;
