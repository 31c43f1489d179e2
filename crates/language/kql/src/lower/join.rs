//! `join` and `lookup`.

use quarry_diagnostic::Span;
use quarry_plan::{Expression, JoinKind, Operator as Planned};

use super::{
    Lowerer,
    convert::Value,
    operator::setting,
    rows::{Column, Rows},
};
use crate::{
    bind::join::beside,
    syntax::tree::{Expr, ExprKind, Operator},
    types::Kind,
};

/// A kind of join by its name: what it is, and whether each key of the left side counts once.
fn kind_of(name: &str) -> Option<(JoinKind, bool)> {
    Some(match name {
        "innerunique" => (JoinKind::Inner, true),
        "inner" => (JoinKind::Inner, false),
        "leftouter" => (JoinKind::Left, false),
        "rightouter" => (JoinKind::Right, false),
        "fullouter" => (JoinKind::Full, false),
        "leftsemi" => (JoinKind::Semi, false),
        "leftanti" | "anti" | "leftantisemi" => (JoinKind::Anti, false),
        "rightsemi" => (JoinKind::RightSemi, false),
        "rightanti" | "rightantisemi" => (JoinKind::RightAnti, false),
        _ => return None,
    })
}

/// Keys of both sides, and the names of the right side's.
#[derive(Default)]
struct Keys {
    left: Vec<Value>,
    right: Vec<Value>,
    names: Vec<String>,
}

impl Lowerer<'_> {
    pub(super) fn join(&mut self, left: Rows, operator: &Operator, right: &Expr, on: &[Expr]) -> Rows {
        let span = operator.span;
        let is_lookup = operator.name.text == "lookup";
        let name = setting(operator, "kind");
        let name = name.unwrap_or_else(|| if is_lookup { "leftouter" } else { "innerunique" }.to_owned());
        let Some((kind, is_unique)) = kind_of(&name) else {
            self.refuse(
                &format!("joins of the kind `{name}`"),
                span,
                "use `inner`, `leftouter` or another kind",
            );
            return left;
        };
        let right = self.rows(right);
        let mut keys = Keys::default();
        on.iter().for_each(|condition| self.join_keys(condition, &left, &right, &mut keys));
        if keys.left.is_empty() {
            self.refuse("joins without keys", span, "name the columns that are equal: `on A`");
        }
        if left.each.is_some() || right.each.is_some() {
            self.refuse("joins inside of `mv-apply`", span, "join before or after it");
        }
        let left = if is_unique { unique(left, &keys.left) } else { left };
        self.joined_rows(left, right, kind, keys, is_lookup, span)
    }

    fn joined_rows(
        &mut self,
        left: Rows,
        right: Rows,
        kind: JoinKind,
        keys: Keys,
        is_lookup: bool,
        span: Span,
    ) -> Rows {
        let dropped: &[String] = if is_lookup { &keys.names } else { &[] };
        let right_columns: Vec<Column> =
            right.columns.iter().filter(|column| !dropped.contains(&column.name)).cloned().collect();
        let shown_right = Rows { columns: right_columns.clone(), ..right.clone() };
        let names = beside(left.table(), &shown_right.table());
        let new_names = names.columns.iter().skip(left.columns.len());
        // The right side under the names that it has behind the left one.
        let mut on = Vec::new();
        let mut renamed: Vec<(Column, Expression)> = Vec::new();
        for (column, name) in right_columns.iter().zip(new_names) {
            let new = Column::new(&name.name, column.kind, column.may_be_null);
            renamed.push((new, Expression::column(&column.column, span)));
        }
        let shown = renamed.iter().map(|(column, _)| column.clone()).collect::<Vec<_>>();
        for (left, right) in keys.left.into_iter().zip(keys.right) {
            let name = self.fresh("key");
            renamed.push((
                Column { column: name.clone(), ..Column::new("", right.kind, false) },
                right.expression,
            ));
            on.push((left.expression, Expression::column(name, span)));
        }
        let right = Rows { hidden: Vec::new(), ..right }.project(renamed);
        self.sides(left, right, shown, kind, on, span)
    }

    fn sides(
        &mut self,
        left: Rows,
        right: Rows,
        shown: Vec<Column>,
        kind: JoinKind,
        on: Vec<(Expression, Expression)>,
        span: Span,
    ) -> Rows {
        let (with_left, with_right) = kind.sides();
        let hidden = if with_left { left.hidden.clone() } else { Vec::new() };
        let blank = |columns: Vec<Column>, is_blank: bool| {
            columns.into_iter().map(move |column| Column {
                may_be_null: column.may_be_null || is_blank && column.kind == Kind::String,
                ..column
            })
        };
        let left_columns = blank(left.columns.clone(), matches!(kind, JoinKind::Right | JoinKind::Full));
        let right_columns = blank(shown, matches!(kind, JoinKind::Left | JoinKind::Full));
        let columns: Vec<Column> = match (with_left, with_right) {
            (true, true) => left_columns.chain(right_columns).collect(),
            (true, false) => left_columns.collect(),
            (false, _) => right_columns.collect(),
        };
        let right_node = Box::new(right.node);
        let joined = left.with(|left| Planned::Join {
            left,
            right: right_node,
            kind,
            on,
            residual: None,
            nulls_match: true,
        });
        let rows = Rows { columns, hidden, ..joined };
        let (node, columns) = (rows.node.span, rows.columns.clone());
        let all = columns.into_iter().map(|column| {
            let value = Expression::column(&column.column, node);
            (column, value)
        });
        let all = all.collect();
        Rows { node: quarry_plan::Node { span, ..rows.node }, ..rows }.project(all)
    }

    /// The keys of a condition.
    fn join_keys(&mut self, condition: &Expr, left: &Rows, right: &Rows, keys: &mut Keys) {
        let span = condition.span;
        match &condition.kind {
            ExprKind::Name(name) => {
                let (Some(of_left), Some(of_right)) = (left.value_of(name, span), right.value_of(name, span))
                else {
                    return self.refuse("this key", span, "name a column of both sides");
                };
                self.add_key(of_left, of_right, keys, span);
                keys.names.push(name.clone());
            }
            ExprKind::Binary(found) if found.operator == "and" => {
                self.join_keys(&found.left, left, right, keys);
                self.join_keys(&found.right, left, right, keys);
            }
            ExprKind::Binary(found) if found.operator == "==" => {
                let (mut of_left, mut of_right) = (None, None);
                for side in [&found.left, &found.right] {
                    let ExprKind::Member(of, name) = &side.kind else { continue };
                    if matches!(&of.kind, ExprKind::Name(side) if side == "$left") {
                        of_left = left.value_of(&name.text, name.span);
                    } else {
                        of_right = right.value_of(&name.text, name.span);
                        keys.names.push(name.text.clone());
                    }
                }
                match (of_left, of_right) {
                    (Some(of_left), Some(of_right)) => self.add_key(of_left, of_right, keys, span),
                    _ => self.refuse("this condition", span, "write `$left.a == $right.b`"),
                }
            }
            _ => self.refuse("this condition of a join", span, "write `on A` or `on $left.a == $right.b`"),
        }
    }

    fn add_key(&mut self, left: Value, right: Value, keys: &mut Keys, span: Span) {
        if left.kind == Kind::Dynamic || right.kind == Kind::Dynamic {
            return self.refuse("dynamic values as keys", span, "convert them, such as with `tostring()`");
        }
        let numbers = left.kind.is_number() && right.kind.is_number();
        let kind = if numbers { left.kind.widest(right.kind) } else { left.kind };
        if !numbers && left.kind != right.kind {
            let what = format!("keys of a {} and a {}", left.kind, right.kind);
            return self.refuse(&what, span, "convert one of them");
        }
        let left = self.convert(left, kind);
        keys.left.push(left);
        let right = self.convert(right, kind);
        keys.right.push(right);
    }
}

/// One row of each combination of keys.
fn unique(rows: Rows, keys: &[Value]) -> Rows {
    let order = rows.node.order();
    let keys = keys.iter().map(|key| key.expression.clone()).collect();
    rows.with(|input| Planned::Deduplicate { input, keys, keep: 1, order })
}
