//! `chart` and `timechart`: aggregates in a table, a row for each value of one field and, with a second
//! field, a column for each of its values.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{AggregateCall, ColumnName, Comparison, Expression, Rows, SortKey, Type, Value};

use super::super::aggregation::composed;
use super::super::arguments::{bad_value, not_understood, truth};
use super::super::context::{Column, Context, TIME, convert};
use super::super::rows::buckets::{self, Cover};
use super::super::{aggregation, build, codes, time};
use crate::registry::{CommandRow, Grammar};
use crate::tree::{Aggregation, Arguments, ByField, Command, Item, OptionItem, OptionValue, Stats, Word};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "chart",
        "chart <aggregations> [OVER <field>] [BY <field> [<field>]]",
        "Aggregates to a table with one column a value of the second field.",
        "count by a",
        lower_chart,
    )
    .grammar(Grammar::Chart),
    CommandRow::new(
        "timechart",
        "timechart [span=<span>] <aggregations> [BY <field>]",
        "Aggregates by steps of time, one column a value of the field.",
        "count by a",
        lower_timechart,
    )
    .grammar(Grammar::Chart),
];

/// Series shown where nothing is said.
const MOST_SERIES: usize = 10;

pub(super) fn lower_chart(context: &mut Context<'_>, command: &Command) {
    let Arguments::Stats(stats) = &command.arguments else { return not_understood(context, command) };
    let Some(settings) = Settings::read(context, command, stats) else { return };
    let mut fields: Vec<ByField> = stats.over.iter().cloned().collect();
    fields.extend(stats.by.iter().cloned());
    let mut fields = fields.into_iter();
    let (row, split) = (fields.next(), fields.next());
    if let Some(extra) = fields.next() {
        let message = "`chart` has one field for rows and one for columns";
        context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, extra.field.span));
        return;
    }
    let Some(row) = row else {
        composed::aggregate(context, &stats.aggregations, "", Vec::new());
        return;
    };
    let name = prepare(context, &row);
    table(context, command, stats, &name, split, &settings);
}

pub(super) fn lower_timechart(context: &mut Context<'_>, command: &Command) {
    let Arguments::Stats(stats) = &command.arguments else { return not_understood(context, command) };
    let Some(settings) = Settings::read(context, command, stats) else { return };
    if context.find(TIME).is_none_or(|column| column.empty) && !context.is_vague() {
        let message = "`timechart` needs `_time`";
        context.report(Diagnostic::error(codes::MISSING_ARGUMENT, message, command.span));
        return;
    }
    context.read_time();
    let split = stats.by.first().cloned();
    let Some(span) =
        settings.span.clone().or_else(|| buckets::time_span(context, settings.cover, settings.bins, None))
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
    bins: f64,
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
        let mut settings = Self {
            limit: MOST_SERIES,
            smallest: false,
            use_other: true,
            use_null: true,
            other: "OTHER".to_owned(),
            null: "NULL".to_owned(),
            separator: ": ".to_owned(),
            format: None,
            span: None,
            bins: 100.0,
            continuous: true,
            cover: Cover::Search,
            pick: None,
            score: "spl_sum",
        };
        let of_fields = stats.by.iter().flat_map(|field| &field.options);
        let mut fine = true;
        for option in stats.options.iter().chain(of_fields) {
            fine &= settings.set(context, command, option);
        }
        if !stats.split_filter.is_empty() {
            let found = pick(context, &stats.split_filter, command.span);
            fine &= found.is_some();
            if let Some((name, found)) = found {
                settings.score = score_function(&name).unwrap_or(settings.score);
                settings.pick = Some(found);
            }
        }
        fine.then_some(settings)
    }

    fn set(&mut self, context: &mut Context<'_>, command: &Command, option: &OptionItem) -> bool {
        let OptionValue::Word(word) = &option.value else {
            let message = format!("`{}` takes a word", option.name.text);
            context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, option.span));
            return false;
        };
        let text = word.text.as_str();
        let name = option.name.text.to_lowercase();
        let truth = truth(word);
        if truth.is_none() && ["useother", "usenull", "cont"].contains(&name.as_str()) {
            bad_value(context, &name, word, "true or false");
            return false;
        }
        let truth = truth.unwrap_or(true);
        match name.as_str() {
            "limit" => return self.set_limit(context, word),
            "useother" => self.use_other = truth,
            "usenull" => self.use_null = truth,
            "otherstr" => self.other = text.to_owned(),
            "nullstr" => self.null = text.to_owned(),
            "sep" => self.separator = text.to_owned(),
            "format" => self.format = Some(text.to_owned()),
            "cont" => self.continuous = truth,
            "fixedrange" if !truth => self.cover = Cover::Rows,
            "fixedrange" => {}
            "span" if command.name == "timechart" => self.span = Some(word.clone()),
            "bins" => match text.parse() {
                Ok(bins) => self.bins = bins,
                Err(_) => {
                    bad_value(context, "bins", word, "a number");
                    return false;
                }
            },
            "span" => {}
            "agg" if score_function(&text.to_lowercase()).is_some() => {
                self.score = score_function(&text.to_lowercase()).unwrap_or(self.score);
            }
            "agg" | "partial" | "aligntime" | "dedup_splitvals" | "minspan" => {
                let message = format!("`{}` changes nothing here", option.name.text);
                context.report(Diagnostic::note(codes::OPTION_IGNORED, message, option.span));
            }
            _ => {
                let message =
                    format!("the option `{}` of `{}` is not supported yet", option.name.text, command.name);
                context.report(Diagnostic::error(codes::UNKNOWN_OPTION, message, option.span));
                return false;
            }
        }
        true
    }

    fn set_limit(&mut self, context: &mut Context<'_>, word: &Word) -> bool {
        let text = word.text.to_lowercase();
        self.smallest = text.starts_with("bottom");
        let digits = text.trim_start_matches("top").trim_start_matches("bottom").trim();
        let Ok(limit) = digits.parse() else {
            bad_value(context, "limit", word, "a whole number, `topN` or `bottomN`");
            return false;
        };
        self.limit = limit;
        true
    }
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
        context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, span));
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

/// Makes a field ready, in buckets if it has a span; gives its name.
fn prepare(context: &mut Context<'_>, field: &ByField) -> String {
    let name = field.field.text.clone();
    context.field(&name, field.field.span);
    for option in &field.options {
        if let (OptionValue::Word(span), true) =
            (&option.value, option.name.text.eq_ignore_ascii_case("span"))
        {
            buckets::bucket(context, &name, &name, span);
        }
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
    let name = prepare(context, &split);
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
    let series = series(&ranking, settings);
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
