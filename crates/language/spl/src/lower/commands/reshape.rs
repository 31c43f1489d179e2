//! `xyseries`, `untable` and `transpose`: values to columns and back.

use std::collections::HashSet;

use quarry_plan::{AggregateCall, ColumnName, Comparison, Expression, Rows, Type, Value};

use super::super::arguments::{General, missing};
use super::super::build;
use super::super::context::{Column, Context, MOST_COLUMNS, convert, is_internal};
use super::super::rows::plain;
use crate::registry::{AnyOf, CommandRow, Needs, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new("transpose", "transpose [<n>] <options>", "Makes rows of columns.", "", lower_transpose)
        .with_options(&[ROWS_TURNED, COLUMN_NAME, HEADER, INCLUDE_EMPTY]),
    CommandRow::new(
        "untable",
        "untable <x> <name> <value>",
        "Makes one row a column of each row.",
        "a b c",
        lower_untable,
    )
    .needs(Needs::Arguments),
    CommandRow::new(
        "xyseries",
        "xyseries <options> <x> <name> <value> ...",
        "Makes columns of rows.",
        "a b c",
        lower_series,
    )
    .with_options(&[
        SEPARATOR,
        FORMAT,
        OptionRow::ignored("grouped", "the rows are put together wherever they stand"),
    ])
    .needs(Needs::Arguments)
    .taking_any(AnyOf::Words),
];

const ROWS_TURNED: OptionRow = OptionRow::count("int", "5", "How many rows become columns; 0 is all.");
const COLUMN_NAME: OptionRow =
    OptionRow::text("column_name", "name", "column", "The column of the names that the fields had.");
const HEADER: OptionRow =
    OptionRow::text("header_field", "field", "", "The field with the names of the new columns.");
const INCLUDE_EMPTY: OptionRow =
    OptionRow::flag("include_empty", true, "Whether fields without any value are rows too.");
const SEPARATOR: OptionRow = OptionRow::text(
    "sep",
    "text",
    ": ",
    "What stands between field and series in names of columns; `: ` if not said.",
);
const FORMAT: OptionRow = OptionRow::text(
    "format",
    "text",
    "",
    "Names of columns, with `$AGG$` for the field and `$VAL$` for the series.",
);

/// Separates the name of a column from its value, while both are one text.
const MARK: &str = "\u{1}";

pub(super) fn lower_series(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let separator = arguments.options.text(&SEPARATOR).to_owned();
    let format = arguments.options.word(&FORMAT).map(|word| word.text.clone());
    let words = arguments.words(context);
    arguments.finish(context);
    let [row, series, data @ ..] = words.as_slice() else {
        return missing(context, command, "a field for rows, one for columns and one for values");
    };
    if data.is_empty() {
        return missing(context, command, "a field for values");
    }
    let span = command.span;
    let name = context.fresh_name("series");
    let value = context.field(&series.text, series.span);
    let have = context.type_of(&value);
    let text = if have == Type::Null { value.cast(Type::Text) } else { convert(value, have, Type::Text) };
    context.assign(vec![(name.clone(), text)]);
    let mut names = distinct(context, &name);
    if !context.allows_columns(names.len() * data.len()) {
        names.clear();
    }
    let group = context.field(&row.text, row.span);
    let group = if context.type_of(&group) == Type::Null { group.cast(Type::Text) } else { group };
    context.filter(build::is_present(group.clone()));
    let order = context.order_keys();
    let mut calls = Vec::new();
    for field in data {
        let value = context.field(&field.text, field.span);
        let have = context.type_of(&value);
        let (value, have) =
            if have == Type::Null { (value.cast(Type::Text), Type::Text) } else { (value, have) };
        for one in &names {
            let column = match (&format, data.len()) {
                (Some(format), _) => format.replace("$AGG$", &field.text).replace("$VAL$", one),
                (None, 1) => one.clone(),
                (None, _) => format!("{}{separator}{one}", field.text),
            };
            let same = build::compare(
                Comparison::Equal,
                Expression::column(&name, span),
                Expression::text(one, span),
                span,
            );
            let call = AggregateCall {
                function: "last".to_owned(),
                arguments: vec![value.clone()],
                filter: Some(build::coalesce(vec![same, build::boolean(false, span)], span)),
                order: order.clone(),
                result: have,
            };
            if column != row.text && !calls.iter().any(|(known, _)| *known == column) {
                calls.push((ColumnName::from(column), call));
            }
        }
    }
    let groups = vec![(ColumnName::from(&row.text), group)];
    if calls.is_empty() {
        let count = build::count_of_rows();
        context.aggregate(groups, vec![("count".into(), count)]);
        let kept = context.columns().iter().take(1).cloned().collect();
        return context.close(kept, false);
    }
    context.aggregate(groups, calls);
}

/// The values of a field in order; none while they are not known.
fn distinct(context: &mut Context<'_>, name: &ColumnName) -> Vec<String> {
    let mut copy = context.clone();
    copy.diagnostics.clear();
    let span = copy.span;
    let call = build::count_of_rows();
    copy.aggregate(vec![(name.into(), Expression::column(name, span))], vec![("count".into(), call)]);
    let column = Column { name: name.into(), data_type: Type::Text, empty: false };
    let rows = copy.settle(&[column]).unwrap_or_default();
    let texts = rows.rows.into_iter().filter_map(|row| match row.into_iter().next() {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    });
    let mut names: Vec<String> = texts.collect();
    names.sort();
    names
}

pub(super) fn lower_untable(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let words = arguments.words(context);
    arguments.finish(context);
    let [row, name, value] = words.as_slice() else {
        return missing(context, command, "a field that stays, and names for the field's name and its value");
    };
    let span = command.span;
    let stays = context.field(&row.text, row.span);
    let stays_type = context.type_of(&stays);
    let others: Vec<Column> = context
        .visible()
        .into_iter()
        .filter(|column| column.name != row.text && !column.empty && !is_internal(&column.name))
        .collect();
    let pairs: Vec<Expression> = others
        .iter()
        .map(|column| {
            let text = convert(Expression::column(&column.name, span), column.data_type, Type::Text);
            let named = Expression::text(format!("{}{MARK}", column.name.text()), span);
            build::call("concat", vec![named, text], Type::Text, span)
        })
        .collect();
    if pairs.is_empty() {
        context.filter(build::boolean(false, span));
        return;
    }
    let list = context.fresh_name("cells");
    context.assign(vec![(list.clone(), build::call("mvappend", pairs, Type::TextList, span))]);
    context.filter(build::is_present(Expression::column(&list, span)));
    context.expand(&list, None);
    let part = |pattern: &str| {
        let arguments = vec![
            Expression::column(&list, span),
            Expression::text(pattern, span),
            Expression::text("part", span),
        ];
        build::call("rex", arguments, Type::Text, span)
    };
    let stays = if stays_type == Type::Null { stays.cast(Type::Text) } else { stays };
    context.assign(vec![
        (row.text.clone(), stays),
        (name.text.clone(), part(&format!("(?s)^(?<part>.*?){MARK}"))),
        (value.text.clone(), part(&format!("(?s){MARK}(?<part>.*)$"))),
    ]);
    let mut kept = Vec::new();
    for word in [row, name, value] {
        kept.extend(context.find(&word.text));
    }
    context.close(kept, false);
}

pub(super) fn lower_transpose(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let most = arguments.leading_count().or(arguments.options.count(&ROWS_TURNED)).unwrap_or_default();
    let first = arguments.options.text(&COLUMN_NAME).to_owned();
    let header = arguments.options.word(&HEADER).map(|word| word.text.clone());
    let shows_empty = arguments.options.flag(&INCLUDE_EMPTY);
    arguments.finish(context);
    // One row more than there may be tells that there are too many.
    let most = if most > 0 { most.min(MOST_COLUMNS + 1) } else { MOST_COLUMNS + 1 };
    context.limit(0, Some(most));
    let columns = context.visible();
    let rows = context.settle(&columns).unwrap_or_default();
    if !context.allows_columns(rows.rows.len()) {
        return context.restart(Rows::default());
    }
    let texts: Vec<Vec<Value>> = rows.rows.iter().map(|row| row.iter().map(plain::text).collect()).collect();
    let header = header.and_then(|name| rows.columns.iter().position(|(known, _)| *known == name));
    let mut names: Vec<(ColumnName, Type)> = vec![(first.as_str().into(), Type::Text)];
    let mut taken: HashSet<String> = [first].into();
    for (index, row) in texts.iter().enumerate() {
        let name = match header.and_then(|header| row.get(header)) {
            Some(Value::Text(name)) => name.clone(),
            _ => format!("row {}", index + 1),
        };
        let name = if taken.contains(&name) { format!("row {}", index + 1) } else { name };
        taken.insert(name.clone());
        names.push((name.into(), Type::Text));
    }
    let mut turned = Vec::new();
    for (index, (name, _)) in rows.columns.iter().enumerate() {
        if Some(index) == header {
            continue;
        }
        let cells: Vec<Value> =
            texts.iter().map(|row| row.get(index).cloned().unwrap_or(Value::Null)).collect();
        if shows_empty || cells.iter().any(|cell| *cell != Value::Null) {
            turned.push(std::iter::once(Value::Text(name.text().to_owned())).chain(cells).collect());
        }
    }
    context.restart(Rows { columns: names, rows: turned });
}
