//! `eval`: sets fields, each assignment seeing the ones before. `{field}` in a name stands for the value
//! that the field has in the row.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{ColumnName, Comparison, Expression, Type};

use super::super::arguments::not_understood;
use super::super::context::{Column, Context, convert, wider};
use super::super::rows::plain;
use super::super::{build, codes, expression};
use crate::registry::{AnyOf, CommandRow, Grammar};
use crate::tree::{Arguments, Command, Word};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "eval",
    "eval <field>=<expression> [, ...]",
    "Sets fields; each assignment sees those before it.",
    "a=1",
    lower,
)
.grammar(Grammar::Eval)
.taking_any(AnyOf::Names)];

/// More names than this are refused: each is a column of its own.
const MOST_NAMES: usize = 500;

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let Arguments::Eval(assignments) = &command.arguments else { return not_understood(context, command) };
    for assignment in assignments {
        let (value, have) = expression::written(context, &assignment.value);
        match pieces(&assignment.field.text) {
            Some(pieces) => assign_named(context, &assignment.field, &pieces, (value, have)),
            None => context.assign(vec![(assignment.field.text.clone(), value)]),
        }
    }
}

/// Part of the name of a field to set.
#[derive(Debug, PartialEq)]
enum Piece<'t> {
    Text(&'t str),
    ValueOf(&'t str),
}

/// The parts of a name with `{field}` in it; none of any other. `{}` is part of the names of lists.
fn pieces(name: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let (mut rest, mut found) = (name, false);
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, behind) = after.split_once('}')?;
        if inside.is_empty() {
            return None;
        }
        pieces.extend([Piece::Text(before), Piece::ValueOf(inside)]);
        (rest, found) = (behind, true);
    }
    pieces.push(Piece::Text(rest));
    found.then_some(pieces)
}

/// Sets, in each row, the field that the row's values name.
fn assign_named(
    context: &mut Context<'_>,
    field: &Word,
    pieces: &[Piece<'_>],
    (value, have): (Expression, Type),
) {
    let span = field.span;
    let mut keys: Vec<ColumnName> = Vec::new();
    for piece in pieces {
        let Piece::ValueOf(name) = piece else { continue };
        let source = context.field(*name, span);
        let source_type = context.type_of(&source);
        if source_type == Type::Null {
            return;
        }
        let key = context.fresh_name("name");
        context.assign(vec![(key.clone(), convert(source, source_type, Type::Text))]);
        keys.push(key);
    }
    let result = context.fresh_name("value");
    let is_null = have == Type::Null;
    let value = if is_null { build::null(span).cast(Type::Text) } else { value };
    let have = if is_null { Type::Text } else { have };
    context.assign(vec![(result.clone(), value)]);
    let Some(rows) = names_in_rows(context, &keys, span) else { return };
    if rows.len() > MOST_NAMES {
        let message = format!("`{}` stands for more than {MOST_NAMES} fields", field.text);
        context.report(
            Diagnostic::error(codes::TOO_COMPLEX, message, span)
                .with_help("narrow the rows before, or write names as values: `stats values(x) by name`"),
        );
        return;
    }
    for values in rows {
        let mut given = values.iter();
        let name: String = pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Text(text) => Some(*text),
                Piece::ValueOf(_) => given.next().map(String::as_str),
            })
            .collect();
        let same = keys.iter().zip(&values).map(|(key, value)| {
            let key = Expression::column(key, span);
            build::compare(Comparison::Equal, key, Expression::text(value, span), span)
        });
        let here = build::coalesce(vec![build::all(same.collect(), span), build::boolean(false, span)], span);
        let old = context.find(&name).filter(|column| !column.empty);
        let common = old.as_ref().map_or(have, |old| wider(old.data_type, have));
        let old = old.map(|old| convert(Expression::column(&name, span), old.data_type, common));
        let new = convert(Expression::column(&result, span), have, common);
        context.assign(vec![(name, build::case(vec![(here, new)], old, span))]);
    }
    keys.push(result);
    context.hide(&keys);
}

/// The different combinations of texts in these columns, sorted; none while they are not known.
fn names_in_rows(context: &mut Context<'_>, keys: &[ColumnName], span: Span) -> Option<Vec<Vec<String>>> {
    let mut copy = context.clone();
    copy.diagnostics.clear();
    let groups: Vec<_> = keys.iter().map(|key| (key.clone(), Expression::column(key, span))).collect();
    for (_, key) in &groups {
        copy.filter(build::is_present(key.clone()));
    }
    copy.aggregate(groups, Vec::new());
    let column = |key: &ColumnName| Column { name: key.clone(), data_type: Type::Text, empty: false };
    let columns: Vec<Column> = keys.iter().map(column).collect();
    let rows = copy.settle(&columns)?;
    let mut found: Vec<Vec<String>> =
        rows.rows.iter().map(|row| row.iter().filter_map(plain::plain).collect()).collect();
    found.retain(|values| values.len() == keys.len());
    found.sort();
    Some(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{Piece, pieces};

    #[test]
    fn names_hold_fields_in_braces() {
        let expected = [
            Piece::Text("a_"),
            Piece::ValueOf("b"),
            Piece::Text("_"),
            Piece::ValueOf("c.d"),
            Piece::Text(""),
        ];
        assert_eq!(pieces("a_{b}_{c.d}").unwrap(), expected);
        assert_eq!(pieces("a{}.b"), None);
        assert_eq!(pieces("plain"), None);
        assert_eq!(pieces("open{x"), None);
    }
}
