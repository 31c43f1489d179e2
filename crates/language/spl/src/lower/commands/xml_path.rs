//! `xpath`: what a path leads to in XML text (Splunk search reference, xpath). Several values make a list; of an
//! element that holds others the manual says nothing: here it is the element as written.

use std::sync::LazyLock;

use quarry_diagnostic::Diagnostic;
use quarry_plan::{Expression, Type};
use regex::Regex;

use super::super::arguments::{General, missing};
use super::super::context::{Context, RAW};
use super::super::{build, codes};
use crate::registry::{CommandRow, Needs, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new("xpath", "xpath <options> <path>", "Takes attributes and texts of XML text by a path; an element that holds others is given as written. Text that begins with a declaration gives nothing.", "outfield=b \"/a/b\"", lower).needs(Needs::Arguments).with_options(&[OUTPUT, FIELD, DEFAULT]),
];

const OUTPUT: OptionRow = OptionRow::text("outfield", "field", "xpath", "The new field.");
const FIELD: OptionRow = OptionRow::text("field", "field", RAW, "The text.");
const DEFAULT: OptionRow = OptionRow::text("default", "text", "", "The value where the path gives none.");

/// The paths that the manual points to: those of Python's ElementTree, and attributes and texts at the end.
static PATHS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r"[\p{Alphabetic}_][\w.\-]*(?::[\w.\-]+)?";
    let text = r#"(?:"[^"]*"|'[^']*')"#;
    let condition = format!(r"\[\s*(?:@?{name}(?:\s*=\s*{text})?|[1-9]\d*|last\(\)(?:\s*-\s*\d+)?)\s*\]");
    let step = format!(r"(?:\.\.|\.|\*|{name})(?:{condition})*");
    let end = format!(r"(?:@{name}|text\(\))");
    Regex::new(&format!(r"^\s*(?://?)?(?:{step}(?://?{step})*(?://?{end})?|{end})\s*$")).ok()
});

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let field = arguments.options.word(&FIELD);
    let output = arguments.options.text(&OUTPUT).to_owned();
    let default = arguments.options.word(&DEFAULT).map(|word| word.text.clone());
    let words = arguments.words(context);
    arguments.finish(context);
    let [path] = words.as_slice() else { return missing(context, command, "one path in quotes") };
    if PATHS.as_ref().is_some_and(|paths| !paths.is_match(&path.text)) {
        let message = format!("`{}` is no path that `xpath` knows", path.text);
        let help = "paths have steps such as `a`, `*`, `..`, `//a`, `a[@b='c']`, `a[b='c']`, `a[1]`, and may end in `@a` or `text()`";
        return context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, path.span).with_help(help));
    }
    let span = command.span;
    let input =
        context.field(field.map_or(RAW, |word| word.text.as_str()), field.map_or(span, |word| word.span));
    let mut value = if context.type_of(&input) == Type::Null {
        build::null(span).cast(Type::TextList)
    } else {
        let path = Expression::text(path.text.trim(), path.span);
        build::call("xpath", vec![input, path], Type::TextList, span)
    };
    if let Some(default) = default {
        let default = Expression::text(default, span).cast(Type::TextList);
        value = build::coalesce(vec![value, default], span);
    }
    context.assign(vec![(output, value)]);
}
