//! Which fields there are, and fields that are first mentioned late.
//!
//! Raw events are open: any path of the record is a field, so a field that a command mentions and
//! that no earlier command made is added to the scan. `rename a.* as *` and `spath` make fields
//! whose names are not known when they are lowered; each leaves a rule, and a field mentioned later
//! is added at the place of the rule.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};
use quarry_plan::{ColumnName, Expression, Type, Value};

use super::super::{codes, wildcard};
use super::column::{Column, Gone, is_internal};
use super::{Context, RAW, TIME};

impl Context<'_> {
    /// The value of a field. A field that does not exist is null, and that is reported.
    pub(crate) fn field(&mut self, name: impl Into<ColumnName>, span: Span) -> Expression {
        let name = name.into();
        self.note_prefix(&name, span);
        match self.find(&name) {
            Some(column) if column.empty => Expression::literal(Value::Null, span),
            Some(column) => Expression::column(column.name, span),
            None => {
                self.report_missing(&name, span);
                Expression::literal(Value::Null, span)
            }
        }
    }

    /// Reports the path of a record as it lies where the view puts something before it.
    fn note_prefix(&mut self, name: &ColumnName, span: Span) {
        let is_new = self.fields.open && self.fields.columns.iter().all(|column| column.name != *name);
        let view = self.shared.options.view;
        let Some(text) = name.user().filter(|_| is_new && !self.fields.gone.contains_key(name)) else {
            return;
        };
        let choices = view.choices(&self.rows.scan.named());
        let Some(spelled) = view.prefixed(text, &choices) else { return };
        let message = format!("no event has `{text}` here: the view `{}` calls it `{spelled}`", view.name);
        let found = Diagnostic::warning(codes::MISSING_FIELD, message, span)
            .with_help(format!("write `{spelled}`, or read records as they lie with `--splunk-fields json`"));
        self.report(found);
    }

    /// The field of a name, if there is one here.
    pub(crate) fn find(&mut self, name: impl Into<ColumnName>) -> Option<Column> {
        let name = name.into();
        if let Some((_, element)) = self.fields.elements.iter().rev().find(|(bound, _)| *bound == name) {
            return Some(Column { name: element.clone(), data_type: Type::Text, empty: false });
        }
        if let Some(known) = self.fields.columns.iter().find(|column| column.name == name) {
            return Some(known.clone());
        }
        if self.fields.gone.contains_key(&name) {
            return None;
        }
        let data_type = self.late(&name, self.fields.rules.len())?;
        let column = Column { name, data_type, empty: false };
        self.fields.columns.push(column.clone());
        Some(column)
    }

    /// Finds a known field anew, as the rules added since may have given it another value.
    pub(crate) fn find_again(&mut self, name: &ColumnName) {
        if is_internal(name) {
            return;
        }
        let Some(at) = self.fields.columns.iter().position(|column| column.name == name) else { return };
        let old = self.fields.columns.remove(at);
        let data_type = self.late(name, self.fields.rules.len()).unwrap_or(old.data_type);
        let at = at.min(self.fields.columns.len());
        self.fields.columns.insert(at, Column { data_type, ..old });
    }

    /// Whether fields can exist that no command has mentioned.
    pub(crate) fn has_unknown_fields(&self) -> bool {
        self.fields.open || self.fields.rules.len() > self.fields.floor
    }

    /// The names of all fields here that match a pattern, internal ones (`_time`) only if the
    /// pattern names them. On raw events that needs the names found in the data; where those are
    /// not given the fields known so far and the declared ones stand in.
    pub(crate) fn matching(&mut self, pattern: &str) -> Vec<String> {
        let known = self.fields.columns.iter().filter_map(|column| column.name.user());
        let mut names: Vec<String> = known.map(str::to_owned).collect();
        if self.has_unknown_fields() {
            self.needs_discovery |= self.fields.open;
            for name in self.discovered_here() {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        if pattern.starts_with('_') && self.fields.internal {
            names.extend(
                [TIME, RAW]
                    .iter()
                    .filter(|name| !self.fields.columns.iter().any(|column| column.name == **name))
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
        self.fields.gone.contains_key(&ColumnName::from(name))
    }

    /// Names found in the data (or declared), as the rules so far renamed them, and those that rules find in texts.
    fn discovered_here(&mut self) -> Vec<String> {
        let mut names: Vec<String> = match self.shared.options.discovered {
            _ if !self.fields.open => Vec::new(),
            Some(found) => found.iter().map(|(name, _)| name.clone()).collect(),
            None => self.shared.options.view.field_names().into_iter().map(str::to_owned).collect(),
        };
        self.follow_rules(&mut names);
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The names of fields that commands found in texts.
    pub(crate) fn extracted(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        self.follow_rules(&mut names);
        names.retain(|name| !name.starts_with('_') && !self.is_gone(name));
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What becomes of names on the way through the rules, and those that these add.
    fn follow_rules(&mut self, names: &mut Vec<String>) {
        let rules = self.fields.rules.clone();
        let from = if self.fields.open { 0 } else { self.fields.floor };
        let prepared = rules.iter().rposition(|rule| rule.kind.is_preparation());
        for (at, rule) in rules.iter().enumerate().skip(from) {
            names.retain(|name| !rule.gone.contains_key(&ColumnName::from(name)));
            *names = std::mem::take(names).into_iter().filter_map(|name| rule.kind.renamed(name)).collect();
            if prepared.is_none_or(|prepared| at > prepared) {
                names.extend(self.found_in_texts(rule, at));
            }
        }
    }

    fn report_missing(&mut self, name: &ColumnName, span: Span) {
        let Some(text) = name.user() else { return };
        // What a command that is missing would have made is not known.
        if self.is_vague() || self.diagnostics.iter().any(Diagnostic::is_error) {
            return;
        }
        let mut diagnostic = match self.fields.gone.get(name) {
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
        if !self.fields.gone.contains_key(name) {
            let known = || self.fields.columns.iter().filter_map(|column| column.name.user());
            if let Some(near) = did_you_mean(text, known()) {
                diagnostic = diagnostic.with_help(format!("did you mean `{near}`?"));
            } else if !self.fields.open {
                let known: Vec<&str> = known().take(12).collect();
                diagnostic = diagnostic.with_help(format!("the fields here are: {}", known.join(", ")));
            }
        }
        self.report(diagnostic);
    }
}
