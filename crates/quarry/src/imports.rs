//! Files of other products that a command names.

use std::path::Path;

use quarry_hunt::Failure;
use quarry_pack::{
    Case,
    import::{self, Folder, Imported},
};

use crate::{Streams, failure::Outcome};

/// What was read of files and folders.
pub fn read_all(names: &[String]) -> Outcome<Folder> {
    let mut all = Folder::default();
    for name in names {
        let path = Path::new(name);
        if path.is_dir() {
            let found = import::read_folder(path)?;
            all.files.extend(found.files);
            all.others.extend(found.others);
            all.queries.extend(found.queries);
        } else {
            all.files.push(import::read_file(path)?);
        }
    }
    Ok(all)
}

/// The recorded tests of files and folders as cases; those of logs that quarry does not read are named.
pub fn cases(names: &[String], quiet: bool, streams: &Streams<'_>) -> Outcome<Vec<Case>> {
    let all = read_all(names)?;
    let mut cases: Vec<Case> = Vec::new();
    let mut skipped = 0;
    for test in all.files.iter().flat_map(Imported::tests) {
        match test.case() {
            Ok(case) => cases.push(case),
            Err(error) => {
                skipped += 1;
                if !quiet {
                    streams.tell(format_args!("{}: skipped: {}", error.file, error.message));
                }
            }
        }
    }
    for error in all.files.iter().flat_map(Imported::errors).filter(|_| !quiet) {
        streams.tell(format_args!("warning: {error}"));
    }
    for (path, why) in all.others.iter().filter(|_| !quiet) {
        streams.tell(format_args!("{}: skipped: {why}", path.display()));
    }
    if cases.is_empty() {
        let what =
            if skipped > 0 { "no recorded events of a log that quarry reads" } else { "no recorded events" };
        return Err(Failure::Content(format!("{}: {what}", names.join(", "))));
    }
    tell_apart(&mut cases);
    Ok(cases)
}

/// Two tests of one name: numbers tell them apart.
fn tell_apart(cases: &mut [Case]) {
    for index in 1..cases.len() {
        let (earlier, rest) = cases.split_at_mut(index);
        let Some(case) = rest.first_mut() else { break };
        let name = case.id.clone();
        let mut number = 2;
        while earlier.iter().any(|other| other.id == case.id) {
            case.id = format!("{name} ({number})");
            number += 1;
        }
    }
}
