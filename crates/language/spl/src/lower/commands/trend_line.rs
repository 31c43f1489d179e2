//! `trendline`: moving averages over the rows before.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{
    AggregateCall, Arithmetic, ColumnName, Comparison, Expression, ExpressionKind, Frame, Type, WindowCall,
};

use super::super::arguments::{General, missing};
use super::super::context::Context;
use super::super::rows::running;
use super::super::{build, codes};
use crate::registry::{CommandRow, Grammar, Needs};
use crate::tree::{Command, Item, Word};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new("trendline", "trendline sma<n>(<field>) | wma<n>(<field>) | ema<n>(<field>) [AS <new>] ...", "Adds a moving average over the last rows, or an exponential one that the first value begins; where fewer rows stand before there is none.", "sma2(n) AS m", lower).grammar(Grammar::Calls).needs(Needs::Arguments),
];

/// Fewest and most rows of an average (Splunk search reference, trendline).
const PERIODS: std::ops::RangeInclusive<usize> = 2..=10_000;

/// How the rows of an average count.
#[derive(Clone, Copy)]
enum Kind {
    /// All alike.
    Simple,
    /// The newest most, each older one less by one part.
    Weighted,
    /// All before count through the average of the row before.
    Exponential,
}

/// `sma5(price) AS trend`.
struct Trend<'c> {
    kind: Kind,
    period: usize,
    field: &'c Word,
    name: String,
}

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let items = std::mem::take(&mut arguments.items);
    arguments.finish(context);
    let Some(trends) = read(context, command, &items) else { return };
    if trends.is_empty() {
        return missing(context, command, "an average such as `sma5(price) AS trend`");
    }
    let number = running::row_number(context);
    let mut columns = Vec::new();
    for trend in trends {
        columns.extend(add(context, &trend, &number));
    }
    context.assign(columns);
}

fn read<'c>(context: &mut Context<'_>, command: &Command, items: &[&'c Item]) -> Option<Vec<Trend<'c>>> {
    let mut found: Vec<Trend<'c>> = Vec::new();
    let mut items = items.iter();
    while let Some(item) = items.next() {
        match item {
            Item::Call { name, arguments, .. } => {
                let [field] = arguments.as_slice() else {
                    missing(context, command, "one field for each average");
                    return None;
                };
                let (kind, period) = kind_of(context, name)?;
                let name = format!("{}({})", name.text, field.text);
                found.push(Trend { kind, period, field, name });
            }
            Item::Word(word) if word.is_keyword("as") => match (items.next(), found.last_mut()) {
                (Some(Item::Word(new)), Some(trend)) => trend.name.clone_from(&new.text),
                _ => {
                    missing(context, command, "a name after AS");
                    return None;
                }
            },
            _ => {
                missing(context, command, "averages such as `sma5(price) AS trend`");
                return None;
            }
        }
    }
    Some(found)
}

/// `sma5`: which average, over how many rows.
fn kind_of(context: &mut Context<'_>, name: &Word) -> Option<(Kind, usize)> {
    let text = name.text.to_lowercase();
    let (kind, period) = text.split_at(text.find(|digit: char| digit.is_ascii_digit()).unwrap_or(text.len()));
    let kind = match kind {
        "sma" => Some(Kind::Simple),
        "wma" => Some(Kind::Weighted),
        "ema" => Some(Kind::Exponential),
        _ => None,
    };
    let period = period.parse::<usize>().ok().filter(|period| PERIODS.contains(period));
    if kind.is_none() || period.is_none() {
        let message = format!("`{}` is no average", name.text);
        let found = Diagnostic::error(codes::BAD_ARGUMENT, message, name.span).with_help(
            "the averages are `sma`, `wma` and `ema` with a number of rows from 2 to 10000, as in `sma5`",
        );
        context.report(found);
    }
    kind.zip(period)
}

/// The average at each row; none where fewer rows stand before it.
fn add(
    context: &mut Context<'_>,
    trend: &Trend<'_>,
    number: &ColumnName,
) -> Option<(ColumnName, Expression)> {
    let span = context.span;
    let value = context.field(&trend.field.text, trend.field.span);
    if context.type_of(&value) == Type::Null {
        return None;
    }
    let value = build::call("sort_number", vec![value], Type::Double, span);
    let average = match trend.kind {
        Kind::Simple => {
            let frame = Frame::Rows { from: Some(trend.period - 1), to: 0 };
            Expression::column(running::over(context, "avg", value, Type::Double, frame), span)
        }
        Kind::Weighted => weighted(context, &value, trend.period, number),
        Kind::Exponential => exponential(context, value, trend.period),
    };
    #[allow(clippy::cast_precision_loss)] // a number of rows
    let rows = build::number(trend.period as f64, span);
    let enough = build::compare(Comparison::GreaterOrEqual, Expression::column(number, span), rows, span);
    Some((trend.name.clone().into(), build::case(vec![(enough, average)], None, span)))
}

/// With rows numbered, the newest of `n` rows counts `n` times: the sum of number times value, less the
/// sum of values times the number of the row before the first.
fn weighted(context: &mut Context<'_>, value: &Expression, period: usize, number: &ColumnName) -> Expression {
    let span = context.span;
    let number = Expression::column(number, span);
    let frame = Frame::Rows { from: Some(period - 1), to: 0 };
    let product = by(Arithmetic::Multiply, value.clone(), number.clone());
    let products = running::over(context, "sum", product, Type::Double, frame);
    let values = running::over(context, "sum", value.clone(), Type::Double, frame);
    #[allow(clippy::cast_precision_loss)] // a number of rows
    let rows = period as f64;
    let before = by(Arithmetic::Subtract, number, build::number(rows, span));
    let less = by(Arithmetic::Multiply, before, Expression::column(values, span));
    let total = by(Arithmetic::Subtract, Expression::column(products, span), less);
    by(Arithmetic::Divide, total, build::number(rows * (rows + 1.0) / 2.0, span))
}

/// What the manual leaves open: the first value begins the average, and as of the others it is shown where
/// enough rows stand before.
fn exponential(context: &mut Context<'_>, value: Expression, period: usize) -> Expression {
    let span = context.span;
    #[allow(clippy::cast_precision_loss)] // a number of rows
    let arguments = vec![value, build::number(period as f64, span)];
    let call = AggregateCall {
        function: "spl_exponential_average".to_owned(),
        arguments,
        filter: None,
        order: context.order_keys(),
        result: Type::Double,
    };
    let name = context.fresh_name("average");
    context.window(vec![(name.clone(), WindowCall { call, partition: Vec::new(), frame: Frame::SO_FAR })]);
    Expression::column(name, span)
}

fn by(operator: Arithmetic, left: Expression, right: Expression) -> Expression {
    let span = left.span;
    let kind = ExpressionKind::Arithmetic { operator, left: Box::new(left), right: Box::new(right) };
    Expression::new(kind, span)
}
