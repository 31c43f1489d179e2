//! The order in which the rows of a node stand.

use crate::{ColumnName, Expression, ExpressionKind, JoinKind, Node, Operator, SortKey};

impl Node {
    /// The keys that say where each row of this node stands, over its own columns; none where rows have no order.
    ///
    /// Generating operators establish the order ([`Operator::Values`] by its place, [`Operator::Sort`] by its keys),
    /// others keep it as far as its columns are still there, or destroy it. It says where rows stand, not that
    /// they arrive there: only a sort puts rows where their keys say.
    #[must_use]
    pub fn order(&self) -> Vec<SortKey> {
        order(self, &mut Vec::new())
    }
}

/// The orders of shared plans by name.
type Shared<'a> = Vec<(&'a str, Vec<SortKey>)>;

fn order<'a>(node: &'a Node, shared: &mut Shared<'a>) -> Vec<SortKey> {
    match &node.operator {
        Operator::Source(_) | Operator::Aggregate(_) => Vec::new(),
        Operator::Values { place, .. } => place.iter().map(|place| by(place, node)).collect(),
        Operator::Reference { name, .. } => {
            let found = shared.iter().rev().find(|(known, _)| known == name);
            found.map(|(_, keys)| keys.clone()).unwrap_or_default()
        }
        Operator::Let { name, shared: plan, body } => {
            let keys = order(plan, shared);
            shared.push((name, keys));
            let found = order(body, shared);
            shared.pop();
            found
        }
        Operator::Filter { input, .. }
        | Operator::Limit { input, .. }
        | Operator::Extend { input, .. }
        | Operator::Window { input, .. } => kept(order(input, shared), &node.operator.made()),
        Operator::Lookup(lookup) => kept(order(&lookup.input, shared), &node.operator.made()),
        Operator::Expand { input, position, .. } => {
            let mut keys = kept(order(input, shared), &node.operator.made());
            keys.extend(position.iter().map(|position| by(position, node)));
            keys
        }
        Operator::Project { input, columns } => projected(order(input, shared), columns),
        Operator::Sort { input, keys } => together(keys.clone(), order(input, shared)),
        Operator::Deduplicate { order, .. } => order.clone(),
        Operator::Union { inputs, place } => union(node, inputs, place.as_ref(), shared),
        Operator::Join { left, right, kind, .. } => {
            let (left, right) = (order(left, shared), order(right, shared));
            match kind {
                JoinKind::Inner | JoinKind::Left | JoinKind::Full => together(left, right),
                JoinKind::Right => together(right, left),
                JoinKind::Semi | JoinKind::Anti => left,
                JoinKind::RightSemi | JoinKind::RightAnti => right,
            }
        }
    }
}

fn by(name: &ColumnName, node: &Node) -> SortKey {
    SortKey::new(Expression::column(name, node.span), false)
}

/// One order, then another among rows that are equal under it.
fn together(mut first: Vec<SortKey>, second: Vec<SortKey>) -> Vec<SortKey> {
    for key in second {
        if !first.iter().any(|known| known.value.kind == key.value.kind) {
            first.push(key);
        }
    }
    first
}

fn columns_of(key: &SortKey) -> Vec<&ColumnName> {
    let mut names = Vec::new();
    key.value.visit_columns(&mut |name| names.push(name));
    names
}

/// The keys before the first that reads a column made anew.
fn kept(keys: Vec<SortKey>, made: &[&ColumnName]) -> Vec<SortKey> {
    let stays = |key: &SortKey| !columns_of(key).iter().any(|name| made.contains(name));
    keys.into_iter().take_while(stays).collect()
}

/// The keys under the names that columns have after a projection, before the first that has none.
fn projected(keys: Vec<SortKey>, columns: &[(ColumnName, Expression)]) -> Vec<SortKey> {
    let new_name = |old: &ColumnName| {
        let is_it = |value: &Expression| matches!(&value.kind, ExpressionKind::Column(name) if name == old);
        columns.iter().find(|(_, value)| is_it(value)).map(|(name, _)| name)
    };
    let renamed = |mut key: SortKey| {
        columns_of(&key).iter().all(|name| new_name(name).is_some()).then(|| {
            rename(&mut key.value, &|name| new_name(name).cloned());
            key
        })
    };
    keys.into_iter().map_while(renamed).collect()
}

fn rename(value: &mut Expression, new_name: &dyn Fn(&ColumnName) -> Option<ColumnName>) {
    if let ExpressionKind::Column(name) = &mut value.kind
        && let Some(new) = new_name(name)
    {
        *name = new;
    }
    value.children_mut().into_iter().for_each(|child| rename(child, new_name));
}

/// By input, then as the rows of each stand: a key of one input counts for another if that has the same, or
/// lacks its columns, which are null there.
fn union<'a>(
    node: &'a Node,
    inputs: &'a [Node],
    place: Option<&ColumnName>,
    shared: &mut Shared<'a>,
) -> Vec<SortKey> {
    if let [input] = inputs {
        return order(input, shared);
    }
    let Some(place) = place else { return Vec::new() };
    let orders: Vec<Vec<SortKey>> = inputs.iter().map(|input| order(input, shared)).collect();
    let all = orders.iter().cloned().fold(Vec::new(), together);
    let fits = inputs.iter().zip(&orders).all(|(input, own)| {
        let columns = input.columns();
        let mut own = own.iter();
        // Those of its own come in their order, and all others are null throughout.
        let rest = all.iter().filter(|key| {
            !columns_of(key).iter().all(|name| !columns.iter().any(|(known, _)| known == name))
        });
        rest.into_iter().all(|key| own.next() == Some(key)) && own.next().is_none()
    });
    let mut keys = vec![by(place, node)];
    if fits {
        keys.extend(all);
    }
    keys
}
