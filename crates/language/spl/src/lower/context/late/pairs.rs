//! Text of names and values.

use quarry_plan::{Expression, Type};

use super::super::super::build;
use super::{Context, Late, LateRule, Place};

/// What stands between pairs, and between name and value.
#[derive(Debug)]
pub(crate) struct Pairs {
    pub(crate) input: Expression,
    pub(crate) pairs: String,
    pub(crate) values: String,
}

impl Pairs {
    fn group(&self, pattern: &str, group: &str, all: bool) -> Expression {
        let span = self.input.span;
        let mut arguments =
            vec![self.input.clone(), Expression::text(pattern, span), Expression::text(group, span)];
        if all {
            arguments.push(build::number(0.0, span));
        }
        build::call("rex", arguments, if all { Type::TextList } else { Type::Text }, span)
    }
}

impl LateRule for Pairs {
    fn field(&self, context: &mut Context<'_>, name: &str, place: &Place<'_>) -> Late {
        let (pairs, values) = (class(&self.pairs), class(&self.values));
        let name_pattern = regex::escape(name);
        let pattern = format!(
            "(?:^|[{pairs}])\\s*\"?{name_pattern}\"?\\s*[{values}]\\s*(?:\"(?<quoted>[^\"]*)\"|(?<value>[^{pairs}]*))"
        );
        let parts = ["quoted", "value"].map(|group| self.group(&pattern, group, false));
        let value = build::coalesce(parts.into(), self.input.span);
        Late::Values(Some((value, Type::Text)), place.before(context, &name.into()))
    }

    fn names(&self) -> Option<Expression> {
        let (pairs, values) = (class(&self.pairs), class(&self.values));
        let pattern = format!(
            "(?:^|[{pairs}])\\s*\"?(?<name>[^\\s\"{pairs}{values}]+)\"?\\s*[{values}]\\s*(?:\"[^\"]*\"|[^{pairs}]*)"
        );
        Some(self.group(&pattern, "name", true))
    }
}

/// Letters as the inside of a character class.
fn class(letters: &str) -> String {
    letters.chars().map(|letter| format!("\\x{{{:x}}}", u32::from(letter))).collect()
}
