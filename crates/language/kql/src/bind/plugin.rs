//! Plugins of `evaluate`: the columns they give.

use super::{Binder, Column, Table, operator::one};
use crate::{
    codes, registry,
    syntax::tree::{Call, ExprKind, Name},
    types::Kind,
};

impl Binder {
    pub(crate) fn evaluate(&mut self, input: Table, call: &Call, schema: Option<&[(Name, Kind)]>) -> Table {
        let name = call.name.text.as_str();
        if !registry::plugins().contains_key(name) {
            let known = registry::plugins().keys().copied();
            let help = quarry_diagnostic::did_you_mean(name, known).map_or_else(
                || "plugins are those of Kusto".to_owned(),
                |near| format!("did you mean `{near}`"),
            );
            self.error(codes::UNKNOWN_FUNCTION, format!("`{name}` is no plugin"), call.name.span, help);
        }
        if let Some(schema) = schema {
            return Table::of(schema);
        }
        let named = |place: usize| match call.arguments.get(place).map(|value| &value.kind) {
            Some(ExprKind::Name(name)) => Some(name.clone()),
            _ => None,
        };
        match name {
            "bag_unpack" => {
                let bag = named(0);
                let columns = input.columns.into_iter().filter(|column| Some(&column.name) != bag.as_ref());
                Table { columns: columns.collect(), open: true }
            }
            "pivot" => {
                let mut used: Vec<String> = named(0).into_iter().collect();
                if let Some(ExprKind::Call(aggregate)) = call.arguments.get(1).map(|value| &value.kind) {
                    used.extend(aggregate.arguments.iter().filter_map(|value| match &value.kind {
                        ExprKind::Name(name) => Some(name.clone()),
                        _ => None,
                    }));
                }
                let by: Vec<String> = (2..call.arguments.len()).filter_map(named).collect();
                let stays = |column: &Column| {
                    if by.is_empty() { !used.contains(&column.name) } else { by.contains(&column.name) }
                };
                Table { columns: input.columns.into_iter().filter(stays).collect(), open: true }
            }
            "narrow" => one(&[("Row", Kind::Long), ("Column", Kind::String), ("Value", Kind::String)]),
            "autocluster" | "basket" => {
                let mut table =
                    one(&[("SegmentId", Kind::Long), ("Count", Kind::Long), ("Percent", Kind::Real)]);
                input.columns.iter().for_each(|column| {
                    table.add(&column.name, column.kind);
                });
                table
            }
            "ipv4_lookup" | "ipv6_lookup" => {
                let mut table = input;
                if let Some(right) = call.arguments.first() {
                    let right = self.rows(right);
                    for column in &right.columns {
                        let name = table.free(&column.name, &right.columns);
                        table.columns.push(Column { name, kind: column.kind });
                    }
                }
                table
            }
            _ => Table::open(),
        }
    }
}
