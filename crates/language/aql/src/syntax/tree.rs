//! The tree of a statement.

use quarry_diagnostic::Span;

/// One SELECT statement. Parts that could not be read are missing or [`ExpressionKind::Missing`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statement {
    /// The select list.
    pub items: Vec<Item>,
    /// Name of the cursor the result is kept under.
    pub into: Option<Name>,
    /// Where rows come from.
    pub from: Option<From>,
    /// WHERE.
    pub predicate: Option<Expression>,
    /// SESSION BY.
    pub session: Option<Session>,
    /// GROUP BY.
    pub groups: Vec<Expression>,
    /// HAVING.
    pub having: Option<Expression>,
    /// ORDER BY.
    pub order: Vec<OrderKey>,
    /// LIMIT.
    pub limit: Option<(u64, Span)>,
    /// START, STOP, LAST.
    pub time: Option<TimeClause>,
    /// PARAMETERS.
    pub parameters: Vec<(Name, Expression)>,
    /// The whole statement.
    pub span: Span,
}

/// One item of the select list.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The value, or none for `*`.
    pub value: Option<Expression>,
    /// The name after AS.
    pub alias: Option<Name>,
    /// The item with its alias.
    pub span: Span,
}

/// A name and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name without quotes.
    pub text: String,
    /// How it was quoted.
    pub quote: Quote,
    /// Where it stands.
    pub span: Span,
}

/// Quotes of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quote {
    /// None.
    Bare,
    /// `'...'`
    Single,
    /// `"..."`
    Double,
}

/// Where rows come from.
#[derive(Debug, Clone, PartialEq)]
pub enum From {
    /// A catalog such as `events`.
    Catalog(Name),
    /// A function such as `GLOBALVIEW('name', 'NORMAL')`.
    Call(Call),
    /// A sub-select.
    Query(Box<Statement>),
}

/// SESSION BY.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The time and the values that make a session.
    pub keys: Vec<Expression>,
    /// BEGIN: condition, and whether EXPLICIT.
    pub begin: Option<(Expression, bool)>,
    /// END: condition, and whether EXPLICIT.
    pub end: Option<(Expression, bool)>,
    /// TIMEOUT in milliseconds, from the event before.
    pub timeout: Option<u64>,
    /// TIMEWINDOW in milliseconds, from the first event.
    pub window: Option<u64>,
    /// The clause.
    pub span: Span,
}

/// A key of ORDER BY.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderKey {
    /// What to order by.
    pub value: Expression,
    /// DESC.
    pub descending: bool,
    /// COLLATE.
    pub collation: Option<Name>,
}

/// A time range.
#[derive(Debug, Clone, PartialEq)]
pub enum TimeClause {
    /// `LAST n MINUTES|HOURS|DAYS`.
    Last {
        /// How many.
        amount: i64,
        /// Of what.
        unit: Unit,
        /// The clause.
        span: Span,
    },
    /// `START x [STOP y]`, or a lone STOP.
    Between {
        /// START.
        start: Option<Expression>,
        /// STOP.
        stop: Option<Expression>,
        /// The clause.
        span: Span,
    },
}

/// Units of LAST.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 60 s.
    Minutes,
    /// 3,600 s.
    Hours,
    /// A day.
    Days,
}

/// A value or condition at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it stands.
    pub span: Span,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpressionKind {
    /// Something that could not be read; a diagnostic was given.
    Missing,
    /// NULL.
    Null,
    /// TRUE or FALSE.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Double(f64),
    /// `'...'`
    Text(String),
    /// A field, property or alias.
    Name(Name),
    /// A function call.
    Call(Call),
    /// NOT x.
    Not(Box<Expression>),
    /// x AND y AND ...
    And(Vec<Expression>),
    /// x OR y OR ...
    Or(Vec<Expression>),
    /// x = y and the like.
    Compare {
        /// Which comparison.
        operator: Comparison,
        /// Left side.
        left: Box<Expression>,
        /// Right side.
        right: Box<Expression>,
    },
    /// x LIKE y and the like.
    Pattern {
        /// Which operator.
        operator: PatternOperator,
        /// NOT before it.
        negated: bool,
        /// The text.
        value: Box<Expression>,
        /// One pattern, or several (LIKE ANY, undocumented).
        patterns: Vec<Expression>,
    },
    /// x IN (a, b).
    In {
        /// NOT before it.
        negated: bool,
        /// The value.
        value: Box<Expression>,
        /// The list.
        list: Vec<Expression>,
    },
    /// x IN (SELECT ...).
    InQuery {
        /// NOT before it.
        negated: bool,
        /// The value.
        value: Box<Expression>,
        /// The sub-select.
        query: Box<Statement>,
    },
    /// x BETWEEN a AND b.
    Between {
        /// NOT before it.
        negated: bool,
        /// The value.
        value: Box<Expression>,
        /// Lowest value that counts.
        low: Box<Expression>,
        /// Highest value that counts.
        high: Box<Expression>,
    },
    /// x IS NULL.
    IsNull {
        /// IS NOT NULL.
        negated: bool,
        /// The value.
        value: Box<Expression>,
    },
    /// TEXT SEARCH 'words'.
    TextSearch(String),
    /// CASE, or IF.
    Case {
        /// `CASE x WHEN ...`
        operand: Option<Box<Expression>>,
        /// WHEN and THEN.
        arms: Vec<(Expression, Expression)>,
        /// ELSE.
        otherwise: Option<Box<Expression>>,
    },
    /// Arithmetic on numbers or bits.
    Binary {
        /// Which operation.
        operator: Binary,
        /// Left side.
        left: Box<Expression>,
        /// Right side.
        right: Box<Expression>,
    },
    /// -x
    Negate(Box<Expression>),
    /// ~x
    BitNot(Box<Expression>),
}

/// A function call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Name, with its namespace (`GEO::LOOKUP`).
    pub name: Name,
    /// Arguments.
    pub arguments: Vec<Expression>,
    /// `f(*)`.
    pub star: bool,
    /// `f(DISTINCT x)`, undocumented.
    pub distinct: bool,
}

/// Comparison operators.
pub use quarry_plan::Comparison;

/// Text operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternOperator {
    /// `%` and `_`, case counts.
    Like,
    /// `%` and `_`, case ignored.
    Ilike,
    /// Regular expression, case counts.
    Matches,
    /// Regular expression, case ignored.
    Imatches,
}

/// Arithmetic operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// +
    Add,
    /// -
    Subtract,
    /// *
    Multiply,
    /// /
    Divide,
    /// %
    Modulo,
    /// ^
    Power,
    /// &
    BitAnd,
    /// |
    BitOr,
    /// <<
    ShiftLeft,
    /// >>
    ShiftRight,
}

impl Expression {
    /// An expression at a place.
    #[must_use]
    pub fn new(kind: ExpressionKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// Something that could not be read.
    #[must_use]
    pub fn missing(span: Span) -> Self {
        Self::new(ExpressionKind::Missing, span)
    }
}
