//! Statements, and what an expression outside of rows means.

use std::{cell::RefCell, rc::Rc};

use quarry_diagnostic::Span;

use super::{
    Lowerer,
    convert::Value,
    names::{Binding, Later},
    rows::Rows,
};
use crate::syntax::tree::{Expr, ExprKind, LetValue, Parameter, Statement, Takes};

/// What an expression is.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    Value(Value),
    Rows(Rows),
}

impl Lowerer<'_> {
    /// The meaning of the expression among statements.
    pub(super) fn statements(&mut self, statements: &[Statement]) -> Option<Meaning> {
        let mut result = None;
        for statement in statements {
            match statement {
                Statement::Let(found) => {
                    let binding = match &found.value {
                        LetValue::Function(function) => {
                            Binding::Function(Rc::new(function.clone()), self.names.clone())
                        }
                        LetValue::Expression(value) => Binding::Later(Rc::new(Later {
                            value: value.clone(),
                            names: self.names.clone(),
                            found: RefCell::default(),
                        })),
                    };
                    let bound = self.bound_after(statement);
                    self.names.add(&found.name.text, binding, bound);
                }
                Statement::Parameters(parameters) => self.parameters(statement, parameters),
                Statement::Expression(value) => {
                    if result.is_some() {
                        self.refuse("several queries at once", value.span, "run each by itself");
                    }
                    result = Some(self.meaning(value));
                }
                Statement::Set(_) => {}
                Statement::Other(what, span) => {
                    self.refuse(
                        &format!("`{what}` statements"),
                        *span,
                        "write what it stands for in its place",
                    );
                }
            }
        }
        result
    }

    /// The binder's names after a statement.
    fn bound_after(&mut self, statement: &Statement) -> crate::bind::scope::Scope {
        self.binder.scope = self.names.bound.clone();
        self.binder.statements(std::slice::from_ref(statement));
        self.binder.scope.clone()
    }

    fn parameters(&mut self, statement: &Statement, parameters: &[Parameter]) {
        let bound = self.bound_after(statement);
        for parameter in parameters {
            let Some(default) = &parameter.default else {
                let help = "give it a default: `name:type = value`";
                self.refuse("parameters without a value", parameter.name.span, help);
                continue;
            };
            let nothing = Rows::one_row(default.span);
            let value = self.value(default, &nothing);
            let value = match parameter.takes {
                Takes::Value(kind) => self.convert(value, kind),
                Takes::Table(_) => value,
            };
            self.names.add(&parameter.name.text, Binding::Value(value), bound.clone());
        }
    }

    /// What an expression is that stands outside of rows.
    pub(super) fn meaning(&mut self, value: &Expr) -> Meaning {
        match &value.kind {
            ExprKind::Pipeline(source, operators) => {
                let names = self.names.clone();
                let mut rows = match source {
                    Some(source) => self.rows(source),
                    None => Rows::one_row(value.span),
                };
                for operator in operators {
                    rows = self.operator(rows, operator);
                }
                self.names = names;
                Meaning::Rows(rows)
            }
            ExprKind::Datatable(columns, values) => {
                Meaning::Rows(self.datatable(columns, values, value.span))
            }
            ExprKind::ExternalData(columns, places) => {
                Meaning::Rows(self.external(columns, places, value.span))
            }
            ExprKind::Name(name) => self.named(name, value.span),
            ExprKind::MethodCall(_, call) if call.name.text == "table" => self.call_meaning(call, value.span),
            ExprKind::Member(of, name) if crate::bind::is_database(of) => self.named(&name.text, value.span),
            ExprKind::Call(call) => self.call_meaning(call, value.span),
            ExprKind::MethodCall(_, call) => {
                let help = "save the function's text beside the query with `let`";
                self.refuse(&format!("`{}` of another database", call.name.text), value.span, help);
                Meaning::Rows(Rows::one_row(value.span))
            }
            _ => Meaning::Value(self.value(value, &Rows::one_row(value.span))),
        }
    }

    /// What a name stands for outside of rows.
    pub(super) fn named(&mut self, name: &str, span: Span) -> Meaning {
        match self.names.find(name) {
            Some(Binding::Value(found)) => Meaning::Value(found),
            Some(Binding::Rows(rows)) => Meaning::Rows(rows),
            Some(Binding::Function(function, names)) => {
                self.call_function(name, &function, names, &[], span, None)
            }
            Some(Binding::Later(later)) => self.now(&later),
            None => Meaning::Rows(self.source(name, span)),
        }
    }

    /// What a name stands for whose meaning was put off.
    pub(super) fn now(&mut self, later: &Later) -> Meaning {
        if let Some(found) = &*later.found.borrow() {
            return found.clone();
        }
        let outside = std::mem::replace(&mut self.names, later.names.clone());
        let found = self.meaning(&later.value);
        self.names = outside;
        *later.found.borrow_mut() = Some(found.clone());
        found
    }

    /// The rows that an expression gives.
    pub(super) fn rows(&mut self, value: &Expr) -> Rows {
        match self.meaning(value) {
            Meaning::Rows(rows) => rows,
            Meaning::Value(_) => {
                self.refuse("values as rows here", value.span, "write `print` before it");
                Rows::one_row(value.span)
            }
        }
    }
}
