//! From `[reference]` and `[saved_search]` to the files a user names for queries to read.

use std::path::Path;

use super::{
    LoadError,
    document::{Node, Table},
};
use crate::{NamedFile, UserFiles};

/// Adds what one file says; a name that is known is replaced. Paths are relative to that file.
pub(super) fn extend(files: &mut UserFiles, file: &str, root: Table<'_>) -> Result<(), LoadError> {
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    for (key, list) in [("reference", &mut files.reference), ("saved_search", &mut files.saved_searches)] {
        let Some(node) = root.get(key) else { continue };
        for entry in node.table()?.entries() {
            let found = named_file(entry.key, folder, entry.node)?;
            list.retain(|have| have.name != found.name);
            list.push(found);
        }
    }
    Ok(())
}

/// `name = "file"` or `name = { file = "file", ignore_case = true }`.
fn named_file(name: &str, folder: &Path, node: Node<'_>) -> Result<NamedFile, LoadError> {
    let name = name.to_owned();
    if let Ok(file) = node.text() {
        return Ok(NamedFile { name, file: folder.join(file), ignore_case: false });
    }
    let table = node.table()?;
    table.only(&["file", "ignore_case"])?;
    Ok(NamedFile {
        name,
        file: folder.join(table.text("file")?),
        ignore_case: table.optional_boolean("ignore_case")?.unwrap_or(false),
    })
}
