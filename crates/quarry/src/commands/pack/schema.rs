//! `quarry pack schema`.

use std::{fs, io::Write, path::PathBuf};

use clap::Args;

use crate::{
    Streams,
    failure::{Exit, Failure, Outcome},
};

#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// Folder to write them to (default: print them as one JSON object)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Writes or prints the schemas.
pub fn run(arguments: &SchemaArguments, streams: &Streams<'_>) -> Outcome {
    let failed = |error: std::io::Error| Failure::inner("write schemas", error);
    let text = |value: &serde_json::Value| {
        serde_json::to_string_pretty(value).map_err(|error| Failure::inner("write JSON", error))
    };
    let schemas = quarry_pack::schemas();
    if let Some(folder) = &arguments.out {
        fs::create_dir_all(folder).map_err(failed)?;
        for (name, schema) in &schemas {
            fs::write(folder.join(name), text(schema)? + "\n").map_err(failed)?;
        }
    } else {
        let all = schemas.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
        writeln!(streams.output(), "{}", text(&serde_json::Value::Object(all))?).map_err(failed)?;
    }
    Ok(Exit::Fine)
}
