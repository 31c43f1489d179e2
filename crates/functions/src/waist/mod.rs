//! Functions of the waist itself: conversions, checked arithmetic, lists.

mod arithmetic;
mod cast;
mod convert;
mod list;
mod path;

use crate::base::Function;

pub(crate) use convert::convert;
pub(crate) use convert::json_of;

pub(crate) const TABLES: &[&[Function]] =
    &[arithmetic::FUNCTIONS, cast::FUNCTIONS, list::FUNCTIONS, path::FUNCTIONS];
