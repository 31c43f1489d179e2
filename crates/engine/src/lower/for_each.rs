//! An expression evaluated for each element of a list, as a function of the list and of the columns
//! that the expression uses besides the element.

use std::{
    collections::HashMap,
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
    common::{Column, DFSchema, ExprSchema, exec_datafusion_err, plan_datafusion_err},
    error::Result,
    logical_expr::{
        ColumnarValue, Expr, ExprSchemable, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
        Volatility, expr::ScalarFunction,
    },
    physical_expr::PhysicalExpr,
};
use quarry_plan::{ColumnName, Expression, Type};

use quarry_types::arrow_type;

use super::{Lowering, compiled::compile};
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
        let captured = captured(body, element);
        let mut fields = vec![Field::new(schema_name(element), DataType::Utf8, true)];
        let mut arguments = vec![list];
        for name in captured {
            let column = Column::new_unqualified(schema_name(name));
            let found = schema.field_from_column(&column);
            let found =
                found.map_err(|_| plan_datafusion_err!("column `{name:?}` is not part of the input"))?;
            fields.push(Field::new(schema_name(name), found.data_type().clone(), true));
            arguments.push(Expr::Column(column));
        }
        let inner = DFSchema::from_unqualified_fields(fields.into(), HashMap::new())?;
        let body = self.expression(body, &inner)?;
        let wanted = match body.get_type(&inner)? {
            DataType::List(_) => Type::TextList,
            _ => Type::Text,
        };
        let body = self.typed(body, wanted, &inner)?;
        let function = ForEach::new(body, &inner)?;
        Ok(Expr::ScalarFunction(ScalarFunction::new_udf(
            Arc::new(ScalarUDF::new_from_impl(function)),
            arguments,
        )))
    }
}

/// The columns of the row that the body uses, each once.
fn captured<'e>(body: &'e Expression, element: &ColumnName) -> Vec<&'e ColumnName> {
    let mut names = Vec::new();
    body.visit_columns(&mut |name| {
        if name != element && !names.contains(&name) {
            names.push(name);
        }
    });
    names
}

#[derive(Debug)]
struct ForEach {
    /// Holds the expression, so that two expressions over one list stay apart.
    name: String,
    signature: Signature,
    /// The element, then the columns captured.
    schema: SchemaRef,
    body: Arc<dyn PhysicalExpr>,
}

impl ForEach {
    fn new(body: Expr, schema: &DFSchema) -> Result<Self> {
        let name = format!("for_each[{body}]");
        let volatility = if body.is_volatile() { Volatility::Volatile } else { Volatility::Immutable };
        let body = compile(body, schema)?;
        Ok(Self {
            name,
            signature: Signature::variadic_any(volatility),
            schema: Arc::clone(schema.inner()),
            body,
        })
    }

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
        self.body.evaluate(&batch)?.into_array(count)
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

impl PartialEq for ForEach {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.schema == other.schema
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
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(arrow_type(Type::TextList))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let columns = arguments.args.into_iter().map(|value| value.into_array(rows));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let (list, captured) =
            columns.split_first().ok_or_else(|| exec_datafusion_err!("a list is needed"))?;
        let lists =
            list.as_list_opt::<i32>().ok_or_else(|| exec_datafusion_err!("the argument is no list"))?;
        let values = self.evaluate(lists, captured)?;
        Ok(ColumnarValue::Array(Arc::new(regroup(lists, &values))))
    }
}
