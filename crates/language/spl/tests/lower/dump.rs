//! Plans as text, one operator a line, the source first.

use quarry_plan::{
    AggregateCall, Arithmetic, ColumnName, Comparison, ComparisonRule, Expression, ExpressionKind, Frame,
    Node, Operator, SortKey, Value,
};

pub fn plan(node: &Node) -> String {
    let mut lines = Vec::new();
    walk(node, 0, &mut lines);
    lines.join("\n")
}

fn walk(node: &Node, depth: usize, lines: &mut Vec<String>) {
    let inputs = node.inputs();
    let inner = if inputs.len() > 1 { depth + 1 } else { depth };
    for input in inputs {
        walk(input, inner, lines);
    }
    lines.push(format!("{}{}", "  ".repeat(depth), operator(&node.operator)));
}

fn operator(operator: &Operator) -> String {
    match operator {
        Operator::Source(source) => {
            let columns: Vec<String> = source
                .columns
                .iter()
                .map(|column| format!("{}:{:?}", shown(&column.name), column.data_type))
                .collect();
            let mut text = format!("source {}", columns.join(" "));
            if !source.time.is_unbounded() {
                text.push_str(&format!(" time {:?}", source.time));
            }
            if !source.choices.is_empty() {
                text.push_str(&format!(" choices {:?}", source.choices));
            }
            text
        }
        Operator::Values { columns, rows, place } => {
            let place = place.iter().map(|name| format!(" by {}", shown(name))).collect::<String>();
            format!("values {columns:?} {rows:?}{place}")
        }
        Operator::Filter { predicate, .. } => format!("filter {}", expression(predicate)),
        Operator::Extend { columns, .. } => format!("extend {}", named(columns)),
        Operator::Project { columns, .. } => format!("project {}", named(columns)),
        Operator::Aggregate(aggregate) => {
            let calls: Vec<String> = aggregate
                .aggregates
                .iter()
                .map(|(name, found)| format!("{}={}", shown(name), call(found)))
                .collect();
            format!("aggregate [{}] by [{}]", calls.join(", "), named(&aggregate.groups))
        }
        Operator::Window { calls, .. } => {
            let calls: Vec<String> = calls
                .iter()
                .map(|(name, window)| {
                    let over = match window.frame {
                        Frame::Whole => "all".to_owned(),
                        Frame::SO_FAR => "so far".to_owned(),
                        other => format!("{other:?}"),
                    };
                    format!(
                        "{}={} over {over} by [{}]",
                        shown(name),
                        call(&window.call),
                        list(&window.partition)
                    )
                })
                .collect();
            format!("window {}", calls.join(", "))
        }
        Operator::Sort { keys, .. } => format!("sort {}", order(keys)),
        Operator::Limit { skip, fetch, .. } => format!("limit skip {skip} fetch {fetch:?}"),
        Operator::Deduplicate { keys, keep, order: keys_of_order, .. } => {
            format!("deduplicate [{}] keep {keep} order {}", list(keys), order(keys_of_order))
        }
        Operator::Union { .. } => "union".to_owned(),
        Operator::Join { kind, on, .. } => {
            let on: Vec<String> = on
                .iter()
                .map(|(left, right)| format!("{}={}", expression(left), expression(right)))
                .collect();
            format!("join {kind:?} on {}", on.join(", "))
        }
        Operator::Lookup(lookup) => {
            let keys = lookup.keys.iter().map(|key| {
                let column = &lookup.table.columns[key.column];
                let case = if key.ignore_case { " any case" } else { "" };
                format!("{}~{column} {:?}{case}", expression(&key.value), key.how)
            });
            let outputs = lookup
                .outputs
                .iter()
                .map(|(name, column)| format!("{}={}", shown(name), lookup.table.columns[*column]));
            format!(
                "lookup {} on {} gives {} most {} least {} default {:?}",
                lookup.table.name,
                keys.collect::<Vec<_>>().join(", "),
                outputs.collect::<Vec<_>>().join(", "),
                lookup.most,
                lookup.least,
                lookup.default
            )
        }
        Operator::Expand { column, limit, .. } => format!("expand {} limit {limit:?}", shown(column)),
        Operator::Let { name, .. } => format!("let {name}"),
        Operator::Reference { name, .. } => format!("reference {name}"),
    }
}

fn shown(name: &ColumnName) -> String {
    name.user().map_or_else(|| format!("#{}", name.text()), str::to_owned)
}

fn named(columns: &[(ColumnName, Expression)]) -> String {
    let columns = columns.iter().map(|(name, value)| match &value.kind {
        ExpressionKind::Column(column) if column == name => shown(name),
        _ => format!("{}={}", shown(name), expression(value)),
    });
    columns.collect::<Vec<_>>().join(", ")
}

fn call(call: &AggregateCall) -> String {
    let mut text = format!("{}({}):{:?}", call.function, list(&call.arguments), call.result);
    if let Some(filter) = &call.filter {
        text.push_str(&format!(" filter {}", expression(filter)));
    }
    if !call.order.is_empty() {
        text.push_str(&format!(" order {}", order(&call.order)));
    }
    text
}

fn order(keys: &[SortKey]) -> String {
    let keys = keys
        .iter()
        .map(|key| format!("{}{}", if key.descending { "-" } else { "+" }, expression(&key.value)));
    keys.collect::<Vec<_>>().join(" ")
}

fn list(items: &[Expression]) -> String {
    items.iter().map(expression).collect::<Vec<_>>().join(", ")
}

pub fn expression(value: &Expression) -> String {
    match &value.kind {
        ExpressionKind::Literal(Value::Text(text)) => format!("{text:?}"),
        ExpressionKind::Literal(Value::Double(number)) => number.to_string(),
        ExpressionKind::Literal(Value::Null) => "null".to_owned(),
        ExpressionKind::Literal(Value::Boolean(value)) => value.to_string(),
        ExpressionKind::Literal(other) => format!("{other:?}"),
        ExpressionKind::Column(name) => format!("'{}'", shown(name)),
        ExpressionKind::Call { function, arguments, result } => {
            format!("{function}({}):{result:?}", list(arguments))
        }
        ExpressionKind::Not(inner) => format!("not {}", expression(inner)),
        ExpressionKind::And(items) => joined(items, " and "),
        ExpressionKind::Or(items) => joined(items, " or "),
        ExpressionKind::Compare { operator, rule, left, right } => {
            let sign = match operator {
                Comparison::Equal => "=",
                Comparison::NotEqual => "!=",
                Comparison::Less => "<",
                Comparison::LessOrEqual => "<=",
                Comparison::Greater => ">",
                Comparison::GreaterOrEqual => ">=",
            };
            let rule = match rule {
                ComparisonRule::Exact => "",
                ComparisonRule::NumbersElseText => "[numbers else text]",
                ComparisonRule::NumberAsText => "[number as text]",
                ComparisonRule::Address => "[address]",
            };
            format!("{}{sign}{rule}{}", expression(left), expression(right))
        }
        ExpressionKind::Match { matcher, value } => {
            let (kind, pattern) = (matcher.pattern.kind(), matcher.pattern.text());
            let case = if matcher.ignore_case { " any case" } else { "" };
            format!("{} {kind} {pattern:?}{case}", expression(value))
        }
        ExpressionKind::Member { set, value } => {
            format!("{} one of {}", expression(value), set.members().len())
        }
        ExpressionKind::IsNull(inner) => format!("isnull({})", expression(inner)),
        ExpressionKind::Case { arms, otherwise } => {
            let arms: Vec<String> = arms
                .iter()
                .map(|(when, then)| format!("{}: {}", expression(when), expression(then)))
                .collect();
            let otherwise =
                otherwise.as_ref().map_or(String::new(), |value| format!(" else {}", expression(value)));
            format!("case({}{otherwise})", arms.join("; "))
        }
        ExpressionKind::Coalesce(items) => format!("coalesce({})", list(items)),
        ExpressionKind::Cast { value, to } => format!("{}::{to:?}", expression(value)),
        ExpressionKind::ForEach { list, element, body } => {
            format!("foreach({} as '{}': {})", expression(list), shown(element), expression(body))
        }
        ExpressionKind::Path { value, steps } => format!("{} into {steps:?}", expression(value)),
        ExpressionKind::Arithmetic { operator, left, right } => {
            let sign = match operator {
                Arithmetic::Add => "+",
                Arithmetic::Subtract => "-",
                Arithmetic::Multiply => "*",
                Arithmetic::Divide => "/",
                Arithmetic::Modulo => "%",
            };
            format!("({}{sign}{})", expression(left), expression(right))
        }
    }
}

fn joined(items: &[Expression], with: &str) -> String {
    let items: Vec<String> = items.iter().map(expression).collect();
    format!("({})", items.join(with))
}
