//! Columns in the schemas of DataFusion and Arrow, which know them by one text each.
//!
//! A user's column has its own name there. Those of other roles begin with a mark, and so does a user's
//! whose name begins with the mark itself: no two columns have one text, whatever users call theirs.

use quarry_plan::{ColumnName, Role};

/// What the text of every column begins with that is not a user's name as it is.
const MARK: char = '\u{1}';

/// The letter after the mark for each role.
const LETTERS: [(Role, char); 4] =
    [(Role::User, 'u'), (Role::Helper, 'h'), (Role::Provenance, 'p'), (Role::Probe, 't')];
/// The letter after the mark for columns that only lowering knows.
const INSIDE: char = 'i';

/// The text that stands for a column in a schema.
#[must_use]
pub fn schema_name(column: &ColumnName) -> String {
    let text = column.text();
    let letter =
        LETTERS.iter().find(|(role, _)| *role == column.role()).map_or(INSIDE, |(_, letter)| *letter);
    if column.is_user() && !text.starts_with(MARK) {
        return text.to_owned();
    }
    format!("{MARK}{letter}{text}")
}

/// The column that a text in a schema stands for.
#[must_use]
pub fn column_name(schema_name: &str) -> ColumnName {
    let marked = schema_name.strip_prefix(MARK).and_then(|rest| {
        let mut letters = rest.chars();
        let letter = letters.next()?;
        let (role, _) = LETTERS.iter().find(|(_, known)| *known == letter)?;
        Some(ColumnName::new(*role, letters.as_str()))
    });
    marked.unwrap_or_else(|| ColumnName::from(schema_name))
}

/// The text for a column that lowering makes and drops again.
pub(crate) fn inside(purpose: &str) -> String {
    format!("{MARK}{INSIDE}{purpose}")
}

#[cfg(test)]
mod tests {
    use quarry_plan::{ColumnName, Role};

    use super::{column_name, inside, schema_name};

    #[test]
    fn no_two_columns_have_one_text() {
        let texts = ["a", "", "\u{1}", "\u{1}ua", "\u{1}ha", "\u{1}ix", "__record", "#group1", "ua"];
        let roles = [Role::User, Role::Helper, Role::Provenance, Role::Probe];
        let mut seen = std::collections::HashSet::new();
        for (text, role) in texts.iter().flat_map(|text| roles.map(|role| (*text, role))) {
            let column = ColumnName::new(role, text);
            let name = schema_name(&column);
            assert_eq!(column_name(&name), column);
            assert!(seen.insert(name.clone()), "{name:?}");
            assert_ne!(name, inside("x"));
        }
    }
}
