//! `search` expressions: text without case, `*` as wildcard, bare words found in the raw event.
//!
//! Lowering gives none for what restricts nothing (`index=...`, time modifiers, `*`).

mod leaf;
mod modifier;
pub(crate) mod subsearch;

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Comparison, Expression, TextPattern, Type};

use super::context::{Context, RAW, SOURCE_TYPE};
use super::{build, codes, wildcard};
use crate::tree::{
    Arguments, Command, Directive, Quote, SearchExpression, SearchOperator, SearchValue, Word,
};

/// Lowers a search to a predicate that is never null where it matters: an absent field matches
/// nothing, and `NOT` of that is true.
pub(crate) fn lower(context: &mut Context<'_>, expression: &SearchExpression) -> Option<Expression> {
    restrict(context, expression, false)
}

/// Keeps the rows that a search finds.
pub(crate) fn apply(context: &mut Context<'_>, expression: &SearchExpression) {
    if let Some(found) = restrict(context, expression, false) {
        context.filter(found);
    }
}

/// `negated` tells whether the expression stands under an odd number of NOTs.
fn restrict(context: &mut Context<'_>, expression: &SearchExpression, negated: bool) -> Option<Expression> {
    match expression {
        SearchExpression::And(items, span) => {
            let items: Vec<Expression> =
                items.iter().filter_map(|item| restrict(context, item, negated)).collect();
            (!items.is_empty()).then(|| build::all(items, *span))
        }
        SearchExpression::Or(items, span) => {
            let lowered: Vec<Option<Expression>> =
                items.iter().map(|item| restrict(context, item, negated)).collect();
            let items: Option<Vec<Expression>> = lowered.into_iter().collect();
            items.map(|items| build::any(items, *span))
        }
        SearchExpression::Not(inner, span) => {
            if finds_all(inner) {
                return Some(build::boolean(false, *span));
            }
            let inner = restrict(context, inner, !negated)?;
            Some(build::coalesce(vec![inner, build::boolean(false, *span)], *span).negate())
        }
        SearchExpression::Comparison { field, operator, value, span } => {
            comparison(context, field, *operator, value, negated, *span)
        }
        SearchExpression::In { field, values, span } => {
            let equals: Option<Vec<Expression>> = values
                .iter()
                .map(|value| comparison(context, field, SearchOperator::Equal, value, negated, *span))
                .collect();
            equals.map(|items| build::any(items, *span))
        }
        SearchExpression::Term(value) => bare_term(context, value),
        SearchExpression::Subsearch(pipeline, _) => subsearch::condition(context, pipeline, negated),
        SearchExpression::SubsearchComparison { field, operator, subsearch: pipeline, listed, span } => {
            subsearch::compared(context, (field, *operator, *listed), pipeline, negated, *span)
        }
    }
}

/// Whether a search names every event there is: `*`, `index=*`.
fn finds_all(expression: &SearchExpression) -> bool {
    let is_any = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'*');
    match expression {
        SearchExpression::Term(value) => is_any(&value.word.text),
        SearchExpression::Comparison { field, operator: SearchOperator::Equal, value, .. } => {
            field.text == "index" && is_any(&value.word.text)
        }
        SearchExpression::And(items, _) => items.iter().all(finds_all),
        SearchExpression::Or(items, _) => items.iter().any(finds_all),
        _ => false,
    }
}

fn comparison(
    context: &mut Context<'_>,
    field: &Word,
    operator: SearchOperator,
    value: &SearchValue,
    negated: bool,
    span: Span,
) -> Option<Expression> {
    let text = value.word.text.as_str();
    let reads_events = context.is_open() && context.columns().iter().all(|column| column.name != field.text);
    if reads_events && modifier::apply(context, &field.text, operator, value, span) {
        return None;
    }
    let equal = operator == SearchOperator::Equal;
    if field.text == SOURCE_TYPE
        && context.is_open()
        && equal
        && !negated
        && !text.trim_matches('*').is_empty()
    {
        leaf::note_source_type(context, text, value.word.span);
    }
    if reads_events && ["eventtype", "tag"].contains(&field.text.as_str()) {
        warn_of_knowledge(context, field, value);
    }
    let exact = value.directive == Some(Directive::Case);
    let operator = match operator {
        SearchOperator::Equal => Comparison::Equal,
        SearchOperator::NotEqual => Comparison::NotEqual,
        SearchOperator::Less => Comparison::Less,
        SearchOperator::LessOrEqual => Comparison::LessOrEqual,
        SearchOperator::Greater => Comparison::Greater,
        SearchOperator::GreaterOrEqual => Comparison::GreaterOrEqual,
    };
    Some(leaf::comparison(context, (&field.text, field.span), operator, text, exact, span))
}

/// Event types and tags are defined on the platform, not in the data.
fn warn_of_knowledge(context: &mut Context<'_>, field: &Word, value: &SearchValue) {
    let (view, knowledge) = (context.shared.options.view, context.shared.environment.knowledge);
    let is_tag = field.text == "tag";
    let of_view = view.words(&field.text);
    let is_open = of_view.is_none() && view.field_names().contains(&field.text.as_str());
    if is_open || (is_tag && knowledge.is_some_and(|known| !known.tags.is_empty())) {
        return;
    }
    let of_apps = knowledge.filter(|_| !is_tag).map(|known| known.event_types.iter());
    let of_apps = of_apps.into_iter().flatten().map(|stanza| stanza.name.clone());
    let names: Vec<String> = of_view.into_iter().flatten().chain(of_apps).collect();
    let wanted = value.word.text.to_lowercase();
    if names.iter().any(|name| wildcard::matches(&wanted, &name.to_lowercase())) {
        return;
    }
    let found = if names.is_empty() {
        let message = format!("no `{}` is defined here: no event has one", field.text);
        Diagnostic::warning(codes::MISSING_FIELD, message, field.span)
            .with_help("write the conditions themselves, or declare the field in the view")
    } else {
        let message = format!("no `{}` is named `{}` here: no event has it", field.text, value.word.text);
        let near = quarry_diagnostic::did_you_mean(&wanted, names.iter().map(String::as_str));
        let help = near.map_or_else(
            || {
                "write the conditions themselves, or give the app that defines it with `--splunk-app`"
                    .to_owned()
            },
            |near| format!("did you mean `{near}`?"),
        );
        Diagnostic::warning(codes::MISSING_FIELD, message, value.word.span).with_help(help)
    };
    context.report(found);
}

/// What a subsearch gave as search text, which goes into the search as it is (Splunk Search Manual, "Change
/// the format of subsearch results"). A text that is no search is a phrase.
fn term_of(context: &mut Context<'_>, text: &str, span: Span, negated: bool) -> Option<Expression> {
    let (pipeline, found) = crate::syntax::parse_at(text, span);
    if let [Command { arguments: Arguments::Search(Some(search)), .. }] = pipeline.commands.as_slice()
        && !found.iter().any(Diagnostic::is_error)
    {
        return restrict(context, search, negated);
    }
    let word = Word { text: text.to_owned(), quote: Quote::Double, span };
    bare_term(context, &SearchValue { word, directive: None })
}

fn bare_term(context: &mut Context<'_>, value: &SearchValue) -> Option<Expression> {
    let (text, span) = (value.word.text.as_str(), value.word.span);
    if text.trim_matches('*').is_empty() {
        return None;
    }
    let found = term(context, text, span);
    if value.directive != Some(Directive::Case) {
        return Some(found);
    }
    let raw = context.field(RAW, span);
    let parts: Vec<String> = text.split('*').map(regex::escape).collect();
    let cased = build::matches(TextPattern::Regex(parts.join(".*")), false, raw, span);
    Some(build::all(vec![found, cased], span))
}

/// A word or phrase in the raw event.
fn term(context: &mut Context<'_>, text: &str, span: Span) -> Expression {
    let raw = context.field(RAW, span);
    if context.type_of(&raw) == Type::Null {
        return build::boolean(false, span);
    }
    build::matches(TextPattern::Term(text.to_owned()), true, raw, span)
}
