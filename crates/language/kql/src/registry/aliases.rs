//! Other names of functions: a line each, `alias`, `name`.

use std::{collections::BTreeMap, sync::LazyLock};

static ALIASES: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    include_str!("../../data/aliases.txt").lines().filter_map(|line| line.split_once('\t')).collect()
});

/// The name under which a function runs.
///
/// ```
/// assert_eq!(quarry_kql::registry::main_name("todynamic"), "parse_json");
/// ```
#[must_use]
pub fn main_name(name: &str) -> &str {
    ALIASES.get(name).copied().unwrap_or(name)
}
