//! Functions of the waist itself: conversions and checked arithmetic.

mod arithmetic;
mod cast;

use crate::base::Function;

pub(crate) const TABLES: &[&[Function]] = &[arithmetic::FUNCTIONS, cast::FUNCTIONS];
