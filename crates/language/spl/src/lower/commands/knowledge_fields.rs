//! `tags` and `typer`: tags and event types of the user's apps, as fields of whatever rows stand here
//! (Splunk search reference, tags, typer).

use quarry_diagnostic::Diagnostic;
use quarry_plan::{Expression, Type};

use super::super::arguments::General;
use super::super::context::Context;
use super::super::prepare::labels::{self, Tagged};
use super::super::{build, codes, wildcard};
use crate::Knowledge;
use crate::registry::{AnyOf, CommandRow, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new("tags", "tags <options> [<fields>]", "Adds the tags that an app's `tags.conf` gives to values of fields, in `tag` and `tag::<field>`, or in one field.", "", lower_tags).taking_any(AnyOf::Words).with_options(&[OUTPUT, WITH_NAME, WITH_VALUE, ALLOWED]),
    CommandRow::new("typer", "typer <options>", "Adds the event types of an app's `eventtypes.conf` whose searches a row fits.", "", lower_typer).with_options(&[EVENT_TYPES, OptionRow::ignored("maxlen", "the whole text of an event is looked at")]),
];

const OUTPUT: OptionRow = OptionRow::text("outputfield", "field", "", "The one field for all tags.");
const WITH_NAME: OptionRow =
    OptionRow::flag("inclname", false, "Whether a tag in that field has the name of its field before it.");
const WITH_VALUE: OptionRow = OptionRow::flag("inclvalue", false, "Whether it has the value before it.");
const ALLOWED: OptionRow =
    OptionRow::text("allowed_tags", "tags", "", "The tags that are added, with commas; all if not said.");
const EVENT_TYPES: OptionRow = OptionRow::text(
    "eventtypes",
    "names",
    "",
    "The event types that are added, with commas; all if not said.",
);

/// The field of all tags; those of one field stand in `tag::field`.
const TAG: &str = "tag";
const EVENT_TYPE: &str = "eventtype";

pub(super) fn lower_tags(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let output = arguments.options.word(&OUTPUT).map(|word| word.text.clone());
    let with_name = arguments.options.flag(&WITH_NAME);
    let with_value = arguments.options.flag(&WITH_VALUE);
    let allowed = arguments.options.word(&ALLOWED).map(|word| list(&word.text));
    let words = arguments.words(context);
    arguments.finish(context);
    let Some(knowledge) = known(context, command, "tag", |knowledge| !knowledge.tags.is_empty()) else {
        return;
    };
    let span = command.span;
    let mut tagged = labels::tagged(context, knowledge);
    tagged.retain(|one| words.is_empty() || words.iter().any(|word| word.text == one.field));
    if let Some(allowed) = allowed {
        tagged.retain(|one| allowed.contains(&one.tag));
    }
    // Without a field of their own the names stand alone.
    let (with_name, with_value) = (with_name && output.is_some(), with_value && output.is_some());
    let text = |one: &Tagged| {
        let field = with_name.then_some(one.field.as_str());
        let value = with_value.then_some(one.value.as_str());
        let parts: Vec<&str> = field.into_iter().chain(value).chain([one.tag.as_str()]).collect();
        parts.join("::")
    };
    let named = |tagged: &[&Tagged]| {
        let items = tagged
            .iter()
            .map(|one| build::case(vec![(one.holds.clone(), Expression::text(text(one), span))], None, span));
        let all = build::call("mvappend", items.collect(), Type::TextList, span);
        build::call("mvdedup", vec![all], Type::TextList, span)
    };
    if tagged.is_empty() {
        return;
    }
    let all: Vec<&Tagged> = tagged.iter().collect();
    let mut added = vec![(output.clone().unwrap_or_else(|| TAG.to_owned()), named(&all))];
    if output.is_none() {
        for one in &tagged {
            let name = format!("{TAG}::{}", one.field);
            if !added.iter().any(|(known, _)| *known == name) {
                let of_field: Vec<&Tagged> = tagged.iter().filter(|other| other.field == one.field).collect();
                added.push((name, named(&of_field)));
            }
        }
    }
    context.assign(added);
}

pub(super) fn lower_typer(context: &mut Context<'_>, command: &Command) {
    let arguments = General::new(context, command);
    let wanted = arguments.options.word(&EVENT_TYPES).map(|word| list(&word.text));
    arguments.finish(context);
    let Some(knowledge) =
        known(context, command, "event type", |knowledge| !knowledge.event_types.is_empty())
    else {
        return;
    };
    let fits = |name: &str| {
        wanted.as_ref().is_none_or(|wanted| wanted.iter().any(|pattern| wildcard::matches(pattern, name)))
    };
    if !knowledge.event_types.iter().any(|stanza| fits(&stanza.name)) {
        return;
    }
    let span = command.span;
    context.assign(vec![(EVENT_TYPE.to_owned(), build::null(span))]);
    let said = std::mem::take(&mut context.diagnostics);
    let (types, left_out) = labels::event_types(context, knowledge);
    context.diagnostics = said;
    for found in left_out {
        context.report(Diagnostic { span, ..found });
    }
    if wanted.is_some() {
        let items = types.into_iter().filter(|(_, name)| fits(name));
        let items =
            items.map(|(holds, name)| build::case(vec![(holds, Expression::text(name, span))], None, span));
        let value = build::call("mvappend", items.collect(), Type::TextList, span);
        context.assign(vec![(EVENT_TYPE.to_owned(), value)]);
    }
}

/// The user's knowledge objects, if any of these are among them.
fn known<'a>(
    context: &mut Context<'a>,
    command: &Command,
    what: &str,
    is_there: fn(&Knowledge) -> bool,
) -> Option<&'a Knowledge> {
    let found = context.shared.environment.knowledge.filter(|knowledge| is_there(knowledge));
    if found.is_none() {
        let message = format!("no {what} is defined here: `{}` adds nothing", command.name);
        let found = Diagnostic::warning(codes::MISSING_FIELD, message, command.span);
        context.report(found.with_help("give the app's folder, with its `.conf` files"));
    }
    found
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}
