//! Values that depend on the rows before: numbers of rows, counts so far.

use quarry_plan::{AggregateCall, ColumnName, Comparison, Expression, Frame, Type, WindowCall};

use super::super::build;
use super::super::context::{Context, convert};

/// A window column over the rows so far; gives its hidden name.
pub(crate) fn over(
    context: &mut Context<'_>,
    function: &str,
    value: Expression,
    result: Type,
    frame: Frame,
) -> ColumnName {
    let name = context.fresh_name("running");
    let call = AggregateCall {
        function: function.to_owned(),
        arguments: vec![value],
        filter: None,
        order: context.order_keys(),
        result,
    };
    context.window(vec![(name.clone(), WindowCall { call, partition: Vec::new(), frame })]);
    name
}

/// A hidden column that numbers the rows as they come.
pub(crate) fn row_number(context: &mut Context<'_>) -> ColumnName {
    row_number_in(context, Vec::new())
}

/// The same for the rows of each partition.
pub(crate) fn row_number_in(context: &mut Context<'_>, partition: Vec<Expression>) -> ColumnName {
    let name = context.fresh_name("number");
    let call = AggregateCall {
        function: "row_number".to_owned(),
        arguments: Vec::new(),
        filter: None,
        order: context.order_keys(),
        result: Type::Double,
    };
    context.window(vec![(name.clone(), WindowCall { call, partition, frame: Frame::SO_FAR })]);
    name
}

/// How often a condition held so far.
pub(crate) fn counted(context: &mut Context<'_>, condition: Expression, frame: Frame) -> Expression {
    let span = context.span;
    let flag = context.fresh_name("flag");
    let one = build::case(vec![(condition, build::number(1.0, span))], Some(build::number(0.0, span)), span);
    context.assign(vec![(flag.clone(), one)]);
    let sum = over(context, "spl_sum", Expression::column(&flag, span), Type::Double, frame);
    build::coalesce(vec![Expression::column(sum, span), build::number(0.0, span)], span)
}

/// A number that grows by one wherever any of the fields differs from the row before.
pub(crate) fn changes(context: &mut Context<'_>, fields: &[String]) -> Option<Expression> {
    let span = context.span;
    let mut differs = Vec::new();
    for field in fields {
        let value = context.field(field, span);
        let have = context.type_of(&value);
        if have == Type::Null {
            continue;
        }
        let text =
            build::coalesce(vec![convert(value, have, Type::Text), Expression::text("\u{1}", span)], span);
        let helper = context.fresh_name("text");
        context.assign(vec![(helper.clone(), text)]);
        let frame = Frame::Rows { from: Some(1), to: 1 };
        let now = Expression::column(&helper, span);
        let before = over(context, "first", now.clone(), Type::Text, frame);
        let other = build::compare(Comparison::NotEqual, now, Expression::column(before, span), span);
        differs.push(build::coalesce(vec![other, build::boolean(false, span)], span));
    }
    (!differs.is_empty()).then(|| {
        let any = build::any(differs, span);
        counted(context, any, Frame::SO_FAR)
    })
}
