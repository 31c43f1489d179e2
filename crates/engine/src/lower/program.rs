//! Long runs of computed columns as one function.
//!
//! Each step of such a run would be a projection of all columns of the plan, and planning n projections
//! of n columns takes time and memory with the square of n and more: `foreach` over hundreds of fields
//! does not finish. Here the steps are compiled one after the other and evaluated over a batch in turn.

use std::{
    collections::BTreeSet,
    hash::{Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use arrow::{
    array::{ArrayRef, AsArray, StructArray},
    datatypes::{DataType, Field, Fields, Schema},
    record_batch::{RecordBatch, RecordBatchOptions},
};
use datafusion::{
    common::{Column, DFSchema, exec_datafusion_err},
    error::Result,
    logical_expr::{
        ColumnarValue, Expr, ExprSchemable, LogicalPlan, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
        Signature, Volatility, expr::ScalarFunction,
    },
    physical_expr::PhysicalExpr,
};
use quarry_plan::{ColumnName, Expression, Node, Operator};

use super::{
    Lowering,
    compiled::compile,
    operator::{names, project},
};
use crate::names::{inside, schema_name};

/// Runs shorter than this are plain projections.
pub(super) const SHORTEST: usize = 12;

/// Numbers programs, so that two of them are never taken for one.
static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// The steps of a run of computed columns, first one first, and the node below them.
pub(super) fn run_of(node: &Node) -> (Vec<&[(ColumnName, Expression)]>, &Node) {
    let mut steps: Vec<&[(ColumnName, Expression)]> = Vec::new();
    let mut below = node;
    while let Operator::Extend { input, columns } = &below.operator {
        steps.push(columns);
        below = input;
    }
    steps.reverse();
    (steps, below)
}

/// One assignment, compiled over the columns there are when its turn comes.
#[derive(Debug)]
struct Step {
    schema: Arc<Schema>,
    values: Vec<(String, Arc<dyn PhysicalExpr>)>,
}

impl Lowering {
    /// Lowers a long run of computed columns.
    pub(super) fn program(
        &mut self,
        steps: &[&[(ColumnName, Expression)]],
        below: &Node,
    ) -> Result<LogicalPlan> {
        let input = self.node(below)?;
        let used = used_columns(steps);
        let fields = input.schema().fields().iter().filter(|field| used.contains(field.name()));
        let mut fields: Vec<Arc<Field>> = fields.cloned().collect();
        let arguments: Vec<String> = fields.iter().map(|field| field.name().clone()).collect();
        let mut compiled = Vec::new();
        let mut volatility = Volatility::Immutable;
        let mut results: Vec<String> = Vec::new();
        for step in steps {
            let schema = Arc::new(Schema::new(fields.clone()));
            let known = DFSchema::try_from(Arc::clone(&schema))?;
            let mut values = Vec::new();
            let mut added = Vec::new();
            for (name, value) in *step {
                let name = schema_name(name);
                let value = self.expression(value, &known)?;
                if value.is_volatile() {
                    volatility = Volatility::Volatile;
                }
                added.push(Arc::new(Field::new(&name, value.get_type(&known)?, true)));
                values.push((name, compile(value, &known)?));
            }
            compiled.push(Step { schema, values });
            for field in added {
                if !results.contains(field.name()) {
                    results.push(field.name().clone());
                }
                match fields.iter_mut().find(|known| known.name() == field.name()) {
                    Some(known) => *known = field,
                    None => fields.push(field),
                }
            }
        }
        let of_result = |name: &String| fields.iter().find(|field| field.name() == name).cloned();
        let function = Program {
            name: format!("program_{}", NUMBER.fetch_add(1, Relaxed)),
            arguments: arguments.clone(),
            steps: compiled,
            results: results.iter().filter_map(&of_result).collect(),
            signature: signature(arguments.len(), volatility),
        };
        // With an alias no column keeps the name of the table it came from.
        let column = |name: &str| Expr::Column(Column::new_unqualified(name)).alias(name);
        let call = ScalarFunction::new_udf(
            Arc::new(ScalarUDF::new_from_impl(function)),
            arguments.iter().map(|name| Expr::Column(Column::new_unqualified(name))).collect(),
        );
        let kept = names(input.schema());
        let mut first: Vec<(String, Expr)> = kept
            .iter()
            .filter(|name| !results.contains(name))
            .map(|name| (name.clone(), column(name)))
            .collect();
        let whole = inside("results");
        first.push((whole.clone(), Expr::ScalarFunction(call)));
        let computed = project(input, first)?;
        let mut all: Vec<(String, Expr)> = Vec::new();
        for name in kept.iter().chain(results.iter().filter(|name| !kept.contains(name))) {
            let Some(index) = results.iter().position(|known| known == name) else {
                all.push((name.clone(), column(name)));
                continue;
            };
            let data_type = of_result(name).map_or(DataType::Null, |field| field.data_type().clone());
            let part = Part { index, data_type, signature: Signature::any(1, Volatility::Immutable) };
            let result = vec![Expr::Column(Column::new_unqualified(&whole))];
            let call = ScalarFunction::new_udf(Arc::new(ScalarUDF::new_from_impl(part)), result);
            all.push((name.clone(), Expr::ScalarFunction(call)));
        }
        project(computed, all)
    }
}

/// The signature for so many arguments. Without any, the run is computed like the others, row by row,
/// and not once beforehand.
fn signature(arguments: usize, volatility: Volatility) -> Signature {
    match arguments {
        0 => Signature::nullary(Volatility::Volatile),
        _ => Signature::any(arguments, volatility),
    }
}

/// The columns below the run that any step reads.
fn used_columns(steps: &[&[(ColumnName, Expression)]]) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let mut made: BTreeSet<&ColumnName> = BTreeSet::new();
    for step in steps {
        for (_, value) in *step {
            value.visit_columns(&mut |name| {
                if !made.contains(name) {
                    used.insert(schema_name(name));
                }
            });
        }
        made.extend(step.iter().map(|(name, _)| name));
    }
    used
}

/// A run of computed columns; gives the last value of each as a struct.
#[derive(Debug)]
struct Program {
    name: String,
    arguments: Vec<String>,
    steps: Vec<Step>,
    results: Vec<Arc<Field>>,
    signature: Signature,
}

impl PartialEq for Program {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Program {}

impl Hash for Program {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Program {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(Fields::from(self.results.clone())))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let mut columns: Vec<(String, ArrayRef)> = Vec::new();
        for (name, value) in self.arguments.iter().zip(arguments.args) {
            columns.push((name.clone(), value.into_array(rows)?));
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        for step in &self.steps {
            let arrays = columns.iter().map(|(_, array)| Arc::clone(array)).collect();
            let batch = RecordBatch::try_new_with_options(Arc::clone(&step.schema), arrays, &options)?;
            let mut made = Vec::new();
            for (name, value) in &step.values {
                made.push((name.clone(), value.evaluate(&batch)?.into_array(rows)?));
            }
            for (name, array) in made {
                match columns.iter_mut().find(|(known, _)| *known == name) {
                    Some(entry) => entry.1 = array,
                    None => columns.push((name, array)),
                }
            }
        }
        let of_result = |field: &Arc<Field>| {
            let found = columns.iter().find(|(name, _)| name == field.name());
            found
                .map(|(_, array)| Arc::clone(array))
                .ok_or_else(|| exec_datafusion_err!("a result is missing"))
        };
        let arrays = self.results.iter().map(of_result).collect::<Result<Vec<_>>>()?;
        Ok(ColumnarValue::Array(Arc::new(StructArray::try_new_with_length(
            Fields::from(self.results.clone()),
            arrays,
            None,
            rows,
        )?)))
    }
}

/// One result of a program. The engine's own access to a member is moved about by its optimiser, which
/// gives schemas with a name twice.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    index: usize,
    data_type: DataType,
    signature: Signature,
}

impl Hash for Part {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}

impl ScalarUDFImpl for Part {
    fn name(&self) -> &str {
        "program_result"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.data_type.clone())
    }

    fn schema_name(&self, arguments: &[Expr]) -> Result<String> {
        let arguments: Vec<String> = arguments.iter().map(|value| value.schema_name().to_string()).collect();
        Ok(format!("program_result_{}({})", self.index, arguments.join(", ")))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let result = arguments.args.into_iter().next();
        let result = result.ok_or_else(|| exec_datafusion_err!("a program has a result"))?;
        let array = result.into_array(arguments.number_rows)?;
        let part = array.as_struct_opt().map(|array| Arc::clone(array.column(self.index)));
        part.map(ColumnarValue::Array).ok_or_else(|| exec_datafusion_err!("a program gives a struct"))
    }
}
