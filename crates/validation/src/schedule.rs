//! What a schedule sees of records as they arrive.

use std::collections::BTreeSet;

use quarry_hunt::Outcome;
use quarry_pack::{
    Alert, Interval, Schedule, Tuning,
    emulate::{Emulation, Record},
};
use quarry_plan::Node;

use crate::{
    bench::{Bench, Subject},
    stage::{Scene, Stage, tuned},
};

const SECOND: i64 = 1_000_000;

/// What the runs of one detection gave.
pub struct Seen {
    /// Each alert once, in the order of the first run that gave it.
    pub alerts: Vec<Alert>,
    /// Time from the last event to the first run that alerted.
    pub first_after: Option<Interval>,
    /// Number of runs that alerted.
    pub runs_with_alerts: usize,
}

/// Runs a detection as a schedule would, from the first arrival until no event is in the window.
pub async fn watch(
    bench: &Bench<'_>,
    subject: &Subject<'_>,
    emulation: &Emulation,
    schedule: &Schedule,
    tunings: &[&Tuning],
) -> Outcome<Seen> {
    let mut distinct: BTreeSet<[Option<String>; 4]> = BTreeSet::new();
    let mut seen = Seen { alerts: Vec::new(), first_after: None, runs_with_alerts: 0 };
    let mut always_same = true;
    let newest = emulation.records.iter().map(|record| record.time).max().unwrap_or_default();
    // A run that sees the same records as the one before says the same, unless the detection asks for the time.
    let mut last: Option<(Vec<usize>, Vec<Alert>)> = None;
    for now in runs(emulation, schedule) {
        let earliest = now - schedule.look_back.seconds() * SECOND;
        let in_view = |record: &Record| record.arrival <= now && (earliest..=now).contains(&record.time);
        let records = emulation.records.iter().enumerate().filter(|(_, record)| in_view(record));
        let (places, records): (Vec<usize>, Vec<&Record>) = records.unzip();
        let found = match last.take() {
            Some((before, alerts)) if before == places => alerts,
            _ => {
                let stage = Stage::open(bench, &Scene { records, now, earliest: Some(earliest) }).await?;
                let detected = stage.detect(subject).await?;
                always_same &= !asks_for_time(&detected.settled.plan);
                detected.alerts
            }
        };
        let alerts = tuned(found.clone(), tunings, now);
        last = always_same.then_some((places, found));
        if alerts.is_empty() {
            continue;
        }
        seen.runs_with_alerts += 1;
        seen.first_after.get_or_insert(Interval::of_seconds((now - newest) / SECOND));
        for alert in alerts {
            let identity = [&alert.actor, &alert.action, &alert.target, &alert.account].map(Clone::clone);
            if distinct.insert(identity) {
                seen.alerts.push(alert);
            }
        }
    }
    Ok(seen)
}

/// Whether a plan's rows depend on when it runs, beyond its time range.
fn asks_for_time(plan: &Node) -> bool {
    let mut asks = false;
    plan.visit_expressions(&mut |value| asks |= value.calls(&quarry_functions::depends_on_now));
    asks
}

/// The times of the runs that can see anything, in microseconds since 1970-01-01 UTC.
fn runs(emulation: &Emulation, schedule: &Schedule) -> impl Iterator<Item = i64> {
    let every = schedule.every.seconds().max(1) * SECOND;
    let arrivals = || emulation.records.iter().map(|record| record.arrival);
    let first = arrivals().min().unwrap_or_default();
    let newest = emulation.records.iter().map(|record| record.time).max().unwrap_or_default();
    let last = newest + schedule.look_back.seconds() * SECOND;
    let start = first.div_euclid(every) * every + every;
    (0..).map(move |run| start + run * every).take_while(move |now| *now <= last)
}

impl Seen {
    /// The runs in one sentence.
    pub fn sentence(&self, schedule: &Schedule) -> String {
        let Schedule { every, look_back } = schedule;
        match self.first_after {
            Some(after) => {
                let runs = self.runs_with_alerts;
                let shown = if runs == 1 { "run shows" } else { "runs show" };
                format!(
                    "run every {every} over the last {look_back}: first alert {after} after the event, {runs} {shown} it"
                )
            }
            None => format!("run every {every} over the last {look_back}: no run shows it"),
        }
    }
}
