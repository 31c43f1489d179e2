//! Files that are whole or not there.

use std::{
    fs,
    io::{self, ErrorKind},
    path::Path,
};

/// Writes a file beside its place and then puts it there, so that whoever reads it finds the old text or the new one,
/// and a full disk leaves the old one. What is no file (a pipe, a terminal) is written to as it is.
///
/// # Errors
/// If the file cannot be written; the old one is then unchanged.
pub fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let path = match fs::canonicalize(path) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(error),
    };
    let before = fs::metadata(&path).ok();
    if before.as_ref().is_some_and(|found| !found.is_file()) {
        return fs::write(&path, text);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.partial", std::process::id()));
    let partial = path.with_file_name(name);
    let written = fs::write(&partial, text)
        .and_then(|()| before.map_or(Ok(()), |found| fs::set_permissions(&partial, found.permissions())))
        .and_then(|()| fs::rename(&partial, &path));
    if written.is_err() {
        let _ = fs::remove_file(&partial);
    }
    written
}
