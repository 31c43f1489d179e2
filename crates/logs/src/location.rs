//! Finds the objects to read: files, folders, globs, standard input and buckets.

use std::{
    collections::HashSet,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use globset::{GlobBuilder, GlobMatcher};
use serde::{Deserialize, Serialize};

use crate::{ObjectInput, ReadError, Unreadable, prune};

/// An object that can be opened.
#[derive(Debug, Clone)]
pub struct Location {
    /// Path or URL, for reports and the object column.
    pub name: String,
    /// Size as it is stored, where known, in bytes.
    pub size: Option<u64>,
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) enum Place {
    File(PathBuf),
    Stdin,
    #[cfg(feature = "cloud")]
    Remote(crate::remote::RemoteObject),
}

/// An object as plain data, for another process that reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenLocation {
    name: String,
    size: Option<u64>,
    /// The path of a file; none is an object in a bucket, known by its name.
    file: Option<PathBuf>,
}

/// The objects that were written down, in the same groups. Buckets are opened as the environment says.
///
/// # Errors
/// If a bucket cannot be opened.
pub fn read_locations(groups: Vec<Vec<WrittenLocation>>) -> Result<Vec<Vec<Location>>, String> {
    let mut stores = Stores::default();
    let mut read = |written: WrittenLocation| {
        let place = match written.file {
            Some(path) => Place::File(path),
            None => stores.place(&written.name)?,
        };
        Ok(Location { name: written.name, size: written.size, place })
    };
    groups.into_iter().map(|group| group.into_iter().map(&mut read).collect()).collect()
}

#[cfg(feature = "cloud")]
use crate::remote::Stores;

#[cfg(not(feature = "cloud"))]
#[derive(Default)]
struct Stores;

#[cfg(not(feature = "cloud"))]
impl Stores {
    fn place(&mut self, url: &str) -> Result<Place, String> {
        Err(format!("`{url}` is in a bucket, and this build reads local files only"))
    }
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// The objects, sorted by name.
    pub objects: Vec<Location>,
    /// How many were left out because the date of their path lies before the time range.
    pub pruned: u64,
    /// Folders, links and prefixes that could not be listed.
    pub unreadable: Vec<Unreadable>,
}

/// What was found below an input, and what of it could not be listed.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub objects: Vec<Location>,
    pub unreadable: Vec<Unreadable>,
}

impl Found {
    pub(crate) fn cannot_read(&mut self, name: String, reason: impl fmt::Display) {
        self.unreadable.push(Unreadable { name, reason: reason.to_string() });
    }
}

/// Why an input cannot be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListError {
    /// The input as given.
    pub input: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ListError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` cannot be listed: {}", self.input, self.message)
    }
}

impl std::error::Error for ListError {}

/// The objects that inputs name: a file, a folder (with all below it), a glob, `-` for standard
/// input, or an `s3://`, `gs://` or `az://` URL that ends as any of these. Objects that were clearly delivered
/// before `time_range` (microseconds since 1970-01-01 UTC, the end exclusive) began are left out. What cannot be listed is named, and the rest is listed.
///
/// # Errors
/// If an input does not exist or is no valid glob, or nothing can be listed.
pub async fn list_objects(
    inputs: &[String],
    time_range: (Option<i64>, Option<i64>),
) -> Result<Listing, ListError> {
    let Found { mut objects, mut unreadable } = Found::default();
    for input in inputs {
        let failed = |message: String| ListError { input: input.clone(), message };
        if input == "-" {
            objects.push(Location { name: "-".to_owned(), size: None, place: Place::Stdin });
        } else {
            let found = if is_remote(input) { list_remote(input).await } else { list_local(input) };
            let found = found.map_err(failed)?;
            objects.extend(found.objects);
            unreadable.extend(found.unreadable);
        }
    }
    if objects.is_empty()
        && let Some(first) = unreadable.first()
    {
        return Err(ListError { input: first.name.clone(), message: first.reason.clone() });
    }
    objects.sort_by(|left, right| left.name.cmp(&right.name));
    objects.dedup_by(|left, right| left.name == right.name);
    let found = objects.len();
    objects.retain(|object| prune::may_hold(&object.name, time_range));
    let pruned = (found - objects.len()) as u64;
    Ok(Listing { objects, pruned, unreadable })
}

fn is_remote(input: &str) -> bool {
    input
        .split_once("://")
        .is_some_and(|(scheme, _)| scheme.chars().all(|character| character.is_ascii_alphanumeric()))
}

#[cfg(feature = "cloud")]
async fn list_remote(input: &str) -> Result<Found, String> {
    crate::remote::list(input).await
}

#[cfg(not(feature = "cloud"))]
async fn list_remote(_input: &str) -> Result<Found, String> {
    Err("this build reads local files only: build with the feature `cloud`".to_owned())
}

impl Listing {
    /// Leaves out the objects that were delivered before a time range (microseconds since 1970-01-01 UTC, the end
    /// exclusive) began, by the day that the layout of a cloud's logs writes into their path.
    #[must_use]
    pub fn within(&self, time_range: (Option<i64>, Option<i64>)) -> Self {
        let kept = self.objects.iter().filter(|object| prune::may_hold(&object.name, time_range));
        let objects: Vec<Location> = kept.cloned().collect();
        let pruned = self.pruned + (self.objects.len() - objects.len()) as u64;
        Self { objects, pruned, unreadable: self.unreadable.clone() }
    }
}

impl Location {
    /// A local file.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let size = fs::metadata(&path).ok().map(|metadata| metadata.len());
        Self { name: path.display().to_string(), size, place: Place::File(path) }
    }

    /// The object as plain data; none for standard input, which no other process has.
    #[must_use]
    pub fn written(&self) -> Option<WrittenLocation> {
        let file = match &self.place {
            Place::File(path) => Some(path.clone()),
            Place::Stdin => return None,
            #[cfg(feature = "cloud")]
            Place::Remote(_) => None,
        };
        Some(WrittenLocation { name: self.name.clone(), size: self.size, file })
    }

    /// Opens the object. A remote object of moderate size is fetched whole, a larger one streams.
    ///
    /// # Errors
    /// If a remote object cannot be fetched; local files fail when they are read.
    pub async fn open(&self) -> Result<ObjectInput, ReadError> {
        match &self.place {
            Place::File(path) => Ok(ObjectInput::File(path.clone())),
            Place::Stdin => Ok(ObjectInput::Stream(Box::new(io::stdin()))),
            #[cfg(feature = "cloud")]
            Place::Remote(remote) => {
                let fetched = remote.open(self.size).await;
                fetched.map_err(|error| ReadError::Io { object: self.name.clone(), error })
            }
        }
    }
}

fn list_local(input: &str) -> Result<Found, String> {
    let path = Path::new(input);
    let mut found = Found::default();
    if path.is_dir() {
        walk(path, &|_| true, &mut found);
    } else if path.exists() {
        found.objects.push(Location::file(path));
    } else if has_wildcard(input) {
        let matcher = glob(input)?;
        walk(&folder_before_wildcard(input), &|file| matcher.is_match(file), &mut found);
        if found.objects.is_empty() && found.unreadable.is_empty() {
            return Err("no file matches".to_owned());
        }
    } else {
        // Without a right to look into the folder it seems not to exist.
        return Err(match fs::metadata(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => error.to_string(),
            _ => "no such file or folder".to_owned(),
        });
    }
    Ok(found)
}

pub(crate) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

pub(crate) fn glob(pattern: &str) -> Result<GlobMatcher, String> {
    let built = GlobBuilder::new(pattern).literal_separator(true).build();
    built.map(|glob| glob.compile_matcher()).map_err(|error| error.to_string())
}

fn folder_before_wildcard(pattern: &str) -> PathBuf {
    let parts = Path::new(pattern).components();
    let folder: PathBuf =
        parts.take_while(|part| !has_wildcard(&part.as_os_str().to_string_lossy())).collect();
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder }
}

/// Finds the wanted files below a folder. A linked folder is entered once, unless it leads back above the folder
/// itself, which is named.
fn walk(folder: &Path, wants: &dyn Fn(&Path) -> bool, found: &mut Found) {
    let root = fs::canonicalize(folder);
    let leads_back = |link: &Path| match (&root, fs::canonicalize(link)) {
        (Ok(root), Ok(target)) => root.starts_with(target),
        _ => false,
    };
    let mut entered: HashSet<PathBuf> = root.iter().cloned().collect();
    let mut folders = vec![folder.to_owned()];
    let mut links = Vec::new();
    // Links come last, so that a folder is known by its own name where it has one here.
    while let Some(folder) = folders.pop().or_else(|| next_link(&mut links, &mut entered)) {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                found.cannot_read(folder.display().to_string(), error);
                continue;
            }
        };
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
                Ok((kind, entry)) => {
                    let is_here = folder == Path::new(".");
                    let path = if is_here { PathBuf::from(entry.file_name()) } else { entry.path() };
                    if kind.is_dir() {
                        if is_new(&path, &mut entered) {
                            folders.push(path);
                        }
                    } else if path.is_dir() && leads_back(&path) {
                        found.cannot_read(path.display().to_string(), "the link leads back above the folder");
                    } else if path.is_dir() {
                        links.push(path);
                    } else {
                        visit(path, kind, wants, found);
                    }
                }
                Err(error) => found.cannot_read(folder.display().to_string(), error),
            }
        }
    }
}

/// A linked folder that was not entered yet.
fn next_link(links: &mut Vec<PathBuf>, entered: &mut HashSet<PathBuf>) -> Option<PathBuf> {
    while let Some(link) = links.pop() {
        if is_new(&link, entered) {
            return Some(link);
        }
    }
    None
}

/// Whether a folder was not entered before, under whatever name.
fn is_new(folder: &Path, entered: &mut HashSet<PathBuf>) -> bool {
    fs::canonicalize(folder).map_or(true, |real| entered.insert(real))
}

/// A file, a link or something else in a folder.
fn visit(path: PathBuf, kind: fs::FileType, wants: &dyn Fn(&Path) -> bool, found: &mut Found) {
    if kind.is_file() {
        if wants(&path) {
            found.objects.push(Location::file(path));
        }
    } else if kind.is_symlink() {
        match fs::metadata(&path) {
            Ok(target) if target.is_file() && wants(&path) => found.objects.push(Location::file(path)),
            Ok(_) => {}
            Err(error) if wants(&path) => found.cannot_read(path.display().to_string(), error),
            Err(_) => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn run(inputs: &[String], range: (Option<i64>, Option<i64>)) -> Result<Listing, ListError> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(list_objects(inputs, range))
    }

    fn names(inputs: &[String], range: (Option<i64>, Option<i64>)) -> Vec<String> {
        let listing = run(inputs, range).unwrap();
        listing.objects.into_iter().map(|object| object.name).collect()
    }

    #[test]
    fn folders_globs_and_files_are_found_once() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().display().to_string();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        for name in ["a/b/1.json", "a/2.json.gz", "3.txt"] {
            fs::write(folder.path().join(name), "{}").unwrap();
        }
        assert_eq!(names(&[root.clone(), format!("{root}/3.txt")], (None, None)).len(), 3);
        assert_eq!(names(&[format!("{root}/**/*.json")], (None, None)), [format!("{root}/a/b/1.json")]);
        assert_eq!(names(&[format!("{root}/a/*.gz")], (None, None)), [format!("{root}/a/2.json.gz")]);
    }

    #[test]
    fn a_missing_file_is_an_error() {
        let missing = run(&["/no/such/file".to_owned()], (None, None));
        assert_eq!(missing.unwrap_err().message, "no such file or folder");
    }
}
