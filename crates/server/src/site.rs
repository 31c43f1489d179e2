//! The pages of a site by path.

use std::{
    collections::BTreeSet,
    fs,
    path::{Component, Path, PathBuf},
};

use minijinja::{AutoEscape, Environment, Output, State, Value, escape_formatter};
use quarry_languages::Language;
use quarry_pack::{Pack, TestResults, attack::Knowledge, coverage::Coverage, layer::layer};
use serde::Serialize;

use crate::{
    SiteError,
    highlight::{escaped, inline},
    markdown::link,
    view,
};

/// Templates by name.
const TEMPLATES: &[(&str, &str)] = &[
    ("base.html", include_str!("../templates/base.html")),
    ("parts.html", include_str!("../templates/parts.html")),
    ("home.html", include_str!("../templates/home.html")),
    ("technique.html", include_str!("../templates/technique.html")),
    ("dialect.html", include_str!("../templates/dialect.html")),
    ("coverage.html", include_str!("../templates/coverage.html")),
];

/// Files that are the same in every site.
const ASSETS: &[(&str, &str)] = &[
    ("style.css", include_str!("../assets/style.css")),
    ("theme.js", include_str!("../assets/theme.js")),
    ("site.js", include_str!("../assets/site.js")),
    ("icon.svg", include_str!("../assets/icon.svg")),
];

/// Largest page, in bytes, as long as cutting queries helps.
pub const LARGEST_PAGE: usize = 195_000;

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What it is, as HTTP says it.
    pub media_type: &'static str,
    /// Its text.
    pub text: String,
}

/// What [`Site::write`] wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Number of files.
    pub files: usize,
    /// Number of them that are pages.
    pub pages: usize,
    /// Their size together, in bytes.
    pub bytes: usize,
}

/// What pages are made from.
pub struct Site {
    pub(crate) packs: Vec<Pack>,
    pub(crate) results: Option<TestResults>,
    pub(crate) knowledge: Knowledge,
    templates: Environment<'static>,
}

impl Site {
    /// A site of the packs that are of a technique, with the results of their tests where there are any.
    ///
    /// # Errors
    /// If the data or the templates in the binary are malformed, which the tests exclude.
    pub fn new(packs: Vec<Pack>, results: Option<TestResults>) -> Result<Self, SiteError> {
        let mut templates = Environment::new();
        templates.set_trim_blocks(true);
        templates.set_lstrip_blocks(true);
        templates.set_auto_escape_callback(|_| AutoEscape::Html);
        templates.set_formatter(write_value);
        templates.add_filter("link", |url: &str| link(url).to_owned());
        templates.add_filter("inline", |text: &str| Value::from_safe_string(inline(text)));
        for (name, text) in TEMPLATES {
            templates.add_template(name, text)?;
        }
        let packs = packs.into_iter().filter(|pack| pack.technique.is_some() && pack.manifest.is_some());
        Ok(Self { packs: packs.collect(), results, knowledge: Knowledge::embedded()?, templates })
    }

    /// The paths of all files.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> =
            ["index.html", "coverage.html", "search-index.js"].map(str::to_owned).into();
        paths.extend(ASSETS.iter().map(|(name, _)| (*name).to_owned()));
        paths.extend(self.knowledge.releases.iter().map(|release| format!("layer-{}.json", release.version)));
        for pack in &self.packs {
            let folder = pack.technique.as_deref().unwrap_or_default();
            paths.push(format!("{folder}/index.html"));
            paths.push(format!("{folder}/queries.js"));
            paths.extend(languages(pack).iter().map(|language| format!("{folder}/{}.html", language.id)));
            paths.extend(
                pack.detections
                    .iter()
                    .map(|detection| format!("{folder}/{}", view::file_name(&detection.file))),
            );
            paths.extend(pack.hunting().map(|(_, path, _)| format!("{folder}/{path}")));
        }
        paths
    }

    /// Makes the file of a path; none if there is no such file.
    ///
    /// # Errors
    /// If a template fails.
    pub fn file(&self, path: &str) -> Result<Option<File>, SiteError> {
        if let Some((name, text)) = ASSETS.iter().find(|(name, _)| *name == path) {
            return Ok(Some(File { media_type: media_type(name), text: (*text).to_owned() }));
        }
        let text = match path {
            "index.html" => Some(self.page("home.html", &view::home(self))?),
            "coverage.html" => Some(self.page("coverage.html", &view::coverage(self))?),
            "search-index.js" => Some(view::search_index(self)?),
            _ => match path.split_once('/') {
                Some((folder, name)) => self.pack_file(folder, name)?,
                None => self.layer_file(path)?,
            },
        };
        Ok(text.map(|text| File { media_type: media_type(path), text }))
    }

    /// Writes all files below a folder.
    ///
    /// # Errors
    /// If a template fails or the folder cannot be written.
    pub fn write(&self, folder: &Path) -> Result<Written, SiteError> {
        let mut written = Written::default();
        for path in self.paths() {
            let Some(file) = self.file(&path)? else { continue };
            let target = folder.join(&path);
            if Path::new(&path).components().any(|part| !matches!(part, Component::Normal(_))) {
                return Err(SiteError::new(format!("`{path}` would lie outside the folder")));
            }
            let failed = |error: std::io::Error| {
                SiteError::new(format!("cannot write `{}`: {error}", target.display()))
            };
            if let Some(link) = link_below(folder, Path::new(&path)) {
                let message = format!("`{}` is a link: nothing is written through it", link.display());
                return Err(SiteError::new(message));
            }
            fs::create_dir_all(target.parent().unwrap_or(folder)).map_err(failed)?;
            fs::write(&target, &file.text).map_err(failed)?;
            written.files += 1;
            written.pages += usize::from(path.ends_with(".html"));
            written.bytes += file.text.len();
        }
        Ok(written)
    }

    /// What the packs cover in each release, newest first.
    pub(crate) fn coverages(&self) -> Vec<Coverage> {
        let of = |release| Coverage::of(&self.knowledge, release, &self.packs, self.results.as_ref());
        self.knowledge.releases.iter().rev().map(of).collect()
    }

    fn page(&self, template: &str, context: &impl Serialize) -> Result<String, SiteError> {
        Ok(self.templates.get_template(template)?.render(Value::from_serialize(context))?)
    }

    /// The page of a technique, with its queries in full where that does not make it too large.
    fn technique_page(&self, pack: &Pack) -> Result<String, SiteError> {
        let mut text = String::new();
        for shrink in 0..=view::MOST_SHRUNK {
            text = self.page("technique.html", &view::technique(self, pack, shrink))?;
            if text.len() <= LARGEST_PAGE {
                break;
            }
        }
        Ok(text)
    }

    fn layer_file(&self, path: &str) -> Result<Option<String>, SiteError> {
        let version = path.strip_prefix("layer-").and_then(|rest| rest.strip_suffix(".json"));
        let found = self.coverages().into_iter().find(|coverage| Some(coverage.attack.as_str()) == version);
        let text = found.map(|coverage| serde_json::to_string_pretty(&layer(&coverage))).transpose();
        text.map_err(|error| SiteError::new(format!("cannot write JSON: {error}")))
    }

    fn pack_file(&self, folder: &str, name: &str) -> Result<Option<String>, SiteError> {
        let Some(pack) = self.packs.iter().find(|pack| pack.technique.as_deref() == Some(folder)) else {
            return Ok(None);
        };
        if name == "index.html" {
            return self.technique_page(pack).map(Some);
        }
        if name == "queries.js" {
            return view::queries(pack).map(Some);
        }
        if let Some(language) = languages(pack).into_iter().find(|one| name == format!("{}.html", one.id)) {
            return self.page("dialect.html", &view::dialect(self, pack, language)).map(Some);
        }
        let detection = pack.detections.iter().find(|detection| view::file_name(&detection.file) == name);
        let hunt = || pack.hunting().find(|(_, path, _)| *path == name).map(|(_, _, text)| text.to_owned());
        Ok(detection.map(|detection| detection.text.clone()).or_else(hunt))
    }
}

/// Writes a value of a template; unlike the library's own way, a slash stays a slash.
fn write_value(
    output: &mut Output<'_>,
    state: &State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    match value.as_str().filter(|_| !value.is_safe()) {
        Some(text) => Ok(output.write_str(&escaped(text))?),
        None => escape_formatter(output, state, value),
    }
}

/// The languages of a pack's detections.
pub fn languages(pack: &Pack) -> BTreeSet<Language> {
    pack.detections.iter().map(|detection| detection.language).collect()
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

/// The first link on the way to a path below a folder.
fn link_below(folder: &Path, path: &Path) -> Option<PathBuf> {
    let mut place = folder.to_owned();
    path.components().find_map(|part| {
        place.push(part);
        let is_link = fs::symlink_metadata(&place).is_ok_and(|found| found.is_symlink());
        is_link.then(|| place.clone())
    })
}
