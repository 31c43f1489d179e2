//! Calls: the vendor's functions by their rows, the user's by their bodies.

use std::rc::Rc;

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::Expression;

use super::{
    Lowerer,
    convert::Value,
    names::{Binding, Names},
    rows::Rows,
    statement::Meaning,
};
use crate::{
    bind,
    bind::call::result,
    codes,
    registry::{self, Group},
    syntax::tree::{self, Call, Expr, ExprKind, Takes},
    types::Kind,
};

impl Lowerer<'_> {
    /// The value of a call over a row.
    pub(super) fn called_value(&mut self, call: &Call, span: Span, row: &Rows) -> Value {
        let name = call.name.text.as_str();
        if let Some(Binding::Function(function, names)) = self.names.find(name) {
            return match self.call_function(name, &function, names, &call.arguments, span, Some(row)) {
                Meaning::Value(found) => found,
                Meaning::Rows(_) => self.no_value(span),
            };
        }
        if let Some(found) = self.form(call, row, span) {
            return found;
        }
        if let Some(found) = self.window_call(call, row, span) {
            return found;
        }
        if self.gives_rows(call) {
            return match self.call_meaning(call, span) {
                Meaning::Value(found) => found,
                Meaning::Rows(_) => self.no_value(span),
            };
        }
        self.function(call, row, span)
    }

    /// A call of one of the vendor's functions.
    fn function(&mut self, call: &Call, row: &Rows, span: Span) -> Value {
        let name = call.name.text.as_str();
        let Some(function) = registry::functions().get(name) else {
            let found = Diagnostic::error(codes::UNKNOWN_FUNCTION, format!("`{name}` is no function"), span);
            self.report(found.with_help("functions are those of Kusto, and what `let` names"));
            return Value::null(Kind::Dynamic, span);
        };
        let mut literal_type = None;
        let arguments: Vec<Value> = call
            .arguments
            .iter()
            .map(|argument| match &argument.kind {
                ExprKind::TypeOf(kind) => {
                    literal_type = Some(*kind);
                    Value::new(Expression::text(kind.name(), argument.span), *kind)
                }
                _ => self.value(argument, row),
            })
            .collect();
        self.check_constants(name, &arguments);
        let kinds: Vec<Kind> = arguments.iter().map(|argument| argument.kind).collect();
        let Some(signature) = self.binder.signature(function, call, &kinds).cloned() else {
            return Value::null(Kind::Dynamic, span);
        };
        let kind = literal_type.unwrap_or_else(|| result(&signature, &kinds));
        let kind = if kind == Kind::Unknown { Kind::Dynamic } else { kind };
        let mut expressions = Vec::with_capacity(arguments.len());
        for (place, argument) in arguments.into_iter().enumerate() {
            let is_type =
                matches!(call.arguments.get(place).map(|value| &value.kind), Some(ExprKind::TypeOf(_)));
            let takes = signature.parameter(place).map(|parameter| parameter.takes);
            let argument = match takes {
                Some(takes) if !is_type => self.argument(argument, takes, kind),
                _ => argument,
            };
            if !is_type {
                expressions.push(argument.expression);
            }
        }
        if literal_type.is_some() {
            let text = self.invoke(name, expressions, Kind::String, span);
            return self.convert(text, kind);
        }
        self.invoke(name, expressions, kind, span)
    }

    /// An argument as its parameter takes it.
    fn argument(&mut self, value: Value, takes: Group, result: Kind) -> Value {
        match (takes, value.kind) {
            (Group::Kind(Kind::Dynamic) | Group::Any | Group::Text, _) => value,
            (Group::Kind(wanted), _) => self.convert(value, wanted),
            (Group::Common, _) if result != Kind::Dynamic => self.convert(value, result),
            (Group::Integer, Kind::Dynamic) => self.convert(value, Kind::Long),
            (Group::Number | Group::Summable, Kind::Dynamic) => self.convert(value, Kind::Real),
            _ => value,
        }
    }

    /// Whether a call may give rows.
    pub(super) fn gives_rows(&self, call: &Call) -> bool {
        let name = call.name.text.as_str();
        match self.names.find(name) {
            Some(Binding::Function(..)) => true,
            Some(_) => false,
            None => {
                matches!(
                    name,
                    "materialize"
                        | "toscalar"
                        | "totable"
                        | "table"
                        | "materialized_view"
                        | "external_table"
                        | "view"
                ) || registry::stored_function(name).is_some()
            }
        }
    }

    /// What a call gives outside of rows.
    pub(super) fn call_meaning(&mut self, call: &Call, span: Span) -> Meaning {
        let name = call.name.text.as_str();
        if let Some(Binding::Function(function, names)) = self.names.find(name) {
            return self.call_function(name, &function, names, &call.arguments, span, None);
        }
        match (name, call.arguments.as_slice()) {
            ("materialize", [rows]) => match self.meaning(rows) {
                Meaning::Rows(rows) => Meaning::Rows(self.share(rows)),
                value => value,
            },
            ("toscalar", [rows]) => Meaning::Value(self.first_value(rows)),
            ("totable", [rows]) => Meaning::Rows(self.rows(rows)),
            ("table", [name, ..]) => self.table_by_name(name),
            _ if registry::stored_function(name).is_some() => Meaning::Rows(self.stored(call, span)),
            _ => {
                let nothing = Rows::one_row(span);
                Meaning::Value(self.called_value(call, span, &nothing))
            }
        }
    }

    fn table_by_name(&mut self, name: &Expr) -> Meaning {
        let nothing = Rows::one_row(name.span);
        match self.value(name, &nothing).constant_text() {
            Some(text) => self.named(&text, name.span),
            None => {
                self.refuse("a table whose name is computed", name.span, "write the table's name");
                Meaning::Rows(nothing)
            }
        }
    }

    /// The first value of the first row.
    fn first_value(&mut self, rows: &Expr) -> Value {
        let span = rows.span;
        match self.meaning(rows) {
            Meaning::Value(value) => value,
            Meaning::Rows(rows) => {
                let rows = rows.shown();
                let Some(column) = rows.columns.first().cloned() else {
                    return Value::null(Kind::Dynamic, span);
                };
                let only = vec![(column.clone(), Expression::column(&column.column, span))];
                let rows = super::sort::first_rows(rows, 1).project(only);
                let answer = self.settle(rows.node);
                let value = answer.and_then(|answer| answer.rows.into_iter().next()?.into_iter().next());
                match value.filter(|value| *value != quarry_plan::Value::Null) {
                    Some(value) => Value::new(Expression::literal(value, span), column.kind),
                    None => Value::null(column.kind, span),
                }
            }
        }
    }

    /// A call of a function of the user's: its body with the arguments.
    pub(super) fn call_function(
        &mut self,
        name: &str,
        function: &Rc<tree::Function>,
        names: Names,
        arguments: &[Expr],
        span: Span,
        row: Option<&Rows>,
    ) -> Meaning {
        let mut inside = names;
        for (place, parameter) in function.parameters.iter().enumerate() {
            let given = given(arguments, place, &parameter.name.text).or(parameter.default.as_ref());
            let binding = self.parameter(&parameter.takes, given, row, span);
            let mut bound = inside.bound.clone();
            bound.add(&parameter.name.text, binder_view(&binding));
            inside.add(&parameter.name.text, binding, bound);
        }
        let outside = std::mem::replace(&mut self.names, inside);
        let found = self.body(function, row);
        self.names = outside;
        found.unwrap_or_else(|| {
            self.refuse(
                &format!("the function `{name}` without a result"),
                span,
                "end its body with a value",
            );
            Meaning::Rows(Rows::one_row(span))
        })
    }

    /// The result of a body: over the row at hand where it is a value.
    fn body(&mut self, function: &tree::Function, row: Option<&Rows>) -> Option<Meaning> {
        let (last, before) = function.body.split_last()?;
        self.statements(before);
        match (last, row) {
            (tree::Statement::Expression(value), Some(row)) if !is_rows(value) => match &value.kind {
                ExprKind::Name(name) if row.find(name).is_none() => Some(self.named(name, value.span)),
                ExprKind::Call(call) if self.gives_rows(call) => {
                    Some(match self.names.find(&call.name.text) {
                        Some(Binding::Function(function, names)) => {
                            let (name, arguments) = (&call.name.text, &call.arguments);
                            self.call_function(name, &function, names, arguments, value.span, Some(row))
                        }
                        _ => self.call_meaning(call, value.span),
                    })
                }
                _ => Some(Meaning::Value(self.value(value, row))),
            },
            (last, _) => self.statements(std::slice::from_ref(last)),
        }
    }

    fn parameter(&mut self, takes: &Takes, given: Option<&Expr>, row: Option<&Rows>, span: Span) -> Binding {
        let nothing = Rows::one_row(span);
        match (takes, given) {
            (Takes::Value(kind), Some(value)) => {
                let found = self.value(value, row.unwrap_or(&nothing));
                Binding::Value(self.convert(found, *kind))
            }
            (Takes::Value(kind), None) => Binding::Value(Value::null(*kind, span)),
            (Takes::Table(_), Some(value)) => Binding::Rows(self.rows(value)),
            (Takes::Table(_), None) => Binding::Rows(nothing),
        }
    }
}

/// The argument for a parameter: by its name, else by its place.
fn given<'e>(arguments: &'e [Expr], place: usize, name: &str) -> Option<&'e Expr> {
    let by_name = arguments.iter().find_map(|argument| match &argument.kind {
        ExprKind::Named(names, value) if names.first().is_some_and(|given| given.text == name) => {
            Some(value.as_ref())
        }
        _ => None,
    });
    by_name.or_else(|| arguments.get(place).filter(|value| !matches!(value.kind, ExprKind::Named(..))))
}

/// What the binder is to know of a name.
pub(super) fn binder_view(binding: &Binding) -> bind::scope::Binding {
    match binding {
        Binding::Rows(rows) => bind::scope::Binding::Table(rows.table()),
        Binding::Value(value) => bind::scope::Binding::Scalar(bind::Scalar {
            text: value.constant_text(),
            ..bind::Scalar::of(value.kind)
        }),
        Binding::Function(function, names) => {
            bind::scope::Binding::Function(Rc::clone(function), names.bound.clone())
        }
        Binding::Later(_) => bind::scope::Binding::Scalar(bind::Scalar::of(Kind::Unknown)),
    }
}

fn is_rows(value: &Expr) -> bool {
    matches!(
        value.kind,
        ExprKind::Pipeline(..)
            | ExprKind::Datatable(..)
            | ExprKind::ExternalData(..)
            | ExprKind::MethodCall(..)
    )
}
