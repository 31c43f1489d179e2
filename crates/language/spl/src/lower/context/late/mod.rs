//! Fields that are first mentioned late.
//!
//! A command that makes fields whose names are not known when it is lowered leaves a rule. A field that is
//! mentioned later is added at the place of the rule. Every kind of rule is a file of its own; those that
//! groups, unions and joins leave stand with these.

mod fill;
mod json;
mod markup;
mod named;
mod pairs;
mod prepared;
mod rename;
mod table;
mod without;

use std::{cell::OnceCell, collections::BTreeMap, fmt::Debug, rc::Rc};

use quarry_plan::{ColumnName, Expression, ExpressionKind, Type, Value};

use super::super::build;
use super::column::{Column, Gone, convert, wider};
use super::{Context, StepKind};

pub(crate) use fill::Fill;
pub(crate) use json::Json;
pub(crate) use markup::Markup;
pub(crate) use named::Named;
pub(crate) use pairs::Pairs;
pub(crate) use prepared::Prepared;
pub(crate) use rename::Rename;
pub(crate) use table::Table;
pub(crate) use without::Without;

/// A value and its type.
pub(crate) type Typed = (Expression, Type);

/// A kind of rule by which fields come about.
pub(crate) trait LateRule: Debug {
    /// What a field is after the rule; `place` tells what it was before.
    fn field(&self, context: &mut Context<'_>, name: &str, place: &Place<'_>) -> Late;

    /// Whether the rule applies to `_time`, `_raw` and the like as well.
    fn names_internal(&self) -> bool {
        false
    }

    /// What a helper column is after the rule.
    fn helper(&self, context: &mut Context<'_>, name: &ColumnName, place: &Place<'_>) -> Option<Type> {
        place.before(context, name).map(|(_, data_type)| data_type)
    }

    /// The name after the rule of a field that had a name before it.
    fn renamed(&self, name: String) -> Option<String> {
        Some(name)
    }

    /// Whether the rules so far are those of the user's apps.
    fn is_preparation(&self) -> bool {
        false
    }

    /// A list of the names that the rule finds in a row, where only rows tell them.
    fn names(&self) -> Option<Expression> {
        None
    }
}

/// What a rule makes of a field.
pub(crate) enum Late {
    /// The first of these that a row has. A second alone is the field as it was.
    Values(Option<Typed>, Option<Typed>),
    /// The rule put the column where it belongs; none if there is no such field.
    Placed(Option<Type>),
}

/// A rule, its place among the steps and what was known there.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(super) kind: Rc<dyn LateRule>,
    /// The extension that gains the columns.
    pub(super) step: usize,
    columns: Vec<Column>,
    pub(super) gone: BTreeMap<ColumnName, Gone>,
    /// Whether fields could come up late there: any, and internal ones.
    open: bool,
    internal: bool,
    /// The names that the rule finds in the rows, once known.
    found: Rc<OnceCell<Vec<String>>>,
}

/// Where a rule stands: the rule, and its number from 1.
pub(crate) struct Place<'r> {
    pub(super) rule: &'r Rule,
    pub(super) level: usize,
}

impl Place<'_> {
    /// A field as it was just before the rule.
    pub(crate) fn before(&self, context: &mut Context<'_>, name: &ColumnName) -> Option<Typed> {
        let Self { rule, level } = self;
        let known = rule.columns.iter().find(|column| column.name == name);
        let internal = || rule.internal && name.user().is_some_and(|text| text.starts_with('_'));
        let data_type = match known {
            Some(column) if column.empty => return None,
            Some(column) => column.data_type,
            None if rule.gone.contains_key(name) => return None,
            None if !(rule.open || internal()) => return None,
            None => context.late(name, level - 1)?,
        };
        Some((Expression::column(name, context.span), data_type))
    }
}

impl Rule {
    /// A rule about the fields that are known now.
    pub(super) fn new(context: &mut Context<'_>, kind: Rc<dyn LateRule>, step: usize) -> Self {
        Self {
            kind,
            step,
            columns: context.fields.columns.clone(),
            gone: std::mem::take(&mut context.fields.gone),
            open: context.has_unknown_fields(),
            internal: context.fields.internal,
            found: Rc::default(),
        }
    }
}

impl Context<'_> {
    /// A field that is taken from the event or made by one of the first `level` rules.
    pub(super) fn late(&mut self, name: &ColumnName, level: usize) -> Option<Type> {
        let Some(text) = name.user() else { return self.late_helper(name, level) };
        let internal = self.fields.internal && text.starts_with('_');
        if level <= self.fields.floor && !self.fields.open && !internal {
            return None;
        }
        let Some(rule) = level.checked_sub(1).and_then(|index| self.fields.rules.get(index).cloned()) else {
            return if self.fields.open || internal { self.rows.scan.add(text) } else { None };
        };
        let place = Place { rule: &rule, level };
        if text.starts_with('_') && !rule.kind.names_internal() {
            return place.before(self, name).map(|(_, data_type)| data_type);
        }
        let (value, data_type) = match rule.kind.field(self, text, &place) {
            Late::Placed(data_type) => return data_type,
            Late::Values(None, None) => return None,
            Late::Values(None, Some((_, data_type))) => return Some(data_type),
            Late::Values(Some(made), None) => made,
            Late::Values(Some(made), Some(old)) => either(made, old),
        };
        self.add_late(rule.step, name, value)?;
        Some(data_type)
    }

    /// A helper column that was made before the first `level` rules.
    fn late_helper(&mut self, name: &ColumnName, level: usize) -> Option<Type> {
        if level <= self.fields.floor && !self.fields.open {
            return None;
        }
        let rule = self.fields.rules.get(level.checked_sub(1)?).cloned()?;
        rule.kind.helper(self, name, &Place { rule: &rule, level })
    }

    /// Adds a column to an extension or projection that stands already.
    pub(super) fn add_late(&mut self, step: usize, name: &ColumnName, value: Expression) -> Option<()> {
        let step = self.rows.steps.get_mut(step)?;
        if let StepKind::Extend(columns) | StepKind::Project(columns) = &mut step.kind
            && !columns.iter().any(|(known, _)| known == name)
        {
            columns.push((name.clone(), value));
        }
        Some(())
    }

    /// Adds a rule at this place. The fields known so far are left to the caller.
    pub(crate) fn add_rule(&mut self, kind: impl LateRule + 'static) {
        let rule = Rule::new(self, Rc::new(kind), self.rows.steps.len());
        self.push(StepKind::Extend(Vec::new()));
        self.fields.rules.push(Rc::new(rule));
    }
}

impl Context<'_> {
    /// The names that a rule finds in the rows before it; none while they are not known.
    pub(super) fn found_in_texts(&mut self, rule: &Rule, at: usize) -> Vec<String> {
        let Some(list) = rule.kind.names() else { return Vec::new() };
        if let Some(found) = rule.found.get() {
            return found.clone();
        }
        let Some(names) = self.before_rule(rule, at).distinct(list) else { return Vec::new() };
        let names = if self.allows_columns(names.len()) { names } else { Vec::new() };
        rule.found.get_or_init(|| names).clone()
    }

    /// The rows as they were just before a rule.
    fn before_rule(&self, rule: &Rule, at: usize) -> Self {
        let mut copy = self.clone();
        copy.diagnostics.clear();
        copy.rows.steps.truncate(rule.step);
        copy.fields.columns.clone_from(&rule.columns);
        copy.fields.gone.clear();
        copy.fields.rules.truncate(at);
        copy.order.keys.clear();
        copy.order.sorted = true;
        copy
    }

    /// The different texts of a list in all rows, in order; none while they are not known.
    fn distinct(mut self, list: Expression) -> Option<Vec<String>> {
        let name = self.fresh_name("names");
        self.assign(vec![(name.clone(), list)]);
        self.filter(build::is_present(Expression::column(&name, self.span)));
        self.expand(&name, None);
        let group = vec![(name.clone(), Expression::column(&name, self.span))];
        self.aggregate(group, vec![("count".into(), build::count_of_rows())]);
        let rows = self.settle(&[Column { name, data_type: Type::Text, empty: false }])?;
        let texts = rows.rows.into_iter().filter_map(|row| match row.into_iter().next() {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        });
        Some(texts.collect())
    }
}

/// The first of two values that a row has.
fn either((made, made_type): Typed, (old, old_type): Typed) -> Typed {
    let data_type = if made_type == old_type { made_type } else { wider(made_type, old_type) };
    let span = made.span;
    let items = [(made, made_type), (old, old_type)].map(|(value, have)| convert(value, have, data_type));
    (Expression::new(ExpressionKind::Coalesce(items.into()), span), data_type)
}
