//! What expressions can be, given what columns can be.

use std::collections::HashMap;

use quarry_functions::law;
use quarry_plan::{
    ColumnName, Comparison, ComparisonRule, Expression, ExpressionKind, Law, MemberSet, TextMatcher,
    TextPattern, Value,
};

use super::domain::{Domain, Matchers, Texts, Truths, equal_truths, match_truths, text_truths};

/// What the columns of a stage can be for one log type.
pub type Columns = HashMap<ColumnName, Domain>;

/// Larger sets are not looked into.
const MOST_MEMBERS: usize = 1_000;

/// Evaluates expressions over columns.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub columns: &'a Columns,
    pub matchers: &'a Matchers,
}

impl Scope<'_> {
    /// How a condition can come out.
    pub fn truths(&self, condition: &Expression) -> Truths {
        match &condition.kind {
            ExpressionKind::Literal(Value::Boolean(truth)) => Truths::of(*truth),
            ExpressionKind::Literal(Value::Null) => Truths { null: true, ..Truths::NONE },
            ExpressionKind::Not(inner) => self.truths(inner).negate(),
            ExpressionKind::And(items) => Truths::all(&self.each(items)),
            ExpressionKind::Or(items) => Truths::any(&self.each(items)),
            ExpressionKind::Match { matcher, value } => {
                match_truths(self.matchers, matcher, &self.domain(value))
            }
            ExpressionKind::Compare { operator, rule, left, right } => {
                self.compare(*operator, *rule, left, right)
            }
            ExpressionKind::Member { set, value } => self.member(set, value),
            ExpressionKind::IsNull(value) => {
                let value = self.domain(value);
                Truths { yes: value.null, no: !value.is_null(), null: false }
            }
            ExpressionKind::Case { arms, otherwise } => self.case_truths(arms, otherwise.as_deref()),
            ExpressionKind::Coalesce(items) => self.first_truths(items),
            ExpressionKind::Cast { value, .. } => self.truths(value),
            ExpressionKind::Call { function, arguments, .. } => self.call_truths(function, arguments),
            _ => Truths::ANY,
        }
    }

    fn each(&self, items: &[Expression]) -> Vec<Truths> {
        items.iter().map(|item| self.truths(item)).collect()
    }

    fn compare(
        &self,
        operator: Comparison,
        rule: ComparisonRule,
        left: &Expression,
        right: &Expression,
    ) -> Truths {
        let (left, right) = (self.domain(left), self.domain(right));
        match operator {
            Comparison::Equal => equal_truths(rule, &left, &right),
            Comparison::NotEqual => equal_truths(rule, &left, &right).negate(),
            _ if left.is_null() || right.is_null() => Truths { null: true, ..Truths::NONE },
            _ => match (left.single(), right.single()) {
                (Some(left), Some(right)) => text_truths(operator, rule, left, right),
                _ => Truths { yes: true, no: true, null: left.null || right.null },
            },
        }
    }

    /// Of a set that is small enough each member tells.
    fn member(&self, set: &MemberSet, value: &Expression) -> Truths {
        let known = self.domain(value);
        if known.is_null() {
            return Truths { null: true, ..Truths::NONE };
        }
        if set.members().len() > MOST_MEMBERS {
            return Truths { yes: true, no: true, null: known.null };
        }
        Truths::any(&self.each(&set.alternatives(value)))
    }

    fn case_truths(&self, arms: &[(Expression, Expression)], otherwise: Option<&Expression>) -> Truths {
        let mut known = Truths::NONE;
        for (when, then) in arms {
            let chosen = self.truths(when);
            if chosen.yes {
                known = known.or(self.truths(then));
            }
            if chosen.always() {
                return known;
            }
        }
        known.or(otherwise.map_or(Truths { null: true, ..Truths::NONE }, |value| self.truths(value)))
    }

    /// Of conditions of which the first counts that is not null.
    fn first_truths(&self, items: &[Expression]) -> Truths {
        let mut known = Truths::NONE;
        for item in items {
            let item = self.truths(item);
            known = known.or(Truths { null: false, ..item });
            if !item.null {
                return known;
            }
        }
        known.nullable(true)
    }

    fn call_truths(&self, function: &str, arguments: &[Expression]) -> Truths {
        match (law(function), arguments) {
            (Some(Law::MatchesRegex), [value, pattern]) => match constant_text(pattern) {
                Some(pattern) => {
                    let pattern = TextPattern::Regex(pattern.to_owned());
                    let matcher = TextMatcher { pattern, ignore_case: false };
                    match_truths(self.matchers, &matcher, &self.domain(value))
                }
                None => Truths::ANY,
            },
            _ => Truths::ANY,
        }
    }

    /// What a value can be.
    pub fn domain(&self, value: &Expression) -> Domain {
        match &value.kind {
            ExpressionKind::Literal(value) => Domain::constant(value),
            ExpressionKind::Column(name) => self.columns.get(name).cloned().unwrap_or_else(Domain::any),
            ExpressionKind::Cast { value, .. } => self.domain(value),
            ExpressionKind::Coalesce(items) => self.coalesce(items),
            ExpressionKind::Case { arms, otherwise } => self.case(arms, otherwise.as_deref()),
            ExpressionKind::Call { function, arguments, .. } => self.call(function, arguments),
            ExpressionKind::IsNull(_) => Domain::some(),
            _ => Domain::any(),
        }
    }

    fn coalesce(&self, items: &[Expression]) -> Domain {
        let mut known = Domain { null: false, texts: Texts::Words(Vec::new()) };
        for item in items {
            let item = self.domain(item);
            let last = !item.null;
            known = known.or(Domain { null: false, texts: item.texts });
            if last {
                return known;
            }
        }
        known.nullable(true)
    }

    fn case(&self, arms: &[(Expression, Expression)], otherwise: Option<&Expression>) -> Domain {
        let mut known = Domain { null: false, texts: Texts::Words(Vec::new()) };
        for (when, then) in arms {
            let chosen = self.truths(when);
            if chosen.yes {
                known = known.or(self.domain(then));
            }
            if chosen.always() {
                return known;
            }
        }
        known.or(otherwise.map_or_else(Domain::null, |value| self.domain(value)))
    }

    fn call(&self, function: &str, arguments: &[Expression]) -> Domain {
        match (law(function), arguments) {
            (Some(Law::LowerCase), [value]) => self.domain(value).map(str::to_lowercase),
            (Some(Law::UpperCase), [value]) => self.domain(value).map(str::to_uppercase),
            (Some(Law::SameText | Law::Trimmed), [value]) => self.domain(value),
            _ => Domain::any(),
        }
    }
}

/// The text of a constant.
pub fn constant_text(value: &Expression) -> Option<&str> {
    match &value.kind {
        ExpressionKind::Literal(Value::Text(text)) => Some(text),
        ExpressionKind::Cast { value, .. } => constant_text(value),
        _ => None,
    }
}
