//! Expressions.

use std::sync::Arc;

use arrow::{
    array::new_empty_array,
    datatypes::{DataType, Field},
};
use datafusion::{
    common::{Column, DFSchema, ScalarValue, plan_datafusion_err},
    error::Result,
    functions::core::expr_fn::coalesce,
    logical_expr::{
        BinaryExpr, Case, ColumnarValue, Expr, ExprSchemable, Operator as Binary, ScalarFunctionArgs,
        expr::ScalarFunction, lit,
    },
};
use quarry_functions::{MEMBER, TEXT_MATCH, member_arguments, scalar, text_match_arguments};
use quarry_plan::{
    Arithmetic, Comparison, ComparisonRule, Expression, ExpressionKind, Members, PathStep, TextMatcher, Type,
};

use quarry_types::{arrow_type, waist_type};

use super::Lowering;
use crate::names::schema_name;

impl Lowering {
    /// Lowers one expression over an input with this schema.
    pub(super) fn expression(&self, expression: &Expression, schema: &DFSchema) -> Result<Expr> {
        match &expression.kind {
            ExpressionKind::Literal(value) => Ok(lit(scalar(value)?)),
            ExpressionKind::Column(name) => {
                let column = Column::new_unqualified(schema_name(name));
                if !schema.has_column(&column) {
                    return Err(plan_datafusion_err!("column `{name:?}` is not part of the input"));
                }
                Ok(Expr::Column(column))
            }
            ExpressionKind::Call { function, arguments, result } => {
                let arguments = self.expressions(arguments, schema)?;
                self.typed(self.call(function, arguments)?, *result, schema)
            }
            ExpressionKind::Not(inner) => Ok(!self.expression(inner, schema)?),
            ExpressionKind::And(items) => {
                Ok(balanced(self.expressions(items, schema)?, Binary::And).unwrap_or_else(|| lit(true)))
            }
            ExpressionKind::Or(items) => {
                Ok(balanced(self.expressions(items, schema)?, Binary::Or).unwrap_or_else(|| lit(false)))
            }
            ExpressionKind::Compare { operator, rule, left, right } => {
                self.compare((*operator, *rule), left, right, schema)
            }
            ExpressionKind::Match { matcher, value } => self.matches(matcher, value, schema),
            ExpressionKind::Member { set, value } => self.member(set.members(), value, schema),
            ExpressionKind::IsNull(value) => Ok(self.expression(value, schema)?.is_null()),
            ExpressionKind::Case { arms, otherwise } => self.case(arms, otherwise.as_deref(), schema),
            ExpressionKind::Coalesce(items) => Ok(coalesce(self.expressions(items, schema)?)),
            ExpressionKind::Cast { value, to } => self.cast(self.expression(value, schema)?, *to, schema),
            ExpressionKind::ForEach { list, element, body } => self.for_each(list, element, body, schema),
            ExpressionKind::Path { value, steps } => {
                let value = self.expression(value, schema)?;
                let mut arguments = vec![self.typed(value, Type::Dynamic, schema)?];
                arguments.extend(steps.iter().map(|step| match step {
                    PathStep::Member(name) => lit(name.as_str()),
                    PathStep::Index(index) => lit(*index),
                }));
                self.call("dynamic_path", arguments)
            }
            ExpressionKind::Arithmetic { operator, left, right } => {
                self.arithmetic(*operator, left, right, schema)
            }
        }
    }

    /// Lowers several.
    pub(super) fn expressions(&self, items: &[Expression], schema: &DFSchema) -> Result<Vec<Expr>> {
        items.iter().map(|item| self.expression(item, schema)).collect()
    }

    fn call(&self, function: &str, arguments: Vec<Expr>) -> Result<Expr> {
        Ok(Expr::ScalarFunction(ScalarFunction::new_udf(self.scalar(function)?, arguments)))
    }

    /// A call of a function that makes something of its constant arguments. It is tried over no rows, so that
    /// constants it cannot use are known before the query runs, and what it makes of the others is ready.
    pub(super) fn with_constants(
        &self,
        function: &str,
        values: Vec<Expr>,
        constants: &[ScalarValue],
        schema: &DFSchema,
    ) -> Result<Expr> {
        let found = self.scalar(function)?;
        let empty = |value: &Expr| Ok(ColumnarValue::Array(new_empty_array(&value.get_type(schema)?)));
        let mut arguments = values.iter().map(empty).collect::<Result<Vec<_>>>()?;
        arguments.extend(constants.iter().cloned().map(ColumnarValue::Scalar));
        let field = |data_type: DataType| Arc::new(Field::new("", data_type, true));
        let types: Vec<DataType> = arguments.iter().map(ColumnarValue::data_type).collect();
        let tried = found.invoke_with_args(ScalarFunctionArgs {
            return_field: field(found.return_type(&types)?),
            arg_fields: types.into_iter().map(field).collect(),
            args: arguments,
            number_rows: 0,
            config_options: Arc::clone(&self.functions.config),
        });
        tried.map_err(|error| plan_datafusion_err!("{}", error.message()))?;
        let constants = constants.iter().cloned().map(lit);
        Ok(Expr::ScalarFunction(ScalarFunction::new_udf(
            found,
            values.into_iter().chain(constants).collect(),
        )))
    }

    /// Converts to the type the plan declares, where the function gives another.
    pub(super) fn typed(&self, value: Expr, wanted: Type, schema: &DFSchema) -> Result<Expr> {
        let have = value.get_type(schema)?;
        if have == arrow_type(wanted) || wanted == Type::Null {
            return Ok(value);
        }
        self.cast(value, wanted, schema)
    }

    fn cast(&self, value: Expr, to: Type, schema: &DFSchema) -> Result<Expr> {
        let have = value.get_type(schema)?;
        if have == arrow_type(to) {
            return Ok(value);
        }
        if have == DataType::Null {
            return Ok(lit(ScalarValue::try_new_null(&arrow_type(to))?));
        }
        let function = match to {
            Type::Text => "cast_text",
            Type::Dynamic => "cast_dynamic",
            Type::Decimal => "cast_decimal",
            Type::Datetime => "cast_datetime",
            Type::Timespan => "cast_timespan",
            Type::Guid => "cast_guid",
            Type::List(_) => return self.call("cast_list_of", vec![value, lit(to.name())]),
            Type::TextList => "cast_list",
            Type::Double => "cast_double",
            Type::Integer => "cast_integer",
            Type::Boolean => "cast_boolean",
            Type::Timestamp => "cast_timestamp",
            Type::Null => return Ok(value),
        };
        self.call(function, vec![value])
    }

    fn compare(
        &self,
        (operator, rule): (Comparison, ComparisonRule),
        left: &Expression,
        right: &Expression,
        schema: &DFSchema,
    ) -> Result<Expr> {
        if let Some(function) = quarry_functions::comparison_function(operator, rule) {
            let side = |side: &Expression| {
                let side = self.expression(side, schema)?;
                // JSON compares by its text.
                let is_json = side.get_type(schema)? == arrow_type(Type::Dynamic);
                if is_json { self.cast(side, Type::Text, schema) } else { Ok(side) }
            };
            return self.call(function, vec![side(left)?, side(right)?]);
        }
        let operator = match operator {
            Comparison::Equal => Binary::Eq,
            Comparison::NotEqual => Binary::NotEq,
            Comparison::Less => Binary::Lt,
            Comparison::LessOrEqual => Binary::LtEq,
            Comparison::Greater => Binary::Gt,
            Comparison::GreaterOrEqual => Binary::GtEq,
        };
        let (left, right) = (self.expression(left, schema)?, self.expression(right, schema)?);
        Ok(Expr::BinaryExpr(BinaryExpr::new(Box::new(left), operator, Box::new(right))))
    }

    fn matches(&self, matcher: &TextMatcher, value: &Expression, schema: &DFSchema) -> Result<Expr> {
        let value = self.texts(value, schema)?;
        self.with_constants(TEXT_MATCH, vec![value], &text_match_arguments(matcher), schema)
    }

    fn member(&self, members: &Members, value: &Expression, schema: &DFSchema) -> Result<Expr> {
        let value = match members {
            Members::Texts { .. } => self.texts(value, schema)?,
            Members::Values { .. } => self.expression(value, schema)?,
        };
        self.with_constants(MEMBER, vec![value], &member_arguments(members), schema)
    }

    /// A value as a text or a list of texts.
    fn texts(&self, value: &Expression, schema: &DFSchema) -> Result<Expr> {
        let value = self.expression(value, schema)?;
        match value.get_type(schema)? {
            found if matches!(waist_type(&found), Type::Text | Type::TextList) => Ok(value),
            DataType::List(_) => self.cast(value, Type::TextList, schema),
            _ => self.cast(value, Type::Text, schema),
        }
    }

    fn case(
        &self,
        arms: &[(Expression, Expression)],
        otherwise: Option<&Expression>,
        schema: &DFSchema,
    ) -> Result<Expr> {
        let arms = arms
            .iter()
            .map(|(when, then)| {
                Ok((Box::new(self.expression(when, schema)?), Box::new(self.expression(then, schema)?)))
            })
            .collect::<Result<Vec<_>>>()?;
        let otherwise = otherwise.map(|value| self.expression(value, schema)).transpose()?;
        Ok(Expr::Case(Case::new(None, arms, otherwise.map(Box::new))))
    }

    fn arithmetic(
        &self,
        operator: Arithmetic,
        left: &Expression,
        right: &Expression,
        schema: &DFSchema,
    ) -> Result<Expr> {
        let (left, right) = (self.expression(left, schema)?, self.expression(right, schema)?);
        let integers =
            left.get_type(schema)? == DataType::Int64 && right.get_type(schema)? == DataType::Int64;
        let binary = |operator| {
            Ok(Expr::BinaryExpr(BinaryExpr::new(Box::new(left.clone()), operator, Box::new(right.clone()))))
        };
        let function = match (operator, integers) {
            (Arithmetic::Add, false) => return binary(Binary::Plus),
            (Arithmetic::Subtract, false) => return binary(Binary::Minus),
            (Arithmetic::Multiply, false) => return binary(Binary::Multiply),
            (Arithmetic::Divide, false) => "double_divide",
            (Arithmetic::Modulo, false) => "double_modulo",
            (Arithmetic::Add, true) => "integer_add",
            (Arithmetic::Subtract, true) => "integer_subtract",
            (Arithmetic::Multiply, true) => "integer_multiply",
            (Arithmetic::Divide, true) => "integer_divide",
            (Arithmetic::Modulo, true) => "integer_modulo",
        };
        self.call(function, vec![left, right])
    }
}

/// Operands under one operator, in order, as a tree of the least height: whoever walks it recurses.
fn balanced(mut items: Vec<Expr>, operator: Binary) -> Option<Expr> {
    if items.len() < 2 {
        return items.pop();
    }
    let right = balanced(items.split_off(items.len().div_ceil(2)), operator)?;
    let left = balanced(items, operator)?;
    Some(Expr::BinaryExpr(BinaryExpr::new(Box::new(left), operator, Box::new(right))))
}
