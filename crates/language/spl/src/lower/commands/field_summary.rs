//! `fieldsummary`: how many values each field has, which, and their figures.

use std::collections::BTreeMap;

use quarry_plan::{Expression, Rows, Type, Value};

use super::super::arguments::{General, names};
use super::super::build;
use super::super::context::{Column, Context, convert};
use crate::registry::{AnyOf, CommandRow, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "fieldsummary",
    "fieldsummary <options> [<fields>]",
    "Describes each field: how many values, which, their range.",
    "",
    lower,
)
.with_options(&[MOST_VALUES])
.taking_any(AnyOf::Words)];

const MOST_VALUES: OptionRow =
    OptionRow::count("maxvals", "100", "How many values of each field are shown; 0 is all.");

/// Separates the name of a field from its value, while both are one text.
const MARK: &str = "\u{1}";

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let most = arguments.options.count(&MOST_VALUES).unwrap_or_default();
    let words = arguments.words(context);
    arguments.finish(context);
    let mut fields: Vec<String> = if words.is_empty() {
        context.matching("*")
    } else {
        names(context, words).into_iter().map(|(name, _)| name).collect()
    };
    fields.retain(|name| !name.starts_with('_'));
    fields.sort();
    let counts = counts(context, &fields).unwrap_or_default();
    let rows = fields.into_iter().filter_map(|name| {
        let values = counts.get(&name)?;
        Some(summary(name, values, most))
    });
    let rows = rows.collect();
    let columns = COLUMNS.iter().map(|(name, data_type)| ((*name).into(), *data_type)).collect();
    context.restart(Rows { columns, rows });
}

const COLUMNS: [(&str, Type); 10] = [
    ("field", Type::Text),
    ("count", Type::Integer),
    ("distinct_count", Type::Integer),
    ("is_exact", Type::Integer),
    ("max", Type::Double),
    ("mean", Type::Double),
    ("min", Type::Double),
    ("numeric_count", Type::Integer),
    ("stdev", Type::Double),
    ("values", Type::Text),
];

/// How often each value of each field comes; none while that is not known.
fn counts(context: &mut Context<'_>, fields: &[String]) -> Option<BTreeMap<String, Vec<(String, i64)>>> {
    let span = context.span;
    let mut cells = Vec::new();
    for name in fields {
        let value = context.field(name, span);
        let have = context.type_of(&value);
        if have != Type::Null {
            let named = Expression::text(format!("{name}{MARK}"), span);
            let text = convert(value, have, Type::Text);
            cells.push(build::call("concat", vec![named, text], Type::Text, span));
        }
    }
    if cells.is_empty() {
        return None;
    }
    let cell = context.fresh_name("cell");
    let number = context.fresh_name("number");
    context.assign(vec![(cell.clone(), build::call("mvappend", cells, Type::TextList, span))]);
    context.expand(&cell, None);
    let call = build::count_of_rows();
    let groups = vec![(cell.clone(), Expression::column(&cell, span))];
    context.aggregate(groups, vec![(number.clone(), call)]);
    let column = |name, data_type| Column { name, data_type, empty: false };
    let rows = context.settle(&[column(cell, Type::Text), column(number, Type::Integer)])?;
    let mut found: BTreeMap<String, Vec<(String, i64)>> = BTreeMap::new();
    for row in rows.rows {
        if let [Value::Text(cell), Value::Integer(count)] = row.as_slice()
            && let Some((name, value)) = cell.split_once(MARK)
        {
            found.entry(name.to_owned()).or_default().push((value.to_owned(), *count));
        }
    }
    Some(found)
}

/// The row of one field.
fn summary(name: String, values: &[(String, i64)], most: usize) -> Vec<Value> {
    let mut values = values.to_vec();
    values.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    let count: i64 = values.iter().map(|(_, count)| count).sum();
    #[allow(clippy::cast_precision_loss)] // counts of rows
    let numbers: Vec<(f64, f64)> = values
        .iter()
        .filter_map(|(value, count)| Some((value.trim().parse::<f64>().ok()?, *count as f64)))
        .filter(|(number, _)| number.is_finite())
        .collect();
    let numeric: f64 = numbers.iter().map(|(_, count)| count).sum();
    let mean = numbers.iter().map(|(number, count)| number * count).sum::<f64>() / numeric;
    let squares: f64 = numbers.iter().map(|(number, count)| (number - mean).powi(2) * count).sum();
    let deviation = if numeric > 1.0 { (squares / (numeric - 1.0)).sqrt() } else { 0.0 };
    let double = |value: f64| if numbers.is_empty() { Value::Null } else { Value::Double(value) };
    let extreme = |pick: fn(f64, f64) -> f64| {
        let found = numbers.iter().map(|(number, _)| *number).reduce(pick);
        found.map_or(Value::Null, Value::Double)
    };
    #[allow(clippy::cast_possible_truncation)] // a count of rows
    let numeric_count = numeric as i64;
    vec![
        Value::Text(name),
        Value::Integer(count),
        Value::Integer(i64::try_from(values.len()).unwrap_or(i64::MAX)),
        Value::Integer(1),
        extreme(f64::max),
        double(mean),
        extreme(f64::min),
        Value::Integer(numeric_count),
        double(deviation),
        Value::Text(listed(&values, most)),
    ]
}

/// The most frequent values and their counts, as JSON.
fn listed(values: &[(String, i64)], most: usize) -> String {
    let items = values.iter().take(if most == 0 { values.len() } else { most });
    let items = items.map(|(value, count)| {
        let text = serde_json::Value::from(value.as_str());
        format!("{{\"value\":{text},\"count\":{count}}}")
    });
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}
