//! Rows: a plan and what its columns mean.

use quarry_diagnostic::Span;
use quarry_plan::{ColumnName, Expression, ExpressionKind, Node, Operator, Type};

use super::convert::Value;
use crate::{
    bind::{Column as BoundColumn, Table},
    types::Kind,
};

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Kind,
    /// Where the plan has it.
    pub column: ColumnName,
    /// Whether it is a text that the plan may have as null.
    pub may_be_null: bool,
}

/// Rows that are computed for each row of others, all together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Each {
    /// Tells the row they belong to.
    pub row: ColumnName,
    /// Whether they are there: a condition marks rows rather than dropping them, so that one that has none left
    /// is still known.
    pub present: ColumnName,
}

/// Rows.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// Their plan.
    pub node: Node,
    /// The columns that queries name.
    pub columns: Vec<Column>,
    /// The others that must be carried on.
    pub hidden: Vec<ColumnName>,
    /// Set where they are computed for each row of others.
    pub each: Option<Each>,
}

impl Column {
    /// A column that the plan has under its name.
    pub fn new(name: &str, kind: Kind, may_be_null: bool) -> Self {
        Self { name: name.to_owned(), kind, column: ColumnName::from(name), may_be_null }
    }

    /// As a value.
    pub fn value(&self, span: Span) -> Value {
        let column = Expression::column(&self.column, span);
        if self.kind == Kind::String && self.may_be_null {
            let empty = Expression::text("", span);
            let whole = Expression::new(ExpressionKind::Coalesce(vec![column.clone(), empty]), span);
            return Value { expression: whole, kind: self.kind, raw: Some(column) };
        }
        Value { expression: column, kind: self.kind, raw: None }
    }
}

impl Rows {
    /// The rows of a plan whose columns are those given.
    pub fn new(node: Node, columns: Vec<Column>) -> Self {
        Self { node, columns, hidden: Vec::new(), each: None }
    }

    /// One row without columns.
    pub fn one_row(span: Span) -> Self {
        let place = ColumnName::new(quarry_plan::Role::Helper, "one");
        let values = Operator::Values { columns: Vec::new(), rows: vec![Vec::new()], place: Some(place) };
        Self::new(Node::new(values, span), Vec::new())
    }

    /// A row that is a value.
    pub fn one_value(value: Value) -> Self {
        let span = value.expression.span;
        let name = "print_0";
        let input = Box::new(Self::one_row(span).node);
        let columns = vec![(ColumnName::from(name), value.expression)];
        Self::new(
            Node::new(Operator::Project { input, columns }, span),
            vec![Column::new(name, value.kind, false)],
        )
    }

    /// The columns as the binder has them.
    pub fn table(&self) -> Table {
        let columns =
            self.columns.iter().map(|column| BoundColumn { name: column.name.clone(), kind: column.kind });
        Table { columns: columns.collect(), open: false }
    }

    pub fn find(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The value of a column.
    pub fn value_of(&self, name: &str, span: Span) -> Option<Value> {
        self.find(name).map(|column| column.value(span))
    }

    /// The rows with another plan that keeps all columns.
    pub fn with(mut self, make: impl FnOnce(Box<Node>) -> Operator) -> Self {
        let span = self.node.span;
        let input = Box::new(std::mem::replace(&mut self.node, Node::new(nothing(), span)));
        self.node = Node::new(make(input), span);
        self
    }

    /// Exactly these columns, and what is hidden.
    pub fn project(self, columns: Vec<(Column, Expression)>) -> Self {
        let Self { node, hidden, each, .. } = self;
        let span = node.span;
        let mut all: Vec<(ColumnName, Expression)> =
            columns.iter().map(|(column, value)| (column.column.clone(), value.clone())).collect();
        all.extend(hidden.iter().map(|name| (name.clone(), Expression::column(name, span))));
        let node = Node::new(Operator::Project { input: Box::new(node), columns: all }, span);
        Self { node, columns: columns.into_iter().map(|(column, _)| column).collect(), hidden, each }
    }

    /// The columns as they are shown: no text is null.
    pub fn shown(self) -> Self {
        let span = self.node.span;
        let is_plain = self.hidden.is_empty() && !self.columns.iter().any(|column| column.may_be_null);
        if is_plain {
            return self;
        }
        let columns = self.columns.iter().map(|column| {
            let value = column.value(span).expression;
            (Column { may_be_null: false, ..column.clone() }, value)
        });
        let columns = columns.collect();
        self.project(columns)
    }

    /// Adds a column that no query can name.
    pub fn hide(mut self, name: ColumnName, value: Expression) -> Self {
        self.hidden.push(name.clone());
        self.with(|input| Operator::Extend { input, columns: vec![(name, value)] })
    }
}

fn nothing() -> Operator {
    Operator::Values { columns: Vec::new(), rows: Vec::new(), place: None }
}

/// No value of a type.
pub(super) fn null(kind: Kind, span: Span) -> Expression {
    if kind == Kind::String {
        return Expression::text("", span);
    }
    typed_null(kind.carrier(), span)
}

pub(super) fn typed_null(carrier: Type, span: Span) -> Expression {
    Expression::literal(quarry_plan::Value::Null, span).cast(carrier)
}
