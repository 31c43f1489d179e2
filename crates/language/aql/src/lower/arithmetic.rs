//! Arithmetic: whole numbers stay whole (division truncates), anything else becomes a double.

use quarry_diagnostic::Span;
use quarry_plan::{Arithmetic, Expression as Planned, ExpressionKind as Kind, Type, Value};

use super::{call::written, select::Select, value::Typed};
use crate::{
    registry::lookups,
    syntax::{Binary, Expression},
};

impl Select<'_, '_, '_> {
    pub(super) fn binary(
        &mut self,
        operator: Binary,
        left: &Expression,
        right: &Expression,
        span: Span,
    ) -> Typed {
        let left = self.expression(left);
        let left = self.readable(left);
        let right = self.expression(right);
        let right = self.readable(right);
        if operator == Binary::Subtract
            && let Some(number) = self.computed_number(&left, &right, span)
        {
            return number;
        }
        match operator {
            Binary::Add => arithmetic(Arithmetic::Add, left, right, span),
            Binary::Subtract => arithmetic(Arithmetic::Subtract, left, right, span),
            Binary::Multiply => arithmetic(Arithmetic::Multiply, left, right, span),
            Binary::Divide => arithmetic(Arithmetic::Divide, left, right, span),
            Binary::Modulo => arithmetic(Arithmetic::Modulo, left, right, span),
            Binary::Power => call("aql_power", left, right, Type::Double, span),
            Binary::BitAnd => call("aql_bit_and", left, right, Type::Integer, span),
            Binary::BitOr => call("aql_bit_or", left, right, Type::Integer, span),
            Binary::ShiftLeft => call("aql_shift_left", left, right, Type::Integer, span),
            Binary::ShiftRight => call("aql_shift_right", left, right, Type::Integer, span),
        }
    }

    /// The field that a computation stands for: QRadar computes one number of another, which those that stand for
    /// names here do not allow.
    fn computed_number(&mut self, left: &Typed, right: &Typed, span: Span) -> Option<Typed> {
        let computed = arithmetic(Arithmetic::Subtract, left.clone(), right.clone(), span);
        let text = written(&computed.expression)?;
        let found = lookups().iter().find(|lookup| lookup.argument.eq_ignore_ascii_case(&text))?;
        let is_plain = |argument: &str| argument.chars().all(char::is_alphanumeric);
        let field = lookups().iter().find(|other| {
            other.function == found.function && other.field == found.field && is_plain(other.argument)
        })?;
        self.scope.value(field.argument, span)
    }

    pub(super) fn minus(&mut self, value: &Expression, span: Span) -> Typed {
        let value = self.expression(value);
        match value.constant() {
            Some(Value::Integer(number)) => Typed::literal(Value::Integer(number.saturating_neg()), span),
            Some(Value::Double(number)) => Typed::literal(Value::Double(-number), span),
            _ => arithmetic(Arithmetic::Subtract, Typed::literal(Value::Integer(0), span), value, span),
        }
    }
}

/// Arithmetic on two values.
pub(super) fn arithmetic(operator: Arithmetic, left: Typed, right: Typed, span: Span) -> Typed {
    let whole = left.data_type == Type::Integer && right.data_type == Type::Integer;
    let data_type = if whole { Type::Integer } else { Type::Double };
    let (left, right) = (Box::new(left.cast(data_type)), Box::new(right.cast(data_type)));
    Typed::new(Planned::new(Kind::Arithmetic { operator, left, right }, span), data_type)
}

fn call(function: &str, left: Typed, right: Typed, data_type: Type, span: Span) -> Typed {
    let arguments = vec![left.cast(data_type), right.cast(data_type)];
    Typed::new(Planned::call(function, arguments, data_type, span), data_type)
}
