//! `fields - pattern`.

use super::super::super::wildcard;
use super::{Context, Late, LateRule, Place};

/// Fields that match are gone.
#[derive(Debug)]
pub(crate) struct Without {
    pub(crate) pattern: String,
}

impl LateRule for Without {
    fn field(&self, context: &mut Context<'_>, name: &str, place: &Place<'_>) -> Late {
        let gone = wildcard::matches(&self.pattern, name);
        Late::Values(None, if gone { None } else { place.before(context, &name.into()) })
    }

    fn names_internal(&self) -> bool {
        true
    }

    fn renamed(&self, name: String) -> Option<String> {
        (!wildcard::matches(&self.pattern, &name)).then_some(name)
    }
}
