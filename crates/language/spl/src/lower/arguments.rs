//! Reading general arguments: options, then what is left.

use quarry_diagnostic::{Diagnostic, Span};

pub(crate) use super::options::bad_value;
use super::{codes, context::Context, options::Options, wildcard};
use crate::registry::usage;
use crate::tree::{Arguments, Command, Item, Quote, Word};

/// The arguments of a command while they are read. What nobody asked for is reported by `finish`.
pub(crate) struct General<'c> {
    command: &'c Command,
    pub(crate) options: Options<'c>,
    /// What is no option and no comma, in order.
    pub(crate) items: Vec<&'c Item>,
}

impl<'c> General<'c> {
    pub(crate) fn new(context: &mut Context<'_>, command: &'c Command) -> Self {
        let Arguments::General(items) = &command.arguments else {
            not_understood(context, command);
            return Self { command, options: Options::default(), items: Vec::new() };
        };
        let mut options = Vec::new();
        let mut others = Vec::new();
        for item in items {
            match item {
                Item::Option(option) => options.push(option),
                Item::Comma(_) => {}
                other => others.push(other),
            }
        }
        Self { command, options: Options::read(context, command, options), items: others }
    }

    /// Takes a leading whole number.
    pub(crate) fn leading_count(&mut self) -> Option<usize> {
        let Some(Item::Word(word)) = self.items.first() else { return None };
        let count = word.text.parse().ok().filter(|_| word.quote == Quote::None)?;
        self.items.remove(0);
        Some(count)
    }

    /// Takes the words left, all other things are reported.
    pub(crate) fn words(&mut self, context: &mut Context<'_>) -> Vec<&'c Word> {
        let mut words = Vec::new();
        for item in std::mem::take(&mut self.items) {
            match item {
                Item::Word(word) => words.push(word),
                other => report_item(context, &self.command.name, other),
            }
        }
        words
    }

    /// Takes the words before and after a keyword such as BY.
    pub(crate) fn words_around(
        &mut self,
        context: &mut Context<'_>,
        keyword: &str,
    ) -> (Vec<&'c Word>, Option<Vec<&'c Word>>) {
        let mut words = self.words(context);
        let Some(at) = words.iter().position(|word| word.is_keyword(keyword)) else { return (words, None) };
        let mut after = words.split_off(at);
        after.remove(0);
        (words, Some(after))
    }

    /// Reports what nobody took.
    pub(crate) fn finish(self, context: &mut Context<'_>) {
        for item in &self.items {
            report_item(context, &self.command.name, item);
        }
    }
}

/// Reports that something is missing.
pub(crate) fn missing(context: &mut Context<'_>, command: &Command, what: &str) {
    let message = format!("`{}` needs {what}", command.name);
    context.report(
        Diagnostic::error(codes::MISSING_ARGUMENT, message, command.span).with_help(usage(&command.name)),
    );
}

/// The parser gives each command the arguments of its own kind; anything else is a part it could
/// not read.
pub(crate) fn not_understood(context: &mut Context<'_>, command: &Command) {
    let message = format!("the arguments of `{}` were not understood", command.name);
    context.report(
        Diagnostic::error(codes::NOT_UNDERSTOOD, message, command.span).with_help(usage(&command.name)),
    );
}

fn report_item(context: &mut Context<'_>, command: &str, item: &Item) {
    let (what, span): (&str, Span) = match item {
        Item::Subsearch(pipeline) => ("a subsearch", pipeline.span),
        Item::Expression(expression) => ("an expression", expression.span),
        Item::Call { span, .. } => ("a function", *span),
        Item::Word(word) => ("this word", word.span),
        Item::Option(option) => ("this option", option.span),
        Item::Comma(span) => ("a comma", *span),
        Item::Where(_) => ("a search", context.span),
    };
    let message = format!("`{command}` does not take {what} here");
    context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, span).with_help(usage(command)));
}

/// The names that words stand for: themselves, or the fields that a wildcard matches.
pub(crate) fn names<'w>(
    context: &mut Context<'_>,
    words: impl IntoIterator<Item = &'w Word>,
) -> Vec<(String, Span)> {
    let mut names: Vec<(String, Span)> = Vec::new();
    for word in words {
        let found = if wildcard::is_wildcard(&word.text) {
            context.matching(&word.text)
        } else {
            vec![word.text.clone()]
        };
        for name in found {
            if !names.iter().any(|(known, _)| *known == name) {
                names.push((name, word.span));
            }
        }
    }
    names
}
