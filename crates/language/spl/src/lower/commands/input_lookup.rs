//! `inputlookup` and `outputlookup`: the rows of a table, and writing one.

use quarry_diagnostic::Diagnostic;
use quarry_plan::Type;

use super::super::arguments::{General, missing};
use super::super::context::{Column, Context, TIME, is_internal};
use super::super::rows::{lookup_table, subsearch};
use super::super::{Store, codes, search};
use crate::knowledge::LookupSource;
use crate::registry::{CommandRow, Grammar, Needs, OptionRow};
use crate::tree::{Command, Item, Word};

pub(super) const ROWS: &[CommandRow] = &[
    CommandRow::new(
        "inputlookup",
        "inputlookup <options> <table> [where <search>]",
        "Reads the rows of a lookup.",
        "regions.csv",
        lower_input,
    )
    .with_options(&[APPEND, START, MOST, MISSING])
    .grammar(Grammar::Filtered)
    .needs(Needs::Arguments)
    .generating(),
    CommandRow::new(
        "outputlookup",
        "outputlookup <options> <table>",
        "Writes the rows to a lookup.",
        "out.csv",
        lower_output,
    )
    .with_options(OUTPUT)
    .needs(Needs::Arguments),
    CommandRow::new(
        "inputcsv",
        "inputcsv <options> <file> [where <search>]",
        "Reads the rows of a CSV file.",
        "regions.csv",
        lower_csv,
    )
    .with_options(&[
        APPEND,
        START,
        MOST,
        MISSING,
        OptionRow::ignored("dispatch", NO_JOBS),
        OptionRow::ignored("events", "rows are what the file holds"),
    ])
    .grammar(Grammar::Filtered)
    .needs(Needs::Arguments)
    .generating(),
];

const APPEND: OptionRow = OptionRow::flag("append", false, "Whether rows are added to those there are.");
const START: OptionRow = OptionRow::count("start", "0", "The number of the first row, from 0.");
const MOST: OptionRow = OptionRow::count("max", "", "How many rows there are at most.");
const OVERRIDE: OptionRow =
    OptionRow::flag("override_if_empty", true, "Whether no rows at all replace those of the lookup.");
const MISSING: OptionRow = OptionRow::ignored("strict", "a lookup that is missing is always an error");
const NO_JOBS: &str = "there are no jobs whose files could be meant";
const FILES: &str = "the table is a CSV file in the folder given";
const OUTPUT: &[OptionRow] = &[
    APPEND,
    MOST,
    OVERRIDE,
    OptionRow::ignored("create_empty", FILES),
    OptionRow::ignored("createinapp", FILES),
    OptionRow::ignored("create_context", FILES),
    OptionRow::ignored("output_format", FILES),
    OptionRow::ignored("allow_updates", FILES),
    OptionRow::ignored("key_field", FILES),
];

pub(super) fn lower_input(context: &mut Context<'_>, command: &Command) {
    let arguments = General::new(context, command);
    read(context, command, arguments, Clone::clone);
}

/// `inputcsv`: as `inputlookup`, of a file whose name may come without its ending.
pub(super) fn lower_csv(context: &mut Context<'_>, command: &Command) {
    let arguments = General::new(context, command);
    read(context, command, arguments, |name| {
        let ends = name.text.to_lowercase().ends_with(".csv");
        Word { text: if ends { name.text.clone() } else { format!("{}.csv", name.text) }, ..name.clone() }
    });
}

fn read(
    context: &mut Context<'_>,
    command: &Command,
    mut arguments: General<'_>,
    name_of: impl Fn(&Word) -> Word,
) {
    let append = arguments.options.flag(&APPEND);
    let start = arguments.options.count(&START).unwrap_or_default();
    let most = arguments.options.count(&MOST);
    let at = arguments.items.iter().position(|item| matches!(item, Item::Where(_)));
    let condition = at.map(|at| arguments.items.remove(at));
    let words = arguments.words(context);
    arguments.finish(context);
    let [name] = words.as_slice() else { return missing(context, command, "one lookup") };
    let Some((_, table)) = lookup_table::find(context, &name_of(name)) else { return };
    let mut rows = Context::new(context.shared.clone(), context.shared.options.default_time.clone());
    rows.span = command.span;
    rows.restart(lookup_table::rows_of(&table));
    if let Some(Item::Where(Some(condition))) = condition {
        search::apply(&mut rows, condition);
    }
    if start > 0 || most.is_some() {
        rows.limit(start, most);
    }
    if append && context.has_steps_or_reads() {
        subsearch::append(context, rows);
    } else {
        subsearch::replace(context, rows);
    }
}

pub(super) fn lower_output(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let append = arguments.options.flag(&APPEND);
    let keep_if_empty = !arguments.options.flag(&OVERRIDE);
    let most = arguments.options.count(&MOST);
    let words = arguments.words(context);
    arguments.finish(context);
    let [name] = words.as_slice() else { return missing(context, command, "one lookup") };
    let Some(file) = file_of(context, &name.text) else {
        let message = format!("no lookup is named `{}`", name.text);
        let found = Diagnostic::error(codes::UNKNOWN_LOOKUP, message, name.span)
            .with_help("name a CSV file, or give the folder of its definition with `--lookups`");
        return context.report(found);
    };
    if context.is_vague() {
        return;
    }
    let mut columns = context.visible();
    if context.is_open() {
        columns.insert(0, Column { name: TIME.into(), data_type: Type::Timestamp, empty: false });
        context.find(TIME);
        columns.dedup_by(|left, right| left.name == right.name);
    }
    columns.retain(|column| !is_internal(&column.name) || column.name == TIME);
    let mut copy = context.clone();
    if let Some(most) = most {
        copy.limit(0, Some(most));
    }
    let (plan, _, _) = copy.finish(&columns, command.span);
    context.store(Store { file, plan, append, keep_if_empty, span: command.span });
}

/// The file of a lookup that is written.
fn file_of(context: &Context<'_>, name: &str) -> Option<String> {
    let definition = context.shared.environment.knowledge.and_then(|knowledge| knowledge.lookups.find(name));
    let is_plain = |file: &str| !file.is_empty() && !file.contains(['/', '\\']) && !file.starts_with('.');
    match definition.map(|definition| definition.source) {
        Some(LookupSource::File(file)) => Some(file),
        Some(LookupSource::Collection(_)) => Some(format!("{name}.csv")),
        Some(LookupSource::Elsewhere(_)) => None,
        None => name.ends_with(".csv").then(|| name.to_owned()),
    }
    .filter(|file| is_plain(file))
}
