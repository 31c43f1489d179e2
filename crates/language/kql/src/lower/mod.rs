//! Tree to plan.
//!
//! The binder says which columns each step has; here each step becomes operators of the waist. Texts are never null in
//! Kusto: a column of texts that may be null is read as empty wherever that could tell.

mod aggregate;
mod call;
mod checked;
mod comparison;
mod constant;
mod convert;
mod expand;
mod expression;
mod form;
mod join;
mod names;
mod operator;
mod parse;
mod project;
mod rows;
mod sort;
mod source;
mod statement;
mod subquery;
mod summarize;
mod text;
mod union;
mod window;

use std::collections::BTreeMap;

use quarry_diagnostic::{Diagnostic, Span};
use quarry_language_definition::OutputColumn;
use quarry_plan::{ColumnName, Helpers, Node, Operator};
use quarry_views::View;

use crate::{Parsed, bind, bind::Binder, codes};
use names::Names;
use rows::Rows;

/// What queries refer to beside the events.
#[derive(Debug, Clone, Default)]
pub struct LowerOptions {
    /// Watchlists by alias.
    pub watchlists: BTreeMap<String, Watchlist>,
}

/// A watchlist: texts in rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watchlist {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// A text for each column.
    pub rows: Vec<Vec<String>>,
}

/// What a query is lowered with.
#[derive(Debug, Clone, Copy)]
pub struct Environment<'a> {
    /// The tables and their columns.
    pub view: &'a View,
    /// Watchlists.
    pub options: &'a LowerOptions,
    /// The rows of the plans that were [`Lowered::pending`], in the order in which they were asked for.
    pub answers: &'a [quarry_plan::Rows],
}

/// What became of a query.
#[derive(Debug, Clone, Default)]
pub struct Lowered {
    /// The plan, or none if a diagnostic is an error.
    pub plan: Option<Node>,
    /// A plan whose rows must be known before the rest can be lowered.
    pub pending: Option<Node>,
    /// The columns of the result, in order.
    pub output: Vec<OutputColumn>,
    /// All diagnostics, those of the parser and the binder included.
    pub diagnostics: Vec<Diagnostic>,
}

/// Turns a tree into a plan over the tables of a view.
///
/// ```
/// use quarry_kql::{Environment, LowerOptions, lower, parse};
/// let (view, options) = (quarry_views::View::default(), LowerOptions::default());
/// let lowered = lower(&parse("print x = 1"), &Environment { view: &view, options: &options, answers: &[] });
/// assert_eq!(lowered.output[0].label, "x");
/// ```
#[must_use]
pub fn lower(parsed: &Parsed, environment: &Environment<'_>) -> Lowered {
    let bound = bind(parsed);
    let mut diagnostics = bound.diagnostics;
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Lowered { diagnostics, ..Lowered::default() };
    }
    let mut lowerer = Lowerer::new(*environment);
    let rows = lowerer.query(&parsed.query.statements);
    diagnostics.append(&mut lowerer.diagnostics);
    diagnostics.sort_by_key(|found| (found.span.start, found.span.end));
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    let Some(rows) = rows.filter(|_| !failed) else { return Lowered { diagnostics, ..Lowered::default() } };
    let pending = lowerer.pending.take();
    let shown = rows.shown();
    let output = shown
        .columns
        .iter()
        .map(|column| OutputColumn { column: column.column.clone(), label: column.name.clone() });
    let output = output.collect();
    Lowered { plan: Some(lowerer.with_shared(shown.node)), pending, output, diagnostics }
}

/// What a query is lowered by.
struct Lowerer<'a> {
    environment: Environment<'a>,
    /// Tells the columns of each step.
    binder: Binder,
    /// What names stand for here.
    names: Names,
    helpers: Helpers,
    diagnostics: Vec<Diagnostic>,
    /// How many answers were used.
    used: usize,
    /// What must be known first.
    pending: Option<Node>,
    /// Plans that are computed once, in the order in which they were named.
    shared: Vec<(String, Node)>,
    /// Values over several rows, which the step at hand is to compute before all else.
    windows: Vec<window::Window>,
}

impl<'a> Lowerer<'a> {
    fn new(environment: Environment<'a>) -> Self {
        Self {
            environment,
            binder: Binder::default(),
            names: Names::default(),
            helpers: Helpers::default(),
            diagnostics: Vec::new(),
            used: 0,
            pending: None,
            shared: Vec::new(),
            windows: Vec::new(),
        }
    }

    /// Says what is wrong at a place, once.
    fn report(&mut self, found: Diagnostic) {
        let same = |have: &Diagnostic| have.code == found.code && have.span == found.span;
        if !self.diagnostics.iter().any(same) {
            self.diagnostics.push(found);
        }
    }

    /// Says that something is not run.
    fn refuse(&mut self, what: &str, span: Span, help: impl Into<String>) {
        let message = format!("quarry does not run {what}");
        self.report(Diagnostic::error(codes::FORM_NOT_RUN, message, span).with_help(help));
    }

    fn fresh(&mut self, purpose: &str) -> ColumnName {
        self.helpers.fresh(purpose)
    }

    /// The plan inside of all that it refers to.
    fn with_shared(&self, plan: Node) -> Node {
        self.shared.iter().rev().filter(|(name, _)| !name.is_empty()).fold(plan, |body, (name, shared)| {
            let span = body.span;
            let (shared, body) = (Box::new(shared.clone()), Box::new(body));
            Node::new(Operator::Let { name: name.clone(), shared, body }, span)
        })
    }

    /// The rows of the query.
    fn query(&mut self, statements: &[crate::syntax::tree::Statement]) -> Option<Rows> {
        match self.statements(statements)? {
            statement::Meaning::Rows(rows) => Some(rows),
            statement::Meaning::Value(value) => Some(Rows::one_value(value)),
        }
    }
}
