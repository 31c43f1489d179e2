//! A line of a table whose columns a header names.

use quarry_plan::{ColumnName, Expression, Type};

use super::super::super::build;
use super::{Context, Late, LateRule, Place};

/// The header and the line, both helper columns.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) header: ColumnName,
    pub(crate) line: ColumnName,
}

impl LateRule for Table {
    fn field(&self, context: &mut Context<'_>, name: &str, place: &Place<'_>) -> Late {
        let span = context.span;
        let columns = [&self.header, &self.line].map(|name| Expression::column(name, span));
        let arguments = columns.into_iter().chain([Expression::text(name, span)]).collect();
        let value = build::call("multikv", arguments, Type::Text, span);
        Late::Values(Some((value, Type::Text)), place.before(context, &name.into()))
    }

    fn names(&self) -> Option<Expression> {
        let span = quarry_diagnostic::Span::default();
        let arguments = vec![
            Expression::column(&self.header, span),
            Expression::text(r"(?<name>\S+)", span),
            Expression::text("name", span),
            build::number(0.0, span),
        ];
        Some(build::call("rex", arguments, Type::TextList, span))
    }
}
