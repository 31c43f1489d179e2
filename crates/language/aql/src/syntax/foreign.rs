//! Constructs of SQL that are not AQL: each is named at its place.

use super::{From, Name, lexer::TokenKind, parser::Parser};
use crate::codes;

const JOINS: [&str; 8] = ["JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "OUTER", "NATURAL"];
const SET_OPERATIONS: [&str; 4] = ["UNION", "INTERSECT", "EXCEPT", "MINUS"];
/// Words after a number that make it a length of time.
const DURATIONS: [&str; 12] = [
    "SECOND", "SECONDS", "MINUTE", "MINUTES", "HOUR", "HOURS", "DAY", "DAYS", "WEEK", "WEEKS", "MONTH",
    "MONTHS",
];

/// The keyword of a clause that a word was likely meant to be.
fn near_clause(word: &str) -> Option<&'static str> {
    let known = ["WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "LAST", "START", "STOP", "PARAMETERS", "FROM"];
    quarry_diagnostic::did_you_mean(word, known).filter(|_| word.len() > 2)
}

impl Parser {
    /// The bare word here.
    fn word_text(&self) -> String {
        match self.kind() {
            TokenKind::Word(word) => word.clone(),
            _ => String::new(),
        }
    }

    fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is_word(word))
    }

    /// Whether a clause of SQL that AQL lacks begins here.
    pub(super) fn is_foreign_clause(&self) -> bool {
        self.is_any(&JOINS) || self.is_any(&SET_OPERATIONS) || self.is_word("OFFSET")
    }

    /// Something other than a clause where a clause should be: reports it and goes to the next clause.
    pub(super) fn foreign_clause(&mut self) {
        let span = self.span();
        if self.is_any(&JOINS) {
            self.error(
                codes::JOIN,
                "JOIN is not AQL: a query reads one source",
                span,
                "use a sub-select in FROM or `IN (SELECT ...)`",
            );
            self.skip_join();
            return;
        }
        if self.is_any(&SET_OPERATIONS) {
            self.error(
                codes::SET_OPERATION,
                "set operations such as UNION are not AQL",
                span,
                "run two queries, or join their conditions with OR",
            );
            self.skip_second_select();
            return;
        }
        if self.is_word("OFFSET") {
            self.error(
                codes::OFFSET,
                "OFFSET is not AQL",
                span,
                "QRadar pages results by the Range header of its API",
            );
        } else {
            let near = near_clause(&self.word_text());
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "text stands in single quotes; conditions are joined with AND or OR".to_owned(),
            };
            self.unexpected("a clause (WHERE, GROUP BY, ORDER BY, LIMIT, LAST, ...) or the end", help);
        }
        self.advance();
        self.skip_to_clause();
    }

    /// What is joined and on what; read only for what else is wrong in it.
    fn skip_join(&mut self) {
        while self.is_any(&JOINS) {
            self.advance();
        }
        self.skip_source();
        if self.take_word("ON") {
            self.expression();
        } else if self.take_word("USING") && self.is_symbol("(") {
            self.skip_group();
        }
    }

    /// A source that is not the first, with its second name.
    fn skip_source(&mut self) {
        self.source();
        self.take_word("AS");
        let is_name = matches!(self.kind(), TokenKind::Word(_) | TokenKind::Quoted(_));
        if is_name && !self.at_clause() && !self.is_foreign_clause() && !self.is_any(&["ON", "USING"]) {
            self.advance();
        }
    }

    /// The rest of a set operation.
    fn skip_second_select(&mut self) {
        self.advance();
        if self.is_any(&["ALL", "DISTINCT"]) {
            self.advance();
        }
        if self.is_word("SELECT") {
            self.nested_statement();
        } else {
            self.skip_to_end();
        }
    }

    /// `WITH x AS (SELECT ...), ...`
    pub(super) fn skip_common_tables(&mut self) {
        self.advance();
        while self.any_name().is_some() {
            if self.is_symbol("(") {
                self.skip_group();
            }
            self.take_word("AS");
            self.expect_symbol("(");
            if self.is_word("SELECT") {
                self.nested_statement();
            }
            self.expect_symbol(")");
            if !self.take_symbol(",") {
                return;
            }
        }
    }

    /// After the source: a second name or a second source.
    pub(super) fn after_source(&mut self, source: Option<&From>) {
        if self.is_symbol(",") {
            let span = self.span();
            self.error(
                codes::JOIN,
                "a query reads one source; a list of sources is not AQL",
                span,
                "use a sub-select in FROM or `IN (SELECT ...)`",
            );
            while self.take_symbol(",") {
                self.skip_source();
            }
            return;
        }
        if self.at_clause() || self.is_foreign_clause() {
            return;
        }
        let explicit = self.take_word("AS");
        let is_name = matches!(self.kind(), TokenKind::Word(_) | TokenKind::Quoted(_));
        if !explicit && (!is_name || self.is_any(&["LAST", "START"])) {
            return;
        }
        let Some(name) = self.any_name() else {
            self.unexpected("a name after AS", "write `AS name`, or `AS \"two words\"`");
            return;
        };
        if !explicit && let Some(near) = near_clause(&name.text) {
            self.error(
                codes::UNEXPECTED,
                format!("expected a clause, found `{}`", name.text),
                name.span,
                format!("did you mean `{near}`?"),
            );
            self.skip_to_clause();
            return;
        }
        let message = format!("a second name for the source (`{}`) is not AQL", name.text);
        if matches!(source, Some(From::Query(_))) {
            self.warning(
                codes::TABLE_ALIAS,
                message,
                name.span,
                "leave it out: columns are named without it",
            );
        } else {
            self.error(codes::TABLE_ALIAS, message, name.span, "leave it out: columns are named without it");
        }
    }

    pub(super) fn reject_select_distinct(&mut self) {
        let follows_value =
            !matches!(self.kind_after(), TokenKind::Symbol("," | ")")) && !self.word_after("FROM");
        if self.is_word("DISTINCT") && follows_value {
            let span = self.span();
            self.error(
                codes::DISTINCT,
                "SELECT DISTINCT is not AQL: QRadar reads DISTINCT as a field",
                span,
                "use GROUP BY, or UNIQUECOUNT(x) to count",
            );
            self.advance();
        }
    }

    pub(super) fn reject_into_reference_set(&mut self) {
        if self.is_word("REFERENCE") {
            let span = self.span();
            self.error(
                codes::NOT_A_SELECT,
                "INTO REFERENCE SET is not AQL: a query cannot change reference data",
                span,
                "keep the SELECT; what fills a reference set stays in a rule of QRadar",
            );
            self.advance();
            self.take_word("SET");
        }
    }

    /// `CAST(x AS type)`, met at AS.
    pub(super) fn reject_cast(&mut self, function: &Name) {
        let span = function.span.join(self.span());
        let what = if function.text.eq_ignore_ascii_case("CAST") {
            "CAST ... AS is not AQL".to_owned()
        } else {
            format!("AS inside the arguments of {} is not AQL", function.text)
        };
        self.error(codes::CAST, what, span, "convert with LONG(x), DOUBLE(x) or STR(x)");
        while !self.at_end() && !self.is_symbol(")") && !self.is_symbol(",") {
            if self.is_symbol("(") {
                self.skip_group();
            } else {
                self.advance();
            }
        }
    }

    /// What may follow a value in SQL but not in AQL; true if something was skipped.
    pub(super) fn foreign_suffix(&mut self) -> bool {
        let span = self.span();
        if self.is_word("OVER") && self.symbol_after("(") {
            self.error(
                codes::WINDOW,
                "window functions (OVER) are not AQL",
                span,
                "group with GROUP BY, or use a sub-select in FROM",
            );
            self.advance();
            self.skip_group();
            return true;
        }
        if self.is_symbol("::") {
            self.error(
                codes::COLON_CAST,
                "a `::` cast is not AQL",
                span,
                "convert with LONG(x), DOUBLE(x) or STR(x)",
            );
            self.advance();
            self.any_name();
            return true;
        }
        false
    }

    /// `e."Field"` or `e.*` after the `e` was read; true if the rest was skipped.
    pub(super) fn foreign_qualifier(&mut self, name: &Name) -> bool {
        if !self.take_symbol(".") {
            return false;
        }
        let message = format!("a field qualified by a source (`{}.`) is not AQL", name.text);
        self.error(codes::QUALIFIED_NAME, message, name.span.join(self.span()), "write the field alone");
        if self.any_name().is_none() {
            self.take_symbol("*");
        }
        true
    }

    /// `1 HOUR` after the number was read; true if the unit was skipped.
    pub(super) fn foreign_duration(&mut self) -> bool {
        if !self.is_any(&DURATIONS) {
            return false;
        }
        let (unit, span) = (self.word_text(), self.previous_span().join(self.span()));
        let message = format!("a number with a unit of time (`{unit}`) is not AQL");
        self.error(
            codes::DURATION,
            message,
            span,
            "times are milliseconds: an hour is 3600000; or use LAST 1 HOURS",
        );
        self.advance();
        true
    }

    /// A value that only SQL has; true if one was skipped.
    pub(super) fn foreign_value(&mut self) -> bool {
        let span = self.span();
        if self.is_word("INTERVAL") && matches!(self.kind_after(), TokenKind::Text(_) | TokenKind::Integer(_))
        {
            self.error(
                codes::INTERVAL,
                "INTERVAL is not AQL",
                span,
                "times are milliseconds: an hour is 3600000; or use LAST 1 HOURS",
            );
            self.advance();
            self.advance();
            if self.is_any(&DURATIONS) {
                self.advance();
            }
            return true;
        }
        if self.is_word("EXISTS") && self.symbol_after("(") {
            self.error(codes::EXISTS, "EXISTS is not AQL", span, "use `x IN (SELECT x FROM ...)`");
            self.advance();
            self.skip_exists();
            return true;
        }
        if self.is_word("DISTINCT") && !self.symbol_after(",") {
            self.error(codes::DISTINCT, "DISTINCT is not AQL here", span, "use GROUP BY or UNIQUECOUNT(x)");
            self.advance();
            return true;
        }
        false
    }

    /// The parentheses after EXISTS.
    fn skip_exists(&mut self) {
        self.advance();
        if self.is_word("SELECT") {
            self.nested_statement();
        }
        self.expect_symbol(")");
    }

    /// `x IN f(...)` or `x IN y`.
    pub(super) fn reject_bare_in(&mut self) {
        let span = self.span();
        let is_set = self.is_word("REFERENCE_SET");
        let message = if is_set {
            "REFERENCE_SET(...) is not AQL"
        } else {
            "IN takes a list or a sub-select in parentheses"
        };
        let help = if is_set { "write REFERENCESETCONTAINS('set', x)" } else { "write `x IN ('a', 'b')`" };
        self.error(codes::IN_WITHOUT_LIST, message, span, help);
        if self.any_name().is_none() && matches!(self.kind(), TokenKind::Integer(_) | TokenKind::Double(_)) {
            self.advance();
        }
        if self.is_symbol("(") {
            self.skip_group();
        }
    }
}
