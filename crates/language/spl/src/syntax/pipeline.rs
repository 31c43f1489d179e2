//! Commands and the bars between them.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};

use super::{
    Cursor,
    tree::{Arguments, Command, EvalExpression, Item, Pipeline, Word},
};
use crate::registry::usage;
use crate::{
    codes,
    registry::{self, CommandRow, Grammar, Needs},
};

/// Only a few commands call functions: elsewhere `count(x)` is the name of a field.
fn named_calls(items: Vec<Item>) -> Vec<Item> {
    let named = |item| match item {
        Item::Call { name, arguments, span } => {
            let arguments: Vec<&str> = arguments.iter().map(|word| word.text.as_str()).collect();
            let text = format!("{}({})", name.text, arguments.join(","));
            Item::Word(Word { text, span, ..name })
        }
        other => other,
    };
    items.into_iter().map(named).collect()
}

impl Cursor<'_> {
    /// The whole text.
    pub(crate) fn whole(&mut self) -> Pipeline {
        let mut pipeline = self.pipeline(false);
        while self.next_is("]") {
            self.never_opened("bracket");
            let more = self.pipeline(false);
            pipeline.commands.extend(more.commands);
            pipeline.span = pipeline.span.join(more.span);
        }
        if pipeline.commands.is_empty() && self.diagnostics.is_empty() {
            self.error(codes::EMPTY, "the search is empty", pipeline.span, "write conditions, such as `index=* name=value`, or a command that makes rows, such as `| makeresults`");
        }
        pipeline
    }

    /// A pipeline in brackets.
    pub(super) fn subsearch(&mut self) -> Pipeline {
        self.skip_space();
        let (open, known) = (self.at, self.diagnostics.len());
        self.take("[");
        let rest = self.rest();
        let mut inner = self.in_subsearch(|cursor| cursor.pipeline(true)).unwrap_or_default();
        let length = rest.len().saturating_sub(self.rest().len());
        inner.text = rest.get(..length).unwrap_or_default().trim().to_owned();
        self.close(open, "]");
        if inner.commands.is_empty() && self.diagnostics.len() == known {
            let span = self.span_from(open);
            self.error(
                codes::EMPTY,
                "this subsearch is empty",
                span,
                "write a search in the brackets, such as `[search index=* | fields user]`",
            );
        }
        inner
    }

    fn pipeline(&mut self, nested: bool) -> Pipeline {
        self.skip_space();
        let start = self.at;
        let mut commands = Vec::new();
        if !self.next_is("|") && !self.at_end() {
            commands.push(self.first_command(nested));
        }
        while self.take("|") {
            if self.at_end() {
                let span = self.here();
                self.error(
                    codes::MISSING_COMMAND,
                    "expected a command after `|`",
                    span,
                    "write a command such as `stats count by user`, or take the `|` away",
                );
            } else {
                commands.extend(self.command());
            }
        }
        Pipeline { commands, span: self.span_from(start), text: String::new() }
    }

    /// The first command of a pipeline without a leading bar: `search`, written or implied. In a
    /// subsearch every command may stand here, elsewhere those that make their own rows.
    fn first_command(&mut self, nested: bool) -> Command {
        self.skip_space();
        let start = self.at;
        let row = self.command_word().and_then(|name| registry::command(&name));
        match row {
            Some(row) if nested || row.name == "search" => return self.named(row, start),
            Some(row) if row.generates => {
                let span = self.span_from(start);
                let message =
                    format!("without a bar before it, `{}` is searched for as a word in Splunk", row.name);
                self.report(
                    Diagnostic::warning(codes::MISSING_BAR, message, span)
                        .with_help(format!("write `| {}`; it is read as the command here", row.name)),
                );
                return self.named(row, start);
            }
            _ => self.at = start,
        }
        let arguments = Arguments::Search(self.whole_search());
        let span = self.span_from(start);
        Command { name: "search".to_owned(), name_span: Span::new(span.start, span.start), arguments, span }
    }

    /// A bare word that could name a command and is not the field of a comparison.
    fn command_word(&mut self) -> Option<String> {
        let start = self.at;
        let name = self.command_name()?;
        let end = self.at;
        let spaced = self.peek().is_none_or(|next| next.is_whitespace() || matches!(next, '[' | '|' | ']'));
        let template = self.next_is("<<");
        let compared = ["=", "!=", "<", ">"].iter().any(|sign| self.next_is(sign)) || self.next_call("IN");
        self.at = if spaced && (template || !compared) { end } else { start };
        (self.at == end).then_some(name)
    }

    /// A bare word of letters, digits and `_`, in lower case.
    fn command_name(&mut self) -> Option<String> {
        self.skip_space();
        let name: String = self
            .rest()
            .chars()
            .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
            .collect();
        self.at += name.len();
        (!name.is_empty()).then(|| name.to_lowercase())
    }

    fn command(&mut self) -> Option<Command> {
        self.skip_space();
        let start = self.at;
        let Some(name) = self.command_name() else {
            let span = self.here();
            self.report(
                Diagnostic::error(codes::MISSING_COMMAND, "expected the name of a command after `|`", span)
                    .with_help("a command is a word such as `stats` or `where`"),
            );
            self.skip_command();
            return None;
        };
        let Some(row) = registry::command(&name) else {
            let span = self.span_from(start);
            let help = match did_you_mean(&name, registry::command_names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "a command follows each `|`; a `|` in a value stands in quotes".to_owned(),
            };
            let found =
                Diagnostic::error(codes::UNKNOWN_COMMAND, format!("no command is named `{name}`"), span);
            self.report(found.with_help(help));
            self.skip_command();
            return None;
        };
        Some(self.named(row, start))
    }

    /// The rest of a command whose name was just read.
    fn named(&mut self, row: &'static CommandRow, start: usize) -> Command {
        let name_span = self.span_from(start);
        let known = self.diagnostics.len();
        let around = self.row.replace(row);
        let arguments = match row.grammar {
            Grammar::Search => Arguments::Search(self.whole_search()),
            Grammar::Where => Arguments::Where(self.condition(row.name, known)),
            Grammar::Eval => {
                let assignments = self.assignments();
                self.expect_end(row.name, known);
                Arguments::Eval(assignments)
            }
            Grammar::Stats | Grammar::Chart | Grammar::IndexedStats => {
                Arguments::Stats(self.stats_arguments(row.name, row.grammar))
            }
            Grammar::Rename => Arguments::Rename(self.rename_arguments()),
            Grammar::Sort => Arguments::Sort(self.sort_arguments()),
            Grammar::Calls => Arguments::General(self.general_arguments(false)),
            Grammar::General | Grammar::Template => {
                Arguments::General(named_calls(self.general_arguments(false)))
            }
            Grammar::Pattern => Arguments::General(self.pattern_arguments()),
            Grammar::Match => Arguments::General(self.match_arguments()),
            Grammar::Filtered => Arguments::General(self.general_arguments(true)),
        };
        self.row = around;
        if row.grammar == Grammar::Template {
            // `$field$` becomes a value before the search in the brackets is read for good.
            let found = self.diagnostics.split_off(known.min(self.diagnostics.len()));
            self.diagnostics.extend(found.into_iter().filter(|found| found.code == codes::UNBALANCED));
        }
        if self.diagnostics.len() == known {
            self.check_needs(row, &arguments, name_span);
        }
        Command { name: row.name.to_owned(), name_span, arguments, span: self.span_from(start) }
    }

    fn condition(&mut self, command: &str, known: usize) -> EvalExpression {
        let condition = self.eval_expression();
        self.expect_end(command, known);
        condition
    }

    /// Reports a command that lacks what it cannot do without.
    fn check_needs(&mut self, row: &CommandRow, arguments: &Arguments, span: Span) {
        let missing = match arguments {
            Arguments::Rename(pairs) if pairs.is_empty() => "a pair such as `old AS new`",
            Arguments::Sort(sort) if sort.keys.is_empty() => "a field to sort by",
            Arguments::General(items) => match row.needs {
                Needs::Arguments if items.is_empty() => "arguments",
                Needs::Subsearch if !items.iter().any(|item| matches!(item, Item::Subsearch(_))) => {
                    "a pipeline in brackets"
                }
                _ => return,
            },
            _ => return,
        };
        self.error(
            codes::MISSING_ARGUMENTS,
            format!("`{}` needs {missing}", row.name),
            span,
            usage(row.name),
        );
    }

    /// Reports what follows a complete expression, unless more than the `known` errors tell already.
    fn expect_end(&mut self, command: &str, known: usize) {
        if self.at_end() {
            return;
        }
        match self.peek() {
            _ if self.diagnostics.len() > known => {}
            Some(')') => self.never_opened("parenthesis"),
            Some(letter) => {
                let span = self.here();
                let message = format!("expected an operator or the end of `{command}`, found `{letter}`");
                self.error(codes::AFTER_EXPRESSION, message, span, "join conditions with AND or OR, separate assignments by commas, put texts in double quotes");
            }
            None => {}
        }
        self.skip_command();
    }

    /// Goes to the next `|` or `]` outside quotes and brackets.
    pub(super) fn skip_command(&mut self) {
        let mut depth = 0_usize;
        while let Some(letter) = self.peek() {
            match letter {
                '"' => {
                    self.quoted();
                    continue;
                }
                '\\' => self.advance(),
                '[' => depth += 1,
                ']' if depth == 0 => return,
                ']' => depth -= 1,
                '|' if depth == 0 => return,
                _ => {}
            }
            self.advance();
        }
    }
}
