//! Tables of reference data: finding one, its rows, and its fields beside the rows here.

use std::sync::Arc;

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};
use quarry_plan::{
    ColumnName, Expression, KeyMatch, Lookup, LookupKey, LookupTable, Node, Operator, Rows, Type, Value,
};

use super::super::context::{Context, StepKind, TIME, convert, wider};
use super::super::{build, codes, wildcard};
use crate::knowledge::{LookupDefinition, LookupSource};
use crate::tree::Word;

/// The table's name of a field, and the column of the rows here with its place.
pub(crate) type Pair = (Word, (ColumnName, Span));

/// `a AS b, c`: the name in the table and the name in the events.
pub(crate) fn pairs(words: &[&Word]) -> Vec<Pair> {
    let mut found: Vec<Pair> = Vec::new();
    let mut rest = words;
    while let Some((word, next)) = rest.split_first() {
        rest = next;
        let here = |word: &Word| (ColumnName::from(&word.text), word.span);
        let mut pair = ((*word).clone(), here(word));
        if let [keyword, name, after @ ..] = rest
            && keyword.is_keyword("as")
        {
            pair.1 = here(name);
            rest = after;
        }
        found.push(pair);
    }
    found
}

/// The lookup of a name and its rows; what is missing is reported.
pub(crate) fn find(context: &mut Context<'_>, name: &Word) -> Option<(LookupDefinition, Arc<LookupTable>)> {
    let knowledge = context.shared.environment.knowledge;
    let found = knowledge.and_then(|knowledge| Some((knowledge, knowledge.lookups.find(&name.text)?)));
    let Some((knowledge, definition)) = found else {
        let message = format!("no lookup is named `{}`", name.text);
        let near = knowledge.and_then(|knowledge| did_you_mean(&name.text, knowledge.lookups.names()));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "give its CSV file or the folder of its definition with `--lookups`".to_owned(),
        };
        context.report(Diagnostic::error(codes::UNKNOWN_LOOKUP, message, name.span).with_help(help));
        return None;
    };
    match knowledge.lookups.table(&definition) {
        Ok(table) => {
            if table.rows.is_empty() && matches!(definition.source, LookupSource::Collection(_)) {
                let message = format!("the collection `{}` has no rows here", definition.name);
                let found = Diagnostic::note(codes::EMPTY_LOOKUP, message, name.span).with_help(format!(
                    "put them into `{}.csv` in a folder given with `--lookups`",
                    definition.name
                ));
                context.report(found);
            }
            Some((definition, table))
        }
        Err(reason) => {
            let message = format!("the lookup `{}` cannot be used: {reason}", definition.name);
            context.report(
                Diagnostic::error(codes::UNKNOWN_LOOKUP, message, name.span)
                    .with_help("mend its file, or give another folder with `--lookups`"),
            );
            None
        }
    }
}

/// The rows of a table; empty texts are no values.
pub(crate) fn rows_of(table: &LookupTable) -> Rows {
    let value = |text: &String| if text.is_empty() { Value::Null } else { Value::Text(text.clone()) };
    Rows {
        columns: table.columns.iter().map(|name| (name.into(), Type::Text)).collect(),
        rows: table.rows.iter().map(|row| row.iter().map(value).collect()).collect(),
    }
}

/// What a lookup does with the fields that are there.
pub(crate) struct How {
    /// Whether values that are there stay.
    pub(crate) keeps: bool,
    /// The rows that it is about; the others stay as they are. Rows without the fields to look up stay too.
    pub(crate) only: Option<Expression>,
}

/// Adds the outputs of a lookup.
pub(crate) fn apply(
    context: &mut Context<'_>,
    definition: &LookupDefinition,
    table: &Arc<LookupTable>,
    keys: &[Pair],
    outputs: &[Pair],
    how: &How,
) {
    let Some(keys) = lookup_keys(context, definition, table, keys) else { return };
    let span = context.span;
    let only = how.only.as_ref().map(|only| {
        let present = keys.iter().map(|key| build::is_present(key.value.clone()));
        build::all(std::iter::once(only.clone()).chain(present).collect(), span)
    });
    let wanted = wanted_columns(context, table, &keys, outputs);
    let most = if definition.most == 1 || is_unique(table, &keys) { 1 } else { definition.most };
    let data_type = if most == 1 { Type::Text } else { Type::TextList };
    let mut helpers = Vec::new();
    let mut added = Vec::new();
    for (column, name) in &wanted {
        let Some(column) = column else {
            added.push((name.clone(), None));
            continue;
        };
        let helper = context.fresh_name("lookup");
        helpers.push((helper.clone(), *column));
        added.push((name.clone(), Some(helper)));
    }
    let lookup = Lookup {
        // The input is put in when the steps become a plan.
        input: Box::new(Node::new(
            Operator::Values { columns: Vec::new(), rows: Vec::new(), place: None },
            context.span,
        )),
        table: Arc::clone(table),
        keys,
        outputs: helpers.clone(),
        most,
        least: definition.least,
        default: definition.default.clone(),
    };
    context.add_step(StepKind::Lookup(Box::new(lookup)));
    for (helper, _) in &helpers {
        context.show(helper, data_type);
    }
    let mut values = Vec::new();
    for (name, helper) in added {
        let value = output(context, &name, helper.as_ref(), data_type, (how.keeps, only.as_ref()));
        let is_time =
            name == TIME && column_of(table, TIME).is_some_and(|column| holds_seconds(table, column));
        values.push((name.clone(), if is_time { as_time(context, value) } else { value }));
    }
    context.assign(values);
    let helpers: Vec<ColumnName> = helpers.into_iter().map(|(name, _)| name).collect();
    context.hide(&helpers);
}

/// Whether every value of a column is a number of seconds.
fn holds_seconds(table: &LookupTable, column: usize) -> bool {
    let mut values = table.rows.iter().filter_map(|row| row.get(column)).filter(|value| !value.is_empty());
    values.all(|value| value.trim().parse::<f64>().is_ok())
}

/// The instant of a text of seconds.
fn as_time(context: &Context<'_>, value: Expression) -> Expression {
    let have = context.type_of(&value);
    let text = convert(value, have, Type::Text);
    build::call("sort_number", vec![text], Type::Double, context.span).cast(Type::Timestamp)
}

fn output(
    context: &mut Context<'_>,
    name: &ColumnName,
    helper: Option<&ColumnName>,
    data_type: Type,
    (keeps, only): (bool, Option<&Expression>),
) -> Expression {
    let span = context.span;
    let old = if keeps || only.is_some() { context.find(name).filter(|column| !column.empty) } else { None };
    let new = helper.map(|helper| Expression::column(helper, span));
    let common = old.as_ref().map_or(data_type, |old| wider(old.data_type, data_type));
    let old = old.map(|old| convert(Expression::column(name, span), old.data_type, common));
    let new = new.map(|new| convert(new, data_type, common));
    match (old, new, only) {
        (Some(old), None, _) => old,
        (None, None, _) => build::null(span),
        (Some(old), Some(new), None) => build::coalesce(vec![old, new], span),
        (None, Some(new), None) => new,
        (Some(old), Some(new), Some(only)) if keeps => {
            let new = build::case(vec![(only.clone(), new)], None, span);
            build::coalesce(vec![old, new], span)
        }
        (old, Some(new), Some(only)) => build::case(vec![(only.clone(), new)], old, span),
    }
}

fn lookup_keys(
    context: &mut Context<'_>,
    definition: &LookupDefinition,
    table: &LookupTable,
    pairs: &[Pair],
) -> Option<Vec<LookupKey>> {
    let mut keys = Vec::new();
    for (in_table, (column_here, place)) in pairs {
        let Some(column) = column_of(table, &in_table.text) else {
            let message = format!("the lookup `{}` has no field `{}`", definition.name, in_table.text);
            let known = table.columns.iter().map(String::as_str);
            let help = match did_you_mean(&in_table.text, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None if table.columns.is_empty() => "its file has no header: put one first".to_owned(),
                None => format!("its fields are: {}", table.columns.join(", ")),
            };
            let found = Diagnostic::error(codes::UNKNOWN_LOOKUP_FIELD, message, in_table.span);
            context.report(found.with_help(help));
            return None;
        };
        let how = definition.how.iter().find(|(name, _)| *name == table.columns[column]);
        let value = context.field(column_here, *place);
        let have = context.type_of(&value);
        let value = match have {
            Type::Text | Type::TextList => value,
            Type::Null => value.cast(Type::Text),
            _ => convert(value, have, Type::Text),
        };
        let how = how.map_or(KeyMatch::Exact, |(_, how)| *how);
        keys.push(LookupKey { value, column, how, ignore_case: definition.ignore_case });
    }
    Some(keys)
}

fn column_of(table: &LookupTable, name: &str) -> Option<usize> {
    table.columns.iter().position(|column| column == name)
}

/// The table's columns to show and their names; without OUTPUT all but the keys.
fn wanted_columns(
    context: &mut Context<'_>,
    table: &LookupTable,
    keys: &[LookupKey],
    outputs: &[Pair],
) -> Vec<(Option<usize>, ColumnName)> {
    if outputs.is_empty() {
        let rest = (0..table.columns.len()).filter(|index| keys.iter().all(|key| key.column != *index));
        return rest.map(|index| (Some(index), ColumnName::from(&table.columns[index]))).collect();
    }
    let mut wanted = Vec::new();
    for (in_table, (here, _)) in outputs {
        if wildcard::is_wildcard(&in_table.text) {
            for (index, column) in table.columns.iter().enumerate() {
                if let Some(texts) = wildcard::captures(&in_table.text, column) {
                    wanted.push((Some(index), wildcard::fill(here.text(), &texts).into()));
                }
            }
            continue;
        }
        let column = column_of(table, &in_table.text);
        if column.is_none() {
            let message =
                format!("the lookup `{}` has no field `{}`: it gives no value", table.name, in_table.text);
            context.report(Diagnostic::warning(codes::UNKNOWN_LOOKUP_FIELD, message, in_table.span));
        }
        if !wanted.iter().any(|(_, name)| name == here) {
            wanted.push((column, here.clone()));
        }
    }
    wanted
}

/// Whether no two rows can match one value.
fn is_unique(table: &LookupTable, keys: &[LookupKey]) -> bool {
    if keys.iter().any(|key| key.how != KeyMatch::Exact) {
        return false;
    }
    let mut seen = std::collections::HashSet::new();
    table.rows.iter().all(|row| {
        let of_key = |key: &LookupKey| {
            let text = row.get(key.column).map_or("", String::as_str);
            if key.ignore_case { text.to_lowercase() } else { text.to_owned() }
        };
        seen.insert(keys.iter().map(of_key).collect::<Vec<String>>())
    })
}
