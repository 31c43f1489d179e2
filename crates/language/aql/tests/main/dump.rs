//! Plans as text, one operator a line, inputs last.

use std::fmt::Write;

use quarry_plan::{
    AggregateCall, Arithmetic, ColumnName, Comparison, ComparisonRule, Expression, ExpressionKind, Node,
    Operator, SortKey, SourceField, TimeBound, TimeStep, Value,
};

pub fn plan(node: &Node) -> String {
    let mut text = String::new();
    write_node(node, 0, &mut text);
    text
}

fn write_node(node: &Node, level: usize, text: &mut String) {
    let line = match &node.operator {
        Operator::Source(source) => {
            let columns: Vec<String> = source
                .columns
                .iter()
                .map(|column| {
                    let renamed = match &column.field {
                        SourceField::View(name) if column.name == *name => String::new(),
                        SourceField::View(name) => format!(" = {name}"),
                        SourceField::Path(path) => format!(" = path {path}"),
                        SourceField::Alert(name) => format!(" = alert {name}"),
                        SourceField::Part { field, path } => format!(" = part {field}{path}"),
                    };
                    format!("{}{renamed}: {:?}", shown(&column.name), column.data_type)
                })
                .collect();
            let bound = |bound: &Option<TimeBound>| bound.as_ref().map_or("..".to_owned(), time);
            let range = if source.time.is_unbounded() {
                String::new()
            } else {
                format!(" from {} to {}", bound(&source.time.earliest), bound(&source.time.latest))
            };
            format!("source {} [{}]{range}", source.view, columns.join(", "))
        }
        Operator::Values { columns, rows, .. } => {
            let columns: Vec<String> =
                columns.iter().map(|(name, kind)| format!("{}: {kind:?}", shown(name))).collect();
            format!("values [{}] {} rows", columns.join(", "), rows.len())
        }
        Operator::Filter { predicate, .. } => format!("filter {}", expression(predicate)),
        Operator::Extend { columns, .. } => format!("extend {}", assignments(columns)),
        Operator::Project { columns, .. } => format!("project {}", assignments(columns)),
        Operator::Aggregate(aggregate) => {
            let calls: Vec<String> = aggregate
                .aggregates
                .iter()
                .map(|(name, call)| format!("{} = {}", shown(name), aggregate_call(call)))
                .collect();
            format!("aggregate [{}] by [{}]", calls.join(", "), assignments(&aggregate.groups))
        }
        Operator::Sort { keys, .. } => format!("sort {}", order(keys)),
        Operator::Limit { skip, fetch, .. } => format!("limit skip {skip} fetch {fetch:?}"),
        Operator::Join { kind, on, .. } => {
            let on: Vec<String> = on
                .iter()
                .map(|(left, right)| format!("{} = {}", expression(left), expression(right)))
                .collect();
            format!("join {kind:?} on {}", on.join(", "))
        }
        Operator::Window { calls, .. } => {
            let calls: Vec<String> = calls
                .iter()
                .map(|(name, window)| {
                    let partition: Vec<String> = window.partition.iter().map(expression).collect();
                    format!(
                        "{} = {} over [{}]",
                        shown(name),
                        aggregate_call(&window.call),
                        partition.join(", ")
                    )
                })
                .collect();
            format!("window {}", calls.join(", "))
        }
        other => format!("{other:?}"),
    };
    writeln!(text, "{}{line}", "  ".repeat(level)).unwrap();
    for input in node.inputs() {
        write_node(input, level + 1, text);
    }
}

fn shown(name: &ColumnName) -> String {
    name.user().map_or_else(|| format!("#{}", name.text()), str::to_owned)
}

fn assignments(columns: &[(ColumnName, Expression)]) -> String {
    let items: Vec<String> = columns
        .iter()
        .map(|(name, value)| {
            let (name, value) = (shown(name), expression(value));
            if name == value { value } else { format!("{name} = {value}") }
        })
        .collect();
    items.join(", ")
}

fn aggregate_call(call: &AggregateCall) -> String {
    let arguments: Vec<String> = call.arguments.iter().map(expression).collect();
    let filter =
        call.filter.as_ref().map(|filter| format!(" where {}", expression(filter))).unwrap_or_default();
    let order = if call.order.is_empty() { String::new() } else { format!(" order {}", order(&call.order)) };
    format!("{}({}){filter}{order}: {:?}", call.function, arguments.join(", "), call.result)
}

fn order(keys: &[SortKey]) -> String {
    let keys: Vec<String> = keys
        .iter()
        .map(|key| format!("{}{}", expression(&key.value), if key.descending { " desc" } else { "" }))
        .collect();
    keys.join(", ")
}

fn time(bound: &TimeBound) -> String {
    let mut text = bound.base.map_or("now".to_owned(), |base| format!("{}s", base / 1_000_000));
    for step in &bound.steps {
        match step {
            TimeStep::Shift { amount, unit } => write!(text, "{amount:+}{unit:?}").unwrap(),
            TimeStep::Floor(unit) => write!(text, "@{unit:?}").unwrap(),
            TimeStep::FloorWeekday(day) => write!(text, "@w{day}").unwrap(),
        }
    }
    text
}

pub fn expression(value: &Expression) -> String {
    let list = |items: &[Expression], separator: &str| {
        items.iter().map(expression).collect::<Vec<_>>().join(separator)
    };
    match &value.kind {
        ExpressionKind::Literal(value) => literal(value),
        ExpressionKind::Column(name) => shown(name),
        ExpressionKind::Call { function, arguments, result } => {
            format!("{function}({}): {result:?}", list(arguments, ", "))
        }
        ExpressionKind::Not(inner) => format!("not ({})", expression(inner)),
        ExpressionKind::And(items) => format!("({})", list(items, " and ")),
        ExpressionKind::Or(items) => format!("({})", list(items, " or ")),
        ExpressionKind::Compare { operator, rule, left, right } => {
            let operator = match operator {
                Comparison::Equal => "=",
                Comparison::NotEqual => "<>",
                Comparison::Less => "<",
                Comparison::LessOrEqual => "<=",
                Comparison::Greater => ">",
                Comparison::GreaterOrEqual => ">=",
            };
            let rule = match rule {
                ComparisonRule::Exact => "",
                ComparisonRule::NumbersElseText => " [numbers else text]",
                ComparisonRule::NumberAsText => " [number as text]",
                ComparisonRule::Address => " [address]",
            };
            format!("{} {operator}{rule} {}", expression(left), expression(right))
        }
        ExpressionKind::Match { matcher, value } => {
            let (name, pattern) = (matcher.pattern.kind(), matcher.pattern.text());
            format!("{} {name}{} '{pattern}'", expression(value), if matcher.ignore_case { "~" } else { "" })
        }
        ExpressionKind::Member { set, value } => {
            format!("{} one of {}", expression(value), set.members().len())
        }
        ExpressionKind::IsNull(inner) => format!("{} is null", expression(inner)),
        ExpressionKind::Case { arms, otherwise } => {
            let arms: Vec<String> = arms
                .iter()
                .map(|(when, then)| format!("{} -> {}", expression(when), expression(then)))
                .collect();
            let otherwise =
                otherwise.as_ref().map(|value| format!(" else {}", expression(value))).unwrap_or_default();
            format!("case {{{}{otherwise}}}", arms.join("; "))
        }
        ExpressionKind::Coalesce(items) => format!("coalesce({})", list(items, ", ")),
        ExpressionKind::Cast { value, to } => format!("{to:?}({})", expression(value)),
        ExpressionKind::ForEach { list, element, body } => {
            format!("foreach({} as {}: {})", expression(list), shown(element), expression(body))
        }
        ExpressionKind::Path { value, steps } => format!("{} into {steps:?}", expression(value)),
        ExpressionKind::Arithmetic { operator, left, right } => {
            let operator = match operator {
                Arithmetic::Add => "+",
                Arithmetic::Subtract => "-",
                Arithmetic::Multiply => "*",
                Arithmetic::Divide => "/",
                Arithmetic::Modulo => "%",
            };
            format!("({} {operator} {})", expression(left), expression(right))
        }
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Double(number) => format!("{number:?}"),
        Value::Text(text) => format!("'{text}'"),
        other => format!("{other:?}"),
    }
}
