//! Tables of Log Analytics by schema: a line each, `name`, columns with a letter for their types.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::types::Kind;

/// Names and types of columns.
pub type Columns = Vec<(&'static str, Kind)>;

static TABLES: LazyLock<BTreeMap<&'static str, &'static str>> =
    LazyLock::new(|| lines(include_str!("../../data/tables.txt")));
static STORED: LazyLock<BTreeMap<&'static str, &'static str>> =
    LazyLock::new(|| lines(include_str!("../../data/stored.txt")));

/// The columns of a table.
#[must_use]
pub fn table(name: &str) -> Option<Columns> {
    TABLES.get(name).map(|text| columns(text))
}

/// The columns that a function of Sentinel's gives.
#[must_use]
pub fn stored_function(name: &str) -> Option<Columns> {
    STORED.get(name).map(|text| columns(text))
}

/// The names of all tables.
pub fn table_names() -> impl Iterator<Item = &'static str> {
    TABLES.keys().copied()
}

fn lines(text: &'static str) -> BTreeMap<&'static str, &'static str> {
    text.lines().filter_map(|line| line.split_once('\t')).collect()
}

fn columns(text: &'static str) -> Columns {
    let column = |text: &'static str| {
        let (name, letter) = text.rsplit_once(':')?;
        let kind = match letter {
            "s" => Kind::String,
            "d" => Kind::Datetime,
            "y" => Kind::Dynamic,
            "l" => Kind::Long,
            "i" => Kind::Int,
            "r" => Kind::Real,
            "b" => Kind::Bool,
            "g" => Kind::Guid,
            "t" => Kind::Timespan,
            "c" => Kind::Decimal,
            _ => return None,
        };
        Some((name, kind))
    };
    text.split(' ').filter_map(column).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{table, table_names};

    #[test]
    fn no_table_has_a_column_twice() {
        for name in table_names() {
            let columns = table(name).unwrap_or_default();
            let different: HashSet<&str> = columns.iter().map(|(column, _)| *column).collect();
            assert_eq!(different.len(), columns.len(), "{name}");
        }
    }
}
