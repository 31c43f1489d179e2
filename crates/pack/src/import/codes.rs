//! Codes of what importers find. A released code is never reused.

/// The text cannot be read at all.
pub const UNREADABLE: &str = "IMP001";
/// The file is in none of the known formats.
pub const UNKNOWN_FORMAT: &str = "IMP002";
/// Something that the format requires is not there.
pub const MISSING: &str = "IMP003";
/// A value is not of the form that the format asks for.
pub const MALFORMED: &str = "IMP004";
/// A key that the format does not have.
pub const UNKNOWN_KEY: &str = "IMP005";
/// Something was understood, and has no effect in quarry.
pub const NO_EFFECT: &str = "IMP006";
/// Something is referred to and not there.
pub const UNRESOLVED: &str = "IMP007";
