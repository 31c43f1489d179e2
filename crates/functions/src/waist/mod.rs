//! Functions of the waist itself: conversions, checked arithmetic, lists.

mod arithmetic;
mod cast;
mod list;

use crate::base::Function;

pub(crate) const TABLES: &[&[Function]] = &[arithmetic::FUNCTIONS, cast::FUNCTIONS, list::FUNCTIONS];
