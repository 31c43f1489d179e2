//! A new pack: files that pass their own tests, for their author to make right.

use std::{collections::BTreeMap, fs, path::Path};

use include_dir::{Dir, include_dir};
use minijinja::Environment;
use serde_json::{Value, json};

use crate::PackError;

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/new");

/// What a new pack is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPack {
    /// ATT&CK technique such as `T1535`.
    pub technique: String,
    /// Its name.
    pub name: String,
    /// Its tactic.
    pub tactic: String,
    /// Telemetry template of the action to detect, such as `aws.ec2.RunInstances`.
    pub action: String,
    /// The provider's name of the service, such as `ec2.amazonaws.com`; empty where it has none.
    pub service: String,
    /// The provider's name of the action.
    pub operation: String,
}

impl NewPack {
    /// The files of the pack: path below its folder, and text.
    ///
    /// # Errors
    /// If the action's provider is unknown.
    pub fn files(&self) -> Result<Vec<(String, String)>, PackError> {
        let provider = self.action.split('.').next().unwrap_or_default();
        let values = self.values(provider)?;
        let mut files = Vec::new();
        for (path, text) in texts(&TEMPLATES) {
            let target = match path.as_str() {
                "providers.yml" => continue,
                query if query == format!("{provider}.spl") => format!("{}.spl", self.group()),
                query if query == format!("{provider}.aql") => format!("{}.aql", self.group()),
                query if !query.contains('/') && !query.ends_with(".yml") => continue,
                other => other.to_owned(),
            };
            files.push((target, render(&path, &text, &values)?));
        }
        Ok(files)
    }

    /// Writes the pack into `folder`.
    ///
    /// # Errors
    /// If the folder is there already, or cannot be written.
    pub fn write(&self, folder: &Path) -> Result<Vec<String>, PackError> {
        let name = folder.display().to_string();
        if folder.exists() {
            return Err(
                PackError::new(name, "is there already").with_help("choose another folder, or remove it")
            );
        }
        let failed = |error: std::io::Error| PackError::new(&name, error.to_string());
        let mut written = Vec::new();
        for (path, text) in self.files()? {
            let target = folder.join(&path);
            fs::create_dir_all(target.parent().unwrap_or(folder)).map_err(failed)?;
            fs::write(&target, text).map_err(failed)?;
            written.push(path);
        }
        Ok(written)
    }

    /// The name of the group of its detections.
    fn group(&self) -> String {
        let word = self.operation.rsplit(['.', '/']).next().unwrap_or(&self.operation);
        let mut group = String::new();
        for letter in word.chars().filter(char::is_ascii_alphanumeric) {
            if letter.is_ascii_uppercase() && !group.is_empty() {
                group.push('-');
            }
            group.push(letter.to_ascii_lowercase());
        }
        group
    }

    fn values(&self, provider: &str) -> Result<Value, PackError> {
        let text =
            TEMPLATES.get_file("providers.yml").and_then(|file| file.contents_utf8()).unwrap_or_default();
        let providers: BTreeMap<String, BTreeMap<String, String>> = serde_saphyr::from_str(text)
            .map_err(|error| PackError::new("providers.yml", error.to_string()))?;
        let known = providers.get(provider).ok_or_else(|| {
            PackError::new(&self.action, format!("`{provider}` is no provider"))
                .with_help("an action is named like `aws.ec2.RunInstances`: `aws`, `azure` or `gcp` first")
        })?;
        let mut values = json!({
            "technique": self.technique,
            "name": self.name,
            "tactic": self.tactic,
            "provider": provider,
            "action": self.action,
            "service": self.service,
            "operation": self.operation,
            "group": self.group(),
            "title": format!("{} that succeeded", self.operation),
        });
        for (key, text) in known {
            values[key] = json!(render(key, text, &values)?);
        }
        Ok(values)
    }
}

fn render(name: &str, text: &str, values: &Value) -> Result<String, PackError> {
    let mut environment = Environment::new();
    environment.set_keep_trailing_newline(true);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.render_named_str(name, text, values).map_err(|error| PackError::new(name, error.to_string()))
}

/// The templates, by path.
fn texts(folder: &Dir<'_>) -> Vec<(String, String)> {
    let own = folder
        .files()
        .filter_map(|file| Some((file.path().to_str()?.to_owned(), file.contents_utf8()?.to_owned())));
    own.chain(folder.dirs().flat_map(texts)).collect()
}
