//! Knowledge objects: what a platform knows besides the events. Macros, lookups, extra fields of
//! source types, event types and tags, as Splunk apps and security_content keep them.

pub(crate) mod conf;
pub(crate) mod csv;
mod load;
mod lookups;

pub use csv::{read as read_csv, write_row};
pub use load::KnowledgeError;
pub(crate) use lookups::Lookups;
pub use lookups::{LookupDefinition, LookupSource};

use crate::Macros;
use conf::Stanza;

/// Everything read from the user's files, besides what is built in.
#[derive(Debug, Default)]
pub struct Knowledge {
    /// Search macros.
    pub macros: Macros,
    /// Whether nothing else is wanted.
    macros_only: bool,
    pub(crate) lookups: Lookups,
    pub(crate) transforms: Vec<Stanza>,
    pub(crate) props: Vec<Stanza>,
    pub(crate) event_types: Vec<Stanza>,
    pub(crate) tags: Vec<Stanza>,
}

impl Knowledge {
    /// Makes lookups of the stanzas of transforms.conf, whichever file came first.
    fn settle(&mut self) {
        for stanza in &self.transforms {
            self.lookups.define(stanza);
        }
    }
}
