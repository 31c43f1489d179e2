//! Long runs of computed columns as one function.
//!
//! Each step of such a run would be a projection of all columns of the plan, and planning n projections
//! of n columns takes time and memory with the square of n and more: `foreach` over hundreds of fields
//! does not finish. Here the steps are compiled one after the other and evaluated over a batch in turn.

use std::{
    collections::BTreeSet,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, AsArray, StructArray},
    datatypes::{DataType, Field, FieldRef, Fields, Schema},
    record_batch::{RecordBatch, RecordBatchOptions},
};
use datafusion::{
    common::{Column, DFSchema, ScalarValue, exec_datafusion_err, plan_err},
    error::Result,
    logical_expr::{
        ColumnarValue, Expr, ExprSchemable, LogicalPlan, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF,
        ScalarUDFImpl, Signature, Volatility, expr::ScalarFunction, lit,
    },
    physical_expr::PhysicalExpr,
};
use quarry_functions::Constants;
use quarry_plan::{ColumnName, Expression, Node, Operator};
use serde::{Deserialize, Serialize};

use super::{
    Functions, Lowering,
    compiled::compile,
    operator::{names, project},
    written::{arrays, read, split, type_text, unusable, write},
};
use crate::names::{inside, schema_name};

/// Runs shorter than this are plain projections.
pub(super) const SHORTEST: usize = 12;

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

/// A run of computed columns as it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    /// Names and types of the columns it reads, in the order of the arguments.
    columns: Vec<(String, String)>,
    steps: Vec<Vec<(ColumnName, Expression)>>,
}

/// A run of computed columns, compiled.
#[derive(Debug)]
struct Program {
    columns: Vec<String>,
    steps: Vec<Step>,
    /// The columns it makes.
    results: Fields,
    is_by_chance: bool,
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
        let fields: Vec<Arc<Field>> = fields.cloned().collect();
        let compiled = self.steps(steps, &fields)?;
        let results = compiled.results.clone();
        // Without columns, the run is computed like the others, row by row, and not once beforehand.
        let by_chance = compiled.is_by_chance || fields.is_empty();
        let columns = fields.iter().map(|field| (field.name().clone(), type_text(field.data_type())));
        let steps = steps.iter().map(|step| step.to_vec()).collect();
        let constant = write(&Written { columns: columns.collect(), steps })?;
        self.of_expressions.made.get(&[&constant], || Ok(compiled)).map_err(unusable)?;
        // With an alias no column keeps the name of the table it came from.
        let column = |name: &str| Expr::Column(Column::new_unqualified(name)).alias(name);
        let arguments = fields.iter().map(|field| Expr::Column(Column::new_unqualified(field.name())));
        let call = ScalarFunction::new_udf(
            Arc::clone(&self.of_expressions.program[usize::from(by_chance)]),
            [lit(constant)].into_iter().chain(arguments).collect(),
        );
        let kept = names(input.schema());
        let made = |name: &str| results.iter().position(|field| field.name() == name);
        let mut first: Vec<(String, Expr)> = kept
            .iter()
            .filter(|name| made(name).is_none())
            .map(|name| (name.clone(), column(name)))
            .collect();
        let whole = inside("results");
        first.push((whole.clone(), Expr::ScalarFunction(call)));
        let computed = project(input, first)?;
        let new = results.iter().map(|field| field.name()).filter(|name| !kept.contains(name));
        let part = |name: &String| match made(name) {
            Some(index) => self.part(&whole, index),
            None => column(name),
        };
        let all = kept.iter().chain(new).map(|name| (name.clone(), part(name))).collect();
        project(computed, all)
    }

    fn part(&self, whole: &str, index: usize) -> Expr {
        let index = lit(i64::try_from(index).unwrap_or(i64::MAX));
        let arguments = vec![Expr::Column(Column::new_unqualified(whole)), index];
        let function = Arc::clone(&self.of_expressions.program_result);
        Expr::ScalarFunction(ScalarFunction::new_udf(function, arguments))
    }

    /// The steps over columns.
    fn steps<S: AsRef<[(ColumnName, Expression)]>>(
        &self,
        steps: &[S],
        columns: &[Arc<Field>],
    ) -> Result<Program> {
        let mut fields: Vec<Arc<Field>> = columns.to_vec();
        let mut compiled = Vec::new();
        let mut is_by_chance = false;
        let mut results: Vec<String> = Vec::new();
        for step in steps {
            let schema = Arc::new(Schema::new(fields.clone()));
            let known = DFSchema::try_from(Arc::clone(&schema))?;
            let mut values = Vec::new();
            for (name, value) in step.as_ref() {
                let name = schema_name(name);
                let value = self.expression(value, &known)?;
                is_by_chance |= value.is_volatile();
                let field = Arc::new(Field::new(&name, value.get_type(&known)?, true));
                values.push((name.clone(), compile(value, &known)?));
                if !results.contains(&name) {
                    results.push(name.clone());
                }
                match fields.iter_mut().find(|known| *known.name() == name) {
                    Some(known) => *known = field,
                    None => fields.push(field),
                }
            }
            compiled.push(Step { schema, values });
        }
        let of_result = |name: &String| fields.iter().find(|field| field.name() == name).cloned();
        let results = results.iter().filter_map(of_result).collect();
        let columns = columns.iter().map(|field| field.name().clone()).collect();
        Ok(Program { columns, steps: compiled, results, is_by_chance })
    }
}

impl Program {
    /// The columns it makes, as a struct.
    fn run(&self, arguments: Vec<ArrayRef>, rows: usize) -> Result<StructArray> {
        let mut columns: Vec<(&str, ArrayRef)> =
            self.columns.iter().map(String::as_str).zip(arguments).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        for step in &self.steps {
            let arrays = columns.iter().map(|(_, array)| Arc::clone(array)).collect();
            let batch = RecordBatch::try_new_with_options(Arc::clone(&step.schema), arrays, &options)?;
            let mut made = Vec::new();
            for (name, value) in &step.values {
                made.push((name.as_str(), value.evaluate(&batch)?.into_array(rows)?));
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
        Ok(StructArray::try_new_with_length(self.results.clone(), arrays, None, rows)?)
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

/// `program(steps, columns...)`: what a run of computed columns, given as bytes, makes of columns, as a struct.
pub(super) fn program_udf(functions: &Arc<Functions>, made: &Arc<Constants>, by_chance: bool) -> ScalarUDF {
    let (name, volatility) = if by_chance {
        ("program_by_chance", Volatility::Volatile)
    } else {
        ("program", Volatility::Immutable)
    };
    let (functions, made) = (Arc::clone(functions), Arc::clone(made));
    ScalarUDF::new_from_impl(Run { name, signature: Signature::variadic_any(volatility), functions, made })
}

struct Run {
    name: &'static str,
    signature: Signature,
    functions: Arc<Functions>,
    made: Arc<Constants>,
}

impl Run {
    /// The program that a constant describes, for columns of these types.
    fn program<'t>(
        &self,
        constant: &ScalarValue,
        types: impl Iterator<Item = &'t DataType>,
    ) -> Result<Arc<Program>> {
        let make = || {
            let written: Written = read(constant)?;
            let columns = written.columns.into_iter().zip(types);
            let columns = columns.map(|((name, _), found)| Arc::new(Field::new(name, found.clone(), true)));
            let columns: Vec<Arc<Field>> = columns.collect();
            let compiled = Lowering::new(&self.functions, Vec::new()).steps(&written.steps, &columns);
            compiled.map_err(|error| error.to_string())
        };
        self.made.get(&[constant], make).map_err(unusable)
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl PartialEq for Run {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Run {}

impl Hash for Run {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Run {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        plan_err!("what a program gives depends on its steps")
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let Some(Some(constant)) = arguments.scalar_arguments.first() else {
            return plan_err!("the steps of a program must be a constant");
        };
        let types = arguments.arg_fields.iter().skip(1).map(|field| field.data_type());
        let program = self.program(constant, types)?;
        Ok(Arc::new(Field::new(self.name, DataType::Struct(program.results.clone()), true)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (constant, columns) = split(&arguments.args)?;
        let columns = arrays(columns, arguments.number_rows)?;
        let program = self.program(constant, columns.iter().map(|column| column.data_type()))?;
        Ok(ColumnarValue::Array(Arc::new(program.run(columns, arguments.number_rows)?)))
    }
}

/// `program_result(program, index)`: one result of a program. The engine's own access to a member is moved about by
/// its optimiser, which gives schemas with a name twice.
pub(super) fn program_result_udf() -> ScalarUDF {
    ScalarUDF::new_from_impl(Part { signature: Signature::any(2, Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Part {
    signature: Signature,
}

/// Which result is meant.
fn index(constant: Option<&ScalarValue>) -> Result<usize> {
    match constant {
        Some(ScalarValue::Int64(Some(index))) => Ok(usize::try_from(*index).unwrap_or(usize::MAX)),
        _ => Err(exec_datafusion_err!("the number of a result must be a constant")),
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
        plan_err!("what a program gives depends on its steps")
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let index = index(arguments.scalar_arguments.get(1).copied().flatten())?;
        let found = match arguments.arg_fields.first().map(|field| field.data_type()) {
            Some(DataType::Struct(results)) => results.get(index).cloned(),
            _ => None,
        };
        found.ok_or_else(|| exec_datafusion_err!("a program has no result {index}"))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [program, ColumnarValue::Scalar(constant)] = arguments.args.as_slice() else {
            return Err(exec_datafusion_err!("the number of a result must be a constant"));
        };
        let index = index(Some(constant))?;
        let array = program.to_array(arguments.number_rows)?;
        let part = array.as_struct_opt().and_then(|array| array.columns().get(index).cloned());
        part.map(ColumnarValue::Array).ok_or_else(|| exec_datafusion_err!("a program gives a struct"))
    }
}
