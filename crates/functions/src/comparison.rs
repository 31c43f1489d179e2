//! Comparisons of the waist as functions: which function carries out an operator under a rule.

use std::cmp::Ordering;

use quarry_plan::{Comparison, ComparisonRule, Operand, order};

use crate::base::Cell;

/// The function that compares by a rule; none where the engine's own operators do.
///
/// ```
/// use quarry_functions::comparison_function;
/// use quarry_plan::{Comparison, ComparisonRule};
/// assert!(comparison_function(Comparison::Less, ComparisonRule::Exact).is_none());
/// assert!(comparison_function(Comparison::Less, ComparisonRule::NumberAsText).is_some());
/// ```
#[must_use]
pub fn comparison_function(operator: Comparison, rule: ComparisonRule) -> Option<&'static str> {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    Some(match (rule, operator) {
        (ComparisonRule::Exact, _) => return None,
        (ComparisonRule::NumbersElseText, Equal) => "spl_equal",
        (ComparisonRule::NumbersElseText, NotEqual) => "spl_not_equal",
        (ComparisonRule::NumbersElseText, Less) => "spl_less",
        (ComparisonRule::NumbersElseText, LessOrEqual) => "spl_less_or_equal",
        (ComparisonRule::NumbersElseText, Greater) => "spl_greater",
        (ComparisonRule::NumbersElseText, GreaterOrEqual) => "spl_greater_or_equal",
        (ComparisonRule::NumberAsText, Equal) => "aql_equal",
        (ComparisonRule::NumberAsText, NotEqual) => "aql_not_equal",
        (ComparisonRule::NumberAsText, Less) => "aql_less",
        (ComparisonRule::NumberAsText, LessOrEqual) => "aql_less_or_equal",
        (ComparisonRule::NumberAsText, Greater) => "aql_greater",
        (ComparisonRule::NumberAsText, GreaterOrEqual) => "aql_greater_or_equal",
        (ComparisonRule::Address, Equal) => "address_equal",
        (ComparisonRule::Address, NotEqual) => "address_not_equal",
        (ComparisonRule::Address, Less) => "address_less",
        (ComparisonRule::Address, LessOrEqual) => "address_less_or_equal",
        (ComparisonRule::Address, Greater) => "address_greater",
        (ComparisonRule::Address, GreaterOrEqual) => "address_greater_or_equal",
    })
}

/// Whether some pair of values stands in an accepted order; null where a side is null.
#[inline]
pub(crate) fn compare_cells(
    rule: ComparisonRule,
    left: Cell<'_>,
    right: Cell<'_>,
    wanted: fn(Ordering) -> bool,
) -> Option<bool> {
    let texts = |one, other| compare_cells(rule, one, other, wanted) == Some(true);
    match (left.operand(), right.operand()) {
        (Ok(left), Ok(right)) => order(rule, left, right).map(wanted),
        (Ok(Operand::Null), Err(_)) | (Err(_), Ok(Operand::Null)) => None,
        (Err(list), _) => Some(list.iter().any(|one| texts(Cell::Text(one), right))),
        (Ok(_), Err(list)) => Some(list.iter().any(|one| texts(left, Cell::Text(one)))),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
mod tests {
    use arrow::array::{Array, AsArray};
    use datafusion_common::ScalarValue;
    use datafusion_expr::ColumnarValue;
    use proptest::prelude::*;
    use proptest::sample::select;
    use quarry_plan::{ColumnFacts, Expression, Facts, Need, Value, necessary};

    use super::*;
    use crate::base::check;

    const RULES: [ComparisonRule; 3] =
        [ComparisonRule::NumbersElseText, ComparisonRule::NumberAsText, ComparisonRule::Address];
    const OPERATORS: [Comparison; 6] = [
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ];
    /// Texts that one reader or another takes for numbers.
    const TEXTS: [&str; 32] = [
        "9.0.0.1",
        "10.0.0.1",
        "010.0.0.1",
        "::1",
        "0:0::1",
        "2001:DB8::1",
        "",
        "a",
        "A",
        "inf",
        "Inf",
        "-inf",
        "+inf",
        "infinity",
        "nan",
        "NaN",
        "0",
        "-0",
        "0.0",
        "5",
        "5.0",
        "+5",
        "05",
        " 5",
        "5 ",
        "0x5",
        "5e0",
        "1e999",
        "1_0",
        "\u{665}",
        "true",
        "1700000000",
    ];

    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![select(&TEXTS[..]).prop_map(str::to_owned), "[ -+.0-9eEinfa]{0,4}"]
    }

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            6 => texts().prop_map(Value::Text),
            1 => select(vec![5.0, 0.0, -0.0, 0.5, 1e21, 1.7e9]).prop_map(Value::Double),
            1 => (-6_i64..6).prop_map(Value::Integer),
            1 => Just(Value::Timestamp(1_700_000_000_000_000)),
            1 => any::<bool>().prop_map(Value::Boolean),
            1 => prop::collection::vec(texts(), 0..3).prop_map(Value::TextList),
            1 => Just(Value::Null),
        ]
    }

    fn scalar(value: &Value) -> ScalarValue {
        crate::scalar(value).unwrap()
    }

    /// What the function of a comparison gives.
    fn evaluate(operator: Comparison, rule: ComparisonRule, left: &Value, right: &Value) -> Option<bool> {
        let name = comparison_function(operator, rule).unwrap();
        let function = crate::scalar_table().find(|function| function.name == name).unwrap();
        let arguments = [left, right].map(|value| ColumnarValue::Scalar(scalar(value)));
        let found = check::call(function, arguments.to_vec(), 1);
        let found = found.as_boolean();
        (!found.is_null(0)).then(|| found.value(0))
    }

    fn need(operator: Comparison, rule: ComparisonRule, left: Expression, right: &Value) -> Need {
        let span = Default::default();
        let right = Expression::literal(right.clone(), span);
        let facts =
            Facts { columns: &|_: &quarry_plan::ColumnName| ColumnFacts::Verbatim, laws: &crate::law };
        necessary(&Expression::compare(operator, rule, left, right, span), facts)
    }

    proptest! {
        #[test]
        fn constants_fold_as_they_evaluate(
            left in values(), right in values(), operator in select(&OPERATORS[..]), rule in select(&RULES[..])
        ) {
            let found = evaluate(operator, rule, &left, &right);
            let folded = need(operator, rule, Expression::literal(left, Default::default()), &right);
            let wanted = if found == Some(true) { Need::Anything } else { Need::Never };
            prop_assert_eq!(folded, wanted);
        }

        #[test]
        fn what_is_necessary_stands_in_every_text_that_passes(
            text in texts(), right in values(), rule in select(&RULES[..])
        ) {
            let column = Expression::column("name", Default::default());
            let passes = evaluate(Comparison::Equal, rule, &Value::Text(text.clone()), &right) == Some(true);
            match need(Comparison::Equal, rule, column, &right) {
                Need::Never => prop_assert!(!passes),
                Need::Literal { text: needed, ignore_case: false } => {
                    prop_assert!(!passes || text.contains(&needed));
                }
                other => prop_assert_eq!(other, Need::Anything),
            }
        }
    }
}
