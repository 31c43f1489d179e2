//! Which fields there are, and fields that are first mentioned late.
//!
//! Raw events are open: any path of the record is a field, so a field that a command mentions and
//! that no earlier command made is added to the scan. `rename a.* as *` and `spath` make fields
//! whose names are not known when they are lowered; each leaves a rule, and a field mentioned later
//! is added at the place of the rule.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};
use quarry_plan::{ColumnName, Comparison, Expression, ExpressionKind, Type, Value};

use super::super::{build, codes, data_model, wildcard};
use super::{Column, Context, Gone, RAW, StepKind, TIME};

/// A command that makes fields by a rule.
#[derive(Debug, Clone)]
pub(crate) enum LateRule {
    /// `rename from as to`, both with the same number of stars.
    Rename { from: String, to: String },
    /// Every JSON path of a text is a field.
    Json { input: Expression },
    /// Every element of XML text is a field.
    Markup { input: Expression },
    /// Text of names and values: what stands between pairs, and between name and value.
    Pairs { input: Expression, pairs: String, values: String },
    /// Matches of a pattern, one group of which is the name of a field and another its value; all values
    /// if `all`.
    Named { input: Expression, pattern: String, key: String, value: String, all: bool },
    /// A line of a table whose columns the header names; both are hidden columns.
    Table { header: ColumnName, line: ColumnName },
    /// A data model names the event's fields; some of them are never empty.
    Dataset { defaults: Vec<data_model::Default> },
    /// Fields that match are gone.
    Without { pattern: String },
    /// Every field that is missing gets this value.
    Fill { value: String },
    /// Fields of the user's apps stand ready.
    Prepared,
    /// A group has the values of its events; of those that are listed all of them in order.
    Grouped { listed: Listed },
    /// The rows of other pipelines follow.
    Branches { from: usize, to: usize },
    /// Another pipeline's fields stand beside those here, and go before them if `overwrite`.
    Joined { branch: usize, overwrite: bool },
}

/// Fields that a group has all values of, and what stands for a value that is missing among them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listed {
    /// Whether it is all fields.
    pub(crate) all: bool,
    /// Those by name.
    pub(crate) names: Vec<String>,
    pub(crate) missing: String,
}

impl Listed {
    pub(super) fn holds(&self, name: &ColumnName) -> bool {
        self.all || self.names.iter().any(|known| name == known)
    }
}

/// A rule, its place among the steps and what was known there.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    kind: LateRule,
    /// The extension that gains the columns.
    pub(super) step: usize,
    columns: Vec<Column>,
    gone: std::collections::BTreeMap<ColumnName, Gone>,
    /// Whether fields could come up late there: any, and internal ones.
    open: bool,
    internal: bool,
}

impl Rule {
    /// A rule about the fields that are known now.
    pub(super) fn new(context: &mut Context<'_>, kind: LateRule, step: usize) -> Self {
        Self {
            kind,
            step,
            columns: context.columns.clone(),
            gone: std::mem::take(&mut context.gone),
            open: context.has_unknown_fields(),
            internal: context.internal,
        }
    }
}

impl LateRule {
    /// Whether the rule applies to `_time`, `_raw` and the like as well.
    fn names_internal(&self) -> bool {
        matches!(self, Self::Rename { .. } | Self::Without { .. } | Self::Branches { .. } | Self::Prepared)
    }
}

impl Context<'_> {
    /// The value of a field. A field that does not exist is null, and that is reported.
    pub(crate) fn field(&mut self, name: impl Into<ColumnName>, span: Span) -> Expression {
        let name = name.into();
        match self.find(&name) {
            Some(column) if column.empty => Expression::literal(Value::Null, span),
            Some(column) => Expression::column(column.name, span),
            None => {
                self.report_missing(&name, span);
                Expression::literal(Value::Null, span)
            }
        }
    }

    /// The field of a name, if there is one here.
    pub(crate) fn find(&mut self, name: impl Into<ColumnName>) -> Option<Column> {
        let name = name.into();
        if let Some((_, element)) = self.elements.iter().rev().find(|(bound, _)| *bound == name) {
            return Some(Column { name: element.clone(), data_type: Type::Text, empty: false });
        }
        if let Some(known) = self.columns.iter().find(|column| column.name == name) {
            return Some(known.clone());
        }
        if self.gone.contains_key(&name) {
            return None;
        }
        let data_type = self.late(&name, self.rules.len())?;
        let column = Column { name, data_type, empty: false };
        self.columns.push(column.clone());
        Some(column)
    }

    /// Finds a known field anew, as the rules added since may have given it another value.
    pub(crate) fn find_again(&mut self, name: &ColumnName) {
        if is_internal(name) {
            return;
        }
        let Some(at) = self.columns.iter().position(|column| column.name == name) else { return };
        let old = self.columns.remove(at);
        let data_type = self.late(name, self.rules.len()).unwrap_or(old.data_type);
        let at = at.min(self.columns.len());
        self.columns.insert(at, Column { data_type, ..old });
    }

    /// A field that is taken from the event or made by one of the first `level` rules.
    fn late(&mut self, name: &ColumnName, level: usize) -> Option<Type> {
        let Some(text) = name.user() else { return self.late_helper(name, level) };
        let internal = self.internal && text.starts_with('_');
        if level <= self.floor && !self.open && !internal {
            return None;
        }
        let Some(rule) = level.checked_sub(1).and_then(|index| self.rules.get(index).cloned()) else {
            return if self.open || internal { self.scan.add(text) } else { None };
        };
        let made = match &rule.kind {
            LateRule::Rename { from, to } => {
                let source = wildcard::captures(to, text).map(|texts| wildcard::fill(from, &texts));
                let value = source.and_then(|source| self.before(&source.into(), &rule, level));
                // `*` matches no internal field, as little as in `rename` itself.
                let is_internal = text.starts_with('_') && !from.starts_with('_');
                let stays = is_internal || !wildcard::matches(from, text);
                let old = if stays { self.before(name, &rule, level) } else { None };
                (value, old)
            }
            LateRule::Json { .. }
            | LateRule::Markup { .. }
            | LateRule::Pairs { .. }
            | LateRule::Named { .. }
            | LateRule::Table { .. } => {
                (self.taken_from_text(&rule.kind, text), self.before(name, &rule, level))
            }
            LateRule::Dataset { defaults } => {
                let field = data_model::event_field(text);
                match defaults.iter().find(|default| default.field == field) {
                    Some(default) => (self.never_empty(default, &rule, level), None),
                    None if field == text => (None, self.before(name, &rule, level)),
                    None => (self.before(&field.into(), &rule, level), None),
                }
            }
            LateRule::Without { pattern } if wildcard::matches(pattern, text) => (None, None),
            LateRule::Without { .. } => (None, self.before(name, &rule, level)),
            LateRule::Prepared => (self.before(name, &rule, level), None),
            LateRule::Grouped { listed } => return self.late_in_group(name, &rule, level, listed),
            LateRule::Branches { from, to } => return self.late_in_branches(name, &rule, level, *from..*to),
            LateRule::Joined { branch, overwrite } => {
                let other = self.joined_field(*branch, name);
                let own = self.before(name, &rule, level);
                if *overwrite { (other, own) } else { (own, other) }
            }
            LateRule::Fill { value } => {
                let value = (Expression::text(value, self.span), Type::Text);
                (self.before(name, &rule, level), Some(value))
            }
        };
        let (value, data_type) = match made {
            _ if text.starts_with('_') && !rule.kind.names_internal() => {
                return self.before(name, &rule, level).map(|(_, data_type)| data_type);
            }
            (None, None) => return None,
            (None, Some((_, data_type))) => return Some(data_type),
            (Some(made), None) => made,
            (Some((made, made_type)), Some((old, old_type))) => {
                let data_type = if made_type == old_type { made_type } else { wider(made_type, old_type) };
                let span = made.span;
                let items =
                    [(made, made_type), (old, old_type)].map(|(value, have)| convert(value, have, data_type));
                (Expression::new(ExpressionKind::Coalesce(items.into()), span), data_type)
            }
        };
        self.add_late(rule.step, name, value)?;
        Some(data_type)
    }

    /// A helper column that was made before the first `level` rules.
    fn late_helper(&mut self, name: &ColumnName, level: usize) -> Option<Type> {
        if level <= self.floor && !self.open {
            return None;
        }
        let rule = self.rules.get(level.checked_sub(1)?).cloned()?;
        match &rule.kind {
            LateRule::Grouped { listed } => self.late_in_group(name, &rule, level, listed),
            LateRule::Branches { from, to } => self.late_in_branches(name, &rule, level, *from..*to),
            _ => self.before(name, &rule, level).map(|(_, data_type)| data_type),
        }
    }

    /// The value that a rule takes out of a text for a field of this name.
    fn taken_from_text(&self, rule: &LateRule, name: &str) -> Option<(Expression, Type)> {
        Some(match rule {
            LateRule::Json { input } => {
                let data_type = if name.contains("{}") { Type::TextList } else { Type::Text };
                let path = Expression::text(name, input.span);
                let value = Expression::call("spl_spath", vec![input.clone(), path], data_type, input.span);
                (value, data_type)
            }
            LateRule::Markup { input } => {
                let escaped = regex::escape(name);
                let pattern = format!("<{escaped}(?:\\s[^>]*)?>(?<value>[^<]*)</{escaped}>");
                let arguments = [pattern.as_str(), "value"].map(|text| Expression::text(text, input.span));
                let arguments = std::iter::once(input.clone()).chain(arguments).collect();
                let value = Expression::call("spl_rex", arguments, Type::Text, input.span);
                (value, Type::Text)
            }
            LateRule::Pairs { input, pairs, values } => {
                let (pairs, values) = (class(pairs), class(values));
                let name_pattern = regex::escape(name);
                let pattern = format!(
                    "(?:^|[{pairs}])\\s*\"?{name_pattern}\"?\\s*[{values}]\\s*(?:\"(?<quoted>[^\"]*)\"|(?<value>[^{pairs}]*))"
                );
                let part = |group: &str| {
                    let arguments = [pattern.as_str(), group].map(|text| Expression::text(text, input.span));
                    let arguments = std::iter::once(input.clone()).chain(arguments).collect();
                    Expression::call("spl_rex", arguments, Type::Text, input.span)
                };
                let value = build::coalesce(vec![part("quoted"), part("value")], input.span);
                (value, Type::Text)
            }
            LateRule::Named { input, pattern, key, value, all } => {
                let data_type = if *all { Type::TextList } else { Type::Text };
                let texts = [pattern, key, value, name].map(|text| Expression::text(text, input.span));
                let arguments = std::iter::once(input.clone()).chain(texts).collect();
                let function = if *all { "spl_rex_named_all" } else { "spl_rex_named" };
                let value = Expression::call(function, arguments, data_type, input.span);
                (value, data_type)
            }
            LateRule::Table { header, line } => {
                let span = self.span;
                let arguments = vec![
                    Expression::column(header, span),
                    Expression::column(line, span),
                    Expression::text(name, span),
                ];
                let value = Expression::call("spl_multikv", arguments, Type::Text, span);
                (value, Type::Text)
            }
            _ => return None,
        })
    }

    /// Adds a column to an extension or projection that stands already.
    pub(super) fn add_late(&mut self, step: usize, name: &ColumnName, value: Expression) -> Option<()> {
        let step = self.steps.get_mut(step)?;
        if let StepKind::Extend(columns) | StepKind::Project(columns) = &mut step.kind
            && !columns.iter().any(|(known, _)| known == name)
        {
            columns.push((name.clone(), value));
        }
        Some(())
    }

    /// A field, or what stands for it where it is missing or empty.
    fn never_empty(
        &mut self,
        default: &data_model::Default,
        rule: &Rule,
        level: usize,
    ) -> Option<(Expression, Type)> {
        let fields = std::iter::once(default.field).chain(default.other);
        let mut values = Vec::new();
        let mut data_type = Type::Text;
        for field in fields {
            let Some((value, have)) = self.before(&field.into(), rule, level) else { continue };
            data_type = wider(data_type, have);
            values.push((value, have));
        }
        let span = self.span;
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

    /// A field as it was just before a rule.
    pub(super) fn before(
        &mut self,
        name: &ColumnName,
        rule: &Rule,
        level: usize,
    ) -> Option<(Expression, Type)> {
        let known = rule.columns.iter().find(|column| column.name == name);
        let data_type = match known {
            Some(column) if column.empty => return None,
            Some(column) => column.data_type,
            None if rule.gone.contains_key(name) => return None,
            None if !(rule.open
                || rule.internal && name.user().is_some_and(|text| text.starts_with('_'))) =>
            {
                return None;
            }
            None => self.late(name, level - 1)?,
        };
        Some((Expression::column(name, self.span), data_type))
    }

    /// Adds a rule at this place. The fields known so far are left to the caller.
    pub(crate) fn add_rule(&mut self, kind: LateRule) {
        let rule = Rule::new(self, kind, self.steps.len());
        self.push(StepKind::Extend(Vec::new()));
        self.rules.push(rule);
    }

    /// Whether fields can exist that no command has mentioned.
    pub(crate) fn has_unknown_fields(&self) -> bool {
        self.open || self.rules.len() > self.floor
    }

    /// The names of all fields here that match a pattern, internal ones (`_time`) only if the
    /// pattern names them. On raw events that needs the names found in the data; where those are
    /// not given the fields known so far and the declared ones stand in.
    pub(crate) fn matching(&mut self, pattern: &str) -> Vec<String> {
        let known = self.columns.iter().filter_map(|column| column.name.user());
        let mut names: Vec<String> = known.map(str::to_owned).collect();
        if self.has_unknown_fields() {
            self.needs_discovery |= self.open;
            for name in self.discovered_here() {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        if pattern.starts_with('_') && self.internal {
            names.extend(
                [TIME, RAW]
                    .iter()
                    .filter(|name| !self.columns.iter().any(|column| column.name == **name))
                    .map(|name| (*name).to_owned()),
            );
        }
        names.retain(|name| {
            !self.is_gone(name)
                && (pattern.starts_with('_') || !name.starts_with('_'))
                && wildcard::matches(pattern, name)
        });
        names
    }

    fn is_gone(&self, name: &str) -> bool {
        self.gone.contains_key(&ColumnName::from(name))
    }

    /// Names found in the data (or declared), as the rules so far renamed them.
    fn discovered_here(&self) -> Vec<String> {
        if !self.open {
            return Vec::new();
        }
        let mut names: Vec<String> = match self.options.discovered {
            Some(found) => found.iter().map(|(name, _)| name.clone()).collect(),
            None => self.options.view.field_names().into_iter().map(str::to_owned).collect(),
        };
        for rule in &self.rules {
            names.retain(|name| !rule.gone.contains_key(&ColumnName::from(name)));
            if let LateRule::Rename { from, to } = &rule.kind {
                for name in &mut names {
                    if let Some(texts) = wildcard::captures(from, name) {
                        *name = wildcard::fill(to, &texts);
                    }
                }
            }
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    fn report_missing(&mut self, name: &ColumnName, span: Span) {
        let Some(text) = name.user() else { return };
        // What a command that is missing would have made is not known.
        if self.is_vague() || self.diagnostics.iter().any(Diagnostic::is_error) {
            return;
        }
        let mut diagnostic = match self.gone.get(name) {
            Some(Gone::Nulled) => return,
            Some(Gone::Renamed(to)) => {
                let message = format!("the field `{text}` was renamed and is empty here");
                Diagnostic::warning(codes::MISSING_FIELD, message, span)
                    .with_help(format!("write `{}`", to.text()))
            }
            Some(Gone::Removed) => {
                let message = format!("the field `{text}` was removed and is empty here");
                Diagnostic::warning(codes::MISSING_FIELD, message, span)
            }
            None => {
                let message = format!("no field `{text}` is left at this place: it is empty in every row");
                Diagnostic::warning(codes::MISSING_FIELD, message, span)
            }
        };
        if !self.gone.contains_key(name) {
            let known = || self.columns.iter().filter_map(|column| column.name.user());
            if let Some(near) = did_you_mean(text, known()) {
                diagnostic = diagnostic.with_help(format!("did you mean `{near}`?"));
            } else if !self.open {
                let known: Vec<&str> = known().take(12).collect();
                diagnostic = diagnostic.with_help(format!("the fields here are: {}", known.join(", ")));
            }
        }
        self.report(diagnostic);
    }
}

/// Whether a field is the platform's own (`_time`) or a helper: patterns leave these out.
pub(crate) fn is_internal(name: &ColumnName) -> bool {
    name.user().is_none_or(|text| text.starts_with('_'))
}

/// Letters as the inside of a character class.
fn class(letters: &str) -> String {
    letters.chars().map(|letter| format!("\\x{{{:x}}}", u32::from(letter))).collect()
}

/// The type that holds the values of both.
pub(crate) fn wider(left: Type, right: Type) -> Type {
    match (left, right) {
        (Type::Null, other) | (other, Type::Null) => other,
        (Type::TextList, _) | (_, Type::TextList) => Type::TextList,
        (Type::Integer, Type::Double) | (Type::Double, Type::Integer) => Type::Double,
        (left, right) if left == right => left,
        _ => Type::Text,
    }
}

/// A value of type `have` as one of type `wanted`.
pub(crate) fn convert(value: Expression, have: Type, wanted: Type) -> Expression {
    match (have, wanted) {
        _ if have == wanted => value,
        // The language writes an instant as seconds, not as a calendar date.
        (Type::Timestamp, Type::Text | Type::TextList) => value.cast(Type::Double).cast(wanted),
        _ => value.cast(wanted),
    }
}
