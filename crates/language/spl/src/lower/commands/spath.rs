//! `spath`: fields from JSON text. The paths of the raw event are fields already, unless `_raw` was changed.

use quarry_plan::{Expression, Type};

use super::super::arguments::{General, missing};
use super::super::build;
use super::super::context::{Context, Json, RAW};
use crate::registry::{AnyOf, CommandRow, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "spath",
    "spath <options> [<path>]",
    "Takes fields from JSON or XML text; elements of XML are counted from 1, their attributes are `{@name}`.",
    "",
    lower,
)
.with_options(&[INPUT, OUTPUT, PATH])
.taking_any(AnyOf::Words)];

const INPUT: OptionRow = OptionRow::text("input", "field", RAW, "The text.");
const OUTPUT: OptionRow =
    OptionRow::text("output", "field", "", "The new field; named by the path if not said.");
const PATH: OptionRow = OptionRow::text("path", "path", "", "The path; all of them if not said.");

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let input = arguments.options.word(&INPUT);
    let output = arguments.options.word(&OUTPUT);
    let mut path = arguments.options.word(&PATH);
    let words = arguments.words(context);
    arguments.finish(context);
    match words.as_slice() {
        [] => {}
        [word] if path.is_none() => path = Some(word),
        _ => return missing(context, command, "at most one path"),
    }
    let name = input.map_or(RAW, |word| word.text.as_str());
    let Some(path) = path else {
        if name != RAW || !context.is_open() || !context.has_own_text() {
            extract_all(context, name, command);
        }
        return;
    };
    let input = context.field(name, input.map_or(command.span, |word| word.span));
    if context.type_of(&input) == Type::Null {
        return;
    }
    let result = if path.text.contains("{}") { Type::TextList } else { Type::Text };
    let output = output.map_or(&path.text, |word| &word.text);
    let arguments = vec![input, Expression::text(&path.text, path.span)];
    let value = build::call("spath", arguments, result, command.span);
    context.assign(vec![(output.clone(), value)]);
}

/// Every path of the text is a field from here on.
fn extract_all(context: &mut Context<'_>, name: &str, command: &Command) {
    let input = context.field(name, command.span);
    if context.type_of(&input) != Type::Null {
        context.add_rule(Json { input });
    }
}
