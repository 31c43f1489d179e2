//! Aggregations: `stats` and its kin.

use quarry_diagnostic::{Diagnostic, Span};

use super::{
    Cursor,
    tree::{Aggregation, AggregationArgument, ByField, EvalKind, Item, OptionItem, Quote, Stats, Word},
};
use crate::registry::usage;
use crate::{codes, registry::Grammar};

/// Functions whose name may end in a number: the percentile, as in `perc95(x)`.
const NUMBERED: [&str; 4] = ["exactperc", "upperperc", "perc", "p"];
/// What ends a WHERE clause of `tstats` and `mstats`.
const AFTER_WHERE: [&str; 4] = ["BY", "GROUPBY", "span=", "chunk_size="];

/// Characters of a bare word among aggregations.
fn is_name(letter: char) -> bool {
    !(letter.is_whitespace() || matches!(letter, '=' | ',' | '(' | ')' | '[' | ']' | '|' | '"'))
}

impl Cursor<'_> {
    /// The arguments of `stats`, `tstats`, `chart`, `timechart` and the like.
    pub(super) fn stats_arguments(&mut self, command: &str, grammar: Grammar) -> Stats {
        let (mut stats, known) = (Stats::default(), self.diagnostics.len());
        while !self.at_end() {
            if self.take(",") || self.clause(&mut stats, command, grammar) {
                continue;
            }
            if !self.aggregation_or_option(&mut stats, grammar) {
                self.stray();
            }
        }
        let counts = stats.options.iter().any(|option| option.name.is_keyword("agg"));
        if stats.aggregations.is_empty() && !counts && self.diagnostics.len() == known {
            let span = self.here();
            self.report(
                Diagnostic::error(
                    codes::MISSING_AGGREGATION,
                    format!("`{command}` needs an aggregation"),
                    span,
                )
                .with_help("write one such as `count` or `values(field)`"),
            );
        }
        stats
    }

    /// A clause that a keyword begins, if one stands here.
    fn clause(&mut self, stats: &mut Stats, command: &str, grammar: Grammar) -> bool {
        let (start, indexed, charts) = (self.at, grammar == Grammar::IndexedStats, grammar == Grammar::Chart);
        if self.next_keyword("BY") || self.next_keyword("GROUPBY") {
            self.by_clause(stats, indexed);
        } else if self.take_keyword("OVER") {
            self.expect_clause(charts, command, "OVER", start);
            stats.over = self.by_field("OVER");
            self.by_options(stats, indexed);
        } else if self.take_keyword("FROM") {
            self.expect_clause(indexed, command, "FROM", start);
            stats.from = self.dataset_clause();
        } else if self.take_keyword("WHERE") {
            self.expect_clause(indexed || charts, command, "WHERE", start);
            if charts {
                stats.split_filter = self.series_filter();
            } else {
                stats.filter = self.search_expression(&AFTER_WHERE);
            }
        } else {
            return false;
        }
        true
    }

    fn expect_clause(&mut self, known: bool, command: &str, clause: &str, start: usize) {
        if !known {
            let span = self.span_from(start);
            let found =
                Diagnostic::error(codes::FOREIGN_CLAUSE, format!("`{command}` has no {clause} clause"), span);
            self.report(found.with_help(match clause {
                "WHERE" => {
                    "a filter on the results is a command of its own: write `| where` before it".to_owned()
                }
                _ => usage(command),
            }));
        }
    }

    fn aggregation_or_option(&mut self, stats: &mut Stats, grammar: Grammar) -> bool {
        self.skip_space();
        let start = self.at;
        if grammar == Grammar::Chart && self.starts_with("(") {
            // `chart (avg(a) / 2)`: an expression over aggregations, as in `eval(…)`.
            let word = Word { text: "eval".to_owned(), quote: Quote::None, span: self.here() };
            let aggregation = self.aggregation(&word, start);
            stats.aggregations.push(aggregation);
            return true;
        }
        let Some(word) = self.word(is_name) else {
            return false;
        };
        let end = self.at;
        if self.take("=") {
            let value = self.option_value(&word);
            stats.options.push(OptionItem { name: word, negated: false, value, span: self.span_from(start) });
            return true;
        }
        self.at = end;
        let aggregation = self.aggregation(&word, start);
        stats.aggregations.push(aggregation);
        true
    }

    fn aggregation(&mut self, word: &Word, start: usize) -> Aggregation {
        let (function, number) = split_number(&word.text.to_lowercase());
        let end = self.at;
        let argument = if self.next_is("(") { self.argument(&function) } else { AggregationArgument::None };
        if argument == AggregationArgument::None && !self.text[end..self.at].contains(')') {
            self.at = end;
        }
        let (text, span) =
            (self.text.get(start..self.at).unwrap_or_default().to_owned(), self.span_from(start));
        let alias = if self.take_keyword("AS") { self.alias() } else { None };
        Aggregation { function, number, function_span: word.span, argument, alias, text, span }
    }

    /// A new name; parentheses may be part of it.
    fn alias(&mut self) -> Option<Word> {
        let alias = self.word(|letter| is_name(letter) || matches!(letter, '(' | ')'));
        if alias.is_none() {
            let span = self.here();
            self.error(
                codes::MISSING_NAME,
                "expected a name after AS",
                span,
                "write a name, in double quotes if it has spaces: `count AS \"number of events\"`",
            );
        }
        alias
    }

    fn argument(&mut self, function: &str) -> AggregationArgument {
        let open = self.at;
        self.take("(");
        let argument = if self.next_is(")") {
            AggregationArgument::None
        } else if function == "eval" {
            // `timechart eval(avg(x) * 2)`: an expression over aggregations.
            AggregationArgument::Eval(self.eval_expression())
        } else if function == "sparkline" {
            AggregationArgument::Field(self.raw_argument())
        } else if self.next_call("eval") {
            self.take_keyword("eval");
            self.skip_space();
            let inner = self.at;
            self.take("(");
            let expression = self.eval_expression();
            self.close(inner, ")");
            AggregationArgument::Eval(expression)
        } else {
            self.field_argument()
        };
        self.close(open, ")");
        argument
    }

    /// A field; one from a data model may have spaces.
    fn field_argument(&mut self) -> AggregationArgument {
        let start = self.at;
        let quoted = self.starts_with("\"") || self.starts_with("'");
        let word = self.word(|letter| is_name(letter) || letter == ' ');
        if let Some(mut word) = word
            && self.next_is(")")
        {
            if !quoted {
                word.text.truncate(word.text.trim_end().len());
                self.check_field(&word);
            }
            return AggregationArgument::Field(word);
        }
        self.at = start;
        let expression = self.eval_expression();
        if self.next_is(")") && expression.kind != EvalKind::Error {
            self.needs_eval(expression.span);
        }
        AggregationArgument::Eval(expression)
    }

    /// Reports a bare name that is an expression in truth.
    fn check_field(&mut self, word: &Word) {
        // `<<FIELD>>` of `foreach` is a name.
        let name = word.text.replace("<<", "").replace(">>", "");
        if name.contains(['<', '>', '+']) || name.contains("!=") {
            self.needs_eval(word.span);
        }
    }

    fn needs_eval(&mut self, span: Span) {
        let found = Diagnostic::error(codes::NEEDS_EVAL, "expected a field, found an expression", span);
        self.report(found.with_help("write `eval(…)` around the expression"));
    }

    /// Everything up to the parenthesis that closes the call, as written.
    pub(super) fn raw_argument(&mut self) -> Word {
        let start = self.at;
        let mut open = 0_usize;
        while let Some(letter) = self.peek() {
            match letter {
                '(' => open += 1,
                ')' if open == 0 => break,
                ')' => open -= 1,
                '|' | ']' => break,
                _ => {}
            }
            self.advance();
        }
        let text = self.text.get(start..self.at).unwrap_or_default().trim().to_owned();
        Word { text, quote: Quote::None, span: self.span_from(start) }
    }

    fn by_clause(&mut self, stats: &mut Stats, indexed: bool) {
        self.skip_space();
        let start = self.at;
        if !self.take_keyword("BY") {
            self.take_keyword("GROUPBY");
        }
        let after = self.at;
        let mut listed = true;
        while !self.at_end() {
            // After a comma stands a field, whatever its name.
            let ends = ["WHERE", "OVER", "FROM"].iter().any(|clause| self.next_keyword(clause));
            if ends && !listed {
                break;
            }
            listed = self.take(",");
            if listed {
                continue;
            }
            if !self.by_options(stats, indexed) {
                match self.word(is_name) {
                    Some(field) => stats.by.push(ByField { field, options: Vec::new() }),
                    None => self.stray(),
                }
            }
        }
        if stats.by.is_empty() {
            let end = std::mem::replace(&mut self.at, after);
            let span = self.span_from(start);
            self.at = end;
            self.error(
                codes::MISSING_BY_FIELD,
                "expected a field after BY",
                span,
                "name the fields of the groups: `by user, src`",
            );
        }
        stats.by_span = Some(self.span_from(start));
    }

    /// `span=1h` and the like, which go with the BY field before them; whether there were any. Of
    /// `tstats` only `span` does, others are options of the command.
    fn by_options(&mut self, stats: &mut Stats, indexed: bool) -> bool {
        let mut found = false;
        loop {
            self.skip_space();
            let start = self.at;
            let name = self.word(is_name).filter(|name| name.quote == Quote::None);
            let Some(name) = name.filter(|_| self.take("=")) else {
                self.at = start;
                return found;
            };
            found = true;
            let value = self.option_value(&name);
            let option = OptionItem { name, negated: false, value, span: self.span_from(start) };
            let of_field = !indexed || option.name.is_keyword("span");
            match stats.by.last_mut().or(stats.over.as_mut()) {
                Some(field) if of_field => field.options.push(option),
                _ => stats.options.push(option),
            }
        }
    }

    /// Which series a chart shows: `max in top5`, `sum > 10`; options may follow.
    fn series_filter(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        let name = |letter: char| is_name(letter) && !matches!(letter, '<' | '>' | '!');
        items.extend(self.word(name).map(Item::Word));
        self.skip_space();
        let start = self.at;
        let sign = ["notin", "in"].into_iter().find(|word| self.take_keyword(word));
        let sign =
            sign.or_else(|| [">=", "<=", "!=", "==", "=", ">", "<"].into_iter().find(|sign| self.take(sign)));
        items.extend(sign.map(|sign| {
            Item::Word(Word { text: sign.to_owned(), quote: Quote::None, span: self.span_from(start) })
        }));
        items.extend(self.word(is_name).map(Item::Word));
        items
    }

    fn by_field(&mut self, clause: &str) -> Option<ByField> {
        let field = self.word(is_name);
        if field.is_none() {
            let span = self.here();
            self.error(
                codes::MISSING_BY_FIELD,
                format!("expected a field after {clause}"),
                span,
                format!("name a field: `{clause} user`"),
            );
        }
        Some(ByField { field: field?, options: Vec::new() })
    }

    /// The words after FROM, up to WHERE, BY or the end.
    fn dataset_clause(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        while !self.at_end() && !["WHERE", "BY", "GROUPBY"].iter().any(|stop| self.next_keyword(stop)) {
            let start = self.at;
            let Some(word) = self.word(is_name) else {
                break;
            };
            let end = self.at;
            if self.take("=") {
                let value = self.option_value(&word);
                items.push(Item::Option(OptionItem {
                    name: word,
                    negated: false,
                    value,
                    span: self.span_from(start),
                }));
            } else {
                self.at = end;
                items.push(Item::Word(word));
            }
        }
        items
    }
}

/// `perc95` is `perc` with 95; `p99.9` likewise.
fn split_number(name: &str) -> (String, Option<String>) {
    for prefix in NUMBERED {
        if let Some(number) = name.strip_prefix(prefix)
            && number.starts_with(|letter: char| letter.is_ascii_digit())
            && number.parse::<f64>().is_ok()
        {
            return (prefix.to_owned(), Some(number.to_owned()));
        }
    }
    (name.to_owned(), None)
}
