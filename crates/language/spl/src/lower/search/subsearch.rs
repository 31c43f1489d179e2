//! A subsearch in a search: its rows become search text, as `format` would write them (Splunk Search Manual,
//! "Change the format of subsearch results"). A row finds what has all of its values, any row is enough; a field that
//! a row does not have is no condition for it; of several values of a field one is enough. Values are those of a
//! search: in any case, with wildcards and networks.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{
    ColumnName, Comparison, Expression, ExpressionKind, MemberSet, Members, Rows, Type, Value,
};

use super::super::context::{Column, Context, TIME, is_internal};
use super::super::rows::{plain, search_range, subsearch};
use super::super::{build, time};
use super::{leaf, modifier};
use crate::syntax::parse_at;
use crate::tree::{Arguments, Command, Pipeline, Quote, SearchExpression, SearchOperator, SearchValue, Word};

/// Fewer rows than this stay alternatives, so that lints and the pre-filter see each.
const FEWEST: usize = 64;
/// What stands between the values of several fields, so that many rows are one set.
const BETWEEN: &str = "\u{1f}";

/// A subsearch as a condition anywhere in a search. None until its rows are known, or if it has no fields.
pub(super) fn condition(context: &mut Context<'_>, pipeline: &Pipeline, negated: bool) -> Option<Expression> {
    let (bare, rows) = rows(context, pipeline)?;
    if rows.columns.is_empty() {
        return None;
    }
    let span = pipeline.span;
    let several = rows.rows.len() > 1;
    let mut alternatives = Vec::new();
    let mut plain_rows = Vec::new();
    for row in &rows.rows {
        let mut written = Vec::new();
        let mut compared = Vec::new();
        for (column, ((name, _), value)) in rows.columns.iter().zip(row).enumerate() {
            let Some(name) = name.user() else { continue };
            let values = values(value);
            if values.is_empty() {
                continue;
            }
            if bare || is_search_text(name) {
                let terms = values.iter().map(|text| super::term_of(context, text, span, negated));
                written.push(terms.collect::<Option<Vec<_>>>().map(|terms| build::any(terms, span)));
            } else if modifier::is_modifier(name) {
                written.push(modified(context, name, &values, several, span));
            } else {
                compared.push((column, values));
            }
        }
        if written.is_empty() {
            plain_rows.push(compared);
            continue;
        }
        let compared = compared.into_iter().map(|(column, values)| {
            let name = &rows.columns[column].0;
            build::any(values.iter().map(|text| equal(context, name, text, span)).collect(), span)
        });
        let compared: Vec<Expression> = compared.collect();
        alternatives.push(build::all(written.into_iter().flatten().chain(compared).collect(), span));
    }
    alternatives.extend(of_rows(context, &rows, plain_rows, span));
    Some(build::any(alternatives, span))
}

/// The values of a field in a row.
fn values(value: &Value) -> Vec<String> {
    match value {
        Value::TextList(items) => items.clone(),
        other => plain::plain(other).into_iter().collect(),
    }
}

fn equal(context: &mut Context<'_>, name: &ColumnName, text: &str, span: Span) -> Expression {
    leaf::comparison(context, (name.text(), span), Comparison::Equal, text, false, span)
}

/// `earliest`, `index` and the like: of one row they steer the search, of several they hold for that row.
fn modified(
    context: &mut Context<'_>,
    name: &str,
    values: &[String],
    several: bool,
    span: Span,
) -> Option<Expression> {
    let text = values.first()?;
    let operator = match name {
        "earliest" | "starttime" => Comparison::GreaterOrEqual,
        _ => Comparison::Less,
    };
    if several && ["earliest", "starttime", "latest", "endtime"].contains(&name) {
        let bound = time::parse_time(text)?;
        let now = build::call("now", Vec::new(), Type::Double, span);
        let instant = search_range::instant(&bound, &now);
        let time = context.field(TIME, span).cast(Type::Double);
        return Some(build::compare(operator, time, instant, span));
    }
    let word = |text: &str| Word { text: text.to_owned(), quote: Quote::Double, span };
    let value = SearchValue { word: word(text), directive: None };
    super::comparison(context, &word(name), SearchOperator::Equal, &value, false, span)
}

/// Whether the values of a field go into the search as they are.
fn is_search_text(name: &str) -> bool {
    ["search", "query"].contains(&name)
}

/// A row as its values, each with the number of its column.
type Cells = Vec<(usize, String)>;

/// Any of the rows, each of which is values of fields.
fn of_rows(
    context: &mut Context<'_>,
    rows: &Rows,
    found: Vec<Vec<(usize, Vec<String>)>>,
    span: Span,
) -> Vec<Expression> {
    // Several values of a field are several rows.
    let mut all: Vec<Cells> = found.into_iter().flat_map(spread).filter(|cells| !cells.is_empty()).collect();
    all.sort();
    all.dedup();
    let columns: Vec<(ColumnName, Type)> = rows.columns.clone();
    let is_text = |context: &mut Context<'_>, column: usize| {
        let value = context.field(&columns[column].0, span);
        matches!(context.type_of(&value), Type::Text | Type::TextList)
    };
    let of_text: Vec<bool> = (0..columns.len()).map(|column| is_text(context, column)).collect();
    let is_exact = |cells: &Cells| {
        cells.len() > 1 && cells.iter().all(|(column, text)| of_text[*column] && leaf::is_exact(text))
    };
    let (exact, others): (Vec<Cells>, Vec<Cells>) = all.into_iter().partition(is_exact);
    let mut alternatives = Vec::new();
    for rows in alike(exact) {
        if rows.len() < FEWEST {
            alternatives.extend(tree(context, &columns, &rows, 0, span));
        } else {
            alternatives.push(one_of(context, &columns, &rows, span));
        }
    }
    for rows in alike(others) {
        alternatives.extend(tree(context, &columns, &rows, 0, span));
    }
    alternatives
}

/// Rows with one value a field.
fn spread(row: Vec<(usize, Vec<String>)>) -> Vec<Cells> {
    row.into_iter().fold(vec![Vec::new()], |rows: Vec<Cells>, (column, values)| {
        let with = |cells: &Cells, text: &String| {
            let mut cells = cells.clone();
            cells.push((column, text.clone()));
            cells
        };
        rows.iter().flat_map(|cells| values.iter().map(move |text| with(cells, text))).collect()
    })
}

/// The rows in groups of those that have the same fields.
fn alike(rows: Vec<Cells>) -> Vec<Vec<Cells>> {
    let mut groups: Vec<(Vec<usize>, Vec<Cells>)> = Vec::new();
    for row in rows {
        let columns: Vec<usize> = row.iter().map(|(column, _)| *column).collect();
        match groups.iter_mut().find(|(known, _)| *known == columns) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((columns, vec![row])),
        }
    }
    groups.into_iter().map(|(_, rows)| rows).collect()
}

/// Sorted rows with the same fields from one field on: what the values of the first have in common is said once.
fn tree(
    context: &mut Context<'_>,
    columns: &[(ColumnName, Type)],
    rows: &[Cells],
    depth: usize,
    span: Span,
) -> Vec<Expression> {
    let Some((column, _)) = rows.first().and_then(|row| row.get(depth)) else { return Vec::new() };
    let name = &columns[*column].0;
    let is_last = rows.first().is_some_and(|row| row.len() == depth + 1);
    if is_last {
        let equals = rows.iter().filter_map(|row| row.get(depth));
        let equals = equals.map(|(_, text)| equal(context, name, text, span)).collect();
        return vec![build::any(equals, span)];
    }
    let mut alternatives = Vec::new();
    for same in rows.chunk_by(|left, right| left.get(depth) == right.get(depth)) {
        let Some((_, text)) = same.first().and_then(|row| row.get(depth)) else { continue };
        let first = equal(context, name, text, span);
        let rest = build::any(tree(context, columns, same, depth + 1, span), span);
        alternatives.push(build::all(vec![first, rest], span));
    }
    alternatives
}

/// Many rows of several fields as a set of what their values are together.
fn one_of(
    context: &mut Context<'_>,
    columns: &[(ColumnName, Type)],
    rows: &[Cells],
    span: Span,
) -> Expression {
    let together = |row: &Cells| {
        let texts: Vec<&str> = row.iter().map(|(_, text)| text.as_str()).collect();
        texts.join(BETWEEN)
    };
    let folded = rows.iter().map(together).collect();
    let set = MemberSet::new(Members::Texts { exact: Vec::new(), folded, patterns: Vec::new() });
    let mut arguments = vec![Expression::text(BETWEEN, span)];
    for (column, _) in rows.first().into_iter().flatten() {
        arguments.push(context.field(&columns[*column].0, span));
    }
    let value = Box::new(build::call("combinations", arguments, Type::TextList, span));
    Expression::new(ExpressionKind::Member { set, value }, span)
}

/// The value of a subsearch; none until it is known, or if there is none. Quotes round it are not part of it.
pub(crate) fn value(context: &mut Context<'_>, pipeline: &Pipeline) -> Option<String> {
    let (_, rows) = rows(context, pipeline)?;
    let text = rows.rows.first()?.iter().find_map(plain::plain)?;
    let inside = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    Some(inside.map_or_else(|| text.clone(), |inside| inside.replace("\\\"", "\"")))
}

/// `field=[subsearch]` and `field IN ([subsearch])`: the values of the subsearch stand behind the field as they are.
pub(super) fn compared(
    context: &mut Context<'_>,
    (field, operator, listed): (&Word, SearchOperator, bool),
    pipeline: &Pipeline,
    negated: bool,
    span: Span,
) -> Option<Expression> {
    let (_, rows) = rows(context, pipeline)?;
    let texts: Vec<String> = rows
        .rows
        .iter()
        .flat_map(|row| row.iter().map(values).find(|values| !values.is_empty()))
        .flatten()
        .collect();
    let mut found = Vec::new();
    for text in texts {
        found.push(with_text(context, (field, operator, listed), text, negated, span)?);
    }
    Some(build::any(found, span))
}

fn with_text(
    context: &mut Context<'_>,
    (field, operator, listed): (&Word, SearchOperator, bool),
    text: String,
    negated: bool,
    span: Span,
) -> Option<Expression> {
    let is_written = listed || text.starts_with(['"', '(']);
    if is_written {
        let name = field.text.replace('"', "\\\"");
        let whole = if listed {
            format!("\"{name}\" IN ({text})")
        } else {
            format!("\"{name}\"{}{text}", operator.sign())
        };
        let (pipeline, found) = parse_at(&whole, span);
        if let [Command { arguments: Arguments::Search(Some(search)), .. }] = pipeline.commands.as_slice()
            && !found.iter().any(Diagnostic::is_error)
            && matches!(search, SearchExpression::In { .. } | SearchExpression::Comparison { .. })
        {
            return super::restrict(context, search, negated);
        }
    }
    let word = Word { text, quote: Quote::Double, span };
    let value = SearchValue { word, directive: None };
    super::comparison(context, field, operator, &value, negated, span)
}

/// The rows of a subsearch and whether they stand for bare values.
fn rows(context: &mut Context<'_>, pipeline: &Pipeline) -> Option<(bool, Rows)> {
    let mut inner = subsearch::lower(context, pipeline)?;
    let mut columns: Vec<Column> = inner.visible();
    columns.retain(|column| !column.empty && !is_internal(&column.name));
    let rows = inner.settle(&columns);
    context.needs_discovery |= inner.needs_discovery;
    for diagnostic in std::mem::take(&mut inner.diagnostics) {
        context.report(diagnostic);
    }
    Some((inner.bare_values, rows?))
}
