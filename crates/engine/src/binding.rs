//! From the sources of a plan to what the reader must do: columns, derivations, pre-filters, times.

use std::collections::HashMap;

use quarry_logs::ScanColumn;
use quarry_plan::{
    ColumnFacts, ColumnName, Expression, ExpressionKind, Facts, Need, Node, Operator, Source, SourceField,
    Type, Value, necessary,
};
use quarry_views::{Catalog, Derivation, Path, View, ViewSource};

use crate::{EngineError, schema_name};

/// Expressions larger than this are not folded for the pre-filter.
const LARGEST_FOLDED: usize = 20_000;

/// What one source of a plan asks of the reader.
#[derive(Debug, Clone)]
pub struct BoundSource {
    /// Columns and how they come about for each log type.
    pub columns: Vec<ScanColumn>,
    /// What a record of each log type must hold.
    pub needs: Vec<(String, Need)>,
    /// Log types in which a JSON null is the text `null`.
    pub null_is_text: Vec<(String, bool)>,
    /// Event time in microseconds, earliest inclusive, latest exclusive.
    pub time_range: (Option<i64>, Option<i64>),
}

/// Binds every source of a plan, in the order in which a walk (inputs first, left to right) meets them.
///
/// # Errors
/// If a source names a view or field that the catalog lacks.
pub fn bind(root: &Node, catalog: &Catalog, now: i64) -> Result<Vec<BoundSource>, EngineError> {
    scans(root).iter().map(|scan| bind_source(scan, catalog, now)).collect()
}

fn bind_source(scan: &Scan<'_>, catalog: &Catalog, now: i64) -> Result<BoundSource, EngineError> {
    let source = scan.source;
    let view = catalog.view(&source.view).ok_or_else(|| EngineError::unknown_view(&source.view))?;
    let chosen = view.chosen(&source.choices);
    let mut columns = Vec::new();
    for column in &source.columns {
        let derivations = chosen
            .iter()
            .map(|chosen| Ok((chosen.log_type.clone(), derivation(&column.field, view, chosen, catalog)?)))
            .collect::<Result<_, EngineError>>()?;
        columns.push(ScanColumn {
            name: schema_name(&column.name),
            data_type: column.data_type,
            derivations,
        });
    }
    let mut needs = Vec::new();
    for log_type in &catalog.formats.log_types {
        let covered = chosen.iter().any(|source| source.log_type == log_type.id);
        let need = if covered { scan.need(&log_type.id, &columns) } else { Need::Never };
        needs.push((log_type.id.clone(), need));
    }
    Ok(BoundSource {
        columns,
        needs,
        null_is_text: chosen.iter().map(|source| (source.log_type.clone(), source.null_is_text)).collect(),
        time_range: time_range(source, now),
    })
}

/// The time range of every source of a plan, in the order of [`bind`].
#[must_use]
pub fn time_ranges(root: &Node, now: i64) -> Vec<(Option<i64>, Option<i64>)> {
    root.sources().into_iter().map(|source| time_range(source, now)).collect()
}

fn time_range(source: &Source, now: i64) -> (Option<i64>, Option<i64>) {
    let bound = |bound: &Option<quarry_plan::TimeBound>| bound.as_ref().and_then(|bound| bound.resolve(now));
    (bound(&source.time.earliest), bound(&source.time.latest))
}

fn derivation(
    field: &SourceField,
    view: &View,
    source: &ViewSource,
    catalog: &Catalog,
) -> Result<Derivation, EngineError> {
    let name = match field {
        SourceField::View(name) => return Ok(view.derivation(source, name)),
        SourceField::Path(path) => {
            return Ok(Derivation::Path(Path { text: path.clone(), ignore_case: true }));
        }
        SourceField::Part { field, path } => {
            return Ok(match view.derivation(source, field) {
                Derivation::Path(base) => {
                    Derivation::Path(Path { text: base.text + path, ignore_case: base.ignore_case })
                }
                _ => Derivation::Constant(Value::Null),
            });
        }
        SourceField::Alert(name) => name,
    };
    let alert = catalog.view("alert").ok_or_else(|| EngineError::unknown_view("alert"))?;
    let source = alert.sources.iter().find(|candidate| candidate.log_type == source.log_type);
    Ok(source.map_or(Derivation::Constant(Value::Null), |source| alert.derivation(source, name)))
}

/// A source and the predicates that every row of it must fulfil, in terms of its own columns.
pub struct Scan<'a> {
    /// The source.
    pub source: &'a Source,
    /// One predicate a filter, in order; its place is inside the filter's.
    pub predicates: Vec<Expression>,
}

/// The sources of a plan, in the order in which a walk (inputs first, left to right) meets them.
pub fn scans(root: &Node) -> Vec<Scan<'_>> {
    let mut found = Vec::new();
    gather(root, &mut found);
    found
}

/// The only source of a node and its predicates, if every row of the node is one record of it: then its
/// predicates say which records it gives.
pub fn record_scan(node: &Node) -> Option<Scan<'_>> {
    let mut found = Vec::new();
    gather(node, &mut found)?;
    found.pop()
}

impl Scan<'_> {
    fn need(&self, log_type: &str, columns: &[ScanColumn]) -> Need {
        let facts = columns.iter().map(|column| column_facts(column, log_type));
        let known: HashMap<&ColumnName, ColumnFacts> =
            self.source.columns.iter().map(|column| &column.name).zip(facts).collect();
        let facts =
            |name: &ColumnName| known.get(name).cloned().unwrap_or(ColumnFacts::Constant(Value::Null));
        let facts = Facts { columns: &facts, laws: &quarry_functions::law };
        Need::all(self.predicates.iter().map(|predicate| necessary(predicate, facts)).collect())
    }
}

fn column_facts(column: &ScanColumn, log_type: &str) -> ColumnFacts {
    let found = column.derivations.iter().find(|(known, _)| known == log_type);
    let facts = found.map_or(ColumnFacts::Constant(Value::Null), |(_, derivation)| facts(derivation));
    match facts {
        ColumnFacts::Verbatim | ColumnFacts::VerbatimAnyCase
            // JSON is shown without white space and quotes, which the record has.
            if !matches!(column.data_type, Type::Text | Type::TextList) =>
        {
            ColumnFacts::Derived
        }
        facts => facts,
    }
}

/// What is known of a derived value.
fn facts(derivation: &Derivation) -> ColumnFacts {
    match derivation {
        Derivation::Constant(value) => ColumnFacts::Constant(value.clone()),
        Derivation::Path(_) | Derivation::Raw => ColumnFacts::Verbatim,
        Derivation::First(items) => choice(items.iter()),
        Derivation::If { then, otherwise, .. } => match (facts(then), facts(otherwise)) {
            // Of a constant and nothing either may be, which is no constant.
            (ColumnFacts::Constant(left), ColumnFacts::Constant(right)) if left != right => {
                ColumnFacts::Derived
            }
            _ => choice([then.as_ref(), otherwise.as_ref()].into_iter()),
        },
        Derivation::Present { then, .. } => match facts(then) {
            ColumnFacts::Constant(value) if value != Value::Null => ColumnFacts::Derived,
            known => known,
        },
        Derivation::Capture { from, .. } | Derivation::At { from, .. } => match facts(from) {
            ColumnFacts::Constant(value) if value != Value::Null => ColumnFacts::Derived,
            known => known,
        },
        Derivation::Upper(from) | Derivation::Lower(from) => match facts(from) {
            ColumnFacts::Verbatim | ColumnFacts::VerbatimAnyCase => ColumnFacts::VerbatimAnyCase,
            ColumnFacts::Constant(Value::Null) => ColumnFacts::Constant(Value::Null),
            _ => ColumnFacts::Derived,
        },
        _ => ColumnFacts::Derived,
    }
}

/// One of several values, whichever.
fn choice<'a>(items: impl Iterator<Item = &'a Derivation>) -> ColumnFacts {
    let mut known = ColumnFacts::Constant(Value::Null);
    for item in items {
        known = match (known, facts(item)) {
            (known, ColumnFacts::Constant(Value::Null)) => known,
            (ColumnFacts::Constant(Value::Null), next) => next,
            (ColumnFacts::Verbatim, ColumnFacts::Verbatim) => ColumnFacts::Verbatim,
            (
                ColumnFacts::Verbatim | ColumnFacts::VerbatimAnyCase,
                ColumnFacts::Verbatim | ColumnFacts::VerbatimAnyCase,
            ) => ColumnFacts::VerbatimAnyCase,
            _ => return ColumnFacts::Derived,
        };
    }
    known
}

/// What the columns at some point of the plan are, in terms of the columns of one source.
struct Flow {
    scan: usize,
    columns: HashMap<ColumnName, Expression>,
    /// Whether a name that is not in `columns` is the source's own column (else it is null).
    open: bool,
}

/// Collects the sources below a node; gives the flow if every row of the node is one row of one
/// source, so that a predicate here is a predicate on the record.
fn gather<'a>(node: &'a Node, scans: &mut Vec<Scan<'a>>) -> Option<Flow> {
    match &node.operator {
        Operator::Source(source) => {
            scans.push(Scan { source, predicates: Vec::new() });
            Some(Flow { scan: scans.len() - 1, columns: HashMap::new(), open: true })
        }
        Operator::Filter { input, predicate } => {
            let flow = gather(input, scans)?;
            if let Some(mut predicate) = flow.substitute(predicate) {
                // A condition that a column stands for has its place elsewhere.
                let inside = predicate.span.start >= node.span.start && predicate.span.end <= node.span.end;
                if !inside || predicate.span.start == predicate.span.end {
                    predicate.span = node.span;
                }
                scans.get_mut(flow.scan)?.predicates.push(predicate);
            }
            Some(flow)
        }
        Operator::Extend { input, columns } => {
            let flow = gather(input, scans)?;
            let mut next = flow.columns.clone();
            for (name, value) in columns {
                next.insert(name.clone(), flow.substitute(value)?);
            }
            Some(Flow { columns: next, ..flow })
        }
        Operator::Project { input, columns } => {
            let flow = gather(input, scans)?;
            let columns = columns
                .iter()
                .map(|(name, value)| Some((name.clone(), flow.substitute(value)?)))
                .collect::<Option<_>>()?;
            Some(Flow { columns, open: false, ..flow })
        }
        Operator::Sort { input, .. } => gather(input, scans),
        Operator::Let { shared, body, .. } => {
            gather(shared, scans);
            gather(body, scans)
        }
        _ => {
            for input in node.inputs() {
                gather(input, scans);
            }
            None
        }
    }
}

impl Flow {
    /// The expression in terms of the source's columns; none if it would grow too large.
    fn substitute(&self, expression: &Expression) -> Option<Expression> {
        let mut changed = expression.clone();
        let mut budget = LARGEST_FOLDED;
        self.replace(&mut changed, &mut budget)?;
        Some(changed)
    }

    fn replace(&self, expression: &mut Expression, budget: &mut usize) -> Option<()> {
        *budget = budget.checked_sub(1)?;
        if let ExpressionKind::Column(name) = &expression.kind {
            match self.columns.get(name) {
                Some(known) => {
                    *budget = budget.checked_sub(size(known))?;
                    *expression = known.clone();
                }
                None if self.open => {}
                None => expression.kind = ExpressionKind::Literal(Value::Null),
            }
            return Some(());
        }
        expression.children_mut().into_iter().try_for_each(|child| self.replace(child, budget))
    }
}

fn size(expression: &Expression) -> usize {
    1 + expression.children().into_iter().map(size).sum::<usize>()
}
