//! `REPORT-` of props.conf: fields by the stanzas of transforms.conf (Splunk Admin Manual, transforms.conf):
//! REGEX with FORMAT, or DELIMS with FIELDS.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{Expression, Type};

use super::commands::rex;
use super::context::{Context, LateRule, RAW, convert};
use super::{build, codes, pattern as regular, prepare};
use crate::Knowledge;
use crate::knowledge::conf::Stanza;

/// Names of stanzas of transforms.conf.
pub(super) fn report(
    context: &mut Context<'_>,
    knowledge: &Knowledge,
    condition: &Expression,
    _: &str,
    value: &str,
) {
    for name in value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let Some(transform) = knowledge.transforms.iter().find(|stanza| stanza.name == name) else {
            refuse(context, name, "it is in no transforms.conf");
            continue;
        };
        match (transform.get("DELIMS"), transform.get("REGEX")) {
            (Some(delimiters), _) => cut(context, condition, transform, delimiters),
            (None, Some(pattern)) => matched(context, condition, transform, pattern),
            (None, None) => refuse(context, name, "it has neither REGEX nor DELIMS"),
        }
    }
}

fn refuse(context: &mut Context<'_>, transform: &str, why: &str) {
    let message = format!("the transform `{transform}` is not used: {why}");
    context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, context.span));
}

fn source(transform: &Stanza) -> &str {
    transform.get("SOURCE_KEY").unwrap_or(RAW)
}

/// Fields from the groups of a pattern: those with names, and what FORMAT makes of the others.
fn matched(context: &mut Context<'_>, condition: &Expression, transform: &Stanza, pattern: &str) {
    if !regular::is_fine(context, pattern, context.span) {
        return;
    }
    let mut names: Vec<(String, String)> =
        rex::group_names(pattern).into_iter().map(|name| (name.clone(), name)).collect();
    let numbered = numbered_groups(pattern);
    for part in transform.get("FORMAT").unwrap_or_default().split_whitespace() {
        let group = |text: &str| {
            let digits = text.trim_matches('"').strip_prefix('$')?;
            digits.parse::<u32>().is_ok().then(|| group_name(pattern, digits))
        };
        match part.split_once("::") {
            Some((name, value)) => match (group(name), group(value)) {
                (Some(key), Some(value)) => {
                    named_by_event(context, condition, transform, (&numbered, &key, &value));
                }
                (None, Some(value)) if !name.contains('$') => {
                    names.push((value, name.trim_matches('"').to_owned()));
                }
                _ => refuse(context, &transform.name, &format!("`{part}` of its FORMAT is not supported")),
            },
            None => refuse(context, &transform.name, &format!("`{part}` of its FORMAT is not `name::$1`")),
        }
    }
    let all = transform.flag("MV_ADD") == Some(true);
    prepare::groups(context, condition, source(transform), &numbered, &names, all);
}

/// `$1::$2`: one group is the name of the field, the other its value.
fn named_by_event(
    context: &mut Context<'_>,
    condition: &Expression,
    transform: &Stanza,
    (pattern, key, value): (&str, &str, &str),
) {
    if let Some(input) = where_it_holds(context, condition, transform) {
        let (pattern, key, value) = (pattern.to_owned(), key.to_owned(), value.to_owned());
        let all = transform.flag("MV_ADD") == Some(true);
        context.add_rule(LateRule::Named { input, pattern, key, value, all });
    }
}

/// The text that a transform reads, where its stanza is about the event.
fn where_it_holds(
    context: &mut Context<'_>,
    condition: &Expression,
    transform: &Stanza,
) -> Option<Expression> {
    let span = context.span;
    let input = context.field(source(transform), span);
    let have = context.type_of(&input);
    if have == Type::Null {
        return None;
    }
    let name = context.fresh_name("reported");
    let text = build::case(vec![(condition.clone(), convert(input, have, Type::Text))], None, span);
    context.assign(vec![(name.clone(), text)]);
    context.hide(std::slice::from_ref(&name));
    Some(Expression::column(name, span))
}

/// Fields between delimiters: by place where FIELDS names them, else pairs of names and values.
fn cut(context: &mut Context<'_>, condition: &Expression, transform: &Stanza, delimiters: &str) {
    let sets = quoted(delimiters);
    let fields: Vec<String> = match transform.get("FIELDS") {
        Some(fields) if fields.contains('"') => quoted(fields),
        Some(fields) => fields.split(',').map(|name| name.trim().to_owned()).collect(),
        None => Vec::new(),
    };
    match (sets.as_slice(), fields.is_empty()) {
        ([between], false) => by_place(context, condition, transform, between, &fields),
        ([pairs, values], true) => {
            if let Some(input) = where_it_holds(context, condition, transform) {
                context.add_rule(LateRule::Pairs { input, pairs: pairs.clone(), values: values.clone() });
            }
        }
        _ => refuse(
            context,
            &transform.name,
            "its DELIMS need FIELDS, or one set for pairs and one for values",
        ),
    }
}

fn by_place(
    context: &mut Context<'_>,
    condition: &Expression,
    transform: &Stanza,
    between: &str,
    fields: &[String],
) {
    let class: String = between.chars().map(|letter| format!("\\x{{{:x}}}", u32::from(letter))).collect();
    let item = format!("(?:\"[^\"]*\"|[^{class}]*)");
    for (place, field) in fields.iter().enumerate() {
        let skipped = format!("^(?:{item}[{class}]){{{place}}}");
        for kept in ["\"(?<value>[^\"]+)\"", &format!("(?<value>[^{class}\"][^{class}]*)")] {
            let names = [("value".to_owned(), field.clone())];
            prepare::groups(
                context,
                condition,
                source(transform),
                &format!("{skipped}{kept}"),
                &names,
                false,
            );
        }
    }
}

/// The texts in double quotes.
fn quoted(text: &str) -> Vec<String> {
    let (mut found, mut inside): (Vec<String>, Option<String>) = (Vec::new(), None);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, &mut inside) {
            ('"', None) => inside = Some(String::new()),
            ('"', Some(_)) => found.extend(inside.take()),
            ('\\', Some(part)) => part.push(match letters.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some(other) => other,
                None => '\\',
            }),
            (_, Some(part)) => part.push(letter),
            (_, None) => {}
        }
    }
    found
}

/// The name of a group by its number: its own, or the one that numbering gave it.
fn group_name(pattern: &str, digits: &str) -> String {
    let numbered = numbered_groups(pattern);
    let own = rex::group_names(&numbered);
    let at = digits.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    at.and_then(|at| own.get(at).cloned()).unwrap_or_else(|| format!("g{digits}"))
}

/// The pattern with a name, `g1` and so on, for every group that has none.
fn numbered_groups(pattern: &str) -> String {
    let (mut out, mut number, mut escaped, mut class) = (String::new(), 0, false, false);
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        out.push(letter);
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => class = true,
            ']' => class = false,
            '(' if !class => {
                let rest: String = letters.clone().take(3).collect();
                if !rest.starts_with('?') {
                    number += 1;
                    out.push_str(&format!("?<g{number}>"));
                } else if rest.starts_with("?<") && !rest.starts_with("?<=") && !rest.starts_with("?<!")
                    || rest.starts_with("?P<")
                {
                    number += 1;
                }
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{group_name, numbered_groups, quoted};

    #[test]
    fn groups_get_numbers_as_names() {
        let pattern = r"(a)(?:b)\((?<x>c)([(])(d)";
        assert_eq!(numbered_groups(pattern), r"(?<g1>a)(?:b)\((?<x>c)(?<g3>[(])(?<g4>d)");
        assert_eq!(["1", "2", "3"].map(|number| group_name(pattern, number)), ["g1", "x", "g3"]);
    }

    #[test]
    fn texts_in_quotes() {
        assert_eq!(quoted(r#""|", "=\t\"""#), ["|", "=\t\""]);
    }
}
