//! `addtotals`: the sum of a row's numbers.

use quarry_plan::{Arithmetic, Expression, ExpressionKind, Type};

use super::super::build;
use super::super::context::Context;
use super::general::{General, names};
use crate::tree::Command;

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    arguments.only(context, "row", &["t", "true", "1"]);
    arguments.only(context, "col", &["f", "false", "0"]);
    let total = arguments.option("fieldname").map_or("Total", |word| word.text.as_str());
    let words = arguments.words(context);
    arguments.finish(context);
    let fields: Vec<String> = if words.is_empty() {
        context
            .columns()
            .iter()
            .map(|column| column.name.clone())
            .filter(|name| !name.starts_with(['_', '\u{1}']))
            .collect()
    } else {
        names(context, words).into_iter().map(|(name, _)| name).collect()
    };
    let span = command.span;
    let mut sum = build::number(0.0, span);
    for name in fields {
        let value = context.field(&name, span);
        if context.type_of(&value) == Type::Null {
            continue;
        }
        let number = build::call("sort_number", vec![value], Type::Double, span);
        let number = build::coalesce(vec![number, build::number(0.0, span)], span);
        let kind = ExpressionKind::Arithmetic {
            operator: Arithmetic::Add,
            left: Box::new(sum),
            right: Box::new(number),
        };
        sum = Expression::new(kind, span);
    }
    context.assign(vec![(total.to_owned(), sum)]);
}
