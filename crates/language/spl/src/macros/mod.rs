//! Search macros: reading their definitions and expanding their calls.
//!
//! A macro is text put in place of `` `name(arguments)` `` before anything is parsed, so a definition may
//! be any fragment. Calls inside double quotes and comments are not expanded.
//! (Splunk Knowledge Manager Manual, "Use search macros in searches".)

mod evaluate;
mod expand;
mod source_map;

use std::{collections::HashMap, path::PathBuf};

use crate::{Knowledge, KnowledgeError};

pub use expand::expand;
pub use source_map::SourceMap;

/// Known macros by name and number of arguments.
#[derive(Debug, Clone)]
pub struct Macros {
    by_name: HashMap<(String, usize), Macro>,
}

/// One macro.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Macro {
    /// Text put in place of a call.
    pub definition: String,
    /// Names of the arguments, `$name$` in the definition.
    pub arguments: Vec<String>,
    /// Whether the definition is an eval expression whose result is the text (`iseval`).
    pub computed: bool,
    /// An eval expression over the arguments that must be true, or null where it is a text (`validation`).
    pub validation: Option<String>,
    /// What to say where the validation is not true (`errormsg`).
    pub complaint: Option<String>,
}

impl Default for Macros {
    /// Only the built-in macros.
    fn default() -> Self {
        let mut macros = Self { by_name: HashMap::new() };
        // Part of Splunk's Common Information Model add-on, which every data model search relies on.
        let definition = "rename \"$datamodel$.*\" as \"*\"".to_owned();
        macros.insert(
            "drop_dm_object_name",
            Macro { definition, arguments: vec!["datamodel".to_owned()], ..Macro::default() },
        );
        // Comes with every Splunk since 6.5 (Search Manual, "Add comments to searches").
        let comment = Macro { arguments: vec!["text".to_owned()], ..Macro::default() };
        macros.insert("comment", comment);
        macros
    }
}

impl Macros {
    /// The built-in macros and those of the given files and folders, see [`Knowledge::load`].
    ///
    /// # Errors
    /// If a path does not exist or a file cannot be understood.
    pub fn load(paths: &[PathBuf]) -> Result<Self, KnowledgeError> {
        Knowledge::load_macros(paths)
    }

    /// Adds or replaces a macro.
    pub fn insert(&mut self, name: &str, definition: Macro) {
        self.by_name.insert((name.to_owned(), definition.arguments.len()), definition);
    }

    /// The macro for a call with so many arguments.
    #[must_use]
    pub fn get(&self, name: &str, arguments: usize) -> Option<&Macro> {
        self.by_name.get(&(name.to_owned(), arguments))
    }

    /// Numbers of arguments a macro of this name takes.
    fn arities(&self, name: &str) -> Vec<usize> {
        let mut found: Vec<usize> =
            self.by_name.keys().filter(|(known, _)| known == name).map(|(_, arity)| *arity).collect();
        found.sort_unstable();
        found
    }

    /// All names.
    fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(|(name, _)| name.as_str())
    }
}
