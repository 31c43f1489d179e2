//! The tree of a query. Everything has the place where it was written.

use quarry_diagnostic::Span;

use crate::types::Kind;

/// Statements, of which the tabular ones are the query.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// In the order in which they stand.
    pub statements: Vec<Statement>,
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `let name = ...`.
    Let(Let),
    /// `set name = value`: a setting of the service.
    Set(Span),
    /// `declare query_parameters(...)`.
    Parameters(Vec<Parameter>),
    /// `alias`, `restrict`, `declare pattern`: by its first word.
    Other(&'static str, Span),
    /// The query.
    Expression(Expr),
}

/// A name for a value, rows or a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Let {
    /// The name.
    pub name: Name,
    /// What it stands for.
    pub value: LetValue,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum LetValue {
    /// A value or rows.
    Expression(Expr),
    /// A function.
    Function(Function),
}

/// A function of the user's.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Function {
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Statements, the last of which gives the result.
    pub body: Vec<Statement>,
    /// Whether unions with wildcards find it.
    pub is_view: bool,
}

/// A parameter of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// What it takes.
    pub takes: Takes,
    /// What it is where no argument is given.
    pub default: Option<Expr>,
}

/// What a parameter takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Takes {
    /// A value of a type.
    Value(Kind),
    /// Rows with these columns; any, if there are none.
    Table(Vec<(Name, Kind)>),
}

/// A name and its place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Name {
    /// As it is meant, without brackets and quotes.
    pub text: String,
    /// Its place.
    pub span: Span,
}

/// An expression: a value or rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its place.
    pub span: Span,
}

/// A constant as it is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// A value of a type that is not dynamic; none is null.
    Value(Kind, Option<quarry_plan::Value>),
    /// JSON text; none is null.
    Dynamic(Option<String>),
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// Nothing that could be read; an error says so.
    Missing,
    /// A name.
    Name(String),
    /// A name with `*` in it, or `*` alone.
    Wildcard(String),
    /// A constant.
    Literal(Literal),
    /// `value.member` or `value.["member"]` or `value["member"]`.
    Member(Box<Expr>, Name),
    /// `value[index]`.
    Index(Box<Expr>, Box<Expr>),
    /// A call.
    Call(Call),
    /// `value.function(...)`: a table of another database.
    MethodCall(Box<Expr>, Call),
    /// `-value` or `+value`.
    Unary(char, Box<Expr>),
    /// Two operands.
    Binary(Box<Binary>),
    /// `value in (...)` and its kin.
    In(Box<In>),
    /// `value between (low .. high)`.
    Between(Box<Between>),
    /// `name = value`, or `(a, b) = value`.
    Named(Vec<Name>, Box<Expr>),
    /// Rows through operators; without a source the first operator makes them.
    Pipeline(Option<Box<Expr>>, Vec<Operator>),
    /// `datatable (columns) [values]`.
    Datatable(Vec<(Name, Kind)>, Vec<Expr>),
    /// `externaldata (columns) [places]`.
    ExternalData(Vec<(Name, Kind)>, Vec<Expr>),
    /// `typeof(type)`; of rows, their columns.
    TypeOf(Kind),
}

/// A call of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Its name.
    pub name: Name,
    /// Its arguments, which may be [`ExprKind::Named`].
    pub arguments: Vec<Expr>,
}

/// An operator between two operands.
#[derive(Debug, Clone, PartialEq)]
pub struct Binary {
    /// As written, in lower case: `==`, `has`, `matches regex`, `and`.
    pub operator: &'static str,
    /// Its place.
    pub place: Span,
    /// Left side.
    pub left: Expr,
    /// Right side.
    pub right: Expr,
}

/// A membership.
#[derive(Debug, Clone, PartialEq)]
pub struct In {
    /// `in`, `!in`, `in~`, `!in~`, `has_any`, `has_all`.
    pub operator: &'static str,
    /// Its place.
    pub place: Span,
    /// What is looked for.
    pub value: Expr,
    /// Where.
    pub items: Vec<Expr>,
}

/// A range.
#[derive(Debug, Clone, PartialEq)]
pub struct Between {
    /// Whether it is `!between`.
    pub negated: bool,
    /// Its place.
    pub place: Span,
    /// What is compared.
    pub value: Expr,
    /// Least.
    pub low: Expr,
    /// Greatest, or how far it is from the least.
    pub high: Expr,
}

/// A tabular operator.
#[derive(Debug, Clone, PartialEq)]
pub struct Operator {
    /// What it does.
    pub kind: OperatorKind,
    /// Its name as written, such as `mv-expand`.
    pub name: Name,
    /// `name = value` settings behind its name, such as `kind = inner`.
    pub settings: Vec<(Name, Expr)>,
    /// The whole of it.
    pub span: Span,
}

/// What a tabular operator does.
#[derive(Debug, Clone, PartialEq)]
pub enum OperatorKind {
    /// `as name`.
    As(Name),
    /// `count`, or `count as name`.
    Count(Option<Name>),
    /// `consume`.
    Consume,
    /// `distinct`.
    Distinct(Vec<Expr>),
    /// `evaluate plugin(...)`, with the columns it is said to give.
    Evaluate(Call, Option<Vec<(Name, Kind)>>),
    /// `extend`.
    Extend(Vec<Expr>),
    /// `facet by ... with (...)`.
    Facet(Vec<Expr>),
    /// `where` or `filter`.
    Where(Expr),
    /// `find`.
    Find(Find),
    /// `fork name=(...) ...`.
    Fork(Vec<(Option<Name>, Vec<Operator>)>),
    /// `getschema`.
    GetSchema,
    /// `invoke function(...)`.
    Invoke(Call),
    /// `join` or `lookup`: the right side and the conditions.
    Join(Box<Expr>, Vec<Expr>),
    /// `make-series`.
    MakeSeries(Box<MakeSeries>),
    /// `mv-expand`: items and the most rows of one.
    MvExpand(Vec<Item>, Option<Expr>),
    /// `mv-apply`: the same and what is done with each.
    MvApply(Vec<Item>, Option<Expr>, Vec<Operator>),
    /// `parse` or `parse-where`: the text and the pattern.
    Parse(Expr, Vec<PatternPart>),
    /// `parse-kv`: the text and the columns.
    ParseKv(Expr, Vec<(Name, Kind)>, Vec<(Name, Expr)>),
    /// `partition by column (...)`.
    Partition(Expr, Box<Expr>),
    /// `print`.
    Print(Vec<Expr>),
    /// `project` and its kin, told by the operator's name.
    Project(Vec<OrderItem>),
    /// `range name from .. to .. step ..`.
    Range(Name, Box<[Expr; 3]>),
    /// `reduce by ...`.
    Reduce(Expr),
    /// `render kind with (...)`.
    Render(Name, Vec<(Name, Expr)>),
    /// `sample n`, `take n`, `limit n`, told by the operator's name.
    Take(Expr),
    /// `sample-distinct n of column`.
    SampleDistinct(Expr, Expr),
    /// `scan`: the columns it declares.
    Scan(Vec<Parameter>),
    /// `search`.
    Search(Vec<Expr>, Expr),
    /// `serialize`.
    Serialize(Vec<Expr>),
    /// `sort by` or `order by`.
    Sort(Vec<OrderItem>),
    /// `summarize`: aggregates and groups.
    Summarize(Vec<Expr>, Vec<Expr>),
    /// `top n by ...`.
    Top(Expr, Vec<OrderItem>),
    /// `top-hitters n of column by value`.
    TopHitters(Expr, Expr, Option<Expr>),
    /// `top-nested` levels.
    TopNested(Vec<TopLevel>),
    /// `union`.
    Union(Vec<Expr>),
    /// An operator that is read by its name alone: graphs, `macro-expand`.
    Named,
}

/// A key of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderItem {
    /// What counts.
    pub value: Expr,
    /// `asc` is true, `desc` false; none if it is not said.
    pub ascending: Option<bool>,
    /// `nulls first` is true, `nulls last` false.
    pub nulls_first: Option<bool>,
}

/// What `find` looks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Find {
    /// Where; everywhere if empty.
    pub tables: Vec<Expr>,
    /// What must hold.
    pub predicate: Expr,
    /// The columns wanted.
    pub project: Vec<(Name, Option<Kind>)>,
}

/// The parts of `make-series`.
#[derive(Debug, Clone, PartialEq)]
pub struct MakeSeries {
    /// Aggregates, each with the value of empty places.
    pub aggregates: Vec<(Expr, Option<Expr>)>,
    /// The axis.
    pub on: Expr,
    /// From, to, step.
    pub range: [Option<Expr>; 3],
    /// Groups.
    pub by: Vec<Expr>,
}

/// What `mv-expand` and `mv-apply` expand.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The list, named or not.
    pub value: Expr,
    /// `to typeof(...)`.
    pub to: Option<Kind>,
}

/// A part of the pattern of `parse`.
#[derive(Debug, Clone, PartialEq)]
pub enum PatternPart {
    /// `*`.
    Star(Span),
    /// A text, or an expression that gives one.
    Text(Expr),
    /// A new column.
    Column(Name, Option<Kind>),
}

/// A level of `top-nested`.
#[derive(Debug, Clone, PartialEq)]
pub struct TopLevel {
    /// How many.
    pub count: Option<Expr>,
    /// Of what.
    pub of: Expr,
    /// What the others are called.
    pub others: Option<Expr>,
    /// By which aggregate.
    pub by: Expr,
    /// Least last.
    pub ascending: Option<bool>,
}
