//! From text to tree. Never fails: what cannot be read becomes a diagnostic, and the rest is read.
//!
//! | file | grammar |
//! |---|---|
//! | `cursor` | a place in the text; words and quotes |
//! | `pipeline` | commands, bars, subsearches |
//! | `search`, `eval` | the two expression languages |
//! | `stats`, `arguments` | arguments by family |
//! | `dump` | the tree as text |

mod arguments;
mod cursor;
mod dump;
mod eval;
mod pipeline;
mod search;
mod stats;
pub mod tree;

pub(crate) use cursor::Cursor;
