//! `REPORT-` of props.conf: fields by the stanzas of transforms.conf (Splunk Admin Manual, transforms.conf):
//! REGEX with FORMAT, or DELIMS with FIELDS.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{Expression, TextPattern, Type};

use super::super::context::{Context, Named, Pairs, RAW, convert};
use super::super::{build, codes, pattern as regular};
use super::Preparation;
use super::extract::{self, Groups};
use crate::knowledge::conf::Stanza;

/// Settings of transforms for indexers, which no search uses.
const INDEXING: &[&str] = &["DEST_KEY", "WRITE_META", "INGEST_EVAL", "CLONE_SOURCETYPE"];

/// Names of stanzas of transforms.conf.
pub(super) fn report(
    context: &mut Context<'_>,
    preparation: &mut Preparation<'_>,
    condition: &Expression,
    _: &str,
    value: &str,
) {
    for name in value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let Some(transform) = preparation.knowledge.transforms.iter().find(|stanza| stanza.name == name)
        else {
            refuse(context, name, "it is in no transforms.conf");
            continue;
        };
        if let Some(key) = INDEXING.iter().find(|key| transform.get(key).is_some()) {
            refuse(context, name, &format!("it is for indexers (`{key}`)"));
            continue;
        }
        if source(transform).contains(':') {
            refuse(context, name, &format!("its SOURCE_KEY `{}` is one of indexers", source(transform)));
            continue;
        }
        let set = |key: &str| transform.get(key).filter(|text| !text.is_empty());
        match (set("DELIMS"), set("REGEX")) {
            (Some(delimiters), _) => cut(context, preparation, condition, transform, delimiters),
            (None, Some(pattern)) => matched(context, preparation, condition, transform, pattern),
            (None, None) => refuse(context, name, "it has neither REGEX nor DELIMS"),
        }
    }
}

fn refuse(context: &mut Context<'_>, transform: &str, why: &str) {
    let message = format!("the transform `{transform}` is not used: {why}");
    context.report(
        Diagnostic::error(codes::BAD_ARGUMENT, message, context.span)
            .with_help("in transforms.conf write `REGEX = (?<name>...)`, or `DELIMS` and `FIELDS`"),
    );
}

/// The field that a transform reads. `field:` before it names one that was indexed.
fn source(transform: &Stanza) -> &str {
    let key = transform.get("SOURCE_KEY").filter(|key| !key.is_empty()).unwrap_or(RAW);
    key.strip_prefix("field:").unwrap_or(key)
}

/// Whether every match counts.
fn adds(transform: &Stanza) -> bool {
    transform.flag("MV_ADD") == Some(true)
}

/// A field's name as the platform makes it: `_` for what is no letter or digit, none of those and no digits in
/// front, unless the transform says otherwise (transforms.conf.spec, CLEAN_KEYS).
fn clean(transform: &Stanza, name: &str) -> String {
    if transform.flag("CLEAN_KEYS") == Some(false) {
        return name.to_owned();
    }
    let letters = name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' });
    let cleaned: String = letters.collect();
    cleaned.trim_start_matches(|letter: char| letter == '_' || letter.is_ascii_digit()).to_owned()
}

/// Fields from the groups of a pattern: those with names, and what FORMAT makes of the others.
fn matched(
    context: &mut Context<'_>,
    preparation: &mut Preparation<'_>,
    condition: &Expression,
    transform: &Stanza,
    pattern: &str,
) {
    if !regular::is_fine(context, pattern, context.span) {
        return;
    }
    let numbered = numbered_groups(pattern);
    let all_groups = regular::group_names(&numbered);
    let own = regular::group_names(pattern);
    let mut names: Vec<(String, String)> = Vec::new();
    for group in &own {
        match group.strip_prefix("_KEY_").map(|rest| format!("_VAL_{rest}")) {
            Some(value) if own.contains(&value) => {
                named_by_event(context, condition, transform, (&numbered, group, &value));
            }
            _ if group.starts_with("_VAL_") => {}
            _ => names.push((group.clone(), clean(transform, group))),
        }
    }
    for part in list(transform.get("FORMAT").unwrap_or_default(), false) {
        let group = |text: &str| {
            let digits = text.strip_prefix('$')?;
            digits.parse::<u32>().is_ok().then(|| group_name(pattern, digits))
        };
        let problem = match part.split_once("::") {
            None => Some("is not `name::$1`".to_owned()),
            Some((name, value)) => match (group(name), group(value)) {
                (Some(key), Some(value)) if [&key, &value].iter().all(|group| all_groups.contains(group)) => {
                    named_by_event(context, condition, transform, (&numbered, &key, &value));
                    None
                }
                (None, Some(value)) if !name.contains('$') && all_groups.contains(&value) => {
                    names.push((value, clean(transform, name)));
                    None
                }
                (None, None) if !part.contains('$') => {
                    constant(context, preparation, condition, transform, (pattern, name, value));
                    None
                }
                (_, Some(_)) if !name.contains('$') => {
                    Some("names a group that REGEX does not have".to_owned())
                }
                _ => Some("joins values, which only indexers do".to_owned()),
            },
        };
        if let Some(problem) = problem {
            refuse(context, &transform.name, &format!("`{part}` of its FORMAT {problem}"));
        }
    }
    let groups = Groups { field: source(transform), pattern: &numbered, names: &names, all: adds(transform) };
    extract::keep(context, preparation, condition, &groups);
}

/// `name::value`: the value itself wherever the pattern matches.
fn constant(
    context: &mut Context<'_>,
    preparation: &mut Preparation<'_>,
    condition: &Expression,
    transform: &Stanza,
    (pattern, name, value): (&str, &str, &str),
) {
    let span = context.span;
    let Some(input) = where_it_holds(context, condition, transform) else { return };
    let holds = build::matches(TextPattern::Regex(pattern.to_owned()), false, input, span);
    let value = build::case(vec![(holds, Expression::text(value, span))], None, span);
    preparation.extractions.add(context, &clean(transform, name), value, adds(transform));
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
        context.add_rule(Named { input, pattern, key, value, all: adds(transform) });
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
    Some(Expression::column(name, span))
}

/// Fields between delimiters: by place where FIELDS names them, else pairs of names and values.
fn cut(
    context: &mut Context<'_>,
    preparation: &mut Preparation<'_>,
    condition: &Expression,
    transform: &Stanza,
    delimiters: &str,
) {
    let sets = quoted(delimiters);
    let fields = list(transform.get("FIELDS").unwrap_or_default(), true);
    match (sets.as_slice(), fields.is_empty()) {
        ([between], false) => by_place(context, preparation, condition, transform, (between, &fields)),
        ([pairs, values], true) => {
            if let Some(input) = where_it_holds(context, condition, transform) {
                context.add_rule(Pairs { input, pairs: pairs.clone(), values: values.clone() });
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
    preparation: &mut Preparation<'_>,
    condition: &Expression,
    transform: &Stanza,
    (between, fields): (&str, &[String]),
) {
    let class: String = between.chars().map(|letter| format!("\\x{{{:x}}}", u32::from(letter))).collect();
    let item = format!("(?:\"[^\"]*\"|[^{class}]*)");
    for (place, field) in fields.iter().enumerate() {
        let skipped = format!("^(?:{item}[{class}]){{{place}}}");
        for kept in ["\"(?<value>[^\"]+)\"", &format!("(?<value>[^{class}\"][^{class}]*)")] {
            let names = [("value".to_owned(), clean(transform, field))];
            let pattern = format!("{skipped}{kept}");
            let groups = Groups { field: source(transform), pattern: &pattern, names: &names, all: false };
            extract::keep(context, preparation, condition, &groups);
        }
    }
}

/// The parts between spaces, and between commas if those part too; quotes hold both and are taken off.
fn list(text: &str, commas: bool) -> Vec<String> {
    let (mut found, mut part, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if is_quoted => part.extend(letters.next()),
            '"' => is_quoted = !is_quoted,
            _ if !is_quoted && (letter.is_whitespace() || commas && letter == ',') => {
                found.push(std::mem::take(&mut part));
            }
            _ => part.push(letter),
        }
    }
    found.push(part);
    found.retain(|part| !part.is_empty());
    found
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
    let own = regular::group_names(&numbered);
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
    use super::{group_name, list, numbered_groups, quoted};

    #[test]
    fn lists_have_quoted_parts() {
        assert_eq!(list(r#"a, "b c",d"#, true), ["a", "b c", "d"]);
        assert_eq!(list(r#"a::$1 "b"::"$2""#, false), ["a::$1", "b::$2"]);
    }

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
