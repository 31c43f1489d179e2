//! Knowledge objects: what a platform knows besides the events. Macros, lookups, extra fields of
//! source types, event types and tags, as Splunk apps and security_content keep them.

pub(crate) mod conf;
mod load;
mod lookups;
pub(crate) mod props;

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
    complaints: Vec<KnowledgeError>,
    macro_stanzas: Vec<Stanza>,
    pub(crate) lookups: Lookups,
    pub(crate) transforms: Vec<Stanza>,
    pub(crate) props: Vec<Stanza>,
    pub(crate) event_types: Vec<Stanza>,
    pub(crate) tags: Vec<Stanza>,
    pub(crate) saved_searches: Vec<Stanza>,
}

impl Knowledge {
    /// Makes macros and lookups of the stanzas, whichever file came first.
    fn settle(&mut self) {
        for stanzas in [
            &mut self.macro_stanzas,
            &mut self.transforms,
            &mut self.event_types,
            &mut self.tags,
            &mut self.saved_searches,
        ] {
            conf::inherit(stanzas);
        }
        for (name, found) in self.macro_stanzas.iter().filter_map(load::macro_of) {
            self.macros.insert(name, found);
        }
        for stanza in &self.transforms {
            self.lookups.define(stanza);
        }
    }
}
