//! `fillnull` without fields.

use quarry_plan::{Expression, Type};

use super::{Context, Late, LateRule, Place};

/// Every field that is missing gets this value.
#[derive(Debug)]
pub(crate) struct Fill {
    pub(crate) value: String,
}

impl LateRule for Fill {
    fn field(&self, context: &mut Context<'_>, name: &str, place: &Place<'_>) -> Late {
        let value = (Expression::text(&self.value, context.span), Type::Text);
        Late::Values(place.before(context, &name.into()), Some(value))
    }
}
