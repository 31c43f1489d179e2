//! Why pages cannot be made.

use std::fmt;

/// Why pages cannot be made; one sentence without a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteError(String);

impl SiteError {
    /// An error with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for SiteError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for SiteError {}

impl From<minijinja::Error> for SiteError {
    fn from(error: minijinja::Error) -> Self {
        Self(format!("a template failed: {error:#}"))
    }
}

impl From<quarry_pack::PackError> for SiteError {
    fn from(error: quarry_pack::PackError) -> Self {
        Self(error.to_string())
    }
}
