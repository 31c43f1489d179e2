//! What names mean: the columns and types of every step, as Microsoft's binder gives them.

pub(crate) mod aggregate;
pub(crate) mod call;
pub(crate) mod expand;
pub(crate) mod expression;
pub(crate) mod join;
pub(crate) mod operation;
pub(crate) mod operator;
pub(crate) mod plugin;
pub(crate) mod scope;
pub(crate) mod table;

use quarry_diagnostic::{Diagnostic, Span};

use crate::{
    Parsed, codes,
    syntax::tree::{Expr, ExprKind, LetValue, Parameter, Statement, Takes},
    types::Kind,
};
use scope::{Binding, Scope};
pub use table::{Column, Table};

/// What binding found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bound {
    /// The columns of the result; none if the query gives none.
    pub columns: Option<Vec<Column>>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Binds a query that was read.
///
/// ```
/// let bound = quarry_kql::bind(&quarry_kql::parse("print 1, x = 'a' | summarize count() by x"));
/// let names: Vec<String> = bound.columns.unwrap().into_iter().map(|column| column.name).collect();
/// assert_eq!(names, ["x", "count_"]);
/// ```
#[must_use]
pub fn bind(parsed: &Parsed) -> Bound {
    let mut binder = Binder::default();
    let found = binder.statements(&parsed.query.statements);
    let columns = match found {
        Some(Meaning::Table(table)) => Some(table.columns),
        _ => None,
    };
    let mut diagnostics = parsed.diagnostics.clone();
    if found_nothing(&parsed.query.statements) && diagnostics.is_empty() {
        diagnostics.push(
            Diagnostic::error(codes::NO_QUERY, "the query has no tabular statement", Span::default())
                .with_help("end it with a table or the name of one"),
        );
    }
    diagnostics.extend(binder.diagnostics);
    diagnostics.sort_by_key(|found| (found.span.start, found.span.end));
    Bound { columns, diagnostics }
}

fn found_nothing(statements: &[Statement]) -> bool {
    !statements.iter().any(|statement| matches!(statement, Statement::Expression(_)))
}

/// What an expression is.
#[derive(Debug, Clone)]
pub(crate) enum Meaning {
    Scalar(Scalar),
    Table(Table),
}

/// A value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scalar {
    pub kind: Option<Kind>,
    /// How a column of it is called where nobody names it.
    pub name: Option<String>,
    /// The text, where it is constant.
    pub text: Option<String>,
    /// Several values with their names, where it is more than one.
    pub fields: Vec<(String, Kind)>,
    /// Whether the others of several fall away where one name is given.
    pub falls_away: bool,
}

impl Scalar {
    pub fn of(kind: Kind) -> Self {
        Self { kind: Some(kind), ..Self::default() }
    }

    pub fn kind(&self) -> Kind {
        self.kind.unwrap_or(Kind::Unknown)
    }

    pub fn named(mut self, name: Option<String>) -> Self {
        self.name = name;
        self
    }
}

#[derive(Default)]
pub(crate) struct Binder {
    pub scope: Scope,
    pub diagnostics: Vec<Diagnostic>,
    /// How many calls of the user's functions are open.
    pub calls: usize,
    /// How many there were.
    pub called: usize,
}

impl Binder {
    /// Says what is wrong at a place, once.
    pub fn error(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        span: Span,
        help: impl Into<String>,
    ) {
        if !self.diagnostics.iter().any(|found| found.code == code && found.span == span) {
            self.diagnostics.push(Diagnostic::error(code, message, span).with_help(help));
        }
    }

    /// The meaning of the last expression among statements.
    pub fn statements(&mut self, statements: &[Statement]) -> Option<Meaning> {
        let mut result = None;
        for statement in statements {
            match statement {
                Statement::Let(found) => {
                    let binding = match &found.value {
                        LetValue::Function(function) => {
                            Binding::Function(std::rc::Rc::new(function.clone()), self.scope.clone())
                        }
                        LetValue::Expression(value) => match self.meaning(value) {
                            Meaning::Scalar(value) => Binding::Scalar(value.named(None)),
                            Meaning::Table(table) => Binding::Table(table),
                        },
                    };
                    self.scope.add(&found.name.text, binding);
                }
                Statement::Parameters(parameters) => self.parameters(parameters),
                Statement::Expression(value) => {
                    result = Some(self.meaning(value));
                }
                Statement::Set(_) | Statement::Other(..) => {}
            }
        }
        result
    }

    fn parameters(&mut self, parameters: &[Parameter]) {
        for parameter in parameters {
            let binding = match &parameter.takes {
                Takes::Value(kind) => Binding::Scalar(Scalar::of(*kind)),
                Takes::Table(columns) => Binding::Table(Table::of(columns)),
            };
            self.scope.add(&parameter.name.text, binding);
        }
    }

    /// What an expression is that stands outside of rows.
    pub fn meaning(&mut self, value: &Expr) -> Meaning {
        match &value.kind {
            ExprKind::Pipeline(source, operators) => {
                let mut table = match source {
                    Some(source) => self.rows(source),
                    None => Table::default(),
                };
                for operator in operators {
                    table = self.operator(table, operator);
                }
                Meaning::Table(table)
            }
            ExprKind::Datatable(columns, values) => {
                for value in values {
                    self.scalar(value, &Table::default());
                }
                Meaning::Table(Table::of(columns))
            }
            ExprKind::ExternalData(columns, _) => Meaning::Table(Table::of(columns)),
            ExprKind::Name(name) => self.named(name, value.span),
            ExprKind::MethodCall(_, call) if call.name.text == "table" => {
                self.call_meaning(call, value.span, None)
            }
            ExprKind::MethodCall(..) => Meaning::Table(Table::open()),
            ExprKind::Member(of, name) if is_database(of) => self.named(&name.text, value.span),
            ExprKind::Call(call) => self.call_meaning(call, value.span, None),
            _ => Meaning::Scalar(self.scalar(value, &Table::default())),
        }
    }

    fn named(&mut self, name: &str, span: Span) -> Meaning {
        match self.scope.find(name) {
            Some(Binding::Scalar(found)) => return Meaning::Scalar(found),
            Some(Binding::Table(table)) => return Meaning::Table(table),
            Some(Binding::Function(function, scope)) => {
                return self.call_function(name, &function, scope, &[], span, None);
            }
            None => {}
        }
        if let Some(columns) = crate::registry::table(name) {
            return Meaning::Table(Table::known(columns));
        }
        let near = quarry_diagnostic::did_you_mean(name, crate::registry::table_names());
        let help = near.map_or_else(
            || "tables are those of Log Analytics, and what `let` names".to_owned(),
            |near| format!("did you mean `{near}`"),
        );
        self.error(codes::UNKNOWN_NAME, format!("`{name}` is no table, variable or function"), span, help);
        Meaning::Table(Table::open())
    }

    /// The rows that an expression gives.
    pub fn rows(&mut self, value: &Expr) -> Table {
        match self.meaning(value) {
            Meaning::Table(table) => table,
            Meaning::Scalar(found) => {
                if found.kind() != Kind::Unknown && !matches!(value.kind, ExprKind::Missing) {
                    let help = "name a table, or write a query in parentheses";
                    self.error(codes::WRONG_SHAPE, "rows are expected here, found a value", value.span, help);
                }
                Table::open()
            }
        }
    }
}

/// Whether an expression is `workspace("...")`, `database("...")` and the like.
pub(crate) fn is_database(of: &Expr) -> bool {
    match &of.kind {
        ExprKind::Call(call) => {
            matches!(call.name.text.as_str(), "workspace" | "database" | "cluster" | "app")
        }
        ExprKind::MethodCall(of, _) => is_database(of),
        _ => false,
    }
}
