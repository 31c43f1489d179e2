//! `convert`: changes how fields are written, in place or under a new name.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};
use quarry_plan::{Expression, Type};

use super::super::arguments::{General, missing};
use super::super::context::Context;
use super::super::{build, codes, wildcard};
use crate::registry::{CommandRow, Grammar, Needs, OptionRow, usage};
use crate::tree::{Command, Item, Word};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "convert",
    "convert <options> <function>(<field>) [AS <new>] ...",
    "Converts fields, such as epoch times to text.",
    "ctime(_time)",
    lower,
)
.grammar(Grammar::Calls)
.needs(Needs::Arguments)
.with_options(&[TIME_FORMAT])];

const TIME_FORMAT: OptionRow = OptionRow::text(
    "timeformat",
    "format",
    "",
    "How `ctime` and `mktime` write a time, `%m/%d/%Y %H:%M:%S` if not said.",
);

/// The conversions, whether they take a time format and whether the result is always a number.
const CONVERSIONS: &[(&str, bool, bool)] = &[
    ("auto", false, false),
    ("ctime", true, false),
    ("dur2sec", false, false),
    ("memk", false, false),
    ("mktime", true, true),
    ("mstime", false, false),
    ("none", false, false),
    ("num", false, false),
    ("rmcomma", false, false),
    ("rmunit", false, false),
];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let format = arguments.options.word(&TIME_FORMAT);
    let items = std::mem::take(&mut arguments.items);
    arguments.finish(context);
    let spared = spared(&items);
    let mut rest = items.as_slice();
    if rest.is_empty() {
        return missing(context, command, "a conversion such as `ctime(field)`");
    }
    while let Some((item, next)) = rest.split_first() {
        rest = next;
        let Item::Call { name, arguments, span } = item else {
            let message = "expected a conversion such as `ctime(field)`";
            context.report(
                Diagnostic::error(codes::BAD_ARGUMENT, message, command.span).with_help(usage(&command.name)),
            );
            return;
        };
        let mut new_name = None;
        if let [Item::Word(keyword), Item::Word(word), after @ ..] = rest
            && keyword.is_keyword("as")
        {
            new_name = Some(word);
            rest = after;
        }
        for field in arguments {
            convert_fields(context, (name, field), new_name, format, &spared, *span);
        }
    }
}

/// The fields of `none(...)`, which wildcards of other conversions leave out.
fn spared<'i>(items: &[&'i Item]) -> Vec<&'i str> {
    let fields = items.iter().filter_map(|item| match item {
        Item::Call { name, arguments, .. } if name.is_keyword("none") => Some(arguments),
        _ => None,
    });
    fields.flatten().map(|field| field.text.as_str()).collect()
}

fn convert_fields(
    context: &mut Context<'_>,
    (function, field): (&Word, &Word),
    new_name: Option<&Word>,
    format: Option<&Word>,
    spared: &[&str],
    span: Span,
) {
    let name = function.text.to_lowercase();
    let Some((_, timed, number)) = CONVERSIONS.iter().find(|(known, ..)| *known == name) else {
        let message = format!("`convert` has no function `{}`", function.text);
        let known: Vec<&str> = CONVERSIONS.iter().map(|(known, ..)| *known).collect();
        let help = match did_you_mean(&name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the conversions are: {}", known.join(", ")),
        };
        let found = Diagnostic::error(codes::UNKNOWN_FUNCTION, message, function.span);
        return context.report(found.with_help(help));
    };
    let fields = if wildcard::is_wildcard(&field.text) {
        let mut found = context.matching(&field.text);
        found.retain(|name| !spared.iter().any(|field| wildcard::matches(field, name)));
        found
    } else {
        vec![field.text.clone()]
    };
    let mut converted = Vec::new();
    for from in fields {
        let value = context.field(&from, field.span);
        let have = context.type_of(&value);
        if have == Type::Null {
            continue;
        }
        let mut arguments = vec![value];
        if let Some(format) = format.filter(|_| *timed) {
            arguments.push(Expression::text(&format.text, format.span));
        }
        let result = match have {
            _ if *number => Type::Double,
            Type::TextList => Type::TextList,
            _ => Type::Text,
        };
        let to = match new_name {
            Some(alias) => {
                let texts = wildcard::captures(&field.text, &from).unwrap_or_default();
                wildcard::fill(&alias.text, &texts)
            }
            None => from,
        };
        converted.push((to, build::call(&format!("convert_{name}"), arguments, result, span)));
    }
    if !converted.is_empty() {
        context.assign(converted);
    }
}
