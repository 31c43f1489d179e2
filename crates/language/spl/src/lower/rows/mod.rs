//! What commands, searches and expressions do to rows alike.

pub(crate) mod buckets;
pub(crate) mod computed_lookup;
pub(crate) mod joining;
pub(crate) mod lookup_table;
pub(crate) mod plain;
pub(crate) mod rename;
pub(crate) mod running;
pub(crate) mod saved_search;
pub(crate) mod search_range;
pub(crate) mod sort_keys;
pub(crate) mod subsearch;
