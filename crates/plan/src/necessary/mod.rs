//! What a record must contain for a predicate to hold: the pre-filter of the reader.
//!
//! The reader asks before it parses: "can this record match at all?" The answer comes from the
//! predicate, folded for one log type with what is constant there (its source type, the fields it
//! never has), so that `case(sourcetype="x" AND name="RunInstances", 1, true(), 0) = 1` becomes "the
//! text RunInstances stands in it".

mod fold;
mod pattern;

use serde::{Deserialize, Serialize};

use crate::{
    ColumnName, Comparison, ComparisonRule, Expression, ExpressionKind, Law, Laws, TextMatcher, TextPattern,
    Type, Value, parse_address, parse_number,
};
use fold::fold;

/// More texts than this are not looked for: reading the record's field costs less than a search for all of
/// them in its bytes.
pub(crate) const MOST_NEEDED: usize = 512;

/// A condition on the raw bytes of a record that every match fulfils. It is necessary, never
/// sufficient: the exact predicate always runs afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Need {
    /// Nothing is known: read every record.
    Anything,
    /// No record of this log type can match.
    Never,
    /// The decoded text of some value in the record contains this.
    Literal {
        /// The text.
        text: String,
        /// Whether any case will do.
        ignore_case: bool,
    },
    /// All are needed.
    All(Vec<Need>),
    /// At least one is needed.
    Any(Vec<Need>),
}

impl Need {
    /// All of them, simplified; of very many some.
    #[must_use]
    pub fn all(needs: Vec<Self>) -> Self {
        if needs.contains(&Self::Never) {
            return Self::Never;
        }
        let mut kept: Vec<Self> = Vec::new();
        for need in needs {
            let parts = if let Self::All(parts) = need { parts } else { vec![need] };
            for part in parts {
                if part != Self::Anything && kept.len() < MOST_NEEDED && !kept.contains(&part) {
                    kept.push(part);
                }
            }
        }
        match kept.len() {
            0 => Self::Anything,
            1 => kept.remove(0),
            _ => Self::All(kept),
        }
    }

    /// Any of them, simplified; very many are as good as anything.
    #[must_use]
    pub fn any(needs: Vec<Self>) -> Self {
        if needs.contains(&Self::Anything) {
            return Self::Anything;
        }
        let mut kept: Vec<Self> = Vec::new();
        for need in needs {
            let parts = if let Self::Any(parts) = need { parts } else { vec![need] };
            for part in parts {
                if part != Self::Never && !kept.contains(&part) {
                    kept.push(part);
                }
                if kept.len() > MOST_NEEDED {
                    return Self::Anything;
                }
            }
        }
        match kept.len() {
            0 => Self::Never,
            1 => kept.remove(0),
            _ => Self::Any(kept),
        }
    }
}

/// What is known of a column of the scan for one log type.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnFacts {
    /// Always this value (a source type, or null for a field the log type never has).
    Constant(Value),
    /// Where not null, the column's text stands in the record as it is (a JSON path).
    Verbatim,
    /// Where not null, the column's text stands in the record in some case.
    VerbatimAnyCase,
    /// Derived: nothing is known.
    Derived,
}

/// Tells what is known of columns and functions.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Of a column.
    pub columns: &'a dyn Fn(&ColumnName) -> ColumnFacts,
    /// Of a function.
    pub laws: Laws<'a>,
}

/// The bytes needed for `predicate` to be true, where `facts` tells of each column.
///
/// ```
/// use quarry_diagnostic::Span;
/// use quarry_plan::{ColumnFacts, ColumnName, Expression, ExpressionKind, Facts, Need, TextMatcher, TextPattern, necessary};
/// let name = Expression::column("eventName", Span::default());
/// let matcher = TextMatcher { pattern: TextPattern::Equals("RunInstances".into()), ignore_case: false };
/// let predicate = Expression::new(ExpressionKind::Match { matcher, value: Box::new(name) }, Span::default());
/// let facts = Facts { columns: &|_: &ColumnName| ColumnFacts::Verbatim, laws: &|_: &str| None };
/// let need = necessary(&predicate, facts);
/// assert_eq!(need, Need::Literal { text: "RunInstances".into(), ignore_case: false });
/// ```
#[must_use]
pub fn necessary(predicate: &Expression, facts: Facts<'_>) -> Need {
    match fold(predicate, facts) {
        Some(Value::Boolean(true)) => return Need::Anything,
        Some(_) => return Need::Never,
        None => {}
    }
    match &predicate.kind {
        ExpressionKind::And(items) => Need::all(items.iter().map(|item| necessary(item, facts)).collect()),
        ExpressionKind::Or(items) => Need::any(items.iter().map(|item| necessary(item, facts)).collect()),
        ExpressionKind::Not(inner) => not_necessary(inner, facts),
        ExpressionKind::Match { matcher, value } => matches(matcher, value, facts),
        ExpressionKind::Member { set, value } if set.members().len() > MOST_NEEDED => present(value, facts),
        ExpressionKind::Member { set, value } => {
            let alternatives = set.alternatives(value);
            Need::any(alternatives.iter().map(|item| necessary(item, facts)).collect())
        }
        ExpressionKind::Compare { operator: Comparison::Equal, rule, left, right } => {
            equal(*rule, left, right, facts)
        }
        ExpressionKind::Compare { left, right, .. } => both_present(left, right, facts),
        ExpressionKind::Call { function, arguments, .. } => call(function, arguments, facts),
        ExpressionKind::Case { .. } | ExpressionKind::Coalesce(_) => {
            arms(predicate, facts, &|value| necessary(value, facts))
        }
        _ => Need::Anything,
    }
}

/// What is needed for `predicate` to be false (not null).
fn not_necessary(predicate: &Expression, facts: Facts<'_>) -> Need {
    match &predicate.kind {
        ExpressionKind::Not(inner) => necessary(inner, facts),
        ExpressionKind::And(items) => {
            Need::any(items.iter().map(|item| not_necessary(item, facts)).collect())
        }
        ExpressionKind::Or(items) => Need::all(items.iter().map(|item| not_necessary(item, facts)).collect()),
        ExpressionKind::IsNull(value)
        | ExpressionKind::Match { value, .. }
        | ExpressionKind::Member { value, .. } => present(value, facts),
        ExpressionKind::Compare { left, right, .. } => both_present(left, right, facts),
        _ => match fold(predicate, facts) {
            Some(Value::Boolean(false)) | None => Need::Anything,
            Some(_) => Need::Never,
        },
    }
}

fn present(value: &Expression, facts: Facts<'_>) -> Need {
    if fold(value, facts) == Some(Value::Null) { Need::Never } else { Need::Anything }
}

fn both_present(left: &Expression, right: &Expression, facts: Facts<'_>) -> Need {
    Need::all(vec![present(left, facts), present(right, facts)])
}

/// What is needed for some arm of a case (or operand of a coalesce) to be chosen and fulfil `then`.
fn arms(value: &Expression, facts: Facts<'_>, then: &dyn Fn(&Expression) -> Need) -> Need {
    match &value.kind {
        ExpressionKind::Case { arms, otherwise } => {
            let mut needs = Vec::new();
            for (when, result) in arms {
                let chosen = fold(when, facts);
                if chosen.is_none() || chosen == Some(Value::Boolean(true)) {
                    needs.push(Need::all(vec![necessary(when, facts), then(result)]));
                }
                if chosen == Some(Value::Boolean(true)) {
                    return Need::any(needs);
                }
            }
            needs.extend(otherwise.as_ref().map(|result| then(result)));
            Need::any(needs)
        }
        ExpressionKind::Coalesce(items) => Need::any(items.iter().map(then).collect()),
        _ => then(value),
    }
}

fn matches(matcher: &TextMatcher, value: &Expression, facts: Facts<'_>) -> Need {
    if let Some(constant) = fold(value, facts) {
        return match fold::match_constant(matcher, &constant) {
            Some(false) => Need::Never,
            _ => Need::Anything,
        };
    }
    match &value.kind {
        ExpressionKind::Case { .. } | ExpressionKind::Coalesce(_) => {
            arms(value, facts, &|arm| matches(matcher, arm, facts))
        }
        ExpressionKind::Column(name) => match (facts.columns)(name) {
            ColumnFacts::Verbatim => pattern::need(matcher),
            ColumnFacts::VerbatimAnyCase => pattern::need(&any_case(matcher)),
            ColumnFacts::Constant(_) | ColumnFacts::Derived => Need::Anything,
        },
        ExpressionKind::Call { function, arguments, .. } => match arguments.as_slice() {
            [argument] => match (facts.laws)(function) {
                Some(Law::SameText) => matches(matcher, argument, facts),
                Some(Law::LowerCase | Law::UpperCase) => matches(&any_case(matcher), argument, facts),
                _ => Need::Anything,
            },
            _ => Need::Anything,
        },
        ExpressionKind::Cast { value: inner, to: Type::Text | Type::TextList } if is_text(inner) => {
            matches(matcher, inner, facts)
        }
        _ => Need::Anything,
    }
}

/// Whether a cast to text keeps the text as it stands (numbers and times would be written anew).
fn is_text(value: &Expression) -> bool {
    match &value.kind {
        ExpressionKind::Column(_) => true,
        ExpressionKind::Call { result, .. } => matches!(result, Type::Text | Type::TextList),
        _ => false,
    }
}

fn any_case(matcher: &TextMatcher) -> TextMatcher {
    TextMatcher { pattern: matcher.pattern.clone(), ignore_case: true }
}

/// `left = right` where one side is constant.
fn equal(rule: ComparisonRule, left: &Expression, right: &Expression, facts: Facts<'_>) -> Need {
    let (value, constant) = match (fold(left, facts), fold(right, facts)) {
        (Some(constant), None) => (right, constant),
        (None, Some(constant)) => (left, constant),
        _ => return Need::Anything,
    };
    if fold::is_null(&constant) {
        return Need::Never;
    }
    let needed = |arm: &Expression| match (fold(arm, facts), &constant) {
        (Some(known), _) if fold::is_null(&known) => Need::Never,
        (Some(known), _) => match fold::compare_constants(Comparison::Equal, rule, &known, &constant) {
            Some(false) => Need::Never,
            _ => Need::Anything,
        },
        // A number may be written in several ways, as may an address with colons.
        (None, Value::Text(text))
            if parse_number(text).is_none()
                && !(rule == ComparisonRule::Address
                    && text.contains(':')
                    && parse_address(text).is_some()) =>
        {
            let matcher = TextMatcher { pattern: TextPattern::Equals(text.clone()), ignore_case: false };
            matches(&matcher, arm, facts)
        }
        (None, _) => Need::Anything,
    };
    arms(value, facts, &needed)
}

fn call(function: &str, arguments: &[Expression], facts: Facts<'_>) -> Need {
    match ((facts.laws)(function), arguments) {
        (Some(Law::MatchesRegex), [value, pattern]) => match fold(pattern, facts) {
            Some(Value::Text(text)) => {
                let matcher = TextMatcher { pattern: TextPattern::Regex(text), ignore_case: false };
                matches(&matcher, value, facts)
            }
            _ => Need::Anything,
        },
        _ => Need::Anything,
    }
}
