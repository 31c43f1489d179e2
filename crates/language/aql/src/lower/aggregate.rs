//! Aggregates and groups.
//!
//! A select is lowered over its rows first, each aggregate standing as a column of its own. Then
//! every expression is rewritten over the groups: what equals a group key becomes that key, and any
//! other field takes its first value.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{
    Aggregate, AggregateCall, ColumnName, Expression as Planned, ExpressionKind as Kind, Node, Operator,
    SortKey, Type,
};

use super::{
    select::Select,
    value::{Origin, Typed},
};
use crate::{
    codes,
    registry::{AggregateRule, Function},
    syntax::Call,
};

impl Select<'_, '_, '_> {
    pub(super) fn aggregate(
        &mut self,
        function: &Function,
        rule: AggregateRule,
        call: &Call,
        span: Span,
    ) -> Typed {
        let result = Typed::null(Type::Double, span);
        if !self.takes_aggregate(function.name, span) {
            return result;
        }
        self.check_extras(function, rule, call, span);
        let everything =
            rule.counts && rule.function == "count" && !call.distinct && call.arguments.is_empty();
        if !everything && !self.check_count(function, call.arguments.len(), span) {
            return result;
        }
        let outer = self.no_aggregates.replace("another aggregate");
        let argument = call.arguments.first().map(|argument| self.expression(argument));
        self.no_aggregates = outer;
        let function =
            if call.distinct && rule.function == "count" { "count_distinct" } else { rule.function };
        self.register(function, rule, argument, span)
    }

    /// Whether an aggregate may stand here; if not, that is reported.
    pub(super) fn takes_aggregate(&mut self, name: &str, span: Span) -> bool {
        let Some(clause) = self.no_aggregates else { return true };
        let message = format!("{name} has no value in {clause}");
        let help = if clause == "WHERE" {
            "conditions on aggregates stand in HAVING"
        } else {
            "use a sub-select in FROM"
        };
        self.context.report(Diagnostic::error(codes::MISPLACED_AGGREGATE, message, span).with_help(help));
        false
    }

    /// `COUNT()`, `COUNT(DISTINCT x)` and `SUM(*)`.
    fn check_extras(&mut self, function: &Function, rule: AggregateRule, call: &Call, span: Span) {
        if call.star && rule.function != "count" {
            let message = format!("{} does not take *", function.name);
            self.context.report(
                Diagnostic::error(codes::ARGUMENT_KIND, message, span)
                    .with_help(format!("write {}(field), or COUNT(*)", function.name)),
            );
        }
        let empty = call.arguments.is_empty() && !call.star && rule.function == "count";
        if call.distinct && rule.function == "count" {
            let message = "read as UNIQUECOUNT(...): QRadar refuses COUNT(DISTINCT ...)";
            let found = Diagnostic::note(codes::DISTINCT_ARGUMENT, message, span);
            self.context.report(found.with_help("write UNIQUECOUNT(x)"));
            return;
        }
        if empty || call.distinct {
            let written = if empty {
                format!("{}()", function.name)
            } else {
                format!("{}(DISTINCT ...)", function.name)
            };
            let help = if empty { "write COUNT(*)" } else { "write UNIQUECOUNT(x)" };
            let message = format!("{written} is not documented AQL");
            let code = if empty { codes::UNDOCUMENTED } else { codes::DISTINCT_ARGUMENT };
            let supported = empty || rule.function == "count";
            let found = if supported {
                self.context.undocumented(code, message, span, help)
            } else {
                Diagnostic::error(code, message, span).with_help(help)
            };
            self.context.report(found);
        }
    }

    fn register(
        &mut self,
        function: &str,
        rule: AggregateRule,
        argument: Option<Typed>,
        span: Span,
    ) -> Typed {
        let mut call = AggregateCall {
            function: function.to_owned(),
            arguments: Vec::new(),
            filter: None,
            order: Vec::new(),
            result: Type::Integer,
        };
        let is_address = argument.as_ref().is_some_and(|argument| argument.origin == Origin::Address);
        if let Some(argument) = argument {
            if is_address && matches!(rule.function, "min" | "max") {
                // The least is the first in the order of addresses.
                let key = argument.clone().sort_key();
                call.order = vec![SortKey::new(key, rule.function == "max")];
                "first".clone_into(&mut call.function);
            }
            self.give(&mut call, rule, argument);
        }
        if rule.ordered {
            call.order = self.event_order(span);
        }
        let result = call.result;
        let name = self.place(call);
        let column = Typed::new(Planned::column(name, span), result);
        match result {
            Type::Integer => Typed::new(column.cast(Type::Double), Type::Double),
            _ => Typed { origin: if is_address { Origin::Address } else { Origin::Any }, ..column },
        }
    }

    /// Sets the argument: a condition counts the rows for which it holds, numbers become doubles.
    fn give(&mut self, call: &mut AggregateCall, rule: AggregateRule, argument: Typed) {
        let argument = self.readable(argument);
        if rule.counts {
            if call.function == "count" && argument.data_type == Type::Boolean {
                call.filter = Some(argument.expression);
            } else {
                call.arguments.push(argument.expression);
            }
        } else {
            let is_number = matches!(argument.data_type, Type::Integer | Type::Double | Type::Null);
            call.result = if rule.numeric || is_number { Type::Double } else { argument.data_type };
            call.arguments.push(argument.cast(call.result));
        }
    }

    /// The column of an aggregate; equal ones share one.
    pub(super) fn place(&mut self, call: AggregateCall) -> ColumnName {
        let known =
            self.aggregates.iter().find(|(_, have)| same_call(have, &call)).map(|(name, _)| name.clone());
        known.unwrap_or_else(|| {
            let name = self.context.fresh("aggregate");
            self.aggregates.push((name.clone(), call));
            name
        })
    }

    /// Oldest first.
    pub(super) fn event_order(&mut self, span: Span) -> Vec<SortKey> {
        let time = self.scope.order_time(span);
        time.map(|time| SortKey::new(time.expression, false)).into_iter().collect()
    }

    /// Rewrites an expression over rows as one over groups.
    pub(super) fn over_groups(&mut self, expression: Planned, groups: &[Group]) -> Planned {
        if let Some(group) = groups.iter().find(|group| same(&group.value, &expression)) {
            return Planned::column(group.name.clone(), expression.span);
        }
        match &expression.kind {
            Kind::Column(name) if self.aggregates.iter().any(|(have, _)| have == name) => expression,
            Kind::Column(name) => {
                let result = self.scope.column_type(name).unwrap_or(Type::Integer);
                let call = AggregateCall {
                    function: "first".to_owned(),
                    arguments: vec![expression.clone()],
                    filter: None,
                    order: self.event_order(expression.span),
                    result,
                };
                Planned::column(self.place(call), expression.span)
            }
            _ => map_children(expression, &mut |child| self.over_groups(child, groups)),
        }
    }
}

/// A group key.
pub(super) struct Group {
    pub name: ColumnName,
    pub value: Planned,
}

/// The operator that groups.
pub(super) fn node(
    input: Node,
    groups: Vec<Group>,
    aggregates: Vec<(ColumnName, AggregateCall)>,
    span: Span,
) -> Node {
    let groups = groups.into_iter().map(|group| (group.name, group.value)).collect();
    Node::new(Operator::Aggregate(Aggregate { input: Box::new(input), groups, aggregates }), span)
}

/// Whether two expressions are the same but for their places.
pub(super) fn same(left: &Planned, right: &Planned) -> bool {
    let alike = match (&left.kind, &right.kind) {
        (Kind::Literal(left), Kind::Literal(right)) => left == right,
        (Kind::Column(left), Kind::Column(right)) => left == right,
        (Kind::Call { function: left, .. }, Kind::Call { function: right, .. }) => left == right,
        (
            Kind::Compare { operator: left, rule: left_rule, .. },
            Kind::Compare { operator: right, rule: right_rule, .. },
        ) => left == right && left_rule == right_rule,
        (Kind::Match { matcher: left, .. }, Kind::Match { matcher: right, .. }) => left == right,
        (Kind::Member { set: left, .. }, Kind::Member { set: right, .. }) => left == right,
        (Kind::Cast { to: left, .. }, Kind::Cast { to: right, .. }) => left == right,
        (Kind::Arithmetic { operator: left, .. }, Kind::Arithmetic { operator: right, .. }) => left == right,
        (Kind::Case { arms: left, otherwise: one }, Kind::Case { arms: right, otherwise: other }) => {
            left.len() == right.len() && one.is_some() == other.is_some()
        }
        (Kind::Not(_), Kind::Not(_))
        | (Kind::And(_), Kind::And(_))
        | (Kind::Or(_), Kind::Or(_))
        | (Kind::IsNull(_), Kind::IsNull(_))
        | (Kind::Coalesce(_), Kind::Coalesce(_)) => true,
        _ => false,
    };
    if !alike {
        return false;
    }
    let (left, right) = (left.children(), right.children());
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
}

fn same_call(left: &AggregateCall, right: &AggregateCall) -> bool {
    let filters = match (&left.filter, &right.filter) {
        (Some(left), Some(right)) => same(left, right),
        (None, None) => true,
        _ => false,
    };
    filters
        && left.function == right.function
        && left.arguments.len() == right.arguments.len()
        && left.arguments.iter().zip(&right.arguments).all(|(left, right)| same(left, right))
        && left.order.len() == right.order.len()
        && left
            .order
            .iter()
            .zip(&right.order)
            .all(|(left, right)| left.descending == right.descending && same(&left.value, &right.value))
}

/// The expression with every direct operand replaced.
fn map_children(mut expression: Planned, change: &mut dyn FnMut(Planned) -> Planned) -> Planned {
    for child in expression.children_mut() {
        let nothing = Planned::literal(quarry_plan::Value::Null, child.span);
        *child = change(std::mem::replace(child, nothing));
    }
    expression
}
