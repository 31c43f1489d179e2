//! Orders, groups and aggregates of rows.

use std::{cmp::Ordering, collections::BTreeMap};

use super::*;

pub fn sort(rows: &mut [Row], keys: &[(bool, &str, String)]) {
    rows.sort_by(|left, right| {
        let orders =
            keys.iter().map(|(down, kind, field)| by_key(left.get(field), right.get(field), *down, kind));
        orders.fold(Ordering::Equal, Ordering::then)
    });
}

/// By number before by text; what is missing comes last either way.
pub fn by_key(left: Option<&Cell>, right: Option<&Cell>, down: bool, kind: &str) -> Ordering {
    let turned = |order: Ordering| if down { order.reverse() } else { order };
    let number = |cell: &Cell| if kind == "str" { None } else { cell.number() };
    // What is no number has no place among numbers.
    let placed = |cell: &&Cell| kind != "num" || number(cell).is_some();
    let (left, right) = (left.filter(placed), right.filter(placed));
    match (left, right) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(left), Some(right)) => match (number(left), number(right)) {
            (Some(left), Some(right)) => turned(left.partial_cmp(&right).expect("no NaN")),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => turned(sorts_as(&left.text(), kind).cmp(&sorts_as(&right.text(), kind))),
        },
    }
}

/// An IPv4 address sorts by its parts unless it is to sort as text.
fn sorts_as(text: &str, kind: &str) -> String {
    // A part with a needless zero is none of an address.
    let part = |part: &str| part.parse::<u8>().ok().filter(|number| number.to_string() == part);
    let parts: Option<Vec<u8>> = text.split('.').map(part).collect();
    match parts {
        Some(parts) if parts.len() == 4 && kind != "str" => {
            parts.iter().map(|part| format!("{part:03}")).collect::<Vec<_>>().join(".")
        }
        _ => text.to_owned(),
    }
}

/// Every row once for each combination of the values it has in the fields; none where one is missing.
pub fn spread(rows: &[Row], by: &[String]) -> Vec<(Vec<String>, Row)> {
    let mut all = Vec::new();
    for row in rows {
        let mut keys: Vec<Vec<String>> = vec![Vec::new()];
        for name in by {
            let values = row.get(name).map(Cell::texts).unwrap_or_default();
            keys = keys
                .iter()
                .flat_map(|key| {
                    values.iter().map(move |value| [key.as_slice(), std::slice::from_ref(value)].concat())
                })
                .collect();
        }
        all.extend(keys.into_iter().map(|key| (key, row.clone())));
    }
    all
}

pub fn groups(rows: &[Row], by: &[String]) -> BTreeMap<Vec<String>, Vec<Row>> {
    let mut groups: BTreeMap<Vec<String>, Vec<Row>> = BTreeMap::new();
    for (key, row) in spread(rows, by) {
        groups.entry(key).or_default().push(row);
    }
    groups
}

pub fn stats(rows: &[Row], calls: &[Aggregation], by: &[String]) -> Vec<Row> {
    let mut groups = groups(rows, by);
    if by.is_empty() {
        groups.entry(Vec::new()).or_default();
    }
    let made = groups.into_iter().map(|(key, group)| {
        let mut row: Row = by.iter().cloned().zip(key.into_iter().map(Cell::Text)).collect();
        calls.iter().for_each(|call| set(&mut row, &call.name, call.of(&group)));
        row
    });
    made.collect()
}

pub fn top(rows: &[Row], most: bool, count: usize, by: &[String]) -> Vec<Row> {
    let mut counted: Vec<(Vec<String>, usize)> =
        groups(rows, by).into_iter().map(|(key, group)| (key, group.len())).collect();
    counted.sort_by(|(key, count), (other_key, other)| {
        let order = count.cmp(other).then_with(|| key.cmp(other_key));
        if most { order.reverse() } else { order }
    });
    counted.truncate(count);
    let made = counted.into_iter().map(|(key, count)| {
        let mut row: Row = by.iter().cloned().zip(key.into_iter().map(Cell::Text)).collect();
        row.insert("count".to_owned(), Cell::Number(count as f64));
        row
    });
    made.collect()
}

impl Aggregation {
    pub fn of(&self, rows: &[Row]) -> Option<Cell> {
        let Some(field) = &self.argument else { return finite(rows.len() as f64) };
        let cells: Vec<&Cell> = rows.iter().filter_map(|row| row.get(field)).collect();
        let texts: Vec<String> = cells.iter().flat_map(|cell| cell.texts()).collect();
        let numbers: Vec<f64> = texts.iter().filter_map(|text| number(text)).collect();
        let some = |value: f64| if numbers.is_empty() { None } else { finite(value) };
        let sum: f64 = numbers.iter().sum();
        let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut distinct = texts.clone();
        distinct.sort();
        distinct.dedup();
        match self.function {
            "count" => finite(texts.len() as f64),
            "sum" => some(sum),
            "avg" => some(sum / numbers.len() as f64),
            "range" => some(greatest - least),
            "min" | "max" if numbers.len() == texts.len() => {
                // As it was written; of equal ones the first text by bytes.
                let wanted = if self.function == "min" { least } else { greatest };
                distinct.into_iter().find(|text| number(text) == Some(wanted)).map(Cell::Text)
            }
            "min" => distinct.into_iter().next().map(Cell::Text),
            "max" => distinct.into_iter().last().map(Cell::Text),
            "dc" => finite(distinct.len() as f64),
            "first" => cells.first().map(|cell| (*cell).clone()),
            "last" => cells.last().map(|cell| (*cell).clone()),
            "values" => cell(distinct),
            "list" => cell(texts.into_iter().take(100).collect()),
            other => panic!("{other} is not known"),
        }
    }
}
