//! Calls: the vendor's functions by their signatures, the user's by their bodies.

use std::rc::Rc;

use quarry_diagnostic::{Span, did_you_mean};

use super::{
    Binder, Meaning, Scalar, Table,
    scope::{Binding, Scope},
};
use crate::{
    codes,
    registry::{self, Function, Naming, Returns, Signature},
    syntax::tree::{self, Call, Expr, ExprKind, Takes},
    types::Kind,
};

/// How deep calls of the user's functions may go.
const MOST_CALLS: usize = 40;
/// How many calls of the user's functions a query may be.
const MOST_CALLED: usize = 5_000;

/// Functions of several results: the names of these, and their types by letter.
const SEVERAL: [(&str, &[(&str, Kind)]); 6] = [
    (
        "series_stats",
        &[
            ("min", Kind::Real),
            ("min_idx", Kind::Long),
            ("max", Kind::Real),
            ("max_idx", Kind::Long),
            ("avg", Kind::Real),
            ("stdev", Kind::Real),
            ("variance", Kind::Real),
        ],
    ),
    (
        "series_fit_line",
        &[
            ("rsquare", Kind::Real),
            ("slope", Kind::Real),
            ("variance", Kind::Real),
            ("rvariance", Kind::Real),
            ("interception", Kind::Real),
            ("line_fit", Kind::Dynamic),
        ],
    ),
    (
        "series_decompose",
        &[
            ("baseline", Kind::Dynamic),
            ("seasonal", Kind::Dynamic),
            ("trend", Kind::Dynamic),
            ("residual", Kind::Dynamic),
        ],
    ),
    (
        "series_decompose_anomalies",
        &[("ad_flag", Kind::Dynamic), ("ad_score", Kind::Dynamic), ("baseline", Kind::Dynamic)],
    ),
    ("series_periods_detect", &[("periods", Kind::Dynamic), ("scores", Kind::Dynamic)]),
    ("series_periods_validate", &[("periods", Kind::Dynamic), ("scores", Kind::Dynamic)]),
];

impl Binder {
    /// What a call gives.
    pub(crate) fn call_meaning(&mut self, call: &Call, span: Span, row: Option<&Table>) -> Meaning {
        let name = call.name.text.as_str();
        if let Some(Binding::Function(function, scope)) = self.scope.find(name) {
            return self.call_function(name, &function, scope, &call.arguments, span, row);
        }
        match (name, call.arguments.as_slice()) {
            ("materialize", [rows]) => return self.meaning(rows),
            ("toscalar", [rows]) => return Meaning::Scalar(self.first_value(rows)),
            ("totable", [rows]) => return Meaning::Table(self.rows(rows)),
            ("table" | "materialized_view" | "external_table", [name, ..]) => {
                return self.table_by_name(name, row);
            }
            ("view", _) => return Meaning::Table(Table::open()),
            _ => {}
        }
        if let Some(columns) = registry::stored_function(name) {
            let mut table = Table::known(columns);
            table.open = true;
            return Meaning::Table(table);
        }
        let nothing = Table::default();
        let row = row.unwrap_or(&nothing);
        let Some(function) = registry::functions().get(name) else {
            self.unknown_function(call, row);
            return Meaning::Scalar(Scalar::of(Kind::Unknown));
        };
        Meaning::Scalar(self.function(function, call, row))
    }

    fn table_by_name(&mut self, name: &Expr, row: Option<&Table>) -> Meaning {
        let nothing = Table::default();
        match self.scalar(name, row.unwrap_or(&nothing)).text {
            Some(text) => {
                let table = Expr { kind: ExprKind::Name(text), span: name.span };
                self.meaning(&table)
            }
            None => Meaning::Table(Table::open()),
        }
    }

    fn first_value(&mut self, rows: &Expr) -> Scalar {
        match self.meaning(rows) {
            Meaning::Table(table) => {
                Scalar::of(table.columns.first().map_or(Kind::Unknown, |column| column.kind))
            }
            Meaning::Scalar(found) => found.named(None),
        }
    }

    fn unknown_function(&mut self, call: &Call, row: &Table) {
        for argument in &call.arguments {
            let is_rows = matches!(&argument.kind, ExprKind::Name(name) if row.find(name).is_none())
                || matches!(argument.kind, ExprKind::Pipeline(..) | ExprKind::Datatable(..));
            // Rows may have been meant: what is wrong is the function alone.
            if !is_rows {
                self.scalar(argument, row);
            }
        }
        let name = &call.name;
        if registry::aggregates().contains_key(name.text.as_str()) {
            let message = format!("the aggregate `{}` cannot stand here", name.text);
            self.error(codes::MISPLACED_AGGREGATE, message, name.span, "aggregate with `summarize`");
            return;
        }
        let known = registry::functions().keys().copied();
        let help = did_you_mean(&name.text, known).map_or_else(
            || "functions are those of Kusto, and what `let` names".to_owned(),
            |near| format!("did you mean `{near}`"),
        );
        self.error(codes::UNKNOWN_FUNCTION, format!("`{}` is no function", name.text), name.span, help);
    }

    /// A call of one of the vendor's functions or aggregates.
    pub(crate) fn function(&mut self, function: &Function, call: &Call, row: &Table) -> Scalar {
        let arguments: Vec<Scalar> = call.arguments.iter().map(|value| self.scalar(value, row)).collect();
        let kinds: Vec<Kind> = arguments.iter().map(Scalar::kind).collect();
        let signature = self.signature(function, call, &kinds);
        let kind = signature.map_or(Kind::Unknown, |signature| result(signature, &kinds));
        let first = arguments.first().and_then(|argument| argument.name.clone());
        let name = match function.naming {
            Naming::Nothing => None,
            Naming::First => first.clone(),
            Naming::Prefix(prefix) => Some(format!("{prefix}_{}", first.clone().unwrap_or_default())),
            Naming::Fixed(name) => Some(name.to_owned()),
            Naming::Column => arguments
                .first()
                .and_then(|argument| argument.text.clone())
                .filter(|name| row.find(name).is_some()),
        };
        let several =
            SEVERAL.iter().find(|(name, _)| *name == function.name).map_or(&[][..], |(_, parts)| parts);
        let of = first.unwrap_or_default();
        let fields: Vec<(String, Kind)> =
            several.iter().map(|(part, kind)| (format!("{}_{of}_{part}", function.name), *kind)).collect();
        let falls_away = is_array_sort(function.name);
        let fields = if falls_away { sorted(&arguments) } else { fields };
        let kind = fields.first().map_or(kind, |(_, kind)| *kind);
        Scalar { fields, falls_away, ..Scalar::of(kind).named(name) }
    }

    /// The signature that the arguments fit best.
    pub(crate) fn signature<'f>(
        &mut self,
        function: &'f Function,
        call: &Call,
        kinds: &[Kind],
    ) -> Option<&'f Signature> {
        let count = kinds.len();
        let mut fitting = function.signatures.iter().filter(|one| (one.least..=one.most).contains(&count));
        let fits = |signature: &&&Signature, test: fn(registry::Group, Kind) -> bool| {
            kinds.iter().enumerate().all(|(place, kind)| {
                signature.parameter(place).is_some_and(|parameter| test(parameter.takes, *kind))
            })
        };
        let all: Vec<&Signature> = fitting.by_ref().collect();
        if all.is_empty() {
            let least = function.signatures.iter().map(|one| one.least).min().unwrap_or_default();
            let most = function.signatures.iter().map(|one| one.most).max().unwrap_or_default();
            let wanted = match most {
                most if most == least => least.to_string(),
                usize::MAX => format!("at least {least}"),
                most => format!("{least} to {most}"),
            };
            let message = format!("`{}` takes {wanted} arguments, found {count}", function.name);
            let help = "see its page in the documentation of Kusto";
            self.error(codes::ARGUMENT_COUNT, message, call.name.span, help);
            return function.signatures.first();
        }
        let exact = all.iter().find(|one| fits(one, registry::Group::takes)).copied();
        let found = exact.or_else(|| all.iter().find(|one| fits(one, registry::Group::accepts)).copied());
        if found.is_none()
            && let Some(signature) = all.first()
        {
            self.wrong_argument(signature, call, kinds);
        }
        found.or_else(|| all.first().copied())
    }

    /// Says which argument is of a wrong type.
    fn wrong_argument(&mut self, signature: &Signature, call: &Call, kinds: &[Kind]) {
        for (place, (value, kind)) in call.arguments.iter().zip(kinds).enumerate() {
            let Some(parameter) = signature.parameter(place) else { continue };
            if !parameter.takes.accepts(*kind) {
                let message = format!("`{}` of `{}` cannot be a {kind}", parameter.name, call.name.text);
                let help = "convert it, such as with `tostring()` or `tolong()`";
                return self.error(codes::WRONG_TYPE, message, value.span, help);
            }
        }
    }

    /// A call of a function of the user's: its body with the arguments.
    pub(crate) fn call_function(
        &mut self,
        name: &str,
        function: &Rc<tree::Function>,
        scope: Scope,
        arguments: &[Expr],
        span: Span,
        row: Option<&Table>,
    ) -> Meaning {
        self.called += 1;
        if self.calls >= MOST_CALLS || self.called > MOST_CALLED {
            let message = format!("`{name}` calls itself, or calls go too deep");
            self.error(codes::ENDLESS_CALL, message, span, "a function sees only what stands before it");
            return Meaning::Table(Table::open());
        }
        let mut inside = scope;
        for (place, parameter) in function.parameters.iter().enumerate() {
            let by_name = arguments.iter().find_map(|argument| match &argument.kind {
                ExprKind::Named(names, value)
                    if names.first().is_some_and(|name| name.text == parameter.name.text) =>
                {
                    Some(value.as_ref())
                }
                _ => None,
            });
            let by_place = arguments.get(place).filter(|value| !matches!(value.kind, ExprKind::Named(..)));
            let given = by_name.or(by_place).or(parameter.default.as_ref());
            let binding = self.argument(&parameter.takes, given, row);
            if given.is_none() {
                let message = format!("`{name}` needs an argument for `{}`", parameter.name.text);
                self.error(
                    codes::ARGUMENT_COUNT,
                    message,
                    span,
                    "give a value for each parameter without a default",
                );
            }
            inside.add(&parameter.name.text, binding);
        }
        let outside = std::mem::replace(&mut self.scope, inside);
        self.calls += 1;
        let found = self.statements(&function.body);
        self.calls -= 1;
        self.scope = outside;
        match found {
            Some(Meaning::Scalar(found)) => Meaning::Scalar(found.named(None)),
            Some(found) => found,
            None => Meaning::Table(Table::open()),
        }
    }

    fn argument(&mut self, takes: &Takes, given: Option<&Expr>, row: Option<&Table>) -> Binding {
        let nothing = Table::default();
        match (takes, given) {
            (Takes::Value(kind), Some(value)) => {
                let found = self.scalar(value, row.unwrap_or(&nothing));
                Binding::Scalar(Scalar { text: found.text, ..Scalar::of(*kind) })
            }
            (Takes::Value(kind), None) => Binding::Scalar(Scalar::of(*kind)),
            (Takes::Table(_), Some(value)) => Binding::Table(self.rows(value)),
            (Takes::Table(columns), None) => Binding::Table(Table::of(columns)),
        }
    }
}

fn is_array_sort(name: &str) -> bool {
    matches!(name, "array_sort_asc" | "array_sort_desc")
}

/// The results of sorting arrays: one for each, called after it.
fn sorted(arguments: &[Scalar]) -> Vec<(String, Kind)> {
    let names = arguments.iter().filter_map(|argument| argument.name.as_ref());
    names.map(|name| (format!("{name}_sorted"), Kind::Dynamic)).collect()
}

/// The type that a signature gives for arguments.
pub(crate) fn result(signature: &Signature, kinds: &[Kind]) -> Kind {
    let first = kinds.first().copied().unwrap_or(Kind::Unknown);
    let of_common = || {
        let places = kinds.iter().enumerate().filter(|(place, _)| {
            // The first of `case`'s repeated pairs are conditions.
            let is_case = signature.parameters.len() == 3 && signature.most > 3;
            if is_case {
                return place % 2 == 1 || *place + 1 == kinds.len();
            }
            signature.parameter(*place).is_some_and(|parameter| parameter.takes == registry::Group::Common)
        });
        common(places.map(|(_, kind)| *kind))
    };
    match signature.returns {
        Returns::Fixed(kind) => kind,
        Returns::Argument(place) => kinds.get(place).copied().unwrap_or(Kind::Unknown),
        Returns::Promoted if first == Kind::Int => Kind::Long,
        Returns::Promoted => first,
        Returns::Common => of_common(),
        Returns::Widest => {
            let widest = kinds.iter().fold(Kind::Int, |widest, kind| widest.widest(*kind));
            if widest == Kind::Int { Kind::Long } else { widest }
        }
        Returns::Literal => kinds.last().copied().unwrap_or(Kind::Unknown),
        Returns::Table => Kind::Unknown,
        Returns::Custom => Kind::Dynamic,
    }
}

/// The type that values share: of numbers the widest, else the first that is not JSON.
pub(crate) fn common(kinds: impl Iterator<Item = Kind>) -> Kind {
    let mut found = None;
    for kind in kinds {
        found = Some(match found {
            Some(Kind::Unknown) => Kind::Unknown,
            None | Some(Kind::Dynamic) => kind,
            Some(_) if kind == Kind::Unknown => kind,
            Some(before) if kind == Kind::Dynamic => before,
            Some(before) => before.widest(kind),
        });
    }
    found.unwrap_or(Kind::Unknown)
}
