//! A new pack: files that pass their own tests, for their author to make right.

use std::{collections::BTreeMap, fs, path::Path};

use include_dir::{Dir, include_dir};
use minijinja::Environment;
use quarry_languages::Language;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Pack, PackError,
    attack::{Knowledge, Release},
};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/new");
/// What is no file of a pack but what packs say of providers.
const PROVIDERS: &str = "providers.yml";

/// What stands in a new pack where its author has yet to say something.
const BLANK: &str = "FILL IN:";

/// What a pack's author has yet to say, one line each.
#[must_use]
pub fn unfilled(pack: &Pack) -> Vec<String> {
    let manifest = fs::read_to_string(Path::new(&pack.origin).join("pack.yml")).unwrap_or_default();
    let files = std::iter::once(("pack.yml", manifest.as_str()))
        .chain(pack.pages.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let mut found = Vec::new();
    for (path, text) in files {
        for (index, line) in text.lines().enumerate() {
            if let Some((_, what)) = line.split_once(BLANK) {
                found.push(format!("{}/{path}:{}: to be filled in: {}", pack.origin, index + 1, what.trim()));
            }
        }
    }
    found
}

/// The name and the tactic of a technique, and the tactic by release where it moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Its name.
    pub name: String,
    /// Its first tactic, or the one that was asked for.
    pub tactic: String,
    /// The release.
    pub attack: String,
    /// The first tactic by release, where it moved.
    pub tactics: BTreeMap<String, String>,
}

/// What ATT&CK calls a technique and where it stands; `name` and `tactic` are the user's own words for them.
///
/// # Errors
/// If it is no technique of the newest release, or the tactic none of its.
pub fn placed(
    knowledge: &Knowledge,
    id: &str,
    name: Option<&str>,
    tactic: Option<&str>,
) -> Result<Placed, PackError> {
    let release = knowledge.newest().ok_or_else(|| PackError::new(id, "no release of ATT&CK is known"))?;
    if let Some(doubt) = release.doubt(id, tactic) {
        return Err(PackError::new(id, doubt));
    }
    let technique = release.technique(id);
    let first = |release: &Release| release.technique(id).and_then(|known| known.tactics.first().cloned());
    let mut tactics: BTreeMap<String, String> = knowledge
        .releases
        .iter()
        .filter_map(|release| Some((release.version.clone(), first(release)?)))
        .collect();
    let chosen = tactic.map(str::to_owned).or_else(|| first(release)).unwrap_or_default();
    tactics.insert(release.version.clone(), chosen.clone());
    let moved = tactics.values().any(|tactic| *tactic != chosen);
    Ok(Placed {
        name: name
            .map(str::to_owned)
            .or_else(|| technique.map(|known| known.name.clone()))
            .unwrap_or_default(),
        tactic: chosen,
        attack: release.version.clone(),
        tactics: if moved { tactics } else { BTreeMap::new() },
    })
}

/// What a new pack is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPack {
    /// ATT&CK technique such as `T1535`.
    pub technique: String,
    /// Its name.
    pub name: String,
    /// Its tactic in the newest release of ATT&CK that is known.
    pub tactic: String,
    /// That release.
    pub attack: String,
    /// The tactic by release, where it moved.
    pub tactics: BTreeMap<String, String>,
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
        let mut templates = texts(&TEMPLATES);
        templates.retain(|(path, _)| path != PROVIDERS);
        templates.extend(self.queries(provider));
        let file = |(path, text): (String, String)| {
            let text = render(&path, &text, &values)?;
            Ok((path, text))
        };
        templates.into_iter().map(file).collect()
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

    /// What languages begin with, by path.
    fn queries(&self, provider: &str) -> Vec<(String, String)> {
        let group = self.group();
        let mut queries = Vec::new();
        for (language, text) in beginners(provider) {
            let ending = language.ending.unwrap_or(language.definition().id);
            queries.push((format!("{group}.{ending}"), text.to_owned()));
            let hunts = language.definition().front_end.map_or(&[][..], |front_end| front_end.starters.hunts);
            let hunt = |(name, text): &(&str, &str)| (format!("hunting/{name}.{ending}"), (*text).to_owned());
            queries.extend(hunts.iter().map(hunt));
        }
        queries
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
        let text = TEMPLATES.get_file(PROVIDERS).and_then(|file| file.contents_utf8()).unwrap_or_default();
        let providers: BTreeMap<String, Provider> =
            serde_saphyr::from_str(text).map_err(|error| PackError::new(PROVIDERS, error.to_string()))?;
        let known = providers.get(provider).ok_or_else(|| {
            PackError::new(&self.action, format!("`{provider}` is no provider"))
                .with_help("an action is named like `aws.ec2.RunInstances`: `aws`, `azure` or `gcp` first")
        })?;
        let mut values = json!({
            "technique": self.technique,
            "name": self.name,
            "tactic": self.tactic,
            "attack": self.attack,
            "tactics": self.tactics,
            "provider": provider,
            "action": self.action,
            "service": self.service,
            "operation": self.operation,
            "group": self.group(),
            "title": format!("{} that succeeded", self.operation),
            "names": known.names,
            "languages": beginners(provider).map(|(language, _)| of_language(language)).collect::<Vec<_>>(),
        });
        for (key, text) in &known.texts {
            values[key] = json!(render(key, text, &values)?);
        }
        Ok(values)
    }
}

/// What a new pack says of a provider.
#[derive(Deserialize)]
struct Provider {
    /// What products call its log.
    names: BTreeMap<String, String>,
    #[serde(flatten)]
    texts: BTreeMap<String, String>,
}

/// The languages that have a detection for a provider to begin with.
fn beginners(provider: &str) -> impl Iterator<Item = (Language, &'static str)> {
    Language::all().filter_map(move |language| {
        let starters = language.definition().front_end?.starters.detections;
        let (_, text) = starters.iter().find(|(of, _)| *of == provider)?;
        Some((language, *text))
    })
}

fn of_language(language: Language) -> Value {
    json!({
        "id": language.id,
        "ending": language.ending,
        "product": language.product.id,
    })
}

fn render(name: &str, text: &str, values: &Value) -> Result<String, PackError> {
    let mut environment = Environment::new();
    environment.set_keep_trailing_newline(true);
    environment.set_trim_blocks(true);
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
