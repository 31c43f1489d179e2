//! The order of rows: newest first until something says otherwise.

use quarry_plan::{Expression, ExpressionKind, SortKey};

use super::{Context, StepKind, TIME};

impl Context<'_> {
    /// The keys of the order in which rows arrive here; none if there is no order.
    pub(crate) fn order_keys(&mut self) -> Vec<SortKey> {
        if self.uses_time() {
            self.scan.add(TIME);
        }
        self.order.clone()
    }

    /// Sorts the rows by the order they are meant to be in, unless they are already.
    pub(super) fn realise_order(&mut self) {
        if self.sorted {
            return;
        }
        let keys = self.order_keys();
        self.sorted = true;
        if !keys.is_empty() {
            self.push(StepKind::Sort(keys));
        }
    }

    /// Orders the rows.
    pub(crate) fn sort(&mut self, keys: Vec<SortKey>) {
        self.order.clone_from(&keys);
        self.sorted = true;
        self.push(StepKind::Sort(keys));
    }

    /// The rows now come last one first.
    pub(crate) fn reverse(&mut self) {
        self.order_keys();
        for key in &mut self.order {
            key.descending = !key.descending;
        }
        self.sorted = false;
    }

    /// Copies the columns that the order depends on before fields of these names are replaced.
    pub(super) fn keep_order_keys(&mut self, replaced: &[&str]) {
        let mut used = Vec::new();
        for key in &self.order {
            key.value.visit_columns(&mut |name| {
                if replaced.contains(&name) && !used.contains(&name.to_owned()) {
                    used.push(name.to_owned());
                }
            });
        }
        if used.is_empty() {
            return;
        }
        if self.uses_time() {
            self.scan.add(TIME);
        }
        let mut copies = Vec::new();
        for name in used {
            let copy = self.fresh_name("order");
            for key in &mut self.order {
                rename(&mut key.value, &name, &copy);
            }
            copies.push((copy, Expression::column(name, self.span)));
        }
        self.push(StepKind::Extend(copies));
    }

    /// Whether the order is the events' own and so needs their time.
    fn uses_time(&self) -> bool {
        self.rows_are_events()
            && self.order.iter().any(|key| key.value.kind == ExpressionKind::Column(TIME.to_owned()))
    }

    fn rows_are_events(&self) -> bool {
        self.base.is_none() && !self.steps.iter().any(|step| matches!(step.kind, StepKind::Aggregate { .. }))
    }
}

fn rename(value: &mut Expression, from: &str, to: &str) {
    match &mut value.kind {
        ExpressionKind::Column(name) if name == from => to.clone_into(name),
        ExpressionKind::Call { arguments: items, .. } | ExpressionKind::Coalesce(items) => {
            for item in items {
                rename(item, from, to);
            }
        }
        ExpressionKind::Cast { value, .. } => rename(value, from, to),
        _ => {}
    }
}
