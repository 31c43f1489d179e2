//! Pipelines as the text of a search.

use std::fmt::Write;

use super::{Aggregation, Command, Condition, List, Search, Value};

/// A pipeline as SPL that shows the columns `all`.
pub fn text(commands: &[Command], all: &[String]) -> String {
    let mut out = "search index=*".to_owned();
    for command in commands {
        let _ = write!(out, " | {}", command.text(all));
    }
    let _ = write!(out, " | table {}", names(all));
    out
}

fn names(names: &[String]) -> String {
    names.join(" ")
}

/// A field in an eval expression.
fn quoted(name: &str) -> String {
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric()) { name.to_owned() } else { format!("'{name}'") }
}

fn literal(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn list<T>(items: &[T], shown: impl Fn(&T) -> String) -> String {
    items.iter().map(shown).collect::<Vec<_>>().join(", ")
}

impl Value {
    fn text(&self) -> String {
        match self {
            Self::Field(name) => quoted(name),
            Self::Number(number) => number.to_string(),
            Self::Half(number) => (f64::from(*number) + 0.5).to_string(),
            Self::Text(text) => literal(text),
            Self::Arithmetic(sign, left, right) => format!("exact({} {sign} {})", left.text(), right.text()),
            Self::Joined(items) => {
                format!("({})", items.iter().map(Self::text).collect::<Vec<_>>().join(" . "))
            }
            Self::If(condition, then, other) => {
                format!("if({}, {}, {})", condition.text(), then.text(), other.text())
            }
            Self::Case(pairs) => {
                format!("case({})", list(pairs, |(when, then)| format!("{}, {}", when.text(), then.text())))
            }
            Self::Coalesce(items) => format!("coalesce({})", list(items, Self::text)),
            Self::Of(name, value) => format!("{name}({})", value.text()),
            Self::Round(value, digits) => format!("round({}, {digits})", value.text()),
            Self::Substring(value, start, length) => {
                format!("substr({}, {start}, {length})", value.text())
            }
            Self::Replace(value, pattern, new) => {
                format!("replace({}, {}, {})", value.text(), literal(pattern), literal(new))
            }
            Self::Extreme(name, items) => format!("{name}({})", list(items, Self::text)),
            Self::NullIf(left, right) => format!("nullif({}, {})", left.text(), right.text()),
            Self::OfList("mvjoin", list) => format!("mvjoin({}, \"+\")", list.text()),
            Self::OfList(name, list) => format!("{name}({})", list.text()),
            Self::Element(list, at) => format!("mvindex({}, {at})", list.text()),
            Self::Find(list, pattern) => format!("mvfind({}, {})", list.text(), literal(pattern)),
        }
    }
}

impl List {
    fn text(&self) -> String {
        match self {
            Self::Field(name) => quoted(name),
            Self::Split(value, by) => format!("split({}, {})", value.text(), literal(by)),
            Self::Append(values, list) => {
                let values: String = values.iter().map(|value| format!("{}, ", value.text())).collect();
                format!("mvappend({values}{})", list.text())
            }
            Self::Of(name, list) => format!("{name}({})", list.text()),
            Self::Slice(list, from, to) => format!("mvindex({}, {from}, {to})", list.text()),
            Self::Filter(_, condition) => format!("mvfilter({})", condition.text()),
            Self::Map(name, value) => format!("mvmap({}, {})", quoted(name), value.text()),
            Self::Zip(left, right) => format!("mvzip({}, {}, \"/\")", left.text(), right.text()),
        }
    }
}

impl Condition {
    fn text(&self) -> String {
        match self {
            Self::Compare(sign, left, right) => format!("{} {sign} {}", left.text(), right.text()),
            Self::And(left, right) => format!("({} AND {})", left.text(), right.text()),
            Self::Or(left, right) => format!("({} OR {})", left.text(), right.text()),
            Self::Xor(left, right) => format!("({} XOR {})", left.text(), right.text()),
            Self::Not(inner) => format!("NOT ({})", inner.text()),
            Self::IsNull(value) => format!("isnull({})", value.text()),
            Self::IsNotNull(value) => format!("isnotnull({})", value.text()),
            Self::IsNumber(value) => format!("isnum({})", value.text()),
            Self::Like(value, pattern) => format!("like({}, {})", value.text(), literal(pattern)),
            Self::Match(value, pattern) => format!("match({}, {})", value.text(), literal(pattern)),
            Self::In(value, words) => format!("in({}, {})", value.text(), list(words, |word| literal(word))),
        }
    }
}

impl Search {
    fn text(&self) -> String {
        let joined = |items: &[Self], sign: &str| {
            format!("({})", items.iter().map(Self::text).collect::<Vec<_>>().join(sign))
        };
        match self {
            Self::Compare(field, sign, value) => format!("{field}{sign}{}", literal(value)),
            Self::In(field, values) => format!("{field} IN ({})", list(values, |value| literal(value))),
            Self::Exists(field) => format!("{field}=*"),
            Self::And(items) => joined(items, " "),
            Self::Or(items) => joined(items, " OR "),
            Self::Not(inner) => format!("NOT {}", inner.text()),
        }
    }
}

impl Aggregation {
    fn text(&self) -> String {
        let argument = self.argument.as_ref().map(|field| format!("({field})")).unwrap_or_default();
        format!("{}{argument} as {}", self.function, self.name)
    }
}

impl Command {
    fn text(&self, all: &[String]) -> String {
        let aggregated = |name: &str, calls: &[Aggregation], by: &[String]| {
            let by = if by.is_empty() { String::new() } else { format!(" by {}", names(by)) };
            format!("{name} {}{by}", list(calls, Aggregation::text))
        };
        match self {
            Self::Search(search) => format!("search {}", search.text()),
            Self::Where(condition) => format!("where {}", condition.text()),
            Self::Eval(name, value) => format!("eval {name}={}", value.text()),
            Self::EvalList(name, list) => format!("eval {name}={}", list.text()),
            Self::Stats(calls, by) => aggregated("stats", calls, by),
            Self::EventStats(calls, by) => aggregated("eventstats", calls, by),
            Self::StreamStats(calls, by) => aggregated("streamstats", calls, by),
            Self::Dedup(count, by) => format!("dedup {count} {}", names(by)),
            Self::Sort(count, keys) => {
                let key = |(descending, kind, field): &(bool, &str, String)| {
                    let sign = if *descending { "-" } else { "" };
                    if kind.is_empty() { format!("{sign}{field}") } else { format!("{sign}{kind}({field})") }
                };
                format!("sort {count} {}", list(keys, key))
            }
            Self::Head(count) => format!("head {count}"),
            Self::Reverse => "reverse".to_owned(),
            Self::Table(fields) => format!("table {}", names(fields)),
            Self::FieldsMinus(fields) => format!("fields - {}", names(fields)),
            Self::Rename(from, to) => format!("rename {} as {}", literal(from), literal(to)),
            Self::FillNull(value, fields) => format!("fillnull value={value} {}", names(fields)),
            Self::Expand(field) => format!("mvexpand {field}"),
            Self::Extract(from, pattern, to) => {
                format!("rex field={} {}", literal(from), literal(&pattern.replace("NAME", to)))
            }
            Self::MakeList(field, by) => format!("makemv delim={} {field}", literal(by)),
            Self::Top(most, count, by) => {
                let name = if *most { "top" } else { "rare" };
                format!("{name} limit={count} showperc=f {}", names(by))
            }
            Self::Subsearch(negated, search, field) => {
                let not = if *negated { "NOT " } else { "" };
                format!("search {not}[ search index=* {} | table {field} ]", search.text())
            }
            Self::Append(search) => {
                let all = names(all);
                // Both parts in one order, since that within each is not settled.
                let search = search.text();
                format!("table {all} | append [ search index=* {search} | table {all} ] | sort 0 {all}")
            }
            Self::Join(left, key, search, brings) => {
                let kind = if *left { "left" } else { "inner" };
                let (all, search) = (names(all), search.text());
                format!(
                    "table {all} | join type={kind} {key} [ search index=* {search} | eval j={} | table {key} j ] \
                     | rename j as e1",
                    quoted(brings)
                )
            }
        }
    }
}
