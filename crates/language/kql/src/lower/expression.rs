//! Values over a row.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Expression, ExpressionKind, PathStep};

use super::{Lowerer, convert::Value, names::Binding, rows::Rows, statement::Meaning};
use crate::{
    bind::operation,
    codes,
    syntax::tree::{Between, Binary, Expr, ExprKind, Literal, Name},
    types::Kind,
};

impl Lowerer<'_> {
    /// A value over a row.
    pub(super) fn value(&mut self, value: &Expr, row: &Rows) -> Value {
        let span = value.span;
        match &value.kind {
            ExprKind::Missing | ExprKind::Wildcard(_) | ExprKind::TypeOf(_) => {
                self.refuse("this form of a value", span, "name a column or a value");
                Value::null(Kind::Dynamic, span)
            }
            ExprKind::Name(name) => self.name(name, span, row),
            ExprKind::Literal(literal) => of_literal(literal, span),
            ExprKind::Member(of, name) => self.member(of, name, row, span),
            ExprKind::Index(of, index) => self.index(of, index, row, span),
            ExprKind::Call(call) => self.called_value(call, span, row),
            ExprKind::Unary(sign, value) => {
                let found = self.value(value, row);
                self.signed(*sign, found, span)
            }
            ExprKind::Binary(found) => self.binary(found, row, span),
            ExprKind::In(_) | ExprKind::Between(_) => {
                let condition = self.condition(value, row, false);
                Value::new(condition, Kind::Bool)
            }
            ExprKind::Named(_, value) => self.value(value, row),
            ExprKind::Pipeline(..)
            | ExprKind::Datatable(..)
            | ExprKind::ExternalData(..)
            | ExprKind::MethodCall(..) => self.no_value(span),
        }
    }

    pub(super) fn no_value(&mut self, span: Span) -> Value {
        let found = Diagnostic::error(codes::WRONG_SHAPE, "a value is expected here, found rows", span);
        self.report(found.with_help("take one value of it with `toscalar(...)`"));
        Value::null(Kind::Dynamic, span)
    }

    fn name(&mut self, name: &str, span: Span, row: &Rows) -> Value {
        if let Some(found) = row.value_of(name, span) {
            return found;
        }
        let meaning = match self.names.find(name) {
            Some(Binding::Value(found)) => return at(found, span),
            Some(Binding::Later(later)) => self.now(&later),
            Some(Binding::Function(function, names)) => {
                self.call_function(name, &function, names, &[], span, Some(row))
            }
            Some(Binding::Rows(_)) => return self.no_value(span),
            None => {
                let found =
                    Diagnostic::error(codes::UNKNOWN_NAME, format!("`{name}` is no column here"), span);
                self.report(found.with_help("name a column of the rows at this place"));
                return Value::null(Kind::Dynamic, span);
            }
        };
        match meaning {
            Meaning::Value(found) => at(found, span),
            Meaning::Rows(_) => self.no_value(span),
        }
    }

    fn member(&mut self, of: &Expr, name: &Name, row: &Rows, span: Span) -> Value {
        if let ExprKind::Name(side) = &of.kind
            && (side == "$left" || side == "$right")
        {
            return self.name(&name.text, name.span, row);
        }
        let of = self.value(of, row);
        step(of, PathStep::Member(name.text.clone()), span)
    }

    fn index(&mut self, of: &Expr, index: &Expr, row: &Rows, span: Span) -> Value {
        let of = self.value(of, row);
        let index = self.value(index, row);
        match index.constant() {
            Some(quarry_plan::Value::Integer(place)) => step(of, PathStep::Index(*place), span),
            Some(quarry_plan::Value::Text(name)) => {
                let name = PathStep::Member(name.clone());
                step(of, name, span)
            }
            _ => self.invoke("index", vec![of.expression, index.expression], Kind::Dynamic, span),
        }
    }

    fn signed(&mut self, sign: char, value: Value, span: Span) -> Value {
        let kind = if value.kind == Kind::Int { Kind::Long } else { value.kind };
        if sign == '+' {
            return Value { kind, ..value };
        }
        let negated = match value.constant() {
            Some(quarry_plan::Value::Integer(number)) => {
                number.checked_neg().map(quarry_plan::Value::Integer)
            }
            Some(quarry_plan::Value::Double(number)) => Some(quarry_plan::Value::Double(-number)),
            Some(quarry_plan::Value::Timespan(ticks)) => {
                ticks.checked_neg().map(quarry_plan::Value::Timespan)
            }
            _ => None,
        };
        match negated {
            Some(constant) => Value::new(Expression::literal(constant, span), kind),
            None => self.invoke("negate", vec![value.expression], kind, span),
        }
    }

    fn binary(&mut self, found: &Binary, row: &Rows, span: Span) -> Value {
        let function = match found.operator {
            "+" => "add",
            "-" => "subtract",
            "*" => "multiply",
            "/" => "divide",
            "%" => "modulo",
            _ => {
                let condition = self.compared(found, row, false, span);
                return Value::new(condition, Kind::Bool);
            }
        };
        let left = self.value(&found.left, row);
        let right = self.value(&found.right, row);
        self.arithmetic(found.operator, function, left, right, span)
    }

    fn arithmetic(
        &mut self,
        operator: &'static str,
        function: &str,
        left: Value,
        right: Value,
        span: Span,
    ) -> Value {
        let Some(kind) = operation::result(operator, left.kind, right.kind) else {
            self.refuse(
                &format!("`{operator}` of a {} and a {}", left.kind, right.kind),
                span,
                "convert one side",
            );
            return Value::null(Kind::Dynamic, span);
        };
        if kind == Kind::Decimal && matches!(operator, "/" | "%") {
            self.refuse(&format!("`{operator}` of decimals"), span, "convert them with `todouble()`");
        }
        let (of_left, of_right) = (left.kind, right.kind);
        let left = self.operand(left, of_right, kind);
        let right = self.operand(right, of_left, kind);
        self.invoke(function, vec![left.expression, right.expression], kind, span)
    }

    /// A side of an arithmetic operator: JSON as the type of the other side, numbers as the result's.
    fn operand(&mut self, value: Value, other: Kind, result: Kind) -> Value {
        match (value.kind, other) {
            (Kind::Dynamic, Kind::Dynamic) => self.convert(value, Kind::Real),
            (Kind::Dynamic, other) => self.convert(value, other),
            (kind, _) if kind.is_number() && result.is_number() => self.convert(value, result),
            _ => value,
        }
    }

    /// Two values added.
    pub(super) fn sum(&mut self, left: Value, right: Value, span: Span) -> Value {
        self.arithmetic("+", "add", left, right, span)
    }

    /// One value less another.
    pub(super) fn difference(&mut self, left: Value, right: Value, span: Span) -> Value {
        self.arithmetic("-", "subtract", left, right, span)
    }

    /// `value between (low .. high)`.
    pub(super) fn between(&mut self, found: &Between, row: &Rows, positive: bool, span: Span) -> Expression {
        let value = self.value(&found.value, row);
        let low = self.value(&found.low, row);
        let mut high = self.value(&found.high, row);
        if high.kind == Kind::Timespan && low.kind == Kind::Datetime {
            high = self.sum(low.clone(), high, span);
        }
        let positive = positive && !found.negated;
        let least = self.relation(">=", value.clone(), low, positive, span);
        let most = self.relation("<=", value, high, positive, span);
        let both = Expression::new(ExpressionKind::And(vec![least, most]), span);
        if found.negated { both.negate() } else { both }
    }
}

/// The value at another place.
fn at(mut value: Value, span: Span) -> Value {
    value.expression.span = span;
    value
}

/// The part of a JSON value.
fn step(of: Value, step: PathStep, span: Span) -> Value {
    let (value, mut steps) = match of.expression {
        Expression { kind: ExpressionKind::Path { value, steps }, .. } => (value, steps),
        other => (Box::new(other), Vec::new()),
    };
    steps.push(step);
    Value::new(Expression::new(ExpressionKind::Path { value, steps }, span), Kind::Dynamic)
}

/// A constant.
pub(super) fn of_literal(literal: &Literal, span: Span) -> Value {
    match literal {
        Literal::Dynamic(Some(json)) => {
            let json = quarry_plan::Value::Dynamic(json.clone());
            Value::new(Expression::literal(json, span), Kind::Dynamic)
        }
        Literal::Dynamic(None) => Value::null(Kind::Dynamic, span),
        Literal::Value(kind, Some(value)) => Value::new(Expression::literal(value.clone(), span), *kind),
        Literal::Value(kind, None) => Value::null(*kind, span),
    }
}

/// The text of a constant.
pub(super) fn of_literal_text(value: &Expr) -> String {
    match &value.kind {
        ExprKind::Literal(literal) => {
            of_literal(literal, value.span).constant().and_then(quarry_plan::Value::text).unwrap_or_default()
        }
        _ => String::new(),
    }
}
