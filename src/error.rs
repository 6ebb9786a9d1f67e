//! The one error type. Codes are stable; messages say what, where, found, allowed.

use std::fmt;

/// Result of every fallible call of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong. [`Error::code`] is the stable name that JavaScript users see.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The graph, or a node id given with it, is not usable.
    InvalidGraph(String),
    /// A file could not be read.
    Parse {
        /// Name of the file as the caller gave it.
        file: String,
        /// Line in it, from 1, where the format has lines.
        line: Option<u64>,
        /// What was found and what is allowed.
        message: String,
    },
    /// A size exceeds a limit.
    LimitExceeded {
        /// The quantity, for example `matrix bytes`.
        what: String,
        /// The size asked for.
        got: u64,
        /// The limit.
        max: u64,
    },
    /// The allocator refused.
    OutOfMemory {
        /// Bytes asked for.
        bytes: u64,
    },
    /// Two shapes do not fit together.
    ShapeMismatch(String),
    /// A tensor that must be there is not.
    MissingTensor(String),
    /// The weights describe a model that is not supported.
    UnsupportedModel(String),
    /// An option is out of its range.
    InvalidOption {
        /// Name of the option.
        name: &'static str,
        /// What was found and what is allowed.
        message: String,
    },
    /// Training went astray: a loss or a weight is no longer finite.
    Diverged {
        /// From 1.
        epoch: u32,
        /// Step size at that time.
        lr: f64,
        /// Where and what was found.
        message: String,
    },
    /// A broken invariant of ours.
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

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parse { file, line: Some(line), message } => write!(f, "{file}, line {line}: {message}"),
            Self::Parse { file, line: None, message } => write!(f, "{file}: {message}"),
            Self::LimitExceeded { what, got, max } => write!(f, "{what}: {got} exceeds the limit of {max}"),
            Self::OutOfMemory { bytes } => write!(f, "out of memory: {bytes} bytes could not be reserved"),
            Self::InvalidOption { name, message } => write!(f, "{name}: {message}"),
            Self::Diverged { epoch, lr, message } => write!(
                f,
                "epoch {epoch}: {message} at a learning rate of {lr}; a smaller lr, smaller features or layer norms help"
            ),
            Self::InvalidGraph(message)
            | Self::ShapeMismatch(message)
            | Self::MissingTensor(message)
            | Self::UnsupportedModel(message)
            | Self::Internal(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {}
