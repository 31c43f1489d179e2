//! What the cases of a pack show, counted by case and language.

use std::collections::BTreeSet;

use quarry_languages::Language;
use serde::Serialize;

use crate::{
    CaseKind,
    results::{CaseResults, DetectionResult, PackResults, Verdict},
};

/// What the attacks, evasions and benign twins of a pack show. A case counts once for each language.
///
/// Stricter than the share of passes: a detection that is expected to stay silent on an attack does not
/// cover it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Attacks and evasions.
    pub attacks: usize,
    /// Those that some detection of the language was to alert on, and where every result is a pass.
    pub caught: usize,
    /// Benign twins.
    pub benign: usize,
    /// Those where every result is a pass.
    pub quiet: usize,
}

impl Tally {
    /// Share of cases that went as they should, in percent; none where there are no cases.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // counts of cases
    pub fn score(&self) -> Option<f64> {
        let all = self.attacks + self.benign;
        (all > 0).then(|| 100.0 * (self.caught + self.quiet) as f64 / all as f64)
    }

    /// The sum of both.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            attacks: self.attacks + other.attacks,
            caught: self.caught + other.caught,
            benign: self.benign + other.benign,
            quiet: self.quiet + other.quiet,
        }
    }

    /// Counts a case in one language; late and duplicate cases are about schedules and count for nothing.
    fn add(&mut self, case: &CaseResults, results: &[&DetectionResult]) {
        let passed = results.iter().all(|result| result.verdict == Verdict::Pass);
        match case.kind {
            CaseKind::Attack | CaseKind::Evasion => {
                let meant = results.iter().any(|result| result.expected > 0);
                self.attacks += 1;
                self.caught += usize::from(meant && passed);
            }
            CaseKind::Benign => {
                self.benign += 1;
                self.quiet += usize::from(passed);
            }
            CaseKind::Late | CaseKind::Duplicate => {}
        }
    }
}

impl PackResults {
    /// The languages that results are of.
    #[must_use]
    pub fn languages(&self) -> BTreeSet<Language> {
        self.cases.iter().flat_map(|case| case.results.iter().map(|result| result.language)).collect()
    }

    /// What the cases show in one language.
    #[must_use]
    pub fn tally_of(&self, language: Language) -> Tally {
        let mut tally = Tally::default();
        for case in &self.cases {
            let own: Vec<_> = case.results.iter().filter(|result| result.language == language).collect();
            if !own.is_empty() {
                tally.add(case, &own);
            }
        }
        tally
    }

    /// What the cases show in all languages together.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let tallies = self.languages().into_iter().map(|language| self.tally_of(language));
        tallies.fold(Tally::default(), Tally::plus)
    }
}
