//! What each tabular operator makes of its columns.

use super::{Binder, Column, Scalar, Table, join::word};
use crate::{
    codes,
    syntax::tree::{Expr, ExprKind, Name, Operator, OperatorKind, OrderItem},
    types::Kind,
};

impl Binder {
    pub(crate) fn operator(&mut self, input: Table, operator: &Operator) -> Table {
        match &operator.kind {
            OperatorKind::As(name) => {
                self.scope.add(&name.text, super::scope::Binding::Table(input.clone()));
                input
            }
            OperatorKind::Count(name) => {
                let name = name.as_ref().map_or("Count", |name| name.text.as_str());
                one(&[(name, Kind::Long)])
            }
            OperatorKind::Consume => Table::default(),
            OperatorKind::Distinct(columns) => self.distinct(&input, columns),
            OperatorKind::Evaluate(call, schema) => self.evaluate(input, call, schema.as_deref()),
            OperatorKind::Extend(columns) | OperatorKind::Serialize(columns) => self.extend(input, columns),
            OperatorKind::Where(predicate) => {
                self.condition(predicate, &input);
                input
            }
            OperatorKind::Search(tables, predicate) => self.search(input, tables, predicate),
            OperatorKind::Find(find) => {
                let mut all = self.searched(input, &find.tables);
                self.scalar(&find.predicate, &all);
                let source = word(operator, "withsource").unwrap_or_else(|| "source_".to_owned());
                if !find.project.is_empty() {
                    let wanted = find.project.iter().map(|(name, kind)| {
                        (name.clone(), kind.or(all.find(&name.text)).unwrap_or(Kind::Dynamic))
                    });
                    all = Table::of(&wanted.collect::<Vec<_>>());
                }
                all.columns.insert(0, Column { name: source, kind: Kind::String });
                all
            }
            OperatorKind::GetSchema => one(&[
                ("ColumnName", Kind::String),
                ("ColumnOrdinal", Kind::Long),
                ("DataType", Kind::String),
                ("ColumnType", Kind::String),
            ]),
            OperatorKind::Invoke(call) => self.invoke(input, call, operator),
            OperatorKind::Join(right, on) => self.join(input, operator, right, on),
            OperatorKind::MakeSeries(series) => self.make_series(&input, series),
            OperatorKind::MvExpand(items, _) => self.mv_expand(input, operator, items),
            OperatorKind::MvApply(items, _, body) => self.mv_apply(input, operator, items, body),
            _ => self.other_operator(input, operator),
        }
    }

    fn other_operator(&mut self, input: Table, operator: &Operator) -> Table {
        match &operator.kind {
            OperatorKind::Parse(text, pattern) => self.parse_pattern(input, text, pattern),
            OperatorKind::ParseKv(text, columns, _) => {
                self.scalar(text, &input);
                let mut table = input;
                columns.iter().for_each(|(name, kind)| table.set(&name.text, *kind));
                table
            }
            OperatorKind::Partition(by, body) => self.partition(input, by, body),
            OperatorKind::Print(values) => self.print(values),
            OperatorKind::Project(items) => self.projects(input, operator, items),
            OperatorKind::Range(name, parts) => {
                let row = Table::default();
                let kinds: Vec<Kind> = parts.iter().map(|part| self.scalar(part, &row).kind()).collect();
                let first = kinds.first().copied().unwrap_or(Kind::Unknown);
                let widest = kinds.iter().fold(first, |widest, kind| widest.widest(*kind));
                one(&[(name.text.as_str(), if widest == Kind::Int { Kind::Long } else { widest })])
            }
            OperatorKind::Reduce(of) => {
                self.scalar(of, &input);
                one(&[("Pattern", Kind::String), ("Count", Kind::Long), ("Representative", Kind::String)])
            }
            OperatorKind::Render(..) => input,
            OperatorKind::Take(count) => {
                self.scalar(count, &Table::default());
                input
            }
            OperatorKind::SampleDistinct(_, of) => self.project(&input, std::slice::from_ref(of)),
            OperatorKind::Scan(declared) => {
                let mut table = input;
                for parameter in declared {
                    if let crate::syntax::tree::Takes::Value(kind) = parameter.takes {
                        table.set(&parameter.name.text, kind);
                    }
                }
                if let Some(name) = word(operator, "with_match_id") {
                    table.set(&name, Kind::Long);
                }
                table
            }
            OperatorKind::Sort(items) | OperatorKind::Top(_, items) => {
                items.iter().for_each(|item| self.key(item, &input));
                input
            }
            OperatorKind::Summarize(aggregates, by) => self.summarize(&input, aggregates, by),
            OperatorKind::TopHitters(_, of, by) => {
                let mut table = self.project(&input, std::slice::from_ref(of));
                let name = table.columns.first().map(|column| column.name.clone()).unwrap_or_default();
                let prefix = if by.is_some() { "approximate_sum_" } else { "approximate_count_" };
                table.add(&format!("{prefix}{name}"), Kind::Long);
                table
            }
            OperatorKind::TopNested(levels) => {
                let mut table = Table::default();
                for level in levels {
                    let of = self.scalar(&level.of, &input);
                    let name = table.add(&of.name.clone().unwrap_or_default(), of.kind());
                    let (by_name, by) = match &level.by.kind {
                        ExprKind::Named(names, by) => {
                            (names.first().map(|name| name.text.clone()), by.as_ref())
                        }
                        _ => (None, &level.by),
                    };
                    let by = self.aggregate(by, &input, &input);
                    table.add(&by_name.unwrap_or_else(|| format!("aggregated_{name}")), by.kind());
                }
                table
            }
            OperatorKind::Union(tables) => {
                let input = (!input.columns.is_empty() || input.open).then_some(input);
                self.union(input, operator, tables)
            }
            // Several results, or columns that only rules of their own tell.
            _ => Table::open(),
        }
    }

    fn key(&mut self, item: &OrderItem, row: &Table) {
        let kind = self.scalar(&item.value, row).kind();
        if kind == Kind::Dynamic {
            let help = "convert it, such as with `tostring()`";
            self.error(codes::WRONG_TYPE, "dynamic values have no order", item.value.span, help);
        }
    }

    fn distinct(&mut self, input: &Table, columns: &[Expr]) -> Table {
        if let [Expr { kind: ExprKind::Wildcard(pattern), span }] = columns {
            let chosen = input.columns.iter().filter(|column| fits(pattern, &column.name));
            let chosen: Vec<Column> = chosen.cloned().collect();
            if chosen.iter().any(|column| column.kind == Kind::Dynamic) {
                self.undivided(*span);
            }
            return Table { columns: chosen, open: input.open };
        }
        for value in columns {
            if self.unnamed(value, input).kind() == Kind::Dynamic {
                self.undivided(value.span);
            }
        }
        self.project(input, columns)
    }

    fn undivided(&mut self, span: quarry_diagnostic::Span) {
        let help = "convert it, such as with `tostring()`";
        self.error(codes::WRONG_TYPE, "dynamic values cannot be told apart", span, help);
    }

    /// Adds the columns that a value gives, under the names it is given or has; gives these names, one for each of
    /// its values, none where a value has no column.
    pub(crate) fn put(
        &mut self,
        into: &mut Table,
        value: &Expr,
        found: &Scalar,
        place: &mut Place,
    ) -> Vec<Option<String>> {
        let names: &[Name] = match &value.kind {
            ExprKind::Named(names, _) => names,
            _ => &[],
        };
        let single = [(found.name.clone().unwrap_or_default(), found.kind())];
        let fields = if found.fields.is_empty() { &single[..] } else { &found.fields[..] };
        let most = if found.falls_away && names.len() == 1 { 1 } else { fields.len() };
        let mut given = Vec::new();
        for (at, (natural, kind)) in fields.iter().take(most).enumerate() {
            given.push(match names.get(at) {
                Some(name) => self.put_named(into, name, *kind, place),
                None => {
                    let is_natural = names.is_empty() || at > 0;
                    let natural = Some(natural.as_str()).filter(|name| is_natural && !name.is_empty());
                    Some(put_unnamed(into, natural, *kind, place))
                }
            });
        }
        place.at += 1;
        given
    }

    fn put_named(&mut self, into: &mut Table, name: &Name, kind: Kind, place: &mut Place) -> Option<String> {
        if place.named.contains(&name.text) {
            let message = format!("the column `{}` is declared twice", name.text);
            self.error(codes::DUPLICATE_COLUMN, message, name.span, "give each column its own name");
            return None;
        }
        place.named.push(name.text.clone());
        into.set(&name.text, kind);
        Some(name.text.clone())
    }

    pub(crate) fn project(&mut self, input: &Table, columns: &[Expr]) -> Table {
        let (mut table, mut place) = (Table { columns: Vec::new(), open: false }, Place::new("Column"));
        for value in columns {
            let found = self.unnamed(value, input);
            self.put(&mut table, value, &found, &mut place);
        }
        table
    }

    /// The value, without the name that it is given.
    pub(crate) fn unnamed(&mut self, value: &Expr, row: &Table) -> Scalar {
        match &value.kind {
            ExprKind::Named(_, inner) => self.scalar(inner, row),
            _ => self.scalar(value, row),
        }
    }

    fn extend(&mut self, input: Table, columns: &[Expr]) -> Table {
        let mut table = input.clone();
        let mut place = Place::replacing();
        for value in columns {
            let found = self.unnamed(value, &input);
            self.put(&mut table, value, &found, &mut place);
        }
        table
    }

    fn print(&mut self, values: &[Expr]) -> Table {
        let row = Table::default();
        let (mut table, mut place) = (Table::default(), Place::new("print_"));
        for value in values {
            let mut found = self.unnamed(value, &row);
            found.name = None;
            self.put(&mut table, value, &found, &mut place);
        }
        table
    }

    fn summarize(&mut self, input: &Table, aggregates: &[Expr], by: &[Expr]) -> Table {
        let (mut table, mut place) = (Table::default(), Place::new("Column"));
        let mut star = input.clone();
        for value in by {
            let found = self.unnamed(value, input);
            if found.kind() == Kind::Dynamic {
                let help = "convert it, such as with `tostring()`";
                self.error(codes::WRONG_TYPE, "rows cannot be grouped by a dynamic", value.span, help);
            }
            if let ExprKind::Name(name) = &value.kind {
                star.columns.retain(|column| column.name != *name);
            }
            self.put(&mut table, value, &found, &mut place);
        }
        for value in aggregates {
            let inner = match &value.kind {
                ExprKind::Named(_, inner) => inner,
                _ => value,
            };
            let found = self.aggregate(inner, input, &star);
            self.put(&mut table, value, &found, &mut place);
        }
        table
    }

    fn projects(&mut self, input: Table, operator: &Operator, items: &[OrderItem]) -> Table {
        let named = |name: &str| items.iter().any(|item| matches_name(&item.value, name));
        match operator.name.text.as_str() {
            "project" => {
                let values: Vec<Expr> = items.iter().map(|item| item.value.clone()).collect();
                self.project(&input, &values)
            }
            "project-rename" => self.rename(input, items),
            "project-away" | "project-keep" => {
                self.names(&input, items);
                let keeps = operator.name.text == "project-keep";
                let columns = input.columns.into_iter().filter(|column| named(&column.name) == keeps);
                Table { columns: columns.collect(), open: input.open }
            }
            _ => {
                self.names(&input, items);
                reordered(&input, items)
            }
        }
    }

    /// Says which names are no columns.
    fn names(&mut self, input: &Table, items: &[OrderItem]) {
        for item in items {
            if matches!(item.value.kind, ExprKind::Name(_)) {
                self.scalar(&item.value, input);
            }
        }
    }

    fn rename(&mut self, mut input: Table, items: &[OrderItem]) -> Table {
        for item in items {
            let ExprKind::Named(names, old) = &item.value.kind else { continue };
            self.scalar(old, &input);
            if let (ExprKind::Name(old), Some(new)) = (&old.kind, names.first())
                && let Some(column) = input.columns.iter_mut().find(|column| column.name == *old)
            {
                column.name.clone_from(&new.text);
            }
        }
        input
    }

    fn search(&mut self, input: Table, tables: &[Expr], predicate: &Expr) -> Table {
        let mut all = self.searched(input, tables);
        self.scalar(predicate, &all);
        let name = all.free("$table", &[]);
        all.columns.insert(0, Column { name, kind: Kind::String });
        all
    }

    fn searched(&mut self, input: Table, tables: &[Expr]) -> Table {
        if tables.is_empty() {
            let is_all = input.columns.is_empty();
            return Table { open: input.open || is_all, ..input };
        }
        let legs = Operator {
            kind: OperatorKind::Union(Vec::new()),
            name: Name::default(),
            settings: Vec::new(),
            span: predicate_span(tables),
        };
        self.union(None, &legs, tables)
    }

    fn invoke(&mut self, input: Table, call: &crate::syntax::tree::Call, operator: &Operator) -> Table {
        let outside = self.scope.clone();
        self.scope.add("$input", super::scope::Binding::Table(input));
        let mut arguments = vec![Expr { kind: ExprKind::Name("$input".to_owned()), span: operator.span }];
        arguments.extend(call.arguments.iter().cloned());
        let call = crate::syntax::tree::Call { name: call.name.clone(), arguments };
        let found = self.call_meaning(&call, operator.span, None);
        self.scope = outside;
        match found {
            super::Meaning::Table(table) => table,
            super::Meaning::Scalar(_) => Table::open(),
        }
    }

    fn partition(&mut self, input: Table, by: &Expr, body: &Expr) -> Table {
        self.scalar(by, &input);
        match &body.kind {
            ExprKind::Pipeline(None, operators) => {
                operators.iter().fold(input, |table, operator| self.operator(table, operator))
            }
            _ => self.rows(body),
        }
    }
}

/// How the columns of a list are called.
pub(crate) struct Place {
    prefix: &'static str,
    at: usize,
    unnamed: usize,
    named: Vec<String>,
    replaces: bool,
}

impl Place {
    /// Whether columns are those of `print`, which are called by their place alone.
    pub(crate) fn is_print(&self) -> bool {
        self.prefix == "print_"
    }

    pub(crate) fn replacing() -> Self {
        Self { replaces: true, ..Self::new("Column") }
    }

    pub(crate) fn new(prefix: &'static str) -> Self {
        Self { prefix, at: 0, unnamed: 0, named: Vec::new(), replaces: false }
    }
}

/// Adds a column that nobody names: by what it is called after, else by its place.
fn put_unnamed(into: &mut Table, natural: Option<&str>, kind: Kind, place: &mut Place) -> String {
    match natural {
        // A value of `extend` replaces the column that it is called after.
        Some(name) if place.replaces => {
            into.set(name, kind);
            name.to_owned()
        }
        Some(name) => into.add(name, kind),
        None => {
            place.unnamed += 1;
            let name = match place.prefix {
                "print_" => format!("print_{}", place.at),
                prefix => format!("{prefix}{}", place.unnamed),
            };
            if into.find(&name).is_none() {
                return into.add(&name, kind);
            }
            let mut others = (1..).map(|number| format!("{}{number}", place.prefix));
            let name = others.find(|name| into.find(name).is_none());
            into.add(&name.unwrap_or_default(), kind)
        }
    }
}

fn predicate_span(tables: &[Expr]) -> quarry_diagnostic::Span {
    tables.first().map(|table| table.span).unwrap_or_default()
}

pub(crate) fn one(columns: &[(&str, Kind)]) -> Table {
    let columns = columns.iter().map(|(name, kind)| Column { name: (*name).to_owned(), kind: *kind });
    Table { columns: columns.collect(), open: false }
}

pub(crate) fn matches_name(value: &Expr, name: &str) -> bool {
    match &value.kind {
        ExprKind::Name(wanted) => wanted == name,
        ExprKind::Wildcard(pattern) => fits(pattern, name),
        _ => false,
    }
}

/// Whether a name fits a pattern in which `*` stands for any run of characters.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// The named columns first, the others behind them or where `*` stands.
pub(crate) fn reordered(input: &Table, items: &[OrderItem]) -> Table {
    let exact = |name: &str| {
        items.iter().any(|item| matches!(&item.value.kind, ExprKind::Name(wanted) if wanted == name))
    };
    let mut columns: Vec<Column> = Vec::new();
    for item in items {
        let mut fitting: Vec<Column> = input
            .columns
            .iter()
            .filter(|column| matches_name(&item.value, &column.name))
            .filter(|column| matches!(item.value.kind, ExprKind::Name(_)) || !exact(&column.name))
            .filter(|column| !columns.contains(column))
            .cloned()
            .collect();
        if let Some(ascending) = item.ascending {
            fitting.sort_by(|left, right| left.name.cmp(&right.name));
            if !ascending {
                fitting.reverse();
            }
        }
        columns.extend(fitting);
    }
    let rest: Vec<Column> =
        input.columns.iter().filter(|column| !columns.contains(column)).cloned().collect();
    columns.extend(rest);
    Table { columns, open: input.open }
}
