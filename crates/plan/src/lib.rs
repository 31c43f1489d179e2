//! The waist: a small, typed, dialect-neutral relational pipeline.
//!
//! Languages lower into it, the engine lowers out of it. It knows neither a language nor
//! DataFusion. Every node and expression carries the place in the user's query it came from.
//!
//! Comparison, null and case rules are explicit: a comparison is an operator and a
//! [`ComparisonRule`], equality in any case is a [`TextPattern`] with `ignore_case`, and what no node
//! here expresses is a named function ([`ExpressionKind::Call`]) that the engine resolves by name. What
//! passes may rely on about such a function is a [`Law`].

mod columns;
mod comparison;
mod date_pattern;
mod decimal;
mod expression;
mod law;
mod member;
mod moment;
mod name;
mod name_number;
mod necessary;
mod number;
mod operator;
mod order;
mod pattern;
mod shared;
mod signature;
pub mod text;
mod time;
mod traverse;
mod value;

pub use comparison::{Comparison, ComparisonRule, Operand, address_key, order, parse_address};
pub use date_pattern::{DatePart, date_pattern};
pub use decimal::{Decimal, NoDecimal};
pub use expression::{Arithmetic, Expression, ExpressionKind, PathStep, TextMatcher, TextPattern};
pub use law::{Law, Laws};
pub use member::{MemberSet, Members, all_of, any_of};
pub use moment::parse_moment;
pub use name::{ColumnName, Helpers, Role};
pub use name_number::name_number;
pub use necessary::{ColumnFacts, Facts, Need, necessary};
pub use number::{has_point, number_text, parse_number, seconds_text};
pub use operator::{
    Aggregate, AggregateCall, Frame, JoinKind, KeyMatch, Lookup, LookupKey, LookupTable, Node, Operator,
    Rows, SortKey, Source, SourceColumn, SourceField, WindowCall,
};
pub use pattern::{
    Groups, Pattern, PatternFault, cached_pattern, compile_pattern, values_given_up, word_expression,
};
pub use shared::WriteOut;
pub use signature::{MANY, Returns, Signature, aggregate_signature, scalar_signature, scalar_signatures};
pub use time::{TimeBound, TimeRange, TimeStep, TimeUnit};
pub use value::{Element, Type, Value};
