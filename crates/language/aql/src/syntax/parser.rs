//! The cursor over the tokens, and whole statements.

use quarry_diagnostic::{Diagnostic, Span};

use super::{
    Call, From, Item, Name, Quote, Statement,
    lexer::{Token, TokenKind},
};
use crate::codes;

/// How deep expressions and sub-selects may nest.
const MAX_DEPTH: usize = 100;
/// How many operators in all may follow on another of the same level.
const MAX_CHAIN: usize = 128;

/// Words that end an expression and cannot be a bare name.
const RESERVED: [&str; 23] = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP",
    "HAVING",
    "ORDER",
    "LIMIT",
    "START",
    "STOP",
    "PARAMETERS",
    "INTO",
    "THEN",
    "ELSE",
    "END",
    "WHEN",
    "AS",
    "AND",
    "OR",
    "IN",
    "LIKE",
    "ILIKE",
    "BETWEEN",
    "IS",
];

pub(super) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    pub(super) diagnostics: Vec<Diagnostic>,
    functions: Vec<Name>,
    depth: usize,
    chain: usize,
    exhausted: bool,
}

impl Parser {
    pub(super) fn new(tokens: Vec<Token>, diagnostics: Vec<Diagnostic>) -> Self {
        Self { tokens, at: 0, diagnostics, functions: Vec::new(), depth: 0, chain: 0, exhausted: false }
    }

    /// The functions called and the diagnostics.
    pub(super) fn into_findings(self) -> (Vec<Name>, Vec<Diagnostic>) {
        (self.functions, self.diagnostics)
    }

    /// The whole text: one statement, maybe a `;` after it.
    pub(super) fn text(&mut self) -> Option<Statement> {
        if !self.check_start() {
            if !self.is_word("WITH") {
                return None;
            }
            self.skip_common_tables();
            if !self.is_word("SELECT") {
                return None;
            }
        }
        let statement = self.statement(false);
        let mut ended = false;
        while self.take_symbol(";") {
            ended = true;
        }
        if !self.at_end() {
            let span = self.span();
            if ended {
                self.error(
                    codes::SECOND_STATEMENT,
                    "one statement at a time: text after `;`",
                    span,
                    "keep one statement, or write each into a file of its own",
                );
            } else {
                self.unexpected("the end of the query", "take away what follows the last clause");
            }
        }
        Some(statement)
    }

    fn check_start(&mut self) -> bool {
        if self.is_word("SELECT") {
            return true;
        }
        let span = self.span();
        if self.is_word("WITH") {
            self.error(
                codes::COMMON_TABLE,
                "WITH is not AQL",
                span,
                "write the query as a sub-select in FROM",
            );
        } else if ["UPDATE", "INSERT", "DELETE", "DROP", "CREATE", "ALTER"]
            .iter()
            .any(|word| self.is_word(word))
        {
            self.error(
                codes::NOT_A_SELECT,
                "AQL has SELECT statements only",
                span,
                "write `SELECT ... FROM events`",
            );
        } else {
            self.unexpected(
                "SELECT",
                "write `SELECT columns FROM events WHERE conditions GROUP BY fields LAST 24 HOURS`",
            );
        }
        false
    }

    /// A statement from SELECT on; `nested` ones end before a `)`.
    pub(super) fn statement(&mut self, nested: bool) -> Statement {
        let start = self.span();
        let mut statement = Statement::default();
        self.advance();
        self.reject_select_distinct();
        loop {
            let item = self.item();
            statement.items.push(item);
            if !self.take_symbol(",") {
                break;
            }
        }
        self.clauses(&mut statement, nested);
        statement.span = start.join(self.previous_span());
        if statement.from.is_none() && !self.exhausted {
            let span = Span::new(statement.span.end, statement.span.end);
            self.error(
                codes::MISSING_FROM,
                "the statement has no FROM",
                span,
                "write `FROM events`, or the sub-select to read",
            );
        }
        statement
    }

    fn item(&mut self) -> Item {
        let start = self.span();
        let value = if self.is_symbol("*") {
            self.advance();
            None
        } else {
            Some(self.expression())
        };
        let alias = if self.take_word("AS") { self.alias() } else { self.bare_alias() };
        Item { value, alias, span: start.join(self.previous_span()) }
    }

    fn alias(&mut self) -> Option<Name> {
        let found = match self.kind() {
            TokenKind::Word(_) | TokenKind::Quoted(_) | TokenKind::Text(_) => self.any_name(),
            _ => None,
        };
        if found.is_none() {
            self.unexpected("a name after AS", "write `AS name`, or `AS \"two words\"`");
        }
        found
    }

    /// SQL lets one leave out AS; AQL does not.
    fn bare_alias(&mut self) -> Option<Name> {
        let plain =
            matches!(self.kind(), TokenKind::Word(_)) && !self.at_clause() && !self.is_foreign_clause();
        if !(plain || matches!(self.kind(), TokenKind::Quoted(_) | TokenKind::Text(_))) {
            return None;
        }
        if self.is_reserved() {
            return None;
        }
        let name = self.any_name()?;
        let message = format!("`{}` follows a value without AS: read as its alias", name.text);
        self.warning(
            codes::ALIAS_WITHOUT_AS,
            message,
            name.span,
            "write `AS` before an alias, or a comma between two items",
        );
        Some(name)
    }

    /// What follows FROM.
    pub(super) fn source(&mut self) -> Option<From> {
        if self.take_symbol("(") {
            if !self.is_word("SELECT") {
                self.unexpected("a sub-select", "write `(SELECT ... FROM events)`");
                return None;
            }
            let query = self.nested_statement();
            self.expect_symbol(")");
            return query.map(|query| From::Query(Box::new(query)));
        }
        let name = match self.kind() {
            TokenKind::Word(_) if !self.at_clause() => self.any_name(),
            TokenKind::Quoted(_) => self.any_name(),
            _ => None,
        };
        let Some(name) = name else {
            self.unexpected(
                "`events`, `flows`, `simarc`, GLOBALVIEW(...) or a sub-select",
                "write `FROM events`",
            );
            return None;
        };
        if self.is_symbol("(") {
            return Some(From::Call(self.call(name)));
        }
        Some(From::Catalog(name))
    }

    /// A sub-select, unless it is nested too deep.
    pub(super) fn nested_statement(&mut self) -> Option<Statement> {
        if !self.enter() {
            return None;
        }
        let statement = self.statement(true);
        self.leave();
        Some(statement)
    }

    /// Arguments after a function's name.
    pub(super) fn call(&mut self, name: Name) -> Call {
        self.functions.push(name.clone());
        let mut call = Call { name, arguments: Vec::new(), star: false, distinct: false };
        self.advance();
        if self.is_symbol("*") && self.symbol_after(")") {
            self.advance();
            call.star = true;
        } else if !self.is_symbol(")") {
            call.distinct = self.take_word("DISTINCT");
            self.arguments(&mut call);
        }
        self.expect_symbol(")");
        call
    }

    fn arguments(&mut self, call: &mut Call) {
        loop {
            if self.is_word("SELECT") {
                let span = self.span();
                self.error(
                    codes::UNEXPECTED,
                    "a sub-select cannot be an argument",
                    span,
                    "a sub-select stands in FROM or after IN",
                );
                self.nested_statement();
            } else {
                let argument = self.expression();
                call.arguments.push(argument);
            }
            if self.is_word("AS") {
                self.reject_cast(&call.name.clone());
            }
            if !self.take_symbol(",") {
                return;
            }
        }
    }

    // The cursor.

    pub(super) fn kind(&self) -> &TokenKind {
        self.tokens.get(self.at).map_or(&TokenKind::End, |token| &token.kind)
    }

    pub(super) fn kind_after(&self) -> &TokenKind {
        self.tokens.get(self.at + 1).map_or(&TokenKind::End, |token| &token.kind)
    }

    pub(super) fn span(&self) -> Span {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(Span::default(), |token| token.span)
    }

    pub(super) fn previous_span(&self) -> Span {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(Span::default(), |token| token.span)
    }

    pub(super) fn at_end(&self) -> bool {
        matches!(self.kind(), TokenKind::End)
    }

    pub(super) fn advance(&mut self) {
        if !self.at_end() {
            self.at += 1;
        }
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.kind(), TokenKind::Word(found) if found.eq_ignore_ascii_case(word))
    }

    pub(super) fn word_after(&self, word: &str) -> bool {
        matches!(self.kind_after(), TokenKind::Word(found) if found.eq_ignore_ascii_case(word))
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.kind(), TokenKind::Symbol(found) if *found == symbol)
    }

    pub(super) fn symbol_after(&self, symbol: &str) -> bool {
        matches!(self.kind_after(), TokenKind::Symbol(found) if *found == symbol)
    }

    pub(super) fn is_reserved(&self) -> bool {
        RESERVED.iter().any(|word| self.is_word(word))
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.advance();
        }
        found
    }

    pub(super) fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        if found {
            self.advance();
        }
        found
    }

    pub(super) fn expect_symbol(&mut self, symbol: &str) {
        if !self.take_symbol(symbol) {
            self.unexpected(
                &format!("`{symbol}`"),
                format!("write `{symbol}` here, or take away what stands before it"),
            );
        }
    }

    pub(super) fn expect_word(&mut self, word: &str) -> bool {
        let found = self.take_word(word);
        if !found {
            self.unexpected(word, format!("write `{word}` here, or take away what stands before it"));
        }
        found
    }

    /// A name however it is quoted.
    pub(super) fn any_name(&mut self) -> Option<Name> {
        let (text, quote) = match self.kind() {
            TokenKind::Word(text) => (text.clone(), Quote::Bare),
            TokenKind::Quoted(text) => (text.clone(), Quote::Double),
            TokenKind::Text(text) => (text.clone(), Quote::Single),
            _ => return None,
        };
        let span = self.span();
        self.advance();
        Some(Name { text, quote, span })
    }

    /// Skips to the next clause, or to the `)` that ends this statement.
    pub(super) fn skip_to_clause(&mut self) {
        let mut open = 0_usize;
        while !self.at_end() {
            match self.kind() {
                TokenKind::Symbol("(") => open += 1,
                TokenKind::Symbol(")") if open == 0 => return,
                TokenKind::Symbol(")") => open -= 1,
                TokenKind::Symbol(";") => return,
                _ if open == 0 && self.at_clause() => return,
                _ => {}
            }
            self.advance();
        }
    }

    /// Skips to the end of this statement.
    pub(super) fn skip_to_end(&mut self) {
        let mut open = 0_usize;
        while !self.at_end() && !self.is_symbol(";") {
            match self.kind() {
                TokenKind::Symbol("(") => open += 1,
                TokenKind::Symbol(")") if open == 0 => return,
                TokenKind::Symbol(")") => open -= 1,
                _ => {}
            }
            self.advance();
        }
    }

    /// Skips a group in parentheses that begins here.
    pub(super) fn skip_group(&mut self) {
        let mut open = 0_usize;
        while !self.at_end() {
            match self.kind() {
                TokenKind::Symbol("(") => open += 1,
                TokenKind::Symbol(")") => open = open.saturating_sub(1),
                _ => {}
            }
            self.advance();
            if open == 0 {
                return;
            }
        }
    }

    // Limits.

    /// Goes one level deeper; false (and all is skipped) when that is too deep.
    pub(super) fn enter(&mut self) -> bool {
        if self.depth >= MAX_DEPTH {
            self.exhaust();
            return false;
        }
        self.depth += 1;
        true
    }

    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Counts an operator that follows on another; false when there are too many.
    pub(super) fn chain(&mut self) -> bool {
        self.chain += 1;
        if self.chain > MAX_CHAIN {
            self.exhaust();
        }
        self.chain <= MAX_CHAIN
    }

    fn exhaust(&mut self) {
        if !self.exhausted {
            let span = self.span();
            self.error(
                codes::TOO_DEEP,
                "the query nests too deep to be read",
                span,
                format!(
                    "at most {MAX_DEPTH} levels, and {MAX_CHAIN} arithmetic operators in a row, are read"
                ),
            );
        }
        self.exhausted = true;
        self.at = self.tokens.len().saturating_sub(1);
    }

    // Diagnostics.

    /// Reports an error; nothing more is reported once the text was given up.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        span: Span,
        help: impl Into<String>,
    ) {
        self.report(Diagnostic::error(code, message, span).with_help(help));
    }

    pub(super) fn warning(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        span: Span,
        help: impl Into<String>,
    ) {
        self.report(Diagnostic::warning(code, message, span).with_help(help));
    }

    fn report(&mut self, found: Diagnostic) {
        if !self.exhausted {
            self.diagnostics.push(found);
        }
    }

    pub(super) fn unexpected(&mut self, expected: &str, help: impl Into<String>) {
        let found = self.describe();
        let span = self.span();
        let repeated = self
            .diagnostics
            .iter()
            .rev()
            .take(8)
            .any(|have| have.code == codes::UNEXPECTED && have.span == span);
        if repeated || matches!(self.kind(), TokenKind::Placeholder(_)) {
            return;
        }
        self.error(codes::UNEXPECTED, format!("expected {expected}, found {found}"), span, help);
    }

    fn describe(&self) -> String {
        match self.kind() {
            TokenKind::Word(word) => format!("`{word}`"),
            TokenKind::Quoted(name) => format!("the name `\"{name}\"`"),
            TokenKind::Text(text) => format!("the string `'{text}'`"),
            TokenKind::Integer(number) => format!("the number {number}"),
            TokenKind::Double(number) => format!("the number {number}"),
            TokenKind::Symbol(symbol) => format!("`{symbol}`"),
            TokenKind::Placeholder(text) => format!("the placeholder `{text}`"),
            TokenKind::End => "the end of the query".to_owned(),
        }
    }
}
