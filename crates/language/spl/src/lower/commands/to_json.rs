//! `tojson` and `makejson`: fields as a JSON object. Its members stand in the order of their names, which the
//! manual leaves open; it names no way to choose another (Splunk search reference, tojson, makejson).

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Expression, Type};

use super::super::arguments::{General, missing};
use super::super::context::{Context, RAW, TIME};
use super::super::{build, codes, wildcard};
use crate::registry::{AnyOf, CommandRow, Grammar, OptionRow};
use crate::tree::{Command, Item};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new("makejson", "makejson [<fields>] <options>", "Puts fields into a JSON object, in the order of their names.", "a output=b", lower_make).with_options(&[OUTPUT]).taking_any(AnyOf::Words),
    CommandRow::new("tojson", "tojson [<fields> | <type>(<fields>)] <options>", "Makes a JSON object of fields, in the order of their names. The types are auto, bool, json, none, num and str; `none` and `auto` keep what JSON would not read as a number, such as `007`, as text.", "a", lower).with_options(&[DEFAULT_KIND, FILL, INTERNAL, OUTPUT_FIELD]).grammar(Grammar::Calls),
];

const DEFAULT_KIND: OptionRow =
    OptionRow::choice("default_type", KINDS, "none", "What values become where no type is written.");
const FILL: OptionRow =
    OptionRow::flag("fill_null", false, "Whether fields without a value are there, as null.");
const INTERNAL: OptionRow =
    OptionRow::flag("include_internal", false, "Whether fields that begin with `_` are there too.");
const OUTPUT_FIELD: OptionRow = OptionRow::text("output_field", "field", RAW, "The new field.");
const OUTPUT: OptionRow = OptionRow::text("output", "field", "", "The new field.").required();

/// The functions that say what a value becomes.
const KINDS: &[&str] = &["auto", "bool", "json", "none", "num", "str"];

/// A field or wildcard and what its values become.
struct Wanted {
    pattern: String,
    kind: &'static str,
    span: Span,
}

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let default = arguments.options.choice(&DEFAULT_KIND).unwrap_or(DEFAULT_KIND.default);
    let fill = arguments.options.flag(&FILL);
    let internal = arguments.options.flag(&INTERNAL);
    let output = arguments.options.text(&OUTPUT_FIELD).to_owned();
    let items = std::mem::take(&mut arguments.items);
    arguments.finish(context);
    let Some(mut wanted) = read(context, command, &items, default) else { return };
    if wanted.is_empty() {
        wanted.push(Wanted { pattern: "*".to_owned(), kind: default, span: command.span });
    }
    write(context, &wanted, fill, internal, output);
}

pub(super) fn lower_make(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let output = arguments.options.word(&OUTPUT);
    let words = arguments.words(context);
    arguments.finish(context);
    let Some(output) = output else { return missing(context, command, "`output=` and a field") };
    let wanted = |pattern: &str, span| Wanted { pattern: pattern.to_owned(), kind: "none", span };
    let wanted = if words.is_empty() {
        vec![wanted("*", command.span)]
    } else {
        words.into_iter().map(|word| wanted(&word.text, word.span)).collect()
    };
    write(context, &wanted, false, false, output.text.clone());
}

fn read(
    context: &mut Context<'_>,
    command: &Command,
    items: &[&Item],
    default: &'static str,
) -> Option<Vec<Wanted>> {
    let mut found = Vec::new();
    for item in items {
        match item {
            Item::Word(word) => {
                found.push(Wanted { pattern: word.text.clone(), kind: default, span: word.span });
            }
            Item::Call { name, arguments, .. } => {
                let Some(kind) = KINDS.iter().copied().find(|kind| name.is_keyword(kind)) else {
                    let message = format!("`{}` is no type that `tojson` knows", name.text);
                    let help = format!("the types are: {}", KINDS.join(", "));
                    context
                        .report(Diagnostic::error(codes::BAD_ARGUMENT, message, name.span).with_help(help));
                    return None;
                };
                found.extend(arguments.iter().map(|word| Wanted {
                    pattern: word.text.clone(),
                    kind,
                    span: word.span,
                }));
            }
            _ => {
                missing(context, command, "fields, or types of fields such as `num(count)`");
                return None;
            }
        }
    }
    Some(found)
}

/// The fields that are wanted, each as the first that names it says.
fn write(context: &mut Context<'_>, wanted: &[Wanted], fill: bool, internal: bool, output: String) {
    let span = context.span;
    let mut fields: Vec<(String, &'static str, Span)> = Vec::new();
    for Wanted { pattern, kind, span } in wanted {
        for name in matching(context, pattern, internal) {
            if !fields.iter().any(|(known, _, _)| *known == name) {
                fields.push((name, kind, *span));
            }
        }
    }
    fields.sort_by(|left, right| left.0.cmp(&right.0));
    let mut arguments = vec![build::boolean(fill, span)];
    for (name, kind, place) in fields {
        let value = context.field(&name, place);
        if context.type_of(&value) != Type::Null {
            arguments.extend([Expression::text(name, span), Expression::text(kind, span), value]);
        }
    }
    context.assign(vec![(output, build::call("to_json", arguments, Type::Text, span))]);
}

/// The fields a pattern names; those whose names begin with `_` only if asked for or named outright.
fn matching(context: &mut Context<'_>, pattern: &str, internal: bool) -> Vec<String> {
    if !wildcard::is_wildcard(pattern) {
        return vec![pattern.to_owned()];
    }
    let mut names = context.matching(pattern);
    names.retain(|name| !name.starts_with('_'));
    if internal {
        for name in [TIME, RAW] {
            context.find(name);
        }
        let known = context.columns().iter().filter_map(|column| column.name.user());
        let known = known.filter(|name| name.starts_with('_') && wildcard::matches(pattern, name));
        names.extend(known.map(str::to_owned));
    }
    names
}
