//! One evaluation of a function over a batch, and builders for its result.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{
    ArrayBuilder, ArrayRef, BooleanArray, Float64Array, Int64Array, ListBuilder, StringBuilder,
    TimestampMicrosecondArray, new_null_array,
};
use datafusion_common::ScalarValue;
use datafusion_expr::ColumnarValue;
use quarry_plan::{Type, Value};
use quarry_types::{array_of, arrow_type};

use super::argument::Argument;
use super::cell::Cell;
use super::constants::Constants;
use super::places::Places;
use super::room::Room;

/// The arguments of one evaluation. Where all are constant there is a single row.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) arguments: Vec<Argument>,
    pub(crate) rows: usize,
    /// The type the result must have.
    pub(crate) result: Type,
    /// The arguments as they came.
    pub(super) given: &'a [ColumnarValue],
    /// The present moment in microseconds since 1970-01-01 UTC, for functions that ask for it.
    pub(crate) now: i64,
    /// Where addresses are, for functions that ask for it.
    pub(crate) places: Option<&'a Places>,
    pub(super) constants: &'a Constants,
    /// What the values may hold.
    pub(crate) room: Room,
}

/// The arguments of one row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'c> {
    arguments: &'c [Argument],
    index: usize,
}

impl<'c> Row<'c> {
    pub(crate) fn new(arguments: &'c [Argument], index: usize) -> Self {
        Self { arguments, index }
    }

    /// The argument at a position; null where there is none.
    pub(crate) fn cell(self, position: usize) -> Cell<'c> {
        self.arguments.get(position).map_or(Cell::Null, |argument| argument.cell(self.index))
    }

    pub(crate) fn text(self, position: usize) -> Option<Cow<'c, str>> {
        self.cell(position).text()
    }

    pub(crate) fn number(self, position: usize) -> Option<f64> {
        self.cell(position).number()
    }

    /// How many arguments there are.
    pub(crate) fn len(self) -> usize {
        self.arguments.len()
    }

    /// All arguments from a position on.
    pub(crate) fn cells(self, from: usize) -> impl Iterator<Item = Cell<'c>> {
        self.arguments.iter().skip(from).map(move |argument| argument.cell(self.index))
    }
}

impl Call<'_> {
    /// Whether an argument is given at all.
    pub(crate) fn has(&self, position: usize) -> bool {
        position < self.arguments.len()
    }

    /// What is made of the arguments at these positions: once for the whole query where all are constants, once
    /// for the batch, from its first row, where they are not.
    pub(crate) fn made<T: Send + Sync + 'static>(
        &self,
        positions: &[usize],
        make: impl Fn(Row<'_>) -> T,
    ) -> Arc<T> {
        let constant = |position: &usize| match self.given.get(*position) {
            Some(ColumnarValue::Scalar(constant)) => Some(constant),
            _ => None,
        };
        let first = |arguments: &[Argument]| make(Row { arguments, index: 0 });
        match positions.iter().map(constant).collect::<Option<Vec<&ScalarValue>>>() {
            Some(constants) => self.constants.of(&constants, || first(&self.arguments)),
            None if self.rows == 0 => Arc::new(first(&[])),
            None => Arc::new(first(&self.arguments)),
        }
    }

    fn each(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.rows).map(|index| Row { arguments: &self.arguments, index })
    }

    pub(crate) fn numbers<'s>(&'s self, mut body: impl FnMut(Row<'s>) -> Option<f64>) -> ArrayRef {
        let finite = |row| body(row).filter(|number| number.is_finite());
        Arc::new(self.each().map(finite).collect::<Float64Array>())
    }

    pub(crate) fn integers<'s>(&'s self, body: impl FnMut(Row<'s>) -> Option<i64>) -> ArrayRef {
        Arc::new(self.each().map(body).collect::<Int64Array>())
    }

    pub(crate) fn booleans<'s>(&'s self, body: impl FnMut(Row<'s>) -> Option<bool>) -> ArrayRef {
        Arc::new(self.each().map(body).collect::<BooleanArray>())
    }

    pub(crate) fn timestamps<'s>(&'s self, body: impl FnMut(Row<'s>) -> Option<i64>) -> ArrayRef {
        Arc::new(self.each().map(body).collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
    }

    pub(crate) fn texts<'s>(&'s self, mut body: impl FnMut(Row<'s>) -> Option<Cow<'s, str>>) -> ArrayRef {
        let mut builder = StringBuilder::with_capacity(self.rows, self.rows * 16);
        for row in self.each().take_while(|_| !self.room.is_over()) {
            builder.append_option(body(row).filter(|text| self.room.take(text.len())));
        }
        (builder.len()..self.rows).for_each(|_| builder.append_null());
        Arc::new(builder.finish())
    }

    /// Lists of texts; an empty list becomes null.
    pub(crate) fn lists<'s>(
        &'s self,
        mut body: impl FnMut(Row<'s>) -> Option<Vec<Cow<'s, str>>>,
    ) -> ArrayRef {
        let mut builder = ListBuilder::new(StringBuilder::new());
        for row in self.each().take_while(|_| !self.room.is_over()) {
            match body(row) {
                Some(values) if !values.is_empty() => {
                    for value in values.into_iter().take_while(|value| self.room.take(value.len())) {
                        builder.values().append_value(value);
                    }
                    builder.append(true);
                }
                _ => builder.append(false),
            }
        }
        (builder.len()..self.rows).for_each(|_| builder.append(false));
        Arc::new(builder.finish())
    }

    /// Values of any type, each as the result's type wants it: what is of another is null.
    pub(crate) fn values<'s>(&'s self, body: impl FnMut(Row<'s>) -> Value) -> ArrayRef {
        let values: Vec<Value> = self.each().map(body).collect();
        let made = array_of(self.result, &values);
        made.unwrap_or_else(|_| new_null_array(&arrow_type(self.result), self.rows))
    }

    /// Maps the first argument: value by value where the result is a list, as one text otherwise.
    pub(crate) fn each_text<'s>(
        &'s self,
        mut body: impl FnMut(Row<'s>, Cow<'s, str>) -> Option<Cow<'s, str>>,
    ) -> ArrayRef {
        if self.result == Type::TextList {
            return self
                .lists(|row| Some(row.cell(0).values().filter_map(|value| body(row, value)).collect()));
        }
        self.texts(|row| row.text(0).and_then(|value| body(row, value)))
    }
}

/// Remembers what was last made from a text, so that constant patterns are compiled once.
#[derive(Debug, Default)]
pub(crate) struct Memo<T> {
    key: String,
    value: Option<T>,
}

impl<T> Memo<T> {
    pub(crate) fn new() -> Self {
        Self { key: String::new(), value: None }
    }

    pub(crate) fn get(&mut self, key: &str, make: impl FnOnce(&str) -> T) -> &T {
        if self.value.is_none() || self.key != key {
            key.clone_into(&mut self.key);
            self.value = None;
        }
        self.value.get_or_insert_with(|| make(key))
    }
}

/// A part of a text, borrowed where the text is.
pub(crate) fn map_slice<'a>(text: Cow<'a, str>, part: impl FnOnce(&str) -> &str) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(whole) => Cow::Borrowed(part(whole)),
        Cow::Owned(whole) => Cow::Owned(part(&whole).to_owned()),
    }
}
