//! Groups of raw events whose fields are asked for later.

use std::rc::Rc;

use quarry_plan::{AggregateCall, Arithmetic, ColumnName, Expression, ExpressionKind, SortKey, Type};

use super::column::convert;
use super::late::{Late, LateRule, Place, Rule};
use super::{Context, RAW, StepKind, TIME};

/// Fields that a group has all values of, and what stands for a value that is missing among them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listed {
    /// Whether it is all fields.
    pub(crate) all: bool,
    /// Those by name.
    pub(crate) names: Vec<String>,
    pub(crate) missing: String,
    /// Whether the texts of the events stay apart.
    pub(crate) raw_apart: bool,
}

impl Listed {
    fn holds(&self, name: &ColumnName) -> bool {
        self.all || self.names.iter().any(|known| name == known)
    }
}

/// A group has the values of its events; of those that are listed all of them in order.
#[derive(Debug)]
struct Grouped {
    listed: Listed,
}

impl LateRule for Grouped {
    fn field(&self, context: &mut Context<'_>, name: &str, place: &Place<'_>) -> Late {
        Late::Placed(self.helper(context, &name.into(), place))
    }

    fn names_internal(&self) -> bool {
        true
    }

    fn helper(&self, context: &mut Context<'_>, name: &ColumnName, place: &Place<'_>) -> Option<Type> {
        context.late_in_group(name, place, &self.listed)
    }
}

impl Context<'_> {
    /// One row for each value of a helper column: the earliest time, how long it took, how many events
    /// there were, their texts; of any other field the values, all of them in order if it is listed.
    pub(crate) fn group_open(&mut self, key: &ColumnName, listed: Listed) {
        let span = self.span;
        let names: Vec<ColumnName> = self.visible().into_iter().map(|column| column.name).collect();
        let time = || Expression::column(TIME, span);
        let call = |function: &str, arguments, result, order| AggregateCall {
            function: function.to_owned(),
            arguments,
            filter: None,
            order,
            result,
        };
        let oldest = vec![SortKey::new(time(), false)];
        let raw = vec![Expression::column(RAW, span)];
        let newest = self.fresh_name("newest");
        let mut aggregates = vec![
            (TIME.into(), call("min", vec![time()], Type::Timestamp, Vec::new())),
            (newest.clone(), call("max", vec![time()], Type::Timestamp, Vec::new())),
            ("eventcount".into(), call("count", Vec::new(), Type::Integer, Vec::new())),
        ];
        let has_text = self.find(RAW).is_some_and(|column| !column.empty);
        let raw_type = if listed.raw_apart { Type::TextList } else { Type::Text };
        if has_text {
            aggregates.push((RAW.into(), call("spl_list", raw, raw_type, oldest)));
        }
        let rule = Rule::new(self, Rc::new(Grouped { listed }), self.rows.steps.len());
        self.push(StepKind::Aggregate {
            groups: vec![(key.clone(), Expression::column(key, span))],
            aggregates,
        });
        self.fields.rules.push(Rc::new(rule));
        self.fields.columns.clear();
        self.show(TIME, Type::Timestamp);
        self.show("eventcount", Type::Integer);
        if has_text {
            self.show(RAW, raw_type);
        }
        self.show(key, Type::Double);
        self.show(&newest, Type::Timestamp);
        for name in names {
            self.find(&name);
        }
        let seconds = |name: ColumnName| Box::new(Expression::column(name, span).cast(Type::Double));
        let kind = ExpressionKind::Arithmetic {
            operator: Arithmetic::Subtract,
            left: seconds(newest.clone()),
            right: seconds(TIME.into()),
        };
        self.assign(vec![("duration", Expression::new(kind, span))]);
        self.hide(&[newest]);
        self.order.keys = vec![SortKey::new(time(), true)];
        self.order.sorted = false;
    }

    /// A field of the events of a group.
    fn late_in_group(&mut self, name: &ColumnName, place: &Place<'_>, listed: &Listed) -> Option<Type> {
        let (value, have) = place.before(self, name)?;
        let span = self.span;
        let is_listed = listed.holds(name);
        let value = if is_listed {
            let text = convert(value, have, if have == Type::TextList { have } else { Type::Text });
            let missing = Expression::text(&listed.missing, span);
            let missing = if have == Type::TextList { missing.cast(have) } else { missing };
            Expression::new(ExpressionKind::Coalesce(vec![text, missing]), span)
        } else {
            value
        };
        let order = if is_listed {
            vec![SortKey::new(Expression::column(TIME, self.span), false)]
        } else {
            Vec::new()
        };
        let function = if is_listed { "spl_list" } else { "spl_values" };
        let call = AggregateCall {
            function: function.to_owned(),
            arguments: vec![value],
            filter: None,
            order,
            result: Type::TextList,
        };
        if let StepKind::Aggregate { aggregates, .. } = &mut self.rows.steps.get_mut(place.rule.step)?.kind
            && !aggregates.iter().any(|(known, _)| known == name)
        {
            aggregates.push((name.clone(), call));
        }
        Some(Type::TextList)
    }
}
