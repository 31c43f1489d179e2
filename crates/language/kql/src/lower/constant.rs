//! What must be known before anything runs.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{ExpressionKind, Node, Operator, Rows as Answer};

use super::{Lowerer, convert::Value, rows::Rows};
use crate::{codes, syntax::tree::Expr, types::Kind};

impl Lowerer<'_> {
    /// The rows of a plan; none if they are not known yet. Then they are asked for.
    pub(super) fn settle(&mut self, plan: Node) -> Option<Answer> {
        if self.pending.is_some() {
            return None;
        }
        if let Some(answer) = self.environment.answers.get(self.used) {
            self.used += 1;
            return Some(answer.clone());
        }
        self.pending = Some(self.with_shared(plan));
        None
    }

    /// The constant that a value is, computed if need be; none if it is not known yet or an error.
    pub(super) fn known(&mut self, value: &Value) -> Option<quarry_plan::Value> {
        let mut inner = &value.expression;
        while let ExpressionKind::Cast { value, .. } = &inner.kind {
            inner = value;
        }
        if let ExpressionKind::Literal(quarry_plan::Value::Null) = inner.kind {
            return Some(quarry_plan::Value::Null);
        }
        if let Some(constant) = value.constant() {
            return Some(constant.clone());
        }
        let mut reads_columns = false;
        value.expression.visit_columns(&mut |_| reads_columns = true);
        if reads_columns {
            let found = Diagnostic::error(codes::NOT_CONSTANT, "a constant is expected here", value.span());
            self.report(found.with_help("it cannot depend on the rows"));
            return None;
        }
        let rows = Rows::one_value(value.clone());
        let answer = self.settle(rows.node)?;
        answer.rows.into_iter().next()?.into_iter().next()
    }

    /// The constant of an expression.
    pub(super) fn known_value(&mut self, value: &Expr) -> Option<(quarry_plan::Value, Kind)> {
        let nothing = Rows::one_row(value.span);
        let value = self.value(value, &nothing);
        let kind = value.kind;
        self.known(&value).map(|found| (found, kind))
    }

    /// A whole number that is known.
    pub(super) fn known_count(&mut self, value: &Expr) -> Option<usize> {
        match self.known_value(value)? {
            (quarry_plan::Value::Integer(count), _) => Some(usize::try_from(count).unwrap_or(0)),
            (quarry_plan::Value::Double(count), _) if (0.0..9e15).contains(&count) =>
            {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
                Some(count as usize)
            }
            _ => {
                self.not_a_number(value.span);
                None
            }
        }
    }

    fn not_a_number(&mut self, span: Span) {
        let found = Diagnostic::error(codes::WRONG_TYPE, "a whole number is expected here", span);
        self.report(found.with_help("write a number"));
    }

    /// Fixed rows.
    pub(super) fn fixed(
        &mut self,
        columns: Vec<super::rows::Column>,
        rows: Vec<Vec<quarry_plan::Value>>,
        span: Span,
    ) -> Rows {
        let place = self.fresh("row");
        let typed = columns.iter().map(|column| (column.column.clone(), column.kind.carrier())).collect();
        let values = Operator::Values { columns: typed, rows, place: Some(place.clone()) };
        let mut rows = Rows::new(Node::new(values, span), columns);
        rows.hidden.push(place);
        rows
    }

    /// A name for a plan that is computed once.
    pub(super) fn share(&mut self, rows: Rows) -> Rows {
        let name = self.fresh("shared").text().to_owned();
        let columns = rows.node.columns();
        let span = rows.node.span;
        self.shared.push((name.clone(), rows.node));
        let reference = Operator::Reference { name, columns };
        Rows { node: Node::new(reference, span), ..rows }
    }
}
