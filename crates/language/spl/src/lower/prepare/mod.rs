//! What the user's apps add to every event: extractions, aliases, calculated fields, automatic lookups,
//! event types and tags, in that order (Splunk Knowledge Manager Manual, search-time operations).

mod calculate;
mod extract;
pub(super) mod labels;
mod look_up;
mod transforms;

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{ColumnName, Expression, TextPattern, Type};

use super::context::{Context, Prepared, SOURCE_TYPE};
use super::{build, codes};
use crate::Knowledge;
use crate::knowledge::conf::Stanza;
use crate::knowledge::props::{self, Layer, Subject};
use extract::Extractions;

/// What is known while a class of settings is applied.
struct Preparation<'p> {
    knowledge: &'p Knowledge,
    extractions: Extractions,
    calculated: calculate::Calculated,
}

/// The order of classes of settings: how to tell one by its key, and what it does where a condition holds,
/// with the rest of its key and its value.
const CLASSES: &[(Class, Apply)] = &[
    (|key| key.strip_prefix("EXTRACT-"), extract::extract),
    (|key| key.strip_prefix("REPORT-"), transforms::report),
    (|key| key.strip_prefix("FIELDALIAS-"), calculate::alias),
    (|key| key.strip_prefix("EVAL-"), calculate::calculate),
    (look_up::class, look_up::look_up),
];

type Class = fn(&str) -> Option<&str>;

type Apply = fn(&mut Context<'_>, &mut Preparation<'_>, &Expression, &str, &str);

/// Adds the fields to the start of a pipeline that reads events. Those that nobody asks for are dropped
/// when the plan is lowered.
pub(super) fn prepare(context: &mut Context<'_>) {
    let Some(knowledge) = context.shared.environment.knowledge else { return };
    let nothing = knowledge.props.is_empty() && knowledge.event_types.is_empty() && knowledge.tags.is_empty();
    if nothing || !context.is_open() {
        return;
    }
    let known = std::mem::take(&mut context.diagnostics);
    let mut layers = props::layers(&knowledge.props);
    layers.retain(|layer| concerns(context, layer));
    let mut found = fields(context, knowledge, &layers);
    found.extend(labels::event_types(context, knowledge).1);
    context.rows.scan.named_by_apps();
    labels::tags(context, knowledge);
    found.extend(ignored_settings(&layers));
    context.diagnostics = known;
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
    let helpers: Vec<ColumnName> = context
        .columns()
        .iter()
        .filter(|column| column.is_hidden())
        .map(|column| column.name.clone())
        .collect();
    context.hide(&helpers);
    context.add_rule(Prepared);
    context.forget_all();
}

/// Whether an event here can be of the stanza.
fn concerns(context: &Context<'_>, layer: &Layer<'_>) -> bool {
    let mut sources = context.shared.options.view.sources.iter();
    let named = layer.subject == Subject::SourceType && layer.is_literal();
    !named || sources.any(|source| source.source_type == layer.pattern)
}

/// Applies every class of settings; what is left out is told.
fn fields(context: &mut Context<'_>, knowledge: &Knowledge, layers: &[Layer<'_>]) -> Vec<Diagnostic> {
    let mut preparation =
        Preparation { knowledge, extractions: Extractions::default(), calculated: Vec::new() };
    let mut told = Vec::new();
    for (class, apply) in CLASSES {
        for (key, holders) in props::settings(layers, class) {
            let name = class(key).unwrap_or_default();
            for (at, (layer, value)) in holders.iter().enumerate() {
                let stronger = props::stronger(&holders, at);
                let Some(condition) = condition(context, layer, &stronger) else { continue };
                apply(context, &mut preparation, &condition, name, value);
                told.extend(left_out(context, &format!("`{key}` of `[{}]`", layer.stanza.name)));
            }
        }
        calculate::finish(context, std::mem::take(&mut preparation.calculated));
    }
    told
}

/// What was found to be wrong since the last time, as warnings.
fn left_out(context: &mut Context<'_>, setting: &str) -> Vec<Diagnostic> {
    let found = std::mem::take(&mut context.diagnostics);
    let warning = |found: Diagnostic| {
        let message = format!("{setting} is left out: {}", found.message);
        Diagnostic::warning(found.code, message, Span::default())
    };
    found.into_iter().filter(Diagnostic::is_error).map(warning).collect()
}

/// Settings that say how an indexer reads times out of text; logs here are read as their log type says.
const TIME_SETTINGS: &[&str] = &[
    "DATETIME_CONFIG",
    "MAX_TIMESTAMP_LOOKAHEAD",
    "TIME_FORMAT",
    "TIME_PREFIX",
    "TIMESTAMP_FIELDS",
    "TZ",
    "TZ_ALIAS",
];

/// Beginnings of settings by which an indexer changes or drops what comes in.
const INDEXING: &[&str] = &["SEDCMD-", "TRANSFORMS-", "RULESET-"];

/// Notes of settings for indexers that a source type of the view has and that change nothing.
fn ignored_settings(layers: &[Layer<'_>]) -> Vec<Diagnostic> {
    let sources = || layers.iter().filter(|layer| layer.subject == Subject::SourceType);
    let of = |concerned: fn(&str) -> bool| {
        let keys = |stanza: &Stanza| {
            let keys = stanza.settings.iter().map(|(key, _)| key).filter(|key| concerned(key));
            keys.map(|key| format!("`{key}` of `[{}]`", stanza.name)).collect::<Vec<String>>()
        };
        sources().flat_map(|layer| keys(layer.stanza)).collect::<Vec<String>>()
    };
    let note = |found: Vec<String>, why: &str, help: &str| {
        let verb = if found.len() == 1 { "changes" } else { "change" };
        let message = format!("{} {verb} nothing: {why}", found.join(", "));
        let note = Diagnostic::note(codes::OPTION_IGNORED, message, Span::default());
        (!found.is_empty()).then(|| note.with_help(help))
    };
    let times = note(
        of(|key| TIME_SETTINGS.contains(&key)),
        "the time of an event is that of its log type",
        "`quarry.toml` says where a log type has its time",
    );
    let indexing = note(
        of(|key| INDEXING.iter().any(|class| key.starts_with(class))),
        "events are read as they were logged",
        "write what they do into the search where it matters",
    );
    times.into_iter().chain(indexing).collect()
}

/// That an event is of a stanza and of none of the stronger ones; none if that cannot be.
fn condition(context: &mut Context<'_>, layer: &Layer<'_>, stronger: &[&Layer<'_>]) -> Option<Expression> {
    let span = context.span;
    let mut conditions = vec![matching(context, layer)?];
    for layer in stronger {
        if let Some(holds) = matching(context, layer) {
            conditions.push(build::coalesce(vec![holds, build::boolean(false, span)], span).negate());
        }
    }
    Some(build::all(conditions, span))
}

/// Which events a stanza is about; none if it is about none that can be told.
fn matching(context: &mut Context<'_>, layer: &Layer<'_>) -> Option<Expression> {
    let span = context.span;
    let field = match layer.subject {
        Subject::All => return Some(build::boolean(true, span)),
        Subject::SourceType => SOURCE_TYPE,
        Subject::Host => "host",
        Subject::Source => "source",
    };
    let value = context.field(field, span);
    if context.type_of(&value) != Type::Text {
        return None;
    }
    let pattern = if layer.is_literal() {
        TextPattern::Equals(layer.pattern.to_owned())
    } else {
        let expression = layer.expression();
        if !super::pattern::is_fine(context, &expression, span) {
            return None;
        }
        TextPattern::Regex(expression)
    };
    // Names of hosts are compared without case, the others with it.
    Some(build::matches(pattern, layer.subject == Subject::Host, value, span))
}
