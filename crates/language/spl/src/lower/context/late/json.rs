//! Every JSON path of a text is a field.

use quarry_plan::{Expression, Type};

use super::super::super::build;
use super::{Context, Late, LateRule, Place};

/// The text whose paths are fields.
#[derive(Debug)]
pub(crate) struct Json {
    pub(crate) input: Expression,
}

impl LateRule for Json {
    fn field(&self, context: &mut Context<'_>, name: &str, place: &Place<'_>) -> Late {
        let data_type = if name.contains("{}") { Type::TextList } else { Type::Text };
        let span = self.input.span;
        let arguments = vec![self.input.clone(), Expression::text(name, span)];
        let value = (build::call("spath", arguments, data_type, span), data_type);
        Late::Values(Some(value), place.before(context, &name.into()))
    }

    fn names(&self) -> Option<Expression> {
        let span = self.input.span;
        Some(build::call("spath_names", vec![self.input.clone()], Type::TextList, span))
    }
}
