//! The expressions of `eval` and `where`.
//!
//! Precedence, loosest first: XOR, OR, AND, NOT, comparison (`=`, `LIKE`, `IN`), `.`, `+ -`, `* / %`, unary `-`.
//! (Splunk Search Manual, "Boolean expressions with logical operators"; the order of `.` and `+` is not
//! documented.)

use std::ops::ControlFlow;

use quarry_diagnostic::Diagnostic;

use super::{
    Cursor,
    cursor::unescape,
    tree::{EvalExpression, EvalKind, EvalOperator},
};
use crate::codes;

/// Operators, longer signs before their beginnings, and how tight they bind.
const OPERATORS: [(&str, EvalOperator, u8); 18] = [
    ("XOR", EvalOperator::Xor, 1),
    ("OR", EvalOperator::Or, 2),
    ("AND", EvalOperator::And, 3),
    ("LIKE", EvalOperator::Like, COMPARISON),
    ("==", EvalOperator::Equal, COMPARISON),
    ("!=", EvalOperator::NotEqual, COMPARISON),
    ("<>", EvalOperator::NotEqual, COMPARISON),
    ("<=", EvalOperator::LessOrEqual, COMPARISON),
    (">=", EvalOperator::GreaterOrEqual, COMPARISON),
    ("=", EvalOperator::Equal, COMPARISON),
    ("<", EvalOperator::Less, COMPARISON),
    (">", EvalOperator::Greater, COMPARISON),
    (".", EvalOperator::Concatenate, 5),
    ("+", EvalOperator::Add, 6),
    ("-", EvalOperator::Subtract, 6),
    ("*", EvalOperator::Multiply, 7),
    ("/", EvalOperator::Divide, 7),
    ("%", EvalOperator::Modulo, 7),
];
const COMPARISON: u8 = 4;
const TIGHTEST: u8 = 8;
/// Trees taller than this are refused, since whoever walks them recurses.
const TALLEST: usize = 256;

impl Cursor<'_> {
    /// An eval expression.
    pub(super) fn eval_expression(&mut self) -> EvalExpression {
        self.binary(1)
    }

    /// An expression whose operators bind at least as tight as `floor`.
    fn binary(&mut self, floor: u8) -> EvalExpression {
        self.skip_space();
        let start = self.at;
        let read = self.deeper(|cursor| {
            let mut left = cursor.unary();
            loop {
                match cursor.operation(left, start, floor) {
                    ControlFlow::Continue(more) => left = more,
                    ControlFlow::Break(whole) => return whole,
                }
            }
        });
        read.unwrap_or_else(|| {
            self.height = 1;
            EvalExpression { kind: EvalKind::Error, span: self.here() }
        })
    }

    /// What follows an operand: an operator and its other operands, or nothing more.
    fn operation(
        &mut self,
        left: EvalExpression,
        start: usize,
        floor: u8,
    ) -> ControlFlow<EvalExpression, EvalExpression> {
        let negated = floor <= COMPARISON && self.take_not();
        let found = if floor <= COMPARISON && self.next_keyword("IN") {
            self.contained(left, start)
        } else if let Some((sign, operator, binding)) = self.operator(floor) {
            self.operands(left, sign, operator, binding)
        } else {
            return ControlFlow::Break(left);
        };
        if !negated {
            return ControlFlow::Continue(found);
        }
        self.grow(1);
        ControlFlow::Continue(EvalExpression { span: found.span, kind: EvalKind::Not(Box::new(found)) })
    }

    /// Takes the NOT of `NOT IN` and `NOT LIKE`.
    fn take_not(&mut self) -> bool {
        let before = self.at;
        let found = self.take_keyword("NOT") && (self.next_keyword("IN") || self.next_keyword("LIKE"));
        if !found {
            self.at = before;
        }
        found
    }

    /// The operator that stands here, if it binds tight enough.
    fn operator(&mut self, floor: u8) -> Option<(&'static str, EvalOperator, u8)> {
        self.skip_space();
        let is_word = |sign: &str| sign.starts_with(char::is_alphabetic);
        let is_next =
            |sign: &str| if is_word(sign) { self.keyword_here(sign) } else { self.starts_with(sign) };
        OPERATORS.into_iter().find(|(sign, ..)| is_next(sign)).filter(|(.., binding)| *binding >= floor)
    }

    /// The operands after the first. Those of one associative operator become a balanced tree, so that
    /// a thousand alternatives do not make a tree a thousand high.
    fn operands(
        &mut self,
        left: EvalExpression,
        sign: &str,
        operator: EvalOperator,
        binding: u8,
    ) -> EvalExpression {
        let associative = matches!(
            operator,
            EvalOperator::Xor | EvalOperator::Or | EvalOperator::And | EvalOperator::Concatenate
        );
        let mut height = self.height;
        let mut operands = vec![left];
        loop {
            self.at += sign.len();
            operands.push(self.binary(binding + 1));
            height = height.max(self.height);
            let again = associative && self.operator(binding).is_some_and(|(_, next, _)| next == operator);
            if !again {
                break;
            }
        }
        self.height = height;
        self.grow(operands.len().next_power_of_two().ilog2() as usize);
        balanced(operator, operands)
    }

    /// Notes that the expression read last stands under so many more nodes.
    fn grow(&mut self, levels: usize) {
        self.height += levels;
        if self.height > TALLEST {
            self.too_deep(&format!("at most {TALLEST} operations on the result of each other are read"));
        }
    }

    /// `value IN (a, b)`.
    fn contained(&mut self, value: EvalExpression, start: usize) -> EvalExpression {
        let height = self.height;
        self.take_keyword("IN");
        let items = if self.next_is("(") { self.eval_arguments() } else { Vec::new() };
        if items.is_empty() {
            let span = self.here();
            self.error(
                codes::MISSING_LIST,
                "expected a list in parentheses after IN",
                span,
                "write `x IN (\"a\", \"b\")`",
            );
        }
        self.height = self.height.max(height);
        self.grow(1);
        let kind = EvalKind::In { value: Box::new(value), items };
        EvalExpression { kind, span: self.span_from(start) }
    }

    fn unary(&mut self) -> EvalExpression {
        self.skip_space();
        let start = self.at;
        if self.take_keyword("NOT") || (!self.starts_with("!=") && self.take("!")) {
            // NOT binds looser than a comparison.
            let kind = EvalKind::Not(Box::new(self.binary(COMPARISON)));
            self.grow(1);
            return EvalExpression { kind, span: self.span_from(start) };
        }
        if self.take("-") {
            let kind = EvalKind::Negative(Box::new(self.binary(TIGHTEST)));
            self.grow(1);
            return EvalExpression { kind, span: self.span_from(start) };
        }
        if self.take("+") {
            return self.binary(TIGHTEST);
        }
        self.primary()
    }

    fn primary(&mut self) -> EvalExpression {
        let start = self.at;
        self.height = 1;
        let kind = match self.peek() {
            Some('(') => {
                self.at += 1;
                let inner = self.eval_expression();
                self.close(start, ")");
                inner.kind
            }
            Some('[') => EvalKind::Subsearch(self.subsearch()),
            Some('"') => {
                let text = unescape_text(self.quoted());
                self.warn_of_token(&text, self.span_from(start));
                EvalKind::Text(text)
            }
            Some('\'') => {
                let name = self.quoted().to_owned();
                self.warn_of_token(&name, self.span_from(start));
                EvalKind::Field { name, quoted: true }
            }
            _ => match (number_length(self.rest()), name_length(self.rest())) {
                (0, 0) => {
                    self.expected_value();
                    EvalKind::Error
                }
                // A name may begin with a digit (`2fa_enabled`).
                (number, name) if number >= name => EvalKind::Number(self.skip(number).to_owned()),
                (_, name) => self.name_or_call(name),
            },
        };
        EvalExpression { kind, span: self.span_from(start) }
    }

    fn skip(&mut self, length: usize) -> &str {
        let text = self.rest().get(..length).unwrap_or_default();
        self.at += text.len();
        text
    }

    fn expected_value(&mut self) {
        let span = self.here();
        let message = match self.peek() {
            Some(letter) => format!("expected a value, found `{letter}`"),
            None => "expected a value, found the end of the search".to_owned(),
        };
        self.report(Diagnostic::error(codes::MISSING_VALUE, message, span).with_help(
            "a value is a field, a number, a text in double quotes, a function call or an expression in parentheses",
        ));
        // One character is taken so that reading goes on.
        if !self.at_end() && !matches!(self.peek(), Some(')' | ',')) {
            self.advance();
        }
    }

    fn name_or_call(&mut self, length: usize) -> EvalKind {
        let start = self.at;
        let name = self.skip(length).to_owned();
        let (name_span, end) = (self.span_from(start), self.at);
        if self.next_is("(") {
            let arguments = self.eval_arguments();
            self.grow(1);
            return EvalKind::Call { name: name.to_lowercase(), name_span, arguments };
        }
        self.at = end;
        self.warn_of_token(&name, name_span);
        EvalKind::Field { name, quoted: false }
    }

    /// `(a, b, …)`.
    fn eval_arguments(&mut self) -> Vec<EvalExpression> {
        let (open, mut height) = (self.at, 0);
        self.take("(");
        let mut arguments = Vec::new();
        while !(arguments.is_empty() && self.next_is(")")) {
            arguments.push(self.eval_expression());
            height = height.max(self.height);
            if !self.take(",") {
                break;
            }
        }
        self.height = height;
        self.close(open, ")");
        arguments
    }
}

fn balanced(operator: EvalOperator, mut operands: Vec<EvalExpression>) -> EvalExpression {
    let half = operands.split_off(operands.len().div_ceil(2));
    let side = |mut operands: Vec<EvalExpression>| match operands.pop() {
        Some(only) if operands.is_empty() => only,
        Some(last) => {
            operands.push(last);
            balanced(operator, operands)
        }
        None => EvalExpression { kind: EvalKind::Error, span: quarry_diagnostic::Span::default() },
    };
    let (left, right) = (side(operands), side(half));
    let span = left.span.join(right.span);
    EvalExpression { kind: EvalKind::Binary { operator, left: Box::new(left), right: Box::new(right) }, span }
}

/// Length of a number such as `12`, `.5` or `1.5e-3`; 0 if none begins the text.
fn number_length(text: &str) -> usize {
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(0);
    let mut end = whole;
    if text[end..].starts_with('.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if end > 0 && text[end..].starts_with(['e', 'E']) {
        let sign = usize::from(text[end + 1..].starts_with(['+', '-']));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    end
}

/// Length of a bare name: letters, digits, `_`, `{}`, `:`, `@`, `#`, `<<FIELD>>` of `foreach`, `$token$` of `map`.
fn name_length(text: &str) -> usize {
    let mut end = 0;
    while let Some(letter) = text[end..].chars().next() {
        let part = letter.is_alphanumeric() || matches!(letter, '_' | '{' | '}' | '$' | '@' | '#' | ':');
        let length = if part { letter.len_utf8() } else { template_length(&text[end..]) };
        if length == 0 {
            break;
        }
        end += length;
    }
    end
}

/// Length of `<<FIELD>>` and the like; 0 if none begins the text.
fn template_length(text: &str) -> usize {
    let Some(inner) = text.strip_prefix("<<") else { return 0 };
    let name = inner.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    if name > 0 && inner[name..].starts_with(">>") { name + 4 } else { 0 }
}

/// Escapes of an eval text: `\"`, `\\` and `\t`; other backslashes stay as written, since most such texts
/// are regular expressions. (Splunk Search Manual, "Backslashes".)
fn unescape_text(text: &str) -> String {
    unescape(text, |letter| match letter {
        '"' | '\\' => Some(letter),
        't' => Some('\t'),
        _ => None,
    })
}
