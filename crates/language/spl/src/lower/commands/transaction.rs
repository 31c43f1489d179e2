//! `transaction`: events that belong together become one.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{
    AggregateCall, Arithmetic, ColumnName, Comparison, Expression, ExpressionKind, Frame, SortKey, Type,
    Value, WindowCall,
};

use super::super::arguments::{General, bad_value, names, truth};
use super::super::context::{Context, Gone, Listed, RAW, TIME};
use super::super::rows::running;
use super::super::{build, codes, expression, search, time};
use crate::registry::{AnyOf, CommandRow};
use crate::tree::{Command, OptionItem, OptionValue, Word};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new("transaction", "transaction <fields> [maxspan=<span>] [maxpause=<span>] [maxevents=1000] [startswith=<search>] [endswith=<search>] [connected=t] [keepevicted=f] [keeporphans=f] [mvlist=f] [mvraw=f] [nullstr=NULL]", "Joins events to groups in time. With `keeporphans` events that have none of the fields pass, marked by `_txn_orphan`.", "a", lower).taking_any(AnyOf::Words),
];

/// Events of a transaction where nothing is said.
const MOST_EVENTS: f64 = 1000.0;

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let most_events = arguments.count(context, "maxevents");
    let connected = arguments.flag(context, "connected", true);
    let keeps = arguments.flag(context, "keepevicted", false);
    let lists = arguments.option("mvlist");
    let missing = arguments.option("nullstr").map_or("NULL", |word| word.text.as_str()).to_owned();
    let listed_fields = arguments.option("fields");
    arguments.ignore(context, "delim", "values of a transaction stay apart");
    let orphans = arguments.flag(context, "keeporphans", false);
    let raw_apart = arguments.flag(context, "mvraw", false);
    arguments.only(context, "unifyends", &["t", "true", "1"]);
    for option in ["maxopentxn", "maxopenevents"] {
        arguments.ignore(context, option, "no transaction is given up for lack of memory");
    }
    let spans = ["maxspan", "maxpause"].map(|name| arguments.option(name).map(|word| (name, word)));
    let spans = spans.map(|found| found.and_then(|(name, word)| length(context, name, word)));
    let conditions = ["startswith", "endswith"];
    let all = arguments.all_options();
    let (mut starts, mut ends) = (None, None);
    for option in all {
        match conditions.iter().position(|name| option.name.text.eq_ignore_ascii_case(name)) {
            Some(0) => starts = condition(context, option),
            Some(_) => ends = condition(context, option),
            None => {
                let message = format!("`transaction` has no option `{}` that is supported", option.name.text);
                context.report(Diagnostic::error(codes::UNKNOWN_OPTION, message, option.span));
            }
        }
    }
    let mut words = arguments.words(context);
    arguments.finish(context);
    let listed_fields: Vec<Word> = listed_fields.map(parts).unwrap_or_default();
    words.extend(&listed_fields);
    let fields = names(context, words);
    let span = command.span;
    let number = |value: Option<f64>| {
        value.map_or(build::null(span).cast(Type::Double), |value| build::number(value, span))
    };
    let kinds = f64::from(u8::from(starts.is_some())) + 2.0 * f64::from(u8::from(ends.is_some()));
    context.read_time();
    let timeless = context.find(TIME).is_none_or(|column| column.empty) && !context.is_vague();
    if timeless {
        let message = "the rows have no `_time`: all count as of one moment";
        context.report(Diagnostic::note(codes::OPTION_IGNORED, message, span));
        context.assign(vec![(TIME, Expression::literal(Value::Timestamp(0), span))]);
    }
    context.find(RAW);
    let flag = |value: &Option<Expression>| value.clone().unwrap_or_else(|| build::boolean(false, span));
    let most = most_events.and_then(|most| u32::try_from(most).ok()).map_or(MOST_EVENTS, f64::from);
    let mut call = vec![
        context.field(TIME, span).cast(Type::Double),
        flag(&starts),
        flag(&ends),
        number(spans[0]),
        number(spans[1]),
        build::number(most, span),
        build::boolean(connected, span),
        build::number(kinds, span),
    ];
    for (name, at) in &fields {
        let value = context.field(name, *at);
        let have = context.type_of(&value);
        call.push(if have == Type::Null { value.cast(Type::Text) } else { value });
    }
    let limited = spans.iter().any(Option::is_some) || most_events.is_some();
    let closes = limited || starts.is_some() || ends.is_some();
    gather(context, call, Kept { evicted: keeps, orphans, closes }, Listed { raw_apart, ..listed(lists, missing) });
    if timeless {
        context.forget(TIME, Gone::Removed);
    }
}

/// The names in a text such as `a, b`.
fn parts(word: &Word) -> Vec<Word> {
    let names = word.text.split([',', ' ']).filter(|name| !name.is_empty());
    names.map(|name| Word { text: name.to_owned(), ..word.clone() }).collect()
}

/// A length of time in seconds; -1 and 0 are no limit.
fn length(context: &mut Context<'_>, name: &str, word: &Word) -> Option<f64> {
    if word.text.starts_with('-') {
        return None;
    }
    if let Ok(number) = word.text.parse::<f64>() {
        return Some(number);
    }
    let found = time::span_seconds(&word.text);
    if found.is_none() {
        bad_value(context, name, word, "a length such as `5m`");
    }
    found
}

/// A condition on events: a search, an eval expression, or a text to find.
fn condition(context: &mut Context<'_>, option: &OptionItem) -> Option<Expression> {
    let span = option.span;
    let found = match &option.value {
        OptionValue::Expression(value) => expression::condition(context, value),
        OptionValue::Search(found) => {
            search::lower(context, found).unwrap_or_else(|| build::boolean(true, span))
        }
        OptionValue::Word(word) => {
            let parsed = crate::parse(&word.text, &crate::Macros::default());
            let search = parsed.pipeline.commands.first().and_then(|command| match &command.arguments {
                crate::tree::Arguments::Search(Some(search)) => Some(search.clone()),
                _ => None,
            });
            let found = search.and_then(|search| search::lower(context, &search));
            found.unwrap_or_else(|| build::boolean(true, span))
        }
        OptionValue::Subsearch(_) => {
            let message = "a subsearch is no condition of `transaction`";
            context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, span));
            return None;
        }
    };
    Some(build::coalesce(vec![found, build::boolean(false, span)], span))
}

/// `mvlist`: true, false, or the fields it is about.
fn listed(word: Option<&Word>, missing: String) -> Listed {
    let Some(word) = word else { return Listed { missing, ..Listed::default() } };
    if let Some(all) = truth(word) {
        return Listed { all, missing, ..Listed::default() };
    }
    let names = word.text.split([',', ' ']).filter(|name| !name.is_empty()).map(str::to_owned);
    Listed { names: names.collect(), missing, ..Listed::default() }
}

/// What is kept besides whole transactions.
struct Kept {
    /// Those that were never whole.
    evicted: bool,
    /// Events of no transaction, as they are: those that have none of the fields.
    orphans: bool,
    /// Whether anything closes a transaction.
    closes: bool,
}

/// The numbers of events of no transaction lie below this.
const ORPHANS: f64 = -1e12;

/// One row a transaction: its fields are the distinct values of its events, or all of them.
///
/// Where nothing is said that would close a transaction all are put out, as open ones.
fn gather(context: &mut Context<'_>, arguments: Vec<Expression>, keep: Kept, listed: Listed) {
    let span = context.span;
    let number = context.fresh_name("transaction");
    let order = context.order_keys();
    let order =
        if order.is_empty() { vec![SortKey::new(Expression::column(TIME, span), true)] } else { order };
    let call = AggregateCall {
        function: "spl_transaction".to_owned(),
        arguments,
        filter: None,
        order,
        result: Type::Double,
    };
    context.window(vec![(number.clone(), WindowCall { call, partition: Vec::new(), frame: Frame::SO_FAR })]);
    let of_row = || Expression::column(&number, span);
    let above = |least: f64| build::compare(Comparison::Greater, of_row(), build::number(least, span), span);
    let mut kept = vec![if keep.evicted { build::is_present(of_row()) } else { above(0.0) }];
    if keep.orphans {
        kept.push(build::is_null(of_row()));
    }
    context.filter(build::any(kept, span));
    if keep.orphans {
        number_orphans(context, &number);
    }
    context.group_open(&number, listed);
    let closed = if keep.closes { "1" } else { "0" };
    let arms =
        vec![(above(0.0), Expression::text(closed, span)), (above(ORPHANS), Expression::text("0", span))];
    let mut added = vec![("closed_txn".to_owned(), build::case(arms, None, span))];
    if keep.orphans {
        let orphan = build::case(vec![(above(ORPHANS).negate(), Expression::text("1", span))], None, span);
        added.push(("_txn_orphan".to_owned(), orphan));
        for name in ["duration", "eventcount"] {
            let value = Expression::column(name, span);
            added.push((name.to_owned(), build::case(vec![(above(ORPHANS), value)], None, span)));
        }
    }
    context.assign(added);
    context.hide(&[number]);
}

/// Gives each event of no transaction a number of its own.
fn number_orphans(context: &mut Context<'_>, number: &ColumnName) {
    let span = context.span;
    let row = running::row_number(context);
    let kind = ExpressionKind::Arithmetic {
        operator: Arithmetic::Subtract,
        left: Box::new(build::number(ORPHANS, span)),
        right: Box::new(Expression::column(&row, span)),
    };
    let own = build::coalesce(vec![Expression::column(number, span), Expression::new(kind, span)], span);
    context.assign(vec![(number, own)]);
    context.hide(&[row]);
}
