//! Aggregate and window calls.

use std::sync::Arc;

use datafusion::{
    common::{DFSchema, plan_datafusion_err},
    error::Result,
    functions_aggregate as builtin,
    logical_expr::{
        AggregateUDF, Expr, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowFunctionDefinition,
        expr::{AggregateFunction, NullTreatment, Sort, WindowFunction, WindowFunctionParams},
        lit,
    },
};
use quarry_plan::{AggregateCall, SortKey, WindowCall};

use super::Lowering;

impl Lowering {
    /// Lowers an aggregate call.
    pub(super) fn aggregate(&self, call: &AggregateCall, schema: &DFSchema) -> Result<Expr> {
        let function = self.aggregate_function(&call.function)?;
        let arguments = self.aggregate_arguments(call, schema)?;
        let filter = call.filter.as_ref().map(|filter| self.expression(filter, schema)).transpose()?;
        Ok(Expr::AggregateFunction(AggregateFunction::new_udf(
            function,
            arguments,
            call.function == "count_distinct",
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
            "first" => builtin::first_last::first_value_udaf(),
            "last" => builtin::first_last::last_value_udaf(),
            "stddev" => builtin::stddev::stddev_udaf(),
            "stddev_pop" => builtin::stddev::stddev_pop_udaf(),
            "variance" => builtin::variance::var_samp_udaf(),
            "variance_pop" => builtin::variance::var_pop_udaf(),
            _ => {
                let found = self.aggregates.get(name);
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
        let (function, arguments) = if call.function == "row_number" {
            let function = datafusion::functions_window::row_number::row_number_udwf();
            (WindowFunctionDefinition::WindowUDF(function), Vec::new())
        } else {
            let function = self.aggregate_function(&call.function)?;
            (WindowFunctionDefinition::AggregateUDF(function), self.aggregate_arguments(call, schema)?)
        };
        let end = if window.whole {
            WindowFrameBound::Following(datafusion::common::ScalarValue::UInt64(None))
        } else {
            WindowFrameBound::CurrentRow
        };
        let start = WindowFrameBound::Preceding(datafusion::common::ScalarValue::UInt64(None));
        let filter = call.filter.as_ref().map(|filter| self.expression(filter, schema)).transpose()?;
        Ok(Expr::WindowFunction(Box::new(WindowFunction {
            fun: function,
            params: WindowFunctionParams {
                args: arguments,
                partition_by: self.expressions(&window.partition, schema)?,
                order_by: self.order(&call.order, schema)?,
                window_frame: WindowFrame::new_bounds(WindowFrameUnits::Rows, start, end),
                filter: filter.map(Box::new),
                null_treatment: skips_nulls(&call.function),
                distinct: call.function == "count_distinct",
            },
        })))
    }

    /// Lowers an order; nulls go last both ways.
    pub(super) fn order(&self, keys: &[SortKey], schema: &DFSchema) -> Result<Vec<Sort>> {
        keys.iter().map(|key| Ok(self.expression(&key.value, schema)?.sort(!key.descending, false))).collect()
    }
}

fn skips_nulls(function: &str) -> Option<NullTreatment> {
    matches!(function, "first" | "last").then_some(NullTreatment::IgnoreNulls)
}
