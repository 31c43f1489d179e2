//! `SESSION BY`: the number of the session an event belongs to, row by row over a window in time order.

use std::{collections::HashMap, sync::Arc};

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion_common::{Result, ScalarValue, exec_err};
use datafusion_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};

use crate::base::{Argument, Row};

/// Arguments: time (ms), key, begins, ends, whether BEGIN and END are explicit, timeout and window (ms).
const ARITY: usize = 8;

/// The function, ready to be registered.
pub(crate) fn session_udf() -> AggregateUDF {
    AggregateUDF::new_from_impl(SessionNumber { signature: Signature::any(ARITY, Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct SessionNumber {
    signature: Signature,
}

impl AggregateUDFImpl for SessionNumber {
    fn name(&self) -> &str {
        "aql_session"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Sessions::default()))
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(arguments.name, DataType::Int64, true))])
    }
}

/// The open session of each key, and the number of the row last seen.
#[derive(Debug, Default)]
struct Sessions {
    open: HashMap<String, Open>,
    count: i64,
    current: Option<i64>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    number: i64,
    first: i64,
    last: i64,
}

impl Sessions {
    /// Sorts a row into a session. A session begins where BEGIN holds, or (unless BEGIN is explicit) with
    /// any event outside a session; it ends after an event for which END holds, before one that begins
    /// the next (unless END is explicit), and when its time is over.
    fn take(&mut self, row: Row<'_>) {
        let (Some(time), Some(key)) = (row.cell(0).integer(), row.text(1)) else {
            self.current = None;
            return;
        };
        let holds = |position: usize| row.cell(position).boolean() == Some(true);
        let over = |since: i64, limit: usize| {
            row.cell(limit).integer().is_some_and(|limit| time.saturating_sub(since) > limit)
        };
        let open = self.open.get(&*key).copied();
        let open = open.filter(|open| !over(open.last, 6) && !over(open.first, 7));
        let (begins, explicit_begin, explicit_end) = (holds(2), holds(4), holds(5));
        let kept = match open {
            Some(open) if !begins || explicit_end => Some(Open { last: time, ..open }),
            _ if begins || !explicit_begin => {
                self.count += 1;
                Some(Open { number: self.count, first: time, last: time })
            }
            _ => None,
        };
        self.current = kept.map(|open| open.number);
        match kept.filter(|_| !holds(3)) {
            Some(open) => drop(self.open.insert(key.into_owned(), open)),
            None => drop(self.open.remove(&*key)),
        }
    }
}

impl Accumulator for Sessions {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let rows = values.first().map_or(0, |column| column.len());
        let arguments = values.iter().map(Argument::from_array).collect::<Result<Vec<_>>>()?;
        (0..rows).for_each(|index| self.take(Row::new(&arguments, index)));
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(self.current))
    }

    fn size(&self) -> usize {
        let keys: usize = self.open.keys().map(String::len).sum();
        size_of_val(self) + keys + self.open.len() * size_of::<(String, Open)>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Int64(self.current)])
    }

    fn merge_batch(&mut self, _: &[ArrayRef]) -> Result<()> {
        exec_err!("sessions are numbered in one pass over all events")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    /// Numbers of rows written as `time key marks`, where `b` begins and `e` ends; `B` and `E` in `kind`
    /// make them explicit.
    fn numbers(
        kind: &str,
        limits: (Option<i64>, Option<i64>),
        rows: &[(i64, &str, &str)],
    ) -> Vec<Option<i64>> {
        let mut sessions = Sessions::default();
        let flag = |text: &str, mark: char| ScalarValue::Boolean(Some(text.contains(mark)));
        rows.iter()
            .map(|(time, key, marks)| {
                let values = [
                    ScalarValue::Int64(Some(*time)),
                    ScalarValue::from(*key),
                    flag(marks, 'b'),
                    flag(marks, 'e'),
                    flag(kind, 'B'),
                    flag(kind, 'E'),
                    ScalarValue::Int64(limits.0),
                    ScalarValue::Int64(limits.1),
                ];
                let columns: Vec<ArrayRef> = values.iter().map(|value| value.to_array().unwrap()).collect();
                sessions.update_batch(&columns).unwrap();
                sessions.current
            })
            .collect()
    }

    #[test]
    fn plain_conditions_are_implied_by_their_neighbours() {
        let rows = [(1, "a", ""), (2, "a", "b"), (3, "a", ""), (4, "a", "e"), (5, "a", ""), (6, "a", "b")];
        assert_eq!(numbers("", (None, None), &rows), [1, 2, 2, 2, 3, 4].map(Some));
    }

    #[test]
    fn explicit_begin_leaves_events_outside() {
        let rows = [(1, "a", ""), (2, "a", "b"), (3, "a", "e"), (4, "a", ""), (5, "a", "b")];
        assert_eq!(numbers("B", (None, None), &rows), [None, Some(1), Some(1), None, Some(2)]);
    }

    #[test]
    fn explicit_end_takes_further_beginnings_in() {
        let rows = [(1, "a", "b"), (2, "a", "b"), (3, "a", "b"), (4, "a", "e"), (5, "a", "b")];
        assert_eq!(numbers("E", (None, None), &rows), [1, 1, 1, 1, 2].map(Some));
        assert_eq!(numbers("", (None, None), &rows), [1, 2, 3, 3, 4].map(Some));
    }

    #[test]
    fn keys_have_sessions_of_their_own() {
        let rows = [(1, "a", "b"), (2, "b", "b"), (3, "a", ""), (4, "b", "")];
        assert_eq!(numbers("", (None, None), &rows), [1, 2, 1, 2].map(Some));
    }

    #[test]
    fn timeouts_count_from_the_event_before_and_windows_from_the_first() {
        let rows = [(0, "a", "b"), (10, "a", ""), (20, "a", ""), (31, "a", "")];
        assert_eq!(numbers("", (Some(10), None), &rows), [1, 1, 1, 2].map(Some));
        assert_eq!(numbers("", (None, Some(20)), &rows), [1, 1, 1, 2].map(Some));
        assert_eq!(numbers("B", (Some(10), None), &rows), [Some(1), Some(1), Some(1), None]);
    }
}
