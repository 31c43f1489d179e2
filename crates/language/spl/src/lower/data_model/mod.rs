//! Data models: named sets of events whose fields have common names.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};
use quarry_plan::{Comparison, Expression, Type, Value};
use quarry_views::Derivation;

use super::context::{Context, Late, LateRule, Place, Typed, convert, wider};
use super::{build, codes, search};
use crate::tree::{Arguments, SearchExpression, Word};
use crate::{Macros, parse};

const MODELS: &str = include_str!("models.txt");

/// The field whose values say to which data models an event belongs.
const TAG: &str = "tag";

/// One dataset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dataset {
    /// Model, then datasets from the root down, joined by dots.
    pub(crate) path: &'static str,
    constraint: &'static str,
    defaults: &'static str,
}

/// A field that is never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Default {
    pub(crate) field: &'static str,
    /// The field read where it is empty.
    pub(crate) other: Option<&'static str>,
    /// The text where that is empty too.
    pub(crate) text: &'static str,
}

fn datasets() -> impl Iterator<Item = Dataset> {
    MODELS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut parts = line.split('|').map(str::trim);
        Some(Dataset { path: parts.next()?, constraint: parts.next()?, defaults: parts.next()? })
    })
}

impl Dataset {
    fn model(self) -> &'static str {
        self.path.split('.').next().unwrap_or_default()
    }

    /// The datasets from the root to this one.
    fn lineage(self) -> Vec<Self> {
        datasets().filter(|other| self.path == other.path || is_below(self.path, other.path)).collect()
    }

    /// The datasets under this one and itself.
    fn family(self) -> Vec<Self> {
        datasets().filter(|other| self.path == other.path || is_below(other.path, self.path)).collect()
    }

    /// The fields that are never empty, here and in all datasets above and below.
    fn defaults(self) -> Vec<Default> {
        let related = self.lineage().into_iter().chain(self.family());
        let words = related.flat_map(|dataset| dataset.defaults.split_whitespace());
        words
            .map(|word| {
                let (field, fallback) =
                    word.split_once('=').map_or((word, None), |(field, rest)| (field, Some(rest)));
                let (other, text) = match fallback {
                    Some(rest) => rest
                        .split_once(':')
                        .map_or((Some(rest), "unknown"), |(other, text)| (Some(other), text)),
                    None => (None, "unknown"),
                };
                Default { field, other, text }
            })
            .collect()
    }

    fn tags(self) -> Vec<&'static str> {
        let words = self.lineage().into_iter().flat_map(|dataset| dataset.constraint.split_whitespace());
        words.filter_map(|word| word.strip_prefix("tag=")).collect()
    }
}

fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'))
}

/// Leaves the events of the dataset that a search names, and gives their fields its names.
pub(crate) fn read(context: &mut Context<'_>, name: &Word) -> Option<Dataset> {
    let dataset = find(context, &name.text, name.span)?;
    warn_if_empty(context, dataset, name.span);
    let restriction = restriction(context, dataset, name.span);
    context.filter(restriction);
    context.add_rule(Fields { defaults: dataset.defaults() });
    Some(dataset)
}

/// The dataset that `datamodel=` names: a model stands for its first dataset, a dataset may be named
/// without those above it.
fn find(context: &mut Context<'_>, name: &str, span: Span) -> Option<Dataset> {
    let model = name.split('.').next().unwrap_or_default();
    let last = name.rsplit('.').next().unwrap_or_default();
    let of_model = || datasets().filter(|dataset| dataset.model() == model);
    let found = if name == model {
        of_model().next()
    } else {
        of_model().find(|dataset| dataset.path == name || dataset.path.rsplit('.').next() == Some(last))
    };
    if found.is_none() {
        let help = match did_you_mean(name, datasets().map(|dataset| dataset.path)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                "write the search that the data model stands for, such as `index=* tag=change`".to_owned()
            }
        };
        let message = format!("no data model is known as `{name}`");
        context.report(Diagnostic::error(codes::UNKNOWN_DATA_MODEL, message, span).with_help(help));
    }
    found
}

/// What the events of a dataset fulfil.
fn restriction(context: &mut Context<'_>, dataset: Dataset, span: Span) -> Expression {
    let mut items = Vec::new();
    for part in dataset.lineage() {
        items.extend(constraint(context, part));
    }
    let mut predicate = build::all(items, span);
    predicate.span = span;
    predicate
}

fn constraint(context: &mut Context<'_>, dataset: Dataset) -> Option<Expression> {
    let parsed = parse(dataset.constraint, &Macros::default());
    let arguments = parsed.pipeline.commands.first().map(|command| &command.arguments);
    match arguments {
        Some(Arguments::Search(Some(expression))) => search::lower(context, expression),
        _ => None,
    }
}

/// The names of the datasets an event is in, for `nodename`.
pub(crate) fn node_names(context: &mut Context<'_>, dataset: Dataset, span: Span) -> Expression {
    let mut names = Vec::new();
    for member in dataset.family() {
        let name = member.path.split_once('.').map_or(member.path, |(_, name)| name);
        let within = restriction(context, member, span);
        names.push(build::case(vec![(within, Expression::text(name, span))], None, span));
    }
    build::call("mvappend", names, Type::TextList, span)
}

/// Whether a search mentions a field.
pub(crate) fn mentions(search: &SearchExpression, name: &str) -> bool {
    match search {
        SearchExpression::And(items, _) | SearchExpression::Or(items, _) => {
            items.iter().any(|item| mentions(item, name))
        }
        SearchExpression::Not(inner, _) => mentions(inner, name),
        SearchExpression::Comparison { field, .. }
        | SearchExpression::In { field, .. }
        | SearchExpression::SubsearchComparison { field, .. } => field.text == name,
        SearchExpression::Term(_) | SearchExpression::Subsearch(..) => false,
    }
}

/// Warns if no log type of the view is ever in the dataset.
fn warn_if_empty(context: &mut Context<'_>, dataset: Dataset, span: Span) {
    let mut known: Vec<&str> = Vec::new();
    for source in &context.shared.options.view.sources {
        if let Some(field) = source.fields.get(TAG) {
            constants(&field.derivation, &mut known);
        }
    }
    let missing: Vec<&str> = dataset.tags().into_iter().filter(|tag| !known.contains(tag)).collect();
    if let Some(tag) = missing.first() {
        let message = format!(
            "no log type of the view `{}` fills the data model `{}`: no event is in it",
            context.shared.options.view.name, dataset.path
        );
        let found = Diagnostic::warning(codes::EMPTY_DATA_MODEL, message, span).with_help(format!(
            "declare the field `tag` with the value `{tag}` for a log type in `quarry.toml`"
        ));
        context.report(found);
    }
}

fn constants<'d>(derivation: &'d Derivation, texts: &mut Vec<&'d str>) {
    match derivation {
        Derivation::Constant(Value::Text(text)) => texts.push(text),
        Derivation::Constant(Value::TextList(items)) => texts.extend(items.iter().map(String::as_str)),
        Derivation::First(items) | Derivation::Concat(items) => {
            for item in items {
                constants(item, texts);
            }
        }
        Derivation::Present { then, .. } => constants(then, texts),
        Derivation::If { then, otherwise, .. } => {
            constants(then, texts);
            constants(otherwise, texts);
        }
        _ => {}
    }
}

/// The field of the event behind a data model's name for it: `Web.url` is `url`. Datasets begin
/// with a capital letter, fields do not.
fn event_field(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((dataset, field))
            if dataset.split('.').all(|part| part.starts_with(|first: char| first.is_ascii_uppercase())) =>
        {
            field
        }
        _ => name,
    }
}

/// A data model names the event's fields; some of them are never empty.
#[derive(Debug)]
struct Fields {
    defaults: Vec<Default>,
}

impl LateRule for Fields {
    fn field(&self, context: &mut Context<'_>, name: &str, place: &Place<'_>) -> Late {
        let field = event_field(name);
        match self.defaults.iter().find(|default| default.field == field) {
            Some(default) => Late::Values(never_empty(context, default, place), None),
            None if field == name => Late::Values(None, place.before(context, &name.into())),
            None => Late::Values(place.before(context, &field.into()), None),
        }
    }
}

/// A field, or what stands for it where it is missing or empty.
fn never_empty(context: &mut Context<'_>, default: &Default, place: &Place<'_>) -> Option<Typed> {
    let fields = std::iter::once(default.field).chain(default.other);
    let mut values = Vec::new();
    let mut data_type = Type::Text;
    for field in fields {
        let Some((value, have)) = place.before(context, &field.into()) else { continue };
        data_type = wider(data_type, have);
        values.push((value, have));
    }
    let span = context.span;
    let mut items: Vec<Expression> = values
        .into_iter()
        .map(|(value, have)| {
            let text = convert(value.clone(), have, data_type);
            if have != Type::Text {
                return text;
            }
            let filled = build::compare(Comparison::NotEqual, value, Expression::text("", span), span);
            build::case(vec![(filled, text)], None, span)
        })
        .collect();
    items.push(convert(Expression::text(default.text, span), Type::Text, data_type));
    Some((build::coalesce(items, span), data_type))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{Default, datasets, event_field};

    #[test]
    fn the_table_reads_whole() {
        let lines = super::MODELS.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(datasets().count(), lines);
        for dataset in datasets() {
            let parsed = crate::parse(dataset.constraint, &crate::Macros::default());
            assert!(parsed.diagnostics.is_empty(), "{}", dataset.path);
            let parent = dataset.path.rsplit_once('.').unwrap().0;
            assert!(
                !parent.contains('.') || datasets().any(|other| other.path == parent),
                "{}",
                dataset.path
            );
        }
    }

    #[test]
    fn defaults_are_inherited() {
        let instances = datasets().find(|dataset| dataset.path.ends_with("Instance_Changes")).unwrap();
        let defaults = instances.defaults();
        assert!(defaults.contains(&Default { field: "image_id", other: None, text: "unknown" }));
        assert!(defaults.contains(&Default { field: "result_id", other: Some("signature_id"), text: "-1" }));
        assert_eq!(instances.tags(), ["change", "instance"]);
    }

    #[test]
    fn dataset_names_come_off_field_names() {
        assert_eq!(event_field("All_Changes.Instance_Changes.image_id"), "image_id");
        assert_eq!(event_field("userIdentity.arn"), "userIdentity.arn");
        assert_eq!(event_field("user"), "user");
    }
}
