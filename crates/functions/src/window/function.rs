//! The table row of a window function, and the adapter to DataFusion.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{Field, FieldRef};
use datafusion_common::Result;
use datafusion_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion_expr::{PartitionEvaluator, Signature, Volatility, WindowUDF, WindowUDFImpl};
use quarry_plan::Type;
use quarry_types::arrow_type;

use crate::base::{Argument, Literal};

/// Rows of arguments and the value of each row; runs as a test.
pub type WindowExample = (&'static [&'static [Literal]], &'static [Literal]);

/// A window function: what it is called, what it means and how it is computed.
pub struct WindowFunction {
    /// Name in plans.
    pub name: &'static str,
    /// How it is called in a plan.
    pub signature: &'static str,
    /// What it computes, in a sentence.
    pub meaning: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    /// Rows and their values.
    pub examples: &'static [WindowExample],
    /// Type of the result.
    pub(crate) result: Type,
    pub(crate) evaluate: fn(&[Argument], usize) -> ArrayRef,
}

impl std::fmt::Debug for WindowFunction {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("WindowFunction").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The DataFusion function of a table row.
pub(crate) fn window_udf(function: &'static WindowFunction) -> WindowUDF {
    WindowUDF::new_from_impl(TableWindow {
        function,
        signature: Signature::variadic_any(Volatility::Immutable),
    })
}

#[derive(Debug)]
struct TableWindow {
    function: &'static WindowFunction,
    signature: Signature,
}

impl PartialEq for TableWindow {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name
    }
}

impl Eq for TableWindow {}

impl Hash for TableWindow {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
    }
}

impl WindowUDFImpl for TableWindow {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn partition_evaluator(&self, _: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Whole { function: self.function }))
    }

    fn field(&self, arguments: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(arguments.name(), arrow_type(self.function.result), true)))
    }
}

/// Evaluates a whole partition at once.
#[derive(Debug)]
struct Whole {
    function: &'static WindowFunction,
}

impl PartitionEvaluator for Whole {
    fn evaluate_all(&mut self, values: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let arguments = values.iter().map(Argument::from_array).collect::<Result<Vec<_>>>()?;
        Ok((self.function.evaluate)(&arguments, rows))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
pub(crate) mod tests {
    use super::*;
    use crate::base::check;

    /// Every example of every window function.
    #[test]
    fn every_documented_example_holds() {
        for function in super::super::TABLES.iter().flat_map(|table| table.iter()) {
            for (rows, expected) in function.examples {
                let width = rows.first().map_or(0, |row| row.len());
                let columns: Vec<ArrayRef> = (0..width)
                    .map(|column| check::column(&rows.iter().map(|row| row[column]).collect::<Vec<_>>()))
                    .collect();
                let arguments: Vec<Argument> =
                    columns.iter().map(|column| Argument::from_array(column).unwrap()).collect();
                let found = Argument::from_array(&(function.evaluate)(&arguments, rows.len())).unwrap();
                let found: Vec<Option<String>> =
                    (0..rows.len()).map(|row| found.cell(row).text().map(|text| text.into_owned())).collect();
                let expected = Argument::from_array(&check::column(expected)).unwrap();
                let expected: Vec<Option<String>> = (0..rows.len())
                    .map(|row| expected.cell(row).text().map(|text| text.into_owned()))
                    .collect();
                assert_eq!(found, expected, "{} over {rows:?}", function.name);
            }
        }
    }
}
