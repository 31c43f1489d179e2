//! The telemetry of cases, looked for in real logs.

use std::sync::Arc;

use arrow::{array::Array, record_batch::RecordBatch};
use jiff::{civil::DateTime, tz::TimeZone};
use quarry_diagnostic::Span;
use quarry_hunt::{Failure, Outcome, Workspace, cell_text};
use quarry_pack::{Interval, Pack, cases::Signal};
use quarry_plan::{
    Expression, ExpressionKind, Node, Operator, Source, SourceColumn, SourceField, TextMatcher, TextPattern,
    TimeRange, Type,
};

/// The view that names the action of every log alike.
const VIEW: &str = "alert";
/// The fields of it that are needed, in the order of the plan's columns.
const FIELDS: [(&str, Type); 5] = [
    ("log_type", Type::Text),
    ("time", Type::Text),
    ("object", Type::Text),
    ("action", Type::Text),
    ("operation", Type::Text),
];
/// The columns that name an action: as the record does, and without what callers may choose about it.
const ACTIONS: [&str; 2] = ["field_3", "field_4"];

/// How an expected field is found: by its path in the record, or by that name in the view, which has it for
/// shapes of a log that call the same thing otherwise. JSON, so that a part of the record counts as well as a text.
const WAYS: [fn(&str) -> SourceField; 2] =
    [|path| SourceField::Path(view_path(path)), |path| SourceField::View(path.to_owned())];

/// What was found of one signal of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalFound {
    /// The case.
    pub case: String,
    /// What was looked for.
    pub signal: Signal,
    /// Records of the action.
    pub records: usize,
    /// Time of the first of them.
    pub first: Option<String>,
    /// Longest time from a record's event to the delivery that the name of its object tells, where it does.
    pub delivered_after: Option<Interval>,
    /// Fields that none of the records has.
    pub missing: Vec<String>,
}

impl SignalFound {
    /// Whether it arrived in time with all its fields; delivery that no name tells counts as in time.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.records > 0
            && self.missing.is_empty()
            && self.delivered_after.is_none_or(|after| after <= self.signal.within)
    }
}

/// Looks for the signals of a pack's cases in logs.
///
/// # Errors
/// If the logs cannot be read.
pub async fn check_signals(
    workspace: &Workspace,
    pack: &Pack,
    only: Option<&str>,
) -> Outcome<Vec<SignalFound>> {
    let mut found = Vec::new();
    for case in pack.cases.cases.iter().filter(|case| only.is_none_or(|only| case.id == only)) {
        for signal in &case.signals {
            found.push(look_for(workspace, &case.id, signal).await?);
        }
    }
    Ok(found)
}

async fn look_for(workspace: &Workspace, case: &str, signal: &Signal) -> Outcome<SignalFound> {
    let failed = |error: quarry_engine::EngineError| Failure::engine("looking for signals", error);
    let settled = workspace.settle(plan(signal)).await?;
    let report = workspace.session.new_report();
    let execution = workspace.session.run(&settled.plan, settled.objects, settled.now, Arc::clone(&report));
    let batches = execution.await.map_err(failed)?.collect().await.map_err(failed)?;
    let mut found = SignalFound {
        case: case.to_owned(),
        signal: signal.clone(),
        records: 0,
        first: None,
        delivered_after: None,
        missing: signal.fields.clone(),
    };
    for batch in &batches {
        for row in 0..batch.num_rows() {
            found.take(batch, row);
        }
    }
    Ok(found)
}

impl SignalFound {
    fn take(&mut self, batch: &RecordBatch, row: usize) {
        let text = |column: usize| batch.columns().get(column).map(|column| cell_text(column, row));
        let log = text(0).unwrap_or_default();
        if !log.starts_with(&self.signal.log) {
            return;
        }
        self.records += 1;
        let time = text(1).unwrap_or_default();
        let delivered = text(2).as_deref().and_then(delivery).zip(time.parse::<jiff::Timestamp>().ok());
        let after = delivered.map(|(delivered, time)| delivered.as_second() - time.as_second());
        let after = after.map(|seconds| Interval::of_seconds(seconds.max(0)));
        self.delivered_after = self.delivered_after.max(after);
        if self.first.as_ref().is_none_or(|first| time < *first) {
            self.first = Some(time);
        }
        let asked = batch.columns().get(FIELDS.len()..).unwrap_or_default();
        for (field, columns) in self.signal.fields.iter().zip(asked.chunks(WAYS.len())) {
            if columns.iter().any(|column| !column.is_null(row)) {
                self.missing.retain(|missing| missing != field);
            }
        }
    }
}

/// All records of the signal's action, in any letter case, with the fields it names.
fn plan(signal: &Signal) -> Node {
    let span = Span::default();
    let known = FIELDS.iter().map(|(field, data_type)| (SourceField::View((*field).to_owned()), *data_type));
    let asked = signal.fields.iter().flat_map(|path| WAYS.iter().map(move |way| (way(path), Type::Dynamic)));
    let columns = known.chain(asked).enumerate().map(|(index, (field, data_type))| SourceColumn {
        name: format!("field_{index}").into(),
        field,
        data_type,
    });
    let source = Source {
        view: VIEW.to_owned(),
        columns: columns.collect(),
        time: TimeRange::default(),
        choices: Vec::new(),
    };
    let is_action = |column: &str| {
        let pattern = TextPattern::Equals(signal.action.clone());
        let value = Box::new(Expression::column(column, span));
        let matcher = TextMatcher { pattern, ignore_case: true };
        Expression::new(ExpressionKind::Match { matcher, value }, span)
    };
    let predicate =
        Expression::new(ExpressionKind::Or(ACTIONS.iter().copied().map(is_action).collect()), span);
    let source = Node::new(Operator::Source(source), span);
    Node::new(Operator::Filter { input: Box::new(source), predicate }, span)
}

/// A path as people write it, `items[0].id`, in the notation of views, `items{0}.id`.
fn view_path(path: &str) -> String {
    path.replace('[', "{").replace(']', "}")
}

/// The time of delivery that the name of a CloudTrail object holds: `…_20240501T1305Z_….json.gz`.
fn delivery(object: &str) -> Option<jiff::Timestamp> {
    let stamp = object
        .rsplit(['/', '\\'])
        .next()?
        .split('_')
        .find(|part| part.len() == 14 && part.as_bytes()[8] == b'T' && part.ends_with('Z'))?;
    let civil = DateTime::strptime("%Y%m%dT%H%MZ", stamp).ok()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{delivery, view_path};

    #[test]
    fn the_name_of_an_object_tells_its_delivery() {
        let name = "AWSLogs/111122223333/CloudTrail/us-east-1/2024/05/01/\
                    111122223333_CloudTrail_us-east-1_20240501T1305Z_abc.json.gz";
        assert_eq!(delivery(name).unwrap().to_string(), "2024-05-01T13:05:00Z");
        assert_eq!(delivery("/tmp/events.json"), None);
        assert_eq!(view_path("a.items[0].b"), "a.items{0}.b");
    }
}
