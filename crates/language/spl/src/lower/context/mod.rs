//! What lowering knows at one point of the pipeline: the rows so far and the fields they have.

mod align;
mod branch;
mod column;
mod fields;
mod group;
mod known;
mod late;
mod order;
mod rows;
mod shared;
mod source;
mod stage;
mod step;

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{ColumnName, Expression, ExpressionKind, Node, SortKey, TimeRange, Type, Value};

use super::codes;
use crate::tree::Assignment;
use known::Fields;
use order::RowOrder;
use rows::RowSteps;
use source::Scan;

pub(crate) use column::{Column, Gone, convert, is_internal, wider};
pub(crate) use group::Listed;
pub(crate) use late::{
    Fill, Json, Late, LateRule, Markup, Named, Pairs, Place, Prepared, Rename, Table, Typed, Without,
};
pub(crate) use shared::{Progress, Shared};
pub(crate) use source::{RAW, SOURCE_TYPE, TIME};
pub(crate) use stage::MOST_COLUMNS;
pub(crate) use step::StepKind;

/// The state of lowering one pipeline.
#[derive(Debug, Clone)]
pub(crate) struct Context<'a> {
    pub(crate) shared: Shared<'a>,
    pub(crate) rows: RowSteps<'a>,
    fields: Fields,
    order: RowOrder,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Whether the names of all fields in the data are needed to plan exactly.
    pub(crate) needs_discovery: bool,
    /// Place of the command being lowered.
    pub(crate) span: Span,
    /// How fields are shown at the end (`fieldformat`).
    pub(crate) formats: Vec<Assignment>,
    /// Whether a subsearch gives values without the names of their fields (`return $field`).
    pub(crate) bare_values: bool,
    /// Whether a command stands before this one.
    pub(crate) started: bool,
    /// Seconds that a bucket of `timechart` lasts, while its aggregations are lowered.
    pub(crate) bucket: Option<f64>,
    /// What stands between the values of fields where they become one text, if that was said.
    delimiters: Vec<(ColumnName, String)>,
    /// How many subsearches this pipeline lies in.
    pub(crate) depth: usize,
    /// Whether the value being lowered is written down as it is: set as a field, joined to a text. Then a number
    /// has the figures that Splunk prints, else all it has.
    pub(crate) printing: bool,
}

impl<'a> Context<'a> {
    /// The start of a pipeline that reads events, newest first.
    pub(crate) fn new(shared: Shared<'a>, time: TimeRange) -> Self {
        Self {
            rows: RowSteps::new(Scan::new(shared.options.view, time)),
            shared,
            fields: Fields::default(),
            order: RowOrder::newest_first(),
            diagnostics: Vec::new(),
            needs_discovery: false,
            span: Span::default(),
            formats: Vec::new(),
            bare_values: false,
            started: false,
            bucket: None,
            delimiters: Vec::new(),
            depth: 0,
            printing: false,
        }
    }

    /// Runs `body` where values are written down, or are not.
    pub(crate) fn printing<T>(&mut self, printing: bool, body: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.printing, printing);
        let result = body(self);
        self.printing = before;
        result
    }

    /// Records a finding. After a command that could not be planned, missing fields tell nothing.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        if diagnostic.code == codes::MISSING_FIELD && self.diagnostics.iter().any(Diagnostic::is_error) {
            return;
        }
        if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Whether the rows are still raw events.
    pub(crate) fn is_open(&self) -> bool {
        self.fields.open
    }

    /// Whether `_raw` is the text that the event was logged with.
    pub(crate) fn has_own_text(&self) -> bool {
        self.rows.has_own_text()
    }

    /// The known fields, in order.
    pub(crate) fn columns(&self) -> &[Column] {
        &self.fields.columns
    }

    /// The names of the known fields that do not begin with `_`, in order.
    pub(crate) fn field_names(&self) -> Vec<String> {
        let names = self.fields.columns.iter().filter_map(|column| column.name.user());
        names.filter(|name| !name.starts_with('_')).map(str::to_owned).collect()
    }

    /// The type of an expression over the rows here.
    pub(crate) fn type_of(&self, value: &Expression) -> Type {
        self.fields.type_of(value)
    }

    /// A column that no query can name, another than those of all pipelines of the search.
    pub(crate) fn fresh_name(&mut self, purpose: &str) -> ColumnName {
        self.shared.progress.borrow_mut().helpers.fresh(purpose)
    }

    /// Runs `body` where a name stands for the element of a list. Gives the element's column too.
    pub(crate) fn with_element<T>(
        &mut self,
        name: ColumnName,
        body: impl FnOnce(&mut Self) -> T,
    ) -> (ColumnName, T) {
        let column = self.fresh_name("element");
        self.fields.columns.push(Column { name: column.clone(), data_type: Type::Text, empty: false });
        self.fields.elements.push((name, column.clone()));
        let result = body(self);
        self.fields.elements.pop();
        self.fields.columns.retain(|known| known.name != column);
        (column, result)
    }

    /// Whether an expression about the elements of a list is being lowered.
    pub(crate) fn is_in_element(&self) -> bool {
        !self.fields.elements.is_empty()
    }

    /// Whether any command has made or changed rows.
    pub(crate) fn has_steps_or_reads(&self) -> bool {
        self.rows.base.is_some() || self.started
    }

    /// Adds a step whose columns the caller shows.
    pub(crate) fn add_step(&mut self, kind: StepKind) {
        self.push(kind);
    }

    fn push(&mut self, kind: StepKind) {
        self.rows.push(kind, self.span);
    }

    /// Keeps the rows for which the predicate is true.
    pub(crate) fn filter(&mut self, predicate: Expression) {
        if predicate.kind != ExpressionKind::Literal(Value::Boolean(true)) {
            self.push(StepKind::Filter(predicate));
        }
    }

    /// Sets fields; all values see the rows as they were before.
    pub(crate) fn assign(&mut self, values: Vec<(impl Into<ColumnName>, Expression)>) {
        let mut extended = Vec::new();
        let mut columns = Vec::new();
        for (name, value) in values {
            let name = name.into();
            let mut data_type = self.type_of(&value);
            let mut value = value;
            if name == TIME && matches!(data_type, Type::Double | Type::Integer) {
                // The time of a row is a time, however it was computed.
                (value, data_type) = (value.cast(Type::Timestamp), Type::Timestamp);
            }
            if name == TIME && data_type == Type::Text && is_numeral(&value) {
                (value, data_type) = (seconds(value).cast(Type::Timestamp), Type::Timestamp);
            }
            if data_type == Type::Null {
                columns.push((name, None));
                continue;
            }
            columns.push((name.clone(), Some(data_type)));
            self.delimiters.retain(|(known, _)| *known != name);
            extended.push((name, value));
        }
        let names: Vec<&ColumnName> = columns.iter().map(|(name, _)| name).collect();
        self.keep_order_keys(&names);
        self.push(StepKind::Extend(extended));
        for (name, data_type) in columns {
            match data_type {
                Some(data_type) => self.show(&name, data_type),
                None => self.forget(&name, Gone::Nulled),
            }
        }
    }

    /// The time of a row; a text is one if it is a number of seconds.
    pub(crate) fn time(&mut self, span: Span) -> Expression {
        let time = self.field(TIME, span);
        if self.type_of(&time) == Type::Text { seconds(time).cast(Type::Timestamp) } else { time }
    }

    /// Makes `_time` a time where it is text, for what counts with times.
    pub(crate) fn read_time(&mut self) {
        if self.find(TIME).is_some_and(|column| !column.empty && column.data_type == Type::Text) {
            let time = seconds(Expression::column(TIME, self.span)).cast(Type::Timestamp);
            self.assign(vec![(TIME, time)]);
        }
    }

    /// Makes a physical column a known field.
    pub(crate) fn show(&mut self, name: impl Into<ColumnName>, data_type: Type) {
        self.fields.show(name, data_type);
    }

    /// Drops helper columns from what is known; they stay in the plan.
    pub(crate) fn hide(&mut self, names: &[ColumnName]) {
        self.fields.hide(names);
    }

    /// Forgets which fields were asked for; the rules can still give them.
    pub(crate) fn forget_all(&mut self) {
        self.fields.columns.clear();
    }

    /// Remembers what stands between the values of a field where they become one text.
    pub(crate) fn set_delimiter(&mut self, name: impl Into<ColumnName>, delimiter: &str) {
        let name = name.into();
        self.delimiters.retain(|(known, _)| *known != name);
        self.delimiters.push((name, delimiter.to_owned()));
    }

    /// What stands between the values of a field, if that was said.
    pub(crate) fn delimiter(&self, name: &str) -> Option<&str> {
        self.delimiters.iter().find(|(known, _)| known == name).map(|(_, delimiter)| delimiter.as_str())
    }

    /// Takes a field away.
    pub(crate) fn forget(&mut self, name: impl Into<ColumnName>, why: Gone) {
        self.fields.forget(name, why);
    }

    /// Puts the column `to` where `from` is, which goes.
    pub(crate) fn move_column(&mut self, from: impl Into<ColumnName>, to: impl Into<ColumnName>) {
        let (from, to) = (from.into(), to.into());
        self.delimiters.retain(|(known, _)| *known != to);
        for (known, _) in self.delimiters.iter_mut().filter(|(known, _)| *known == from) {
            known.clone_from(&to);
        }
        self.fields.move_column(from, to);
    }

    /// Leaves exactly these fields, in this order; `internal` keeps `_time` and the like within reach.
    pub(crate) fn close(&mut self, columns: Vec<Column>, internal: bool) {
        self.fields.close(columns, internal);
    }

    /// One row a group. The rows come ordered by the groups.
    pub(crate) fn aggregate(
        &mut self,
        groups: Vec<(ColumnName, Expression)>,
        aggregates: Vec<(ColumnName, quarry_plan::AggregateCall)>,
    ) {
        let mut columns: Vec<Column> = Vec::new();
        for (name, value) in &groups {
            let data_type = self.type_of(value);
            columns.push(Column { name: name.clone(), data_type, empty: false });
        }
        for (name, call) in &aggregates {
            columns.push(Column { name: name.clone(), data_type: call.result, empty: false });
        }
        self.order.keys =
            groups.iter().map(|(name, _)| SortKey::new(Expression::column(name, self.span), false)).collect();
        self.order.sorted = self.order.keys.is_empty();
        self.push(StepKind::Aggregate { groups, aggregates });
        self.close(columns, false);
    }

    /// Adds window columns. The rows keep their order.
    pub(crate) fn window(&mut self, calls: Vec<(ColumnName, quarry_plan::WindowCall)>) {
        let names: Vec<&ColumnName> = calls.iter().map(|(name, _)| name).collect();
        self.keep_order_keys(&names);
        let columns: Vec<(ColumnName, Type)> =
            calls.iter().map(|(name, window)| (name.clone(), window.call.result)).collect();
        self.push(StepKind::Window(calls));
        self.order.sorted = false;
        for (name, data_type) in columns {
            self.show(&name, data_type);
        }
    }

    /// Keeps the first rows of each combination of keys, in the present order.
    pub(crate) fn deduplicate(&mut self, keys: Vec<Expression>, keep: usize) {
        let order = self.order_keys();
        self.order.sorted = !order.is_empty();
        self.push(StepKind::Deduplicate { keys, keep, order });
    }

    /// One row an element of a list field.
    pub(crate) fn expand(&mut self, name: impl Into<ColumnName>, limit: Option<usize>) {
        let name = name.into();
        self.keep_order_keys(&[&name]);
        let position = self.fresh_name("position");
        self.push(StepKind::Expand { column: name.clone(), limit, position: position.clone() });
        self.show(name, Type::Text);
        // The rows of one list have equal keys and stay in its order.
        let value = Expression::column(position, self.span);
        self.order.keys.push(SortKey::new(value, false));
        self.order.sorted = false;
    }

    /// Takes at most so many rows in the present order.
    pub(crate) fn limit(&mut self, skip: usize, fetch: Option<usize>) {
        self.realise_order();
        self.push(StepKind::Limit { skip, fetch });
    }

    /// All rows of another pipeline after those here.
    pub(crate) fn union(&mut self, other: Node) {
        self.carry_order();
        let part = self.fresh_name("part");
        let numbered = |part: &ColumnName, number: f64, span: Span| {
            vec![(part.clone(), Expression::literal(Value::Double(number), span))]
        };
        let (mut columns, other) = self.align(other);
        self.push(StepKind::Extend(numbered(&part, 0.0, self.span)));
        let operator = quarry_plan::Operator::Extend {
            input: Box::new(other),
            columns: numbered(&part, 1.0, self.span),
        };
        self.push(StepKind::Union(vec![Node::new(operator, self.span)]));
        // What the rows were ordered by orders them within each part, as far as it is still there.
        let mut order = vec![SortKey::new(Expression::column(part, self.span), false)];
        let old = std::mem::take(&mut self.order.keys);
        order.extend(old.into_iter().filter(|key| {
            let mut known = true;
            key.value.visit_columns(&mut |name| known &= columns.iter().any(|column| column.name == name));
            known
        }));
        if let Some(Expression { kind: ExpressionKind::Column(part), .. }) =
            order.first().map(|key| &key.value)
        {
            columns.push(Column { name: part.clone(), data_type: Type::Double, empty: false });
        }
        self.order.keys = order;
        self.fields.columns = columns;
        self.order.sorted = false;
    }

    /// Puts the columns of another plan, whose names are its own, beside those of matching rows.
    pub(crate) fn join(
        &mut self,
        right: Node,
        kind: quarry_plan::JoinKind,
        on: Vec<(Expression, Expression)>,
    ) {
        let columns = right.columns();
        self.push(StepKind::Join { right: Box::new(right), kind, on });
        self.order.sorted = false;
        if matches!(kind, quarry_plan::JoinKind::Inner | quarry_plan::JoinKind::Left) {
            for (name, data_type) in columns {
                self.show(name, data_type);
            }
        }
    }

    /// The finished plan with exactly these columns.
    pub(crate) fn finish(mut self, columns: &[Column], span: Span) -> (Node, Vec<Diagnostic>, bool) {
        self.realise_order();
        self.fields.columns = columns.to_vec();
        self.project_known();
        self.finish_branches();
        let source = match self.rows.base {
            Some(rows) => rows,
            None => self.rows.scan.finish(span),
        };
        let node = self.rows.steps.into_iter().fold(source, |input, step| step.over(input));
        (node, self.diagnostics, self.needs_discovery)
    }
}

/// The number that a text stands for.
fn seconds(text: Expression) -> Expression {
    let span = text.span;
    Expression::call("spl_number", vec![text], Type::Double, span)
}

/// Whether a text is a number in any row.
fn is_numeral(value: &Expression) -> bool {
    match &value.kind {
        ExpressionKind::Literal(Value::Text(text)) => quarry_plan::parse_number(text).is_some(),
        ExpressionKind::Call { function, .. } => {
            quarry_plan::scalar_signature(function).is_some_and(|signature| signature.result.is_numeral())
        }
        _ => false,
    }
}
