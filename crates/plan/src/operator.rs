//! Operators: what is done with a stream of rows.

use std::sync::Arc;

use quarry_diagnostic::Span;

use crate::{Expression, TimeRange, Type, Value};

/// An operator, its place in the query, and (inside it) its inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it does.
    pub operator: Operator,
    /// Where the user wrote it.
    pub span: Span,
}

/// What an operator does. Column names are exact and unique in one node's output.
#[derive(Debug, Clone, PartialEq)]
pub enum Operator {
    /// Events of the log types a view covers.
    Source(Source),
    /// Fixed rows (one list of values a row).
    Values {
        /// Column names and types.
        columns: Vec<(String, Type)>,
        /// Rows.
        rows: Vec<Vec<Value>>,
    },
    /// Keeps the rows for which the predicate is true.
    Filter {
        /// Rows in.
        input: Box<Node>,
        /// Condition.
        predicate: Expression,
    },
    /// Adds columns, or replaces those of the same name in their place; all see the input only.
    Extend {
        /// Rows in.
        input: Box<Node>,
        /// Name and value.
        columns: Vec<(String, Expression)>,
    },
    /// Exactly these columns in this order.
    Project {
        /// Rows in.
        input: Box<Node>,
        /// Name and value.
        columns: Vec<(String, Expression)>,
    },
    /// One row a group; without groups exactly one row. Output: groups, then aggregates.
    Aggregate(Aggregate),
    /// Adds one column a call, computed over a partition in an order; rows and their order stay.
    Window {
        /// Rows in.
        input: Box<Node>,
        /// Name and call.
        calls: Vec<(String, WindowCall)>,
    },
    /// Orders the rows; nulls go last both ways.
    Sort {
        /// Rows in.
        input: Box<Node>,
        /// Keys, the first counts most.
        keys: Vec<SortKey>,
    },
    /// Skips, then takes at most `fetch` rows in the present order.
    Limit {
        /// Rows in.
        input: Box<Node>,
        /// How many to skip.
        skip: usize,
        /// How many to take.
        fetch: Option<usize>,
    },
    /// Keeps the first `keep` rows of each combination of keys, in `order`.
    Deduplicate {
        /// Rows in.
        input: Box<Node>,
        /// Keys; nulls compare equal.
        keys: Vec<Expression>,
        /// Rows kept a combination.
        keep: usize,
        /// What comes first.
        order: Vec<SortKey>,
    },
    /// All rows of all inputs; a column one input lacks is null there.
    Union {
        /// Inputs.
        inputs: Vec<Node>,
    },
    /// Pairs rows by equal keys (null never equals).
    Join {
        /// Left rows.
        left: Box<Node>,
        /// Right rows; their columns must not clash with those of the left.
        right: Box<Node>,
        /// What happens to rows without a partner.
        kind: JoinKind,
        /// Pairs of left and right key.
        on: Vec<(Expression, Expression)>,
    },
    /// One row an element of a `TextList` column, which becomes `Text`; a null or empty list keeps its row.
    Expand {
        /// Rows in.
        input: Box<Node>,
        /// The list column.
        column: String,
        /// At most this many elements a row.
        limit: Option<usize>,
        /// Name of a `Text` column that is added and orders the rows of one list by their elements' places.
        position: Option<String>,
    },
    /// Adds columns with what a table of reference data says; rows and their order stay.
    Lookup(Lookup),
}

/// Reference data looked up for each row.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// Rows in.
    pub input: Box<Node>,
    /// The table.
    pub table: Arc<LookupTable>,
    /// What must agree; a null key agrees with nothing, a list if one of its values does.
    pub keys: Vec<LookupKey>,
    /// New columns and the table's column each comes from.
    pub outputs: Vec<(String, usize)>,
    /// Matching rows used, in the table's order. The outputs are `Text` if it is one, else `TextList`.
    pub most: usize,
    /// Where fewer rows match, the default fills up to so many.
    pub least: usize,
    /// The value of every output where nothing matches and `least` is not zero.
    pub default: Option<String>,
}

/// Reference data: texts in rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupTable {
    /// Its name.
    pub name: String,
    /// Column names.
    pub columns: Vec<String>,
    /// One text a column; an empty text is no value.
    pub rows: Vec<Vec<String>>,
}

/// One condition of a lookup.
#[derive(Debug, Clone, PartialEq)]
pub struct LookupKey {
    /// The value of the row.
    pub value: Expression,
    /// The table's column.
    pub column: usize,
    /// How both are compared.
    pub how: KeyMatch,
    /// Whether case is ignored.
    pub ignore_case: bool,
}

/// How a value is compared with a table's column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyMatch {
    /// The same text.
    Exact,
    /// The column holds patterns, `*` stands for any run of characters.
    Wildcard,
    /// The column holds networks such as `10.0.0.0/8`, the value is an address.
    Network,
}

/// The scan: which columns of which view, over which time.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Name of the view, such as `splunk` or `qradar`.
    pub view: String,
    /// Columns read, each a field of the view.
    pub columns: Vec<SourceColumn>,
    /// The query's own time range.
    pub time: TimeRange,
    /// The source type chosen for each log type, where the view has several: (log type, source type).
    pub choices: Vec<(String, String)>,
}

/// One column of a scan.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceColumn {
    /// Name of the column in the plan.
    pub name: String,
    /// Field of the view (a declared name, or a JSON path where the view is open).
    pub field: String,
    /// Type wanted.
    pub data_type: Type,
}

/// Groups and aggregate calls.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// Rows in.
    pub input: Box<Node>,
    /// Name and value of each group key; nulls form a group.
    pub groups: Vec<(String, Expression)>,
    /// Name and call of each aggregate.
    pub aggregates: Vec<(String, AggregateCall)>,
}

/// An aggregate function over the rows of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct AggregateCall {
    /// Name: `count`, `count_distinct`, `sum`, `avg`, `min`, `max`, `first`, `last`, `stddev`,
    /// `stddev_pop`, `variance`, `variance_pop`, or the name of an aggregate of `crates/functions`. Nulls are skipped;
    /// `count` without arguments counts rows.
    pub function: String,
    /// Arguments.
    pub arguments: Vec<Expression>,
    /// Only rows for which this is true.
    pub filter: Option<Expression>,
    /// Order in which rows are seen (`first`, `last`, lists).
    pub order: Vec<SortKey>,
    /// Type of the result.
    pub result: Type,
}

/// A window function over a partition: an aggregate, `row_number`, or a window function of
/// `crates/functions` by its name.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowCall {
    /// The function; its `order` orders the window.
    pub call: AggregateCall,
    /// Partition keys.
    pub partition: Vec<Expression>,
    /// Which rows of the partition are seen.
    pub frame: Frame,
}

/// Which rows of its partition a window call sees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Frame {
    /// All.
    Whole,
    /// Rows up to this one in the call's order.
    Rows {
        /// The first is so many before this one; none is the first of all.
        from: Option<usize>,
        /// The last is so many before this one.
        to: usize,
    },
    /// Those whose order key, the only one and a `Double`, is less (or greater, if descending) than this
    /// one's by an amount between two, which are not negative.
    Near {
        /// The greatest amount.
        from: f64,
        /// The least amount; 0 includes this row.
        to: f64,
    },
}

impl Frame {
    /// All rows up to this one.
    pub const SO_FAR: Self = Self::Rows { from: None, to: 0 };
}

/// One key of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct SortKey {
    /// What to order by.
    pub value: Expression,
    /// Greatest first.
    pub descending: bool,
}

/// What happens to rows without a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// They go.
    Inner,
    /// Those of the left stay, with nulls.
    Left,
    /// Rows of the left that have a partner, once each.
    Semi,
    /// Rows of the left that have none.
    Anti,
}

/// Rows that were computed, as they go into [`Operator::Values`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    /// Column names and types.
    pub columns: Vec<(String, Type)>,
    /// One value a column.
    pub rows: Vec<Vec<Value>>,
}

impl Rows {
    /// A node that gives these rows.
    #[must_use]
    pub fn into_node(self, span: Span) -> Node {
        Node::new(Operator::Values { columns: self.columns, rows: self.rows }, span)
    }
}

impl Node {
    /// A node at a place.
    #[must_use]
    pub fn new(operator: Operator, span: Span) -> Self {
        Self { operator, span }
    }

    /// The names and types of the output columns, in order.
    #[must_use]
    pub fn columns(&self) -> Vec<(String, Type)> {
        let typed = |known: &[(String, Type)], columns: &[(String, Expression)]| {
            let find = |name: &str| known.iter().find(|(have, _)| have == name).map(|(_, found)| *found);
            columns.iter().map(|(name, value)| (name.clone(), value.type_of(&find))).collect::<Vec<_>>()
        };
        match &self.operator {
            Operator::Source(source) => {
                source.columns.iter().map(|column| (column.name.clone(), column.data_type)).collect()
            }
            Operator::Values { columns, .. } => columns.clone(),
            Operator::Filter { input, .. }
            | Operator::Sort { input, .. }
            | Operator::Limit { input, .. }
            | Operator::Deduplicate { input, .. } => input.columns(),
            Operator::Extend { input, columns } => {
                let known = input.columns();
                let added = typed(&known, columns);
                merge(known, added)
            }
            Operator::Project { input, columns } => typed(&input.columns(), columns),
            Operator::Aggregate(aggregate) => {
                let mut all = typed(&aggregate.input.columns(), &aggregate.groups);
                all.extend(aggregate.aggregates.iter().map(|(name, call)| (name.clone(), call.result)));
                all
            }
            Operator::Window { input, calls } => {
                let added = calls.iter().map(|(name, window)| (name.clone(), window.call.result)).collect();
                merge(input.columns(), added)
            }
            Operator::Union { inputs } => {
                inputs.iter().fold(Vec::new(), |have, input| keep_first(have, input.columns()))
            }
            Operator::Join { left, right, kind, .. } => match kind {
                JoinKind::Inner | JoinKind::Left => {
                    left.columns().into_iter().chain(right.columns()).collect()
                }
                JoinKind::Semi | JoinKind::Anti => left.columns(),
            },
            Operator::Lookup(lookup) => {
                let data_type = if lookup.most == 1 { Type::Text } else { Type::TextList };
                let added = lookup.outputs.iter().map(|(name, _)| (name.clone(), data_type)).collect();
                merge(lookup.input.columns(), added)
            }
            Operator::Expand { input, column, position, .. } => {
                let made = std::iter::once(column).chain(position);
                merge(input.columns(), made.map(|name| (name.clone(), Type::Text)).collect())
            }
        }
    }

    /// Calls `visit` on every expression of this node and of all below it, outermost only.
    pub fn visit_expressions<'a>(&'a self, visit: &mut dyn FnMut(&'a Expression)) {
        for input in self.inputs() {
            input.visit_expressions(visit);
        }
        let call = |call: &'a AggregateCall, visit: &mut dyn FnMut(&'a Expression)| {
            call.arguments.iter().chain(&call.filter).for_each(&mut *visit);
            call.order.iter().for_each(|key| visit(&key.value));
        };
        match &self.operator {
            Operator::Filter { predicate, .. } => visit(predicate),
            Operator::Extend { columns, .. } | Operator::Project { columns, .. } => {
                columns.iter().for_each(|(_, value)| visit(value));
            }
            Operator::Aggregate(aggregate) => {
                aggregate.groups.iter().for_each(|(_, value)| visit(value));
                aggregate.aggregates.iter().for_each(|(_, found)| call(found, visit));
            }
            Operator::Window { calls, .. } => {
                for (_, window) in calls {
                    window.partition.iter().for_each(&mut *visit);
                    call(&window.call, visit);
                }
            }
            Operator::Sort { keys, .. } => keys.iter().for_each(|key| visit(&key.value)),
            Operator::Deduplicate { keys, order, .. } => {
                keys.iter().for_each(&mut *visit);
                order.iter().for_each(|key| visit(&key.value));
            }
            Operator::Join { on, .. } => on.iter().for_each(|(left, right)| {
                visit(left);
                visit(right);
            }),
            Operator::Lookup(lookup) => lookup.keys.iter().for_each(|key| visit(&key.value)),
            Operator::Source(_)
            | Operator::Values { .. }
            | Operator::Limit { .. }
            | Operator::Union { .. }
            | Operator::Expand { .. } => {}
        }
    }

    /// Gives this node, all below it and all their expressions one place: that of the construct a plan
    /// made of another text stands for.
    pub fn set_span(&mut self, span: Span) {
        fn place(expression: &mut Expression, span: Span) {
            expression.span = span;
            expression.children_mut().into_iter().for_each(|child| place(child, span));
        }
        fn call(found: &mut AggregateCall, span: Span) {
            found.arguments.iter_mut().chain(&mut found.filter).for_each(|value| place(value, span));
            found.order.iter_mut().for_each(|key| place(&mut key.value, span));
        }
        self.span = span;
        match &mut self.operator {
            Operator::Filter { predicate, .. } => place(predicate, span),
            Operator::Extend { columns, .. } | Operator::Project { columns, .. } => {
                columns.iter_mut().for_each(|(_, value)| place(value, span));
            }
            Operator::Aggregate(aggregate) => {
                aggregate.groups.iter_mut().for_each(|(_, value)| place(value, span));
                aggregate.aggregates.iter_mut().for_each(|(_, found)| call(found, span));
            }
            Operator::Window { calls, .. } => {
                for (_, window) in calls {
                    window.partition.iter_mut().for_each(|value| place(value, span));
                    call(&mut window.call, span);
                }
            }
            Operator::Sort { keys, .. } => keys.iter_mut().for_each(|key| place(&mut key.value, span)),
            Operator::Deduplicate { keys, order, .. } => {
                keys.iter_mut().for_each(|value| place(value, span));
                order.iter_mut().for_each(|key| place(&mut key.value, span));
            }
            Operator::Join { on, .. } => on.iter_mut().for_each(|(left, right)| {
                place(left, span);
                place(right, span);
            }),
            Operator::Lookup(lookup) => lookup.keys.iter_mut().for_each(|key| place(&mut key.value, span)),
            Operator::Source(_)
            | Operator::Values { .. }
            | Operator::Limit { .. }
            | Operator::Union { .. }
            | Operator::Expand { .. } => {}
        }
        self.inputs_mut().into_iter().for_each(|input| input.set_span(span));
    }

    /// The direct inputs, to be changed.
    pub fn inputs_mut(&mut self) -> Vec<&mut Node> {
        match &mut self.operator {
            Operator::Source(_) | Operator::Values { .. } => Vec::new(),
            Operator::Filter { input, .. }
            | Operator::Extend { input, .. }
            | Operator::Project { input, .. }
            | Operator::Window { input, .. }
            | Operator::Sort { input, .. }
            | Operator::Limit { input, .. }
            | Operator::Deduplicate { input, .. }
            | Operator::Expand { input, .. } => vec![input],
            Operator::Lookup(lookup) => vec![&mut lookup.input],
            Operator::Aggregate(aggregate) => vec![&mut aggregate.input],
            Operator::Union { inputs } => inputs.iter_mut().collect(),
            Operator::Join { left, right, .. } => vec![left, right],
        }
    }

    /// The direct inputs.
    #[must_use]
    pub fn inputs(&self) -> Vec<&Node> {
        match &self.operator {
            Operator::Source(_) | Operator::Values { .. } => Vec::new(),
            Operator::Filter { input, .. }
            | Operator::Extend { input, .. }
            | Operator::Project { input, .. }
            | Operator::Window { input, .. }
            | Operator::Sort { input, .. }
            | Operator::Limit { input, .. }
            | Operator::Deduplicate { input, .. }
            | Operator::Expand { input, .. } => vec![input],
            Operator::Lookup(lookup) => vec![&lookup.input],
            Operator::Aggregate(aggregate) => vec![&aggregate.input],
            Operator::Union { inputs } => inputs.iter().collect(),
            Operator::Join { left, right, .. } => vec![left, right],
        }
    }
}

/// `have` with `added` appended, or replaced where the name exists.
fn merge(mut have: Vec<(String, Type)>, added: Vec<(String, Type)>) -> Vec<(String, Type)> {
    for (name, data_type) in added {
        match have.iter_mut().find(|(known, _)| *known == name) {
            Some(entry) => entry.1 = data_type,
            None => have.push((name, data_type)),
        }
    }
    have
}

/// `have` with those of `added` whose name is new, or whose type was unknown.
fn keep_first(mut have: Vec<(String, Type)>, added: Vec<(String, Type)>) -> Vec<(String, Type)> {
    for (name, data_type) in added {
        match have.iter_mut().find(|(known, _)| *known == name) {
            Some(entry) if entry.1 == Type::Null => entry.1 = data_type,
            Some(_) => {}
            None => have.push((name, data_type)),
        }
    }
    have
}
