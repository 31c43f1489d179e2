//! Operators: what is done with a stream of rows.

use std::sync::Arc;

use quarry_diagnostic::Span;

use crate::{ColumnName, Expression, TimeRange, Type, Value};

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
    /// Fixed rows (one list of values for each row).
    Values {
        /// Column names and types.
        columns: Vec<(ColumnName, Type)>,
        /// Rows.
        rows: Vec<Vec<Value>>,
        /// Name of an `Integer` column that is added and numbers the rows as they stand, from 0.
        place: Option<ColumnName>,
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
        columns: Vec<(ColumnName, Expression)>,
    },
    /// Exactly these columns in this order.
    Project {
        /// Rows in.
        input: Box<Node>,
        /// Name and value.
        columns: Vec<(ColumnName, Expression)>,
    },
    /// One row for each group; without groups exactly one row. Output: groups, then aggregates.
    Aggregate(Aggregate),
    /// Adds one column a call, computed over a partition in an order; rows and their order stay.
    Window {
        /// Rows in.
        input: Box<Node>,
        /// Name and call.
        calls: Vec<(ColumnName, WindowCall)>,
    },
    /// Orders the rows.
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
        /// Name of an `Integer` column that is added and numbers the inputs, from 0.
        place: Option<ColumnName>,
    },
    /// Pairs rows by equal keys, and what else must hold of a pair. Without keys every pair is tried.
    Join {
        /// Left rows.
        left: Box<Node>,
        /// Right rows; their columns must not clash with those of the left.
        right: Box<Node>,
        /// What happens to rows without a partner.
        kind: JoinKind,
        /// Pairs of left and right key.
        on: Vec<(Expression, Expression)>,
        /// A condition over the columns of both sides; a pair for which it is not true is none.
        residual: Option<Expression>,
        /// Whether keys that are null on both sides are equal.
        nulls_match: bool,
    },
    /// One row for each element of a `TextList` column, which becomes `Text`; a null or empty list keeps its row.
    Expand {
        /// Rows in.
        input: Box<Node>,
        /// The list column.
        column: ColumnName,
        /// At most this many elements a row.
        limit: Option<usize>,
        /// Name of a `Text` column that is added and orders the rows of one list by their elements' places.
        position: Option<ColumnName>,
    },
    /// Adds columns with what a table of reference data says; rows and their order stay.
    Lookup(Lookup),
    /// The rows of `body`, in which every reference of this name gives the rows of `shared`, which are computed once.
    Let {
        /// The name, which no other of the plan has.
        name: String,
        /// What is computed once.
        shared: Box<Node>,
        /// Where it is read.
        body: Box<Node>,
    },
    /// The rows of a shared plan, inside of its [`Operator::Let`].
    Reference {
        /// Its name.
        name: String,
        /// Those of its columns that are read, with their types.
        columns: Vec<(ColumnName, Type)>,
    },
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
    pub outputs: Vec<(ColumnName, usize)>,
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
    /// One text for each column; an empty text is no value.
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
    pub name: ColumnName,
    /// What it reads.
    pub field: SourceField,
    /// Type wanted.
    pub data_type: Type,
}

/// What a column of a scan reads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SourceField {
    /// A field of the source's view: a declared name, or a JSON path where the view is open.
    View(String),
    /// A JSON path of the record, in any case, whatever the view says.
    Path(String),
    /// A field of the provider-neutral alert view.
    Alert(String),
    /// A part of a field of the source's view that is JSON of the record: null where the field is not.
    Part {
        /// The field.
        field: String,
        /// The way on from there as JSON paths write it: `.member`, `{0}`.
        path: String,
    },
}

impl SourceField {
    /// The name or path as it is written.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::View(text) | Self::Path(text) | Self::Alert(text) | Self::Part { field: text, .. } => text,
        }
    }
}

/// Groups and aggregate calls.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// Rows in.
    pub input: Box<Node>,
    /// Name and value of each group key; nulls form a group.
    pub groups: Vec<(ColumnName, Expression)>,
    /// Name and call of each aggregate.
    pub aggregates: Vec<(ColumnName, AggregateCall)>,
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
    /// Nulls before everything else, whichever way; else after.
    pub nulls_first: bool,
}

impl SortKey {
    /// A key with nulls last.
    #[must_use]
    pub fn new(value: Expression, descending: bool) -> Self {
        Self { value, descending, nulls_first: false }
    }
}

/// What happens to rows without a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// They go.
    Inner,
    /// Those of the left stay, with nulls.
    Left,
    /// Those of the right stay, with nulls.
    Right,
    /// Those of both sides stay, with nulls.
    Full,
    /// Rows of the left that have a partner, once each.
    Semi,
    /// Rows of the left that have none.
    Anti,
    /// Rows of the right that have a partner, once each.
    RightSemi,
    /// Rows of the right that have none.
    RightAnti,
}

impl JoinKind {
    /// Whether the columns of the left and of the right side are in the output.
    #[must_use]
    pub fn sides(self) -> (bool, bool) {
        match self {
            Self::Inner | Self::Left | Self::Right | Self::Full => (true, true),
            Self::Semi | Self::Anti => (true, false),
            Self::RightSemi | Self::RightAnti => (false, true),
        }
    }
}

/// Rows that were computed, as they go into [`Operator::Values`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    /// Column names and types.
    pub columns: Vec<(ColumnName, Type)>,
    /// One value for each column.
    pub rows: Vec<Vec<Value>>,
}

impl Rows {
    /// A node that gives these rows, numbered by a column if that is named.
    #[must_use]
    pub fn into_node(self, place: Option<ColumnName>, span: Span) -> Node {
        Node::new(Operator::Values { columns: self.columns, rows: self.rows, place }, span)
    }
}

impl Node {
    /// A node at a place.
    #[must_use]
    pub fn new(operator: Operator, span: Span) -> Self {
        Self { operator, span }
    }
}
