//! `selfjoin`: rows put together with other rows that have the same values (Splunk search reference,
//! selfjoin). A group becomes one row: published runs of the command show that the earlier row's values
//! stand where both have one, which is the 'other' result that overwrites the later.

use quarry_plan::{AggregateCall, ColumnName, Comparison, Expression, SortKey, Type};

use super::super::arguments::{General, missing};
use super::super::build;
use super::super::context::{Column, Context};
use super::super::rows::{running, subsearch};
use crate::registry::{AnyOf, CommandRow, Needs, OptionRow};
use crate::tree::Command;

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "selfjoin",
    "selfjoin <options> <fields>",
    "Makes one row of those with the same values.",
    "a",
    lower,
)
.needs(Needs::Arguments)
.with_options(&[OVERWRITE, MOST, KEEP_SINGLE])
.taking_any(AnyOf::Words)];

const OVERWRITE: OptionRow =
    OptionRow::flag("overwrite", true, "Whether values of later rows replace those of earlier ones.");
const MOST: OptionRow = OptionRow::count("max", "1", "How many other rows a row is joined with; 0 is all.");
const KEEP_SINGLE: OptionRow = OptionRow::flag("keepsingle", false, "Whether rows without another stay.");

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let overwrite = arguments.options.flag(&OVERWRITE);
    let keeps_single = arguments.options.flag(&KEEP_SINGLE);
    let most = arguments.options.count(&MOST).unwrap_or_default();
    let words = arguments.words(context);
    arguments.finish(context);
    if words.is_empty() {
        return missing(context, command, "a field to join on");
    }
    if subsearch::needs_known_fields(context, &command.name, command.span) {
        return;
    }
    let span = command.span;
    let mut keys = Vec::new();
    for word in words {
        let value = context.field(&word.text, word.span);
        let value = if context.type_of(&value) == Type::Null { value.cast(Type::Text) } else { value };
        context.filter(build::is_present(value.clone()));
        keys.push((ColumnName::from(&word.text), value));
    }
    if most > 0 {
        context.deduplicate(keys.iter().map(|(_, value)| value.clone()).collect(), most + 1);
    }
    let number = running::row_number(context);
    let order = vec![SortKey::new(Expression::column(&number, span), !overwrite)];
    let visible = context.visible();
    let mut calls: Vec<(ColumnName, AggregateCall)> = Vec::new();
    for column in
        visible.iter().filter(|column| !column.empty && keys.iter().all(|(key, _)| *key != column.name))
    {
        let value = Expression::column(&column.name, span);
        let call = AggregateCall {
            function: "first".to_owned(),
            arguments: vec![value.clone()],
            filter: Some(build::is_present(value)),
            order: order.clone(),
            result: column.data_type,
        };
        calls.push((column.name.clone(), call));
    }
    let (place, count) = (context.fresh_name("place"), context.fresh_name("count"));
    let call = |function: &str, arguments, result| AggregateCall {
        function: function.to_owned(),
        arguments,
        filter: None,
        order: Vec::new(),
        result,
    };
    calls.push((place.clone(), call("min", vec![Expression::column(&number, span)], Type::Double)));
    calls.push((count.clone(), call("count", Vec::new(), Type::Integer)));
    context.aggregate(keys, calls);
    if !keeps_single {
        let several = Expression::column(&count, span).cast(Type::Double);
        context.filter(build::compare(Comparison::Greater, several, build::number(1.0, span), span));
    }
    context.sort(vec![SortKey::new(Expression::column(&place, span), false)]);
    let kept = |column: &Column| column.name == place;
    let hidden: Vec<Column> = context.columns().iter().filter(|column| kept(column)).cloned().collect();
    context.close(visible.into_iter().chain(hidden).collect(), false);
}
