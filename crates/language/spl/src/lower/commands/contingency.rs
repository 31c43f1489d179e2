//! `contingency`: how often values of two fields come together (Splunk search reference, contingency). Rows and
//! columns come by their totals, the greatest first; those alike by their names, which the manual leaves open.

use std::collections::BTreeMap;

use quarry_diagnostic::Diagnostic;
use quarry_plan::{Expression, Rows, Type, Value};

use super::super::arguments::{General, bad_value, missing};
use super::super::context::{Column, Context, convert};
use super::super::{build, codes, wildcard};
use crate::registry::{CommandRow, Needs, OptionRow};
use crate::tree::{Command, Word};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new("contingency", "contingency <options> <field> <field>", "Counts how often the values of two fields come together. Rows and columns come by their totals, those alike by name.", "a b", lower).also(&["counttable", "ctable"]).needs(Needs::Arguments).with_options(&[MOST_ROWS, MOST_COLUMNS, ROW_COVER, COLUMN_COVER, TOTAL, TOTAL_NAME]),
];

const MOST_ROWS: OptionRow =
    OptionRow::count("maxrows", "1000", "How many rows there are at most; 0 is no limit.");
const ROW_COVER: OptionRow = OptionRow::text(
    "minrowcover",
    "part",
    "1",
    "The part of all counts, from 0 to 1, that the rows shown have.",
);
const MOST_COLUMNS: OptionRow =
    OptionRow::count("maxcols", "1000", "How many columns there are at most; 0 is no limit.");
const COLUMN_COVER: OptionRow = OptionRow::text(
    "mincolcover",
    "part",
    "1",
    "The part of all counts, from 0 to 1, that the columns shown have.",
);
const TOTAL: OptionRow = OptionRow::flag("usetotal", true, "Whether totals are added.");
const TOTAL_NAME: OptionRow = OptionRow::text("totalstr", "text", "TOTAL", "The name of the totals.");

/// No more values of a field are used, however many are asked for.
const MOST: usize = 1000;
/// What stands for an empty text.
const EMPTY: &str = "EMPTY_STR";

/// What the options say of rows or columns.
struct Side {
    most: usize,
    /// The part of all counts that those shown shall have.
    cover: f64,
}

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let sides = [(MOST_ROWS, ROW_COVER), (MOST_COLUMNS, COLUMN_COVER)].map(|(most, cover)| {
        let most = arguments.options.count(&most).filter(|most| *most > 0).unwrap_or(MOST).min(MOST);
        Side { most, cover: ratio(context, cover.name, arguments.options.word(&cover)) }
    });
    let total = arguments.options.flag(&TOTAL);
    let total_name = arguments.options.text(&TOTAL_NAME).to_owned();
    let words = arguments.words(context);
    arguments.finish(context);
    let [row, column] = words.as_slice() else { return missing(context, command, "two fields") };
    if let Some(word) = [row, column].into_iter().find(|word| wildcard::is_wildcard(&word.text)) {
        let message = "`contingency` takes no wildcards";
        return context.report(
            Diagnostic::error(codes::BAD_ARGUMENT, message, word.span)
                .with_help("write the names of two fields"),
        );
    }
    let counts = counts(context, row, column).unwrap_or_default();
    let rows = shown(&counts, |(row, _)| row, &sides[0]);
    let columns = shown(&counts, |(_, column)| column, &sides[1]);
    table(context, &row.text, &counts, &rows, &columns, total.then_some(total_name));
}

fn ratio(context: &mut Context<'_>, name: &str, word: Option<&Word>) -> f64 {
    let Some(word) = word else { return 1.0 };
    let found = word.text.parse::<f64>().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
    found.unwrap_or_else(|| {
        bad_value(context, name, word, "a number from 0 to 1");
        1.0
    })
}

type Counts = BTreeMap<(String, String), i64>;

/// How often each pair of values comes; none while that is not known.
fn counts(context: &mut Context<'_>, row: &Word, column: &Word) -> Option<Counts> {
    let span = context.span;
    let names = [context.fresh_name("row"), context.fresh_name("column")];
    let number = context.fresh_name("number");
    for (word, name) in [row, column].into_iter().zip(&names) {
        let value = context.field(&word.text, word.span);
        let have = context.type_of(&value);
        let value = if have == Type::Null { value.cast(Type::Text) } else { value };
        let is_list = have == Type::TextList;
        let value = if is_list || have == Type::Null { value } else { convert(value, have, Type::Text) };
        context.assign(vec![(name.clone(), value)]);
        context.filter(build::is_present(Expression::column(name, span)));
        if is_list {
            context.expand(name, None);
        }
    }
    let call = build::count_of_rows();
    let groups = names.iter().map(|name| (name.clone(), Expression::column(name, span))).collect();
    context.aggregate(groups, vec![(number.clone(), call)]);
    let [row, column] = names;
    let columns = [(row, Type::Text), (column, Type::Text), (number, Type::Integer)];
    let columns = columns.map(|(name, data_type)| Column { name, data_type, empty: false });
    let rows = context.settle(&columns)?;
    let mut found = Counts::new();
    for row in rows.rows {
        if let [Value::Text(row), Value::Text(column), Value::Integer(count)] = row.as_slice() {
            let shown = |text: &str| if text.is_empty() { EMPTY } else { text }.to_owned();
            *found.entry((shown(row), shown(column))).or_default() += count;
        }
    }
    Some(found)
}

/// The most frequent values, as many as cover the part of all that is asked for.
fn shown(counts: &Counts, of: fn(&(String, String)) -> &String, side: &Side) -> Vec<String> {
    let mut totals: BTreeMap<&String, i64> = BTreeMap::new();
    for (pair, count) in counts {
        *totals.entry(of(pair)).or_default() += count;
    }
    let mut totals: Vec<(&String, i64)> = totals.into_iter().collect();
    totals.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(right.0)));
    let all: i64 = totals.iter().map(|(_, count)| count).sum();
    let mut covered = 0;
    let mut found = Vec::new();
    for (name, count) in totals.into_iter().take(side.most) {
        #[allow(clippy::cast_precision_loss)] // counts of rows
        if covered as f64 >= side.cover * all as f64 {
            break;
        }
        covered += count;
        found.push(name.clone());
    }
    found
}

fn table(
    context: &mut Context<'_>,
    name: &str,
    counts: &Counts,
    rows: &[String],
    columns: &[String],
    total: Option<String>,
) {
    let count = |row: &String, column: &String| {
        counts.get(&(row.clone(), column.clone())).copied().unwrap_or_default()
    };
    // A value may be called as the field of the rows or as the totals are; their column goes first.
    let columns: Vec<&String> =
        columns.iter().filter(|column| *column != name && Some(*column) != total.as_ref()).collect();
    let mut lines = Vec::new();
    let mut below = vec![0; columns.len()];
    for row in rows {
        let cells: Vec<i64> = columns.iter().map(|column| count(row, column)).collect();
        below.iter_mut().zip(&cells).for_each(|(sum, cell)| *sum += cell);
        lines.push(line(row, &cells, total.is_some()));
    }
    if let Some(total) = &total {
        lines.push(line(total, &below, true));
    }
    let named = columns.into_iter().cloned().chain(total).map(|column| (column.into(), Type::Integer));
    let columns = std::iter::once((name.into(), Type::Text)).chain(named).collect();
    context.restart(Rows { columns, rows: lines });
}

fn line(name: &str, cells: &[i64], with_total: bool) -> Vec<Value> {
    let total = with_total.then(|| cells.iter().sum());
    let numbers = cells.iter().copied().chain(total).map(Value::Integer);
    std::iter::once(Value::Text(name.to_owned())).chain(numbers).collect()
}
