//! `streamstats`: aggregates of the rows up to each row, in the order in which they come.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{ColumnName, Expression, ExpressionKind, Frame, SortKey, Type};

use super::super::aggregation::grouping;
use super::super::arguments::{bad_value, not_understood};
use super::super::context::{Context, TIME};
use super::super::options::Options;
use super::super::rows::running;
use super::super::{codes, expression, time};
use crate::registry::{CommandRow, Grammar, OptionRow};
use crate::tree::{Arguments, Command, EvalExpression, OptionValue, Stats};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "streamstats",
    "streamstats <options> <aggregations> [BY <fields>]",
    "Adds aggregates of the rows so far.",
    "count by a",
    lower,
)
.grammar(Grammar::Stats)
.with_options(OPTIONS)];

const CURRENT: OptionRow = OptionRow::flag("current", true, "Whether the row itself counts.");
const WINDOW: OptionRow = OptionRow::count("window", "0", "How many rows count; 0 is all.");
const GLOBAL: OptionRow =
    OptionRow::flag("global", true, "Whether the window counts rows of all groups, or of the row's alone.");
const TIME_WINDOW: OptionRow = OptionRow::text("time_window", "span", "", "How far back rows count.");
const ON_CHANGE: OptionRow = OptionRow::flag(
    "reset_on_change",
    false,
    "Whether counting starts anew where a field of the group changes.",
);
const BEFORE: OptionRow =
    OptionRow::condition("reset_before", "What starts counting anew, from this row on.");
const AFTER: OptionRow =
    OptionRow::condition("reset_after", "What starts counting anew, from the next row on.");
const OPTIONS: &[OptionRow] = &[
    CURRENT,
    WINDOW,
    GLOBAL,
    TIME_WINDOW,
    ON_CHANGE,
    BEFORE,
    AFTER,
    OptionRow::only_false("allnum", "Values that are no numbers are left out, not whole fields."),
];

/// What the options say.
struct Settings {
    current: bool,
    window: usize,
    global: bool,
    time_window: Option<f64>,
    on_change: bool,
    before: Option<EvalExpression>,
    after: Option<EvalExpression>,
}

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Stats(stats) = &command.arguments else { return not_understood(context, command) };
    // Options may also stand after the fields of BY.
    let options = Options::read(context, command, stats.all_options());
    let Some(settings) = Settings::new(context, &options) else { return };
    let mut extra = resets(context, stats, &settings);
    let mut stats = Stats { options: Vec::new(), ..stats.clone() };
    stats.by.iter_mut().for_each(|by| by.options.clear());
    let (frame, order) = if let Some(seconds) = settings.time_window {
        if !settings.current {
            let message = "`current=f` with `time_window` is not supported yet";
            let help = "leave `current=f` out and take the row off: `sum(x)` less `x`, `count` less 1";
            context.report(Diagnostic::error(codes::UNKNOWN_OPTION, message, command.span).with_help(help));
            return;
        }
        // The rows before are the newer ones where the newest come first.
        let descending = newest_first(context);
        let name = context.fresh_name("seconds");
        let value = context.time(command.span).cast(Type::Double);
        context.assign(vec![(name.clone(), value)]);
        let key = SortKey { descending, ..ascending(&name, context) };
        (Frame::Near { from: seconds, to: 0.0 }, Some(vec![key]))
    } else if settings.window > 0 && settings.global && !stats.by.is_empty() {
        // The window counts all rows, whatever their group.
        let number = running::row_number(context);
        #[allow(clippy::cast_precision_loss)] // numbers of rows
        let rows = settings.window as f64;
        let near = if settings.current {
            Frame::Near { from: rows - 1.0, to: 0.0 }
        } else {
            Frame::Near { from: rows, to: 1.0 }
        };
        (near, Some(vec![ascending(&number, context)]))
    } else if settings.current {
        (Frame::Rows { from: settings.window.checked_sub(1), to: 0 }, None)
    } else {
        (Frame::Rows { from: Some(settings.window).filter(|rows| *rows > 0), to: 1 }, None)
    };
    stats.options.clear();
    grouping::beside(context, &stats, frame, order, std::mem::take(&mut extra));
}

impl Settings {
    fn new(context: &mut Context<'_>, options: &Options<'_>) -> Option<Self> {
        let time_window = match options.word(&TIME_WINDOW) {
            None => None,
            Some(word) => {
                let seconds = time::span_seconds(&word.text);
                if seconds.is_none() {
                    bad_value(context, TIME_WINDOW.name, word, "a length of time such as `5m`");
                    return None;
                }
                seconds
            }
        };
        let condition = |option| match options.item(option).map(|item| &item.value) {
            Some(OptionValue::Expression(value)) => Some(value.clone()),
            _ => None,
        };
        Some(Self {
            current: options.flag(&CURRENT),
            window: options.count(&WINDOW).unwrap_or_default(),
            global: options.flag(&GLOBAL),
            time_window,
            on_change: options.flag(&ON_CHANGE),
            before: condition(&BEFORE),
            after: condition(&AFTER),
        })
    }
}

/// Whether the rows come in descending order of their time.
fn newest_first(context: &mut Context<'_>) -> bool {
    let is_time = |key: &SortKey| matches!(&key.value.kind, ExpressionKind::Column(name) if name == TIME);
    context.order_keys().first().is_some_and(|key| is_time(key) && key.descending)
}

fn ascending(name: &ColumnName, context: &Context<'_>) -> SortKey {
    SortKey::new(Expression::column(name, context.span), false)
}

/// Partition keys that change wherever the count starts anew.
fn resets(context: &mut Context<'_>, stats: &Stats, settings: &Settings) -> Vec<Expression> {
    let mut keys = Vec::new();
    if settings.on_change {
        let fields: Vec<String> = stats.by.iter().map(|by| by.field.text.clone()).collect();
        keys.extend(running::changes(context, &fields));
    }
    for (condition, frame) in
        [(&settings.before, Frame::SO_FAR), (&settings.after, Frame::Rows { from: None, to: 1 })]
    {
        if let Some(condition) = condition {
            let found = expression::condition(context, condition);
            keys.push(running::counted(context, found, frame));
        }
    }
    keys
}
