//! The table row of an aggregate function, and the adapter to DataFusion.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryArray};
use arrow::compute::SortOptions;
use arrow::datatypes::{DataType, Field, FieldRef};
use arrow::row::{RowConverter, Rows, SortField};
use datafusion_common::{Result, ScalarValue, exec_datafusion_err, plan_err};
use datafusion_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};
use quarry_plan::{Returns, Type};
use quarry_types::{arrow_type, waist_type};

use super::fold::{Fold, Outcome};
use super::state::{Reader, Writer};
use crate::base::{Argument, Literal, Row, list_scalar};

/// Rows of arguments and the result they give; runs as a test.
pub type AggregateExample = (&'static [&'static [Literal]], Literal);

/// An aggregate function: what it is called, what it means and how it is computed.
pub struct AggregateFunction {
    /// Name in plans.
    pub name: &'static str,
    /// How it is written in its language.
    pub signature: &'static str,
    /// What it computes, in a sentence.
    pub meaning: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    /// Rows and their results.
    pub examples: &'static [AggregateExample],
    /// Whether the order of rows counts; without an order asked for it is that of arrival.
    pub ordered: bool,
    /// How many arguments it takes.
    pub(crate) arity: usize,
    /// Type of the result.
    pub(crate) result: Returns,
    pub(crate) start: fn() -> Box<dyn Fold>,
}

impl std::fmt::Debug for AggregateFunction {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AggregateFunction").field("name", &self.name).finish_non_exhaustive()
    }
}

impl AggregateFunction {
    /// The type of the result for arguments of these types.
    ///
    /// # Errors
    /// A message that names the function and the number of arguments it takes.
    pub fn result_type(&self, types: &[Type]) -> Result<Type, String> {
        if types.len() != self.arity {
            return Err(format!(
                "`{}` does not take {} arguments: `{}`",
                self.name,
                types.len(),
                self.signature
            ));
        }
        Ok(self.result.of(types, &[]))
    }
}

/// The DataFusion function of a table row.
pub(crate) fn aggregate_udf(function: &'static AggregateFunction) -> AggregateUDF {
    let signature = Signature::any(function.arity, Volatility::Immutable);
    AggregateUDF::new_from_impl(TableAggregate { function, signature })
}

#[derive(Debug, Clone)]
struct TableAggregate {
    function: &'static AggregateFunction,
    signature: Signature,
}

impl PartialEq for TableAggregate {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name
    }
}

impl Eq for TableAggregate {}

impl Hash for TableAggregate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
    }
}

impl AggregateUDFImpl for TableAggregate {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let types: Vec<Type> = types.iter().map(waist_type).collect();
        self.function.result_type(&types).map(arrow_type).or_else(|message| plan_err!("{message}"))
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let order = if self.function.ordered { arguments.order_bys } else { &[] };
        let options = order.iter().map(|key| key.options).collect();
        Ok(Box::new(accumulator(self.function, options, waist_type(arguments.return_field.data_type()))))
    }

    fn create_sliding_accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let result = waist_type(arguments.return_field.data_type());
        Ok(Box::new(Sliding { function: self.function, result, rows: VecDeque::new() }))
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let name = format_state_name(arguments.name, "state");
        Ok(vec![Arc::new(Field::new(name, DataType::Binary, true))])
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        // Keys are compared here, so that partial results merge right; sorted input is not needed.
        if self.function.ordered {
            AggregateOrderSensitivity::Beneficial
        } else {
            AggregateOrderSensitivity::Insensitive
        }
    }

    fn with_beneficial_ordering(self: Arc<Self>, _: bool) -> Result<Option<Arc<dyn AggregateUDFImpl>>> {
        Ok(Some(self))
    }
}

/// The accumulator of a function whose rows come with columns to order by.
pub(super) fn accumulator(
    function: &AggregateFunction,
    order: Vec<SortOptions>,
    result: Type,
) -> FoldAccumulator {
    FoldAccumulator { fold: (function.start)(), arity: function.arity, order, converter: None, result }
}

/// An aggregate over a frame that moves on: keeps the rows inside and folds them anew.
#[derive(Debug)]
struct Sliding {
    function: &'static AggregateFunction,
    result: Type,
    rows: VecDeque<Vec<ArrayRef>>,
}

impl Accumulator for Sliding {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for index in 0..values.first().map_or(0, |column| column.len()) {
            self.rows.push_back(values.iter().map(|column| column.slice(index, 1)).collect());
        }
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let gone = values.first().map_or(0, |column| column.len()).min(self.rows.len());
        self.rows.drain(..gone);
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut whole = accumulator(self.function, Vec::new(), self.result);
        for row in &self.rows {
            whole.update_batch(row)?;
        }
        whole.evaluate()
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.rows.len() * size_of::<ArrayRef>() * self.function.arity
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let mut whole = accumulator(self.function, Vec::new(), self.result);
        for row in &self.rows {
            whole.update_batch(row)?;
        }
        whole.state()
    }

    fn merge_batch(&mut self, _: &[ArrayRef]) -> Result<()> {
        Err(exec_datafusion_err!("a moving frame is never merged"))
    }
}

/// A fold as an accumulator.
#[derive(Debug)]
pub(super) struct FoldAccumulator {
    fold: Box<dyn Fold>,
    arity: usize,
    order: Vec<SortOptions>,
    converter: Option<RowConverter>,
    result: Type,
}

impl FoldAccumulator {
    /// The order of rows as bytes, if the engine asked for one.
    fn order_keys(&mut self, columns: &[ArrayRef]) -> Result<Option<Rows>> {
        if self.order.is_empty() || columns.is_empty() {
            return Ok(None);
        }
        if self.converter.is_none() {
            let pairs = columns.iter().zip(&self.order);
            let fields = pairs
                .map(|(column, options)| SortField::new_with_options(column.data_type().clone(), *options));
            self.converter = Some(RowConverter::new(fields.collect())?);
        }
        let used = columns.get(..self.order.len()).unwrap_or(columns);
        self.converter.as_ref().map(|converter| Ok(converter.convert_columns(used)?)).transpose()
    }
}

impl Accumulator for FoldAccumulator {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let (columns, order) = values.split_at(self.arity.min(values.len()));
        let arguments = columns.iter().map(Argument::from_array).collect::<Result<Vec<_>>>()?;
        let keys = self.order_keys(order)?;
        for index in 0..columns.first().map_or(0, |column| column.len()) {
            let key = keys.as_ref().map(|keys| keys.row(index));
            let key = key.as_ref().map(AsRef::as_ref).unwrap_or_default();
            self.fold.add(Row::new(&arguments, index), key);
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        scalar(self.fold.result(), self.result)
    }

    fn size(&self) -> usize {
        size_of_val(self) + size_of_val(&*self.fold) + self.fold.held()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let mut writer = Writer::default();
        self.fold.save(&mut writer);
        Ok(vec![ScalarValue::Binary(Some(writer.finish()))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let Some(states) = states.first().and_then(|column| column.as_any().downcast_ref::<BinaryArray>())
        else {
            return Err(exec_datafusion_err!("the state of an aggregate is no binary column"));
        };
        for state in states.iter().flatten() {
            let merged = self.fold.merge(&mut Reader::new(state));
            merged.ok_or_else(|| exec_datafusion_err!("the state of an aggregate cannot be read"))?;
        }
        Ok(())
    }
}

fn scalar(outcome: Outcome, wanted: Type) -> Result<ScalarValue> {
    match (outcome, wanted) {
        (Outcome::Null, _) => ScalarValue::try_new_null(&arrow_type(wanted)),
        (Outcome::Integer(count), _) => Ok(ScalarValue::Int64(i64::try_from(count).ok())),
        (Outcome::Number(number), _) => Ok(ScalarValue::Float64(Some(number))),
        (Outcome::Value(value), _) => match quarry_types::array_of(wanted, &[value]) {
            Ok(array) => ScalarValue::try_from_array(&array, 0),
            Err(_) => ScalarValue::try_new_null(&arrow_type(wanted)),
        },
        (Outcome::List(values), Type::TextList) => Ok(list_scalar(values.iter().map(String::as_str))),
        (Outcome::List(values), _) => Ok(ScalarValue::Utf8(Some(values.join("\n")))),
    }
}
