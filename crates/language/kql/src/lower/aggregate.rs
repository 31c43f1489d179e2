//! Aggregates as calls of the engine's.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{AggregateCall, Expression, ExpressionKind, aggregate_signature};

use super::{Lowerer, convert::Value, rows::Rows, summarize::Calls};
use crate::{
    bind::{Table, aggregate::is_star},
    codes, registry,
    syntax::tree::{Call, Expr},
    types::Kind,
};

/// Most elements of the lists that the old names give.
const OLD_LIMIT: i64 = 128;

/// Aggregates that the engine has as they are.
const BUILT_IN: &[(&str, &str)] = &[
    ("dcount", "count_distinct"),
    ("count_distinct", "count_distinct"),
    ("min", "min"),
    ("max", "max"),
    ("stdev", "stddev"),
    ("stdevp", "stddev_pop"),
    ("variance", "variance"),
    ("variancep", "variance_pop"),
];

/// Aggregates whose second argument is the most elements.
const LISTS: &[&str] = &["make_list", "make_list_with_nulls", "make_set", "make_bag"];

/// A column of an aggregate: what it is called, its arguments, the condition of its rows.
struct Wanted {
    function: String,
    arguments: Vec<Expression>,
    filter: Option<Expression>,
    kind: Kind,
}

impl Lowerer<'_> {
    /// The values that an aggregate gives over a group.
    pub(super) fn aggregate_call(
        &mut self,
        call: &Call,
        rows: &Rows,
        star: &Table,
        calls: &mut Calls,
        span: Span,
    ) -> Vec<Value> {
        let (name, arguments, filter) = self.without_condition(call, rows);
        match name.as_str() {
            "arg_max" | "arg_min" => self.extreme(&name, &arguments, rows, star, calls, span),
            "take_any" => self.any(&arguments, filter, rows, star, calls, span),
            "percentile" | "percentiles" => self.percentiles("percentile", 1, &arguments, rows, calls, span),
            "percentilew" | "percentilesw" => {
                self.percentiles("percentilew", 2, &arguments, rows, calls, span)
            }
            "count" => vec![self.add(calls, rows, counted(filter), span)],
            _ => vec![self.plain(call, &name, &arguments, filter, rows, calls, span)],
        }
    }

    /// The name of an aggregate without `if`, its other arguments, and the condition.
    fn without_condition(&mut self, call: &Call, rows: &Rows) -> (String, Vec<Expr>, Option<Expression>) {
        let written = call.name.text.as_str();
        let place = registry::aggregates().get(written).and_then(|function| {
            let signature = function.signatures.first()?;
            signature.parameters.iter().position(|parameter| parameter.name == "predicate")
        });
        let mut arguments = call.arguments.clone();
        let is_count = written == "count" && !arguments.is_empty();
        let place = if is_count { Some(0) } else { place };
        let filter = place.filter(|place| *place < arguments.len()).map(|place| {
            let condition = arguments.remove(place);
            self.condition(&condition, rows, true)
        });
        let base = match written {
            "makelist" => "make_list",
            "makeset" => "make_set",
            "makedictionary" | "make_dictionary" => "make_bag",
            "any" | "anyif" | "take_anyif" => "take_any",
            "argmax" => "arg_max",
            "argmin" => "arg_min",
            "cnt" | "countif" => "count",
            "variancepif" => "variancep",
            "stdevpif" => "stdevp",
            "make_list_if" | "make_set_if" | "make_bag_if" | "hll_if" => written.trim_end_matches("_if"),
            name if filter.is_some() => name.trim_end_matches("if"),
            name => name,
        };
        (base.to_owned(), arguments, filter)
    }

    /// An aggregate of one result.
    #[allow(clippy::too_many_arguments)] // what a call is and where it stands
    fn plain(
        &mut self,
        call: &Call,
        name: &str,
        arguments: &[Expr],
        filter: Option<Expression>,
        rows: &Rows,
        calls: &mut Calls,
        span: Span,
    ) -> Value {
        let row = rows.table();
        self.binder.scope = self.names.bound.clone();
        let kind = self.binder.aggregate(&as_expression(call, span), &row, &row).kind();
        let mut expressions: Vec<Expression> = Vec::new();
        for argument in arguments {
            let mut value = self.value(argument, rows);
            if is_arithmetic(name)
                && (value.kind == Kind::Dynamic || (name != "sum" && value.kind.is_integer()))
            {
                value = self.convert(value, Kind::Real);
            }
            expressions.push(value.expression);
        }
        if matches!(call.name.text.as_str(), "makelist" | "makeset") && expressions.len() == 1 {
            expressions.push(Expression::literal(quarry_plan::Value::Integer(OLD_LIMIT), span));
        }
        self.checked(name, &call.name.text, expressions, filter, kind, rows, calls, span)
    }

    #[allow(clippy::too_many_arguments)] // what a call is and where it stands
    fn checked(
        &mut self,
        name: &str,
        written: &str,
        mut arguments: Vec<Expression>,
        filter: Option<Expression>,
        kind: Kind,
        rows: &Rows,
        calls: &mut Calls,
        span: Span,
    ) -> Value {
        let built_in = BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, planned)| *planned);
        let function = built_in.map_or_else(|| format!("kql_{name}"), str::to_owned);
        if built_in.is_some() {
            arguments.truncate(1);
        }
        if kind == Kind::Decimal && matches!(name, "sum" | "avg") {
            self.refuse(&format!("`{written}` of decimals"), span, "convert them with `todouble()`");
        }
        if name == "make_bag" && arguments.len() > 1 {
            self.refuse(&format!("`{written}` with a most"), span, "leave it out");
        }
        if LISTS.contains(&name) && arguments.len() == 1 {
            arguments.push(super::rows::typed_null(quarry_plan::Type::Integer, span));
        }
        if built_in.is_none() && aggregate_signature(&function).is_none() {
            let message = format!("quarry does not run the aggregate `{written}`");
            let help = "say what it computes by other aggregates";
            self.report(Diagnostic::error(codes::FUNCTION_NOT_RUN, message, span).with_help(help));
            return Value::null(kind, span);
        }
        let value = self.add(calls, rows, Wanted { function, arguments, filter, kind }, span);
        match of_nothing(name, kind) {
            Some(nothing) => {
                let both = vec![value.expression, Expression::literal(nothing, span)];
                Value::new(Expression::new(ExpressionKind::Coalesce(both), span), kind)
            }
            None => value,
        }
    }

    /// Adds a call; gives its column.
    fn add(&mut self, calls: &mut Calls, rows: &Rows, wanted: Wanted, span: Span) -> Value {
        let Wanted { function, arguments, filter, kind } = wanted;
        let name = self.fresh(&function);
        // The engine's own aggregates know no order of rows.
        let is_own = aggregate_signature(&function).is_some();
        let order = if is_own { rows.node.order() } else { Vec::new() };
        let call = AggregateCall { function, arguments, filter, order, result: kind.carrier() };
        calls.push((name.clone(), call));
        let column = Expression::column(name, span);
        let expression = if kind == Kind::String {
            let empty = Expression::text("", span);
            Expression::new(ExpressionKind::Coalesce(vec![column, empty]), span)
        } else {
            column
        };
        Value::new(expression, kind)
    }

    /// The greatest or least value, and others of its row.
    fn extreme(
        &mut self,
        name: &str,
        arguments: &[Expr],
        rows: &Rows,
        star: &Table,
        calls: &mut Calls,
        span: Span,
    ) -> Vec<Value> {
        let Some((by, rest)) = arguments.split_first() else { return Vec::new() };
        let by_name = match &by.kind {
            crate::syntax::tree::ExprKind::Name(name) => Some(name.clone()),
            _ => None,
        };
        let by = self.value(by, rows);
        let mut wanted = vec![by.clone()];
        for value in rest {
            if is_star(Some(value)) {
                let others = star.columns.iter().filter(|column| Some(&column.name) != by_name.as_ref());
                wanted.extend(others.filter_map(|column| rows.value_of(&column.name, span)));
            } else {
                wanted.push(self.value(value, rows));
            }
        }
        wanted
            .into_iter()
            .map(|value| {
                let arguments = vec![by.expression.clone(), value.expression];
                self.checked(name, name, arguments, None, value.kind, rows, calls, span)
            })
            .collect()
    }

    /// Values of one row.
    fn any(
        &mut self,
        arguments: &[Expr],
        filter: Option<Expression>,
        rows: &Rows,
        star: &Table,
        calls: &mut Calls,
        span: Span,
    ) -> Vec<Value> {
        let mut wanted = Vec::new();
        for value in arguments {
            if is_star(Some(value)) {
                let all = star.columns.iter();
                wanted.extend(all.filter_map(|column| rows.value_of(&column.name, span)));
            } else {
                wanted.push(self.value(value, rows));
            }
        }
        wanted
            .into_iter()
            .map(|value| {
                let arguments = vec![value.expression];
                self.checked("take_any", "take_any", arguments, filter.clone(), value.kind, rows, calls, span)
            })
            .collect()
    }

    fn percentiles(
        &mut self,
        function: &str,
        leading: usize,
        arguments: &[Expr],
        rows: &Rows,
        calls: &mut Calls,
        span: Span,
    ) -> Vec<Value> {
        let (leading, percents) = arguments.split_at(leading.min(arguments.len()));
        let of: Vec<Value> = leading.iter().map(|value| self.value(value, rows)).collect();
        let kind = match of.first().map(|value| value.kind) {
            Some(Kind::Int) => Kind::Long,
            Some(kind) => kind,
            None => return Vec::new(),
        };
        percents
            .iter()
            .map(|percent| {
                let mut arguments: Vec<Expression> =
                    of.iter().map(|value| value.expression.clone()).collect();
                let percent = self.value(percent, rows);
                arguments.push(self.convert(percent, Kind::Real).expression);
                self.checked(function, function, arguments, None, kind, rows, calls, span)
            })
            .collect()
    }
}

/// What an aggregate gives of no values, where that is not null.
fn of_nothing(name: &str, kind: Kind) -> Option<quarry_plan::Value> {
    Some(match (name, kind) {
        ("sum", Kind::Int | Kind::Long) => quarry_plan::Value::Integer(0),
        ("sum" | "stdev" | "stdevp" | "variance" | "variancep", Kind::Real) => {
            quarry_plan::Value::Double(0.0)
        }
        ("sum", Kind::Timespan) => quarry_plan::Value::Timespan(0),
        ("sum", Kind::Decimal) => quarry_plan::Value::Decimal(0.into()),
        ("avg", Kind::Real) => quarry_plan::Value::Double(f64::NAN),
        _ => return None,
    })
}

fn counted(filter: Option<Expression>) -> Wanted {
    Wanted { function: "count".to_owned(), arguments: Vec::new(), filter, kind: Kind::Long }
}

fn as_expression(call: &Call, span: Span) -> Expr {
    Expr { kind: crate::syntax::tree::ExprKind::Call(call.clone()), span }
}

/// Whether an aggregate computes with its values.
fn is_arithmetic(name: &str) -> bool {
    matches!(
        name,
        "sum" | "avg" | "stdev" | "stdevp" | "variance" | "variancep" | "binary_all_and" | "binary_all_or"
    )
}
