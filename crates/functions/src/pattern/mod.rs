//! Constant patterns: regular expressions in PCRE habit, wildcards, and their use on columns.

mod dialect;
mod matcher;
mod regular;
mod text_match;

pub use matcher::{Matcher, matcher};
pub(crate) use regular::cached_pattern;
pub use regular::{Groups, Pattern, compile_pattern};
pub use text_match::text_match_udf;
