//! Searches inside a search: lowering them, and what can be done with their rows.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Expression, Node, TimeRange, Type};

use super::super::arguments::{General, missing};
use super::super::codes;
use super::super::context::{Column, Context};
use super::running;
use crate::registry::OptionRow;
use crate::tree::{Command, Item, Pipeline};

/// Subsearches nested deeper are refused: plans are walked recursively.
const DEEPEST: usize = 8;

/// Options that bound what the platform spends on a subsearch; here nothing is cut off.
pub(crate) const BOUNDS: &[OptionRow] = &[
    OptionRow::ignored("maxout", NOT_CUT),
    OptionRow::ignored("maxtime", NOT_CUT),
    OptionRow::ignored("timeout", NOT_CUT),
    OptionRow::ignored("extendtimerange", NOT_CUT),
];
const NOT_CUT: &str = "no subsearch is cut off";

/// A subsearch as rows: its plan and the fields it has.
pub(crate) struct Rows {
    pub(crate) plan: Node,
    pub(crate) columns: Vec<Column>,
}

/// Takes the only subsearch among the items.
pub(crate) fn take<'c>(
    context: &mut Context<'_>,
    arguments: &mut General<'c>,
    command: &Command,
) -> Option<&'c Pipeline> {
    let at = arguments.items.iter().position(|item| matches!(item, Item::Subsearch(_)));
    let Some(Item::Subsearch(pipeline)) = at.map(|at| arguments.items.remove(at)) else {
        missing(context, command, "a subsearch in brackets");
        return None;
    };
    Some(pipeline)
}

/// Lowers a subsearch that reads events of its own; it is open until `finish`.
pub(crate) fn lower<'a>(context: &mut Context<'a>, pipeline: &Pipeline) -> Option<Context<'a>> {
    let inner = Context::new(context.shared.clone(), context.shared.options.default_time.clone());
    run(context, inner, pipeline, false)
}

/// Lowers a subsearch that reads events of its own, whose fields may not all be known.
pub(crate) fn lower_open<'a>(context: &mut Context<'a>, pipeline: &Pipeline) -> Option<Context<'a>> {
    let time = context.shared.options.default_time.clone();
    lower_within(context, pipeline, time)
}

/// The same over another time range where the subsearch names none.
pub(crate) fn lower_within<'a>(
    context: &mut Context<'a>,
    pipeline: &Pipeline,
    time: TimeRange,
) -> Option<Context<'a>> {
    let inner = Context::new(context.shared.clone(), time);
    run(context, inner, pipeline, true)
}

/// Lowers a subsearch that goes on from a copy of the rows here.
pub(crate) fn lower_copy<'a>(context: &mut Context<'a>, pipeline: &Pipeline) -> Option<Context<'a>> {
    let mut inner = context.clone();
    inner.diagnostics.clear();
    run(context, inner, pipeline, true)
}

/// Puts the rows of another pipeline after those here.
pub(crate) fn append<'a>(context: &mut Context<'a>, mut inner: Context<'a>) {
    if context.has_unknown_fields() || inner.has_unknown_fields() {
        return context.union_open(vec![inner], false);
    }
    // Each part keeps its own order, whatever the fields were that it came from.
    let name = context.fresh_name("arrival");
    let span = context.span;
    let right = running::row_number(&mut inner);
    let left = running::row_number(context);
    inner.assign(vec![(name.clone(), Expression::column(&right, span))]);
    context.assign(vec![(name.clone(), Expression::column(&left, span))]);
    context.hide(&[left]);
    context.order_by(&name);
    let mut columns = inner.visible();
    columns.push(Column { name, data_type: Type::Double, empty: false });
    let (plan, diagnostics, needs_discovery) = inner.finish(&columns, span);
    context.needs_discovery |= needs_discovery;
    for diagnostic in diagnostics {
        context.report(diagnostic);
    }
    context.union(plan);
}

/// Puts the rows of other pipelines among those here, by time.
pub(crate) fn union<'a>(context: &mut Context<'a>, others: Vec<Context<'a>>) {
    context.union_open(others, true);
}

/// Goes on with the rows of another pipeline instead.
pub(crate) fn replace<'a>(context: &mut Context<'a>, mut inner: Context<'a>) {
    let mut diagnostics = std::mem::take(&mut context.diagnostics);
    diagnostics.append(&mut inner.diagnostics);
    inner.diagnostics = diagnostics;
    inner.needs_discovery |= context.needs_discovery;
    inner.depth = context.depth;
    *context = inner;
}

fn run<'a>(
    context: &mut Context<'a>,
    mut inner: Context<'a>,
    pipeline: &Pipeline,
    open: bool,
) -> Option<Context<'a>> {
    inner.depth = context.depth + 1;
    if inner.depth > DEEPEST {
        context.report(
            Diagnostic::error(codes::TOO_COMPLEX, "subsearches are nested too deep", pipeline.span)
                .with_help("write an inner search as a lookup, or join its conditions to the outer one"),
        );
        return None;
    }
    inner.lower_pipeline(pipeline);
    if inner.is_open() && !open {
        let message = "the fields of this subsearch are not known";
        let found = Diagnostic::error(codes::UNSUPPORTED_SUBSEARCH, message, pipeline.span)
            .with_help("end it with `stats`, `table` or `fields`");
        inner.report(found);
    }
    if inner.diagnostics.iter().any(Diagnostic::is_error) {
        for diagnostic in inner.diagnostics {
            context.report(diagnostic);
        }
        return None;
    }
    Some(inner)
}

/// The finished rows of a subsearch.
pub(crate) fn finish<'a>(context: &mut Context<'a>, inner: Context<'a>) -> Rows {
    let columns: Vec<Column> = inner.columns().iter().filter(|column| !column.is_hidden()).cloned().collect();
    let span = inner.span;
    let (plan, diagnostics, needs_discovery) = inner.finish(&columns, span);
    context.needs_discovery |= needs_discovery;
    for diagnostic in diagnostics {
        context.report(diagnostic);
    }
    Rows { plan, columns }
}

/// Refuses to go on from raw events, whose fields are not all known.
pub(crate) fn needs_known_fields(context: &mut Context<'_>, command: &str, span: Span) -> bool {
    if !context.is_open() {
        return false;
    }
    let message = format!("`{command}` on raw events is not supported yet");
    let found = Diagnostic::error(codes::UNSUPPORTED_SUBSEARCH, message, span)
        .with_help("name the fields with `table` or `fields` first");
    context.report(found);
    true
}

/// Lowers a search that was written inside a text; what is wrong with it stands at the text.
pub(crate) fn lower_text<'a>(
    context: &mut Context<'a>,
    pipeline: &Pipeline,
    time: TimeRange,
    span: Span,
) -> Option<Context<'a>> {
    let mut scratch = Context::new(context.shared.clone(), time.clone());
    scratch.depth = context.depth;
    let found = lower_within(&mut scratch, pipeline, time);
    let diagnostics = std::mem::take(&mut scratch.diagnostics);
    if let Some(found) = diagnostics.iter().find(|found| found.is_error()) {
        report_in_text(context, found, span);
        return None;
    }
    found
}

/// Reports what is wrong with a search that was written inside a text, at the text.
pub(crate) fn report_in_text(context: &mut Context<'_>, found: &Diagnostic, span: Span) {
    let message = format!("in this search: {}", found.message);
    let help = found.help.first().cloned();
    let help = help.unwrap_or_else(|| "write the text as a search of its own and try it".to_owned());
    context.report(Diagnostic::error(codes::UNSUPPORTED_SUBSEARCH, message, span).with_help(help));
}
