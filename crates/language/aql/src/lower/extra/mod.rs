//! Functions that public queries use although AQL lacks them, and that can be run all the same: one row each,
//! with what to write instead and how it is run.

mod group;
mod null;
mod number;
mod text;
mod time;

use quarry_diagnostic::Span;
use quarry_plan::{Expression as Planned, Type};

use super::{select::Select, value::Typed};
use crate::{
    registry::{Described, Description, Function, Role},
    syntax::Call,
};

/// How a call becomes an expression; the number of its arguments was checked.
pub(crate) type Rule = fn(&mut Select<'_, '_, '_>, &Call, Span) -> Typed;

/// The functions, a table a family.
pub(crate) static TABLES: [&[Function]; 5] =
    [time::TABLE, null::TABLE, number::TABLE, text::TABLE, group::TABLE];

const MANY: usize = quarry_plan::MANY;

/// A function that is described here.
const fn extra(
    written: &'static str,
    meaning: &'static str,
    (least, most): (usize, usize),
    result: Type,
    advice: &'static str,
    rule: Rule,
) -> Function {
    let description = Description { written, meaning, page: "", least, most, result };
    Function::new(written, Role::Extra(advice), Described::Here(description)).with_rule(rule)
}

/// A function that a row of `crates/functions` computes and describes.
const fn computed(name: &'static str, function: &'static str, advice: &'static str, rule: Rule) -> Function {
    Function::new(name, Role::Extra(advice), Described::By(function)).with_rule(rule)
}

/// Another name of an extra function.
const fn alike(name: &'static str, of: &'static str, advice: &'static str, rule: Rule) -> Function {
    Function::new(name, Role::Extra(advice), Described::As(of)).with_rule(rule)
}

/// Another name of a function that AQL has.
const fn also(name: &'static str, of: &'static str, advice: &'static str) -> Function {
    Function::new(name, Role::Extra(advice), Described::As(of))
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
    pub(super) fn renamed(&mut self, call: &Call, name: &str, span: Span) -> Typed {
        let mut other = call.clone();
        name.clone_into(&mut other.name.text);
        self.call(&other, span)
    }
}

/// A function of `crates/functions`.
fn function(name: &str, arguments: Vec<Planned>, result: Type, span: Span) -> Typed {
    Typed::new(Planned::call(name, arguments, result, span), result)
}
