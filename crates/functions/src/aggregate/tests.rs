//! Examples of every aggregate, and that splitting the work changes nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array};
use arrow::compute::SortOptions;
use datafusion_common::ScalarValue;
use datafusion_expr::Accumulator;
use proptest::prelude::*;
use quarry_plan::Type;
use quarry_types::waist_type;

use super::AggregateFunction;
use super::function::accumulator;
use crate::base::check::{same, scalar};
use crate::base::{Literal, list_scalar};
use crate::{aggregate_functions, aggregate_table};

/// One row: the arguments and the key to order by.
type TestRow = (Vec<ScalarValue>, i64);

fn result_type(function: &AggregateFunction, rows: &[TestRow]) -> Type {
    let column = |position: usize| {
        let types = rows.iter().map(|(values, _)| waist_type(&values[position].data_type()));
        types.rev().find(|found| *found != Type::Null).unwrap_or(Type::Null)
    };
    function.result_type(&(0..function.arity).map(column).collect::<Vec<_>>()).unwrap()
}

/// The columns of some rows: one of each argument, and the order key where there is one.
fn columns(rows: &[TestRow], arity: usize, ordered: bool) -> Vec<ArrayRef> {
    let mut columns: Vec<ArrayRef> = (0..arity)
        .map(|position| {
            let values = rows.iter().map(|(values, _)| values[position].clone());
            ScalarValue::iter_to_array(values).unwrap()
        })
        .collect();
    if ordered {
        columns.push(Arc::new(rows.iter().map(|(_, key)| *key).collect::<Int64Array>()));
    }
    columns
}

/// Rows may mix types in an example, so each is its own batch.
fn one_pass(function: &AggregateFunction, rows: &[TestRow], order: &[SortOptions]) -> ScalarValue {
    let mut whole = accumulator(function, order.to_vec(), result_type(function, rows));
    for row in rows {
        whole.update_batch(&columns(std::slice::from_ref(row), function.arity, !order.is_empty())).unwrap();
    }
    let twice = (whole.evaluate().unwrap(), whole.evaluate().unwrap());
    assert_eq!(twice.0, twice.1, "{} changes when it is read", function.name);
    twice.0
}

fn split(
    function: &AggregateFunction,
    parts: &[&[TestRow]],
    rows: &[TestRow],
    order: &[SortOptions],
) -> ScalarValue {
    let result = result_type(function, rows);
    let mut last = accumulator(function, order.to_vec(), result);
    for part in parts {
        let mut partial = accumulator(function, order.to_vec(), result);
        if !part.is_empty() {
            partial.update_batch(&columns(part, function.arity, !order.is_empty())).unwrap();
        }
        let states: Vec<ArrayRef> =
            partial.state().unwrap().iter().map(|state| state.to_array().unwrap()).collect();
        last.merge_batch(&states).unwrap();
    }
    last.evaluate().unwrap()
}

#[test]
fn every_documented_example_holds() {
    for function in aggregate_table() {
        assert!(!function.examples.is_empty(), "{} has no example", function.name);
        for (rows, expected) in function.examples {
            let rows: Vec<TestRow> =
                rows.iter().map(|row| (row.iter().map(|&literal| scalar(literal)).collect(), 0)).collect();
            let found = one_pass(function, &rows, &[]).to_array().unwrap();
            assert!(
                same(&found, 0, *expected),
                "{} of {rows:?} gave {found:?}, not {expected:?}",
                function.name
            );
        }
        let mut empty = accumulator(
            function,
            Vec::new(),
            function.result_type(&vec![Type::Text; function.arity]).unwrap(),
        );
        let nothing = empty.evaluate().unwrap().to_array().unwrap();
        let json = |text| Literal::Written(Type::Dynamic, text);
        let none = [Literal::Null, Literal::Int(0), json("[]"), json("{}")];
        assert!(none.iter().any(|none| same(&nothing, 0, *none)), "{}", function.name);
        assert!(empty.size() > 0);
    }
    let names: HashSet<String> =
        aggregate_functions().iter().map(|function| function.name().to_owned()).collect();
    assert!(aggregate_table().all(|function| names.contains(function.name)));
    assert_eq!(names.len(), aggregate_functions().len());
}

#[test]
fn broken_states_are_errors() {
    for function in aggregate_table() {
        let mut fold = accumulator(function, Vec::new(), Type::Text);
        let state = ScalarValue::Binary(Some(vec![9, 9, 9])).to_array().unwrap();
        assert!(fold.merge_batch(&[state]).is_err(), "{}", function.name);
        assert!(fold.merge_batch(&[Arc::new(Float64Array::from(vec![1.0]))]).is_err());
    }
}

#[test]
fn lists_stop_at_a_hundred_values_in_order() {
    let list = aggregate_table().find(|function| function.name == "spl_list").unwrap();
    let rows: Vec<TestRow> =
        (0..1_000).map(|key| (vec![ScalarValue::from(format!("{key}"))], 999 - key)).collect();
    let found = one_pass(list, &rows, &[SortOptions::default()]).to_array().unwrap();
    let wanted: Vec<String> = (900..1_000).rev().map(|key| format!("{key}")).collect();
    assert_eq!(
        ScalarValue::try_from_array(&found, 0).unwrap(),
        list_scalar(wanted.iter().map(String::as_str))
    );
}

fn close(left: &ScalarValue, right: &ScalarValue) -> bool {
    match (left, right) {
        (ScalarValue::Float64(Some(left)), ScalarValue::Float64(Some(right))) => {
            (left - right).abs() <= 1e-6 * left.abs().max(1.0)
        }
        _ => left == right,
    }
}

fn value() -> impl Strategy<Value = ScalarValue> {
    prop_oneof![
        Just(ScalarValue::Utf8(None)),
        "[ab]{1,2}".prop_map(ScalarValue::from),
        (-50..50_i32).prop_map(|number| ScalarValue::from(number.to_string())),
        (-50..50_i32).prop_map(|number| ScalarValue::from(format!("{}.5", number))),
    ]
}

fn list() -> impl Strategy<Value = ScalarValue> {
    prop::collection::vec("[ab1-9]{1,2}", 0..4)
        .prop_map(|values| list_scalar(values.iter().map(String::as_str)))
}

fn number() -> impl Strategy<Value = ScalarValue> {
    prop::option::of(-1_000..1_000_i32)
        .prop_map(|number| ScalarValue::Float64(number.map(|number| f64::from(number) / 4.0)))
}

fn rows(values: impl Strategy<Value = ScalarValue>) -> impl Strategy<Value = Vec<TestRow>> {
    prop::collection::vec(values, 1..40).prop_map(|values| {
        let pairs = values.into_iter().enumerate();
        // Distinct keys and times, not in order of arrival.
        pairs.map(|(index, value)| (vec![value], (index as i64 * 7_919) % 10_007)).collect()
    })
}

fn holds(mut rows: Vec<TestRow>, cuts: (usize, usize)) -> Result<(), TestCaseError> {
    let (first, second) = (cuts.0.min(cuts.1) % (rows.len() + 1), cuts.0.max(cuts.1) % (rows.len() + 1));
    let (first, second) = (first.min(second), first.max(second));
    for (values, key) in &mut rows {
        values.push(ScalarValue::Float64(Some(*key as f64)));
        values.push(ScalarValue::Float64(Some(50.0)));
    }
    for function in aggregate_table() {
        let order = if function.ordered {
            vec![SortOptions { descending: true, nulls_first: false }]
        } else {
            vec![]
        };
        let mut given = rows.clone();
        if ["spl_percentile", "spl_exact_percentile"].contains(&function.name) {
            given.iter_mut().for_each(|(values, _)| values[1] = ScalarValue::Float64(Some(90.0)));
        }
        let whole = one_pass(function, &given, &order);
        // The parts arrive in another order than their rows.
        let parts = [&given[second..], &given[..first], &given[first..second]];
        let merged = split(function, &parts, &given, &order);
        prop_assert!(close(&whole, &merged), "{}: {whole:?} in one pass, {merged:?} in parts", function.name);
    }
    Ok(())
}

proptest! {
    #[test]
    fn parts_of_texts_merge_to_the_whole(rows in rows(value()), cuts in (0..99_usize, 0..99_usize)) {
        holds(rows, cuts)?;
    }

    #[test]
    fn parts_of_lists_merge_to_the_whole(rows in rows(list()), cuts in (0..99_usize, 0..99_usize)) {
        holds(rows, cuts)?;
    }

    #[test]
    fn parts_of_numbers_merge_to_the_whole(rows in rows(number()), cuts in (0..99_usize, 0..99_usize)) {
        holds(rows, cuts)?;
    }
}
