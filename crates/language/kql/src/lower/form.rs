//! Functions that are forms of the language: conditions, defaults, the present moment.

use quarry_diagnostic::Span;
use quarry_plan::{Comparison, ComparisonRule, Expression, ExpressionKind};

use super::{Lowerer, convert::Value, rows::Rows};
use crate::{
    bind::call::common,
    syntax::tree::{Call, Expr},
    types::Kind,
};

/// How a form is lowered.
type Form = fn(&mut Lowerer<'_>, &Call, &Rows, Span) -> Value;

const FORMS: &[(&str, Form)] = &[
    ("iff", iff),
    ("iif", iff),
    ("case", case),
    ("coalesce", coalesce),
    ("now", now),
    ("ago", ago),
    ("pack_all", pack_all),
    ("column_ifexists", column_if_exists),
    ("columnifexists", column_if_exists),
];

impl Lowerer<'_> {
    /// The value of a call that is a form of the language.
    pub(super) fn form(&mut self, call: &Call, row: &Rows, span: Span) -> Option<Value> {
        let name = call.name.text.as_str();
        if let Some((_, form)) = FORMS.iter().find(|(known, _)| *known == name) {
            return Some(form(self, call, row, span));
        }
        let condition = self.condition_call(call, row, false, span)?;
        Some(Value::new(condition, Kind::Bool))
    }

    /// A call that is a condition of the language's own.
    pub(super) fn condition_call(
        &mut self,
        call: &Call,
        row: &Rows,
        positive: bool,
        span: Span,
    ) -> Option<Expression> {
        if self.names.find(&call.name.text).is_some() {
            return None;
        }
        let [of] = call.arguments.as_slice() else { return None };
        Some(match call.name.text.as_str() {
            "not" => self.condition(of, row, false).negate(),
            "isnull" => {
                let value = self.value(of, row);
                is_null(value, span)
            }
            "isnotnull" | "notnull" => {
                let value = self.value(of, row);
                is_null(value, span).negate()
            }
            "isempty" => self.is_empty(of, row, span),
            "isnotempty" | "notempty" => {
                let value = self.value(of, row);
                match value.raw.clone().filter(|_| positive) {
                    Some(raw) => {
                        let empty = Expression::text("", span);
                        Expression::compare(Comparison::NotEqual, ComparisonRule::Exact, raw, empty, span)
                    }
                    None => self.is_empty(of, row, span).negate(),
                }
            }
            _ => return None,
        })
    }

    fn is_empty(&mut self, of: &Expr, row: &Rows, span: Span) -> Expression {
        let value = self.value(of, row);
        match value.kind {
            Kind::String | Kind::Dynamic => {
                let text = self.convert(value, Kind::String).expression;
                let empty = Expression::text("", span);
                Expression::compare(Comparison::Equal, ComparisonRule::Exact, text, empty, span)
            }
            _ => is_null(value, span),
        }
    }

    fn arguments(&mut self, call: &Call, row: &Rows) -> Vec<Value> {
        call.arguments.iter().map(|argument| self.value(argument, row)).collect()
    }
}

fn is_null(value: Value, span: Span) -> Expression {
    if value.kind == Kind::String {
        return Expression::literal(quarry_plan::Value::Boolean(false), span);
    }
    Expression::new(ExpressionKind::IsNull(Box::new(value.expression)), span)
}

fn iff(lowerer: &mut Lowerer<'_>, call: &Call, row: &Rows, span: Span) -> Value {
    let [when, then, otherwise] = call.arguments.as_slice() else { return Value::null(Kind::Dynamic, span) };
    let when = lowerer.condition(when, row, true);
    let values = vec![lowerer.value(then, row), lowerer.value(otherwise, row)];
    let kind = shared_kind(&values);
    let mut values = lowerer.alike(values, kind).into_iter();
    let (Some(then), otherwise) = (values.next(), values.next()) else {
        return Value::null(Kind::Dynamic, span);
    };
    let case = ExpressionKind::Case { arms: vec![(when, then)], otherwise: otherwise.map(Box::new) };
    Value::new(Expression::new(case, span), kind)
}

fn case(lowerer: &mut Lowerer<'_>, call: &Call, row: &Rows, span: Span) -> Value {
    let Some((last, pairs)) = call.arguments.split_last() else { return Value::null(Kind::Dynamic, span) };
    let mut conditions = Vec::new();
    let mut values = Vec::new();
    for pair in pairs.chunks(2) {
        if let [when, then] = pair {
            conditions.push(lowerer.condition(when, row, true));
            values.push(lowerer.value(then, row));
        }
    }
    values.push(lowerer.value(last, row));
    let kind = shared_kind(&values);
    let mut values = lowerer.alike(values, kind);
    let otherwise = values.pop().map(Box::new);
    let arms = conditions.into_iter().zip(values).collect();
    Value::new(Expression::new(ExpressionKind::Case { arms, otherwise }, span), kind)
}

fn shared_kind(values: &[Value]) -> Kind {
    match common(values.iter().map(|value| value.kind)) {
        Kind::Unknown => Kind::Dynamic,
        kind => kind,
    }
}

/// The first value that is not null, of texts that is not empty.
fn coalesce(lowerer: &mut Lowerer<'_>, call: &Call, row: &Rows, span: Span) -> Value {
    let values = lowerer.arguments(call, row);
    let kind = shared_kind(&values);
    let mut values = lowerer.alike(values, kind);
    if kind != Kind::String {
        return Value::new(Expression::new(ExpressionKind::Coalesce(values), span), kind);
    }
    let otherwise = values.pop().map(Box::new);
    let arm = |value: Expression| {
        let empty = Expression::text("", span);
        let some =
            Expression::compare(Comparison::NotEqual, ComparisonRule::Exact, value.clone(), empty, span);
        (some, value)
    };
    let arms: Vec<_> = values.into_iter().map(arm).collect();
    match (arms.is_empty(), otherwise) {
        (true, Some(only)) => Value::new(*only, kind),
        (_, otherwise) => Value::new(Expression::new(ExpressionKind::Case { arms, otherwise }, span), kind),
    }
}

fn now(lowerer: &mut Lowerer<'_>, call: &Call, row: &Rows, span: Span) -> Value {
    let moment = lowerer.invoke("now", Vec::new(), Kind::Datetime, span);
    match call.arguments.first() {
        Some(offset) => {
            let offset = lowerer.value(offset, row);
            lowerer.sum(moment, offset, span)
        }
        None => moment,
    }
}

fn ago(lowerer: &mut Lowerer<'_>, call: &Call, row: &Rows, span: Span) -> Value {
    let moment = lowerer.invoke("now", Vec::new(), Kind::Datetime, span);
    let Some(offset) = call.arguments.first() else { return moment };
    let offset = lowerer.value(offset, row);
    lowerer.difference(moment, offset, span)
}

/// All columns as a JSON object.
fn pack_all(lowerer: &mut Lowerer<'_>, call: &Call, row: &Rows, span: Span) -> Value {
    if !call.arguments.is_empty() {
        let help = "leave the empty ones out with `bag_pack`";
        lowerer.refuse("`pack_all` that leaves out empty values", span, help);
    }
    let mut arguments = Vec::new();
    for column in &row.columns {
        arguments.push(Expression::text(column.name.as_str(), span));
        arguments.push(column.value(span).expression);
    }
    lowerer.invoke("bag_pack", arguments, Kind::Dynamic, span)
}

/// A column if there is one of its name, else a default.
fn column_if_exists(lowerer: &mut Lowerer<'_>, call: &Call, row: &Rows, span: Span) -> Value {
    let [name, default] = call.arguments.as_slice() else { return Value::null(Kind::Dynamic, span) };
    let named = lowerer.value(name, row).constant_text();
    if named.is_none() {
        lowerer.refuse("a column whose name is computed", name.span, "write its name");
    }
    match row.value_of(&named.unwrap_or_default(), span) {
        Some(found) => found,
        None => lowerer.value(default, row),
    }
}
