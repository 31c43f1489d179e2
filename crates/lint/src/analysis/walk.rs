//! Walking a plan with what its columns can be.

use std::{collections::HashMap, rc::Rc};

use quarry_plan::{ColumnName, Expression, Node, Operator};

use super::{Analysis, Environment, Log, Stage, domain::Domain, evaluate::Columns};

/// What a source column is at first.
type Initial<'w> = &'w dyn Fn(&Log<'_>, &ColumnName) -> Domain;

/// A walk.
pub struct Walk<'w, 'a> {
    analysis: &'w Analysis<'a>,
    initial: Initial<'w>,
    next: usize,
    pub stages: Vec<Stage<'a>>,
    pub arrives: Vec<Vec<bool>>,
}

/// What leaves a node.
struct Flow {
    scan: usize,
    columns: Environment,
    mixed: bool,
}

impl<'w, 'a> Walk<'w, 'a> {
    /// A walk over the analysed plan.
    pub fn new(analysis: &'w Analysis<'a>, initial: Initial<'w>) -> Self {
        let arrives = analysis.scans.iter().map(|scan| vec![false; scan.logs.len()]).collect();
        Self { analysis, initial, next: 0, stages: Vec::new(), arrives }
    }

    /// Walks; fills `stages` and `arrives`.
    pub fn run(&mut self, root: &'a Node) {
        let flow = self.node(root);
        self.arrive(&flow);
    }

    /// Notes which log types come to the end of a way.
    fn arrive(&mut self, flow: &Option<Flow>) {
        let Some(flow) = flow else { return };
        let Some(known) = self.arrives.get_mut(flow.scan) else { return };
        for (known, columns) in known.iter_mut().zip(&flow.columns) {
            *known |= columns.is_some();
        }
    }

    fn node(&mut self, node: &'a Node) -> Option<Flow> {
        let flow = match node.inputs().as_slice() {
            [] => return self.source(node),
            [input] => self.node(input)?,
            inputs => return self.several(node, inputs),
        };
        self.note(node, &flow);
        let Flow { scan, columns, mixed } = flow;
        let columns = columns.into_iter().map(|columns| self.through(node, columns?)).collect();
        Some(Flow { scan, columns, mixed })
    }

    fn note(&mut self, node: &'a Node, flow: &Flow) {
        let before = flow.columns.clone();
        self.stages.push(Stage { scan: flow.scan, node, before, mixed: flow.mixed });
    }

    fn source(&mut self, node: &'a Node) -> Option<Flow> {
        let Operator::Source(_) = &node.operator else { return None };
        let scan = self.next;
        self.next += 1;
        let logs = &self.analysis.scans.get(scan)?.logs;
        let columns = logs.iter().map(|log| {
            let names = log.columns.keys();
            log.targeted.then(|| {
                Rc::new(names.map(|name| (name.clone(), (self.initial)(log, name))).collect::<Columns>())
            })
        });
        Some(Flow { scan, columns: columns.collect(), mixed: false })
    }

    /// A node of several inputs: the left side of a join goes on; of a union nothing is said.
    fn several(&mut self, node: &'a Node, inputs: &[&'a Node]) -> Option<Flow> {
        let mut flows: Vec<Option<Flow>> = inputs.iter().map(|input| self.node(input)).collect();
        let joins = matches!(node.operator, Operator::Join { .. });
        if flows.is_empty() {
            return None;
        }
        let first = flows.remove(0);
        if let Some(flow) = &first {
            self.note(node, flow);
        }
        for flow in &flows {
            self.arrive(flow);
        }
        let mut first = first?;
        first.mixed |= !joins;
        Some(first)
    }

    /// What the columns are after a node; none if no row passes.
    fn through(&self, node: &Node, columns: Rc<Columns>) -> Option<Rc<Columns>> {
        let scope = self.analysis.scope(&columns);
        let valued = |items: &[(ColumnName, Expression)]| -> Vec<(ColumnName, Domain)> {
            items.iter().map(|(name, value)| (name.clone(), scope.domain(value))).collect()
        };
        match &node.operator {
            Operator::Filter { predicate, .. } => scope.truths(predicate).yes.then_some(columns),
            Operator::Extend { columns: items, .. } => {
                let added = valued(items);
                let mut next = (*columns).clone();
                next.extend(added);
                Some(Rc::new(next))
            }
            Operator::Project { columns: items, .. } => Some(Rc::new(valued(items).into_iter().collect())),
            Operator::Aggregate(aggregate) => {
                let mut next: Columns = valued(&aggregate.groups).into_iter().collect();
                next.extend(aggregate.aggregates.iter().map(|(name, _)| (name.clone(), Domain::any())));
                Some(Rc::new(next))
            }
            Operator::Window { calls, .. } => {
                let mut next: HashMap<ColumnName, Domain> = (*columns).clone();
                next.extend(calls.iter().map(|(name, _)| (name.clone(), Domain::any())));
                Some(Rc::new(next))
            }
            Operator::Lookup(lookup) => {
                let mut next = (*columns).clone();
                next.extend(lookup.outputs.iter().map(|(name, _)| (name.clone(), Domain::any())));
                Some(Rc::new(next))
            }
            _ => Some(columns),
        }
    }
}
