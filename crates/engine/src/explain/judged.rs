//! Conditions and values as they came out for one event.

use quarry_diagnostic::Span;
use quarry_plan::ColumnName;

/// A condition and how it came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Where it stands in the query.
    pub span: Span,
    /// How it came out; none is null, which does not pass.
    pub truth: Option<bool>,
    /// What it is made of.
    pub form: Form,
    /// The conditions it is made of.
    pub parts: Vec<Judged>,
    /// The columns that a leaf reads.
    pub values: Vec<Read>,
}

/// A column that is read, and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The column.
    pub column: ColumnName,
    /// Where it is read: what to show for a column that no user can name.
    pub span: Span,
    /// Its value.
    pub value: Option<String>,
}

/// What a condition is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// All parts must hold.
    And,
    /// One part must hold.
    Or,
    /// The part must not hold.
    Not,
    /// A comparison, a test, a function.
    Leaf,
}

/// A column that a stage computed; one that no user can name is a step on the way to others.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// Name of the column.
    pub name: ColumnName,
    /// Its value.
    pub value: Option<String>,
    /// The expression.
    pub span: Span,
    /// Where the value is from.
    pub reason: Reason,
}

/// Where a value is from.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// These columns (none: a constant), as they were before.
    Columns(Vec<Read>),
    /// One arm of a case.
    Arm {
        /// The conditions tried, in order; the last one held unless `otherwise`.
        tried: Vec<Judged>,
        /// Whether no condition held.
        otherwise: bool,
        /// Where the arm's value is from.
        value: Box<Reason>,
    },
}
