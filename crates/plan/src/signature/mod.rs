//! The functions that plans name: what languages must know of one without the engine that computes it.
//!
//! The table is written from the rows of `crates/functions`, where a function says all of this once:
//! `UPDATE=1 cargo test -p quarry-functions signatures` writes it anew, and a test there holds it to them.

mod table;

use table::{AGGREGATE, SCALAR};

use crate::Type;

/// Any number of arguments.
pub const MANY: usize = usize::MAX;

/// How a function is called, and what it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// Name in plans.
    pub name: &'static str,
    /// How it is written in its language.
    pub written: &'static str,
    /// What it computes, in a sentence.
    pub meaning: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    /// Fewest arguments.
    pub least: usize,
    /// Most arguments, or [`MANY`].
    pub most: usize,
    /// Type of the result.
    pub result: Returns,
}

/// The rule for the type of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returns {
    /// Always this type.
    Fixed(Type),
    /// Text, or a list where the first argument is one: the function works on each value.
    EachValue,
    /// A number where all arguments are numbers, else text.
    NumberIfAll,
    /// A number where an argument is one, else text.
    NumberIfAny,
    /// The type of the first argument; of null, text.
    Same,
    /// The type of the second argument; of null, text.
    Second,
    /// The type that this argument, counted from 0, names; it is a constant.
    NamedBy(usize),
    /// A time where the first argument is one, else text.
    TimeOrText,
    /// A text that is always a number: one that has figures to keep.
    Numeral,
    /// Such a text where this argument, counted from 0, is given, else a number.
    NumeralIfGiven(usize),
    /// A list where this argument, counted from 0, is given, else text.
    ListIfGiven(usize),
    /// A list where this argument, counted from 0, is given and is not the constant `1`, else text.
    ListUnlessOne(usize),
    /// Text where the second argument is a constant path without `{}` and the first is no list, else a list.
    ListByPath,
}

impl Returns {
    /// A condition.
    pub const BOOLEAN: Self = Self::Fixed(Type::Boolean);
    /// A whole number.
    pub const INTEGER: Self = Self::Fixed(Type::Integer);
    /// A number.
    pub const DOUBLE: Self = Self::Fixed(Type::Double);
    /// A text.
    pub const TEXT: Self = Self::Fixed(Type::Text);
    /// A list of texts.
    pub const LIST: Self = Self::Fixed(Type::TextList);
    /// A time.
    pub const TIMESTAMP: Self = Self::Fixed(Type::Timestamp);

    /// Whether the result is a number that is written as text.
    #[must_use]
    pub fn is_numeral(self) -> bool {
        matches!(self, Self::Numeral | Self::NumeralIfGiven(_))
    }

    /// The type for arguments of these types, where `constants` holds the text of those that are known in
    /// advance.
    #[must_use]
    pub fn of(self, types: &[Type], constants: &[Option<String>]) -> Type {
        let first = types.first().copied().unwrap_or(Type::Null);
        let number = |of: &Type| matches!(of, Type::Integer | Type::Double | Type::Timestamp);
        let constant = |place: usize| constants.get(place).and_then(Option::as_deref);
        let choose = |holds: bool, then: Type| if holds { then } else { Type::Text };
        match self {
            Self::Fixed(result) => result,
            Self::EachValue => choose(first == Type::TextList, Type::TextList),
            Self::NumberIfAll => choose(!types.is_empty() && types.iter().all(number), Type::Double),
            Self::NumberIfAny => choose(types.iter().any(number), Type::Double),
            Self::Same => choose(first != Type::Null, first),
            Self::Second => match types.get(1) {
                None | Some(Type::Null) => Type::Text,
                Some(second) => *second,
            },
            Self::NamedBy(place) => constant(place).and_then(Type::named).unwrap_or(Type::Null),
            Self::TimeOrText => choose(first == Type::Timestamp, Type::Timestamp),
            Self::Numeral => Type::Text,
            Self::NumeralIfGiven(place) => {
                if types.len() > place {
                    Type::Text
                } else {
                    Type::Double
                }
            }
            Self::ListIfGiven(place) => choose(types.len() > place, Type::TextList),
            Self::ListUnlessOne(place) => {
                choose(types.len() > place && constant(place) != Some("1"), Type::TextList)
            }
            Self::ListByPath => {
                let is_one = constant(1).is_some_and(|path| !path.contains("{}")) && first != Type::TextList;
                choose(!is_one, Type::TextList)
            }
        }
    }
}

/// How a scalar function is called.
///
/// ```
/// let signature = quarry_plan::scalar_signature("spl_substr").unwrap();
/// assert_eq!((signature.least, signature.most), (2, 3));
/// ```
#[must_use]
pub fn scalar_signature(name: &str) -> Option<&'static Signature> {
    find(SCALAR, name)
}

/// How an aggregate function of `crates/functions` is called.
#[must_use]
pub fn aggregate_signature(name: &str) -> Option<&'static Signature> {
    find(AGGREGATE, name)
}

/// All scalar functions, sorted by name.
#[must_use]
pub fn scalar_signatures() -> &'static [Signature] {
    SCALAR
}

fn find(table: &'static [Signature], name: &str) -> Option<&'static Signature> {
    let place = table.binary_search_by(|row| row.name.cmp(name)).ok()?;
    table.get(place)
}
