//! An expression evaluated for each element of a list, as a function of the list and of the columns
//! that the expression uses besides the element.

use std::{
    collections::HashMap,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use arrow::{
    array::{
        Array, ArrayRef, AsArray, ListArray, ListBuilder, RecordBatch, RecordBatchOptions, StringBuilder,
        UInt64Array,
    },
    compute::take,
    datatypes::{DataType, Field, SchemaRef},
};
use datafusion::{
    common::{Column, DFSchema, ExprSchema, ScalarValue, exec_datafusion_err, plan_datafusion_err},
    error::Result,
    logical_expr::{
        ColumnarValue, Expr, ExprSchemable, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
        Volatility, expr::ScalarFunction, lit,
    },
    physical_expr::PhysicalExpr,
};
use quarry_functions::Constants;
use quarry_plan::{ColumnName, Expression, Type};
use serde::{Deserialize, Serialize};

use quarry_types::arrow_type;

use super::{
    Functions, Lowering,
    compiled::compile,
    written::{arrays, read, split, type_text, unusable, write},
};
use crate::names::schema_name;

impl Lowering {
    /// The list of what `body` gives for each element of `list`.
    pub(super) fn for_each(
        &self,
        list: &Expression,
        element: &ColumnName,
        body: &Expression,
        schema: &DFSchema,
    ) -> Result<Expr> {
        let list = self.typed(self.expression(list, schema)?, Type::TextList, schema)?;
        let mut columns = Vec::new();
        let mut fields = vec![Field::new(schema_name(element), DataType::Utf8, true)];
        let mut captured = Vec::new();
        for name in captured_by(body, element) {
            let column = Column::new_unqualified(schema_name(name));
            let found = schema.field_from_column(&column);
            let found =
                found.map_err(|_| plan_datafusion_err!("column `{name:?}` is not part of the input"))?;
            fields.push(Field::new(schema_name(name), found.data_type().clone(), true));
            captured.push((schema_name(name), type_text(found.data_type())));
            columns.push(Expr::Column(column));
        }
        let inner = DFSchema::from_unqualified_fields(fields.into(), HashMap::new())?;
        let compiled = self.body(body, &inner)?;
        let by_chance = compiled.is_by_chance;
        let constant = write(&Written { element: schema_name(element), captured, body: body.clone() })?;
        let known = self.of_expressions.made.get(&[&constant], || Ok(compiled));
        known.map_err(unusable)?;
        let arguments = [lit(constant), list].into_iter().chain(columns).collect();
        let function = Arc::clone(&self.of_expressions.for_each[usize::from(by_chance)]);
        Ok(Expr::ScalarFunction(ScalarFunction::new_udf(function, arguments)))
    }

    /// The body over the element and the columns captured.
    fn body(&self, body: &Expression, schema: &DFSchema) -> Result<Body> {
        let body = self.expression(body, schema)?;
        let wanted = match body.get_type(schema)? {
            DataType::List(_) => Type::TextList,
            _ => Type::Text,
        };
        let body = self.typed(body, wanted, schema)?;
        let is_by_chance = body.is_volatile();
        Ok(Body { schema: Arc::clone(schema.inner()), value: compile(body, schema)?, is_by_chance })
    }
}

/// A body as it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    element: String,
    /// Names and types of the columns captured, in the order of the arguments.
    captured: Vec<(String, String)>,
    body: Expression,
}

/// The columns of the row that the body uses, each once.
fn captured_by<'e>(body: &'e Expression, element: &ColumnName) -> Vec<&'e ColumnName> {
    let mut names = Vec::new();
    body.visit_columns(&mut |name| {
        if name != element && !names.contains(&name) {
            names.push(name);
        }
    });
    names
}

/// A body, compiled.
#[derive(Debug)]
struct Body {
    /// The element, then the columns captured.
    schema: SchemaRef,
    value: Arc<dyn PhysicalExpr>,
    is_by_chance: bool,
}

impl Body {
    /// The body over one row an element.
    fn evaluate(&self, lists: &ListArray, captured: &[ArrayRef]) -> Result<ArrayRef> {
        let mut rows = Vec::new();
        let mut positions = Vec::new();
        for row in (0..lists.len()).filter(|&row| lists.is_valid(row)) {
            let offsets = lists.value_offsets();
            let (start, end) = (u64::try_from(offsets[row]), u64::try_from(offsets[row + 1]));
            for position in start.unwrap_or(0)..end.unwrap_or(0) {
                rows.push(row as u64);
                positions.push(position);
            }
        }
        let count = rows.len();
        let rows = UInt64Array::from(rows);
        let mut columns = vec![take(lists.values(), &UInt64Array::from(positions), None)?];
        for column in captured {
            columns.push(take(column, &rows, None)?);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)?;
        self.value.evaluate(&batch)?.into_array(count)
    }
}

/// The values of each list's elements together again; rows without a value are null.
fn regroup(lists: &ListArray, values: &ArrayRef) -> ListArray {
    let mut builder = ListBuilder::new(StringBuilder::new());
    let mut next = 0;
    for row in 0..lists.len() {
        let elements = if lists.is_valid(row) { lists.value(row).len() } else { 0 };
        let mut any = false;
        for position in next..next + elements {
            for value in texts(values, position) {
                builder.values().append_value(value);
                any = true;
            }
        }
        next += elements;
        builder.append(any);
    }
    builder.finish()
}

fn texts(values: &ArrayRef, position: usize) -> Vec<String> {
    if values.is_null(position) {
        return Vec::new();
    }
    if let Some(text) = values.as_string_opt::<i32>() {
        return vec![text.value(position).to_owned()];
    }
    let list = values.as_list_opt::<i32>().map(|lists| lists.value(position));
    let texts = list.as_ref().and_then(|list| list.as_string_opt::<i32>());
    texts.map(|texts| texts.iter().flatten().map(str::to_owned).collect()).unwrap_or_default()
}

/// `for_each(body, list, captured...)`: the values of a body, given as bytes, for each element.
pub(super) fn for_each_udf(functions: &Arc<Functions>, made: &Arc<Constants>, by_chance: bool) -> ScalarUDF {
    let (name, volatility) = if by_chance {
        ("for_each_by_chance", Volatility::Volatile)
    } else {
        ("for_each", Volatility::Immutable)
    };
    let (functions, made) = (Arc::clone(functions), Arc::clone(made));
    ScalarUDF::new_from_impl(ForEach {
        name,
        signature: Signature::variadic_any(volatility),
        functions,
        made,
    })
}

struct ForEach {
    name: &'static str,
    signature: Signature,
    functions: Arc<Functions>,
    made: Arc<Constants>,
}

impl ForEach {
    /// The body that a constant describes, for columns of these types.
    fn body(&self, constant: &ScalarValue, captured: &[ArrayRef]) -> Result<Arc<Body>> {
        let make = || {
            let written: Written = read(constant)?;
            let names = written.captured.into_iter().map(|(name, _)| name);
            let columns = names.zip(captured).map(|(name, array)| (name, array.data_type().clone()));
            let columns = [(written.element, DataType::Utf8)].into_iter().chain(columns);
            let fields: Vec<Field> = columns.map(|(name, found)| Field::new(name, found, true)).collect();
            let schema = DFSchema::from_unqualified_fields(fields.into(), HashMap::new());
            let compiled = schema
                .and_then(|schema| Lowering::new(&self.functions, Vec::new()).body(&written.body, &schema));
            compiled.map_err(|error| error.to_string())
        };
        self.made.get(&[constant], make).map_err(unusable)
    }
}

impl fmt::Debug for ForEach {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl PartialEq for ForEach {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for ForEach {}

impl Hash for ForEach {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for ForEach {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(arrow_type(Type::TextList))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (constant, columns) = split(&arguments.args)?;
        let columns = arrays(columns, arguments.number_rows)?;
        let (list, captured) =
            columns.split_first().ok_or_else(|| exec_datafusion_err!("a list is needed"))?;
        let lists =
            list.as_list_opt::<i32>().ok_or_else(|| exec_datafusion_err!("the argument is no list"))?;
        let values = self.body(constant, captured)?.evaluate(lists, captured)?;
        Ok(ColumnarValue::Array(Arc::new(regroup(lists, &values))))
    }
}
