//! Names of detections in tests and tuning that no detection has: what is said of them holds for nothing.

use quarry_diagnostic::did_you_mean;

use crate::{CaseFile, Manifest, PackError, Tuning, cases::group_of, tuning::Exclusion};

/// The names a pack's files may use: the ids of its detections, and of their groups.
pub struct Names<'a>(Vec<&'a str>);

impl<'a> Names<'a> {
    /// Those of a manifest.
    pub fn of(manifest: &'a Manifest) -> Self {
        let ids = manifest.detections.iter().flat_map(|entry| [entry.id.as_str(), group_of(&entry.id)]);
        Self(ids.collect())
    }

    /// What is wrong with the names in the tests; `text` is the file's.
    pub fn in_cases(&self, file: &str, text: &str, cases: &CaseFile) -> Vec<PackError> {
        let mut found = Vec::new();
        for case in &cases.cases {
            for name in case.expect.keys().filter(|name| *name != "*" && !self.has(name)) {
                let message = format!(
                    "the case `{}` expects something of `{name}`, which is no detection of the pack",
                    case.id
                );
                found.push(self.wrong(file, (text, &case.id), &format!("{name}:"), message, name));
            }
            let message = format!("the case `{}` excludes alerts of", case.id);
            found.extend(self.in_exclusions(file, (text, &case.id), &case.tuning, &message));
        }
        found
    }

    /// What is wrong with the names in the tuning.
    pub fn in_tuning(&self, file: &str, text: &str, tuning: &Tuning) -> Vec<PackError> {
        let mut found = self.in_exclusions(file, (text, ""), &tuning.exclusions, "an exclusion is for");
        for name in tuning.thresholds.iter().flat_map(|threshold| &threshold.detections) {
            if !self.has(name) {
                let message = format!("a threshold is for `{name}`, which is no detection of the pack");
                found.push(self.wrong(file, (text, ""), name, message, name));
            }
        }
        found
    }

    fn in_exclusions(
        &self,
        file: &str,
        place: (&str, &str),
        exclusions: &[Exclusion],
        what: &str,
    ) -> Vec<PackError> {
        let names = exclusions.iter().flat_map(|exclusion| &exclusion.detections);
        let wrong = |name: &String| {
            let message = format!("{what} `{name}`, which is no detection of the pack");
            self.wrong(file, place, name, message, name)
        };
        names.filter(|name| !self.has(name)).map(wrong).collect()
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains(&name)
    }

    /// The error at `word`, behind `id` in the text.
    fn wrong(
        &self,
        file: &str,
        (text, id): (&str, &str),
        word: &str,
        message: String,
        name: &str,
    ) -> PackError {
        let from = text.find(&format!("id: {id}")).filter(|_| !id.is_empty()).unwrap_or_default();
        let error = PackError::new(file, message).at_word_after(text, word, from);
        match did_you_mean(name, self.0.iter().copied()) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None => error.with_help(format!("there are {}", self.listed())),
        }
    }

    fn listed(&self) -> String {
        let mut names: Vec<String> = self.0.iter().map(|name| format!("`{name}`")).collect();
        names.sort();
        names.dedup();
        names.join(", ")
    }
}
