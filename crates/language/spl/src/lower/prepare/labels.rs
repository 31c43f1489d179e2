//! Event types and tags (Splunk Admin Manual, eventtypes.conf and tags.conf).

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Expression, TextPattern, Type};

use super::super::context::{Context, convert};
use super::super::{build, codes, search, wildcard};
use crate::Knowledge;
use crate::knowledge::conf::{Stanza, is_true};
use crate::tree::{Arguments, SearchExpression};

/// The field of event types.
const EVENT_TYPE: &str = "eventtype";

/// An event type that waits for those its search names.
struct Waiting {
    name: String,
    search: Option<SearchExpression>,
    /// Names of event types, with wildcards, that the search names.
    needs: Vec<String>,
}

/// Whether a row is of an event type, and its name.
pub(in crate::lower) type Typed = (Expression, String);

/// Adds the names of the event types whose searches find the event, after those it has anyway. Gives them, and
/// what is left out.
pub(in crate::lower) fn event_types(
    context: &mut Context<'_>,
    knowledge: &Knowledge,
) -> (Vec<Typed>, Vec<Diagnostic>) {
    let mut all: Vec<Typed> = Vec::new();
    let mut told = Vec::new();
    let left_out = |name: &str, why: &str| {
        let message = format!("the event type `{name}` is left out: {why}");
        Diagnostic::warning(codes::NOT_UNDERSTOOD, message, Span::default())
    };
    let mut waiting = Vec::new();
    for stanza in knowledge.event_types.iter().filter(|stanza| stanza.flag("disabled") != Some(true)) {
        match waiting_of(knowledge, stanza) {
            Ok(found) => waiting.extend(found),
            Err(why) => told.push(left_out(&stanza.name, &why)),
        }
    }
    while !waiting.is_empty() {
        let names: Vec<String> = waiting.iter().map(|one: &Waiting| one.name.clone()).collect();
        let is_ready = |one: &Waiting| {
            !one.needs.iter().any(|need| names.iter().any(|name| wildcard::matches(need, name)))
        };
        let (ready, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_ready);
        if ready.is_empty() {
            told.extend(rest.iter().map(|one| left_out(&one.name, "its search comes back to itself")));
            break;
        }
        waiting = rest;
        let mut found = Vec::new();
        for one in ready {
            let holds = one.search.and_then(|search| search::lower(context, &search));
            let wrong = std::mem::take(&mut context.diagnostics).into_iter().find(Diagnostic::is_error);
            match wrong {
                Some(wrong) => told.push(left_out(&one.name, &wrong.message)),
                None => found.push((holds.unwrap_or_else(|| build::boolean(true, context.span)), one.name)),
            }
        }
        all.extend(found.iter().cloned());
        add_to_list(context, EVENT_TYPE, found);
    }
    (all, told)
}

fn waiting_of(knowledge: &Knowledge, stanza: &Stanza) -> Result<Option<Waiting>, String> {
    let Some(text) = stanza.get("search").filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let parsed = crate::parse(text, &knowledge.macros);
    if let Some(wrong) = parsed.diagnostics.iter().find(|found| found.is_error()) {
        return Err(wrong.message.clone());
    }
    let [command] = parsed.pipeline.commands.as_slice() else {
        return Err("its search has a pipe".to_owned());
    };
    let Arguments::Search(search) = &command.arguments else { return Err("it is no search".to_owned()) };
    let mut needs = Vec::new();
    if let Some(search) = search {
        if has_subsearch(search) {
            return Err("its search has a subsearch".to_owned());
        }
        named_types(search, &mut needs);
    }
    Ok(Some(Waiting { name: stanza.name.clone(), search: search.clone(), needs }))
}

fn has_subsearch(search: &SearchExpression) -> bool {
    match search {
        SearchExpression::And(items, _) | SearchExpression::Or(items, _) => items.iter().any(has_subsearch),
        SearchExpression::Not(inner, _) => has_subsearch(inner),
        SearchExpression::Subsearch(..) | SearchExpression::SubsearchComparison { .. } => true,
        _ => false,
    }
}

/// The event types that a search names.
fn named_types(search: &SearchExpression, found: &mut Vec<String>) {
    match search {
        SearchExpression::And(items, _) | SearchExpression::Or(items, _) => {
            items.iter().for_each(|item| named_types(item, found));
        }
        SearchExpression::Not(inner, _) => named_types(inner, found),
        SearchExpression::Comparison { field, value, .. } if field.text == EVENT_TYPE => {
            found.push(value.word.text.clone());
        }
        SearchExpression::In { field, values, .. } if field.text == EVENT_TYPE => {
            found.extend(values.iter().map(|value| value.word.text.clone()));
        }
        _ => {}
    }
}

/// A tag, and whether a row has the value of the field that gives it.
pub(in crate::lower) struct Tagged {
    pub(in crate::lower) field: String,
    pub(in crate::lower) value: String,
    pub(in crate::lower) tag: String,
    pub(in crate::lower) holds: Expression,
}

/// The tags, `[field=value]` with `tag = enabled`, of fields that are there.
pub(in crate::lower) fn tagged(context: &mut Context<'_>, knowledge: &Knowledge) -> Vec<Tagged> {
    let mut found = Vec::new();
    for Stanza { name, settings } in &knowledge.tags {
        let Some((field, value)) = name.split_once('=') else { continue };
        let (field, value) = (decoded(field.trim()), decoded(value.trim()));
        let span = context.span;
        let column = context.field(&field, span);
        let have = context.type_of(&column);
        if have == Type::Null {
            continue;
        }
        let column = if matches!(have, Type::Text | Type::TextList) {
            column
        } else {
            convert(column, have, Type::Text)
        };
        let holds = build::matches(TextPattern::Equals(value.clone()), true, column, span);
        for (tag, _) in settings.iter().filter(|(_, state)| is_true(state)) {
            let (field, value, tag) = (field.clone(), value.clone(), tag.clone());
            found.push(Tagged { field, value, tag, holds: holds.clone() });
        }
    }
    found
}

/// The tag is in `tag` and in `tag::field`.
pub(super) fn tags(context: &mut Context<'_>, knowledge: &Knowledge) {
    let mut names = Vec::new();
    let mut by_field: Vec<(String, Vec<(Expression, String)>)> = Vec::new();
    for Tagged { field, tag, holds, .. } in tagged(context, knowledge) {
        names.push((holds.clone(), tag.clone()));
        match by_field.iter_mut().find(|(known, _)| *known == field) {
            Some((_, tags)) => tags.push((holds, tag)),
            None => by_field.push((field, vec![(holds, tag)])),
        }
    }
    add_to_list(context, "tag", names);
    for (field, names) in by_field {
        add_to_list(context, &format!("tag::{field}"), names);
    }
}

/// `%3A` and the like, as names of stanzas write them.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *first == b'%') {
            Some(code) => {
                bytes.push(code);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Adds the names whose conditions hold to a list, each once.
fn add_to_list(context: &mut Context<'_>, field: &str, names: Vec<(Expression, String)>) {
    if names.is_empty() {
        return;
    }
    let span = context.span;
    let mut items = Vec::new();
    if let Some(column) = context.find(field).filter(|column| !column.empty) {
        items.push(convert(Expression::column(field, span), column.data_type, Type::TextList));
    }
    for (holds, name) in names {
        items.push(build::case(vec![(holds, Expression::text(name, span))], None, span));
    }
    let all = build::call("mvappend", items, Type::TextList, span);
    context.assign(vec![(field.to_owned(), build::call("mvdedup", vec![all], Type::TextList, span))]);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::decoded;

    #[test]
    fn stanza_names_are_decoded() {
        assert_eq!(decoded("aws%3Acloudtrail 5%"), "aws:cloudtrail 5%");
        assert_eq!(decoded("%C3%A4"), "ä");
    }
}
