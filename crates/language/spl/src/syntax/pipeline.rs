//! Commands and the bars between them.

use quarry_diagnostic::{Diagnostic, did_you_mean};

use super::{
    Cursor,
    tree::{Arguments, Command, Pipeline},
};
use crate::registry;

impl Cursor<'_> {
    /// The whole text.
    pub(crate) fn whole(&mut self) -> Pipeline {
        let pipeline = self.pipeline();
        self.skip_space();
        if self.at < self.text.len() {
            let span = self.here();
            self.error("SPL001", "a bracket is closed here that was never opened", span);
        }
        if pipeline.commands.is_empty() {
            let span = pipeline.span;
            self.error("SPL004", "the search is empty", span);
        }
        pipeline
    }

    /// A pipeline in brackets.
    pub(super) fn subsearch(&mut self) -> Pipeline {
        let open = self.at;
        self.take("[");
        let inner = self.deeper(Cursor::pipeline).unwrap_or_default();
        if !self.take("]") {
            let opened = self.span_from(open);
            let span = self.here();
            let found = Diagnostic::error("SPL001", "expected `]`", span);
            self.report(found.with_label(quarry_diagnostic::Span::new(opened.start, opened.start + 1), "opened here"));
        }
        inner
    }

    fn pipeline(&mut self) -> Pipeline {
        self.skip_space();
        let start = self.at;
        let mut commands = Vec::new();
        let leading_bar = self.take("|");
        if !leading_bar && !self.at_end() {
            commands.push(self.first_command());
        } else if leading_bar {
            self.bar_command(&mut commands);
        }
        while self.take("|") {
            self.bar_command(&mut commands);
        }
        Pipeline { commands, span: self.span_from(start) }
    }

    fn bar_command(&mut self, commands: &mut Vec<Command>) {
        if self.at_end() {
            let span = self.here();
            self.error("SPL005", "expected a command after `|`", span);
            return;
        }
        commands.extend(self.command());
    }

    /// The first command of a pipeline without a leading bar: `search`, written or implied. In a
    /// subsearch and in a saved search other commands may stand here too if nothing else fits.
    fn first_command(&mut self) -> Command {
        self.skip_space();
        let start = self.at;
        if self.take_keyword("search") {
            let name_span = self.span_from(start);
            let arguments = Arguments::Search(self.search_arguments());
            return Command { name: "search".to_owned(), name_span, arguments, span: self.span_from(start) };
        }
        if let Some(name) = self.command_word()
            && registry::command(&name).is_some()
        {
            return self.named(name, start);
        }
        self.at = start;
        let arguments = Arguments::Search(self.search_arguments());
        let place = self.span_from(start);
        let name_span = quarry_diagnostic::Span::new(place.start, place.start);
        Command { name: "search".to_owned(), name_span, arguments, span: place }
    }

    /// A bare word that could name a command and is not the field of a comparison.
    fn command_word(&mut self) -> Option<String> {
        let word = self.word(|letter| letter.is_ascii_alphanumeric() || letter == '_')?;
        let spaced = self.peek().is_none_or(char::is_whitespace);
        let end = self.at;
        // `<<FIELD>>` is a template of `foreach`, not a comparison.
        let compared = (["=", "!", "<", ">", "("].iter().any(|sign| self.next_is(sign)) && !self.next_is("<<"))
            || self.next_keyword("IN");
        let ends = self.at_end();
        self.at = end;
        (word.quote == super::tree::Quote::None && !compared && (spaced || ends)).then(|| word.text.to_lowercase())
    }

    fn command(&mut self) -> Option<Command> {
        self.skip_space();
        let start = self.at;
        let Some(word) = self.word(|letter| letter.is_ascii_alphanumeric() || letter == '_') else {
            let span = self.here();
            self.report(
                Diagnostic::error("SPL005", "expected the name of a command after `|`", span)
                    .with_help("a command is a word such as `stats` or `where`"),
            );
            self.skip_command();
            return None;
        };
        let name = word.text.to_lowercase();
        if registry::command(&name).is_none() {
            let mut found = Diagnostic::error("SPL006", format!("no command is named `{}`", word.text), word.span);
            if let Some(near) = did_you_mean(&name, registry::command_names()) {
                found = found.with_help(format!("did you mean `{near}`?"));
            }
            self.report(found);
            self.skip_command();
            return None;
        }
        Some(self.named(name, start))
    }

    /// The rest of a command whose name was just read.
    fn named(&mut self, name: String, start: usize) -> Command {
        let name_span = self.span_from(start);
        let arguments = match name.as_str() {
            "search" => Arguments::Search(self.search_arguments()),
            "where" => {
                let expression = self.eval_expression();
                self.expect_end(&name);
                Arguments::Where(expression)
            }
            "eval" => {
                let assignments = self.assignments();
                self.expect_end(&name);
                Arguments::Eval(assignments)
            }
            "rename" => Arguments::Rename(self.rename_arguments()),
            "sort" => Arguments::Sort(self.sort_arguments()),
            _ if registry::is_aggregating(&name) => Arguments::Stats(self.stats_arguments()),
            _ => Arguments::General(self.general_arguments(&name)),
        };
        Command { name, name_span, arguments, span: self.span_from(start) }
    }

    fn search_arguments(&mut self) -> Option<super::tree::SearchExpression> {
        let mut found = self.search_expression(&[]);
        // A stray `)` must not end the search silently.
        while self.next_is(")") {
            let span = self.here();
            self.error("SPL001", "a parenthesis is closed here that was never opened", span);
            self.at += 1;
            let more = self.search_expression(&[]);
            found = found.or(more);
        }
        found
    }

    fn expect_end(&mut self, command: &str) {
        if self.at_end() {
            return;
        }
        let span = self.here();
        let letter = self.peek().unwrap_or(' ');
        let message = format!("expected an operator or the end of `{command}`, found `{letter}`");
        let mut found = Diagnostic::error("SPL023", message, span);
        if letter == ')' {
            found = Diagnostic::error("SPL001", "a parenthesis is closed here that was never opened", span);
        }
        self.report(found);
        self.skip_command();
    }

    /// Goes to the next `|` or `]` outside quotes, brackets and parentheses.
    fn skip_command(&mut self) {
        let mut depth = 0_usize;
        while let Some(letter) = self.peek() {
            match letter {
                '"' => {
                    self.quoted();
                    continue;
                }
                '[' => depth += 1,
                ']' if depth == 0 => return,
                ']' => depth -= 1,
                '|' if depth == 0 => return,
                _ => {}
            }
            self.at += letter.len_utf8();
        }
    }
}
