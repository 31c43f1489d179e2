//! The expressions of `search`.
//!
//! OR binds tighter than AND, which is implied between terms; NOT binds tightest.
//! (Splunk Search Manual, "Boolean expressions with logical operators".) Operators are upper case only.

use quarry_diagnostic::Diagnostic;

use super::{
    Cursor, cursor,
    tree::{Directive, Quote, SearchExpression, SearchOperator, SearchValue, Word},
};
use crate::{codes, registry};

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

fn is_value(letter: char) -> bool {
    !(letter.is_whitespace() || matches!(letter, '(' | ')' | '[' | ']' | '|' | ',' | '"'))
}

fn is_name(letter: char) -> bool {
    is_value(letter) && !matches!(letter, '=' | '<' | '>')
}

impl Cursor<'_> {
    /// A search expression up to the end of the command, a closing parenthesis, or one of the
    /// keywords in `stops`; none if nothing is written.
    pub(super) fn search_expression(&mut self, stops: &[&str]) -> Option<SearchExpression> {
        self.deeper(|cursor| cursor.conjunction(stops)).flatten()
    }

    /// As [`Cursor::search_expression`], up to the end of the command.
    pub(super) fn whole_search(&mut self) -> Option<SearchExpression> {
        let mut found = self.search_expression(&[]);
        while self.next_is(")") {
            self.never_opened("parenthesis");
            let more = self.search_expression(&[]);
            found = found.or(more);
        }
        found
    }

    /// Goes over a closing sign that has nothing to close.
    pub(super) fn never_opened(&mut self, what: &str) {
        let span = self.here();
        self.error(
            codes::UNBALANCED,
            format!("this {what} was never opened"),
            span,
            "open it, take it away, or put it in quotes if it is text",
        );
        self.advance();
    }

    fn search_ends(&mut self, stops: &[&str]) -> bool {
        self.at_end() || self.starts_with(")") || stops.iter().any(|stop| self.stops_here(stop))
    }

    /// Whether a stop stands here: a keyword, or an option written as `name=`.
    fn stops_here(&self, stop: &str) -> bool {
        match stop.strip_suffix('=') {
            None => self.keyword_here(stop),
            Some(name) => {
                let rest = self.rest().get(name.len()..).unwrap_or_default();
                self.keyword_here(name) && rest.trim_start().starts_with('=')
            }
        }
    }

    /// Takes an upper-case operator word.
    fn take_word(&mut self, word: &str) -> bool {
        self.skip_space();
        self.starts_with(word) && self.take_keyword(word)
    }

    fn conjunction(&mut self, stops: &[&str]) -> Option<SearchExpression> {
        self.skip_space();
        let start = self.at;
        let mut items = Vec::new();
        while !self.search_ends(stops) {
            let place = self.at;
            if self.take_word("AND") {
                if items.is_empty() || self.search_ends(stops) {
                    self.lonely_operator("AND", place);
                }
                continue;
            }
            if self.take(",") {
                continue;
            }
            items.extend(self.disjunction(stops));
            if self.at == place {
                self.stray_in_search();
            }
        }
        if items.len() < 2 { items.pop() } else { Some(SearchExpression::And(items, self.span_from(start))) }
    }

    fn lonely_operator(&mut self, operator: &str, start: usize) {
        let end = std::mem::replace(&mut self.at, start + operator.len());
        let span = self.span_from(start);
        self.at = end;
        self.error(
            codes::MISSING_TERM,
            format!("expected a search term on both sides of {operator}"),
            span,
            format!("write `a=1 {operator} b=2`; as a word to search for it stands in quotes"),
        );
    }

    /// Takes a character that begins nothing, with a diagnostic.
    fn stray_in_search(&mut self) {
        let span = self.here();
        if let Some(letter) = self.peek() {
            self.error(
                codes::STRAY_IN_SEARCH,
                format!("`{letter}` does not begin a search term"),
                span,
                "a term is `field=value` or a word; put other signs in double quotes",
            );
            self.advance();
        }
    }

    fn disjunction(&mut self, stops: &[&str]) -> Option<SearchExpression> {
        self.skip_space();
        let start = self.at;
        if self.take_word("OR") {
            self.lonely_operator("OR", start);
            return None;
        }
        let mut items = vec![self.negation(stops)?];
        loop {
            self.skip_space();
            let place = self.at;
            if !self.take_word("OR") {
                break;
            }
            match self.negation(stops) {
                Some(item) => items.push(item),
                None => self.lonely_operator("OR", place),
            }
        }
        if items.len() == 1 { items.pop() } else { Some(SearchExpression::Or(items, self.span_from(start))) }
    }

    fn negation(&mut self, stops: &[&str]) -> Option<SearchExpression> {
        self.skip_space();
        let start = self.at;
        if self.take_word("NOT") {
            let Some(inner) = self.deeper(|cursor| cursor.negation(stops)).flatten() else {
                let span = self.span_from(start);
                self.error(
                    codes::MISSING_TERM,
                    "expected a search term after NOT",
                    span,
                    "write `NOT field=value` or `NOT (...)`; as a word to search for it stands in quotes",
                );
                return None;
            };
            return Some(SearchExpression::Not(Box::new(inner), self.span_from(start)));
        }
        if self.search_ends(stops) || self.keyword_in_upper_case() {
            return None;
        }
        if self.take("(") {
            let known = self.diagnostics.len();
            let inner = self.search_expression(&[]);
            self.close(start, ")");
            if inner.is_none() && self.diagnostics.len() == known {
                let span = self.span_from(start);
                self.error(
                    codes::MISSING_TERM,
                    "expected a search term in the parentheses",
                    span,
                    "write a condition such as `field=value` in them, or take them away",
                );
            }
            return inner;
        }
        if self.next_is("[") {
            let pipeline = self.subsearch();
            return Some(SearchExpression::Subsearch(pipeline, self.span_from(start)));
        }
        self.comparison()
    }

    fn keyword_in_upper_case(&self) -> bool {
        ["AND", "OR"].iter().any(|word| self.starts_with(word) && self.keyword_here(word))
    }

    fn comparison(&mut self) -> Option<SearchExpression> {
        self.skip_space();
        let start = self.at;
        if let Some(field) = self.indexed_field() {
            let value = self.search_word(is_value).unwrap_or_else(|| self.missing_value());
            let (operator, span) = (SearchOperator::Equal, self.span_from(start));
            return Some(SearchExpression::Comparison { field, operator, value, span });
        }
        let first = self.search_word(is_name)?;
        let after = self.at;
        if first.directive.is_none() {
            if let Some(operator) = self.search_operator() {
                return Some(self.right_side(first.word, operator, start));
            }
            if self.next_call("IN") {
                return Some(self.membership(first.word, start));
            }
        }
        self.at = after;
        self.warn_of_lower_case(&first.word);
        self.warn_of_foreign_sign(&first.word);
        self.warn_of_function(&first);
        Some(SearchExpression::Term(first))
    }

    /// The field of `field::value`, which means the same as `field=value`. `tag::field` is a field itself.
    fn indexed_field(&mut self) -> Option<Word> {
        let length =
            self.rest().bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let name = self.rest().get(..length)?;
        let value = self.rest().get(length..)?.strip_prefix("::")?;
        if length == 0
            || name == "tag"
            || !value.starts_with(|letter| letter == '"' || is_value(letter) && letter != ':')
        {
            return None;
        }
        let start = self.at;
        self.at += length;
        let field = Word { text: name.to_owned(), quote: Quote::None, span: self.span_from(start) };
        self.at += 2;
        Some(field)
    }

    fn right_side(&mut self, field: Word, operator: SearchOperator, start: usize) -> SearchExpression {
        if self.next_is("[") {
            let subsearch = self.subsearch();
            return SearchExpression::SubsearchComparison {
                field,
                operator,
                subsearch,
                listed: false,
                span: self.span_from(start),
            };
        }
        let value = self.search_word(is_value).unwrap_or_else(|| self.missing_value());
        SearchExpression::Comparison { field, operator, value, span: self.span_from(start) }
    }

    fn missing_value(&mut self) -> SearchValue {
        let span = self.here();
        self.report(
            Diagnostic::error(codes::MISSING_SEARCH_VALUE, "expected a value after the comparison", span)
                .with_help("write `field=\"\"` to compare with the empty text"),
        );
        SearchValue { word: Word { text: String::new(), quote: Quote::None, span }, directive: None }
    }

    fn warn_of_lower_case(&mut self, word: &Word) {
        let operator = ["AND", "OR", "NOT"].into_iter().find(|operator| word.is_keyword(operator));
        if let Some(operator) = operator {
            let message = format!("`{}` is searched for as a word: operators are upper case", word.text);
            self.report(
                Diagnostic::warning(codes::LOWER_CASE_OPERATOR, message, word.span).with_help(format!(
                    "write `{operator}` for the operator, `\"{}\"` for the word",
                    word.text
                )),
            );
        }
    }

    /// Quotes of a word processor, and comments as other languages write them.
    fn warn_of_foreign_sign(&mut self, word: &Word) {
        if word.quote != Quote::None {
            return;
        }
        let help = if word.text.contains(['“', '”', '„', '‟']) {
            "write `\"` for a quote"
        } else if ["#", "//", "/*", "*/", "--"].contains(&word.text.as_str()) {
            "a comment stands between three backticks"
        } else {
            return;
        };
        let message = format!("`{}` is searched for as a word", word.text);
        self.report(Diagnostic::warning(codes::FOREIGN_SIGN, message, word.span).with_help(help));
    }

    /// `match(field, "x")` finds the words `match`, `field` and `x`.
    fn warn_of_function(&mut self, value: &SearchValue) {
        let SearchValue { word, directive: None } = value else { return };
        let name = word.text.to_lowercase();
        if word.quote == Quote::None && self.next_is("(") && registry::function(&name).is_some() {
            let message = format!("`{name}(` is searched for as a word: a search has no functions");
            let found = Diagnostic::warning(codes::FUNCTION_IN_SEARCH, message, word.span)
                .with_help("write the condition in a `where` command");
            self.report(found);
        }
    }

    fn search_operator(&mut self) -> Option<SearchOperator> {
        self.skip_space();
        let (sign, operator) = OPERATORS.iter().find(|(sign, _)| self.starts_with(sign))?;
        self.at += sign.len();
        Some(*operator)
    }

    fn membership(&mut self, field: Word, start: usize) -> SearchExpression {
        self.take_keyword("IN");
        self.skip_space();
        let open = self.at;
        self.take("(");
        let mut values = Vec::new();
        let mut subsearches = Vec::new();
        while !self.next_is(")") && !self.at_end() {
            if self.take(",") {
                continue;
            }
            if self.next_is("[") {
                subsearches.push(self.subsearch());
                continue;
            }
            match self.search_word(is_value) {
                Some(value) => values.push(value),
                None => self.stray_in_search(),
            }
        }
        self.close(open, ")");
        let span = self.span_from(start);
        if values.is_empty() && subsearches.is_empty() {
            self.error(
                codes::MISSING_LIST,
                "expected values in the parentheses after IN",
                span,
                "write `field IN (value, \"other value\")`",
            );
        }
        if subsearches.is_empty() {
            return SearchExpression::In { field, values, span };
        }
        let of_subsearch = |subsearch| SearchExpression::SubsearchComparison {
            field: field.clone(),
            operator: SearchOperator::Equal,
            subsearch,
            listed: true,
            span,
        };
        let mut items: Vec<SearchExpression> = subsearches.into_iter().map(of_subsearch).collect();
        if !values.is_empty() {
            items.insert(0, SearchExpression::In { field, values, span });
        }
        if items.len() == 1 { items.remove(0) } else { SearchExpression::Or(items, span) }
    }

    /// A word of the search language, maybe in a directive.
    fn search_word(&mut self, part: fn(char) -> bool) -> Option<SearchValue> {
        self.skip_space();
        let open = self.at;
        for (keyword, directive) in [("CASE", Directive::Case), ("TERM", Directive::Term)] {
            if self.starts_with(keyword)
                && self.rest().get(keyword.len()..).is_some_and(|rest| rest.starts_with('('))
            {
                self.at += keyword.len() + 1;
                let word = self.plain_word(|letter| !matches!(letter, ')' | '|' | ']'));
                self.close(open + keyword.len(), ")");
                return Some(SearchValue { word: word?, directive: Some(directive) });
            }
        }
        let mut word = self.plain_word(part)?;
        self.warn_of_token(&word.text, word.span);
        // Empty parentheses are part of a bare value, as in `latest=now()` or `*GetCurrent()*`.
        while word.quote == Quote::None && self.starts_with("()") {
            self.at += 2;
            let length = self.rest().find(|letter| !part(letter)).unwrap_or(self.rest().len());
            self.at += length;
            word.text = cursor::unescape_quotes(self.text.get(open..self.at).unwrap_or_default());
            word.span = self.span_from(open);
        }
        Some(SearchValue { word, directive: None })
    }
}
