//! Reading options by the rows of their command.

use quarry_diagnostic::{Diagnostic, did_you_mean};

use super::{codes, context::Context};
use crate::registry::{self, AnyOf, CommandRow, OptionRow, Takes, truth};
use crate::tree::{Command, OptionItem, OptionValue, Word};

/// The options of a command, each known to its row and set to what the row allows.
#[derive(Default)]
pub(crate) struct Options<'c> {
    given: Vec<(&'static OptionRow, &'c OptionItem)>,
    others: Vec<&'c OptionItem>,
}

impl<'c> Options<'c> {
    /// Reads options; reports those that the command does not have and values that they cannot have.
    pub(crate) fn read(
        context: &mut Context<'_>,
        command: &Command,
        items: impl IntoIterator<Item = &'c OptionItem>,
    ) -> Self {
        let mut read = Self::default();
        let Some(row) = registry::command(&command.name) else { return read };
        for item in items {
            match row.option(&item.name.text).filter(|_| !item.negated) {
                Some(option) => read.add(context, option, item),
                None if takes_names(row) => read.others.push(item),
                None => unknown(context, row, item),
            }
        }
        read
    }

    fn add(&mut self, context: &mut Context<'_>, option: &'static OptionRow, item: &'c OptionItem) {
        let is_fine = match (&item.value, option.takes) {
            (OptionValue::Word(word), _) => fits(context, option, word),
            (OptionValue::Expression(_), Takes::Condition | Takes::Search)
            | (OptionValue::Search(_), Takes::Search) => true,
            _ => {
                let message = format!("`{}` takes {}", option.name, option.values());
                context.report(
                    Diagnostic::error(codes::BAD_ARGUMENT, message, item.span)
                        .with_help(format!("write `{}=<{}>`", option.name, option.name)),
                );
                false
            }
        };
        if !is_fine {
            return;
        }
        let differs = |before: &OptionItem| match (&before.value, &item.value) {
            (OptionValue::Word(before), OptionValue::Word(word)) => before.text != word.text,
            _ => true,
        };
        if !option.repeats && self.item(option).is_some_and(differs) {
            let message = format!("`{}` is given twice", option.name);
            context.report(
                Diagnostic::error(codes::BAD_ARGUMENT, message, item.span).with_help("keep one of the two"),
            );
            return;
        }
        self.given.push((option, item));
    }

    /// Reports options whose names would be the user's, where there can be none.
    pub(crate) fn refuse_others(&mut self, context: &mut Context<'_>, command: &Command) {
        let Some(row) = registry::command(&command.name) else { return };
        for item in std::mem::take(&mut self.others) {
            unknown(context, row, item);
        }
    }

    /// Options whose names the command takes as they come.
    pub(crate) fn others(&self) -> &[&'c OptionItem] {
        &self.others
    }

    /// The option as it was written.
    pub(crate) fn item(&self, option: &OptionRow) -> Option<&'c OptionItem> {
        self.given.iter().find(|(known, _)| known.name == option.name).map(|(_, item)| *item)
    }

    /// The word an option was set to.
    pub(crate) fn word(&self, option: &OptionRow) -> Option<&'c Word> {
        self.words(option).next()
    }

    /// All words an option was set to.
    pub(crate) fn words(&self, option: &OptionRow) -> impl Iterator<Item = &'c Word> {
        self.given.iter().filter(move |(known, _)| known.name == option.name).filter_map(|(_, item)| {
            match &item.value {
                OptionValue::Word(word) => Some(word),
                _ => None,
            }
        })
    }

    /// The text of an option, or its default.
    pub(crate) fn text(&self, option: &OptionRow) -> &'c str {
        self.word(option).map_or(option.default, |word| word.text.as_str())
    }

    /// Whether an option is true.
    pub(crate) fn flag(&self, option: &OptionRow) -> bool {
        truth(self.text(option)).unwrap_or_default()
    }

    /// A whole number, if it is given or has a default.
    pub(crate) fn count(&self, option: &OptionRow) -> Option<usize> {
        self.text(option).parse().ok()
    }

    /// A number, if it is given or has a default.
    pub(crate) fn number(&self, option: &OptionRow) -> Option<f64> {
        self.text(option).parse().ok()
    }

    /// The word of a choice as its row has it, if it is given or has a default.
    pub(crate) fn choice(&self, option: &OptionRow) -> Option<&'static str> {
        let Takes::Choice(words) = option.takes else { return None };
        let text = self.text(option);
        words.iter().copied().find(|word| text.eq_ignore_ascii_case(word))
    }
}

fn takes_names(row: &CommandRow) -> bool {
    matches!(row.takes_any, Some(AnyOf::Names | AnyOf::NamesAndWords))
}

/// Reports an option that a command does not have.
pub(crate) fn unknown(context: &mut Context<'_>, row: &CommandRow, item: &OptionItem) {
    let message = format!("`{}` has no option `{}` that is supported", row.name, item.name.text);
    let names: Vec<&str> = row.options().map(|option| option.name).collect();
    let help = match did_you_mean(&item.name.text, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => format!("`{}` has no options: leave it out", row.name),
        None => format!("the options are: {}", names.join(", ")),
    };
    context.report(Diagnostic::error(codes::UNKNOWN_OPTION, message, item.span).with_help(help));
}

/// Whether an option can be set to a word; says so if not, and if it changes nothing.
fn fits(context: &mut Context<'_>, option: &OptionRow, word: &Word) -> bool {
    match option.takes {
        Takes::Ignored => {
            let message = format!("`{}` changes nothing: {}", option.name, option.meaning);
            context.report(Diagnostic::note(codes::OPTION_IGNORED, message, word.span));
            true
        }
        _ if option.accepts(&word.text) => true,
        Takes::Only(_) => {
            let message = format!("`{}={}` is not supported yet", option.name, word.text);
            context.report(
                Diagnostic::error(codes::UNKNOWN_OPTION, message, word.span)
                    .with_help(format!("it takes {}; or leave it out", option.values())),
            );
            false
        }
        _ => {
            bad_value(context, option.name, word, &option.values());
            false
        }
    }
}

/// Reports an option's value.
pub(crate) fn bad_value(context: &mut Context<'_>, name: &str, word: &Word, expected: &str) {
    let message = format!("`{name}` takes {expected}, found `{}`", word.text);
    context.report(
        Diagnostic::error(codes::BAD_ARGUMENT, message, word.span)
            .with_help(format!("write `{name}=` and {expected}, or leave it out")),
    );
}
