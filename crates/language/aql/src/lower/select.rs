//! One select: its clauses, and the operators they become.

use std::collections::BTreeSet;

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{
    AggregateCall, ColumnName, Expression as Planned, Helpers, Node, Operator, SortKey, TimeRange, Type,
};

use super::{
    Context,
    aggregate::{self, Group, same},
    label::label,
    membership::{self, Membership},
    query::{Column, Place, Query, end},
    scope::{Found, Scope},
    session::{Numbering, SESSION_ID},
    value::{Origin, Typed},
};
use crate::{
    codes,
    syntax::{Expression, ExpressionKind, Item, Statement},
};

/// A select being lowered.
pub(crate) struct Select<'a, 'c, 's> {
    pub(super) context: &'c mut Context<'a>,
    pub(super) scope: Scope<'a>,
    pub(super) aliases: Vec<Alias<'s>>,
    /// Items whose aliases are being written out.
    pub(super) active: Vec<usize>,
    /// What a name is looked up as first.
    pub(super) alias_rank: AliasRank,
    /// The clause or call in which no aggregate may stand.
    pub(super) no_aggregates: Option<&'static str>,
    pub(super) aggregates: Vec<(ColumnName, AggregateCall)>,
    /// Whether sub-selects may stand here.
    pub(super) joins_allowed: bool,
    pub(super) memberships: Vec<Membership>,
    /// The sessions of SESSION BY.
    pub(super) numbering: Option<Numbering>,
}

/// When a name is an alias: after any field in WHERE and the select list; before custom properties,
/// but not built-in fields, where rows are grouped or ordered; first of all where the rows are groups,
/// which have no fields of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AliasRank {
    AfterFields,
    BeforeProperties,
    First,
}

/// A name given to an item of the select list.
pub(super) struct Alias<'s> {
    pub name: String,
    pub item: usize,
    pub value: &'s Expression,
}

/// An item of the output.
struct Output {
    label: String,
    value: Typed,
    /// Whether it is a field without an alias.
    plain: bool,
}

/// A key of the order, maybe one the output lacks.
struct Key {
    value: Planned,
    descending: bool,
}

/// Lowers a select over its scope.
pub(super) fn lower<'a>(
    context: &mut Context<'a>,
    statement: &Statement,
    scope: Scope<'a>,
    range: TimeRange,
    place: Place,
) -> Query {
    let aliases = statement.items.iter().enumerate().filter_map(|(item, found)| {
        let (alias, value) = (found.alias.as_ref()?, found.value.as_ref()?);
        Some(Alias { name: alias.text.clone(), item, value })
    });
    let select = Select {
        aliases: aliases.collect(),
        context,
        scope,
        active: Vec::new(),
        alias_rank: AliasRank::AfterFields,
        no_aggregates: None,
        aggregates: Vec::new(),
        joins_allowed: true,
        memberships: Vec::new(),
        numbering: None,
    };
    select.statement(statement, range, place)
}

impl Select<'_, '_, '_> {
    fn statement(mut self, statement: &Statement, range: TimeRange, place: Place) -> Query {
        self.no_aggregates = Some("WHERE");
        let predicate = statement.predicate.as_ref().map(|predicate| self.condition(predicate));
        if let Some(session) = &statement.session {
            self.number_sessions(session);
        }
        self.no_aggregates = Some("GROUP BY");
        self.alias_rank = AliasRank::BeforeProperties;
        let mut groups: Vec<Group> = statement.groups.iter().map(|group| self.group(group)).collect();
        self.no_aggregates = None;
        self.alias_rank = AliasRank::AfterFields;
        let mut outputs = self.outputs(&statement.items);
        self.joins_allowed = false;
        let grouped = !groups.is_empty() || !self.aggregates.is_empty() || statement.having.is_some();
        self.alias_rank = if grouped { AliasRank::First } else { AliasRank::BeforeProperties };
        let mut having = statement.having.as_ref().map(|having| self.condition(having));
        let mut keys: Vec<Key> =
            statement.order.iter().map(|key| self.key(&key.value, key.descending)).collect();
        let grouped = grouped || !self.aggregates.is_empty();
        if grouped {
            self.group_outputs(&mut outputs, &groups);
            having = having.map(|having| self.over_groups(having, &groups));
            for key in &mut keys {
                key.value = self.over_groups(key.value.clone(), &groups);
            }
        } else if keys.is_empty() && (place == Place::Top || statement.limit.is_some()) {
            keys.extend(self.newest_first(end(statement)));
        }
        let ordered = !keys.is_empty();
        self.drop_unused(predicate.as_ref(), &groups, &outputs, &keys);
        let source = Node::new(self.scope.into_operator(range), statement.span);
        let mut node = membership::apply(source, self.memberships, predicate);
        if let Some(numbering) = self.numbering {
            node = numbering.apply(node);
        }
        if grouped {
            groups.dedup_by(|left, right| same(&left.value, &right.value));
            node = aggregate::node(node, groups, self.aggregates, statement.span);
        }
        if let Some(predicate) = having {
            let span = predicate.span;
            node = Node::new(Operator::Filter { input: Box::new(node), predicate }, span);
        }
        let limit = statement.limit.map(|(count, span)| (usize::try_from(count).unwrap_or(usize::MAX), span));
        finish(node, outputs, keys, limit, ordered, statement.span, &mut self.context.helpers)
    }

    /// A lookup names a field that it does not read.
    fn drop_unused(
        &mut self,
        predicate: Option<&Planned>,
        groups: &[Group],
        outputs: &[Output],
        keys: &[Key],
    ) {
        let mut used = BTreeSet::new();
        let calls = self.aggregates.iter().flat_map(|(_, call)| {
            call.arguments.iter().chain(&call.filter).chain(call.order.iter().map(|key| &key.value))
        });
        let read = calls
            .chain(predicate)
            .chain(groups.iter().map(|group| &group.value))
            .chain(outputs.iter().map(|output| &output.value.expression))
            .chain(keys.iter().map(|key| &key.value))
            .chain(self.memberships.iter().map(Membership::key))
            .chain(self.numbering.iter().flat_map(Numbering::expressions));
        for expression in read {
            expression.visit_columns(&mut |name| {
                used.insert(name.clone());
            });
        }
        self.scope.keep(&|name| used.contains(name));
    }

    fn outputs(&mut self, items: &[Item]) -> Vec<Output> {
        let mut outputs = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let Some(value) = &item.value else {
                self.star(item.span, &mut outputs);
                continue;
            };
            self.active.push(place);
            let lowered = self.expression(value);
            self.active.pop();
            let plain = item.alias.is_none() && matches!(value.kind, ExpressionKind::Name(_));
            let label = item.alias.as_ref().map_or_else(|| label(value), |alias| alias.text.clone());
            outputs.push(Output { label, value: lowered, plain });
        }
        outputs
    }

    /// `*`: the default columns, without a word about those that these logs lack.
    fn star(&mut self, span: Span, outputs: &mut Vec<Output>) {
        for name in self.scope.star() {
            let value = match self.scope.field(&name.text, span) {
                Found::Value(value) => value,
                Found::Absent(field) => self.absent(field, span, false),
                Found::Nothing => continue,
            };
            outputs.push(Output { label: name.text, value, plain: true });
        }
        if let Some(value) = self.session_number(SESSION_ID, span) {
            outputs.push(Output { label: SESSION_ID.to_owned(), value, plain: true });
        }
    }

    /// A key of GROUP BY; a string is an alias if there is one of that name.
    fn group(&mut self, group: &Expression) -> Group {
        let value = self.quoted_alias(group).unwrap_or_else(|| {
            let value = self.expression(group);
            if value.constant().is_some()
                && !matches!(group.kind, ExpressionKind::Name(_) | ExpressionKind::Missing)
            {
                let message = "a constant makes one group of all events";
                let found = Diagnostic::warning(codes::CONSTANT_GROUP, message, group.span)
                    .with_help("write a field or an alias; positions have no meaning in AQL");
                self.context.report(found);
            }
            value
        });
        let value = self.readable(value);
        Group { name: self.context.fresh("group"), value: value.expression }
    }

    fn key(&mut self, key: &Expression, descending: bool) -> Key {
        let value = self.quoted_alias(key).unwrap_or_else(|| self.expression(key));
        let value = self.readable(value);
        if let ExpressionKind::Integer(position) = key.kind {
            let message =
                format!("`ORDER BY {position}` orders by a constant: positions have no meaning in AQL");
            let found = Diagnostic::error(codes::ORDER_POSITION, message, key.span);
            self.context.report(found.with_help("write a field or an alias"));
        }
        Key { value: value.sort_key(), descending }
    }

    /// `'Full Name'` in GROUP BY and ORDER BY is the alias of that name.
    fn quoted_alias(&mut self, value: &Expression) -> Option<Typed> {
        let ExpressionKind::Text(text) = &value.kind else { return None };
        self.alias(text)
    }

    fn newest_first(&mut self, span: Span) -> Option<Key> {
        let time = self.scope.order_time(span)?;
        Some(Key { value: time.expression, descending: true })
    }

    fn group_outputs(&mut self, outputs: &mut [Output], groups: &[Group]) {
        for output in outputs {
            let is_key = groups.iter().any(|group| same(&group.value, &output.value.expression));
            if output.plain && !is_key && has_columns(&output.value.expression) {
                output.label = format!("FIRST_{}", output.label);
            }
            output.value.expression = self.over_groups(output.value.expression.clone(), groups);
        }
    }
}

fn has_columns(expression: &Planned) -> bool {
    let mut found = false;
    expression.visit_columns(&mut |_| found = true);
    found
}

/// Projects, orders and limits.
fn finish(
    input: Node,
    outputs: Vec<Output>,
    keys: Vec<Key>,
    limit: Option<(usize, Span)>,
    ordered: bool,
    span: Span,
    helpers: &mut Helpers,
) -> Query {
    let mut columns: Vec<Column> = Vec::new();
    let mut projected: Vec<(ColumnName, Planned)> = Vec::new();
    for output in outputs {
        let column = unique(&output.label, &columns);
        let data_type =
            if output.value.data_type == Type::Null { Type::Text } else { output.value.data_type };
        let is_address = output.value.origin == Origin::Address;
        projected.push((column.clone(), output.value.cast(data_type)));
        columns.push(Column { label: output.label, column, data_type, is_address });
    }
    let mut order = Vec::new();
    for key in keys {
        let known = projected.iter().find(|(_, value)| same(value, &key.value)).map(|(name, _)| name.clone());
        let span = key.value.span;
        let name = known.unwrap_or_else(|| {
            let name = helpers.fresh("order");
            projected.push((name.clone(), key.value));
            name
        });
        order.push(SortKey::new(Planned::column(name, span), key.descending));
    }
    let hidden = projected.len() > columns.len();
    let mut node = Node::new(Operator::Project { input: Box::new(input), columns: projected }, span);
    if !order.is_empty() {
        node = Node::new(Operator::Sort { input: Box::new(node), keys: order }, span);
    }
    if let Some((count, span)) = limit {
        node = Node::new(Operator::Limit { input: Box::new(node), skip: 0, fetch: Some(count) }, span);
    }
    if hidden {
        let kept = columns
            .iter()
            .map(|column| (column.column.clone(), Planned::column(column.column.clone(), span)));
        node = Node::new(Operator::Project { input: Box::new(node), columns: kept.collect() }, span);
    }
    Query { node, columns, ordered }
}

/// A column name that no earlier column has, in any case.
fn unique(label: &str, columns: &[Column]) -> ColumnName {
    let taken =
        |name: &str| columns.iter().any(|column| column.column.text().to_lowercase() == name.to_lowercase());
    if !taken(label) {
        return label.into();
    }
    let mut number = 2;
    loop {
        let name = format!("{label}_{number}");
        if !taken(&name) {
            return name.into();
        }
        number += 1;
    }
}
