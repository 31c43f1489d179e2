//! Operators.

use std::sync::Arc;

use arrow::{
    array::Int64Array,
    datatypes::{Field, Schema},
    record_batch::{RecordBatch, RecordBatchOptions},
};
use datafusion::{
    catalog::MemTable,
    common::{
        Column, DFSchema, DFSchemaRef, JoinType, NullEquality, ScalarValue, UnnestOptions,
        plan_datafusion_err,
    },
    datasource::provider_as_source,
    error::{DataFusionError, Result},
    logical_expr::{EmptyRelation, Expr, LogicalPlan, LogicalPlanBuilder, Sort, lit},
};
use quarry_plan::{
    Aggregate, AggregateCall, ColumnName, Expression, Frame, JoinKind, Node, Operator, SortKey, Type, Value,
    WindowCall,
};

use quarry_types::{array_of, arrow_type, waist_type};

use super::{Lowering, program};
use crate::{
    names::{inside, schema_name},
    scan::SharedTable,
};

/// Name of the table that holds fixed rows.
const VALUES: &str = "fixed_rows";

impl Lowering {
    /// Lowers a node and all its inputs.
    pub(super) fn node(&mut self, node: &Node) -> Result<LogicalPlan> {
        match &node.operator {
            Operator::Source(source) => {
                let names: Vec<String> =
                    source.columns.iter().map(|column| schema_name(&column.name)).collect();
                self.scan(&names)
            }
            Operator::Values { columns, rows, place } => values(columns, rows, place.as_ref()),
            Operator::Filter { input, predicate } => {
                let input = self.node(input)?;
                let predicate = self.expression(predicate, input.schema())?;
                LogicalPlanBuilder::from(input).filter(predicate)?.build()
            }
            Operator::Extend { input, columns } => {
                let (steps, below) = program::run_of(node);
                if steps.len() >= program::SHORTEST {
                    return self.program(&steps, below);
                }
                self.extend(input, columns)
            }
            Operator::Project { input, columns } => self.project(input, columns),
            Operator::Aggregate(aggregate) => self.aggregation(aggregate),
            Operator::Window { input, calls } => self.windows(input, calls),
            Operator::Sort { input, keys } => {
                let input = self.node(input)?;
                self.sort(input, keys)
            }
            Operator::Limit { input, skip, fetch } => {
                LogicalPlanBuilder::from(self.node(input)?).limit(*skip, *fetch)?.build()
            }
            Operator::Deduplicate { input, keys, keep, order } => self.deduplicate(input, keys, *keep, order),
            Operator::Union { inputs, place } => self.union(node, inputs, place.as_ref()),
            Operator::Join { left, right, kind, on, residual, nulls_match } => {
                self.join((left, right), *kind, on, residual.as_ref(), *nulls_match)
            }
            Operator::Let { name, shared, body } => {
                let table = SharedTable::new(name, self.node(shared)?);
                self.shared.insert(name.clone(), provider_as_source(Arc::new(table)));
                self.node(body)
            }
            Operator::Reference { name, columns } => self.reference(name, columns),
            Operator::Expand { input, column, limit, position } => {
                self.expand(input, column, *limit, position.as_ref())
            }
            Operator::Lookup(lookup) => self.lookup(lookup),
        }
    }

    fn scan(&mut self, names: &[String]) -> Result<LogicalPlan> {
        let table = self.tables.get(self.next_table);
        let table = Arc::clone(table.ok_or_else(|| plan_datafusion_err!("a source has no table"))?);
        let name = format!("source_{}", self.next_table);
        self.next_table += 1;
        let columns =
            names.iter().map(|column| Expr::Column(Column::new(Some(name.as_str()), column)).alias(column));
        LogicalPlanBuilder::scan(name.as_str(), table, None)?.project(columns.collect::<Vec<_>>())?.build()
    }

    fn reference(&mut self, name: &str, columns: &[(ColumnName, Type)]) -> Result<LogicalPlan> {
        let table = self.shared.get(name).map(Arc::clone);
        let table = table.ok_or_else(|| plan_datafusion_err!("nothing shared is named `{name}`"))?;
        let relation = format!("shared_{}", self.references);
        self.references += 1;
        let columns = columns.iter().map(|(column, _)| {
            let column = schema_name(column);
            Expr::Column(Column::new(Some(relation.as_str()), &column)).alias(column)
        });
        LogicalPlanBuilder::scan(relation.as_str(), table, None)?
            .project(columns.collect::<Vec<_>>())?
            .build()
    }

    fn extend(&mut self, input: &Node, columns: &[(ColumnName, Expression)]) -> Result<LogicalPlan> {
        let columns: Vec<_> = columns.iter().map(|(name, value)| (schema_name(name), value)).collect();
        self.extend_by(input, &columns)
    }

    /// The same with names of the schema.
    fn extend_by(&mut self, input: &Node, columns: &[(String, &Expression)]) -> Result<LogicalPlan> {
        let input = self.node(input)?;
        let mut projected: Vec<(String, Expr)> = names(input.schema())
            .into_iter()
            .map(|name| (name.clone(), Expr::Column(Column::new_unqualified(name))))
            .collect();
        for (name, value) in columns {
            let value = self.expression(value, input.schema())?;
            match projected.iter_mut().find(|(known, _)| known == name) {
                Some(entry) => entry.1 = value,
                None => projected.push((name.clone(), value)),
            }
        }
        project(input, projected)
    }

    fn project(&mut self, input: &Node, columns: &[(ColumnName, Expression)]) -> Result<LogicalPlan> {
        let input = self.node(input)?;
        let columns = columns
            .iter()
            .map(|(name, value)| Ok((schema_name(name), self.expression(value, input.schema())?)))
            .collect::<Result<Vec<_>>>()?;
        project(input, columns)
    }

    fn aggregation(&mut self, aggregate: &Aggregate) -> Result<LogicalPlan> {
        let input = self.node(&aggregate.input)?;
        let groups = aggregate
            .groups
            .iter()
            .map(|(name, value)| Ok(self.expression(value, input.schema())?.alias(schema_name(name))))
            .collect::<Result<Vec<_>>>()?;
        let calls = aggregate
            .aggregates
            .iter()
            .map(|(name, call)| Ok(self.aggregate(call, input.schema())?.alias(schema_name(name))))
            .collect::<Result<Vec<_>>>()?;
        if groups.is_empty() && calls.is_empty() {
            return Err(plan_datafusion_err!("an aggregation needs a group or an aggregate"));
        }
        let grouped = LogicalPlanBuilder::from(input).aggregate(groups, calls)?.build()?;
        let results = aggregate.aggregates.iter().map(|(name, call)| (schema_name(name), call.result));
        self.retype(grouped, &results.collect::<Vec<_>>())
    }

    /// Converts aggregate results to the types the plan declares.
    fn retype(&self, plan: LogicalPlan, results: &[(String, Type)]) -> Result<LogicalPlan> {
        let schema = Arc::clone(plan.schema());
        let columns = names(&schema)
            .into_iter()
            .map(|name| {
                let column = Expr::Column(Column::new_unqualified(&name));
                let value = match results.iter().find(|(known, _)| *known == name) {
                    Some((_, result)) => self.typed(column, *result, &schema)?,
                    None => column,
                };
                Ok((name, value))
            })
            .collect::<Result<Vec<_>>>()?;
        project(plan, columns)
    }

    fn windows(&mut self, input: &Node, calls: &[(ColumnName, WindowCall)]) -> Result<LogicalPlan> {
        let mut plan = self.node(input)?;
        let mut made: Vec<(Expr, String)> = Vec::new();
        for (name, call) in calls {
            let name = schema_name(name);
            let window = self.window(call, plan.schema())?;
            let same = made.iter().find(|(known, column)| *known == window && *column != name);
            if let Some((_, same)) = same {
                // DataFusion takes a window function asked for twice for one column, and misses the other.
                plan = with_copy(plan, same, &name)?;
                continue;
            }
            plan = LogicalPlanBuilder::from(plan).window(vec![window.clone().alias(&name)])?.build()?;
            made.push((window, name));
        }
        let results = calls.iter().map(|(name, window)| (schema_name(name), window.call.result));
        self.retype(plan, &results.collect::<Vec<_>>())
    }

    fn sort(&self, input: LogicalPlan, keys: &[SortKey]) -> Result<LogicalPlan> {
        // Not by the builder: it takes a key that is written like an expression of the input for a
        // column of that name, which is another value or none.
        let expr = self.order(keys, input.schema())?;
        Ok(LogicalPlan::Sort(Sort { expr, input: Arc::new(input), fetch: None }))
    }

    fn deduplicate(
        &mut self,
        input: &Node,
        keys: &[Expression],
        keep: usize,
        order: &[SortKey],
    ) -> Result<LogicalPlan> {
        let input = self.node(input)?;
        let kept = names(input.schema());
        let call = AggregateCall {
            function: "row_number".to_owned(),
            arguments: Vec::new(),
            filter: None,
            order: order.to_vec(),
            result: Type::Integer,
        };
        let window = WindowCall { call, partition: keys.to_vec(), frame: Frame::SO_FAR };
        let number = self.window(&window, input.schema())?.alias(inside("number"));
        let keep = u64::try_from(keep).unwrap_or(u64::MAX);
        let numbered = LogicalPlanBuilder::from(input)
            .window(vec![number])?
            .filter(Expr::Column(Column::new_unqualified(inside("number"))).lt_eq(lit(keep)))?
            .build()?;
        let columns = kept
            .into_iter()
            .map(|name| (name.clone(), Expr::Column(Column::new_unqualified(name))))
            .collect();
        let first = project(numbered, columns)?;
        if order.is_empty() { Ok(first) } else { self.sort(first, order) }
    }

    fn union(&mut self, node: &Node, inputs: &[Node], place: Option<&ColumnName>) -> Result<LogicalPlan> {
        let wanted = node.columns();
        let mut union: Option<LogicalPlan> = None;
        for (number, input) in (0_i64..).zip(inputs) {
            let plan = self.node(input)?;
            let schema = Arc::clone(plan.schema());
            let columns = wanted
                .iter()
                .map(|(name, data_type)| {
                    let is_place = place == Some(name);
                    let name = schema_name(name);
                    let column = Column::new_unqualified(&name);
                    let value = if is_place {
                        lit(number)
                    } else if schema.has_column(&column) {
                        self.typed(Expr::Column(column), *data_type, &schema)?
                    } else {
                        lit(ScalarValue::try_new_null(&arrow_type(*data_type))?)
                    };
                    Ok((name, value))
                })
                .collect::<Result<Vec<_>>>()?;
            let aligned = project(plan, columns)?;
            union = Some(match union {
                Some(have) => LogicalPlanBuilder::from(have).union(aligned)?.build()?,
                None => aligned,
            });
        }
        union.ok_or_else(|| plan_datafusion_err!("a union needs an input"))
    }

    fn join(
        &mut self,
        (left, right): (&Node, &Node),
        kind: JoinKind,
        on: &[(Expression, Expression)],
        residual: Option<&Expression>,
        nulls_match: bool,
    ) -> Result<LogicalPlan> {
        let (of_left, of_right) = kind.sides();
        let sides = [(left, of_left), (right, of_right)].into_iter().filter(|(_, stays)| *stays);
        let kept: Vec<String> =
            sides.flat_map(|(side, _)| side.columns()).map(|(name, _)| schema_name(&name)).collect();
        let key = |side: &str, index: usize| inside(&format!("{side} key {index}"));
        let keys = on.iter().enumerate();
        let left_keys: Vec<_> = keys.clone().map(|(index, (left, _))| (key("left", index), left)).collect();
        let right_keys: Vec<_> = keys.map(|(index, (_, right))| (key("right", index), right)).collect();
        let left = self.extend_by(left, &left_keys)?;
        let right = self.extend_by(right, &right_keys)?;
        let join_type = match kind {
            JoinKind::Inner => JoinType::Inner,
            JoinKind::Left => JoinType::Left,
            JoinKind::Right => JoinType::Right,
            JoinKind::Full => JoinType::Full,
            JoinKind::Semi => JoinType::LeftSemi,
            JoinKind::Anti => JoinType::LeftAnti,
            JoinKind::RightSemi => JoinType::RightSemi,
            JoinKind::RightAnti => JoinType::RightAnti,
        };
        let nulls = if nulls_match { NullEquality::NullEqualsNull } else { NullEquality::NullEqualsNothing };
        let residual = residual.map(|residual| {
            let residual = self.expression(residual, &left.schema().join(right.schema())?)?;
            // An equality in it must not become a key of the join, where nulls would be equal.
            Ok::<_, DataFusionError>(if nulls_match { residual.is_true() } else { residual })
        });
        let residual = residual.transpose()?;
        let keys: (Vec<Column>, Vec<Column>) = (0..on.len())
            .map(|index| {
                (Column::new_unqualified(key("left", index)), Column::new_unqualified(key("right", index)))
            })
            .unzip();
        let joined =
            LogicalPlanBuilder::from(left).join_detailed(right, join_type, keys, residual, nulls)?.build()?;
        let columns = kept
            .into_iter()
            .map(|name| (name.clone(), Expr::Column(Column::new_unqualified(name))))
            .collect();
        project(joined, columns)
    }

    fn expand(
        &mut self,
        input: &Node,
        column: &ColumnName,
        limit: Option<usize>,
        position: Option<&ColumnName>,
    ) -> Result<LogicalPlan> {
        let mut plan = self.node(input)?;
        let span = quarry_diagnostic::Span::default();
        let list = || Expression::column(column, span);
        let found = plan.schema().field_with_unqualified_name(&schema_name(column))?;
        let found = waist_type(found.data_type());
        let list_type = if found.element().is_some() { found } else { Type::TextList };
        let call = |function: &str, arguments, result| Expression::call(function, arguments, result, span);
        if let Some(limit) = limit {
            let count = Expression::literal(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)), span);
            plan = self.with_column(plan, column, &call("list_take", vec![list(), count], list_type))?;
        }
        let mut columns = vec![Column::new_unqualified(schema_name(column))];
        if let Some(position) = position {
            plan = self.with_column(plan, position, &call("list_positions", vec![list()], Type::TextList))?;
            columns.push(Column::new_unqualified(schema_name(position)));
        }
        let options = UnnestOptions::new().with_preserve_nulls(true);
        LogicalPlanBuilder::from(plan).unnest_columns_with_options(columns, options)?.build()
    }

    /// The plan with one column added or replaced.
    fn with_column(&self, plan: LogicalPlan, column: &ColumnName, value: &Expression) -> Result<LogicalPlan> {
        let column = schema_name(column);
        let value = self.expression(value, plan.schema())?;
        let mut columns: Vec<(String, Expr)> = names(plan.schema())
            .into_iter()
            .map(|name| (name.clone(), Expr::Column(Column::new_unqualified(name))))
            .collect();
        match columns.iter_mut().find(|(name, _)| *name == column) {
            Some(entry) => entry.1 = value,
            None => columns.push((column, value)),
        }
        project(plan, columns)
    }
}

/// The column names of a schema.
pub(super) fn names(schema: &DFSchema) -> Vec<String> {
    schema.fields().iter().map(|field| field.name().clone()).collect()
}

/// The rows with the column `from` once more, named `to`.
fn with_copy(input: LogicalPlan, from: &str, to: &str) -> Result<LogicalPlan> {
    let column = |name: &str| Expr::Column(Column::new_unqualified(name));
    let others = names(input.schema()).into_iter().filter(|name| name != to);
    let columns = others.map(|name| (name.clone(), column(&name))).chain([(to.to_owned(), column(from))]);
    let columns = columns.collect();
    project(input, columns)
}

pub(super) fn project(input: LogicalPlan, columns: Vec<(String, Expr)>) -> Result<LogicalPlan> {
    let columns = columns.into_iter().map(|(name, value)| match value {
        Expr::Column(column) if column.relation.is_none() && column.name == name => Expr::Column(column),
        value => value.alias(name),
    });
    LogicalPlanBuilder::from(input).project(columns.collect::<Vec<_>>())?.build()
}

fn values(
    columns: &[(ColumnName, Type)],
    rows: &[Vec<Value>],
    place: Option<&ColumnName>,
) -> Result<LogicalPlan> {
    let place = place.map(|name| (name.clone(), Type::Integer));
    let fields: Vec<Field> = columns
        .iter()
        .chain(&place)
        .map(|(name, data_type)| Field::new(schema_name(name), arrow_type(*data_type), true))
        .collect();
    let schema: DFSchemaRef = Arc::new(DFSchema::try_from(Schema::new(fields))?);
    if rows.is_empty() {
        return Ok(LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, schema }));
    }
    let batch = value_batch(&Schema::clone(schema.as_arrow()), columns, rows, place.is_some())?;
    let table = MemTable::try_new(batch.schema(), vec![vec![batch]])?;
    let columns = columns.iter().chain(&place).map(|(name, _)| {
        let name = schema_name(name);
        Expr::Column(Column::new(Some(VALUES), &name)).alias(name)
    });
    LogicalPlanBuilder::scan(VALUES, provider_as_source(Arc::new(table)), None)?
        .project(columns.collect::<Vec<_>>())?
        .build()
}

/// Fixed rows as a batch: a plan of literals would be slow to plan where there are thousands.
fn value_batch(
    schema: &Schema,
    columns: &[(ColumnName, Type)],
    rows: &[Vec<Value>],
    numbered: bool,
) -> Result<RecordBatch> {
    let arrays = columns.iter().enumerate().map(|(index, (_, data_type))| {
        array_of(*data_type, rows.iter().map(|row| row.get(index).unwrap_or(&Value::Null)))
    });
    let mut arrays = arrays.collect::<Result<Vec<_>, _>>()?;
    if numbered {
        arrays.push(Arc::new((0_i64..).take(rows.len()).map(Some).collect::<Int64Array>()));
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    Ok(RecordBatch::try_new_with_options(Arc::new(schema.clone()), arrays, &options)?)
}
