//! Values over a row.

use super::{Binder, Meaning, Scalar, Table, scope::Binding};
use crate::{
    codes,
    syntax::tree::{Expr, ExprKind, Literal},
    types::Kind,
};

impl Binder {
    /// The type and name of a value.
    pub(crate) fn scalar(&mut self, value: &Expr, row: &Table) -> Scalar {
        match &value.kind {
            ExprKind::Missing | ExprKind::Wildcard(_) => Scalar::of(Kind::Unknown),
            ExprKind::Name(name) => self.column(name, value, row),
            ExprKind::Literal(literal) => of_literal(literal),
            ExprKind::Member(of, name) => {
                if matches!(&of.kind, ExprKind::Name(side) if side == "$left" || side == "$right") {
                    return self.side(name, row);
                }
                let of = self.path(of, row);
                let name = of.name.map(|of| format!("{of}_{}", name.text));
                Scalar::of(Kind::Dynamic).named(name)
            }
            ExprKind::Index(of, index) => {
                let of = self.path(of, row);
                self.scalar(index, row);
                let place = match &index.kind {
                    ExprKind::Literal(Literal::Value(_, Some(quarry_plan::Value::Integer(place)))) => {
                        place.to_string()
                    }
                    _ => String::new(),
                };
                Scalar::of(Kind::Dynamic).named(of.name.map(|of| format!("{of}_{place}")))
            }
            ExprKind::Call(call) => match self.call_meaning(call, value.span, Some(row)) {
                Meaning::Scalar(found) => found,
                Meaning::Table(table) => self.no_value(value, table),
            },
            ExprKind::Unary(_, value) => {
                let kind = self.scalar(value, row).kind();
                Scalar::of(if kind == Kind::Int { Kind::Long } else { kind })
            }
            ExprKind::Binary(found) => self.binary(found, row),
            ExprKind::In(found) => {
                self.scalar(&found.value, row);
                for item in &found.items {
                    self.item(item, row);
                }
                Scalar::of(Kind::Bool)
            }
            ExprKind::Between(found) => {
                for part in [&found.value, &found.low, &found.high] {
                    self.scalar(part, row);
                }
                Scalar::of(Kind::Bool)
            }
            ExprKind::Named(names, value) => {
                let found = self.scalar(value, row);
                found.named(names.first().map(|name| name.text.clone()))
            }
            ExprKind::TypeOf(kind) => Scalar::of(*kind),
            ExprKind::Pipeline(..)
            | ExprKind::Datatable(..)
            | ExprKind::ExternalData(..)
            | ExprKind::MethodCall(..) => {
                let table = self.rows(value);
                self.no_value(value, table)
            }
        }
    }

    /// What a path goes into.
    fn path(&mut self, of: &Expr, row: &Table) -> Scalar {
        let found = self.scalar(of, row);
        if !matches!(found.kind(), Kind::Dynamic | Kind::Unknown) {
            let message = format!("a {} has no members", found.kind());
            self.error(codes::WRONG_TYPE, message, of.span, "make it JSON with `parse_json()`");
        }
        found
    }

    fn side(&mut self, name: &crate::syntax::tree::Name, row: &Table) -> Scalar {
        Scalar::of(row.find(&name.text).unwrap_or(Kind::Unknown)).named(Some(name.text.clone()))
    }

    fn no_value(&mut self, value: &Expr, table: Table) -> Scalar {
        if !table.open {
            let help = "take one value of it with `toscalar(...)`";
            self.error(codes::WRONG_SHAPE, "a value is expected here, found rows", value.span, help);
        }
        Scalar::of(Kind::Unknown)
    }

    /// A member of a set: a value, or the rows of a table.
    fn item(&mut self, item: &Expr, row: &Table) {
        let is_rows = match &item.kind {
            ExprKind::Pipeline(..) | ExprKind::Datatable(..) | ExprKind::ExternalData(..) => true,
            ExprKind::Name(name) if row.find(name).is_none() => match self.scope.find(name) {
                Some(Binding::Scalar(_)) => false,
                Some(_) => true,
                None => crate::registry::table(name).is_some(),
            },
            ExprKind::Call(call) => {
                self.call_meaning(call, item.span, Some(row));
                return;
            }
            _ => false,
        };
        if is_rows {
            self.rows(item);
        } else {
            self.scalar(item, row);
        }
    }

    fn column(&mut self, name: &str, value: &Expr, row: &Table) -> Scalar {
        if let Some(kind) = row.find(name) {
            return Scalar::of(kind).named(Some(name.to_owned()));
        }
        match self.scope.find(name) {
            Some(Binding::Scalar(found)) => return found.named(Some(name.to_owned())),
            Some(Binding::Table(table)) => return self.no_value(value, table),
            Some(Binding::Function(function, scope)) => {
                return match self.call_function(name, &function, scope, &[], value.span, Some(row)) {
                    Meaning::Scalar(found) => found,
                    Meaning::Table(table) => self.no_value(value, table),
                };
            }
            None => {}
        }
        if !row.open {
            let near =
                quarry_diagnostic::did_you_mean(name, row.columns.iter().map(|column| column.name.as_str()));
            let help = near.map_or_else(
                || "name a column of the rows at this place".to_owned(),
                |near| format!("did you mean `{near}`"),
            );
            self.error(codes::UNKNOWN_NAME, format!("`{name}` is no column or variable"), value.span, help);
        }
        Scalar::of(Kind::Unknown).named(Some(name.to_owned()))
    }
}

fn of_literal(literal: &Literal) -> Scalar {
    match literal {
        Literal::Dynamic(_) => Scalar::of(Kind::Dynamic),
        Literal::Value(kind, value) => {
            let text = match value {
                Some(quarry_plan::Value::Text(text)) => Some(text.clone()),
                _ => None,
            };
            Scalar { text, ..Scalar::of(*kind) }
        }
    }
}
