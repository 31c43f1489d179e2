//! Every type, both ways.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use arrow::{
    array::{Array, Int32Array, StringViewArray},
    compute::{max, min, sort_to_indices},
    datatypes::{DataType, Field, Schema},
    record_batch::RecordBatch,
};
use quarry_plan::{Element, Type, Value};
use quarry_types::{array_of, arrow_type, presented, text_at, value_at, waist_type};

/// Values of a type in ascending order.
fn values(of: Type) -> Vec<Value> {
    let decimals = [
        "-99999999999999999999999999999999999999",
        "-0.5",
        "0",
        "1e-38",
        "1.25",
        "99999999999999999999999999999999999999",
    ];
    match of {
        Type::Null => vec![Value::Null],
        Type::Boolean => vec![Value::Boolean(false), Value::Boolean(true)],
        Type::Integer => [i64::MIN, -1, 0, i64::MAX].map(Value::Integer).to_vec(),
        Type::Double => [-1e300, -0.5, 0.0, 1e-300, 1e300].map(Value::Double).to_vec(),
        Type::Decimal => decimals.iter().map(|text| Value::Decimal(text.parse().unwrap())).collect(),
        Type::Text => ["", "A", "a", "ä"].map(|text| Value::Text(text.to_owned())).to_vec(),
        Type::TextList => {
            vec![Value::TextList(vec!["a".to_owned(), "b".to_owned()]), Value::TextList(Vec::new())]
        }
        Type::Timestamp => [i64::MIN, 0, 1_714_557_600_000_001].map(Value::Timestamp).to_vec(),
        Type::Datetime => {
            [0, 638_501_544_000_000_001, 3_155_378_975_999_999_999].map(Value::Datetime).to_vec()
        }
        Type::Timespan => [i64::MIN, -1, 0, 1, i64::MAX].map(Value::Timespan).to_vec(),
        Type::Guid => [0, 1, 1 << 64, u128::MAX].map(Value::Guid).to_vec(),
        Type::Dynamic => ["\"1\"", "1", "[1,\"1\"]"].map(|json| Value::Dynamic(json.to_owned())).to_vec(),
        Type::List(element) => {
            let mut items = values(element.type_of());
            items.push(Value::Null);
            vec![Value::List(element, items), Value::List(element, Vec::new())]
        }
    }
}

#[test]
fn every_type_goes_both_ways() {
    for of in Type::all() {
        assert_eq!(waist_type(&arrow_type(of)), of, "{of:?}");
        assert_eq!(Type::named(of.name()), Some(of));
        let mut wanted = values(of);
        wanted.push(Value::Null);
        let column = array_of(of, &wanted).unwrap();
        assert_eq!(column.data_type(), &arrow_type(of), "{of:?}");
        let found: Vec<Value> = (0..=column.len()).map(|row| value_at(&*column, row)).collect();
        wanted.push(Value::Null);
        assert_eq!(found, wanted, "{of:?}");
    }
}

#[test]
fn no_two_types_share_a_carrier() {
    let types: Vec<Type> = Type::all().collect();
    for (index, left) in types.iter().enumerate() {
        for right in &types[index + 1..] {
            assert_ne!(arrow_type(*left), arrow_type(*right), "{left:?} {right:?}");
        }
    }
}

#[test]
fn carriers_are_ordered_as_values_are() {
    for of in Element::ALL.into_iter().map(Element::type_of).filter(|of| *of != Type::Dynamic) {
        let mut shuffled = values(of);
        shuffled.reverse();
        let column = array_of(of, &shuffled).unwrap();
        let sorted =
            arrow::compute::take(&column, &sort_to_indices(&column, None, None).unwrap(), None).unwrap();
        let found: Vec<Value> = (0..sorted.len()).map(|row| value_at(&*sorted, row)).collect();
        assert_eq!(found, values(of), "{of:?}");
    }
    let ticks = array_of(Type::Timespan, &values(Type::Timespan)).unwrap();
    let ticks = arrow::compute::cast(&ticks, &DataType::Int64).unwrap();
    let ticks = ticks.as_any().downcast_ref::<arrow::array::Int64Array>().unwrap();
    assert_eq!((min(ticks), max(ticks)), (Some(i64::MIN), Some(i64::MAX)));
}

#[test]
fn a_value_of_another_type_is_null() {
    let column = array_of(Type::Integer, &[Value::Text("1".to_owned()), Value::Integer(1)]).unwrap();
    assert_eq!([value_at(&*column, 0), value_at(&*column, 1)], [Value::Null, Value::Integer(1)]);
}

#[test]
fn foreign_columns_are_read_as_the_nearest_type() {
    assert_eq!(value_at(&Int32Array::from(vec![7]), 0), Value::Integer(7));
    assert_eq!(value_at(&StringViewArray::from(vec!["x"]), 0), Value::Text("x".to_owned()));
}

#[test]
fn what_only_the_waist_knows_leaves_as_text() {
    let types = [Type::Decimal, Type::Datetime, Type::Timespan, Type::Guid, Type::List(Element::Datetime)];
    let noon = Value::Datetime(638_501_544_000_000_001);
    let rows = [
        Value::Decimal("1.50".parse().unwrap()),
        noon.clone(),
        Value::Timespan(-936_610_000_000),
        Value::Guid(0xAB),
        Value::List(Element::Datetime, vec![noon, Value::Null]),
    ];
    let columns: Vec<_> =
        types.iter().zip(&rows).map(|(of, value)| array_of(*of, [value, &Value::Null]).unwrap()).collect();
    let fields: Vec<_> = types.iter().map(|of| Field::new(of.name(), arrow_type(*of), true)).collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    let shown = presented(&batch).unwrap();
    let texts: Vec<_> = shown.columns().iter().map(|column| text_at(&**column, 0).unwrap()).collect();
    let wanted = [
        "1.5",
        "2024-05-01T10:00:00.0000001Z",
        "-1.02:01:01",
        "00000000-0000-0000-0000-0000000000ab",
        "2024-05-01T10:00:00.0000001Z",
    ];
    assert_eq!(texts, wanted);
    assert!(shown.columns().iter().all(|column| text_at(&**column, 1).is_none()));
}
