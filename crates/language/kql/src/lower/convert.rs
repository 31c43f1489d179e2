//! Values, and what makes one type of another.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Expression, ExpressionKind, Returns, Type, scalar_signature};

use super::Lowerer;
use crate::{codes, registry, types::Kind};

/// A value of a row.
#[derive(Debug, Clone)]
pub(super) struct Value {
    /// What computes it.
    pub expression: Expression,
    /// Its type.
    pub kind: Kind,
    /// A text that may be null, where that makes no difference.
    pub raw: Option<Expression>,
}

impl Value {
    pub fn new(expression: Expression, kind: Kind) -> Self {
        Self { expression, kind, raw: None }
    }

    /// No value.
    pub fn null(kind: Kind, span: Span) -> Self {
        Self::new(super::rows::null(kind, span), kind)
    }

    pub fn span(&self) -> Span {
        self.expression.span
    }

    /// The constant that it is.
    pub fn constant(&self) -> Option<&quarry_plan::Value> {
        match &self.expression.kind {
            ExpressionKind::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// The text that it always is; of JSON, the text it holds.
    pub fn constant_text(&self) -> Option<String> {
        match self.constant()? {
            quarry_plan::Value::Text(text) => Some(text.clone()),
            value @ quarry_plan::Value::Dynamic(_) => value.text(),
            _ => None,
        }
    }

    /// Whether it may be null.
    pub fn may_be_null(&self) -> bool {
        self.kind != Kind::String && self.constant().is_none_or(|value| *value == quarry_plan::Value::Null)
    }
}

/// The name in plans of a function, if it runs.
pub(super) fn planned(name: &str) -> Option<String> {
    let planned = format!("kql_{}", registry::main_name(name));
    scalar_signature(&planned).is_some().then_some(planned)
}

/// The text of a constant in a plan.
fn text_of(value: &Expression) -> Option<String> {
    match &value.kind {
        ExpressionKind::Literal(value) => value.text(),
        _ => None,
    }
}

impl Lowerer<'_> {
    /// A call of a function of the engine's, as a value of a type.
    pub(super) fn invoke(&mut self, name: &str, arguments: Vec<Expression>, kind: Kind, span: Span) -> Value {
        let Some(planned) = planned(name) else {
            let message = format!("quarry does not run the function `{name}`");
            let help = "say what it computes by other functions";
            self.report(Diagnostic::error(codes::FUNCTION_NOT_RUN, message, span).with_help(help));
            return Value::null(kind, span);
        };
        let mut arguments = arguments;
        if let Some(Returns::NamedBy(place)) = scalar_signature(&planned).map(|signature| signature.result)
            && place == arguments.len()
        {
            arguments.push(Expression::text(kind.carrier().name(), span));
        }
        let takes = scalar_signature(&planned).map(|signature| signature.least..=signature.most);
        if !takes.is_some_and(|takes| takes.contains(&arguments.len())) {
            self.refuse(&format!("`{name}` with these arguments"), span, "leave out what has a default");
            return Value::null(kind, span);
        }
        Value::new(call(&planned, arguments, kind.carrier(), span), kind)
    }

    /// A value as another type, as Kusto's functions of conversion make it.
    pub(super) fn convert(&mut self, value: Value, to: Kind) -> Value {
        let span = value.span();
        if value.kind == to || to == Kind::Unknown {
            return value;
        }
        if let Some(folded) = folded(&value, to) {
            return folded;
        }
        match (value.kind, to) {
            (Kind::Int, Kind::Long) => Value { kind: to, ..value },
            (Kind::Int | Kind::Long, Kind::Real | Kind::Decimal) => {
                Value::new(widened(value.expression, to), to)
            }
            (_, Kind::Dynamic) => {
                Value::new(call("kql_dynamic", vec![value.expression], Type::Dynamic, span), to)
            }
            (Kind::Unknown, _) => Value { kind: to, ..value },
            _ => self.invoke(function_to(to), vec![value.expression], to, span),
        }
    }

    /// Values as their common type.
    pub(super) fn alike(&mut self, values: Vec<Value>, kind: Kind) -> Vec<Expression> {
        values.into_iter().map(|value| self.convert(value, kind).expression).collect()
    }
}

/// A JSON constant as a constant of another type, where that is plain.
fn folded(value: &Value, to: Kind) -> Option<Value> {
    let json = match (value.constant()?, to) {
        (quarry_plan::Value::Integer(number), Kind::String) => {
            return Some(Value::new(Expression::text(number.to_string(), value.span()), to));
        }
        (quarry_plan::Value::Dynamic(json), _) => json,
        _ => return None,
    };
    let json: serde_json::Value = serde_json::from_str(json).ok()?;
    let constant = match (to, &json) {
        (Kind::String, _) => quarry_plan::Value::Text(value.constant_text().unwrap_or_default()),
        (Kind::Long, serde_json::Value::Number(number)) => quarry_plan::Value::Integer(number.as_i64()?),
        (Kind::Real, serde_json::Value::Number(number)) => quarry_plan::Value::Double(number.as_f64()?),
        (Kind::Bool, serde_json::Value::Bool(is_true)) => quarry_plan::Value::Boolean(*is_true),
        _ => return None,
    };
    Some(Value::new(Expression::literal(constant, value.span()), to))
}

/// A whole number as another number.
fn widened(value: Expression, to: Kind) -> Expression {
    if let ExpressionKind::Literal(quarry_plan::Value::Integer(number)) = value.kind {
        let constant = match to {
            #[expect(clippy::cast_precision_loss, reason = "a double holds what it can")]
            Kind::Real => quarry_plan::Value::Double(number as f64),
            _ => quarry_plan::Value::Decimal(number.into()),
        };
        return Expression::literal(constant, value.span);
    }
    value.cast(to.carrier())
}

/// The function that converts to a type.
fn function_to(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "tobool",
        Kind::Int => "toint",
        Kind::Long => "tolong",
        Kind::Real => "todouble",
        Kind::Decimal => "todecimal",
        Kind::Datetime => "todatetime",
        Kind::Timespan => "totimespan",
        Kind::Guid => "toguid",
        Kind::String | Kind::Dynamic | Kind::Unknown => "tostring",
    }
}

/// A call whose result has a type, whatever the function gives.
pub(super) fn call(planned: &str, arguments: Vec<Expression>, wanted: Type, span: Span) -> Expression {
    let given = match scalar_signature(planned).map(|signature| signature.result) {
        Some(Returns::Fixed(given)) => given,
        Some(rule) => {
            let types: Vec<Type> = arguments.iter().map(|_| wanted).collect();
            let constants: Vec<Option<String>> = arguments.iter().map(text_of).collect();
            match rule {
                Returns::NamedBy(_) => rule.of(&types, &constants),
                _ => wanted,
            }
        }
        None => wanted,
    };
    let called = Expression::call(planned, arguments, given, span);
    if given == wanted { called } else { called.cast(wanted) }
}
