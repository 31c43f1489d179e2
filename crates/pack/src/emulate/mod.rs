//! Telemetry: the records that a cloud would have written, from templates (docs/telemetry.md).
//!
//! An [`Emulator`] turns a [`Case`] into an [`Emulation`]: the records of its steps among ordinary work, and the
//! facts that alerts should name. The same seed gives the same bytes.

mod actor;
mod engine;
mod filters;
mod identifiers;
mod library;
mod noise;
mod of_case;
mod perform;
mod random;
mod references;
mod shapes;
mod template;

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use quarry_diagnostic::did_you_mean;
use serde::Serialize;
use serde_json::{Map, Value};

pub use library::{Cast, Templates};
pub use shapes::Object;

use self::{
    engine::Engine,
    identifiers::Identifiers,
    perform::Task,
    random::Random,
    references::Outputs,
    template::{ProviderTemplate, ShapeTemplate},
};
use crate::{
    Interval, Pack, PackError,
    cases::{Case, Order, Principal, Provider, Step},
};

/// Seconds between a step and the next that does not say when it happens.
const PAUSE: i64 = 20;

/// Seconds between two deliveries of the same record.
const REDELIVERY: i64 = 300;

/// When emulated cases begin where nothing is said: 2026-03-10 10:00 UTC, in microseconds.
pub const DEFAULT_TIME: i64 = 1_773_136_800_000_000;

/// How to emulate.
#[derive(Debug, Clone)]
pub struct Options {
    /// Determines every identifier and choice.
    pub seed: u64,
    /// When the case begins, in microseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Number of records of ordinary work.
    pub noise: usize,
    /// Length of time that the ordinary work is spread over, half before and half after `at`.
    pub spread: Interval,
    /// Profiles of ordinary work.
    pub profiles: Vec<String>,
    /// How long records take to arrive where a step does not say; overrides `delays`.
    pub delay: Option<Interval>,
    /// The same by log type or cloud, as a pack's delay model has it; the template's typical delay where absent.
    pub delays: BTreeMap<String, Interval>,
    /// Way of delivery, which decides the form of the records; each cloud's default where empty.
    pub shape: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            at: DEFAULT_TIME,
            noise: 0,
            spread: Interval::of_seconds(7_200),
            profiles: vec!["everyday".to_owned()],
            delay: None,
            delays: BTreeMap::new(),
            shape: String::new(),
        }
    }
}

impl Options {
    /// Seconds that records of a cloud typically take.
    fn arrival_of(&self, provider: Provider, emulator: &Emulator) -> Result<i64, PackError> {
        let template = emulator.templates.provider(provider)?;
        let of_log = || {
            let log = template.forms.values().find_map(|form| self.delays.get(&form.log));
            log.or_else(|| self.delays.get(provider.word()))
        };
        Ok(self.delay.or_else(|| of_log().copied()).unwrap_or(template.arrives).seconds())
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Log type such as `aws.cloudtrail`.
    pub log: String,
    /// Cloud.
    pub provider: Provider,
    /// The record.
    pub json: Value,
    /// When it happened, in microseconds since 1970-01-01 UTC.
    pub time: i64,
    /// When it arrives where it is read.
    pub arrival: i64,
    /// The step of the case it belongs to, from 0; none for ordinary work.
    pub step: Option<usize>,
    /// The provider's identifier, as an alert names it.
    pub event_id: String,
    /// Account, subscription or project.
    pub account: String,
    /// Region or zone.
    pub region: String,
}

/// What is true of a step, in the words of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Facts {
    /// Name of the step.
    pub step: String,
    /// Cloud.
    pub provider: String,
    /// Who did it.
    pub actor: Option<String>,
    /// From where.
    pub source_ip: Option<String>,
    /// What, in the provider's word.
    pub action: String,
    /// To what.
    pub target: Option<String>,
    /// In which account, subscription or project.
    pub account: Option<String>,
    /// In which region or zone.
    pub region: Option<String>,
    /// How it ended, in the word of the case.
    pub outcome: String,
    /// The provider's identifiers of its records.
    pub event_ids: Vec<String>,
    /// When, in microseconds since 1970-01-01 UTC.
    pub time: i64,
}

/// What an emulated case left in the logs.
#[derive(Debug, Clone, PartialEq)]
pub struct Emulation {
    /// The records in the order of the file.
    pub records: Vec<Record>,
    /// The facts of each step, in the order of the steps.
    pub facts: Vec<Facts>,
}

/// Makes records from templates.
pub struct Emulator {
    templates: Templates,
    cast: BTreeMap<String, Principal>,
    engine: Engine,
    identifiers: Arc<Identifiers>,
}

impl Emulator {
    /// An emulator with principals beside the built-in ones; one of a known name and cloud takes its place.
    #[must_use]
    pub fn new(templates: Templates, cast: &BTreeMap<String, Principal>) -> Self {
        let (engine, identifiers) = (templates.engine(), templates.shared_identifiers());
        Self { templates, cast: cast.clone(), engine, identifiers }
    }

    /// An emulator with the embedded templates alone.
    ///
    /// # Errors
    /// If one of them is wrong, which the tests of this crate exclude.
    pub fn embedded() -> Result<Self, PackError> {
        Ok(Self::new(Templates::embedded()?, &BTreeMap::new()))
    }

    /// An emulator with the templates below the pack's `telemetry/` and the cast of its cases.
    ///
    /// # Errors
    /// If a template is wrong.
    pub fn of_pack(pack: &Pack) -> Result<Self, PackError> {
        let mut templates = Templates::embedded()?;
        for (path, text) in pack.pages.iter().filter(|(path, _)| path.starts_with("telemetry/")) {
            templates.add(path, text)?;
        }
        Ok(Self::new(templates, &pack.cases.cast))
    }

    /// The templates it uses.
    #[must_use]
    pub const fn templates(&self) -> &Templates {
        &self.templates
    }

    /// Emulates a case.
    ///
    /// # Errors
    /// If it names an action, a principal, a parameter, an outcome or an output that does not exist, or a template is wrong.
    pub fn case(&self, case: &Case, options: &Options) -> Result<Emulation, PackError> {
        if let Some(recorded) = &case.recorded {
            return self.recorded(case, recorded, options);
        }
        let mut outputs = Outputs::new();
        let (mut records, mut facts) = (Vec::new(), Vec::new());
        let arrives = options.arrival_of(case.provider, self)?;
        // A part of a second, the same for all steps, so that their distances are exactly as written.
        let part = Random::of(options.seed, &["case", &case.id]).span(filters::SECOND / 1000);
        let mut second = -PAUSE;
        for (index, step) in case.steps.iter().enumerate() {
            second = step.at.map_or(second + PAUSE, Interval::seconds);
            let wrong = |error: PackError| in_step(error, case, step);
            let task = self.task(case, step, options, &outputs).map_err(wrong)?;
            let name = step.name();
            let words = ["case", case.id.as_str(), name.as_str()];
            let time = (options.at + second * 1_000_000) * 1000 + part;
            let arrives = Some(step.arrives.map_or(arrives, Interval::seconds));
            let done = self.perform(&Task { words, time, arrives, ..task }).map_err(wrong)?;
            for copy in 0..i64::from(step.copies) {
                let delivered = done.records.iter().cloned().map(|record| Record {
                    step: Some(index),
                    arrival: record.arrival + copy * REDELIVERY * 1_000_000,
                    ..record
                });
                records.extend(delivered);
            }
            facts.push(Facts { step: name.clone(), ..done.facts });
            outputs.insert(name, done.outputs);
        }
        if options.noise > 0 {
            records.extend(self.noise(case.provider, options)?);
        }
        records.sort_by_key(|record| record.time);
        if case.order == Order::Reversed {
            records.reverse();
        }
        Ok(Emulation { records, facts })
    }

    fn task<'a>(
        &'a self,
        case: &'a Case,
        step: &'a Step,
        options: &'a Options,
        outputs: &Outputs,
    ) -> Result<Task<'a>, PackError> {
        let member = self.member_of(case, step);
        let mut with = Map::new();
        for (name, value) in &step.with {
            let value =
                references::resolve(value, outputs).map_err(|error| PackError::new("cases", error))?;
            with.insert(name.clone(), value);
        }
        Ok(Task {
            action: &step.action,
            member,
            principal: self.member(case.provider, member)?,
            session: step.session.as_deref().unwrap_or_default(),
            region: step.region.as_deref(),
            outcome: &step.outcome,
            with,
            time: 0,
            start: options.at * 1000,
            arrives: None,
            shape: &options.shape,
            seed: options.seed,
            words: [""; 3],
        })
    }

    /// A principal by name: the case's, else the built-in one of the cloud.
    fn member(&self, provider: Provider, name: &str) -> Result<&Principal, PackError> {
        let own = self.cast.get(name).filter(|principal| principal.provider == provider);
        own.or_else(|| self.templates.cast.get(&(provider, name.to_owned()))).ok_or_else(|| {
            let built_in = self.templates.cast.keys().filter(|(of, _)| *of == provider);
            let names: HashSet<&str> =
                built_in.map(|(_, name)| name.as_str()).chain(self.cast.keys().map(String::as_str)).collect();
            let mut names: Vec<&str> = names.into_iter().collect();
            names.sort_unstable();
            let error = PackError::new("cast", format!("{} has no `{name}`", provider.word()));
            error.with_help(did_you_mean(name, names.iter().copied()).map_or_else(
                || format!("it has {}", names.join(", ")),
                |near| format!("did you mean `{near}`?"),
            ))
        })
    }

    fn shape<'a>(
        &'a self,
        provider: &'a ProviderTemplate,
        name: &str,
    ) -> Result<&'a ShapeTemplate, PackError> {
        let known = self.templates.providers.values().any(|of| of.shapes.contains_key(name));
        if !known && !name.is_empty() {
            let names: std::collections::BTreeSet<&str> = self
                .templates
                .providers
                .values()
                .flat_map(|of| of.shapes.keys().map(String::as_str))
                .collect();
            let names: Vec<&str> = names.into_iter().collect();
            return Err(PackError::new("telemetry", format!("no shape is called `{name}`"))
                .with_help(format!("shapes are {}", names.join(", "))));
        }
        provider.shapes.get(name).or_else(|| provider.shapes.get(&provider.shape)).ok_or_else(|| {
            PackError::new(
                "telemetry",
                format!("{} has no shape `{}`", provider.provider.word(), provider.shape),
            )
        })
    }
}

/// How long records typically take to arrive by log type, as the pack's delay model has it.
#[must_use]
pub fn typical_delays(pack: &Pack) -> BTreeMap<String, Interval> {
    let delays = pack.manifest.iter().flat_map(|manifest| &manifest.delay_model);
    delays.map(|(log, delay)| (log.clone(), delay.typical)).collect()
}

fn in_step(mut error: PackError, case: &Case, step: &Step) -> PackError {
    error.message = format!("case `{}`, step `{}`: {}", case.id, step.name(), error.message);
    error
}
