//! Conditions. In a positive place null counts as false: there a comparison with null need not be told from one that
//! does not hold. Elsewhere `==` and `!=` are true or false, whatever is null.

use quarry_diagnostic::Span;
use quarry_plan::{Comparison, ComparisonRule, Expression, ExpressionKind};

use super::{Lowerer, convert::Value, rows::Rows};
use crate::{
    syntax::tree::{Binary, Expr, ExprKind},
    types::Kind,
};

impl Lowerer<'_> {
    /// A condition over a row.
    pub(super) fn condition(&mut self, value: &Expr, row: &Rows, positive: bool) -> Expression {
        match &value.kind {
            ExprKind::Binary(found) => match found.operator {
                "+" | "-" | "*" | "/" | "%" => self.as_condition(value, row),
                _ => self.compared(found, row, positive, value.span),
            },
            ExprKind::In(found) => self.membership(found, row, positive, value.span),
            ExprKind::Between(found) => self.between(found, row, positive, value.span),
            ExprKind::Call(call) => match self.condition_call(call, row, positive, value.span) {
                Some(condition) => condition,
                None => self.as_condition(value, row),
            },
            _ => self.as_condition(value, row),
        }
    }

    fn as_condition(&mut self, value: &Expr, row: &Rows) -> Expression {
        let found = self.value(value, row);
        self.convert(found, Kind::Bool).expression
    }

    /// An operator between two values that gives a condition.
    pub(super) fn compared(&mut self, found: &Binary, row: &Rows, positive: bool, span: Span) -> Expression {
        match found.operator {
            "and" | "or" => self.joined(found, row, positive, span),
            "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=" => {
                let left = self.value(&found.left, row);
                let right = self.value(&found.right, row);
                self.relation(found.operator, left, right, positive, span)
            }
            _ => {
                let left = self.value(&found.left, row);
                let right = self.value(&found.right, row);
                self.text_operator(found.operator, left, right, positive, span)
            }
        }
    }

    /// `and` and `or`, chains of them as one.
    fn joined(&mut self, found: &Binary, row: &Rows, positive: bool, span: Span) -> Expression {
        let mut parts = Vec::new();
        let mut open = vec![&found.right, &found.left];
        while let Some(part) = open.pop() {
            match &part.kind {
                ExprKind::Binary(inner) if inner.operator == found.operator => {
                    open.extend([&inner.right, &inner.left]);
                }
                _ => parts.push(self.condition(part, row, positive)),
            }
        }
        if found.operator == "or" {
            return quarry_plan::any_of(parts, span);
        }
        Expression::new(ExpressionKind::And(parts), span)
    }

    /// `==`, `!=`, `<` and the like.
    pub(super) fn relation(
        &mut self,
        operator: &str,
        left: Value,
        right: Value,
        positive: bool,
        span: Span,
    ) -> Expression {
        let comparison = match operator {
            "==" => Comparison::Equal,
            "!=" | "<>" => Comparison::NotEqual,
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::Greater,
            _ => Comparison::GreaterOrEqual,
        };
        let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let Some((left, right)) = self.comparable(left, right, is_equality, span) else {
            return Expression::literal(quarry_plan::Value::Boolean(false), span);
        };
        let plain = positive && comparison == Comparison::Equal;
        let (of_left, of_right) = if plain {
            (with_nulls(&left, &right), with_nulls(&right, &left))
        } else {
            (left.expression.clone(), right.expression.clone())
        };
        let compared = Expression::compare(comparison, ComparisonRule::Exact, of_left, of_right, span);
        match comparison {
            Comparison::Equal if positive => compared,
            Comparison::Equal => total(compared, &left, &right, false, span),
            Comparison::NotEqual => total(compared, &left, &right, true, span),
            _ => compared,
        }
    }

    /// Both sides as values of one type; says so if they have none in common.
    fn comparable(
        &mut self,
        left: Value,
        right: Value,
        is_equality: bool,
        span: Span,
    ) -> Option<(Value, Value)> {
        let kind = match (left.kind, right.kind) {
            (Kind::Dynamic, Kind::Dynamic) => return self.json_texts(left, right, span),
            (one, other) if one == other => return Some((left, right)),
            (Kind::Dynamic, kind) | (kind, Kind::Dynamic) => match kind {
                Kind::Int | Kind::Long | Kind::Real => Kind::Real,
                kind => kind,
            },
            (one, other) if one.is_number() && other.is_number() => one.widest(other),
            (Kind::Bool, kind) | (kind, Kind::Bool) if kind.is_integer() => Kind::Long,
            (Kind::Unknown, kind) | (kind, Kind::Unknown) => kind,
            // Rules compare codes that are texts with numbers: the number's text counts.
            (Kind::String, kind) | (kind, Kind::String) if kind.is_integer() && is_equality => Kind::String,
            (one, other) => {
                let help = "convert one side, such as with `tostring()` or `todatetime()`";
                self.refuse(&format!("a comparison of a {one} with a {other}"), span, help);
                return None;
            }
        };
        Some((self.convert(left, kind), self.convert(right, kind)))
    }

    /// Two JSON values compare only where one is a constant that is no object and no array.
    fn json_texts(&mut self, left: Value, right: Value, span: Span) -> Option<(Value, Value)> {
        let is_simple = |value: &Value| match value.constant() {
            Some(quarry_plan::Value::Dynamic(json)) => !json.trim_start().starts_with(['{', '[']),
            _ => false,
        };
        if !is_simple(&left) && !is_simple(&right) {
            let help = "convert both, such as with `tostring()`";
            self.refuse("a comparison of two dynamic values", span, help);
            return None;
        }
        Some((self.convert(left, Kind::String), self.convert(right, Kind::String)))
    }
}

/// A side of an equality in a positive place: where the other side is a text that is not empty, null and the empty
/// text are the same.
fn with_nulls(value: &Value, other: &Value) -> Expression {
    let is_some = other.constant_text().is_some_and(|text| !text.is_empty());
    value.raw.clone().filter(|_| is_some).unwrap_or_else(|| value.expression.clone())
}

/// An equality or its contrary that is null only where both sides are.
fn total(compared: Expression, left: &Value, right: &Value, differs: bool, span: Span) -> Expression {
    let nullable: Vec<&Value> = [left, right].into_iter().filter(|value| value.may_be_null()).collect();
    let constant = Expression::literal(quarry_plan::Value::Boolean(differs), span);
    match nullable.as_slice() {
        [] => compared,
        [_] => Expression::new(ExpressionKind::Coalesce(vec![compared, constant]), span),
        all => {
            let is_there = |value: &&Value| {
                Expression::new(ExpressionKind::IsNull(Box::new(value.expression.clone())), span).negate()
            };
            let any = Expression::new(ExpressionKind::Or(all.iter().map(is_there).collect()), span);
            let one_sided = ExpressionKind::Case { arms: vec![(any, constant)], otherwise: None };
            let one_sided = Expression::new(one_sided, span);
            Expression::new(ExpressionKind::Coalesce(vec![compared, one_sided]), span)
        }
    }
}
