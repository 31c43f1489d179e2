//! Every element of XML text is a field.

use quarry_plan::{Expression, Type};

use super::super::super::build;
use super::{Context, Late, LateRule, Place};

/// Elements that hold text alone, for the names among them.
const ELEMENT: &str = r"<(?<name>[\p{Alphabetic}_][\w.:\-]*)(?:\s[^>]*)?>[^<]*</";

/// The text whose elements are fields.
#[derive(Debug)]
pub(crate) struct Markup {
    pub(crate) input: Expression,
}

impl Markup {
    fn groups(&self, pattern: &str, group: &str, data_type: Type) -> Expression {
        let span = self.input.span;
        let mut arguments =
            vec![self.input.clone(), Expression::text(pattern, span), Expression::text(group, span)];
        if data_type == Type::TextList {
            arguments.push(build::number(0.0, span));
        }
        build::call("rex", arguments, data_type, span)
    }
}

impl LateRule for Markup {
    fn field(&self, context: &mut Context<'_>, name: &str, place: &Place<'_>) -> Late {
        let escaped = regex::escape(name);
        let pattern = format!("<{escaped}(?:\\s[^>]*)?>(?<value>[^<]*)</{escaped}>");
        let value = self.groups(&pattern, "value", Type::Text);
        Late::Values(Some((value, Type::Text)), place.before(context, &name.into()))
    }

    fn names(&self) -> Option<Expression> {
        Some(self.groups(ELEMENT, "name", Type::TextList))
    }
}
