//! XML text as a tree, and the paths that lead into it.

mod location;
mod parse;
mod path;

pub(crate) use location::follow_location;
pub(crate) use parse::{Document, Element};
pub(crate) use path::XmlPath;
