//! The waist: a small, typed, dialect-neutral relational pipeline.
//!
//! Languages lower into it, the engine lowers out of it. It knows neither a language nor
//! DataFusion. Every node and expression carries the place in the user's query it came from.
//!
//! Comparison, null and case rules are explicit: case-insensitive equality is another operator
//! ([`TextPattern`] with `ignore_case`), not a flag hidden in a string, and a language rule that no
//! operator here expresses is a named function ([`ExpressionKind::Call`]) that the engine resolves
//! by name.

mod columns;
mod comparison;
mod decimal;
mod expression;
mod necessary;
mod number;
mod operator;
mod pattern;
mod signature;
pub mod text;
mod time;
mod traverse;
mod value;

pub use comparison::{Comparison, ComparisonRule, Operand, order};
pub use decimal::{Decimal, NoDecimal};
pub use expression::{Arithmetic, Expression, ExpressionKind, TextMatcher, TextPattern};
pub use necessary::{ColumnFacts, Facts, Need, necessary};
pub use number::{number_text, parse_number, seconds_text};
pub use operator::{
    Aggregate, AggregateCall, Frame, JoinKind, KeyMatch, Lookup, LookupKey, LookupTable, Node, Operator,
    Rows, SortKey, Source, SourceColumn, SourceField, WindowCall,
};
pub use pattern::{Groups, Pattern, PatternFault, cached_pattern, compile_pattern};
pub use signature::{MANY, Returns, Signature, aggregate_signature, scalar_signature, scalar_signatures};
pub use time::{TimeBound, TimeRange, TimeStep, TimeUnit};
pub use value::{Element, Type, Value};
