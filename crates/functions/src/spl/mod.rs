//! Functions of SPL. All numbers are doubles, all other values texts or lists of texts; numbers are
//! recognised on use. Text functions work value by value on lists.

mod address;
mod arithmetic;
mod bin;
mod bits;
mod chance;
mod combine;
mod command;
mod command_names;
mod compare;
mod convert;
mod data;
mod entropy;
mod hash;
mod inform;
mod json_edit;
mod kind;
mod letter_case;
mod math;
mod multivalue;
mod paths;
mod place;
mod printf;
mod range;
mod regular;
mod relative;
mod rex;
mod significant;
mod slice;
mod timing;
mod to_json;
mod tonumber;
mod tostring;
mod trim;
mod value;
mod xpath;

use crate::base::Function;

/// Pages of the search reference that describe the functions.
pub(crate) mod source {
    pub(crate) const CONVERSION: &str = "Splunk search reference, conversion functions";
    pub(crate) const COMPARISON: &str = "Splunk search reference, comparison and conditional functions";
    pub(crate) const INFORMATION: &str = "Splunk search reference, informational functions";
    pub(crate) const JSON: &str = "Splunk search reference, JSON functions";
    pub(crate) const MATH: &str = "Splunk search reference, mathematical functions";
    pub(crate) const MULTIVALUE: &str = "Splunk search reference, multivalue eval functions";
    pub(crate) const OPERATORS: &str = "Splunk search reference, eval: operators";
    pub(crate) const SEARCH: &str = "Splunk search reference, search";
    pub(crate) const STATISTICAL: &str = "Splunk search reference, statistical eval functions";
    pub(crate) const TEXT: &str = "Splunk search reference, text functions";
    pub(crate) const TIME: &str = "Splunk search reference, date and time functions";
    pub(crate) const TRIGONOMETRY: &str = "Splunk search reference, trigonometric and hyperbolic functions";
}

pub(crate) const TABLES: &[&[Function]] = &[
    address::FUNCTIONS,
    arithmetic::FUNCTIONS,
    bin::FUNCTIONS,
    bits::FUNCTIONS,
    chance::FUNCTIONS,
    combine::FUNCTIONS,
    command::FUNCTIONS,
    command_names::FUNCTIONS,
    compare::FUNCTIONS,
    convert::FUNCTIONS,
    data::FUNCTIONS,
    entropy::FUNCTIONS,
    hash::FUNCTIONS,
    inform::FUNCTIONS,
    json_edit::FUNCTIONS,
    kind::FUNCTIONS,
    letter_case::FUNCTIONS,
    math::FUNCTIONS,
    multivalue::FUNCTIONS,
    paths::FUNCTIONS,
    place::FUNCTIONS,
    printf::FUNCTIONS,
    range::FUNCTIONS,
    regular::FUNCTIONS,
    relative::FUNCTIONS,
    rex::FUNCTIONS,
    significant::FUNCTIONS,
    slice::FUNCTIONS,
    timing::FUNCTIONS,
    to_json::FUNCTIONS,
    tonumber::FUNCTIONS,
    tostring::FUNCTIONS,
    trim::FUNCTIONS,
    value::FUNCTIONS,
    xpath::FUNCTIONS,
];
