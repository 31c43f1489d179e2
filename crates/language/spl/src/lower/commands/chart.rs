//! `chart` and `timechart`: aggregates in a table, a row for each value of one field and, with a second
//! field, a column for each of its values.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{AggregateCall, ColumnName, Comparison, Expression, Rows, SortKey, Type, Value};

use super::super::aggregation::{composed, grouping};
use super::super::arguments::{bad_value, not_understood};
use super::super::context::{Column, Context, TIME, convert};
use super::super::options::Options;
use super::super::rows::buckets::{self, Cover};
use super::super::{aggregation, build, codes, time};
use crate::registry::{CommandRow, Grammar, OptionRow};
use crate::tree::{Aggregation, Arguments, ByField, Command, Item, Stats, Word};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "chart",
        "chart <options> <aggregations> [OVER <field>] [BY <field> [<field>]]",
        "Aggregates to a table with one column a value of the second field.",
        "count by a",
        lower_chart,
    )
    .with_options(CHART)
    .grammar(Grammar::Chart),
    CommandRow::new(
        "timechart",
        "timechart <options> <aggregations> [BY <field>]",
        "Aggregates by steps of time, one column a value of the field.",
        "count by a",
        lower_timechart,
    )
    .with_options(TIMECHART)
    .grammar(Grammar::Chart),
];

const LIMIT: OptionRow =
    OptionRow::text("limit", "n", "10", "How many series are shown, `topN` or `bottomN`; 0 is all.");
const USE_OTHER: OptionRow = OptionRow::flag("useother", true, "Whether the other series are shown as one.");
const OTHER: OptionRow = OptionRow::text("otherstr", "text", "OTHER", "Its name.");
const USE_NULL: OptionRow = OptionRow::flag("usenull", true, "Whether rows without a value are a series.");
const NULL: OptionRow = OptionRow::text("nullstr", "text", "NULL", "Its name.");
const SEPARATOR: OptionRow = OptionRow::text(
    "sep",
    "text",
    ": ",
    "What stands between aggregate and series in names of columns; `: ` if not said.",
);
const FORMAT: OptionRow = OptionRow::text(
    "format",
    "text",
    "",
    "Names of columns, with `$AGG$` for the aggregate and `$VAL$` for the series.",
);
const SPAN: OptionRow =
    OptionRow::text("span", "span", "", "The size of a step of the field for rows.").repeatable();
const BINS: OptionRow =
    OptionRow::number("bins", "", "How many steps there are at most where no size is given.");
const SCORE: OptionRow = OptionRow::text(
    "agg",
    "function",
    "sum",
    "The aggregate that series are ranked by: sum, count, max, min or avg.",
);
const SPLITS: OptionRow = OptionRow::ignored("dedup_splitvals", "a value counts once for a row");
const CHART: &[OptionRow] = &[
    LIMIT, USE_OTHER, OTHER, USE_NULL, NULL, SEPARATOR, FORMAT, SPAN, BINS, SCORE, CONTINUOUS, SPLITS, ALIGN,
    SHORTEST,
];
const CONTINUOUS: OptionRow =
    OptionRow::flag("cont", true, "Whether steps of time without events are there too.");
const FIXED_RANGE: OptionRow = OptionRow::flag(
    "fixedrange",
    true,
    "Whether the steps are for the whole time of the search, or for its events.",
);
const ALIGN: OptionRow = OptionRow::ignored("aligntime", "steps begin at whole units of time");
const SHORTEST: OptionRow =
    OptionRow::ignored("minspan", "a step is as long as the time of the search asks for");
const TIMECHART: &[OptionRow] = &[
    SPAN,
    BINS,
    LIMIT,
    USE_OTHER,
    OTHER,
    USE_NULL,
    NULL,
    SEPARATOR,
    FORMAT,
    SCORE,
    CONTINUOUS,
    FIXED_RANGE,
    OptionRow::ignored("partial", "steps at the ends are shown, whole or not"),
    SPLITS,
    ALIGN,
    SHORTEST,
];

pub(super) fn lower_chart(context: &mut Context<'_>, command: &Command) {
    let Arguments::Stats(stats) = &command.arguments else { return not_understood(context, command) };
    let Some(settings) = Settings::read(context, command, stats) else { return };
    let mut fields: Vec<ByField> = stats.over.iter().cloned().collect();
    fields.extend(stats.by.iter().cloned());
    let mut fields = fields.into_iter();
    let (row, split) = (fields.next(), fields.next());
    if let Some(extra) = fields.next() {
        let message = "`chart` has one field for rows and one for columns";
        context.report(
            Diagnostic::error(codes::BAD_ARGUMENT, message, extra.field.span)
                .with_help("combine fields before: `| eval both=a.\"/\".b | chart count over time by both`"),
        );
        return;
    }
    let Some(row) = row else {
        composed::aggregate(context, &stats.aggregations, "", Vec::new());
        return;
    };
    let name = prepare(context, &row, Some(&settings));
    table(context, command, stats, &name, split, &settings);
}

pub(super) fn lower_timechart(context: &mut Context<'_>, command: &Command) {
    let Arguments::Stats(stats) = &command.arguments else { return not_understood(context, command) };
    let Some(settings) = Settings::read(context, command, stats) else { return };
    if context.find(TIME).is_none_or(|column| column.empty) && !context.is_vague() {
        let message = "`timechart` needs `_time`";
        context.report(
            Diagnostic::error(codes::MISSING_ARGUMENT, message, command.span)
                .with_help("keep `_time` in the commands before, or write `chart count over <field>`"),
        );
        return;
    }
    context.read_time();
    let split = stats.by.first().cloned();
    let Some(span) = settings
        .span
        .clone()
        .or_else(|| buckets::time_span(context, settings.cover, settings.bins.unwrap_or(MOST_STEPS), None))
    else {
        return;
    };
    buckets::bucket(context, TIME, TIME, &span);
    context.bucket = match time::span_months(&span.text) {
        Some(_) => None,
        None => span.text.parse().ok().or_else(|| time::span_seconds(&span.text)),
    };
    table(context, command, stats, TIME, split, &settings);
    context.bucket = None;
    if settings.continuous && !context.is_vague() {
        buckets::fill(context, TIME, &span, settings.cover);
    }
}

/// Steps of time where nothing is said.
const MOST_STEPS: f64 = 100.0;

/// What the options say.
struct Settings {
    limit: usize,
    /// Whether the smallest series are kept instead of the greatest.
    smallest: bool,
    use_other: bool,
    use_null: bool,
    other: String,
    null: String,
    separator: String,
    format: Option<String>,
    span: Option<Word>,
    /// The one that stands after no field.
    leading_span: Option<Word>,
    bins: Option<f64>,
    continuous: bool,
    /// Whether buckets are for the whole time of the search (Splunk search reference, timechart: fixedrange).
    cover: Cover,
    /// `where` after the split field.
    pick: Option<Pick>,
    /// The aggregate that series are ranked by.
    score: &'static str,
}

/// Which series are kept.
#[derive(Debug, Clone, PartialEq)]
enum Pick {
    Top { count: usize, smallest: bool, inside: bool },
    Compare(Comparison, f64),
}

impl Settings {
    fn read(context: &mut Context<'_>, command: &Command, stats: &Stats) -> Option<Self> {
        let options = Options::read(context, command, stats.all_options());
        let (limit, smallest) = limit(context, &options)?;
        let mut score = scored(context, &options)?;
        let mut chosen = None;
        if !stats.split_filter.is_empty() {
            let (name, found) = pick(context, &stats.split_filter, command.span)?;
            score = score_function(&name).unwrap_or(score);
            chosen = Some(found);
        }
        let text = |option| options.text(option).to_owned();
        Some(Self {
            limit,
            smallest,
            use_other: options.flag(&USE_OTHER),
            use_null: options.flag(&USE_NULL),
            other: text(&OTHER),
            null: text(&NULL),
            separator: text(&SEPARATOR),
            format: options.word(&FORMAT).map(|word| word.text.clone()),
            span: options.word(&SPAN).cloned(),
            leading_span: grouping::span_among(&stats.options).cloned(),
            bins: options.number(&BINS),
            continuous: options.flag(&CONTINUOUS),
            cover: if options.flag(&FIXED_RANGE) { Cover::Search } else { Cover::Rows },
            pick: chosen,
            score,
        })
    }
}

/// How many series are shown, and whether the smallest ones.
fn limit(context: &mut Context<'_>, options: &Options<'_>) -> Option<(usize, bool)> {
    let text = options.text(&LIMIT).to_lowercase();
    let digits = text.trim_start_matches("top").trim_start_matches("bottom").trim();
    let limit = digits.parse().ok();
    if let (None, Some(word)) = (limit, options.word(&LIMIT)) {
        bad_value(context, LIMIT.name, word, "a whole number, `topN` or `bottomN`");
    }
    Some((limit?, text.starts_with("bottom")))
}

/// The aggregate that series are ranked by.
fn scored(context: &mut Context<'_>, options: &Options<'_>) -> Option<&'static str> {
    let found = score_function(&options.text(&SCORE).to_lowercase());
    if let (None, Some(word)) = (found, options.word(&SCORE)) {
        bad_value(context, SCORE.name, word, "sum, count, max, min or avg");
    }
    found
}

/// `count in top5`, `sum > 10`: the aggregation and the choice.
fn pick(context: &mut Context<'_>, items: &[Item], span: Span) -> Option<(String, Pick)> {
    let words: Vec<String> = items
        .iter()
        .filter_map(|item| match item {
            Item::Word(word) => Some(word.text.to_lowercase()),
            _ => None,
        })
        .collect();
    let ranked = |text: &str, inside: bool| {
        let smallest = text.starts_with("bottom");
        let digits = text.trim_start_matches("top").trim_start_matches("bottom");
        digits.parse().ok().map(|count| Pick::Top { count, smallest, inside })
    };
    let compared = |operator: Comparison, bound: &str| Some(Pick::Compare(operator, bound.parse().ok()?));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let found = match words.as_slice() {
        [_, "in", rank] => ranked(rank, true),
        [_, "notin", rank] => ranked(rank, false),
        [_, ">=", bound] => compared(Comparison::GreaterOrEqual, bound),
        [_, "<=", bound] => compared(Comparison::LessOrEqual, bound),
        [_, "!=", bound] => compared(Comparison::NotEqual, bound),
        [_, "=" | "==", bound] => compared(Comparison::Equal, bound),
        [_, ">", bound] => compared(Comparison::Greater, bound),
        [_, "<", bound] => compared(Comparison::Less, bound),
        _ => None,
    };
    let found = found.filter(|_| words.first().is_some_and(|name| score_function(name).is_some()));
    if found.is_none() {
        let message = "expected a choice of series such as `where count in top5` or `where max > 10`";
        context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, span).with_help("a choice is an aggregation and a bound: `where sum > 10`, `where max in top5`, `where avg notin bottom3`"));
    }
    Some(((*words.first()?).to_owned(), found?))
}

/// The aggregate that a series is judged by, over its values in all rows (Splunk search reference,
/// timechart: where clause; the default is `sum`).
fn score_function(name: &str) -> Option<&'static str> {
    Some(match name {
        "sum" | "count" | "c" => "spl_sum",
        "max" => "max",
        "min" => "min",
        "avg" | "mean" => "spl_avg",
        _ => return None,
    })
}

/// Makes a field ready, in steps if it has a span, or if `settings` has one or the number of steps; gives its name.
fn prepare(context: &mut Context<'_>, field: &ByField, settings: Option<&Settings>) -> String {
    let name = field.field.text.clone();
    let value = context.field(&name, field.field.span);
    let written = grouping::span_of(field).or(settings.and_then(|settings| settings.leading_span.as_ref()));
    let bins = settings.and_then(|settings| settings.bins).filter(|_| written.is_none());
    let chosen = match (bins, context.type_of(&value)) {
        (None, _) | (_, Type::Null) => None,
        (Some(bins), Type::Timestamp) => buckets::time_span(context, Cover::Rows, bins, None),
        (Some(bins), _) => buckets::number_span(context, &name, bins, [None, None], None),
    };
    if let Some(span) = written.or(chosen.as_ref()) {
        buckets::bucket(context, &name, &name, span);
    }
    name
}

fn table(
    context: &mut Context<'_>,
    command: &Command,
    stats: &Stats,
    row: &str,
    split: Option<ByField>,
    settings: &Settings,
) {
    let span = command.span;
    let value = context.field(row, span);
    if context.type_of(&value) == Type::Null {
        context.filter(build::boolean(false, span));
    } else {
        context.filter(build::is_present(value.clone()));
    }
    if context.type_of(&value) == Type::TextList {
        context.expand(row, None);
    }
    let group = typed(context, row, span);
    let Some(split) = split else {
        composed::aggregate(context, &stats.aggregations, row, vec![(row.into(), group)]);
        return;
    };
    let name = prepare(context, &split, None);
    let series_name = context.fresh_name("series");
    let value = context.field(&name, split.field.span);
    let have = context.type_of(&value);
    if have == Type::TextList {
        context.expand(&name, None);
    }
    let value = context.field(&name, split.field.span);
    let have = context.type_of(&value);
    let text = if have == Type::Null { value.cast(Type::Text) } else { convert(value, have, Type::Text) };
    context.assign(vec![(series_name.clone(), text)]);
    let ranking = ranking(context, stats, row, &series_name, settings.score);
    let mut series = series(&ranking, settings);
    if !context.allows_columns(series.len() * stats.aggregations.len()) {
        series.clear();
    }
    pivot(context, stats, row, group, &series_name, &series, settings);
}

fn typed(context: &mut Context<'_>, name: &str, span: Span) -> Expression {
    let value = context.field(name, span);
    if context.type_of(&value) == Type::Null { value.cast(Type::Text) } else { value }
}

/// The series and what the first aggregation's values in all rows sum up to, or the like; none while they
/// are not known.
fn ranking(
    context: &mut Context<'_>,
    stats: &Stats,
    row: &str,
    series: &ColumnName,
    function: &str,
) -> Option<Vec<(Option<String>, f64)>> {
    let mut copy = context.clone();
    copy.diagnostics.clear();
    let span = copy.span;
    let group = typed(&mut copy, row, span);
    let first: Vec<Aggregation> = stats.aggregations.iter().take(1).cloned().collect();
    let groups = vec![(row.into(), group), (series.clone(), Expression::column(series, span))];
    let Some(score) = composed::aggregate(&mut copy, &first, row, groups) else { return Some(Vec::new()) };
    let sum = AggregateCall {
        function: function.to_owned(),
        arguments: vec![Expression::column(&score, span).cast(Type::Double)],
        filter: None,
        order: Vec::new(),
        result: Type::Double,
    };
    copy.aggregate(vec![(series.into(), Expression::column(series, span))], vec![("score".into(), sum)]);
    let columns = [(series.clone(), Type::Text), ("score".into(), Type::Double)];
    let columns: Vec<Column> =
        columns.into_iter().map(|(name, data_type)| Column { name, data_type, empty: false }).collect();
    let rows: Rows = copy.settle(&columns)?;
    let score = |value: Option<&Value>| match value {
        Some(Value::Double(score)) => *score,
        _ => 0.0,
    };
    let name = |value: Option<&Value>| match value {
        Some(Value::Text(name)) => Some(name.clone()),
        _ => None,
    };
    Some(rows.rows.iter().map(|row| (name(row.first()), score(row.get(1)))).collect())
}

/// The columns to make: their names and which values they hold.
struct Series {
    name: String,
    values: Which,
}

enum Which {
    One(String),
    Missing,
    /// All but these.
    Rest(Vec<String>),
}

fn series(ranking: &Option<Vec<(Option<String>, f64)>>, settings: &Settings) -> Vec<Series> {
    let mut named: Vec<(String, f64)> = Vec::new();
    let mut has_null = false;
    for (name, score) in ranking.iter().flatten() {
        match name {
            Some(name) => named.push((name.clone(), *score)),
            None => has_null = true,
        }
    }
    let all = named.len();
    let (limit, smallest, inside) = match &settings.pick {
        Some(Pick::Top { count, smallest, inside }) => (*count, *smallest, *inside),
        _ => (settings.limit, settings.smallest, true),
    };
    named.sort_by(|left, right| right.1.total_cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    if smallest {
        named.reverse();
    }
    match settings.pick {
        Some(Pick::Compare(operator, bound)) => named.retain(|(_, score)| holds(operator, *score, bound)),
        _ if !inside => named = named.split_off(limit.min(all)),
        _ if limit > 0 => named.truncate(limit),
        _ => {}
    }
    let mut names: Vec<String> = named.into_iter().map(|(name, _)| name).collect();
    names.sort();
    let rest = names.len() < all;
    let mut found: Vec<Series> =
        names.iter().map(|name| Series { name: name.clone(), values: Which::One(name.clone()) }).collect();
    if has_null && settings.use_null {
        found.push(Series { name: settings.null.clone(), values: Which::Missing });
    }
    if rest && settings.use_other {
        found.push(Series { name: settings.other.clone(), values: Which::Rest(names) });
    }
    found
}

fn holds(operator: Comparison, score: f64, bound: f64) -> bool {
    match operator {
        Comparison::Equal => score == bound,
        Comparison::NotEqual => score != bound,
        Comparison::Less => score < bound,
        Comparison::LessOrEqual => score <= bound,
        Comparison::Greater => score > bound,
        Comparison::GreaterOrEqual => score >= bound,
    }
}

/// One aggregate call a series and aggregation, each over the events of its series.
fn pivot(
    context: &mut Context<'_>,
    stats: &Stats,
    row: &str,
    group: Expression,
    series_name: &ColumnName,
    series: &[Series],
    settings: &Settings,
) {
    let span = context.span;
    let several = stats.aggregations.len() > 1;
    let name_of = |label: &str, series: &str| match (&settings.format, several) {
        (Some(format), _) => format.replace("$AGG$", label).replace("$VAL$", series),
        (None, true) => format!("{label}{}{series}", settings.separator),
        (None, false) => series.to_owned(),
    };
    if series.is_empty() {
        composed::check(context, &stats.aggregations, row);
    } else if composed::is_among(&stats.aggregations) {
        let of_series = |one: &Series| (one.name.clone(), condition(series_name, &one.values, span));
        let series: Vec<(String, Expression)> = series.iter().map(of_series).collect();
        return composed::pivot(context, &stats.aggregations, (row, group), &series, &name_of);
    }
    let mut calls: Vec<(ColumnName, AggregateCall)> = Vec::new();
    for aggregation in stats.aggregations.iter().filter(|one| !composed::is_one(one)) {
        let made = aggregation::calls(context, std::slice::from_ref(aggregation), &[row.to_owned()]);
        for (label, call) in made {
            for one in series {
                let name = name_of(&label, &one.name);
                if name == row || calls.iter().any(|(known, _)| *known == name) {
                    continue;
                }
                let of_series = condition(series_name, &one.values, span);
                let filter = match &call.filter {
                    Some(own) => build::all(vec![own.clone(), of_series], span),
                    None => of_series,
                };
                calls.push((name.into(), AggregateCall { filter: Some(filter), ..call.clone() }));
            }
        }
    }
    if calls.is_empty() {
        context.aggregate(vec![(row.into(), group)], vec![("count".into(), count(span))]);
        return context.close(vec![Column { name: row.into(), data_type: Type::Text, empty: false }], false);
    }
    context.aggregate(vec![(row.into(), group)], calls);
}

fn count(_: Span) -> AggregateCall {
    AggregateCall {
        function: "count".to_owned(),
        arguments: Vec::new(),
        filter: None,
        order: Vec::<SortKey>::new(),
        result: Type::Integer,
    }
}

fn condition(column: &ColumnName, which: &Which, span: Span) -> Expression {
    let value = Expression::column(column, span);
    let same =
        |name: &String| build::compare(Comparison::Equal, value.clone(), Expression::text(name, span), span);
    let known = |found: Expression| build::coalesce(vec![found, build::boolean(false, span)], span);
    match which {
        Which::One(name) => known(same(name)),
        Which::Missing => build::is_null(value),
        Which::Rest(names) => {
            let named = build::any(names.iter().map(same).collect(), span);
            build::coalesce(vec![named.negate(), build::boolean(false, span)], span)
        }
    }
}
