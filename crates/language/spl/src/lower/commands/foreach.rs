//! `foreach`: an `eval` for each field that matches, with the field's name in place of `<<FIELD>>`.

use quarry_diagnostic::Diagnostic;
use quarry_plan::{AggregateCall, ColumnName, Expression, Type, Value};

use super::super::arguments::{General, missing};
use super::super::context::{Column, Context, convert, wider};
use super::super::rows::subsearch;
use super::super::{build, codes, expression, wildcard};
use super::lower_one;
use crate::registry::{AnyOf, CommandRow, Needs, OptionRow};
use crate::tree::{
    Arguments, Assignment, Command, EvalExpression, EvalKind, Item, OptionItem, OptionValue, Pipeline,
    RenamePair, SearchExpression, SearchValue, Word,
};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "foreach",
    "foreach <options> <fields> [ eval ...<<FIELD>>... ]",
    "Runs commands for each of several fields.",
    "a [eval <<FIELD>>=1]",
    lower,
)
.needs(Needs::Subsearch)
.with_options(&[MODE, ITEM, TURN, FIELD, MATCH])
.with_common(subsearch::BOUNDS)
.taking_any(AnyOf::Words)];

const MODE: OptionRow = OptionRow::choice(
    "mode",
    &["multifield", "multivalue", "json_array", "auto_collections"],
    "multifield",
    "Whether commands run for several fields, or for the values of one.",
);
const ITEM: OptionRow = OptionRow::text("itemstr", "text", "<<ITEM>>", "What stands for a value.");
const TURN: OptionRow =
    OptionRow::text("iterstr", "text", "<<ITER>>", "What stands for the number of a value.");
const FIELD: OptionRow =
    OptionRow::text("fieldstr", "text", "<<FIELD>>", "What stands for the name of a field.");
const MATCH: OptionRow =
    OptionRow::text("matchstr", "text", "<<MATCHSTR>>", "What stands for what a wildcard matches.");

/// Longer lists are refused: each value is an assignment of its own.
const MOST_ITEMS: usize = 500;

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let mode = arguments.options.choice(&MODE);
    let item = arguments.options.text(&ITEM).to_owned();
    let turn = arguments.options.text(&TURN).to_owned();
    let texts = [arguments.options.word(&FIELD), arguments.options.word(&MATCH)]
        .map(|word| word.map(|word| word.text.clone()));
    let Some(pipeline) = subsearch::take(context, &mut arguments, command) else { return };
    let words = arguments.words(context);
    arguments.finish(context);
    if words.is_empty() {
        return missing(context, command, "a field");
    }
    if let Some(mode) = mode.filter(|mode| *mode != MODE.default) {
        return over_items(context, pipeline, words[0], &[item, turn], mode);
    }
    for word in words {
        let names = if wildcard::is_wildcard(&word.text) {
            context.matching(&word.text)
        } else {
            vec![word.text.clone()]
        };
        for name in names {
            let replaced = Replacement::new(&word.text, &name, &texts);
            for inner in &pipeline.commands {
                apply(context, inner, &replaced);
            }
        }
    }
}

/// An `eval` for each value of a list, as often as the longest list of all rows has values.
fn over_items(
    context: &mut Context<'_>,
    pipeline: &Pipeline,
    field: &Word,
    tokens: &[String; 2],
    mode: &str,
) {
    let span = field.span;
    let value = context.field(&field.text, span);
    let have = context.type_of(&value);
    if have == Type::Null {
        return;
    }
    let list = context.fresh_name("items");
    let of = |name: &str| build::call(name, vec![value.clone()], Type::TextList, span);
    let items = match mode {
        "json_array" => of("json_array_to_mv"),
        "auto_collections" if have == Type::Text => {
            build::coalesce(vec![of("json_array_to_mv"), of("mvappend")], span)
        }
        _ => of("mvappend"),
    };
    context.assign(vec![(list.clone(), items)]);
    let Some(longest) = longest(context, &list) else { return };
    if longest > MOST_ITEMS {
        let message = format!("`{}` has more than {MOST_ITEMS} values in a row", field.text);
        context.report(
            Diagnostic::error(codes::TOO_COMPLEX, message, span)
                .with_help("write `mvmap(<field>, <expression>)`, or `mvexpand` before it"),
        );
        return;
    }
    for turn in 0..longest {
        #[allow(clippy::cast_precision_loss)] // at most a few hundred
        let index = build::number(turn as f64, span);
        let item = context.fresh_name("item");
        let one = build::call("mvindex", vec![Expression::column(&list, span), index], Type::Text, span);
        context.assign(vec![(item.clone(), one)]);
        let replaced = Replacement {
            tokens: vec![(tokens[1].clone(), turn.to_string())],
            item: Some((tokens[0].clone(), item.clone())),
        };
        for inner in &pipeline.commands {
            apply_where(context, inner, &replaced, &item);
        }
    }
    context.hide(&[list]);
}

/// The greatest number of values in a row; none while it is not known.
fn longest(context: &mut Context<'_>, list: &ColumnName) -> Option<usize> {
    let mut copy = context.clone();
    copy.diagnostics.clear();
    let span = copy.span;
    let count = build::call("mvcount", vec![Expression::column(list, span)], Type::Double, span);
    let call = AggregateCall {
        function: "max".to_owned(),
        arguments: vec![count],
        filter: None,
        order: Vec::new(),
        result: Type::Double,
    };
    copy.aggregate(Vec::new(), vec![("most".into(), call)]);
    let column = Column { name: "most".into(), data_type: Type::Double, empty: false };
    let rows = copy.settle(&[column])?;
    match rows.rows.first().and_then(|row| row.first()) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a count
        Some(Value::Double(most)) => Some(*most as usize),
        _ => Some(0),
    }
}

/// The assignments of a command, in rows that have the item.
fn apply_where(context: &mut Context<'_>, command: &Command, replaced: &Replacement, item: &ColumnName) {
    let Arguments::Eval(assignments) = &command.arguments else {
        return apply(context, command, replaced);
    };
    for assignment in assignments {
        let assignment = replaced.assignment(assignment);
        let name = assignment.field.text.clone();
        let span = assignment.span;
        let (value, have) = expression::written(context, &assignment.value);
        let old = context.find(&name).filter(|column| !column.empty);
        let common = old.as_ref().map_or(have, |old| wider(old.data_type, have));
        let old = old.map(|old| convert(Expression::column(&name, span), old.data_type, common));
        let present = build::is_present(Expression::column(item, span));
        let new = build::case(vec![(present, convert(value, have, common))], old, span);
        context.assign(vec![(name, new)]);
    }
}

fn apply(context: &mut Context<'_>, command: &Command, replaced: &Replacement) {
    let arguments = replaced.item.is_none().then(|| replaced.arguments(&command.arguments)).flatten();
    let Some(arguments) = arguments.or_else(|| replaced.assignments(&command.arguments)) else {
        let message = format!("`foreach` cannot run `{}`", command.name);
        let found = Diagnostic::error(codes::UNSUPPORTED_SUBSEARCH, message, command.span)
            .with_help("it runs `eval`, and over fields commands that look at one row at a time");
        context.report(found);
        return;
    };
    lower_one(context, &Command { arguments, ..command.clone() });
}

/// Tokens and what stands for them.
struct Replacement {
    tokens: Vec<(String, String)>,
    /// The token of an item, and the column that holds it.
    item: Option<(String, ColumnName)>,
}

impl Replacement {
    fn new(pattern: &str, name: &str, [field, matched]: &[Option<String>; 2]) -> Self {
        let token =
            |given: &Option<String>, default: &str| given.clone().unwrap_or_else(|| default.to_owned());
        let texts = wildcard::captures(pattern, name).unwrap_or_default();
        let mut tokens = vec![
            (token(field, "<<FIELD>>"), name.to_owned()),
            (token(matched, "<<MATCHSTR>>"), texts.concat()),
        ];
        for (index, text) in texts.into_iter().enumerate() {
            tokens.push((format!("<<MATCHSEG{}>>", index + 1), text));
        }
        Self { tokens, item: None }
    }

    /// The column of an item, if a text is nothing but its token.
    fn item(&self, text: &str) -> Option<ColumnName> {
        self.item.as_ref().filter(|(token, _)| token == text).map(|(_, column)| column.clone())
    }

    fn text(&self, text: &str) -> String {
        self.tokens.iter().fold(text.to_owned(), |text, (token, value)| text.replace(token.as_str(), value))
    }

    fn word(&self, word: &Word) -> Word {
        Word { text: self.text(&word.text), ..word.clone() }
    }

    fn assignments(&self, arguments: &Arguments) -> Option<Arguments> {
        let Arguments::Eval(assignments) = arguments else { return None };
        Some(Arguments::Eval(assignments.iter().map(|assignment| self.assignment(assignment)).collect()))
    }

    /// The arguments of a command that looks at one row at a time, filled in; none of others.
    fn arguments(&self, arguments: &Arguments) -> Option<Arguments> {
        Some(match arguments {
            Arguments::Eval(_) => return self.assignments(arguments),
            Arguments::Where(condition) => Arguments::Where(self.expression(condition)),
            Arguments::Search(search) => Arguments::Search(search.as_ref().map(|search| self.search(search))),
            Arguments::Rename(pairs) => {
                let pair = |pair: &RenamePair| RenamePair {
                    from: self.word(&pair.from),
                    to: self.word(&pair.to),
                    span: pair.span,
                };
                Arguments::Rename(pairs.iter().map(pair).collect())
            }
            Arguments::General(items) => {
                Arguments::General(items.iter().map(|item| self.argument(item)).collect())
            }
            Arguments::Sort(_) | Arguments::Stats(_) => return None,
        })
    }

    fn argument(&self, item: &Item) -> Item {
        match item {
            Item::Word(word) => Item::Word(self.word(word)),
            Item::Expression(value) => Item::Expression(self.expression(value)),
            Item::Option(option) => {
                let value = match &option.value {
                    OptionValue::Word(word) => OptionValue::Word(self.word(word)),
                    OptionValue::Expression(value) => OptionValue::Expression(self.expression(value)),
                    OptionValue::Search(search) => OptionValue::Search(self.search(search)),
                    OptionValue::Subsearch(inner) => OptionValue::Subsearch(inner.clone()),
                };
                Item::Option(OptionItem { name: self.word(&option.name), value, ..option.clone() })
            }
            Item::Call { name, arguments, span } => Item::Call {
                name: self.word(name),
                arguments: arguments.iter().map(|word| self.word(word)).collect(),
                span: *span,
            },
            other => other.clone(),
        }
    }

    fn search(&self, search: &SearchExpression) -> SearchExpression {
        let all = |items: &[SearchExpression]| items.iter().map(|item| self.search(item)).collect();
        let filled = |value: &SearchValue| SearchValue { word: self.word(&value.word), ..value.clone() };
        match search {
            SearchExpression::And(items, span) => SearchExpression::And(all(items), *span),
            SearchExpression::Or(items, span) => SearchExpression::Or(all(items), *span),
            SearchExpression::Not(inner, span) => SearchExpression::Not(Box::new(self.search(inner)), *span),
            SearchExpression::Comparison { field, operator, value, span } => SearchExpression::Comparison {
                field: self.word(field),
                operator: *operator,
                value: filled(value),
                span: *span,
            },
            SearchExpression::In { field, values, span } => SearchExpression::In {
                field: self.word(field),
                values: values.iter().map(filled).collect(),
                span: *span,
            },
            SearchExpression::Term(value) => SearchExpression::Term(filled(value)),
            other => other.clone(),
        }
    }

    fn assignment(&self, assignment: &Assignment) -> Assignment {
        Assignment {
            field: Word { text: self.text(&assignment.field.text), ..assignment.field.clone() },
            value: self.expression(&assignment.value),
            span: assignment.span,
        }
    }

    fn expression(&self, expression: &EvalExpression) -> EvalExpression {
        let kind = match &expression.kind {
            // An item is the value itself, whether quoted or not.
            EvalKind::Text(text) => {
                self.item(text).map_or_else(|| EvalKind::Text(self.text(text)), EvalKind::Column)
            }
            EvalKind::Field { name, quoted } => {
                if let Some(column) = self.item(name) {
                    return EvalExpression { kind: EvalKind::Column(column), span: expression.span };
                }
                let text = self.text(name);
                // What stands for a token is put in as text, so digits are a number.
                if !quoted && text != *name && text.parse::<f64>().is_ok() {
                    EvalKind::Number(text)
                } else {
                    EvalKind::Field { name: text, quoted: *quoted }
                }
            }
            _ => return expression.map_parts(&|inner| self.expression(inner)),
        };
        EvalExpression { kind, span: expression.span }
    }
}
