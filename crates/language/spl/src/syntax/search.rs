//! The expressions of `search`.
//!
//! OR binds tighter than AND, which is implied between terms; NOT binds tightest.
//! (Splunk Search Manual, "Boolean expressions".) Operators are upper case only.

use quarry_diagnostic::Diagnostic;

use super::{
    Cursor,
    tree::{Directive, Quote, SearchExpression, SearchOperator, SearchValue, Word},
};

const OPERATORS: [(&str, SearchOperator); 8] = [
    ("==", SearchOperator::Equal),
    ("!=", SearchOperator::NotEqual),
    ("<>", SearchOperator::NotEqual),
    ("<=", SearchOperator::LessOrEqual),
    (">=", SearchOperator::GreaterOrEqual),
    ("=", SearchOperator::Equal),
    ("<", SearchOperator::Less),
    (">", SearchOperator::Greater),
];

impl Cursor<'_> {
    /// A search expression up to the end of the command, a closing parenthesis, or one of the
    /// keywords in `stops`; none if nothing is written.
    pub(super) fn search_expression(&mut self, stops: &[&str]) -> Option<SearchExpression> {
        self.deeper(|cursor| cursor.conjunction(stops)).flatten()
    }

    fn search_ends(&mut self, stops: &[&str]) -> bool {
        self.at_end() || self.next_is(")") || stops.iter().any(|stop| self.next_keyword(stop))
    }

    /// Whether an upper-case operator word stands here.
    fn takes_word(&mut self, word: &str) -> bool {
        self.skip_space();
        self.starts_with(word) && self.take_keyword(word)
    }

    fn conjunction(&mut self, stops: &[&str]) -> Option<SearchExpression> {
        self.skip_space();
        let start = self.at;
        let mut items = Vec::new();
        while !self.search_ends(stops) {
            if self.takes_word("AND") || self.take(",") {
                continue;
            }
            let before = self.at;
            items.extend(self.disjunction(stops));
            if self.at == before {
                self.skip_stray();
            }
        }
        match items.len() {
            0 => None,
            1 => items.pop(),
            _ => Some(SearchExpression::And(items, self.span_from(start))),
        }
    }

    /// Takes a character that begins nothing, with a diagnostic.
    fn skip_stray(&mut self) {
        let span = self.here();
        if let Some(letter) = self.peek() {
            self.error("SPL030", format!("`{letter}` does not begin a search term"), span);
            self.at += letter.len_utf8();
        }
    }

    fn disjunction(&mut self, stops: &[&str]) -> Option<SearchExpression> {
        self.skip_space();
        let start = self.at;
        let mut items = vec![self.negation(stops)?];
        while self.takes_word("OR") {
            match self.negation(stops) {
                Some(item) => items.push(item),
                None => {
                    let span = self.here();
                    self.error("SPL031", "expected a search term after OR", span);
                    break;
                }
            }
        }
        if items.len() == 1 { items.pop() } else { Some(SearchExpression::Or(items, self.span_from(start))) }
    }

    fn negation(&mut self, stops: &[&str]) -> Option<SearchExpression> {
        self.skip_space();
        let start = self.at;
        if self.takes_word("NOT") {
            let inner = self.deeper(|cursor| cursor.negation(stops)).flatten();
            let Some(inner) = inner else {
                let span = self.here();
                self.error("SPL031", "expected a search term after NOT", span);
                return None;
            };
            return Some(SearchExpression::Not(Box::new(inner), self.span_from(start)));
        }
        if self.search_ends(stops) {
            return None;
        }
        if self.take("(") {
            let inner = self.search_expression(&[]);
            self.close(start);
            let empty = || SearchExpression::And(Vec::new(), self.span_from(start));
            return Some(inner.unwrap_or_else(empty));
        }
        if self.next_is("[") {
            let pipeline = self.subsearch();
            return Some(SearchExpression::Subsearch(pipeline, self.span_from(start)));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Option<SearchExpression> {
        self.skip_space();
        let start = self.at;
        let first = self.search_word(true)?;
        let after = self.at;
        if first.directive.is_none() {
            if let Some(operator) = self.search_operator() {
                if self.next_is("[") {
                    let (field, subsearch) = (first.word, self.subsearch());
                    let span = self.span_from(start);
                    return Some(SearchExpression::SubsearchComparison { field, operator, subsearch, span });
                }
                let value = self.search_word(false).unwrap_or_else(|| self.missing_value());
                let span = self.span_from(start);
                return Some(SearchExpression::Comparison { field: first.word, operator, value, span });
            }
            if self.next_keyword("IN") && self.list_follows() {
                return Some(self.membership(first.word, start));
            }
        }
        self.at = after;
        Some(SearchExpression::Term(first))
    }

    fn missing_value(&mut self) -> SearchValue {
        let span = self.here();
        self.report(
            Diagnostic::error("SPL032", "expected a value after the comparison", span)
                .with_help("write `field=\"\"` to compare with the empty text"),
        );
        SearchValue { word: Word { text: String::new(), quote: Quote::None, span }, directive: None }
    }

    fn search_operator(&mut self) -> Option<SearchOperator> {
        self.skip_space();
        let (sign, operator) = OPERATORS.iter().find(|(sign, _)| self.starts_with(sign))?;
        self.at += sign.len();
        Some(*operator)
    }

    /// Whether IN is followed by a parenthesis (else it is a term).
    fn list_follows(&mut self) -> bool {
        let before = self.at;
        let follows = self.take_keyword("IN") && self.next_is("(");
        self.at = before;
        follows
    }

    fn membership(&mut self, field: Word, start: usize) -> SearchExpression {
        self.take_keyword("IN");
        let open = self.at;
        self.take("(");
        let mut values = Vec::new();
        while !self.next_is(")") && !self.at_end() {
            if self.take(",") {
                continue;
            }
            match self.search_word(false) {
                Some(value) => values.push(value),
                None => break,
            }
        }
        self.close(open);
        SearchExpression::In { field, values, span: self.span_from(start) }
    }

    /// A word of the search language; as a field name (`name`) it ends before an operator.
    fn search_word(&mut self, name: bool) -> Option<SearchValue> {
        self.skip_space();
        for (keyword, directive) in [("CASE(", Directive::Case), ("TERM(", Directive::Term)] {
            if self.starts_with(keyword) {
                self.at += keyword.len();
                let word = self.word(|letter| letter != ')');
                self.take(")");
                return word.map(|word| SearchValue { word, directive: Some(directive) });
            }
        }
        // A backslash takes the next character with it, a quote for instance.
        let escaped = std::cell::Cell::new(false);
        let part = |letter: char| {
            if escaped.replace(!escaped.get() && letter == '\\') {
                return !letter.is_whitespace();
            }
            let operator = name && matches!(letter, '=' | '!' | '<' | '>');
            !(letter.is_whitespace() || operator || matches!(letter, '(' | ')' | '[' | ']' | '|' | ',' | '"'))
        };
        let mut word = self.word(part)?;
        if word.quote == Quote::None {
            word.text = word.text.replace("\\\"", "\"");
        }
        // A single quote means nothing to `search`: it is part of the value.
        if word.quote == Quote::Single {
            word.text = format!("'{}'", word.text);
        }
        Some(SearchValue { word, directive: None })
    }
}
