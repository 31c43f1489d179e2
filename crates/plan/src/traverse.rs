//! Walking plans. Here alone stands which inputs, expressions and new columns an operator has.

use quarry_diagnostic::Span;

use crate::{AggregateCall, ColumnName, Expression, Node, Operator, SortKey, Source, WindowCall};

impl Operator {
    /// The direct inputs, left to right.
    #[must_use]
    pub fn inputs(&self) -> Vec<&Node> {
        match self {
            Self::Source(_) | Self::Values { .. } | Self::Reference { .. } => Vec::new(),
            Self::Filter { input, .. }
            | Self::Extend { input, .. }
            | Self::Project { input, .. }
            | Self::Window { input, .. }
            | Self::Sort { input, .. }
            | Self::Limit { input, .. }
            | Self::Deduplicate { input, .. }
            | Self::Expand { input, .. } => vec![input],
            Self::Lookup(lookup) => vec![&lookup.input],
            Self::Aggregate(aggregate) => vec![&aggregate.input],
            Self::Union { inputs, .. } => inputs.iter().collect(),
            Self::Let { shared, body, .. } => vec![shared, body],
            Self::Join { left, right, .. } => vec![left, right],
        }
    }

    /// The direct inputs, left to right, to be changed.
    pub fn inputs_mut(&mut self) -> Vec<&mut Node> {
        match self {
            Self::Source(_) | Self::Values { .. } | Self::Reference { .. } => Vec::new(),
            Self::Filter { input, .. }
            | Self::Extend { input, .. }
            | Self::Project { input, .. }
            | Self::Window { input, .. }
            | Self::Sort { input, .. }
            | Self::Limit { input, .. }
            | Self::Deduplicate { input, .. }
            | Self::Expand { input, .. } => vec![input],
            Self::Lookup(lookup) => vec![&mut lookup.input],
            Self::Aggregate(aggregate) => vec![&mut aggregate.input],
            Self::Union { inputs, .. } => inputs.iter_mut().collect(),
            Self::Let { shared, body, .. } => vec![shared, body],
            Self::Join { left, right, .. } => vec![left, right],
        }
    }

    /// The operator with each direct input replaced by what `change` makes of it.
    #[must_use]
    pub fn map_inputs(mut self, change: &mut dyn FnMut(Node) -> Node) -> Self {
        for input in self.inputs_mut() {
            *input = change(input.take());
        }
        self
    }

    /// The operator's own expressions, outermost only.
    #[must_use]
    pub fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::Source(_)
            | Self::Values { .. }
            | Self::Limit { .. }
            | Self::Union { .. }
            | Self::Let { .. }
            | Self::Reference { .. }
            | Self::Expand { .. } => Vec::new(),
            Self::Filter { predicate, .. } => vec![predicate],
            Self::Extend { columns, .. } | Self::Project { columns, .. } => {
                columns.iter().map(|(_, value)| value).collect()
            }
            Self::Aggregate(aggregate) => {
                let groups = aggregate.groups.iter().map(|(_, value)| value);
                groups.chain(aggregate.aggregates.iter().flat_map(|(_, call)| call.expressions())).collect()
            }
            Self::Window { calls, .. } => calls.iter().flat_map(|(_, window)| window.expressions()).collect(),
            Self::Sort { keys, .. } => values(keys).collect(),
            Self::Deduplicate { keys, order, .. } => keys.iter().chain(values(order)).collect(),
            Self::Join { on, residual, .. } => {
                on.iter().flat_map(|(left, right)| [left, right]).chain(residual).collect()
            }
            Self::Lookup(lookup) => lookup.keys.iter().map(|key| &key.value).collect(),
        }
    }

    /// The operator's own expressions, outermost only, to be changed.
    pub fn expressions_mut(&mut self) -> Vec<&mut Expression> {
        match self {
            Self::Source(_)
            | Self::Values { .. }
            | Self::Limit { .. }
            | Self::Union { .. }
            | Self::Let { .. }
            | Self::Reference { .. }
            | Self::Expand { .. } => Vec::new(),
            Self::Filter { predicate, .. } => vec![predicate],
            Self::Extend { columns, .. } | Self::Project { columns, .. } => {
                columns.iter_mut().map(|(_, value)| value).collect()
            }
            Self::Aggregate(aggregate) => {
                let groups = aggregate.groups.iter_mut().map(|(_, value)| value);
                let calls = aggregate.aggregates.iter_mut().flat_map(|(_, call)| call.expressions_mut());
                groups.chain(calls).collect()
            }
            Self::Window { calls, .. } => {
                calls.iter_mut().flat_map(|(_, window)| window.expressions_mut()).collect()
            }
            Self::Sort { keys, .. } => values_mut(keys).collect(),
            Self::Deduplicate { keys, order, .. } => keys.iter_mut().chain(values_mut(order)).collect(),
            Self::Join { on, residual, .. } => {
                on.iter_mut().flat_map(|(left, right)| [left, right]).chain(residual).collect()
            }
            Self::Lookup(lookup) => lookup.keys.iter_mut().map(|key| &mut key.value).collect(),
        }
    }

    /// The columns that it computes anew, not those it hands on from an input.
    #[must_use]
    pub fn made(&self) -> Vec<&ColumnName> {
        match self {
            Self::Source(source) => source.columns.iter().map(|column| &column.name).collect(),
            Self::Values { columns, place, .. } => {
                columns.iter().map(|(name, _)| name).chain(place).collect()
            }
            Self::Reference { columns, .. } => columns.iter().map(|(name, _)| name).collect(),
            Self::Union { place, .. } => place.iter().collect(),
            Self::Extend { columns, .. } | Self::Project { columns, .. } => {
                columns.iter().map(|(name, _)| name).collect()
            }
            Self::Aggregate(aggregate) => {
                let groups = aggregate.groups.iter().map(|(name, _)| name);
                groups.chain(aggregate.aggregates.iter().map(|(name, _)| name)).collect()
            }
            Self::Window { calls, .. } => calls.iter().map(|(name, _)| name).collect(),
            Self::Lookup(lookup) => lookup.outputs.iter().map(|(name, _)| name).collect(),
            Self::Expand { column, position, .. } => std::iter::once(column).chain(position).collect(),
            Self::Filter { .. }
            | Self::Sort { .. }
            | Self::Limit { .. }
            | Self::Deduplicate { .. }
            | Self::Let { .. }
            | Self::Join { .. } => Vec::new(),
        }
    }

    /// Whether the columns of its inputs, but for those it makes anew, are in its output too.
    #[must_use]
    pub fn hands_on(&self) -> bool {
        !matches!(
            self,
            Self::Source(_)
                | Self::Values { .. }
                | Self::Reference { .. }
                | Self::Project { .. }
                | Self::Aggregate(_)
        )
    }
}

impl AggregateCall {
    /// Its expressions, outermost only.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.arguments.iter().chain(&self.filter).chain(values(&self.order))
    }

    /// Its expressions, outermost only, to be changed.
    pub fn expressions_mut(&mut self) -> impl Iterator<Item = &mut Expression> {
        self.arguments.iter_mut().chain(&mut self.filter).chain(values_mut(&mut self.order))
    }
}

impl WindowCall {
    /// Its expressions, outermost only.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.partition.iter().chain(self.call.expressions())
    }

    /// Its expressions, outermost only, to be changed.
    pub fn expressions_mut(&mut self) -> impl Iterator<Item = &mut Expression> {
        self.partition.iter_mut().chain(self.call.expressions_mut())
    }
}

fn values(keys: &[SortKey]) -> impl Iterator<Item = &Expression> {
    keys.iter().map(|key| &key.value)
}

fn values_mut(keys: &mut [SortKey]) -> impl Iterator<Item = &mut Expression> {
    keys.iter_mut().map(|key| &mut key.value)
}

impl Node {
    /// The direct inputs, left to right.
    #[must_use]
    pub fn inputs(&self) -> Vec<&Node> {
        self.operator.inputs()
    }

    /// The direct inputs, left to right, to be changed.
    pub fn inputs_mut(&mut self) -> Vec<&mut Node> {
        self.operator.inputs_mut()
    }

    /// The node with each direct input replaced by what `change` makes of it.
    #[must_use]
    pub fn map_inputs(self, change: &mut dyn FnMut(Node) -> Node) -> Self {
        Self { operator: self.operator.map_inputs(change), span: self.span }
    }

    /// The node's own expressions, outermost only.
    #[must_use]
    pub fn expressions(&self) -> Vec<&Expression> {
        self.operator.expressions()
    }

    /// The node's own expressions, outermost only, to be changed.
    pub fn expressions_mut(&mut self) -> Vec<&mut Expression> {
        self.operator.expressions_mut()
    }

    /// Takes the node out of its place, where one without rows is left.
    pub fn take(&mut self) -> Self {
        let nothing = Operator::Values { columns: Vec::new(), rows: Vec::new(), place: None };
        std::mem::replace(self, Self { operator: nothing, span: self.span })
    }

    /// Calls `visit` on every node, inputs first, left to right.
    pub fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a Node)) {
        self.inputs().into_iter().for_each(|input| input.visit(visit));
        visit(self);
    }

    /// Calls `visit` on every node, inputs first, left to right, to be changed.
    pub fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut Node)) {
        self.inputs_mut().into_iter().for_each(|input| input.visit_mut(visit));
        visit(self);
    }

    /// The sources of the plan, left to right.
    #[must_use]
    pub fn sources(&self) -> Vec<&Source> {
        let mut sources = Vec::new();
        self.visit(&mut |node| {
            if let Operator::Source(source) = &node.operator {
                sources.push(source);
            }
        });
        sources
    }

    /// Calls `visit` on every source of the plan, left to right, to be changed.
    pub fn visit_sources_mut(&mut self, visit: &mut dyn FnMut(&mut Source)) {
        self.visit_mut(&mut |node| {
            if let Operator::Source(source) = &mut node.operator {
                visit(source);
            }
        });
    }

    /// Calls `visit` on every expression of this node and of all below it, outermost only.
    pub fn visit_expressions<'a>(&'a self, visit: &mut dyn FnMut(&'a Expression)) {
        self.visit(&mut |node| node.expressions().into_iter().for_each(&mut *visit));
    }

    /// Gives this node, all below it and all their expressions one place: that of the construct a plan
    /// made of another text stands for.
    pub fn set_span(&mut self, span: Span) {
        fn place(expression: &mut Expression, span: Span) {
            expression.span = span;
            expression.children_mut().into_iter().for_each(|child| place(child, span));
        }
        self.visit_mut(&mut |node| {
            node.span = span;
            node.expressions_mut().into_iter().for_each(|expression| place(expression, span));
        });
    }
}
