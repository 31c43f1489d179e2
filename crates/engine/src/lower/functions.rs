//! The functions that plans name, as a session and every worker have them.

use std::{collections::HashMap, sync::Arc};

use datafusion::{
    common::{ScalarValue, config::ConfigOptions, plan_datafusion_err},
    error::Result,
    logical_expr::{AggregateUDF, ScalarUDF, WindowUDF},
    prelude::SessionContext,
};
use quarry_functions::{Bounds, Constants, Function, Places};
use quarry_plan::{Expression, ExpressionKind, Node, Value};

use super::{for_each, program};

/// Functions by name. What they need beside rows they get as arguments, so that a physical plan can be written
/// down and read where there are the same functions.
pub struct Functions {
    scalars: HashMap<String, Arc<ScalarUDF>>,
    pub(super) aggregates: HashMap<String, Arc<AggregateUDF>>,
    pub(super) windows: HashMap<String, Arc<WindowUDF>>,
    /// Those that get arguments from the session.
    added: HashMap<&'static str, &'static Function>,
    places: Option<Places>,
    pub(super) config: Arc<ConfigOptions>,
}

impl Functions {
    /// Whether there is a database of places.
    pub(crate) fn has_places(&self) -> bool {
        self.places.is_some()
    }

    /// All functions; `places` is the database that says where addresses are, `bounds` what they
    /// may take.
    #[must_use]
    pub fn new(places: Option<Places>, bounds: &Arc<Bounds>) -> Self {
        let scalars = quarry_functions::scalar_functions(places.as_ref(), bounds);
        let aggregates = quarry_functions::aggregate_functions();
        let windows = quarry_functions::window_functions();
        let added = quarry_functions::scalar_table();
        let added = added.filter(|function| !function.added_arguments(0, None).is_empty());
        Self {
            scalars: scalars.into_iter().map(|found| (found.name().to_owned(), found)).collect(),
            aggregates: aggregates.into_iter().map(|found| (found.name().to_owned(), found)).collect(),
            windows: windows.into_iter().map(|found| (found.name().to_owned(), found)).collect(),
            added: added.map(|function| (function.name, function)).collect(),
            places,
            config: Arc::default(),
        }
    }

    /// Makes them known to a context, which is where physical plans that are read find them.
    pub fn register(self: &Arc<Self>, context: &SessionContext) {
        let of_expressions = OfExpressions::new(self);
        for function in self.scalars.values().chain(of_expressions.all()) {
            context.register_udf(ScalarUDF::clone(function));
        }
        for function in self.aggregates.values() {
            context.register_udaf(AggregateUDF::clone(function));
        }
        for function in self.windows.values() {
            context.register_udwf(WindowUDF::clone(function));
        }
    }

    /// The plan with the present moment, and which database of places is meant, written into the calls that ask for
    /// them.
    pub fn settle(&self, node: &mut Node, now: i64) {
        for expression in node.operator.expressions_mut() {
            self.settle_expression(expression, now);
        }
        for input in node.operator.inputs_mut() {
            self.settle(input, now);
        }
    }

    fn settle_expression(&self, expression: &mut Expression, now: i64) {
        for child in expression.children_mut() {
            self.settle_expression(child, now);
        }
        let span = expression.span;
        if let ExpressionKind::Call { function, arguments, .. } = &mut expression.kind
            && let Some(found) = self.added.get(function.as_str())
        {
            let added = found.added_arguments(now, self.places.as_ref());
            arguments.extend(added.into_iter().map(|value| Expression::literal(constant(value), span)));
        }
    }

    fn scalar(&self, name: &str) -> Option<&Arc<ScalarUDF>> {
        self.scalars.get(name)
    }
}

fn constant(value: ScalarValue) -> Value {
    match value {
        ScalarValue::TimestampMicrosecond(Some(micros), _) => Value::Timestamp(micros),
        ScalarValue::Utf8(Some(text)) => Value::Text(text),
        _ => Value::Null,
    }
}

/// The functions that evaluate expressions, which they get as bytes. They find other functions in a registry; one for
/// expressions inside has another set of these, so that nothing holds itself.
pub(super) struct OfExpressions {
    pub(super) for_each: [Arc<ScalarUDF>; 2],
    pub(super) program: [Arc<ScalarUDF>; 2],
    pub(super) program_result: Arc<ScalarUDF>,
    /// What was made of the bytes.
    pub(super) made: Arc<Constants>,
}

impl OfExpressions {
    pub(super) fn new(functions: &Arc<Functions>) -> Self {
        let made = Arc::new(Constants::default());
        let for_each = |by_chance| Arc::new(for_each::for_each_udf(functions, &made, by_chance));
        let program = |by_chance| Arc::new(program::program_udf(functions, &made, by_chance));
        Self {
            for_each: [for_each(false), for_each(true)],
            program: [program(false), program(true)],
            program_result: Arc::new(program::program_result_udf()),
            made: Arc::clone(&made),
        }
    }

    fn all(&self) -> impl Iterator<Item = &Arc<ScalarUDF>> {
        self.for_each.iter().chain(&self.program).chain([&self.program_result])
    }
}

impl super::Lowering {
    pub(super) fn scalar(&self, name: &str) -> Result<Arc<ScalarUDF>> {
        let found = self.functions.scalar(name);
        found.cloned().ok_or_else(|| plan_datafusion_err!("no function is registered as `{name}`"))
    }
}
