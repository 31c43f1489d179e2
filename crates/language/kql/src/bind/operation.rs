//! Operators between values: which types they take and give.

use super::{Binder, Scalar, Table};
use crate::{
    codes,
    syntax::tree::{Binary, Expr},
    types::Kind,
};

impl Binder {
    pub(crate) fn binary(&mut self, found: &Binary, row: &Table) -> Scalar {
        let left = self.scalar(&found.left, row).kind();
        let right = self.scalar(&found.right, row).kind();
        let Some(kind) = result(found.operator, left, right) else {
            let message = format!("`{}` is not defined for a {left} and a {right}", found.operator);
            let help = "convert one side, such as with `tostring()` or `tolong()`";
            self.error(codes::WRONG_TYPE, message, found.place, help);
            let is_arithmetic = matches!(found.operator, "+" | "-" | "*" | "/" | "%");
            return Scalar::of(if is_arithmetic { Kind::Unknown } else { Kind::Bool });
        };
        Scalar::of(kind)
    }

    /// A condition; says so if it is none.
    pub(crate) fn condition(&mut self, value: &Expr, row: &Table) {
        let kind = self.scalar(value, row).kind();
        if !matches!(kind, Kind::Bool | Kind::Unknown) {
            let message = format!("a condition is expected, found a {kind}");
            self.error(codes::WRONG_TYPE, message, value.span, "compare it, or convert it with `tobool()`");
        }
    }
}

/// The type of a result; none where the operator does not take such operands.
pub(crate) fn result(operator: &str, left: Kind, right: Kind) -> Option<Kind> {
    if left == Kind::Unknown || right == Kind::Unknown {
        let is_arithmetic = matches!(operator, "+" | "-" | "*" | "/" | "%");
        return Some(if is_arithmetic { Kind::Unknown } else { Kind::Bool });
    }
    match operator {
        "+" | "-" | "*" | "/" | "%" => arithmetic(operator, left, right),
        "==" | "!=" => Some(Kind::Bool),
        "<" | "<=" | ">" | ">=" => compares(left, right).then_some(Kind::Bool),
        "and" | "or" => {
            let holds = |kind| matches!(kind, Kind::Bool | Kind::Dynamic);
            (holds(left) && holds(right)).then_some(Kind::Bool)
        }
        "=~" | "!~" => Some(Kind::Bool),
        _ => matches!(left, Kind::String | Kind::Dynamic).then_some(Kind::Bool),
    }
}

fn compares(left: Kind, right: Kind) -> bool {
    let numbers = left.is_number() && right.is_number();
    let same = left == right && matches!(left, Kind::Datetime | Kind::Timespan | Kind::Bool | Kind::Guid);
    numbers || same || left == Kind::Dynamic || right == Kind::Dynamic
}

fn arithmetic(operator: &str, left: Kind, right: Kind) -> Option<Kind> {
    let promoted = |kind: Kind| if kind == Kind::Int { Kind::Long } else { kind };
    Some(match (left, operator, right) {
        (Kind::Dynamic, "-", Kind::Datetime) | (Kind::Datetime, "-", Kind::Dynamic) => Kind::Timespan,
        (Kind::Timespan, "*", Kind::Dynamic) | (Kind::Dynamic, "*", Kind::Timespan) => return None,
        (Kind::Dynamic, _, other) | (other, _, Kind::Dynamic)
            if other.is_summable() || other == Kind::Dynamic =>
        {
            promoted(other)
        }
        (left, _, right) if left.is_number() && right.is_number() => promoted(left.widest(right)),
        (Kind::Datetime, "-", Kind::Datetime) => Kind::Timespan,
        (Kind::Datetime, "+" | "-", Kind::Timespan) | (Kind::Timespan, "+", Kind::Datetime) => Kind::Datetime,
        (Kind::Timespan, "+" | "-" | "%", Kind::Timespan) => Kind::Timespan,
        (Kind::Timespan, "/", Kind::Timespan) => Kind::Real,
        (Kind::Timespan, "*" | "/", number) if number.is_number() => Kind::Timespan,
        (number, "*", Kind::Timespan) if number.is_number() => Kind::Timespan,
        _ => return None,
    })
}
