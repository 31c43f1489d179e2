//! Recorded events in the place of steps.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Case, CaseFile, CaseKind, Expectation, Order, Provider};
use crate::{
    PackError,
    import::{self, Recorded, RecordedTest},
};

/// Where recorded events are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// A file below the pack's folder, or an absolute path: records of a provider as JSON, or tests of a Panther rule.
    pub file: String,
    /// Name of the test, of a file with several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<String>,
}

/// A rule of another product whose tests detections claim to agree with: one alert for each test it alerts on,
/// silence for the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// A file below the pack's folder, or an absolute path, with tests that have verdicts.
    pub file: String,
    /// Detections, or groups of them, that claim it; all where absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub detections: Vec<String>,
    /// Tests where they are right to differ, or whose log quarry does not read, each with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub except: BTreeMap<String, String>,
}

/// Gives the text of a file below the pack's folder.
type Read<'a> = &'a dyn Fn(&str) -> Result<String, PackError>;

impl CaseFile {
    /// Whether a case or an agreement names a file.
    pub(crate) fn needs_files(&self) -> bool {
        !self.agree.is_empty() || self.cases.iter().any(|case| case.events.is_some())
    }

    /// The same with the events of the files that it names, and a case for each test that is agreed with.
    pub(crate) fn with_events(mut self, file: &str, text: &str, read: Read<'_>) -> Result<Self, PackError> {
        let at = |error: PackError, word: &str| PackError::new(file, error.to_string()).at_word(text, word);
        for case in &mut self.cases {
            if let Some(events) = case.events.clone() {
                let recorded = recorded(&events, read).map_err(|error| at(error, &events.file))?;
                case.recorded = Some(recorded);
            }
        }
        for agreement in self.agree.clone() {
            let cases = agreement.cases(read).map_err(|error| at(error, &agreement.file))?;
            self.cases.extend(cases);
        }
        for (index, case) in self.cases.iter().enumerate() {
            if self.cases[..index].iter().any(|earlier| earlier.id == case.id) {
                return Err(PackError::new(file, format!("the case id `{}` is used twice", case.id)));
            }
        }
        Ok(self)
    }
}

fn tests(file: &str, read: Read<'_>) -> Result<Vec<RecordedTest>, PackError> {
    let text = read(file)
        .map_err(|error| PackError::new(file, format!("cannot read the events: {}", error.message)))?;
    let imported = import::read(file, &text);
    let tests: Vec<RecordedTest> = imported.tests().cloned().collect();
    match imported.first_error() {
        Some(error) if tests.is_empty() => Err(error),
        _ if tests.is_empty() => Err(PackError::new(file, "holds no recorded events")),
        _ => Ok(tests),
    }
}

fn recorded(events: &Events, read: Read<'_>) -> Result<Recorded, PackError> {
    let tests = tests(&events.file, read)?;
    let names = || tests.iter().map(|test| test.name.as_str());
    let chosen: Vec<&RecordedTest> =
        tests.iter().filter(|test| events.test.as_ref().is_none_or(|name| test.name == *name)).collect();
    let [test] = chosen[..] else {
        let what = match &events.test {
            Some(name) if chosen.is_empty() => format!("holds no test named `{name}`"),
            Some(name) => format!("holds several tests named `{name}`"),
            None => "holds several tests: say which with `test:`".to_owned(),
        };
        let help = format!("its tests are {}", names().collect::<Vec<_>>().join(", "));
        return Err(PackError::new(&events.file, what).with_help(help));
    };
    let records = test.known_records();
    if records.is_empty() {
        return Err(PackError::new(&events.file, "no record is of a log that quarry reads"));
    }
    Ok(Recorded { records, claim: None })
}

impl Agreement {
    fn cases(&self, read: Read<'_>) -> Result<Vec<Case>, PackError> {
        let tests = tests(&self.file, read)?;
        if let Some(name) = self.except.keys().find(|name| !tests.iter().any(|test| test.name == **name)) {
            return Err(PackError::new(&self.file, format!("holds no test named `{name}`")));
        }
        // A test of a log that is not read is in the exceptions, or an error.
        let excused =
            |test: &RecordedTest| self.except.contains_key(&test.name) && test.known_records().is_empty();
        let told = tests.iter().filter(|test| !excused(test)).filter_map(|test| Some((test, test.verdict?)));
        told.map(|(test, verdict)| self.case(test, verdict)).collect()
    }

    fn case(&self, test: &RecordedTest, verdict: bool) -> Result<Case, PackError> {
        let mut case = test.case()?;
        let excepted = self.except.get(&test.name);
        let fires = verdict != excepted.is_some();
        let because = excepted.cloned();
        let rule = test.rule.clone().unwrap_or_else(|| self.file.clone());
        let says = if verdict { "alerts" } else { "stays silent" };
        case.description = Some(format!("`{rule}` {says}"));
        case.kind = if fires { CaseKind::Attack } else { CaseKind::Benign };
        case.events = Some(Events { file: self.file.clone(), test: Some(test.name.clone()) });
        if let Some(recorded) = &mut case.recorded {
            recorded.claim = None;
        }
        if fires {
            let all = vec!["*".to_owned()];
            let named = if self.detections.is_empty() { &all } else { &self.detections };
            let expectation = Expectation { alerts: 1, because, ..Expectation::default() };
            case.expect = named.iter().map(|name| (name.clone(), expectation.clone())).collect();
        }
        Ok(case)
    }
}

impl Case {
    /// A case that does nothing yet and expects silence.
    #[must_use]
    pub fn new(id: String, title: String, kind: CaseKind, provider: Provider) -> Self {
        Self {
            id,
            title,
            kind,
            provider,
            description: None,
            steps: Vec::new(),
            events: None,
            recorded: None,
            order: Order::default(),
            tuning: Vec::new(),
            expect: BTreeMap::new(),
            schedule: None,
            commands: None,
            signals: Vec::new(),
        }
    }
}
