//! Every option, declared once: its name, what it may be, its default, when it applies, one sentence and its source.
//!
//! - A configuration takes its `Default` and its check from here ([`OptionSpec::number`], [`OptionSpec::check`], …).
//! - [`Given::read`] reads what a caller gives, whatever language it comes from, and refuses what is not known.
//! - Types of the package, tables of the documentation and fields of the page are generated from [`SETS`] and the texts beside the
//!   options: `cargo run -p contract`.
//!
//! To add an option: one row in the file of its subject here, its name in the sets of the calls that take it, and the
//! code that uses it.

mod compare;
mod given;
mod layout;
mod limits;
mod open;
mod plan;
mod sets;
mod spec;
mod synthetic;
mod text;
mod train;
mod words;

pub use compare::*;
pub use given::{Given, Raw, Value};
pub use layout::*;
pub use limits::*;
pub use open::*;
pub use plan::*;
pub use sets::{SETS, meanings_of, text_of};
pub use spec::{Kind, OptionSpec, Preset, Range, Set, When, camel};
pub use synthetic::*;
pub use text::OptionText;
pub(crate) use text::options;
pub use train::*;
pub use words::{Word, Words};
pub(crate) use words::{place, words};
