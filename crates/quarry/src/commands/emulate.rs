//! `quarry emulate`: the records that a cloud would have written for the cases of a pack.

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
};

use clap::Args;
use quarry_pack::{
    Case, Interval, Pack, PackError, Packs, Provider,
    emulate::{DEFAULT_TIME, Emulation, Emulator, Facts, Options},
};
use serde::Serialize;

use crate::{
    Streams,
    failure::{Exit, Failure, Outcome},
};

/// File that says what was written.
const MANIFEST: &str = "manifest.json";

/// Writes the records that a cloud would have written for an attack, among ordinary work.
#[derive(Debug, Args)]
pub struct EmulateArguments {
    /// Technique ids (T1578.002), cases (T1578.002#some-case), pack folders, or a cloud (aws, azure,
    /// gcp) for ordinary work alone
    #[arg(required = true, value_name = "TECHNIQUE[#CASE]|FOLDER[#CASE]|CLOUD")]
    pub targets: Vec<String>,

    /// Folder to write to; each case of several has a folder of its own in it
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,

    /// How the records are delivered: s3, storage, bucket, lines, eventhub, pubsub, ... (default: objects
    /// as each cloud stores them; also where a cloud does not have the named one)
    #[arg(long, default_value = "", hide_default_value = true, value_name = "SHAPE")]
    pub shape: String,

    /// Number of records of ordinary work
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub noise: usize,

    /// Kinds of ordinary work: everyday, operations
    #[arg(long, default_value = "everyday", value_delimiter = ',', value_name = "PROFILE")]
    pub profile: Vec<String>,

    /// Length of time that the ordinary work is spread over
    #[arg(long, default_value = "2h", value_name = "LENGTH")]
    pub spread: Interval,

    /// Determines every identifier and choice
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,

    /// When the case begins (default: 2026-03-10 10:00 UTC)
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,

    /// How long records take to arrive (default: the pack's typical delay)
    #[arg(long, value_name = "LENGTH")]
    pub delay: Option<Interval>,

    /// A folder of packs of your own, searched before the built-in ones
    #[arg(long, value_name = "DIR")]
    pub packs: Option<PathBuf>,
}

/// What `manifest.json` says.
#[derive(Serialize)]
struct Manifest<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    technique: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    provider: &'static str,
    seed: u64,
    at: String,
    /// Records in all, and those of ordinary work.
    records: usize,
    noise: usize,
    files: Vec<File>,
    /// The facts of the case's steps, with the identifiers of their records.
    steps: Vec<StepFacts<'a>>,
}

#[derive(Serialize)]
struct File {
    path: String,
    records: usize,
}

#[derive(Serialize)]
struct StepFacts<'a> {
    #[serde(flatten)]
    facts: &'a Facts,
    at: String,
}

/// One thing to emulate.
struct Job<'a> {
    pack: Option<&'a Pack>,
    case: Option<&'a Case>,
    provider: Provider,
}

/// Runs the command.
pub fn run(arguments: &EmulateArguments, streams: &Streams<'_>) -> Outcome {
    let mut known = Packs::embedded().map_err(failed)?;
    if let Some(folder) = &arguments.packs {
        known.extend(Packs::load_dir(folder).map_err(failed)?);
    }
    let mut packs: Vec<(Option<&str>, Vec<Pack>, Option<Provider>)> = Vec::new();
    for target in &arguments.targets {
        if let Some(provider) = cloud(target) {
            packs.push((None, Vec::new(), Some(provider)));
            continue;
        }
        let (name, case) =
            target.split_once('#').map_or((target.as_str(), None), |(name, case)| (name, Some(case)));
        packs.push((case, known.find(name).map_err(failed)?, None));
    }
    let mut jobs = Vec::new();
    for (case, packs, provider) in &packs {
        jobs.extend(provider.map(|provider| Job { pack: None, case: None, provider }));
        for pack in packs {
            jobs.extend(cases(pack, *case)?);
        }
    }
    let alone = jobs.len() == 1;
    let mut made: Option<(Option<&str>, Emulator)> = None;
    for job in &jobs {
        let folder = if alone { arguments.out.clone() } else { arguments.out.join(job.name()) };
        // The cases of a pack come one after the other: its templates are read once.
        let origin = job.pack.map(|pack| pack.origin.as_str());
        let emulator = match made.take() {
            Some((of, emulator)) if of == origin => emulator,
            _ => job.pack.map_or_else(Emulator::embedded, Emulator::of_pack).map_err(failed)?,
        };
        job.write(&emulator, arguments, &folder, streams)?;
        made = Some((origin, emulator));
    }
    Ok(Exit::Fine)
}

fn failed(error: PackError) -> Failure {
    Failure::from(error)
}

fn cloud(name: &str) -> Option<Provider> {
    [Provider::Aws, Provider::Azure, Provider::Gcp].into_iter().find(|cloud| cloud.word() == name)
}

fn cases<'a>(pack: &'a Pack, wanted: Option<&str>) -> Outcome<Vec<Job<'a>>> {
    let all = &pack.cases.cases;
    let chosen: Vec<&Case> =
        all.iter().filter(|case| wanted.is_none_or(|wanted| case.id == wanted)).collect();
    if chosen.is_empty() {
        let ids = || all.iter().map(|case| case.id.as_str());
        let help = wanted.and_then(|wanted| quarry_diagnostic::did_you_mean(wanted, ids())).map_or_else(
            || match all.len() {
                0 => "it has no `tests/cases.yml`".to_owned(),
                _ => format!("it has {}", ids().collect::<Vec<_>>().join(", ")),
            },
            |near| format!("did you mean `{near}`?"),
        );
        let which = wanted.map_or_else(String::new, |wanted| format!(" `{wanted}`"));
        return Err(Failure::Usage(format!("{}: no case{which}; {help}", pack.origin)));
    }
    Ok(chosen
        .into_iter()
        .map(|case| Job { pack: Some(pack), case: Some(case), provider: case.provider })
        .collect())
}

impl Job<'_> {
    fn name(&self) -> String {
        let technique = self.pack.and_then(|pack| pack.technique.as_deref()).unwrap_or("pack");
        self.case.map_or_else(|| self.provider.word().to_owned(), |case| format!("{technique}/{}", case.id))
    }

    fn options(&self, arguments: &EmulateArguments) -> Outcome<Options> {
        let delays = self.pack.map_or_else(BTreeMap::new, quarry_pack::emulate::typical_delays);
        Ok(Options {
            seed: arguments.seed,
            at: arguments.at.as_deref().map_or(Ok(DEFAULT_TIME), quarry_hunt::moment::parse)?,
            noise: arguments.noise,
            spread: arguments.spread,
            profiles: arguments.profile.clone(),
            delay: arguments.delay,
            delays,
            shape: arguments.shape.clone(),
        })
    }

    fn write(
        &self,
        emulator: &Emulator,
        arguments: &EmulateArguments,
        folder: &Path,
        streams: &Streams<'_>,
    ) -> Outcome<()> {
        let options = self.options(arguments)?;
        let emulation = match self.case {
            Some(case) => emulator.case(case, &options).map_err(failed)?,
            None => Emulation {
                records: emulator.noise(self.provider, &options).map_err(failed)?,
                facts: Vec::new(),
            },
        };
        let objects = emulator.write(&emulation, &options, folder).map_err(failed)?;
        let files: Vec<File> =
            objects.into_iter().map(|object| File { path: object.path, records: object.records }).collect();
        self.tell(&emulation, &files, folder, streams)?;
        let path = folder.join(MANIFEST);
        let manifest = self.manifest(&emulation, &options, files);
        let cannot = |error: &dyn std::fmt::Display| Failure::writing_file(&path, error);
        let text = serde_json::to_string_pretty(&manifest).map_err(|error| cannot(&error))?;
        std::fs::create_dir_all(folder).map_err(|error| cannot(&error))?;
        quarry_hunt::files::replace(&path, (text + "\n").as_bytes()).map_err(|error| cannot(&error))
    }

    fn manifest<'a>(&'a self, emulation: &'a Emulation, options: &Options, files: Vec<File>) -> Manifest<'a> {
        Manifest {
            technique: self.pack.and_then(|pack| pack.technique.as_deref()),
            case: self.case.map(|case| case.id.as_str()),
            title: self.case.map(|case| case.title.as_str()),
            kind: self.case.map(|case| case.kind.word()),
            provider: self.provider.word(),
            seed: options.seed,
            at: quarry_hunt::moment::show(options.at),
            records: emulation.records.len(),
            noise: emulation.records.iter().filter(|record| record.step.is_none()).count(),
            files,
            steps: emulation
                .facts
                .iter()
                .map(|facts| StepFacts { at: quarry_hunt::moment::show(facts.time), facts })
                .collect(),
        }
    }

    fn tell(
        &self,
        emulation: &Emulation,
        files: &[File],
        folder: &Path,
        streams: &Streams<'_>,
    ) -> Outcome<()> {
        let mut output = streams.output();
        let cannot = |error| Failure::writing_to("the output", error);
        let title = self.case.map_or("ordinary work", |case| case.title.as_str());
        writeln!(output, "{}: {title}", self.name()).map_err(cannot)?;
        for facts in &emulation.facts {
            let actor = facts.actor.as_deref().unwrap_or("-");
            let target = facts.target.as_deref().unwrap_or("-");
            let (time, outcome) = (quarry_hunt::moment::show(facts.time), &facts.outcome);
            writeln!(output, "  {time}  {} {outcome}  {actor}  {target}", facts.action).map_err(cannot)?;
        }
        for file in files {
            let path = folder.join(&file.path);
            writeln!(output, "  {} records  {}", file.records, path.display()).map_err(cannot)?;
        }
        Ok(())
    }
}
