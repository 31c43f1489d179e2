//! `transaction`: events that belong together become one.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{
    AggregateCall, Arithmetic, ColumnName, Comparison, Expression, ExpressionKind, Frame, SortKey, Type,
    Value, WindowCall,
};

use super::super::arguments::{General, bad_value, names};
use super::super::context::{Context, Gone, Listed, RAW, TIME};
use super::super::rows::running;
use super::super::{build, codes, expression, search, time};
use crate::registry::{AnyOf, CommandRow, OptionRow, truth};
use crate::tree::{Command, OptionItem, OptionValue, Word};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new("transaction", "transaction <fields> <options>", "Joins events to groups in time. With `keeporphans` events that have none of the fields pass, marked by `_txn_orphan`.", "a", lower).with_options(OPTIONS).taking_any(AnyOf::Words),
];

const MOST_SECONDS: OptionRow =
    OptionRow::text("maxspan", "span", "-1", "How long a transaction lasts at most; -1 is no limit.");
const MOST_PAUSE: OptionRow = OptionRow::text(
    "maxpause",
    "span",
    "-1",
    "How long the pause between two events is at most; -1 is no limit.",
);
const MOST_EVENTS: OptionRow =
    OptionRow::count("maxevents", "1000", "How many events a transaction has at most.");
const STARTS: OptionRow = OptionRow::search("startswith", "What the first event fulfils.");
const ENDS: OptionRow = OptionRow::search("endswith", "What the last event fulfils.");
const CONNECTED: OptionRow =
    OptionRow::flag("connected", true, "Whether an event that has none of the fields opens no transaction.");
const KEEP_EVICTED: OptionRow =
    OptionRow::flag("keepevicted", false, "Whether transactions that are not whole are kept.");
const KEEP_ORPHANS: OptionRow =
    OptionRow::flag("keeporphans", false, "Whether events of no transaction pass, marked by `_txn_orphan`.");
const LISTS: OptionRow =
    OptionRow::text("mvlist", "fields", "f", "Whether fields, or which of them, keep all values in order.");
const RAW_APART: OptionRow =
    OptionRow::flag("mvraw", false, "Whether the texts of events stay apart, not joined by lines.");
const MISSING: OptionRow =
    OptionRow::text("nullstr", "text", "NULL", "What stands for a missing value in such a list.");
const FIELDS: OptionRow = OptionRow::text("fields", "fields", "", "The fields, with commas; as the words.");
const MEMORY: &str = "no transaction is given up for lack of memory";
const OPTIONS: &[OptionRow] = &[
    MOST_SECONDS,
    MOST_PAUSE,
    MOST_EVENTS,
    STARTS,
    ENDS,
    CONNECTED,
    KEEP_EVICTED,
    KEEP_ORPHANS,
    LISTS,
    MISSING,
    FIELDS,
    OptionRow::ignored("delim", "values of a transaction stay apart"),
    RAW_APART,
    OptionRow::only_true("unifyends", "The ends count among the values of the fields."),
    OptionRow::ignored("maxopentxn", MEMORY),
    OptionRow::ignored("maxopenevents", MEMORY),
];

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let options = std::mem::take(&mut arguments.options);
    let spans = [MOST_SECONDS, MOST_PAUSE]
        .map(|option| options.word(&option).and_then(|word| length(context, option.name, word)));
    let [starts, ends] =
        [STARTS, ENDS].map(|option| options.item(&option).and_then(|item| condition(context, item)));
    let mut words = arguments.words(context);
    arguments.finish(context);
    let listed_fields: Vec<Word> = options.word(&FIELDS).map(parts).unwrap_or_default();
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
    let most =
        options.count(&MOST_EVENTS).and_then(|most| u32::try_from(most).ok()).map_or(f64::MAX, f64::from);
    let mut call = vec![
        context.field(TIME, span).cast(Type::Double),
        flag(&starts),
        flag(&ends),
        number(spans[0]),
        number(spans[1]),
        build::number(most, span),
        build::boolean(options.flag(&CONNECTED), span),
        build::number(kinds, span),
    ];
    for (name, at) in &fields {
        let value = context.field(name, *at);
        let have = context.type_of(&value);
        call.push(if have == Type::Null { value.cast(Type::Text) } else { value });
    }
    let limited = spans.iter().any(Option::is_some) || options.word(&MOST_EVENTS).is_some();
    let kept = Kept {
        evicted: options.flag(&KEEP_EVICTED),
        orphans: options.flag(&KEEP_ORPHANS),
        closes: limited || starts.is_some() || ends.is_some(),
    };
    let lists = listed(options.word(&LISTS), options.text(&MISSING).to_owned());
    gather(context, call, kept, Listed { raw_apart: options.flag(&RAW_APART), ..lists });
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
            context.report(
                Diagnostic::error(codes::BAD_ARGUMENT, message, span)
                    .with_help("write the condition itself: `startswith=(name=\"Login\")`"),
            );
            return None;
        }
    };
    Some(build::coalesce(vec![found, build::boolean(false, span)], span))
}

/// `mvlist`: true, false, or the fields it is about.
fn listed(word: Option<&Word>, missing: String) -> Listed {
    let Some(word) = word else { return Listed { missing, ..Listed::default() } };
    if let Some(all) = truth(&word.text) {
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
