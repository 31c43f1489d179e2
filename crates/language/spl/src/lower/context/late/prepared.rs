//! Fields of the user's apps.

use super::{Context, Late, LateRule, Place};

/// The fields stand ready before the first command.
#[derive(Debug)]
pub(crate) struct Prepared;

impl LateRule for Prepared {
    fn field(&self, context: &mut Context<'_>, name: &str, place: &Place<'_>) -> Late {
        Late::Values(place.before(context, &name.into()), None)
    }

    fn is_preparation(&self) -> bool {
        true
    }

    fn names_internal(&self) -> bool {
        true
    }
}
