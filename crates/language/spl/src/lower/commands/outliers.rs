//! `outlier` and `anomalydetection`: rows whose values are far from the others.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{
    AggregateCall, Arithmetic, ColumnName, Comparison, Expression, ExpressionKind, Frame, Type, WindowCall,
};

use super::super::arguments::{General, names};
use super::super::context::Context;
use super::super::{build, codes};
use crate::registry::{AnyOf, CommandRow, OptionRow};
use crate::tree::{Command, Word};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "anomalydetection",
        "anomalydetection <options> [<fields>]",
        "Keeps the rows whose values together are improbable.",
        "n",
        lower_anomalies,
    )
    .with_options(ANOMALIES)
    .taking_any(AnyOf::Words),
    CommandRow::new(
        "outlier",
        "outlier <options> [<fields>]",
        "Takes away numbers that are far from the others.",
        "n",
        lower_outlier,
    )
    .with_options(OUTLIER)
    .taking_any(AnyOf::Words),
];

const FAR: OptionRow = OptionRow::choice(
    "action",
    &["tf", "transform", "rm", "remove"],
    "tf",
    "Whether a number that is far off is cut down to the bound, or taken away (`rm`, `remove`).",
);
const RANGES: OptionRow = OptionRow::number(
    "param",
    "2.5",
    "How many interquartile ranges above the third quartile, or below the first, the bound lies.",
);
const LOWER: OptionRow =
    OptionRow::flag("uselower", false, "Whether numbers that are too small are far off too.");
const MARK: OptionRow =
    OptionRow::flag("mark", false, "Whether `000` stands before a number that was cut down.");
const OUTLIER: &[OptionRow] = &[
    FAR,
    RANGES,
    LOWER,
    MARK,
    OptionRow::only("type", &["iqr"], "Distances are by quartiles."),
    OptionRow::only("method", &["iqr"], "Distances are by quartiles."),
];
const METHOD: OptionRow = OptionRow::choice(
    "method",
    &["histogram", "iqr"],
    "histogram",
    "How rows are judged: all values together, or as `outlier` does it.",
);
const IMPROBABLE: OptionRow = OptionRow::choice(
    "action",
    &["filter", "annotate", "tf", "transform", "rm", "remove"],
    "",
    "Whether improbable rows are kept alone or marked; with `method=iqr` what `outlier` does.",
);
const BY_QUARTILES: &str = "rows are compared by quartiles of their probability";
const ANOMALIES: &[OptionRow] = &[
    METHOD,
    IMPROBABLE,
    RANGES,
    LOWER,
    MARK,
    OptionRow::only("type", &["iqr"], "Distances are by quartiles."),
    OptionRow::ignored("cutoff", BY_QUARTILES),
    OptionRow::ignored("pthresh", BY_QUARTILES),
];

/// Interquartile ranges beyond which a row is improbable (Splunk search reference, anomalydetection: method iqr).
const ROW_RANGES: f64 = 1.5;

fn arithmetic(operator: Arithmetic, left: Expression, right: Expression, span: Span) -> Expression {
    let kind = ExpressionKind::Arithmetic { operator, left: Box::new(left), right: Box::new(right) };
    Expression::new(kind, span)
}

/// A window column over all rows, or those of a partition; gives its hidden name.
fn whole(
    context: &mut Context<'_>,
    function: &str,
    arguments: Vec<Expression>,
    result: Type,
    partition: Vec<Expression>,
) -> ColumnName {
    let name = context.fresh_name("whole");
    let call =
        AggregateCall { function: function.to_owned(), arguments, filter: None, order: Vec::new(), result };
    context.window(vec![(name.clone(), WindowCall { call, partition, frame: Frame::Whole })]);
    name
}

/// The first quartile, the median, the third quartile and the distance between the outer two.
fn quartiles(context: &mut Context<'_>, value: &Expression) -> [Expression; 4] {
    let span = context.span;
    let found = [25.0, 50.0, 75.0].map(|rank| {
        let arguments = vec![value.clone(), build::number(rank, span)];
        let name = whole(context, "spl_percentile", arguments, Type::Double, Vec::new());
        Expression::column(name, span)
    });
    let [low, middle, high] = found;
    let distance = arithmetic(Arithmetic::Subtract, high.clone(), low.clone(), span);
    [low, middle, high, distance]
}

/// The fields asked for, or all that do not begin with `_`.
fn fields(context: &mut Context<'_>, words: Vec<&Word>) -> Vec<String> {
    if words.is_empty() {
        return context.field_names();
    }
    names(context, words).into_iter().map(|(name, _)| name).collect()
}

pub(super) fn lower_outlier(context: &mut Context<'_>, command: &Command) {
    let arguments = General::new(context, command);
    let action = arguments.options.choice(&FAR).unwrap_or(FAR.default);
    cut(context, command, arguments, action);
}

fn cut(context: &mut Context<'_>, command: &Command, mut arguments: General<'_>, action: &str) {
    let ranges = arguments.options.number(&RANGES).unwrap_or_default();
    let below = arguments.options.flag(&LOWER);
    let mark = arguments.options.flag(&MARK);
    let words = arguments.words(context);
    arguments.finish(context);
    let span = command.span;
    let fields = fields(context, words);
    for name in fields {
        let value = context.field(&name, span);
        if matches!(context.type_of(&value), Type::Null | Type::TextList) {
            continue;
        }
        let number = build::call("sort_number", vec![value.clone()], Type::Double, span);
        let [low, _, high, distance] = quartiles(context, &number);
        let far = arithmetic(Arithmetic::Multiply, distance, build::number(ranges, span), span);
        let most = arithmetic(Arithmetic::Add, high, far.clone(), span);
        let least = arithmetic(Arithmetic::Subtract, low, far, span);
        let above = build::compare(Comparison::Greater, number.clone(), most.clone(), span);
        let under = build::compare(Comparison::Less, number, least.clone(), span);
        let outside =
            if below { build::any(vec![above.clone(), under.clone()], span) } else { above.clone() };
        if ["rm", "remove"].contains(&action) {
            context.filter(build::coalesce(vec![outside, build::boolean(false, span)], span).negate());
            continue;
        }
        let shown = |bound: Expression| {
            let text = bound.cast(Type::Text);
            if mark {
                build::call("concat", vec![Expression::text("000", span), text], Type::Text, span)
            } else {
                text
            }
        };
        let mut arms = vec![(above, shown(most))];
        if below {
            arms.push((under, shown(least)));
        }
        let have = context.type_of(&value);
        let text = super::super::context::convert(value, have, Type::Text);
        context.assign(vec![(name, build::case(arms, Some(text), span))]);
    }
}

/// How improbable each row is: the product of how often its values occur. Rows far below the others
/// are anomalies.
pub(super) fn lower_anomalies(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let by_quartiles = arguments.options.choice(&METHOD) == Some("iqr");
    let (allowed, default): (&[&str], _) = if by_quartiles {
        (&["tf", "transform", "rm", "remove"], "tf")
    } else {
        (&["filter", "annotate"], "filter")
    };
    let action = arguments.options.choice(&IMPROBABLE).unwrap_or(default);
    if !allowed.contains(&action) {
        let word = arguments.options.word(&IMPROBABLE);
        let message = format!("`action` takes one of {} with this method", allowed.join(", "));
        let span = word.map_or(command.span, |word| word.span);
        return context.report(
            Diagnostic::error(codes::BAD_ARGUMENT, message, span)
                .with_help(format!("write `action={default}`, or leave it out")),
        );
    }
    if by_quartiles {
        return cut(context, command, arguments, action);
    }
    let words = arguments.words(context);
    arguments.finish(context);
    let span = command.span;
    let fields = fields(context, words);
    let all = whole(context, "count", Vec::new(), Type::Integer, Vec::new());
    let all = Expression::column(all, span).cast(Type::Double);
    let mut shares = Vec::new();
    for name in fields {
        let value = context.field(&name, span);
        if context.type_of(&value) == Type::Null {
            continue;
        }
        let same = whole(context, "count", Vec::new(), Type::Integer, vec![value]);
        let share = arithmetic(
            Arithmetic::Divide,
            Expression::column(same, span).cast(Type::Double),
            all.clone(),
            span,
        );
        let helper = context.fresh_name("share");
        context.assign(vec![(helper.clone(), share)]);
        shares.push((name, helper));
    }
    if shares.is_empty() {
        return;
    }
    let column = |name: &ColumnName| Expression::column(name, span);
    let logs = shares.iter().map(|(_, share)| build::call("ln", vec![column(share)], Type::Double, span));
    let sum = logs.reduce(|left, right| arithmetic(Arithmetic::Add, left, right, span));
    let least =
        build::call("min", shares.iter().map(|(_, share)| column(share)).collect(), Type::Double, span);
    let most =
        build::call("max", shares.iter().map(|(_, share)| column(share)).collect(), Type::Double, span);
    let (probability, lowest) = (context.fresh_name("probability"), context.fresh_name("lowest"));
    context.assign(vec![
        (probability.clone(), sum.unwrap_or_else(|| build::number(0.0, span))),
        (lowest.clone(), least),
    ]);
    let [low, _, _, distance] = quartiles(context, &column(&probability));
    let far = arithmetic(Arithmetic::Multiply, distance, build::number(ROW_RANGES, span), span);
    let bound = arithmetic(Arithmetic::Subtract, low, far, span);
    let strange = build::compare(Comparison::Less, column(&probability), bound, span);
    let strange = build::coalesce(vec![strange, build::boolean(false, span)], span);
    let cause = shares.iter().map(|(name, share)| {
        let is_lowest = build::compare(Comparison::LessOrEqual, column(share), column(&lowest), span);
        (build::all(vec![strange.clone(), is_lowest], span), Expression::text(name, span))
    });
    let cause = build::case(cause.collect(), None, span);
    let only = |value: Expression| build::case(vec![(strange.clone(), value)], None, span);
    let added = vec![
        ("log_event_prob".to_owned(), column(&probability)),
        ("max_freq".to_owned(), most),
        ("probable_cause".to_owned(), cause),
        ("probable_cause_freq".to_owned(), only(column(&lowest))),
    ];
    if action == "filter" {
        context.filter(strange);
    }
    context.assign(added);
    let mut helpers: Vec<ColumnName> = shares.into_iter().map(|(_, share)| share).collect();
    helpers.extend([probability, lowest]);
    context.hide(&helpers);
}
