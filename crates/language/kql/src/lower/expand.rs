//! `mv-expand`, `mv-apply`, `partition`: rows of values, and what is done with each group of rows.

use quarry_diagnostic::Span;
use quarry_plan::{
    Expression, ExpressionKind, JoinKind, Operator as Planned, PathStep, Type, Value as Constant,
};

use super::{
    Lowerer,
    convert::{Value, planned},
    operator::setting,
    project::{Assigned, extended},
    rows::{Column, Each, Rows},
    sort::ranked,
    summarize::unnamed,
};
use crate::{
    bind::join::word,
    syntax::tree::{Expr, ExprKind, Item, Operator, OperatorKind},
    types::Kind,
};

/// Most rows that one becomes where the old name of the operator is used.
const OLD_LIMIT: usize = 128;

impl Lowerer<'_> {
    pub(super) fn mv_expand(
        &mut self,
        rows: Rows,
        operator: &Operator,
        items: &[Item],
        limit: Option<&Expr>,
    ) -> Rows {
        let span = operator.span;
        let limit = match limit {
            Some(limit) => self.known_count(limit),
            None if operator.name.text == "mvexpand" => Some(OLD_LIMIT),
            None => None,
        };
        let kind = setting(operator, "kind").or_else(|| setting(operator, "bagexpansion"));
        let values: Vec<Value> = items.iter().map(|item| self.value(unnamed(&item.value), &rows)).collect();
        let names = self.expanded_names(&rows, operator, items);
        let rows = self.with_windows(rows);
        let list = self.list_of(&values, kind.as_deref(), limit, span);
        let (rows, element) = self.each_element(rows, list, span);
        let part = |place: usize| {
            let steps = vec![PathStep::Index(i64::try_from(place).unwrap_or(0))];
            let value = Box::new(Expression::column(&element, span).cast(Type::Dynamic));
            Value::new(Expression::new(ExpressionKind::Path { value, steps }, span), Kind::Dynamic)
        };
        let mut assigned: Assigned = Vec::new();
        for (place, (name, item)) in names.into_iter().zip(items).enumerate() {
            let value = self.convert(part(place + 1), item.to.unwrap_or(Kind::Dynamic));
            assigned.push((name, value));
        }
        if let Some(name) = word(operator, "with_itemindex") {
            let index = self.convert(part(0), Kind::Long);
            assigned.push((rows.table().free(&name, &[]), index));
        }
        extended(rows, assigned)
    }

    /// The names of the columns that items become.
    fn expanded_names(&mut self, rows: &Rows, operator: &Operator, items: &[Item]) -> Vec<String> {
        let input = rows.table();
        let mut names = Vec::new();
        for item in items {
            self.binder.scope = self.names.bound.clone();
            let name = self.binder.scalar(&item.value, &input).name.unwrap_or_default();
            if name.is_empty() {
                let help = "name it: `mv-expand x = ...`";
                self.refuse(
                    &format!("`{}` of a value without a name", operator.name.text),
                    item.value.span,
                    help,
                );
            }
            names.push(name);
        }
        names
    }

    /// The elements of arrays beside each other, each as a JSON array of its place and the values.
    fn list_of(
        &mut self,
        values: &[Value],
        kind: Option<&str>,
        limit: Option<usize>,
        span: Span,
    ) -> Expression {
        let pairs = kind.is_some_and(|kind| kind == "array");
        let most =
            limit.map_or(Constant::Null, |limit| Constant::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
        let mut arguments = vec![
            Expression::literal(Constant::Boolean(pairs), span),
            Expression::literal(most, span).cast(Type::Integer),
        ];
        arguments.extend(values.iter().map(|value| value.expression.clone()));
        match planned("expand") {
            Some(name) => Expression::call(name, arguments, Type::TextList, span),
            None => super::rows::typed_null(Type::TextList, span),
        }
    }

    /// A row for each element of a list, and the column of the element.
    fn each_element(&mut self, rows: Rows, list: Expression, span: Span) -> (Rows, quarry_plan::ColumnName) {
        let element = self.fresh("element");
        let each = rows.each.clone();
        let rows = rows.hide(element.clone(), list);
        let some = || {
            let list = Box::new(Expression::column(&element, span));
            Expression::new(ExpressionKind::IsNull(list), span).negate()
        };
        let rows = match each {
            None => rows.with(|input| Planned::Filter { input, predicate: some() }),
            Some(_) => super::operator::filtered(rows, some()),
        };
        let position = self.fresh("position");
        let column = element.clone();
        let mut rows = rows.with(|input| Planned::Expand {
            input,
            column,
            limit: None,
            position: Some(position.clone()),
        });
        rows.hidden.push(position);
        (rows, element)
    }

    pub(super) fn mv_apply(
        &mut self,
        rows: Rows,
        operator: &Operator,
        items: &[Item],
        limit: Option<&Expr>,
        body: &[Operator],
    ) -> Rows {
        let span = operator.span;
        if rows.each.is_some() {
            self.refuse("`mv-apply` inside of `mv-apply`", span, "expand with `mv-expand` there");
        }
        let (row, present) = (self.fresh("row"), self.fresh("present"));
        let order = rows.node.order();
        let outer_each = rows.each.clone();
        let mut outer = ranked(rows, &row, Vec::new(), order);
        outer.hidden.push(row.clone());
        let joins = body.iter().any(makes_rows);
        if joins {
            outer = self.share(outer);
        }
        let there = Expression::literal(Constant::Boolean(true), span);
        let mut inner = outer.clone().hide(present.clone(), there);
        inner.each = Some(Each { row: row.clone(), present: present.clone() });
        let mut result = self.mv_expand(inner, operator, items, limit);
        let names = self.names.clone();
        for operator in body {
            result = self.operator(result, operator);
        }
        self.names = names;
        let predicate = Expression::column(&present, span);
        let mut result = result.with(|input| Planned::Filter { input, predicate });
        result.each = None;
        if joins {
            return self.applied(outer, result, &row, outer_each, span);
        }
        let hidden = outer.hidden.iter().filter(|name| **name != row).cloned().collect();
        let columns = apply_columns(&outer, &result, span);
        Rows { hidden, each: outer_each, ..result }.project(columns)
    }

    /// Each row with what was computed for it.
    fn applied(
        &mut self,
        outer: Rows,
        result: Rows,
        row: &quarry_plan::ColumnName,
        each: Option<Each>,
        span: Span,
    ) -> Rows {
        let key = self.fresh("key");
        let mut carried = Vec::new();
        let mut renamed: Vec<(Column, Expression)> = Vec::new();
        for column in &result.columns {
            let helper = self.fresh("result");
            let value = Expression::column(&column.column, span);
            renamed.push((Column { column: helper.clone(), ..column.clone() }, value));
            carried.push((column.clone(), helper));
        }
        renamed.push((
            Column { column: key.clone(), ..Column::new("", Kind::Long, false) },
            Expression::column(row, span),
        ));
        let right = Box::new(Rows { hidden: Vec::new(), ..result }.project(renamed).node);
        let on = vec![(Expression::column(row, span), Expression::column(key, span))];
        let hidden = outer.hidden.iter().filter(|name| *name != row).cloned().collect();
        let mut columns: Vec<(Column, Expression)> = Vec::new();
        for column in &outer.columns {
            let own = (column.clone(), Expression::column(&column.column, span));
            let new = carried.iter().find(|(result, _)| result.name == column.name);
            columns
                .push(new.map_or(own, |(result, helper)| (result.clone(), Expression::column(helper, span))));
        }
        for (column, helper) in &carried {
            if outer.find(&column.name).is_none() {
                columns.push((column.clone(), Expression::column(helper, span)));
            }
        }
        let joined = outer.with(|left| Planned::Join {
            left,
            right,
            kind: JoinKind::Inner,
            on,
            residual: None,
            nulls_match: false,
        });
        Rows { hidden, each, ..joined }.project(columns)
    }

    /// `partition by column (operators)`: the operators for the rows of each value.
    pub(super) fn partition(&mut self, rows: Rows, by: &Expr, body: &Expr, span: Span) -> Rows {
        let ExprKind::Pipeline(None, operators) = &body.kind else {
            self.refuse("`partition` with a query in braces", span, "write operators in parentheses");
            return rows;
        };
        if rows.each.is_some() {
            self.refuse("`partition` inside of `mv-apply`", span, "partition before or after it");
            return rows;
        }
        let (key, present) = (self.fresh("part"), self.fresh("present"));
        let value = self.value(by, &rows);
        let there = Expression::literal(Constant::Boolean(true), span);
        let mut rows = rows.hide(key.clone(), value.expression).hide(present.clone(), there);
        rows.each = Some(Each { row: key.clone(), present: present.clone() });
        for operator in operators {
            rows = self.operator(rows, operator);
        }
        let predicate = Expression::column(&present, span);
        let mut rows = rows.with(|input| Planned::Filter { input, predicate });
        rows.each = None;
        rows.hidden.retain(|name| *name != key && *name != present);
        rows
    }
}

/// The columns of rows with what was computed for each, where all are at hand.
fn apply_columns(outer: &Rows, result: &Rows, span: Span) -> Vec<(Column, Expression)> {
    let own = outer.columns.iter().filter_map(|column| result.find(&column.name));
    let new = result.columns.iter().filter(|column| outer.find(&column.name).is_none());
    own.chain(new).map(|column| (column.clone(), Expression::column(&column.column, span))).collect()
}

/// Whether an operator gives other rows than those it takes, without their columns.
fn makes_rows(operator: &Operator) -> bool {
    !matches!(
        operator.kind,
        OperatorKind::Where(_)
            | OperatorKind::Extend(_)
            | OperatorKind::Serialize(_)
            | OperatorKind::Sort(_)
            | OperatorKind::Top(..)
            | OperatorKind::Take(_)
            | OperatorKind::MvExpand(..)
            | OperatorKind::Parse(..)
    )
}
