//! Runs the cases of packs.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use quarry_hunt::{Detected, Failure, Outcome};
use quarry_pack::{
    Detection, Pack, PackError, Schedule, Tuning,
    cases::{Case, Expected, Order},
    emulate::{Emulation, Emulator, Options, typical_delays},
    import::Claim,
    results::{CaseResults, DetectionResult, PackResults, TestResults, Verdict},
};
use quarry_views::Catalog;

use crate::{
    bench::{Bench, Subject},
    claims,
    judge::{Judged, counted, judge, steps_by_weight},
    schedule::watch,
    stage::{Scene, Stage, tuned},
    why::why_missed,
};

/// The schedule where neither case nor pack has one.
const USUAL: (i64, i64) = (300, 3_600);

/// What tests run with.
pub struct Setup {
    /// The views.
    pub catalog: Arc<Catalog>,
    /// Files and folders of Splunk macros.
    pub macros: Vec<PathBuf>,
    /// Views that a language reads through where it has a choice.
    pub views: Vec<String>,
    /// How telemetry is made.
    pub emulation: Options,
    /// Cases that run at the same time.
    pub threads: usize,
}

/// Runs the cases of packs, or the one named `only`; `done` is told how many of how many are through.
///
/// # Errors
/// If a case cannot be emulated, or a temporary file not written. A detection that does not compile is
/// a result, not an error.
pub fn test_packs(
    setup: &Setup,
    packs: &[Pack],
    only: Option<&str>,
    done: &(dyn Fn(usize, usize) + Sync),
) -> Outcome<TestResults> {
    refuse_misnamed(packs)?;
    let chosen = |case: &Case| only.is_none_or(|only| case.id == only);
    let jobs: Vec<(usize, &Case)> = packs
        .iter()
        .enumerate()
        .flat_map(|(index, pack)| pack.cases.cases.iter().map(move |case| (index, case)))
        .filter(|(_, case)| chosen(case))
        .collect();
    let bench = Bench::new(setup)?;
    let entrants = packs.iter().map(|pack| {
        let concerned = pack.cases.cases.iter().any(chosen);
        let subjects = if concerned { bench.subjects(pack)? } else { Vec::new() };
        Ok(Entrant { bench: &bench, pack, emulator: Emulator::of_pack(pack).map_err(of_pack)?, subjects })
    });
    let entrants: Vec<Entrant<'_>> = entrants.collect::<Outcome<_>>()?;
    let work = |(index, case): &(usize, &Case)| entrants[*index].run(case);
    let results = on_threads(setup.threads, &jobs, &work, done);
    let mut of_packs: Vec<PackResults> = packs
        .iter()
        .map(|pack| PackResults {
            technique: pack.technique.clone(),
            name: pack.name.clone(),
            cases: Vec::new(),
        })
        .collect();
    for ((index, _), result) in jobs.iter().zip(results) {
        of_packs[*index].cases.push(result?);
    }
    Ok(TestResults::new(of_packs))
}

/// Names that no detection has would make tests pass that test nothing.
///
/// # Errors
/// The first of them.
pub fn refuse_misnamed(packs: &[Pack]) -> Outcome<()> {
    match packs.iter().flat_map(|pack| &pack.misnamed).next() {
        Some(error) => Err(of_pack(error.clone())),
        None => Ok(()),
    }
}

/// A pack under test.
struct Entrant<'a> {
    bench: &'a Bench<'a>,
    pack: &'a Pack,
    emulator: Emulator,
    subjects: Vec<Subject<'a>>,
}

impl Entrant<'_> {
    /// Emulates a case and runs every detection of the pack over it.
    fn run(&self, case: &Case) -> Outcome<CaseResults> {
        let emulation = emulate(self.bench.setup, &self.emulator, self.pack, case)?;
        let run = CaseRun { entrant: self, case, emulation: &emulation };
        let results = runtime()?.block_on(async {
            if case.kind.is_scheduled() { run.scheduled().await } else { run.at_once().await }
        })?;
        Ok(CaseResults {
            id: case.id.clone(),
            title: case.title.clone(),
            kind: case.kind,
            provider: case.provider,
            signals: case.signals.clone(),
            results,
        })
    }
}

/// Emulates a case with the delays that its pack states.
pub fn emulate(setup: &Setup, emulator: &Emulator, pack: &Pack, case: &Case) -> Outcome<Emulation> {
    let options = Options { delays: typical_delays(pack), ..setup.emulation.clone() };
    emulator.case(case, &options).map_err(of_pack)
}

/// A runtime for one case; cases run on threads of their own.
pub fn runtime() -> Outcome<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::inner("start a thread", error))
}

/// A failure told by an error about a pack.
#[allow(clippy::needless_pass_by_value)] // for `map_err`
pub fn of_pack(error: PackError) -> Failure {
    Failure::from(error)
}

/// Does jobs on some threads; the results are in the order of the jobs.
pub fn on_threads<J: Sync, R: Send>(
    threads: usize,
    jobs: &[J],
    work: &(dyn Fn(&J) -> R + Sync),
    done: &(dyn Fn(usize, usize) + Sync),
) -> Vec<R> {
    let (next, finished) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, jobs.len().max(1)) {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(place) else { break };
                    let result = work(job);
                    results.lock().unwrap_or_else(PoisonError::into_inner).push((place, result));
                    done(finished.fetch_add(1, Ordering::Relaxed) + 1, jobs.len());
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}

struct CaseRun<'a> {
    entrant: &'a Entrant<'a>,
    case: &'a Case,
    emulation: &'a Emulation,
}

impl CaseRun<'_> {
    /// Everything has arrived; each detection runs once.
    async fn at_once(&self) -> Outcome<Vec<DetectionResult>> {
        let (stage, now) = (self.stage().await?, self.newest());
        let mut results = Vec::new();
        for subject in &self.entrant.subjects {
            let detection = subject.detection;
            let detected = match stage.detect(subject).await {
                Ok(detected) => detected,
                Err(failure) => {
                    results.push(self.broken(detection, &failure));
                    continue;
                }
            };
            let before = detected.alerts.len();
            let case_tuning = self.case_tuning();
            let alerts = tuned(detected.alerts.clone(), &[&self.entrant.pack.tuning, &case_tuning], now);
            let mut judged = match self.claim() {
                Some(claim) => claims::judge(claim, &alerts),
                None => judge(self.case, &detection.id, &alerts, &self.emulation.facts),
            };
            if judged.verdict == Verdict::Miss {
                judged.why = Some(if alerts.len() < before {
                    "the tuning takes its alert away".to_owned()
                } else {
                    self.why_missed(&stage, subject, &detected).await
                });
            }
            results.push(self.result(detection, alerts.len(), judged));
        }
        if let Some(claim) = self.claim() {
            claims::settle(claim, &mut results);
        }
        Ok(results)
    }

    /// Records arrive one by one; each detection runs on the schedule.
    async fn scheduled(&self) -> Outcome<Vec<DetectionResult>> {
        let schedule = self.schedule();
        let case_tuning = self.case_tuning();
        let tunings = [&self.entrant.pack.tuning, &case_tuning];
        let mut results = Vec::new();
        for subject in &self.entrant.subjects {
            let detection = subject.detection;
            let seen = watch(self.entrant.bench, subject, self.emulation, &schedule, &tunings).await;
            let seen = match seen {
                Ok(seen) => seen,
                Err(failure) => {
                    results.push(self.broken(detection, &failure));
                    continue;
                }
            };
            let mut judged = judge(self.case, &detection.id, &seen.alerts, &self.emulation.facts);
            let limit = match self.expected(detection) {
                Expected::Stated(expectation) => expectation.first_alert_within,
                Expected::Silence => None,
            };
            let late = limit.zip(seen.first_after).is_some_and(|(limit, after)| after > limit);
            if late && judged.verdict == Verdict::Pass {
                judged.verdict = Verdict::Miss;
            }
            if self.expected(detection).alerts() > 0 && judged.why.is_none() {
                let mut why = seen.sentence(&schedule);
                if seen.runs_with_alerts == 0
                    && let Some(reason) = self.why_never(subject).await
                {
                    why = format!("{why}; {reason}");
                }
                judged.why = Some(why);
            }
            results.push(self.result(detection, seen.alerts.len(), judged));
        }
        Ok(results)
    }

    /// Every record, in the order in which a file has them.
    async fn stage(&self) -> Outcome<Stage<'_>> {
        let mut records: Vec<_> = self.emulation.records.iter().collect();
        if self.case.order == Order::Reversed {
            records.reverse();
        }
        Stage::open(self.entrant.bench, &Scene { records, now: self.newest(), earliest: None }).await
    }

    fn newest(&self) -> i64 {
        self.emulation.records.iter().map(|record| record.time).max().unwrap_or_default()
    }

    /// Why there are too few alerts.
    async fn why_missed(&self, stage: &Stage<'_>, subject: &Subject<'_>, detected: &Detected) -> String {
        let detection = &subject.detection.id;
        let steps = steps_by_weight(self.case, detection, &self.emulation.facts);
        let reason = why_missed(stage, detected, &steps).await;
        match detected.alerts.len() {
            0 => reason,
            found => {
                let wanted = self.case.expected(detection).alerts();
                let are = if wanted == 1 { "is" } else { "are" };
                format!("{} where {wanted} {are} right; {reason}", counted(found))
            }
        }
    }

    /// Why no run of a schedule alerts, where a run over everything does not either.
    async fn why_never(&self, subject: &Subject<'_>) -> Option<String> {
        let stage = self.stage().await.ok()?;
        let detected = stage.detect(subject).await.ok()?;
        if !detected.alerts.is_empty() {
            return None;
        }
        Some(self.why_missed(&stage, subject, &detected).await)
    }

    /// What another product says of the case's events, where the case itself says nothing.
    fn claim(&self) -> Option<&Claim> {
        self.case.recorded.as_ref()?.claim.as_ref()
    }

    fn expected(&self, detection: &Detection) -> Expected<'_> {
        self.case.expected(&detection.id)
    }

    fn case_tuning(&self) -> Tuning {
        Tuning { exclusions: self.case.tuning.clone(), thresholds: Vec::new() }
    }

    fn schedule(&self) -> Schedule {
        let of_pack = self.entrant.pack.manifest.as_ref().and_then(|manifest| manifest.schedule.clone());
        self.case.schedule.clone().or(of_pack).unwrap_or(Schedule {
            every: quarry_pack::Interval::of_seconds(USUAL.0),
            look_back: quarry_pack::Interval::of_seconds(USUAL.1),
        })
    }

    fn broken(&self, detection: &Detection, failure: &Failure) -> DetectionResult {
        let judged = Judged { verdict: Verdict::Error, why: Some(failure.message()) };
        self.result(detection, 0, judged)
    }

    fn result(&self, detection: &Detection, alerts: usize, judged: Judged) -> DetectionResult {
        DetectionResult {
            detection: detection.id.clone(),
            language: detection.language,
            expected: self.expected(detection).alerts(),
            alerts,
            verdict: judged.verdict,
            why: judged.why,
        }
    }
}
