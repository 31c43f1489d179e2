//! New names for fields.

use quarry_plan::Expression;

use super::super::context::{Context, Gone, Rename};
use super::super::wildcard;

/// Renames all fields that match, those that nobody has mentioned yet too; both names have as many stars.
pub(crate) fn rename_matching(context: &mut Context<'_>, from: &str, to: &str) {
    let known = context.columns().iter().filter_map(|column| column.name.user());
    let known: Vec<String> = known.map(str::to_owned).collect();
    if context.has_unknown_fields() {
        context.add_rule(Rename { from: from.to_owned(), to: to.to_owned() });
    }
    for name in known {
        if context.has_unknown_fields() && wildcard::matches(to, &name) && !wildcard::matches(from, &name) {
            // A field of the new name that nobody mentioned yet may take its place.
            context.find_again(&name.into());
        } else if let Some(texts) = wildcard::captures(from, &name).filter(|_| !name.starts_with('_')) {
            let new = wildcard::fill(to, &texts);
            if new != name {
                context.rename(&name, &new);
            }
        }
    }
}

impl Context<'_> {
    /// Gives a field another name, in its place.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        let value = Expression::column(from, self.span);
        let Some(empty) = self.columns().iter().find(|column| column.name == from).map(|column| column.empty)
        else {
            return;
        };
        if empty {
            self.forget(to, Gone::Removed);
        } else {
            self.assign(vec![(to.to_owned(), value)]);
        }
        self.move_column(from, to);
    }
}
