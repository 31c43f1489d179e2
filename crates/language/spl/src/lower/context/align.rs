//! Columns of one name in two parts of the rows, brought to one type.

use quarry_plan::{ColumnName, Expression, Node, Operator, Type, Value};

use super::column::{Column, convert, wider};
use super::{Context, TIME};

impl Context<'_> {
    /// Drops all but the known columns too, and gives them and those of `other` the types that
    /// hold the values of both. The result are the columns of both together, and the other part.
    pub(super) fn align(&mut self, other: Node) -> (Vec<Column>, Node) {
        let theirs = other.columns();
        let mut columns = self.fields.columns.clone();
        for (name, data_type) in &theirs {
            match columns.iter_mut().find(|known| known.name == *name) {
                Some(known) => *known = together(known, *data_type),
                None => columns.push(Column { name: name.clone(), data_type: *data_type, empty: false }),
            }
        }
        self.project_as(&columns);
        (columns.clone(), self.converted(other, &theirs, &columns))
    }

    /// Drops all but the known columns for good.
    pub(super) fn project_known(&mut self) {
        let columns = self.fields.columns.clone();
        self.project_as(&columns);
    }

    /// Puts out the columns here, each with the type of the one of its name in `wanted`.
    fn project_as(&mut self, wanted: &[Column]) {
        let span = self.span;
        let kept = self.fields.columns.iter().map(|column| {
            let wanted = wanted.iter().find(|wanted| wanted.name == column.name);
            let data_type = wanted.map_or(column.data_type, |wanted| wanted.data_type);
            let value = if column.empty {
                let is_known = data_type != Type::Null;
                Expression::literal(Value::Null, span).cast(if is_known { data_type } else { Type::Text })
            } else {
                convert(Expression::column(&column.name, span), column.data_type, data_type)
            };
            (column.name.clone(), value)
        });
        let kept = kept.collect();
        self.push(super::StepKind::Project(kept));
    }

    fn converted(&self, other: Node, theirs: &[(ColumnName, Type)], wanted: &[Column]) -> Node {
        let differs = theirs.iter().filter_map(|(name, have)| {
            let wanted = wanted.iter().find(|wanted| wanted.name == *name)?;
            let value = convert(Expression::column(name, self.span), *have, wanted.data_type);
            (wanted.data_type != *have).then(|| (name.clone(), value))
        });
        let columns: Vec<(ColumnName, Expression)> = differs.collect();
        if columns.is_empty() {
            return other;
        }
        Node::new(Operator::Extend { input: Box::new(other), columns }, self.span)
    }
}

fn together(known: &Column, other: Type) -> Column {
    let have = known.data_type;
    let is_instant = |one: Type, two: Type| {
        one == Type::Timestamp && matches!(two, Type::Timestamp | Type::Double | Type::Integer)
    };
    let data_type = if known.empty {
        other
    } else if is_instant(have, other) || is_instant(other, have) {
        let is_time = known.name == TIME || have == other;
        if is_time { Type::Timestamp } else { Type::Double }
    } else {
        wider(have, other)
    };
    Column { name: known.name.clone(), data_type, empty: false }
}
