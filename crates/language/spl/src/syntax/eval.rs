//! The expressions of `eval` and `where`.
//!
//! Precedence, loosest first: XOR, OR, AND, NOT, comparison (`=`, `LIKE`, `IN`), `.`, `+ -`, `* / %`, unary `-`.
//! (Splunk Search Manual, "Expressions and predicates"; `.` binds looser than `+` there.)

use quarry_diagnostic::Diagnostic;

use super::{
    Cursor,
    cursor::unescape_quotes,
    tree::{EvalExpression, EvalKind, EvalOperator},
};

/// Binary operators that are written with signs, longest first, and how tight they bind.
const SIGNS: [(&str, EvalOperator, u8); 14] = [
    ("==", EvalOperator::Equal, 4),
    ("!=", EvalOperator::NotEqual, 4),
    ("<=", EvalOperator::LessOrEqual, 4),
    (">=", EvalOperator::GreaterOrEqual, 4),
    ("=", EvalOperator::Equal, 4),
    ("<", EvalOperator::Less, 4),
    (">", EvalOperator::Greater, 4),
    (".", EvalOperator::Concatenate, 5),
    ("+", EvalOperator::Add, 6),
    ("-", EvalOperator::Subtract, 6),
    ("*", EvalOperator::Multiply, 7),
    ("/", EvalOperator::Divide, 7),
    ("%", EvalOperator::Modulo, 7),
    ("<>", EvalOperator::NotEqual, 4),
];
/// Binary operators that are words.
const WORDS: [(&str, EvalOperator, u8); 4] = [
    ("XOR", EvalOperator::Xor, 1),
    ("OR", EvalOperator::Or, 2),
    ("AND", EvalOperator::And, 3),
    ("LIKE", EvalOperator::Like, 4),
];
const COMPARISON: u8 = 4;
const TIGHTEST: u8 = 8;

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
                if floor <= COMPARISON && cursor.next_keyword("IN") {
                    left = cursor.contained(left, start);
                    continue;
                }
                if floor <= COMPARISON
                    && cursor.next_keyword("NOT")
                    && let Some(negated) = cursor.negated_test(&left, start)
                {
                    left = negated;
                    continue;
                }
                let Some((length, operator, binding)) = cursor.operator() else {
                    break;
                };
                if binding < floor {
                    break;
                }
                cursor.at += length;
                let right = cursor.binary(binding + 1);
                let kind = EvalKind::Binary { operator, left: Box::new(left), right: Box::new(right) };
                left = EvalExpression { kind, span: cursor.span_from(start) };
            }
            left
        });
        read.unwrap_or_else(|| EvalExpression { kind: EvalKind::Error, span: self.here() })
    }

    /// The operator that stands here: its length, itself, its binding.
    fn operator(&mut self) -> Option<(usize, EvalOperator, u8)> {
        self.skip_space();
        if let Some((word, operator, binding)) = WORDS.iter().find(|(word, ..)| self.next_keyword(word)) {
            return Some((word.len(), *operator, *binding));
        }
        if self.starts_with("<>") {
            return Some((2, EvalOperator::NotEqual, COMPARISON));
        }
        SIGNS.iter().find(|(sign, ..)| self.starts_with(sign)).map(|(sign, operator, binding)| (sign.len(), *operator, *binding))
    }

    /// `value IN (a, b)`.
    fn contained(&mut self, value: EvalExpression, start: usize) -> EvalExpression {
        self.take_keyword("IN");
        let items = if self.next_is("(") { self.eval_arguments() } else { Vec::new() };
        if items.is_empty() {
            let span = self.here();
            self.error("SPL020", "expected a list in parentheses after IN", span);
        }
        let kind = EvalKind::In { value: Box::new(value), items };
        EvalExpression { kind, span: self.span_from(start) }
    }

    /// `value NOT IN (…)` and `value NOT LIKE …`; nothing is taken if NOT stands for itself.
    fn negated_test(&mut self, value: &EvalExpression, start: usize) -> Option<EvalExpression> {
        let before = self.at;
        self.take_keyword("NOT");
        let inner = if self.next_keyword("IN") {
            self.contained(value.clone(), start)
        } else if self.take_keyword("LIKE") {
            let right = self.binary(COMPARISON + 1);
            let kind = EvalKind::Binary {
                operator: EvalOperator::Like,
                left: Box::new(value.clone()),
                right: Box::new(right),
            };
            EvalExpression { kind, span: self.span_from(start) }
        } else {
            self.at = before;
            return None;
        };
        Some(EvalExpression { span: inner.span, kind: EvalKind::Not(Box::new(inner)) })
    }

    fn unary(&mut self) -> EvalExpression {
        self.skip_space();
        let start = self.at;
        if self.take_keyword("NOT") || (!self.starts_with("!=") && self.take("!")) {
            // NOT binds looser than a comparison.
            let inner = self.binary(COMPARISON);
            return EvalExpression { kind: EvalKind::Not(Box::new(inner)), span: self.span_from(start) };
        }
        if self.take("-") {
            let inner = self.binary(TIGHTEST);
            return EvalExpression { kind: EvalKind::Negative(Box::new(inner)), span: self.span_from(start) };
        }
        if self.take("+") {
            return self.binary(TIGHTEST);
        }
        self.primary()
    }

    fn primary(&mut self) -> EvalExpression {
        let start = self.at;
        let kind = match self.peek() {
            Some('(') => {
                self.at += 1;
                let inner = self.eval_expression();
                self.close(start);
                return EvalExpression { kind: inner.kind, span: self.span_from(start) };
            }
            Some('[') => EvalKind::Subsearch(self.subsearch()),
            Some('"') => EvalKind::Text(unescape_text(self.quoted())),
            Some('\'') => EvalKind::Field { name: unescape_quotes(self.quoted()), quoted: true },
            Some(letter) if letter.is_ascii_digit() => self.number(),
            Some('.') if self.rest()[1..].starts_with(|letter: char| letter.is_ascii_digit()) => self.number(),
            Some(letter) if is_name(letter) => self.name_or_call(),
            _ => {
                self.expected_value();
                EvalKind::Error
            }
        };
        EvalExpression { kind, span: self.span_from(start) }
    }

    fn expected_value(&mut self) {
        let span = self.here();
        let found = match self.peek() {
            Some(letter) => format!("expected a value, found `{letter}`"),
            None => "expected a value, found the end of the search".to_owned(),
        };
        self.report(
            Diagnostic::error("SPL021", found, span)
                .with_help("a value is a field, a number, a text in double quotes, a function call or an expression in parentheses"),
        );
        // One character is taken so that reading goes on.
        if !self.at_end() && !matches!(self.peek(), Some(')' | ',')) {
            self.at += self.peek().map_or(0, char::len_utf8);
        }
    }

    /// The parenthesis that closes the one at `open`.
    pub(super) fn close(&mut self, open: usize) {
        if !self.take(")") {
            let opened = self.span_from(open);
            let span = self.here();
            let found = Diagnostic::error("SPL001", "expected `)`", span);
            self.report(found.with_label(quarry_diagnostic::Span::new(opened.start, opened.start + 1), "opened here"));
        }
    }

    fn number(&mut self) -> EvalKind {
        let rest = self.rest();
        let mut end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
        let after = &rest[end..];
        if let Some(exponent) = after.strip_prefix(['e', 'E']) {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            let count = digits.bytes().take_while(u8::is_ascii_digit).count();
            if count > 0 {
                end += after.len() - digits.len() + count;
            }
        }
        // A name may begin with a digit (`2fa_enabled`): then it is a field.
        if rest[end..].starts_with(|letter: char| letter.is_alphabetic() || letter == '_') {
            return self.name_or_call();
        }
        self.at += end;
        EvalKind::Number(rest[..end].to_owned())
    }

    fn name_or_call(&mut self) -> EvalKind {
        let start = self.at;
        let rest = self.rest();
        let length = name_length(rest);
        self.at += length;
        let name = rest[..length].to_owned();
        let name_span = self.span_from(start);
        if self.next_is("(") {
            let arguments = self.eval_arguments();
            return EvalKind::Call { name: name.to_lowercase(), name_span, arguments };
        }
        self.at = start + length;
        EvalKind::Field { name, quoted: false }
    }

    /// `(a, b, …)`.
    pub(super) fn eval_arguments(&mut self) -> Vec<EvalExpression> {
        let open = self.at;
        self.take("(");
        let mut arguments = Vec::new();
        while !self.next_is(")") && !self.at_end() {
            arguments.push(self.eval_expression());
            if !self.take(",") {
                break;
            }
        }
        self.close(open);
        arguments
    }
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$' | '@' | '{' | '<' | '#')
}

/// Length of a bare name: letters, digits, `_`, `{}`, `:`, `<<FIELD>>` of `foreach`, `$token$`.
fn name_length(text: &str) -> usize {
    let mut end = 0;
    for (at, letter) in text.char_indices() {
        let template = letter == '<' && text[at..].starts_with("<<") || letter == '>' && text[..at].contains("<<");
        if !(letter.is_alphanumeric() || matches!(letter, '_' | '{' | '}' | '$' | '@' | '#' | ':') || template) {
            break;
        }
        end = at + letter.len_utf8();
    }
    end.max(text.chars().next().map_or(0, char::len_utf8))
}

/// Escapes of an eval text: `\"`, `\\`, `\t`, `\n` and `\r`; other backslashes stay as written, since
/// most such texts are regular expressions.
fn unescape_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let resolved = match (letter, letters.peek()) {
            ('\\', Some('"')) => Some('"'),
            ('\\', Some('\\')) => Some('\\'),
            ('\\', Some('t')) => Some('\t'),
            ('\\', Some('n')) => Some('\n'),
            ('\\', Some('r')) => Some('\r'),
            _ => None,
        };
        match resolved {
            Some(resolved) => {
                out.push(resolved);
                letters.next();
            }
            None => out.push(letter),
        }
    }
    out
}
