//! Functions that AQL lacks but public queries use, as what they mean there. The vocabulary stands in
//! `registry/extra.rs`; each row here says how one is run.

mod group;
mod null;
mod number;
mod text;
mod time;

use quarry_diagnostic::Span;
use quarry_plan::{Expression as Planned, Type};

use super::{select::Select, value::Typed};
use crate::syntax::Call;

/// How a call becomes an expression; the number of its arguments was checked.
type Rule = fn(&mut Select<'_, '_, '_>, &Call, Span) -> Typed;

const TABLES: [&[(&str, Rule)]; 5] = [group::TABLE, null::TABLE, number::TABLE, text::TABLE, time::TABLE];

/// The rule of a function, by its name in upper case.
pub(super) fn rule(name: &str) -> Option<Rule> {
    TABLES.iter().flat_map(|table| table.iter()).find(|(known, _)| *known == name).map(|(_, rule)| *rule)
}

impl Select<'_, '_, '_> {
    /// The value of an argument; null if it is not given.
    fn value_of(&mut self, call: &Call, place: usize) -> Typed {
        match call.arguments.get(place) {
            Some(argument) => {
                let value = self.expression(argument);
                self.readable(value)
            }
            None => Typed::null(Type::Null, call.name.span),
        }
    }

    /// The same call of another function.
    fn renamed(&mut self, call: &Call, name: &str, span: Span) -> Typed {
        let mut other = call.clone();
        name.clone_into(&mut other.name.text);
        self.call(&other, span)
    }
}

/// A function of `crates/functions`.
fn function(name: &str, arguments: Vec<Planned>, result: Type, span: Span) -> Typed {
    Typed::new(Planned::call(name, arguments, result, span), result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Role, functions};

    #[test]
    fn every_extra_of_the_registry_has_a_rule_and_no_other() {
        let listed: Vec<&str> = functions()
            .filter(|function| matches!(function.role, Role::Extra(_)))
            .map(|function| function.name)
            .collect();
        for name in &listed {
            assert!(rule(name).is_some(), "{name} has no rule");
        }
        let rules: Vec<&str> = TABLES.iter().flat_map(|table| table.iter()).map(|(name, _)| *name).collect();
        assert_eq!(rules.len(), listed.len());
    }
}
