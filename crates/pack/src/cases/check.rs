//! What serde cannot tell: names that must exist, numbers that must agree.

use super::{Case, CaseFile, CaseKind, expectation::group_of};
use crate::PackError;

impl CaseFile {
    pub(super) fn check(&self, file: &str, text: &str) -> Result<(), PackError> {
        let wrong = |message: String, word: &str| PackError::new(file, message).at_word(text, word);
        for (index, case) in self.cases.iter().enumerate() {
            if self.cases[..index].iter().any(|earlier| earlier.id == case.id) {
                return Err(wrong(format!("the case id `{}` is used twice", case.id), &case.id));
            }
            case.check().map_err(|(message, word)| wrong(message, &word))?;
        }
        Ok(())
    }
}

impl Case {
    fn check(&self) -> Result<(), (String, String)> {
        let id = &self.id;
        match (self.steps.is_empty(), &self.events) {
            (true, None) => {
                return Err((format!("the case `{id}` has neither steps nor events"), id.clone()));
            }
            (false, Some(_)) => {
                return Err((format!("the case `{id}` has both steps and events"), id.clone()));
            }
            (true, Some(_)) if self.kind.is_scheduled() => {
                return Err((
                    format!("the case `{id}` needs steps: recorded events have no times of arrival"),
                    id.clone(),
                ));
            }
            _ => {}
        }
        let names: Vec<String> = self.steps.iter().map(super::Step::name).collect();
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                return Err((
                    format!("the case `{id}` has two steps named `{name}`: give one of them an `id`"),
                    id.clone(),
                ));
            }
        }
        for (detection, expectation) in &self.expect {
            if let Some(step) = expectation.of.as_ref().filter(|step| !names.contains(step)) {
                return Err((format!("the case `{id}` has no step `{step}`"), step.clone()));
            }
            let group = self.expect.get(group_of(detection)).filter(|_| group_of(detection) != detection);
            if group.is_some_and(|group| group.alerts != expectation.alerts) && expectation.because.is_none()
            {
                return Err((
                    format!("`{detection}` differs from its group in the case `{id}` without `because`"),
                    detection.clone(),
                ));
            }
        }
        let fires = self.expect.values().any(|expectation| expectation.alerts > 0);
        match self.kind {
            CaseKind::Attack | CaseKind::Evasion if !fires => {
                Err((format!("the case `{id}` is an attack and expects no alert"), id.clone()))
            }
            _ if self.schedule.is_some() && !self.kind.is_scheduled() => {
                Err((format!("only late and duplicate cases have a schedule, `{id}` is neither"), id.clone()))
            }
            _ => Ok(()),
        }
    }
}
