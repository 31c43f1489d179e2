//! The functions that languages name in plans: scalar and aggregate, resolved by name.
//!
//! A name begins with its language (`spl_`, `aql_`); those without a prefix serve the waist itself.
//! Every function is a table row with its description and examples; every example runs as a test.
//! Arguments may be of any waist type and are read as what the function needs. Nothing here fails
//! on data: what has no meaning is null.

mod aggregate;
mod aql;
mod base;
mod comparison;
mod json;
mod kql;
mod lookup;
mod member;
mod network;
mod pattern;
#[cfg(test)]
mod signatures;
mod spl;
mod time;
mod waist;
mod window;
mod xml;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use datafusion_expr::{AggregateUDF, ScalarUDF, WindowUDF};
use quarry_plan::{Law, Type};

pub use aggregate::{AggregateExample, AggregateFunction};
pub use base::{
    Bounds, Constants, Example, Function, Literal, Places, TOO_LARGE, TOO_LONG, number_text, parse_number,
    scalar,
};
pub use comparison::comparison_function;
pub use lookup::{LOOKUP_ROWS, LOOKUP_TEXT, LOOKUP_TEXTS, lookup_rows_arguments, lookup_value_arguments};
pub use member::{MEMBER, member_arguments};
pub use pattern::{Groups, Matcher, Pattern, TEXT_MATCH, compile_pattern, matcher, text_match_arguments};
pub use window::WindowFunction;

/// Every scalar function with its description.
pub fn scalar_table() -> impl Iterator<Item = &'static Function> {
    waist::TABLES
        .iter()
        .chain(spl::TABLES)
        .chain(aql::TABLES)
        .chain(kql::TABLES)
        .flat_map(|table| table.iter())
}

/// Every aggregate function with its description.
pub fn aggregate_table() -> impl Iterator<Item = &'static AggregateFunction> {
    aggregate::TABLES.iter().flat_map(|table| table.iter())
}

/// All scalar functions, ready to be registered; `places` is the database at hand, `bounds` what they may take.
#[must_use]
pub fn scalar_functions(places: Option<&Places>, bounds: &Arc<Bounds>) -> Vec<Arc<ScalarUDF>> {
    let table = scalar_table().map(|function| base::scalar_udf(function, places, bounds));
    let others = [pattern::text_match_udf(bounds), member::member_udf()];
    table.chain(others).chain(lookup::lookup_udfs()).map(Arc::new).collect()
}

/// All aggregate functions, those that only make sense over a window included.
#[must_use]
pub fn aggregate_functions() -> Vec<Arc<AggregateUDF>> {
    let table = aggregate_table().map(|function| Arc::new(aggregate::aggregate_udf(function)));
    table.chain([Arc::new(aql::session_udf())]).collect()
}

/// Every window function with its description.
pub fn window_table() -> impl Iterator<Item = &'static WindowFunction> {
    window::TABLES.iter().flat_map(|table| table.iter())
}

/// All window functions.
#[must_use]
pub fn window_functions() -> Vec<Arc<WindowUDF>> {
    window_table().map(|function| Arc::new(window::window_udf(function))).collect()
}

/// What passes may rely on about a scalar function, besides its type.
///
/// ```
/// use quarry_plan::Law;
/// assert_eq!(quarry_functions::law("spl_lower"), Some(Law::LowerCase));
/// ```
#[must_use]
pub fn law(name: &str) -> Option<Law> {
    static LAWS: LazyLock<HashMap<&str, Law>> = LazyLock::new(|| {
        scalar_table().filter_map(|function| Some((function.name, function.law?))).collect()
    });
    LAWS.get(name).copied()
}

/// Whether a scalar function's value depends on the present moment.
#[must_use]
pub fn depends_on_now(name: &str) -> bool {
    scalar_table().any(|function| function.name == name && function.uses_now)
}

/// Whether a scalar function's value depends on a database of places.
#[must_use]
pub fn depends_on_places(name: &str) -> bool {
    scalar_table().any(|function| function.name == name && function.uses_places())
}

/// The type a scalar function gives for arguments of these types; `constants` holds the text of
/// arguments that are known in advance (patterns, limits).
///
/// # Errors
/// If there is no such function, or it does not take that many arguments.
pub fn scalar_result_type(name: &str, types: &[Type], constants: &[Option<String>]) -> Result<Type, String> {
    let function = scalar_table().find(|function| function.name == name);
    function.ok_or_else(|| format!("there is no function `{name}`"))?.result_type(types, constants)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_documented_example_holds() {
        for function in scalar_table() {
            base::check::run_examples(function);
        }
    }

    #[test]
    fn names_are_unique_and_lower_case() {
        let mut seen = HashSet::new();
        for function in scalar_table() {
            assert!(seen.insert(function.name), "{} stands twice", function.name);
            assert_eq!(function.name, function.name.to_lowercase());
        }
        let mut registered: Vec<String> = scalar_functions(None, &Arc::default())
            .iter()
            .map(|function| function.name().to_owned())
            .collect();
        registered.sort_unstable();
        let count = registered.len();
        registered.dedup();
        assert_eq!(count, registered.len(), "a name is registered twice");
        assert!(seen.iter().all(|name| registered.iter().any(|known| known == name)));
    }
}
