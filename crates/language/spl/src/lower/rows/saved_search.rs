//! The rows of a search of the user's savedsearches.conf, over the time range saved with it.

use quarry_diagnostic::{Diagnostic, did_you_mean};
use quarry_plan::{TimeBound, TimeRange};

use super::super::context::Context;
use super::super::{codes, time};
use super::subsearch;
use crate::knowledge::conf::Stanza;
use crate::macros::Macros;
use crate::tree::Word;

/// The rows of a saved search, with texts in place of `$name$`.
pub(crate) fn read<'a>(
    context: &mut Context<'a>,
    name: &Word,
    texts: &[(&Word, &Word)],
) -> Option<Context<'a>> {
    let stanza = find(context, name)?;
    let mut text = stanza.get("search").unwrap_or_default().to_owned();
    for (option, value) in texts {
        let place = format!("${}$", option.text);
        if !text.contains(&place) {
            let message = format!("the saved search `{}` has no `{place}`", name.text);
            context.report(
                Diagnostic::error(codes::UNKNOWN_OPTION, message, option.span)
                    .with_help("leave the argument out, or name one that its search has"),
            );
            return None;
        }
        text = text.replace(&place, &value.text);
    }
    let known = context.shared.environment.knowledge.map(|knowledge| &knowledge.macros);
    let builtin = Macros::default();
    let parsed = crate::parse(&text, known.unwrap_or(&builtin));
    if let Some(found) = parsed.diagnostics.iter().find(|found| found.is_error()) {
        subsearch::report_in_text(context, found, name.span);
        return None;
    }
    let bound = |key: &str| -> Option<TimeBound> {
        let text = stanza.get(key)?;
        if matches!(text.trim(), "" | "now" | "0") { None } else { time::parse_time(text) }
    };
    let saved =
        TimeRange { earliest: bound("dispatch.earliest_time"), latest: bound("dispatch.latest_time") };
    let mut found = subsearch::lower_text(context, &parsed.pipeline, saved, name.span)?;
    for diagnostic in std::mem::take(&mut found.diagnostics) {
        context.report(Diagnostic { span: name.span, ..diagnostic });
    }
    Some(found)
}

fn find<'a>(context: &mut Context<'a>, name: &Word) -> Option<&'a Stanza> {
    let knowledge = context.shared.environment.knowledge;
    let stanzas = knowledge.map(|knowledge| knowledge.saved_searches.as_slice()).unwrap_or_default();
    let has_search = |stanza: &&Stanza| stanza.get("search").is_some_and(|text| !text.trim().is_empty());
    let found = stanzas.iter().find(|stanza| stanza.name == name.text).filter(has_search);
    if found.is_none() {
        let message = format!("the saved search `{}` is not known", name.text);
        let names = stanzas.iter().filter(has_search).map(|stanza| stanza.name.as_str());
        let help = match did_you_mean(&name.text, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "give the file or folder of its savedsearches.conf".to_owned(),
        };
        context.report(Diagnostic::error(codes::UNKNOWN_SAVED_SEARCH, message, name.span).with_help(help));
    }
    found
}
