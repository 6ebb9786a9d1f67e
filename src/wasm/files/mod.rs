//! Files in and out.

mod export;
mod js_file;
mod open;
mod open_options;
mod preview;
