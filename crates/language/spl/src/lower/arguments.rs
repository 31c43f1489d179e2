//! Reading general arguments: options by name, then what is left.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};

use super::{codes, context::Context, wildcard};
use crate::tree::{Arguments, Command, Item, OptionItem, OptionValue, Quote, Word};

/// The arguments of a command while they are read. What nobody asked for is reported by `finish`.
pub(crate) struct General<'c> {
    command: &'c Command,
    options: Vec<&'c OptionItem>,
    /// What is no option and no comma, in order.
    pub(crate) items: Vec<&'c Item>,
    /// Names that were asked for, to suggest.
    asked: Vec<&'static str>,
}

impl<'c> General<'c> {
    pub(crate) fn new(context: &mut Context<'_>, command: &'c Command) -> Self {
        let mut read = Self { command, options: Vec::new(), items: Vec::new(), asked: Vec::new() };
        let Arguments::General(items) = &command.arguments else {
            not_understood(context, command);
            return read;
        };
        for item in items {
            match item {
                Item::Option(option) => read.options.push(option),
                Item::Comma(_) => {}
                other => read.items.push(other),
            }
        }
        read
    }

    /// Takes the word an option is set to.
    pub(crate) fn option(&mut self, name: &'static str) -> Option<&'c Word> {
        self.asked.push(name);
        let at = self.options.iter().position(|option| {
            option.name.text.eq_ignore_ascii_case(name)
                && !option.negated
                && matches!(option.value, OptionValue::Word(_))
        })?;
        match &self.options.remove(at).value {
            OptionValue::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Takes an option that is true or false.
    pub(crate) fn flag(&mut self, context: &mut Context<'_>, name: &'static str, default: bool) -> bool {
        let Some(word) = self.option(name) else { return default };
        truth(word).unwrap_or_else(|| {
            bad_value(context, name, word, "true or false");
            default
        })
    }

    /// Takes an option that is a whole number.
    pub(crate) fn count(&mut self, context: &mut Context<'_>, name: &'static str) -> Option<usize> {
        let word = self.option(name)?;
        let count = word.text.parse().ok();
        if count.is_none() {
            bad_value(context, name, word, "a whole number");
        }
        count
    }

    /// Takes an option that is a number above zero.
    pub(crate) fn number(&mut self, context: &mut Context<'_>, name: &'static str) -> Option<f64> {
        let word = self.option(name)?;
        let number = word.text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
        if number.is_none() {
            bad_value(context, name, word, "a number above zero");
        }
        number
    }

    /// Takes an option that is one of some words, in any case; gives it as it stands in the list.
    pub(crate) fn choice(
        &mut self,
        context: &mut Context<'_>,
        name: &'static str,
        allowed: &[&'static str],
    ) -> Option<&'static str> {
        let word = self.option(name)?;
        let found = allowed.iter().copied().find(|value| word.text.eq_ignore_ascii_case(value));
        if found.is_none() {
            bad_value(context, name, word, &format!("one of {}", allowed.join(", ")));
        }
        found
    }

    /// Takes an option that is not supported unless it has this value.
    pub(crate) fn only(&mut self, context: &mut Context<'_>, name: &'static str, allowed: &[&str]) {
        let Some(word) = self.option(name) else { return };
        if !allowed.iter().any(|value| word.text.eq_ignore_ascii_case(value)) {
            let message = format!("`{name}={}` is not supported yet", word.text);
            context.report(Diagnostic::error(codes::UNKNOWN_OPTION, message, word.span));
        }
    }

    /// Takes an option that changes nothing here, with a note.
    pub(crate) fn ignore(&mut self, context: &mut Context<'_>, name: &'static str, why: &str) {
        if let Some(word) = self.option(name) {
            context.report(Diagnostic::note(
                codes::OPTION_IGNORED,
                format!("`{name}` changes nothing: {why}"),
                word.span,
            ));
        }
    }

    /// Takes all options left, as they are (`regex field=...`).
    pub(crate) fn all_options(&mut self) -> Vec<&'c OptionItem> {
        std::mem::take(&mut self.options)
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
        for option in &self.options {
            let message =
                format!("`{}` has no option `{}` that is supported", self.command.name, option.name.text);
            let mut diagnostic = Diagnostic::error(codes::UNKNOWN_OPTION, message, option.span);
            if let Some(near) = did_you_mean(&option.name.text, self.asked.iter().copied()) {
                diagnostic = diagnostic.with_help(format!("did you mean `{near}`?"));
            } else if !self.asked.is_empty() {
                diagnostic = diagnostic.with_help(format!("the options are: {}", self.asked.join(", ")));
            }
            context.report(diagnostic);
        }
        for item in &self.items {
            report_item(context, &self.command.name, item);
        }
    }
}

/// What a word says that is true or false.
pub(crate) fn truth(word: &Word) -> Option<bool> {
    match word.text.to_lowercase().as_str() {
        "t" | "true" | "1" | "yes" => Some(true),
        "f" | "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// Reports an option's value.
pub(crate) fn bad_value(context: &mut Context<'_>, name: &str, word: &Word, expected: &str) {
    let message = format!("`{name}` takes {expected}, found `{}`", word.text);
    context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, word.span));
}

/// Reports that something is missing.
pub(crate) fn missing(context: &mut Context<'_>, command: &Command, what: &str) {
    let message = format!("`{}` needs {what}", command.name);
    context.report(Diagnostic::error(codes::MISSING_ARGUMENT, message, command.span));
}

/// The parser gives each command the arguments of its own kind; anything else is a part it could
/// not read.
pub(crate) fn not_understood(context: &mut Context<'_>, command: &Command) {
    let message = format!("the arguments of `{}` were not understood", command.name);
    context.report(Diagnostic::error(codes::NOT_UNDERSTOOD, message, command.span));
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
    context.report(Diagnostic::error(
        codes::BAD_ARGUMENT,
        format!("`{command}` does not take {what} here"),
        span,
    ));
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
