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
    let fits = |name: &str| wildcard::matches(&value.word.text.to_lowercase(), &name.to_lowercase());
    let knowledge = context.shared.environment.knowledge;
    let of_apps = knowledge.is_some_and(|knowledge| match field.text.as_str() {
        "tag" => !knowledge.tags.is_empty(),
        _ => knowledge.event_types.iter().any(|stanza| fits(&stanza.name)),
    });
    if field.text == "eventtype" && !of_apps && knowledge.is_some_and(|known| !known.event_types.is_empty()) {
        let message = format!("no event type is named `{}`: no event has it", value.word.text);
        let names = knowledge
            .into_iter()
            .flat_map(|known| known.event_types.iter().map(|stanza| stanza.name.as_str()));
        let mut found = Diagnostic::warning(codes::MISSING_FIELD, message, value.word.span);
        if let Some(near) = quarry_diagnostic::did_you_mean(&value.word.text, names) {
            found = found.with_help(format!("did you mean `{near}`?"));
        }
        return context.report(found);
    }
    if of_apps {
        return;
    }
    let view = context.shared.options.view;
    if let Some(words) = view.words(&field.text) {
        if !words.iter().any(|word| fits(word)) {
            let message = format!("no `{}` is named `{}` here: no event has it", field.text, value.word.text);
            let mut found = Diagnostic::warning(codes::MISSING_FIELD, message, value.word.span).with_help(
                "write the conditions themselves, or give the app that defines it with `--splunk-app`",
            );
            if let Some(near) =
                quarry_diagnostic::did_you_mean(&value.word.text, words.iter().map(String::as_str))
            {
                found = found.with_help(format!("did you mean `{near}`?"));
            }
            context.report(found);
        }
        return;
    }
    if view.field_names().contains(&field.text.as_str()) {
        return;
    }
    let message = format!("no `{}` is defined here: no event has one", field.text);
    let found = Diagnostic::warning(codes::MISSING_FIELD, message, field.span)
        .with_help("write the conditions themselves, or declare the field in the view");
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
