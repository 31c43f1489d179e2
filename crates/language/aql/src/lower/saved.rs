//! `GLOBALVIEW('saved search', 'NORMAL')`: a search that the user keeps in a file, or nothing.

use quarry_diagnostic::{Diagnostic, did_you_mean};

use super::{
    Context,
    query::{self, Place, Query},
    scope::Scope,
};
use crate::{
    codes,
    registry::Catalog,
    syntax::{Call, ExpressionKind, Statement, TimeClause, parse},
};

/// Kinds of a global view: as they come, or summed up.
const INTERVALS: [&str; 3] = ["NORMAL", "HOURLY", "DAILY"];

/// The rows of a saved search over the time of the statement that reads it.
pub(super) fn scope<'a>(
    context: &mut Context<'a>,
    call: &Call,
    time: Option<&TimeClause>,
) -> Option<Scope<'a>> {
    let name = name(context, call)?;
    check_interval(context, call);
    let known = context.options.saved_searches.iter();
    let found = known.clone().find(|(known, _)| known.eq_ignore_ascii_case(&name));
    let Some((_, text)) = found else {
        let message = format!("no saved search is named `{name}`: the result is empty");
        let mut found = Diagnostic::warning(codes::GLOBAL_VIEW, message, call.name.span).with_help(format!(
            "name its query: `--saved-search '{name}=FILE'`, or a line under `[saved_search]` in quarry.toml"
        ));
        if let Some(near) = did_you_mean(&name, known.map(|(name, _)| name.as_str())) {
            found = found.with_help(format!("did you mean `{near}`?"));
        }
        context.report(found);
        return Some(Scope::Empty { catalog: Catalog::find("events")?, used: Vec::new() });
    };
    let query = read(context, call, &name, text, time)?;
    Some(Scope::Derived { query })
}

fn name(context: &mut Context<'_>, call: &Call) -> Option<String> {
    match call.arguments.first().map(|argument| &argument.kind) {
        Some(ExpressionKind::Text(name)) => Some(name.clone()),
        _ => {
            let message = "GLOBALVIEW takes the name of a saved search and NORMAL, HOURLY or DAILY";
            context.report(
                Diagnostic::error(codes::GLOBAL_VIEW, message, call.name.span)
                    .with_help("write `GLOBALVIEW('name', 'NORMAL')`"),
            );
            None
        }
    }
}

fn check_interval(context: &mut Context<'_>, call: &Call) {
    let Some(argument) = call.arguments.get(1) else { return };
    let known = matches!(&argument.kind, ExpressionKind::Text(text)
        if INTERVALS.iter().any(|known| text.eq_ignore_ascii_case(known)));
    if !known {
        let message = "a global view is NORMAL, HOURLY or DAILY";
        context.report(Diagnostic::warning(codes::GLOBAL_VIEW, message, argument.span));
    }
}

/// Lowers the query of a saved search. What is found in it stands at the call, since its text is another.
fn read(
    context: &mut Context<'_>,
    call: &Call,
    name: &str,
    text: &str,
    time: Option<&TimeClause>,
) -> Option<Query> {
    let key = name.to_lowercase();
    if context.saved.contains(&key) {
        let message = format!("the saved search `{name}` reads itself");
        context.report(
            Diagnostic::error(codes::GLOBAL_VIEW, message, call.name.span)
                .with_help("read another saved search, or `events`"),
        );
        return None;
    }
    let parsed = parse(text);
    let outer = std::mem::replace(&mut context.diagnostics, parsed.diagnostics);
    let statement: Option<Statement> = parsed
        .statement
        .map(|statement| Statement { time: time.cloned().or(statement.time.clone()), ..statement });
    context.saved.push(key);
    let query = statement.as_ref().and_then(|statement| query::lower(context, statement, Place::From));
    context.saved.pop();
    let inner = std::mem::replace(&mut context.diagnostics, outer);
    for found in inner {
        let message = format!("in the saved search `{name}`: {}", found.message);
        context.report(Diagnostic { message, span: call.name.span, labels: Vec::new(), ..found });
    }
    query.map(|mut query| {
        query.node.set_span(call.name.span);
        query
    })
}
