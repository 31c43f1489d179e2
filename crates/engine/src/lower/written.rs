//! Expressions as bytes, for functions that evaluate them: what a physical plan holds can be written down. Bytes and not
//! JSON, whose readers refuse what is nested deeply.

use std::sync::Arc;

use arrow::array::AsArray;
use datafusion::{
    common::{ScalarValue, exec_datafusion_err, plan_datafusion_err},
    error::Result,
    logical_expr::ColumnarValue,
};
use serde::{Serialize, de::DeserializeOwned};

/// A constant with the bytes of a value: a list of one, since lists are shared where bytes would be copied.
pub(super) fn write(value: &impl Serialize) -> Result<ScalarValue> {
    let bytes = postcard::to_allocvec(value);
    let bytes =
        bytes.map_err(|error| plan_datafusion_err!("an expression cannot be written down: {error}"))?;
    let bytes = ScalarValue::Binary(Some(bytes));
    let data_type = bytes.data_type();
    Ok(ScalarValue::List(ScalarValue::new_list_nullable(&[bytes], &data_type)))
}

/// The value whose bytes a constant holds.
pub(super) fn read<T: DeserializeOwned>(constant: &ScalarValue) -> std::result::Result<T, String> {
    let ScalarValue::List(list) = constant else {
        return Err("bytes in a list are expected".to_owned());
    };
    let all = list.values().as_binary_opt::<i32>();
    let bytes = all.and_then(|all| all.iter().flatten().next()).unwrap_or_default();
    postcard::from_bytes(bytes).map_err(|error| error.to_string())
}

/// The constant argument at the front, and the others.
pub(super) fn split(arguments: &[ColumnarValue]) -> Result<(&ScalarValue, &[ColumnarValue])> {
    match arguments.split_first() {
        Some((ColumnarValue::Scalar(constant), others)) => Ok((constant, others)),
        _ => Err(exec_datafusion_err!("the expressions must be a constant")),
    }
}

/// An error of an expression that was read.
pub(super) fn unusable(reason: impl std::fmt::Display) -> datafusion::error::DataFusionError {
    exec_datafusion_err!("expressions in a plan cannot be used: {reason}")
}

/// A type as text: with the names of columns it tells apart what is written alike.
pub(super) fn type_text(data_type: &arrow::datatypes::DataType) -> String {
    format!("{data_type}")
}

/// The arrays of arguments.
pub(super) fn arrays(arguments: &[ColumnarValue], rows: usize) -> Result<Vec<Arc<dyn arrow::array::Array>>> {
    arguments.iter().map(|value| value.to_array(rows)).collect()
}
