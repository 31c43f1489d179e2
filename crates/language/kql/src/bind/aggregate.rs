//! Aggregates, of which some give several columns.

use super::{Binder, Scalar, Table};
use crate::{
    registry,
    syntax::tree::{Binary, Call, Expr, ExprKind},
    types::Kind,
};

impl Binder {
    /// A value over a group: aggregates, and what is computed of them. `star` is what `*` stands for.
    pub(crate) fn aggregate(&mut self, value: &Expr, row: &Table, star: &Table) -> Scalar {
        match &value.kind {
            ExprKind::Call(call) if registry::aggregates().contains_key(call.name.text.as_str()) => {
                self.aggregate_call(call, row, star)
            }
            ExprKind::Call(call) => {
                // The aggregates inside stand for columns of their types.
                let mut inner = row.clone();
                let arguments: Vec<Expr> =
                    call.arguments.iter().map(|value| self.stand_in(value, row, star, &mut inner)).collect();
                let call = Call { name: call.name.clone(), arguments };
                self.scalar(&Expr { kind: ExprKind::Call(call), span: value.span }, &inner)
            }
            ExprKind::Binary(found) => {
                let mut inner = row.clone();
                let left = self.stand_in(&found.left, row, star, &mut inner);
                let right = self.stand_in(&found.right, row, star, &mut inner);
                let binary = Binary { operator: found.operator, place: found.place, left, right };
                self.binary(&binary, &inner)
            }
            ExprKind::Unary(_, value) => Scalar::of(self.aggregate(value, row, star).kind()),
            ExprKind::Member(of, name) => {
                let of = self.aggregate(of, row, star);
                Scalar::of(Kind::Dynamic).named(of.name.map(|of| format!("{of}_{}", name.text)))
            }
            ExprKind::Index(of, _) => {
                let of = self.aggregate(of, row, star);
                Scalar::of(Kind::Dynamic).named(of.name.map(|of| format!("{of}_0")))
            }
            _ => self.scalar(value, row),
        }
    }

    /// A column in the place of a value that holds aggregates.
    fn stand_in(&mut self, value: &Expr, row: &Table, star: &Table, inner: &mut Table) -> Expr {
        if !holds_aggregate(value) {
            return value.clone();
        }
        let found = self.aggregate(value, row, star);
        let name = found.name.clone().unwrap_or_default();
        inner.columns.retain(|column| column.name != name);
        inner.set(&name, found.kind());
        Expr { kind: ExprKind::Name(name), span: value.span }
    }

    fn aggregate_call(&mut self, call: &Call, row: &Table, star: &Table) -> Scalar {
        match call.name.text.as_str() {
            "arg_max" | "argmax" => self.extreme(call, row, star, "max_"),
            "arg_min" | "argmin" => self.extreme(call, row, star, "min_"),
            "take_any" => self.any(call, row, star),
            "any" if call.arguments.len() > 1 || is_star(call.arguments.first()) => self.any(call, row, star),
            name @ ("percentile" | "percentiles" | "percentilew" | "percentilesw") => {
                self.percentiles(call, row, usize::from(name.ends_with('w')))
            }
            name => {
                let Some(function) = registry::aggregates().get(name) else { return Scalar::default() };
                self.function(function, call, row)
            }
        }
    }

    fn extreme(&mut self, call: &Call, row: &Table, star: &Table, unnamed: &str) -> Scalar {
        let Some((by, rest)) = call.arguments.split_first() else { return Scalar::of(Kind::Unknown) };
        let of = self.scalar(by, row);
        let mut fields = vec![(of.name.clone().unwrap_or_else(|| unnamed.to_owned()), of.kind())];
        for value in rest {
            if is_star(Some(value)) {
                let others = star.columns.iter().filter(|column| Some(&column.name) != of.name.as_ref());
                fields.extend(others.map(|column| (column.name.clone(), column.kind)));
            } else {
                let found = self.scalar(value, row);
                fields.push((found.name.clone().unwrap_or_default(), found.kind()));
            }
        }
        let name = fields.first().map(|(name, _)| name.clone());
        Scalar { fields, ..Scalar::of(of.kind()).named(name) }
    }

    fn any(&mut self, call: &Call, row: &Table, star: &Table) -> Scalar {
        let mut fields = Vec::new();
        let prefix = if call.name.text == "any" { "any_" } else { "" };
        for value in &call.arguments {
            if is_star(Some(value)) {
                fields.extend(
                    star.columns.iter().map(|column| (format!("{prefix}{}", column.name), column.kind)),
                );
            } else {
                let found = self.scalar(value, row);
                fields.push((format!("{prefix}{}", found.name.clone().unwrap_or_default()), found.kind()));
            }
        }
        let (name, kind) = fields.first().cloned().unwrap_or((String::new(), Kind::Unknown));
        Scalar { fields, ..Scalar::of(kind).named(Some(name)) }
    }

    fn percentiles(&mut self, call: &Call, row: &Table, weights: usize) -> Scalar {
        let found: Vec<Scalar> = call.arguments.iter().map(|value| self.scalar(value, row)).collect();
        let Some(of) = found.first() else { return Scalar::of(Kind::Unknown) };
        let kind = if of.kind() == Kind::Int { Kind::Long } else { of.kind() };
        let of = of.name.clone().unwrap_or_default();
        let name = |value: &Expr| match &value.kind {
            ExprKind::Literal(crate::syntax::tree::Literal::Value(_, Some(value))) => {
                let text = value.text().unwrap_or_default().replace('.', "_");
                format!("percentile_{of}_{text}")
            }
            _ => format!("percentile_{of}_"),
        };
        let fields: Vec<_> =
            call.arguments.iter().skip(1 + weights).map(|value| (name(value), kind)).collect();
        let name = fields.first().map(|(name, _)| name.clone());
        Scalar { fields, ..Scalar::of(kind).named(name) }
    }
}

pub(crate) fn is_star(value: Option<&Expr>) -> bool {
    matches!(value, Some(Expr { kind: ExprKind::Wildcard(_), .. }))
}

pub(crate) fn holds_aggregate(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Call(call) => {
            registry::aggregates().contains_key(call.name.text.as_str())
                || call.arguments.iter().any(holds_aggregate)
        }
        ExprKind::Binary(found) => holds_aggregate(&found.left) || holds_aggregate(&found.right),
        ExprKind::Unary(_, value) | ExprKind::Member(value, _) | ExprKind::Index(value, _) => {
            holds_aggregate(value)
        }
        _ => false,
    }
}

/// Whether a call is that of an aggregate.
pub(crate) fn is_aggregate(call: &Call) -> bool {
    registry::aggregates().contains_key(call.name.text.as_str())
}
