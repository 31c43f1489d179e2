//! `streamstats`: aggregates of the rows up to each row, in the order in which they come.

use quarry_diagnostic::Diagnostic;

use super::super::{codes, context::Context};
use super::{event_stats, not_understood};
use crate::tree::{Arguments, Command, OptionValue};

/// Options and the values at which they change nothing.
const DEFAULTS: &[(&str, &[&str])] = &[
    ("current", &["t", "true", "1"]),
    ("window", &["0"]),
    ("global", &["t", "true", "1"]),
    ("allnum", &["f", "false", "0"]),
    ("reset_on_change", &["f", "false", "0"]),
];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Stats(stats) = &command.arguments else { return not_understood(context, command) };
    for option in &stats.options {
        let known = DEFAULTS.iter().find(|(name, _)| option.name.text.eq_ignore_ascii_case(name));
        let default = match (&option.value, known) {
            (OptionValue::Word(word), Some((_, values))) => {
                values.contains(&word.text.to_lowercase().as_str())
            }
            _ => false,
        };
        if !default {
            let message = format!("the option `{}` of `streamstats` is not supported yet", option.name.text);
            context.report(Diagnostic::error(codes::UNKNOWN_OPTION, message, option.span));
        }
    }
    event_stats::add(context, stats, quarry_plan::Frame::SO_FAR);
}
