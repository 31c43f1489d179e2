//! Rows that a query brings with it: `datatable`, `range`, watchlists, files.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Value as Constant, parse_moment};

use super::{
    Lowerer,
    convert::Value,
    rows::{Column, Rows},
};
use crate::{
    codes,
    syntax::tree::{Call, Expr, Name},
    types::Kind,
};

/// Most rows of `range`.
const MOST_ROWS: usize = 1_000_000;
/// The columns that a watchlist has beside its own.
const OF_WATCHLISTS: [(&str, Kind); 4] = [
    ("_DTItemId", Kind::String),
    ("LastUpdatedTimeUTC", Kind::Datetime),
    ("SearchKey", Kind::String),
    ("WatchlistItem", Kind::Dynamic),
];

impl Lowerer<'_> {
    pub(super) fn datatable(&mut self, columns: &[(Name, Kind)], values: &[Expr], span: Span) -> Rows {
        let typed: Vec<Column> =
            columns.iter().map(|(name, kind)| Column::new(&name.text, *kind, false)).collect();
        let mut rows = Vec::new();
        for row in values.chunks(columns.len().max(1)) {
            if row.len() < columns.len() {
                let found = Diagnostic::error(codes::WRONG_SHAPE, "the last row lacks values", span);
                self.report(found.with_help("give a value for each column"));
            }
            let cells = row.iter().zip(columns).map(|(value, (_, kind))| self.cell(value, *kind));
            rows.push(cells.collect());
        }
        self.fixed(typed, rows, span)
    }

    /// A constant as a column's type wants it.
    fn cell(&mut self, value: &Expr, kind: Kind) -> Constant {
        let nothing = Rows::one_row(value.span);
        let found = self.value(value, &nothing);
        let found = match (found.constant(), kind) {
            (Some(Constant::Text(text)), Kind::Datetime) => {
                return parse_moment(text).map_or(Constant::Null, Constant::Datetime);
            }
            (Some(Constant::Integer(_)), Kind::Int) => Value { kind, ..found },
            (Some(Constant::Text(text)), Kind::Dynamic) => {
                return Constant::Dynamic(quarry_plan::text::json_of_text(text));
            }
            (Some(Constant::Integer(number)), Kind::Dynamic) => return Constant::Dynamic(number.to_string()),
            _ => self.convert(found, kind),
        };
        self.known(&found).unwrap_or(Constant::Null)
    }

    /// `range name from first to last step step`.
    pub(super) fn range(&mut self, name: &Name, parts: &[Expr; 3], span: Span) -> Rows {
        let nothing = Rows::one_row(span);
        let [first, last, step] = parts.each_ref().map(|part| self.value(part, &nothing));
        let kind = [&last, &step].iter().fold(first.kind, |widest, value| widest.widest(value.kind));
        let kind = if kind == Kind::Int { Kind::Long } else { kind };
        let of_step = if kind == Kind::Datetime { Kind::Timespan } else { kind };
        let mut known = Vec::new();
        for (value, kind) in [(first, kind), (last, kind), (step, of_step)] {
            let value = self.convert(value, kind);
            known.push(self.known(&value));
        }
        let column = Column::new(&name.text, kind, false);
        let [Some(first), Some(last), Some(step)] = known.as_slice() else {
            return self.fixed(vec![column], Vec::new(), span);
        };
        let values = steps(first, last, step);
        if values.len() > MOST_ROWS {
            self.refuse(&format!("`range` of more than {MOST_ROWS} rows"), span, "make the step greater");
        }
        let rows = values.into_iter().map(|value| vec![value]).collect();
        self.fixed(vec![column], rows, span)
    }

    /// The rows of a function that every workspace has.
    pub(super) fn stored(&mut self, call: &Call, span: Span) -> Rows {
        let name = call.name.text.as_str();
        if name == "_GetWatchlist" {
            return self.watchlist(call, span);
        }
        self.refuse(&format!("the function `{name}`"), span, "give its text with `let`");
        Rows::one_row(span)
    }

    fn watchlist(&mut self, call: &Call, span: Span) -> Rows {
        let alias = call.arguments.first().and_then(|name| {
            let nothing = Rows::one_row(name.span);
            self.value(name, &nothing).constant_text()
        });
        let alias = alias.unwrap_or_default();
        let mut columns: Vec<Column> =
            OF_WATCHLISTS.iter().map(|(name, kind)| Column::new(name, *kind, false)).collect();
        let Some(list) = self.environment.options.watchlists.get(&alias).cloned() else {
            let message = format!("there is no watchlist `{alias}`");
            let found = Diagnostic::error(codes::UNKNOWN_NAME, message, span);
            self.report(found.with_help(format!("give its CSV file: `--lookup {alias}=FILE.csv`")));
            return self.fixed(columns, Vec::new(), span);
        };
        columns.extend(list.columns.iter().map(|name| Column::new(name, Kind::String, false)));
        let rows = list.rows.iter().zip(1_usize..).map(|(row, number)| {
            let item: serde_json::Map<String, serde_json::Value> = list
                .columns
                .iter()
                .zip(row)
                .map(|(name, value)| (name.clone(), serde_json::Value::String(value.clone())))
                .collect();
            let mut cells = vec![
                Constant::Text(number.to_string()),
                Constant::Null,
                Constant::Text(row.first().cloned().unwrap_or_default()),
                Constant::Dynamic(serde_json::Value::Object(item).to_string()),
            ];
            cells.extend(row.iter().cloned().map(Constant::Text));
            cells
        });
        let rows = rows.collect();
        self.fixed(columns, rows, span)
    }

    /// `externaldata`: rows of a file, which must lie beside the query.
    pub(super) fn external(&mut self, columns: &[(Name, Kind)], _: &[Expr], span: Span) -> Rows {
        let help = "write the rows with `datatable`, or give them as a watchlist";
        self.refuse("`externaldata`", span, help);
        let columns = columns.iter().map(|(name, kind)| Column::new(&name.text, *kind, false)).collect();
        self.fixed(columns, Vec::new(), span)
    }
}

/// From one value to another, both included.
fn steps(first: &Constant, last: &Constant, step: &Constant) -> Vec<Constant> {
    let whole = |first: i64, last: i64, step: i64, make: fn(i64) -> Constant| {
        let mut all = Vec::new();
        let mut value = first;
        while step != 0 && (if step > 0 { value <= last } else { value >= last }) && all.len() <= MOST_ROWS {
            all.push(make(value));
            let Some(next) = value.checked_add(step) else { break };
            value = next;
        }
        all
    };
    match (first, last, step) {
        (Constant::Integer(first), Constant::Integer(last), Constant::Integer(step)) => {
            whole(*first, *last, *step, Constant::Integer)
        }
        (Constant::Datetime(first), Constant::Datetime(last), Constant::Timespan(step)) => {
            whole(*first, *last, *step, Constant::Datetime)
        }
        (Constant::Timespan(first), Constant::Timespan(last), Constant::Timespan(step)) => {
            whole(*first, *last, *step, Constant::Timespan)
        }
        (Constant::Double(first), Constant::Double(last), Constant::Double(step)) if *step != 0.0 => {
            let count = ((last - first) / step).floor();
            let in_range = count >= 0.0 && count.is_finite();
            let numbers = (0_u32..).map(f64::from).take_while(|at| in_range && *at <= count);
            numbers.take(MOST_ROWS + 1).map(|at| Constant::Double(first + at * step)).collect()
        }
        _ => Vec::new(),
    }
}
