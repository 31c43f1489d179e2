//! The tree of a search: what was written, with its places in the user's text.
//!
//! Commands that share a grammar share a variant of [`Arguments`]; the many small commands
//! (`fields`, `dedup`, `rex`, `lookup` ...) are [`Arguments::General`], a list of [`Item`]s that
//! lowering reads command by command. So a new command needs no new grammar.

use quarry_diagnostic::Span;
use quarry_plan::ColumnName;

/// Commands joined by `|`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pipeline {
    /// In order; the first may be an implied `search`.
    pub commands: Vec<Command>,
    /// Place.
    pub span: Span,
    /// The text of a pipeline in brackets, after macros were expanded (`map [...]` fills it in).
    pub text: String,
}

/// One command.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// Name in lower case.
    pub name: String,
    /// Place of the name (empty for an implied `search`).
    pub name_span: Span,
    /// What follows the name.
    pub arguments: Arguments,
    /// Place of the whole command, without the `|`.
    pub span: Span,
}

/// What follows a command's name.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there are few commands in a search")]
pub enum Arguments {
    /// `search`: none for "everything".
    Search(Option<SearchExpression>),
    /// `where`.
    Where(EvalExpression),
    /// `eval`.
    Eval(Vec<Assignment>),
    /// `stats`, `eventstats`, `streamstats`, `sistats`, `chart`, `timechart`, `tstats`, `mstats`.
    Stats(Stats),
    /// `sort`.
    Sort(Sort),
    /// `rename`.
    Rename(Vec<RenamePair>),
    /// All others: options, words, calls and subsearches in order.
    General(Vec<Item>),
}

/// How a word was quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quote {
    /// Not at all.
    None,
    /// `"…"`.
    Double,
    /// `'…'`.
    Single,
}

/// A word: its text without quotes and with escapes resolved as its context has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The text.
    pub text: String,
    /// How it was quoted.
    pub quote: Quote,
    /// Place, with the quotes.
    pub span: Span,
}

impl Word {
    /// Whether it is this bare keyword, in any case.
    #[must_use]
    pub fn is_keyword(&self, keyword: &str) -> bool {
        self.quote == Quote::None && self.text.eq_ignore_ascii_case(keyword)
    }
}

/// A part of general arguments.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// `name=value`, or `name!=value` (in `regex`).
    Option(OptionItem),
    /// A word; a leading `+` or `-` stands as a word of its own.
    Word(Word),
    /// A comma.
    Comma(Span),
    /// `name(argument, …)`, as in `convert ctime(x)`; the arguments are words.
    Call {
        /// Name as written.
        name: Word,
        /// Arguments.
        arguments: Vec<Word>,
        /// Place.
        span: Span,
    },
    /// An expression in parentheses, as in `head (count < 5)`.
    Expression(EvalExpression),
    /// A search expression after the keyword `where`, as in `inputlookup x where y=1`.
    Where(Option<SearchExpression>),
    /// A pipeline in brackets.
    Subsearch(Pipeline),
}

/// `name=value`.
#[derive(Debug, Clone, PartialEq)]
pub struct OptionItem {
    /// Name as written.
    pub name: Word,
    /// Whether `!=` was written.
    pub negated: bool,
    /// The value.
    pub value: OptionValue,
    /// Place.
    pub span: Span,
}

/// The value of an option.
#[derive(Debug, Clone, PartialEq)]
pub enum OptionValue {
    /// A word.
    Word(Word),
    /// `eval(…)` or `(…)`, as in `startswith=eval(x=1)`.
    Expression(EvalExpression),
    /// `(…)` where the command takes a search, as in `transaction startswith=(a=1 b=2)`.
    Search(SearchExpression),
    /// A pipeline in brackets, whose result is the value.
    Subsearch(Pipeline),
}

/// An expression of the `search` language.
#[derive(Debug, Clone, PartialEq)]
pub enum SearchExpression {
    /// All hold (written or implied).
    And(Vec<SearchExpression>, Span),
    /// At least one holds; binds tighter than AND.
    Or(Vec<SearchExpression>, Span),
    /// Does not hold.
    Not(Box<SearchExpression>, Span),
    /// `field=value` and the like.
    Comparison {
        /// The field.
        field: Word,
        /// Operator.
        operator: SearchOperator,
        /// The literal.
        value: SearchValue,
        /// Place.
        span: Span,
    },
    /// `field IN (a, b)`.
    In {
        /// The field.
        field: Word,
        /// The literals.
        values: Vec<SearchValue>,
        /// Place.
        span: Span,
    },
    /// `field=[…]`: the result of the subsearch is the value.
    SubsearchComparison {
        /// The field.
        field: Word,
        /// Operator.
        operator: SearchOperator,
        /// The pipeline in brackets.
        subsearch: Pipeline,
        /// Whether it stands in the list of an `IN`.
        listed: bool,
        /// Place.
        span: Span,
    },
    /// A bare word or phrase, found in the raw event.
    Term(SearchValue),
    /// A pipeline in brackets.
    Subsearch(Pipeline, Span),
}

/// A literal of the `search` language.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchValue {
    /// The text. Every `*` is a wildcard, quoted or not: the language has no escape for it, so
    /// `\*` is a backslash and a wildcard.
    pub word: Word,
    /// Written in `CASE(…)` or `TERM(…)`.
    pub directive: Option<Directive>,
}

/// `CASE(…)` and `TERM(…)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Directive {
    /// Case-sensitive.
    Case,
    /// One term, minor breakers included.
    Term,
}

/// Operators of the `search` language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchOperator {
    /// `=` or `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
}

impl SearchOperator {
    /// How it is written.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// An expression of the `eval` language.
#[derive(Debug, Clone, PartialEq)]
pub struct EvalExpression {
    /// What it is.
    pub kind: EvalKind,
    /// Place.
    pub span: Span,
}

impl EvalExpression {
    /// The expression with each of its own parts as `change` makes it; one without parts as it is.
    #[must_use]
    pub fn map_parts(&self, change: &dyn Fn(&Self) -> Self) -> Self {
        let boxed = |inner: &Self| Box::new(change(inner));
        let all = |items: &[Self]| items.iter().map(change).collect();
        let kind = match &self.kind {
            EvalKind::Call { name, name_span, arguments } => {
                EvalKind::Call { name: name.clone(), name_span: *name_span, arguments: all(arguments) }
            }
            EvalKind::Not(inner) => EvalKind::Not(boxed(inner)),
            EvalKind::Negative(inner) => EvalKind::Negative(boxed(inner)),
            EvalKind::Binary { operator, left, right } => {
                EvalKind::Binary { operator: *operator, left: boxed(left), right: boxed(right) }
            }
            EvalKind::In { value, items } => EvalKind::In { value: boxed(value), items: all(items) },
            other => other.clone(),
        };
        Self { kind, span: self.span }
    }
}

/// What an eval expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum EvalKind {
    /// `"text"`, escapes resolved.
    Text(String),
    /// A number as written.
    Number(String),
    /// A field: bare, or in single quotes.
    Field {
        /// Name.
        name: String,
        /// Whether it was in single quotes.
        quoted: bool,
    },
    /// A column of the plan, put by a command in place of a part that it computed already; never written.
    Column(ColumnName),
    /// `name(arguments)`; the name in lower case.
    Call {
        /// Name.
        name: String,
        /// Place of the name.
        name_span: Span,
        /// Arguments.
        arguments: Vec<EvalExpression>,
    },
    /// `not x`.
    Not(Box<EvalExpression>),
    /// `-x`.
    Negative(Box<EvalExpression>),
    /// `left operator right`.
    Binary {
        /// Operator.
        operator: EvalOperator,
        /// Left side.
        left: Box<EvalExpression>,
        /// Right side.
        right: Box<EvalExpression>,
    },
    /// `value IN (items)`.
    In {
        /// What is looked for.
        value: Box<EvalExpression>,
        /// Where.
        items: Vec<EvalExpression>,
    },
    /// A pipeline in brackets, whose result is the value.
    Subsearch(Pipeline),
    /// What could not be read; a diagnostic tells.
    Error,
}

/// Operators of the `eval` language, loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvalOperator {
    /// `XOR`.
    Xor,
    /// `OR`.
    Or,
    /// `AND`.
    And,
    /// `=` or `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `LIKE`.
    Like,
    /// `.`.
    Concatenate,
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Modulo,
}

/// `field = expression`.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The field set.
    pub field: Word,
    /// Its value.
    pub value: EvalExpression,
    /// Place.
    pub span: Span,
}

/// Aggregations, BY fields and options.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stats {
    /// `name=value` before, between and after.
    pub options: Vec<OptionItem>,
    /// In order.
    pub aggregations: Vec<Aggregation>,
    /// `FROM …` of tstats: the words after it (`datamodel=Change.All_Changes` is an option).
    pub from: Vec<Item>,
    /// `WHERE …`.
    pub filter: Option<SearchExpression>,
    /// `WHERE …` after the split field of chart and timechart, as in `where count in top5`.
    pub split_filter: Vec<Item>,
    /// `OVER field` of chart.
    pub over: Option<ByField>,
    /// After BY (or GROUPBY); prestats options stand in `options`.
    pub by: Vec<ByField>,
    /// Place of the BY clause.
    pub by_span: Option<Span>,
}

impl Stats {
    /// The options, wherever they stand.
    pub fn all_options(&self) -> impl Iterator<Item = &OptionItem> {
        let of_fields = self.over.iter().chain(&self.by).flat_map(|field| &field.options);
        self.options.iter().chain(of_fields)
    }
}

/// A field after BY, with its own options (`span=1h`).
#[derive(Debug, Clone, PartialEq)]
pub struct ByField {
    /// The field; may hold wildcards.
    pub field: Word,
    /// `span=` and the like that follow it.
    pub options: Vec<OptionItem>,
}

/// `function(argument) AS name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregation {
    /// Function name in lower case, without its number (`perc95` is `perc` with 95).
    pub function: String,
    /// The number in `perc95`, as written.
    pub number: Option<String>,
    /// Place of the function name.
    pub function_span: Span,
    /// What is aggregated.
    pub argument: AggregationArgument,
    /// After AS.
    pub alias: Option<Word>,
    /// The call as written, which is the column's name without AS.
    pub text: String,
    /// Place of the call.
    pub span: Span,
}

/// The argument of an aggregation.
#[derive(Debug, Clone, PartialEq)]
pub enum AggregationArgument {
    /// None: `count`, `count()`.
    None,
    /// A field, maybe with wildcards.
    Field(Word),
    /// `eval(expression)`.
    Eval(EvalExpression),
}

/// `sort` and its keys.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sort {
    /// The count; 0 is unlimited.
    pub limit: Option<Word>,
    /// Keys, the first counts most.
    pub keys: Vec<SortField>,
    /// A trailing `desc` or `d`: all directions reversed.
    pub reversed: bool,
}

/// One key of a sort.
#[derive(Debug, Clone, PartialEq)]
pub struct SortField {
    /// Written with `-`.
    pub descending: bool,
    /// `num`, `str`, `ip` or `auto` in lower case, if written.
    pub kind: Option<Word>,
    /// The field.
    pub field: Word,
}

/// `from AS to`.
#[derive(Debug, Clone, PartialEq)]
pub struct RenamePair {
    /// Present name, maybe with wildcards.
    pub from: Word,
    /// New name.
    pub to: Word,
    /// Place.
    pub span: Span,
}

impl SearchExpression {
    /// Place.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::And(_, span)
            | Self::Or(_, span)
            | Self::Not(_, span)
            | Self::Comparison { span, .. }
            | Self::SubsearchComparison { span, .. }
            | Self::In { span, .. }
            | Self::Subsearch(_, span) => *span,
            Self::Term(value) => value.word.span,
        }
    }
}
