//! `parse` and `parse-where`: parts of a text by a pattern.

use quarry_diagnostic::Span;
use quarry_plan::{Expression, ExpressionKind, PathStep, Type};

use super::{
    Lowerer,
    convert::{Value, planned},
    operator::setting,
    project::{Assigned, extended},
    rows::Rows,
};
use crate::{
    bind::join::word,
    syntax::tree::{Expr, Operator, PatternPart},
    types::Kind,
};

/// How strictly a pattern is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Simple,
    Relaxed,
    Regex,
}

impl Lowerer<'_> {
    pub(super) fn parse(
        &mut self,
        rows: Rows,
        operator: &Operator,
        text: &Expr,
        pattern: &[PatternPart],
    ) -> Rows {
        let span = operator.span;
        let mode = match setting(operator, "kind").as_deref() {
            None | Some("simple") => Mode::Simple,
            Some("relaxed") => Mode::Relaxed,
            Some("regex") => Mode::Regex,
            Some(other) => {
                self.refuse(&format!("`kind = {other}` of `parse`"), span, "use simple, relaxed or regex");
                return rows;
            }
        };
        let flags = word(operator, "flags").unwrap_or_default();
        if let Some(other) =
            flags.chars().find(|letter| letter.is_alphanumeric() && !"Uims".contains(*letter))
        {
            self.refuse(&format!("the flag `{other}` of `parse`"), span, "use `U`, `i`, `m` and `s`");
        }
        let Some(regex) = self.regex_of(pattern, mode, &flags) else { return rows };
        self.check_expression(Some(&regex), span);
        let value = self.value(text, &rows);
        let value = self.convert(value, Kind::String);
        let found = self.fresh("parsed");
        let arguments = vec![value.expression, Expression::text(regex, span)];
        let Some(name) = planned("parse_groups") else { return rows };
        let groups = Expression::call(name, arguments, Type::Dynamic, span);
        let rows = rows.hide(found.clone(), groups);
        let is_where = operator.name.text == "parse-where";
        let strict = mode == Mode::Simple || (is_where && mode == Mode::Regex);
        let (assigned, complete) = self.parsed_columns(pattern, &found, strict, span);
        let rows = extended(rows, assigned);
        if !is_where {
            return rows;
        }
        super::operator::filtered(rows, complete)
    }

    /// The columns of a pattern, and the condition that all were found.
    fn parsed_columns(
        &mut self,
        pattern: &[PatternPart],
        found: &quarry_plan::ColumnName,
        strict: bool,
        span: Span,
    ) -> (Assigned, Expression) {
        let columns = pattern.iter().filter_map(|part| match part {
            PatternPart::Column(name, kind) => Some((name.text.clone(), kind.unwrap_or(Kind::String))),
            _ => None,
        });
        let whole = || Expression::column(found, span);
        let mut there = vec![Expression::new(ExpressionKind::IsNull(Box::new(whole())), span).negate()];
        let mut assigned: Assigned = Vec::new();
        for (place, (name, kind)) in columns.enumerate() {
            let steps = vec![PathStep::Index(i64::try_from(place).unwrap_or(0))];
            let part = Expression::new(ExpressionKind::Path { value: Box::new(whole()), steps }, span);
            let text = self.convert(Value::new(part, Kind::Dynamic), Kind::String);
            let value = self.convert(text, kind);
            if strict && kind != Kind::String {
                let is_null = ExpressionKind::IsNull(Box::new(value.expression.clone()));
                there.push(Expression::new(is_null, span).negate());
            }
            assigned.push((name, value));
        }
        let complete = Expression::new(ExpressionKind::And(there.clone()), span);
        if there.len() > 1 {
            for (_, value) in &mut assigned {
                let otherwise = Box::new(super::rows::null(value.kind, span));
                let arms = vec![(complete.clone(), value.expression.clone())];
                let case = ExpressionKind::Case { arms, otherwise: Some(otherwise) };
                value.expression = Expression::new(case, span);
            }
        }
        (assigned, complete)
    }

    /// The pattern as a regular expression over the whole text, a group for each column.
    fn regex_of(&mut self, pattern: &[PatternPart], mode: Mode, flags: &str) -> Option<String> {
        let letters: String = flags.chars().filter(char::is_ascii_alphabetic).collect();
        let mut regex =
            if mode == Mode::Regex { format!("(?s{})^", known_flags(&letters)) } else { "(?s)^".to_owned() };
        let greedy = mode == Mode::Regex && !letters.contains('U');
        let mut column = 0_usize;
        for (place, part) in pattern.iter().enumerate() {
            let ends = place + 1 == pattern.len();
            match part {
                PatternPart::Star(_) if ends => regex.push_str(".*"),
                PatternPart::Star(_) => regex.push_str(if greedy { ".*" } else { ".*?" }),
                PatternPart::Text(value) => {
                    let (text, _) = self.known_value(value)?;
                    let text = text.text().unwrap_or_default();
                    match mode {
                        Mode::Regex => regex.push_str(&format!("(?:{text})")),
                        _ => regex.push_str(&escaped(&text)),
                    }
                }
                PatternPart::Column(_, kind) => {
                    let kind = kind.unwrap_or(Kind::String);
                    let then_star = matches!(pattern.get(place + 1), Some(PatternPart::Star(_)));
                    let inner = group(kind, mode, then_star, ends || greedy);
                    regex.push_str(&inner.replacen('(', &format!("(?P<c{column}>"), 1));
                    column += 1;
                }
            }
        }
        regex.push('$');
        Some(regex)
    }
}

/// Flags that regular expressions know.
fn known_flags(letters: &str) -> String {
    letters.chars().filter(|letter| matches!(letter, 'i' | 'm')).collect()
}

fn group(kind: Kind, mode: Mode, then_star: bool, greedy: bool) -> &'static str {
    match kind {
        Kind::Int | Kind::Long if mode != Mode::Relaxed || then_star => r"\s*([+-]?\d+)\s*",
        Kind::Real | Kind::Decimal if mode != Mode::Relaxed || then_star => {
            r"\s*([+-]?\d*\.?\d+(?:[eE][+-]?\d+)?)\s*"
        }
        _ if greedy => "(.*)",
        _ => "(.*?)",
    }
}

/// A text as a regular expression that finds just this text.
fn escaped(text: &str) -> String {
    let mut all = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if letter.is_ascii_punctuation() {
            all.push('\\');
        }
        all.push(letter);
    }
    all
}
