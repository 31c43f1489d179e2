//! Progress while logs are read, and the closing line.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::json;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use quarry_hunt::{Workspace, moment};
use quarry_logs::{NotUnderstood, Note, ObjectOutcome, ScanReport, Snapshot, Unreadable};

use crate::{
    Streams,
    failure::{Failure, Outcome},
};

const REFRESH: Duration = Duration::from_millis(200);
/// At most so many objects with bad records are named, and so many records of each.
const OBJECTS_LISTED: usize = 100;
const OF_OBJECT_LISTED: usize = 3;

/// A bar on a terminal, nothing elsewhere.
pub struct Progress<'s, 'a> {
    streams: &'s Streams<'a>,
    bar: ProgressBar,
    started: Instant,
    ticker: Option<tokio::task::JoinHandle<()>>,
    quiet: bool,
}

impl<'s, 'a> Progress<'s, 'a> {
    /// Starts; `bytes` is the size of all objects, if known. Must be called inside the runtime.
    pub fn start(streams: &'s Streams<'a>, report: &Arc<ScanReport>, bytes: u64, quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(bytes), target(streams, quiet));
        let template = "{wide_bar} {bytes}/{total_bytes} {binary_bytes_per_sec} {msg} {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let ticker = (!bar.is_hidden()).then(|| {
            let (bar, report) = (bar.clone(), Arc::clone(report));
            tokio::spawn(async move {
                loop {
                    let now = report.snapshot();
                    bar.set_position(now.bytes_compressed);
                    bar.set_message(format!("{} events", grouped(now.events_read())));
                    tokio::time::sleep(REFRESH).await;
                }
            })
        });
        Self { streams, bar, started: Instant::now(), ticker, quiet }
    }

    /// Takes the bar off the screen.
    pub fn stop(&self) {
        if let Some(ticker) = &self.ticker {
            ticker.abort();
        }
        self.bar.finish_and_clear();
    }

    /// Tells what was read, and what of it was bad or foreign.
    pub fn close(&self, report: &ScanReport, found: &str) {
        self.stop();
        if self.quiet {
            return;
        }
        let last = report.snapshot();
        tell_troubles(self.streams, &last);
        let seconds = self.started.elapsed().as_secs_f64();
        self.streams.tell(summary(&last, found, seconds));
    }
}

/// Writes the account of what was read, and what was not, as JSON lines.
///
/// # Errors
/// If the file cannot be written.
pub fn write_account(file: Option<&Path>, report: &ScanReport, workspace: &Workspace) -> Outcome<()> {
    let Some(file) = file else { return Ok(()) };
    let last = report.snapshot();
    let objects: serde_json::Map<String, serde_json::Value> = ObjectOutcome::NAMED
        .into_iter()
        .zip(last.objects_by_outcome)
        .map(|((_, name), count)| (name.to_owned(), json!(count)))
        .collect();
    let mut lines = vec![json!({
        "account": "total", "objects": last.objects, "objects_by_outcome": objects, "events": last.events_read(), "bad_records": last.bad,
        "left_out_by_path_date": workspace.left_out(), "bytes": last.bytes_uncompressed,
    })];
    let events = last.events.iter().filter(|(_, count)| *count > 0);
    lines.extend(events.map(|(log, count)| json!({"account": "events", "log_type": log, "count": count})));
    lines.extend(last.foreign.iter().map(|(kind, found)| {
        json!({"account": "another kind", "kind": kind, "count": found.count, "objects": found.objects})
    }));
    lines.extend(last.notes.iter().map(|(note, noted)| {
        json!({"account": "note", "what": told_note(*note, noted.count), "count": noted.count, "first": noted.first})
    }));
    lines.extend(last.bad_records.iter().map(|bad| {
        json!({"account": "bad record", "object": bad.object, "offset": bad.offset, "reason": bad.reason})
    }));
    let unread = workspace.session.unread();
    lines.extend(
        unread
            .first()
            .iter()
            .map(|unread| json!({"account": "not read", "object": unread.name, "reason": unread.reason})),
    );
    lines.extend(
        unread
            .not_understood()
            .iter()
            .map(|object| json!({"account": "not understood", "object": object.name, "kind": object.kind})),
    );
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    quarry_hunt::files::replace(file, text.as_bytes()).map_err(|error| Failure::writing_file(file, error))
}

/// Tells what could not be read, quiet or not: rows may be missing.
///
/// # Errors
/// If nothing at all could be read.
pub fn tell_unread(streams: &Streams<'_>, workspace: &Workspace) -> Outcome<()> {
    let left_out = workspace.left_out();
    if left_out > 0 {
        let objects = if left_out == 1 { "object was" } else { "objects were" };
        streams.tell(format_args!(
            "{} {objects} left out: delivered before the time range, by the date of the path (`--no-prune` reads them)",
            grouped(left_out)
        ));
    }
    let unread = workspace.session.unread();
    let first = unread.first();
    for Unreadable { name, reason } in &first {
        streams.tell(format_args!("not read: {name}: {reason}"));
    }
    let more = unread.count().saturating_sub(first.len());
    if more > 0 {
        streams.tell(format_args!("and {} more that cannot be read", grouped(more as u64)));
    }
    if let Some((count, signature)) = workspace.session.given_up() {
        let values = if count == 1 { "value" } else { "values" };
        streams.tell(format_args!(
            "warning: {} {values} not judged: a regular expression of `{signature}` takes too many steps on such a \
             value, which counts as not matching",
            grouped(count)
        ));
    }
    tell_not_understood(streams, workspace)?;
    match first.first() {
        Some(Unreadable { reason, .. }) if workspace.is_unread() => {
            Err(Failure::reading("any of the logs", reason))
        }
        Some(Unreadable { name, reason }) if workspace.is_strict => {
            Err(Failure::reading(format!("`{name}`"), reason))
        }
        Some(_) => {
            let (count, them) = match unread.count() {
                1 => ("1 object or folder".to_owned(), "it"),
                count => (format!("{} objects or folders", grouped(count as u64)), "them"),
            };
            streams.tell(format_args!(
                "warning: {count} could not be read: what was in {them} is missing (`--strict` makes this an error)"
            ));
            Ok(())
        }
        None => Ok(()),
    }
}

/// Tells of which objects nothing was understood, quiet or not.
fn tell_not_understood(streams: &Streams<'_>, workspace: &Workspace) -> Outcome<()> {
    let unread = workspace.session.unread();
    let not_understood = unread.not_understood();
    if let Some(mended) = unread.mended().filter(|_| workspace.is_strict) {
        return Err(Failure::reading("a value", mended));
    }
    let Some(NotUnderstood { name, kind }) = not_understood.first() else { return Ok(()) };
    if workspace.is_strict || !unread.is_any_understood() {
        return Err(Failure::Content(format!("nothing was understood in `{name}`: {kind}")));
    }
    for NotUnderstood { name, kind } in &not_understood {
        streams.tell(format_args!("not understood: {name}: {kind}"));
    }
    let count = unread.count_not_understood();
    let objects = if count == 1 { "object" } else { "objects" };
    streams.tell(format_args!(
        "warning: nothing was understood in {} {objects} (`--strict` makes this an error)",
        grouped(count as u64)
    ));
    Ok(())
}

/// Where a bar is drawn: on a terminal, unless all should be quiet.
pub fn target(streams: &Streams<'_>, quiet: bool) -> ProgressDrawTarget {
    if quiet || !streams.terminal.messages {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    }
}

/// Names every object with bad records once, with its first ones.
fn tell_troubles(streams: &Streams<'_>, last: &Snapshot) {
    let mut objects: Vec<&str> = Vec::new();
    for bad in &last.bad_records {
        if !objects.contains(&bad.object.as_str()) {
            objects.push(&bad.object);
        }
    }
    let mut listed = 0;
    for object in objects.iter().take(OBJECTS_LISTED) {
        let of_object = last.bad_records.iter().filter(|bad| bad.object == *object).take(OF_OBJECT_LISTED);
        for bad in of_object {
            streams.tell(format_args!("bad record: {} at byte {}: {}", bad.object, bad.offset, bad.reason));
            listed += 1;
        }
    }
    if last.bad > listed {
        streams.tell(format_args!("and {} more bad records", grouped(last.bad - listed)));
    }
    if last.skipped > 0 {
        streams.tell(format_args!("{} passed over in bad records", size(last.skipped)));
    }
    for (note, noted) in &last.notes {
        streams.tell(format_args!("{} ({})", told_note(*note, noted.count), noted.first));
    }
    for (name, foreign) in &last.foreign {
        let example = foreign.objects.first().map_or("", String::as_str);
        streams.tell(format_args!("not audit records: {} {name} ({example})", grouped(foreign.count)));
    }
}

/// What was counted, in words.
fn told_note(note: Note, count: u64) -> String {
    let events = format!("{} {}", grouped(count), if count == 1 { "event" } else { "events" });
    let times = if count == 1 { "time" } else { "times" };
    match note {
        Note::Timeless => format!("{events} without a readable time"),
        Note::TimelessLeftOut => format!("{events} without a readable time, left out by the time range"),
        Note::AroundJson => format!("text around JSON passed over {} {times}", grouped(count)),
        Note::NoObject => format!("a JSON value that is no object passed over {} {times}", grouped(count)),
        Note::Mended => format!("{events} with a value that was replaced"),
        Note::Reshaped => {
            format!(
                "{events} put together from another product's columns: what has no column there is missing"
            )
        }
        Note::LastResort => {
            format!("records taken out of a member of an unknown object {} {times}", grouped(count))
        }
    }
}

/// The closing line.
fn summary(last: &Snapshot, found: &str, seconds: f64) -> String {
    let range = match (last.oldest, last.newest) {
        (Some(oldest), Some(newest)) => format!("{} to {}", moment::show(oldest), moment::show(newest)),
        _ => "no event time".to_owned(),
    };
    #[allow(clippy::cast_precision_loss)] // a rate for people
    let rate = last.bytes_uncompressed as f64 / seconds.max(1e-6);
    format!(
        "{} events in {} objects, {found}, {} bad records, {range}, {} in {seconds:.2} s ({}/s)",
        grouped(last.events_read()),
        grouped(last.objects),
        grouped(last.bad),
        size(last.bytes_uncompressed),
        size(to_bytes(rate)),
    )
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a rate is finite and not negative
fn to_bytes(rate: f64) -> u64 {
    rate as u64
}

/// A number of bytes for people.
pub fn size(bytes: u64) -> String {
    indicatif::DecimalBytes(bytes).to_string()
}

/// A number of alerts in words.
pub fn alerts_of(count: usize) -> String {
    format!("{} {}", grouped(count as u64), if count == 1 { "alert" } else { "alerts" })
}

/// A number with thousands separated.
pub fn grouped(number: u64) -> String {
    indicatif::HumanCount(number).to_string()
}
