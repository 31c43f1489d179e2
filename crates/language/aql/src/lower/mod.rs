//! Tree to plan.

mod aggregate;
mod arithmetic;
mod call;
mod comparison;
mod expression;
mod extra;
mod label;
mod membership;
mod name;
mod query;
mod reference;
mod saved;
mod scope;
mod select;
mod session;
mod time;
mod value;

pub(crate) use extra::{Rule, TABLES as EXTRA};

use std::collections::BTreeMap;

use quarry_diagnostic::{Diagnostic, Span};
pub use quarry_language_definition::OutputColumn;
use quarry_plan::{ColumnName, Helpers, Node, TimeRange};
use quarry_views::View;

use crate::{
    codes,
    reference::ReferenceData,
    registry::{self, Role},
    syntax::{Name, Parsed},
};

/// Choices that the language leaves open.
#[derive(Debug, Clone, Default)]
pub struct LowerOptions {
    /// The time range of a query without LAST or START; none reads all data. (QRadar itself takes
    /// the last five minutes, which is of no use on files.)
    pub default_window: Option<TimeRange>,
    /// Whether undocumented extras of public queries are accepted with a warning.
    pub permissive: bool,
    /// Whether MATCHES and IMATCHES must match the whole text rather than be found in it.
    pub whole_matches: bool,
    /// Reference sets, maps and tables.
    pub reference: ReferenceData,
    /// The queries of saved searches by name, for GLOBALVIEW.
    pub saved_searches: BTreeMap<String, String>,
}

/// What became of a statement.
#[derive(Debug, Clone)]
pub struct Lowered {
    /// The plan, or none if a diagnostic is an error.
    pub plan: Option<Node>,
    /// The plan's columns, in order.
    pub output: Vec<OutputColumn>,
    /// All diagnostics, those of the parser included, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Turns a tree into a plan over the fields of a view (QRadar's names for the fields of each log).
///
/// ```
/// use quarry_aql::{LowerOptions, lower, parse};
/// use quarry_views::View;
/// let parsed = parse("SELECT LOWER('A') AS a FROM events");
/// let lowered = lower(&parsed, &View::default(), &LowerOptions::default());
/// assert_eq!(lowered.output[0].label, "a");
/// ```
#[must_use]
pub fn lower(parsed: &Parsed, view: &View, options: &LowerOptions) -> Lowered {
    let mut context = Context::new(view, options);
    let mut diagnostics = parsed.diagnostics.clone();
    // A tree with holes would only give follow-up errors.
    let readable = !diagnostics.iter().any(Diagnostic::is_error);
    let statement = parsed.statement.as_ref().filter(|_| readable);
    let query = statement.and_then(|statement| query::lower(&mut context, statement, query::Place::Top));
    if !readable {
        refuse_functions(&parsed.functions, options, &mut diagnostics);
    }
    diagnostics.append(&mut context.diagnostics);
    diagnostics.sort_by_key(|found| found.span.start);
    let sound = !diagnostics.iter().any(Diagnostic::is_error);
    let Some(query) = query.filter(|_| sound) else {
        return Lowered { plan: None, output: Vec::new(), diagnostics };
    };
    let output =
        query.columns.into_iter().map(|column| OutputColumn { column: column.column, label: column.label });
    Lowered { plan: Some(query.node), output: output.collect(), diagnostics }
}

/// Names the functions that AQL lacks in a text that is not lowered for other reasons.
fn refuse_functions(called: &[Name], options: &LowerOptions, diagnostics: &mut Vec<Diagnostic>) {
    for name in called {
        let advice = match registry::find(&name.text).map(|function| function.role) {
            Some(Role::Refused(advice)) => advice,
            Some(Role::Extra(advice)) if !options.permissive => advice,
            _ => continue,
        };
        let told = diagnostics.iter().any(|have| have.is_error() && have.span.start == name.span.start);
        if !told {
            let message = format!("{} is not AQL", name.text.to_uppercase());
            let found = Diagnostic::error(codes::REFUSED_FUNCTION, message, name.span);
            diagnostics.push(found.with_help(advice));
        }
    }
}

/// What all selects of one statement share.
struct Context<'a> {
    view: &'a View,
    options: &'a LowerOptions,
    diagnostics: Vec<Diagnostic>,
    /// How many more expressions may be lowered.
    budget: usize,
    helpers: Helpers,
    /// How deep the present expression is.
    depth: usize,
    /// Saved searches being read, in lower case: one cannot read itself.
    saved: Vec<String>,
}

impl<'a> Context<'a> {
    /// Aliases are written out wherever they are used, so a short query can grow without bounds.
    const BUDGET: usize = 200_000;
    /// Nobody reads more.
    const MOST_DIAGNOSTICS: usize = 1_000;

    fn new(view: &'a View, options: &'a LowerOptions) -> Self {
        Self {
            view,
            options,
            diagnostics: Vec::new(),
            budget: Self::BUDGET,
            helpers: Helpers::default(),
            depth: 0,
            saved: Vec::new(),
        }
    }

    /// Reports a finding: an error once for a place, anything milder once.
    fn report(&mut self, found: Diagnostic) {
        let known = self.diagnostics.iter().any(|have| {
            have.code == found.code
                && (have.span == found.span || (!found.is_error() && have.message == found.message))
        });
        if !known && self.diagnostics.len() < Self::MOST_DIAGNOSTICS {
            self.diagnostics.push(found);
        }
    }

    /// What QRadar refuses: an error, or a warning where extras are accepted.
    fn undocumented(
        &self,
        code: &'static str,
        message: impl Into<String>,
        span: Span,
        help: &str,
    ) -> Diagnostic {
        if self.options.permissive {
            return Diagnostic::warning(code, message, span).with_help(help);
        }
        Diagnostic::error(code, message, span).with_help(help)
    }

    /// A column that no query can name.
    fn fresh(&mut self, what: &str) -> ColumnName {
        self.helpers.fresh(what)
    }
}
