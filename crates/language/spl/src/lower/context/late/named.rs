//! Matches of a pattern that name fields themselves.

use quarry_plan::{Expression, Type};

use super::super::super::build;
use super::{Context, Late, LateRule, Place};

/// One group of the pattern is the name of a field and another its value; all values if `all`.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) input: Expression,
    pub(crate) pattern: String,
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) all: bool,
}

impl LateRule for Named {
    fn field(&self, context: &mut Context<'_>, name: &str, place: &Place<'_>) -> Late {
        let span = self.input.span;
        let data_type = if self.all { Type::TextList } else { Type::Text };
        let texts = [&self.pattern, &self.key, &self.value, name].map(|text| Expression::text(text, span));
        let arguments = std::iter::once(self.input.clone()).chain(texts).collect();
        let function = if self.all { "rex_named_all" } else { "rex_named" };
        let value = build::call(function, arguments, data_type, span);
        Late::Values(Some((value, data_type)), place.before(context, &name.into()))
    }

    fn names(&self) -> Option<Expression> {
        let span = self.input.span;
        let texts = [&self.pattern, &self.key].map(|text| Expression::text(text, span));
        let arguments = std::iter::once(self.input.clone()).chain(texts);
        let arguments = arguments.chain([build::number(0.0, span)]).collect();
        Some(build::call("rex", arguments, Type::TextList, span))
    }
}
