//! The templates: embedded ones and those of a pack.

use std::{collections::BTreeMap, sync::Arc};

use include_dir::{Dir, DirEntry, include_dir};
use quarry_diagnostic::did_you_mean;
use serde_json::Value;

use super::{
    engine::Engine,
    identifiers::Identifiers,
    template::{Action, Noise, ProviderTemplate, TemplateFile, principal},
};
use crate::{
    PackError,
    cases::{Principal, Provider},
    manifest::yaml_error,
};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/telemetry");

/// Principals by cloud and name.
pub type Cast = BTreeMap<(Provider, String), Principal>;

/// Templates of actions, records, noise and ways of delivery.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    pub(super) providers: BTreeMap<Provider, ProviderTemplate>,
    pub(super) actions: BTreeMap<String, Action>,
    pub(super) noise: Vec<(Provider, Noise)>,
    pub(super) cast: Cast,
    pub(super) identifiers: Identifiers,
    files: BTreeMap<String, String>,
}

impl Templates {
    /// The templates in the binary.
    ///
    /// # Errors
    /// If one of them is wrong, which the tests of this crate exclude.
    pub fn embedded() -> Result<Self, PackError> {
        let mut templates = Self::default();
        let mut pending = vec![&EMBEDDED];
        let mut files = Vec::new();
        while let Some(folder) = pending.pop() {
            for entry in folder.entries() {
                match entry {
                    DirEntry::Dir(inner) => pending.push(inner),
                    DirEntry::File(file) => files.push(file),
                }
            }
        }
        files.sort_by_key(|file| file.path());
        for file in files {
            let name = file.path().display().to_string();
            templates.add(&name, file.contents_utf8().unwrap_or_default())?;
        }
        Ok(templates)
    }

    /// Adds a file by its name: `identifiers.yml`, `provider.yml`, a `.j2` template, or a file of actions, noise and cast.
    ///
    /// # Errors
    /// If the text is wrong.
    pub fn add(&mut self, name: &str, text: &str) -> Result<(), PackError> {
        if name.ends_with(".j2") {
            self.files.insert(name.to_owned(), text.to_owned());
            return Ok(());
        }
        match name.rsplit('/').next().unwrap_or(name) {
            "identifiers.yml" => {
                let kinds = serde_saphyr::from_str(text).map_err(|error| yaml_error(name, &error))?;
                self.identifiers.extend(kinds).map_err(|message| PackError::new(name, message))
            }
            "provider.yml" => {
                let provider: ProviderTemplate =
                    serde_saphyr::from_str(text).map_err(|error| yaml_error(name, &error))?;
                self.providers.insert(provider.provider, provider);
                Ok(())
            }
            _ => {
                let file = serde_saphyr::from_str(text).map_err(|error| yaml_error(name, &error))?;
                self.add_file(name, text, file)
            }
        }
    }

    fn add_file(&mut self, name: &str, text: &str, file: TemplateFile) -> Result<(), PackError> {
        let wrong = |message: String, word: &str| PackError::new(name, message).at_word(text, word);
        for (provider, members) in &file.cast {
            for (member, value) in members {
                let made = principal(*provider, value)
                    .map_err(|message| wrong(format!("the principal `{member}`: {message}"), member))?;
                self.cast.insert((*provider, member.clone()), made);
            }
        }
        if file.actions.is_empty() && file.noise.is_empty() {
            return Ok(());
        }
        let provider = file.provider.ok_or_else(|| {
            wrong("a file of actions needs a `provider`".to_owned(), "actions")
                .with_help("`aws`, `azure` or `gcp`")
        })?;
        self.noise.extend(file.noise.into_iter().map(|noise| (provider, noise)));
        for mut action in file.actions {
            action.provider = Some(provider);
            name.clone_into(&mut action.origin);
            inherit(&mut action, &file.values, &file.outcomes, file.source.as_ref());
            self.actions.insert(action.id.clone(), action);
        }
        Ok(())
    }

    /// Identifiers of all actions, in order.
    pub fn action_ids(&self) -> impl Iterator<Item = &str> {
        self.actions.keys().map(String::as_str)
    }

    /// Title, vendor's page and names of the outcomes of an action.
    #[must_use]
    pub fn describe(&self, action: &str) -> Option<(&str, Option<&str>, Vec<String>)> {
        let action = self.actions.get(action)?;
        let of_provider = action.provider.and_then(|provider| self.providers.get(&provider))?.outcomes.keys();
        let mut outcomes: Vec<String> = of_provider.chain(action.outcomes.keys()).cloned().collect();
        outcomes.sort();
        outcomes.dedup();
        Some((&action.title, action.source.as_deref(), outcomes))
    }

    pub(super) fn action(&self, id: &str) -> Result<&Action, PackError> {
        self.actions.get(id).ok_or_else(|| {
            let near = did_you_mean(id, self.action_ids());
            PackError::new("telemetry", format!("no action is called `{id}`")).with_help(near.map_or_else(
                || "actions are in `telemetry/`; docs/telemetry.md says how to add one".to_owned(),
                |near| format!("did you mean `{near}`?"),
            ))
        })
    }

    pub(super) fn provider(&self, provider: Provider) -> Result<&ProviderTemplate, PackError> {
        self.providers
            .get(&provider)
            .ok_or_else(|| PackError::new("telemetry", format!("nothing is known of `{}`", provider.word())))
    }

    pub(super) fn engine(&self) -> Engine {
        Engine::new(self.files.clone())
    }

    pub(super) fn shared_identifiers(&self) -> Arc<Identifiers> {
        Arc::new(self.identifiers.clone())
    }
}

/// What an action does not say is as its file says.
fn inherit(
    action: &mut Action,
    values: &BTreeMap<String, Value>,
    outcomes: &BTreeMap<String, serde_json::Map<String, Value>>,
    source: Option<&String>,
) {
    for (name, value) in values {
        action.values.entry(name.clone()).or_insert_with(|| value.clone());
    }
    for (name, outcome) in outcomes {
        let own = action.outcomes.entry(name.clone()).or_default();
        for (key, value) in outcome {
            own.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    if action.source.is_none() {
        action.source = source.cloned();
    }
}
