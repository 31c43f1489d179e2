//! Arguments by family: general items, `rename`, `sort`, `eval`.

use quarry_diagnostic::Diagnostic;

use super::{
    Cursor,
    cursor::unescape_quotes,
    tree::{
        Assignment, EvalExpression, Item, OptionItem, OptionValue, Quote, RenamePair, Sort, SortField, Word,
    },
};
use crate::{SourceMap, codes, registry::Takes};

/// Characters of a bare word of general arguments.
fn is_word(letter: char) -> bool {
    is_name(letter) && !matches!(letter, '=' | '(' | ')' | '[')
}

/// Characters of a bare name where nothing but names can stand.
fn is_name(letter: char) -> bool {
    !(letter.is_whitespace() || matches!(letter, ',' | '|' | ']' | '"'))
}

/// Characters of the bare value of an option.
fn is_value(letter: char) -> bool {
    is_word(letter) || letter == '='
}

/// Kinds of sort keys.
const SORT_KINDS: [&str; 4] = ["num", "str", "ip", "auto"];

impl Cursor<'_> {
    /// Items up to the end of the command. If `filtered`, the word `where` begins a search expression.
    pub(super) fn general_arguments(&mut self, filtered: bool) -> Vec<Item> {
        let mut items = Vec::new();
        while !self.at_end() {
            match self.item(filtered) {
                Some(item) => items.push(item),
                None => self.stray(),
            }
        }
        items
    }

    /// Options, and a regular expression: quoted, or all the rest of the command.
    pub(super) fn pattern_arguments(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        while !self.at_end() {
            self.skip_space();
            let item = if self.is_plain_option() || self.starts_with("\"") || self.starts_with(",") {
                self.item(false)
            } else {
                Some(Item::Word(self.bare_pattern()))
            };
            match item {
                Some(item) => items.push(item),
                None => self.stray(),
            }
        }
        items
    }

    /// Whether a name and `=` come next with a value that is no pattern: a pattern has a group.
    fn is_plain_option(&self) -> bool {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let Some((name, value)) = self.rest().split_once('=') else { return false };
        let name = name.trim_end();
        let value = value.trim_start();
        let bare = value.split(char::is_whitespace).next().unwrap_or_default();
        !name.is_empty() && name.chars().all(is_part) && (value.starts_with('"') || !bare.contains('('))
    }

    /// A field with `=` or `!=` before a regular expression, which may stand without quotes.
    pub(super) fn match_arguments(&mut self) -> Vec<Item> {
        self.skip_space();
        let start = self.at;
        if self.at_end() {
            return Vec::new();
        }
        if let Some(name) = self.word(|letter| is_word(letter) && letter != '!') {
            let negated = self.take("!=");
            if negated || self.take("=") {
                self.skip_space();
                if !self.starts_with("\"") && !self.at_end() {
                    let value = OptionValue::Word(self.bare_pattern());
                    let span = self.span_from(start);
                    return vec![Item::Option(OptionItem { name, negated, value, span })];
                }
            }
        }
        self.at = start;
        if self.starts_with("\"") || self.rest().contains('"') {
            return self.general_arguments(false);
        }
        vec![Item::Word(self.bare_pattern())]
    }

    /// A regular expression without quotes: up to the next bar that stands in no group and no class.
    fn bare_pattern(&mut self) -> Word {
        let start = self.at;
        let (mut groups, mut class, mut length) = (0_usize, false, 0);
        let mut letters = self.rest().char_indices();
        while let Some((at, letter)) = letters.next() {
            length = at;
            match letter {
                '\\' => {
                    letters.next();
                }
                '[' => class = true,
                ']' if class => class = false,
                '(' if !class => groups += 1,
                ')' if !class => groups = groups.saturating_sub(1),
                '|' | ']' if groups == 0 && !class => break,
                _ => {}
            }
            length = letters.clone().next().map_or(self.rest().len(), |(next, _)| next);
        }
        let text = self.rest().get(..length).unwrap_or_default().trim_end().to_owned();
        self.at += text.len();
        let word = Word { text, quote: Quote::None, span: self.span_from(start) };
        if word.text.is_empty() {
            self.advance();
        }
        word
    }

    /// Goes over a character that begins nothing, with a diagnostic.
    pub(super) fn stray(&mut self) {
        let span = self.here();
        match self.peek() {
            Some(')') => self.never_opened("parenthesis"),
            Some(letter) => {
                self.error(
                    codes::STRAY_ARGUMENT,
                    format!("`{letter}` is not expected here"),
                    span,
                    self.usage(),
                );
                self.advance();
            }
            None => {}
        }
    }

    fn item(&mut self, filtered: bool) -> Option<Item> {
        self.skip_space();
        let start = self.at;
        if self.take(",") {
            return Some(Item::Comma(self.span_from(start)));
        }
        if self.next_is("[") {
            return Some(Item::Subsearch(self.subsearch()));
        }
        if self.take("(") {
            let inner = self.eval_expression();
            self.close(start, ")");
            return Some(Item::Expression(inner));
        }
        if filtered && self.take_keyword("where") {
            return Some(Item::Where(self.search_expression(&[])));
        }
        if let Some(sign) = self.sign() {
            return Some(Item::Word(sign));
        }
        let word = self.word(is_word)?;
        Some(self.after_word(word, start))
    }

    /// A `+` or `-` before a name, or alone.
    fn sign(&mut self) -> Option<Word> {
        let rest = self.rest().strip_prefix(['+', '-'])?;
        let stands_alone = rest
            .chars()
            .next()
            .is_none_or(|next| next.is_alphabetic() || !is_word(next) || matches!(next, '_' | '*' | '\''));
        if !stands_alone {
            return None;
        }
        let start = self.at;
        let text = self.peek()?.to_string();
        self.at += 1;
        Some(Word { text, quote: Quote::None, span: self.span_from(start) })
    }

    /// What a word begins: an option, a call, or only itself.
    fn after_word(&mut self, word: Word, start: usize) -> Item {
        let end = self.at;
        let negated = self.take("!=");
        if negated || self.take("=") {
            if !negated && self.starts_with("=") {
                self.at += 1;
            }
            let value = self.option_value(&word);
            return Item::Option(OptionItem { name: word, negated, value, span: self.span_from(start) });
        }
        self.at = end;
        if word.quote == Quote::None && self.starts_with("(") {
            return self.call(word, start);
        }
        Item::Word(word)
    }

    fn call(&mut self, name: Word, start: usize) -> Item {
        let open = self.at;
        self.take("(");
        let mut arguments = Vec::new();
        while !self.next_is(")") && !self.at_end() {
            if self.take(",") {
                continue;
            }
            match self.word(is_value) {
                Some(word) => arguments.push(word),
                None => self.stray(),
            }
        }
        self.close(open, ")");
        Item::Call { name, arguments, span: self.span_from(start) }
    }

    /// The value of the option `name`, which stands after the sign just read.
    pub(super) fn option_value(&mut self, name: &Word) -> OptionValue {
        self.skip_space();
        let open = self.at;
        if self.next_is("[") {
            return OptionValue::Subsearch(self.subsearch());
        }
        let takes = self.row.and_then(|row| row.option(&name.text)).map(|option| option.takes);
        if self.starts_with("\"") && takes == Some(Takes::Condition) {
            return OptionValue::Expression(self.quoted_condition());
        }
        let computed = self.next_call("eval");
        if computed {
            self.take_keyword("eval");
        }
        if !self.next_is("(") {
            return OptionValue::Word(self.value_word());
        }
        let open = if computed { self.at } else { open };
        self.take("(");
        let searches = !computed && takes == Some(Takes::Search);
        let value = if searches {
            match self.search_expression(&[]) {
                Some(search) => OptionValue::Search(search),
                None => OptionValue::Word(self.missing_option_value()),
            }
        } else {
            OptionValue::Expression(self.eval_expression())
        };
        self.close(open, ")");
        value
    }

    /// An eval expression in quotes, or between `"("` and `")"`, in which quotes have a backslash before them.
    fn quoted_condition(&mut self) -> EvalExpression {
        let start = self.at;
        let between = self.rest().strip_prefix("\"(\"").and_then(|rest| Some(rest.split_once("\")\"")?.0));
        let text = match between {
            Some(text) => {
                self.at += text.len() + 6;
                unescape_quotes(text)
            }
            None => unescape_quotes(self.quoted()),
        };
        let place = self.span_from(start);
        let map = SourceMap::of_place(place);
        let mut inner = Cursor::new(&text, &map);
        let condition = inner.eval_expression();
        if !inner.at_end() && inner.diagnostics.is_empty() {
            let message = format!("expected a condition, found `{}`", inner.rest());
            inner.error(
                codes::AFTER_EXPRESSION,
                message,
                place,
                "join conditions with AND or OR; texts stand in double quotes",
            );
        }
        self.diagnostics.extend(inner.into_diagnostics());
        condition
    }

    /// A word, or words in quotes that a `.` joins (`datamodel="A"."B"`).
    fn value_word(&mut self) -> Word {
        self.skip_space();
        let start = self.at;
        let Some(mut word) = self.word(is_value) else {
            return self.missing_option_value();
        };
        while word.quote == Quote::Double
            && self.starts_with(".")
            && let Some(dot) = self.plain_word(|letter| letter == '.')
        {
            word.text.push_str(&dot.text);
            if let Some(next) = self.starts_with("\"").then(|| self.word(is_value)).flatten() {
                word.text.push_str(&next.text);
            }
            word.span = self.span_from(start);
        }
        word
    }

    fn missing_option_value(&mut self) -> Word {
        let span = self.here();
        self.error(codes::MISSING_OPTION_VALUE, "expected a value after `=`", span, self.usage());
        Word { text: String::new(), quote: Quote::None, span }
    }

    /// The arguments of `rename`: `a AS b`, commas between pairs optional.
    pub(super) fn rename_arguments(&mut self) -> Vec<RenamePair> {
        let mut pairs = Vec::new();
        while !self.at_end() {
            if self.take(",") {
                continue;
            }
            let start = self.at;
            let Some(from) = self.word(is_name) else {
                self.stray();
                continue;
            };
            let to = if self.take_keyword("AS") { self.word(is_name) } else { None };
            match to {
                Some(to) => pairs.push(RenamePair { from, to, span: self.span_from(start) }),
                None => {
                    let span = self.here();
                    let message = format!("expected AS and a new name after `{}`", from.text);
                    self.error(codes::MISSING_NAME, message, span, "write `rename old AS new`");
                }
            }
        }
        pairs
    }

    /// The arguments of `sort`.
    pub(super) fn sort_arguments(&mut self) -> Sort {
        let mut sort = Sort::default();
        while !self.at_end() {
            if self.take(",") {
                continue;
            }
            let descending = self.take("-");
            if !descending {
                self.take("+");
            }
            match self.word(is_word) {
                Some(word) => self.sort_word(&mut sort, word, descending),
                None => self.stray(),
            }
        }
        sort
    }

    /// The limit, a key, or the trailing direction.
    fn sort_word(&mut self, sort: &mut Sort, word: Word, descending: bool) {
        if word.is_keyword("limit") && self.take("=") {
            sort.limit = self.word(is_word);
            return;
        }
        let first = sort.keys.is_empty() && sort.limit.is_none() && !descending;
        if first && word.quote == Quote::None && word.text.bytes().all(|byte| byte.is_ascii_digit()) {
            sort.limit = Some(word);
            return;
        }
        let is_direction = |names: [&str; 2]| names.iter().any(|name| word.is_keyword(name));
        if !sort.keys.is_empty() && !descending && self.at_end() {
            if is_direction(["desc", "d"]) {
                sort.reversed = true;
                return;
            }
            // Not documented but written; unlike `d`, an `a` is a field.
            if is_direction(["asc", "asc"]) {
                return;
            }
        }
        let key = self.sort_key(word, descending);
        sort.keys.push(key);
    }

    fn sort_key(&mut self, word: Word, descending: bool) -> SortField {
        if word.quote != Quote::None || !self.starts_with("(") {
            return SortField { descending, kind: None, field: word };
        }
        if !SORT_KINDS.iter().any(|kind| word.is_keyword(kind)) {
            // `sum(bytes)` is the name that an aggregation gave its result.
            let start = self.at;
            self.take("(");
            self.raw_argument();
            self.close(start, ")");
            let text =
                format!("{}{}", word.text, self.text.get(start..self.at).unwrap_or_default().trim_end());
            let span = word.span.join(self.span_from(start));
            return SortField { descending, kind: None, field: Word { text, span, ..word } };
        }
        let open = self.at;
        self.take("(");
        let field = self.word(is_word);
        if field.is_none() {
            let span = self.here();
            self.error(
                codes::MISSING_ARGUMENTS,
                format!("expected a field in `{}()`", word.text),
                span,
                self.usage(),
            );
        }
        self.close(open, ")");
        let field = field.unwrap_or_else(|| word.clone());
        SortField { descending, kind: Some(Word { text: word.text.to_lowercase(), ..word }), field }
    }

    /// The assignments of `eval`, separated by commas.
    pub(super) fn assignments(&mut self) -> Vec<Assignment> {
        let mut found = Vec::new();
        loop {
            self.skip_space();
            let start = self.at;
            let Some(field) = self.word(|letter| is_name(letter) && !matches!(letter, '=' | '(' | ')'))
            else {
                self.missing_assignment("expected a field name and `=`");
                return found;
            };
            if !self.take("=") {
                self.missing_assignment(&format!("expected `=` after the field `{}`", field.text));
                return found;
            }
            let value = self.eval_expression();
            found.push(Assignment { field, value, span: self.span_from(start) });
            if !self.take(",") {
                return found;
            }
        }
    }

    fn missing_assignment(&mut self, message: &str) {
        let span = self.here();
        self.report(
            Diagnostic::error(codes::MISSING_ASSIGNMENT, message, span)
                .with_help("write `field = expression`, with commas between several"),
        );
        self.skip_command();
    }
}
