//! `LOOKUP-` of props.conf: automatic lookups.

use quarry_plan::Expression;

use super::super::context::Context;
use super::super::rows::lookup_table::{self, How};
use super::Preparation;
use crate::Macros;
use crate::tree::{Arguments, Item, Word};

/// The rest of a key: the beginning is written in any case, and a hyphen, an underscore or nothing follows
/// (props.conf.spec, LOOKUP).
pub(super) fn class(key: &str) -> Option<&str> {
    let begins = key.get(..6).is_some_and(|begin| begin.eq_ignore_ascii_case("LOOKUP"));
    begins.then(|| key[6..].trim_start_matches(['-', '_']))
}

/// `table key AS field OUTPUT column AS field`.
pub(super) fn look_up(
    context: &mut Context<'_>,
    _: &mut Preparation<'_>,
    condition: &Expression,
    _: &str,
    value: &str,
) {
    let parsed = crate::parse(&format!("| lookup {value}"), &Macros::default());
    let Some(Arguments::General(items)) = parsed.pipeline.commands.first().map(|command| &command.arguments)
    else {
        return;
    };
    let words: Vec<&Word> = items
        .iter()
        .filter_map(|item| match item {
            Item::Word(word) => Some(word),
            _ => None,
        })
        .collect();
    let Some((name, words)) = words.split_first() else { return };
    let Some((definition, table)) = lookup_table::find(context, name) else { return };
    let at = words.iter().position(|word| word.is_keyword("output") || word.is_keyword("outputnew"));
    let (keys, outputs) = words.split_at(at.unwrap_or(words.len()));
    let keeps = outputs.first().is_some_and(|word| word.is_keyword("outputnew"));
    let keys = lookup_table::pairs(keys);
    let outputs = lookup_table::pairs(outputs.get(1..).unwrap_or_default());
    // An automatic lookup of one source type must leave the fields of others alone.
    let how = How { keeps, only: Some(condition.clone()) };
    lookup_table::apply(context, &definition, &table, &keys, &outputs, &how);
}
