//! Aggregate and window calls.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::DataType,
    common::{DFSchema, ScalarValue, plan_datafusion_err},
    error::Result,
    functions_aggregate as builtin,
    logical_expr::{
        AggregateUDF, Expr, ExprSchemable, WindowFrame, WindowFrameBound, WindowFrameUnits,
        WindowFunctionDefinition,
        expr::{AggregateFunction, NullTreatment, Sort, WindowFunction, WindowFunctionParams},
        lit,
    },
};
use quarry_plan::{AggregateCall, Frame, SortKey, WindowCall};

use super::Lowering;

/// The aggregate that gives the value of a group's first row, null or not; `first` skips nulls.
pub(crate) const FIRST_ROW: &str = "first_row";

impl Lowering {
    /// Lowers an aggregate call.
    pub(super) fn aggregate(&self, call: &AggregateCall, schema: &DFSchema) -> Result<Expr> {
        let arguments = self.aggregate_arguments(call, schema)?;
        let name = grouped(&call.function, &arguments, schema)?;
        let function = self.aggregate_function(name)?;
        let filter = call.filter.as_ref().map(|filter| self.expression(filter, schema)).transpose()?;
        Ok(Expr::AggregateFunction(AggregateFunction::new_udf(
            function,
            arguments,
            name == "count_distinct",
            filter.map(Box::new),
            self.order(&call.order, schema)?,
            skips_nulls(&call.function),
        )))
    }

    fn aggregate_arguments(&self, call: &AggregateCall, schema: &DFSchema) -> Result<Vec<Expr>> {
        if call.arguments.is_empty() && call.function == "count" {
            return Ok(vec![lit(1_i64)]);
        }
        self.expressions(&call.arguments, schema)
    }

    fn aggregate_function(&self, name: &str) -> Result<Arc<AggregateUDF>> {
        let found = match name {
            "count" | "count_distinct" => builtin::count::count_udaf(),
            "sum" => builtin::sum::sum_udaf(),
            "avg" => builtin::average::avg_udaf(),
            "min" => builtin::min_max::min_udaf(),
            "max" => builtin::min_max::max_udaf(),
            // All calls of one order take the same row: the same states see the same rows. As one structure they cost 2.3
            // times the CPU over 50,000 groups (DataFusion 55 holds structures as scalars).
            FIRST_ROW => builtin::first_last::first_value_udaf(),
            "first" => builtin::first_last::first_value_udaf(),
            "last" => builtin::first_last::last_value_udaf(),
            "stddev" => builtin::stddev::stddev_udaf(),
            "stddev_pop" => builtin::stddev::stddev_pop_udaf(),
            "variance" => builtin::variance::var_samp_udaf(),
            "variance_pop" => builtin::variance::var_pop_udaf(),
            _ => {
                let found = self.functions.aggregates.get(name);
                Arc::clone(
                    found.ok_or_else(|| plan_datafusion_err!("no aggregate is registered as `{name}`"))?,
                )
            }
        };
        Ok(found)
    }

    /// Lowers a window call.
    pub(super) fn window(&self, window: &WindowCall, schema: &DFSchema) -> Result<Expr> {
        let call = &window.call;
        let function = self.window_function(&call.function, window.frame)?;
        let arguments = match &function {
            WindowFunctionDefinition::AggregateUDF(_) => self.aggregate_arguments(call, schema)?,
            WindowFunctionDefinition::WindowUDF(_) => self.expressions(&call.arguments, schema)?,
        };
        let filter = call.filter.as_ref().map(|filter| self.expression(filter, schema)).transpose()?;
        Ok(Expr::WindowFunction(Box::new(WindowFunction {
            fun: function,
            params: WindowFunctionParams {
                args: arguments,
                partition_by: self.expressions(&window.partition, schema)?,
                order_by: self.order(&call.order, schema)?,
                window_frame: window_frame(window.frame),
                filter: filter.map(Box::new),
                null_treatment: skips_nulls(&call.function),
                distinct: call.function == "count_distinct",
            },
        })))
    }

    fn window_function(&self, name: &str, frame: Frame) -> Result<WindowFunctionDefinition> {
        // The aggregates of these names cannot take rows back out of a frame that moves on.
        let moves = !matches!(frame, Frame::Whole | Frame::SO_FAR);
        let found = match name {
            "row_number" => datafusion::functions_window::row_number::row_number_udwf(),
            "first" if moves => datafusion::functions_window::nth_value::first_value_udwf(),
            "last" if moves => datafusion::functions_window::nth_value::last_value_udwf(),
            _ => match self.functions.windows.get(name) {
                Some(found) => Arc::clone(found),
                None => return Ok(WindowFunctionDefinition::AggregateUDF(self.aggregate_function(name)?)),
            },
        };
        Ok(WindowFunctionDefinition::WindowUDF(found))
    }

    /// Lowers an order.
    pub(super) fn order(&self, keys: &[SortKey], schema: &DFSchema) -> Result<Vec<Sort>> {
        let key =
            |key: &SortKey| Ok(self.expression(&key.value, schema)?.sort(!key.descending, key.nulls_first));
        keys.iter().map(key).collect()
    }
}

/// The name of the function for groups. The built-in distinct count sets 8 KB aside for the texts of each group, which
/// for many groups is more than may be held.
fn grouped<'a>(name: &'a str, arguments: &[Expr], schema: &DFSchema) -> Result<&'a str> {
    let is_text = match arguments {
        [argument] => argument.get_type(schema)? == DataType::Utf8,
        _ => false,
    };
    Ok(if name == "count_distinct" && is_text { "distinct_count" } else { name })
}

fn window_frame(frame: Frame) -> WindowFrame {
    let rows = |count: Option<usize>| {
        let count = count.map(|count| u64::try_from(count).unwrap_or(u64::MAX));
        WindowFrameBound::Preceding(ScalarValue::UInt64(count))
    };
    let (units, start, end) = match frame {
        Frame::Whole => {
            (WindowFrameUnits::Rows, rows(None), WindowFrameBound::Following(ScalarValue::UInt64(None)))
        }
        Frame::Rows { from, to: 0 } => (WindowFrameUnits::Rows, rows(from), WindowFrameBound::CurrentRow),
        Frame::Rows { from, to } => (WindowFrameUnits::Rows, rows(from), rows(Some(to))),
        Frame::Near { from, to } => {
            let before = |amount| WindowFrameBound::Preceding(ScalarValue::Float64(Some(amount)));
            let end = if to > 0.0 { before(to) } else { WindowFrameBound::CurrentRow };
            (WindowFrameUnits::Range, before(from), end)
        }
    };
    WindowFrame::new_bounds(units, start, end)
}

fn skips_nulls(function: &str) -> Option<NullTreatment> {
    matches!(function, "first" | "last").then_some(NullTreatment::IgnoreNulls)
}
