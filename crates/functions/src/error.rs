//! Why a call cannot be bound.

/// A call that does not fit the function, in words; the caller adds the place and a code.
#[derive(Debug, Clone, PartialEq)]
pub struct CallError {
    /// Which argument is at fault, counted from 0; `None` blames the whole call.
    pub argument: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// The call is right in Kusto, but this engine does not have it yet.
    pub unsupported: bool,
}

impl CallError {
    /// The whole call is at fault.
    pub fn call(message: impl Into<String>) -> Self {
        CallError { argument: None, message: message.into(), unsupported: false }
    }

    /// One argument is at fault.
    pub fn argument(index: usize, message: impl Into<String>) -> Self {
        CallError { argument: Some(index), message: message.into(), unsupported: false }
    }

    /// Kusto has it, this engine not yet.
    pub fn unsupported(message: impl Into<String>) -> Self {
        CallError { argument: None, message: message.into(), unsupported: true }
    }
}
