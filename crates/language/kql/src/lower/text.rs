//! Operators on texts, and membership.

use quarry_diagnostic::Span;
use quarry_plan::{Expression, ExpressionKind, TextMatcher, TextPattern};

use super::{Lowerer, convert::Value, names::Binding, rows::Rows, statement::Meaning};
use crate::{
    syntax::tree::{Expr, ExprKind, In},
    types::Kind,
};

/// An operator: its name without negation and case, how it makes a pattern, whether it regards case, and the function
/// for what is no constant.
struct TextOperator {
    name: &'static str,
    pattern: fn(String) -> TextPattern,
    regards_case: bool,
    function: &'static str,
}

const OPERATORS: &[TextOperator] = &[
    row("=~", TextPattern::Equals, false, "equals_any_case"),
    row("contains", TextPattern::Contains, false, "contains"),
    row("contains_cs", TextPattern::Contains, true, "contains_cs"),
    row("startswith", TextPattern::StartsWith, false, "startswith"),
    row("startswith_cs", TextPattern::StartsWith, true, "startswith_cs"),
    row("endswith", TextPattern::EndsWith, false, "endswith"),
    row("endswith_cs", TextPattern::EndsWith, true, "endswith_cs"),
    row("has", TextPattern::Word, false, "has"),
    row("has_cs", TextPattern::Word, true, "has_cs"),
    row("hasprefix", TextPattern::WordStart, false, "hasprefix"),
    row("hasprefix_cs", TextPattern::WordStart, true, "hasprefix_cs"),
    row("hassuffix", TextPattern::WordEnd, false, "hassuffix"),
    row("hassuffix_cs", TextPattern::WordEnd, true, "hassuffix_cs"),
    row("matches regex", TextPattern::Regex, true, "matches_regex"),
];

const fn row(
    name: &'static str,
    pattern: fn(String) -> TextPattern,
    regards_case: bool,
    function: &'static str,
) -> TextOperator {
    TextOperator { name, pattern, regards_case, function }
}

impl Lowerer<'_> {
    /// An operator that looks for one text in another.
    pub(super) fn text_operator(
        &mut self,
        operator: &str,
        left: Value,
        right: Value,
        positive: bool,
        span: Span,
    ) -> Expression {
        let (plain, negated) = match operator {
            "!~" => ("=~", true),
            _ => operator.strip_prefix('!').map_or((operator, false), |plain| (plain, true)),
        };
        // Old spellings.
        let plain = match plain {
            "like" => "has",
            "likecs" => "has_cs",
            "notcontains" => "contains",
            plain => plain,
        };
        let Some(found) = OPERATORS.iter().find(|one| one.name == plain) else {
            self.refuse(&format!("the operator `{operator}`"), span, "use another operator for texts");
            return Expression::literal(quarry_plan::Value::Boolean(false), span);
        };
        let condition = self.looked_for(found, left, &right, positive && !negated, span);
        if negated { condition.negate() } else { condition }
    }

    fn looked_for(
        &mut self,
        operator: &TextOperator,
        left: Value,
        right: &Value,
        positive: bool,
        span: Span,
    ) -> Expression {
        let left = self.convert(left, Kind::String);
        let Some(needle) = right.constant_text() else {
            let right = self.convert(right.clone(), Kind::String);
            let arguments = vec![left.expression, right.expression];
            return self.invoke(operator.function, arguments, Kind::Bool, span).expression;
        };
        if operator.name == "matches regex" {
            self.check_expression(Some(&needle), right.span());
        }
        let drops_nulls = positive && !needle.is_empty() && operator.name != "matches regex";
        let value = left.raw.filter(|_| drops_nulls).unwrap_or(left.expression);
        matches((operator.pattern)(needle), !operator.regards_case, value, span)
    }

    /// `in`, `has_any`, `has_all` and their kin.
    pub(super) fn membership(&mut self, found: &In, row: &Rows, positive: bool, span: Span) -> Expression {
        let (plain, negated) =
            found.operator.strip_prefix('!').map_or((found.operator, false), |plain| (plain, true));
        let positive = positive && !negated;
        let value = self.value(&found.value, row);
        let items = self.items(&found.items, row);
        let each: &str = match plain {
            "in" => "==",
            "in~" => "=~",
            _ => "has",
        };
        let mut conditions = Vec::with_capacity(items.len());
        for item in items {
            conditions.push(match (each, item) {
                ("==", Item::One(item)) => self.relation("==", value.clone(), item, positive, span),
                (operator, Item::One(item)) => {
                    self.text_operator(operator, value.clone(), item, positive, span)
                }
                (_, Item::List(list)) => {
                    let function = match plain {
                        "in" => "in",
                        "in~" => "in_any_case",
                        "has_all" => "has_all",
                        _ => "has_any",
                    };
                    let arguments = vec![value.expression.clone(), list];
                    self.invoke(function, arguments, Kind::Bool, span).expression
                }
            });
        }
        let condition = if plain == "has_all" {
            Expression::new(ExpressionKind::And(conditions), span)
        } else {
            quarry_plan::any_of(conditions, span)
        };
        if negated { condition.negate() } else { condition }
    }

    /// The members of a set.
    fn items(&mut self, items: &[Expr], row: &Rows) -> Vec<Item> {
        let mut all = Vec::new();
        for item in items {
            match self.set(item, row) {
                Meaning::Value(value) if value.kind == Kind::Dynamic => self.unpacked(value, &mut all),
                Meaning::Value(value) => all.push(Item::One(value)),
                Meaning::Rows(rows) => all.extend(self.values_of(rows, item.span).into_iter().map(Item::One)),
            }
        }
        all
    }

    /// What an item of a set is: a value, or rows.
    fn set(&mut self, item: &Expr, row: &Rows) -> Meaning {
        match &item.kind {
            ExprKind::Pipeline(..) | ExprKind::Datatable(..) | ExprKind::ExternalData(..) => {
                self.meaning(item)
            }
            ExprKind::Name(name) if row.find(name).is_none() => match self.names.find(name) {
                Some(Binding::Value(value)) => Meaning::Value(value),
                _ => self.named(name, item.span),
            },
            ExprKind::Call(call) if self.gives_rows(call) => self.call_meaning(call, item.span),
            _ => Meaning::Value(self.value(item, row)),
        }
    }

    /// The elements of a JSON array that is known, else the array.
    fn unpacked(&mut self, value: Value, all: &mut Vec<Item>) {
        let span = value.span();
        let Some(quarry_plan::Value::Dynamic(json)) = value.constant() else {
            all.push(Item::List(value.expression));
            return;
        };
        if !json.trim_start().starts_with('[') {
            all.push(Item::One(value));
            return;
        }
        for element in elements(json) {
            let constant = Expression::literal(quarry_plan::Value::Dynamic(element), span);
            all.push(Item::One(Value::new(constant, Kind::Dynamic)));
        }
    }

    /// The values of the first column of rows.
    fn values_of(&mut self, rows: Rows, span: Span) -> Vec<Value> {
        let rows = rows.shown();
        let Some(column) = rows.columns.first().cloned() else { return Vec::new() };
        let only = (column.clone(), Expression::column(&column.column, span));
        let rows = Rows { hidden: Vec::new(), ..rows }.project(vec![only]);
        let Some(answer) = self.settle(rows.node) else { return Vec::new() };
        let values = answer.rows.into_iter().filter_map(|row| row.into_iter().next());
        let is_some = |value: &quarry_plan::Value| *value != quarry_plan::Value::Null;
        let literal = |value| Value::new(Expression::literal(value, span), column.kind);
        values.filter(is_some).map(literal).collect()
    }
}

/// A member of a set, or the JSON array of members.
enum Item {
    One(Value),
    List(Expression),
}

/// A condition that a text fits a pattern.
pub(super) fn matches(pattern: TextPattern, ignore_case: bool, value: Expression, span: Span) -> Expression {
    let matcher = TextMatcher { pattern, ignore_case };
    Expression::new(ExpressionKind::Match { matcher, value: Box::new(value) }, span)
}

/// The elements of a JSON array, each as JSON.
pub(super) fn elements(json: &str) -> Vec<String> {
    let items: Vec<serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    items.iter().map(ToString::to_string).collect()
}
