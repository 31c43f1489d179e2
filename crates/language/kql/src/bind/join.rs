//! Rows of two or more tables: `join`, `lookup`, `union`.

use super::{Binder, Column, Table, scope::Binding};
use crate::{
    codes,
    syntax::tree::{Expr, ExprKind, Operator},
    types::Kind,
};

impl Binder {
    pub(crate) fn join(&mut self, left: Table, operator: &Operator, right: &Expr, on: &[Expr]) -> Table {
        let mut right = self.rows(right);
        let kind = word(operator, "kind").unwrap_or_default();
        let mut keys = Vec::new();
        on.iter().for_each(|condition| self.join_key(condition, &left, &right, &mut keys));
        if operator.name.text == "lookup" {
            right.columns.retain(|column| !keys.contains(&column.name));
        }
        match kind.to_lowercase().as_str() {
            "leftsemi" | "leftanti" | "leftantisemi" | "anti" => left,
            "rightsemi" | "rightanti" | "rightantisemi" => right,
            _ => beside(left, &right),
        }
    }

    /// A condition; the names of the right side's keys are added.
    fn join_key(&mut self, condition: &Expr, left: &Table, right: &Table, keys: &mut Vec<String>) {
        match &condition.kind {
            ExprKind::Name(name) => {
                for side in [left, right] {
                    if side.find(name).is_none() && !side.open {
                        let message = format!("the key `{name}` must be a column of both sides");
                        let help = "write `$left.a == $right.b` for keys of two names";
                        self.error(codes::UNKNOWN_NAME, message, condition.span, help);
                    }
                }
                keys.push(name.clone());
            }
            ExprKind::Binary(found) if found.operator == "and" => {
                self.join_key(&found.left, left, right, keys);
                self.join_key(&found.right, left, right, keys);
            }
            ExprKind::Binary(found) if found.operator == "==" => {
                for side in [&found.left, &found.right] {
                    let ExprKind::Member(of, name) = &side.kind else { continue };
                    let is_left = matches!(&of.kind, ExprKind::Name(side) if side == "$left");
                    let table = if is_left { left } else { right };
                    if table.find(&name.text).is_none() && !table.open {
                        let message = format!("`{}` is no column of this side", name.text);
                        self.error(
                            codes::UNKNOWN_NAME,
                            message,
                            name.span,
                            "name a column of the rows there",
                        );
                    }
                    if !is_left {
                        keys.push(name.text.clone());
                    }
                }
            }
            _ => {
                let help = "join on columns: `on A` or `on $left.A == $right.B`";
                self.error(codes::WRONG_TYPE, "a join needs equal columns", condition.span, help);
            }
        }
    }

    pub(crate) fn union(&mut self, input: Option<Table>, operator: &Operator, tables: &[Expr]) -> Table {
        let is_fuzzy = word(operator, "isfuzzy").is_some_and(|word| word == "true");
        let mut legs: Vec<Table> = input.into_iter().collect();
        for table in tables {
            match &table.kind {
                ExprKind::Wildcard(pattern) => legs.extend(self.matching(pattern)),
                ExprKind::Name(name) if is_fuzzy && !self.is_table(name) => {}
                _ => {
                    let said = self.diagnostics.len();
                    let leg = self.rows(table);
                    let is_absent = is_fuzzy && self.forget_absent(said);
                    if !(is_absent && leg.columns.is_empty()) {
                        legs.push(leg);
                    }
                }
            }
        }
        let mut all = united(&legs);
        let source = word(operator, "withsource").or_else(|| word(operator, "with_source"));
        if let Some(name) = source {
            let name = all.free(&name, &[]);
            all.columns.insert(0, Column { name, kind: Kind::String });
        }
        all
    }

    /// Takes back what was said of tables that are not there since then: such rows are left out.
    fn forget_absent(&mut self, since: usize) -> bool {
        let is_absence = |found: &quarry_diagnostic::Diagnostic| {
            matches!(found.code.as_ref(), codes::UNKNOWN_NAME | codes::UNKNOWN_FUNCTION)
        };
        let later = self.diagnostics.split_off(since);
        let count = later.len();
        self.diagnostics.extend(later.into_iter().filter(|found| !is_absence(found)));
        self.diagnostics.len() < since + count
    }

    fn is_table(&self, name: &str) -> bool {
        self.scope.find(name).is_some() || crate::registry::table(name).is_some()
    }

    fn matching(&mut self, pattern: &str) -> Vec<Table> {
        let fits = |name: &str| super::operator::fits(pattern, name);
        let of_user = self.scope.matching(&fits);
        let known = crate::registry::table_names().filter(|name| fits(name));
        let mut found: Vec<Table> = known.filter_map(crate::registry::table).map(Table::known).collect();
        for (name, binding) in of_user {
            match binding {
                Binding::Table(table) => found.push(table),
                Binding::Function(..) => {
                    let name = Expr { kind: ExprKind::Name(name), span: quarry_diagnostic::Span::default() };
                    found.push(self.rows(&name));
                }
                Binding::Scalar(_) => {}
            }
        }
        found
    }
}

/// Columns of both sides; those of the right whose names the left has get a number.
pub(crate) fn beside(mut left: Table, right: &Table) -> Table {
    for column in &right.columns {
        let name = left.free(&column.name, &right.columns);
        left.columns.push(Column { name, kind: column.kind });
    }
    left.open |= right.open;
    left
}

/// Columns by name; those of one name and several types are as many columns.
pub(crate) fn united(legs: &[Table]) -> Table {
    let mut names: Vec<(String, Vec<Kind>)> = Vec::new();
    for column in legs.iter().flat_map(|leg| &leg.columns) {
        match names.iter_mut().find(|(name, _)| *name == column.name) {
            Some((_, kinds)) if kinds.contains(&column.kind) => {}
            Some((_, kinds)) => kinds.push(column.kind),
            None => names.push((column.name.clone(), vec![column.kind])),
        }
    }
    let mut all = Table { columns: Vec::new(), open: legs.iter().any(|leg| leg.open) };
    for (name, kinds) in names {
        if let [kind] = kinds.as_slice() {
            all.columns.push(Column { name, kind: *kind });
        } else {
            let several = kinds.iter().map(|kind| Column { name: format!("{name}_{kind}"), kind: *kind });
            all.columns.extend(several);
        }
    }
    all
}

/// The word or text of a setting.
pub(crate) fn word(operator: &Operator, setting: &str) -> Option<String> {
    let (_, value) = operator.settings.iter().find(|(name, _)| name.text == setting)?;
    match &value.kind {
        ExprKind::Name(word) => Some(word.clone()),
        ExprKind::Literal(crate::syntax::tree::Literal::Value(_, Some(value))) => value.text(),
        _ => None,
    }
}
