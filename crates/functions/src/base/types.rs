//! Constants of the waist's types.

use std::sync::Arc;

use arrow::array::{ListBuilder, StringBuilder};
use datafusion_common::{Result, ScalarValue};
use quarry_plan::Value;
use quarry_types::array_of;

/// A constant as DataFusion has it.
///
/// # Errors
/// If Arrow refuses it.
pub fn scalar(value: &Value) -> Result<ScalarValue> {
    ScalarValue::try_from_array(&array_of(value.type_of(), [value])?, 0)
}

/// A constant list of texts.
pub(crate) fn list_scalar<'t>(values: impl Iterator<Item = &'t str>) -> ScalarValue {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for value in values {
        builder.values().append_value(value);
    }
    builder.append(true);
    ScalarValue::List(Arc::new(builder.finish()))
}
