//! General arguments: options, words, calls, subsearches.

use super::{
    Cursor,
    tree::{EvalKind, Item, OptionItem, OptionValue, Quote, RenamePair, Sort, SortField, Word},
};

/// Characters that end a bare word of general arguments.
fn is_word(letter: char) -> bool {
    !(letter.is_whitespace() || matches!(letter, '=' | ',' | '(' | ')' | '[' | ']' | '|' | '"' | '!'))
}

impl Cursor<'_> {
    /// Items up to the end of the command.
    pub(super) fn general_arguments(&mut self, command: &str) -> Vec<Item> {
        let mut items = Vec::new();
        while !self.at_end() {
            let before = self.at;
            items.extend(self.item(command));
            if self.at == before {
                self.stray();
            }
        }
        items
    }

    fn stray(&mut self) {
        let span = self.here();
        if let Some(letter) = self.peek() {
            self.error("SPL040", format!("`{letter}` is not expected here"), span);
            self.at += letter.len_utf8();
        }
    }

    fn item(&mut self, command: &str) -> Option<Item> {
        let start = self.at;
        if self.take(",") {
            return Some(Item::Comma(self.span_from(start)));
        }
        if self.next_is("[") {
            return Some(Item::Subsearch(self.subsearch()));
        }
        if self.take("(") {
            // `transaction` and `dedup`-like lists in parentheses are read as expressions as well.
            let inner = self.eval_expression();
            self.close(start);
            return Some(Item::Expression(inner));
        }
        if takes_search(command) && self.take_keyword("where") {
            return Some(Item::Where(self.search_expression(&[])));
        }
        let word = self.word(is_word)?;
        self.after_word(word, start)
    }

    /// What a word begins: an option, a call, or only itself.
    fn after_word(&mut self, word: Word, start: usize) -> Option<Item> {
        let end = self.at;
        let negated = self.next_is("!=");
        if negated || self.next_is("=") {
            self.at += if negated { 2 } else { 1 };
            if !negated && self.starts_with("=") {
                self.at += 1;
            }
            let value = self.option_value();
            return Some(Item::Option(OptionItem { name: word, negated, value, span: self.span_from(start) }));
        }
        self.at = end;
        if word.quote == Quote::None && self.starts_with("(") {
            return Some(self.call(word, start));
        }
        Some(Item::Word(word))
    }

    fn call(&mut self, name: Word, start: usize) -> Item {
        self.take("(");
        let mut arguments = Vec::new();
        while !self.next_is(")") && !self.at_end() {
            if self.take(",") {
                continue;
            }
            match self.word(|letter| is_word(letter) || letter == '=' || letter == '!') {
                Some(word) => arguments.push(word),
                None => self.stray(),
            }
        }
        self.close(start);
        Item::Call { name, arguments, span: self.span_from(start) }
    }

    /// The value of an option.
    pub(super) fn option_value(&mut self) -> OptionValue {
        self.skip_space();
        if self.next_is("(") || (self.next_keyword("eval") && self.rest()[4..].trim_start().starts_with('(')) {
            let named = self.take_keyword("eval");
            let (open, known) = (self.at, self.diagnostics.len());
            self.take("(");
            let inner = self.eval_expression();
            if named || self.next_is(")") {
                self.close(open);
                return OptionValue::Expression(inner);
            }
            self.at = open;
            self.diagnostics.truncate(known);
            self.take("(");
            let search = self.search_expression(&[]);
            self.close(open);
            if let Some(search) = search {
                return OptionValue::Search(search);
            }
            return OptionValue::Expression(inner);
        }
        if self.next_is("[") {
            return OptionValue::Subsearch(self.subsearch());
        }
        let part = |letter: char| is_word(letter) || matches!(letter, '=' | '!');
        let word = self.word(part).unwrap_or_else(|| {
            let span = self.here();
            self.error("SPL041", "expected a value after `=`", span);
            Word { text: String::new(), quote: Quote::None, span }
        });
        OptionValue::Word(word)
    }

    /// The arguments of `rename`: `a AS b`, commas between pairs optional.
    pub(super) fn rename_arguments(&mut self) -> Vec<RenamePair> {
        let mut pairs = Vec::new();
        let name = |letter: char| !(letter.is_whitespace() || matches!(letter, ',' | '|' | ']' | '"'));
        while !self.at_end() {
            if self.take(",") {
                continue;
            }
            let start = self.at;
            let Some(from) = self.word(name) else {
                self.stray();
                continue;
            };
            if !self.take_keyword("AS") {
                let span = self.here();
                self.error("SPL042", "expected AS and the new name", span);
                continue;
            }
            match self.word(name) {
                Some(to) => pairs.push(RenamePair { from, to, span: self.span_from(start) }),
                None => {
                    let span = self.here();
                    self.error("SPL042", "expected the new name after AS", span);
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
            let Some(word) = self.word(|letter| is_word(letter) || letter == '!') else {
                self.stray();
                continue;
            };
            if word.is_keyword("limit") && self.take("=") {
                sort.limit = self.word(is_word);
                continue;
            }
            let only_digits = word.quote == Quote::None && word.text.bytes().all(|byte| byte.is_ascii_digit());
            if only_digits && !descending && sort.limit.is_none() && sort.keys.is_empty() {
                sort.limit = Some(word);
                continue;
            }
            let trailing = (word.is_keyword("desc") || word.is_keyword("d")) && !sort.keys.is_empty() && self.at_end();
            if trailing {
                sort.reversed = true;
                continue;
            }
            let ascending = (word.is_keyword("asc") || word.is_keyword("a")) && !sort.keys.is_empty() && self.at_end();
            if !ascending {
                let key = self.sort_key(word, descending);
                sort.keys.push(key);
            }
        }
        sort
    }

    fn sort_key(&mut self, word: Word, descending: bool) -> SortField {
        let kinds = ["num", "str", "ip", "auto"];
        let is_kind = kinds.iter().any(|kind| word.is_keyword(kind)) && self.starts_with("(");
        if !is_kind {
            return SortField { descending, kind: None, field: word };
        }
        let open = self.at;
        self.take("(");
        let field = self.word(is_word).unwrap_or_else(|| word.clone());
        self.close(open);
        let kind = Word { text: word.text.to_lowercase(), ..word };
        SortField { descending, kind: Some(kind), field }
    }

    /// The assignments of `eval`, separated by commas.
    pub(super) fn assignments(&mut self) -> Vec<super::tree::Assignment> {
        let mut found = Vec::new();
        loop {
            self.skip_space();
            let start = self.at;
            let name = |letter: char| !(letter.is_whitespace() || matches!(letter, '=' | ',' | '|' | ']' | '"' | '('));
            let Some(field) = self.word(name) else {
                let span = self.here();
                self.error("SPL022", "expected a field name and `=`", span);
                break;
            };
            if !self.take("=") {
                let span = self.here();
                self.error("SPL022", format!("expected `=` after the field `{}`", field.text), span);
                break;
            }
            self.take("=");
            let value = self.eval_expression();
            let failed = value.kind == EvalKind::Error;
            found.push(super::tree::Assignment { field, value, span: self.span_from(start) });
            if !self.take(",") || (failed && self.at_end()) {
                break;
            }
        }
        found
    }
}

/// Commands in which `where` begins a search expression.
fn takes_search(command: &str) -> bool {
    matches!(command, "inputlookup" | "mstats" | "from" | "loadjob" | "inputintelligence")
}
