//! Expressions: what is computed for one row.

use quarry_diagnostic::Span;
use serde::{Deserialize, Serialize};

use crate::{ColumnName, Comparison, ComparisonRule, MemberSet, Type, Value};

/// An expression and its place in the query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where the user wrote it; not written down.
    #[serde(skip)]
    pub span: Span,
}

/// What an expression is. Unless said otherwise a null operand gives null (SQL's three-valued logic).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ExpressionKind {
    /// A constant.
    Literal(Value),
    /// A column of the input, by its exact name.
    Column(ColumnName),
    /// A function of `crates/functions`, by name; `result` is the type it returns for these arguments.
    Call {
        /// Registered name.
        function: String,
        /// Arguments in order.
        arguments: Vec<Expression>,
        /// Type of the result.
        result: Type,
    },
    /// Negation.
    Not(Box<Expression>),
    /// All hold.
    And(Vec<Expression>),
    /// At least one holds.
    Or(Vec<Expression>),
    /// Comparison of two values.
    Compare {
        /// Which comparison.
        operator: Comparison,
        /// By which rule.
        rule: ComparisonRule,
        /// Left side.
        left: Box<Expression>,
        /// Right side.
        right: Box<Expression>,
    },
    /// A text (or any element of a text list) matches a constant pattern; null stays null.
    Match {
        /// What to look for.
        matcher: TextMatcher,
        /// A `Text` or `TextList` expression.
        value: Box<Expression>,
    },
    /// A value is a member of a constant set: the same as the alternatives of
    /// [`MemberSet::alternatives`], so null stays null and any value of a list is enough.
    Member {
        /// The set.
        set: MemberSet,
        /// What is looked for.
        value: Box<Expression>,
    },
    /// True where the operand is null, else false; never null.
    IsNull(Box<Expression>),
    /// The value of the first arm whose condition is true, else `otherwise`, else null.
    Case {
        /// Condition and value, all values of one type.
        arms: Vec<(Expression, Expression)>,
        /// Value where no arm holds.
        otherwise: Option<Box<Expression>>,
    },
    /// The first operand that is not null; all of one type.
    Coalesce(Vec<Expression>),
    /// Conversion; what cannot be converted becomes null. `Timestamp` to `Double` is epoch seconds,
    /// to `Integer` epoch milliseconds, to `Text` ISO 8601 in UTC; a number to `Text` has no
    /// trailing `.0`; `TextList` to `Text` joins with a line feed.
    Cast {
        /// What to convert.
        value: Box<Expression>,
        /// The type wanted.
        to: Type,
    },
    /// A list built from another (`TextList`): the values of `body` for each element in turn, which the
    /// body sees as a `Text` column named `element` beside those of the row. A body that is a list adds
    /// all its values, a null body none; a result without values is null.
    ForEach {
        /// The list.
        list: Box<Expression>,
        /// Name of the element inside `body`, and only there.
        element: ColumnName,
        /// What an element becomes: a `Text` or `TextList`.
        body: Box<Expression>,
    },
    /// The part of a `Dynamic` value that steps lead to, itself `Dynamic`; null where there is none.
    Path {
        /// What is gone into.
        value: Box<Expression>,
        /// The way, outermost first.
        steps: Vec<PathStep>,
    },
    /// Arithmetic on two integers (integer result, division truncates) or two doubles. Overflow and
    /// division by zero give null.
    Arithmetic {
        /// Which operation.
        operator: Arithmetic,
        /// Left side.
        left: Box<Expression>,
        /// Right side.
        right: Box<Expression>,
    },
}

/// One step into a JSON value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PathStep {
    /// The member of an object of exactly this name; of several the last.
    Member(String),
    /// The element of an array at this place, counted from its end if negative: -1 is the last.
    Index(i64),
}

/// Arithmetic operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arithmetic {
    /// Sum.
    Add,
    /// Difference.
    Subtract,
    /// Product.
    Multiply,
    /// Quotient.
    Divide,
    /// Remainder, with the sign of the dividend.
    Modulo,
}

/// A constant pattern and its case rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextMatcher {
    /// The pattern.
    pub pattern: TextPattern,
    /// Whether case is ignored (Unicode simple case folding).
    pub ignore_case: bool,
}

/// How a text is compared with a constant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextPattern {
    /// The whole text.
    Equals(String),
    /// The text holds it somewhere.
    Contains(String),
    /// The text begins with it.
    StartsWith(String),
    /// The text ends with it.
    EndsWith(String),
    /// The text holds it as whole words: between characters that part words, if it does not begin or end
    /// with such itself. `*` stands for a run of characters that may stand inside of a word.
    Term(String),
    /// The text holds it as whole words of letters and digits (KQL's `has`): before and behind it stands no letter or
    /// digit where it begins or ends with one itself.
    Word(String),
    /// The same of its beginning alone.
    WordStart(String),
    /// The same of its end alone.
    WordEnd(String),
    /// The text is an address inside of this network (CIDR notation, or one address); case has no meaning.
    Network(String),
    /// Whole text, `*` stands for any run of characters, nothing else is special.
    Wildcard(String),
    /// Whole text, SQL `%` and `_`, no escape.
    Like(String),
    /// A regular expression found anywhere in the text (PCRE syntax as far as the regex crates go).
    Regex(String),
}

impl TextPattern {
    /// The pattern as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Equals(text)
            | Self::Contains(text)
            | Self::StartsWith(text)
            | Self::EndsWith(text)
            | Self::Term(text)
            | Self::Word(text)
            | Self::WordStart(text)
            | Self::WordEnd(text)
            | Self::Network(text)
            | Self::Wildcard(text)
            | Self::Like(text)
            | Self::Regex(text) => text,
        }
    }

    /// The word that names its kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Equals(_) => "equals",
            Self::Contains(_) => "contains",
            Self::StartsWith(_) => "starts with",
            Self::EndsWith(_) => "ends with",
            Self::Term(_) => "term",
            Self::Word(_) => "word",
            Self::WordStart(_) => "word start",
            Self::WordEnd(_) => "word end",
            Self::Network(_) => "network",
            Self::Wildcard(_) => "wildcard",
            Self::Like(_) => "like",
            Self::Regex(_) => "regex",
        }
    }
}

impl TextPattern {
    /// The pattern of a kind, see [`TextPattern::kind`].
    #[must_use]
    pub fn of_kind(kind: &str, text: String) -> Option<Self> {
        let new = match kind {
            "equals" => Self::Equals,
            "contains" => Self::Contains,
            "starts with" => Self::StartsWith,
            "ends with" => Self::EndsWith,
            "term" => Self::Term,
            "word" => Self::Word,
            "word start" => Self::WordStart,
            "word end" => Self::WordEnd,
            "network" => Self::Network,
            "wildcard" => Self::Wildcard,
            "like" => Self::Like,
            "regex" => Self::Regex,
            _ => return None,
        };
        Some(new(text))
    }
}

impl Expression {
    /// An expression at a place.
    #[must_use]
    pub fn new(kind: ExpressionKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// A column by name.
    pub fn column(name: impl Into<ColumnName>, span: Span) -> Self {
        Self::new(ExpressionKind::Column(name.into()), span)
    }

    /// A constant.
    #[must_use]
    pub fn literal(value: Value, span: Span) -> Self {
        Self::new(ExpressionKind::Literal(value), span)
    }

    /// A text constant.
    pub fn text(value: impl Into<String>, span: Span) -> Self {
        Self::literal(Value::Text(value.into()), span)
    }

    /// A function call.
    pub fn call(function: impl Into<String>, arguments: Vec<Self>, result: Type, span: Span) -> Self {
        Self::new(ExpressionKind::Call { function: function.into(), arguments, result }, span)
    }

    /// A comparison.
    #[must_use]
    pub fn compare(operator: Comparison, rule: ComparisonRule, left: Self, right: Self, span: Span) -> Self {
        let (left, right) = (Box::new(left), Box::new(right));
        Self::new(ExpressionKind::Compare { operator, rule, left, right }, span)
    }

    /// A conversion.
    #[must_use]
    pub fn cast(self, to: Type) -> Self {
        let span = self.span;
        Self::new(ExpressionKind::Cast { value: Box::new(self), to }, span)
    }

    /// Negation.
    #[must_use]
    pub fn negate(self) -> Self {
        let span = self.span;
        Self::new(ExpressionKind::Not(Box::new(self)), span)
    }

    /// The type, given the types of the input's columns; a column that `column_type` does not know
    /// is [`Type::Null`].
    ///
    /// ```
    /// use quarry_diagnostic::Span;
    /// use quarry_plan::{ColumnName, Expression, Type};
    /// let name = Expression::column("user", Span::default());
    /// assert_eq!(name.type_of(&|_: &ColumnName| Some(Type::Text)), Type::Text);
    /// ```
    pub fn type_of(&self, column_type: &dyn Fn(&ColumnName) -> Option<Type>) -> Type {
        let first_known = |items: &mut dyn Iterator<Item = &Expression>| {
            items
                .map(|item| item.type_of(column_type))
                .find(|found| *found != Type::Null)
                .unwrap_or(Type::Null)
        };
        match &self.kind {
            ExpressionKind::Literal(value) => value.type_of(),
            ExpressionKind::Column(name) => column_type(name).unwrap_or(Type::Null),
            ExpressionKind::Call { result, .. } => *result,
            ExpressionKind::Not(_)
            | ExpressionKind::And(_)
            | ExpressionKind::Or(_)
            | ExpressionKind::Compare { .. }
            | ExpressionKind::Match { .. }
            | ExpressionKind::Member { .. }
            | ExpressionKind::IsNull(_) => Type::Boolean,
            ExpressionKind::Case { arms, otherwise } => {
                first_known(&mut arms.iter().map(|(_, value)| value).chain(otherwise.as_deref()))
            }
            ExpressionKind::Coalesce(items) => first_known(&mut items.iter()),
            ExpressionKind::Cast { to, .. } => *to,
            ExpressionKind::ForEach { .. } => Type::TextList,
            ExpressionKind::Path { .. } => Type::Dynamic,
            ExpressionKind::Arithmetic { left, .. } => left.type_of(column_type),
        }
    }

    /// The direct operands, in order.
    #[must_use]
    pub fn children(&self) -> Vec<&Expression> {
        match &self.kind {
            ExpressionKind::Literal(_) | ExpressionKind::Column(_) => Vec::new(),
            ExpressionKind::Call { arguments: items, .. }
            | ExpressionKind::And(items)
            | ExpressionKind::Or(items)
            | ExpressionKind::Coalesce(items) => items.iter().collect(),
            ExpressionKind::Not(value)
            | ExpressionKind::IsNull(value)
            | ExpressionKind::Match { value, .. }
            | ExpressionKind::Member { value, .. }
            | ExpressionKind::Path { value, .. }
            | ExpressionKind::Cast { value, .. } => vec![value],
            ExpressionKind::Compare { left, right, .. } | ExpressionKind::Arithmetic { left, right, .. } => {
                vec![left, right]
            }
            ExpressionKind::ForEach { list, body, .. } => vec![list, body],
            ExpressionKind::Case { arms, otherwise } => {
                arms.iter().flat_map(|(when, then)| [when, then]).chain(otherwise.as_deref()).collect()
            }
        }
    }

    /// The direct operands, in order, to be changed.
    pub fn children_mut(&mut self) -> Vec<&mut Expression> {
        match &mut self.kind {
            ExpressionKind::Literal(_) | ExpressionKind::Column(_) => Vec::new(),
            ExpressionKind::Call { arguments: items, .. }
            | ExpressionKind::And(items)
            | ExpressionKind::Or(items)
            | ExpressionKind::Coalesce(items) => items.iter_mut().collect(),
            ExpressionKind::Not(value)
            | ExpressionKind::IsNull(value)
            | ExpressionKind::Match { value, .. }
            | ExpressionKind::Member { value, .. }
            | ExpressionKind::Path { value, .. }
            | ExpressionKind::Cast { value, .. } => vec![value],
            ExpressionKind::Compare { left, right, .. } | ExpressionKind::Arithmetic { left, right, .. } => {
                vec![left, right]
            }
            ExpressionKind::ForEach { list, body, .. } => vec![list, body],
            ExpressionKind::Case { arms, otherwise } => arms
                .iter_mut()
                .flat_map(|(when, then)| [when, then])
                .chain(otherwise.as_deref_mut())
                .collect(),
        }
    }

    /// Whether a function that `wanted` names is called anywhere in it.
    pub fn calls(&self, wanted: &dyn Fn(&str) -> bool) -> bool {
        let itself = matches!(&self.kind, ExpressionKind::Call { function, .. } if wanted(function));
        itself || self.children().into_iter().any(|child| child.calls(wanted))
    }

    /// Calls `visit` with the name of every column used, depth first.
    pub fn visit_columns<'a>(&'a self, visit: &mut dyn FnMut(&'a ColumnName)) {
        match &self.kind {
            ExpressionKind::Column(name) => visit(name),
            ExpressionKind::ForEach { list, element, body } => {
                list.visit_columns(visit);
                body.visit_columns(&mut |name| {
                    if name != element {
                        visit(name);
                    }
                });
            }
            _ => self.children().into_iter().for_each(|child| child.visit_columns(visit)),
        }
    }
}
