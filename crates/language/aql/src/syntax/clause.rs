//! The clauses after the select list.

use quarry_diagnostic::Span;

use super::{
    Expression, ExpressionKind, OrderKey, Session, Statement, TimeClause, Unit, lexer::TokenKind,
    parser::Parser,
};
use crate::codes;

/// A clause: its keyword, its place in the documented order, and its reader.
struct Clause {
    keyword: &'static str,
    rank: usize,
    read: fn(&mut Parser, &mut Statement),
}

/// All clauses in the documented order. INTO stands after the select list or after FROM.
const CLAUSES: [Clause; 12] = [
    Clause { keyword: "INTO", rank: 1, read: Parser::read_into },
    Clause { keyword: "FROM", rank: 1, read: Parser::read_from },
    Clause { keyword: "WHERE", rank: 2, read: Parser::read_where },
    Clause { keyword: "SESSION", rank: 3, read: Parser::read_session },
    Clause { keyword: "GROUP", rank: 4, read: Parser::read_group },
    Clause { keyword: "HAVING", rank: 5, read: Parser::read_having },
    Clause { keyword: "ORDER", rank: 6, read: Parser::read_order },
    Clause { keyword: "LIMIT", rank: 7, read: Parser::read_limit },
    Clause { keyword: "LAST", rank: 8, read: Parser::read_last },
    Clause { keyword: "START", rank: 8, read: Parser::read_start },
    Clause { keyword: "STOP", rank: 8, read: Parser::read_stop },
    Clause { keyword: "PARAMETERS", rank: 9, read: Parser::read_parameters },
];

const UNITS: [(&str, Unit); 6] = [
    ("MINUTES", Unit::Minutes),
    ("MINUTE", Unit::Minutes),
    ("HOURS", Unit::Hours),
    ("HOUR", Unit::Hours),
    ("DAYS", Unit::Days),
    ("DAY", Unit::Days),
];

impl Parser {
    /// Whether a clause begins here.
    pub(super) fn at_clause(&self) -> bool {
        self.clause().is_some()
    }

    fn clause(&self) -> Option<&'static Clause> {
        let clause = CLAUSES.iter().find(|clause| self.is_word(clause.keyword))?;
        let is_function =
            matches!(clause.keyword, "LAST" | "START" | "STOP" | "SESSION") && self.symbol_after("(");
        (!is_function).then_some(clause)
    }

    /// Reads clauses in any order; one out of the documented order is a warning.
    pub(super) fn clauses(&mut self, statement: &mut Statement, nested: bool) {
        let mut seen: Vec<&'static str> = Vec::new();
        let mut rank = 0;
        while !self.at_statement_end(nested) {
            let Some(clause) = self.clause() else {
                self.foreign_clause();
                continue;
            };
            let span = self.span();
            if seen.contains(&clause.keyword) {
                let message = format!("{} is written twice; the last one counts", clause.keyword);
                self.error(codes::DUPLICATE_CLAUSE, message, span, "keep one of the two");
            } else if clause.rank < rank {
                self.warn_order(clause.keyword, span);
            }
            seen.push(clause.keyword);
            rank = rank.max(clause.rank);
            self.advance();
            (clause.read)(self, statement);
        }
    }

    fn at_statement_end(&self, nested: bool) -> bool {
        self.at_end() || self.is_symbol(";") || (nested && self.is_symbol(")"))
    }

    fn warn_order(&mut self, keyword: &str, span: Span) {
        let message = format!(
            "{keyword} stands after a clause that should follow it; accepted here, QRadar refuses it"
        );
        self.warning(codes::CLAUSE_ORDER, message, span, "the order is FROM, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT, then LAST or START and STOP, then PARAMETERS",);
    }

    fn read_into(&mut self, statement: &mut Statement) {
        self.reject_into_reference_set();
        statement.into = self.any_name();
        if statement.into.is_none() {
            self.unexpected("a cursor name after INTO", "leave INTO out: the rows are shown");
        }
    }

    fn read_from(&mut self, statement: &mut Statement) {
        statement.from = self.source();
        self.after_source(statement.from.as_ref());
    }

    fn read_where(&mut self, statement: &mut Statement) {
        statement.predicate = Some(self.expression());
    }

    fn read_having(&mut self, statement: &mut Statement) {
        statement.having = Some(self.expression());
    }

    fn read_group(&mut self, statement: &mut Statement) {
        self.expect_word("BY");
        statement.groups = self.expressions();
    }

    fn expressions(&mut self) -> Vec<Expression> {
        let mut items = vec![self.expression()];
        while self.take_symbol(",") {
            let item = self.expression();
            items.push(item);
        }
        items
    }

    fn read_order(&mut self, statement: &mut Statement) {
        self.expect_word("BY");
        loop {
            let value = self.expression();
            let descending = self.take_word("DESC");
            if !descending {
                self.take_word("ASC");
            }
            let collation = if self.take_word("COLLATE") { self.any_name() } else { None };
            statement.order.push(OrderKey { value, descending, collation });
            if !self.take_symbol(",") {
                return;
            }
        }
    }

    fn read_limit(&mut self, statement: &mut Statement) {
        let span = self.span();
        match *self.kind() {
            TokenKind::Integer(count) => {
                self.advance();
                statement.limit = Some((u64::try_from(count).unwrap_or(0), span));
            }
            TokenKind::Placeholder(_) => self.advance(),
            _ => {
                self.unexpected("a whole number after LIMIT", "write `LIMIT 100`");
                self.skip_to_clause();
            }
        }
    }

    fn read_last(&mut self, statement: &mut Statement) {
        let start = self.previous_span();
        let amount = match *self.kind() {
            TokenKind::Integer(amount) => amount,
            TokenKind::Placeholder(_) => {
                self.advance();
                self.advance();
                return;
            }
            _ => {
                self.unexpected("a whole number after LAST", "write `LAST 24 HOURS`");
                self.skip_to_clause();
                return;
            }
        };
        self.advance();
        let unit = UNITS.iter().find(|(word, _)| self.is_word(word)).map(|(_, unit)| *unit);
        let Some(unit) = unit else {
            self.unexpected("MINUTES, HOURS or DAYS", "LAST takes no other unit: write weeks as days");
            self.skip_to_clause();
            return;
        };
        self.advance();
        statement.time = Some(TimeClause::Last { amount, unit, span: start.join(self.previous_span()) });
    }

    fn read_start(&mut self, statement: &mut Statement) {
        self.time_bound(statement, true);
    }

    fn read_stop(&mut self, statement: &mut Statement) {
        self.time_bound(statement, false);
    }

    fn time_bound(&mut self, statement: &mut Statement, is_start: bool) {
        let begin = self.previous_span();
        let value = Some(self.value());
        let end = self.previous_span();
        let (mut start, mut stop, mut span) = match statement.time.take() {
            Some(TimeClause::Between { start, stop, span }) => (start, stop, span),
            Some(TimeClause::Last { span, .. }) => {
                self.error(
                    codes::DUPLICATE_CLAUSE,
                    "LAST and START exclude each other",
                    begin.join(end),
                    "write `LAST 24 HOURS`, or `START '2026-01-01 00:00' STOP '2026-01-02 00:00'`",
                );
                (None, None, span)
            }
            None => (None, None, begin),
        };
        if is_start {
            start = value;
        } else {
            stop = value;
        }
        span = span.join(end);
        statement.time = Some(TimeClause::Between { start, stop, span });
    }

    fn read_parameters(&mut self, statement: &mut Statement) {
        loop {
            let Some(name) = self.any_name() else {
                self.unexpected("the name of a parameter", "write `PARAMETERS name=value`");
                self.skip_to_clause();
                return;
            };
            self.expect_symbol("=");
            let value = self.value();
            statement.parameters.push((name, value));
            if !self.take_symbol(",") {
                return;
            }
        }
    }

    fn read_session(&mut self, statement: &mut Statement) {
        let start = self.previous_span();
        self.expect_word("BY");
        let mut session =
            Session { keys: Vec::new(), begin: None, end: None, timeout: None, window: None, span: start };
        while !self.at_session_part() && !self.at_clause() && !self.at_end() && !self.is_symbol(")") {
            let key = self.expression();
            let missing = key.kind == ExpressionKind::Missing;
            session.keys.push(key);
            self.take_symbol(",");
            if missing {
                break;
            }
        }
        while self.at_session_part() {
            self.session_part(&mut session);
        }
        session.span = start.join(self.previous_span());
        statement.session = Some(session);
    }

    fn at_session_part(&self) -> bool {
        ["EXPLICIT", "BEGIN", "END", "TIMEOUT", "TIMEWINDOW"].iter().any(|word| self.is_word(word))
    }

    fn session_part(&mut self, session: &mut Session) {
        let explicit = self.take_word("EXPLICIT");
        if self.take_word("BEGIN") {
            session.begin = Some((self.expression(), explicit));
        } else if self.take_word("END") {
            session.end = Some((self.expression(), explicit));
        } else if self.take_word("TIMEOUT") {
            session.timeout = self.whole_number();
        } else if self.take_word("TIMEWINDOW") {
            let amount = self.whole_number();
            let lengths = [("SECOND", 1_000), ("MINUTE", 60_000), ("HOUR", 3_600_000), ("DAY", 86_400_000)];
            let is_unit = |word: &&(&str, u64)| self.is_word(word.0) || self.is_word(&format!("{}S", word.0));
            let length = lengths.iter().find(is_unit).map(|(_, length)| *length);
            if length.is_some() {
                self.advance();
            }
            session.window = amount.zip(length).and_then(|(amount, length)| amount.checked_mul(length));
            if session.window.is_none() {
                self.unexpected("SECONDS, MINUTES, HOURS or DAYS", "write `TIMEWINDOW 30 MINUTES`");
            }
        } else {
            self.unexpected(
                "BEGIN or END after EXPLICIT",
                "write `SESSION BY x BEGIN condition END condition TIMEOUT milliseconds`",
            );
        }
    }

    fn whole_number(&mut self) -> Option<u64> {
        let TokenKind::Integer(number) = *self.kind() else {
            self.unexpected("a whole number", "write digits alone, such as 30");
            return None;
        };
        self.advance();
        u64::try_from(number).ok()
    }
}
