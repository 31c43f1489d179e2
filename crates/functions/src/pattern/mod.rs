//! Constant patterns: regular expressions in PCRE habit, wildcards, and their use on columns.

mod matcher;
mod term;
mod text_match;

pub use matcher::{Matcher, matcher};
pub(crate) use quarry_plan::cached_pattern;
pub use quarry_plan::{Groups, Pattern, compile_pattern};
pub(crate) use text_match::text_match_udf;
pub use text_match::{TEXT_MATCH, text_match_arguments};
