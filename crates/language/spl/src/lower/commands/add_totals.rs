//! `addtotals` and `addcoltotals`: the sum of a row's numbers, and a row of sums.

use quarry_plan::{AggregateCall, Arithmetic, ColumnName, Expression, ExpressionKind, Type};

use super::super::arguments::{General, names};
use super::super::build;
use super::super::context::{Column, Context, convert, is_internal};
use super::super::rows::subsearch;
use crate::registry::{AnyOf, CommandRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "addtotals",
        "addtotals [row=t] [col=f] [fieldname=Total] [<fields>]",
        "Adds a field with the sum of the number fields of each row.",
        "n",
        lower,
    )
    .taking_any(AnyOf::Words),
    CommandRow::new(
        "addcoltotals",
        "addcoltotals [<fields>]",
        "Adds a row with the sum of each number column.",
        "n",
        lower_down,
    )
    .taking_any(AnyOf::Words),
];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let across = arguments.flag(context, "row", true);
    let down = arguments.flag(context, "col", false);
    let label = Label::read(&mut arguments);
    let total = arguments.option("fieldname").map_or("Total", |word| word.text.as_str());
    let words = arguments.words(context);
    arguments.finish(context);
    let fields: Vec<String> = if words.is_empty() {
        context.field_names()
    } else {
        names(context, words).into_iter().map(|(name, _)| name).collect()
    };
    if across {
        add_sum(context, fields, total, command);
    }
    if down {
        add_row(context, None, &label);
    }
}

/// What stands in the row of totals besides them.
struct Label {
    field: Option<String>,
    text: String,
}

impl Label {
    fn read(arguments: &mut General<'_>) -> Self {
        let field = arguments.option("labelfield").map(|word| word.text.clone());
        let text = arguments.option("label").map_or("Total".to_owned(), |word| word.text.clone());
        Self { field, text }
    }
}

/// `addcoltotals`: a row with the sums of all rows.
pub(super) fn lower_down(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let label = Label::read(&mut arguments);
    let words = arguments.words(context);
    arguments.finish(context);
    let fields = names(context, words).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    add_row(context, (!fields.is_empty()).then_some(fields), &label);
}

fn add_row(context: &mut Context<'_>, fields: Option<Vec<String>>, label: &Label) {
    let span = context.span;
    let columns: Vec<Column> = context
        .visible()
        .into_iter()
        .filter(|column| !column.empty && column.data_type != Type::TextList && !is_internal(&column.name))
        .filter(|column| {
            fields.as_ref().is_none_or(|fields| fields.iter().any(|field| column.name == *field))
        })
        .collect();
    let mut copy = context.clone();
    copy.diagnostics.clear();
    let calls = columns.iter().map(|column| {
        let call = AggregateCall {
            function: "spl_sum".to_owned(),
            arguments: vec![Expression::column(&column.name, span)],
            filter: None,
            order: Vec::new(),
            result: Type::Double,
        };
        (column.name.clone(), call)
    });
    let calls: Vec<(ColumnName, AggregateCall)> = calls.collect();
    if calls.is_empty() {
        return;
    }
    copy.aggregate(Vec::new(), calls);
    let mut sums = Vec::new();
    for column in &columns {
        let sum = Expression::column(&column.name, span);
        sums.push((column.name.clone(), convert(sum, Type::Double, column.data_type)));
    }
    if let Some(field) = &label.field {
        sums.retain(|(name, _)| name != field);
        sums.push((field.clone().into(), Expression::text(&label.text, span)));
    }
    copy.assign(sums);
    subsearch::append(context, copy);
}

fn add_sum(context: &mut Context<'_>, fields: Vec<String>, total: &str, command: &Command) {
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
