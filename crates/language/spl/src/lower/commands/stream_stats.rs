//! `streamstats`: aggregates of the rows up to each row, in the order in which they come.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{ColumnName, Expression, ExpressionKind, Frame, SortKey, Type};

use super::super::aggregation::grouping;
use super::super::arguments::{not_understood, truth};
use super::super::context::{Context, TIME};
use super::super::rows::running;
use super::super::{codes, expression, time};
use crate::registry::{CommandRow, Grammar};
use crate::tree::{Arguments, Command, EvalExpression, OptionItem, OptionValue, Stats};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "streamstats",
    "streamstats [current=t] [window=0] <aggregations> [BY <fields>]",
    "Adds aggregates of the rows so far.",
    "count by a",
    lower,
)
.grammar(Grammar::Stats)];

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
    let mut settings = Settings {
        current: true,
        window: 0,
        global: true,
        time_window: None,
        on_change: false,
        before: None,
        after: None,
    };
    // Options may also stand after the fields of BY.
    for option in stats.options.iter().chain(stats.by.iter().flat_map(|by| &by.options)) {
        if !settings.set(option) {
            let message = format!("`streamstats` has no option `{}` with this value", option.name.text);
            context.report(Diagnostic::error(codes::UNKNOWN_OPTION, message, option.span));
            return;
        }
    }
    let mut extra = resets(context, stats, &settings);
    let mut stats = Stats { options: Vec::new(), ..stats.clone() };
    stats.by.iter_mut().for_each(|by| by.options.clear());
    let (frame, order) = if let Some(seconds) = settings.time_window {
        if !settings.current {
            let message = "`current=f` with `time_window` is not supported yet";
            context.report(Diagnostic::error(codes::UNKNOWN_OPTION, message, command.span));
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
    /// Takes an option; false if it is not known.
    fn set(&mut self, option: &OptionItem) -> bool {
        let name = option.name.text.to_lowercase();
        match (&option.value, name.as_str()) {
            (OptionValue::Expression(value), "reset_before") => self.before = Some(value.clone()),
            (OptionValue::Expression(value), "reset_after") => self.after = Some(value.clone()),
            (OptionValue::Word(word), _) => {
                let text = word.text.to_lowercase();
                let truth = truth(word);
                match (name.as_str(), truth) {
                    ("current", Some(truth)) => self.current = truth,
                    ("global", Some(truth)) => self.global = truth,
                    ("reset_on_change", Some(truth)) => self.on_change = truth,
                    ("allnum", Some(truth)) => return !truth,
                    ("window", _) => match text.parse() {
                        Ok(rows) => self.window = rows,
                        Err(_) => return false,
                    },
                    ("time_window", _) => match time::span_seconds(&text) {
                        Some(seconds) => self.time_window = Some(seconds),
                        None => return false,
                    },
                    _ => return false,
                }
            }
            _ => return false,
        }
        true
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
