//! Functions: a line each, `name`, how its column is called, signatures.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::types::Kind;

/// A function, aggregate or plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// How a column of its result is called where nobody names it.
    pub naming: Naming,
    /// The ways to call it.
    pub signatures: Vec<Signature>,
}

/// How a column is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// By its place only.
    Nothing,
    /// As the first argument.
    First,
    /// A prefix, `_`, and the first argument.
    Prefix(&'static str),
    /// Always so.
    Fixed(&'static str),
    /// As the column that the first argument, a text, names.
    Column,
}

/// A way to call a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The result.
    pub returns: Returns,
    /// The parameters.
    pub parameters: Vec<Parameter>,
    /// Fewest arguments.
    pub least: usize,
    /// Most arguments.
    pub most: usize,
}

/// What a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returns {
    /// Always this type.
    Fixed(Kind),
    /// The type of an argument.
    Argument(usize),
    /// The type of the first argument; of `int`, `long`.
    Promoted,
    /// The type that the arguments of one kind share.
    Common,
    /// The widest of the numbers.
    Widest,
    /// The type that an argument names.
    Literal,
    /// Rows.
    Table,
    /// By a rule of its own.
    Custom,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub takes: Group,
    /// Whether several arguments may go there.
    pub repeats: bool,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Anything.
    Any,
    /// What all arguments of this group must share.
    Common,
    /// This type.
    Kind(Kind),
    /// `int` or `long`.
    Integer,
    /// A number.
    Number,
    /// A number, datetime or timespan.
    Summable,
    /// A text or JSON.
    Text,
}

impl Group {
    fn named(text: &str) -> Self {
        match text {
            "common" => Self::Common,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "summable" => Self::Summable,
            "textual" => Self::Text,
            "array" | "bag" => Self::Kind(Kind::Dynamic),
            name => Kind::named(name).map_or(Self::Any, Self::Kind),
        }
    }

    /// Whether a value of a type is meant.
    #[must_use]
    pub fn takes(self, kind: Kind) -> bool {
        match self {
            Self::Any | Self::Common => true,
            Self::Kind(wanted) => wanted == kind,
            Self::Integer => kind.is_integer(),
            Self::Number => kind.is_number(),
            Self::Summable => kind.is_summable(),
            Self::Text => matches!(kind, Kind::String | Kind::Dynamic),
        }
    }

    /// Whether a value of a type is accepted, be it that it is converted.
    #[must_use]
    pub fn accepts(self, kind: Kind) -> bool {
        self.takes(kind)
            || matches!(kind, Kind::Dynamic | Kind::Unknown)
            || match self {
                Self::Kind(Kind::Real | Kind::Decimal) => kind.is_number(),
                Self::Kind(Kind::Int | Kind::Long) => kind.is_integer(),
                _ => false,
            }
    }
}

type Table = BTreeMap<&'static str, Function>;

static FUNCTIONS: LazyLock<Table> = LazyLock::new(|| read(include_str!("../../data/functions.txt")));
static AGGREGATES: LazyLock<Table> = LazyLock::new(|| read(include_str!("../../data/aggregates.txt")));
static PLUGINS: LazyLock<Table> = LazyLock::new(|| read(include_str!("../../data/plugins.txt")));

/// Scalar functions by name, and those that give rows.
#[must_use]
pub fn functions() -> &'static Table {
    &FUNCTIONS
}

/// Aggregates by name.
#[must_use]
pub fn aggregates() -> &'static Table {
    &AGGREGATES
}

/// Plugins of `evaluate` by name.
#[must_use]
pub fn plugins() -> &'static Table {
    &PLUGINS
}

fn read(text: &'static str) -> Table {
    text.lines().filter_map(line).map(|function| (function.name, function)).collect()
}

fn line(line: &'static str) -> Option<Function> {
    let mut parts = line.split('\t');
    let (name, naming, signatures) = (parts.next()?, parts.next()?, parts.next()?);
    let naming = match naming.split_once(' ') {
        Some(("prefix", prefix)) => Naming::Prefix(prefix),
        Some((_, name)) => Naming::Fixed(name),
        None => match naming {
            "first" => Naming::First,
            "name_first" => Naming::Prefix(name),
            "column" => Naming::Column,
            _ => Naming::Nothing,
        },
    };
    Some(Function { name, naming, signatures: signatures.split(';').filter_map(signature).collect() })
}

fn signature(text: &'static str) -> Option<Signature> {
    let (returns, rest) = text.split_once('(')?;
    let (parameters, counts) = rest.rsplit_once(')')?;
    let (least, most) = counts.split_once('-')?;
    let returns = match returns {
        "=0" => Returns::Argument(0),
        "=1" => Returns::Argument(1),
        "promoted" => Returns::Promoted,
        "common" | "commonplain" => Returns::Common,
        "widest" => Returns::Widest,
        "literal" => Returns::Literal,
        "table" => Returns::Table,
        name => Kind::named(name).map_or(Returns::Custom, Returns::Fixed),
    };
    let parameter = |text: &'static str| {
        let (name, takes) = text.split_once(':')?;
        let repeats = takes.ends_with('*');
        Some(Parameter { name, takes: Group::named(takes.trim_end_matches(['*', '?'])), repeats })
    };
    Some(Signature {
        returns,
        parameters: parameters.split(',').filter_map(parameter).collect(),
        least: least.parse().ok()?,
        most: most.parse().unwrap_or(usize::MAX),
    })
}

impl Signature {
    /// The parameter of an argument.
    #[must_use]
    pub fn parameter(&self, place: usize) -> Option<&Parameter> {
        self.parameters.get(place).or_else(|| self.parameters.last())
    }
}
