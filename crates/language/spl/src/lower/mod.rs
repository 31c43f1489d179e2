//! From the tree of a search to the waist.
//!
//! The result of a pipeline has the columns that its last shaping command (`table`, `stats`,
//! `fields`) left, in the written order. A pipeline that ends with raw events has `_time` and `_raw`,
//! then the fields the query mentions, in the order in which it does.
//!
//! Which module may use which: each those above it, none those below it (`tests/lower/layers.rs` holds this).
//!
//! | module | what it knows |
//! |---|---|
//! | `build`, `codes`, `time`, `wildcard` | words and values of the language, no rows |
//! | `context` | one pipeline so far: `known` fields, `rows`, `order`, what is `shared`; `late` rules |
//! | `options` | the `name=value` of a command |
//! | `arguments`, `pattern` | reading what the user wrote |
//! | `rows` | what commands, searches and expressions do to rows alike |
//! | `search` | conditions of `search` |
//! | `expression`, `data_model` | values of `eval`; named sets of events |
//! | `aggregation`, `prepare` | groups; what the user's apps add to events |
//! | `commands` | one file and one row each; no command's file uses another's |

mod aggregation;
mod arguments;
mod build;
mod codes;
mod commands;
mod context;
mod data_model;
mod expression;
mod options;
mod pattern;
mod prepare;
mod rows;
mod search;
mod time;
mod wildcard;

use std::{cell::RefCell, rc::Rc};

use quarry_diagnostic::{Diagnostic, Span};
pub use quarry_language_definition::{OutputColumn, Store};
use quarry_plan::{Expression, Node, Rows, TimeRange, Type};
use quarry_views::View;

use crate::{Knowledge, Parsed};
use context::{Column, Context, Progress, RAW, Shared, TIME};

pub(crate) use commands::{COMMAND_TABLES, CommandRule};
pub(crate) use expression::{FunctionRule, lookup_call, numbers, per_value, special};
pub use time::parse_time;

/// Longer pipelines are refused: plans are walked recursively.
const MOST_COMMANDS: usize = 400;

/// What lowering must know besides the query.
#[derive(Debug, Clone)]
pub struct LowerOptions<'a> {
    /// The names and types of fields.
    pub view: &'a View,
    /// The fields found in the data, for wildcards; none where there is no data yet.
    pub discovered: Option<&'a [(String, Type)]>,
    /// The time range of a query that names none.
    pub default_time: TimeRange,
}

/// What lowering may use besides the query and the view.
#[derive(Debug, Clone, Copy, Default)]
pub struct Environment<'a> {
    /// Lookups, event types, macros for searches inside searches.
    pub knowledge: Option<&'a Knowledge>,
    /// The rows of the plans that were [`Lowered::pending`], in the order in which they were asked for.
    pub answers: &'a [Rows],
    /// The time range that replaces that of every search, where the user chose one.
    pub time: Option<&'a TimeRange>,
}

/// A lowered query.
#[derive(Debug, Clone)]
pub struct Lowered {
    /// A plan whose rows must be known before the rest can be planned, since they decide which fields
    /// there are (`chart count by x`) or which searches run (`map`). With its rows added to
    /// [`Environment::answers`] lowering goes on; `plan` stands for the rest until then.
    pub pending: Option<Node>,
    /// Tables that the search writes.
    pub stores: Vec<Store>,
    /// The plan, unless a diagnostic is an error.
    pub plan: Option<Node>,
    /// The columns of the result, in order.
    pub output: Vec<OutputColumn>,
    /// Whether a wildcard ranges over the fields of raw events, so that the plan is exact only if
    /// all their names are given.
    pub needs_discovery: bool,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
}

/// Lowers a search. Never fails: without a plan there is an error among the diagnostics here or
/// among those of the parser.
#[must_use]
pub fn lower(parsed: &Parsed, options: &LowerOptions<'_>) -> Lowered {
    lower_with(parsed, options, &Environment::default())
}

/// As [`lower`], with knowledge objects and the rows of earlier stages.
#[must_use]
pub fn lower_with(parsed: &Parsed, options: &LowerOptions<'_>, environment: &Environment<'_>) -> Lowered {
    let pipeline = &parsed.pipeline;
    let progress = Rc::new(RefCell::new(Progress::default()));
    let shared =
        Shared { options, environment, progress: Rc::clone(&progress), lower: commands::lower_pipeline };
    let mut context = Context::new(shared, options.default_time.clone());
    let small = pipeline.commands.len() <= MOST_COMMANDS;
    if small {
        context.lower_pipeline(pipeline);
    } else {
        let message = format!("the pipeline has more than {MOST_COMMANDS} commands");
        context.report(Diagnostic::error(codes::TOO_COMPLEX, message, pipeline.span).with_help(
            "join commands of one kind: `eval a=..., b=...`, one `rename` or `search` for several",
        ));
    }
    let mut columns = output_columns(&mut context, pipeline.span);
    for format in std::mem::take(&mut context.formats) {
        let (value, _) = expression::written(&mut context, &format.value);
        context.assign(vec![(format.field.text, value)]);
    }
    show_times(&mut context, &mut columns, pipeline.span);
    let (plan, diagnostics, needs_discovery) = context.finish(&columns, pipeline.span);
    let failed = parsed.diagnostics.iter().chain(&diagnostics).any(Diagnostic::is_error);
    let output = columns
        .into_iter()
        .map(|column| OutputColumn { label: column.name.text().to_owned(), column: column.name })
        .collect();
    let Progress { pending, stores, .. } = std::mem::take(&mut *progress.borrow_mut());
    let plan = (!failed).then_some(plan);
    Lowered { pending: pending.filter(|_| !failed), stores, plan, output, needs_discovery, diagnostics }
}

/// A time is a number of epoch seconds; only under the name `_time` it is shown as a date (Splunk Search Manual,
/// "About searching with time").
fn show_times(context: &mut Context<'_>, columns: &mut [Column], span: Span) {
    let mut seconds = Vec::new();
    for column in columns.iter_mut().filter(|column| column.name != TIME) {
        let is_shown = context.find(&column.name).map(|known| known.data_type);
        if is_shown == Some(Type::Timestamp) && !column.empty {
            column.data_type = Type::Double;
            seconds.push((column.name.clone(), Expression::column(&column.name, span).cast(Type::Double)));
        }
    }
    if !seconds.is_empty() {
        context.assign(seconds);
    }
}

/// The columns that the result shows.
fn output_columns(context: &mut Context<'_>, span: Span) -> Vec<Column> {
    let mut columns = Vec::new();
    // What was found in texts is shown whether it is named or not.
    for name in context.extracted() {
        context.find(&name);
    }
    if context.is_open() {
        for name in [TIME, RAW] {
            context.span = span;
            columns.extend(context.find(name));
        }
    }
    for column in context.columns() {
        if !columns.contains(column) && !column.is_hidden() {
            columns.push(column.clone());
        }
    }
    columns
}
