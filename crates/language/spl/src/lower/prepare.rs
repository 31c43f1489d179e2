//! What the user's apps add to every event: extractions, aliases, calculated fields, automatic lookups,
//! event types and tags, in that order (Splunk Knowledge Manager Manual, search-time operations).

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Expression, TextPattern, Type};

use super::commands::{lookup, rex};
use super::context::{Context, LateRule, RAW, SOURCE_TYPE, convert, wider};
use super::{build, codes, expression, pattern as regular, search, transforms};
use crate::knowledge::conf::{Stanza, is_true};
use crate::tree::{Arguments, Item, Quote, Word};
use crate::{Knowledge, Macros};

/// The order of classes of settings; names begin with these.
const CLASSES: &[(&str, Apply)] = &[
    ("EXTRACT-", extract),
    ("REPORT-", transforms::report),
    ("FIELDALIAS-", alias),
    ("EVAL-", calculate),
    ("LOOKUP-", look_up),
];

type Apply = fn(&mut Context<'_>, &Knowledge, &Expression, &str, &str);

/// Adds the fields to the start of a pipeline that reads events. Those that nobody asks for are dropped
/// when the plan is lowered.
pub(super) fn prepare(context: &mut Context<'_>) {
    let Some(knowledge) = context.environment.knowledge else { return };
    let nothing = knowledge.props.is_empty() && knowledge.event_types.is_empty() && knowledge.tags.is_empty();
    if nothing || !context.is_open() {
        return;
    }
    let known = std::mem::take(&mut context.diagnostics);
    for (class, apply) in CLASSES {
        for stanza in &knowledge.props {
            let Some(condition) = condition(context, &stanza.name) else { continue };
            for (key, value) in &stanza.settings {
                if let Some(name) = key.strip_prefix(class) {
                    apply(context, knowledge, &condition, name, value);
                }
            }
        }
    }
    event_types(context, knowledge);
    tags(context, knowledge);
    let ignored = ignored_settings(context, knowledge);
    let found = std::mem::replace(&mut context.diagnostics, known);
    for diagnostic in found.into_iter().filter(Diagnostic::is_error) {
        context.report(Diagnostic::warning(
            diagnostic.code,
            format!("a field of an app is left out: {}", diagnostic.message),
            Span::default(),
        ));
    }
    if let Some(ignored) = ignored {
        context.report(ignored);
    }
    context.add_rule(LateRule::Prepared);
    context.forget_all();
}

/// Settings that say how an indexer reads times out of text; logs here are read as their log type says.
const TIME_SETTINGS: &[&str] = &[
    "DATETIME_CONFIG",
    "MAX_TIMESTAMP_LOOKAHEAD",
    "TIME_FORMAT",
    "TIME_PREFIX",
    "TIMESTAMP_FIELDS",
    "TZ",
    "TZ_ALIAS",
];

/// A note of settings about time that a source type of the view has and that change nothing.
fn ignored_settings(context: &Context<'_>, knowledge: &Knowledge) -> Option<Diagnostic> {
    let sources = &context.options.view.sources;
    let concerned = knowledge
        .props
        .iter()
        .filter(|stanza| sources.iter().any(|source| source.source_type.eq_ignore_ascii_case(&stanza.name)));
    let mut found: Vec<String> = Vec::new();
    for stanza in concerned {
        for (key, _) in stanza.settings.iter().filter(|(key, _)| TIME_SETTINGS.contains(&key.as_str())) {
            found.push(format!("`{key}` of `[{}]`", stanza.name));
        }
    }
    found.dedup();
    let verb = if found.len() == 1 { "changes" } else { "change" };
    let message =
        format!("{} {verb} nothing: the time of an event is that of its log type", found.join(", "));
    let note = Diagnostic::note(codes::OPTION_IGNORED, message, Span::default());
    (!found.is_empty()).then(|| note.with_help("`quarry.toml` says where a log type has its time"))
}

/// Which events a stanza is about; none if it is about none that can be told.
fn condition(context: &mut Context<'_>, stanza: &str) -> Option<Expression> {
    let span = context.span;
    let (field, pattern) = match stanza.split_once("::") {
        Some((field @ ("source" | "host"), pattern)) => (field, pattern),
        Some(_) => return None,
        None if stanza == "default" => return Some(build::boolean(true, span)),
        None => (SOURCE_TYPE, stanza),
    };
    let value = context.field(field, span);
    if context.type_of(&value) != Type::Text {
        return None;
    }
    let pattern = if pattern.contains(['*', '.']) && field != SOURCE_TYPE {
        TextPattern::Wildcard(pattern.replace("...", "*"))
    } else {
        TextPattern::Equals(pattern.to_owned())
    };
    Some(build::matches(pattern, false, value, span))
}

/// Sets a field where a condition holds and there is a value; elsewhere it stays.
pub(super) fn set(
    context: &mut Context<'_>,
    condition: &Expression,
    name: &str,
    value: Expression,
    have: Type,
) {
    if have == Type::Null {
        return;
    }
    let span = context.span;
    let old = context.find(name).filter(|column| !column.empty);
    let common = old.as_ref().map_or(have, |old| wider(have, old.data_type));
    let new = build::case(vec![(condition.clone(), convert(value, have, common))], None, span);
    let value = match old {
        Some(old) => {
            let old = convert(Expression::column(name, span), old.data_type, common);
            build::coalesce(vec![new, old], span)
        }
        None => new,
    };
    context.assign(vec![(name.to_owned(), value)]);
}

pub(super) fn groups(
    context: &mut Context<'_>,
    condition: &Expression,
    field: &str,
    pattern: &str,
    names: &[(String, String)],
    all: bool,
) {
    let span = context.span;
    let input = context.field(field, span);
    if context.type_of(&input) == Type::Null || !regular::is_fine(context, pattern, span) {
        return;
    }
    let have = if all { Type::TextList } else { Type::Text };
    for (group, name) in names {
        let mut arguments =
            vec![input.clone(), Expression::text(pattern, span), Expression::text(group, span)];
        if all {
            arguments.push(build::number(0.0, span));
        }
        let value = build::call("rex", arguments, have, span);
        set(context, condition, name, value, have);
    }
}

/// `regex [in field]`.
fn extract(context: &mut Context<'_>, _: &Knowledge, condition: &Expression, _: &str, value: &str) {
    let (pattern, field) = match value.rsplit_once(" in ") {
        Some((pattern, field)) if !field.trim().contains(' ') => (pattern.trim(), field.trim()),
        _ => (value, RAW),
    };
    let names: Vec<(String, String)> =
        rex::group_names(pattern).into_iter().map(|name| (name.clone(), name)).collect();
    groups(context, condition, field, pattern, &names, false);
}

/// `a AS b c ASNEW d`.
fn alias(context: &mut Context<'_>, _: &Knowledge, condition: &Expression, _: &str, value: &str) {
    let words: Vec<&str> = value.split([' ', ',', '\t']).filter(|word| !word.is_empty()).collect();
    for triple in words.chunks(3) {
        let [from, keyword, to] = triple else { return };
        let (from, to) = (from.trim_matches('"'), to.trim_matches('"'));
        let Some(column) = context.find(from).filter(|column| !column.empty) else { continue };
        let is_new = context.find(to).is_none_or(|column| column.empty);
        if keyword.eq_ignore_ascii_case("asnew") && !is_new {
            continue;
        }
        let value = Expression::column(from, context.span);
        set(context, condition, to, value, column.data_type);
    }
}

/// `EVAL-name = expression`.
fn calculate(context: &mut Context<'_>, _: &Knowledge, condition: &Expression, name: &str, value: &str) {
    let parsed = crate::parse(&format!("| eval x={value}"), &Macros::default());
    let Some(Arguments::Eval(assignments)) =
        parsed.pipeline.commands.first().map(|command| &command.arguments)
    else {
        return;
    };
    if let Some(assignment) = assignments.first().filter(|_| parsed.is_understood()) {
        let (value, have) = expression::value(context, &assignment.value);
        set(context, condition, name, value, have);
    }
}

/// `table key AS field OUTPUT column AS field`.
fn look_up(context: &mut Context<'_>, knowledge: &Knowledge, _: &Expression, _: &str, value: &str) {
    let parsed = crate::parse(&format!("| lookup {value}"), &Macros::default());
    let Some(Arguments::General(items)) = parsed.pipeline.commands.first().map(|command| &command.arguments)
    else {
        return;
    };
    let words: Vec<&Word> = items
        .iter()
        .filter_map(|item| match item {
            Item::Word(word) => Some(word),
            _ => None,
        })
        .collect();
    let Some((name, words)) = words.split_first() else { return };
    let Some(definition) = knowledge.lookups.find(&name.text) else { return };
    let Ok(table) = knowledge.lookups.table(&definition) else { return };
    let at = words.iter().position(|word| word.is_keyword("output") || word.is_keyword("outputnew"));
    let (keys, outputs) = words.split_at(at.unwrap_or(words.len()));
    let keys = lookup::pairs(keys);
    let outputs = lookup::pairs(outputs.get(1..).unwrap_or_default());
    // An automatic lookup of one source type must leave the fields of others alone.
    lookup::apply(context, &definition, &table, &keys, &outputs, true);
}

/// The names of the event types whose searches find the event, after those it has anyway.
fn event_types(context: &mut Context<'_>, knowledge: &Knowledge) {
    let mut names = Vec::new();
    for stanza in &knowledge.event_types {
        if stanza.flag("disabled") == Some(true) {
            continue;
        }
        let Some(text) = stanza.get("search") else { continue };
        let parsed = crate::parse(text, &knowledge.macros);
        let Some(Arguments::Search(Some(found))) =
            parsed.pipeline.commands.first().map(|command| &command.arguments)
        else {
            continue;
        };
        let holds = search::lower(context, found).unwrap_or_else(|| build::boolean(true, context.span));
        names.push((holds, stanza.name.clone()));
    }
    add_to_list(context, "eventtype", names);
}

/// `[field=value]` with `tag = enabled`.
fn tags(context: &mut Context<'_>, knowledge: &Knowledge) {
    let mut names = Vec::new();
    for Stanza { name, settings } in &knowledge.tags {
        let Some((field, value)) = name.split_once('=') else { continue };
        let word = |text: &str| Word { text: decoded(text), quote: Quote::None, span: context.span };
        let (field, value) = (word(field), word(value));
        let span = context.span;
        let column = context.field(&field.text, span);
        if context.type_of(&column) == Type::Null {
            continue;
        }
        let have = context.type_of(&column);
        let column = if matches!(have, Type::Text | Type::TextList) {
            column
        } else {
            convert(column, have, Type::Text)
        };
        let holds = build::matches(TextPattern::Equals(value.text.clone()), true, column, span);
        for (tag, state) in settings {
            if is_true(state) {
                names.push((holds.clone(), tag.clone()));
            }
        }
    }
    add_to_list(context, "tag", names);
}

/// `%3A` and the like, as names of stanzas write them.
fn decoded(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                out.push(char::from(code));
                rest = &rest[at + 3..];
            }
            None => {
                out.push('%');
                rest = &rest[at + 1..];
            }
        }
    }
    out.push_str(rest);
    out
}

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
    context.assign(vec![(field.to_owned(), build::call("mvappend", items, Type::TextList, span))]);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::decoded;

    #[test]
    fn stanza_names_are_decoded() {
        assert_eq!(decoded("aws%3Acloudtrail 5%"), "aws:cloudtrail 5%");
    }
}
