//! `rex`: fields from the named groups of a regular expression, or a text changed as `sed` does.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{Expression, Type};

use super::super::arguments::{General, missing};
use super::super::context::{Context, RAW, convert, wider};
use super::super::{build, codes, pattern as regular};
use crate::registry::{CommandRow, Grammar, Needs, OptionRow};
use crate::tree::{Command, Word};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "rex",
    "rex <options> <pattern>",
    "Takes fields from a text by the named groups of a pattern, or edits it.",
    "field=a \"(?<b>.)\"",
    lower,
)
.grammar(Grammar::Pattern)
.needs(Needs::Arguments)
.with_options(&[FIELD, MODE, MOST, OFFSETS])];

const FIELD: OptionRow = OptionRow::text("field", "field", RAW, "The text.");
const MODE: OptionRow =
    OptionRow::choice("mode", &["sed"], "", "Whether the pattern edits the text, as in `s/a/b/g`.");
const MOST: OptionRow = OptionRow::count("max_match", "1", "How many matches are taken; 0 is all.");
const OFFSETS: OptionRow =
    OptionRow::text("offset_field", "field", "", "A field for where the groups stand in the text.");

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let field = arguments.options.word(&FIELD);
    let mode = arguments.options.choice(&MODE);
    let most = arguments.options.count(&MOST).unwrap_or_default();
    let offsets = arguments.options.word(&OFFSETS).cloned();
    let words = arguments.words(context);
    arguments.finish(context);
    let [pattern] = words.as_slice() else {
        return missing(context, command, "one regular expression in quotes");
    };
    let name = field.map_or(FIELD.default, |word| word.text.as_str());
    let input = context.field(name, field.map_or(command.span, |word| word.span));
    match mode {
        Some(_) => change(context, name, input, pattern),
        None => {
            let places = offsets.filter(|_| context.type_of(&input) != Type::Null).map(|name| {
                let arguments = vec![input.clone(), Expression::text(&pattern.text, pattern.span)];
                (name.text, build::call("rex_offsets", arguments, Type::Text, pattern.span))
            });
            // Read before a group replaces the field that is read.
            let helper = places.map(|(name, places)| {
                let helper = context.fresh_name("offsets");
                context.assign(vec![(helper.clone(), places)]);
                (name, helper)
            });
            extract(context, command, input, pattern, most);
            if let Some((name, helper)) = helper {
                context.assign(vec![(name, Expression::column(&helper, command.span))]);
                context.hide(&[helper]);
            }
        }
    }
}

fn change(context: &mut Context<'_>, name: &str, input: Expression, script: &Word) {
    regular::check_script(context, &script.text, script.span);
    let have = context.type_of(&input);
    if have == Type::Null {
        return;
    }
    let result = if have == Type::TextList { Type::TextList } else { Type::Text };
    let arguments = vec![input, Expression::text(&script.text, script.span)];
    let changed = build::call("rex_sed", arguments, result, script.span);
    context.assign(vec![(name.to_owned(), changed)]);
}

/// Each named group becomes a field; where nothing matches the field keeps its value.
fn extract(context: &mut Context<'_>, command: &Command, input: Expression, pattern: &Word, most: usize) {
    if !regular::is_fine(context, &pattern.text, pattern.span) {
        return;
    }
    let groups = regular::group_names(&pattern.text);
    if groups.is_empty() {
        let found =
            Diagnostic::error(codes::BAD_PATTERN, "the regular expression has no named group", pattern.span)
                .with_help("name what is to become a field: `(?<field>...)`");
        return context.report(found);
    }
    if context.type_of(&input) == Type::Null {
        return;
    }
    let result = if most == 1 { Type::Text } else { Type::TextList };
    let mut values = Vec::new();
    for group in groups {
        let mut arguments = vec![
            input.clone(),
            Expression::text(&pattern.text, pattern.span),
            Expression::text(&group, pattern.span),
        ];
        if most != 1 {
            arguments.push(build::number(f64::from(u32::try_from(most).unwrap_or(u32::MAX)), pattern.span));
        }
        let found = build::call("rex", arguments, result, command.span);
        let value = match context.find(&group).filter(|column| !column.empty) {
            Some(old) => {
                let data_type = wider(result, old.data_type);
                let old = convert(Expression::column(&group, command.span), old.data_type, data_type);
                build::coalesce(vec![convert(found, result, data_type), old], command.span)
            }
            None => found,
        };
        values.push((group, value));
    }
    context.assign(values);
}
