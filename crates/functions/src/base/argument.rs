//! One argument of a call: a column or a constant of any waist type.

use arrow::array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int64Array, ListArray, StringArray,
    TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion_common::{Result, exec_datafusion_err};
use datafusion_expr::ColumnarValue;
use quarry_plan::Type;
use quarry_types::{arrow_type, waist_type};

use super::cell::{Cell, List, Typed};

/// An argument whose cells can be read by row.
#[derive(Debug)]
pub(crate) struct Argument {
    column: Column,
    constant: bool,
}

#[derive(Debug)]
enum Column {
    Null,
    Boolean(BooleanArray),
    Integer(Int64Array),
    Number(Float64Array),
    Text(StringArray),
    List(ListArray, StringArray),
    Timestamp(TimestampMicrosecondArray),
    /// Any other type of the waist.
    Other(ArrayRef),
}

impl Argument {
    pub(crate) fn new(value: &ColumnarValue) -> Result<Self> {
        match value {
            ColumnarValue::Array(array) => Self::from_array(array),
            ColumnarValue::Scalar(scalar) => {
                let mut argument = Self::from_array(&scalar.to_array_of_size(1)?)?;
                argument.constant = true;
                Ok(argument)
            }
        }
    }

    /// Reads a column, converting types outside the waist to the nearest one inside.
    pub(crate) fn from_array(array: &ArrayRef) -> Result<Self> {
        let wanted = arrow_type(waist_type(array.data_type()));
        let converted = if *array.data_type() == wanted { array.clone() } else { cast(array, &wanted)? };
        Ok(Self { column: Column::new(&converted)?, constant: false })
    }

    /// Whether every row has the same value.
    pub(crate) fn is_constant(&self) -> bool {
        self.constant
    }

    pub(crate) fn cell(&self, row: usize) -> Cell<'_> {
        let row = if self.constant { 0 } else { row };
        match &self.column {
            Column::Null => Cell::Null,
            Column::Boolean(array) if array.is_valid(row) => Cell::Boolean(array.value(row)),
            Column::Integer(array) if array.is_valid(row) => Cell::Integer(array.value(row)),
            Column::Number(array) if array.is_valid(row) => Cell::Number(array.value(row)),
            Column::Text(array) if array.is_valid(row) => Cell::Text(array.value(row)),
            Column::Timestamp(array) if array.is_valid(row) => Cell::Timestamp(array.value(row)),
            Column::Other(array) if array.is_valid(row) => Cell::Typed(Typed::new(array, row)),
            Column::List(array, values) if array.is_valid(row) => {
                let offsets = array.value_offsets();
                let list = List::new(values, offsets[row] as usize, offsets[row + 1] as usize);
                if list.iter().next().is_none() { Cell::Null } else { Cell::List(list) }
            }
            _ => Cell::Null,
        }
    }
}

impl Column {
    fn new(array: &ArrayRef) -> Result<Self> {
        fn typed<T: Clone + 'static>(array: &dyn Array) -> Result<T> {
            let found = array.as_any().downcast_ref::<T>().cloned();
            found.ok_or_else(|| exec_datafusion_err!("unexpected layout of a {} column", array.data_type()))
        }
        Ok(match waist_type(array.data_type()) {
            Type::Null => Self::Null,
            Type::Boolean => Self::Boolean(typed(array)?),
            Type::Integer => Self::Integer(typed(array)?),
            Type::Double => Self::Number(typed(array)?),
            Type::Text => Self::Text(typed(array)?),
            Type::Timestamp => Self::Timestamp(typed(array)?),
            Type::TextList => {
                let list: ListArray = typed(array)?;
                let values = cast(list.values(), &DataType::Utf8)?;
                Self::List(list, typed(&values)?)
            }
            Type::Decimal | Type::Datetime | Type::Timespan | Type::Guid | Type::Dynamic | Type::List(_) => {
                Self::Other(array.clone())
            }
        })
    }
}
