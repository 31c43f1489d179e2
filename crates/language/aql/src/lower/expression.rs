//! Expressions over the rows of a select.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{
    Comparison, Expression as Planned, ExpressionKind as Kind, TextPattern, Type, Value, all_of, any_of,
    cached_pattern, compile_pattern,
};

use super::{
    comparison::compare,
    membership,
    select::Select,
    value::{Origin, Typed, common, matches, typed_null},
};
use crate::{
    codes,
    syntax::{Expression, ExpressionKind, PatternOperator},
};

/// How deep an expression may be once aliases are written out.
const MAX_DEPTH: usize = 300;

impl Select<'_, '_, '_> {
    /// Lowers an expression; what cannot be lowered becomes null and a diagnostic.
    pub(super) fn expression(&mut self, expression: &Expression) -> Typed {
        let span = expression.span;
        // Only what aliases write out can grow beyond the text.
        let grows = !self.active.is_empty();
        if (grows && self.context.budget == 0) || self.context.depth >= MAX_DEPTH {
            self.report_size(span);
            return Typed::null(Type::Null, span);
        }
        self.context.budget -= usize::from(grows);
        self.context.depth += 1;
        let mut found = self.dispatch(expression);
        self.context.depth -= 1;
        found.expression.span = span;
        found
    }

    fn report_size(&mut self, span: Span) {
        let known = self.context.diagnostics.iter().any(|have| have.code == codes::TOO_LARGE);
        if !known {
            let message = "the query grows too large when its aliases are written out";
            self.context.report(
                Diagnostic::error(codes::TOO_LARGE, message, span)
                    .with_help("write an alias out where it is used, or compute it in a sub-select"),
            );
        }
    }

    fn dispatch(&mut self, expression: &Expression) -> Typed {
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Missing => Typed::null(Type::Null, span),
            ExpressionKind::Null => Typed::literal(Value::Null, span),
            ExpressionKind::Boolean(truth) => Typed::literal(Value::Boolean(*truth), span),
            ExpressionKind::Integer(number) => Typed::literal(Value::Integer(*number), span),
            ExpressionKind::Double(number) => Typed::literal(Value::Double(*number), span),
            ExpressionKind::Text(text) => Typed::literal(Value::Text(text.clone()), span),
            ExpressionKind::Name(name) => self.name(name),
            ExpressionKind::Call(call) => self.call(call, span),
            ExpressionKind::Case { operand, arms, otherwise } => {
                self.case(operand.as_deref(), arms, otherwise.as_deref(), span)
            }
            ExpressionKind::Binary { operator, left, right } => self.binary(*operator, left, right, span),
            ExpressionKind::Negate(value) => self.minus(value, span),
            ExpressionKind::BitNot(value) => {
                let value = self.expression(value).cast(Type::Integer);
                Typed::new(Planned::call("aql_bit_not", vec![value], Type::Integer, span), Type::Integer)
            }
            ExpressionKind::Not(_) | ExpressionKind::And(_) | ExpressionKind::Or(_) => self.logic(expression),
            _ => self.predicate(expression),
        }
    }

    fn logic(&mut self, expression: &Expression) -> Typed {
        let mut conditions = |items: &[Expression]| items.iter().map(|item| self.condition(item)).collect();
        let kind = match &expression.kind {
            ExpressionKind::And(items) => all_of(conditions(items), expression.span).kind,
            ExpressionKind::Or(items) => any_of(conditions(items), expression.span).kind,
            ExpressionKind::Not(value) => Kind::Not(Box::new(self.condition(value))),
            _ => Kind::Literal(Value::Null),
        };
        Typed::boolean(kind, expression.span)
    }

    fn predicate(&mut self, expression: &Expression) -> Typed {
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Compare { operator, left, right } => {
                let (left, right) = (self.expression(left), self.expression(right));
                self.compare(*operator, left, right, span)
            }
            ExpressionKind::Pattern { operator, negated, value, patterns } => {
                let found = self.patterns(*operator, value, patterns, span);
                negate(found, *negated)
            }
            ExpressionKind::In { negated, value, list } => {
                let value = self.expression(value);
                let items = list.iter().map(|item| {
                    let item = self.expression(item);
                    self.compare(Comparison::Equal, value.clone(), item, span).expression
                });
                negate(any(items.collect(), span), *negated)
            }
            ExpressionKind::InQuery { negated, value, query } => {
                membership::lower(self, value, query, *negated, span)
            }
            ExpressionKind::Between { negated, value, low, high } => {
                let value = self.expression(value);
                let (low, high) = (self.expression(low), self.expression(high));
                let low = self.compare(Comparison::GreaterOrEqual, value.clone(), low, span).expression;
                let high = self.compare(Comparison::LessOrEqual, value, high, span).expression;
                negate(Typed::boolean(Kind::And(vec![low, high]), span), *negated)
            }
            ExpressionKind::IsNull { negated, value } => {
                let value = self.expression(value).expression;
                negate(Typed::boolean(Kind::IsNull(Box::new(value)), span), *negated)
            }
            ExpressionKind::TextSearch(words) => self.text_search(words, span),
            _ => Typed::null(Type::Null, span),
        }
    }

    /// Lowers a condition; a value in its place is an error.
    pub(super) fn condition(&mut self, expression: &Expression) -> Planned {
        let found = self.expression(expression);
        match found.data_type {
            Type::Boolean => found.expression,
            Type::Null => typed_null(Type::Boolean, expression.span),
            _ => self.truth(found, expression.span),
        }
    }

    /// A value in the place of a condition holds where it is there and neither zero nor empty.
    fn truth(&mut self, value: Typed, span: Span) -> Planned {
        self.context.report(
            Diagnostic::warning(
                codes::NOT_A_CONDITION,
                "a value stands where a condition should: it holds unless null, zero or empty",
                span,
            )
            .with_help("compare it with something, such as `x = 1` or `x IS NOT NULL`"),
        );
        let nothing = match value.data_type {
            Type::Integer => Value::Integer(0),
            Type::Double => Value::Double(0.0),
            _ => Value::Text(String::new()),
        };
        self.compare(Comparison::NotEqual, value, Typed::literal(nothing, span), span).expression
    }

    /// A comparison, after the checks that need the place.
    fn compare(&mut self, operator: Comparison, left: Typed, right: Typed, span: Span) -> Typed {
        let left = self.readable(left);
        let right = self.readable(right);
        self.warn_time_text(&left, &right);
        self.warn_time_text(&right, &left);
        compare(operator, left, right, span)
    }

    /// The raw payload is bytes: without UTF8() or BASE64() nothing can be done with it.
    pub(super) fn readable(&mut self, mut value: Typed) -> Typed {
        if value.origin == Origin::Raw {
            let message = "the payload is bytes, which cannot be compared or computed with";
            let help = "wrap it in UTF8(...), or in BASE64(...)";
            let found = self.context.undocumented(codes::RAW_PAYLOAD, message, value.span(), help);
            self.context.report(found);
            value.origin = Origin::Any;
        }
        value
    }

    fn warn_time_text(&mut self, time: &Typed, text: &Typed) {
        let is_date = text.constant_text().is_some_and(|text| text.trim().parse::<i64>().is_err());
        if time.origin == Origin::Time && is_date {
            self.context.report(
                Diagnostic::warning(
                    codes::TIME_AS_TEXT,
                    "a time is milliseconds: compared with this text it compares as text",
                    text.span(),
                )
                .with_help("write START and STOP, or PARSEDATETIME('...') around the text"),
            );
        }
    }

    fn patterns(
        &mut self,
        operator: PatternOperator,
        value: &Expression,
        patterns: &[Expression],
        span: Span,
    ) -> Typed {
        if patterns.len() != 1 && !self.context.options.permissive {
            self.context.report(
                Diagnostic::error(codes::UNDOCUMENTED, "a list of patterns is not documented AQL", span)
                    .with_help("write one comparison a pattern, joined with OR"),
            );
        }
        let value = self.expression(value);
        let value = self.readable(value);
        let found = patterns.iter().map(|pattern| {
            let pattern = self.expression(pattern);
            let pattern = self.readable(pattern);
            self.pattern(operator, value.clone(), pattern, span).expression
        });
        any(found.collect(), span)
    }

    fn pattern(&mut self, operator: PatternOperator, value: Typed, pattern: Typed, span: Span) -> Typed {
        let (function, ignore_case) = match operator {
            PatternOperator::Like => ("aql_like", false),
            PatternOperator::Ilike => ("aql_ilike", true),
            PatternOperator::Matches => ("aql_matches", false),
            PatternOperator::Imatches => ("aql_imatches", true),
        };
        let is_regex = matches!(operator, PatternOperator::Matches | PatternOperator::Imatches);
        let Value::Text(constant) = constant_pattern(&pattern) else {
            let arguments = vec![value.cast(Type::Text), pattern.cast(Type::Text)];
            return Typed::new(Planned::call(function, arguments, Type::Boolean, span), Type::Boolean);
        };
        if is_regex {
            self.check_regex(&constant, pattern.span());
        }
        let pattern = match is_regex {
            true if self.context.options.whole_matches => TextPattern::Regex(format!("^(?:{constant})$")),
            true => TextPattern::Regex(constant),
            false => TextPattern::Like(constant),
        };
        matches(value, pattern, ignore_case, span)
    }

    /// Reports a regular expression that cannot be read, at its place.
    pub(super) fn check_regex(&mut self, pattern: &str, span: Span) {
        if cached_pattern(pattern, false).is_some() {
            return;
        }
        let Err(fault) = compile_pattern(pattern, false) else { return };
        let message = format!("the regular expression cannot be read: {}", fault.sentence(pattern));
        // The character, where the text stands in quotes just as it reads.
        let verbatim = span.end.checked_sub(span.start) == Some(pattern.len() + 2);
        let at = fault.at.filter(|_| verbatim);
        let place = at.and_then(|at| {
            let length = pattern.get(at..)?.chars().next().map_or(1, char::len_utf8);
            Some(Span::new(span.start + 1 + at, span.start + 1 + at + length))
        });
        let found = Diagnostic::error(codes::BAD_PATTERN, message, place.unwrap_or(span));
        self.context.report(found.with_help("write `\\` before a character that is to stand for itself"));
    }

    fn text_search(&mut self, words: &str, span: Span) -> Typed {
        let Some(raw) = self.scope.raw(span) else {
            let message = "TEXT SEARCH needs the payload, which a sub-select does not give";
            self.context.report(
                Diagnostic::error(codes::RAW_PAYLOAD, message, span)
                    .with_help("search inside the sub-select"),
            );
            return Typed::null(Type::Boolean, span);
        };
        let arguments = vec![raw.expression, Planned::text(words, span)];
        Typed::new(Planned::call("aql_text_search", arguments, Type::Boolean, span), Type::Boolean)
    }

    fn case(
        &mut self,
        operand: Option<&Expression>,
        arms: &[(Expression, Expression)],
        otherwise: Option<&Expression>,
        span: Span,
    ) -> Typed {
        let operand = operand.map(|operand| self.expression(operand));
        let mut conditions = Vec::new();
        let mut values = Vec::new();
        for (when, then) in arms {
            let condition = match &operand {
                Some(operand) => {
                    let when = self.expression(when);
                    self.compare(Comparison::Equal, operand.clone(), when, span).expression
                }
                None => self.condition(when),
            };
            conditions.push(condition);
            values.push(self.expression(then));
        }
        let otherwise = otherwise.map(|otherwise| self.expression(otherwise));
        let data_type =
            values.iter().chain(&otherwise).fold(Type::Null, |found, value| common(found, value.data_type));
        let values = values.into_iter().map(|value| value.cast(data_type));
        let arms = conditions.into_iter().zip(values).collect();
        let otherwise = otherwise.map(|value| Box::new(value.cast(data_type)));
        Typed::new(Planned::new(Kind::Case { arms, otherwise }, span), data_type)
    }
}

/// A pattern that is known now; a number in its place is written out.
fn constant_pattern(pattern: &Typed) -> Value {
    match pattern.constant() {
        Some(Value::Text(text)) => Value::Text(text.clone()),
        Some(Value::Integer(number)) => Value::Text(number.to_string()),
        _ => Value::Null,
    }
}

fn negate(value: Typed, negated: bool) -> Typed {
    if !negated {
        return value;
    }
    Typed::new(value.expression.negate(), Type::Boolean)
}

/// At least one holds.
fn any(items: Vec<Planned>, span: Span) -> Typed {
    if items.is_empty() {
        return Typed::null(Type::Boolean, span);
    }
    Typed::new(any_of(items, span), Type::Boolean)
}
