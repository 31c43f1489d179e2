//! Who acts, and what is known of an action, for those who run tests.

use std::collections::BTreeMap;

use super::{Emulator, Templates};
use crate::{
    CaseKind, PackError,
    cases::{Case, Principal, Provider, Step},
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
