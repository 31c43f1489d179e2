//! Where packs are found.

use std::{
    fs,
    path::{Path, PathBuf},
};

use include_dir::{Dir, include_dir};
use quarry_diagnostic::did_you_mean;
use quarry_languages::Language;

use crate::{Pack, PackError, import, pages};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../packs");

/// A set of packs.
#[derive(Debug, Clone, Default)]
pub struct Packs {
    /// The packs, by technique.
    pub packs: Vec<Pack>,
}

impl Packs {
    /// The packs in the binary.
    ///
    /// # Errors
    /// If one of them cannot be read, which the tests of this crate exclude.
    pub fn embedded() -> Result<Self, PackError> {
        let mut packs = Vec::new();
        let is_pack = |folder: &&Dir<'_>| folder.get_file(folder.path().join("pack.yml")).is_some();
        for folder in EMBEDDED.dirs().filter(is_pack) {
            let origin = format!("embedded/{}", folder.path().display());
            let read = |name: &str| {
                let file = folder.get_file(folder.path().join(name));
                let text = file.and_then(|file| file.contents_utf8());
                text.map(str::to_owned).ok_or_else(|| PackError {
                    absent: true,
                    ..PackError::new(format!("{origin}/{name}"), "no such file")
                })
            };
            let pack = Pack::read(&origin, &read)?;
            packs.push(Pack { pages: pages::of_embedded(folder), ..pack });
        }
        Ok(Self { packs })
    }

    /// The packs in the subfolders of `folder`, or the one in `folder` itself.
    ///
    /// # Errors
    /// If the folder cannot be read, holds no pack, or a pack in it is wrong.
    pub fn load_dir(folder: &Path) -> Result<Self, PackError> {
        if is_pack(folder) {
            return Ok(Self { packs: vec![Pack::load(folder)?] });
        }
        let name = folder.display().to_string();
        let entries = fs::read_dir(folder).map_err(|error| PackError::new(&name, error.to_string()))?;
        let mut folders: Vec<PathBuf> =
            entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| is_pack(path)).collect();
        folders.sort();
        if folders.is_empty() {
            let error =
                PackError::new(name, "holds no pack").with_help("a pack is a folder with a `pack.yml`");
            return Err(PackError { absent: true, ..error });
        }
        Ok(Self { packs: folders.iter().map(|path| Pack::load(path)).collect::<Result<_, _>>()? })
    }

    /// Whether a folder is a pack or holds packs.
    #[must_use]
    pub fn are_in(folder: &Path) -> bool {
        let inside = || fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        is_pack(folder) || inside().any(|entry| is_pack(&entry.path()))
    }

    /// Adds packs; one of a technique that is here already takes its place.
    pub fn extend(&mut self, other: Self) {
        for pack in other.packs {
            self.packs.retain(|have| have.technique.is_none() || have.technique != pack.technique);
            self.packs.push(pack);
        }
        self.packs.sort_by(|left, right| left.technique.cmp(&right.technique));
    }

    /// Finds packs by what the user named: a technique id in any case, a folder with a pack, packs or rules in
    /// other products' formats, a file of such rules, or a query file.
    ///
    /// # Errors
    /// If nothing of that name is known, or what it names is wrong.
    pub fn find(&self, name: &str) -> Result<Vec<Pack>, PackError> {
        let known = |pack: &&Pack| pack.technique.as_ref().is_some_and(|id| id.eq_ignore_ascii_case(name));
        if let Some(pack) = self.packs.iter().find(known) {
            return Ok(vec![pack.clone()]);
        }
        let path = Path::new(name);
        if path.is_dir() {
            return match Self::load_dir(path) {
                Err(error) if error.absent => import::read_folder(path)?.pack(name).map(|pack| vec![pack]),
                found => found.map(|found| found.packs),
            };
        }
        if path.is_file() && Language::of_file(path).is_some() {
            let own = Pack::of_file(path)?;
            return own.map_or_else(|| Pack::ad_hoc(&[path.to_owned()]), Ok).map(|pack| vec![pack]);
        }
        if path.is_file() {
            return rules_of(path).map(|pack| vec![pack]);
        }
        if Language::of_file(path).is_some() || name.contains(['/', '\\']) {
            return Err(PackError::new(name, "no such file or folder"));
        }
        let techniques = || self.packs.iter().filter_map(|pack| pack.technique.as_deref());
        let help = did_you_mean(name, techniques()).map_or_else(
            || format!("packs are known of: {}", techniques().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        Err(PackError::new(name, "no pack of this technique is known").with_help(help))
    }

    /// Finds what several names stand for; the query files among them that are of no pack make one pack.
    ///
    /// # Errors
    /// As [`Packs::find`].
    pub fn find_all(&self, names: &[String]) -> Result<Vec<Pack>, PackError> {
        let is_query =
            |name: &&String| Path::new(name).is_file() && Language::of_file(Path::new(name)).is_some();
        let mut found: Vec<Pack> = Vec::new();
        let mut loose = Vec::new();
        for file in names.iter().filter(is_query).map(PathBuf::from) {
            match Pack::of_file(&file)? {
                Some(pack) => match found.iter_mut().find(|have| have.origin == pack.origin) {
                    Some(have) => have.detections.extend(pack.detections),
                    None => found.push(pack),
                },
                None => loose.push(file),
            }
        }
        if !loose.is_empty() {
            found.insert(0, Pack::ad_hoc(&loose)?);
        }
        for name in names.iter().filter(|name| !is_query(name)) {
            found.extend(self.find(name)?);
        }
        Ok(found)
    }
}

/// The rules of a file in a product's own format as a pack.
fn rules_of(path: &Path) -> Result<Pack, PackError> {
    let name = path.display().to_string();
    let imported = import::read_file(path)?;
    let detections: Vec<_> = imported.detections().cloned().collect();
    if detections.is_empty() {
        let title = imported.format.map_or("file", |format| format.title);
        let help = format!("`quarry pack read {name}` shows what is in it");
        return Err(PackError::new(&name, format!("a {title} that holds no detection")).with_help(help));
    }
    let mut pack = Pack::of_detections(&name, detections);
    pack.left_out = imported.errors().collect();
    Ok(pack)
}

fn is_pack(folder: &Path) -> bool {
    folder.join("pack.yml").is_file()
}
