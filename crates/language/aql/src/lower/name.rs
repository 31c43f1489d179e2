//! Names: fields first, then aliases, then what else a name may mean.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};
use quarry_plan::{Type, Value};

use super::{
    scope::{Found, Scope},
    select::{AliasRank, Select},
    value::Typed,
};
use crate::{
    codes,
    registry::{CatalogField, is_known_property, lookups},
    syntax::{Name, Quote},
};

impl Select<'_, '_, '_> {
    pub(super) fn name(&mut self, name: &Name) -> Typed {
        let alias_first = match self.alias_rank {
            AliasRank::AfterFields => false,
            AliasRank::BeforeProperties => !self.scope.is_built_in(&name.text),
            AliasRank::First => true,
        };
        if alias_first && let Some(found) = self.alias(&name.text) {
            return found;
        }
        if let Some(number) = self.session_number(&name.text, name.span) {
            return number;
        }
        match self.scope.field(&name.text, name.span) {
            Found::Value(value) => return value,
            Found::Absent(field) => return self.absent(field, name.span, true),
            Found::Nothing => {}
        }
        if let Some(found) = self.alias(&name.text) {
            return found;
        }
        self.other(name).unwrap_or_else(|| self.unknown(name))
    }

    /// A built-in field without values here.
    pub(super) fn absent(&mut self, field: CatalogField, span: Span, warn: bool) -> Typed {
        let missing = field.kind.missing();
        if warn {
            let written = match &missing {
                Value::Text(text) => text.clone(),
                Value::Integer(number) => number.to_string(),
                Value::Boolean(truth) => truth.to_string(),
                _ => "null".to_owned(),
            };
            let message = format!("none of these logs carries `{}`: it is always {written}", field.name);
            self.context.report(Diagnostic::warning(codes::EMPTY_FIELD, message, span));
        }
        match missing {
            Value::Null => Typed::null(field.kind.data_type(), span),
            value => Typed::literal(value, span),
        }
    }

    /// The value of an alias of the select list, written out.
    pub(super) fn alias(&mut self, text: &str) -> Option<Typed> {
        let place = self
            .aliases
            .iter()
            .position(|alias| alias.name.eq_ignore_ascii_case(text) && !self.active.contains(&alias.item))?;
        let (item, value) = (self.aliases[place].item, self.aliases[place].value);
        self.active.push(item);
        let rank = std::mem::replace(&mut self.alias_rank, AliasRank::AfterFields);
        let found = self.expression(value);
        self.alias_rank = rank;
        self.active.pop();
        Some(found)
    }

    /// A lookup's result by its name, or a path of the record.
    fn other(&mut self, name: &Name) -> Option<Typed> {
        if let Some(lookup) = lookups().iter().find(|lookup| lookup.field.eq_ignore_ascii_case(&name.text))
            && let Some(value) = self.scope.lookup(lookup.field, name.span)
        {
            let message = format!(
                "QRadar has no field `{}`; read as {}({})",
                name.text, lookup.function, lookup.argument
            );
            self.context.report(Diagnostic::warning(codes::LOOKUP_FIELD, message, name.span));
            return Some(value);
        }
        if self.is_slip(name) || self.is_circular(&name.text) {
            return None;
        }
        let value = self.scope.path(name)?;
        if matches!(self.scope, Scope::Events { .. }) {
            self.warn_path(name);
        }
        Some(value)
    }

    /// Whether a bare name is all but a built-in field: a slip of the pen rather than a property.
    fn is_slip(&self, name: &Name) -> bool {
        let bare = name.quote == Quote::Bare && !name.text.contains('.') && !is_known_property(&name.text);
        bare && !self.context.options.permissive && self.scope.near_built_in(&name.text).is_some()
    }

    /// Whether a name is an alias that is being written out further up. (An alias within its own item is
    /// a property of the same name.)
    fn is_circular(&self, text: &str) -> bool {
        let within = self.active.split_last().map_or(&[][..], |(_, outer)| outer);
        self.aliases.iter().any(|alias| alias.name.eq_ignore_ascii_case(text) && within.contains(&alias.item))
    }

    fn warn_path(&mut self, name: &Name) {
        let message =
            format!("no property `{}` is defined: read as a path of the record, in any case", name.text);
        let mut found = Diagnostic::warning(codes::JSON_PATH, message, name.span)
            .with_help("define it as a field of the view, or write the path of the value with dots");
        let near = self.suggestion(&name.text).filter(|_| name.quote == Quote::Bare);
        if let Some(near) = near {
            found = found.with_help(format!("did you mean `{near}`?"));
        }
        self.context.report(found);
    }

    fn unknown(&mut self, name: &Name) -> Typed {
        let found = if self.is_circular(&name.text) {
            Diagnostic::error(
                codes::CIRCULAR_ALIAS,
                format!("the alias `{}` is defined by itself", name.text),
                name.span,
            )
            .with_help("give the alias another name than the field it reads")
        } else {
            let message = format!("field \"{}\" does not exist in {}", name.text, self.scope.title());
            let found = Diagnostic::error(codes::UNKNOWN_FIELD, message, name.span);
            let path = "write it in double quotes to read a path of the record, such as \"a.b\"";
            let is_derived = matches!(self.scope, Scope::Derived { .. });
            match self.suggestion(&name.text) {
                Some(near) if is_derived => found.with_help(format!("did you mean `{near}`?")),
                Some(near) => found.with_help(format!("did you mean `{near}`?")).with_help(path),
                None if is_derived => found.with_help("select it inside the sub-select"),
                None => found.with_help(path),
            }
        };
        self.context.report(found);
        Typed::null(Type::Text, name.span)
    }

    fn suggestion(&self, text: &str) -> Option<String> {
        let mut names = self.scope.names();
        names.extend(self.aliases.iter().map(|alias| alias.name.clone()));
        let others = names.iter().map(String::as_str).filter(|name| !name.eq_ignore_ascii_case(text));
        did_you_mean(text, others).map(str::to_owned)
    }
}
