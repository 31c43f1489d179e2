//! `addtotals` and `addcoltotals`: the sum of a row's numbers, and a row of sums.

use quarry_plan::{AggregateCall, Arithmetic, ColumnName, Expression, ExpressionKind, Type};

use super::super::arguments::{General, names};
use super::super::build;
use super::super::context::{Column, Context, convert, is_internal};
use super::super::options::Options;
use super::super::rows::subsearch;
use crate::registry::{AnyOf, CommandRow, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "addtotals",
        "addtotals <options> [<fields>]",
        "Adds a field with the sum of the number fields of each row.",
        "n",
        lower,
    )
    .with_options(&[ROW, COLUMN, FIELD_NAME, LABEL_FIELD, LABEL])
    .taking_any(AnyOf::Words),
    CommandRow::new(
        "addcoltotals",
        "addcoltotals <options> [<fields>]",
        "Adds a row with the sum of each number column.",
        "n",
        lower_down,
    )
    .with_options(&[LABEL_FIELD, LABEL])
    .taking_any(AnyOf::Words),
];

const ROW: OptionRow = OptionRow::flag("row", true, "Whether each row gets its sum.");
const COLUMN: OptionRow = OptionRow::flag("col", false, "Whether a row of the sums of columns is added.");
const FIELD_NAME: OptionRow = OptionRow::text("fieldname", "name", "Total", "The field of a row's sum.");
const LABEL_FIELD: OptionRow =
    OptionRow::text("labelfield", "field", "", "The field that says which row has the sums of columns.");
const LABEL: OptionRow = OptionRow::text("label", "text", "Total", "What stands in that field.");

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let across = arguments.options.flag(&ROW);
    let down = arguments.options.flag(&COLUMN);
    let label = Label::read(&arguments.options);
    let total = arguments.options.text(&FIELD_NAME);
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
    fn read(options: &Options<'_>) -> Self {
        let field = options.word(&LABEL_FIELD).map(|word| word.text.clone());
        let text = options.text(&LABEL).to_owned();
        Self { field, text }
    }
}

/// `addcoltotals`: a row with the sums of all rows.
pub(super) fn lower_down(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let label = Label::read(&arguments.options);
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
