//! The order of rows: newest first until something says otherwise.

use quarry_diagnostic::Span;
use quarry_plan::{
    AggregateCall, ColumnName, Expression, ExpressionKind, Frame, SortKey, Type, Value, WindowCall,
};

use super::{Column, Context, StepKind, TIME};

/// The order that rows are meant to be in.
#[derive(Debug, Clone)]
pub(super) struct RowOrder {
    pub(super) keys: Vec<SortKey>,
    /// Whether the rows really come in this order.
    pub(super) sorted: bool,
}

impl RowOrder {
    pub(super) fn newest_first() -> Self {
        let value = Expression::column(TIME, Span::default());
        Self { keys: vec![SortKey::new(value, true)], sorted: false }
    }
}

impl Context<'_> {
    /// The keys of the order in which rows arrive here; none if there is no order.
    pub(crate) fn order_keys(&mut self) -> Vec<SortKey> {
        if self.uses_time() {
            self.rows.scan.add(TIME);
        }
        self.order.keys.clone()
    }

    /// Sorts the rows by the order they are meant to be in, unless they are already.
    pub(super) fn realise_order(&mut self) {
        if self.order.sorted {
            return;
        }
        let keys = self.order_keys();
        self.order.sorted = true;
        if !keys.is_empty() {
            self.push(StepKind::Sort(keys));
        }
    }

    /// Orders the rows; those that are equal stay in the order they had.
    pub(crate) fn sort(&mut self, mut keys: Vec<SortKey>) {
        for key in self.order_keys() {
            if !keys.iter().any(|known| known.value.kind == key.value.kind) {
                keys.push(key);
            }
        }
        self.order.keys.clone_from(&keys);
        self.order.sorted = true;
        self.push(StepKind::Sort(keys));
    }

    /// The rows come in the order of a column that numbers them.
    pub(crate) fn order_by(&mut self, name: impl Into<ColumnName>) {
        self.order.keys = vec![SortKey::new(Expression::column(name, self.span), false)];
        self.order.sorted = false;
    }

    /// The rows now come last one first.
    pub(crate) fn reverse(&mut self) {
        let order = self.order_keys();
        if order.is_empty() {
            return;
        }
        // Turning every key would leave missing values at the end, so the rows are numbered.
        let number = self.number_rows(order);
        self.order.keys = vec![SortKey::new(Expression::column(number, self.span), true)];
        self.order.sorted = false;
    }

    /// Numbers the rows in an order, in a hidden column.
    fn number_rows(&mut self, order: Vec<SortKey>) -> ColumnName {
        let number = self.fresh_name("number");
        let call = AggregateCall {
            function: "row_number".to_owned(),
            arguments: Vec::new(),
            filter: None,
            order,
            result: Type::Double,
        };
        let window = WindowCall { call, partition: Vec::new(), frame: Frame::SO_FAR };
        self.push(StepKind::Window(vec![(number.clone(), window)]));
        number
    }

    /// Where a row stands among those here, besides its time: 0 where the newest come first.
    pub(super) fn place(&mut self) -> Expression {
        let order = self.order_keys();
        let newest = ExpressionKind::Column(TIME.into());
        // A time that is no field any more orders the rows here, but nobody after them sees it.
        let is_timed = self.find(TIME).is_some_and(|column| !column.empty);
        match order.as_slice() {
            [] => Expression::literal(Value::Double(0.0), self.span),
            [key] if is_timed && key.value.kind == newest && key.descending => {
                Expression::literal(Value::Double(0.0), self.span)
            }
            _ => Expression::column(self.number_rows(order), self.span),
        }
    }

    /// Copies the columns that the order depends on before fields of these names are replaced.
    pub(super) fn keep_order_keys(&mut self, replaced: &[&ColumnName]) {
        let mut used = Vec::new();
        for key in &self.order.keys {
            key.value.visit_columns(&mut |name| {
                if replaced.contains(&name) && !used.contains(name) {
                    used.push(name.clone());
                }
            });
        }
        if used.is_empty() {
            return;
        }
        if self.uses_time() {
            self.rows.scan.add(TIME);
        }
        let mut copies = Vec::new();
        for name in used {
            let copy = self.fresh_name("order");
            for key in &mut self.order.keys {
                rename(&mut key.value, &name, &copy);
            }
            copies.push((copy, Expression::column(name, self.span)));
        }
        self.push(StepKind::Extend(copies));
    }

    /// Keeps the columns that the order depends on and that no field stands for, as hidden ones.
    pub(super) fn carry_order(&mut self) {
        let mut lost: Vec<ColumnName> = Vec::new();
        for key in self.order_keys() {
            key.value.visit_columns(&mut |name| {
                if !self.fields.columns.iter().any(|column| column.name == name && !column.empty) {
                    lost.push(name.clone());
                }
            });
        }
        if lost.is_empty() {
            return;
        }
        let names: Vec<&ColumnName> = lost.iter().collect();
        let before = self.order.keys.clone();
        self.keep_order_keys(&names);
        let mut carried: Vec<(ColumnName, Type)> = Vec::new();
        for (new, old) in self.order.keys.iter().zip(&before) {
            let is_time = old.value.kind == ExpressionKind::Column(TIME.into());
            let data_type = if is_time { Type::Timestamp } else { Type::Text };
            new.value.visit_columns(&mut |name| carried.push((name.clone(), data_type)));
        }
        for (name, data_type) in carried {
            if !name.is_user() && !self.fields.columns.iter().any(|column| column.name == name) {
                self.fields.columns.push(Column { name, data_type, empty: false });
            }
        }
    }

    /// Whether the order is the events' own and so needs their time.
    fn uses_time(&self) -> bool {
        self.rows.are_events()
            && self.order.keys.iter().any(|key| key.value.kind == ExpressionKind::Column(TIME.into()))
    }
}

fn rename(value: &mut Expression, from: &ColumnName, to: &ColumnName) {
    if let ExpressionKind::Column(name) = &mut value.kind
        && name == from
    {
        name.clone_from(to);
    }
    value.children_mut().into_iter().for_each(|child| rename(child, from, to));
}
