//! Aggregations: `stats` and its kin.

use super::{
    Cursor,
    tree::{Aggregation, AggregationArgument, ByField, Item, OptionItem, OptionValue, Quote, Stats, Word},
};

/// Functions whose name may end in a number: the percentile, as in `perc95(x)`.
const NUMBERED: [&str; 4] = ["exactperc", "upperperc", "perc", "p"];

fn is_name(letter: char) -> bool {
    !(letter.is_whitespace() || matches!(letter, '=' | ',' | '(' | ')' | '[' | ']' | '|' | '"'))
}

impl Cursor<'_> {
    /// The arguments of `stats`, `tstats`, `chart`, `timechart` and the like.
    pub(super) fn stats_arguments(&mut self) -> Stats {
        let mut stats = Stats::default();
        while !self.at_end() {
            let start = self.at;
            if self.take(",") {
                continue;
            }
            if self.next_keyword("BY") || self.next_keyword("GROUPBY") {
                self.by_clause(&mut stats);
                continue;
            }
            if self.take_keyword("OVER") {
                stats.over = self.by_field();
                continue;
            }
            if self.take_keyword("FROM") {
                stats.from = self.from_clause();
                continue;
            }
            if self.take_keyword("WHERE") {
                stats.filter = self.search_expression(&["BY", "GROUPBY"]);
                continue;
            }
            if !self.aggregation_or_option(&mut stats) && self.at == start {
                let span = self.here();
                self.error("SPL050", "expected an aggregation such as `count` or `values(field)`", span);
                self.at += self.peek().map_or(0, char::len_utf8);
            }
        }
        stats
    }

    fn aggregation_or_option(&mut self, stats: &mut Stats) -> bool {
        self.skip_space();
        let start = self.at;
        let Some(word) = self.word(is_name) else {
            return false;
        };
        let end = self.at;
        if self.take("=") {
            let value = self.option_value();
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
        let argument = if self.starts_with("(") || self.call_follows() { self.argument() } else { AggregationArgument::None };
        let (text, span) = (self.text[start..self.at].to_owned(), self.span_from(start));
        let in_alias = |letter: char| is_name(letter) || matches!(letter, '(' | ')');
        let alias = if self.take_keyword("AS") { self.word(in_alias) } else { None };
        Aggregation { function, number, function_span: word.span, argument, alias, text, span }
    }

    /// Whether a parenthesis follows after white space; it is then part of the call.
    fn call_follows(&mut self) -> bool {
        let before = self.at;
        let follows = self.next_is("(");
        if !follows {
            self.at = before;
        }
        follows
    }

    fn argument(&mut self) -> AggregationArgument {
        let open = self.at;
        self.take("(");
        let argument = if self.next_is(")") {
            AggregationArgument::None
        } else if self.next_keyword("eval") && self.rest()[4..].trim_start().starts_with('(') {
            self.take_keyword("eval");
            let inner = self.at;
            self.take("(");
            let expression = self.eval_expression();
            self.close(inner);
            AggregationArgument::Eval(expression)
        } else {
            self.field_argument()
        };
        self.close(open);
        argument
    }

    /// A field; what is no name alone (`count(a>1)`, written without eval) is read as an expression.
    fn field_argument(&mut self) -> AggregationArgument {
        let before = self.at;
        let name = |letter: char| is_name(letter) || letter == '=';
        if let Some(mut word) = self.word(name) {
            if self.next_is(")") {
                return AggregationArgument::Field(word);
            }
            // A field whose name has spaces, as data models have them.
            if self.next_is(",") || word.quote != Quote::None {
                self.at = before;
            } else {
                let rest = self.rest();
                let close = rest.find([')', '|']).unwrap_or(rest.len());
                if rest.as_bytes().get(close) == Some(&b')') && !rest[..close].contains(['(', '"', '=', '<', '>']) {
                    self.at += close;
                    word.text = self.text[before..self.at].trim().to_owned();
                    word.span = self.span_from(before);
                    return AggregationArgument::Field(word);
                }
                self.at = before;
            }
        }
        AggregationArgument::Eval(self.eval_expression())
    }

    fn by_clause(&mut self, stats: &mut Stats) {
        let start = self.at;
        if !self.take_keyword("BY") {
            self.take_keyword("GROUPBY");
        }
        while !self.at_end() {
            if self.take(",") {
                continue;
            }
            if self.next_keyword("WHERE") && !stats.by.is_empty() {
                break;
            }
            let Some(field) = self.by_field() else {
                let span = self.here();
                self.error("SPL051", "expected a field after BY", span);
                self.at += self.peek().map_or(0, char::len_utf8);
                continue;
            };
            stats.by.push(field);
            self.by_options(stats);
        }
        let span = self.span_from(start);
        if stats.by.is_empty() {
            self.error("SPL051", "expected a field after BY", span);
        }
        stats.by_span = Some(span);
    }

    /// `span=1h` after a BY field, and options that end the clause (`prestats=t`).
    fn by_options(&mut self, stats: &mut Stats) {
        loop {
            self.skip_space();
            let start = self.at;
            let Some(name) = self.word(is_name) else {
                self.at = start;
                return;
            };
            if name.quote != Quote::None || !self.take("=") {
                self.at = start;
                return;
            }
            let value = self.option_value();
            let option = OptionItem { name, negated: false, value, span: self.span_from(start) };
            match stats.by.last_mut() {
                Some(field) => field.options.push(option),
                None => stats.options.push(option),
            }
        }
    }

    fn by_field(&mut self) -> Option<ByField> {
        Some(ByField { field: self.word(is_name)?, options: Vec::new() })
    }

    /// The words after FROM, up to WHERE, BY or the end.
    fn from_clause(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        while !self.at_end() && !["WHERE", "BY", "GROUPBY"].iter().any(|stop| self.next_keyword(stop)) {
            let start = self.at;
            let Some(word) = self.word(is_name) else {
                break;
            };
            let end = self.at;
            if self.take("=") {
                let value: OptionValue = self.option_value();
                let option = OptionItem { name: word, negated: false, value, span: self.span_from(start) };
                items.push(Item::Option(option));
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
