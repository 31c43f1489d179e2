//! `quarry explain`: why one event did or did not pass.

use std::{io::Write, path::PathBuf, sync::Arc};

use clap::{Args, ValueEnum};
use quarry_diagnostic::Span;
use quarry_engine::{
    Cause, Computed, EventTrace, Form, Judged, Read, Reason, Stage, StageKind, Wanted, explain_event,
};
use quarry_hunt::{QueryText, Runnable, Settled, Workspace, cut, moment, runnable};
use quarry_languages::Language;
use quarry_plan::SourceField;
use quarry_views::{Derivation, View};
use serde_json::{Value, json};

use super::query::query_text;
use crate::{
    Streams,
    arguments::{LanguageArguments, LogArguments, language},
    failure::{Exit, Failure, Outcome},
    progress::tell_unread,
    settings,
};

/// Longest excerpt of the query that is shown.
const EXCERPT: usize = 110;
/// Longest value that is shown.
const VALUE: usize = 90;
/// At most so many events are explained.
const EVENTS: usize = 3;
/// Width of the column with places and outcomes.
const MARGIN: usize = 19;

#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// Language (default: by the ending of FILE)
    #[arg(long, value_parser = language())]
    pub lang: Option<Language>,

    /// The query itself
    #[arg(
        short = 'e',
        long = "expression",
        value_name = "TEXT",
        conflicts_with = "file",
        allow_hyphen_values = true
    )]
    pub text: Option<String>,

    /// A file with the query, or `-` for standard input
    #[arg(value_name = "FILE", required_unless_present = "text")]
    pub file: Option<PathBuf>,

    /// The event, by its id
    #[arg(long, value_name = "ID", required_unless_present = "field", conflicts_with = "field")]
    pub event: Option<String>,

    /// The events of which a field of the query's view, or of the JSON, has a value
    #[arg(long = "where", id = "field", value_name = "FIELD=VALUE")]
    pub field: Option<String>,

    #[command(flatten)]
    pub logs: LogArguments,

    #[command(flatten)]
    pub language: LanguageArguments,

    /// How the explanation is written
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

/// How the explanation is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people
    Text,
    /// One JSON array with an object for each event
    Json,
}

/// Runs the command: 0 if an event was found, 1 if none.
pub fn run(arguments: &ExplainArguments, streams: &Streams<'_>) -> Outcome {
    let query = query_text(arguments.text.as_ref(), arguments.file.as_ref(), arguments.lang)?;
    let catalog = settings::catalog(arguments.language.config.as_deref())?;
    let file: Vec<String> = arguments.file.iter().map(|file| file.display().to_string()).collect();
    let compiler = settings::compiler_of(&catalog, &arguments.language, &file, streams)?;
    let view = compiler.view(query.language)?;
    settings::runtime(settings::threads(&arguments.logs))?.block_on(async {
        let workspace =
            Workspace::open(Arc::clone(&catalog), &settings::needed_logs(&arguments.logs)?).await?;
        let compiled = workspace.compile(&compiler, &query).await?;
        let Runnable { plan, .. } = runnable(&query, compiled)?;
        let settled = workspace.settle(plan).await?;
        settings::tell_now(&settled, arguments.logs.quiet, streams);
        let traces = find(arguments, &workspace, view, &settled).await?;
        tell_unread(streams, &workspace)?;
        if traces.is_empty() {
            let asked = arguments
                .event
                .as_ref()
                .map_or_else(|| arguments.field.clone().unwrap_or_default(), |id| format!("the id {id}"));
            streams.tell(format_args!("no event with {asked} in these logs"));
            return Ok(Exit::Findings);
        }
        let explained = Explained { query: &query, view };
        let text = match arguments.output {
            Output::Text => traces.iter().map(|trace| explained.text(trace)).collect::<Vec<_>>().join("\n"),
            Output::Json => {
                let all: Vec<Value> = traces.iter().map(|trace| explained.json(trace)).collect();
                let text = serde_json::to_string_pretty(&all);
                format!("{}\n", text.map_err(|error| Failure::inner("write JSON", error))?)
            }
        };
        write!(streams.output(), "{text}").map_err(Failure::writing)?;
        Ok(Exit::Fine)
    })
}

/// The traces of the events asked for; an id may be that of the event or its place in an object.
async fn find(
    arguments: &ExplainArguments,
    workspace: &Workspace,
    view: &View,
    settled: &Settled,
) -> Outcome<Vec<EventTrace>> {
    let wanted = match (&arguments.event, &arguments.field) {
        (Some(id), _) => {
            let by = |field: &str| Wanted { field: SourceField::Alert(field.to_owned()), value: id.clone() };
            vec![by("event_id"), by("record")]
        }
        (None, Some(condition)) => {
            let Some((field, value)) = condition.split_once('=') else {
                return Err(Failure::Usage(format!("`--where {condition}`: write FIELD=VALUE")));
            };
            let known = view.resolve(field).is_some();
            let kind = if known { SourceField::View } else { SourceField::Path };
            let field = kind(field.to_owned());
            vec![Wanted { field, value: value.to_owned() }]
        }
        (None, None) => Vec::new(),
    };
    // The range of the query may exclude the object that holds the event.
    let objects = workspace.objects();
    for wanted in wanted {
        let traces =
            explain_event(&workspace.session, &settled.plan, &wanted, EVENTS, &objects, settled.now).await;
        let traces = traces?;
        if !traces.is_empty() {
            return Ok(traces);
        }
    }
    Ok(Vec::new())
}

/// What explanations speak of.
struct Explained<'a> {
    query: &'a QueryText,
    view: &'a View,
}

impl Explained<'_> {
    fn text(&self, trace: &EventTrace) -> String {
        let mut lines = event_lines(trace);
        lines.push(String::new());
        for (index, stage) in trace.stages.iter().enumerate() {
            // A condition that a command implies says nothing beside the command itself.
            let next = trace.stages.get(index + 1);
            let implied = stage.passed == Some(true) && next.is_some_and(|next| next.span == stage.span);
            if !implied || trace.admitted_by(stage).len() > 1 {
                self.stage(trace, stage, &mut lines);
            }
        }
        lines.push(String::new());
        self.verdict(trace, &mut lines);
        lines.push(String::new());
        lines.join("\n")
    }

    fn stage(&self, trace: &EventTrace, stage: &Stage, lines: &mut Vec<String>) {
        let outcome = match stage.passed {
            Some(true) => "passed",
            Some(false) => "DROPPED",
            None => "",
        };
        let place = self.place(stage.span);
        let first = |text: String| format!("{place:>8}  {outcome:<8} {text}");
        let more = |text: String| format!("{:MARGIN$}{text}", "");
        match &stage.kind {
            StageKind::Time { event, earliest, latest } => {
                let show =
                    |time: &Option<i64>, open: &str| time.map_or_else(|| open.to_owned(), moment::show);
                let (from, to) = (show(earliest, "the beginning"), show(latest, "the end"));
                lines.push(first(format!(
                    "time range {from} to {to}: the event is of {}",
                    show(event, "no known time")
                )));
            }
            StageKind::Filter(judged) => {
                let whole = stage.span.start <= judged.span.start && judged.span.end <= stage.span.end;
                lines.push(first(self.excerpt(if whole { stage.span } else { judged.span })));
                let told = trace.admitted_by(stage);
                for part in
                    told.iter().filter(|part| part.span != judged.span || part.form == Form::Leaf).take(4)
                {
                    if has_choice(judged) {
                        lines.push(more(format!("let through by {}", self.leaf(part))));
                    }
                }
            }
            StageKind::Compute(columns) => {
                let named = columns.iter().filter_map(|column| Some((column.name.user()?, &column.value)));
                for (index, (name, value)) in named.enumerate() {
                    let text = format!("{name} = {}", shown(value.as_deref()));
                    lines.push(if index == 0 { first(text) } else { more(text) });
                }
            }
            StageKind::Group { keys, values } => {
                let keys: Vec<_> = keys.iter().map(|key| (self.named(key), key.value.clone())).collect();
                lines.push(first(format!("becomes one row with all events of {}", pairs(&keys))));
                if !values.is_empty() {
                    lines.push(more(format!("of which {}", pairs(values))));
                }
            }
            StageKind::Rows(_) => lines.push(first(self.excerpt(stage.span))),
        }
    }

    fn verdict(&self, trace: &EventTrace, lines: &mut Vec<String>) {
        let Some(stage) = trace.dropped_at() else {
            lines.push("passed: the event is in the result".to_owned());
            return;
        };
        let causes = trace.causes();
        match &stage.kind {
            StageKind::Time { .. } => {
                lines.push(
                    "dropped: the event lies outside the time range (`--earliest` and `--latest` replace it)"
                        .to_owned(),
                );
                let later = trace.stages.iter().filter(|later| later.passed == Some(false)).nth(1);
                let rest = later.map_or_else(
                    || "but for that it passes the conditions on single events".to_owned(),
                    |later| format!("inside it, it would be dropped at {}", self.place(later.span)),
                );
                lines.push(format!("  {rest}"));
            }
            StageKind::Filter(judged) => {
                let place = self.place(judged.span);
                lines.push(format!("dropped at {place} by `{}`", self.excerpt(judged.span)));
            }
            StageKind::Rows(reason) => {
                lines.push(format!(
                    "dropped at {} by `{}`: {reason}",
                    self.place(stage.span),
                    self.excerpt(stage.span)
                ));
            }
            _ => lines.push(format!("dropped at {}", self.place(stage.span))),
        }
        for (field, value, group) in self.grouped(&causes) {
            lines.push(format!("  because {field} is {}", shown(value)));
            for cause in group {
                let outcome = outcome(cause, &self.excerpt(cause.span));
                let way = if cause.through.is_empty() {
                    String::new()
                } else {
                    format!(", by way of {}", cause.through.join(", "))
                };
                lines.push(format!(
                    "    {} `{}` {outcome}{way}",
                    self.place(cause.span),
                    self.excerpt(cause.span)
                ));
            }
            lines.extend(self.origin(&field, value).map(|origin| format!("    {origin}")));
        }
    }

    /// Where the view has a field's value from, if not from the record as it is.
    fn origin(&self, field: &str, value: Option<&str>) -> Option<String> {
        let declared = self.view.sources.iter().find_map(|source| {
            let declared = self.view.source_field(source, field)?;
            constants(&declared.derivation)
                .iter()
                .any(|text| Some(text.as_str()) == value)
                .then_some(declared)
        })?;
        let (view, origin) = (&self.view.name, &declared.origin);
        Some(format!("the view `{view}` sets this word where the record has none ({origin})"))
    }

    fn leaf(&self, part: &Judged) -> String {
        let text = self.excerpt(part.span);
        let values: Vec<&Read> = match part.form {
            Form::Not => part.parts.iter().flat_map(|part| &part.values).collect(),
            _ => part.values.iter().collect(),
        };
        let shown = |read: &Read| format!("{} = {}", self.named(read), shown(read.value.as_deref()));
        let values: Vec<String> = values.into_iter().map(shown).collect();
        if values.is_empty() { format!("`{text}`") } else { format!("`{text}`: {}", values.join(", ")) }
    }

    /// What a column that is read is called: by the user's name, else as the query computes it.
    fn named(&self, read: &Read) -> String {
        read.column.user().map_or_else(|| self.excerpt(read.span), str::to_owned)
    }

    fn object(&self, values: &[Read]) -> Value {
        let members = values.iter().map(|read| (self.named(read), json!(read.value)));
        Value::Object(members.collect())
    }

    /// Causes by field and value, in order of their first.
    fn grouped<'c>(&self, causes: &'c [Cause]) -> Vec<(String, Option<&'c str>, Vec<&'c Cause>)> {
        let mut groups: Vec<(String, Option<&str>, Vec<&Cause>)> = Vec::new();
        for cause in causes {
            let (name, value) = (self.named(&cause.field), cause.field.value.as_deref());
            match groups.iter_mut().find(|(field, known, _)| *field == name && *known == value) {
                Some((_, _, group)) => group.push(cause),
                None => groups.push((name, value, vec![cause])),
            }
        }
        groups
    }

    fn place(&self, span: Span) -> String {
        let (line, column) = self.query.place(span);
        format!("{line}:{column}")
    }

    fn excerpt(&self, span: Span) -> String {
        self.query.excerpt(span, EXCERPT)
    }

    fn json(&self, trace: &EventTrace) -> Value {
        let event: serde_json::Map<String, Value> =
            trace.event.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let causes: Vec<Value> = trace
            .causes()
            .iter()
            .map(|cause| {
                let mut value = self.placed(cause.span);
                merge(&mut value, json!({ "truth": cause.truth, "field": self.named(&cause.field), "value": cause.field.value, "through": cause.through }));
                value
            })
            .collect();
        let stages: Vec<Value> = trace.stages.iter().map(|stage| self.json_stage(trace, stage)).collect();
        json!({ "event": event, "passed": trace.passed(), "stages": stages, "causes": causes })
    }

    fn json_stage(&self, trace: &EventTrace, stage: &Stage) -> Value {
        let mut value = self.placed(stage.span);
        merge(&mut value, json!({ "passed": stage.passed }));
        let own = match &stage.kind {
            StageKind::Time { event, earliest, latest } => {
                let show = |time: &Option<i64>| time.map(moment::show);
                json!({ "kind": "time", "event": show(event), "earliest": show(earliest), "latest": show(latest) })
            }
            StageKind::Filter(judged) => {
                let admitted = trace.admitted_by(stage);
                let admitted: Vec<Value> =
                    admitted.into_iter().map(|part| self.json_condition(part)).collect();
                json!({ "kind": "filter", "condition": self.json_condition(judged), "admitted_by": admitted })
            }
            StageKind::Compute(columns) => {
                let named = columns.iter().filter(|column| column.name.is_user());
                let columns: Vec<Value> = named.map(|column| self.json_column(column)).collect();
                json!({ "kind": "compute", "columns": columns })
            }
            StageKind::Group { keys, values } => {
                json!({ "kind": "group", "keys": self.object(keys), "values": object(values) })
            }
            StageKind::Rows(reason) => json!({ "kind": "rows", "reason": reason }),
        };
        merge(&mut value, own);
        value
    }

    fn json_column(&self, column: &Computed) -> Value {
        let from = match &column.reason {
            Reason::Columns(values) => self.object(values),
            Reason::Arm { tried, .. } => {
                Value::Array(tried.iter().map(|condition| self.json_condition(condition)).collect())
            }
        };
        json!({ "name": column.name.user(), "value": column.value, "from": from })
    }

    fn json_condition(&self, judged: &Judged) -> Value {
        let mut value = self.placed(judged.span);
        let form = match judged.form {
            Form::And => "and",
            Form::Or => "or",
            Form::Not => "not",
            Form::Leaf => "leaf",
        };
        merge(&mut value, json!({ "form": form, "truth": judged.truth }));
        let own = if judged.parts.is_empty() {
            json!({ "values": self.object(&judged.values) })
        } else {
            json!({ "parts": judged.parts.iter().map(|part| self.json_condition(part)).collect::<Vec<_>>() })
        };
        merge(&mut value, own);
        value
    }

    fn placed(&self, span: Span) -> Value {
        let (line, column) = self.query.place(span);
        let text = self.query.text.get(span.start..span.end).unwrap_or_default();
        json!({ "line": line, "column": column, "text": text })
    }
}

/// Whether a condition could have been fulfilled in several ways.
fn has_choice(judged: &Judged) -> bool {
    judged.form == Form::Or || (judged.form == Form::And && judged.parts.iter().any(has_choice))
}

fn event_lines(trace: &EventTrace) -> Vec<String> {
    let get =
        |name: &str| trace.event.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let mut who = format!("event   {}", get("action").unwrap_or("of an unknown action"));
    for (word, name) in [("by", "actor"), ("from", "source_ip"), ("on", "target")] {
        if let Some(value) = get(name) {
            who.push_str(&format!(" {word} {}", cut(value, VALUE)));
        }
    }
    let time = get("time").unwrap_or("no time");
    let outcome = get("outcome").map(|outcome| format!(", {outcome}")).unwrap_or_default();
    let id = get("event_id").unwrap_or("none");
    let mut lines = vec![who, format!("        {time}{outcome}, id {id}")];
    if let (Some(object), Some(record)) = (get("object"), get("record")) {
        lines.push(format!("        {object} at {record}"));
    }
    lines
}

/// The constants that a field falls back on.
fn constants(derivation: &Derivation) -> Vec<String> {
    match derivation {
        Derivation::First(items) => items
            .iter()
            .filter_map(|item| match item {
                Derivation::Constant(quarry_plan::Value::Text(text)) => Some(text.clone()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn pairs(values: &[(String, Option<String>)]) -> String {
    let shown: Vec<String> =
        values.iter().map(|(name, value)| format!("{name} = {}", shown(value.as_deref()))).collect();
    if shown.is_empty() { "the result".to_owned() } else { shown.join(", ") }
}

fn shown(value: Option<&str>) -> String {
    value.map_or_else(|| "no value".to_owned(), |value| format!("{:?}", cut(value, VALUE)))
}

fn object(values: &[(String, Option<String>)]) -> Value {
    Value::Object(values.iter().map(|(name, value)| (name.clone(), json!(value))).collect())
}

fn merge(value: &mut Value, more: Value) {
    if let (Value::Object(value), Value::Object(more)) = (value, more) {
        value.extend(more);
    }
}

/// How the condition that dropped an event came out: what excludes held, all else did not.
fn outcome(cause: &Cause, condition: &str) -> &'static str {
    let excludes = condition.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("NOT "));
    match cause.truth {
        None => "has no value",
        Some(true) if excludes => "is false",
        Some(true) => "holds, and the query excludes that",
        Some(false) if !excludes && differs_in_case(condition, cause.field.value.as_deref()) => {
            "is false: only the case differs"
        }
        Some(false) => "is false",
    }
}

/// Whether a condition has the value as a constant, but in another case.
fn differs_in_case(condition: &str, value: Option<&str>) -> bool {
    let Some(value) = value.filter(|value| value.chars().any(char::is_alphabetic)) else { return false };
    let (folded, lower) = (condition.to_lowercase(), value.to_lowercase());
    let asks = |text: &str, value: &str| {
        ["\"", "'"].iter().any(|mark| text.contains(&format!("{mark}{value}{mark}")))
            || text.ends_with(&format!("={value}"))
    };
    let is_other = ["!=", "<>"].iter().any(|sign| condition.contains(sign));
    !is_other && asks(&folded, &lower) && !asks(condition, value)
}
