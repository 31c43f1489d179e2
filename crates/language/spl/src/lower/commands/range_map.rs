//! `rangemap`: a word for the range that a number lies in.

use quarry_plan::{Comparison, Expression, Type};

use super::super::arguments::{General, bad_value, missing};
use super::super::build;
use super::super::context::Context;
use crate::registry::{AnyOf, CommandRow, Needs, OptionRow};
use crate::tree::{Command, OptionValue};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "rangemap",
    "rangemap <options> <name>=<from>-<to> ...",
    "Names the range a number lies in.",
    "field=n low=0-1 default=high",
    lower,
)
.needs(Needs::Arguments)
.with_options(&[FIELD, DEFAULT])
.taking_any(AnyOf::Names)];

const FIELD: OptionRow = OptionRow::text("field", "field", "", "The number.").required();
const DEFAULT: OptionRow =
    OptionRow::text("default", "name", "None", "The name where no range has the number.");

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let arguments = General::new(context, command);
    let field = arguments.options.word(&FIELD);
    let default = arguments.options.text(&DEFAULT);
    let options = arguments.options.others().to_vec();
    arguments.finish(context);
    let Some(field) = field else { return missing(context, command, "`field=`") };
    let span = command.span;
    let value = context.field(&field.text, field.span);
    if context.type_of(&value) == Type::Null {
        return;
    }
    let number = build::call("sort_number", vec![value], Type::Double, span);
    let mut arms = Vec::new();
    let mut ranges: Vec<(f64, f64)> = Vec::new();
    for option in options {
        let OptionValue::Word(range) = &option.value else { continue };
        let dash = range.text.char_indices().skip(1).find(|(_, letter)| *letter == '-').map(|(at, _)| at);
        let bounds = dash.map(|at| (range.text[..at].parse::<f64>(), range.text[at + 1..].parse::<f64>()));
        let Some((Ok(least), Ok(most))) = bounds else {
            bad_value(context, &option.name.text, range, "a range such as `1-10`");
            return;
        };
        let bound =
            |operator, bound| build::compare(operator, number.clone(), build::number(bound, span), span);
        let inside = vec![bound(Comparison::GreaterOrEqual, least), bound(Comparison::LessOrEqual, most)];
        arms.push((build::all(inside, span), Expression::text(&option.name.text, span)));
        ranges.push((least, most));
    }
    let default = Expression::text(default, span);
    let word = if arms.is_empty() {
        default
    } else if overlap(&ranges) {
        // Of ranges that overlap a number has the words of all it lies in.
        let words = arms.into_iter().map(|arm| build::case(vec![arm], None, span)).collect();
        let all = build::call("mvappend", words, Type::TextList, span);
        let otherwise = build::call("mvappend", vec![default], Type::TextList, span);
        build::coalesce(vec![all, otherwise], span)
    } else {
        build::case(arms, Some(default), span)
    };
    context.assign(vec![("range".to_owned(), word)]);
}

/// Whether some number lies in two of the ranges.
fn overlap(ranges: &[(f64, f64)]) -> bool {
    let meets = |one: &(f64, f64), other: &(f64, f64)| one.0 <= other.1 && other.0 <= one.1;
    ranges.iter().enumerate().any(|(index, one)| ranges.iter().skip(index + 1).any(|other| meets(one, other)))
}
