//! What names mean: the fields of events, of an empty catalog, or of a sub-select.

use quarry_plan::{ColumnName, Expression, Operator, Source, SourceColumn, SourceField, TimeRange, Type};
use quarry_views::View;

use super::{
    query::{Column, Query},
    value::{Origin, Typed},
};
use crate::{
    registry::{Catalog, CatalogField, FieldKind, lookups},
    syntax::{Name, Quote},
};
use quarry_diagnostic::{Span, did_you_mean, edit_distance};

/// Where a select reads from.
pub(super) enum Scope<'v> {
    /// The events of a view.
    Events { view: &'v View, catalog: &'static Catalog, used: Vec<SourceColumn> },
    /// A catalog that holds nothing here.
    Empty { catalog: &'static Catalog, used: Vec<(ColumnName, Type)> },
    /// A sub-select.
    Derived { query: Query },
}

/// What a name turned out to be.
pub(super) enum Found {
    /// A value.
    Value(Typed),
    /// A built-in field that these logs never carry.
    Absent(CatalogField),
    /// Nothing in this scope.
    Nothing,
}

impl Scope<'_> {
    /// A field by its own name.
    pub(super) fn field(&mut self, name: &str, span: Span) -> Found {
        match self {
            Self::Events { view, catalog, used } => {
                let built_in = catalog.field(name).copied();
                let hidden = lookups().iter().any(|lookup| lookup.field.eq_ignore_ascii_case(name));
                let declared = view
                    .resolve(name)
                    .filter(|resolved| resolved.declared && (built_in.is_some() || !hidden));
                match (declared, built_in) {
                    (Some(resolved), _) => {
                        let lower = name.to_lowercase();
                        let view_field = SourceField::View(lower.clone());
                        let mut value = read(used, lower.into(), view_field, resolved.data_type, span);
                        if value.origin == Origin::Any {
                            value.origin = built_in.map_or(Origin::Undeclared, |field| origin(field.kind));
                        }
                        Found::Value(value)
                    }
                    (None, Some(field)) => Found::Absent(field),
                    (None, None) => Found::Nothing,
                }
            }
            Self::Empty { catalog, used } => match catalog.field(name) {
                Some(field) => Found::Value(empty(used, field.name, field.kind, span)),
                None => Found::Nothing,
            },
            Self::Derived { query } => {
                match query.columns.iter().find(|column| column.label.eq_ignore_ascii_case(name)) {
                    Some(column) => Found::Value(derived(column, span)),
                    None => Found::Nothing,
                }
            }
        }
    }

    /// A field that has values here.
    pub(super) fn value(&mut self, name: &str, span: Span) -> Option<Typed> {
        match self.field(name, span) {
            Found::Value(value) => Some(value),
            Found::Absent(_) | Found::Nothing => None,
        }
    }

    /// The result of a lookup, if the view has it.
    pub(super) fn lookup(&mut self, field: &str, span: Span) -> Option<Typed> {
        let Self::Events { view, used, .. } = self else { return None };
        let resolved = view.resolve(field).filter(|resolved| resolved.declared)?;
        let field = field.to_lowercase();
        Some(read(used, field.clone().into(), SourceField::View(field), resolved.data_type, span))
    }

    /// A path of the record, in any case.
    pub(super) fn path(&mut self, name: &Name) -> Option<Typed> {
        let mut value = match self {
            Self::Events { used, .. } => {
                // No declared field has this name, or it would be meant.
                read(
                    used,
                    name.text.to_lowercase().into(),
                    SourceField::Path(name.text.clone()),
                    Type::Text,
                    name.span,
                )
            }
            Self::Empty { used, .. } => empty(used, &name.text.to_lowercase(), FieldKind::Text, name.span),
            Self::Derived { .. } => return None,
        };
        value.origin = Origin::Undeclared;
        Some(value)
    }

    /// The time that orders events, where there is one.
    pub(super) fn order_time(&mut self, span: Span) -> Option<Typed> {
        let name = match self {
            Self::Events { catalog, .. } => catalog.order_field()?.name,
            Self::Empty { .. } => return None,
            Self::Derived { query } if query.ordered => return None,
            Self::Derived { .. } => Catalog::find("events")?.order_field()?.name,
        };
        self.value(name, span)
    }

    /// The raw record.
    pub(super) fn raw(&mut self, span: Span) -> Option<Typed> {
        let (Self::Events { catalog, .. } | Self::Empty { catalog, .. }) = self else { return None };
        let name = catalog.raw_field()?.name;
        self.value(name, span)
    }

    /// What `SELECT *` selects.
    pub(super) fn star(&self) -> Vec<Name> {
        let bare = |text: &str| Name { text: text.to_owned(), quote: Quote::Bare, span: Span::default() };
        match self {
            Self::Events { catalog, .. } | Self::Empty { catalog, .. } => {
                catalog.star().iter().map(|field| bare(field.name)).collect()
            }
            Self::Derived { query } => query.columns.iter().map(|column| bare(&column.label)).collect(),
        }
    }

    /// All names, for "did you mean".
    pub(super) fn names(&self) -> Vec<String> {
        match self {
            Self::Events { view, catalog, .. } => {
                let built_in = catalog.fields.iter().map(|field| field.name.to_owned());
                view.field_names().into_iter().map(str::to_owned).chain(built_in).collect()
            }
            Self::Empty { catalog, .. } => catalog.fields.iter().map(|field| field.name.to_owned()).collect(),
            Self::Derived { query } => query.columns.iter().map(|column| column.label.clone()).collect(),
        }
    }

    /// The built-in field that a name is one letter away from, or two if it is long.
    pub(super) fn near_built_in(&self, name: &str) -> Option<&'static str> {
        let (Self::Events { catalog, .. } | Self::Empty { catalog, .. }) = self else { return None };
        let allowed = if name.chars().count() > 8 { 2 } else { 1 };
        let near = did_you_mean(name, catalog.fields.iter().map(|field| field.name))?;
        (edit_distance(name, near) <= allowed).then_some(near)
    }

    /// Whether a field of that name is there whatever properties are defined.
    pub(super) fn is_built_in(&self, name: &str) -> bool {
        match self {
            Self::Events { catalog, .. } | Self::Empty { catalog, .. } => catalog.field(name).is_some(),
            Self::Derived { .. } => true,
        }
    }

    /// Drops the columns that nothing reads.
    pub(super) fn keep(&mut self, is_used: &dyn Fn(&ColumnName) -> bool) {
        match self {
            Self::Events { used, .. } => used.retain(|column| is_used(&column.name)),
            Self::Empty { used, .. } => used.retain(|(name, _)| is_used(name)),
            Self::Derived { .. } => {}
        }
    }

    /// The type of a column of its rows.
    pub(super) fn column_type(&self, name: &ColumnName) -> Option<Type> {
        match self {
            Self::Events { used, .. } => {
                used.iter().find(|column| column.name == name).map(|column| column.data_type)
            }
            Self::Empty { used, .. } => {
                used.iter().find(|(have, _)| have == name).map(|(_, data_type)| *data_type)
            }
            Self::Derived { query } => {
                query.columns.iter().find(|column| column.column == name).map(|column| column.data_type)
            }
        }
    }

    /// What diagnostics call it.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Events { catalog, .. } | Self::Empty { catalog, .. } => {
                format!("catalog \"{}\"", catalog.name)
            }
            Self::Derived { .. } => "the sub-select".to_owned(),
        }
    }

    /// The operator that gives the rows.
    pub(super) fn into_operator(self, time: TimeRange) -> Operator {
        match self {
            Self::Events { view, used, .. } => {
                Operator::Source(Source { view: view.name.clone(), columns: used, time, choices: Vec::new() })
            }
            Self::Empty { used, .. } => Operator::Values { columns: used, rows: Vec::new(), place: None },
            Self::Derived { query } => query.node.operator,
        }
    }
}

fn origin(kind: FieldKind) -> Origin {
    match kind {
        FieldKind::Bytes => Origin::Raw,
        FieldKind::Time => Origin::Time,
        FieldKind::Host | FieldKind::HostV6 => Origin::Address,
        _ => Origin::Any,
    }
}

/// A column of the scan; times are milliseconds to AQL.
fn read(
    used: &mut Vec<SourceColumn>,
    column: ColumnName,
    field: SourceField,
    data_type: Type,
    span: Span,
) -> Typed {
    let scanned = if data_type == Type::Dynamic { Type::Text } else { data_type };
    if !used.iter().any(|have| have.name == column) {
        used.push(SourceColumn { name: column.clone(), field, data_type: scanned });
    }
    let expression = Expression::column(column, span);
    if scanned == Type::Timestamp {
        let mut value = Typed::new(expression.cast(Type::Integer), Type::Integer);
        value.origin = Origin::Time;
        return value;
    }
    if scanned == Type::TextList {
        let mut value = Typed::new(expression.cast(Type::Text), Type::Text);
        value.origin = Origin::List;
        return value;
    }
    Typed::new(expression, scanned)
}

fn empty(used: &mut Vec<(ColumnName, Type)>, column: &str, kind: FieldKind, span: Span) -> Typed {
    if !used.iter().any(|(have, _)| have == column) {
        used.push((column.into(), kind.data_type()));
    }
    let mut value = Typed::new(Expression::column(column, span), kind.data_type());
    value.origin = origin(kind);
    value
}

fn derived(column: &Column, span: Span) -> Typed {
    let mut value = Typed::new(Expression::column(column.column.clone(), span), column.data_type);
    if column.is_address {
        value.origin = Origin::Address;
    }
    value
}
