//! The tree as text, for people and for tests: one command a line, S-expressions inside.

use std::fmt::{self, Display, Formatter};

use super::tree::{
    Aggregation, AggregationArgument, Arguments, Assignment, ByField, Command, Directive, EvalExpression,
    EvalKind, EvalOperator, Item, OptionItem, OptionValue, Pipeline, Quote, RenamePair, SearchExpression,
    SearchOperator, SearchValue, Sort, SortField, Stats, Word,
};

impl Display for Pipeline {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        joined(out, &self.commands, "\n")
    }
}

impl Display for Command {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "({}{})", self.name, self.arguments)
    }
}

impl Display for Arguments {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Search(search) => part(out, "", search.as_ref()),
            Self::Where(expression) => write!(out, " {expression}"),
            Self::Eval(assignments) => spaced(out, assignments),
            Self::Stats(stats) => write!(out, "{stats}"),
            Self::Sort(sort) => write!(out, "{sort}"),
            Self::Rename(pairs) => spaced(out, pairs),
            Self::General(items) => spaced(out, items),
        }
    }
}

impl Display for Word {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.quote {
            Quote::None => out.write_str(&self.text),
            Quote::Double => write!(out, "{:?}", self.text),
            Quote::Single => write!(out, "'{}'", self.text),
        }
    }
}

impl Display for Item {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(option) => write!(out, "{option}"),
            Self::Word(word) => write!(out, "{word}"),
            Self::Comma(_) => out.write_str(","),
            Self::Call { name, arguments, .. } => {
                write!(out, "({name}")?;
                spaced(out, arguments)?;
                out.write_str(")")
            }
            Self::Expression(expression) => write!(out, "(expression {expression})"),
            Self::Where(search) => {
                out.write_str("(where")?;
                part(out, "", search.as_ref())?;
                out.write_str(")")
            }
            Self::Subsearch(pipeline) => subsearch(out, pipeline),
        }
    }
}

impl Display for OptionItem {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}{}", self.name, if self.negated { "!=" } else { "=" }, self.value)
    }
}

impl Display for OptionValue {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(out, "{word}"),
            Self::Expression(expression) => write!(out, "(expression {expression})"),
            Self::Search(search) => write!(out, "(search {search})"),
            Self::Subsearch(pipeline) => subsearch(out, pipeline),
        }
    }
}

impl Display for SearchExpression {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(items, _) => list(out, "and", items),
            Self::Or(items, _) => list(out, "or", items),
            Self::Not(inner, _) => write!(out, "(not {inner})"),
            Self::Comparison { field, operator, value, .. } => write!(out, "({operator} {field} {value})"),
            Self::In { field, values, .. } => {
                write!(out, "(in {field}")?;
                spaced(out, values)?;
                out.write_str(")")
            }
            Self::SubsearchComparison { field, operator, subsearch: inner, listed, .. } => {
                if *listed {
                    write!(out, "(in {field} ")?;
                } else {
                    write!(out, "({operator} {field} ")?;
                }
                subsearch(out, inner)?;
                out.write_str(")")
            }
            Self::Term(value) => write!(out, "(term {value})"),
            Self::Subsearch(pipeline, _) => subsearch(out, pipeline),
        }
    }
}

impl Display for SearchValue {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.directive {
            None => write!(out, "{}", self.word),
            Some(Directive::Case) => write!(out, "(CASE {})", self.word),
            Some(Directive::Term) => write!(out, "(TERM {})", self.word),
        }
    }
}

impl Display for SearchOperator {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        })
    }
}

impl Display for EvalExpression {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            EvalKind::Text(text) => write!(out, "{text:?}"),
            EvalKind::Number(number) => out.write_str(number),
            EvalKind::Field { name, quoted: false } => out.write_str(name),
            EvalKind::Column(column) => write!(out, "{column:?}"),
            EvalKind::Field { name, quoted: true } => write!(out, "'{name}'"),
            EvalKind::Call { name, arguments, .. } => list(out, name, arguments),
            EvalKind::Not(inner) => write!(out, "(not {inner})"),
            EvalKind::Negative(inner) => write!(out, "(- {inner})"),
            EvalKind::Binary { operator, left, right } => write!(out, "({operator} {left} {right})"),
            EvalKind::In { value, items } => {
                write!(out, "(in {value}")?;
                spaced(out, items)?;
                out.write_str(")")
            }
            EvalKind::Subsearch(pipeline) => subsearch(out, pipeline),
            EvalKind::Error => out.write_str("(error)"),
        }
    }
}

impl Display for EvalOperator {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Xor => "xor",
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Like => "like",
            Self::Concatenate => ".",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        })
    }
}

impl Display for Assignment {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "(set {} {})", self.field, self.value)
    }
}

impl Display for Stats {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        spaced(out, &self.options)?;
        spaced(out, &self.aggregations)?;
        clause(out, "from", &self.from)?;
        part(out, "where", self.filter.as_ref())?;
        part(out, "over", self.over.as_ref())?;
        clause(out, "by", &self.by)?;
        clause(out, "split-where", &self.split_filter)
    }
}

impl Display for ByField {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        if self.options.is_empty() {
            return write!(out, "{}", self.field);
        }
        write!(out, "({}", self.field)?;
        spaced(out, &self.options)?;
        out.write_str(")")
    }
}

impl Display for Aggregation {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "({}{}", self.function, self.number.as_deref().unwrap_or_default())?;
        match &self.argument {
            AggregationArgument::None => {}
            AggregationArgument::Field(field) => write!(out, " {field}")?,
            AggregationArgument::Eval(expression) => write!(out, " (eval {expression})")?,
        }
        part(out, "as", self.alias.as_ref())?;
        out.write_str(")")
    }
}

impl Display for Sort {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        part(out, "limit", self.limit.as_ref())?;
        spaced(out, &self.keys)?;
        if self.reversed { out.write_str(" reversed") } else { Ok(()) }
    }
}

impl Display for SortField {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let direction = if self.descending { "descending" } else { "ascending" };
        match &self.kind {
            None => write!(out, "({direction} {})", self.field),
            Some(kind) => write!(out, "({direction} ({kind} {}))", self.field),
        }
    }
}

impl Display for RenamePair {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "({} as {})", self.from, self.to)
    }
}

/// The items with a text between them.
fn joined(out: &mut Formatter<'_>, items: &[impl Display], between: &str) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.write_str(between)?;
        }
        write!(out, "{item}")?;
    }
    Ok(())
}

/// The items with a space before each.
fn spaced(out: &mut Formatter<'_>, items: &[impl Display]) -> fmt::Result {
    items.iter().try_for_each(|item| write!(out, " {item}"))
}

fn list(out: &mut Formatter<'_>, head: &str, items: &[impl Display]) -> fmt::Result {
    write!(out, "({head}")?;
    spaced(out, items)?;
    out.write_str(")")
}

/// A list that is left out if it is empty.
fn clause(out: &mut Formatter<'_>, head: &str, items: &[impl Display]) -> fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    out.write_str(" ")?;
    list(out, head, items)
}

/// A part that may be absent, with a keyword before it unless that is empty.
fn part(out: &mut Formatter<'_>, keyword: &str, value: Option<&impl Display>) -> fmt::Result {
    match value {
        None => Ok(()),
        Some(value) if keyword.is_empty() => write!(out, " {value}"),
        Some(value) => write!(out, " {keyword} {value}"),
    }
}

fn subsearch(out: &mut Formatter<'_>, pipeline: &Pipeline) -> fmt::Result {
    out.write_str("[")?;
    joined(out, &pipeline.commands, " | ")?;
    out.write_str("]")
}
