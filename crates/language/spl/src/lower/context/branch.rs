//! Other pipelines of raw events beside this one, whose fields are not all known when they meet.

use std::ops::Range;

use quarry_diagnostic::Diagnostic;
use quarry_plan::{ColumnName, Expression, JoinKind, Node, Operator, SortKey, Type, Value};

use super::column::{Column, convert, wider};
use super::late::{Late, LateRule, Place};
use super::{Context, StepKind, TIME};

/// A pipeline that still can be asked for fields.
#[derive(Debug, Clone)]
pub(super) struct Branch<'a> {
    context: Context<'a>,
    /// Fields that were asked for and the column each is in; all under their own names in a union.
    names: Vec<(ColumnName, ColumnName)>,
}

/// The rows of other pipelines follow.
#[derive(Debug)]
struct Branches {
    from: usize,
    to: usize,
}

impl LateRule for Branches {
    fn field(&self, context: &mut Context<'_>, name: &str, place: &Place<'_>) -> Late {
        Late::Placed(self.helper(context, &name.into(), place))
    }

    fn names_internal(&self) -> bool {
        true
    }

    fn helper(&self, context: &mut Context<'_>, name: &ColumnName, place: &Place<'_>) -> Option<Type> {
        context.late_in_branches(name, place, self.from..self.to)
    }
}

/// Another pipeline's fields stand beside those here, and go before them if `overwrite`.
#[derive(Debug)]
struct Joined {
    branch: usize,
    overwrite: bool,
}

impl LateRule for Joined {
    fn field(&self, context: &mut Context<'_>, name: &str, place: &Place<'_>) -> Late {
        let other = context.joined_field(self.branch, &name.into());
        let own = place.before(context, &name.into());
        if self.overwrite { Late::Values(other, own) } else { Late::Values(own, other) }
    }
}

impl<'a> Context<'a> {
    /// The rows of other pipelines after those here, or among them by time.
    pub(crate) fn union_open(&mut self, others: Vec<Context<'a>>, by_time: bool) {
        let part = self.fresh_name("part");
        let mut names: Vec<ColumnName> = vec![TIME.into()];
        for context in std::iter::once(&*self).chain(&others) {
            let visible = context.visible().into_iter().map(|column| column.name);
            names.extend(visible.filter(|name| !names.contains(name)).collect::<Vec<_>>());
        }
        let from = self.rows.branches.len();
        self.rows.branches.extend(others.into_iter().map(|context| Branch { context, names: Vec::new() }));
        let to = self.rows.branches.len();
        for name in &names {
            self.find(name);
        }
        let known = self.visible();
        let number = |number: usize, span| {
            #[allow(clippy::cast_precision_loss)] // a handful of pipelines
            Expression::literal(Value::Double(number as f64), span)
        };
        let span = self.span;
        // Rows of one part that are not ordered by their time keep their order.
        let place = self.fresh_name("place");
        let own = self.place();
        self.push(StepKind::Extend(vec![(part.clone(), number(0, span)), (place.clone(), own)]));
        for (index, branch) in self.rows.branches[from..to].iter_mut().enumerate() {
            let own = branch.context.place();
            let columns = vec![(part.clone(), number(index + 1, span)), (place.clone(), own)];
            branch.context.push(StepKind::Extend(columns));
            branch.names.extend([&part, &place].map(|name| (name.clone(), name.clone())));
        }
        self.fields.columns = known;
        self.add_rule(Branches { from, to });
        let step = self.rows.steps.len() - 1;
        let project = [&part, &place].map(|name| (name.clone(), Expression::column(name, span))).to_vec();
        self.rows.steps[step].kind = StepKind::Project(project);
        self.push(StepKind::Branches(from, to));
        let level = self.fields.rules.len();
        self.fields.columns.clear();
        for name in names {
            let Some(rule) = self.fields.rules.last().cloned() else { return };
            if let Some(data_type) = self.late_in_branches(&name, &Place { rule: &rule, level }, from..to) {
                self.show(&name, data_type);
            }
        }
        self.fields.open |= self.rows.branches[from..to].iter().any(|branch| branch.context.fields.open);
        let [by_part, by_place] =
            [&part, &place].map(|name| SortKey::new(Expression::column(name, span), false));
        let has_time = self.fields.columns.iter().any(|column| column.name == TIME && !column.empty);
        let newest = has_time.then(|| SortKey::new(Expression::column(TIME, span), true));
        self.order.keys = if by_time {
            newest.into_iter().chain([by_part, by_place]).collect()
        } else {
            [by_part, by_place].into_iter().chain(newest).collect()
        };
        for name in [part, place] {
            self.fields.columns.push(Column { name, data_type: Type::Double, empty: false });
        }
        self.order.sorted = false;
    }

    /// A field of any of the pipelines that were put together by a rule.
    fn late_in_branches(
        &mut self,
        name: &ColumnName,
        place: &Place<'_>,
        branches: Range<usize>,
    ) -> Option<Type> {
        let own = place.before(self, name);
        let mut found: Vec<(usize, Type)> = Vec::new();
        for index in branches {
            let branch = self.rows.branches.get_mut(index)?;
            let column = branch.context.find(name).filter(|column| !column.empty);
            found.extend(column.map(|column| (index, column.data_type)));
        }
        let types = own.iter().map(|(_, own)| *own).chain(found.iter().map(|(_, found)| *found));
        let data_type = types.reduce(wider)?;
        if let Some((value, have)) = own {
            self.add_late(place.rule.step, name, convert(value, have, data_type))?;
        }
        for (index, have) in found {
            let span = self.span;
            let branch = self.rows.branches.get_mut(index)?;
            if have != data_type {
                let value = convert(Expression::column(name, span), have, data_type);
                branch.context.assign(vec![(name.clone(), value)]);
            }
            if !branch.names.iter().any(|(known, _)| known == name) {
                branch.names.push((name.clone(), name.clone()));
            }
        }
        Some(data_type)
    }

    /// The fields of another pipeline beside the rows that have the same values of pairs of fields, theirs
    /// second. Helper columns of the other pipeline, numbers all, stand beside them too; gives their names here.
    pub(crate) fn join_open(
        &mut self,
        mut other: Context<'a>,
        kind: JoinKind,
        fields: &[(ColumnName, ColumnName)],
        helpers: &[ColumnName],
        overwrite: bool,
    ) -> Vec<ColumnName> {
        let span = self.span;
        let mut on = Vec::new();
        let mut names = Vec::new();
        for (field, theirs) in fields {
            let left = self.field(field, span);
            let left_type = self.type_of(&left);
            let right_type = other.find(theirs).map_or(Type::Text, |column| column.data_type);
            let name = self.fresh_name("joined");
            let right = convert(Expression::column(&name, span), right_type, Type::Text);
            on.push((convert(left, left_type, Type::Text), right));
            names.push((theirs.clone(), name));
        }
        let mut beside = Vec::new();
        for helper in helpers {
            let name = self.fresh_name("joined");
            names.push((helper.clone(), name.clone()));
            beside.push(name);
        }
        self.rows.branches.push(Branch { context: other, names });
        let branch = self.rows.branches.len() - 1;
        self.push(StepKind::JoinBranch { branch, kind, on });
        self.order.sorted = false;
        let known = self.visible();
        self.add_rule(Joined { branch, overwrite });
        for column in known.iter().filter(|column| fields.iter().all(|(field, _)| *field != column.name)) {
            self.find_again(&column.name);
        }
        self.fields.open |= self.rows.branches[branch].context.fields.open;
        for name in &beside {
            self.show(name, Type::Double);
        }
        beside
    }

    /// A field of a pipeline that was joined.
    fn joined_field(&mut self, branch: usize, name: &ColumnName) -> Option<(Expression, Type)> {
        let fresh = self.fresh_name("joined");
        let span = self.span;
        let branch = self.rows.branches.get_mut(branch)?;
        let column = branch.context.find(name).filter(|column| !column.empty)?;
        let known = branch.names.iter().find(|(known, _)| known == name);
        let column_name = match known {
            Some((_, column)) => column.clone(),
            None => {
                branch.names.push((name.clone(), fresh.clone()));
                fresh
            }
        };
        Some((Expression::column(column_name, span), column.data_type))
    }

    /// Puts the finished plans of the branches where their steps stand.
    pub(super) fn finish_branches(&mut self) {
        let mut nodes: Vec<Option<Node>> = Vec::new();
        let mut diagnostics: Vec<Diagnostic> = Vec::new();
        for branch in std::mem::take(&mut self.rows.branches) {
            let (node, found, discovery) = branch.finish();
            nodes.push(Some(node));
            diagnostics.extend(found);
            self.needs_discovery |= discovery;
        }
        for diagnostic in diagnostics {
            self.report(diagnostic);
        }
        for step in &mut self.rows.steps {
            match &mut step.kind {
                StepKind::Branches(from, to) => {
                    let parts = nodes.get_mut(*from..*to).unwrap_or_default();
                    step.kind = StepKind::Union(parts.iter_mut().filter_map(Option::take).collect());
                }
                StepKind::JoinBranch { branch, kind, on } => {
                    let Some(right) = nodes.get_mut(*branch).and_then(Option::take) else { continue };
                    let (kind, on) = (*kind, std::mem::take(on));
                    step.kind = StepKind::Join { right: Box::new(right), kind, on };
                }
                _ => {}
            }
        }
    }
}

impl Branch<'_> {
    pub(super) fn has_own_text(&self) -> bool {
        self.context.has_own_text()
    }

    fn finish(self) -> (Node, Vec<Diagnostic>, bool) {
        let Self { mut context, names } = self;
        let span = context.span;
        // Where no row is taken by its place, the order counts only for the whole.
        context.order.sorted = true;
        let columns: Vec<Column> = names
            .iter()
            .map(|(name, _)| Column {
                name: name.clone(),
                data_type: context.find(name).map_or(Type::Text, |column| column.data_type),
                empty: !context.steps_know(name) && context.find(name).is_none(),
            })
            .collect();
        let (node, diagnostics, discovery) = context.finish(&columns, span);
        if names.iter().all(|(name, column)| name == column) {
            return (node, diagnostics, discovery);
        }
        let renamed =
            names.into_iter().map(|(name, column)| (column, Expression::column(name, span))).collect();
        let node = Node::new(Operator::Project { input: Box::new(node), columns: renamed }, span);
        (node, diagnostics, discovery)
    }
}

impl Context<'_> {
    /// Whether a helper column of this name was made.
    fn steps_know(&self, name: &ColumnName) -> bool {
        self.rows.steps.iter().any(|step| {
            matches!(&step.kind, StepKind::Extend(columns) if columns.iter().any(|(known, _)| known == name))
        })
    }
}
