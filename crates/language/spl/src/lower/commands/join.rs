//! `join`: fields of a subsearch beside the rows that have the same values (Splunk search reference, join). With
//! `left=` and `right=` every field is named after its side; internal fields stay those of the left, which the
//! manual leaves open. With `usetime` seconds are compared; a left row that has no partner in time stays in a left join.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{
    AggregateCall, ColumnName, Comparison, Expression, Frame, JoinKind, SortKey, Type, WindowCall,
};

use super::super::arguments::General;
use super::super::context::{Column, Context, TIME, convert, is_internal};
use super::super::options::Options;
use super::super::rows::{joining, rename, running, subsearch};
use super::super::{build, codes};
use crate::macros::Macros;
use crate::registry::{AnyOf, CommandRow, Needs, OptionRow};
use crate::tree::{Command, Item, OptionItem, OptionValue, Word};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new("join", "join <options> <fields> [ <search> ] | join <options> where <L>.<field>=<R>.<field> [ <search> ]", "Adds fields of another search to rows with the same values. With `left` and `right` fields are named after their side; `usetime` takes only partners that are not later, or with `earlier=f` not earlier, by the second. A dataset may stand for the search, as in `savedsearch:name`.", "a [search * | table a b]", lower).needs(Needs::Arguments).taking_any(AnyOf::NamesAndWords).with_options(&[KIND, MOST, OVERWRITE, USES_TIME, EARLIER, LEFT, RIGHT]).with_common(subsearch::BOUNDS),
];

const KIND: OptionRow = OptionRow::choice(
    "type",
    &["inner", "left", "outer"],
    "inner",
    "Whether rows without a partner go, or stay (`left`, `outer`).",
);
const MOST: OptionRow = OptionRow::count("max", "1", "How many partners a row gets at most; 0 is all.");
const OVERWRITE: OptionRow =
    OptionRow::flag("overwrite", true, "Whether values of the partner replace those of the row.");
const USES_TIME: OptionRow =
    OptionRow::flag("usetime", false, "Whether partners are picked by time, to the second.");
const EARLIER: OptionRow =
    OptionRow::flag("earlier", true, "With `usetime` whether partners are not later, or not earlier.");
const LEFT: OptionRow =
    OptionRow::text("left", "name", "", "The name of the rows' side, before their fields.");
const RIGHT: OptionRow =
    OptionRow::text("right", "name", "", "The name of the partners' side, before their fields.");

/// Datasets that can stand in place of a subsearch.
const DATASETS: &[&str] = &["datamodel:", "savedsearch:", "inputlookup:"];

/// How rows are paired.
struct Settings {
    kind: JoinKind,
    overwrite: bool,
    most: usize,
    /// Whether partners must be earlier, or must be later.
    earlier: Option<bool>,
}

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let settings = read_settings(&arguments.options);
    let aliases = arguments.options.word(&LEFT).zip(arguments.options.word(&RIGHT));
    let aliases = aliases.map(|(left, right)| (left.text.as_str(), right.text.as_str()));
    let Some(mut inner) = read_right(context, &mut arguments, command) else { return };
    let at =
        arguments.items.iter().position(|item| matches!(item, Item::Word(word) if word.is_keyword("where")));
    let conditions = match (at, aliases) {
        (Some(at), Some(_)) => {
            arguments.items.remove(at);
            arguments.options.others().to_vec()
        }
        _ => {
            arguments.options.refuse_others(context, command);
            Vec::new()
        }
    };
    let words = arguments.words(context);
    arguments.finish(context);
    let fields = match aliases {
        Some(aliases) if !conditions.is_empty() => {
            let Some(pairs) = read_pairs(context, aliases, &conditions) else { return };
            name_sides(context, &mut inner, aliases);
            pairs
        }
        _ => words.into_iter().map(|word| (word.text.clone(), word.text.clone())).collect(),
    };
    let Some(fields) = fields_of(context, &inner, command, fields) else { return };
    join(context, command, inner, &fields, &settings);
}

fn read_settings(options: &Options<'_>) -> Settings {
    let is_inner = options.choice(&KIND) == Some(KIND.default);
    Settings {
        kind: if is_inner { JoinKind::Inner } else { JoinKind::Left },
        overwrite: options.flag(&OVERWRITE),
        most: options.count(&MOST).unwrap_or_default(),
        earlier: options.flag(&USES_TIME).then_some(options.flag(&EARLIER)),
    }
}

/// The right side: a subsearch, or a dataset by its kind and name.
fn read_right<'a>(
    context: &mut Context<'a>,
    arguments: &mut General<'_>,
    command: &Command,
) -> Option<Context<'a>> {
    let is_dataset = |word: &Word| {
        DATASETS
            .iter()
            .any(|kind| word.text.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind)))
    };
    let at = arguments.items.iter().position(|item| matches!(item, Item::Word(word) if is_dataset(word)));
    let Some(Item::Word(dataset)) = at.map(|at| arguments.items.remove(at)) else {
        let pipeline = subsearch::take(context, arguments, command)?;
        return subsearch::lower_open(context, pipeline);
    };
    let parsed = crate::parse(&format!("| from {}", dataset.text), &Macros::default());
    let time = context.shared.options.default_time.clone();
    let mut found = subsearch::lower_text(context, &parsed.pipeline, time, dataset.span)?;
    for diagnostic in std::mem::take(&mut found.diagnostics) {
        context.report(Diagnostic { span: dataset.span, ..diagnostic });
    }
    Some(found)
}

/// `L.a=R.b`, or the other way round.
fn read_pairs(
    context: &mut Context<'_>,
    (left, right): (&str, &str),
    conditions: &[&OptionItem],
) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    for condition in conditions {
        let sides = match &condition.value {
            OptionValue::Word(value) if !condition.negated => Some([&condition.name.text, &value.text]),
            _ => None,
        };
        let of = |name: &str, alias: &str| name.strip_prefix(alias).is_some_and(|rest| rest.starts_with('.'));
        let pair = match sides {
            Some([one, two]) if of(one, left) && of(two, right) => Some((one.clone(), two.clone())),
            Some([one, two]) if of(one, right) && of(two, left) => Some((two.clone(), one.clone())),
            _ => None,
        };
        let Some(pair) = pair else {
            let message = format!("expected a condition such as `{left}.a={right}.b`");
            context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, condition.span).with_help(
                "each side names its alias: `| join left=L right=R where L.id=R.id [search ...]`",
            ));
            return None;
        };
        found.push(pair);
    }
    Some(found)
}

/// Names the fields of both sides after their side.
fn name_sides(context: &mut Context<'_>, inner: &mut Context<'_>, (left, right): (&str, &str)) {
    context.find(TIME);
    rename::rename_matching(context, "*", &format!("{left}.*"));
    rename::rename_matching(inner, "*", &format!("{right}.*"));
    let internal: Vec<Column> = if inner.has_unknown_fields() {
        Vec::new()
    } else {
        inner.visible().into_iter().filter(|column| is_internal(&column.name) && !column.empty).collect()
    };
    let span = inner.span;
    let named = internal
        .iter()
        .map(|column| (format!("{right}.{}", column.name.text()), Expression::column(&column.name, span)));
    let named = named.collect();
    inner.assign(named);
}

/// The pairs of fields that must agree: those that were named, or all that both sides have.
fn fields_of(
    context: &mut Context<'_>,
    inner: &Context<'_>,
    command: &Command,
    named: Vec<(String, String)>,
) -> Option<Vec<(ColumnName, ColumnName)>> {
    if !named.is_empty() {
        return Some(named.into_iter().map(|(left, right)| (left.into(), right.into())).collect());
    }
    if context.is_open() && inner.is_open() && inner.columns().is_empty()
        || subsearch::needs_known_fields(context, &command.name, command.span)
    {
        return None;
    }
    let shared = |column: &&Column| inner.columns().iter().any(|other| other.name == column.name);
    let names = context.columns().iter().filter(shared).map(|column| column.name.clone());
    let fields: Vec<(ColumnName, ColumnName)> = names.map(|name| (name.clone(), name)).collect();
    if fields.is_empty() {
        let message = "both sides of `join` have no field in common";
        context.report(Diagnostic::error(codes::MISSING_ARGUMENT, message, command.span).with_help("name the field, and rename that of the subsearch to it: `| join user [... | rename name AS user]`"));
        return None;
    }
    Some(fields)
}

fn join<'a>(
    context: &mut Context<'a>,
    command: &Command,
    mut inner: Context<'a>,
    fields: &[(ColumnName, ColumnName)],
    settings: &Settings,
) {
    let is_open = inner.has_unknown_fields() || context.has_unknown_fields() && inner.is_open();
    let limit = match settings.earlier {
        Some(_) if is_open && settings.kind == JoinKind::Left => {
            let message = "a left `join` with `usetime` needs to know the fields of the subsearch";
            let found = Diagnostic::error(codes::UNSUPPORTED_SUBSEARCH, message, command.span)
                .with_help("end it with `table` or `fields`");
            return context.report(found);
        }
        Some(earlier) => match prepare_limit(context, &mut inner, command, earlier) {
            Some(limit) => Some(limit),
            None => return,
        },
        None => None,
    };
    // What time leaves over is taken from, so no partner may be dropped before.
    let most = if limit.is_some() { 0 } else { settings.most };
    let helpers: Vec<ColumnName> = limit.iter().flat_map(|limit| limit.right.clone()).collect();
    if is_open {
        keep_first(&mut inner, fields, most);
        let names = context.join_open(inner, settings.kind, fields, &helpers, settings.overwrite);
        if let (Some(limit), [seconds, number]) = (limit, names.as_slice()) {
            let limit = joining::Limit { right: [seconds.clone(), number.clone()], ..limit };
            keep_in_time(context, &limit, settings);
        }
        return;
    }
    let rows = partners(context, inner, fields, most, &helpers);
    let limit = joining::pair(context, rows, fields, settings.kind, settings.overwrite, limit);
    if let Some(limit) = limit {
        keep_in_time(context, &limit, settings);
    }
}

/// Adds the columns that partners are limited by to both sides.
fn prepare_limit(
    context: &mut Context<'_>,
    inner: &mut Context<'_>,
    command: &Command,
    earlier: bool,
) -> Option<joining::Limit> {
    let left = numbered(context, command);
    let right = numbered(inner, command);
    let (Some(left), Some([number, second])) = (left, right) else {
        if !context.is_vague() {
            let message = "`join` with `usetime` needs `_time` on both sides";
            context.report(
                Diagnostic::error(codes::MISSING_ARGUMENT, message, command.span)
                    .with_help("keep `_time` on both sides, or leave `usetime` out"),
            );
        }
        return None;
    };
    Some(joining::Limit { left, right: [second, number], earlier })
}

/// Helper columns: the number of each row, and its second; none without a time.
fn numbered(side: &mut Context<'_>, command: &Command) -> Option<[ColumnName; 2]> {
    let time = side.field(TIME, command.span);
    if side.type_of(&time) == Type::Null {
        return None;
    }
    let name = side.fresh_name("second");
    let second = build::call("floor", vec![time], Type::Double, command.span);
    side.assign(vec![(name.clone(), second)]);
    Some([running::row_number(side), name])
}

/// Keeps the first partners in time of each row; of a row without any, in a left join, the row.
fn keep_in_time(context: &mut Context<'_>, limit: &joining::Limit, settings: &Settings) {
    let span = context.span;
    let column = |name: &ColumnName| Expression::column(name, span);
    let fits = joining::in_time(context, limit);
    let (fitting, rank) = (context.fresh_name("fits"), context.fresh_name("rank"));
    let flag = build::case(vec![(fits, build::number(1.0, span))], Some(build::number(0.0, span)), span);
    context.assign(vec![(fitting.clone(), flag)]);
    let key = |value, descending| SortKey::new(value, descending);
    let call = AggregateCall {
        function: "row_number".to_owned(),
        arguments: Vec::new(),
        filter: None,
        order: vec![key(column(&fitting), true), key(column(&limit.right[1]), false)],
        result: Type::Double,
    };
    let partition = vec![column(&limit.left[0])];
    context.window(vec![(rank.clone(), WindowCall { call, partition, frame: Frame::SO_FAR })]);
    let is = |name: &ColumnName, operator, value: f64| {
        build::compare(operator, column(name), build::number(value, span), span)
    };
    let mut kept = vec![is(&fitting, Comparison::Equal, 1.0)];
    if settings.most > 0 {
        #[allow(clippy::cast_precision_loss)] // a number of rows
        kept.push(is(&rank, Comparison::LessOrEqual, settings.most as f64));
    }
    let mut any = vec![build::all(kept, span)];
    if settings.kind == JoinKind::Left {
        let alone = vec![is(&fitting, Comparison::Equal, 0.0), is(&rank, Comparison::Equal, 1.0)];
        any.push(build::all(alone, span));
    }
    context.filter(build::any(any, span));
    context.sort(vec![key(column(&limit.left[0]), false), key(column(&limit.right[1]), false)]);
    let mut helpers = vec![fitting, rank];
    helpers.extend(limit.right.iter().chain(&limit.left).cloned());
    context.hide(&helpers);
}

/// Leaves the first `most` rows for each combination of values.
fn keep_first(inner: &mut Context<'_>, fields: &[(ColumnName, ColumnName)], most: usize) {
    let mut keys = Vec::new();
    for (_, field) in fields {
        let value = inner.field(field, inner.span);
        let have = inner.type_of(&value);
        let have = if have == Type::Null { Type::Dynamic } else { have };
        keys.push(convert(value, have, Type::Text));
    }
    if most > 0 {
        inner.deduplicate(keys, most);
    }
}

/// The rows of the subsearch: the first `most` for each combination of values.
fn partners<'a>(
    context: &mut Context<'a>,
    mut inner: Context<'a>,
    fields: &[(ColumnName, ColumnName)],
    most: usize,
    helpers: &[ColumnName],
) -> subsearch::Rows {
    let mut keys = Vec::new();
    for (_, field) in fields {
        let Some(column) = inner.columns().iter().find(|column| column.name == *field) else {
            if !context.is_vague() {
                let message = format!("the subsearch has no field `{}`: no row has a partner", field.text());
                context.report(Diagnostic::warning(codes::MISSING_FIELD, message, inner.span));
            }
            continue;
        };
        let data_type = column.data_type;
        keys.push(convert(inner.field(field, inner.span), data_type, Type::Text));
    }
    if most > 0 {
        inner.deduplicate(keys, most);
    }
    joining::finish(context, inner, helpers)
}
