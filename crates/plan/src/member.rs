//! Constant sets of values as one node: lists of `IN`, long alternatives of one field, rows of a subsearch,
//! reference sets.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use quarry_diagnostic::Span;
use serde::{Deserialize, Serialize};

use crate::{Comparison, ComparisonRule, Expression, ExpressionKind, TextMatcher, TextPattern, Type, Value};

/// Fewer alternatives than this stay alternatives, so that lints say something about each.
const FEWEST: usize = 64;
/// Alternatives over more values than this are not gathered.
const MOST_VALUES: usize = 32;

/// What a value may be; one of these is enough.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Members {
    /// Texts, compared with the text of the value as [`ExpressionKind::Match`] does.
    Texts {
        /// The whole text, by bytes.
        exact: Vec<String>,
        /// The whole text in any case.
        folded: Vec<String>,
        /// Other patterns, no regular expressions.
        patterns: Vec<TextMatcher>,
    },
    /// Values of one type, compared by a rule as [`ExpressionKind::Compare`] does.
    Values {
        /// The rule: exact, or numbers else text.
        rule: ComparisonRule,
        /// The values: texts, integers or doubles.
        values: Vec<Value>,
    },
}

impl Members {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Texts { exact, folded, patterns } => exact.len() + folded.len() + patterns.len(),
            Self::Values { values, .. } => values.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether both may stand in one set.
    fn joins(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Texts { .. }, Self::Texts { .. }) => true,
            (Self::Values { rule, values }, Self::Values { rule: other_rule, values: others }) => {
                let of = |values: &[Value]| values.first().map(Value::type_of);
                rule == other_rule && of(values) == of(others)
            }
            _ => false,
        }
    }

    fn extend(&mut self, more: Self) {
        match (self, more) {
            (
                Self::Texts { exact, folded, patterns },
                Self::Texts { exact: more_exact, folded: more_folded, patterns: more_patterns },
            ) => {
                exact.extend(more_exact);
                folded.extend(more_folded);
                patterns.extend(more_patterns);
            }
            (Self::Values { values, .. }, Self::Values { values: more, .. }) => values.extend(more),
            _ => {}
        }
    }

    fn digest(&self) -> u64 {
        let mut state = DefaultHasher::new();
        match self {
            Self::Texts { exact, folded, patterns } => {
                exact.hash(&mut state);
                folded.hash(&mut state);
                for matcher in patterns {
                    (matcher.pattern.kind(), matcher.pattern.text(), matcher.ignore_case).hash(&mut state);
                }
            }
            Self::Values { values, .. } => {
                for value in values {
                    match value {
                        Value::Text(text) => text.hash(&mut state),
                        Value::Integer(number) => number.hash(&mut state),
                        Value::Double(number) => number.to_bits().hash(&mut state),
                        _ => {}
                    }
                }
            }
        }
        state.finish()
    }
}

/// Members that all copies of a plan share. Two sets are told apart by their digests first.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "Members", into = "Members")]
pub struct MemberSet {
    members: Arc<Members>,
    digest: u64,
}

impl From<Members> for MemberSet {
    fn from(members: Members) -> Self {
        Self::new(members)
    }
}

impl From<MemberSet> for Members {
    fn from(set: MemberSet) -> Self {
        Self::clone(&set.members)
    }
}

impl MemberSet {
    /// A set.
    #[must_use]
    pub fn new(members: Members) -> Self {
        Self { digest: members.digest(), members: Arc::new(members) }
    }

    /// What is in it.
    #[must_use]
    pub fn members(&self) -> &Members {
        &self.members
    }

    /// Each member as a condition on the value, which all together mean the same.
    pub fn alternatives(&self, value: &Expression) -> Vec<Expression> {
        let new = |kind| Expression::new(kind, value.span);
        let matches = |pattern: TextPattern, ignore_case| {
            let matcher = TextMatcher { pattern, ignore_case };
            new(ExpressionKind::Match { matcher, value: Box::new(value.clone()) })
        };
        match self.members() {
            Members::Texts { exact, folded, patterns } => {
                let exact = exact.iter().map(|text| matches(TextPattern::Equals(text.clone()), false));
                let folded = folded.iter().map(|text| matches(TextPattern::Equals(text.clone()), true));
                let patterns = patterns.iter().map(|of| matches(of.pattern.clone(), of.ignore_case));
                exact.chain(folded).chain(patterns).collect()
            }
            Members::Values { rule, values } => {
                let equal = |constant: &Value| {
                    let constant = Expression::literal(constant.clone(), value.span);
                    Expression::compare(Comparison::Equal, *rule, value.clone(), constant, value.span)
                };
                values.iter().map(equal).collect()
            }
        }
    }
}

impl PartialEq for MemberSet {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.members, &other.members)
            || (self.digest == other.digest && self.members == other.members)
    }
}

impl fmt::Debug for MemberSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MemberSet({} members)", self.members.len())
    }
}

/// At least one holds. Many alternatives of one value become a membership.
///
/// ```
/// use quarry_diagnostic::Span;
/// use quarry_plan::{Expression, ExpressionKind, TextMatcher, TextPattern, any_of};
/// let is = |number: u32| {
///     let matcher = TextMatcher { pattern: TextPattern::Equals(number.to_string()), ignore_case: true };
///     let value = Box::new(Expression::column("name", Span::default()));
///     Expression::new(ExpressionKind::Match { matcher, value }, Span::default())
/// };
/// let found = any_of((0..1_000).map(is).collect(), Span::default());
/// assert!(matches!(&found.kind, ExpressionKind::Member { set, .. } if set.members().len() == 1_000));
/// ```
#[must_use]
pub fn any_of(items: Vec<Expression>, span: Span) -> Expression {
    if items.iter().map(alternatives).sum::<usize>() < FEWEST {
        return or(items, span);
    }
    let mut flat = Vec::new();
    flatten(items, &mut flat);
    let mut groups: Vec<Group> = Vec::new();
    let mut others = Vec::new();
    for item in flat {
        match decomposed(item) {
            Ok((value, members)) => {
                let room = groups.len() < MOST_VALUES;
                match groups.iter_mut().find(|group| group.takes(&value, &members)) {
                    Some(group) => group.members.extend(members),
                    None if room => {
                        // Keeps the place of the first alternative.
                        groups.push(Group { value, members, at: others.len() });
                        others.push(None);
                    }
                    None => {
                        others.extend(MemberSet::new(members).alternatives(&value).into_iter().map(Some));
                    }
                }
            }
            Err(item) => others.push(Some(item)),
        }
    }
    let mut placed: Vec<Vec<Expression>> =
        others.into_iter().map(|item| item.into_iter().collect()).collect();
    for group in groups {
        let at = group.at;
        if let Some(place) = placed.get_mut(at) {
            *place = group.into_conditions(span);
        }
    }
    or(placed.into_iter().flatten().collect(), span)
}

/// All hold. Many values that one value must not be become a membership that must not hold.
///
/// ```
/// use quarry_diagnostic::Span;
/// use quarry_plan::{Comparison, ComparisonRule, Expression, ExpressionKind, Value, all_of};
/// let differs = |number: i64| {
///     let column = Expression::column("number", Span::default());
///     let constant = Expression::literal(Value::Integer(number), Span::default());
///     Expression::compare(Comparison::NotEqual, ComparisonRule::Exact, column, constant, Span::default())
/// };
/// let found = all_of((0..1_000).map(differs).collect(), Span::default());
/// assert!(matches!(&found.kind, ExpressionKind::Not(inner) if matches!(inner.kind, ExpressionKind::Member { .. })));
/// ```
#[must_use]
pub fn all_of(items: Vec<Expression>, span: Span) -> Expression {
    if items.iter().map(denials).sum::<usize>() < FEWEST {
        return and(items, span);
    }
    let mut flat = Vec::new();
    flatten_all(items, &mut flat);
    let (mut denied, mut others, mut at) = (Vec::new(), Vec::new(), None);
    for item in flat {
        match denial(item) {
            Ok(value) => {
                // Keeps the place of the first.
                at.get_or_insert(others.len());
                denied.push(value);
            }
            Err(item) => others.push(item),
        }
    }
    let place = denied.iter().map(|item| item.span).reduce(Span::join).unwrap_or(span);
    let alternatives = match any_of(denied, place) {
        Expression { kind: ExpressionKind::Or(items), .. } => items,
        one => vec![one],
    };
    let at = at.unwrap_or_default().min(others.len());
    others.splice(at..at, alternatives.into_iter().map(Expression::negate));
    and(others, span)
}

fn and(mut items: Vec<Expression>, span: Span) -> Expression {
    match items.len() {
        0 => Expression::literal(Value::Boolean(true), span),
        1 => items.remove(0),
        _ => Expression::new(ExpressionKind::And(items), span),
    }
}

/// How many conditions say what must not hold.
fn denials(item: &Expression) -> usize {
    match &item.kind {
        ExpressionKind::And(items) => items.iter().map(denials).sum(),
        _ => usize::from(is_denial(item)),
    }
}

fn flatten_all(items: Vec<Expression>, flat: &mut Vec<Expression>) {
    for item in items {
        match item.kind {
            ExpressionKind::And(items) => flatten_all(items, flat),
            kind => flat.push(Expression::new(kind, item.span)),
        }
    }
}

/// Whether a condition says what must not hold. A list may differ from what it holds, so that other rules than the exact
/// one, which has no lists, are no denials.
fn is_denial(item: &Expression) -> bool {
    match &item.kind {
        ExpressionKind::Not(inner) => matches!(
            inner.kind,
            ExpressionKind::Match { .. } | ExpressionKind::Compare { .. } | ExpressionKind::Member { .. }
        ),
        ExpressionKind::Compare { operator: Comparison::NotEqual, rule, .. } => {
            *rule == ComparisonRule::Exact
        }
        _ => false,
    }
}

/// What must not hold.
fn denial(item: Expression) -> Result<Expression, Expression> {
    if !is_denial(&item) {
        return Err(item);
    }
    let span = item.span;
    match item.kind {
        ExpressionKind::Not(inner) => Ok(*inner),
        ExpressionKind::Compare { rule, left, right, .. } => {
            Ok(Expression::compare(Comparison::Equal, rule, *left, *right, span))
        }
        kind => Err(Expression::new(kind, span)),
    }
}

fn or(mut items: Vec<Expression>, span: Span) -> Expression {
    match items.len() {
        0 => Expression::literal(Value::Boolean(false), span),
        1 => items.remove(0),
        _ => Expression::new(ExpressionKind::Or(items), span),
    }
}

/// How many alternatives an expression is.
fn alternatives(item: &Expression) -> usize {
    match &item.kind {
        ExpressionKind::Or(items) => items.iter().map(alternatives).sum(),
        ExpressionKind::Member { set, .. } => set.members().len(),
        _ => 1,
    }
}

fn flatten(items: Vec<Expression>, flat: &mut Vec<Expression>) {
    for item in items {
        match item.kind {
            ExpressionKind::Or(items) => flatten(items, flat),
            kind => flat.push(Expression::new(kind, item.span)),
        }
    }
}

/// Alternatives of one value.
struct Group {
    value: Expression,
    members: Members,
    /// Where the first one stood.
    at: usize,
}

impl Group {
    fn takes(&self, value: &Expression, members: &Members) -> bool {
        self.members.joins(members) && same_value(&self.value, value)
    }

    /// One membership, or each condition where there are few.
    fn into_conditions(self, span: Span) -> Vec<Expression> {
        let set = MemberSet::new(self.members);
        if set.members().len() < FEWEST {
            return set.alternatives(&self.value);
        }
        vec![Expression::new(ExpressionKind::Member { set, value: Box::new(self.value) }, span)]
    }
}

/// The value that a condition tests and what it may be; the condition itself if it is another kind.
fn decomposed(item: Expression) -> Result<(Expression, Members), Expression> {
    let span = item.span;
    match item.kind {
        ExpressionKind::Match { matcher, value }
            if !matches!(matcher.pattern, TextPattern::Regex(_)) && is_value(&value) =>
        {
            let (mut exact, mut folded, mut patterns) = (Vec::new(), Vec::new(), Vec::new());
            match matcher {
                TextMatcher { pattern: TextPattern::Equals(text), ignore_case: false } => exact.push(text),
                TextMatcher { pattern: TextPattern::Equals(text), ignore_case: true } => folded.push(text),
                other => patterns.push(other),
            }
            Ok((*value, Members::Texts { exact, folded, patterns }))
        }
        ExpressionKind::Compare { operator: Comparison::Equal, rule, left, right }
            if matches!(rule, ComparisonRule::Exact | ComparisonRule::NumbersElseText) =>
        {
            let (value, constant) = if is_member(&right) { (left, right) } else { (right, left) };
            match constant.kind {
                ExpressionKind::Literal(constant) if is_member_value(&constant) && is_value(&value) => {
                    Ok((*value, Members::Values { rule, values: vec![constant] }))
                }
                kind => {
                    let constant = Expression::new(kind, constant.span);
                    Err(Expression::compare(Comparison::Equal, rule, *value, constant, span))
                }
            }
        }
        ExpressionKind::Member { set, value } => {
            Ok((*value, Arc::try_unwrap(set.members).unwrap_or_else(|shared| (*shared).clone())))
        }
        kind => Err(Expression::new(kind, span)),
    }
}

fn is_member(value: &Expression) -> bool {
    matches!(&value.kind, ExpressionKind::Literal(constant) if is_member_value(constant))
}

fn is_member_value(constant: &Value) -> bool {
    matches!(constant.type_of(), Type::Text | Type::Integer | Type::Double)
}

/// Whether a value may be computed once for all alternatives.
fn is_value(value: &Expression) -> bool {
    match &value.kind {
        ExpressionKind::Column(_) => true,
        ExpressionKind::Cast { value, .. } => is_value(value),
        ExpressionKind::Call { arguments, .. } => matches!(arguments.as_slice(), [only] if is_value(only)),
        _ => false,
    }
}

/// Whether two values are the same but for their places.
fn same_value(left: &Expression, right: &Expression) -> bool {
    match (&left.kind, &right.kind) {
        (ExpressionKind::Column(left), ExpressionKind::Column(right)) => left == right,
        (ExpressionKind::Cast { value: left, to }, ExpressionKind::Cast { value: right, to: other }) => {
            to == other && same_value(left, right)
        }
        (
            ExpressionKind::Call { function, arguments, .. },
            ExpressionKind::Call { function: other, arguments: others, .. },
        ) => {
            function == other
                && arguments.len() == others.len()
                && arguments.iter().zip(others).all(|(left, right)| same_value(left, right))
        }
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn compare(operator: Comparison, rule: ComparisonRule, number: i64) -> Expression {
        let column = Expression::column("number", Span::default());
        let constant = Expression::literal(Value::Integer(number), Span::default());
        Expression::compare(operator, rule, column, constant, Span::default())
    }

    #[test]
    fn what_a_list_must_differ_from_is_no_membership() {
        let differs = |rule| (0..100).map(|number| compare(Comparison::NotEqual, rule, number)).collect();
        let kept = all_of(differs(ComparisonRule::NumbersElseText), Span::default());
        assert!(matches!(&kept.kind, ExpressionKind::And(items) if items.len() == 100));
        let exact = all_of(differs(ComparisonRule::Exact), Span::default());
        assert!(matches!(&exact.kind, ExpressionKind::Not(_)));
    }

    #[test]
    fn other_conditions_stay_beside_what_is_denied() {
        let mut items: Vec<Expression> =
            (0..100).map(|number| compare(Comparison::NotEqual, ComparisonRule::Exact, number)).collect();
        items.insert(0, compare(Comparison::Less, ComparisonRule::Exact, 7));
        items.push(compare(Comparison::Greater, ComparisonRule::Exact, 3));
        let ExpressionKind::And(items) = all_of(items, Span::default()).kind else {
            panic!("no conjunction")
        };
        assert!(matches!(
            items.iter().map(|item| &item.kind).collect::<Vec<_>>().as_slice(),
            [ExpressionKind::Compare { .. }, ExpressionKind::Not(_), ExpressionKind::Compare { .. }]
        ));
    }
}
