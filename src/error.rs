//! The one error type. Codes are stable; messages say what, where, found, allowed.

use std::fmt;

/// Result of every fallible call of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong. [`Error::code`] is the stable name that JavaScript users see.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The graph, or a node id given with it, is not usable.
    #[error("{0}")]
    InvalidGraph(String),
    /// A file could not be read.
    #[error(fmt = write_parse)]
    Parse {
        /// Name of the file as the caller gave it.
        file: String,
        /// Line in it, from 1, where the format has lines.
        line: Option<u64>,
        /// What was found and what is allowed.
        message: String,
    },
    /// A size exceeds a limit.
    #[error("{what}: {got} exceeds the limit of {max}")]
    LimitExceeded {
        /// The quantity, for example `matrix bytes`.
        what: String,
        /// The size asked for.
        got: u64,
        /// The limit.
        max: u64,
    },
    /// The allocator refused.
    #[error("out of memory: {bytes} bytes could not be reserved")]
    OutOfMemory {
        /// Bytes asked for.
        bytes: u64,
    },
    /// Two shapes do not fit together.
    #[error("{0}")]
    ShapeMismatch(String),
    /// A tensor that must be there is not.
    #[error("{0}")]
    MissingTensor(String),
    /// The weights describe a model that is not supported.
    #[error("{0}")]
    UnsupportedModel(String),
    /// An option is out of its range.
    #[error("{name}: {message}")]
    InvalidOption {
        /// Name of the option.
        name: &'static str,
        /// What was found and what is allowed.
        message: String,
    },
    /// Training went astray: a loss or a weight is no longer finite.
    #[error(
        "epoch {epoch}: {message} at a learning rate of {lr}; a smaller lr, smaller features or layer norms help"
    )]
    Diverged {
        /// From 1.
        epoch: u32,
        /// Step size at that time.
        lr: f64,
        /// Where and what was found.
        message: String,
    },
    /// A broken invariant of ours.
    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidGraph(_) => "invalid_graph",
            Self::Parse { .. } => "parse",
            Self::LimitExceeded { .. } => "limit_exceeded",
            Self::OutOfMemory { .. } => "out_of_memory",
            Self::ShapeMismatch(_) => "shape_mismatch",
            Self::MissingTensor(_) => "missing_tensor",
            Self::UnsupportedModel(_) => "unsupported_model",
            Self::InvalidOption { .. } => "invalid_option",
            Self::Diverged { .. } => "diverged",
            Self::Internal(_) => "internal",
        }
    }

    // Errors are made out of line: they are rare, and the places that can fail are many.

    /// A parse error at a line of a file.
    #[cold]
    #[inline(never)]
    pub fn at_line(file: &str, line: u64, message: impl Into<String>) -> Self {
        Self::Parse { file: file.to_owned(), line: Some(line), message: message.into() }
    }

    /// A parse error in a file without lines, or about the file as a whole.
    #[cold]
    #[inline(never)]
    pub fn in_file(file: &str, message: impl Into<String>) -> Self {
        Self::Parse { file: file.to_owned(), line: None, message: message.into() }
    }

    /// An option out of its range.
    #[cold]
    #[inline(never)]
    pub fn option(name: &'static str, message: impl Into<String>) -> Self {
        Self::InvalidOption { name, message: message.into() }
    }
}

fn write_parse(file: &str, line: &Option<u64>, message: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match line {
        Some(line) => write!(f, "{file}, line {line}: {message}"),
        None => write!(f, "{file}: {message}"),
    }
}
