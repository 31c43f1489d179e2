//! Who acts, and what is known of an action, for those who run tests.

use std::collections::BTreeMap;

use super::{Emulation, Emulator, Options, Record, Templates};
use crate::{
    CaseKind, PackError,
    cases::{Case, Order, Principal, Provider, Step},
    import::{Recorded, RecordedRecord},
};

impl Emulator {
    /// Who does a step: the member of the cast it names, or the usual one of the case's kind.
    #[must_use]
    pub fn member_of<'a>(&self, case: &Case, step: &'a Step) -> &'a str {
        let usual = match case.kind {
            CaseKind::Attack | CaseKind::Evasion => "intruder",
            CaseKind::Benign | CaseKind::Late | CaseKind::Duplicate => "engineer",
        };
        step.principal.as_deref().unwrap_or(usual)
    }

    /// A member of the cast of a cloud.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn principal(&self, provider: Provider, name: &str) -> Result<&Principal, PackError> {
        self.member(provider, name)
    }

    /// The same emulator with these members in the place of those of the same name.
    #[must_use]
    pub fn recast(&self, cast: &BTreeMap<String, Principal>) -> Self {
        let mut all = self.cast.clone();
        all.extend(cast.iter().map(|(name, principal)| (name.clone(), principal.clone())));
        Self::new(self.templates.clone(), &all)
    }
}

impl Emulator {
    /// Recorded events as they are, among ordinary work. One that does not say when it happened is of the time
    /// at which emulated cases begin.
    pub(super) fn recorded(
        &self,
        case: &Case,
        recorded: &Recorded,
        options: &Options,
    ) -> Result<Emulation, PackError> {
        let record = |recorded: &RecordedRecord| {
            let time = recorded.time.unwrap_or(options.at);
            Record {
                log: recorded.log.clone(),
                provider: recorded.provider,
                json: recorded.json.clone(),
                time,
                arrival: time,
                step: Some(0),
                event_id: String::new(),
                account: String::new(),
                region: String::new(),
            }
        };
        let mut records: Vec<Record> = recorded.records.iter().map(record).collect();
        if options.noise > 0 {
            records.extend(self.noise(case.provider, options)?);
        }
        if case.order == Order::Reversed {
            records.reverse();
        }
        Ok(Emulation { records, facts: Vec::new() })
    }
}

impl Templates {
    /// The provider's name of the service of an action, such as `ec2.amazonaws.com`; empty where it has none.
    ///
    /// # Errors
    /// If the action is unknown.
    pub fn service_of(&self, action: &str) -> Result<String, PackError> {
        let service = self.action(action)?.values.get("service").and_then(|value| value.as_str());
        Ok(service.unwrap_or_default().to_owned())
    }
}
