//! `xtask examples`: the small logs in `examples/`, emulated as `examples/day.yml` says.

mod day;
mod manifest;

use std::{collections::BTreeMap, error::Error, fs, path::Path};

use quarry_pack::{
    Case, Pack, Provider,
    cases::Expectation,
    emulate::{Emulation, Emulator, Facts, Options, Record, typical_delays},
};

use self::day::{Chosen, Day, Noise};

type Failure = Box<dyn Error>;

/// An alert that the examples must give.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Group of the detection, such as `launch`.
    detection: String,
    /// What happens, in one line.
    what: String,
    /// Who did it, from where and in what, as the alert names them.
    facts: Facts,
}

/// What was emulated.
pub struct Examples {
    technique: String,
    /// Detections whose alert stands for all steps up to the one that it names.
    sequences: Vec<String>,
    /// The records by cloud and shape.
    records: BTreeMap<(Provider, String), Vec<Record>>,
    expected: Vec<Expected>,
    /// What happens without an alert.
    silent: Vec<(Provider, String)>,
    /// The log objects by their path below `logs/`.
    objects: BTreeMap<String, Vec<u8>>,
}

impl Examples {
    /// Emulates the day.
    pub fn new(root: &Path, day: Day) -> Result<Self, Failure> {
        let mut pack = Pack::load(&root.join("packs").join(&day.technique))?;
        pack.cases.cast.extend(day.cast);
        pack.cases.cases.extend(day.cases);
        let options = Options { seed: day.seed, delays: typical_delays(&pack), ..Options::default() };
        let mut examples = Self {
            technique: day.technique,
            sequences: day.sequences,
            records: BTreeMap::new(),
            expected: Vec::new(),
            silent: Vec::new(),
            objects: BTreeMap::new(),
        };
        let emulator = Emulator::of_pack(&pack)?;
        for chosen in &day.plan {
            let case = pack.cases.cases.iter().find(|case| case.id == chosen.case);
            let case = case.ok_or_else(|| format!("{} has no case `{}`", pack.origin, chosen.case))?;
            examples.case(&emulator, &options, case, chosen)?;
        }
        for noise in &day.noise {
            examples.noise(&emulator, &options, noise)?;
        }
        examples.deliver(&emulator, &options)?;
        Ok(examples)
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.records.values().map(Vec::len).sum()
    }

    fn case(
        &mut self,
        emulator: &Emulator,
        options: &Options,
        case: &Case,
        chosen: &Chosen,
    ) -> Result<(), Failure> {
        let mut case = case.clone();
        for step in &mut case.steps {
            step.principal = step.principal.take().or_else(|| chosen.principal.clone());
            step.session = step.session.take().or_else(|| chosen.session.clone());
        }
        if !case.tuning.is_empty() && chosen.expect.is_none() {
            return Err(format!("`{}` is silent by tuning, which the examples go without", case.id).into());
        }
        let shape = chosen.shapes.first().ok_or("a case needs a shape")?;
        let options = Options { at: moment(chosen.at.seconds()), shape: shape.clone(), ..options.clone() };
        let emulation = emulator.case(&case, &options)?;
        self.expect(&case, chosen, &emulation)?;
        for (record, shape) in emulation.records.into_iter().zip(chosen.shapes.iter().cycle()) {
            self.records.entry((case.provider, shape.clone())).or_default().push(record);
        }
        Ok(())
    }

    /// Notes what the detections must say to a case.
    fn expect(&mut self, case: &Case, chosen: &Chosen, emulation: &Emulation) -> Result<(), Failure> {
        let what = chosen.what.as_ref().unwrap_or(&case.title);
        let expectations = chosen.expect.as_ref().unwrap_or(&case.expect);
        for (detection, expectation) in expectations {
            for facts in facts_of(expectation, emulation)? {
                let mut facts = facts.clone();
                if self.sequences.contains(detection) {
                    let steps = emulation.facts.iter().take_while(|step| step.step != facts.step);
                    let before: Vec<String> = steps.flat_map(|step| step.event_ids.clone()).collect();
                    facts.event_ids.splice(0..0, before);
                }
                self.expected.push(Expected { detection: detection.clone(), what: what.clone(), facts });
            }
        }
        if expectations.values().all(|expectation| expectation.alerts == 0) {
            self.silent.push((case.provider, what.clone()));
        }
        Ok(())
    }

    fn noise(&mut self, emulator: &Emulator, options: &Options, noise: &Noise) -> Result<(), Failure> {
        let options = Options {
            seed: options.seed + noise.seed,
            at: moment(noise.at.seconds()),
            noise: noise.records,
            spread: noise.spread,
            shape: noise.shape.clone(),
            ..options.clone()
        };
        let records = emulator.noise(noise.provider, &options)?;
        self.records.entry((noise.provider, noise.shape.clone())).or_default().extend(records);
        Ok(())
    }

    /// Puts the records into objects, in the order in which they arrive.
    fn deliver(&mut self, emulator: &Emulator, options: &Options) -> Result<(), Failure> {
        for ((_, shape), records) in &mut self.records {
            records.sort_by_key(|record| record.arrival);
            let options = Options { shape: shape.clone(), ..options.clone() };
            for object in emulator.objects(records, &options)? {
                if let Some(double) = self.objects.insert(object.path.clone(), object.content) {
                    return Err(
                        format!("two objects are called {}: {} bytes", object.path, double.len()).into()
                    );
                }
            }
        }
        Ok(())
    }
}

/// The facts that alerts must name: those of the step that is named, else of the last ones, each its own.
fn facts_of<'a>(expectation: &Expectation, emulation: &'a Emulation) -> Result<Vec<&'a Facts>, Failure> {
    let facts = &emulation.facts;
    if let Some(step) = &expectation.of {
        let of = facts.iter().find(|facts| facts.step == *step);
        return Ok(vec![of.ok_or_else(|| format!("no step is called `{step}`"))?; expectation.alerts]);
    }
    let before = facts.len().checked_sub(expectation.alerts).ok_or("more alerts than steps")?;
    Ok(facts.iter().skip(before).collect())
}

/// Microseconds since 1970 of a time of the day.
const fn moment(seconds: i64) -> i64 {
    day::BEGIN + seconds * 1_000_000
}

/// Reads what to emulate.
pub fn read(root: &Path) -> Result<Day, Failure> {
    Ok(serde_saphyr::from_str(&fs::read_to_string(root.join("examples/day.yml"))?)?)
}

/// Writes `examples/` below `root`.
pub fn write(root: &Path) -> Result<(), Failure> {
    let examples = Examples::new(root, read(root)?)?;
    let logs = root.join("examples/logs");
    if logs.exists() {
        fs::remove_dir_all(&logs)?;
    }
    for (path, content) in &examples.objects {
        let path = logs.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&logs))?;
        fs::write(&path, content)?;
    }
    fs::write(root.join("examples/expected.json"), manifest::json(&examples)?)?;
    fs::write(root.join("examples/README.md"), manifest::markdown(&examples))?;
    let bytes: usize = examples.objects.values().map(Vec::len).sum();
    println!("{} records in {} objects, {bytes} bytes", examples.len(), examples.objects.len());
    Ok(())
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
