//! Test support: calls a function by its table row, as constants and as columns.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{Field, FieldRef};
use datafusion_common::ScalarValue;
use datafusion_common::config::ConfigOptions;
use datafusion_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs};
use quarry_plan::{Type, Value};

use crate::waist::convert;

use super::{Argument, Cell, Function, Literal, list_scalar, scalar_udf};

/// 2024-10-24 12:34:56.789 UTC.
pub(crate) const NOW: i64 = 1_729_773_296_789_000;

pub(crate) fn scalar(literal: Literal) -> ScalarValue {
    match literal {
        Literal::Null => ScalarValue::Null,
        Literal::Bool(value) => ScalarValue::Boolean(Some(value)),
        Literal::Int(value) => ScalarValue::Int64(Some(value)),
        Literal::Num(value) => ScalarValue::Float64(Some(value)),
        Literal::Text(value) => ScalarValue::Utf8(Some(value.to_owned())),
        Literal::Time(value) => ScalarValue::TimestampMicrosecond(Some(value), Some(Arc::from("UTC"))),
        Literal::List(values) => list_scalar(values.iter().copied()),
        Literal::Written(of, text) => super::scalar(&written(of, text)).unwrap(),
    }
}

fn written(of: Type, text: &str) -> Value {
    let text = Value::Text(text.to_owned());
    let is_list = matches!(of, Type::List(_));
    convert(if is_list { convert(text, Type::Dynamic) } else { text }, of)
}

/// A column of constants; nulls take the type of the others.
pub(crate) fn column(literals: &[Literal]) -> ArrayRef {
    let typed = literals.iter().map(|literal| scalar(*literal)).find(|found| !found.is_null());
    let null =
        typed.map_or(ScalarValue::Null, |found| ScalarValue::try_new_null(&found.data_type()).unwrap());
    let values = literals.iter().map(|literal| match scalar(*literal) {
        found if found.is_null() => null.clone(),
        found => found,
    });
    ScalarValue::iter_to_array(values).unwrap()
}

/// Calls the function with these arguments over `rows` rows.
pub(crate) fn call(function: &'static Function, mut arguments: Vec<ColumnarValue>, rows: usize) -> ArrayRef {
    let udf = scalar_udf(function, None, &Arc::default());
    arguments.extend(function.added_arguments(NOW, None).into_iter().map(ColumnarValue::Scalar));
    let fields: Vec<FieldRef> = arguments
        .iter()
        .map(|value| Arc::new(Field::new("argument", value.data_type(), true)) as FieldRef)
        .collect();
    let constants: Vec<Option<&ScalarValue>> = arguments
        .iter()
        .map(|value| match value {
            ColumnarValue::Scalar(scalar) => Some(scalar),
            ColumnarValue::Array(_) => None,
        })
        .collect();
    let field = udf
        .return_field_from_args(ReturnFieldArgs { arg_fields: &fields, scalar_arguments: &constants })
        .unwrap();
    let result = udf
        .invoke_with_args(ScalarFunctionArgs {
            args: arguments,
            arg_fields: fields,
            number_rows: rows,
            return_field: field.clone(),
            config_options: Arc::new(ConfigOptions::default()),
        })
        .unwrap();
    assert_eq!(result.data_type(), *field.data_type(), "{}", function.name);
    result.to_array(rows).unwrap()
}

/// Whether a cell of a result is the literal.
pub(crate) fn same(array: &ArrayRef, row: usize, expected: Literal) -> bool {
    let argument = Argument::from_array(array).unwrap();
    match (argument.cell(row), expected) {
        (Cell::Null, Literal::Null) => true,
        (Cell::Boolean(found), Literal::Bool(wanted)) => found == wanted,
        (Cell::Integer(found), Literal::Int(wanted)) | (Cell::Timestamp(found), Literal::Time(wanted)) => {
            found == wanted
        }
        (Cell::Number(found), Literal::Num(wanted)) => (found - wanted).abs() <= 1e-9 * wanted.abs().max(1.0),
        (Cell::Text(found), Literal::Text(wanted)) => found == wanted,
        (Cell::Typed(found), Literal::Written(of, text)) => found.value() == written(of, text),
        (Cell::List(found), Literal::List(wanted)) => found.iter().eq(wanted.iter().copied()),
        _ => false,
    }
}

/// Runs every example of a function: all constant, first argument a column, no rows at all.
pub(crate) fn run_examples(function: &'static Function) {
    // What comes by chance has no example that always holds.
    let has_example = !function.examples.is_empty() || function.is_by_chance();
    assert!(has_example, "{} has no example", function.name);
    assert!(
        !function.meaning.is_empty() && !function.source.is_empty(),
        "{} is not described",
        function.name
    );
    for (arguments, expected) in function.examples {
        let constants: Vec<ColumnarValue> =
            arguments.iter().map(|&one| ColumnarValue::Scalar(scalar(one))).collect();
        let found = call(function, constants.clone(), 3);
        assert_eq!(found.len(), 3);
        assert!(
            same(&found, 2, *expected),
            "{}{arguments:?} gave {found:?}, not {expected:?}",
            function.name
        );
        for rows in [0, 2] {
            let mut mixed = constants.clone();
            if let Some(ColumnarValue::Scalar(first)) = constants.first() {
                mixed[0] = ColumnarValue::Array(first.to_array_of_size(rows).unwrap());
            }
            let found = call(function, mixed, rows);
            assert_eq!(found.len(), rows, "{}", function.name);
            let right = (0..rows).all(|row| same(&found, row, *expected));
            assert!(right, "{}{arguments:?} over a column gave {found:?}, not {expected:?}", function.name);
        }
        // A column for every argument, null in the first row.
        let columns: Vec<ColumnarValue> = arguments.iter().map(|&one| with_null(&scalar(one))).collect();
        let found = call(function, columns, 2);
        assert_eq!(found.len(), 2, "{}", function.name);
    }
}

fn with_null(scalar: &ScalarValue) -> ColumnarValue {
    let null = ScalarValue::try_new_null(&scalar.data_type()).unwrap();
    ColumnarValue::Array(ScalarValue::iter_to_array([null, scalar.clone()]).unwrap())
}
